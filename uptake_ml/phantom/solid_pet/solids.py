"""Implicit solids in space.

Coordinates are millimetres (a, s, x): a from the front to the back with 0 in the middle of the
body, s from the vertex to the feet, x from the patient's right to the left with 0 in the midline.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

CELL_MM = 4.0

Point = np.ndarray
Field = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def shift(point: Point, a: float, s: float, x: float) -> Point:
    """Return a point moved by so many mm."""
    return point + np.array((a, s, x))


@dataclass(frozen=True, kw_only=True, eq=False)
class Solid:
    """A body in space: the box that holds it, and about the distance from its surface in mm.

    The distance is negative inside and takes open grids of a, s and x.
    """

    low_mm: Point
    high_mm: Point
    distance_mm: Field

    def without(self, other: Solid) -> Solid:
        """Return this solid less all of the other."""
        return self._joined(lambda *p: np.maximum(self.distance_mm(*p), -other.distance_mm(*p)))

    def within(self, other: Solid) -> Solid:
        """Return the part of this solid that lies in the other."""
        return self._joined(lambda *p: np.maximum(self.distance_mm(*p), other.distance_mm(*p)))

    def shell(self, thickness_mm: float) -> Solid:
        """Return the outermost layer of this solid."""
        half = float(thickness_mm) / 2
        return self._joined(lambda *p: np.abs(self.distance_mm(*p) + half) - half)

    def _joined(self, distance_mm: Field) -> Solid:
        return Solid(low_mm=self.low_mm, high_mm=self.high_mm, distance_mm=distance_mm)


def make_ellipsoid(
    centre: Sequence[float],
    radii: Sequence[float],
    turn: np.ndarray | None = None,
    exponent: float = 2.0,
) -> Solid:
    """Return a superellipsoid; the rows of ``turn`` are the directions of its half-axes."""
    middle, half = np.asarray(centre, float), np.asarray(radii, float)
    reach = half + CELL_MM if turn is None else np.abs(turn.T) @ half + CELL_MM
    # Python's numbers keep single precision, numpy's would not.
    at, size = middle.tolist(), half.tolist()
    scale = float(half.min() ** 0.6 * half.max() ** 0.4)

    def distance_mm(a, s, x):
        offsets = (a - at[0], s - at[1], x - at[2])
        if turn is not None:
            rows = turn.tolist()
            offsets = [sum(r * o for r, o in zip(row, offsets, strict=True)) for row in rows]
        parts = [o / radius for o, radius in zip(offsets, size, strict=True)]
        if exponent == 2.0:
            return (np.sqrt(parts[0] ** 2 + parts[1] ** 2 + parts[2] ** 2) - 1) * scale
        q = sum(np.abs(part) ** exponent for part in parts)
        return (q ** (1 / exponent) - 1) * scale

    return Solid(low_mm=middle - reach, high_mm=middle + reach, distance_mm=distance_mm)


def make_capsule(start: Point, end: Point, start_mm: float, end_mm: float) -> Solid:
    """Return a round cone with rounded ends, of one radius here and another there."""
    p, q = np.asarray(start, float), np.asarray(end, float)
    at, way = p.tolist(), (q - p).tolist()
    length2 = max(float(np.sum((q - p) ** 2)), 1e-6)
    first, more = float(start_mm), float(end_mm - start_mm)
    reach = max(start_mm, end_mm) + CELL_MM

    def distance_mm(a, s, x):
        da, ds, dx = a - at[0], s - at[1], x - at[2]
        along = da * way[0] + ds * way[1] + dx * way[2]
        t = np.clip(along / length2, 0, 1)
        square = da**2 + ds**2 + dx**2 - t * (2 * along - t * length2)
        return np.sqrt(np.maximum(square, 0)) - (first + t * more)

    return Solid(
        low_mm=np.minimum(p, q) - reach, high_mm=np.maximum(p, q) + reach, distance_mm=distance_mm
    )


def make_column(knots: np.ndarray, exponent: float = 2.3, shrink_mm: float = 0.0) -> Solid:
    """Return a stack of superellipses along s.

    Parameters
    ----------
    knots
        (n, 5): s, centre a, centre x, half depth (a), half width (x), all in mm, s rising.
    """
    s_mm, depth, width = knots[:, 0], knots[:, 3] - shrink_mm, knots[:, 4] - shrink_mm
    low = [np.min(knots[:, 1] - depth), s_mm[0], np.min(knots[:, 2] - width)]
    high = [np.max(knots[:, 1] + depth), s_mm[-1], np.max(knots[:, 2] + width)]
    first, last = float(s_mm[0]), float(s_mm[-1])

    def distance_mm(a, s, x):
        rows = (knots[:, 1], knots[:, 2], depth, width)
        at_a, at_x, d, w = (np.interp(s, s_mm, row).astype(np.float32) for row in rows)
        q = np.abs((a - at_a) / d) ** exponent + np.abs((x - at_x) / w) ** exponent
        # To first order about the surface, where q is 1.
        side = (q - 1) * (np.minimum(d, w) / np.float32(exponent))
        return np.maximum(side, np.maximum(first - s, s - last))

    return Solid(
        low_mm=np.array(low) - CELL_MM, high_mm=np.array(high) + CELL_MM, distance_mm=distance_mm
    )


def turn_about_a(angle: float) -> np.ndarray:
    """Return the rotation in the plane of s and x, in radians."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, c, s], [0, -s, c]])
