"""Raised places split at their saddles, and maps of labels read label by label."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from scipy import ndimage
from skimage.segmentation import watershed

from uptake_ml.features.saddles import SAME, stand_out

Window = tuple[slice, slice]

_NEIGHBOURS = np.ones((3, 3))


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

    @cached_property
    def of_label(self) -> np.ndarray:
        """The label of each pixel less 1, in the order of ``places``."""
        return self.each(np.arange(len(self.sizes)))

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

    def extents(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return for rows and columns where each label begins, and the first beyond it."""
        return [
            (np.minimum.reduceat(axis, self._starts), np.maximum.reduceat(axis, self._starts) + 1)
            for axis in self.rows_and_columns
        ]

    def windows(self) -> list[Window]:
        """Return the slices of rows and columns that each label fills."""
        rows, columns = self.extents()
        return [
            (slice(top, bottom), slice(left, right))
            for top, bottom, left, right in np.column_stack([*rows, *columns]).tolist()
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
    # The rows end to end as the bits of one integer, with room between them to grow into: a small
    # map takes a third of the time that arrays need.
    packed = np.packbits(padded)
    bits = int.from_bytes(packed.tobytes())
    for _ in range(steps):
        bits |= bits << 1 | bits >> 1 | bits << width | bits >> width
    bits &= (1 << 8 * len(packed)) - 1
    grown = np.frombuffer(bits.to_bytes(len(packed)), np.uint8)
    return np.unpackbits(grown, count=padded.size).view(bool).reshape(padded.shape)[:, :columns]


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
    peaks = _possible_peaks(image, places, is_kept, least + depth)
    has_peaks = np.bincount(places.of_label[peaks], minlength=count) > 1
    is_single = is_kept & ~has_peaks
    number = np.where(is_single, np.cumsum(is_single), 0)
    labels.ravel()[places.places] = places.each(number)
    if has_peaks.any():
        height, inside, at = _apart(image, places, has_peaks)
        peaks = at.take(np.searchsorted(inside, peaks[has_peaks[places.of_label[peaks]]]))
        basins = _basins(height, peaks, depth).ravel().take(at)
        labels.ravel()[places.places.take(inside)] = basins + number.max()
    return _down_to_half(image, labels, least)


def _possible_peaks(
    image: np.ndarray, places: Labelled, is_kept: np.ndarray, least: float
) -> np.ndarray:
    """Return which pixels of the places kept may stand ``depth`` above a saddle.

    They are indices into ``places.places``.  Saddles lie above the least height of a place: peaks
    below the sum of both are no places of their own, but where they are the highest, or as high.
    """
    heights = image.ravel().take(places.places)
    limits = np.minimum(places.greatest(image) - SAME, least - SAME)
    found = np.flatnonzero(heights >= places.each(np.where(is_kept, limits, np.inf)))
    rows, columns = (axis.take(found) for axis in places.rows_and_columns)
    width = image.shape[1] + 2
    at, lower = (rows + 1) * width + columns + 1, np.pad(image, 1).ravel()
    # Corners connect as well, but heights that are the same there may be of one peak.
    corners = (-width - 1, -width + 1, width - 1, width + 1)
    for steps, less in (((-width, -1, 1, width), 0), (corners, SAME)):
        around = lower.take(at + np.array(steps)[:, None]) - less
        is_peak = (heights.take(found) >= around).all(axis=0)
        found, at = found[is_peak], at[is_peak]
    return found


def _apart(
    image: np.ndarray, places: Labelled, chosen: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the heights of chosen places in an image of their own, one below the other.

    They lie apart, 0 is around them.  The other two arrays say which of ``places.places`` these
    pixels are, and where they are in the new image, as flat indices.
    """
    inside = np.flatnonzero(places.each(chosen))
    of_label = places.of_label.take(inside)
    rows, columns = (axis.take(inside) for axis in places.rows_and_columns)
    (top, bottom), (left, right) = places.extents()
    tall = np.where(chosen, bottom - top + 1, 0)
    down, width = np.cumsum(tall) - tall + 1 - top, int((right - left)[chosen].max()) + 2
    at = (rows + down.take(of_label)) * width + columns + (1 - left).take(of_label)
    height = np.zeros((int(tall.sum()) + 1, width), image.dtype)
    height.ravel()[at] = image.ravel().take(places.places.take(inside))
    return height, inside, at


def _basins(height: np.ndarray, peaks: np.ndarray, depth: float) -> np.ndarray:
    """Return labels around the peaks that stand ``depth`` above the saddle to any higher one.

    ``height`` is positive in connected places that lie apart, 0 around them; ``peaks`` are the
    flat indices of their possible peaks.
    """
    tops = np.zeros(height.shape, bool)
    tops.ravel()[peaks] = stand_out(height, peaks, depth)
    markers, _ = ndimage.label(tops, _NEIGHBOURS)
    return watershed(-height, markers, mask=height > 0)


def _down_to_half(image: np.ndarray, labels: np.ndarray, least: float) -> np.ndarray:
    if not labels.any():
        return labels
    places = Labelled(labels)
    ends = places.each(np.maximum(0.5 * places.greatest(image), least))
    labels.ravel()[places.places[image.ravel()[places.places] <= ends]] = 0
    return labels
