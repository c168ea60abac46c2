"""The PET scanner: blur and voxels as one separable linear map, then correlated noise.

The image along each axis is ``W @ activity``, where ``W[i, j]`` is what a source filling voxel j of
the body adds to the mean over voxel i of the image: the Gaussian point spread integrated over both.
So counts and SUV are kept exactly, whatever the two voxel sizes.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from uptake_ml.errors import SimulationError
from uptake_ml.phantom.fdg_spec import ScannerSpec
from uptake_ml.phantom.grid import Grid
from uptake_ml.resources import data_path

FWHM_PER_SIGMA = 2.0 * np.sqrt(2.0 * np.log(2.0))
# Below this the point spread of the voxels themselves is all that is left.
_LEAST_SIGMA_MM = 0.3
# What is left of scatter and randoms after correction: noise in air has something to scale with.
_AIR_SUV = 0.012
_LEAST_WEIGHT = 1e-6


@functools.cache
def load_scanners() -> Mapping[str, Mapping]:
    """Return the scanner table by name.

    Raises SimulationError if an entry lacks a key, has an unknown one or cites an unknown source.
    """
    with data_path("scanners.toml").open("rb") as file:
        table = tomllib.load(file)
    sources = table.pop("sources")
    known = {
        "fwhm_mm",
        "spacing_mm",
        "liver_cov",
        "noise_fwhm_mm",
        "field_mm",
        "standard",
        "source",
    }
    for name, entry in table.items():
        if wrong := known ^ set(entry):
            raise SimulationError(
                f"data/scanners.toml: {name} lacks or should not have {', '.join(sorted(wrong))}"
            )
        if unknown := set(entry["source"]) - set(sources):
            raise SimulationError(f"data/scanners.toml: {name} cites unknown {sorted(unknown)}")
    return table


@dataclass(frozen=True, kw_only=True, eq=False)
class Axis:
    """One axis of the image: ``weights`` (image voxels, body voxels) and where the voxels are.

    ``first`` is the place of image voxel 0 in body voxels, ``step`` image voxels in body voxels.
    """

    weights: np.ndarray
    first: float
    step: float

    @property
    def size(self) -> int:
        """Number of image voxels."""
        return len(self.weights)

    def place(self, index: float) -> float:
        """Return the image coordinate of a (fractional) body voxel index."""
        return (index - self.first) / self.step

    def nearest_voxel(self) -> np.ndarray:
        """Return for every image voxel the body voxel at its centre; -1 outside the body's grid."""
        at = np.rint(self.first + self.step * np.arange(self.size)).astype(int)
        return np.where((at >= 0) & (at < self.weights.shape[1]), at, -1)


@dataclass(frozen=True, kw_only=True, eq=False)
class Sampling:
    """How the scanner sees a body's grid: one axis each for planes, rows and columns."""

    planes: Axis
    rows: Axis
    columns: Axis
    is_in_field: np.ndarray

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of the image, (planes, rows, columns)."""
        return self.planes.size, self.rows.size, self.columns.size

    def image(self, activity: np.ndarray) -> np.ndarray:
        """Return the noise-free image, float32, of an activity on the body's grid."""
        used = np.flatnonzero(self.rows.weights.max(axis=0) > _LEAST_WEIGHT)
        here = slice(used[0], used[-1] + 1)
        rows = np.ascontiguousarray(self.rows.weights[:, here])
        seen = _apply(rows, self.columns.weights, self.planes.weights, activity[:, here])
        seen *= self.is_in_field[:, None, :]
        return seen

    def image_box(self, box: np.ndarray, origin: tuple[int, int, int]):
        """Return (image part, its first voxel) of activity in a box of the body's grid."""
        parts, start = [], []
        for axis, o, n in zip(
            (self.planes, self.rows, self.columns), origin, box.shape, strict=True
        ):
            w = axis.weights[:, o : o + n]
            hit = np.flatnonzero(w.max(axis=1) > _LEAST_WEIGHT)
            if not len(hit):
                return np.zeros((0, 0, 0), np.float32), (0, 0, 0)
            parts.append(w[hit[0] : hit[-1] + 1])
            start.append(int(hit[0]))
        seen = _apply(parts[1], parts[2], parts[0], box)
        p, c = start[0], start[2]
        seen *= self.is_in_field[p : p + seen.shape[0], None, c : c + seen.shape[2]]
        return seen, tuple(start)


def sample(grid: Grid, scanner: ScannerSpec) -> Sampling:
    """Return how ``scanner`` samples a body's grid.

    The image covers the grid's depth, the heights from ``top_mm`` to ``bottom_mm`` as far as the
    grid holds them, and the whole transaxial field of view, centred on the body but for the shift.
    """
    plane_mm, row_mm, column_mm = scanner.spacing_mm
    voxel, fwhm, field = grid.voxel_mm, scanner.fwhm_mm, scanner.field_mm
    depth, height, _ = (n * voxel for n in grid.shape)
    x_edge, z_edge = grid.first_mm[0] - voxel / 2, grid.first_mm[2] + voxel / 2
    top = max(z_edge - scanner.top_mm, 0.0)
    bottom = min(z_edge - scanner.bottom_mm, height)
    if bottom - top < row_mm:
        raise SimulationError(
            f"the field of view from {scanner.top_mm:.0f} to {scanner.bottom_mm:.0f} mm above the "
            "hips holds nothing of the body: widen it"
        )
    planes = _axis(grid.shape[0], voxel, 0.0, min(depth, field), plane_mm, fwhm)
    rows = _axis(grid.shape[1], voxel, top, bottom - top, row_mm, fwhm)
    left = -x_edge - field / 2 - scanner.shift_mm
    columns = _axis(grid.shape[2], voxel, left, field, column_mm, fwhm)
    y = (np.arange(planes.size) + 0.5) * plane_mm - depth / 2
    x = (np.arange(columns.size) + 0.5) * column_mm - field / 2
    return Sampling(
        planes=planes,
        rows=rows,
        columns=columns,
        is_in_field=np.hypot(y[:, None], x[None, :]) <= field / 2,
    )


def add_noise(image: np.ndarray, scanner: ScannerSpec) -> np.ndarray:
    """Return the image with log-normal noise, float32: s.d. in proportion to the mean, correlated.

    The unit field is white noise smoothed by a Gaussian of ``noise_fwhm_mm`` and divided by the
    s.d. that smoothing leaves, so that ``cov`` is the coefficient of variation of every voxel.
    """
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(scanner.noise_seed)
    sigma = [scanner.noise_fwhm_mm / FWHM_PER_SIGMA / mm for mm in scanner.spacing_mm]
    field = rng.standard_normal(image.shape, dtype=np.float32)
    field = gaussian_filter(field, sigma, mode="wrap", truncate=3.0, output=np.float32)
    spread = np.sqrt(np.log1p(scanner.liver_cov**2))
    field *= np.float32(spread / field.std(dtype=np.float64))
    field -= np.float32(spread**2 / 2)
    np.exp(field, out=field)
    field *= image + np.float32(_AIR_SUV)
    return field


def _apply(rows, columns, planes, activity) -> np.ndarray:
    # Columns last in memory: one product over the flat volume, then two over stacks of matrices.
    seen = activity @ columns.T
    seen = np.matmul(rows, seen)
    return np.tensordot(planes, seen, axes=1)


def _axis(size, voxel_mm, first_mm, length_mm, step_mm, fwhm_mm) -> Axis:
    """Return the axis whose image voxels of ``step_mm`` fill ``length_mm`` from ``first_mm`` on."""
    count = max(int(length_mm / step_mm), 1)
    edges_out = first_mm + step_mm * np.arange(count + 1)
    edges_in = voxel_mm * np.arange(size + 1)
    # The two boxes blur too: with them the image has the resolution that was asked for.
    variance = (fwhm_mm / FWHM_PER_SIGMA) ** 2 - (voxel_mm**2 + step_mm**2) / 12
    sigma = np.sqrt(max(variance, _LEAST_SIGMA_MM**2))
    integral = _twice_integrated_gaussian(edges_out[:, None] - edges_in[None, :], sigma)
    weights = np.diff(-np.diff(integral, axis=1), axis=0) / step_mm
    return Axis(
        weights=np.ascontiguousarray(weights, np.float32),
        first=(first_mm + step_mm / 2) / voxel_mm - 0.5,
        step=step_mm / voxel_mm,
    )


def _twice_integrated_gaussian(x: np.ndarray, sigma: float) -> np.ndarray:
    from scipy.special import ndtr

    z = x / sigma
    return x * ndtr(z) + sigma * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
