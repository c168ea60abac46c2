"""What a PET scanner makes of a volume of uptake."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .grid import Grid

_FWHM_PER_SIGMA = 2.3548


@dataclass(frozen=True, kw_only=True)
class Scanner:
    """Settings of one scan.

    ``spacing_mm`` is (plane, row, column); ``noise`` the coefficient of variation in the liver;
    ``first_mm`` and ``last_mm`` bound the field of view from head to feet; ``width_mm`` is how
    wide it is, ``depth_mm`` from where to where it reaches in y.
    """

    spacing_mm: tuple[float, float, float]
    fwhm_mm: float
    noise: float
    first_mm: float
    last_mm: float
    width_mm: float
    depth_mm: tuple[float, float]


def draw_scanner(
    rng: np.random.Generator, scale: float, depth_mm: tuple[float, float], *, is_long: bool
) -> Scanner:
    """Return settings as they differ between departments."""
    column = float(rng.choice([3.18, 3.65, 4.07, 4.69, 5.31]))
    row = float(rng.choice([3.0, 3.27, 4.0, 5.0]))
    first = float(rng.choice([-30, rng.uniform(60, 110)], p=[0.6, 0.4]))
    last = 1920.0 if is_long else rng.uniform(960, 1080)
    return Scanner(
        spacing_mm=(column, row, column),
        fwhm_mm=rng.uniform(5.5, 8.5),
        noise=rng.uniform(0.08, 0.22),
        first_mm=first * scale,
        last_mm=last * scale,
        width_mm=rng.uniform(560, 700),
        depth_mm=depth_mm,
    )


def scan(uptake: Grid, scanner: Scanner, rng: np.random.Generator) -> np.ndarray:
    """Return SUV, float32 (front to back, head to feet, right to left), on the scanner's voxels.

    Noise is correlated over the point spread and grows with the local mean, as iterative
    reconstruction leaves it.
    """
    sigma = scanner.fwhm_mm / _FWHM_PER_SIGMA / uptake.voxel_mm
    mean = ndimage.gaussian_filter(uptake.values, sigma, truncate=3)
    speckle = rng.standard_normal(mean.shape, dtype=np.float32)
    speckle = ndimage.gaussian_filter(speckle, 0.8 * sigma, truncate=3)
    speckle *= scanner.noise / speckle.std()
    # Muscles and organs are never even: a slow wave of some per cent.
    mean *= 1 + _waves(mean.shape, rng)
    # Gamma-like: the logarithm keeps noise of high uptake skewed and never negative.
    noisy = mean * np.exp(speckle - 0.5 * scanner.noise**2) + 0.12 * np.abs(speckle)
    return np.maximum(_resample(noisy, uptake, scanner), 0)


def _waves(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Return slow variations, standard deviation 0.07, of periods of 6 to 20 voxels."""
    total = np.zeros(shape, np.float32)
    for _ in range(4):
        y, z, x = (
            np.cos(np.arange(n) * (2 * np.pi / rng.uniform(6, 20)) + rng.uniform(0, 6.3))
            for n in shape
        )
        total += (y[:, None, None] * z[:, None]).astype(np.float32) * x.astype(np.float32)
    return total * np.float32(0.07 / total.std())


def _resample(values: np.ndarray, grid: Grid, scanner: Scanner) -> np.ndarray:
    step, first = np.array(scanner.spacing_mm), np.array(grid.first_mm)
    corner = corner_mm(scanner)
    size = np.array(
        [
            scanner.depth_mm[1] - scanner.depth_mm[0],
            scanner.last_mm - scanner.first_mm,
            scanner.width_mm,
        ]
    )
    shape = np.maximum((size / step).astype(int), 1)
    offset = (corner + 0.5 * step - first) / grid.voxel_mm - 0.5
    return ndimage.affine_transform(
        values, step / grid.voxel_mm, offset, output_shape=tuple(int(n) for n in shape), order=1
    )


def corner_mm(scanner: Scanner) -> np.ndarray:
    """Return (y, z, x) of the outer corner of the first voxel."""
    return np.array([scanner.depth_mm[0], scanner.first_mm, -scanner.width_mm / 2])
