"""Hot places that are no lesions: the urinary bladder, urine on the skin, where tracer went in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.features.basins import grow
from uptake_ml.features.groups import AXIAL_BONES, group, membership
from uptake_ml.features.uptake import ViewUptake
from uptake_ml.features.working_view import WORKING_MM, WorkingView
from uptake_ml.regions import INDEX, REGIONS
from uptake_ml.study import ANTERIOR, COUNTS

if TYPE_CHECKING:
    from uptake_ml.atlas.records import Landmark
    from uptake_ml.features.candidates import Candidate


@dataclass(frozen=True, kw_only=True)
class PhysiologyLimits:
    """How excreted and injected tracer is told from lesions; chosen on simulated cases.

    ``overwhelming`` is uptake at the peak over the median of the axial bones: tracer itself is
    hotter than most bone can be; ``beyond_bone`` the same, hotter than any.  ``compact_mm2``
    bounds the area of an injection site or a drop of urine, ``bladder_mm2`` that of a bladder.
    """

    overwhelming: float = 5.5
    beyond_bone: float = 18.0
    compact_mm2: float = 1700.0
    bladder_mm2: float = 8000.0
    organ_share: float = 0.25
    bladder_reach_mm: float = 60.0
    # Urine lies within this distance of the midline, from so far above the bladder to so far below.
    midline_mm: float = 50.0
    above_bladder_mm: float = 30.0
    below_bladder_mm: float = 220.0
    # What an injection site scatters around itself, and how faint that is against the site; it
    # rises towards the site, seen at this distance from a place.
    halo_mm: float = 200.0
    halo_share: float = 0.02
    halo_slope_mm: float = 16.0


LESION, DOUBTFUL, ORGAN, CONTAMINATION = "lesion", "doubtful", "organ", "contamination"

_ARM = frozenset(group("humerus", "elbow", "forearm", "wrist", "hand"))
_BESIDE_HAND = frozenset(group("pelvis", "hip", "femur"))
_BLADDER = INDEX["bladder", None]


def name_origins(
    candidates: Sequence[Candidate],
    uptake: ViewUptake,
    landmarks: Sequence[Landmark],
    hot_organs: np.ndarray,
    limits: PhysiologyLimits,
) -> list[str]:
    """Return for each candidate what it is: ``LESION``, ``ORGAN``, ``DOUBTFUL``, ``CONTAMINATION``.

    ``hot_organs`` is a bool map of the working view: the organs that are hot in everyone.  What has
    its peak there is one, and so is a bladder that the layout misses; what only reaches into one,
    or lies where a bladder may be but beside the midline or behind, is doubtful.  Contamination is
    urine on the skin, an injection site, or what scatters around that.
    """
    bladder = bladder_place(uptake.working, landmarks)
    displaced = _displaced_bladder(candidates, uptake, bladder, limits)
    origins = [
        ORGAN
        if hot_organs[c.row, c.col] or (c is displaced and _is_in_front(c, uptake, bladder, limits))
        else DOUBTFUL
        if c is displaced or organ_share(c, hot_organs) >= limits.organ_share
        else CONTAMINATION
        if _is_urine(c, uptake, bladder, limits)
        else LESION
        for c in candidates
    ]
    rest = [c for c, origin in zip(candidates, origins, strict=True) if origin == LESION]
    injections = [
        c
        for c in rest
        if _is_injection(c, rest, uptake, limits) and not _is_upper_arm(c, uptake, landmarks)
    ]
    for i, candidate in enumerate(candidates):
        if candidate in injections or any(
            _is_halo(candidate, j, uptake, limits) for j in injections
        ):
            origins[i] = CONTAMINATION
    return origins


def organ_share(candidate: Candidate, hot_organs: np.ndarray) -> float:
    """Return the share of a place's mask that lies in the hot organs, 0 to 1."""
    inside = np.count_nonzero(hot_organs[candidate.window] & candidate.mask)
    return inside / np.count_nonzero(candidate.mask)


def _displaced_bladder(
    candidates: Sequence[Candidate],
    uptake: ViewUptake,
    bladder: tuple[float, float] | None,
    limits: PhysiologyLimits,
) -> Candidate | None:
    """Return the hottest candidate near the bladder's landmark, if the layout's bladder is cold."""
    if bladder is None:
        return None
    smoothed = uptake.working.smoothed
    near = [
        c
        for c in candidates
        if math.dist((c.row, c.col), bladder) * WORKING_MM <= limits.bladder_reach_mm
    ]
    hottest = max(near, key=lambda c: smoothed[c.row, c.col], default=None)
    if hottest is None or _over_bone(hottest, uptake) < 1:
        return None
    inside = uptake.levels.percentile((_BLADDER,), 95)
    is_hotter = np.isnan(inside) or smoothed[hottest.row, hottest.col] > inside
    return hottest if is_hotter else None


def _is_in_front(
    candidate: Candidate,
    uptake: ViewUptake,
    bladder: tuple[float, float],
    limits: PhysiologyLimits,
) -> bool:
    """Return whether a place lies in the midline of an anterior view, as the bladder does."""
    away_mm = abs(candidate.col - bladder[1]) * WORKING_MM
    return uptake.working.name == ANTERIOR and away_mm <= limits.midline_mm


def _is_urine(
    candidate: Candidate,
    uptake: ViewUptake,
    bladder: tuple[float, float] | None,
    limits: PhysiologyLimits,
) -> bool:
    if bladder is None or not is_overwhelming(candidate, uptake, limits):
        return False
    down, across = (np.subtract((candidate.row, candidate.col), bladder)) * WORKING_MM
    if not (-limits.above_bladder_mm <= down <= limits.below_bladder_mm):
        return False
    is_near = down <= limits.above_bladder_mm
    area_mm2 = limits.bladder_mm2 if is_near else limits.compact_mm2
    return abs(across) <= limits.midline_mm and candidate.area_mm2 <= area_mm2


def bladder_place(
    working: WorkingView, landmarks: Sequence[Landmark]
) -> tuple[float, float] | None:
    """Return (row, column) of the bladder's landmark in working pixels, None without one."""
    for mark in landmarks:
        if mark.name == "bladder":
            return working.from_input(mark.row, mark.col)
    return None


def is_overwhelming(candidate: Candidate, uptake: ViewUptake, limits: PhysiologyLimits) -> bool:
    """Return whether a peak outshines bone by far, or reaches the top of a picture's grey levels.

    A picture's grey levels end somewhere: what lies beyond looks as if it were just there.
    """
    outshines = _over_bone(candidate, uptake)
    if outshines > limits.overwhelming:
        return True
    if uptake.working.unit == COUNTS or not outshines > 2:
        return False
    smoothed = uptake.working.smoothed
    return bool(smoothed[candidate.row, candidate.col] >= 0.9 * smoothed.max())


def _over_bone(candidate: Candidate, uptake: ViewUptake) -> float:
    axial = uptake.median(AXIAL_BONES)
    level = axial if np.isfinite(axial) else uptake.bone_level
    return uptake.working.smoothed[candidate.row, candidate.col] / level


def _is_injection(
    candidate: Candidate,
    others: Sequence[Candidate],
    uptake: ViewUptake,
    limits: PhysiologyLimits,
) -> bool:
    """Return whether a compact, overwhelming place of one arm is where the tracer went in.

    A hand may lie over hip and thigh: there, what is hotter than any bone is tracer in the hand.
    """
    if candidate.area_mm2 > limits.compact_mm2:
        return False
    if candidate.region in _BESIDE_HAND and _over_bone(candidate, uptake) > limits.beyond_bone:
        return True
    if candidate.region not in _ARM:
        return False
    side = REGIONS[candidate.region].side
    rivals = [o.contrast for o in others if o.region in _ARM and REGIONS[o.region].side != side]
    is_one_sided = candidate.contrast > 2 * max(rivals, default=0.0)
    return is_one_sided and is_overwhelming(candidate, uptake, limits)


def _is_upper_arm(candidate: Candidate, uptake: ViewUptake, landmarks: Sequence[Landmark]) -> bool:
    """Return whether a place lies nearer to the shoulder than to the elbow: no vein to enter."""
    bone = REGIONS[candidate.region]
    if bone.name != "humerus":
        return False
    away = {
        mark.name: np.hypot(
            *np.subtract(
                (candidate.row, candidate.col), uptake.working.from_input(mark.row, mark.col)
            )
        )
        for mark in landmarks
        if mark.side == bone.side and mark.name in ("shoulder", "elbow")
    }
    return away.get("shoulder", np.inf) < away.get("elbow", 0.0)


def _is_halo(
    candidate: Candidate, injection: Candidate, uptake: ViewUptake, limits: PhysiologyLimits
) -> bool:
    """Return whether a faint place shows what an injection site scatters: a slope towards it."""
    smoothed = uptake.working.smoothed
    step = np.subtract((injection.row, injection.col), (candidate.row, candidate.col))
    away_mm = float(np.hypot(*step)) * WORKING_MM
    level = smoothed[candidate.row, candidate.col]
    faint = limits.halo_share * smoothed[injection.row, injection.col]
    if away_mm > limits.halo_mm or level > faint:
        return False
    ahead = np.rint(step * min(limits.halo_slope_mm / max(away_mm, 1e-6), 1.0)).astype(int)
    return bool(smoothed[candidate.row + ahead[0], candidate.col + ahead[1]] >= 0.9 * level)


def hot_organ_map(uptake: ViewUptake, organs: tuple[int, ...]) -> np.ndarray:
    """Return where the organs lie, the bladder one working pixel larger; bool map."""
    found, bladder = (uptake.paint(membership(each)) for each in (organs, (_BLADDER,)))
    return found | grow(bladder, 1)
