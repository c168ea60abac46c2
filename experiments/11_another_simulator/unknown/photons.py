"""Counted photons: emitted where uptake is, attenuated, scattered, blurred, binned.

Each decay sends one photon to the front or to the back. It survives with exp(-tau), tau being
the attenuation of its way out; some of those that do not are counted all the same, from the
place where they scattered to. A collimator spreads events by their distance from it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .voxels import Grid

_MU_PER_MM = 0.0118
_CHUNK = 1_500_000


@dataclass(frozen=True, kw_only=True)
class GammaCamera:
    """A camera's properties and what is asked of it; lengths in mm."""

    pixel_mm: float
    columns: int
    rows: int
    counts: float
    slope: float
    at_face_mm: float
    intrinsic_mm: float
    gap_mm: tuple[float, float]
    scatter: float
    stray: float
    table: float
    left_mm: float
    top_mm: float

    def pixel_of(self, point: np.ndarray) -> tuple[float, float]:
        """Return row and column of a point in the anterior view."""
        return (
            float((point[2] - self.top_mm) / self.pixel_mm - 0.5),
            float((point[0] - self.left_mm) / self.pixel_mm - 0.5),
        )


def draw_camera(rng: np.random.Generator, low: np.ndarray, high: np.ndarray) -> GammaCamera:
    """Return a camera for a body between two corners (x, y, z)."""
    pixel = float(rng.choice([1.95, 2.21, 2.26, 2.4, 2.54, 2.8, 3.1]))
    width = rng.uniform(525, 640)
    columns = int(width / pixel)
    is_short = rng.random() < 0.08
    margin = rng.uniform(25, 190)
    length = high[2] - low[2] + margin + (rng.uniform(-90, 0) if is_short else rng.uniform(20, 160))
    return GammaCamera(
        pixel_mm=pixel,
        columns=columns,
        rows=int(length / pixel),
        counts=float(np.exp(rng.uniform(*np.log([0.45e6, 2.0e6])))),
        slope=rng.uniform(0.042, 0.052),
        at_face_mm=rng.uniform(1.1, 1.6),
        intrinsic_mm=rng.uniform(3.4, 4.2),
        gap_mm=tuple(rng.uniform(15, 60, 2)),
        scatter=rng.uniform(0.10, 0.26),
        stray=rng.uniform(0.002, 0.008),
        table=rng.uniform(0.84, 0.96),
        top_mm=float(low[2] - margin),
        left_mm=float((low[0] + high[0]) / 2 - columns * pixel / 2 + rng.normal(0, 10)),
    )


def attenuation(grid: Grid, density: np.ndarray) -> np.ndarray:
    """Return tau from the middle of each voxel to the front of the body."""
    step = density * np.float32(_MU_PER_MM * grid.voxel_mm)
    return np.cumsum(step, axis=1) - step / 2


def expose(
    sources: list[tuple[Grid, np.ndarray]],
    coarse: Grid,
    density: np.ndarray,
    camera: GammaCamera,
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Return counts of both views, float32 (row, column); ``sources`` are uptake per volume."""
    front = attenuation(coarse, density)
    whole = front[:, -1:] + density[:, -1:] * np.float32(_MU_PER_MM * coarse.voxel_mm / 2)
    edges = _faces(coarse, density, camera)
    totals = [float(values.sum(dtype=float)) * grid.voxel_mm**3 for grid, values in sources]
    shares = np.array(totals) / sum(totals)
    counts = np.zeros((2, camera.rows * camera.columns))
    pilot = sum(
        _run(s, n, coarse, front, whole, edges, camera, rng, np.zeros_like(counts))
        for s, n in zip(sources, 60_000 * shares, strict=True)
    )
    emitted = 2 * camera.counts * 60_000 / max(pilot, 1)
    for source, n in zip(sources, emitted * shares, strict=True):
        _run(source, n, coarse, front, whole, edges, camera, rng, counts)
    images = counts.reshape(2, camera.rows, camera.columns)
    images += rng.poisson(camera.stray * camera.counts / images[0].size, images.shape)
    back = images[1][:, ::-1]
    return {"anterior": images[0].astype(np.float32), "posterior": back.astype(np.float32)}


def _faces(coarse: Grid, density: np.ndarray, camera: GammaCamera) -> tuple[float, float]:
    """Return y of both collimators: clear of the body by their gaps."""
    where = np.flatnonzero((density > 0.2).any(axis=(0, 2)))
    y = coarse.low[1] + np.array([where[0], where[-1] + 1]) * coarse.voxel_mm
    return float(y[0] - camera.gap_mm[0]), float(y[1] + camera.gap_mm[1])


def _run(source, n, coarse, front, whole, edges, camera, rng, counts) -> int:
    """Emit about ``n`` photons, add those that are counted and return their number."""
    grid, values = source
    flat = values.ravel()
    cells = np.flatnonzero(flat > 0)
    rate = flat[cells].astype(float)
    rate *= n / 2 / rate.sum()
    zyx = np.stack(np.unravel_index(cells, grid.shape)).astype(np.int32)
    z, y, x = (zyx * round(2 * grid.voxel_mm / coarse.voxel_mm)) >> 1
    to_front = front[z, y, x]
    total = 0
    for is_back, tau in enumerate((to_front, whole[z, 0, x] - to_front)):
        through = np.exp(-tau) * np.float32(camera.table if is_back else 1)
        # Of the photons that interact some reach the crystal, the fewer the more lies before them.
        strays = camera.scatter * (1 - through) * np.exp(-0.25 * tau)
        decays = rng.poisson(rate)
        order = np.repeat(np.arange(len(cells), dtype=np.int32), decays)
        for first in range(0, len(order), _CHUNK):
            k = order[first : first + _CHUNK]
            fate = rng.random(len(k), np.float32)
            survives = fate < through[k]
            direct, scattered = k[survives], k[~survives & (fate < (through + strays)[k])]
            total += _bin(grid, zyx[:, direct], None, is_back, edges, camera, rng, counts)
            wide = 0.42 * tau[scattered] / _MU_PER_MM + 6
            total += _bin(grid, zyx[:, scattered], wide, is_back, edges, camera, rng, counts)
    return total


def _bin(grid, zyx, wide, is_back, edges, camera, rng, counts) -> int:
    """Add events from voxels ``zyx`` to a view; ``wide`` is the spread of scattered ones in mm."""
    n = zyx.shape[1]
    z, y, x = (
        np.float32(low) + (cell + rng.random(n, np.float32)) * np.float32(grid.voxel_mm)
        for low, cell in zip(grid.low[::-1], zyx, strict=True)
    )
    gap = edges[1] - y if is_back else y - edges[0]
    fwhm = np.hypot(camera.slope * gap + camera.at_face_mm, camera.intrinsic_mm)
    shift = rng.standard_normal((2, n), np.float32) * (fwhm / 2.355).astype(np.float32)
    if wide is not None:
        # An exponential in each direction of the plane, wider with the way in tissue.
        radius = rng.standard_exponential(n, np.float32) * wide
        angle = rng.random(n, np.float32) * np.float32(2 * np.pi)
        shift += radius * np.stack([np.sin(angle), np.cos(angle)])
    row = np.floor((z + shift[0] - camera.top_mm) / camera.pixel_mm).astype(np.int64)
    column = np.floor((x + shift[1] - camera.left_mm) / camera.pixel_mm).astype(np.int64)
    seen = (row >= 0) & (row < camera.rows) & (column >= 0) & (column < camera.columns)
    flat = (row * camera.columns + column)[seen]
    counts[is_back] += np.bincount(flat, minlength=counts.shape[1])
    return len(flat)
