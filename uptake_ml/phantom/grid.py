"""The voxel grid a body stands in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


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
