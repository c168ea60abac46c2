"""The voxel grid a body stands in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

# Rows that are worked on at a time: their part of a volume fits the processor's cache.
ROWS_AT_A_TIME = 16


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A voxel grid in world space: ``centre_mm`` (x, y, z) of voxel (0, 0, 0), and its shape."""

    shape: tuple[int, int, int]
    first_mm: tuple[float, float, float]
    voxel_mm: float

    def axes_mm(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return world y by depth index, z by row index, x by column index."""
        n, (x, y, z), v = self.shape, self.first_mm, self.voxel_mm
        return y + v * np.arange(n[0]), z - v * np.arange(n[1]), x + v * np.arange(n[2])

    def index_of(self, points_mm: np.ndarray) -> np.ndarray:
        """Return fractional (depth, row, column) of world points, shape (n, 3)."""
        x, y, z = np.moveaxis(np.asarray(points_mm, float), -1, 0)
        fx, fy, fz = self.first_mm
        return np.stack([y - fy, fz - z, x - fx], axis=-1) / self.voxel_mm

    def box(self, low_mm, high_mm) -> tuple[slice, slice, slice]:
        """Return the slices that cover a world box, clipped to the grid."""
        a, b = self.index_of(np.stack([low_mm, high_mm]))
        first, last = np.floor(np.minimum(a, b)).astype(int), np.ceil(np.maximum(a, b)).astype(int)
        return tuple(
            slice(max(int(f), 0), max(min(int(e) + 1, n), 0))
            for f, e, n in zip(first, last, self.shape, strict=True)
        )


def filled_boxes(volume: np.ndarray) -> Iterator[tuple[slice, slice, slice]]:
    """Yield boxes (depth, row, column) of a few rows each, outside of which the volume is zero.

    A body fills a third of the boxes' volume; what works on them alone, on memory that nothing
    else touches, takes a third of the time.
    """
    is_ray = volume.any(axis=0)
    for start in range(0, volume.shape[1], ROWS_AT_A_TIME):
        rows = slice(start, min(start + ROWS_AT_A_TIME, volume.shape[1]))
        columns = np.flatnonzero(is_ray[rows].any(axis=0))
        if not columns.size:
            continue
        across = slice(int(columns[0]), int(columns[-1]) + 1)
        depths = np.flatnonzero(volume[:, rows, across].any(axis=(1, 2)))
        yield slice(int(depths[0]), int(depths[-1]) + 1), rows, across
