"""Gaussian smoothing as products with banded matrices, which costs least, and greatest values.

out = D @ image @ A', D and A holding exp(-(i - j)^2 / (2 sigma^2)) up to 4 sigma, each row adding
up to 1; what lies beyond the image is its edge, or its mirror image
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache, reduce

import numpy as np

_TRUNCATED_AT = 4.0
_ROWS_AT_ONCE = 32


def smooth(image: np.ndarray, sigma: float, *, mirrors: bool = False) -> np.ndarray:
    """Return a float32 image (rows, columns) smoothed by ``sigma`` pixels, in float32.

    Outside lies the value at the edge, or the image mirrored there if ``mirrors``.
    """
    return smooth_each(image[:, None], sigma, mirrors=mirrors)[:, 0]


def smooth_each(images: np.ndarray, sigma: float, *, mirrors: bool = False) -> np.ndarray:
    """Return images (rows, images, columns) smoothed at once, each as ``smooth`` does.

    A broad Gaussian reads means of small blocks of pixels, which is much less work.
    """
    n_rows, _, n_columns = images.shape
    block = _block(sigma)
    missing = -n_columns % block
    if missing:
        images = np.concatenate([images, images[:, :, -1:].repeat(missing, axis=2)], axis=2)
    narrow = _mean([images[:, :, i::block] for i in range(block)])
    down = _down(narrow.reshape(n_rows, -1), sigma, mirrors)
    across = _matrix(n_columns, sigma, mirrors)
    return (down.reshape(-1, narrow.shape[2]) @ across.T).reshape(n_rows, -1, n_columns)


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


def _mean(images: Sequence[np.ndarray]) -> np.ndarray:
    """Return the mean of float32 images, without the image of zeros that ``sum`` begins with."""
    return reduce(np.add, images) / np.float32(len(images))


def _stretches(values: np.ndarray, length: int, *, step: int, count: int) -> np.ndarray:
    """Return views of so many rows of an array, each ``step`` beyond the one before.

    What ``sliding_window_view`` returns, in a fraction of the time.
    """
    shape, strides = (count, length, *values.shape[1:]), (step * values.strides[0], *values.strides)
    return np.lib.stride_tricks.as_strided(values, shape, strides, writeable=False)


def _block(sigma: float) -> int:
    """Return how many pixels along an axis a Gaussian reads as one: at most 2/3 sigma."""
    return 4 if sigma >= 6 else 2 if sigma >= 3 else 1


def _weights(sigma: float) -> np.ndarray:
    """Return the weights of the pixels about one, whole blocks of them to either side."""
    block = _block(sigma)
    reach = -(-int(_TRUNCATED_AT * sigma + 0.5) // block) * block
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    return (weights / weights.sum()).astype(np.float32)


def _inside(places: np.ndarray, size: int, mirrors: bool) -> np.ndarray:
    """Return the places of the image that stand for places along an axis, some of them outside."""
    if not mirrors:
        return places.clip(0, size - 1)
    places = places % (2 * size)
    return np.minimum(places, 2 * size - 1 - places)


@lru_cache(maxsize=64)
def _matrix(size: int, sigma: float, mirrors: bool) -> np.ndarray:
    """Return the matrix (size, blocks) that smooths along an axis."""
    weights, block = _weights(sigma), _block(sigma)
    reach, blocks = len(weights) // 2, -(-size // block)
    along = _inside(np.arange(-reach, size + reach), size, mirrors) // block
    read = _stretches(along, len(weights), step=1, count=size)
    places = np.arange(size)[:, None] * blocks + read
    entries = np.bincount(places.ravel(), np.tile(weights, size), minlength=size * blocks)
    return entries.reshape(size, blocks).astype(np.float32)


@lru_cache(maxsize=16)
def _band(sigma: float) -> np.ndarray:
    """Return the matrix that smooths a stretch of rows: from its blocks and those about it."""
    weights = _weights(sigma)
    band = np.zeros((_ROWS_AT_ONCE, _ROWS_AT_ONCE + len(weights) - 1), np.float32)
    for i in range(_ROWS_AT_ONCE):
        band[i, i : i + len(weights)] = weights
    return band.reshape(_ROWS_AT_ONCE, -1, _block(sigma)).sum(axis=2)


def _down(image: np.ndarray, sigma: float, mirrors: bool) -> np.ndarray:
    """Return the image smoothed along its rows, a stretch of rows at once: the band is narrow."""
    band, block, (rows, columns) = _band(sigma), _block(sigma), image.shape
    stretches = -(-rows // _ROWS_AT_ONCE)
    reach = (band.shape[1] * block - _ROWS_AT_ONCE) // 2
    read = _inside(np.arange(-reach, stretches * _ROWS_AT_ONCE + reach), rows, mirrors)
    low = _mean([image.take(read[i::block], axis=0) for i in range(block)])
    windows = _stretches(low, band.shape[1], step=_ROWS_AT_ONCE // block, count=stretches)
    return (band @ windows).reshape(-1, columns)[:rows]
