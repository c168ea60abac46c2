"""Hot spots of one working view: uptake above the normal level, split, measured and sifted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import ndimage
from skimage.morphology import reconstruction
from skimage.segmentation import watershed

from uptake_ml.features.groups import (
    BONES,
    JOINTS,
    ORGANS,
    SKELETON,
    SOFT_TISSUES,
    group,
    membership,
)
from uptake_ml.features.physiology import (
    LESION,
    ORGAN,
    PhysiologyLimits,
    hot_organ_map,
    name_origins,
)
from uptake_ml.features.uptake import ViewUptake
from uptake_ml.features.working_view import SMOOTHING_MM, WORKING_MM, WorkingView
from uptake_ml.regions import REGIONS

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
    two hot spots.
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
    bone_reach_mm: float = 16.0
    region_rise: float = 1.5
    physiology: PhysiologyLimits = field(default_factory=PhysiologyLimits)

    def __post_init__(self) -> None:
        if min(self.least_contrast, self.least_isolation, self.region_rise) < 1:
            raise ValueError("contrast, isolation and rise are ratios of at least 1")
        if not 0 < self.saddle < 1:
            raise ValueError(f"saddle is a share between 0 and 1, found {self.saddle}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Candidate:
    """A hot spot in working pixels: peak at (row, col), ``mask`` filling ``window``.

    ``origin`` is one of those of ``physiology``.
    """

    row: int
    col: int
    region: int
    contrast: float
    isolation: float
    elongation: float
    is_on_bone: bool
    significance: float
    window: tuple[slice, slice]
    mask: np.ndarray
    origin: str = LESION

    @property
    def area_mm2(self) -> float:
        """Area of the mask."""
        return float(self.mask.sum() * WORKING_MM**2)


# Scales (standard deviations) at which uptake is compared with the normal level: from what the
# camera resolves to a vertebra and a half.
_SCALES_MM = (0.0, 8.0, 16.0)
# Share of the spread among normal subjects left once a region's own level is taken out.
_LOCAL_SPREAD = 0.7
_LEAST_SPREAD = 0.12
_RING_MM = 16.0
_LEVEL_MM = 30.0
# Least log(uptake / normal level) of a pixel of a hot spot.
_GROWTH = float(np.log(1.25))
HOT_ORGANS_OF_BONE_SCAN = group("bladder", "kidney", "bowel", "stomach")


class _Maps(NamedTuple):
    """Maps of the working view that hot spots are read from."""

    rise: np.ndarray
    significance: np.ndarray
    working: WorkingView
    place: np.ndarray


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
    place = _places(working, seeks_bone=seeks_bone, reach_mm=limits.bone_reach_mm)
    maps = _Maps(rise, significance, working, place)
    labels = _split(rise, significance, limits)
    found = [
        _describe(label, window, labels, maps)
        for label, window in enumerate(ndimage.find_objects(labels), start=1)
        if window is not None
    ]
    organs = hot_organ_map(working, HOT_ORGANS_OF_BONE_SCAN if seeks_bone else ORGANS)
    origins = name_origins(found, uptake, landmarks, organs, limits.physiology)
    suspected = [
        replace(candidate, origin=origin)
        for candidate, origin in zip(found, origins, strict=True)
        if origin != ORGAN
        and candidate.region != 0
        and candidate.area_mm2 >= limits.suspected_area_mm2
    ]
    suspected.sort(key=lambda c: (-c.significance, c.row, c.col))
    return ViewSearch(uptake, rise, suspected)


def measure_rise(uptake: ViewUptake, limits: DetectionLimits) -> tuple[np.ndarray, np.ndarray]:
    """Return log(uptake / normal level) and its significance in standard deviations.

    Both have the shape of the working view.  The variance is that of the noise, which falls with
    the scale, and of normal subjects, which does not.
    """
    working = uptake.working
    floor = 0.15 * uptake.bone_level
    normal = normal_level(uptake, limits) + floor
    rise = np.log((working.smoothed + floor) / normal)
    rise[~working.body | (uptake.expected_nearby <= 0)] = 0
    # A joint keeps all of its spread, as its own level is not taken out.
    share = np.where(membership(JOINTS)[working.regions], 1.0, _LOCAL_SPREAD)
    between = np.maximum(share * working.spread, _LEAST_SPREAD) ** 2
    # Variance of one working pixel, over the square of the level.
    noise = working.gain * working.smoothed / (working.step[0] * working.step[1])
    noise = noise / (working.smoothed + floor) ** 2
    significance = np.full_like(rise, -np.inf)
    for scale_mm in _SCALES_MM:
        at_scale = ndimage.gaussian_filter(rise, scale_mm / WORKING_MM, mode="nearest")
        area = 4 * np.pi * (scale_mm**2 + SMOOTHING_MM**2) / WORKING_MM**2
        np.maximum(significance, at_scale / np.sqrt(between + noise / area), out=significance)
    return rise, significance


def normal_level(uptake: ViewUptake, limits: DetectionLimits) -> np.ndarray:
    """Return what a normal subject would show at each pixel, following the levels of this one.

    The expected image is multiplied by the ratio found in each bone, smoothed over neighbouring
    bones.  Joints take the ratio of the bones beside them, and a bone that is raised as a whole
    against the others of the skeleton keeps only a part of its rise: so both can stand out.
    """
    log_scale = np.zeros(256, dtype=np.float32)
    for index, ratio in uptake.log_ratios.items():
        division = REGIONS[index].division
        others = tuple(i for i in BONES if REGIONS[i].division == division)
        middle = np.log(uptake.scale(others))
        log_scale[index] = min(ratio, middle + np.log(limits.region_rise))
    is_known = membership(tuple(uptake.log_ratios))[uptake.working.regions].astype(np.float32)
    sigma = _LEVEL_MM / WORKING_MM
    weight = ndimage.gaussian_filter(is_known, sigma) + 1e-3
    level = log_scale[uptake.working.regions] * is_known
    level = ndimage.gaussian_filter(level, sigma) + 1e-3 * np.log(uptake.bone_scale)
    return np.exp(level / weight) * uptake.expected_nearby


def _split(rise: np.ndarray, significance: np.ndarray, limits: DetectionLimits) -> np.ndarray:
    """Return labels of hot spots, each grown from a peak to where half of its rise is left.

    Only connected raised places that are significant somewhere are looked at.
    """
    raised, _ = ndimage.label(rise > _GROWTH)
    labels = np.zeros(rise.shape, dtype=np.int32)
    count = 0
    for number, window in enumerate(ndimage.find_objects(raised), start=1):
        own = raised[window] == number
        if significance[window][own].max() >= limits.suspected_significance:
            basins = _basins(np.where(own, rise[window], 0.0), -np.log(1 - limits.saddle))
            labels[window] += np.where(basins > 0, basins + count, 0)
            count += int(basins.max())
    return labels


def _basins(rise: np.ndarray, depth: float) -> np.ndarray:
    """Return labels around the peaks that stand ``depth`` above the saddle to any higher one."""
    filled = reconstruction(rise - depth, rise, method="dilation")
    is_top = (rise - filled >= depth - 1e-5) & (rise > _GROWTH)
    tops, count = ndimage.label(is_top, structure=np.ones((3, 3)))
    basins = watershed(-rise, tops, mask=rise > _GROWTH)
    highest = ndimage.maximum(rise, basins, np.arange(count + 1))
    return np.where(rise > np.maximum(0.5 * highest, _GROWTH)[basins], basins, 0)


def _describe(
    label: int, window: tuple[slice, slice], labels: np.ndarray, maps: _Maps
) -> Candidate:
    mask = labels[window] == label
    peak = np.unravel_index(np.argmax(np.where(mask, maps.rise[window], -np.inf)), mask.shape)
    row, col = (int(p + w.start) for p, w in zip(peak, window, strict=True))
    return Candidate(
        row=row,
        col=col,
        region=int(maps.place[row, col]),
        contrast=float(np.exp(maps.rise[row, col])),
        isolation=_isolation(window, label, labels, maps.working),
        elongation=_elongation(mask),
        is_on_bone=bool(maps.place[row, col] == maps.working.regions[row, col]),
        significance=float(maps.significance[window][mask].max()),
        window=window,
        mask=mask,
    )


def _isolation(
    window: tuple[slice, slice], label: int, labels: np.ndarray, working: WorkingView
) -> float:
    """Return uptake at the peak over that of the hottest tenth around, other hot spots left out."""
    reach = round(_RING_MM / WORKING_MM)
    wider = tuple(
        slice(max(w.start - reach, 0), min(w.stop + reach, n))
        for w, n in zip(window, labels.shape, strict=True)
    )
    own = labels[wider] == label
    ring = ndimage.binary_dilation(own, iterations=reach) & (labels[wider] == 0)
    ring &= working.body[wider]
    uptake = working.smoothed[wider]
    if not ring.any():
        return np.inf
    around = np.percentile(uptake[ring], 90)
    return float(uptake[own].max() / around) if around > 0 else np.inf


def _elongation(mask: np.ndarray) -> float:
    """Return the ratio of the axes of the ellipse with the second moments of the mask."""
    places = np.argwhere(mask)
    # Each pixel has an extent of its own: variance 1/12 along either axis.
    covariance = np.cov(places.T, bias=True) if len(places) > 1 else np.zeros((2, 2))
    short, long = np.linalg.eigvalsh(covariance + np.eye(2) / 12)
    return float(np.sqrt(long / short))


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
    )


def _places(working: WorkingView, *, seeks_bone: bool, reach_mm: float) -> np.ndarray:
    """Return the region to which a peak at each pixel belongs, 0 where none is looked for.

    A peak beside a bone belongs to it, as layouts are not exact; a tracer that seeks bone has no
    hot spots elsewhere, and no tracer has any in the organs that are hot in everyone.
    """
    regions = working.regions
    is_skeleton = membership(SKELETON)[regions]
    away, (rows, cols) = ndimage.distance_transform_edt(~is_skeleton, return_indices=True)
    hot_organs = HOT_ORGANS_OF_BONE_SCAN if seeks_bone else ORGANS
    is_near = (away * WORKING_MM <= reach_mm) & ~membership(hot_organs)[regions]
    elsewhere = 0 if seeks_bone else np.where(membership(SOFT_TISSUES)[regions], regions, 0)
    return np.where(is_near & working.body, regions[rows, cols], elsewhere)
