"""Values of one map of a working view by region, each group put in order once."""

from __future__ import annotations

import numpy as np

from uptake_ml.features.groups import Group
from uptake_ml.features.intensity import ordered_exceedance, ordered_percentile
from uptake_ml.features.working_view import WORKING_MM
from uptake_ml.regions import REGIONS

# A region smaller than this in an image is cut off or edge-on: its level is not reported.
LEAST_AREA_MM2 = 150.0


class Places:
    """Where the pixels of each region lie in a map of regions; region 0, outside, has none."""

    def __init__(self, regions: np.ndarray) -> None:
        self._shape = regions.shape
        # A map of bools is searched in a fraction of the time that one of integers takes.
        inside = np.flatnonzero(regions > 0)
        own = regions.ravel().take(inside)
        # Flat indices, region by region: what is read once in this order is cut, not looked up.
        self._order = inside.take(np.argsort(own, kind="stable"))
        self._sizes = np.bincount(own, minlength=len(REGIONS))
        ends = np.cumsum(self._sizes).tolist()
        self._slices = [slice(*both) for both in zip([0, *ends], ends, strict=False)]

    def of(self, regions: Group) -> np.ndarray:
        """Return the flat indices of the pixels of ``regions``, one region after another."""
        return self.cut(self._order, regions)

    def count(self, regions: Group) -> int:
        """Return how many pixels ``regions`` have."""
        return sum(self._slices[i].stop - self._slices[i].start for i in regions)

    def read(self, image: np.ndarray) -> np.ndarray:
        """Return the values of a map at the pixels of all regions, as ``cut`` takes them."""
        return image.ravel().take(self._order)

    def cut(self, values: np.ndarray, regions: Group) -> np.ndarray:
        """Return those of the values that ``read`` returned that lie in ``regions``."""
        parts = [values[self._slices[i]] for i in regions]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def paint(self, table: np.ndarray) -> np.ndarray:
        """Return a map with the entry of a table (256,) at the pixels of each region."""
        image = np.full(self._shape, table[0])
        image.ravel()[self._order] = table[: len(self._sizes)].repeat(self._sizes)
        return image


class Levels:
    """The pixels of a map by region, each group read and put in order when first asked for."""

    def __init__(self, image: np.ndarray, places: Places) -> None:
        self._read, self._places = places.read(image), places
        self._values: dict[Group, np.ndarray] = {}
        self._ordered: dict[Group, np.ndarray] = {}

    def values(self, regions: Group) -> np.ndarray:
        """Return the values at all pixels of ``regions``, shape (n,)."""
        if regions not in self._values:
            self._values[regions] = self._places.cut(self._read, regions)
        return self._values[regions]

    def ordered(self, regions: Group) -> np.ndarray:
        """Return the values at all pixels of ``regions``, rising, shape (n,)."""
        if regions not in self._ordered:
            self._ordered[regions] = np.sort(self.values(regions))
        return self._ordered[regions]

    def percentile(self, regions: Group, percent: float) -> float:
        """Return a percentile over ``regions``, NaN where none of them is seen."""
        return ordered_percentile(self.ordered(regions), percent)

    def median(self, regions: Group) -> float:
        """Return the median over ``regions``, NaN where too little of them is seen."""
        return self.percentile(regions, 50) if self._is_enough(regions) else np.nan

    def upper_mean(self, regions: Group) -> float:
        """Return the mean of the hottest quarter of ``regions``, NaN where too little is seen."""
        if not self._is_enough(regions):
            return np.nan
        values = self.ordered(regions)
        upper = values[len(values) * 3 // 4 :]
        # The sum over the number takes half the time of ``mean``, and is the same.
        return float(upper.sum() / len(upper))

    def exceedance(self, above: Group, below: Group) -> float:
        """Return the probability that a pixel of ``above`` exceeds one of ``below``."""
        return ordered_exceedance(self.ordered(above), self.ordered(below))

    def _is_enough(self, regions: Group) -> bool:
        return len(self.values(regions)) * WORKING_MM**2 >= LEAST_AREA_MM2
