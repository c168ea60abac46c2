"""A volume of voxels and how solids are painted into it, section by section."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.swept.sweep import STEP_MM, Sweep

_GROUP = 12


@dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """Concentrations, float32 (front to back, head to feet, right to left), cubic voxels.

    ``first_mm`` is (y, z, x) of the outer corner of the first voxel.
    """

    values: np.ndarray
    first_mm: tuple[float, float, float]
    voxel_mm: float

    @property
    def origin_mm(self) -> np.ndarray:
        """Return (z, x) of the outer corner of the first voxel."""
        return np.array(self.first_mm[1:])

    def index(self, point: np.ndarray) -> np.ndarray:
        """Return (plane, row, column), not rounded, of a point (x, y, z)."""
        return (np.asarray(point)[[1, 2, 0]] - self.first_mm) / self.voxel_mm - 0.5


def open_grid(low: np.ndarray, high: np.ndarray, voxel_mm: float, *, multiple: int = 1) -> Grid:
    """Return an empty grid that covers (x, y, z) from ``low`` to ``high``.

    Its numbers of planes, rows and columns are a ``multiple``.
    """
    order = [1, 2, 0]
    size = np.ceil((np.asarray(high) - low)[order] / (voxel_mm * multiple)).astype(int) * multiple
    first = tuple(float(v) for v in np.asarray(low)[order])
    return Grid(values=np.zeros(size, np.float32), first_mm=first, voxel_mm=voxel_mm)


def paint(
    grid: Grid, solids: Iterable[Sweep], *, covers: bool, scale: float = 1.0, stride: int = 1
) -> None:
    """Paint solids: they replace what is below, or where not ``covers`` raise what is less.

    Large solids need only each ``stride``-th of their stations.
    """
    flat = grid.values.reshape(-1)
    step_mm = STEP_MM * stride
    for solid in solids:
        along = solid.along()
        group = 1 if covers else _GROUP
        for first in range(0, len(along), group * stride):
            stations = slice(first, first + group * stride, stride)
            if not _is_inside(grid, solid, stations):
                continue
            at, filled, shade = _fill(grid, solid, stations, along[stations], step_mm)
            value = (
                np.float32(scale) * solid.value[stations].astype(np.float32)[:, None, None, None]
            )
            where = filled > 0
            at, filled = at[where], filled[where]
            value = np.broadcast_to(value * shade, where.shape)[where]
            if covers:
                flat[at] += filled * (value - flat[at])
            else:
                np.maximum.at(flat, at, filled * value)


def _is_inside(grid: Grid, solid: Sweep, stations: slice) -> bool:
    """Return whether some of what stations fill may lie in the grid."""
    reach = (
        np.maximum(solid.half_u[stations], solid.half_v[stations]).max() * 1.5 + 2 * grid.voxel_mm
    )
    middle = solid.centre[stations][:, [1, 2, 0]] - grid.first_mm
    size = np.array(grid.values.shape) * grid.voxel_mm
    return bool((middle.max(axis=0) > -reach).all() and (middle.min(axis=0) < size + reach).all())


def _fill(grid: Grid, solid: Sweep, stations: slice, t: np.ndarray, step_mm: float):
    """Return flat indices, filled parts and shades of the voxels around stations.

    The first two are (stations, planes, rows, columns) of a box that is the same for all; shades
    broadcast to that.  A part is 0 outside the grid.
    """
    u, hu, hv, h = (
        solid.across[stations],
        solid.half_u[stations],
        solid.half_v[stations],
        grid.voxel_mm,
    )
    v = np.cross(t, u)
    swell = 1 + sum(abs(a) for _, a, _ in solid.lobes)
    reach = swell * (np.abs(u) * hu[:, None] + np.abs(v) * hv[:, None]) + np.abs(t) * step_mm / 2
    box = np.ceil((reach.max(axis=0) + 0.5 * h)[[1, 2, 0]] / h).astype(int)
    middle = (solid.centre[stations][:, [1, 2, 0]] - grid.first_mm) / h - 0.5
    nearest = np.rint(middle).astype(int)
    index, gap, is_inside = [], [], True
    for axis in range(3):
        shape = [len(t), 1, 1, 1]
        shape[axis + 1] = -1
        i = nearest[:, axis, None] + np.arange(-box[axis], box[axis] + 1)
        size = grid.values.shape[axis]
        is_inside = is_inside & ((i >= 0) & (i < size)).reshape(shape)
        index.append(i.clip(0, size - 1).reshape(shape))
        gap.append(((i - middle[:, axis, None]) * h).astype(np.float32).reshape(shape))
    y, z, x = gap
    _, rows, columns = grid.values.shape
    at = (index[0] * rows + index[1]) * columns + index[2]
    f = lambda part: np.asarray(part, np.float32).reshape(-1, 1, 1, 1)  # noqa: E731
    a = x * f(u[:, 0] / hu) + y * f(u[:, 1] / hu) + z * f(u[:, 2] / hu)
    b = x * f(v[:, 0] / hv) + y * f(v[:, 1] / hv) + z * f(v[:, 2] / hv)
    w = np.abs(x * f(t[:, 0]) + y * f(t[:, 1]) + z * f(t[:, 2]))
    rho, thin = _radius(a, b, solid), f(np.minimum(hu, hv))
    filled = np.clip((1 - rho) * (thin / h) + 0.5, 0, 1)
    filled *= np.clip((0.5 * step_mm - w) / h + 1, 0, 1) * is_inside
    shade = np.float32(1)
    if solid.wall_mm is not None:
        rim = np.clip(((rho - 1) * thin + f(solid.wall_mm[stations])) / h + 0.5, 0, 1)
        shade = solid.core + (1 - solid.core) * rim
    return at, filled, shade


def _radius(a: np.ndarray, b: np.ndarray, solid: Sweep) -> np.ndarray:
    """Return how far out points lie: 0 at the curve, 1 at the surface."""
    if solid.power == 2:
        rho = np.sqrt(a * a + b * b)
    else:
        rho = np.cbrt(np.abs(a * a * a) + np.abs(b * b * b))
    if solid.lobes:
        angle = np.arctan2(b, a)
        rho = rho / (1 + sum(c * np.cos(m * angle + p) for m, c, p in solid.lobes))
    return rho
