"""How a raised place stands against what lies around it, whatever a normal subject would show.

Layouts are not exact and nobody is normal in everything: a lesion is brighter than its own
surroundings, a displaced bone or a subject with hot joints is not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from uptake_ml.features.candidates import Candidate, ViewSearch
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
    level = np.log(working.smoothed + 0.05 * search.uptake.bone_level + 1e-6)
    rows, cols = np.array([(c.row, c.col) for c in candidates]).T
    around, rise_around = (_patches(image, rows, cols)[:, _RING] for image in (level, rise))
    found[:, 0] = level[rows, cols] - around.max(axis=1)
    found[:, 1] = rise[rows, cols] - rise_around.max(axis=1)
    found[:, 2] = rise[rows, cols] - _broad_mean(rise)[rows // _COARSE, cols // _COARSE]
    found[:, 3] = _least_curvature(_patches(level, rows, cols))
    found[:, 4] = _share_raised(search, candidates)
    found[:, 5] = np.log1p(len(search.candidates))
    return found


def _patches(image: np.ndarray, rows: np.ndarray, cols: np.ndarray) -> np.ndarray:
    """Return what lies within ``_REACH`` pixels of each place, shape (n, side, side)."""
    padded = np.pad(image, _REACH, mode="edge")
    steps = np.arange(2 * _REACH + 1)
    return padded[rows[:, None, None] + steps[:, None], cols[:, None, None] + steps]


def _distance_mm() -> np.ndarray:
    steps = (np.arange(2 * _REACH + 1) - _REACH) * WORKING_MM
    return np.hypot(steps[:, None], steps)


_RING = (_distance_mm() >= _RING_MM[0]) & (_distance_mm() <= _RING_MM[1])


def _broad_mean(rise: np.ndarray) -> np.ndarray:
    """Return the Gaussian mean of the rise, one pixel for each ``_COARSE`` x ``_COARSE``."""
    edges = [(0, -n % _COARSE) for n in rise.shape]
    padded = np.pad(rise, edges, mode="edge")
    shape = (padded.shape[0] // _COARSE, _COARSE, padded.shape[1] // _COARSE, _COARSE)
    coarse = padded.reshape(shape).mean(axis=(1, 3))
    return ndimage.gaussian_filter(coarse, _BROAD_MM / WORKING_MM / _COARSE, mode="nearest")


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
    by_region = {c.region: search.uptake.values((c.region,), search.rise) for c in candidates}
    return [
        float((by_region[c.region] > _MUCH * np.log(c.contrast)).mean())
        if len(by_region[c.region])
        else 0.0
        for c in candidates
    ]
