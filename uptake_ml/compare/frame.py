"""Places of the body free of posture, camera and size: millimetres in the atlas's mean shape."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.atlas.points import orient_points, true_points
from uptake_ml.atlas.templates import STIFFNESS
from uptake_ml.atlas.warp import PARTS, Spline, fit_spline
from uptake_ml.regions import index_of
from uptake_ml.study import View

if TYPE_CHECKING:
    from uptake_ml.atlas import Layout

# One pixel of the mean shape, whose 216 rows are then an adult of 1.73 m.
MEAN_SHAPE_MM = 8.0


@dataclass(frozen=True, kw_only=True, eq=False)
class BodyFrame:
    """The maps between one view's pixels and the mean shape, one each way for every part.

    Places are (down, across) in mm of the mean shape, the patient's left at smaller ``across`` in
    every view.  ``points`` (P, 2) are those of the atlas in mm of the oriented view, NaN where
    unknown; ``mean`` the same of the mean shape.
    """

    view: View
    points: np.ndarray
    mean: np.ndarray

    def to_body(self, region: str, side: str | None, row: float, col: float) -> np.ndarray:
        """Return the place, shape (2,), of a pixel that lies in a region."""
        pixel = orient_points(np.array([[row, col]]), self.view.name, self.view.pixels.shape[1])
        return self._forward[part_of(region, side)](pixel * self.view.spacing_mm)[0]

    def to_pixel(self, region: str, side: str | None, place: np.ndarray) -> tuple[float, float]:
        """Return (row, column) of a place that lies in a region; it may lie outside the view."""
        mapped = self._backward[part_of(region, side)](np.asarray(place)[None])
        pixel = orient_points(
            mapped / self.view.spacing_mm, self.view.name, self.view.pixels.shape[1]
        )
        return float(pixel[0, 0]), float(pixel[0, 1])

    @cached_property
    def _forward(self) -> tuple[Spline, ...]:
        return tuple(_part_map(part, self.points, self.mean) for part in PARTS)

    @cached_property
    def _backward(self) -> tuple[Spline, ...]:
        return tuple(_part_map(part, self.mean, self.points) for part in PARTS)


def find_frame(view: View, layout: Layout, mean_shape: np.ndarray) -> BodyFrame:
    """Return the body frame of a view from its layout; ``mean_shape`` (P, 2) in canvas pixels."""
    marks = {(mark.name, mark.side): (mark.row, mark.col) for mark in layout.landmarks}
    points = true_points(marks, layout.regions, view.name)
    return BodyFrame(
        view=view,
        points=points * view.spacing_mm,
        mean=np.asarray(mean_shape, float) * MEAN_SHAPE_MM,
    )


def part_of(region: str, side: str | None) -> int:
    """Return the place in ``PARTS`` of the part whose map holds a region."""
    index = index_of(region, side)
    return next(k for k, part in enumerate(PARTS) if index in part.regions)


def _part_map(part, source: np.ndarray, target: np.ndarray) -> Spline:
    from_points, to_points = part.knots(source), part.knots(target)
    known = np.isfinite(from_points).all(axis=1) & np.isfinite(to_points).all(axis=1)
    return fit_spline(from_points[known], to_points[known], stiffness=STIFFNESS)
