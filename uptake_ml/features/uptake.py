"""What every feature is computed from: levels of the regions of each view, and the hot spots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from uptake_ml.features.groups import (
    BONES,
    JOINT_NAMES,
    ORGANS,
    SHAFTS,
    SKELETON,
    SOFT_TISSUES,
    Group,
    group,
    membership,
)
from uptake_ml.features.intensity import intensity_statistics
from uptake_ml.features.marrow import Marrow, measure_marrow
from uptake_ml.features.working_view import SMOOTHING_MM, WORKING_MM, WorkingView, prepare_view
from uptake_ml.regions import LEFT, REGIONS, RIGHT
from uptake_ml.study import ANTERIOR, Study

if TYPE_CHECKING:
    from uptake_ml.atlas.records import Layout
    from uptake_ml.features.hotspots import HotSpot

# A region smaller than this in an image is cut off or edge-on: its level is not reported.
LEAST_AREA_MM2 = 150.0
# Layouts are off by about this much: a normal structure may lie this far from its place.
MISPLACEMENT_MM = 8.0
FINE_STRUCTURE_MM = 12.0


class ViewUptake:
    """Levels of the regions of one working view, each computed once and when first asked for."""

    def __init__(self, working: WorkingView) -> None:
        self.working = working
        order = np.argsort(working.regions, axis=None, kind="stable")
        bounds = np.searchsorted(working.regions.ravel()[order], np.arange(len(REGIONS) + 1))
        self._places = [order[a:b] for a, b in pairwise(bounds)]

    def places(self, regions: Group) -> np.ndarray:
        """Return the flat indices of the working pixels of ``regions``."""
        return np.concatenate([self._places[i] for i in regions])

    def values(self, regions: Group, image: np.ndarray | None = None) -> np.ndarray:
        """Return the smoothed uptake (or ``image``) at all pixels of ``regions``, shape (n,)."""
        image = self.working.smoothed if image is None else image
        return image.ravel()[self.places(regions)]

    def median(self, regions: Group, image: np.ndarray | None = None) -> float:
        """Return the median uptake over ``regions``, NaN where too little of them is seen."""
        values = self.values(regions, image)
        return float(np.median(values)) if self._is_enough(values) else np.nan

    def upper_mean(self, regions: Group, image: np.ndarray | None = None) -> float:
        """Return the mean of the hottest quarter of ``regions``, NaN where too little is seen."""
        values = self.values(regions, image)
        if not self._is_enough(values):
            return np.nan
        cut = len(values) * 3 // 4
        return float(np.partition(values, cut)[cut:].mean())

    def area_mm2(self, regions: Group) -> float:
        """Return the area of ``regions`` in this view."""
        return len(self.places(regions)) * WORKING_MM**2

    @staticmethod
    def _is_enough(values: np.ndarray) -> bool:
        return len(values) * WORKING_MM**2 >= LEAST_AREA_MM2

    @cached_property
    def log_ratios(self) -> dict[int, float]:
        """Log of median uptake over median expected uptake, by index of the bone region."""
        found = {}
        for index in BONES:
            measured = self.median((index,))
            expected = self.median((index,), self.working.expected)
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
        return float(np.exp(_weighted_median(ratios, {i: len(self._places[i]) for i in ratios})))

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
        """Smoothed uptake at the pixels of the body, shape (n,)."""
        return self.working.smoothed[self.working.body]

    @cached_property
    def skeleton_statistics(self) -> dict[str, float]:
        """IBSI statistics of uptake over the skeleton, relative to its median."""
        values = self.values(SKELETON)
        return intensity_statistics(values / np.median(values))

    @cached_property
    def expected_nearby(self) -> np.ndarray:
        """The most that is expected within ``MISPLACEMENT_MM``, organs left out; float32."""
        radius = round(MISPLACEMENT_MM / WORKING_MM)
        span = np.hypot(*np.ogrid[-radius : radius + 1, -radius : radius + 1]) <= radius + 0.3
        organs = membership(ORGANS)[self.working.regions]
        return ndimage.grey_dilation(np.where(organs, 0, self.working.expected), footprint=span)

    @cached_property
    def fine_structure(self) -> np.ndarray:
        """Uptake smoothed by ``SMOOTHING_MM`` less that by ``FINE_STRUCTURE_MM``; float32."""
        sigma = np.sqrt(FINE_STRUCTURE_MM**2 - SMOOTHING_MM**2) / WORKING_MM
        smoothed = self.working.smoothed
        return smoothed - ndimage.gaussian_filter(smoothed, sigma, mode="nearest")

    @cached_property
    def log_excess(self) -> np.ndarray:
        """Log of uptake over the normal level nearby, at the skeleton's pixels, shape (n,)."""
        normal = self.values(SKELETON, self.expected_nearby) * self.bone_scale
        floor = 0.1 * self.bone_level
        return np.log((self.values(SKELETON) + floor) / (normal + floor))

    @cached_property
    def excess_by_region(self) -> dict[int, float]:
        """Uptake above 1.3 times normal, summed over each region of the skeleton, with 2 % of the
        normal uptake added so that shares are defined where nothing is raised."""
        normal = self.expected_nearby * self.bone_scale
        above = np.clip(self.working.smoothed - 1.3 * normal, 0, None) + 0.02 * normal
        sums = {i: float(self.values((i,), above).sum()) for i in SKELETON}
        return {i: s for i, s in sums.items() if s > 0}


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
            name: (
                self._joint_level(group(name, side=LEFT)),
                self._joint_level(group(name, side=RIGHT)),
            )
            for name in JOINT_NAMES
        }

    def _joint_level(self, joint: Group) -> float:
        """Hottest quarter over that of a normal subject, relative to the same of the long bones."""

        def level(view: ViewUptake) -> float:
            expected = view.upper_mean(joint, view.working.expected) * view.shaft_scale
            return view.upper_mean(joint) / expected if expected > 0 else np.nan

        return geometric_mean([level(view) for view in self.views.values()])

    def joint_spread(self, name: str) -> float:
        """Return the spread of the log among normal subjects at a kind of joint."""
        joint = group(name)
        return self.average(lambda view: view.median(joint, view.working.spread))

    def ratio(self, above: Group, below: Group, prefer: str | None = None) -> float:
        """Return median uptake of one group over that of another, the geometric mean of the views.

        ``prefer`` names the only view to use where it gives a value.
        """
        found = {
            name: _quotient(v.median(above), v.median(below)) for name, v in self.views.items()
        }
        preferred = found.get(prefer, np.nan)
        return preferred if np.isfinite(preferred) else geometric_mean(list(found.values()))

    def average(self, measure) -> float:
        """Return the mean of ``measure(view_uptake)`` over the views where it is defined."""
        values = np.array([measure(view) for view in self.views.values()], dtype=float)
        values = values[np.isfinite(values)]
        return float(values.mean()) if len(values) else np.nan


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
    kept = [v for v in values if np.isfinite(v) and v > 0]
    return float(np.exp(np.mean(np.log(kept)))) if kept else np.nan


def imbalance(left: float, right: float) -> float:
    """Return |left - right| / (left + right), NaN where there is nothing on either side."""
    return abs(left - right) / (left + right) if left + right > 0 else np.nan


def _quotient(above: float, below: float) -> float:
    return above / below if below > 0 else np.nan


def _weighted_median(values: Mapping[int, float], weights: Mapping[int, float]) -> float:
    order = sorted(values, key=values.__getitem__)
    total = np.cumsum([weights[i] for i in order])
    return values[order[int(np.searchsorted(total, total[-1] / 2))]]
