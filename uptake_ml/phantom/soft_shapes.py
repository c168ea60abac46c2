"""Soft organs as ellipsoids and tubes with soft edges, painted into a volume of uptake.

A hollow organ is its outer solid, then its lumen painted into it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from uptake_ml.phantom.grid import Grid


@dataclass(frozen=True, kw_only=True, eq=False)
class Ellipsoid:
    """An ellipsoid filled with ``suv``; ``axes`` holds its unit axes as rows.

    ``region`` is the (name, side) that its inside becomes on region maps, None where it stays what
    it was.
    """

    centre_mm: np.ndarray
    radii_mm: np.ndarray
    suv: float
    region: tuple[str, str | None] | None = None
    axes: np.ndarray = field(default_factory=lambda: np.eye(3))

    def bounds_mm(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the lower and upper corner of a box around it."""
        reach = np.sqrt(((self.axes * self.radii_mm[:, None]) ** 2).sum(axis=0))
        return self.centre_mm - reach, self.centre_mm + reach

    def distance_mm(self, x, y, z) -> np.ndarray:
        """Return about how far outside the surface each point lies, negative inside."""
        offset = (x - self.centre_mm[0], y - self.centre_mm[1], z - self.centre_mm[2])
        near = steep = np.float32(0)
        for axis, radius in zip(self.axes, self.radii_mm, strict=True):
            t = sum(np.float32(a) * o for a, o in zip(axis, offset, strict=True))
            t = t / np.float32(radius)
            near = near + t**2
            steep = steep + (t / np.float32(radius)) ** 2
        root = np.sqrt(near)
        # First-order distance to the surface; exact for a ball.
        return (root - 1) * root / np.sqrt(np.maximum(steep, np.float32(1e-9)))


@dataclass(frozen=True, kw_only=True, eq=False)
class Tube:
    """A tapering tube with round ends from one point to another, filled with ``suv``."""

    start_mm: np.ndarray
    end_mm: np.ndarray
    radius_mm: float
    end_radius_mm: float
    suv: float
    region: tuple[str, str | None] | None = None

    def bounds_mm(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the lower and upper corner of a box around it."""
        reach = max(self.radius_mm, self.end_radius_mm)
        ends = np.stack([self.start_mm, self.end_mm])
        return ends.min(axis=0) - reach, ends.max(axis=0) + reach

    def distance_mm(self, x, y, z) -> np.ndarray:
        """Return how far outside the surface each point lies, negative inside."""
        axis = self.end_mm - self.start_mm
        dx, dy, dz = (v - np.float32(c) for v, c in zip((x, y, z), self.start_mm, strict=True))
        a = axis.astype(np.float32)
        t = (dx * a[0] + dy * a[1] + dz * a[2]) / np.float32(max(axis @ axis, 1e-3))
        t = np.clip(t, 0, 1)
        d2 = (dx - t * a[0]) ** 2 + (dy - t * a[1]) ** 2 + (dz - t * a[2]) ** 2
        taper = np.float32(self.end_radius_mm - self.radius_mm)
        return np.sqrt(d2) - (np.float32(self.radius_mm) + t * taper)


Shape = Ellipsoid | Tube


def chain(points_mm, radii_mm, suvs, region=None) -> list[Tube]:
    """Return tubes along a line: radii and ``suvs`` one a point, or one for all."""
    radii, suvs = (np.broadcast_to(v, len(points_mm)) for v in (radii_mm, suvs))
    return [
        Tube(
            start_mm=np.asarray(points_mm[k], float),
            end_mm=np.asarray(points_mm[k + 1], float),
            radius_mm=float(radii[k]),
            end_radius_mm=float(radii[k + 1]),
            suv=float((suvs[k] + suvs[k + 1]) / 2),
            region=region,
        )
        for k in range(len(points_mm) - 1)
    ]


def smooth_line(points: np.ndarray, times: int) -> np.ndarray:
    """Return ``times`` as many points on a smooth line through ``points``, shape (n, columns)."""
    from scipy.interpolate import CubicSpline

    at = np.arange(len(points))
    fine = np.linspace(0, len(points) - 1, times * (len(points) - 1) + 1)
    return CubicSpline(at, points)(fine)


def local_axes(grid: Grid, box) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return world x, y, z over a box, shaped to broadcast over (depth, row, column)."""
    y, z, x = grid.axes_mm()
    return (
        x[box[2]].astype(np.float32)[None, None, :],
        y[box[0]].astype(np.float32)[:, None, None],
        z[box[1]].astype(np.float32)[None, :, None],
    )


def occupancy(shape: Shape, grid: Grid) -> tuple[tuple[slice, ...], np.ndarray]:
    """Return (box, share of each of its voxels inside the shape)."""
    low, high = shape.bounds_mm()
    box = grid.box(low - grid.voxel_mm, high + grid.voxel_mm)
    distance = shape.distance_mm(*local_axes(grid, box)) / np.float32(grid.voxel_mm)
    return box, np.clip(np.float32(0.5) - distance, 0, 1)


def paint(suv: np.ndarray, is_body: np.ndarray, grid: Grid, shape: Shape):
    """Paint a shape into ``suv``, in place, inside the body; return (box, what it fills of it)."""
    box, share = occupancy(shape, grid)
    share = share * is_body[box]
    target = suv[box]
    target += share * (np.float32(shape.suv) - target)
    return box, share > 0.5
