"""How a raised place stands against the rest of the bone it belongs to.

Where a layout is off by some millimetres, or a subject's spine is hotter than most, the whole
structure rises with it; a lesion is brighter than the same spine above and below.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from uptake_ml.features.basins import rows_and_columns
from uptake_ml.features.candidates import Candidate, ViewSearch
from uptake_ml.features.groups import BONES, Group, group
from uptake_ml.features.intensity import ordered_percentile
from uptake_ml.features.working_view import WORKING_MM

STRUCTURE = (
    "rise over spread of structure",
    "share of hottest in view",
    "rise over unevenness of skeleton",
    "unevenness of skeleton",
)
_SPINE = group("cervical-spine", "thoracic-spine", "lumbar-spine", "sacrum")
_REACH_MM = (10.0, 120.0)
_LEAST_PIXELS = 6
_LEAST_SPREAD = 0.05
# One pixel in three of a structure is enough for its median and spread.
_STEP = 3


def describe_structure(search: ViewSearch, candidates: Sequence[Candidate]) -> np.ndarray:
    """Return descriptors of candidates of one view, float32 of shape (n, len(STRUCTURE))."""
    found = np.zeros((len(candidates), len(STRUCTURE)), np.float32)
    if not candidates:
        return found
    smoothed, rise = search.uptake.working.smoothed, search.rise
    peaks = np.array([(c.row, c.col) for c in candidates])
    at_peak = rise[tuple(peaks.T)]
    middle, unevenness = _unevenness(search)
    found[:, 1] = smoothed[tuple(peaks.T)] / max(float(smoothed.max(initial=0.0)), 1e-6)
    found[:, 2] = (at_peak - middle) / unevenness
    found[:, 3] = unevenness
    # A bone, or the whole spine -> which candidates belong to it.
    structures: dict[Group, list[int]] = {}
    for i, candidate in enumerate(candidates):
        key = _SPINE if candidate.region in _SPINE else (candidate.region,)
        structures.setdefault(key, []).append(i)
    for structure, own in structures.items():
        # In the order of the image: the pixels of the vertebrae come one region after another.
        places = np.sort(search.uptake.places(structure))[::_STEP]
        elsewhere = _is_elsewhere(places, rise.shape, peaks[own], [candidates[i] for i in own])
        found[own, 0] = _over_spread(at_peak[own], rise.ravel().take(places), elsewhere)
    return found


def _unevenness(search: ViewSearch) -> tuple[float, float]:
    """Return median and spread of the rise over all bones: how far this subject is from normal."""
    rise = search.rise.ravel()[search.uptake.places(BONES)][::_STEP]
    if rise.size < _LEAST_PIXELS:
        return 0.0, 1.0
    ordered = np.sort(rise)
    low, middle, high = (ordered_percentile(ordered, percent) for percent in (10, 50, 90))
    # The deciles of a normal distribution lie 2.56 standard deviations apart.
    return middle, (high - low) / 2.56 + _LEAST_SPREAD


def _over_spread(at_peak: np.ndarray, values: np.ndarray, elsewhere: np.ndarray) -> np.ndarray:
    """Return the rise at each peak less the structure's median about it, over its spread, (n,).

    ``values`` (k,) are those of the pixels of a structure, ``elsewhere`` (n, k) says which are used
    for each peak; 0 where too few of them are.
    """
    used = elsewhere.sum(axis=1)
    is_enough = used >= _LEAST_PIXELS
    found = np.zeros(len(at_peak))
    if not is_enough.any():
        return found
    used, elsewhere = used[is_enough], elsewhere[is_enough]
    # What is not used comes last, so that the middle of the others is known by its rank.
    ordered, each = np.sort(np.where(elsewhere, values, np.inf), axis=1), np.arange(len(used))
    middle = (ordered[each, (used - 1) // 2] + ordered[each, used // 2]) / 2
    means = elsewhere @ values[:, None] / used[:, None]
    squares = (np.where(elsewhere, values - means, 0) ** 2).sum(axis=1)
    spread = np.sqrt(squares / used) + _LEAST_SPREAD
    found[is_enough] = (at_peak[is_enough] - middle) / spread
    return found


def _is_elsewhere(
    places: np.ndarray, shape: tuple[int, int], peaks: np.ndarray, candidates: Sequence[Candidate]
) -> np.ndarray:
    """Return which pixels lie about each candidate but not in it, bool of shape (n, places).

    ``places`` are flat indices of the pixels of a structure, ``peaks`` (n, 2) are those of the
    candidates.
    """
    rows, cols = rows_and_columns(places, shape[1])
    squares = (rows - peaks[:, :1]) ** 2 + (cols - peaks[:, 1:]) ** 2
    least, most = ((reach / WORKING_MM) ** 2 for reach in _REACH_MM)
    is_used = (squares > least) & (squares < most)
    own = np.zeros(shape, bool)
    for used, candidate in zip(is_used, candidates, strict=True):
        own[candidate.window] = candidate.mask
        used &= ~own.ravel()[places]
        own[candidate.window] = False
    return is_used
