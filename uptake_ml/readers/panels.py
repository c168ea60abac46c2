"""How a picture lies: light on dark or dark on light, one view or two side by side."""

from __future__ import annotations

import numpy as np

from uptake_ml.readers.body_size import find_body, find_foreground, reduce_size

# The band that tells the background: inside a burnt-in frame, outside the body.
_BAND_START, _BAND_STOP = 0.03, 0.10

# Two whole bodies side by side are about as wide as half their height; one alone is a quarter.
_LEAST_WIDTH = 0.38
_MIDDLE = (0.38, 0.62)
_LARGEST_GAP_PART = 0.5
_HEAD_PART, _HEAD_GAP, _LARGEST_HEAD_GAP_PART = 0.2, 0.03, 0.5
_LEAST_BODY_ASPECT = 1.6
_LEAST_BODY_ROWS = 0.25
_LARGEST_RATIO = 2.5


def is_dark_on_light(image: np.ndarray) -> bool:
    """Return whether the background, told from a band near the border, is the light end."""
    small = reduce_size(image)
    low, high = np.quantile(small, [0.002, 0.998])
    return bool(np.median(_border_band(small)) > (low + high) / 2)


def to_light_on_dark(image: np.ndarray) -> np.ndarray:
    """Return the image, float32, light on dark with minimum 0."""
    image = image.astype(np.float32)
    return image.max() - image if is_dark_on_light(image) else image - image.min()


def split_panels(image: np.ndarray) -> tuple[slice, ...]:
    """Return the columns of each view in a picture, light on dark: one slice, or two.

    Two bodies are told by a column near the middle that fewer rows of foreground cross than on
    either side, least of all beside the heads (hands may touch it), with on either side a body of
    similar size that is taller than wide.  The parting is the middle of the picture where that
    will do, else the emptiest column near it.
    """
    columns = image.shape[1]
    whole = (slice(0, columns),)
    if columns < _LEAST_WIDTH * image.shape[0]:
        return whole
    small = reduce_size(image)
    foreground = find_foreground(small)
    cut = _parting(foreground.sum(axis=0))
    if cut is None or not _has_two_heads(foreground, cut):
        return whole
    boxes = [_body_box(small[:, :cut]), _body_box(small[:, cut:])]
    if not _are_two_bodies(boxes, small.shape[0]):
        return whole
    is_half = cut == small.shape[1] // 2
    cut = columns // 2 if is_half else round(cut * columns / small.shape[1])
    return slice(0, cut), slice(cut, columns)


def _border_band(image: np.ndarray) -> np.ndarray:
    rows, columns = image.shape
    start, stop = (max(1, int(part * columns)) for part in (_BAND_START, _BAND_STOP))
    stop = max(stop, start + 1)
    left, right = image[:, start:stop], image[:, columns - stop : columns - start]
    top = image[min(start, rows - 1) : stop]
    return np.concatenate([left.ravel(), right.ravel(), top.ravel()])


def _parting(profile: np.ndarray) -> int | None:
    columns = profile.size
    half = columns // 2
    first, last = (int(part * columns) for part in _MIDDLE)
    peaks = min(profile[:first].max(initial=0), profile[last:].max(initial=0))
    limit = _LARGEST_GAP_PART * peaks
    if peaks == 0:
        return None
    if profile[max(half - 1, 0) : half + 1].max() <= limit:
        return half
    lowest = first + int(np.argmin(profile[first:last]))
    return lowest if profile[lowest] <= limit else None


def _has_two_heads(foreground: np.ndarray, cut: int) -> bool:
    rows = np.flatnonzero(foreground.any(axis=1))
    stop = rows[0] + int(_HEAD_PART * (rows[-1] - rows[0] + 1))
    profile = foreground[: stop + 1].sum(axis=0)
    beside = max(1, int(_HEAD_GAP * foreground.shape[1]))
    peaks = min(profile[:cut].max(), profile[cut:].max())
    return bool(profile[cut - beside : cut + beside].max() <= _LARGEST_HEAD_GAP_PART * peaks)


def _body_box(panel: np.ndarray) -> tuple[int, int]:
    """Return how many rows and columns the body takes up."""
    body = find_body(panel)
    rows, columns = (np.flatnonzero(body.any(axis=axis)) for axis in (1, 0))
    return (int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1) if rows.size else (0, 1)


def _are_two_bodies(boxes: list[tuple[int, int]], rows: int) -> bool:
    heights = [height for height, _ in boxes]
    if min(heights) < _LEAST_BODY_ROWS * rows or max(heights) > _LARGEST_RATIO * min(heights):
        return False
    return all(height >= _LEAST_BODY_ASPECT * width for height, width in boxes)
