"""Smooth changes of shape that no skeleton of ours has: people differ in more than their scales.

All bones of all cases come from one skeleton, scaled and posed.  The expected images are
therefore pulled about by some millimetres, alike on both sides for the most part, before counts
are drawn.  This knows nothing of anatomy; it keeps what learns from the phantom from trusting the
outline of a single person.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import ndimage

from uptake_ml.study import POSTERIOR

_STEP_MM = 90.0
_MIRRORED, _ONE_SIDED = 0.85, 0.5


@dataclass(frozen=True, kw_only=True, eq=False)
class Distortion:
    """Where each pixel of the anterior view is taken from: ``rows`` and ``columns``, in pixels."""

    rows: np.ndarray
    columns: np.ndarray

    def image(self, image: np.ndarray, view: str, *, order: int = 1) -> np.ndarray:
        """Return an image of a view, changed; ``order`` 0 keeps the values of a map."""
        return ndimage.map_coordinates(image, self._sources(view), order=order, mode="nearest")

    def point(self, place: tuple[float, float], view: str) -> tuple[float, float]:
        """Return where a place (row, column) of a view comes to lie."""
        sources = self._sources(view)
        moved = np.array(place, dtype=float)
        for _ in range(4):  # the place whose source is the wanted one
            at = np.clip(np.round(moved).astype(int), 0, np.array(self.rows.shape) - 1)
            moved = np.array(place) - ([float(axis[tuple(at)]) for axis in sources] - at)
        return float(moved[0]), float(moved[1])

    def _sources(self, view: str) -> tuple[np.ndarray, np.ndarray]:
        return self._from_behind if view == POSTERIOR else (self.rows, self.columns)

    @cached_property
    def _from_behind(self) -> tuple[np.ndarray, np.ndarray]:
        return self.rows[:, ::-1], self.columns.shape[1] - 1 - self.columns[:, ::-1]


def draw_distortion(
    seed: int, sd_mm: float, shape: tuple[int, int], pixel_mm: float
) -> Distortion | None:
    """Return a smooth distortion of ``sd_mm`` for images of ``shape``, None where that is 0."""
    if not sd_mm > 0:
        return None
    rng = np.random.default_rng(seed)
    grid = [int(n * pixel_mm / _STEP_MM) + 4 for n in shape]
    index = np.indices(shape, dtype=np.float32) * np.float32(pixel_mm / _STEP_MM) + 1
    down, across = (_field(rng, grid, index, sign) for sign in (1, -1))
    rows, columns = np.indices(shape, dtype=np.float32)
    scale = np.float32(sd_mm / pixel_mm)
    return Distortion(rows=rows + scale * down, columns=columns + scale * across)


def _field(rng, grid: list[int], index: np.ndarray, sign: int) -> np.ndarray:
    """Return a smooth field of variance about 1; ``sign`` is that of its mirror image."""
    both, one = (
        ndimage.map_coordinates(rng.standard_normal(grid).astype(np.float32), index, order=3)
        for _ in range(2)
    )
    mirrored = (both + sign * both[:, ::-1]) / np.sqrt(2)
    return _MIRRORED * mirrored + _ONE_SIDED * one
