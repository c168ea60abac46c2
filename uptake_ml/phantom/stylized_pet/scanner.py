"""The scanner of the stylized person: its field, its voxels, its blur and its noise.

The image along each axis is the Gaussian point spread evaluated between voxel centres, which is
another recipe than that of ``phantom.scanner``; noise is log-normal with a floor in air.
"""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.fdg_spec import ScannerSpec
from uptake_ml.phantom.scanner import FWHM_PER_SIGMA, Axis, Sampling
from uptake_ml.phantom.stylized.person import Person
from uptake_ml.phantom.stylized.raster import VOXEL_MM, Grid

SCANNER = "stylized"
_TOPS = {"vertex": 0.4, "eyes": 0.33, "skull-base": 0.245, "neck": 0.025}
_NARROW_SHARE, _NARROW_MM = 0.025, (380.0, 470.0)
_FIELD_MM = (560.0, 720.0)
_WHOLE_SHARE = 0.18
# Beyond the field activity still blurs into it.
MARGIN_MM = 24.0
_AIR_SUV = 0.02
_REACH_SIGMAS = 3.5


def draw_scanner(rng: np.random.Generator, person: Person, *, needs_legs: bool) -> ScannerSpec:
    """Return the acquisition; 5 % of them cut the head or the arms off."""
    start = str(rng.choice(list(_TOPS), p=list(_TOPS.values())))
    is_whole = needs_legs or rng.random() < _WHOLE_SHARE
    hip = person.points["hip", "left"][1]
    least_mm = 3.8 if is_whole else 3.2
    plane_mm = float(rng.uniform(least_mm, 5.5))
    fwhm_mm = float(rng.uniform(5, 8.5))
    is_narrow = rng.random() < _NARROW_SHARE
    return ScannerSpec(
        scanner=SCANNER,
        fwhm_mm=fwhm_mm,
        spacing_mm=(plane_mm, float(rng.uniform(least_mm, 5)), plane_mm),
        liver_cov=float(rng.uniform(0.06, 0.16)),
        noise_fwhm_mm=0.8 * fwhm_mm,
        field_mm=float(rng.uniform(*_NARROW_MM) if is_narrow else _whole_width(rng, person)),
        field_of_view=f"{start} to {'toes' if is_whole else 'mid-thigh'}",
        are_arms_up=person.arms == "up",
        top_mm=float(hip - _draw_top(rng, person, start)),
        bottom_mm=float(hip - _draw_bottom(rng, person, is_whole=is_whole)),
        shift_mm=float(rng.normal(0, 8)),
        noise_seed=int(rng.integers(2**31)),
    )


def _whole_width(rng, person: Person) -> float:
    reach = max(abs(place[0]) for place in person.points.values())
    return max(rng.uniform(*_FIELD_MM), 2 * reach + 90)


def _draw_top(rng, person: Person, start: str) -> float:
    """Return where the scan begins, mm below the vertex."""
    h = person.height_mm
    if start == "vertex":
        return rng.uniform(-120, -20)
    low, high = {"eyes": (0.05, 0.07), "skull-base": (0.075, 0.095), "neck": (0.115, 0.15)}[start]
    return rng.uniform(low, high) * h


def _draw_bottom(rng, person: Person, *, is_whole: bool) -> float:
    if is_whole:
        return max(p[1] for p in person.points.values()) + 40
    hip, knee = (person.points[name, "left"][1] for name in ("hip", "knee"))
    return hip + rng.uniform(0.3, 0.7) * (knee - hip)


def build_sampling(grid: Grid, scanner: ScannerSpec, hip_y_mm: float) -> Sampling:
    """Return how the scanner samples a grid: all its depth, the rows and columns of the field."""
    plane_mm, row_mm, column_mm = scanner.spacing_mm
    left = -scanner.field_mm / 2 - scanner.shift_mm
    y = np.arange(hip_y_mm - scanner.top_mm, hip_y_mm - scanner.bottom_mm, row_mm)
    planes = np.arange(grid.axis(2)[0], grid.axis(2)[-1], plane_mm)
    columns = np.arange(left + column_mm / 2, left + scanner.field_mm, column_mm)
    axes = [
        _axis(grid.axis(number), places, scanner.fwhm_mm, step)
        for number, places, step in ((2, planes, plane_mm), (1, y, row_mm), (0, columns, column_mm))
    ]
    return Sampling(
        planes=axes[0],
        rows=axes[1],
        columns=axes[2],
        is_in_field=np.ones((len(planes), len(columns)), bool),
    )


def _axis(voxels_mm: np.ndarray, places_mm: np.ndarray, fwhm_mm: float, step_mm: float) -> Axis:
    sigma = fwhm_mm / FWHM_PER_SIGMA
    apart = (places_mm[:, None] - voxels_mm[None, :]) / sigma
    weights = np.exp(-0.5 * apart**2) * VOXEL_MM / (sigma * np.sqrt(2 * np.pi))
    weights[np.abs(apart) > _REACH_SIGMAS] = 0
    return Axis(
        weights=weights.astype(np.float32),
        first=float((places_mm[0] - voxels_mm[0]) / VOXEL_MM),
        step=step_mm / VOXEL_MM,
    )


def add_noise(expected: np.ndarray, scanner: ScannerSpec) -> np.ndarray:
    """Return the image with noise, float32: log-normal, in proportion to the mean, and in air."""
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(scanner.noise_seed)
    sigma = [scanner.noise_fwhm_mm / FWHM_PER_SIGMA / mm for mm in scanner.spacing_mm]
    field = rng.standard_normal(expected.shape, dtype=np.float32)
    field = gaussian_filter(field, sigma, mode="wrap", truncate=2.5, output=np.float32)
    field /= field.std(dtype=np.float64).astype(np.float32)
    noisy = np.exp(np.float32(scanner.liver_cov) * field)
    noisy *= expected
    noisy += np.float32(_AIR_SUV) * np.abs(field)
    return noisy
