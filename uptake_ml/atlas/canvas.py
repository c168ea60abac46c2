"""A view brought to a common size and brightness: body mask, canvas and its two channels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, reduce

import numpy as np
from scipy import ndimage, sparse
from skimage.filters import threshold_otsu

from uptake_ml.medians import median

CANVAS_SHAPE = (256, 128)
AXIS_COL = (CANVAS_SHAPE[1] - 1) / 2
_BOX_ROWS, _BOX_COLS, _TOP_ROW = 216, 116, 20
_SMOOTHING_MM = 4.0
_POOLED_SPACING_MM = 5.7
_OTSU_FRACTION = 0.42
_LOG_FLOOR = 0.15
_CONTRAST_SIGMA = 8.0
_LEAST_STRENGTH = 0.005
# Where a body ends at its feet, the sum of a row fades to below this share of a leg's.
_FADED = 0.25
_END_MM, _LEG_MM = 16.0, (30.0, 110.0)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Where a canvas lies in an oriented image: image = origin + step * canvas, each (row, col)."""

    origin: tuple[float, float]
    step: tuple[float, float]

    def to_canvas(self, points: np.ndarray) -> np.ndarray:
        """Return image points, shape (..., 2), in canvas pixels."""
        return (np.asarray(points, float) - self.origin) / self.step

    def to_image(self, points: np.ndarray) -> np.ndarray:
        """Return canvas points, shape (..., 2), in pixels of the oriented image."""
        return np.asarray(points, float) * self.step + self.origin


def pooling(spacing_mm: tuple[float, float]) -> tuple[int, int]:
    """Return how many rows and columns are pooled, at least 1: pixels come to at most 5.7 mm."""
    return tuple(max(1, int(_POOLED_SPACING_MM / s)) for s in spacing_mm)


def pool(image: np.ndarray, factors: tuple[int, int]) -> np.ndarray:
    """Return the means of blocks of pixels, contiguous.

    A last incomplete block repeats the image's rim.
    """
    if factors == (1, 1):
        return np.ascontiguousarray(image)
    missing = [(0, -n % f) for n, f in zip(image.shape, factors, strict=True)]
    if any(after for _, after in missing):
        image = np.pad(image, missing, mode="edge")
    # Strided sums: a mean over two axes of a reshaped image takes ten times as long.
    by_rows = reduce(np.add, [image[i :: factors[0]] for i in range(factors[0])])
    total = reduce(np.add, [by_rows[:, j :: factors[1]] for j in range(factors[1])])
    return np.asarray(total / (factors[0] * factors[1]), np.float32)


def unpool(
    image: np.ndarray, factors: tuple[int, int], shape: tuple[int, int], *, flips: bool = False
) -> np.ndarray:
    """Return the image with every pixel repeated, cut to ``shape``, last column first if flipped.

    The result is contiguous and its own.
    """
    if factors == (1, 1):
        return (image[:, ::-1] if flips else image).copy()
    wide = np.empty((len(image), shape[1]), image.dtype)
    oriented = wide[:, ::-1] if flips else wide
    # Strided copies: to take single columns costs twice as much.
    for j in range(factors[1]):
        part = oriented[:, j :: factors[1]]
        part[...] = image[:, : part.shape[1]]
    return wide.take(np.arange(shape[0]) // factors[0], axis=0)


def pooled_points(points: np.ndarray, factors: tuple[int, int]) -> np.ndarray:
    """Return points of an image, shape (..., 2), in pixels of the pooled image."""
    return (points - (np.array(factors) - 1) / 2) / factors


def unpooled_points(points: np.ndarray, factors: tuple[int, int]) -> np.ndarray:
    """Return points of a pooled image, shape (..., 2), in pixels of the image."""
    return points * factors + (np.array(factors) - 1) / 2


def smooth_pixels(pixels: np.ndarray, spacing_mm: tuple[float, float]) -> np.ndarray:
    """Return the image smoothed with sigma 4 mm: for the body's mask, and what ``spread`` means."""
    return ndimage.gaussian_filter(
        pixels, [_SMOOTHING_MM / s for s in spacing_mm], mode="nearest", truncate=2.5
    )


def find_body(smooth: np.ndarray) -> np.ndarray:
    """Return the body's mask in a smoothed image, bool of its shape; empty where the image is.

    The square root is cut at 0.42 of Otsu's threshold; the largest component and the parts near
    its size (a faint foot, a hand) are kept, holes filled.
    """
    root = np.sqrt(np.maximum(smooth, 0))
    few = root[::2, ::2]
    # Without the hottest pixels: a full bladder would raise the threshold above the legs.
    few = np.minimum(few, _quantile(few, 0.995))
    if np.ptp(few) <= 0:
        return np.zeros(smooth.shape, bool)
    # Opening parts the body from the specks of background around it in a low-count image.
    mask = _open(root > _OTSU_FRACTION * threshold_otsu(few))
    if mask.any():
        ends = (np.flatnonzero(mask.any(axis=axis))[[0, -1]] for axis in (1, 0))
        box = tuple(slice(first, last + 1) for first, last in ends)
        mask[box] = _fill_holes(_large_parts(mask[box]))
    return mask


def _quantile(image: np.ndarray, share: float) -> np.floating:
    """Return the value that a share of the pixels lies below, the same as that of ``np.quantile``.

    It takes a sixth of the time for a high one: only the hottest pixels are looked through.
    """
    place = (image.size - 1) * share
    below = int(place)
    ordered = np.partition(image, below, axis=None)
    low, high = ordered[below], ordered[min(below + 1, image.size - 1) :].min()
    weight = place - below
    near_low, near_high = low + (high - low) * weight, high - (high - low) * (1 - weight)
    return near_low if weight < 0.5 else near_high


def _large_parts(mask: np.ndarray) -> np.ndarray:
    """Return the largest connected part of a mask, and the parts near its size."""
    labels, count = ndimage.label(mask)
    if count < 2:
        return mask
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return (sizes >= 0.01 * sizes.max())[labels]


def _open(mask: np.ndarray) -> np.ndarray:
    """Return the mask opened by a pixel and its four neighbours; beyond the image is nothing."""
    padded = np.pad(mask, 2)
    for combine in (np.logical_and, np.logical_or):
        centre = padded[1:-1, 1:-1]
        sides = (padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:])
        padded = centre
        for side in sides:
            padded = combine(padded, side)
    return padded


def _fill_holes(mask: np.ndarray) -> np.ndarray:
    """Return the mask with every part of the background that the rim does not reach."""
    labels, count = ndimage.label(np.pad(~mask, 1, constant_values=True))
    if count < 2:
        return mask
    return labels[1:-1, 1:-1] != labels[0, 0]


def place_canvas(body: np.ndarray, spacing_mm: tuple[float, float]) -> Frame:
    """Return the frame that scales the body's box to 216 rows (or 116 columns if that is less)."""
    rows, cols = (np.flatnonzero(body.any(axis=axis)) for axis in (1, 0))
    if rows.size == 0:
        rows, cols = (np.arange(n) for n in body.shape)
    height_mm = (rows[-1] - rows[0] + 1) * spacing_mm[0]
    width_mm = (cols[-1] - cols[0] + 1) * spacing_mm[1]
    mm = max(height_mm / _BOX_ROWS, width_mm / _BOX_COLS)
    step = (mm / spacing_mm[0], mm / spacing_mm[1])
    weights = body.sum(axis=0)
    middle = np.average(np.arange(body.shape[1]), weights=weights) if weights.any() else cols.mean()
    return Frame(origin=(rows[0] - _TOP_ROW * step[0], middle - AXIS_COL * step[1]), step=step)


def floor_row(
    pixels: np.ndarray, body: np.ndarray, spacing_mm: tuple[float, float], frame: Frame
) -> float:
    """Return the canvas row that the feet cannot lie below; infinite where the body is cut off.

    A body that is whole fades out over its toes; one that is cut ends at full strength, at the rim
    of the image or above a padding of zeros.
    """
    rows = np.flatnonzero(body.any(axis=1))
    if rows.size == 0:
        return np.inf
    bottom = int(rows[-1])
    reach = int(_LEG_MM[1] / spacing_mm[0])
    first = max(bottom - reach, 0)
    sums = (pixels[first : bottom + 1] * body[first : bottom + 1]).sum(axis=1)
    end = sums[-max(1, round(_END_MM / spacing_mm[0])) :].mean()
    legs = sums[: -max(1, int(_LEG_MM[0] / spacing_mm[0]))]
    if legs.size == 0 or end > _FADED * np.median(legs):
        return np.inf
    return (bottom + 0.5 - frame.origin[0]) / frame.step[0]


def sample(image: np.ndarray, frame: Frame, *, zoom: int = 1, order: int = 1) -> np.ndarray:
    """Return the image on the canvas (``zoom`` times as fine), shape (256, 128) * zoom; 0 beyond.

    With ``order`` 1 the image is first smoothed to the step of the canvas.
    """
    step = np.array(frame.step) / zoom
    # Canvas pixel centres keep their places: fine pixel k is at (k + 0.5) / zoom - 0.5.
    origin = np.array(frame.origin) + np.array(frame.step) * (0.5 / zoom - 0.5)
    shape = tuple(n * zoom for n in CANVAS_SHAPE)
    if order == 0:
        return ndimage.affine_transform(image, step, origin, shape, order=0, mode="constant")
    rows, cols = (
        _smooth_sampling(n, o, s, m)
        for n, o, s, m in zip(image.shape, origin, step, shape, strict=True)
    )
    down = rows @ image.astype(np.float32, copy=False)
    return np.ascontiguousarray((cols @ down.T).T)


def _smooth_sampling(n_pixels: int, origin: float, step: float, n_samples: int) -> sparse.csr_array:
    """Return the matrix (n_samples, n_pixels) of a Gaussian of half a step, then linear sampling.

    The rim goes on beyond the image for the Gaussian; a sample outside of it is 0.
    """
    sigma = max(0.5 * step, 1e-3)
    reach = int(3 * sigma + 0.5)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    bell /= bell.sum()
    place = origin + step * np.arange(n_samples)
    first = np.floor(place).astype(int)
    fraction = (place - first)[:, None]
    weights = np.zeros((n_samples, len(bell) + 1))
    weights[:, :-1] = bell * (1 - fraction)
    weights[:, 1:] += bell * fraction
    weights[(place < 0) | (place > n_pixels - 1)] = 0
    pixel = np.clip(first[:, None] + np.arange(-reach, reach + 2), 0, n_pixels - 1)
    ends = np.arange(n_samples + 1) * weights.shape[1]
    entries = weights.astype(np.float32).ravel()
    return sparse.csr_array((entries, pixel.ravel(), ends), (n_samples, n_pixels))


def make_canvas(
    pixels: np.ndarray, smooth: np.ndarray, spacing_mm: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray, Frame]:
    """Return log canvas, body mask and the frame between canvas and image, of an oriented image.

    ``smooth`` is the same image from ``smooth_pixels``.

    The canvas is float32 of shape (256, 128): log(0.15 + intensity / median of the body).
    """
    body = find_body(smooth)
    frame = place_canvas(body, spacing_mm)
    canvas = sample(pixels, frame)
    inside = pixels[body]
    level = median(inside) if inside.size else 0.0
    level = level if level > 0 else max(float(canvas.max()), 1e-6)
    return np.log(_LOG_FLOOR + canvas / level).astype(np.float32), body, frame


def channels(log_canvas: np.ndarray) -> np.ndarray:
    """Return the log canvas and its local contrast, float32 of shape (2, rows, cols)."""
    centred = log_canvas - _local_mean(log_canvas)
    variance = _local_mean(centred * centred)
    contrast = centred / (np.sqrt(np.maximum(variance, 0)) + 0.1)
    return np.stack([log_canvas, contrast], dtype=np.float32, casting="same_kind")


def _local_mean(canvas: np.ndarray) -> np.ndarray:
    """Return the Gaussian mean about each pixel of a canvas."""
    (rows, to_rows), (cols, to_cols) = (_broad_waves(n) for n in canvas.shape)
    return to_rows @ (rows @ canvas @ cols.T) @ to_cols.T


@cache
def _broad_waves(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return matrices (k, n) and (n, k) whose product smooths along an axis of a canvas.

    A broad Gaussian keeps few of the n components of an image: those of which it leaves less than
    ``_LEAST_STRENGTH`` are left out, which takes a third of the time.
    """
    impulses = np.eye(n)
    whole = ndimage.gaussian_filter1d(
        impulses, _CONTRAST_SIGMA, axis=0, mode="nearest", truncate=2.5
    )
    left, strength, right = np.linalg.svd(whole)
    k = int(np.count_nonzero(strength > _LEAST_STRENGTH))
    return np.float32(right[:k]), np.float32(left[:, :k] * strength[:k])


def resample(log_canvas: np.ndarray, matrix: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Return the canvas seen through the map p -> matrix p + offset (output to input pixels)."""
    n_rows, n_cols = log_canvas.shape
    row, col = np.arange(n_rows)[:, None], np.arange(n_cols)
    places = [m[0] * row + m[1] * col + o for m, o in zip(matrix, offset, strict=True)]
    moved = bilinear(log_canvas[None], *places)[0]
    for place, n in zip(places, log_canvas.shape, strict=True):
        moved[(place < 0) | (place > n - 1)] = np.log(_LOG_FLOOR)
    return moved


def bilinear(stack: np.ndarray, rows: np.ndarray, cols: np.ndarray) -> np.ndarray:
    """Return every image of a stack (k, rows, cols) at places of any one shape; the rim goes on."""
    n_rows, n_cols = stack.shape[1:]
    rows = np.clip(rows, 0, n_rows - 1.001).astype(np.float32, copy=False)
    cols = np.clip(cols, 0, n_cols - 1.001).astype(np.float32, copy=False)
    r, c = np.floor(rows), np.floor(cols)
    u, v = rows - r, cols - c
    # Of the type that ``take`` would make it anew each time; exact up to 4000 x 4000 pixels.
    corner = (r * n_cols + c).astype(np.intp)
    below = corner + n_cols
    result = np.empty((len(stack), *rows.shape), np.float32)
    for image, out in zip(stack, result, strict=True):
        flat = image.ravel()
        top, bottom = flat.take(corner), flat.take(below)
        top += (flat[1:].take(corner) - top) * v
        bottom += (flat[1:].take(below) - bottom) * v
        bottom -= top
        bottom *= u
        np.add(top, bottom, out=out, casting="same_kind")
    return result
