"""Features of the soft tissue of the limbs: inflamed skin and muscle have no bone to be seen on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.features.groups import Group, group
from uptake_ml.features.registry import SYMMETRY, feature
from uptake_ml.features.uptake import LEAST_AREA_MM2
from uptake_ml.features.working_view import WORKING_MM
from uptake_ml.regions import LEFT, RIGHT

if TYPE_CHECKING:
    from uptake_ml.features.uptake import Uptake, ViewUptake

_LIMBS = {
    "arms": (("humerus", "forearm"), group("arm-soft-tissue")),
    "legs": (("femur", "tibia"), group("leg-soft-tissue")),
}
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


def _asymmetry(view: ViewUptake, *, bone: str, soft: Group) -> float:
    width = view.working.regions.shape[1]
    tissue = np.divmod(view.places(soft), width)
    bones = {side: np.divmod(view.places(group(bone, side=side)), width) for side in (LEFT, RIGHT)}
    if any(len(rows) == 0 for rows, _ in bones.values()):
        return np.nan
    left, right = (
        _median_beside(view, tissue, bones[side], bones[other])
        for side, other in ((LEFT, RIGHT), (RIGHT, LEFT))
    )
    return abs(left - right) / (left + right) if left + right > 0 else np.nan


def _median_beside(view: ViewUptake, tissue, bone, opposite) -> float:
    """Return the median uptake of soft tissue along a bone that is nearer to it than to another."""
    rows, cols = tissue
    first, last = np.percentile(bone[0], (_ENDS_PERCENT, 100 - _ENDS_PERCENT))
    is_own = abs(cols - np.median(bone[1])) < abs(cols - np.median(opposite[1]))
    beside = is_own & (rows >= first) & (rows <= last)
    if beside.sum() * WORKING_MM**2 < LEAST_AREA_MM2:
        return np.nan
    return float(np.median(view.working.smoothed[rows[beside], cols[beside]]))
