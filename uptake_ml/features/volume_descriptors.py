"""What a raised place looks like in the PET volume, in numbers that tell a lesion from the rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from uptake_ml.features.candidates import Candidate
from uptake_ml.features.groups import group, membership
from uptake_ml.features.volume_body import VOXEL_MM, VolumeBody
from uptake_ml.features.volume_spots import FocusCandidate
from uptake_ml.features.working_view import WorkingView

# Whatever is measured in a volume has this value where there is none, or it is undefined.
UNKNOWN = -9.0
_ORGAN_NAMES = (
    "brain", "heart", "liver", "spleen", "stomach", "bowel", "bladder", "kidney", "lung", "breast",
)  # fmt: skip
VOLUME_DESCRIPTORS = (
    "log suv over liver",
    "log suv over blood",
    "log surroundings over liver",
    "log suv over surroundings",
    "log suv over hottest of shell",
    "log coldest of shell over liver",
    "unevenness of shell",
    "log volume",
    "length over width",
    "width over thickness",
    "length mm",
    "share of length along body",
    "log projection over suv",
    "height by landmarks",
    "spine lengths to the left",
    "spine lengths off the midline",
    "mm in front of spine",
    "mm off the spine",
    "mm from front of body",
    "mm from back of body",
    "share of depth",
    "log mirrored over suv",
    "log mirrored over liver",
    "log suv over spine",
    "log hottest near over suv",
    "log mean near over liver",
    "log above over suv",
    "log below over suv",
    "foci near",
    "hotter foci near",
    "hotter foci",
    "foci above liver",
    "paired foci above liver",
    "log usual spine over liver",
    *(f"before or behind {name}" for name in _ORGAN_NAMES),
)
_MIRROR_MM, _NEAR_MM, _FOCI_NEAR_MM = 12.0, 32.0, 60.0
# What goes on above or below a focus belongs to something long: a vessel, a ureter, bowel.
_ONWARD_MM = (18.0, 30.0)
_FLOOR = 0.02


def describe_foci(
    candidates: Sequence[Candidate], body: VolumeBody | None, working: WorkingView | None
) -> np.ndarray:
    """Return descriptors of raised places, float32 of shape (n, len(VOLUME_DESCRIPTORS)).

    ``body`` None stands for a study without volume: all of them are then ``UNKNOWN``.
    """
    rows = np.full((len(candidates), len(VOLUME_DESCRIPTORS)), UNKNOWN, np.float32)
    if body is None:
        return rows
    organs = [membership(group(name)) for name in _ORGAN_NAMES]
    foci = _Foci(candidates)
    n_paired = sum(_is_paired(candidate, body) for candidate in candidates)
    usual_spine = float(np.nanmedian(body.spine_suv)) if np.isfinite(body.spine_suv).any() else None
    for i, candidate in enumerate(candidates):
        region = working.regions[candidate.row, candidate.col]
        rows[i] = (
            *_levels(candidate, body),
            *_shape(candidate, body),
            *_place(candidate, body),
            *_around(candidate, body),
            *foci.company(i),
            foci.count_above(body.liver_suv),
            n_paired,
            np.nan if usual_spine is None else _log(usual_spine / body.liver_suv),
            *(bool(organ[region]) for organ in organs),
        )
    return np.nan_to_num(rows, nan=UNKNOWN, posinf=UNKNOWN, neginf=UNKNOWN)


def _log(ratio: float) -> float:
    return float(np.log(max(ratio, _FLOOR)))


def _levels(candidate: FocusCandidate, body: VolumeBody) -> tuple[float, ...]:
    focus, liver = candidate.focus, body.liver_suv
    cold, low, high, hot = np.percentile(focus.shell_suv, (5, 25, 75, 95))
    return (
        _log(focus.suv / liver),
        _log(focus.suv / body.blood_suv),
        _log(focus.around_suv / liver),
        _log(focus.suv / focus.around_suv),
        _log(focus.suv / max(hot, 1e-3)),
        _log(cold / liver),
        (high - low) / max(focus.around_suv, 1e-3),
    )


def _shape(candidate: FocusCandidate, body: VolumeBody) -> tuple[float, ...]:
    focus = candidate.focus
    long, middle, short = focus.axes_mm
    _, row, col = focus.place
    return (
        np.log(focus.volume_mm3),
        long / middle,
        middle / short,
        long,
        focus.along_body,
        _log(body.values[:, row, col].max() / focus.suv),
    )


def _place(candidate: FocusCandidate, body: VolumeBody) -> tuple[float, ...]:
    plane, row, col = candidate.focus.place
    left = col - body.spine_column[row]
    length = body.spine_length_mm / VOXEL_MM
    forward = body.spine_plane[row] - plane
    front, back = body.front[row, col], body.back[row, col]
    return (
        body.height[row],
        left / length,
        abs(left) / length,
        forward * VOXEL_MM,
        np.hypot(left, forward) * VOXEL_MM,
        (plane - front) * VOXEL_MM,
        (back - plane) * VOXEL_MM,
        (plane - front) / max(back - front, 1),
    )


def _around(candidate: FocusCandidate, body: VolumeBody) -> tuple[float, ...]:
    focus = candidate.focus
    row = focus.place[1]
    other = _mirrored_suv(candidate, body)
    near = _box(body, focus.place, _NEAR_MM)
    above, below = (_onward(focus.place, body, sign) for sign in (-1, 1))
    return (
        _log(other / focus.suv),
        _log(other / body.liver_suv),
        _log(focus.suv / body.spine_suv[row]),
        _log(near.max() / focus.suv),
        _log(near.mean() / body.liver_suv),
        _log(above / focus.suv),
        _log(below / focus.suv),
    )


def _mirrored_suv(candidate: FocusCandidate, body: VolumeBody) -> float:
    plane, row, col = candidate.focus.place
    mirrored = 2 * body.spine_column[row] - col
    return float(_box(body, (plane, row, mirrored), _MIRROR_MM).max(initial=0.0))


def _is_paired(candidate: FocusCandidate, body: VolumeBody) -> bool:
    """Return whether a focus above the liver has one like it across the midline.

    Brown fat and muscle come in pairs, and where one is, more are.
    """
    _, row, col = candidate.focus.place
    is_off_midline = abs(col - body.spine_column[row]) * VOXEL_MM > _MIRROR_MM
    is_hot = min(candidate.focus.suv, _mirrored_suv(candidate, body)) > body.liver_suv
    return bool(is_off_midline and is_hot)


def _onward(place: tuple[int, int, int], body: VolumeBody, sign: int) -> float:
    """Return the least of the hottest SUVs of successive rows above or below a place."""
    plane, row, col = place
    first, last = (round(mm / VOXEL_MM) for mm in _ONWARD_MM)
    reach = 3
    hottest = [
        body.values[
            max(plane - reach, 0) : plane + reach + 1,
            row + sign * k,
            max(col - reach, 0) : col + reach + 1,
        ].max()
        for k in range(first, last + 1)
        if 0 <= row + sign * k < body.values.shape[1]
    ]
    return float(min(hottest)) if hottest else 0.0


def _box(body: VolumeBody, place, reach_mm: float) -> np.ndarray:
    reach = round(reach_mm / VOXEL_MM)
    return body.values[
        tuple(slice(max(round(p) - reach, 0), max(round(p) + reach + 1, 0)) for p in place)
    ]


class _Foci:
    """All foci of a study, to tell how many lie about one."""

    def __init__(self, candidates: Sequence[FocusCandidate]) -> None:
        self._places = np.array([c.focus.place for c in candidates], float).reshape(-1, 3)
        self._suv = np.array([c.focus.suv for c in candidates])

    def company(self, i: int) -> tuple[float, float, float]:
        """Return how many foci lie near focus i, how many of them and of all are hotter."""
        away_mm = np.linalg.norm(self._places - self._places[i], axis=1) * VOXEL_MM
        is_near = away_mm <= _FOCI_NEAR_MM
        is_hotter = self._suv > self._suv[i]
        return is_near.sum() - 1, (is_near & is_hotter).sum(), is_hotter.sum()

    def count_above(self, suv: float) -> int:
        """Return how many foci are above an SUV."""
        return int((self._suv > suv).sum())
