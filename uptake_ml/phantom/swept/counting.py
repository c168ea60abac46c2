"""From the views of a body to counts on the camera's matrix."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import ndimage

from uptake_ml.phantom.swept.camera import Camera
from uptake_ml.phantom.swept.exposure import Exposure
from uptake_ml.phantom.swept.grid import Grid
from uptake_ml.study import POSTERIOR


def sample(
    image: np.ndarray, corner: tuple[int, int], grid: Grid, camera: Camera
) -> tuple[np.ndarray, tuple[int, int]]:
    """Return a part of a view on the pixels of the camera, and the first of them.

    ``corner`` is the part's first voxel; it may lie beside the matrix, then nothing is left.
    """
    first_mm = np.array(grid.first_mm[1:]) + np.array(corner) * grid.voxel_mm
    offset = first_mm - camera.corner_mm()
    low = np.floor(offset / camera.pixel_mm).astype(int)
    high = np.ceil((offset + np.array(image.shape) * grid.voxel_mm) / camera.pixel_mm).astype(int)
    whole = (camera.rows, camera.columns)
    low, high = np.clip(low, 0, whole), np.clip(high + 1, 0, whole)
    if (high <= low).any():
        return np.zeros((0, 0), np.float32), (0, 0)
    start = (low * camera.pixel_mm - offset) / grid.voxel_mm - 0.5
    scale = [camera.pixel_mm / grid.voxel_mm] * 2
    shape = tuple(int(n) for n in high - low)
    seen = ndimage.affine_transform(image, scale, start, output_shape=shape, order=1)
    return np.maximum(seen, 0), (int(low[0]), int(low[1]))


def expect(exposure: Exposure, camera: Camera) -> tuple[dict, dict[str, float]]:
    """Return the expected counts of the matrix by view, and how many are one unit of seen.

    Scatter and the air's counts are added, rows that were not scanned hold nothing.
    """
    expected, unit = {}, {}
    first, stop = camera.scanned
    for view, haze in exposure.haze().items():
        image, (top, left) = sample(exposure.views[view] + haze, (0, 0), exposure.uptake, camera)
        rate = np.zeros((camera.rows, camera.columns), np.float32)
        rate[top : top + image.shape[0], left : left + image.shape[1]] = image
        rate[:first], rate[stop:] = 0, 0
        rate[first:stop] += camera.background * rate.mean()
        unit[view] = camera.counts[view] / float(rate.sum(dtype=float))
        expected[view] = rate * np.float32(unit[view])
    return expected, unit


def count(expected: Mapping[str, np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return Poisson counts, float32, the posterior view as the camera shows it."""
    counted = {}
    for view, rate in expected.items():
        image = rng.poisson(rate).astype(np.float32)
        counted[view] = np.ascontiguousarray(image[:, ::-1]) if view == POSTERIOR else image
    return counted
