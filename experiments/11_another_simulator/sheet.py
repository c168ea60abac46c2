"""Contact sheets: what the cases look like, dark on light."""

from __future__ import annotations

from pathlib import Path

import numpy as np

_STEP_MM = 4.0
_ROWS, _COLUMNS = 600, 160
_PER_SHEET = 12


def draw_tile(case) -> np.ndarray:
    """Return uint8 (rows, columns) with one pixel for 4 mm."""
    if hasattr(case, "suv"):
        image = _resample(case.suv.max(axis=0), *case.spacing_mm[1:])
        return _fit(255 - np.clip(255 * image / 7, 0, 255))
    halves = []
    for view in case.views.values():
        image = _resample(view, case.pixel_mm, case.pixel_mm)
        top = np.percentile(image[image > 0.005 * image.max()], 97)
        halves.append(_fit(255 - np.clip(255 * (image / top) ** 0.7, 0, 255)))
    return np.hstack(halves)


def _resample(image: np.ndarray, row_mm: float, column_mm: float) -> np.ndarray:
    from PIL import Image

    rows, columns = image.shape
    size = max(int(columns * column_mm / _STEP_MM), 1), max(int(rows * row_mm / _STEP_MM), 1)
    return np.asarray(Image.fromarray(image.astype(np.float32)).resize(size, Image.Resampling.BOX))


def _fit(image: np.ndarray) -> np.ndarray:
    """Return the middle columns and the first rows, filled with white."""
    first = max((image.shape[1] - _COLUMNS) // 2, 0)
    image = image[:_ROWS, first : first + _COLUMNS]
    tile = np.full((_ROWS, _COLUMNS), 255, np.uint8)
    tile[: image.shape[0], : image.shape[1]] = image
    return tile


def make_sheet(rows: list[dict], tiles: list[np.ndarray], folder: Path, modality: str) -> None:
    """Write sheets of cases with truth and answer above each."""
    from PIL import Image, ImageDraw

    folder.mkdir(parents=True, exist_ok=True)
    for first in range(0, len(tiles), _PER_SHEET):
        group = tiles[first : first + _PER_SHEET]
        width = group[0].shape[1]
        half = (len(group) + 1) // 2
        sheet = Image.new("L", (half * width, 2 * (_ROWS + 30)), 255)
        pen = ImageDraw.Draw(sheet)
        for k, (row, tile) in enumerate(zip(rows[first : first + _PER_SHEET], group, strict=True)):
            corner = k % half * width, k // half * (_ROWS + 30)
            sheet.paste(Image.fromarray(tile), (corner[0], corner[1] + 30))
            said = row["answer"] or f"{row['decision']} {row['set']}"
            pen.text(corner, f"{row['case']} {row['kind']}\n-> {said}", fill=0)
        sheet.save(folder / f"{modality}-{first // _PER_SHEET}.png")
