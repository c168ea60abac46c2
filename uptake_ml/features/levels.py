"""Values of one map of a working view by region, each group put in order once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from uptake_ml.features.groups import Group
from uptake_ml.features.intensity import ordered_exceedance, ordered_percentile
from uptake_ml.features.working_view import WORKING_MM

# A region smaller than this in an image is cut off or edge-on: its level is not reported.
LEAST_AREA_MM2 = 150.0


class Levels:
    """The pixels of a map by region, each group read and put in order when first asked for.

    ``places`` are the flat indices of the pixels of each region.
    """

    def __init__(self, image: np.ndarray, places: Sequence[np.ndarray]) -> None:
        self._flat, self._places = image.ravel(), places
        self._values: dict[Group, np.ndarray] = {}
        self._ordered: dict[Group, np.ndarray] = {}

    def values(self, regions: Group) -> np.ndarray:
        """Return the values at all pixels of ``regions``, shape (n,)."""
        if regions not in self._values:
            places = [self._places[region] for region in regions]
            self._values[regions] = self._flat[np.concatenate(places)]
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
        return float(values[len(values) * 3 // 4 :].mean())

    def exceedance(self, above: Group, below: Group) -> float:
        """Return the probability that a pixel of ``above`` exceeds one of ``below``."""
        return ordered_exceedance(self.ordered(above), self.ordered(below))

    def _is_enough(self, regions: Group) -> bool:
        return sum(len(self._places[i]) for i in regions) * WORKING_MM**2 >= LEAST_AREA_MM2
