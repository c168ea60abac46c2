"""What every feature is computed from: levels of the regions of each view, and the hot spots."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.features.groups import (
    BONES,
    JOINT_NAMES,
    ORGANS,
    SHAFTS,
    SKELETON,
    SOFT_TISSUES,
    Group,
    group,
)
from uptake_ml.features.intensity import intensity_statistics
from uptake_ml.features.levels import Levels, Places
from uptake_ml.features.marrow import Marrow, measure_marrow
from uptake_ml.features.smoothing import greatest_within, smooth
from uptake_ml.features.soft_tissue import BesideBone, measure_beside_bones
from uptake_ml.features.working_view import SMOOTHING_MM, WORKING_MM, WorkingView, prepare_view
from uptake_ml.regions import LEFT, REGIONS, RIGHT
from uptake_ml.study import ANTERIOR, Study

if TYPE_CHECKING:
    from uptake_ml.atlas.records import Layout
    from uptake_ml.features.hotspots import HotSpot

# Layouts are off by about this much: a normal structure may lie this far from its place.
MISPLACEMENT_MM = 8.0
FINE_STRUCTURE_MM = 12.0
# name -> left, right, both
_JOINT_GROUPS = {
    name: (group(name, side=LEFT), group(name, side=RIGHT), group(name)) for name in JOINT_NAMES
}


class ViewUptake:
    """Levels of the regions of one working view, each computed once and when first asked for."""

    def __init__(self, working: WorkingView) -> None:
        self.working = working
        self._places = Places(working.regions)

    def places(self, regions: Group) -> np.ndarray:
        """Return the flat indices of the working pixels of ``regions``."""
        return self._places.of(regions)

    def paint(self, table: np.ndarray) -> np.ndarray:
        """Return a map of the working view with the entry of a table (256,) for each region."""
        return self._places.paint(table)

    def read(self, image: np.ndarray) -> Levels:
        """Return the values of a map of the working view by region."""
        return Levels(image, self._places)

    @cached_property
    def levels(self) -> Levels:
        """Smoothed uptake by region."""
        return self.read(self.working.smoothed)

    @cached_property
    def expected(self) -> Levels:
        """Expected uptake by region."""
        return self.read(self.working.expected)

    @cached_property
    def spread(self) -> Levels:
        """Relative standard deviation among normal subjects by region."""
        return self.read(self.working.spread)

    def median(self, regions: Group) -> float:
        """Return the median uptake over ``regions``, NaN where too little of them is seen."""
        return self.levels.median(regions)

    def upper_mean(self, regions: Group) -> float:
        """Return the mean of the hottest quarter of ``regions``, NaN where too little is seen."""
        return self.levels.upper_mean(regions)

    def area_mm2(self, regions: Group) -> float:
        """Return the area of ``regions`` in this view."""
        return self._places.count(regions) * WORKING_MM**2

    @cached_property
    def log_ratios(self) -> dict[int, float]:
        """Log of median uptake over median expected uptake, by index of the bone region."""
        found = {}
        for index in BONES:
            measured = self.median((index,))
            expected = self.expected.median((index,))
            if measured > 0 and expected > 0:
                found[index] = float(np.log(measured / expected))
        return found

    def scale(self, regions: Group) -> float:
        """Return uptake over expected uptake in the middlemost of ``regions``, by area."""
        ratios = {i: r for i, r in self.log_ratios.items() if i in regions}
        if not ratios:
            ratios = self.log_ratios
        if not ratios:
            return np.nan
        return float(
            np.exp(_weighted_median(ratios, {i: self._places.count((i,)) for i in ratios}))
        )

    @cached_property
    def bone_scale(self) -> float:
        """``scale`` over all bones."""
        return self.scale(BONES)

    @cached_property
    def shaft_scale(self) -> float:
        """``scale`` over the long bones, against which joints of the limbs are read."""
        return self.scale(SHAFTS)

    @cached_property
    def bone_level(self) -> float:
        """Median uptake of the bones, joints left out."""
        return self.median(BONES)

    @cached_property
    def soft_tissue_level(self) -> float:
        """Median uptake of the soft tissues, organs left out."""
        return self.median(SOFT_TISSUES)

    @cached_property
    def body_values(self) -> np.ndarray:
        """Smoothed uptake at every third pixel of the body, rising, shape (n,)."""
        # Neighbours are alike after smoothing: the percentiles of a third are those of all.
        return np.sort(self.working.smoothed[self.working.body][::3])

    @cached_property
    def skeleton_statistics(self) -> dict[str, float]:
        """IBSI statistics of uptake over the skeleton, relative to its median."""
        values = self.levels.ordered(SKELETON)
        return intensity_statistics(values / self.levels.percentile(SKELETON, 50))

    @cached_property
    def expected_nearby(self) -> np.ndarray:
        """The most that is expected within ``MISPLACEMENT_MM``, organs left out; float32."""
        expected = self.working.expected.copy()
        expected.ravel()[self.places(ORGANS)] = 0
        return greatest_within(expected, round(MISPLACEMENT_MM / WORKING_MM))

    @cached_property
    def fine_structure(self) -> Levels:
        """Uptake smoothed by ``SMOOTHING_MM`` less that by ``FINE_STRUCTURE_MM``, by region."""
        sigma = math.sqrt(FINE_STRUCTURE_MM**2 - SMOOTHING_MM**2) / WORKING_MM
        smoothed = self.working.smoothed
        return self.read(smoothed - smooth(smoothed, sigma))

    @cached_property
    def _normal_skeleton(self) -> np.ndarray:
        """The normal level nearby at the skeleton's pixels, (n,)."""
        return self.expected_nearby.ravel().take(self.places(SKELETON)) * self.bone_scale

    @cached_property
    def log_excess(self) -> np.ndarray:
        """Log of uptake over the normal level nearby, at the skeleton's pixels, rising, (n,)."""
        normal, floor = self._normal_skeleton, 0.1 * self.bone_level
        return np.sort(np.log((self.levels.values(SKELETON) + floor) / (normal + floor)))

    @cached_property
    def excess_by_region(self) -> dict[int, float]:
        """Uptake above 1.3 times normal, summed over each region of the skeleton, with 2 % of the
        normal uptake added so that shares are defined where nothing is raised."""
        normal = self._normal_skeleton
        above = np.clip(self.levels.values(SKELETON) - 1.3 * normal, 0, None) + 0.02 * normal
        own = self.working.regions.ravel().take(self.places(SKELETON))
        sums = np.bincount(own, above, len(REGIONS)).tolist()
        return {i: sums[i] for i in SKELETON if sums[i] > 0}

    @cached_property
    def beside_bones(self) -> dict[str, BesideBone | None]:
        """The soft tissue beside the long bones, by the name of the bone; None where not seen."""
        return measure_beside_bones(self.working, self.places)


@dataclass(frozen=True, kw_only=True, eq=False)
class Uptake:
    """All that a feature may look at: one ``ViewUptake`` a view, and the hot spots found.

    ``suspects`` are all raised places, the hot spots among them; ``marrow`` is what the volume of
    a PET study shows, None without one.
    """

    views: Mapping[str, ViewUptake]
    hot_spots: tuple[HotSpot, ...] = ()
    suspects: tuple[HotSpot, ...] = ()
    marrow: Marrow | None = None

    @cached_property
    def joint_levels(self) -> dict[str, tuple[float, float]]:
        """How many times normal each kind of joint takes up, as (left, right); NaN if unseen."""
        return {
            name: (self._joint_level(left), self._joint_level(right))
            for name, (left, right, _) in _JOINT_GROUPS.items()
        }

    def _joint_level(self, joint: Group) -> float:
        """Hottest quarter over that of a normal subject, relative to the same of the long bones."""

        def level(view: ViewUptake) -> float:
            expected = view.expected.upper_mean(joint) * view.shaft_scale
            return view.upper_mean(joint) / expected if expected > 0 else np.nan

        return geometric_mean([level(view) for view in self.views.values()])

    def joint_spread(self, name: str) -> float:
        """Return the spread of the log among normal subjects at a kind of joint."""
        both = _JOINT_GROUPS[name][2]
        return self.average(lambda view: view.spread.median(both))

    def ratio(self, above: Group, below: Group, prefer: str | None = None) -> float:
        """Return median uptake of one group over that of another, the geometric mean of the views.

        ``prefer`` names the only view to use where it gives a value.
        """
        found = {
            name: _quotient(v.median(above), v.median(below)) for name, v in self.views.items()
        }
        preferred = found.get(prefer, np.nan)
        return preferred if math.isfinite(preferred) else geometric_mean(list(found.values()))

    def average(self, measure) -> float:
        """Return the mean of ``measure(view_uptake)`` over the views where it is defined."""
        values = [float(measure(view)) for view in self.views.values()]
        values = [value for value in values if math.isfinite(value)]
        return sum(values) / len(values) if values else np.nan


def view_uptakes(study: Study, layouts: Mapping[str, Layout]) -> dict[str, ViewUptake]:
    """Return the uptake of each view of ``study`` whose layout holds a body, by name.

    Raises
    ------
    ValueError
        If a layout does not fit its view.
    """
    return {
        name: ViewUptake(prepare_view(view, layouts[name]))
        for name, view in study.views.items()
        if name in layouts and layouts[name].body.any()
    }


def gather_uptake(
    study: Study,
    layouts: Mapping[str, Layout],
    hot_spots: tuple[HotSpot, ...] = (),
    suspects: tuple[HotSpot, ...] | None = None,
    views: Mapping[str, ViewUptake] | None = None,
) -> Uptake:
    """Return the uptake of all views of ``study`` whose layout holds a body.

    ``suspects`` None stands for the hot spots; ``views`` is what ``view_uptakes`` returns for this
    study, None to find it here.

    Raises
    ------
    ValueError
        If no view has a layout, or a layout does not fit its view.
    """
    if not set(study.views) & set(layouts):
        raise ValueError(
            f"a layout is needed for at least one of the views {sorted(study.views)}, "
            f"found {sorted(layouts)}: locate this study first"
        )
    views = view_uptakes(study, layouts) if views is None else views
    return Uptake(
        views=views,
        hot_spots=tuple(hot_spots),
        suspects=tuple(hot_spots if suspects is None else suspects),
        marrow=_marrow(study, layouts) if views else None,
    )


def _marrow(study: Study, layouts: Mapping[str, Layout]) -> Marrow | None:
    if study.volume is None or ANTERIOR not in layouts:
        return None
    return measure_marrow(study.volume, layouts[ANTERIOR])


def geometric_mean(values: list[float]) -> float:
    """Return the geometric mean of the positive, finite ``values``, NaN if there is none."""
    logs = [math.log(v) for v in values if math.isfinite(v) and v > 0]
    return math.exp(sum(logs) / len(logs)) if logs else np.nan


def imbalance(left: float, right: float) -> float:
    """Return |left - right| / (left + right), NaN where there is nothing on either side."""
    return abs(left - right) / (left + right) if left + right > 0 else np.nan


def _quotient(above: float, below: float) -> float:
    return above / below if below > 0 else np.nan


def _weighted_median(values: Mapping[int, float], weights: Mapping[int, float]) -> float:
    order = sorted(values, key=values.__getitem__)
    total = np.cumsum([weights[i] for i in order])
    return values[order[int(np.searchsorted(total, total[-1] / 2))]]
