"""Raised places of a PET study with a volume: the foci found in it join those of the projection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from uptake_ml.features.candidates import Candidate
from uptake_ml.features.groups import ORGANS, SKELETON, SPINE, group, membership
from uptake_ml.features.physiology import LESION, ORGAN
from uptake_ml.features.volume_body import VOXEL_MM, VolumeBody
from uptake_ml.features.volume_foci import Focus, climb, find_foci, focus_at
from uptake_ml.features.volume_merging import merge_foci
from uptake_ml.features.working_view import WorkingView
from uptake_ml.regions import INDEX
from uptake_ml.study import Volume

# A raised place of the projection and a focus so near to each other are one.
_SAME_MM = 12.0
# How far in front of the middle of the vertebral bodies the bones lie that a projection shows
# at the same place as what lies before or behind them, mm.
_FRONT_MM = {
    **dict.fromkeys((*SPINE, *group("sacrum", "sacroiliac")), (-55.0, 30.0)),
    **dict.fromkeys(group("sternum", "sternoclavicular"), (40.0, np.inf)),
    **dict.fromkeys(group("scapula"), (-np.inf, 35.0)),
}
# Across the spine, from its middle: vertebral bodies with their processes.
_SPINE_HALF_WIDTH_MM = 22.0
# ``VolumeBody.height`` of C7, T12 and the end of the lumbar spine, half-way from L3 to the sacrum.
_NECK_END, _CHEST_END, _LUMBAR_END = 2.0, 4.1, 5.5
_SPINE_PARTS = group("cervical-spine", "thoracic-spine", "lumbar-spine", "sacrum")
# Organs that a focus is said to lie in; in the others it lies before or behind them.
_NAMED_ORGANS = group("liver", "spleen", "stomach", "bowel", "lung", "breast")
_HEAD_AND_NECK = INDEX["head-neck-soft-tissue", None]
_TRUNK = INDEX["trunk-soft-tissue", None]
_BONE_REACH_MM = 8.0
# Unevenness of normal tissue, as a share of its uptake.
_UNEVENNESS = 0.15
_SD_PER_IQR = 0.7413


@dataclass(frozen=True, kw_only=True, eq=False)
class FocusCandidate(Candidate):
    """A raised place that is also known in the volume.

    ``suv_max`` is the greatest SUV of the input there, ``plane`` the input's plane of the peak.
    """

    focus: Focus
    suv_max: float
    plane: float


def join_foci(
    candidates: Sequence[Candidate], working: WorkingView, body: VolumeBody, volume: Volume
) -> list[FocusCandidate]:
    """Return the raised places of the projection and the foci of the volume, each place once.

    What is hottest in the first or last row may go on beyond the field of view: it is left out.
    """
    foci = merge_foci(body, find_foci(body))
    found = [_from_focus(focus, working, body, volume) for focus in foci]
    for candidate in candidates:
        place = climb(body, _place_in_volume(candidate, working, body))
        is_within = 0 < place[1] < body.values.shape[1] - 1
        if is_within and not any(_is_same(focus, place) for focus in foci):
            focus = focus_at(body, place)
            more = _known_in_volume(focus, body, volume)
            found.append(FocusCandidate(**vars(candidate), **more))
    found = [c for c in found if c.region != 0]
    return sorted(found, key=lambda c: (-c.significance, c.row, c.col, c.plane))


def _place_in_volume(
    candidate: Candidate, working: WorkingView, body: VolumeBody
) -> tuple[int, int, int]:
    """Return where along its ray a peak of the projection lies, in cubes."""
    row, col = working.to_input(candidate.row, candidate.col)
    _, row, col = body.from_input((0.0, row, col))
    row, col = (
        int(np.clip(round(p), 0, n - 1)) for p, n in zip((row, col), body.front.shape, strict=True)
    )
    return int(body.values[:, row, col].argmax()), row, col


def _is_same(focus: Focus, place: tuple[int, int, int]) -> bool:
    apart_mm = np.linalg.norm(np.subtract(focus.place, place)) * VOXEL_MM
    return focus.holds(place) or apart_mm <= _SAME_MM


def _known_in_volume(focus: Focus, body: VolumeBody, volume: Volume) -> dict:
    at = body.to_input(focus.place)
    reach = [s / 2 for s in body.step]
    box = tuple(
        slice(max(int(np.floor(p - r)), 0), int(np.ceil(p + r)) + 1)
        for p, r in zip(at, reach, strict=True)
    )
    here = volume.values[box]
    return {"focus": focus, "suv_max": float(here.max(initial=0.0)), "plane": float(at[0])}


def _from_focus(
    focus: Focus, working: WorkingView, body: VolumeBody, volume: Volume
) -> FocusCandidate:
    _, row, col = body.to_input(focus.place)
    row, col = (
        int(np.clip(round(p), 0, n - 1))
        for p, n in zip(working.from_input(row, col), working.body.shape, strict=True)
    )
    window, mask = _project(focus, working, body)
    region = _region(focus, working, body, row, col)
    around = np.percentile(focus.shell_suv, 90)
    return FocusCandidate(
        row=row,
        col=col,
        region=region,
        contrast=focus.suv / focus.around_suv,
        isolation=focus.suv / max(float(around), 1e-3),
        elongation=focus.elongation,
        is_on_bone=bool(membership(SKELETON)[region]),
        significance=_significance(focus),
        window=window,
        mask=mask,
        origin=ORGAN if membership(ORGANS)[working.regions[row, col]] else LESION,
        **_known_in_volume(focus, body, volume),
    )


def _significance(focus: Focus) -> float:
    """Return the excess over the spread of the shell and the usual unevenness of tissue."""
    low, high = np.percentile(focus.shell_suv, (25, 75))
    spread = np.hypot(_SD_PER_IQR * (high - low), _UNEVENNESS * focus.around_suv)
    return float((focus.suv - focus.around_suv) / max(spread, 1e-3))


def _project(
    focus: Focus, working: WorkingView, body: VolumeBody
) -> tuple[tuple[slice, slice], np.ndarray]:
    """Return window and mask of a focus in working pixels, which are as large as the cubes."""
    mask = focus.mask.any(axis=0)
    first = working.from_input(*body.to_input(focus.start)[1:])
    starts = [round(p) for p in first]
    ends = [
        min(s + n, size) for s, n, size in zip(starts, mask.shape, working.body.shape, strict=True)
    ]
    # A focus at the edge of the view keeps one pixel at least.
    inner = [min(max(s, 0), e - 1) if e > 0 else 0 for s, e in zip(starts, ends, strict=True)]
    inner = [min(i, size - 1) for i, size in zip(inner, working.body.shape, strict=True)]
    window = tuple(slice(i, max(e, i + 1)) for i, e in zip(inner, ends, strict=True))
    own = mask[tuple(slice(w.start - s, w.stop - s) for w, s in zip(window, starts, strict=True))]
    shape = tuple(w.stop - w.start for w in window)
    return window, own if own.shape == shape and own.any() else np.ones(shape, bool)


def _region(focus: Focus, working: WorkingView, body: VolumeBody, row: int, col: int) -> int:
    """Return the region a focus lies in: what the layout shows there, if the depth fits it."""
    plane, at, column = focus.place
    front_mm = (body.spine_plane[at] - plane) * VOXEL_MM
    left_mm = (column - body.spine_column[at]) * VOXEL_MM
    low, high = _FRONT_MM[_SPINE_PARTS[0]]
    is_in_spine = np.isfinite(body.spine_suv[at]) and low <= front_mm <= high
    if is_in_spine and abs(left_mm) <= _SPINE_HALF_WIDTH_MM:
        ends = (_NECK_END, _CHEST_END, _LUMBAR_END)
        return _SPINE_PARTS[int(np.searchsorted(ends, body.height[at]))]
    reach = round(_BONE_REACH_MM / VOXEL_MM)
    near = working.regions[
        max(row - reach, 0) : row + reach + 1, max(col - reach, 0) : col + reach + 1
    ]
    here = int(working.regions[row, col])
    if not membership(SKELETON)[here]:
        bones = near[membership(SKELETON)[near]]
        # The layout is not exact: a focus of soft tissue beside a bone may be one of the bone.
        here = int(np.bincount(bones).argmax()) if bones.size >= near.size / 3 else here
    low, high = _FRONT_MM.get(here, (-np.inf, np.inf))
    is_named = here in _NAMED_ORGANS or not membership(ORGANS)[here]
    if here != 0 and is_named and low <= front_mm <= high:
        return here
    is_upper = body.height[focus.place[1]] < _NECK_END
    return _HEAD_AND_NECK if is_upper else _TRUNK
