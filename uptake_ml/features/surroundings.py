"""How a raised place stands against what lies around it, whatever a normal subject would show.

Layouts are not exact and nobody is normal in everything: a lesion is brighter than its own
surroundings, a displaced bone or a subject with hot joints is not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from uptake_ml.features.candidates import Candidate, ViewSearch
from uptake_ml.features.smoothing import smooth
from uptake_ml.features.working_view import WORKING_MM

SURROUNDINGS = (
    "log over hottest around",
    "log rise over highest around",
    "log rise over mean around",
    "least curvature",
    "share of region raised as much",
    "log raised places",
)
_RING_MM = (12.8, 24.0)
_BROAD_MM = 40.0
_CURVATURE_MM = 8.0
_REACH = round(_RING_MM[1] / WORKING_MM)
_COARSE = 4
_MUCH = 0.7


def describe_surroundings(search: ViewSearch, candidates: Sequence[Candidate]) -> np.ndarray:
    """Return descriptors of candidates of one view, float32 of shape (n, len(SURROUNDINGS))."""
    found = np.zeros((len(candidates), len(SURROUNDINGS)), np.float32)
    if not len(candidates):
        return found
    working, rise = search.uptake.working, search.rise
    rows, cols = np.array([(c.row, c.col) for c in candidates]).T
    floor = 0.05 * search.uptake.bone_level + 1e-6
    levels = np.log(_patches(working.smoothed, rows, cols) + floor)
    rise_around = _patches(rise, rows, cols)[:, _RING]
    found[:, 0] = levels[:, _REACH, _REACH] - levels[:, _RING].max(axis=1)
    found[:, 1] = rise[rows, cols] - rise_around.max(axis=1)
    found[:, 2] = rise[rows, cols] - _broad_mean(rise)[rows // _COARSE, cols // _COARSE]
    found[:, 3] = _least_curvature(levels)
    found[:, 4] = _share_raised(search, candidates)
    found[:, 5] = np.log1p(len(search.candidates))
    return found


def _patches(image: np.ndarray, rows: np.ndarray, cols: np.ndarray) -> np.ndarray:
    """Return what lies within ``_REACH`` pixels of each place, shape (n, side, side).

    Outside lies the value at the edge.
    """
    steps = np.arange(-_REACH, _REACH + 1)
    n_rows, n_cols = image.shape
    rows = (rows[:, None] + steps).clip(0, n_rows - 1)
    cols = (cols[:, None] + steps).clip(0, n_cols - 1)
    return image.ravel().take(rows[:, :, None] * n_cols + cols[:, None])


def _distance_mm() -> np.ndarray:
    steps = (np.arange(2 * _REACH + 1) - _REACH) * WORKING_MM
    return np.hypot(steps[:, None], steps)


_RING = (_distance_mm() >= _RING_MM[0]) & (_distance_mm() <= _RING_MM[1])


def _broad_mean(rise: np.ndarray) -> np.ndarray:
    """Return the Gaussian mean of the rise, one pixel for each ``_COARSE`` x ``_COARSE``."""
    edges = [(0, -n % _COARSE) for n in rise.shape]
    padded = np.pad(rise, edges, mode="edge")
    parts = [padded[i::_COARSE, j::_COARSE] for i in range(_COARSE) for j in range(_COARSE)]
    coarse = sum(parts) / len(parts)
    return smooth(coarse, _BROAD_MM / WORKING_MM / _COARSE)


def _curvature_kernels() -> np.ndarray:
    """Return weights (3, side, side) of the second derivatives (rr, rc, cc) of a Gaussian."""
    x = np.arange(2 * _REACH + 1) - _REACH
    sigma = _CURVATURE_MM / WORKING_MM
    smooth = np.exp(-0.5 * (x / sigma) ** 2)
    smooth /= smooth.sum()
    first, second = -x / sigma**2 * smooth, (x**2 / sigma**4 - 1 / sigma**2) * smooth
    second -= second.mean()  # a flat surface has no curvature
    pairs = ((second, smooth), (first, first), (smooth, second))
    return np.array([np.outer(down, across) for down, across in pairs])


_KERNELS = _curvature_kernels()


def _least_curvature(patches: np.ndarray) -> np.ndarray:
    """Return the greater eigenvalue of the second derivatives: near 0 on a line, low on a blob."""
    rr, rc, cc = np.einsum("nij,kij->kn", patches, _KERNELS)
    return (rr + cc) / 2 + np.hypot((rr - cc) / 2, rc)


def _share_raised(search: ViewSearch, candidates: Sequence[Candidate]) -> list[float]:
    by_region = search.uptake.read(search.rise)
    shares = []
    for candidate in candidates:
        values = by_region.values((candidate.region,))
        is_raised = values > _MUCH * np.log(candidate.contrast)
        shares.append(float(is_raised.mean()) if len(values) else 0.0)
    return shares
