"""Raised places split at their saddles, and maps of labels read label by label."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from scipy import ndimage
from skimage.segmentation import watershed

Window = tuple[slice, slice]

_NEIGHBOURS = np.ones((3, 3))
# Heights that differ by less are the same.
_SAME = 1e-5


class Labelled:
    """The pixels of a map of labels (rows, columns) by label, of which 1 to the greatest occur."""

    def __init__(self, labels: np.ndarray) -> None:
        self.labels = labels
        # A map of bools is searched in a fraction of the time that one of integers takes.
        inside = np.flatnonzero(labels > 0)
        own = labels.ravel().take(inside)
        # Integers of 16 bits and less are put in order by counting, which takes less time.
        order = np.argsort(own.astype(np.min_scalar_type(own.max(initial=0))), kind="stable")
        self.places = inside[order]
        self.sizes = np.bincount(own)[1:]
        self._starts = np.cumsum(self.sizes) - self.sizes

    @cached_property
    def rows_and_columns(self) -> tuple[np.ndarray, np.ndarray]:
        """Row and column of each pixel, in the order of ``places``."""
        return rows_and_columns(self.places, self.labels.shape[1])

    def greatest(self, image: np.ndarray) -> np.ndarray:
        """Return the greatest value of an image in each label, shape (labels,)."""
        return np.maximum.reduceat(image.ravel()[self.places], self._starts)

    def peaks(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return (rows, columns) of the greatest value in each label, the first of equal ones."""
        is_peak = image.ravel()[self.places] == self.each(self.greatest(image))
        found = np.flatnonzero(is_peak)
        first = found[np.searchsorted(found, self._starts)]
        return tuple(axis[first] for axis in self.rows_and_columns)

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Return the sum by label of values in the order of ``places``."""
        return np.add.reduceat(values, self._starts, dtype=np.float64)

    def means(self, values: np.ndarray) -> np.ndarray:
        """Return the mean by label of values in the order of ``places``."""
        return self.sums(values) / self.sizes

    def each(self, of_label: np.ndarray) -> np.ndarray:
        """Return for each pixel, in the order of ``places``, what its label has."""
        return np.repeat(of_label, self.sizes)

    def windows(self) -> list[Window]:
        """Return the slices of rows and columns that each label fills."""
        axes = [
            (np.minimum.reduceat(axis, self._starts), np.maximum.reduceat(axis, self._starts) + 1)
            for axis in self.rows_and_columns
        ]
        return [
            (slice(top, bottom), slice(left, right))
            for top, bottom, left, right in np.column_stack([*axes[0], *axes[1]]).tolist()
        ]


def rows_and_columns(places: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Return row and column of flat indices of an image of this width; quicker than ``divmod``."""
    rows = places // width
    return rows, places - rows * width


def grow(mask: np.ndarray, steps: int) -> np.ndarray:
    """Return a bool image grown by so many steps to the four neighbours."""
    rows, columns = mask.shape
    width = columns + steps
    padded = np.zeros((rows, width), bool)
    padded[:, :columns] = mask
    # The rows end to end, with room between them to grow into: one line is quicker than rows.
    line = padded.ravel()
    for _ in range(steps):
        grown = line.copy()
        for shift in (1, width):
            grown[shift:] |= line[:-shift]
            grown[:-shift] |= line[shift:]
        line = grown
    return line.reshape(padded.shape)[:, :columns]


def split(
    image: np.ndarray, significance: np.ndarray, *, least: float, significant: float, depth: float
) -> np.ndarray:
    """Return labels of places above ``least`` (positive), each down to half of its height.

    Only connected places that are ``significant`` somewhere are looked at, and two peaks are two
    places where the lower one stands ``depth`` above the saddle between them.
    """
    raised, count = ndimage.label(image > least)
    labels = np.zeros(image.shape, np.int32)
    if not count:
        return labels
    places = Labelled(raised)
    is_kept = places.greatest(significance) >= significant
    peaks = _possible_peaks(image, places, least + depth)
    has_peaks = is_kept & (places.sums(peaks) > 1)
    is_single = is_kept & ~has_peaks
    number = np.where(is_single, np.cumsum(is_single), 0)
    labels.ravel()[places.places] = places.each(number)
    count = int(number.max())
    windows = places.windows() if has_peaks.any() else []
    rows, columns = (axis[peaks] for axis in places.rows_and_columns)
    of_label = places.each(np.arange(1, len(is_kept) + 1))[peaks]
    for i in np.flatnonzero(has_peaks):
        window, is_own = windows[i], of_label == i + 1
        own = raised[window] == i + 1
        at = rows[is_own] - window[0].start, columns[is_own] - window[1].start
        basins = _basins(np.where(own, image[window], 0), at, depth)
        labels[window][own] = basins[own] + count
        count += int(basins.max())
    return _down_to_half(image, labels, least)


def _possible_peaks(image: np.ndarray, places: Labelled, least: float) -> np.ndarray:
    """Return which pixels, in the order of ``places``, may stand ``depth`` above a saddle.

    Saddles lie above the least height of a place: peaks below the sum of both are no places of
    their own, but where they are the highest, or as high.
    """
    lower = np.pad(image, 1)
    rows, columns = places.rows_and_columns
    heights = image.ravel()[places.places]
    is_peak = (heights >= least - _SAME) | (heights >= places.each(places.greatest(image)) - _SAME)
    for down, across in ((0, 1), (2, 1), (1, 0), (1, 2)):
        is_peak &= heights >= lower[rows + down, columns + across]
    # Corners connect as well, but heights that are the same there may be of one peak.
    rows, columns, heights = rows[is_peak], columns[is_peak], heights[is_peak]
    is_top = np.ones(len(rows), bool)
    for down, across in ((0, 0), (0, 2), (2, 0), (2, 2)):
        is_top &= heights >= lower[rows + down, columns + across] - _SAME
    is_peak[is_peak] = is_top
    return is_peak


def _basins(height: np.ndarray, at: tuple[np.ndarray, np.ndarray], depth: float) -> np.ndarray:
    """Return labels around the peaks that stand ``depth`` above the saddle to any higher one.

    ``height`` is positive in one connected place and 0 around it; ``at`` are its possible peaks.
    """
    tops = np.zeros(height.shape, bool)
    highest = height.max()
    for row, column in zip(*at, strict=True):
        peak = height[row, column]
        if peak >= highest - _SAME:
            tops[row, column] = True
            continue
        # What can be reached from the peak without going down by more than the depth.
        reached, _ = ndimage.label(height > peak - depth + _SAME, _NEIGHBOURS)
        tops[row, column] = height[reached == reached[row, column]].max() <= peak + _SAME
    markers, count = ndimage.label(tops, _NEIGHBOURS)
    return watershed(-height, markers, mask=height > 0) if count > 1 else (height > 0).astype(int)


def _down_to_half(image: np.ndarray, labels: np.ndarray, least: float) -> np.ndarray:
    if not labels.any():
        return labels
    places = Labelled(labels)
    ends = places.each(np.maximum(0.5 * places.greatest(image), least))
    labels.ravel()[places.places[image.ravel()[places.places] <= ends]] = 0
    return labels
