"""What a raised place looks like, in numbers that tell a lesion from what normal subjects show."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.features.candidates import Candidate, ViewSearch
from uptake_ml.features.groups import AXIAL_BONES
from uptake_ml.features.physiology import DOUBTFUL
from uptake_ml.features.structure import STRUCTURE, describe_structure
from uptake_ml.features.surroundings import SURROUNDINGS, describe_surroundings
from uptake_ml.features.volume_descriptors import VOLUME_DESCRIPTORS
from uptake_ml.features.working_view import WORKING_MM
from uptake_ml.medians import median
from uptake_ml.regions import ORGAN, OUTSIDE, REGIONS
from uptake_ml.study import ANTERIOR, FDG_PET

if TYPE_CHECKING:
    from uptake_ml.features.hotspots import HotSpot
    from uptake_ml.features.pairing import SiteMap

_PLACES = tuple(
    dict.fromkeys(region.name for region in REGIONS if region.kind not in (OUTSIDE, ORGAN))
)
DESCRIPTORS = (
    "log contrast",
    "significance",
    "log isolation",
    "elongation",
    "log area",
    "is on bone",
    "log over axial bone",
    "log over bone",
    "spread among normal subjects",
    "log noise",
    "expected uptake",
    "mean log rise",
    "mirrored log rise",
    "log rise in other view",
    "partner significance",
    "other view significance",
    "is anterior",
    "has other view",
    "nearest landmark mm",
    "height along body",
    "distance from axis",
    "others in region",
    "greatest other in region",
    "significant places",
    *(f"in {name}" for name in _PLACES),
    *SURROUNDINGS,
    *STRUCTURE,
)
CERTAINTY = ("confidence of nearest landmark", "confidence of landmarks")
DEPTH = ("log uptake over other view",)
DOUBTS = (
    "log rise over surroundings",
    "mm from bone",
    "mm from bladder",
    "share in hot organs",
    "may be organ",
)
DESCRIPTORS_OF_BONE = (*DESCRIPTORS, *CERTAINTY, *DEPTH, *DOUBTS)
DESCRIPTORS_OF_FDG = (*DESCRIPTORS, *VOLUME_DESCRIPTORS)
_SEARCH_MM = 14.0
_REACH = round(_SEARCH_MM / WORKING_MM)
_STEPS = np.arange(-_REACH, _REACH + 1)
_UNKNOWN_RISE = -0.5
_SIGNIFICANT = 3.0
_FAR_MM = 300.0
# In multiples of the axial skeleton: less is no measure of anything.
_LEAST_UPTAKE = 0.01


def descriptors_of(modality: str) -> tuple[str, ...]:
    """Return the names of the descriptors of a raised place in a study of this modality."""
    return DESCRIPTORS_OF_FDG if modality == FDG_PET else DESCRIPTORS_OF_BONE


def describe(
    spots: Sequence[HotSpot],
    candidates: Sequence[Candidate],
    views: Mapping[str, ViewContext],
    sites: SiteMap,
) -> np.ndarray:
    """Return the descriptors of raised places in views, float32, shape (n, len(DESCRIPTORS)).

    ``candidates`` are the same places as ``spots``; every value is finite.
    """
    columns = np.empty((len(spots), len(DESCRIPTORS)), np.float32)
    for name, view in views.items():
        own = [i for i, spot in enumerate(spots) if spot.view == name]
        if own:
            chosen = [candidates[i] for i in own]
            columns[own] = np.column_stack(
                (
                    _own(chosen, view),
                    _counterparts(own, spots, views, sites),
                    _company(own, spots),
                    [[spots[i].region == place for place in _PLACES] for i in own],
                    describe_surroundings(view.search, chosen),
                    describe_structure(view.search, chosen),
                )
            )
    return np.nan_to_num(columns, nan=_UNKNOWN_RISE, posinf=10.0, neginf=-10.0)


def describe_certainty(spots: Sequence[HotSpot], sites: SiteMap) -> np.ndarray:
    """Return how sure the places of landmarks are, float32, shape (n, len(CERTAINTY))."""
    rows = np.zeros((len(spots), len(CERTAINTY)), np.float32)
    for name in {spot.view for spot in spots}:
        own = [i for i, spot in enumerate(spots) if spot.view == name]
        rows[own] = sites.confidence(name, np.array([(spots[i].row, spots[i].col) for i in own]))
    return rows


def describe_depth(
    spots: Sequence[HotSpot],
    candidates: Sequence[Candidate],
    views: Mapping[str, ViewContext],
    sites: SiteMap,
) -> np.ndarray:
    """Return how much hotter places are than the other view shows them, shape (n, len(DEPTH)).

    Natural log, each view in multiples of its axial skeleton.  What lies near the front is hotter
    from there: a full bladder seen through the sacrum is no sacrum.  0 without another view.
    """
    rows = np.zeros((len(spots), len(DEPTH)), np.float32)
    for name, other in permutations(views, 2):
        own = [i for i, spot in enumerate(spots) if spot.view == name]
        if not own:
            continue
        places = np.array([(spots[i].row, spots[i].col) for i in own])
        there = views[other].greatest_uptake(
            sites.counterparts(name, places, other, crosses_midline=False)
        )
        here = views[name].uptake_at([candidates[i] for i in own])
        ratio = np.log(np.maximum(here, _LEAST_UPTAKE) / np.maximum(there, _LEAST_UPTAKE))
        rows[own, 0] = np.where(np.isfinite(there), ratio, 0.0)
    return rows


def describe_doubts(candidates: Sequence[Candidate]) -> np.ndarray:
    """Return what makes candidates doubtful, float32, shape (n, len(DOUBTS))."""
    rows = [
        (
            c.local_rise,
            c.bone_mm,
            min(c.bladder_mm, _FAR_MM),
            c.organ_share,
            c.origin == DOUBTFUL,
        )
        for c in candidates
    ]
    return np.array(rows, np.float32).reshape(len(candidates), len(DOUBTS))


class ViewContext:
    """What the places of one view are compared with."""

    def __init__(self, search: ViewSearch) -> None:
        self.search, self.uptake, self.rise = search, search.uptake, search.rise
        self.working = search.uptake.working
        axial = self.uptake.median(AXIAL_BONES)
        self.axial = axial if axial > 0 else self.uptake.bone_level
        body = self.working.body
        rows = np.flatnonzero(body.any(axis=1))
        self.top, self.height = (rows[0], max(len(rows), 1)) if len(rows) else (0, 1)
        columns = np.flatnonzero(body.any(axis=0))
        self.axis = float(columns.mean()) if len(columns) else body.shape[1] / 2
        self.expected = median(self.working.expected[body]) if body.any() else 1.0

    def greatest_rise(self, places: np.ndarray) -> np.ndarray:
        """Return the greatest log rise about places (n, 2) of the input, shape (n,)."""
        greatest = self._greatest(self.rise, places)
        return np.where(np.isfinite(greatest), greatest, _UNKNOWN_RISE)

    def uptake_at(self, candidates: Sequence[Candidate]) -> np.ndarray:
        """Return the uptake at peaks in multiples of the axial skeleton, shape (n,)."""
        at = tuple(np.array([(c.row, c.col) for c in candidates]).T)
        return self.working.smoothed[at] / self.axial

    def greatest_uptake(self, places: np.ndarray) -> np.ndarray:
        """Return the greatest uptake about places (n, 2) of the input, NaN where unknown.

        In multiples of the axial skeleton, shape (n,).
        """
        level = self.axial if self.axial > 0 else math.nan
        return self._greatest(self.working.smoothed, places) / level

    def _greatest(self, image: np.ndarray, places: np.ndarray) -> np.ndarray:
        centres = np.column_stack(self.working.from_input(*places.T))
        is_known = np.isfinite(centres).all(axis=1)
        rows, cols = np.rint(np.where(is_known[:, None], centres, 0)).astype(int).T
        n_rows, n_cols = image.shape
        rows, cols = rows[:, None, None] + _STEPS[:, None], cols[:, None, None] + _STEPS
        is_inside = (rows >= 0) & (rows < n_rows) & (cols >= 0) & (cols < n_cols)
        around = image[rows.clip(0, n_rows - 1), cols.clip(0, n_cols - 1)]
        greatest = np.where(is_inside, around, -np.inf).max(axis=(1, 2))
        return np.where(is_known & np.isfinite(greatest), greatest, np.nan)


def _own(candidates: Sequence[Candidate], view: ViewContext) -> np.ndarray:
    working = view.working
    at = tuple(np.array([(c.row, c.col) for c in candidates]).T)
    uptake = np.maximum(working.smoothed[at], 1e-6)
    noise = working.gain / (working.step[0] * working.step[1] * uptake)
    shape = [
        (
            math.log(c.contrast),
            c.significance,
            math.log(min(max(c.isolation, 0.05), 50)),
            c.elongation,
            math.log(c.area_mm2),
            c.is_on_bone,
        )
        for c in candidates
    ]
    return np.column_stack(
        (
            shape,
            np.log(uptake / view.axial),
            np.log(uptake / view.uptake.bone_level),
            working.spread[at],
            0.5 * np.log(noise + 1e-6),
            working.expected[at] / max(view.expected, 1e-6),
            [view.rise[c.window][c.mask].mean() for c in candidates],
        )
    )


def _counterparts(
    own: Sequence[int],
    spots: Sequence[HotSpot],
    views: Mapping[str, ViewContext],
    sites: SiteMap,
) -> np.ndarray:
    name = spots[own[0]].view
    view = views[name]
    places = np.array([(spots[i].row, spots[i].col) for i in own])
    mirrored = sites.counterparts(name, places, name, crosses_midline=True)
    others = [other for other in views if other != name]
    behind = [
        views[other].greatest_rise(sites.counterparts(name, places, other, crosses_midline=False))
        for other in others
    ]
    twins = [(spots[i].partner, spots[i].same_site) for i in own]
    rows, cols = view.working.from_input(*places.T)
    return np.column_stack(
        (
            view.greatest_rise(mirrored),
            np.max(behind, axis=0) if others else np.full(len(own), _UNKNOWN_RISE),
            [[0.0 if t is None else spots[t].significance for t in pair] for pair in twins],
            np.full(len(own), name == ANTERIOR),
            np.full(len(own), len(others) > 0),
            sites.nearest_landmark_mm(name, places),
            (rows - view.top) / view.height,
            abs(cols - view.axis) / view.height,
        )
    )


def _company(own: Sequence[int], spots: Sequence[HotSpot]) -> np.ndarray:
    """Return how many others lie in the same region of the view, the clearest of them, and how
    many places of the study are clear."""
    significances = np.array([spots[i].significance for i in own])
    regions = np.array([spots[i].region for i in own])
    is_other = (regions[:, None] == regions) & ~np.eye(len(own), dtype=bool)
    greatest = np.where(is_other, significances, -np.inf).max(axis=1)
    clear = sum(spot.significance > _SIGNIFICANT for spot in spots)
    return np.column_stack(
        (
            is_other.sum(axis=1),
            np.where(is_other.any(axis=1), greatest, 0.0),
            np.full(len(own), clear),
        )
    )
