"""The points the atlas works with: the landmarks, and extents that the regions add to them.

Inside the atlas every view is held the way a posterior view is: the patient's left at the image's
left.  An anterior view is flipped on the way in and on the way out, so that one model serves both.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from uptake_ml.regions import INDEX, LANDMARKS, LEFT, RIGHT
from uptake_ml.study import ANTERIOR

# Where a wall of the body is: name, region, band of the region's height that is looked at.
_EXTENTS = (
    ("rib-edge-upper", "ribs", (0.25, 0.40)),
    ("rib-edge-middle", "ribs", (0.45, 0.60)),
    ("rib-edge-lower", "ribs", (0.70, 0.85)),
    ("pelvis-edge", "pelvis", (0.05, 0.35)),
    ("skull-edge", "skull", (0.10, 0.70)),
)
EXTENTS: tuple[tuple[str, str], ...] = tuple((n, s) for n, _, _ in _EXTENTS for s in (LEFT, RIGHT))
POINTS: tuple[tuple[str, str | None], ...] = LANDMARKS + EXTENTS
POINT_INDEX = {key: i for i, key in enumerate(POINTS)}
_OTHER = {LEFT: RIGHT, RIGHT: LEFT, None: None}
MIRROR = np.array([POINT_INDEX[name, _OTHER[side]] for name, side in POINTS])

_CORE_NAMES = (
    *("vertex", "chin", "C7", "T6", "T12", "L3", "sternum", "sacrum"),
    *("shoulder", "iliac-crest", "hip", "knee"),
)
CORE = np.array([i for i, (name, _) in enumerate(POINTS) if name in _CORE_NAMES])


def indices(*names: str, side: str | None = None) -> list[int]:
    """Return the places in ``POINTS`` of these names, on one side where they are paired."""
    return [POINT_INDEX[(n, side) if (n, side) in POINT_INDEX else (n, None)] for n in names]


def orient(image: np.ndarray, view_name: str) -> np.ndarray:
    """Return the image with the patient's left at its left; its own inverse."""
    return image[:, ::-1] if view_name == ANTERIOR else image


def orient_points(points: np.ndarray, view_name: str, n_cols: int) -> np.ndarray:
    """Return points, shape (..., 2), of an oriented image of ``n_cols`` columns; own inverse."""
    if view_name != ANTERIOR:
        return points
    return np.stack([points[..., 0], n_cols - 1 - points[..., 1]], axis=-1)


def mirror_points(points: np.ndarray, axis_col: float) -> np.ndarray:
    """Return the points of the mirrored body, shape (..., P, 2), about column ``axis_col``."""
    swapped = points[..., MIRROR, :]
    return np.stack([swapped[..., 0], 2 * axis_col - swapped[..., 1]], axis=-1)


def true_points(
    landmarks: Mapping[tuple[str, str | None], tuple[float, float] | None],
    regions: np.ndarray,
    view_name: str,
) -> np.ndarray:
    """Return all points of an example, shape (P, 2), of the oriented image; NaN where unknown."""
    points = np.full((len(POINTS), 2), np.nan)
    for key, place in landmarks.items():
        if key in POINT_INDEX and place is not None:
            points[POINT_INDEX[key]] = place
    points = orient_points(points, view_name, regions.shape[1])
    points[len(LANDMARKS) :] = _extents(orient(regions, view_name))
    return points


def _extents(regions: np.ndarray) -> np.ndarray:
    return np.array(
        [
            _outermost(regions, region, side, band)
            for _, region, band in _EXTENTS
            for side in (LEFT, RIGHT)
        ]
    )


def _outermost(
    regions: np.ndarray, name: str, side: str, band: tuple[float, float]
) -> tuple[float, float]:
    rows, cols = np.nonzero(
        regions == INDEX[(name, side) if (name, side) in INDEX else (name, None)]
    )
    if rows.size < 10 or np.ptp(rows) < 3:
        return np.nan, np.nan
    low, high = rows.min() + np.array(band) * np.ptp(rows)
    chosen = (rows >= low) & (rows <= high)
    if not chosen.any():
        return np.nan, np.nan
    # A quantile, because a stray pixel of the region behind an arm would move the extreme.
    edge = np.quantile(cols[chosen], 0.02 if side == LEFT else 0.98)
    return (low + high) / 2, float(edge)
