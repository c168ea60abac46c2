"""What is true of a simulated FDG-PET, in the coordinates of its projection."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import SimpleNamespace

import numpy as np

from uptake_ml import regions
from uptake_ml.phantom.body import Body
from uptake_ml.phantom.fdg_spec import ScannerSpec
from uptake_ml.phantom.fdg_tables import load_fdg_diseases
from uptake_ml.phantom.label_projection import project_labels
from uptake_ml.phantom.scanner import FWHM_PER_SIGMA, Sampling
from uptake_ml.phantom.tissue import FAT_CODE
from uptake_ml.phantom.tracer import Lesion
from uptake_ml.phantom.truth import (
    MAP_PRIORITY,
    LesionTruth,
    Truth,
    ViewTruth,
    visible_label,
    visible_superimposed,
)
from uptake_ml.study import ANTERIOR, FOCAL, MARROW_DIFFUSE, NORMAL, Study

# Marrow is seen to be diffusely raised when it is above the liver, the reader's yardstick.
VISIBLE_MARROW_TO_LIVER = 1.0
# Marrow differs from one normal subject to the next by less than foci do: limits of that are moved
# by a power of what others are.
_MARROW_POWER = 0.2
# A focus is seen when its peak exceeds what surrounds it by this share and this SUV, and its mean
# excess the noise of its footprint by this many s.d.: Rose's criterion asks for five where one
# knows where to look, a reader searches a whole body, as in a bone scan.
VISIBLE_CONTRAST = 0.5
VISIBLE_EXCESS_SUV = 0.5
VISIBLE_CONSPICUITY = 8.0
# Joints of age stay below the liver (see fdg_variants); an inflamed one has to pass it.
VISIBLE_JOINT_TO_LIVER = 1.0

_HOT_ORGANS = ("brain", "heart", "kidney", "bladder")
# Weights along a ray, so that a structure is seen in front of the muscle around it.
_MAP_UPTAKE = {
    regions.OUTSIDE: 0.0,
    regions.SOFT_TISSUE: 1.0,
    regions.ORGAN: 2.0,
    regions.BONE: 4.0,
    regions.JOINT: 4.0,
}
_HOT_UPTAKE, _HOT_PRIORITY = 12.0, 4


@dataclass(frozen=True, kw_only=True)
class FdgLesionTruth(LesionTruth):
    """One focus; ``place``, ``contrast`` and ``conspicuity`` are those of the projection.

    In three dimensions, before noise: ``suv_peak`` its peak, ``volume_contrast`` the peak's excess
    over what surrounds it, ``volume_conspicuity`` the mean excess of its half-peak footprint over
    the s.d. of that footprint's mean, ``to_liver`` the peak over the liver.
    """

    suv_peak: float
    volume_contrast: float
    volume_conspicuity: float
    to_liver: float

    def is_visible_to(self, strictness: float) -> bool:
        """Return whether a reader of the volume could see it, hidden in the projection or not."""
        excess = self.suv_peak * self.volume_contrast / (1 + self.volume_contrast)
        return (
            self.volume_contrast >= VISIBLE_CONTRAST * strictness
            and excess >= VISIBLE_EXCESS_SUV * strictness
            and self.volume_conspicuity >= VISIBLE_CONSPICUITY * strictness
            and (not self.is_arthritis or self.to_liver >= VISIBLE_JOINT_TO_LIVER * strictness)
        )

    def is_visible_in(self, view: str, strictness: float = 1.0) -> bool:
        """Return whether a reader of the volume could see it, from wherever one looks."""
        return self.is_visible_to(strictness)

    def in_projection(self) -> FdgLesionTruth:
        """Return the lesion as far as the projection alone shows it."""
        contrast = max(self.contrast.values(), default=0.0)
        conspicuity = max(self.conspicuity.values(), default=0.0)
        return replace(
            self,
            volume_contrast=min(self.volume_contrast, contrast),
            volume_conspicuity=min(self.volume_conspicuity, conspicuity),
        )

    @property
    def is_arthritis(self) -> bool:
        """Whether a disease of joints made it."""
        return "joints" in load_fdg_diseases()[self.disease]


@dataclass(frozen=True, kw_only=True, eq=False)
class Footprint:
    """Where a lesion lies in the volume: what reaches half of its peak, before noise.

    ``mask`` is a bool box whose first voxel is ``start`` (plane, row, column), ``spacing_mm`` the
    size of its voxels, ``suv_peak`` that of the lesion.  Unlike their numbers in a projection, two
    lesions may overlap.
    """

    start: tuple[int, int, int]
    mask: np.ndarray
    spacing_mm: tuple[float, float, float]
    suv_peak: float

    @cached_property
    def places(self) -> np.ndarray:
        """The voxels of the mask as (plane, row, column) of the volume, shape (n, 3)."""
        return np.argwhere(self.mask) + self.start

    def distance_mm(self, place: tuple[float, float, float]) -> float:
        """Return how far a (plane, row, column) lies from the nearest voxel of the mask."""
        apart_mm = (self.places - np.array(place)) * self.spacing_mm
        return float(np.sqrt((apart_mm**2).sum(axis=1).min()))


@dataclass(frozen=True, kw_only=True, eq=False)
class FdgTruth(Truth):
    """The truth of an FDG-PET; ``true_suv`` holds mean SUVs as painted, before the scanner.

    ``footprints`` are those of the lesions in the field of view, by number.

    Marrow is that of spongy bone without foci; ``marrow_to_liver`` the mean of the lumbar and
    thoracic spine over the liver.  A marrow disease whose marrow is not above the liver is
    ``normal``, or ``focal`` where foci are seen.
    """

    true_suv: Mapping[str, float]
    footprints: Mapping[int, Footprint] = field(default_factory=dict)

    @property
    def marrow_to_liver(self) -> float:
        """Mean painted SUV of lumbar and thoracic marrow over that of the liver."""
        return marrow_to_liver(self.true_suv)

    def label_to(self, strictness: float) -> str:
        """Return the label to a reader whose limits are so many times the usual ones."""
        return visible_pattern(self.drawn_label, self.lesions, self.true_suv, strictness)[0]

    def as_seen(self, study: Study) -> FdgTruth:
        """Return the truth of what is left of this case in ``study``: a projection alone."""
        if study.volume is not None:
            return self
        lesions = tuple(lesion.in_projection() for lesion in self.lesions)
        label, superimposed = visible_pattern(self.drawn_label, lesions, self.true_suv)
        return replace(self, lesions=lesions, label=label, superimposed=superimposed)


def marrow_to_liver(true_suv: Mapping[str, float]) -> float:
    """Return the mean of lumbar and thoracic marrow over the liver."""
    spine = (true_suv["lumbar-marrow"] + true_suv["thoracic-marrow"]) / 2
    return spine / true_suv["liver"]


def visible_pattern(
    drawn: str,
    lesions: Sequence[LesionTruth],
    true_suv: Mapping[str, float],
    strictness: float = 1.0,
) -> tuple[str, tuple[str, ...]]:
    """Return (label, superimposed) that the image can show, given the label that was drawn."""
    label = visible_label(drawn, lesions, strictness)
    least = VISIBLE_MARROW_TO_LIVER * strictness**_MARROW_POWER
    if drawn == MARROW_DIFFUSE and marrow_to_liver(true_suv) <= least:
        label = FOCAL if any(n.is_visible_to(strictness) for n in lesions) else NORMAL
    return label, visible_superimposed(label, lesions)


def tell_truth(
    drawn_label: str,
    lesions: Sequence[Lesion],
    true_suv: Mapping[str, float],
    image: tuple[Sampling, np.ndarray, ScannerSpec],
    *,
    diseases: Sequence[str],
    landmarks: Mapping,
    find_regions: Callable[[], np.ndarray],
    burden: float = math.nan,
) -> FdgTruth:
    """Return what is true of an image: its sampling, its SUV before noise, and its scanner.

    ``landmarks`` and ``find_regions`` are those of the projection (see ``ViewTruth``).
    """
    found, footprints, numbers = describe_lesions(lesions, *image, true_suv["liver"])
    label, superimposed = visible_pattern(drawn_label, found, true_suv)
    view = ViewTruth(find_regions=find_regions, landmarks=landmarks, lesion_map=numbers)
    return FdgTruth(
        label=label,
        drawn_label=drawn_label,
        diseases=tuple(diseases),
        burden=burden,
        lesions=tuple(found),
        views={ANTERIOR: view},
        superimposed=superimposed,
        true_suv=true_suv,
        footprints=footprints,
    )


def describe_lesions(
    lesions: Sequence[Lesion],
    sampling: Sampling,
    expected: np.ndarray,
    scanner: ScannerSpec,
    liver_suv: float,
) -> tuple[list[FdgLesionTruth], dict[int, Footprint], np.ndarray]:
    """Return every lesion's truth, their footprints by number, and their map in the projection.

    The map holds numbers, uint8; a footprint has only what is in the field of view.

    ``expected`` is the image before noise with all lesions.
    """
    patches = [sampling.image_box(n.activity, n.origin) for n in lesions]
    healthy = expected.copy()
    for patch, start in patches:
        healthy[_box(start, patch.shape)] -= patch
    # White noise smoothed by sigma averages as if each (2 sqrt(pi) sigma)^3 were one sample.
    resel_mm3 = (2 * np.sqrt(np.pi) * scanner.noise_fwhm_mm / FWHM_PER_SIGMA) ** 3
    voxels_a_resel = max(resel_mm3 / float(np.prod(scanner.spacing_mm)), 1.0)
    noise = _Noise(cov=scanner.liver_cov, voxels_a_resel=voxels_a_resel)
    truths, footprints = [], {}
    numbers = np.zeros(expected.shape[1:], np.uint8)
    for number, (lesion, (patch, start)) in enumerate(zip(lesions, patches, strict=True), start=1):
        truth, mask = _describe(number, lesion, patch, start, healthy, noise, liver_suv)
        truths.append(truth)
        if mask is not None:
            footprints[number] = Footprint(
                start=start,
                mask=mask,
                spacing_mm=tuple(scanner.spacing_mm),
                suv_peak=truth.suv_peak,
            )
            shown = mask.any(axis=0)
            numbers[_box(start[1:], shown.shape)][shown] = number
    return truths, footprints, numbers


@dataclass(frozen=True, kw_only=True)
class _Noise:
    cov: float
    voxels_a_resel: float


def _box(start, shape) -> tuple[slice, ...]:
    return tuple(slice(s, s + n) for s, n in zip(start, shape, strict=True))


def _describe(number, lesion: Lesion, patch, start, healthy, noise: _Noise, liver_suv):
    region = regions.REGIONS[lesion.region]
    named = {
        "number": number,
        "disease": lesion.disease,
        "region": region.name,
        "side": region.side,
        "is_joint": region.is_joint,
        "radius_mm": lesion.radius_mm,
        "uptake": lesion.uptake,
    }
    if patch.size == 0 or patch.max() < 1e-3:
        unseen = dict.fromkeys(
            ("suv_peak", "volume_contrast", "volume_conspicuity", "to_liver"), 0.0
        )
        return FdgLesionTruth(**named, place={}, contrast={}, conspicuity={}, **unseen), None
    here = healthy[_box(start, patch.shape)]
    peak = np.unravel_index(patch.argmax(), patch.shape)
    foot = patch >= 0.5 * patch[peak]
    under = max(float(here[peak]), float(np.median(here[foot])), 0.05)
    count = max(foot.sum() / noise.voxels_a_resel, 1.0)
    volume = {
        "suv_peak": float(patch[peak] + here[peak]),
        "volume_contrast": float(patch[peak] / under),
        "volume_conspicuity": float(patch[foot].mean() * np.sqrt(count) / (noise.cov * under)),
        "to_liver": float((patch[peak] + here[peak]) / liver_suv),
    }
    mask = foot.any(axis=0)
    r0, c0 = start[1], start[2]
    slab = healthy[:, r0 : r0 + mask.shape[0], c0 : c0 + mask.shape[1]]
    without = slab.max(axis=0)
    total = np.maximum((here + patch).max(axis=0), without)
    excess = float((total - without)[mask].max())
    behind = max(float(without[mask].mean()), 0.05)
    row, col = np.nonzero(mask)
    return (
        FdgLesionTruth(
            **named,
            place={ANTERIOR: (float(r0 + row.mean()), float(c0 + col.mean()))},
            contrast={ANTERIOR: excess / behind},
            conspicuity={ANTERIOR: float((total - without)[mask].mean() / (noise.cov * behind))},
            **volume,
        ),
        foot,
    )


def region_map(tissue: np.ndarray, sampling: Sampling) -> np.ndarray:
    """Return what every pixel of the projection shows, uint8.

    Bone wins over soft tissue, lung, liver, spleen, stomach and bowel; the organs that outshine it
    (brain, heart, kidneys, bladder) win over bone.
    """
    to_region = np.arange(256, dtype=np.uint8)
    for soft, fat in FAT_CODE.items():
        to_region[fat] = soft
    is_hot = [r.name in _HOT_ORGANS for r in regions.REGIONS]
    kinds = list(zip(is_hot, (r.kind for r in regions.REGIONS), strict=True))
    uptake = [_HOT_UPTAKE if hot else _MAP_UPTAKE[kind] for hot, kind in kinds]
    priority = [_HOT_PRIORITY if hot else MAP_PRIORITY[kind] for hot, kind in kinds]
    nothing = np.broadcast_to(np.float32(0), tissue.shape)
    rays = SimpleNamespace(path=nothing, whole_path=nothing[0])
    # PET is corrected for attenuation: to the label projection every ray is transparent.
    flat = SimpleNamespace(
        shape=tissue.shape, rays=rays, axes=lambda view: (sampling.rows, sampling.columns)
    )
    shown = project_labels(flat, to_region[tissue], uptake=uptake, priority=priority)
    return shown[ANTERIOR]


def place_points(points, body: Body, sampling: Sampling) -> dict:
    """Return (row, column) of every landmark in the projection, None outside the field of view."""
    return place_cells({key: body.grid.index_of(p[None])[0] for key, p in points.items()}, sampling)


def place_cells(cells: Mapping, sampling: Sampling) -> dict:
    """Return (row, column) in the projection of cells (plane, row, column) of what is sampled.

    They may be fractions of a cell; None stands for what lies outside the field of view.
    """
    placed = {}
    for key, (_, row, column) in cells.items():
        at = sampling.rows.place(row), sampling.columns.place(column)
        inside = 0 <= at[0] < sampling.rows.size and 0 <= at[1] < sampling.columns.size
        placed[key] = (float(at[0]), float(at[1])) if inside else None
    return placed
