"""Red marrow, liver, spleen and blood measured in the PET volume, in SUV.

A projection shows the spine through liver, bowel and blood; in the volume the vertebral bodies are
found along the line of the landmarks, and the organs as the most even places where they must lie.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from uptake_ml.study import Volume

if TYPE_CHECKING:
    from uptake_ml.atlas.records import Layout

SPINE_MARKS = ("C7", "T6", "T12", "L3", "sacrum")
_AIR_SUV = 0.12
# The middle of a vertebral body lies about this far from the skin of the back; every so much
# beyond weighs like a unit of log contrast.
_FROM_BACK_MM = (40.0, 85.0)
_BEYOND_MM = 50.0
_CONTRAST_LIMITS = (-0.3, 1.5)
# The path may move by one plane from one step to the next.
_STEP_MM, _BEND_COST = 8.0, 0.05
# A vertebral body is about this deep; the spine is sought by a core that keeps clear of what
# surrounds it, and measured in a narrower one that what surrounds it hardly blurs into.
_BODY_DEPTH_MM = 32.0
_CORE_MM = 24.0
_MEASURED_CORE_MM = 16.0
_FLANK_MM = (30.0, 46.0)
_SMOOTH_ALONG_MM = 40.0
_VERTEBRA_MM = 30.0
# Of quantiles 0.5 to 0.9 over cores 12 to 24 mm wide the nearest to what the phantom painted, in
# cold and in hot marrow alike: discs and blur lower the rest, noise raises the hottest.
_BONE_QUANTILE = 0.8
# Where an organ is looked for, from the spine, in mm: (left of it, in front of it), each low, high.
_LIVER_PLACE = ((-135.0, -35.0), (-15.0, 110.0))
_SPLEEN_PLACE = ((70.0, 145.0), (-60.0, 15.0))
_AORTA_PLACE = ((0.0, 26.0), (14.0, 40.0))
_LIVER_BALL_MM, _SPLEEN_BALL_MM, _AORTA_BALL_MM = 36.0, 30.0, 12.0
_AORTA_QUANTILE = 0.75
# An organ is the place with the highest mean less this many times its unevenness.
_UNEVENNESS_WEIGHT = 5.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Marrow:
    """What the volume shows: SUV along the spine, and of the organs it is compared with.

    ``rows`` are the volume's rows from C7 to the sacrum, ``columns`` and ``planes`` (fractional)
    the middle of the vertebral bodies there, ``profile_suv`` the mean over their core.  ``marks``
    gives the row of each landmark of ``SPINE_MARKS``.  Organs are NaN where they are not in the
    field of view.
    """

    rows: np.ndarray
    columns: np.ndarray
    planes: np.ndarray
    profile_suv: np.ndarray
    row_mm: float
    marks: dict[str, float]
    liver_suv: float
    spleen_suv: float
    blood_suv: float
    limb_suv: float

    def mean_suv(self, upper: str, lower: str) -> float:
        """Return the mean SUV of the spine between two landmarks, discs too; NaN if unseen."""
        values = self._between(upper, lower)
        return float(values.mean()) if len(values) else np.nan

    def bone_suv(self, upper: str, lower: str) -> float:
        """Return the SUV of the vertebral bodies between two landmarks, NaN if unseen.

        Discs are cold, and blur into the bodies beside them: the hottest fifth begins in the
        middle of a body.
        """
        values = self._between(upper, lower)
        return float(np.quantile(values, _BONE_QUANTILE)) if len(values) else np.nan

    def _between(self, upper: str, lower: str) -> np.ndarray:
        within = (self.rows >= self.marks[upper]) & (self.rows <= self.marks[lower])
        is_enough = within.sum() * self.row_mm >= _VERTEBRA_MM
        return self.profile_suv[within if is_enough else []]

    @cached_property
    def vertebral_suv(self) -> np.ndarray:
        """SUV of successive stretches of the spine, each as long as a vertebra, T1 to sacrum."""
        count = max(int(len(self.profile_suv) * self.row_mm / _VERTEBRA_MM), 1)
        parts = np.array_split(self.profile_suv, count)
        return np.array([part.mean() for part in parts if len(part)])


def measure_marrow(volume: Volume, layout: Layout) -> Marrow | None:
    """Return what the volume shows along the spine, None where no spine is in the field of view."""
    row_mm = volume.spacing_mm[1]
    marks = {m.name: m for m in layout.landmarks if m.name in SPINE_MARKS}
    places = sorted((marks[name].row, marks[name].col) for name in SPINE_MARKS)
    first, last = max(int(places[0][0]), 0), min(int(places[-1][0]), volume.values.shape[1] - 1)
    if (last - first) * row_mm < 2 * _VERTEBRA_MM:
        return None
    rows = np.arange(first, last + 1)
    columns = np.interp(rows, *np.array(places).T)
    spine = _Spine(volume, rows, columns)
    planes = spine.find_planes()
    marks_rows = {name: marks[name].row for name in SPINE_MARKS}
    at = _Finder(volume, rows, columns, planes)
    t8, t9 = (_between(marks["T6"].row, marks["T12"].row, share) for share in (0.3, 0.45))
    l1 = _between(marks["T12"].row, marks["L3"].row, 0.35)
    return Marrow(
        rows=rows,
        columns=columns,
        planes=planes,
        profile_suv=spine.core_suv(planes),
        row_mm=row_mm,
        marks=marks_rows,
        liver_suv=at.even_place((t8, marks["L3"].row), _LIVER_PLACE, _LIVER_BALL_MM),
        spleen_suv=at.even_place((t9, l1), _SPLEEN_PLACE, _SPLEEN_BALL_MM),
        blood_suv=at.usual_level((marks["T6"].row, marks["T12"].row), _AORTA_PLACE, _AORTA_BALL_MM),
        limb_suv=_limb_suv(volume, layout),
    )


def _between(upper: float, lower: float, share: float) -> float:
    return upper + share * (lower - upper)


class _Spine:
    """The column of voxels about the spine's line: shape (planes, rows, columns across)."""

    def __init__(self, volume: Volume, rows: np.ndarray, columns: np.ndarray) -> None:
        self.plane_mm, self.row_mm, column_mm = volume.spacing_mm
        reach = int(np.ceil(_FLANK_MM[1] / column_mm))
        offsets = np.arange(-reach, reach + 1)
        across = np.clip(
            np.rint(columns[:, None] + offsets).astype(int), 0, volume.values.shape[2] - 1
        )
        self.slab = volume.values[:, rows[:, None], across]
        self.away_mm = offsets * column_mm

    def find_planes(self) -> np.ndarray:
        """Return the plane of the middle of the vertebral body at every row.

        The path through the planes that stands out of its flanks over its whole length: the heart
        or a loop of bowel is hotter than the spine, but not for long.
        """
        contrast, inside = self._contrast()
        planes = np.arange(len(contrast))[:, None]
        back = len(contrast) - 1 - np.argmax(inside[::-1], axis=0)
        from_back = (back - planes) * self.plane_mm
        nearest, farthest = _FROM_BACK_MM
        beyond = np.maximum(np.maximum(nearest - from_back, from_back - farthest), 0)
        score = np.clip(contrast, *_CONTRAST_LIMITS) - beyond / _BEYOND_MM
        score[~inside] = -1.0
        stride = max(round(_STEP_MM / self.row_mm), 1)
        path = _best_path(score[:, ::stride])
        rows = np.arange(len(path)) * stride
        along = np.arange(score.shape[1])
        return np.polynomial.Polynomial.fit(rows, path, min(4, len(rows) - 1))(along)

    def _contrast(self) -> tuple[np.ndarray, np.ndarray]:
        """Return log(core / flank) and where the body is, each of shape (planes, rows)."""
        core = self._mean_within(-_CORE_MM / 2, _CORE_MM / 2)
        near, far = _FLANK_MM
        # An organ on one side must not hide the spine: the colder side counts.
        flank = np.minimum(self._mean_within(near, far), self._mean_within(-far, -near))
        size = (_BODY_DEPTH_MM / self.plane_mm, _SMOOTH_ALONG_MM / self.row_mm)
        smooth = ndimage.uniform_filter(
            np.stack([core, flank]), (1, *(max(round(s), 1) for s in size)), mode="nearest"
        )
        return np.log((smooth[0] + 0.2) / (smooth[1] + 0.2)), smooth[0] > _AIR_SUV

    def core_suv(self, planes: np.ndarray) -> np.ndarray:
        """Return the mean SUV over the core of the vertebral body at every row."""
        reach = max(_MEASURED_CORE_MM / 2 / self.plane_mm, 0.5)
        index = np.arange(self.slab.shape[0])[:, None]
        within = np.abs(index - planes) <= reach
        core = self._mean_within(-_MEASURED_CORE_MM / 2, _MEASURED_CORE_MM / 2)
        return (core * within).sum(axis=0) / np.maximum(within.sum(axis=0), 1)

    def _mean_within(self, low_mm: float, high_mm: float) -> np.ndarray:
        chosen = (self.away_mm >= low_mm) & (self.away_mm <= high_mm)
        return self.slab[:, :, chosen].mean(axis=2)


def _best_path(score: np.ndarray) -> np.ndarray:
    """Return for each column the row of the path of highest score that moves by one row at most."""
    total = score[:, 0]
    came_from = []
    for column in score.T[1:]:
        padded = np.pad(total, 1, constant_values=-np.inf)
        moves = np.stack([padded[:-2] - _BEND_COST, padded[1:-1], padded[2:] - _BEND_COST])
        came_from.append(moves.argmax(axis=0) - 1)
        total = column + moves.max(axis=0)
    path = [int(total.argmax())]
    for steps in reversed(came_from):
        path.append(path[-1] + int(steps[path[-1]]))
    return np.array(path[::-1], float)


class _Finder:
    """Looks for the most even hot place in a box beside the spine."""

    def __init__(
        self, volume: Volume, rows: np.ndarray, columns: np.ndarray, planes: np.ndarray
    ) -> None:
        self.volume, self.rows, self.columns, self.planes = volume, rows, columns, planes

    def even_place(self, between_rows, place, ball_mm: float) -> float:
        """Return the mean SUV of the best place for the ball, NaN without a fitting one."""
        box = self._box(between_rows, place)
        values = self.volume.values[box]
        size = [max(round(ball_mm / s), 1) for s in self.volume.spacing_mm]
        if any(n < k for n, k in zip(values.shape, size, strict=True)):
            return np.nan
        mean = ndimage.uniform_filter(values, size, mode="nearest")
        square = ndimage.uniform_filter(values * values, size, mode="nearest")
        inner = tuple(slice(k // 2, n - k // 2) for n, k in zip(values.shape, size, strict=True))
        mean, square = mean[inner], square[inner]
        if not mean.size:
            return np.nan
        sd = np.sqrt(np.maximum(square - mean**2, 0))
        best = np.argmax(mean - _UNEVENNESS_WEIGHT * sd)
        return float(mean.flat[best])

    def usual_level(self, between_rows, place, ball_mm: float) -> float:
        """Return the SUV of a vessel in the box: a quantile, as the myocardium may touch it."""
        values = self.volume.values[self._box(between_rows, place)]
        if not values.size:
            return np.nan
        size = [max(round(ball_mm / s), 1) for s in self.volume.spacing_mm]
        return float(np.quantile(ndimage.uniform_filter(values, size), _AORTA_QUANTILE))

    def _box(self, between_rows, place) -> tuple[slice, slice, slice]:
        plane_mm, _, column_mm = self.volume.spacing_mm
        top, bottom = (int(np.clip(r, self.rows[0], self.rows[-1])) for r in between_rows)
        within = (self.rows >= top) & (self.rows <= bottom)
        column, plane = self.columns[within].mean(), self.planes[within].mean()
        (left_low, left_high), (front_low, front_high) = place
        shape = self.volume.values.shape
        return (
            _span(plane - front_high / plane_mm, plane - front_low / plane_mm, shape[0]),
            slice(top, bottom + 1),
            _span(column + left_low / column_mm, column + left_high / column_mm, shape[2]),
        )


def _span(low: float, high: float, size: int) -> slice:
    return slice(int(np.clip(low, 0, size)), int(np.clip(high + 1, 0, size)))


_SHAFT_BALL_MM = 12.0
_SHAFT_SHARES = (0.2, 0.3, 0.4)


def _limb_suv(volume: Volume, layout: Layout) -> float:
    """Return the SUV about the upper shaft of the femur on the side that shows less.

    The hottest ball at each of several levels, their median: marrow that has spread into the limbs
    is raised on both sides, a tumour of the thigh is not.
    """
    sides = []
    for side in ("left", "right"):
        hip, knee = layout.landmark("hip", side), layout.landmark("knee", side)
        balls = [
            _hottest_ball(
                volume,
                hip.row + share * (knee.row - hip.row),
                hip.col + share * (knee.col - hip.col),
            )
            for share in _SHAFT_SHARES
        ]
        balls = [value for value in balls if np.isfinite(value)]
        if balls:
            sides.append(float(np.median(balls)))
    return min(sides, default=np.nan)


def _hottest_ball(volume: Volume, row: float, col: float) -> float:
    size = [max(round(_SHAFT_BALL_MM / s), 1) for s in volume.spacing_mm]
    reach = [2 * k for k in size[1:]]
    shape = volume.values.shape
    if not (0 <= row < shape[1] and 0 <= col < shape[2]):
        return np.nan
    box = volume.values[
        :,
        _span(row - reach[0], row + reach[0], shape[1]),
        _span(col - reach[1], col + reach[1], shape[2]),
    ]
    return float(ndimage.uniform_filter(box, size, mode="nearest").max())
