"""A grid of SUV on which implicit solids are painted."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.ndimage import gaussian_filter1d

from uptake_ml.phantom.solid_pet.solids import CELL_MM, Field, Point, Solid, make_capsule

# A solid and the SUV that it is painted with where it is not hotter already.
Part = tuple[Solid, float]


class Canvas:
    """SUV on a cubic grid, float32; axes a, s, x as in ``solids``: plane, row, column."""

    def __init__(self, low_mm: Sequence[float], high_mm: Sequence[float]) -> None:
        pairs = zip(low_mm, high_mm, strict=True)
        self.axes_mm = [np.arange(low, high, CELL_MM, dtype=np.float32) for low, high in pairs]
        self._grid = np.ix_(*self.axes_mm)
        self.suv = np.zeros([len(axis) for axis in self.axes_mm], np.float32)

    def paint(self, solid: Solid, suv: float | Field, *, only_raise: bool = False) -> None:
        """Fill the solid; with ``only_raise`` what is hotter already stays."""
        spans = self._spans(solid.low_mm, solid.high_mm)
        view = self.suv[spans]
        if view.size == 0:
            return
        a, s, x = self._grid
        grid = (a[spans[0]], s[:, spans[1]], x[:, :, spans[2]])
        share = solid.distance_mm(*grid) * np.float32(-1 / CELL_MM)
        share += np.float32(0.5)
        np.minimum(share, 1, out=share)
        np.maximum(share, 0, out=share)
        target = suv(*grid) if callable(suv) else np.float32(suv)
        step = target - view
        if only_raise:
            np.maximum(step, 0, out=step)
        step *= share
        view += step

    def trace(self, points: np.ndarray, radii: Sequence[float], suv: float, **how: bool) -> None:
        """Fill a tube along ``points``, (n, 3) in mm, with one radius a point."""
        for solid in tube(points, radii):
            self.paint(solid, suv, **how)

    def add(
        self, parts: Sequence[Part], smear_mm: float = 0.0
    ) -> tuple[tuple[int, int, int], np.ndarray]:
        """Paint parts that only raise, smeared along s; return what was added.

        That is its first cell (a, s, x) and a box of SUV, a single zero where it lies outside.
        """
        low = np.min([solid.low_mm for solid, _ in parts], axis=0)
        high = np.max([solid.high_mm for solid, _ in parts], axis=0)
        spare = np.array((0.0, 3 * smear_mm, 0.0))
        spans = self._spans(low - spare, high + spare)
        before = self.suv[spans].copy()
        if before.size == 0:
            return (0, 0, 0), np.zeros((1, 1, 1), np.float32)
        for solid, suv in parts:
            self.paint(solid, suv, only_raise=True)
        added = self.suv[spans] - before
        if smear_mm:
            added = gaussian_filter1d(added, smear_mm / CELL_MM, axis=1, mode="constant")
            self.suv[spans] = before + added
        return tuple(int(span.start) for span in spans), added

    def mean_around(self, place: Point, reach_mm: float) -> float:
        """Return the mean SUV in a cube about a place, NaN outside the canvas."""
        view = self.suv[self._spans(place - reach_mm, place + reach_mm)]
        return float(view.mean(dtype=np.float64)) if view.size else float("nan")

    def mottle(self, rng: np.random.Generator, grains: Sequence[tuple[float, float]]) -> None:
        """Make the uptake uneven by a factor of mean one, in lumps of (s.d., grain in mm)."""
        total = np.float32(1)
        for sd, grain_mm in grains:
            counts = [int(np.ptp(axis) / grain_mm) + 3 for axis in self.axes_mm]
            lumps = rng.normal(0, sd, counts).astype(np.float32)
            weights = []
            for count, axis in zip(counts, self.axes_mm, strict=True):
                nodes = axis[0] + grain_mm * (np.arange(count) - 0.5)
                weights.append(weigh_nodes(nodes, axis, 0.55 * grain_mm))
            lumps = np.tensordot(weights[0], lumps, axes=1)
            total = total + np.matmul(weights[1], lumps) @ weights[2].T
        np.clip(total, 0.4, 2.0, out=total)
        self.suv *= total

    def breathe(self, s_mm: float, reach_mm: float, sd_mm: float) -> None:
        """Smear the organs about the diaphragm, at ``s_mm``, along the body."""
        axis = self.axes_mm[1]
        rows = slice(*np.searchsorted(axis, (s_mm - 2 * reach_mm, s_mm + 2 * reach_mm)))
        part = self.suv[:, rows]
        if part.size:
            weight = np.exp(-0.5 * ((axis[rows] - s_mm) / reach_mm) ** 2)[None, :, None]
            smeared = gaussian_filter1d(part, sd_mm / CELL_MM, axis=1, mode="nearest")
            part += weight.astype(np.float32) * (smeared - part)

    def _spans(self, low_mm: Point, high_mm: Point) -> tuple[slice, ...]:
        """Return the cells whose middles lie from one corner to the other."""
        first = [float(axis[0]) for axis in self.axes_mm]
        spans = []
        for start, low, high, size in zip(first, low_mm, high_mm, self.suv.shape, strict=True):
            begin, end = math.ceil((low - start) / CELL_MM), math.ceil((high - start) / CELL_MM)
            spans.append(slice(min(max(begin, 0), size), min(max(end, 0), size)))
        return tuple(spans)


def tube(points: np.ndarray, radii: Sequence[float]) -> list[Solid]:
    """Return the pieces of a tube along ``points``, (n, 3) in mm, with one radius a point."""
    return [
        make_capsule(points[i], points[i + 1], radii[i], radii[i + 1])
        for i in range(len(points) - 1)
    ]


def weigh_nodes(nodes: np.ndarray, at: np.ndarray, sd_mm: float) -> np.ndarray:
    """Return (len(at), len(nodes)) Gaussian weights, float32, whose rows sum to one."""
    off = (at[:, None] - nodes[None, :]) / sd_mm
    weights = np.where(np.abs(off) < 3.2, np.exp(-0.5 * off**2), 0)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
