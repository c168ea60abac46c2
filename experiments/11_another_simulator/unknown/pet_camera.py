"""A PET scanner: its field, its blur, its noise and its voxels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

from uptake_ml.phantom.framed.voxels import Grid

_VOXELS_MM = (
    (4.07, 3.0, 4.07),
    (4.07, 5.0, 4.07),
    (4.69, 3.27, 4.69),
    (3.65, 3.27, 3.65),
    (4.0, 4.0, 4.0),
    (5.31, 3.38, 5.31),
    (3.18, 3.0, 3.18),
)


@dataclass(frozen=True, kw_only=True)
class Scanner:
    """Voxels (from front to back, head to feet, right to left), field and quality; mm.

    ``corner`` is the outer corner (y, z, x) of the first voxel.
    """

    spacing_mm: tuple[float, float, float]
    shape: tuple[int, int, int]
    corner: tuple[float, float, float]
    fwhm_mm: float
    cov: float
    grain_mm: float
    motion_mm: float

    def pixel_of(self, point: np.ndarray) -> tuple[float, float]:
        """Return row and column of a point in the coronal projection."""
        return (
            float((point[2] - self.corner[1]) / self.spacing_mm[1] - 0.5),
            float((point[0] - self.corner[2]) / self.spacing_mm[2] - 0.5),
        )


def draw_scanner(
    rng: np.random.Generator, low: np.ndarray, high: np.ndarray, middle: np.ndarray, bmi: float
) -> Scanner:
    """Return a scanner for the part of a body between two corners, centred on a point (x, y, z)."""
    spacing = _VOXELS_MM[int(rng.integers(len(_VOXELS_MM)))]
    width = rng.uniform(500, 700)
    depth = high[1] - low[1] + rng.uniform(40, 140)
    extents = np.array([depth, high[2] - low[2], width])
    shape = np.maximum(np.round(extents / spacing), 1).astype(int)
    corner = (
        (low[1] + high[1]) / 2 - shape[0] * spacing[0] / 2 + rng.normal(0, 6),
        low[2],
        middle[0] - shape[2] * spacing[2] / 2 + rng.normal(0, 6),
    )
    fwhm = rng.uniform(5.0, 8.0)
    return Scanner(
        spacing_mm=spacing,
        shape=tuple(int(n) for n in shape),
        corner=tuple(float(c) for c in corner),
        fwhm_mm=fwhm,
        cov=float(rng.uniform(0.07, 0.16) * (1 + 0.02 * max(bmi - 25, 0))),
        grain_mm=fwhm * rng.uniform(0.75, 1.0),
        motion_mm=rng.uniform(3, 9),
    )


def scan(
    grid: Grid, suv: np.ndarray, scanner: Scanner, chest: tuple[float, float], rng
) -> np.ndarray:
    """Return the volume as reconstructed, float32; ``suv`` is (z, y, x).

    Between the heights ``chest`` breathing smears it along the body.
    """
    sigma = scanner.fwhm_mm / 2.355 / grid.voxel_mm
    sharp = gaussian_filter(suv, sigma)
    smear = gaussian_filter(sharp, (scanner.motion_mm / grid.voxel_mm, 0, 0))
    z = grid.centres(2, 0, grid.shape[0])
    breath = np.clip((z - chest[0]) / 40, 0, 1) * np.clip((chest[1] - z) / 40, 0, 1)
    sharp += breath[:, None, None].astype(np.float32) * (smear - sharp)
    axes = [
        ((scanner.corner[k] + (np.arange(n) + 0.5) * scanner.spacing_mm[k]) - low) / grid.voxel_mm
        - 0.5
        for k, (n, low) in enumerate(zip(scanner.shape, grid.low[[1, 2, 0]], strict=True))
    ]
    y, rows, x = np.meshgrid(*axes, indexing="ij", sparse=True)
    at = np.broadcast_arrays(rows, y, x)
    image = map_coordinates(sharp, at, order=1, mode="constant", output=np.float32)
    return _add_noise(image, scanner, rng)


def _add_noise(image: np.ndarray, scanner: Scanner, rng) -> np.ndarray:
    """Return it with noise in proportion to the local mean, correlated and skewed."""
    sigmas = [scanner.grain_mm / 2.355 / step for step in scanner.spacing_mm]
    grain = gaussian_filter(rng.standard_normal(image.shape, np.float32), sigmas)
    grain /= grain.std()
    near = np.sqrt(np.maximum(gaussian_filter(image, 2.0), 0) * np.maximum(image, 0))
    # The exponential has the long upper tail of iterative reconstruction and keeps the mean.
    factor = np.exp(scanner.cov * grain - scanner.cov**2 / 2)
    floor = np.abs(gaussian_filter(rng.standard_normal(image.shape, np.float32), sigmas)) * 0.02
    return np.maximum(image + near * (factor - 1) + floor, 0).astype(np.float32)
