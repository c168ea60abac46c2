"""The soft tissue of the limbs: inflamed skin and muscle have no bone to be seen on.

asymmetry = |L - R| / (L + R), L and R the median uptake of soft tissue beside a bone of either side
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.features.candidates import Candidate
from uptake_ml.features.registry import SYMMETRY, feature
from uptake_ml.features.soft_tissue import LIMBS
from uptake_ml.features.uptake import imbalance
from uptake_ml.regions import LEFT, RIGHT

if TYPE_CHECKING:
    from uptake_ml.atlas.records import Layout
    from uptake_ml.features.uptake import Uptake, ViewUptake

# Simulated cases: legs without inflammation stay below 0.12 in 99 %, those with it lie above 0.3.
# Arms do not tell: one lies on the body or holds the injection more often than it is inflamed.
_EVEN_CHANCE, _STEP = 0.2, 0.03
_MOST_CONTRAST = 500.0
_ENDS = {"femur": ("hip", "knee"), "tibia": ("knee", "ankle")}
_LEAST_CONFIDENCE = 0.6


def _greatest_asymmetry(limb: str) -> Callable[[Uptake], float]:
    def asymmetry(view: ViewUptake, *, bone: str) -> float:
        found = view.beside_bones[bone]
        return np.nan if found is None else imbalance(found.left, found.right)

    def measured(uptake: Uptake) -> float:
        found = [uptake.average(partial(asymmetry, bone=bone)) for bone in LIMBS[limb].bones]
        return max((value for value in found if np.isfinite(value)), default=np.nan)

    return measured


for _limb, _parts in LIMBS.items():
    feature(
        f"{SYMMETRY}.{_limb}_soft_tissue_asymmetry",
        range=(0, 1),
        meaning=f"how unequal the soft tissue of the {_limb} is on the two sides",
        formula=f"greatest |L - R| / (L + R) of the median beside {' and '.join(_parts.bones)}",
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
    for bone in LIMBS["legs"].bones:
        sure = {name: v for name, v in views.items() if _is_sure(layouts[name], _ENDS[bone])}
        found = {name: view.beside_bones[bone] for name, view in sure.items()}
        found = {name: beside for name, beside in found.items() if beside is not None}
        if not found:
            continue
        excess = np.mean([(b.left - b.right) / (b.left + b.right) for b in found.values()])
        if abs(excess) >= _EVEN_CHANCE:
            side = LEFT if excess > 0 else RIGHT
            places = {
                name: _candidate(views[name], b.places[side], _ratio(b.left, b.right))
                for name, b in found.items()
            }
            yield side, places, float(1 / (1 + np.exp((_EVEN_CHANCE - abs(excess)) / _STEP)))


def _is_sure(layout: Layout, joints: tuple[str, str]) -> bool:
    ends = [mark.confidence for mark in layout.landmarks if mark.name in joints]
    return min(ends, default=0.0) >= _LEAST_CONFIDENCE


def _ratio(one: float, other: float) -> float:
    return min(max(one, other) / max(min(one, other), 1e-9), _MOST_CONTRAST)


def _candidate(view: ViewUptake, places, contrast: float) -> Candidate:
    rows, cols = places
    top, left = rows.min(), cols.min()
    mask = np.zeros((np.ptp(rows) + 1, np.ptp(cols) + 1), bool)
    mask[rows - top, cols - left] = True
    hottest = view.working.smoothed[rows, cols].argmax()
    return Candidate(
        row=int(rows[hottest]),
        col=int(cols[hottest]),
        region=LIMBS["legs"].soft_tissue[0],
        contrast=float(contrast),
        isolation=float(contrast),
        elongation=mask.shape[0] / mask.shape[1],
        is_on_bone=False,
        significance=float((contrast - 1) / (contrast + 1) / _STEP),
        window=(slice(top, top + mask.shape[0]), slice(left, left + mask.shape[1])),
        mask=mask,
    )
