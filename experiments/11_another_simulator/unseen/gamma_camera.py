"""What a double-headed gamma camera counts of a volume."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .grid import Grid

_SLAB = 4
_FWHM_PER_SIGMA = 2.3548


@dataclass(frozen=True, kw_only=True)
class Camera:
    """Settings of one scan.

    ``counts`` are those of the anterior view; ``gaps_mm`` lie between body and collimator, in
    front and behind; ``slope`` and ``hole_mm`` are the collimator's, ``intrinsic_mm`` the
    crystal's FWHM; ``top_mm`` and ``aside_mm`` shift the patient in the field of view.
    """

    pixel_mm: float
    rows: int
    columns: int
    counts: float
    gaps_mm: tuple[float, float]
    slope: float
    hole_mm: float
    intrinsic_mm: float
    mu_per_mm: float
    scatter: float
    scatter_mm: float
    background: float
    top_mm: float
    aside_mm: float


def draw_camera(rng: np.random.Generator, height_mm: float) -> Camera:
    """Return settings as they differ between departments."""
    pixel_mm = rng.choice([rng.uniform(1.8, 3.2), rng.uniform(2.1, 2.5)])
    top_mm = rng.uniform(25, 130)
    length = max(rng.choice([1950, 2050, 2200]), height_mm + 190 + top_mm)
    return Camera(
        pixel_mm=float(pixel_mm),
        rows=int(length / pixel_mm),
        columns=int(rng.uniform(545, 640) / pixel_mm),
        counts=np.exp(rng.uniform(*np.log([3e5, 3e6]))),
        gaps_mm=(rng.uniform(8, 60), rng.uniform(15, 50)),
        slope=rng.uniform(0.038, 0.058),
        hole_mm=rng.uniform(1.1, 1.9),
        intrinsic_mm=rng.uniform(3.3, 4.6),
        mu_per_mm=rng.uniform(0.0105, 0.0135),
        scatter=rng.uniform(0.08, 0.3),
        scatter_mm=rng.uniform(28, 55),
        background=rng.uniform(0.002, 0.012),
        top_mm=top_mm,
        aside_mm=rng.normal(0, 7),
    )


def expose(uptake: Grid, density: Grid, flesh: float, camera: Camera) -> dict[str, np.ndarray]:
    """Return expected counts of both views on the rows and columns of ``uptake``.

    ``density`` is the tissue's relative density on voxels twice as large, in which ``flesh`` is
    the concentration.  A slab at depth d from a head contributes ``exp(-mu d') * A`` blurred by
    ``FWHM^2 = (slope d + hole)^2 + intrinsic^2``, with d' the depth in tissue; scatter is a wide
    copy of what came through.
    """
    views = {}
    for name, step, gap_mm in (("anterior", 1, 0), ("posterior", -1, 1)):
        views[name] = _collect(
            uptake.values[::step],
            density.values[::step],
            flesh,
            camera,
            camera.gaps_mm[gap_mm],
            uptake.voxel_mm,
        )
    return views


def _collect(
    uptake: np.ndarray, density: np.ndarray, flesh: float, camera: Camera, gap_mm: float, h: float
) -> np.ndarray:
    passed = np.cumsum(density, axis=0) - 0.5 * density
    weakened = np.exp(-2 * h * camera.mu_per_mm * passed).astype(np.float32)
    image = np.zeros(uptake.shape[1:], np.float32)
    for first in range(0, len(density), _SLAB):
        slab = np.zeros_like(image)
        for k in range(first, min(first + _SLAB, len(density))):
            tissue = 2 * flesh * density[k] * weakened[k]
            both = uptake[2 * k] + uptake[2 * k + 1]
            slab += both * _double(weakened[k]) + _double(tissue)
        d = gap_mm + (2 * first + _SLAB) * h
        fwhm = np.hypot(camera.slope * d + camera.hole_mm, camera.intrinsic_mm)
        image += ndimage.gaussian_filter(slab, fwhm / _FWHM_PER_SIGMA / h, truncate=3.5)
    return image + camera.scatter * _scattered(image, camera.scatter_mm / h)


def _double(plane: np.ndarray) -> np.ndarray:
    return plane.repeat(2, axis=0).repeat(2, axis=1)


def _scattered(image: np.ndarray, sigma: float) -> np.ndarray:
    rows, columns = (n // 2 for n in image.shape)
    small = image.reshape(rows, 2, columns, 2).mean(axis=(1, 3))
    return _double(ndimage.gaussian_filter(small, sigma / 2, truncate=3))


def count(
    views: dict[str, np.ndarray], grid: Grid, camera: Camera, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Return Poisson counts, float32, on the camera's matrix; the posterior view is mirrored."""
    counted = {}
    factor = None
    for name, image in views.items():
        mean = _resample(image, grid, camera)
        factor = factor or camera.counts / mean.sum()
        mean = mean * factor
        mean += camera.background * mean.sum() / mean.size
        counted[name] = rng.poisson(mean).astype(np.float32)
    counted["posterior"] = np.ascontiguousarray(counted["posterior"][:, ::-1])
    return counted


def pixel_of(point: np.ndarray, camera: Camera) -> tuple[float, float]:
    """Return (row, column) in the anterior view of a point (x, y, z)."""
    row = (point[2] + camera.top_mm) / camera.pixel_mm - 0.5
    column = (point[0] + camera.aside_mm) / camera.pixel_mm + camera.columns / 2 - 0.5
    return float(row), float(column)


def _resample(image: np.ndarray, grid: Grid, camera: Camera) -> np.ndarray:
    first, step = np.array(grid.first_mm[1:]), camera.pixel_mm
    corner = np.array([-camera.top_mm, -camera.aside_mm - camera.columns / 2 * step])
    offset = (corner + 0.5 * step - first) / grid.voxel_mm - 0.5
    scale = [step / grid.voxel_mm] * 2
    shape = camera.rows, camera.columns
    mean = ndimage.affine_transform(image, scale, offset, output_shape=shape, order=1)
    return np.maximum(mean, 0)
