"""What the scanner does: breathing, blur, voxels and noise."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter, uniform_filter1d

MM_PER_SIGMA = 2.3548


@dataclass(frozen=True, kw_only=True)
class Scanner:
    """Resolution, voxels and noise of one scan."""

    fwhm_mm: tuple[float, float, float]
    voxel_mm: tuple[float, float, float]
    breath_mm: float
    noise: float  # relative s.d. of a voxel of the liver
    grain_mm: float  # FWHM of the noise's correlation
    bed_mm: float


def draw_scanner(rng: np.random.Generator) -> Scanner:
    """A random scanner: FWHM 4.5-8.5 mm, voxels 2.7-5.5 mm, noise 5-20 %."""
    across = rng.uniform(4.5, 8.5)
    along = float(np.clip(across * rng.uniform(0.85, 1.2), 4.5, 8.5))
    pixel = rng.uniform(3.3, 5.4)
    return Scanner(
        fwhm_mm=(across, along, across),
        voxel_mm=(pixel, float(rng.choice([3.0, 3.27, 4.0, 5.0])), pixel),
        breath_mm=rng.uniform(5, 20),
        noise=float(np.clip(np.exp(rng.normal(np.log(0.10), 0.35)), 0.05, 0.20)),
        grain_mm=rng.uniform(5.0, 8.0),
        bed_mm=rng.uniform(130, 220),
    )


def breathe(suv: np.ndarray, z_mm: np.ndarray, dome_mm: float, breath_mm: float) -> None:
    """Smear along the body about the diaphragm, in place; most at the dome."""
    span = (z_mm > dome_mm - 110) & (z_mm < dome_mm + 190)
    if span.sum() < 8:
        return
    cut = slice(int(np.argmax(span)), int(len(span) - np.argmax(span[::-1])))
    part = suv[:, cut]
    size = max(1, round(breath_mm / float(z_mm[1] - z_mm[0])))
    away = z_mm[cut] - dome_mm
    weight = np.exp(-0.5 * (away / np.where(away < 0, 45, 75)) ** 2).astype(np.float32)
    part += weight[None, :, None] * (uniform_filter1d(part, size, axis=1) - part)


def mottle(rng: np.random.Generator, suv: np.ndarray, amount: float) -> None:
    """Make tissue uneven over about 15 to 25 mm, in place; `amount` is the relative s.d."""
    coarse = rng.standard_normal([max(2, n // 4 + 1) for n in suv.shape], np.float32)
    coarse = np.exp(amount * gaussian_filter(coarse, 0.6) / np.float32(0.33))
    for axis, count in enumerate(suv.shape):
        coarse = _resample(coarse, axis, coarse.shape[axis] / count, count)
    suv *= coarse


def scan(rng: np.random.Generator, suv: np.ndarray, step_mm: float, scanner: Scanner) -> np.ndarray:
    """The scan of a grid: blurred, resampled to the scanner's voxels, with positive noise.

    Voxel k of an axis has its centre at (k + 1/2) of its size from the grid's lower edge.
    """
    sigma = [f / MM_PER_SIGMA / step_mm for f in scanner.fwhm_mm]
    image = gaussian_filter(suv, sigma, truncate=3.0)
    for axis, voxel in enumerate(scanner.voxel_mm):
        image = _resample(image, axis, voxel / step_mm)
    return _add_noise(rng, image, scanner)


def _resample(image: np.ndarray, axis: int, ratio: float, count: int | None = None) -> np.ndarray:
    """Linear resampling of one axis to voxels `ratio` times as large, `count` of them."""
    count = max(1, int(image.shape[axis] / ratio)) if count is None else count
    place = np.clip((np.arange(count) + 0.5) * ratio - 0.5, 0, image.shape[axis] - 1)
    low = np.minimum(place.astype(int), image.shape[axis] - 2)
    shape = [1, 1, 1]
    shape[axis] = count
    weight = (place - low).astype(np.float32).reshape(shape)
    first = np.take(image, low, axis)
    return first + weight * (np.take(image, low + 1, axis) - first)


def _add_noise(rng: np.random.Generator, image: np.ndarray, scanner: Scanner) -> np.ndarray:
    """Log-normal noise, correlated over the grain; stronger between beds and in the air."""
    grain = [scanner.grain_mm / MM_PER_SIGMA / v for v in scanner.voxel_mm]
    field = rng.standard_normal(image.shape, np.float32)
    field = gaussian_filter(field, grain, truncate=2.5)
    field /= field[:, : image.shape[1] // 2].std()
    z = np.arange(image.shape[1]) * scanner.voxel_mm[1]
    edge = 1 + 0.18 * np.abs(np.sin(np.pi * z / scanner.bed_mm + rng.uniform(0, np.pi))) ** 6
    spread = (scanner.noise * edge).astype(np.float32)[None, :, None]
    air = np.abs(field) * np.float32(0.05 * scanner.noise / 0.1 * 0.4)
    field *= spread
    np.exp(field - 0.5 * spread**2, out=field)
    field *= image
    field += air
    return field
