"""Hot spots: places that take up clearly more than a normal subject's would."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from uptake_ml.features.candidates import (
    Candidate,
    DetectionLimits,
    ViewSearch,
    find_candidates,
    passes,
)
from uptake_ml.features.descriptors import (
    ViewContext,
    describe,
    describe_certainty,
    describe_depth,
    describe_doubts,
)
from uptake_ml.features.limbs import find_hot_legs
from uptake_ml.features.pairing import SiteMap, pair_across_midline, pair_across_views
from uptake_ml.features.physiology import CONTAMINATION, LESION
from uptake_ml.features.uptake import ViewUptake, view_uptakes
from uptake_ml.features.volume_body import VolumeBody, prepare_volume
from uptake_ml.features.volume_descriptors import describe_foci
from uptake_ml.features.volume_spots import FocusCandidate, join_foci
from uptake_ml.features.working_view import WorkingView
from uptake_ml.regions import REGIONS
from uptake_ml.study import ANTERIOR, BONE_SCAN, FDG_PET, SUV, Study, View

if TYPE_CHECKING:
    from uptake_ml.atlas.records import Layout
    from uptake_ml.features.judge import LesionJudge

CLEAR_PROBABILITY = 0.5


@dataclass(frozen=True, kw_only=True, eq=False)
class HotSpot:
    """A place of clearly raised uptake in one view.

    ``row``, ``col`` are where it is hottest, in the input's pixels; ``plane`` that of the volume,
    None without one.  ``contrast`` is uptake there over the normal level, in a volume over what
    surrounds it; ``significance`` how many standard deviations (of noise and of normal
    subjects) it lies above.  ``partner`` is the index of the hot spot at the same site of the
    other side in the same view, ``same_site`` that of the same site in another view.
    ``probability`` is that of being a lesion rather than what normal subjects show.  ``mask`` is a
    bool array that fills ``window``, a pair of slices of the input.
    """

    view: str
    row: float
    col: float
    region: str
    side: str | None
    is_joint: bool
    area_mm2: float
    contrast: float
    significance: float
    suv_max: float | None = None
    plane: float | None = None
    partner: int | None = None
    same_site: int | None = None
    probability: float = 1.0
    window: tuple[slice, slice]
    mask: np.ndarray

    @cached_property
    def centre(self) -> tuple[float, float]:
        """Row and column of the middle of the mask, in the input's pixels."""
        rows, cols = np.nonzero(self.mask)
        if not len(rows):  # smaller than a pixel of a coarse input
            return self.row, self.col
        return self.window[0].start + float(rows.mean()), self.window[1].start + float(cols.mean())

    def full_mask(self, shape: tuple[int, int]) -> np.ndarray:
        """Return the mask of this hot spot in a view of ``shape`` (rows, columns)."""
        full = np.zeros(shape, dtype=bool)
        full[self.window] = self.mask
        return full


def find_suspects(
    study: Study,
    layouts: Mapping[str, Layout],
    judge: LesionJudge | None = None,
    limits: DetectionLimits | None = None,
    views: Mapping[str, ViewUptake] | None = None,
) -> tuple[HotSpot, ...]:
    """Return every raised place of all views that have a layout, each with its probability.

    Organs that are hot in everyone, urine and injection sites are left out; joints are not.  A
    bone that is hot as a whole is one place.  ``partner`` and ``same_site`` index the tuple
    returned.

    Parameters
    ----------
    judge
        What has learnt which raised places are lesions.  Without one the probability is 1 where a
        place passes the limits, otherwise 0.
    views
        What ``view_uptakes`` returns for this study, where that is known already.

    Raises
    ------
    ValueError
        If a layout does not fit its view.
    """
    limits = limits or DetectionLimits()
    found = _search(study, layouts, limits, views)
    if judge is None:
        probabilities = [float(c.origin == LESION and passes(c, limits)) for c in found.candidates]
    else:
        probabilities = judge.probability(found.describe()).tolist()
    judged = [replace(s, probability=p) for s, p in zip(found.spots, probabilities, strict=True)]
    return (*judged, *_hot_legs(study, layouts, found.views, len(judged)))


def describe_suspects(
    study: Study, layouts: Mapping[str, Layout]
) -> tuple[list[HotSpot], np.ndarray]:
    """Return the raised places of a study and their descriptors, as a judge learns from them.

    The descriptors have shape (n, len(descriptors_of(modality))); the places have no probability
    of their own.
    """
    found = _search(study, layouts, DetectionLimits(), None)
    return found.spots, found.describe()


def _hot_legs(
    study: Study,
    layouts: Mapping[str, Layout],
    views: Mapping[str, ViewSearch],
    n_before: int,
) -> list[HotSpot]:
    """Return inflamed legs as places of their own, one a view, the two of a leg the same site.

    ``n_before`` is how many places come before them.
    """
    legs: list[HotSpot] = []
    if study.modality != BONE_SCAN:
        return legs
    uptakes = {name: view.uptake for name, view in views.items()}
    for side, places, probability in find_hot_legs(uptakes, layouts):
        first = n_before + len(legs)
        for number, (name, candidate) in enumerate(places.items()):
            spot = _hot_spot(candidate, study.views[name], uptakes[name].working)
            twin = first + 1 - number if len(places) == 2 else None
            legs.append(replace(spot, side=side, probability=probability, same_site=twin))
    return legs


class _Search(NamedTuple):
    """The raised places of a study, as they are reported and as they were found.

    ``body`` is what its volume shows, None without one.
    """

    modality: str
    spots: list[HotSpot]
    candidates: list[Candidate]
    views: Mapping[str, ViewSearch]
    sites: SiteMap
    body: VolumeBody | None

    def describe(self) -> np.ndarray:
        contexts = {name: ViewContext(search) for name, search in self.views.items()}
        in_views = describe(self.spots, self.candidates, contexts, self.sites)
        if self.modality != FDG_PET:
            certainty = describe_certainty(self.spots, self.sites)
            depth = describe_depth(self.spots, self.candidates, contexts, self.sites)
            return np.hstack([in_views, certainty, depth, describe_doubts(self.candidates)])
        working = self.views[ANTERIOR].uptake.working if ANTERIOR in self.views else None
        return np.hstack([in_views, describe_foci(self.candidates, self.body, working)])


def _search(
    study: Study,
    layouts: Mapping[str, Layout],
    limits: DetectionLimits,
    uptakes: Mapping[str, ViewUptake] | None,
) -> _Search:
    uptakes = view_uptakes(study, layouts) if uptakes is None else uptakes
    views = {
        name: find_candidates(
            uptake, layouts[name].landmarks, limits, seeks_bone=study.modality == BONE_SCAN
        )
        for name, uptake in uptakes.items()
    }
    body = prepare_volume(study, layouts[ANTERIOR]) if ANTERIOR in views else None
    if body is not None:
        views[ANTERIOR] = _with_foci(views[ANTERIOR], body, study)
    sites = SiteMap(study, layouts)
    found = [
        (_hot_spot(candidate, study.views[name], view.uptake.working), candidate)
        for name, view in views.items()
        for candidate in view.candidates
    ]
    found = _without_contamination(found, sites)
    spots, candidates = [spot for spot, _ in found], [candidate for _, candidate in found]
    partners = pair_across_midline(spots, sites)
    same_sites = pair_across_views(spots, sites)
    spots = [
        replace(spot, partner=partner, same_site=same_site)
        for spot, partner, same_site in zip(spots, partners, same_sites, strict=True)
    ]
    return _Search(study.modality, spots, candidates, views, sites, body)


def _with_foci(search: ViewSearch, body: VolumeBody, study: Study) -> ViewSearch:
    working = search.uptake.working
    return search._replace(candidates=join_foci(search.candidates, working, body, study.volume))


def keep_clear(suspects: Sequence[HotSpot]) -> tuple[HotSpot, ...]:
    """Return the suspects that are more probably lesions than not, as hot spots of their own.

    ``partner`` and ``same_site`` index the tuple returned.
    """
    kept = [i for i, spot in enumerate(suspects) if spot.probability >= CLEAR_PROBABILITY]
    number = {old: new for new, old in enumerate(kept)}
    return tuple(
        replace(
            suspects[i],
            partner=number.get(suspects[i].partner),
            same_site=number.get(suspects[i].same_site),
        )
        for i in kept
    )


def find_hot_spots(
    study: Study,
    layouts: Mapping[str, Layout],
    judge: LesionJudge | None = None,
    limits: DetectionLimits | None = None,
) -> tuple[HotSpot, ...]:
    """Return the hot spots of a study: the suspects that are more probably lesions than not."""
    return keep_clear(find_suspects(study, layouts, judge, limits))


def _without_contamination(
    found: list[tuple[HotSpot, Candidate]], sites: SiteMap
) -> list[tuple[HotSpot, Candidate]]:
    """Leave out contamination, and what shows the same, fainter, from the other side."""
    is_out = [candidate.origin == CONTAMINATION for _, candidate in found]
    if not any(is_out):
        return found
    twins = pair_across_views([spot for spot, _ in found], sites)
    return [
        pair
        for pair, out, twin in zip(found, is_out, twins, strict=True)
        if not out and not (twin is not None and is_out[twin])
    ]


def _hot_spot(candidate: Candidate, view: View, working: WorkingView) -> HotSpot:
    region = REGIONS[candidate.region]
    row, col = working.to_input(candidate.row, candidate.col)
    window, mask = _input_mask(candidate.mask, candidate.window, working, view.pixels.shape)
    suv_max = float(view.pixels[window][mask].max(initial=0)) if view.unit == SUV else None
    is_focus = isinstance(candidate, FocusCandidate)
    return HotSpot(
        view=view.name,
        row=float(min(max(row, 0), view.pixels.shape[0] - 1)),
        col=float(min(max(col, 0), view.pixels.shape[1] - 1)),
        region=region.name,
        side=region.side,
        is_joint=region.is_joint,
        area_mm2=candidate.area_mm2,
        contrast=candidate.contrast,
        significance=candidate.significance,
        suv_max=candidate.suv_max if is_focus else suv_max,
        plane=candidate.plane if is_focus else None,
        window=window,
        mask=mask,
    )


def _input_mask(
    mask: np.ndarray, window: tuple[slice, slice], working: WorkingView, shape: tuple[int, int]
) -> tuple[tuple[slice, slice], np.ndarray]:
    """Return the input's pixels (window, mask) whose centres lie in a mask of working pixels."""
    places, slices = [], []
    for axis in (0, 1):
        start, step = working.origin[axis], working.step[axis]
        first = math.ceil(start + window[axis].start * step)
        last = math.floor(start + window[axis].stop * step - 1e-9)
        pixels = np.arange(max(first, 0), min(last, shape[axis] - 1) + 1)
        if not len(pixels):  # a working pixel between two centres of a coarser input
            pixels = np.array(
                [min(max(round(start + window[axis].start * step), 0), shape[axis] - 1)]
            )
        inside = np.floor((pixels - start) / step).astype(int) - window[axis].start
        places.append(np.minimum(np.maximum(inside, 0), mask.shape[axis] - 1))
        slices.append(slice(int(pixels[0]), int(pixels[-1]) + 1))
    return tuple(slices), mask.take(places[0], axis=0).take(places[1], axis=1)
