"""A view as a picture for the page: inverted grey, hot spots outlined and numbered beside them."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from uptake_ml.report.tags import Box, Tag, place_tags
from uptake_ml.study import SUV

if TYPE_CHECKING:
    import numpy as np

    from uptake_ml.atlas import Layout
    from uptake_ml.features.hotspots import HotSpot
    from uptake_ml.study import View

WINDOW_PERCENTILE = 99.5
# PET is read between 0 and about this SUV: brain and bladder would set any percentile.
SUV_WINDOW = 7.0
# Below this share of the upper limit nothing is shown: counts in air would be a grey veil.
LOWER_SHARE = 0.02
VISIBLE_SHARE = 0.08
MARGIN_MM = 60.0
# An outline this far outside its hot spot leaves the spot itself to be seen.
OUTLINE_GAP_MM = 5.0
OUTLINE_STEP_MM = 1.5


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One view ready for the page; lengths in millimetres from the upper left corner."""

    name: str
    data_uri: str
    width_mm: float
    height_mm: float
    window: str
    outlines: tuple[str, ...] = ()
    tags: tuple[Tag, ...] = ()
    landmarks: tuple[tuple[str, float, float], ...] = ()


def draw_view(
    view: View,
    layout: Layout | None = None,
    spots: Sequence[tuple[int, HotSpot]] = (),
    *,
    has_landmarks: bool = False,
) -> Picture:
    """Return a view as a picture, cut to the body, with its numbered hot spots outlined.

    Parameters
    ----------
    view
        The view; ``pixels`` of shape (rows, columns).
    layout
        Where the body is; without it the whole field of view is shown.
    spots
        The hot spots of this view and their numbers.
    """
    body = None if layout is None else layout.body
    limit = SUV_WINDOW if view.unit == SUV else find_window(view.pixels, body)
    rows, cols = _frame(view, body, limit, [spot for _, spot in spots])
    row_mm, col_mm = view.spacing_mm
    frame = Box(
        left=0,
        top=0,
        right=(cols.stop - cols.start) * col_mm,
        bottom=(rows.stop - rows.start) * row_mm,
    )
    outlines = [
        _trace(spot.full_mask(view.pixels.shape)[rows, cols], view.spacing_mm) for _, spot in spots
    ]
    numbers = [number for number, _ in spots]
    marks = layout.landmarks if has_landmarks and layout is not None else ()
    return Picture(
        name=view.name,
        data_uri=encode_png(invert_grey(view.pixels[rows, cols], limit)),
        width_mm=round(frame.right, 1),
        height_mm=round(frame.bottom, 1),
        window=f"{LOWER_SHARE * limit:.2g} to {limit:.3g} {view.unit}, square root",
        outlines=tuple(_path(line) for lines in outlines for line in lines),
        tags=tuple(place_tags(numbers, [_bounds(lines) for lines in outlines], frame)),
        landmarks=tuple(
            (
                f"{mark.side or ''} {mark.name}".strip(),
                round((mark.col - cols.start + 0.5) * col_mm, 1),
                round((mark.row - rows.start + 0.5) * row_mm, 1),
            )
            for mark in marks
        ),
    )


def find_window(pixels: np.ndarray, body: np.ndarray | None = None) -> float:
    """Return the value shown black: a high percentile of the body, never zero."""
    import numpy as np

    values = pixels[body] if body is not None and body.any() else pixels[pixels > 0]
    values = values[np.isfinite(values)]
    limit = float(np.percentile(values, WINDOW_PERCENTILE)) if values.size else 0.0
    return limit if limit > 0 else 1.0


def invert_grey(pixels: np.ndarray, limit: float) -> np.ndarray:
    """Return uint8 grey levels of the same shape: 255 up to a little uptake, 0 from ``limit`` on.

    The square root evens out counting noise, which grows with the root of the counts.
    """
    import numpy as np

    lower = LOWER_SHARE * limit
    finite = np.nan_to_num(pixels, nan=0.0, posinf=limit)
    share = np.clip((finite - lower) / (limit - lower), 0, 1)
    return np.rint(255 * (1 - np.sqrt(share))).astype(np.uint8)


def encode_png(grey: np.ndarray) -> str:
    """Return a uint8 image of shape (rows, columns) as a PNG in a data URI."""
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(grey).save(stream, format="PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(stream.getvalue()).decode('ascii')}"


def _frame(
    view: View, body: np.ndarray | None, limit: float, spots: Sequence[HotSpot]
) -> tuple[slice, slice]:
    """Return the rows and columns to show: body and hot spots with a margin, or everything."""
    import numpy as np
    from scipy import ndimage

    shape = view.pixels.shape
    if body is None or not body.any():
        return slice(0, shape[0]), slice(0, shape[1])
    # Whatever can be seen is shown, whether or not it was taken for part of the body.
    shown = body | (ndimage.uniform_filter(view.pixels, 3) > VISIBLE_SHARE * limit)
    for spot in spots:
        shown |= spot.full_mask(shape)
    frame = []
    for axis, spacing_mm in enumerate(view.spacing_mm):
        used = np.flatnonzero(shown.any(axis=1 - axis))
        margin = math.ceil(MARGIN_MM / spacing_mm)
        frame.append(slice(max(0, used[0] - margin), min(shape[axis], used[-1] + 1 + margin)))
    return frame[0], frame[1]


def _trace(mask: np.ndarray, spacing_mm: tuple[float, float]) -> list[np.ndarray]:
    """Return the outlines, arrays (n, 2) of x and y in mm, ``OUTLINE_GAP_MM`` outside a mask."""
    import numpy as np
    from scipy import ndimage
    from skimage.measure import approximate_polygon, find_contours

    # Pixels are split, so that outlines of coarse ones are round too, and so that the distance is
    # that from the pixels' edges.  The padding lets outlines close at the edge of the image.
    start, window = [], []
    for axis in (0, 1):
        used = np.flatnonzero(mask.any(axis=1 - axis))
        start.append(int(used[0]))
        window.append(slice(used[0], used[-1] + 1))
    split = [math.ceil(step / OUTLINE_STEP_MM) for step in spacing_mm]
    step_mm = np.array([step / n for step, n in zip(spacing_mm, split, strict=True)])
    pad = np.ceil(2 * OUTLINE_GAP_MM / step_mm).astype(int)
    fine = np.pad(np.kron(mask[tuple(window)], np.ones(split, bool)), [(n, n) for n in pad])
    distance_mm = ndimage.distance_transform_edt(~fine, sampling=step_mm)
    corner_mm = np.array(start) * spacing_mm - pad * step_mm
    lines = find_contours(ndimage.gaussian_filter(distance_mm, 1.0), OUTLINE_GAP_MM)
    return [
        (corner_mm + (approximate_polygon(line, 0.2) + 0.5) * step_mm)[:, ::-1] for line in lines
    ]


def _path(line: np.ndarray) -> str:
    return f"M{' '.join(f'{x:.1f},{y:.1f}' for x, y in line)}Z"


def _bounds(lines: Sequence[np.ndarray]) -> Box:
    import numpy as np

    points = np.concatenate(lines)
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return Box(left=float(left), top=float(top), right=float(right), bottom=float(bottom))
