"""The soft tissue of the limbs: inflamed skin and muscle have no bone to be seen on.

asymmetry = |L - R| / (L + R), L and R the median uptake of soft tissue beside a bone of either side
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.features.candidates import Candidate
from uptake_ml.features.groups import Group, group
from uptake_ml.features.registry import SYMMETRY, feature
from uptake_ml.features.uptake import LEAST_AREA_MM2, imbalance
from uptake_ml.features.working_view import WORKING_MM
from uptake_ml.regions import LEFT, RIGHT

if TYPE_CHECKING:
    from uptake_ml.atlas.records import Layout
    from uptake_ml.features.uptake import Uptake, ViewUptake

_LIMBS = {
    "arms": (("humerus", "forearm"), group("arm-soft-tissue")),
    "legs": (("femur", "tibia"), group("leg-soft-tissue")),
}
# Simulated cases: legs without inflammation stay below 0.12 in 99 %, those with it lie above 0.3.
# Arms do not tell: one lies on the body or holds the injection more often than it is inflamed.
_EVEN_CHANCE, _STEP = 0.2, 0.03
_MOST_CONTRAST = 500.0
_ENDS = {"femur": ("hip", "knee"), "tibia": ("knee", "ankle")}
_LEAST_CONFIDENCE = 0.3
# The ends of a bone lie in joints, or beside the trunk.
_ENDS_PERCENT = 10


def _greatest_asymmetry(limb: str) -> Callable[[Uptake], float]:
    bones, soft = _LIMBS[limb]

    def measured(uptake: Uptake) -> float:
        found = [uptake.average(partial(_asymmetry, bone=bone, soft=soft)) for bone in bones]
        return max((value for value in found if np.isfinite(value)), default=np.nan)

    return measured


for _limb, (_bones, _) in _LIMBS.items():
    feature(
        f"{SYMMETRY}.{_limb}_soft_tissue_asymmetry",
        range=(0, 1),
        meaning=f"how unequal the soft tissue of the {_limb} is on the two sides",
        formula=f"greatest |L - R| / (L + R) of the median beside {' and '.join(_bones)}",
        tolerance=0.3,
        resolution=0.05,
    )(_greatest_asymmetry(_limb))


def find_hot_legs(
    views: Mapping[str, ViewUptake], layouts: Mapping[str, Layout]
) -> Iterator[tuple[str, dict[str, Candidate], float]]:
    """Yield (side, its place in each view, probability of inflammation) of hot thighs and shanks.

    The probability is logistic in the mean asymmetry of the views; one half and above is yielded.
    Views are left out whose layout is not sure of the joints at either end.
    """
    bones, soft = _LIMBS["legs"]
    for bone in bones:
        sure = {name: v for name, v in views.items() if _is_sure(layouts[name], _ENDS[bone])}
        found = {name: _sides(view, bone, soft) for name, view in sure.items()}
        found = {name: sides for name, sides in found.items() if sides is not None}
        if not found:
            continue
        excess = np.mean([(left - right) / (left + right) for left, right, _ in found.values()])
        if abs(excess) >= _EVEN_CHANCE:
            side = LEFT if excess > 0 else RIGHT
            places = {
                name: _candidate(views[name], soft, beside[side], _ratio(left, right))
                for name, (left, right, beside) in found.items()
            }
            yield side, places, float(1 / (1 + np.exp((_EVEN_CHANCE - abs(excess)) / _STEP)))


def _is_sure(layout: Layout, joints: tuple[str, str]) -> bool:
    ends = [mark.confidence for mark in layout.landmarks if mark.name in joints]
    return min(ends, default=0.0) >= _LEAST_CONFIDENCE


def _ratio(one: float, other: float) -> float:
    return min(max(one, other) / max(min(one, other), 1e-9), _MOST_CONTRAST)


def _candidate(view: ViewUptake, soft: Group, places, contrast: float) -> Candidate:
    rows, cols = places
    top, left = rows.min(), cols.min()
    mask = np.zeros((np.ptp(rows) + 1, np.ptp(cols) + 1), bool)
    mask[rows - top, cols - left] = True
    hottest = view.working.smoothed[rows, cols].argmax()
    return Candidate(
        row=int(rows[hottest]),
        col=int(cols[hottest]),
        region=soft[0],
        contrast=float(contrast),
        isolation=float(contrast),
        elongation=mask.shape[0] / mask.shape[1],
        is_on_bone=False,
        significance=float((contrast - 1) / (contrast + 1) / _STEP),
        window=(slice(top, top + mask.shape[0]), slice(left, left + mask.shape[1])),
        mask=mask,
    )


def _asymmetry(view: ViewUptake, *, bone: str, soft: Group) -> float:
    found = _sides(view, bone, soft)
    if found is None:
        return np.nan
    left, right, _ = found
    return imbalance(left, right)


def _sides(view: ViewUptake, bone: str, soft: Group) -> tuple[float, float, dict] | None:
    """Return the medians of left and right and the pixels by side, None where one is not seen."""
    width = view.working.regions.shape[1]
    rows, cols = np.divmod(view.places(soft), width)
    bones = {side: np.divmod(view.places(group(bone, side=side)), width) for side in (LEFT, RIGHT)}
    if any(len(own) == 0 for own, _ in bones.values()):
        return None
    middle = {side: np.median(across) for side, (_, across) in bones.items()}
    beside, medians = {}, []
    for side, other in ((LEFT, RIGHT), (RIGHT, LEFT)):
        first, last = np.percentile(bones[side][0], (_ENDS_PERCENT, 100 - _ENDS_PERCENT))
        is_own = abs(cols - middle[side]) < abs(cols - middle[other])
        chosen = is_own & (rows >= first) & (rows <= last)
        if chosen.sum() * WORKING_MM**2 < LEAST_AREA_MM2:
            return None
        beside[side] = rows[chosen], cols[chosen]
        medians.append(float(np.median(view.working.smoothed[beside[side]])))
    return (*medians, beside) if sum(medians) > 0 else None
