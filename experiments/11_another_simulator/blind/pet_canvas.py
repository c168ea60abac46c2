"""A grid of SUV on which implicit solids are painted, and the scanner that looks at it.

Coordinates are millimetres (a, s, x): a from the front to the back with 0 in the middle of the
body, s from the vertex to the feet, x from the patient's right to the left with 0 in the midline.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.ndimage import gaussian_filter1d

CELL_MM = 4.0
FWHM_PER_SD = 2.3548

Point = np.ndarray
Field = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def shift(point: Point, a: float, s: float, x: float) -> Point:
    """Return a point moved by so many mm."""
    return point + np.array((a, s, x))


@dataclass(frozen=True, kw_only=True)
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
        return self._joined(
            lambda *p: np.abs(self.distance_mm(*p) + thickness_mm / 2) - thickness_mm / 2
        )

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
    turn = np.eye(3) if turn is None else turn
    reach = np.abs(turn.T) @ half + CELL_MM

    def distance_mm(a, s, x):
        offsets = (a - middle[0], s - middle[1], x - middle[2])
        q = 0.0
        for row, radius in zip(turn, half, strict=True):
            along = sum(r * o for r, o in zip(row, offsets, strict=True))
            q = q + np.abs(along / radius) ** exponent
        k = q ** (1 / exponent)
        return (k - 1) * half.min() ** 0.6 * half.max() ** 0.4

    return Solid(low_mm=middle - reach, high_mm=middle + reach, distance_mm=distance_mm)


def make_capsule(start: Point, end: Point, start_mm: float, end_mm: float) -> Solid:
    """Return a round cone with rounded ends, of one radius here and another there."""
    p, q = np.asarray(start, float), np.asarray(end, float)
    way = q - p
    length2 = max(float(way @ way), 1e-6)
    reach = max(start_mm, end_mm) + CELL_MM

    def distance_mm(a, s, x):
        da, ds, dx = a - p[0], s - p[1], x - p[2]
        t = np.clip((da * way[0] + ds * way[1] + dx * way[2]) / length2, 0, 1)
        square = (da - t * way[0]) ** 2 + (ds - t * way[1]) ** 2 + (dx - t * way[2]) ** 2
        return np.sqrt(square) - (start_mm + t * (end_mm - start_mm))

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

    def distance_mm(a, s, x):
        row = [np.interp(s, s_mm, values) for values in (*knots.T[1:3], depth, width)]
        q = np.abs((a - row[0]) / row[2]) ** exponent + np.abs((x - row[1]) / row[3]) ** exponent
        side = (q ** (1 / exponent) - 1) * np.minimum(row[2], row[3])
        return np.maximum(side, np.maximum(s_mm[0] - s, s - s_mm[-1]))

    return Solid(
        low_mm=np.array(low) - CELL_MM, high_mm=np.array(high) + CELL_MM, distance_mm=distance_mm
    )


class Canvas:
    """SUV on a cubic grid; axes a, s, x as in the module's head."""

    def __init__(self, low_mm: Sequence[float], high_mm: Sequence[float]) -> None:
        pairs = zip(low_mm, high_mm, strict=True)
        self.axes_mm = [np.arange(low, high, CELL_MM, dtype=np.float32) for low, high in pairs]
        self.suv = np.zeros([len(axis) for axis in self.axes_mm], np.float32)

    def paint(self, solid: Solid, suv: float | Field, *, only_raise: bool = False) -> None:
        """Fill the solid; with ``only_raise`` what is hotter already stays."""
        spans = [
            slice(*np.searchsorted(axis, (low, high)))
            for axis, low, high in zip(self.axes_mm, solid.low_mm, solid.high_mm, strict=True)
        ]
        view = self.suv[tuple(spans)]
        if view.size == 0:
            return
        grid = np.ix_(*[axis[span] for axis, span in zip(self.axes_mm, spans, strict=True)])
        share = np.clip(0.5 - solid.distance_mm(*grid) / CELL_MM, 0, 1)
        target = suv(*grid) if callable(suv) else suv
        step = target - view
        view += share * (np.maximum(step, 0) if only_raise else step)

    def trace(self, points: np.ndarray, radii: Sequence[float], suv: float, **how: bool) -> None:
        """Fill a tube along ``points``, (n, 3) in mm, with one radius a point."""
        for i in range(len(points) - 1):
            self.paint(make_capsule(points[i], points[i + 1], radii[i], radii[i + 1]), suv, **how)

    def mottle(self, rng: np.random.Generator, sd: float, grain_mm: float) -> None:
        """Make the uptake uneven in lumps of the given size, by a factor of mean one."""
        counts = [int(np.ptp(axis) / grain_mm) + 3 for axis in self.axes_mm]
        lumps = rng.normal(0, sd, counts).astype(np.float32)
        for k, axis in enumerate(self.axes_mm):
            nodes = axis[0] + grain_mm * (np.arange(counts[k]) - 0.5)
            lumps = along_axis(weigh_nodes(nodes, axis, 0.55 * grain_mm), lumps, k)
        self.suv *= np.clip(1 + lumps, 0.4, 2.0)

    def breathe(self, s_mm: float, reach_mm: float, sd_mm: float) -> None:
        """Smear the organs about the diaphragm, at ``s_mm``, along the body."""
        axis = self.axes_mm[1]
        weight = np.exp(-0.5 * ((axis - s_mm) / reach_mm) ** 2)[None, :, None]
        rows = slice(*np.searchsorted(axis, (s_mm - 2 * reach_mm, s_mm + 2 * reach_mm)))
        part = self.suv[:, rows]
        if part.size:
            smeared = gaussian_filter1d(part, sd_mm / CELL_MM, axis=1, mode="nearest")
            part += weight[:, rows].astype(np.float32) * (smeared - part)


def paint_lump(
    rng: np.random.Generator, canvas: Canvas, centre: np.ndarray, diameter_mm: float, suv: float
) -> None:
    """Fill an uneven lump of a few overlapping ellipsoids."""
    radius = diameter_mm / 2
    canvas.paint(make_ellipsoid(centre, radius * rng.uniform(0.75, 1.05, 3)), suv, only_raise=True)
    for _ in range(rng.integers(1, 4)):
        place = centre + rng.normal(0, 0.45 * radius, 3)
        lobe = make_ellipsoid(place, radius * rng.uniform(0.4, 0.75, 3))
        canvas.paint(lobe, suv * rng.uniform(0.75, 1.2), only_raise=True)


def paint_synovium(
    rng: np.random.Generator,
    canvas: Canvas,
    centre: np.ndarray,
    radii: tuple[float, float, float],
    suv: float,
) -> None:
    """Fill the lining of a joint, a bag that is thicker and hotter here than there."""
    size = np.array(radii, float)
    bag = make_ellipsoid(centre, size * rng.uniform(0.92, 1.08, 3))
    way = rng.normal(0, 1, 3)
    spared = make_ellipsoid(centre + size * way / np.linalg.norm(way), 0.8 * size)
    canvas.paint(bag.shell(8.0).without(spared), 0.85 * suv, only_raise=True)
    for _ in range(7):
        way = rng.normal(0, 1, 3)
        place = centre + 0.88 * size * way / np.linalg.norm(way)
        lump = make_ellipsoid(place, rng.uniform(5, 11, 3))
        canvas.paint(lump, suv * rng.uniform(0.8, 1.3), only_raise=True)


def weigh_nodes(nodes: np.ndarray, at: np.ndarray, sd_mm: float) -> np.ndarray:
    """Return (len(at), len(nodes)) Gaussian weights whose rows sum to one."""
    off = (at[:, None] - nodes[None, :]) / sd_mm
    weights = np.where(np.abs(off) < 3.2, np.exp(-0.5 * off**2), 0)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def along_axis(matrix: np.ndarray, array: np.ndarray, axis: int) -> np.ndarray:
    """Return the array with one axis multiplied by the matrix."""
    first = np.moveaxis(array, axis, 0)
    result = sparse.csr_array(matrix) @ first.reshape(len(first), -1)
    return np.moveaxis(result.reshape(len(matrix), *first.shape[1:]), 0, axis)


def scan(
    rng: np.random.Generator,
    canvas: Canvas,
    spacing_mm: Sequence[float],
    fwhm_mm: float,
    liver_noise: float,
    liver_suv: float,
) -> np.ndarray:
    """Return SUV on the scanner's voxels, blurred and with noise of the same grain.

    The noise follows the local mean, as that of an iterative reconstruction does, and is skewed:
    a log-normal factor whose relative standard deviation is ``liver_noise`` in the liver and grows
    where there is less tracer.
    """
    mean, noise = canvas.suv, rng.standard_normal(canvas.suv.shape, dtype=np.float32)
    sd_mm = np.sqrt(max((fwhm_mm / FWHM_PER_SD) ** 2 - CELL_MM**2 / 12, 1.0))
    for k, (axis, step) in enumerate(zip(canvas.axes_mm, spacing_mm, strict=True)):
        at = np.arange(axis[0], axis[-1], step)
        weights = weigh_nodes(axis, at, sd_mm)
        mean = along_axis(weights, mean, k)
        noise = along_axis(weights / np.linalg.norm(weights, axis=1, keepdims=True), noise, k)
    relative = liver_noise * (np.maximum(mean, 0.05) / liver_suv) ** -0.4
    noisy = mean * np.exp(relative * noise - 0.5 * relative**2)
    air = 0.02 * liver_suv * liver_noise * np.abs(noise)
    return np.ascontiguousarray(noisy + air, dtype=np.float32)
