"""Hot spots: places that take up clearly more than a normal subject's would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.features.candidates import Candidate, DetectionLimits, find_candidates
from uptake_ml.features.pairing import pair_across_midline, pair_across_views
from uptake_ml.features.physiology import CONTAMINATION
from uptake_ml.features.uptake import ViewUptake
from uptake_ml.features.working_view import WorkingView, prepare_view
from uptake_ml.regions import REGIONS
from uptake_ml.study import BONE_SCAN, SUV, Study, View

if TYPE_CHECKING:
    from uptake_ml.atlas.records import Layout


@dataclass(frozen=True, kw_only=True, eq=False)
class HotSpot:
    """A place of clearly raised uptake in one view.

    ``row``, ``col`` are where it is hottest, in the input's pixels.  ``contrast`` is uptake there
    over the normal level, ``significance`` how many standard deviations (of noise and of normal
    subjects) it lies above.  ``partner`` is the index of the hot spot at the same site of the
    other side in the same view, ``same_site`` that of the same site in another view.  ``mask`` is
    a bool array that fills ``window``, a pair of slices of the input.
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
    partner: int | None = None
    same_site: int | None = None
    window: tuple[slice, slice]
    mask: np.ndarray

    @property
    def centre(self) -> tuple[float, float]:
        """Row and column of the middle of the mask, in the input's pixels."""
        rows, cols = np.nonzero(self.mask)
        return self.window[0].start + float(rows.mean()), self.window[1].start + float(cols.mean())

    def full_mask(self, shape: tuple[int, int]) -> np.ndarray:
        """Return the mask of this hot spot in a view of ``shape`` (rows, columns)."""
        full = np.zeros(shape, dtype=bool)
        full[self.window] = self.mask
        return full


def find_hot_spots(
    study: Study,
    layouts: Mapping[str, Layout],
    limits: DetectionLimits | None = None,
) -> tuple[HotSpot, ...]:
    """Return the hot spots of all views that have a layout, the most significant of a view first.

    Organs that are hot in everyone are left out; joints are not.  A bone that is hot as a whole
    is one hot spot.  ``partner`` and ``same_site`` index the tuple returned.

    Raises
    ------
    ValueError
        If a layout does not fit its view.
    """
    limits = limits or DetectionLimits()
    found: list[tuple[HotSpot, str]] = []
    for name, view in study.views.items():
        if name in layouts:
            found += _view_hot_spots(view, layouts[name], limits, study.modality == BONE_SCAN)
    spots = _without_contamination(found, study, layouts)
    partners = pair_across_midline(spots, study, layouts)
    same_sites = pair_across_views(spots, study, layouts)
    return tuple(
        replace(spot, partner=partner, same_site=same_site)
        for spot, partner, same_site in zip(spots, partners, same_sites, strict=True)
    )


def _view_hot_spots(
    view: View, layout: Layout, limits: DetectionLimits, seeks_bone: bool
) -> list[tuple[HotSpot, str]]:
    uptake = ViewUptake(prepare_view(view, layout))
    candidates = find_candidates(uptake, layout.landmarks, limits, seeks_bone=seeks_bone)
    return [(_hot_spot(c, view, uptake.working), c.origin) for c in candidates]


def _without_contamination(
    found: list[tuple[HotSpot, str]], study: Study, layouts: Mapping[str, Layout]
) -> list[HotSpot]:
    """Leave out contamination, and what shows the same, fainter, from the other side."""
    spots = [spot for spot, _ in found]
    twins = pair_across_views(spots, study, layouts)
    is_out = [origin == CONTAMINATION for _, origin in found]
    return [
        spot
        for spot, out, twin in zip(spots, is_out, twins, strict=True)
        if not out and not (twin is not None and is_out[twin])
    ]


def _hot_spot(candidate: Candidate, view: View, working: WorkingView) -> HotSpot:
    region = REGIONS[candidate.region]
    row, col = working.to_input(candidate.row, candidate.col)
    window, mask = _input_mask(candidate.mask, candidate.window, working, view.pixels.shape)
    return HotSpot(
        view=view.name,
        row=float(np.clip(row, 0, view.pixels.shape[0] - 1)),
        col=float(np.clip(col, 0, view.pixels.shape[1] - 1)),
        region=region.name,
        side=region.side,
        is_joint=region.is_joint,
        area_mm2=candidate.area_mm2,
        contrast=candidate.contrast,
        significance=candidate.significance,
        suv_max=float(view.pixels[window][mask].max(initial=0)) if view.unit == SUV else None,
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
        first = int(np.ceil(start + window[axis].start * step))
        last = int(np.floor(start + window[axis].stop * step - 1e-9))
        pixels = np.arange(max(first, 0), min(last, shape[axis] - 1) + 1)
        if not len(pixels):  # a working pixel between two centres of a coarser input
            pixels = np.array(
                [min(max(round(start + window[axis].start * step), 0), shape[axis] - 1)]
            )
        inside = np.floor((pixels - start) / step).astype(int) - window[axis].start
        places.append(np.clip(inside, 0, mask.shape[axis] - 1))
        slices.append(slice(int(pixels[0]), int(pixels[-1]) + 1))
    return tuple(slices), mask[np.ix_(*places)]
