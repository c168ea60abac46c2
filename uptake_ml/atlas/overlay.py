"""A picture of a view with what was found in it, to look at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from uptake_ml.atlas.records import Layout
from uptake_ml.regions import LEFT, REGIONS, RIGHT
from uptake_ml.study import View

_HEIGHT = 1024
_DISPLAY_GAMMA = 0.6
_OUTLINE = {LEFT: (70, 130, 220), RIGHT: (220, 120, 50), None: (90, 160, 90)}
_SURE, _UNSURE = (20, 130, 20), (210, 30, 30)


def draw_overlay(view: View, layout: Layout, hot_spots: Sequence = ()) -> Image.Image:
    """Return an RGB picture: uptake dark, region outlines, landmarks, hot spots numbered from 1.

    Outlines are blue on the patient's left, orange on the right, green in the middle; a landmark is
    green where its confidence is at least 0.5, else red.  A hot spot needs ``row`` and ``col``.
    """
    zoom = max(1, round(_HEIGHT / view.pixels.shape[0]))
    canvas = _grey(view.pixels).repeat(zoom, axis=0).repeat(zoom, axis=1)
    rgb = np.stack([canvas] * 3, axis=-1)
    regions = layout.regions.repeat(zoom, axis=0).repeat(zoom, axis=1)
    _trace(rgb, regions)
    picture = Image.fromarray(rgb)
    pen = ImageDraw.Draw(picture)
    for landmark in layout.landmarks:
        colour = _SURE if landmark.confidence >= 0.5 else _UNSURE
        _cross(pen, (landmark.row + 0.5) * zoom, (landmark.col + 0.5) * zoom, colour)
    for number, spot in enumerate(hot_spots, start=1):
        y, x = (spot.row + 0.5) * zoom, (spot.col + 0.5) * zoom
        pen.ellipse((x - 10, y - 10, x + 10, y + 10), outline=(200, 0, 160), width=2)
        pen.text((x + 12, y - 6), str(number), fill=(200, 0, 160))
    return picture


def _grey(pixels: np.ndarray) -> np.ndarray:
    positive = pixels[pixels > 0]
    top = float(np.quantile(positive, 0.995)) if positive.size else 1.0
    return (255 - 255 * np.clip(pixels / top, 0, 1) ** _DISPLAY_GAMMA).astype(np.uint8)


def _trace(rgb: np.ndarray, regions: np.ndarray) -> None:
    """Draw the borders between regions into the picture."""
    border = np.zeros(regions.shape, bool)
    border[:, 1:] |= regions[:, 1:] != regions[:, :-1]
    border[1:] |= regions[1:] != regions[:-1]
    palette = np.array([_OUTLINE[r.side] for r in REGIONS], np.uint8)
    rgb[border] = (0.5 * rgb[border] + 0.5 * palette[regions[border]]).astype(np.uint8)


def _cross(pen: ImageDraw.ImageDraw, y: float, x: float, colour: tuple[int, int, int]) -> None:
    pen.line((x - 6, y, x + 6, y), fill=colour, width=2)
    pen.line((x, y - 6, x, y + 6), fill=colour, width=2)
