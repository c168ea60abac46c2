"""The slices of a PET series: read one by one, put in order, gaps found."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset

from uptake_ml.errors import ReadError
from uptake_ml.readers.dicom_pixels import read_frames
from uptake_ml.readers.volume_grid import (
    block_mean,
    pooling_factors,
    require_kept,
    require_steps,
    require_voxels,
)

TAGS = (
    "Rows",
    "Columns",
    "BitsAllocated",
    "PixelRepresentation",
    "SamplesPerPixel",
    "NumberOfFrames",
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "PixelSpacing",
    "RescaleSlope",
    "RescaleIntercept",
    "PixelData",
)

_SAME_PLACE_MM = 0.01
_SAME_DIRECTION = 1e-3
_UNEVEN = 0.1
_MAX_GAP, _MAX_MISSING = 2, 4
_MAX_SHIFT_MM = 2.0

DUPLICATE_NOTE = "{count} slices were there twice and were used once."
GAP_NOTE = "{count} missing slices were interpolated from their neighbours."


@dataclass(frozen=True, kw_only=True, eq=False)
class Slice:
    """One image of a series.

    ``values`` is float32 (rows, columns), rescaled and reduced by ``factor`` in the plane;
    ``grid`` is (rows, columns, row step, column step, six direction cosines) as stored;
    ``position_mm`` is the place of its first pixel, to the left, to the back and to the head.
    """

    values: np.ndarray
    grid: tuple[float, ...]
    position_mm: np.ndarray
    factor: tuple[int, int]

    @property
    def column_axis(self) -> np.ndarray:
        """The way, mm, from a column to the next."""
        return np.array(self.grid[4:7]) * self.grid[3] * self.factor[1]

    @property
    def row_axis(self) -> np.ndarray:
        """The way, mm, from a row to the next."""
        return np.array(self.grid[7:10]) * self.grid[2] * self.factor[0]


def read_slice(content: bytes, header: Dataset, name: str) -> Slice:
    """Return the image of one file, whose ``header`` holds the elements ``TAGS``.

    Raises
    ------
    ReadError
        If place or pixels are missing, damaged or contradict the header.
    """
    grid = _grid(header, name)
    factors = pooling_factors(grid[2:4])
    slope, intercept = (
        _rescale(header, tag, default)
        for tag, default in (("RescaleSlope", 1.0), ("RescaleIntercept", 0.0))
    )
    stored = _read_pixels(content, header, name)
    values = block_mean(stored * np.float32(slope) + np.float32(intercept), factors)
    return Slice(
        values=values,
        grid=grid,
        position_mm=np.array([float(v) for v in header.ImagePositionPatient]),
        factor=factors,
    )


def stack_slices(
    slices: Sequence[Slice], name: str, notes: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the values, float32 (slices, rows, columns), and their steps, mm (3, 3).

    Column k of the steps is the way along axis k.  Slices that are there twice are used once, and
    up to two neighbouring ones that are missing are interpolated; both are noted.

    Raises
    ------
    ReadError
        If the slices do not make up one volume.
    """
    _require_one_grid(slices, name)
    first = slices[0]
    normal = np.cross(first.grid[4:7], first.grid[7:10])
    slices = _sort(slices, normal, name, notes)
    places = np.array([s.position_mm @ normal for s in slices])
    numbers = _number_places(places, name)
    count = int(numbers[-1]) + 1
    shape = (count, *first.values.shape)
    step = (slices[-1].position_mm - slices[0].position_mm) / (count - 1)
    _require_one_line(slices, numbers, step, name)
    require_steps((float(np.linalg.norm(step)),), name)
    require_kept(shape, (1, 1, 1), name)
    values = np.empty(shape, np.float32)
    for number, part in zip(numbers, slices, strict=True):
        values[number] = part.values
    if count > len(slices):
        _fill_gaps(values, numbers)
        notes.append(GAP_NOTE.format(count=count - len(slices)))
    return values, np.stack([step, first.row_axis, first.column_axis], axis=1)


def _grid(header: Dataset, name: str) -> tuple[float, ...]:
    numbers = {}
    for tag, count in (
        ("ImagePositionPatient", 3),
        ("ImageOrientationPatient", 6),
        ("PixelSpacing", 2),
    ):
        value = header.get(tag)
        if not hasattr(value, "__iter__") or isinstance(value, str) or len(value) != count:
            raise ReadError(
                f"{name} lacks its place in the patient ({tag}): export the series with its "
                "header whole"
            )
        numbers[tag] = tuple(float(v) for v in value)
    rows, columns = int(header.get("Rows") or 0), int(header.get("Columns") or 0)
    require_voxels((rows, columns), name)
    spacing_mm = numbers["PixelSpacing"]
    require_steps(spacing_mm, name)
    directions = np.array(numbers["ImageOrientationPatient"]).reshape(2, 3)
    if not np.allclose(directions @ directions.T, np.eye(2), atol=0.01):
        raise ReadError(
            f"{name} has an orientation that is none (ImageOrientationPatient): export it again"
        )
    return (rows, columns, *spacing_mm, *numbers["ImageOrientationPatient"])


def _rescale(header: Dataset, tag: str, default: float) -> float:
    value = header.get(tag)
    return default if value in (None, "") else float(value)


def _read_pixels(content: bytes, header: Dataset, name: str) -> np.ndarray:
    """Return the stored values, as they are where they are stored uncompressed."""
    if int(header.get("NumberOfFrames") or 1) != 1 or int(header.get("SamplesPerPixel") or 1) != 1:
        raise ReadError(f"{name} must hold one slice in grey: export the series as PET images")
    _, is_little_endian = header.original_encoding
    syntax = header.file_meta.get("TransferSyntaxUID")
    if (syntax is not None and syntax.is_encapsulated) or not is_little_endian:
        return read_frames(content, [0], name)[0].astype(np.float32)
    bits = int(header.get("BitsAllocated") or 0)
    if bits not in (8, 16, 32) or "PixelData" not in header:
        raise ReadError(
            f"{name} must hold pixels of 8, 16 or 32 bits, found "
            f"{bits if 'PixelData' in header else 'none'}: export or copy it again"
        )
    kind = "i" if int(header.get("PixelRepresentation") or 0) else "u"
    rows, columns = int(header.Rows), int(header.Columns)
    n_bytes = rows * columns * bits // 8
    if len(header.PixelData) < n_bytes:
        raise ReadError(
            f"{name} is cut short: its header claims {rows} x {columns} pixels, "
            f"{n_bytes} bytes, found {len(header.PixelData)}; export or copy it again"
        )
    stored = np.frombuffer(header.PixelData[:n_bytes], f"<{kind}{bits // 8}")
    return stored.reshape(rows, columns).astype(np.float32)


def _require_one_grid(slices: Sequence[Slice], name: str) -> None:
    first = np.array(slices[0].grid)
    for part in slices[1:]:
        if not np.allclose(part.grid, first, rtol=0, atol=_SAME_DIRECTION):
            raise ReadError(
                f"the series of {name} mixes slices of unequal size, pixel size or orientation: "
                "give one reconstruction"
            )


def _sort(slices: Sequence[Slice], normal: np.ndarray, name: str, notes: list[str]) -> list[Slice]:
    """Return the slices along ``normal``, each place once."""
    ordered = sorted(slices, key=lambda s: float(s.position_mm @ normal))
    kept = ordered[:1]
    for part in ordered[1:]:
        if (part.position_mm - kept[-1].position_mm) @ normal > _SAME_PLACE_MM:
            kept.append(part)
        elif not np.array_equal(part.values, kept[-1].values):
            raise ReadError(
                f"the series of {name} holds different images at one place (a dynamic or gated "
                "scan, or two mixed): give one whole-body reconstruction"
            )
    if len(kept) < 2:
        raise ReadError(f"the series of {name} is one slice: give the folder of all its slices")
    if len(kept) < len(ordered):
        notes.append(DUPLICATE_NOTE.format(count=len(ordered) - len(kept)))
    return kept


def _number_places(places: np.ndarray, name: str) -> np.ndarray:
    """Return each slice's number in an even series, the first 0."""
    ways = np.diff(places)
    step = float(np.median(ways))
    counts = np.rint(ways / step)
    if (counts < 1).any() or (np.abs(ways - counts * step) > _UNEVEN * step).any():
        raise ReadError(f"the series of {name} has slices at uneven places: export it again, whole")
    missing = counts - 1
    if missing.max() > _MAX_GAP or missing.sum() > _MAX_MISSING:
        raise ReadError(
            f"the series of {name} lacks {int(missing.sum())} slices between its first and last, "
            f"up to {int(missing.max())} in a row; {_MAX_GAP} in a row and {_MAX_MISSING} in all "
            "can be interpolated: copy or export it again, whole"
        )
    return np.concatenate([[0], np.cumsum(counts)]).astype(int)


def _require_one_line(
    slices: Sequence[Slice], numbers: np.ndarray, step: np.ndarray, name: str
) -> None:
    """Raise ReadError where a slice is moved against the others."""
    places = np.array([s.position_mm for s in slices])
    away = np.abs(places - places[0] - numbers[:, None] * step).max()
    if away > _MAX_SHIFT_MM:
        raise ReadError(
            f"the series of {name} has a slice {away:.3g} mm away from its place: export it "
            "again, whole"
        )


def _fill_gaps(values: np.ndarray, numbers: np.ndarray) -> None:
    for before, after in itertools.pairwise(numbers):
        for number in range(before + 1, after):
            part = (number - before) / (after - before)
            values[number] = (1 - part) * values[before] + part * values[after]
