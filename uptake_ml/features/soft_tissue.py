"""The soft tissue of the limbs, by the long bone it lies beside and by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from uptake_ml.features.basins import rows_and_columns
from uptake_ml.features.groups import Group, group
from uptake_ml.features.intensity import ordered_percentile
from uptake_ml.features.levels import LEAST_AREA_MM2
from uptake_ml.features.working_view import WORKING_MM, WorkingView
from uptake_ml.medians import median
from uptake_ml.regions import LEFT, RIGHT

# The ends of a bone lie in joints, or beside the trunk.
_ENDS_PERCENT = 10


class Limb(NamedTuple):
    """The long bones of a limb by name, and the regions of its soft tissue."""

    bones: tuple[str, ...]
    soft_tissue: Group


LIMBS = {
    "arms": Limb(("humerus", "forearm"), group("arm-soft-tissue")),
    "legs": Limb(("femur", "tibia"), group("leg-soft-tissue")),
}


class BesideBone(NamedTuple):
    """Median uptake of the soft tissue beside a bone of either side; one of them is positive.

    ``places`` are its working pixels (rows, columns) by side.
    """

    left: float
    right: float
    places: dict[str, tuple[np.ndarray, np.ndarray]]


def measure_beside_bones(
    working: WorkingView, places_of: Callable[[Group], np.ndarray]
) -> dict[str, BesideBone | None]:
    """Return by the name of the bone what lies beside it, None where either side is not seen.

    ``places_of`` returns the flat indices of the working pixels of regions.
    """
    width = working.regions.shape[1]
    found = {}
    for limb in LIMBS.values():
        tissue = rows_and_columns(places_of(limb.soft_tissue), width)
        for bone in limb.bones:
            sides = {
                s: rows_and_columns(places_of(group(bone, side=s)), width) for s in (LEFT, RIGHT)
            }
            is_seen = all(len(rows) for rows, _ in sides.values())
            found[bone] = _beside(working.smoothed, tissue, sides) if is_seen else None
    return found


def _beside(
    smoothed: np.ndarray,
    tissue: tuple[np.ndarray, np.ndarray],
    bones: dict[str, tuple[np.ndarray, np.ndarray]],
) -> BesideBone | None:
    rows, cols = tissue
    left, right = (abs(cols - median(bones[side][1])) for side in (LEFT, RIGHT))
    places, medians = {}, []
    for side, is_own in ((LEFT, left < right), (RIGHT, right < left)):
        along = np.sort(bones[side][0])
        first, last = (ordered_percentile(along, p) for p in (_ENDS_PERCENT, 100 - _ENDS_PERCENT))
        chosen = is_own & (rows >= first) & (rows <= last)
        places[side] = rows[chosen], cols[chosen]
        if len(places[side][0]) * WORKING_MM**2 < LEAST_AREA_MM2:
            return None
        medians.append(median(smoothed[places[side]]))
    return BesideBone(*medians, places) if sum(medians) > 0 else None
