"""A PET volume as foci are sought in it: cropped to the body, smoothed, on cubes of one size."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.features.marrow import Marrow, measure_marrow
from uptake_ml.study import ANTERIOR, Study, Volume

if TYPE_CHECKING:
    from uptake_ml.atlas.records import Layout

VOXEL_MM = 4.0
# Standard deviation of the Gaussian that the volume is smoothed by: below what a scanner resolves.
_SMOOTHING_MM = 3.0
_REACH_MM = 3 * _SMOOTHING_MM
_AIR_SUV = 0.12
_MARGIN_MM = 8.0
# Output rows that are computed at once: a band of the matrix is all that is not zero.
_ROWS_AT_ONCE = 48
# Where no liver is seen: it takes up about this many times the median of the body.
_LIVER_TO_BODY = 3.0
_USUAL_SPINE_MM, _LEAST_SPINE_MM = 520.0, 200.0
_LANDMARK_ORDER = ("vertex", "chin", "C7", "T6", "T12", "L3", "sacrum", "hip", "knee", "ankle")


@dataclass(frozen=True, kw_only=True, eq=False)
class VolumeBody:
    """A body in cubes of ``VOXEL_MM``, and the frame in which places in it are told.

    ``values`` is the smoothed SUV, float32 of shape (planes, rows, columns) in the order of
    ``Volume``.  ``origin`` is the (fractional) input voxel of the centre of cube (0, 0, 0),
    ``step`` a cube in input voxels.  ``liver_suv`` is the yardstick, ``blood_suv`` NaN where the
    aorta is not seen.  ``spine_column`` and ``spine_plane`` give the spine's middle in cubes at
    every row, continued straight beyond it, and ``spine_suv`` what it takes up there, NaN beyond.
    ``height`` is the place along the body at every row: 0 at the vertex, 1 at the chin and so on
    through ``_LANDMARK_ORDER``.  ``spine_length_mm``, from C7 to the sacrum, tells how large the
    body is, whether arms lie beside it or not.
    """

    values: np.ndarray
    origin: tuple[float, float, float]
    step: tuple[float, float, float]
    liver_suv: float
    blood_suv: float
    spine_column: np.ndarray
    spine_plane: np.ndarray
    spine_suv: np.ndarray
    height: np.ndarray
    spine_length_mm: float

    def to_input(self, place) -> tuple[float, ...]:
        """Return the input's (plane, row, column) of a place in cubes."""
        return tuple(o + p * s for o, p, s in zip(self.origin, place, self.step, strict=True))

    def from_input(self, place) -> tuple[float, ...]:
        """Return the place in cubes of the input's (plane, row, column)."""
        return tuple((p - o) / s for o, p, s in zip(self.origin, place, self.step, strict=True))

    @cached_property
    def inside(self) -> np.ndarray:
        """Where the body is; bool of the shape of ``values``."""
        return self.values > _AIR_SUV

    @cached_property
    def front(self) -> np.ndarray:
        """First plane of the body at every (row, column); the number of planes outside it."""
        first = self.inside.argmax(axis=0)
        return np.where(self.inside.any(axis=0), first, len(self.values))

    @cached_property
    def back(self) -> np.ndarray:
        """Last plane of the body at every (row, column); -1 outside it."""
        last = len(self.values) - 1 - self.inside[::-1].argmax(axis=0)
        return np.where(self.inside.any(axis=0), last, -1)


def prepare_volume(study: Study, layout: Layout, marrow: Marrow | None = None) -> VolumeBody | None:
    """Return the body of a study's volume, None where there is no volume or nothing in it.

    ``marrow`` is what ``measure_marrow`` returns for this study, None to measure it here.
    """
    if study.volume is None or ANTERIOR not in study.views:
        return None
    volume = study.volume
    window = _window(volume)
    if window is None:
        return None
    axes = [_Axis(w, mm) for w, mm in zip(window, volume.spacing_mm, strict=True)]
    values = _resample(volume.values[window], axes)
    marrow = measure_marrow(volume, layout) if marrow is None else marrow
    rows = axes[1].origin + axes[1].step * np.arange(len(axes[1].weights))
    column, plane, suv = _spine(marrow, rows, axes, values)
    liver = np.nan if marrow is None else marrow.liver_suv
    if not liver > 0:
        body = values[values > _AIR_SUV]
        liver = _LIVER_TO_BODY * float(np.median(body)) if len(body) else 1.0
    return VolumeBody(
        values=values,
        origin=tuple(a.origin for a in axes),
        step=tuple(a.step for a in axes),
        liver_suv=liver,
        blood_suv=np.nan if marrow is None else marrow.blood_suv,
        spine_column=column,
        spine_plane=plane,
        spine_suv=suv,
        height=_height(layout, rows),
        spine_length_mm=_spine_length_mm(layout, volume.spacing_mm[1]),
    )


class _Axis:
    """One axis from input voxels to cubes, smoothed; ``weights`` has shape (cubes, voxels)."""

    def __init__(self, window: slice, spacing_mm: float) -> None:
        size = window.stop - window.start
        count = max(int(size * spacing_mm / VOXEL_MM), 1)
        self.step = VOXEL_MM / spacing_mm
        inner = (np.arange(count) + 0.5) * self.step - 0.5
        self.origin = window.start + float(inner[0])
        away_mm = (inner[:, None] - np.arange(size)) * spacing_mm
        weights = np.exp(-0.5 * (away_mm / _SMOOTHING_MM) ** 2)
        weights[np.abs(away_mm) > _REACH_MM] = 0
        self.weights = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def _window(volume: Volume) -> tuple[slice, slice, slice] | None:
    """Return the box about everything above air."""
    sides = volume.values.max(axis=1)
    filled = (volume.values.max(axis=(0, 2)), sides.max(axis=1), sides.max(axis=0))
    window = []
    for values, axis in zip(filled, (1, 0, 2), strict=True):
        found = np.flatnonzero(values > _AIR_SUV)
        if not len(found):
            return None
        margin = int(np.ceil(_MARGIN_MM / volume.spacing_mm[axis]))
        start = max(int(found[0]) - margin, 0)
        window.append(slice(start, min(int(found[-1]) + margin + 1, volume.values.shape[axis])))
    rows, planes, columns = window
    return planes, rows, columns


def _resample(values: np.ndarray, axes: list[_Axis]) -> np.ndarray:
    planes, rows, columns = (a.weights for a in axes)
    narrow = values @ columns.T
    parts = []
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        band = rows[start : start + _ROWS_AT_ONCE]
        used = np.flatnonzero(band.any(axis=0))
        here = slice(used[0], used[-1] + 1)
        parts.append(np.tensordot(planes, np.matmul(band[:, here], narrow[:, here]), axes=1))
    return np.concatenate(parts, axis=1)


def _spine(marrow: Marrow | None, rows: np.ndarray, axes: list[_Axis], values: np.ndarray):
    """Return (column, plane, SUV) of the spine's middle at every row of cubes."""
    if marrow is None:
        middle = [(n - 1) / 2 for n in (values.shape[2], values.shape[0])]
        return *(np.full(len(rows), m) for m in middle), np.full(len(rows), np.nan)
    planes, _, columns = axes
    column = (np.interp(rows, marrow.rows, marrow.columns) - columns.origin) / columns.step
    plane = (np.interp(rows, marrow.rows, marrow.planes) - planes.origin) / planes.step
    suv = np.interp(rows, marrow.rows, marrow.profile_suv, left=np.nan, right=np.nan)
    return column, plane, suv


def _spine_length_mm(layout: Layout, row_mm: float) -> float:
    rows = [m.row for m in layout.landmarks if m.name in ("C7", "sacrum")]
    length = (max(rows) - min(rows)) * row_mm if len(rows) == 2 else 0.0
    return length if length > _LEAST_SPINE_MM else _USUAL_SPINE_MM


def _height(layout: Layout, rows: np.ndarray) -> np.ndarray:
    """Return the place of every row between the landmarks, continued beyond the last ones."""
    places = []
    for name in _LANDMARK_ORDER:
        found = [m.row for m in layout.landmarks if m.name == name]
        places.append(float(np.mean(found)) if found else np.nan)
    places = np.array(places)
    numbers = np.flatnonzero(np.isfinite(places))
    # The order of landmarks may be lost where a part of the body is not in the image.
    places = np.maximum.accumulate(places[numbers])
    return np.interp(rows, places, numbers)
