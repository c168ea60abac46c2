"""The hot sites of one scan in body coordinates, and how hot it is anywhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from uptake_ml.compare.frame import BodyFrame, find_frame
from uptake_ml.features.candidates import DetectionLimits
from uptake_ml.features.rise import measure_rise
from uptake_ml.features.uptake import ViewUptake
from uptake_ml.features.working_view import SMOOTHING_MM, WORKING_MM, WorkingView, prepare_view

if TYPE_CHECKING:
    from uptake_ml.atlas import Layout
    from uptake_ml.features import HotSpot
    from uptake_ml.study import Study

# A place carried over from another scan is off by about this much (down, across); joints and ends
# of the limbs, which lie otherwise every time, by more, and a turned head carries places sideways.
REACH_MM = (10.0, 10.0)
HEAD_REACH_MM = (10.0, 25.0)
TURNED_REACH_MM = (30.0, 30.0)
HEAD = frozenset({"skull", "face", "cervical-spine"})
TURNED = frozenset({"hand", "foot", "wrist", "ankle", "elbow"})
# In simulated scans the two views of one lesion lay at most 13 mm apart in the body; farther apart
# they are two lesions, unless these are larger than that.
_AGREEMENT_MM = 15.0
# Share of the level of bone that keeps ratios of faint places finite, as for hot spots.
_FLOOR = 0.15


class Reading(NamedTuple):
    """How hot a place is in one view.

    ``contrast`` is uptake over the normal level there, ``uptake`` uptake over the level of bone in
    the view (NaN in an image without bone), ``noise`` the standard deviation of the log of either
    by counting alone.
    """

    contrast: float
    uptake: float
    noise: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Site:
    """A hot place of the body, seen in one view or in two.

    ``numbers`` index the finding's hot spots.  ``places`` (down, across in mm, see ``BodyFrame``)
    and ``readings`` are by view.  ``region`` and ``side`` are those of the view that shows it
    hottest.
    """

    numbers: tuple[int, ...]
    region: str
    side: str | None
    is_joint: bool
    area_mm2: float
    places: Mapping[str, np.ndarray]
    readings: Mapping[str, Reading]

    @property
    def contrast(self) -> float:
        """The contrast in the view that shows it hottest."""
        return max(reading.contrast for reading in self.readings.values())

    @property
    def place(self) -> np.ndarray:
        """Mean place of the views, shape (2,)."""
        return np.mean(list(self.places.values()), axis=0)

    @property
    def radius_mm(self) -> float:
        """Radius of the disc of the same area."""
        return float(np.sqrt(self.area_mm2 / np.pi))


@dataclass(frozen=True, kw_only=True, eq=False)
class Scan:
    """One date: the study with what was found in it, in body coordinates."""

    study: Study
    layouts: Mapping[str, Layout]
    hot_spots: Sequence[HotSpot]
    frames: Mapping[str, BodyFrame]

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """Hot sites; one that both views show counts once."""
        singles = [self._site(spot, i) for i, spot in enumerate(self.hot_spots)]
        sites = []
        for i, spot in enumerate(self.hot_spots):
            twin = spot.same_site
            if twin is None or not _agree(singles[i], singles[twin]):
                sites.append(singles[i])
            elif i < twin:
                sites.append(_as_seen_twice(singles[i], singles[twin]))
        return tuple(sites)

    def read_at(self, site: Site, view: str) -> Reading | None:
        """Return how hot a view is at a site found elsewhere, None outside the view.

        Read where it is hottest within reach, whether or not there is a hot spot.
        """
        place = site.places.get(view, site.place)
        pixel = self.frames[view].to_pixel(site.region, site.side, place)
        if not _is_inside(pixel, self.study.views[view].pixels.shape):
            return None
        working, rise = self._working[view], self._rise[view]
        row, col = working.from_input(*pixel)
        rows, cols = np.ogrid[: rise.shape[0], : rise.shape[1]]
        down_mm, across_mm = _reach_mm(site.region)
        near = np.hypot((rows - row) / down_mm, (cols - col) / across_mm) * WORKING_MM <= 1
        # The rise is not a number in an image without bone.
        near &= working.body & np.isfinite(rise)
        if not near.any():
            return None
        return Reading(
            contrast=float(np.exp(rise[near].max())),
            uptake=float(self._relative[view][near].max()),
            noise=self._noise(view, *pixel),
        )

    def _site(self, spot: HotSpot, number: int) -> Site:
        working = self._working[spot.view]
        pixel = _clip(working.from_input(spot.row, spot.col), working.pixels.shape)
        reading = Reading(
            contrast=spot.contrast,
            uptake=float(self._relative[spot.view][pixel]),
            noise=self._noise(spot.view, spot.row, spot.col),
        )
        return Site(
            numbers=(number,),
            region=spot.region,
            side=spot.side,
            is_joint=spot.is_joint,
            area_mm2=spot.area_mm2,
            places={spot.view: self._place(spot)},
            readings={spot.view: reading},
        )

    def _place(self, spot: HotSpot) -> np.ndarray:
        return self.frames[spot.view].to_body(spot.region, spot.side, *spot.centre)

    def _noise(self, view: str, row: float, col: float) -> float:
        """Return the s.d. of the log of smoothed uptake by counting alone (variance = gain x mean).

        A Gaussian of s.d. s averages over an area of 4 pi s^2.
        """
        working = self._working[view]
        place = _clip(working.from_input(row, col), working.pixels.shape)
        n_pixels = 4 * np.pi * SMOOTHING_MM**2 / np.prod(self.study.views[view].spacing_mm)
        level = max(float(working.smoothed[place]), 1e-9)
        return float(min(np.sqrt(working.gain / (level * max(n_pixels, 1.0))), 1.0))

    @cached_property
    def _working(self) -> dict[str, WorkingView]:
        return {
            name: prepare_view(view, self.layouts[name]) for name, view in self.study.views.items()
        }

    @cached_property
    def _relative(self) -> dict[str, np.ndarray]:
        found = {}
        for name, working in self._working.items():
            level = ViewUptake(working).bone_level
            usable = level if level > 0 else np.nan
            found[name] = working.smoothed / usable + _FLOOR
        return found

    @cached_property
    def _rise(self) -> dict[str, np.ndarray]:
        limits = DetectionLimits()
        return {
            name: measure_rise(ViewUptake(working), limits)[0]
            for name, working in self._working.items()
        }


def read_scan(
    study: Study,
    layouts: Mapping[str, Layout],
    hot_spots: Sequence[HotSpot],
    mean_shape: np.ndarray,
) -> Scan:
    """Return a scan ready to be compared; ``mean_shape`` (P, 2) is the atlas's ``shape.mean``."""
    return Scan(
        study=study,
        layouts=layouts,
        hot_spots=hot_spots,
        frames={
            name: find_frame(view, layouts[name], mean_shape) for name, view in study.views.items()
        },
    )


def merge_sites(first: Site, second: Site) -> Site:
    """Return two sites of one scan as one: the hotter one's place, both areas."""
    hotter, cooler = sorted((first, second), key=lambda s: -s.contrast)
    return Site(
        numbers=(*hotter.numbers, *cooler.numbers),
        region=hotter.region,
        side=hotter.side,
        is_joint=hotter.is_joint,
        area_mm2=first.area_mm2 + second.area_mm2,
        places={**cooler.places, **hotter.places},
        readings={**cooler.readings, **hotter.readings},
    )


def _as_seen_twice(first: Site, second: Site) -> Site:
    """Return the sites of two views as one: both areas show the same, so that it counts once."""
    hotter = max(first, second, key=lambda s: s.contrast)
    merged = merge_sites(first, second)
    return replace(merged, numbers=first.numbers + second.numbers, area_mm2=hotter.area_mm2)


def _reach_mm(region: str) -> tuple[float, float]:
    if region in HEAD:
        return HEAD_REACH_MM
    return TURNED_REACH_MM if region in TURNED else REACH_MM


def _agree(site: Site, other: Site) -> bool:
    apart = float(np.linalg.norm(site.place - other.place))
    return apart <= max(_AGREEMENT_MM, site.radius_mm, other.radius_mm)


def _clip(pixel: tuple[float, float], shape: tuple[int, int]) -> tuple[int, int]:
    row, col = (int(np.clip(round(x), 0, n - 1)) for x, n in zip(pixel, shape, strict=True))
    return row, col


def _is_inside(pixel: tuple[float, float], shape: tuple[int, int]) -> bool:
    return all(0 <= x <= n - 1 for x, n in zip(pixel, shape, strict=True))
