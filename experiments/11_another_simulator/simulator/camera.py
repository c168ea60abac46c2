"""The planar gamma camera: attenuation along the ray, blur that grows with depth, counts."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from simulator.raster import VOXEL_MM, Grid

MU_PER_MM = 0.012  # effective, broad beam at 140 keV
_SLAB = 5
_GAP_MM = 40


def expect_counts(activity: np.ndarray, body: np.ndarray, *, posterior: bool) -> np.ndarray:
    """Return the image (y, x) of an activity (z, y, x) before sampling, in arbitrary units.

    A posterior view is mirrored: the patient's left is at the image's left.
    """
    if posterior:
        activity, body = activity[::-1], body[::-1]
    depth_mm = (np.cumsum(body, axis=0) - body / 2) * VOXEL_MM
    seen = activity * np.exp(-MU_PER_MM * depth_mm)
    front = int(np.argmax(body.any(axis=(1, 2))))
    image = np.zeros(activity.shape[1:])
    for first in range(0, len(activity), _SLAB):
        slab = seen[first : first + _SLAB].sum(axis=0)
        distance_mm = max(first + _SLAB / 2 - front, 0) * VOXEL_MM + _GAP_MM
        fwhm_mm = np.hypot(0.045 * distance_mm + 1.4, 3.8)
        image += ndimage.gaussian_filter(slab, fwhm_mm / 2.355 / VOXEL_MM)
    # Scatter in the window: a fifth of the primary, spread over centimetres.
    image += 0.2 * ndimage.gaussian_filter(image, 32 / VOXEL_MM)
    return image[:, ::-1] if posterior else image


def detect(
    image: np.ndarray, grid: Grid, rng: np.random.Generator, *, matrix, pixel_mm, top_mm, scale,
    posterior: bool,
) -> np.ndarray:  # fmt: skip
    """Return counts, float32 of shape ``matrix``; row 0 lies ``top_mm`` below the vertex."""
    rows, columns = matrix
    y = top_mm + pixel_mm * np.arange(rows)
    x = pixel_mm * (np.arange(columns) - (columns - 1) / 2)
    first_x = -grid.axis(0)[-1] if posterior else grid.origin[0]
    at = np.meshgrid((y - grid.origin[1]) / VOXEL_MM, (x - first_x) / VOXEL_MM, indexing="ij")
    sampled = ndimage.map_coordinates(image, at, order=1, cval=0.0)
    air = 0.003 * sampled[sampled > 0].mean() if (sampled > 0).any() else 0.0
    expected = (np.maximum(sampled, 0) + air) * scale
    return rng.poisson(expected).astype(np.float32)
