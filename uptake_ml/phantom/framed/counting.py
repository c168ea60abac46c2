"""From the views of a body to counts on the camera's matrix."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import ndimage

from uptake_ml.phantom.framed.camera import VIEWS, GammaCamera
from uptake_ml.phantom.framed.exposure import Exposure
from uptake_ml.phantom.framed.voxels import Grid
from uptake_ml.study import POSTERIOR


def sample(
    image: np.ndarray, corner: tuple[int, int], grid: Grid, camera: GammaCamera
) -> tuple[np.ndarray, tuple[int, int]]:
    """Return a part of a view on the pixels of the camera, and the first of them.

    ``corner`` is the part's first voxel (z, x); it may lie beside the matrix: nothing is left then.
    """
    first_mm = grid.low[[2, 0]] + (np.array(corner) + 0.5) * grid.voxel_mm
    offset = first_mm - camera.corner_mm()
    low = np.floor(offset / camera.pixel_mm).astype(int)
    high = np.ceil((offset + np.array(image.shape) * grid.voxel_mm) / camera.pixel_mm).astype(int)
    whole = (camera.rows, camera.columns)
    low, high = np.clip(low, 0, whole), np.clip(high + 1, 0, whole)
    if (high <= low).any():
        return np.zeros((0, 0), np.float32), (0, 0)
    start = (low * camera.pixel_mm - offset) / grid.voxel_mm
    scale = [camera.pixel_mm / grid.voxel_mm] * 2
    shape = tuple(int(n) for n in high - low)
    seen = ndimage.affine_transform(image, scale, start, output_shape=shape, order=1)
    return np.maximum(seen, 0), (int(low[0]), int(low[1]))


def expect(
    exposure: Exposure, direct: Mapping[str, np.ndarray], scattered: Mapping[str, np.ndarray]
) -> tuple[dict[str, np.ndarray], float]:
    """Return the expected counts of the matrix by view, and how many are one unit of ``direct``."""
    camera, rates = exposure.camera, {}
    for view in VIEWS:
        rates[view] = np.zeros((camera.rows, camera.columns), np.float32)
        for image, grid in (
            (direct[view], exposure.grid),
            (scattered[view], exposure.scatter_grid()),
        ):
            part, (top, left) = sample(image, (0, 0), grid, camera)
            rates[view][top : top + part.shape[0], left : left + part.shape[1]] += part
    total = sum(float(rate.sum(dtype=float)) for rate in rates.values())
    unit = 2 * camera.counts * (1 - camera.stray) / total
    stray = np.float32(camera.stray * camera.counts / (camera.rows * camera.columns))
    return {view: rate * np.float32(unit) + stray for view, rate in rates.items()}, unit


def count(expected: Mapping[str, np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return Poisson counts, float32, the posterior view as the camera shows it."""
    counted = {}
    for view, rate in expected.items():
        image = rng.poisson(rate).astype(np.float32)
        counted[view] = np.ascontiguousarray(image[:, ::-1]) if view == POSTERIOR else image
    return counted
