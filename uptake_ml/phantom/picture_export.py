"""The 8-bit pictures that hospitals and data sets make of counts.

A picture loses the counts and keeps an order: window and gamma turn counts into 256 grey levels,
an overflow may wrap round (very hot spots then show rings), the matrix is reduced, a JPEG blurs
edges and a caption is burnt in.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from uptake_ml.errors import SimulationError
from uptake_ml.phantom.detector_grid import GridAxis
from uptake_ml.study import GREY_LEVEL, View

_WHITE = 255


@dataclass(frozen=True, kw_only=True)
class DisplayExport:
    """How counts become a picture.

    The window runs from 0 to ``upper_level`` (counts per pixel) or, where that is None, to the
    ``upper_percentile`` of the pixels above 0.  Above it, levels saturate, or start again at 0
    where ``has_wrap_around``.  The picture has ``rows`` x ``columns`` pixels (None: those of the
    view) of ``pixel_mm``; without ``pixel_mm`` the whole field is scaled to it, with it the field
    is cut or padded, at its foot and on both sides.  ``jpeg_quality`` None stores losslessly.
    """

    upper_percentile: float = 99.5
    upper_level: float | None = None
    gamma: float = 1.0
    has_wrap_around: bool = False
    is_inverted: bool = False
    rows: int | None = None
    columns: int | None = None
    pixel_mm: float | None = None
    jpeg_quality: int | None = None
    border_px: int = 0
    caption: str = ""
    caption_px: int = 10

    def __post_init__(self) -> None:
        _require(0 < self.upper_percentile <= 100, "upper_percentile", "in (0, 100]", self)
        _require(0.1 <= self.gamma <= 10, "gamma", "between 0.1 and 10", self)
        _require(self.border_px >= 0, "border_px", "not negative", self)
        for name in ("upper_level", "rows", "columns", "pixel_mm", "caption_px"):
            value = getattr(self, name)
            _require(value is None or value > 0, name, "positive or None", self)
        quality = self.jpeg_quality
        _require(quality is None or 1 <= quality <= 95, "jpeg_quality", "in 1..95 or None", self)


def to_picture(view: View, export: DisplayExport) -> View:
    """Return the picture of a view of counts: grey levels 0-255 in float32, its true spacing.

    Nothing is random: the same view and export give the same picture.
    """
    levels = _window(view.pixels, export)
    rows, columns = picture_axes(view, export)
    # Overlaps keep sums; a picture keeps levels, so divide by the view's pixels per pixel.
    merged = (rows.pixel_mm / rows.voxel_mm) * (columns.pixel_mm / columns.voxel_mm)
    picture = _round_to_byte(rows.overlaps() @ (levels @ columns.overlaps().T) / merged)
    picture = _burn_in(_WHITE - picture if export.is_inverted else picture, export)
    if export.jpeg_quality is not None:
        picture = _pass_through_jpeg(picture, export.jpeg_quality)
    return replace(
        view,
        pixels=picture.astype(np.float32),
        spacing_mm=(rows.pixel_mm, columns.pixel_mm),
        unit=GREY_LEVEL,
        is_spacing_estimated=False,
    )


def picture_axes(view: View, export: DisplayExport) -> tuple[GridAxis, GridAxis]:
    """Return the axes (rows, columns) that carry the view's pixels onto those of its picture.

    ``axis.pixel(row)`` moves a landmark from the view to the picture.
    """
    axes = []
    wanted = (export.rows, export.columns)
    # What is cut off or added lies below the feet, but equally on both sides.
    parts_before = (0.0, 0.5)
    for size, spacing_mm, asked, part in zip(
        view.pixels.shape, view.spacing_mm, wanted, parts_before, strict=True
    ):
        pixels = asked or size
        pixel_mm = export.pixel_mm or size * spacing_mm / pixels
        axes.append(
            GridAxis(
                voxels=size,
                voxel_mm=spacing_mm,
                pixels=pixels,
                pixel_mm=pixel_mm,
                start_mm=part * (pixels * pixel_mm - size * spacing_mm),
            )
        )
    return axes[0], axes[1]


def to_picture_map(labels: np.ndarray, view: View, export: DisplayExport) -> np.ndarray:
    """Return a map of the view's pixels, such as regions, on the pixels of its picture.

    Each pixel of the picture takes the value of the nearest pixel of the view, 0 beside it.
    """
    rows, columns = picture_axes(view, export)
    padded = np.pad(labels, ((0, 1), (0, 1)))
    return padded[np.ix_(rows.nearest_voxel(), columns.nearest_voxel())]


def _window(counts: np.ndarray, export: DisplayExport) -> np.ndarray:
    """Return whole grey levels 0-255 in float32."""
    level = np.floor(_WHITE * (counts / _upper_level(counts, export)) ** export.gamma)
    level = level % (_WHITE + 1) if export.has_wrap_around else np.minimum(level, _WHITE)
    return level.astype(np.float32)


def _upper_level(counts: np.ndarray, export: DisplayExport) -> float:
    if export.upper_level is not None:
        return export.upper_level
    positive = counts[counts > 0]
    return float(np.percentile(positive, export.upper_percentile)) if positive.size else 1.0


def _burn_in(picture: np.ndarray, export: DisplayExport) -> np.ndarray:
    ink = 0 if export.is_inverted else _WHITE
    width = export.border_px
    if width:
        picture[:width], picture[-width:] = ink, ink
        picture[:, :width], picture[:, -width:] = ink, ink
    if not export.caption:
        return picture
    image = Image.fromarray(picture)
    at = (width + 2, width + 1)
    font = ImageFont.load_default(export.caption_px)
    ImageDraw.Draw(image).text(at, export.caption, fill=ink, font=font)
    return np.asarray(image)


def _pass_through_jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    stored = io.BytesIO()
    Image.fromarray(picture).save(stored, format="JPEG", quality=quality)
    return np.asarray(Image.open(stored))


def _round_to_byte(levels: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(levels), 0, _WHITE).astype(np.uint8)


def _require(is_met: bool, name: str, requirement: str, export: DisplayExport) -> None:
    if not is_met:
        raise SimulationError(
            f"{name} must be {requirement}, found {getattr(export, name)}; "
            "correct the export's parameters"
        )
