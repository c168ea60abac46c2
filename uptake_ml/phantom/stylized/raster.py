"""Capsules and ellipsoids painted into voxels.

Axes: x grows to the patient's left, y from vertex to feet, z from front to back; all in mm.
Volumes are (z, y, x): plane 0 the most anterior, row 0 at the head, column 0 the patient's right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

VOXEL_MM = 4.0


@dataclass(frozen=True, eq=False)
class Shape:
    """A solid named after the organ it belongs to; ``weight`` multiplies the organ's uptake.

    A capsule runs from ``a`` to ``b`` with ``radii`` at its ends; an ellipsoid has its centre in
    ``a``, semi-axes ``radii`` along x, y, z turned by ``turn``; ``wall_mm`` leaves only its shell.
    """

    name: str
    a: np.ndarray
    radii: tuple[float, ...]
    b: np.ndarray | None = None
    weight: float = 1.0
    wall_mm: float | None = None
    turn: np.ndarray = field(default_factory=lambda: np.eye(3))

    def box(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the corners (x, y, z) of a box around the solid."""
        reach = max(self.radii) + VOXEL_MM
        ends = [self.a] if self.b is None else [self.a, self.b]
        return np.min(ends, axis=0) - reach, np.max(ends, axis=0) + reach

    def point(self, rng: np.random.Generator) -> np.ndarray:
        """Return a point inside."""
        if self.b is not None:
            return self.a + rng.uniform(0.1, 0.9) * (self.b - self.a)
        way = rng.normal(size=3)
        way *= (0.95 if self.wall_mm else 0.5) / np.linalg.norm(way)
        return self.a + self.turn @ (way * np.asarray(self.radii))


def capsule(name, a, b, r, r_end=None, weight=1.0) -> Shape:
    """Return a tapered capsule."""
    return Shape(name, np.asarray(a, float), (r, r if r_end is None else r_end),
                 np.asarray(b, float), weight)  # fmt: skip


def ellipsoid(name, a, radii, weight=1.0, wall_mm=None, turn=None) -> Shape:
    """Return an ellipsoid, a sphere where ``radii`` is one number."""
    radii = (radii,) * 3 if np.isscalar(radii) else tuple(radii)
    turn = np.eye(3) if turn is None else turn
    return Shape(name, np.asarray(a, float), radii, None, weight, wall_mm, turn)


def chain(name, points, r, weight=1.0) -> list[Shape]:
    """Return capsules through points."""
    return [capsule(name, p, q, r, weight=weight) for p, q in pairwise(points)]


class Grid:
    """Voxels around a body; ``origin`` is the centre (x, y, z) of the first."""

    def __init__(self, low, high):
        self.origin = np.asarray(low, float)
        counts = np.ceil((np.asarray(high) - self.origin) / VOXEL_MM).astype(int) + 1
        self.shape = tuple(int(n) for n in counts[::-1])

    def zeros(self) -> np.ndarray:
        """Return an empty volume."""
        return np.zeros(self.shape, np.float32)

    def axis(self, number: int) -> np.ndarray:
        """Return the coordinates along x (0), y (1) or z (2)."""
        return self.origin[number] + VOXEL_MM * np.arange(self.shape[2 - number])

    def span(self, shape: Shape) -> tuple[slice, slice, slice] | None:
        """Return the voxels around a solid as slices of a volume, None where it lies outside."""
        low, high = shape.box()
        first = np.maximum(np.floor((low - self.origin) / VOXEL_MM).astype(int), 0)
        last = np.ceil((high - self.origin) / VOXEL_MM).astype(int) + 1
        last = np.minimum(last, self.shape[::-1])
        if (first >= last).any():
            return None
        x, y, z = (slice(int(i), int(j)) for i, j in zip(first, last, strict=True))
        return z, y, x

    def box(self, shapes: Sequence[Shape]) -> tuple[slice, ...]:
        """Return the voxels around all of some solids, as slices of a volume."""
        found = [span for shape in shapes if (span := self.span(shape)) is not None]
        if not found:
            return (slice(0, 0),) * 3
        return tuple(
            slice(min(s.start for s in along), max(s.stop for s in along))
            for along in zip(*found, strict=True)
        )

    def paint(self, volume: np.ndarray, shape: Shape, value: float, *, over: bool = False) -> None:
        """Raise voxels to ``value`` inside the solid, or with ``over`` replace what is there."""
        where = self.span(shape)
        if where is None:
            return
        z, y, x = (self.axis(2 - n)[part] for n, part in enumerate(where))
        points = np.stack(np.meshgrid(z, y, x, indexing="ij")[::-1], -1)
        part = np.clip(0.5 - _distance(shape, points) / VOXEL_MM, 0, 1).astype(np.float32)
        here = volume[where]
        volume[where] = here * (1 - part) + value * part if over else np.maximum(here, value * part)


def _distance(shape: Shape, points: np.ndarray) -> np.ndarray:
    """Return the signed distance in mm, about, negative inside."""
    from_a = points - shape.a
    if shape.b is not None:
        way = shape.b - shape.a
        t = np.clip(from_a @ way / max(way @ way, 1e-9), 0, 1)
        off = np.linalg.norm(from_a - t[..., None] * way, axis=-1)
        return off - (shape.radii[0] + t * (shape.radii[1] - shape.radii[0]))
    scaled = (from_a @ shape.turn) / np.asarray(shape.radii)
    k0 = np.linalg.norm(scaled, axis=-1)
    k1 = np.linalg.norm(scaled / np.asarray(shape.radii), axis=-1)
    gap = k0 * (k0 - 1) / np.maximum(k1, 1e-6)
    return gap if shape.wall_mm is None else np.abs(gap + shape.wall_mm / 2) - shape.wall_mm / 2
