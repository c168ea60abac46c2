"""Where millimetres lie in the matrix of a camera, and the sheet that marks are inked on."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from uptake_ml.study import ANTERIOR, POSTERIOR

VIEWS = (ANTERIOR, POSTERIOR)
# Distances from the skin that a camera looks through, at which a layer of its own is blurred.
LAYER_MM = np.array([15.0, 60.0, 120.0, 190.0, 280.0], np.float32)
MU_PER_MM = 0.0105  # prior: broad beam, below the 0.015 of a narrow one


class Patch(NamedTuple):
    """What is seen by view from pixel ``corner`` of a frame on, float32 [row, column]."""

    corner: tuple[int, int]
    views: dict[str, np.ndarray]

    @property
    def place(self) -> tuple[slice, slice]:
        """Slices of the frame that the patch covers."""
        rows, columns = self.views[ANTERIOR].shape
        top, left = self.corner
        return slice(top, top + rows), slice(left, left + columns)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Pixels whose first one begins at x = ``left_mm`` and at y = -``top_mm``."""

    rows: int
    columns: int
    pixel_mm: float
    top_mm: float
    left_mm: float

    def to_pixel(self, points: np.ndarray) -> np.ndarray:
        """Return (row, column), floats, of points (..., 2) in millimetres."""
        points = np.asarray(points, float)
        row = (points[..., 1] + self.top_mm) / self.pixel_mm - 0.5
        column = (points[..., 0] - self.left_mm) / self.pixel_mm - 0.5
        return np.stack([row, column], axis=-1)

    @cached_property
    def axes_mm(self) -> tuple[np.ndarray, np.ndarray]:
        """Return y of every row and x of every column, float32."""
        y = (np.arange(self.rows) + 0.5) * self.pixel_mm - self.top_mm
        x = (np.arange(self.columns) + 0.5) * self.pixel_mm + self.left_mm
        return y.astype(np.float32), x.astype(np.float32)

    def place(self, low: np.ndarray, high: np.ndarray) -> tuple[slice, slice] | None:
        """Return the slices of a box given in millimetres, or None outside the frame."""
        rows = self._span(low[1] + self.top_mm, high[1] + self.top_mm, self.rows)
        columns = self._span(low[0] - self.left_mm, high[0] - self.left_mm, self.columns)
        return None if rows is None or columns is None else (rows, columns)

    def _span(self, low_mm: float, high_mm: float, count: int) -> slice | None:
        first = max(math.floor(low_mm / self.pixel_mm - 0.5), 0)
        stop = min(math.ceil(high_mm / self.pixel_mm - 0.5) + 1, count)
        return slice(first, stop) if first < stop else None

    def box(self, low: np.ndarray, high: np.ndarray):
        """Return the slices and the open grids x, y in mm of a box, or None outside."""
        where = self.place(low, high)
        if where is None:
            return None
        y, x = self.axes_mm
        return where, (x[None, where[1]], y[where[0], None])

    def part(self, where: tuple[slice, slice]) -> Sheet:
        """Return an empty sheet of these pixels of the frame."""
        rows, columns = where
        return Sheet(
            rows=rows.stop - rows.start,
            columns=columns.stop - columns.start,
            pixel_mm=self.pixel_mm,
            top_mm=self.top_mm - rows.start * self.pixel_mm,
            left_mm=self.left_mm + columns.start * self.pixel_mm,
        )


@dataclass(frozen=True, kw_only=True)
class Sheet(Frame):
    """Layers of both views, [layer, row, column], in uptake times millimetres that reach them."""

    layers: dict[str, np.ndarray] = field(init=False)

    def __post_init__(self):
        shape = (len(LAYER_MM), self.rows, self.columns)
        layers = {view: np.zeros(shape, np.float32) for view in VIEWS}
        object.__setattr__(self, "layers", layers)

    def add(self, where, patch, depth, tissue_mm: float) -> None:
        """Ink a patch at a depth (number or array) into the layers of both views."""
        for view, share in ((ANTERIOR, depth), (POSTERIOR, 1.0 - depth)):
            path_mm = np.asarray(share * tissue_mm, np.float32)
            seen = patch * np.exp(-np.float32(MU_PER_MM) * path_mm)
            place = np.interp(path_mm, LAYER_MM, np.arange(len(LAYER_MM))).astype(np.float32)
            for k in range(int(place.min()), int(np.ceil(place.max())) + 1):
                self.layers[view][k][where] += seen * np.clip(1 - np.abs(place - k), 0, 1)
