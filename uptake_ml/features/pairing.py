"""Which hot spots belong together: the same site on the other side, or in the other view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.regions import LANDMARK_INDEX, LANDMARKS, LEFT, RIGHT
from uptake_ml.study import Study

if TYPE_CHECKING:
    from uptake_ml.atlas.records import Layout
    from uptake_ml.features.hotspots import HotSpot

# The middles of two hot spots of one site may differ by this much, and by half a radius more where
# the hot spots are large.
_REACH_MM = 40.0
_OTHER_SIDE = {LEFT: RIGHT, RIGHT: LEFT, None: None}
_ACROSS = np.array([LANDMARK_INDEX[name, _OTHER_SIDE[side]] for name, side in LANDMARKS])


class SiteMap:
    """Finds the same site on the other side of a view, or in another view.

    Sites are kept as offsets from the nearest landmark, so that posture does not matter.
    """

    def __init__(self, study: Study, layouts: Mapping[str, Layout]) -> None:
        self._spacing = {name: np.array(study.views[name].spacing_mm) for name in layouts}
        self._marks = {name: _landmark_array(layout) for name, layout in layouts.items()}

    def counterpart(
        self, view: str, place: tuple[float, float], target: str, *, crosses_midline: bool
    ) -> np.ndarray:
        """Return the (row, column) in ``target`` of a place of ``view``, NaN without a landmark.

        Both the way across the midline and that to the view from the other side turn the image
        over: left and right of the image change places.
        """
        here, spacing = self._marks[view], self._spacing[view]
        there = self._marks[target][_ACROSS] if crosses_midline else self._marks[target]
        offset_mm = (np.asarray(place) - here) * spacing
        away = np.where(np.isfinite(there[:, 0]), np.hypot(*offset_mm.T), np.nan)
        if not np.isfinite(away).any():
            return np.full(2, np.nan)
        nearest = int(np.nanargmin(away))
        return there[nearest] + offset_mm[nearest] * (1, -1) / self._spacing[target]

    def nearest_landmark_mm(self, view: str, place: tuple[float, float]) -> float:
        """Return how far the nearest landmark of the view lies, NaN without any."""
        offset_mm = (np.asarray(place) - self._marks[view]) * self._spacing[view]
        away = np.hypot(*offset_mm.T)
        return float(np.nanmin(away)) if np.isfinite(away).any() else np.nan

    def distance_mm(self, view: str, place: Sequence[float], other: Sequence[float]) -> float:
        """Return how far two places of a view lie apart."""
        return float(np.hypot(*((np.asarray(place) - np.asarray(other)) * self._spacing[view])))


def _landmark_array(layout: Layout) -> np.ndarray:
    """Return the landmarks as (row, column) in the order of ``LANDMARKS``, NaN where absent."""
    places = np.full((len(LANDMARKS), 2), np.nan)
    for mark in layout.landmarks:
        places[LANDMARK_INDEX[mark.name, mark.side]] = mark.row, mark.col
    return places


def pair_across_midline(spots: Sequence[HotSpot], sites: SiteMap) -> list[int | None]:
    """Return for each hot spot the index of the one at the mirrored site of its view, or None.

    Only regions that come in pairs have partners.
    """

    def can_pair(spot: HotSpot, other: HotSpot) -> bool:
        is_other_side = spot.side is not None and other.side == _OTHER_SIDE[spot.side]
        return is_other_side and spot.view == other.view

    return _match(spots, sites, can_pair, crosses_midline=True)


def pair_across_views(spots: Sequence[HotSpot], sites: SiteMap) -> list[int | None]:
    """Return for each hot spot the index of the one at the same site in another view, or None."""

    def can_pair(spot: HotSpot, other: HotSpot) -> bool:
        # A spot beside the midline is given to the spine in one view and to a side in the other.
        return spot.view != other.view and {spot.side, other.side} != {LEFT, RIGHT}

    return _match(spots, sites, can_pair, crosses_midline=False)


def _match(
    spots: Sequence[HotSpot], sites: SiteMap, can_pair, *, crosses_midline: bool
) -> list[int | None]:
    """Match greedily, the nearest first, each hot spot once."""
    centres = [spot.centre for spot in spots]
    pairs = []
    for i, spot in enumerate(spots):
        places: dict[str, np.ndarray] = {}
        for j, other in enumerate(spots[:i]):
            if not can_pair(spot, other):
                continue
            if other.view not in places:
                places[other.view] = sites.counterpart(
                    spot.view, centres[i], other.view, crosses_midline=crosses_midline
                )
            away = sites.distance_mm(other.view, places[other.view], centres[j])
            if away <= _REACH_MM + 0.5 * _lesser_radius_mm(spot, other):
                pairs.append((away, i, j))
    matched: list[int | None] = [None] * len(spots)
    for _, i, j in sorted(pairs):
        if matched[i] is None and matched[j] is None:
            matched[i], matched[j] = j, i
    return matched


def _lesser_radius_mm(spot: HotSpot, other: HotSpot) -> float:
    return float(np.sqrt(min(spot.area_mm2, other.area_mm2) / np.pi))
