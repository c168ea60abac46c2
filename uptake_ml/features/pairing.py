"""Which hot spots belong together: the same site on the other side, or in the other view."""

from __future__ import annotations

import math
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
_SIGN = {LEFT: -1, RIGHT: 1, None: 0}
_ACROSS = np.array([LANDMARK_INDEX[name, _OTHER_SIDE[side]] for name, side in LANDMARKS])


class SiteMap:
    """Finds the same site on the other side of a view, or in another view.

    Sites are kept as offsets from the nearest landmark, so that posture does not matter.
    """

    def __init__(self, study: Study, layouts: Mapping[str, Layout]) -> None:
        self._spacing = {name: np.array(study.views[name].spacing_mm) for name in layouts}
        marks = {name: _landmark_array(layout) for name, layout in layouts.items()}
        self._marks = {name: each[:, :2] for name, each in marks.items()}
        self._confidence = {name: each[:, 2] for name, each in marks.items()}

    def counterparts(
        self, view: str, places: np.ndarray, target: str, *, crosses_midline: bool
    ) -> np.ndarray:
        """Return the (row, column) in ``target`` of places of ``view``, both of shape (n, 2).

        NaN without a landmark.  Both the way across the midline and that to the view from the
        other side turn the image over: left and right of the image change places.
        """
        here = self._marks[view]
        there = self._marks[target][_ACROSS] if crosses_midline else self._marks[target]
        is_seen = np.isfinite(here[:, 0]) & np.isfinite(there[:, 0])
        if not is_seen.any():
            return np.full(places.shape, np.nan)
        offset_mm, nearest, _ = self._from_nearest(view, places, here[is_seen])
        return there[is_seen][nearest] + offset_mm * (1, -1) / self._spacing[target]

    def nearest_landmark_mm(self, view: str, places: np.ndarray) -> np.ndarray:
        """Return how far from each place (n, 2) the nearest landmark lies, NaN without any."""
        seen = self._marks[view][np.isfinite(self._marks[view][:, 0])]
        if not len(seen):
            return np.full(len(places), np.nan)
        return self._from_nearest(view, places, seen)[2]

    def confidence(self, view: str, places: np.ndarray) -> np.ndarray:
        """Return the confidence of the landmark nearest to each place (n, 2) and the mean of all.

        Shape (n, 2), 0 without any landmark.
        """
        is_seen = np.isfinite(self._marks[view][:, 0])
        if not is_seen.any():
            return np.zeros((len(places), 2))
        known = self._confidence[view][is_seen]
        nearest = self._from_nearest(view, places, self._marks[view][is_seen])[1]
        return np.column_stack((known[nearest], np.full(len(places), known.mean())))

    def distance_mm(self, view: str, places: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Return how far places of a view lie from others, shape (n,)."""
        return np.hypot(*((places - others) * self._spacing[view]).T)

    def _from_nearest(
        self, view: str, places: np.ndarray, marks: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the way from the nearest mark to each place in mm, its index, and its length."""
        offset_mm = (places[:, None] - marks) * self._spacing[view]
        away_mm = np.hypot(offset_mm[..., 0], offset_mm[..., 1])
        nearest = away_mm.argmin(axis=1)
        each = np.arange(len(places))
        return offset_mm[each, nearest], nearest, away_mm[each, nearest]


def _landmark_array(layout: Layout) -> np.ndarray:
    """Return (row, column, confidence) in the order of ``LANDMARKS``, NaN where absent."""
    places = np.full((len(LANDMARKS), 3), np.nan)
    for mark in layout.landmarks:
        places[LANDMARK_INDEX[mark.name, mark.side]] = mark.row, mark.col, mark.confidence
    return places


def pair_across_midline(spots: Sequence[HotSpot], sites: SiteMap) -> list[int | None]:
    """Return for each hot spot the index of the one at the mirrored site of its view, or None.

    Only regions that come in pairs have partners.
    """
    return _match(spots, sites, crosses_midline=True)


def pair_across_views(spots: Sequence[HotSpot], sites: SiteMap) -> list[int | None]:
    """Return for each hot spot the index of the one at the same site in another view, or None."""
    return _match(spots, sites, crosses_midline=False)


def _match(spots: Sequence[HotSpot], sites: SiteMap, *, crosses_midline: bool) -> list[int | None]:
    """Match greedily, the nearest first, each hot spot once."""
    matched: list[int | None] = [None] * len(spots)
    views = np.array([spot.view for spot in spots])
    first, second = np.nonzero(np.tril(_can_pair(spots, views, crosses_midline), -1))
    if not len(first):
        return matched
    centres = np.array([spot.centre for spot in spots])
    radii_mm = np.sqrt(np.array([spot.area_mm2 for spot in spots]) / math.pi)
    reach_mm = _REACH_MM + 0.5 * np.minimum(radii_mm[first], radii_mm[second])
    found = []
    for view, target in set(zip(views[first].tolist(), views[second].tolist(), strict=True)):
        own = (views[first] == view) & (views[second] == target)
        i, j = first[own], second[own]
        places = sites.counterparts(view, centres[i], target, crosses_midline=crosses_midline)
        away_mm = sites.distance_mm(target, places, centres[j])
        near = away_mm <= reach_mm[own]
        found += zip(away_mm[near].tolist(), i[near].tolist(), j[near].tolist(), strict=True)
    for _, i, j in sorted(found):
        if matched[i] is None and matched[j] is None:
            matched[i], matched[j] = j, i
    return matched


def _can_pair(spots: Sequence[HotSpot], views: np.ndarray, crosses_midline: bool) -> np.ndarray:
    """Return which two hot spots may be of one site by view and side, bool of shape (n, n)."""
    sides = np.array([_SIGN[spot.side] for spot in spots])
    is_opposite = sides[:, None] * sides < 0
    is_same_view = views[:, None] == views
    # A spot beside the midline is given to the spine in one view and to a side in the other.
    return is_opposite & is_same_view if crosses_midline else ~(is_opposite | is_same_view)
