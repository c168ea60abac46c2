"""Where the body is in an image, and from its height how large a pixel is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

# The spacing of an image without one: its body, vertex to toes, is taken to be this tall, or,
# where it is cut off, this broad with its arms: 0.29 to 0.33 of the height in ten real views.
ASSUMED_HEIGHT_MM = 1700.0
ASSUMED_BREADTH_MM = 520.0

HEIGHT_NOTE = (
    "The pixel size is unknown: {spacing_mm:.2g} mm was estimated from a body height assumed to be "
    f"{ASSUMED_HEIGHT_MM / 1000:.2f} m, so areas are rough."
)
BREADTH_NOTE = (
    "The pixel size is unknown and the body is cut off: {spacing_mm:.2g} mm was estimated from a "
    f"body breadth assumed to be {ASSUMED_BREADTH_MM / 1000:.2f} m, so areas are very rough."
)
IMAGE_NOTE = (
    "The pixel size is unknown and no whole body was made out: {spacing_mm:.2g} mm was estimated "
    f"from an image height assumed to be {ASSUMED_HEIGHT_MM / 1000:.2f} m, so areas are very rough."
)

# Parts smaller than this share of the largest are letters or noise, not a foot or a hand.
_SMALLEST_PART = 0.01
_SMALLEST_ARM = 0.05
_SMOOTHING_ROWS = 1 / 250
_OTSU_FRACTION = 0.42
_LEAST_ROWS = 0.3
_LINE_LEVEL, _LINE_PART = 0.5, 0.8


def find_foreground(pixels: np.ndarray) -> np.ndarray:
    """Return where an image light on dark is not background, bool (rows, columns).

    The square root of the smoothed image is cut at 0.42 of Otsu's threshold.  Bright lines across
    the whole image, such as a burnt-in frame, are background.
    """
    pixels = _without_lines(pixels)
    sigma = max(0.7, pixels.shape[0] * _SMOOTHING_ROWS)
    root = np.sqrt(np.maximum(ndimage.gaussian_filter(pixels, sigma, mode="nearest"), 0))
    # Without the hottest pixels: a full bladder would raise the threshold above the legs.
    root = np.minimum(root, np.quantile(root, 0.995))
    if np.ptp(root) <= 0:
        return np.zeros(pixels.shape, bool)
    return root > _OTSU_FRACTION * _otsu_threshold(root)


def find_body(pixels: np.ndarray) -> np.ndarray:
    """Return the body's mask, bool (rows, columns), in an image light on dark; empty if none.

    Of the foreground the largest part is kept, and the parts of at least 1 % of it that lie above,
    below or within its columns.
    """
    labels, count = ndimage.label(find_foreground(pixels))
    return _keep_body_parts(labels) if count else labels > 0


def reduce_size(image: np.ndarray, rows: int = 1024) -> np.ndarray:
    """Return every n-th row and column of an image, so that fewer than twice ``rows`` are left."""
    step = max(1, image.shape[0] // rows)
    return image[::step, ::step]


def estimate_spacing_mm(images: Sequence[np.ndarray]) -> tuple[float, str]:
    """Return the pixel size, mm, of images light on dark, and a note on what was assumed.

    The bodies that are whole are 1.70 m tall on average.  Where all reach the first or the last
    row, so are cut off, they are 0.52 m broad; where no body spans enough of its image to be one,
    the image's height stands for it.
    """
    bodies = [body for image in images if (body := _measure_body(image))]
    heights = [body.rows for body in bodies if not body.is_cut_off]
    if heights:
        spacing_mm, note = ASSUMED_HEIGHT_MM / float(np.mean(heights)), HEIGHT_NOTE
    elif bodies:
        breadth = float(np.mean([body.columns for body in bodies]))
        spacing_mm, note = ASSUMED_BREADTH_MM / breadth, BREADTH_NOTE
    else:
        rows = float(np.mean([image.shape[0] for image in images]))
        spacing_mm, note = ASSUMED_HEIGHT_MM / rows, IMAGE_NOTE
    return spacing_mm, note.format(spacing_mm=spacing_mm)


def _without_lines(pixels: np.ndarray) -> np.ndarray:
    bright = pixels > _LINE_LEVEL * np.quantile(pixels, 0.998)
    is_row, is_column = (bright.mean(axis=axis) > _LINE_PART for axis in (1, 0))
    return np.where(is_row[:, None] | is_column, np.float32(0), pixels)


@dataclass(frozen=True, kw_only=True)
class _BodySize:
    """How many rows and columns of its image a body takes up, and whether it reaches an end."""

    rows: float
    columns: float
    is_cut_off: bool


def _measure_body(image: np.ndarray) -> _BodySize | None:
    small = reduce_size(image)
    rows = np.flatnonzero(find_body(small).any(axis=1))
    if rows.size == 0 or np.ptp(rows) + 1 < _LEAST_ROWS * small.shape[0]:
        return None
    return _BodySize(
        rows=(np.ptp(rows) + 1) * image.shape[0] / small.shape[0],
        columns=_columns_with_arms(small) * image.shape[1] / small.shape[1],
        is_cut_off=bool(rows[0] == 0 or rows[-1] == small.shape[0] - 1),
    )


def _columns_with_arms(image: np.ndarray) -> int:
    # An arm that the threshold parts from the trunk is no part of find_body's mask.
    labels, _ = ndimage.label(find_foreground(image))
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    columns = np.flatnonzero((sizes >= _SMALLEST_ARM * sizes.max())[labels].any(axis=0))
    return int(np.ptp(columns)) + 1


def _keep_body_parts(labels: np.ndarray) -> np.ndarray:
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    boxes = ndimage.find_objects(labels)
    largest = boxes[int(sizes.argmax()) - 1][1]
    keep = np.zeros(sizes.size, bool)
    for number, (_, columns) in enumerate(boxes, start=1):
        middle = (columns.start + columns.stop) / 2
        is_large = sizes[number] >= _SMALLEST_PART * sizes.max()
        keep[number] = is_large and largest.start <= middle <= largest.stop
    return keep[labels]


def _otsu_threshold(values: np.ndarray) -> float:
    """Return the cut that parts the values into two classes of largest variance between them."""
    counts, edges = np.histogram(values, bins=256)
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)[:-1]
    above = counts.sum() - below
    sums = np.cumsum(counts * centres)
    mean_below = sums[:-1] / np.maximum(below, 1)
    mean_above = (sums[-1] - sums[:-1]) / np.maximum(above, 1)
    return float(centres[np.argmax(below * above * (mean_below - mean_above) ** 2)])
