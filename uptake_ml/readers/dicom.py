"""Planar whole-body scans in DICOM: NM images, and secondary captures of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset

from uptake_ml.errors import NotAStudyError, ReadError
from uptake_ml.readers.body_size import estimate_spacing_mm
from uptake_ml.readers.dicom_frames import Frame, frames_of
from uptake_ml.readers.dicom_header import NM_CLASSES, read_header
from uptake_ml.readers.dicom_kind import require_whole_body
from uptake_ml.readers.dicom_orientation import turn_upright
from uptake_ml.readers.dicom_pixels import read_frames
from uptake_ml.readers.margin import MARGIN_NOTE, clear_margin
from uptake_ml.readers.panels import is_dark_on_light, split_panels
from uptake_ml.study import ANTERIOR, COUNTS, GREY_LEVEL, POSTERIOR, View

_TAGS = (
    "SOPClassUID",
    "Modality",
    "ImageType",
    "SeriesDescription",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "BitsAllocated",
    "SamplesPerPixel",
    "EnergyWindowVector",
    "EnergyWindowInformationSequence",
    "DetectorVector",
    "DetectorInformationSequence",
    "ImageID",
    "PixelSpacing",
    "RescaleSlope",
    "RescaleIntercept",
    "PatientPosition",
    "PatientOrientation",
    "ImageOrientationPatient",
)
_MIN_SPACING_MM, _MAX_SPACING_MM = 0.1, 30.0
_ID_LENGTH = 64

SIDES_NOTE = "The image holds two views side by side: the left one was taken to be anterior."
ONE_VIEW_NOTE = "The file does not name its view: it was taken to be {view}."
VIEWS_NOTE = "The file does not name its views: the first detector was taken to be anterior."
INVERTED_NOTE = "The image is dark on light: it was inverted, so its values are no counts."
WINDOWS_NOTE = "Of several energy windows, number {window} was used."
NEGATIVE_NOTE = "Values below 0 were set to 0."


def read_dicom_views(files: Sequence[tuple[Path, bytes]]) -> tuple[dict[str, View], list[str]]:
    """Return the views of a planar study's files, by name, and notes on what was assumed.

    Raises
    ------
    NotAStudyError
        If a file is no planar whole-body image.
    ReadError
        If a file is damaged, or its image is empty.
    """
    views: dict[str, View] = {}
    notes: list[str] = []
    for path, content in files:
        header = read_header(content, path.name, _TAGS)
        require_whole_body(header, path.name)
        frames = frames_of(header, path.stem)
        _require_one_frame_a_view(frames, path.name)
        images = read_frames(content, [frame.index for frame in frames], path.name)
        for view in _make_views(header, frames, images, path.name, notes):
            if view.name in views:
                raise NotAStudyError(f"{path.name} repeats a view: give the files of one scan")
            views[view.name] = view
    return _fill_spacing({name: views[name] for name in sorted(views)}, notes), notes


def read_identifier(path: Path, content: bytes) -> str:
    """Return the study ID of a file, else its patient ID, else the file's name without suffix."""
    header = read_header(content, path.name, ("StudyID", "PatientID"))
    for tag in ("StudyID", "PatientID"):
        text = "".join(c for c in str(header.get(tag) or "") if c.isprintable()).strip()
        if text:
            return text[:_ID_LENGTH]
    return path.stem


def _require_one_frame_a_view(frames: Sequence[Frame], name: str) -> None:
    if len({frame.view for frame in frames}) < len(frames):
        raise NotAStudyError(
            f"{name} must hold one image a view, found {len(frames)}: it is a dynamic or a series "
            "of spots; give the whole-body scan"
        )


def _make_views(
    header: Dataset,
    frames: Sequence[Frame],
    images: Sequence[np.ndarray],
    name: str,
    notes: list[str],
) -> list[View]:
    _note_window(header, frames, notes)
    views = [
        _make_view(frame, image, header, name, notes)
        for frame, image in zip(frames, images, strict=True)
    ]
    if not any(frame.is_view_assumed for frame in frames):
        return views
    if len(frames) == 1:
        return _part_views(views[0], notes)
    notes.append(VIEWS_NOTE)
    return views


def _part_views(view: View, notes: list[str]) -> list[View]:
    """Return the views that one unnamed image holds: two where two bodies lie side by side."""
    panels = split_panels(view.pixels)
    if len(panels) == 1:
        notes.append(ONE_VIEW_NOTE.format(view=view.name))
        return [view]
    notes.append(SIDES_NOTE)
    return [
        dataclasses.replace(view, name=name, pixels=np.ascontiguousarray(view.pixels[:, columns]))
        for name, columns in zip((ANTERIOR, POSTERIOR), panels, strict=True)
    ]


def _note_window(header: Dataset, frames: Sequence[Frame], notes: list[str]) -> None:
    windows = header.get("EnergyWindowVector")
    if hasattr(windows, "__iter__") and len(set(windows)) > 1:
        notes.append(WINDOWS_NOTE.format(window=frames[0].window))


def _make_view(
    frame: Frame, stored: np.ndarray, header: Dataset, name: str, notes: list[str]
) -> View:
    pixels = stored * _number(header, "RescaleSlope", 1.0)
    pixels = (pixels + _number(header, "RescaleIntercept", 0.0)).astype(np.float32)
    if not np.isfinite(pixels).all() or pixels.min() == pixels.max():
        raise ReadError(f"{name} shows nothing, all its pixels are alike: export the scan again")
    pixels, has_margin = clear_margin(pixels)
    if has_margin:
        _add_once(notes, MARGIN_NOTE)
    is_inverted = is_dark_on_light(pixels)
    if is_inverted:
        pixels = pixels.max() - pixels
        _add_once(notes, INVERTED_NOTE)
    elif pixels.min() < 0:
        pixels = np.maximum(pixels, 0)
        _add_once(notes, NEGATIVE_NOTE)
    pixels, note = turn_upright(pixels, header, frame)
    if note:
        _add_once(notes, note)
    spacing_mm = _header_spacing_mm(header)
    return View(
        name=frame.view,
        pixels=np.ascontiguousarray(pixels),
        spacing_mm=spacing_mm or (1.0, 1.0),
        unit=GREY_LEVEL if is_inverted or _is_display_copy(header) else COUNTS,
        is_spacing_estimated=spacing_mm is None,
    )


def _is_display_copy(header: Dataset) -> bool:
    # A capture of 8 bits holds the levels of a screen; one of more bits, the counts themselves.
    return header.get("SOPClassUID") not in NM_CLASSES and header.get("BitsAllocated") == 8


def _header_spacing_mm(header: Dataset) -> tuple[float, float] | None:
    values = header.get("PixelSpacing")
    if not hasattr(values, "__iter__") or len(values) != 2:
        return None
    spacing_mm = (float(values[0]), float(values[1]))
    is_plausible = all(_MIN_SPACING_MM <= step <= _MAX_SPACING_MM for step in spacing_mm)
    return spacing_mm if is_plausible else None


def _fill_spacing(views: dict[str, View], notes: list[str]) -> dict[str, View]:
    unknown = {name: view for name, view in views.items() if view.is_spacing_estimated}
    if not unknown:
        return views
    spacing_mm, note = estimate_spacing_mm([view.pixels for view in unknown.values()])
    notes.append(note)
    filled = {
        name: dataclasses.replace(view, spacing_mm=(spacing_mm, spacing_mm))
        for name, view in unknown.items()
    }
    return views | filled


def _number(header: Dataset, tag: str, default: float) -> float:
    value = header.get(tag)
    return default if value in (None, "") else float(value)


def _add_once(notes: list[str], note: str) -> None:
    if note not in notes:
        notes.append(note)
