"""Gaussian smoothing as products with banded matrices, which costs least, and greatest values.

out = D @ image @ A', D and A holding exp(-(i - j)^2 / (2 sigma^2)) up to 4 sigma, each row adding
up to 1; what lies beyond the image is its edge, or its mirror image
"""

from __future__ import annotations

import math

import numpy as np

_TRUNCATED_AT = 4.0
_ROWS_AT_ONCE = 32


def smooth(image: np.ndarray, sigma: float, *, mirrors: bool = False) -> np.ndarray:
    """Return a float32 image (rows, columns) smoothed by ``sigma`` pixels, in float32.

    Outside lies the value at the edge, or the image mirrored there if ``mirrors``.
    """
    return smooth_each(image[:, None], sigma, mirrors=mirrors)[:, 0]


def smooth_each(images: np.ndarray, sigma: float, *, mirrors: bool = False) -> np.ndarray:
    """Return images (rows, images, columns) smoothed at once, each as ``smooth`` does."""
    weights = _weights(sigma)
    down = _down(images.reshape(len(images), -1), weights, mirrors)
    across = _matrix(images.shape[2], weights, mirrors)
    return (down.reshape(-1, images.shape[2]) @ across.T).reshape(images.shape)


def greatest_within(image: np.ndarray, radius: int) -> np.ndarray:
    """Return the greatest value of an image within a disc of so many pixels about each pixel."""
    widths = [int(math.sqrt((radius + 0.3) ** 2 - down**2)) for down in range(radius + 1)]
    in_row, wide = {0: image}, image
    for width in range(1, radius + 1):
        wide = wide.copy()
        np.maximum(wide[:, width:], image[:, :-width], out=wide[:, width:])
        np.maximum(wide[:, :-width], image[:, width:], out=wide[:, :-width])
        in_row[width] = wide
    found = in_row[widths[0]].copy()
    for down in range(1, radius + 1):
        row = in_row[widths[down]]
        np.maximum(found[down:], row[:-down], out=found[down:])
        np.maximum(found[:-down], row[down:], out=found[:-down])
    return found


def _weights(sigma: float) -> np.ndarray:
    reach = int(_TRUNCATED_AT * sigma + 0.5)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    return (weights / weights.sum()).astype(np.float32)


def _inside(places: np.ndarray, size: int, mirrors: bool) -> np.ndarray:
    """Return the places of the image that stand for places along an axis, some of them outside."""
    if not mirrors:
        return places.clip(0, size - 1)
    places = places % (2 * size)
    return np.minimum(places, 2 * size - 1 - places)


def _matrix(size: int, weights: np.ndarray, mirrors: bool) -> np.ndarray:
    """Return the matrix (size, size) that smooths along an axis."""
    reach, own = len(weights) // 2, np.arange(size)[:, None]
    read = _inside(own + np.arange(-reach, reach + 1), size, mirrors)
    entries = np.bincount(
        (own * size + read).ravel(), np.tile(weights, size), minlength=size * size
    )
    return entries.reshape(size, size).astype(np.float32)


def _down(image: np.ndarray, weights: np.ndarray, mirrors: bool) -> np.ndarray:
    """Return the image smoothed along its rows, a stretch of rows at once: the band is narrow."""
    reach, (rows, columns) = len(weights) // 2, image.shape
    stretches = -(-rows // _ROWS_AT_ONCE)
    read = np.arange(-reach, stretches * _ROWS_AT_ONCE + reach)
    padded = image[_inside(read, rows, mirrors)]
    length = _ROWS_AT_ONCE + 2 * reach
    windows = np.lib.stride_tricks.sliding_window_view(padded, length, axis=0)[::_ROWS_AT_ONCE]
    band = np.zeros((_ROWS_AT_ONCE, length), np.float32)
    for i in range(_ROWS_AT_ONCE):
        band[i, i : i + len(weights)] = weights
    return (band @ windows.transpose(0, 2, 1)).reshape(-1, columns)[:rows]
