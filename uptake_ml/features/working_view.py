"""A view as it is measured: cropped to the body, on square pixels of one size, with its noise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage, sparse

from uptake_ml.features.smoothing import smooth
from uptake_ml.medians import median
from uptake_ml.study import COUNTS, View

if TYPE_CHECKING:
    from uptake_ml.atlas.records import Layout

WORKING_MM = 4.0
SMOOTHING_MM = 4.0
_MARGIN_MM = 24.0

# Immerkaer, Comput. Vis. Image Underst. 1996;64:300: blind to constant, linear and quadratic
# structure along either axis; on white noise its variance is 36 times that of the noise.
_NOISE_KERNEL = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32) / 6.0
_MEDIAN_OF_CHI2 = 0.4549


@dataclass(frozen=True, kw_only=True, eq=False)
class WorkingView:
    """A view and its layout on square pixels of ``WORKING_MM``, all maps of shape (rows, columns).

    ``pixels``, ``expected`` are in the unit of the view (mean over the working pixel), ``spread``
    is a relative standard deviation, ``gain`` the variance of one input pixel over its mean
    (1 for counts).  Working pixel (i, j) is centred at input row ``origin[0] + (i + 0.5) *
    step[0]`` and so on: ``origin`` is an edge, in input pixels.
    """

    name: str
    unit: str
    pixels: np.ndarray
    expected: np.ndarray
    spread: np.ndarray
    regions: np.ndarray
    body: np.ndarray
    gain: float
    origin: tuple[float, float]
    step: tuple[float, float]

    @cached_property
    def smoothed(self) -> np.ndarray:
        """``pixels`` after a Gaussian of ``SMOOTHING_MM`` standard deviation, float32."""
        return smooth(self.pixels, SMOOTHING_MM / WORKING_MM)

    def to_input(self, row: float, col: float) -> tuple[float, float]:
        """Return the input's (row, column) of the centre of a working pixel."""
        return (
            self.origin[0] + (row + 0.5) * self.step[0],
            self.origin[1] + (col + 0.5) * self.step[1],
        )

    def from_input(self, row: float, col: float) -> tuple[float, float]:
        """Return the working (row, column) of a place in the input: the inverse of ``to_input``."""
        return (
            (row - self.origin[0]) / self.step[0] - 0.5,
            (col - self.origin[1]) / self.step[1] - 0.5,
        )


def prepare_view(view: View, layout: Layout) -> WorkingView:
    """Return the part of a view that holds the body, on working pixels.

    Raises
    ------
    ValueError
        If a map of the layout differs from the view in shape.
    """
    _check(view, layout)
    window = _body_window(layout.body, view.spacing_mm)
    crop = view.pixels[window]
    step = tuple(WORKING_MM / spacing for spacing in view.spacing_mm)
    shape = tuple(max(int(np.ceil(n / s - 1e-6)), 1) for n, s in zip(crop.shape, step, strict=True))
    rows, cols = (_centres(n, s, m) for n, s, m in zip(shape, step, crop.shape, strict=True))
    rows, cols = (centres + axis.start for centres, axis in zip((rows, cols), window, strict=True))
    mean = _AreaMean(crop.shape, shape, step)
    return WorkingView(
        name=view.name,
        unit=view.unit,
        pixels=mean(crop),
        expected=mean(layout.expected[window]),
        spread=layout.spread.take(rows, axis=0).take(cols, axis=1).astype(np.float32, copy=False),
        regions=layout.regions.take(rows, axis=0).take(cols, axis=1),
        body=layout.body.take(rows, axis=0).take(cols, axis=1),
        gain=1.0 if view.unit == COUNTS else noise_gain(crop, layout.body[window]),
        origin=(window[0].start - 0.5, window[1].start - 0.5),
        step=step,
    )


def noise_gain(pixels: np.ndarray, body: np.ndarray) -> float:
    """Return the variance of the noise over the mean, as for Poisson counts times a factor.

    The variance is read off the image itself (Immerkaer 1996), over pixels (rows, columns) of the
    body mask; the median over pixels keeps edges and lesions out.
    """
    residual = ndimage.convolve(pixels, _NOISE_KERNEL, mode="nearest")
    level = ndimage.uniform_filter(pixels, 5, mode="nearest")
    used = body & (level > 0)
    if not used.any():
        return 0.0
    return median(residual[used] ** 2 / level[used]) / _MEDIAN_OF_CHI2


def _check(view: View, layout: Layout) -> None:
    for name in ("regions", "body", "expected", "spread"):
        shape = getattr(layout, name).shape
        if shape != view.pixels.shape:
            raise ValueError(
                f"the layout's {name} must have the shape of the {view.name} view "
                f"{view.pixels.shape}, found {shape}: locate this study anew"
            )


def _body_window(body: np.ndarray, spacing_mm: tuple[float, float]) -> tuple[slice, slice]:
    window = []
    for axis in (0, 1):
        filled = np.flatnonzero(body.any(axis=1 - axis))
        if not len(filled):
            return slice(0, body.shape[0]), slice(0, body.shape[1])
        margin = int(np.ceil(_MARGIN_MM / spacing_mm[axis]))
        start = max(int(filled[0]) - margin, 0)
        window.append(slice(start, min(int(filled[-1]) + margin + 1, body.shape[axis])))
    return tuple(window)


def _centres(count: int, step: float, size: int) -> np.ndarray:
    places = np.floor((np.arange(count) + 0.5) * step).astype(int)
    return np.minimum(places, size - 1)


class _AreaMean:
    """Mean over the area of each working pixel, as products with sparse matrices of overlaps."""

    def __init__(self, size: tuple[int, int], shape: tuple[int, int], step: tuple[float, float]):
        self._down, self._across = (
            _overlaps(m, n, s) for m, n, s in zip(size, shape, step, strict=True)
        )

    def __call__(self, image: np.ndarray) -> np.ndarray:
        down = self._down @ image.astype(np.float32, copy=False)
        return np.ascontiguousarray((self._across @ down.T).T)


def _overlaps(size: int, count: int, step: float) -> sparse.csr_array:
    """Return the share of each of ``size`` pixels in each of ``count`` working pixels."""
    reach = int(np.ceil(step)) + 1
    edge = np.arange(count)[:, None] * step
    pixel = edge.astype(int) + np.arange(reach)
    weights = np.minimum(pixel + 1, edge + step) - np.maximum(pixel, edge)
    weights = np.where(pixel < size, weights.clip(0, None), 0)
    # A last working pixel may begin, by rounding, where the input ends: it holds nothing.
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-6)
    rows = np.arange(count + 1) * reach
    columns = np.minimum(pixel, size - 1).ravel()
    return sparse.csr_array((weights.ravel().astype(np.float32), columns, rows), (count, size))
