"""What a raised place looks like, in numbers that tell a lesion from what normal subjects show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.features.candidates import Candidate, ViewSearch
from uptake_ml.features.groups import AXIAL_BONES
from uptake_ml.features.surroundings import SURROUNDINGS, describe_surroundings
from uptake_ml.features.volume_descriptors import VOLUME_DESCRIPTORS
from uptake_ml.features.working_view import WORKING_MM
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
)
DESCRIPTORS_OF_FDG = (*DESCRIPTORS, *VOLUME_DESCRIPTORS)
_SEARCH_MM = 14.0
_UNKNOWN_RISE = -0.5
_SIGNIFICANT = 3.0


def descriptors_of(modality: str) -> tuple[str, ...]:
    """Return the names of the descriptors of a raised place in a study of this modality."""
    return DESCRIPTORS_OF_FDG if modality == FDG_PET else DESCRIPTORS


def describe(
    spots: Sequence[HotSpot],
    candidates: Sequence[Candidate],
    searches: Mapping[str, ViewSearch],
    sites: SiteMap,
) -> np.ndarray:
    """Return the descriptors of raised places in views, float32, shape (n, len(DESCRIPTORS)).

    ``candidates`` are the same places as ``spots``; every value is finite.
    """
    significances = np.array([spot.significance for spot in spots])
    views = {name: _ViewContext(search) for name, search in searches.items()}
    around = _surroundings(spots, candidates, searches)
    rows = np.empty((len(spots), len(DESCRIPTORS)), np.float32)
    for i, (spot, candidate) in enumerate(zip(spots, candidates, strict=True)):
        rows[i] = (
            *_own(candidate, views[spot.view]),
            *_counterparts(i, spots, views, sites),
            *_company(i, spots, significances),
            *(spot.region == name for name in _PLACES),
            *around[i],
        )
    return np.nan_to_num(rows, nan=_UNKNOWN_RISE, posinf=10.0, neginf=-10.0)


def _surroundings(
    spots: Sequence[HotSpot], candidates: Sequence[Candidate], searches: Mapping[str, ViewSearch]
) -> np.ndarray:
    found = np.zeros((len(spots), len(SURROUNDINGS)), np.float32)
    for name, search in searches.items():
        own = [i for i, spot in enumerate(spots) if spot.view == name]
        found[own] = describe_surroundings(search, [candidates[i] for i in own])
    return found


class _ViewContext:
    """What the places of one view are compared with."""

    def __init__(self, search: ViewSearch) -> None:
        self.uptake, self.rise = search.uptake, search.rise
        self.working = search.uptake.working
        axial = self.uptake.median(AXIAL_BONES)
        self.axial = axial if axial > 0 else self.uptake.bone_level
        body = self.working.body
        rows = np.flatnonzero(body.any(axis=1))
        self.top, self.height = (rows[0], max(len(rows), 1)) if len(rows) else (0, 1)
        columns = np.flatnonzero(body.any(axis=0))
        self.axis = float(columns.mean()) if len(columns) else body.shape[1] / 2
        self.expected = float(np.median(self.working.expected[body])) if body.any() else 1.0

    def greatest_rise(self, place: np.ndarray) -> float:
        """Return the greatest log rise about a place of the input."""
        row, col = self.working.from_input(*place)
        if not np.isfinite(row + col):
            return _UNKNOWN_RISE
        reach = round(_SEARCH_MM / WORKING_MM)
        row, col = round(row), round(col)
        box = self.rise[
            max(row - reach, 0) : max(row + reach + 1, 0),
            max(col - reach, 0) : max(col + reach + 1, 0),
        ]
        return float(box.max()) if box.size else _UNKNOWN_RISE


def _own(candidate: Candidate, view: _ViewContext) -> tuple[float, ...]:
    working, at = view.working, (candidate.row, candidate.col)
    uptake = max(float(working.smoothed[at]), 1e-6)
    noise = working.gain / (working.step[0] * working.step[1] * uptake)
    return (
        np.log(candidate.contrast),
        candidate.significance,
        np.log(np.clip(candidate.isolation, 0.05, 50)),
        candidate.elongation,
        np.log(candidate.area_mm2),
        candidate.is_on_bone,
        np.log(uptake / view.axial),
        np.log(uptake / view.uptake.bone_level),
        working.spread[at],
        0.5 * np.log(noise + 1e-6),
        working.expected[at] / max(view.expected, 1e-6),
        view.rise[candidate.window][candidate.mask].mean(),
    )


def _counterparts(
    i: int, spots: Sequence[HotSpot], views: Mapping[str, _ViewContext], sites: SiteMap
) -> tuple[float, ...]:
    spot = spots[i]
    place = (spot.row, spot.col)
    mirrored = sites.counterpart(spot.view, place, spot.view, crosses_midline=True)
    others = [name for name in views if name != spot.view]
    behind = [
        views[name].greatest_rise(sites.counterpart(spot.view, place, name, crosses_midline=False))
        for name in others
    ]
    view = views[spot.view]
    row, col = view.working.from_input(*place)
    return (
        view.greatest_rise(mirrored),
        max(behind, default=_UNKNOWN_RISE),
        0.0 if spot.partner is None else spots[spot.partner].significance,
        0.0 if spot.same_site is None else spots[spot.same_site].significance,
        spot.view == ANTERIOR,
        len(others) > 0,
        sites.nearest_landmark_mm(spot.view, place),
        (row - view.top) / view.height,
        abs(col - view.axis) / view.height,
    )


def _company(
    i: int, spots: Sequence[HotSpot], significances: np.ndarray
) -> tuple[float, float, float]:
    spot = spots[i]
    same = [
        significances[j]
        for j, other in enumerate(spots)
        if j != i and (other.region, other.view) == (spot.region, spot.view)
    ]
    return len(same), max(same, default=0.0), int((significances > _SIGNIFICANT).sum())
