"""Signed distances in mm to primitives, and their smooth union.

Points are given as open arrays (x, y, z) that broadcast to (z, y, x); a distance is negative
inside. Distances are exact for round capsules and close to it, near the surface, for the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

Open = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True, kw_only=True, eq=False)
class Capsule:
    """A rod from ``a`` to ``b`` whose radius goes from ``ra`` to ``rb``.

    Along the unit vector ``thin`` it is flattened by the factor ``flat``.
    """

    a: np.ndarray
    b: np.ndarray
    ra: float
    rb: float
    thin: np.ndarray | None = None
    flat: float = 1.0

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the lowest and the highest corner."""
        ends = np.stack([self.a - self.ra, self.b - self.rb, self.a + self.ra, self.b + self.rb])
        return ends.min(axis=0), ends.max(axis=0)

    def distance(self, points: Open) -> np.ndarray:
        """Return signed distances, shape (z, y, x)."""
        axis = self.b - self.a
        off = [p - c for p, c in zip(points, self.a, strict=True)]
        along = sum(
            o * np.float32(u) for o, u in zip(off, axis / max(axis @ axis, 1e-6), strict=True)
        )
        along = np.clip(along, 0, 1)
        off = [o - along * np.float32(u) for o, u in zip(off, axis, strict=True)]
        radius = np.float32(self.ra) + along * np.float32(self.rb - self.ra)
        square = off[0] * off[0] + off[1] * off[1] + off[2] * off[2]
        if self.thin is None:
            return np.sqrt(square) - radius
        across = sum(o * np.float32(u) for o, u in zip(off, self.thin, strict=True))
        wide = np.sqrt(square + across * across * np.float32(1 / self.flat**2 - 1))
        # The slope of the stretched field is 1 in the plate and 1 / flat across it.
        slope = 1 + (1 / self.flat - 1) * np.minimum(np.abs(across) / self.flat / (wide + 1e-3), 1)
        return (wide - radius) / slope


@dataclass(frozen=True, kw_only=True, eq=False)
class Egg:
    """An ellipsoid with semi-axes ``radii`` along the columns of ``turn``."""

    centre: np.ndarray
    turn: np.ndarray
    radii: np.ndarray

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the lowest and the highest corner."""
        reach = np.sqrt(((self.turn * self.radii) ** 2).sum(axis=1))
        return self.centre - reach, self.centre + reach

    def distance(self, points: Open) -> np.ndarray:
        """Return signed distances, shape (z, y, x)."""
        local = to_local(points, self.centre, self.turn)
        unit = np.sqrt(
            sum((q / np.float32(r)) ** 2 for q, r in zip(local, self.radii, strict=True))
        )
        steep = np.sqrt(
            sum((q / np.float32(r * r)) ** 2 for q, r in zip(local, self.radii, strict=True))
        )
        return unit * (unit - 1) / np.maximum(steep, 1e-4)


@dataclass(frozen=True, kw_only=True, eq=False)
class BentBox:
    """A box with half sizes ``half`` and rounded edges, bent along its x by ``bend`` per mm.

    Its width tapers from 1 at low z to ``taper`` at high z.
    """

    centre: np.ndarray
    turn: np.ndarray
    half: np.ndarray
    edge: float
    bend: float = 0.0
    taper: float = 1.0

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the lowest and the highest corner."""
        half = self.half + np.array([0, abs(self.bend) * self.half[0] ** 2 / 2, 0])
        reach = np.abs(self.turn) @ (half * [max(1, self.taper), 1, 1])
        return self.centre - reach, self.centre + reach

    def distance(self, points: Open) -> np.ndarray:
        """Return signed distances, shape (z, y, x)."""
        x, y, z = to_local(points, self.centre, self.turn)
        y = y - np.float32(self.bend / 2) * x * x
        part = np.clip(z / np.float32(2 * self.half[2]) + 0.5, 0, 1)
        width = self.half[0] * (1 + (self.taper - 1) * part)
        gaps = [np.abs(x) - width, np.abs(y) - self.half[1], np.abs(z) - self.half[2]]
        gaps = [gap + np.float32(self.edge) for gap in gaps]
        outside = np.sqrt(sum(np.maximum(gap, 0) ** 2 for gap in gaps))
        inside = np.minimum(np.maximum(np.maximum(gaps[0], gaps[1]), gaps[2]), 0)
        return outside + inside - np.float32(self.edge)


@dataclass(frozen=True, kw_only=True, eq=False)
class Arc:
    """A part of an elliptic torus that sinks as it goes: a rib, or half a pelvic brim.

    The ellipse has semi-axes ``wide`` and ``deep`` along local x and y and runs from angle
    ``first`` to ``last`` (radians, falling) while local z grows by ``drop`` mm in all. The tube
    has radius ``thick`` in the plane and ``tall`` along z.
    """

    centre: np.ndarray
    turn: np.ndarray
    wide: float
    deep: float
    first: float
    last: float
    drop: float
    thick: float
    tall: float

    def at(self, part: float) -> np.ndarray:
        """Return the point in space at a part (0 to 1) of the way."""
        angle = self.first + part * (self.last - self.first)
        return self.centre + self.turn @ np.array(
            [self.wide * np.cos(angle), self.deep * np.sin(angle), self.drop * part]
        )

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the lowest and the highest corner."""
        way = np.stack([self.at(part) for part in np.linspace(0, 1, 16)])
        margin = 1.3 * max(self.thick, self.tall)
        return way.min(axis=0) - margin, way.max(axis=0) + margin

    def distance(self, points: Open) -> np.ndarray:
        """Return signed distances, shape (z, y, x)."""
        x, y, z = to_local(points, self.centre, self.turn)
        angle = np.arctan2(y / np.float32(self.deep), x / np.float32(self.wide))
        angle = np.clip(angle, self.last, self.first)
        off_x = x - np.float32(self.wide) * np.cos(angle)
        off_y = y - np.float32(self.deep) * np.sin(angle)
        part = (angle - self.first) / (self.last - self.first)
        off_z = z - np.float32(self.drop) * part
        scaled = (off_x**2 + off_y**2) / self.thick**2 + (off_z / self.tall) ** 2
        return (np.sqrt(scaled) - 1) * np.float32(min(self.thick, self.tall))


Part = Capsule | Egg | BentBox | Arc


def to_local(points: Open, centre: np.ndarray, turn: np.ndarray) -> list[np.ndarray]:
    """Return the three coordinates of points in a frame whose axes are the columns of ``turn``."""
    off = [p - np.float32(c) for p, c in zip(points, centre, strict=True)]
    return [sum(o * np.float32(u) for o, u in zip(off, axis, strict=True)) for axis in turn.T]


def blend(a: np.ndarray, b: np.ndarray, radius: float) -> np.ndarray:
    """Return the smooth minimum: ``min(a, b)``, lowered by up to a quarter of ``radius``."""
    if radius <= 0:
        return np.minimum(a, b)
    near = np.maximum(radius - np.abs(a - b), 0) / np.float32(radius)
    return np.minimum(a, b) - near * near * np.float32(radius / 4)


@dataclass(kw_only=True, eq=False)
class Solid:
    """Primitives blended into one body, with what its shell and its inside take up.

    ``line`` are points along it, from its proximal or posterior end, shape (n, 3), in mm.
    ``hollow`` closes a shell of ``shell_mm``: nothing lies inside it.
    """

    name: str
    side: int = 0
    parts: list[Part]
    line: np.ndarray
    blend_mm: float = 4.0
    shell_mm: float = 2.0
    shell: float = 1.0
    core: float = 1.0
    hollow: bool = False
    cut: tuple[np.ndarray, np.ndarray] | None = None
    tags: set[str] = field(default_factory=set)

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the lowest and the highest corner."""
        lows, highs = zip(*(part.bounds() for part in self.parts), strict=True)
        return np.min(lows, axis=0) - self.blend_mm / 3, np.max(highs, axis=0) + self.blend_mm / 3

    def trim(self, points: Open, distance: np.ndarray) -> np.ndarray:
        """Return distances of what is left when all beyond the plane ``cut`` is taken away."""
        if self.cut is None:
            return distance
        at, normal = self.cut
        beyond = sum(
            (p - np.float32(c)) * np.float32(n) for p, c, n in zip(points, at, normal, strict=True)
        )
        return np.maximum(distance, beyond)
