"""A plain margin round a scan, as a page or a viewer leaves it: found, and made background."""

from __future__ import annotations

import numpy as np

from uptake_ml.readers.panels import is_dark_on_light

MARGIN_NOTE = "A plain margin round the image was taken for background."

# Levels that differ by less than this part of the image's range are one tone, as JPEG leaves it.
_TONE = 0.12
# A margin ends in a straight edge; a body on a plain ground does not.
_STRAIGHT_EDGE = 0.8
_LEAST_PART = 0.25
# A page, a frame on it, and the viewer's ground inside that.
_MOST_MARGINS = 4

Box = tuple[slice, slice]


def clear_margin(image: np.ndarray) -> tuple[np.ndarray, bool]:
    """Return the image with its margin set to the background inside, and whether it has one.

    A margin is made of the outer rows and columns that are of one tone, where all that they
    surround is of another.  The image may be light on dark or dark on light.
    """
    box = _find_content(image)
    content = image[box]
    if content.shape == image.shape:
        return image, False
    background = content.max() if is_dark_on_light(content) else content.min()
    cleared = np.full_like(image, background)
    cleared[box] = content
    return cleared, True


def _find_content(image: np.ndarray) -> Box:
    tolerance = _TONE * float(np.ptp(image))
    rows, columns = (slice(0, size) for size in image.shape)
    for _ in range(_MOST_MARGINS):
        inner = _strip(image[rows, columns], tolerance)
        if inner is None:
            break
        rows, columns = (
            slice(outer.start + part.start, outer.start + part.stop)
            for outer, part in zip((rows, columns), inner, strict=True)
        )
    return rows, columns


def _strip(image: np.ndarray, tolerance: float) -> Box | None:
    """Return what a margin of the tone of a corner surrounds, or None where there is no margin."""
    for tone in (image[0, 0], image[-1, -1]):
        differs = np.abs(image - tone) > tolerance
        rows, columns = (_extent(differs.any(axis=axis)) for axis in (1, 0))
        if _is_margin_outside(differs, rows, columns):
            return rows, columns
    return None


def _extent(is_content: np.ndarray) -> slice:
    places = np.flatnonzero(is_content)
    return slice(int(places[0]), int(places[-1]) + 1) if places.size else slice(0, 0)


def _is_margin_outside(differs: np.ndarray, rows: slice, columns: slice) -> bool:
    inside = differs[rows, columns]
    if min(np.divide(inside.shape, differs.shape)) < _LEAST_PART:
        return False
    edges = [
        line
        for line, is_stripped in (
            (inside[0], rows.start > 0),
            (inside[-1], rows.stop < differs.shape[0]),
            (inside[:, 0], columns.start > 0),
            (inside[:, -1], columns.stop < differs.shape[1]),
        )
        if is_stripped
    ]
    return bool(edges) and all(line.mean() >= _STRAIGHT_EDGE for line in edges)
