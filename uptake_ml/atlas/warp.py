"""Smooth maps between bodies: thin-plate splines, one for the trunk and one for each limb.

Limbs have maps of their own, because a hand on the thigh and a hand beside it are neighbours of the
same hip: one map for the whole body would fold.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from uptake_ml.atlas.points import EXTENTS, indices
from uptake_ml.regions import LEFT, REGIONS, RIGHT

_FLANK = 0.16
_RESIDUAL = 1e-6


@dataclass(frozen=True, kw_only=True, eq=False)
class Spline:
    """q -> [1, q] affine + sum_k U(|q - knots[k]|) weights[k], U(r) = r^2 log r^2.

    q = (p - centre) / size keeps the numbers near 1.  Bookstein, IEEE PAMI 11 (1989) 567.
    knots (K, 2), weights (K, 2), affine (3, 2).
    """

    centre: np.ndarray
    size: float
    knots: np.ndarray
    weights: np.ndarray
    affine: np.ndarray

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Return the mapped points, shape (n, 2)."""
        scaled = (points - self.centre) / self.size
        return _bumps(scaled, self.knots) @ self.weights + _ones(scaled) @ self.affine


def fit_spline(source: np.ndarray, target: np.ndarray, *, stiffness: float) -> Spline:
    """Return the spline from source to target points, both (K, 2).

    ``stiffness`` 0 passes through every point; more lets it miss points and bend less.
    """
    n, centre = len(source), source.mean(axis=0)
    size = max(float((source.max(axis=0) - source.min(axis=0)).max()), 1e-6)
    knots = (source - centre) / size
    system = np.zeros((n + 3, n + 3))
    system[:n, :n] = _bumps(knots, knots) + stiffness * np.eye(n)
    system[:n, n:] = _ones(knots)
    system[n:, :n] = system[:n, n:].T
    right = np.concatenate([target, np.zeros((3, 2))])
    solution = _solve(system, right)
    return Spline(centre=centre, size=size, knots=knots, weights=solution[:n], affine=solution[n:])


def _solve(system: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the solution; that of least squares where points coincide or lie on one line."""
    try:
        solution = np.linalg.solve(system, right)
        if np.abs(system @ solution - right).max() <= _RESIDUAL * np.abs(right).max():
            return solution
    except np.linalg.LinAlgError:
        pass
    return np.linalg.lstsq(system, right, rcond=1e-12)[0]


def _ones(points: np.ndarray) -> np.ndarray:
    return np.concatenate([np.ones((len(points), 1)), points], axis=1)


def _bumps(points: np.ndarray, knots: np.ndarray) -> np.ndarray:
    squares = -2 * points @ knots.T
    squares += _squared_lengths(points)[:, None]
    squares += _squared_lengths(knots)
    np.maximum(squares, 1e-12, out=squares)
    bumps = np.log(squares)
    bumps *= squares
    return bumps


def _squared_lengths(vectors: np.ndarray) -> np.ndarray:
    """Return x^2 + y^2 of vectors (n, 2); a sum along so short an axis takes longer."""
    squares = vectors**2
    return squares[:, 0] + squares[:, 1]


@dataclass(frozen=True, kw_only=True, eq=False)
class CoarseField:
    """A map of an image's pixels known on every ``stride``-th of them: values (2, rows, cols)."""

    values: np.ndarray
    stride: int

    def dense(
        self, shape: tuple[int, int], window: tuple[slice, slice] = (slice(None), slice(None))
    ) -> np.ndarray:
        """Return where each pixel of an image, or a window of it, goes: float32 (2, rows, cols)."""
        rows, cols = (_interpolation(n, self.stride)[w] for n, w in zip(shape, window, strict=True))
        return rows @ self.values[:, : rows.shape[1], : cols.shape[1]] @ cols.T


def coarse_field(
    spline: Spline,
    shape: tuple[int, int],
    *,
    step: np.ndarray,
    stride: int,
    origin: tuple[float, float] = (0.0, 0.0),
) -> CoarseField:
    """Return the spline on every ``stride``-th pixel; pixel k is the point origin + step * k."""
    rows, cols = (
        o + s * np.arange(0, n + stride, stride)
        for o, s, n in zip(origin, step, shape, strict=True)
    )
    grid = np.empty((len(rows), len(cols), 2))
    grid[..., 0], grid[..., 1] = rows[:, None], cols
    mapped = spline(grid.reshape(-1, 2)).reshape(grid.shape)
    values = np.ascontiguousarray(np.moveaxis(mapped, 2, 0), dtype=np.float32)
    return CoarseField(values=values, stride=stride)


# The parts of a body are all laid over the same pixels.
@lru_cache(maxsize=4)
def _interpolation(n: int, stride: int) -> np.ndarray:
    """Return the matrix of linear interpolation from every ``stride``-th to every pixel."""
    matrix = np.zeros((n, (n - 1) // stride + 2), np.float32)
    place = np.arange(n)
    fraction = (place % stride) / stride
    matrix[place, place // stride] = 1 - fraction
    matrix[place, place // stride + 1] += fraction
    return matrix


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of the body with a map of its own; ``chain`` runs along a limb, None for the trunk."""

    name: str
    points: tuple[int, ...]
    chain: tuple[int, ...] | None
    regions: tuple[int, ...]

    def knots(self, points: np.ndarray) -> np.ndarray:
        """Return the knots of this part's spline for all points (P, 2), shape (K, 2).

        A limb's points lie almost on one line, which leaves a spline free to turn over: points on
        both flanks of the limb, at a distance in proportion to its length, hold it.
        """
        own = points[list(self.points)]
        if self.chain is None:
            return own
        line = points[list(self.chain)]
        along = np.concatenate(
            [line[1:2] - line[:1], line[2:] - line[:-2], line[-1:] - line[-2:-1]]
        )
        length = np.sqrt(_squared_lengths(line[1:] - line[:-1])).sum() / (len(line) - 1)
        along /= np.sqrt(_squared_lengths(along))[:, None] + 1e-9
        across = np.stack([-along[:, 1], along[:, 0]], axis=1) * _FLANK * length
        return np.concatenate([own, line + across, line - across])


_LIMB_REGIONS = {
    "arm": ("humerus", "forearm", "hand", "elbow", "wrist", "arm-soft-tissue"),
    "leg": ("femur", "tibia", "foot", "knee", "ankle", "leg-soft-tissue"),
}
_LIMB_CHAINS = {
    "arm": ("shoulder", "elbow", "wrist", "hand"),
    "leg": ("hip", "knee", "ankle", "foot"),
}
_TRUNK_POINTS = (
    *["vertex", "chin", "C7", "T6", "T12", "L3", "sternum", "sacrum", "bladder"],
    *["shoulder", "iliac-crest", "hip"],
)


def _limb(kind: str, side: str) -> Part:
    names = _LIMB_REGIONS[kind]
    chain = tuple(indices(*_LIMB_CHAINS[kind], side=side))
    regions = [i for i, r in enumerate(REGIONS) if r.name in names and r.side in (side, None)]
    return Part(name=f"{kind}-{side}", points=chain, chain=chain, regions=tuple(regions))


def _trunk() -> Part:
    taken = {name for names in _LIMB_REGIONS.values() for name in names}
    sides = [indices(*_TRUNK_POINTS, side=side) for side in (LEFT, RIGHT)]
    edges = [indices(name, side=side)[0] for name, side in EXTENTS]
    return Part(
        name="trunk",
        points=tuple(sorted({*sides[0], *sides[1], *edges})),
        chain=None,
        regions=tuple(i for i, r in enumerate(REGIONS) if i and r.name not in taken),
    )


PARTS: tuple[Part, ...] = (
    _trunk(),
    *(_limb(kind, side) for kind in ("arm", "leg") for side in (LEFT, RIGHT)),
)
