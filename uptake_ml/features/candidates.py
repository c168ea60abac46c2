"""Hot spots of one working view: uptake above the normal level, split, measured and sifted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from uptake_ml.features.basins import Labelled, grow, split
from uptake_ml.features.groups import (
    BONES,
    JOINTS,
    ORGANS,
    SKELETON,
    SOFT_TISSUES,
    group,
    membership,
)
from uptake_ml.features.intensity import ordered_percentile
from uptake_ml.features.physiology import (
    DOUBTFUL,
    LESION,
    ORGAN,
    PhysiologyLimits,
    bladder_place,
    hot_organ_map,
    name_origins,
    organ_share,
)
from uptake_ml.features.rise import measure_local_rise, measure_rise
from uptake_ml.features.uptake import ViewUptake
from uptake_ml.features.working_view import WORKING_MM, WorkingView

if TYPE_CHECKING:
    from uptake_ml.atlas.records import Landmark


@dataclass(frozen=True, kw_only=True)
class DetectionLimits:
    """When raised uptake is looked at, and when it is a hot spot; chosen on simulated cases.

    Any place of ``suspected_significance`` and ``suspected_area_mm2`` is looked at.  The other
    limits decide where no model has learnt which of these are lesions: ``least_significance`` is
    in standard deviations; ``least_contrast`` is uptake over the normal
    level, ``least_isolation`` uptake at the peak over the hottest tenth of what surrounds a round
    hot spot.  Displaced bones look long, and lie beside the bones of the layout: long hot spots
    need more isolation, by ``isolation_by_length`` for each width that they are longer than wide
    (up to ``isolation_of_line``), those beside a bone need ``isolation_beside_bone`` and
    ``significance_beside_bone``.  ``saddle`` is how deep (as a share) uptake must fall between
    two hot spots.  A tracer that seeks bone has spots besides, which stand out of what surrounds
    them by ``spot_significance`` and from each other by ``spot_saddle``, and places of displaced
    bone up to ``displaced_bone_mm`` from the layout's.
    """

    suspected_significance: float = 1.5
    suspected_area_mm2: float = 32.0
    least_significance: float = 2.6
    least_contrast: float = 1.45
    least_isolation: float = 1.15
    isolation_by_length: float = 0.2
    isolation_of_line: float = 1.8
    isolation_beside_bone: float = 1.5
    significance_beside_bone: float = 5.0
    least_area_mm2: float = 48.0
    saddle: float = 0.2
    spot_significance: float = 4.5
    spot_saddle: float = 0.1
    bone_reach_mm: float = 16.0
    displaced_bone_mm: float = 40.0
    region_rise: float = 1.5
    physiology: PhysiologyLimits = field(default_factory=PhysiologyLimits)

    def __post_init__(self) -> None:
        if min(self.least_contrast, self.least_isolation, self.region_rise) < 1:
            raise ValueError("contrast, isolation and rise are ratios of at least 1")
        for saddle in (self.saddle, self.spot_saddle):
            if not 0 < saddle < 1:
                raise ValueError(f"a saddle is a share between 0 and 1, found {saddle}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Candidate:
    """A hot spot in working pixels: peak at (row, col), ``mask`` filling ``window``.

    ``origin`` is one of those of ``physiology``; ``isolation`` is worked out for what is kept, and
    so is, of a tracer that seeks bone, what makes a place doubtful: ``bone_mm`` and ``bladder_mm``,
    how far bone and bladder are, ``organ_share`` of the mask in organs that are hot in everyone,
    ``local_rise``, the log of uptake over what surrounds it.
    """

    row: int
    col: int
    region: int
    contrast: float
    isolation: float = np.nan
    elongation: float
    is_on_bone: bool
    significance: float
    window: tuple[slice, slice]
    mask: np.ndarray
    origin: str = LESION
    bone_mm: float = 0.0
    bladder_mm: float = np.inf
    organ_share: float = 0.0
    local_rise: float = 0.0

    @cached_property
    def area_mm2(self) -> float:
        """Area of the mask."""
        return float(self.mask.sum() * WORKING_MM**2)


_RING_MM = 16.0
# A hot place of this area may be a whole bone, or a tumour with this share of bone in it.
_LARGE_MM2, _LEAST_BONE = 2000.0, 0.25
# Least log(uptake / normal level) of a pixel of a hot spot.
_GROWTH = float(np.log(1.25))
# The same for log(uptake / uptake around) of a spot: less than half of what makes one significant.
_SPOT_GROWTH = 0.25
HOT_ORGANS_OF_BONE_SCAN = group("bladder", "kidney", "bowel", "stomach")


class ViewSearch(NamedTuple):
    """What was found in one view: its candidates, and the log rise they were found in."""

    uptake: ViewUptake
    rise: np.ndarray
    candidates: list[Candidate]


def find_candidates(
    uptake: ViewUptake,
    landmarks: Sequence[Landmark],
    limits: DetectionLimits,
    *,
    seeks_bone: bool,
) -> ViewSearch:
    """Return the raised places of a view, contamination among them, the most significant first.

    ``seeks_bone`` says that the tracer shows bone, so that hot spots elsewhere are not lesions.
    """
    working = uptake.working
    if not uptake.bone_level > 0:
        return ViewSearch(uptake, np.zeros_like(working.pixels), [])
    rise, significance = measure_rise(uptake, limits)
    labels = split(
        rise,
        significance,
        least=_GROWTH,
        significant=limits.suspected_significance,
        depth=-math.log(1 - limits.saddle),
    )
    heights, local = rise, None
    if seeks_bone:
        is_spot, local = _add_spots(labels, uptake, limits)
        heights = np.where(is_spot, local, rise)
    reach_mm = limits.displaced_bone_mm if seeks_bone else limits.bone_reach_mm
    place = _Place(working, seeks_bone=seeks_bone, reach_mm=reach_mm)
    found = _describe(labels, heights, rise, significance, place) if labels.any() else []
    organs = hot_organ_map(uptake, place.hot_organs)
    origins = name_origins(found, uptake, landmarks, organs, limits.physiology)
    left_out = (ORGAN,) if seeks_bone else (ORGAN, DOUBTFUL)
    bladder, is_free = bladder_place(working, landmarks), (labels == 0) & working.body
    suspected = [
        replace(
            candidate,
            origin=origin,
            isolation=_isolation(candidate, labels, is_free, working),
            **({} if local is None else _doubts(candidate, local, organs, bladder)),
        )
        for candidate, origin in zip(found, origins, strict=True)
        if origin not in left_out
        and candidate.region != 0
        and candidate.area_mm2 >= limits.suspected_area_mm2
    ]
    suspected.sort(key=lambda c: (-c.significance, c.row, c.col))
    return ViewSearch(uptake, rise, suspected)


def _add_spots(
    labels: np.ndarray, uptake: ViewUptake, limits: DetectionLimits
) -> tuple[np.ndarray, np.ndarray]:
    """Add to the labels the spots that stand out of their surroundings and lie in none of them.

    Return where they are, and the log of uptake over what surrounds each pixel.
    """
    local, significance = measure_local_rise(uptake)
    # What is significant within a place found before belongs to that: it need not be split.
    significance[labels > 0] = -np.inf
    spots = split(
        local,
        significance,
        least=_SPOT_GROWTH,
        significant=limits.spot_significance,
        depth=-math.log(1 - limits.spot_saddle),
    )
    is_spot = np.zeros(labels.shape, bool)
    if spots.any():
        places = Labelled(spots)
        is_new = labels[places.peaks(local)] == 0
        is_new &= places.greatest(significance) >= limits.spot_significance
        number = np.append(0, np.where(is_new, labels.max() + np.cumsum(is_new), 0))
        is_spot = (labels == 0) & (number[spots] > 0)
        labels[is_spot] = number[spots[is_spot]]
    return is_spot, local


def _doubts(
    candidate: Candidate,
    local: np.ndarray,
    organs: np.ndarray,
    bladder: tuple[float, float] | None,
) -> dict[str, float]:
    """Return what makes a place doubtful, by the name of the candidate's field."""
    at = candidate.row, candidate.col
    away = np.inf if bladder is None else math.hypot(at[0] - bladder[0], at[1] - bladder[1])
    return {
        "bladder_mm": away * WORKING_MM,
        "organ_share": organ_share(candidate, organs),
        "local_rise": float(local[at]),
    }


def _describe(
    labels: np.ndarray,
    heights: np.ndarray,
    rise: np.ndarray,
    significance: np.ndarray,
    place: _Place,
) -> list[Candidate]:
    """Return what is known of each label by itself; its peak is where ``heights`` are greatest."""
    places = Labelled(labels)
    rows, cols = places.peaks(heights)
    region, bone_mm = place.regions_at(rows, cols)
    is_on_bone = region == place.working.regions[rows, cols]
    contrast, elongation = np.exp(rise[rows, cols]), _elongations(places)
    greatest = places.greatest(significance)
    found = []
    for i, window in enumerate(places.windows()):
        mask = labels[window] == i + 1
        found.append(
            Candidate(
                row=int(rows[i]),
                col=int(cols[i]),
                region=_region_of_large(place.working.regions[window][mask], int(region[i])),
                contrast=float(contrast[i]),
                elongation=float(elongation[i]),
                is_on_bone=bool(is_on_bone[i]),
                significance=float(greatest[i]),
                bone_mm=float(bone_mm[i]),
                window=window,
                mask=mask,
            )
        )
    return found


def _region_of_large(inside: np.ndarray, at_peak: int) -> int:
    """Return the region of a place, that of its peak unless it is large; ``inside`` are its own.

    A shaft that is hot as a whole often has its peak at the joint: it is the bone that it fills for
    the most part.  A large tumour's peak may lie off the bone: it is of the bone in its midst.
    """
    if len(inside) * WORKING_MM**2 < _LARGE_MM2:
        return at_peak
    commonest = int(np.bincount(inside).argmax())
    if at_peak in JOINTS and commonest in BONES and (inside == commonest).mean() > 0.5:
        return commonest
    bone = inside[membership(SKELETON)[inside]]
    if at_peak == 0 and len(bone) >= _LEAST_BONE * len(inside):
        return int(np.bincount(bone).argmax())
    return at_peak


def _elongations(places: Labelled) -> np.ndarray:
    """Return the ratio of the axes of the ellipse with the second moments of each label."""
    row, col = (axis - places.each(places.means(axis)) for axis in places.rows_and_columns)
    # Each pixel has an extent of its own: variance 1/12 along either axis.
    down, across = (places.means(axis**2) + 1 / 12 for axis in (row, col))
    middle = (down + across) / 2
    away = np.hypot((down - across) / 2, places.means(row * col))
    return np.sqrt((middle + away) / (middle - away))


def _isolation(
    candidate: Candidate, labels: np.ndarray, is_free: np.ndarray, working: WorkingView
) -> float:
    """Return uptake at the peak over that of the hottest tenth around.

    ``is_free`` is a bool map of what is looked at there: the body without the hot spots.
    """
    reach = round(_RING_MM / WORKING_MM)
    wider = tuple(
        slice(max(w.start - reach, 0), min(w.stop + reach, n))
        for w, n in zip(candidate.window, labels.shape, strict=True)
    )
    own = labels[wider] == labels[candidate.row, candidate.col]
    around = working.smoothed[wider][grow(own, reach) & is_free[wider]]
    if not len(around):
        return np.inf
    level = ordered_percentile(np.sort(around), 90)
    hottest = working.smoothed[candidate.window][candidate.mask].max()
    return float(hottest / level) if level > 0 else np.inf


def passes(candidate: Candidate, limits: DetectionLimits) -> bool:
    """Return whether a candidate is a hot spot by the limits alone."""
    length = limits.isolation_by_length * (candidate.elongation - 1)
    isolation = min(limits.least_isolation + length, limits.isolation_of_line)
    significance = limits.least_significance
    if not candidate.is_on_bone:
        isolation = max(isolation, limits.isolation_beside_bone)
        significance = max(significance, limits.significance_beside_bone)
    return (
        candidate.significance >= significance
        and candidate.contrast >= limits.least_contrast
        and candidate.isolation >= isolation
        and candidate.area_mm2 >= limits.least_area_mm2
        and candidate.bone_mm <= limits.bone_reach_mm
    )


class _Place:
    """To which region a peak belongs.

    A peak beside a bone belongs to it, as layouts are not exact; a tracer that seeks bone has no
    hot spots elsewhere, and no tracer has any in the organs that are hot in everyone.
    """

    def __init__(self, working: WorkingView, *, seeks_bone: bool, reach_mm: float) -> None:
        self.working = working
        self.hot_organs = HOT_ORGANS_OF_BONE_SCAN if seeks_bone else ORGANS
        self._elsewhere = membership(() if seeks_bone else SOFT_TISSUES)
        self._reach = int(reach_mm // WORKING_MM)
        steps = np.mgrid[-self._reach : self._reach + 1, -self._reach : self._reach + 1]
        down, across = steps.reshape(2, -1)
        apart = down**2 + across**2
        nearest_first = np.lexsort((down, across, apart))
        is_near = apart[nearest_first] * WORKING_MM**2 <= reach_mm**2
        chosen = nearest_first[is_near]
        self._steps, self._apart_mm = (
            (down[chosen], across[chosen]),
            np.sqrt(apart[chosen]) * WORKING_MM,
        )

    def regions_at(self, rows: np.ndarray, cols: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the region of each peak, 0 where none is looked for, and how far bone is in mm.

        Both have shape (n,).
        """
        working, (down, across) = self.working, self._steps
        own = working.regions[rows, cols]
        padded = np.pad(working.regions, self._reach)
        around = padded[rows[:, None] + down + self._reach, cols[:, None] + across + self._reach]
        is_bone = membership(SKELETON)[around]
        first = is_bone.argmax(axis=1)
        nearest = around[np.arange(len(rows)), first]
        is_near = is_bone.any(axis=1) & ~membership(self.hot_organs)[own]
        elsewhere = np.where(self._elsewhere[own], own, 0)
        found = np.where(is_near & working.body[rows, cols], nearest, elsewhere)
        return found, self._apart_mm[first]
