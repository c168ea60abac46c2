"""Pictures of planar scans: PNG, JPEG, TIFF and BMP, one view or two."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from uptake_ml.errors import NotAStudyError, ReadError
from uptake_ml.readers.body_size import estimate_spacing_mm
from uptake_ml.readers.file_kind import MAX_PIXELS, report_damage, view_in_name
from uptake_ml.readers.margin import MARGIN_NOTE, clear_margin
from uptake_ml.readers.panels import split_panels, to_light_on_dark
from uptake_ml.study import ANTERIOR, FDG_PET, GREY_LEVEL, POSTERIOR, View

FORMATS = ("PNG", "JPEG", "TIFF", "BMP")
MIN_ROWS, MIN_COLUMNS = 64, 16

COLOUR_NOTE = "The picture is in colour: only its brightness was used."
ANTERIOR_NOTE = "Nothing says which view this is: it was taken to be anterior."
SIDES_NOTE = "The picture holds two views side by side: the left one was taken to be anterior."

# Grey stored as colours may differ by JPEG's rounding; an outline or a photograph differs more.
_COLOUR_DIFFERENCE = 24
_COLOURED_PART = 0.001


def read_picture_views(
    files: Sequence[tuple[Path, bytes]], modality: str
) -> tuple[dict[str, View], list[str]]:
    """Return the views of one picture or of a pair, by name, and notes on what was assumed.

    Pixels are grey levels, light on dark with minimum 0; the pixel size is estimated.  A picture
    of an FDG-PET is one anterior maximum-intensity projection.

    Raises
    ------
    ReadError
        If a picture is damaged, too large or too small, or shows nothing.
    NotAStudyError
        If it is of an FDG-PET, but not of one anterior view.
    """
    if modality == FDG_PET:
        _require_anterior(files)
    images, notes = {}, []
    for path, content in files:
        levels, is_coloured = decode_picture(content, path.name)
        levels, has_margin = clear_margin(levels)
        for note, is_true in ((COLOUR_NOTE, is_coloured), (MARGIN_NOTE, has_margin)):
            if is_true and note not in notes:
                notes.append(note)
        for name, image in _name_panels(levels, path, modality, notes):
            images[name] = image
    spacing_mm, spacing_note = estimate_spacing_mm(list(images.values()))
    notes.append(spacing_note)
    return {name: _view(name, images[name], spacing_mm) for name in sorted(images)}, notes


def decode_picture(content: bytes, name: str) -> tuple[np.ndarray, bool]:
    """Return a picture's grey levels, float32 (rows, columns), and whether it is coloured.

    Raises
    ------
    ReadError
        If it is damaged, too large or too small, or all of one level.
    """
    with report_damage(f"the picture {name}"), _open(content, name) as image:
        levels, is_coloured = _to_grey(image)
    if not np.isfinite(levels).all() or levels.min() == levels.max():
        raise ReadError(f"{name} shows nothing, all its pixels are alike: export the scan again")
    return levels, is_coloured


def _open(content: bytes, name: str) -> Image.Image:
    image = Image.open(io.BytesIO(content), formats=FORMATS)
    columns, rows = image.size
    if rows * columns > MAX_PIXELS:
        raise ReadError(
            f"{name} must not have more than {MAX_PIXELS >> 20} megapixels, found "
            f"{rows} x {columns}: export it smaller"
        )
    if rows < MIN_ROWS or columns < MIN_COLUMNS:
        raise ReadError(
            f"{name} must have at least {MIN_ROWS} x {MIN_COLUMNS} pixels, found {rows} x "
            f"{columns}: export it larger"
        )
    if image.format == "TIFF" and image.n_frames > 1:
        raise NotAStudyError(
            f"{name} must hold one picture, found {image.n_frames}: save each view as a file, "
            "named X_ANT and X_POST"
        )
    return image


def _to_grey(image: Image.Image) -> tuple[np.ndarray, bool]:
    if image.mode in ("L", "I", "F") or image.mode.startswith("I;"):
        return np.asarray(image, np.float32), False
    if image.mode in ("1", "LA", "La"):
        return np.asarray(image.convert("L"), np.float32), False
    colours = np.asarray(image.convert("RGB"))
    differs = np.ptp(colours, axis=2) > _COLOUR_DIFFERENCE
    return colours.mean(axis=2, dtype=np.float32), bool(differs.mean() > _COLOURED_PART)


def _require_anterior(files: Sequence[tuple[Path, bytes]]) -> None:
    names = [path.name for path, _ in files if view_in_name(path.stem) == POSTERIOR]
    if names:
        raise NotAStudyError(
            f"{names[0]} must be an anterior projection of an FDG-PET, its name says posterior: "
            "give the anterior one alone"
        )


def _name_panels(
    levels: np.ndarray, path: Path, modality: str, notes: list[str]
) -> list[tuple[str, np.ndarray]]:
    image = to_light_on_dark(levels)
    name = view_in_name(path.stem)
    if name:
        return [(name, image)]
    parts = (slice(None),) if modality == FDG_PET else split_panels(image)
    panels = [np.ascontiguousarray(image[:, columns]) for columns in parts]
    notes.append(SIDES_NOTE if len(panels) == 2 else ANTERIOR_NOTE)
    return list(zip((ANTERIOR, POSTERIOR), panels, strict=False))


def _view(name: str, pixels: np.ndarray, spacing_mm: float) -> View:
    return View(
        name=name,
        pixels=pixels,
        spacing_mm=(spacing_mm, spacing_mm),
        unit=GREY_LEVEL,
        is_spacing_estimated=True,
    )
