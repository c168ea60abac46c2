"""Features of left against right, and of the joints, most of which come in pairs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.features.burden import distinct_sites
from uptake_ml.features.groups import JOINT_NAMES, JOINTS, PAIRED_BONE_NAMES, Group, group
from uptake_ml.features.registry import SYMMETRY, feature
from uptake_ml.features.uptake import geometric_mean, imbalance
from uptake_ml.regions import LEFT, RIGHT

if TYPE_CHECKING:
    from uptake_ml.features.uptake import Uptake, ViewUptake

# A joint counts as raised from here on; normal ones stay below on simulated cases.
RAISED = 1.5


def _both_sides(name: str) -> Callable[[Uptake], float]:
    return lambda uptake: geometric_mean(list(uptake.joint_levels[name]))


def _lower_side(name: str) -> Callable[[Uptake], float]:
    return lambda uptake: float(np.min(uptake.joint_levels[name]))


def _asymmetry(name: str) -> Callable[[Uptake], float]:
    return lambda uptake: imbalance(*uptake.joint_levels[name])


_LEVEL = "hottest quarter of the joint / the same of a normal subject, relative to the long bones"
for _joint in JOINT_NAMES:
    feature(
        f"{SYMMETRY}.{_joint}_level",
        range=(0, 50),
        meaning=f"uptake of the {_joint} joints, times normal",
        formula=f"geometric mean of left and right of: {_LEVEL}",
    )(_both_sides(_joint))
    feature(
        f"{SYMMETRY}.{_joint}_lower_side",
        range=(0, 50),
        meaning=f"uptake of the less active {_joint} joint, times normal; needs both sides",
        formula=f"lesser of left and right of: {_LEVEL}",
    )(_lower_side(_joint))
    feature(
        f"{SYMMETRY}.{_joint}_asymmetry",
        range=(0, 1),
        meaning=f"how unequal the {_joint} joints are; needs both sides",
        formula=f"|L - R| / (L + R) of: {_LEVEL}",
        resolution=0.1,
    )(_asymmetry(_joint))


@feature(
    f"{SYMMETRY}.paired_share",
    range=(0, 1),
    meaning="share of the hot spots of paired regions with one across the midline; undefined "
    "without such hot spots",
    formula="hot spots that have a partner / hot spots of regions that have a side",
    resolution=0.1,
)
def paired_share(uptake: Uptake) -> float:
    sided = [spot for spot in uptake.hot_spots if spot.side]
    return float(np.mean([spot.partner is not None for spot in sided])) if sided else np.nan


@feature(
    f"{SYMMETRY}.paired_joint_count",
    range=(0, 100),
    meaning="number of hot spots at joints that have one across the midline",
    formula="sites at joints with a partner",
    resolution=1.0,
)
def paired_joint_count(uptake: Uptake) -> float:
    sites = distinct_sites(uptake.hot_spots)
    return float(sum(spot.is_joint and spot.partner is not None for spot in sites))


@feature(
    f"{SYMMETRY}.raised_joint_pairs",
    range=(0, len(JOINT_NAMES)),
    meaning="number of kinds of joint that are raised on both sides",
    formula=f"joints whose lower side is at least {RAISED:g} times normal",
    resolution=1.0,
)
def raised_joint_pairs(uptake: Uptake) -> float:
    return float(sum(min(pair) >= RAISED for pair in uptake.joint_levels.values()))


@feature(
    f"{SYMMETRY}.unpaired_raised_joints",
    range=(0, len(JOINT_NAMES)),
    meaning="number of kinds of joint that are raised on one side only",
    formula=f"joints of which only one side is at least {RAISED:g} times normal",
    resolution=1.0,
)
def unpaired_raised_joints(uptake: Uptake) -> float:
    pairs = uptake.joint_levels.values()
    return float(sum((left >= RAISED) != (right >= RAISED) for left, right in pairs))


@feature(
    f"{SYMMETRY}.highest_lower_side",
    range=(0, 50),
    meaning="uptake, times normal, of the kind of joint that is raised most on both sides",
    formula="greatest of the lower sides of all kinds of joint",
)
def highest_lower_side(uptake: Uptake) -> float:
    lower = np.array(
        [min(pair) for pair in uptake.joint_levels.values() if np.isfinite(pair).all()]
    )
    return float(lower.max()) if len(lower) else np.nan


@feature(
    f"{SYMMETRY}.highest_side",
    range=(0, 50),
    meaning="uptake, times normal, of the joint that is raised most",
    formula="greatest level of all joints, left and right apart",
)
def highest_side(uptake: Uptake) -> float:
    return float(np.exp(_log_levels(uptake).max())) if len(_log_levels(uptake)) else np.nan


@feature(
    f"{SYMMETRY}.highest_pair_significance",
    unit="s.d.",
    range=(-20, 50),
    meaning="how far beyond normal subjects the most raised kind of joint is, on both sides",
    formula="greatest over the kinds of joint of log(lower side) / spread among normal subjects",
    resolution=0.2,
)
def highest_pair_significance(uptake: Uptake) -> float:
    found = [
        np.log(min(pair)) / uptake.joint_spread(name)
        for name, pair in uptake.joint_levels.items()
        if np.isfinite(pair).all() and min(pair) > 0
    ]
    return float(np.nanmax(found)) if np.isfinite(found).any() else np.nan


@feature(
    f"{SYMMETRY}.joint_rise",
    range=(-3, 4),
    meaning="how far the joints as a whole are raised",
    formula="mean of log(level) over all joints seen, 0 where normal",
)
def joint_rise(uptake: Uptake) -> float:
    logs = _log_levels(uptake)
    return float(logs.mean()) if len(logs) else np.nan


@feature(
    f"{SYMMETRY}.joint_unevenness",
    range=(0, 3),
    meaning="how differently the kinds of joint are raised",
    formula="standard deviation of log(level) over all joints seen",
)
def joint_unevenness(uptake: Uptake) -> float:
    logs = _log_levels(uptake)
    return float(logs.std()) if len(logs) > 1 else np.nan


def _log_levels(uptake: Uptake) -> np.ndarray:
    levels = np.array(list(uptake.joint_levels.values()), dtype=float).ravel()
    return np.log(levels[np.isfinite(levels) & (levels > 0)])


@feature(
    f"{SYMMETRY}.peripheral_to_central_joints",
    range=(0, 50),
    meaning="whether the small joints of the limbs are raised more than the large ones",
    formula="level of wrist, hand, ankle and foot / level of shoulder, hip and knee",
)
def peripheral_to_central_joints(uptake: Uptake) -> float:
    small = _mean_level(uptake, ("wrist", "hand", "ankle", "foot"))
    large = _mean_level(uptake, ("shoulder", "hip", "knee"))
    return small / large if large > 0 else np.nan


def _mean_level(uptake: Uptake, names: tuple[str, ...]) -> float:
    return geometric_mean([level for name in names for level in uptake.joint_levels[name]])


@feature(
    f"{SYMMETRY}.shared_joint_excess",
    range=(0, 1),
    meaning="share of the excess of the joints that both sides have; undefined without excess",
    formula="2 sum min(l, r) / sum (l + r), l and r the excess of left and right over 1.2",
    tolerance=0.3,
)
def shared_joint_excess(uptake: Uptake) -> float:
    pairs = np.array([pair for pair in uptake.joint_levels.values() if np.isfinite(pair).all()])
    if not len(pairs):
        return np.nan
    excess = np.clip(pairs - 1.2, 0, None)
    total = excess.sum()
    return float(2 * excess.min(axis=1).sum() / total) if total > 0.05 else np.nan


_BONE_PAIRS = [(group(n, side=LEFT), group(n, side=RIGHT)) for n in PAIRED_BONE_NAMES]


def _bone_imbalances(view: ViewUptake) -> list[float]:
    levels = ((view.upper_mean(left), view.upper_mean(right)) for left, right in _BONE_PAIRS)
    found = [imbalance(left, right) for left, right in levels]
    return [value for value in found if np.isfinite(value)]


@feature(
    f"{SYMMETRY}.bone_asymmetry",
    range=(0, 1),
    meaning="how unequal the bones of the two sides are, in the middle",
    formula="median of |L - R| / (L + R) of the hottest quarter of each paired bone",
    tolerance=0.3,
)
def bone_asymmetry(uptake: Uptake) -> float:
    return uptake.average(lambda view: float(np.median(_bone_imbalances(view) or [np.nan])))


@feature(
    f"{SYMMETRY}.greatest_bone_asymmetry",
    range=(0, 1),
    meaning="how unequal the most unequal pair of bones is",
    formula="greatest |L - R| / (L + R) of the hottest quarter of each paired bone",
    tolerance=0.3,
)
def greatest_bone_asymmetry(uptake: Uptake) -> float:
    return uptake.average(lambda view: max(_bone_imbalances(view), default=np.nan))


_MIRRORED = {
    "ribs": ("ribs",),
    "pelvis": ("pelvis",),
    "legs": ("femur", "knee", "tibia", "ankle", "foot"),
    "arms": ("humerus", "elbow", "forearm", "wrist", "hand"),
}
_PROFILE_POINTS = 24


def _profile(view: ViewUptake, part: Group) -> np.ndarray | None:
    """Return log uptake relative to normal along the rows of a part, from its first to its last."""
    places = view.places(part)
    if len(places) < 4 * _PROFILE_POINTS:
        return None
    rows = places // view.working.regions.shape[1]
    first = rows.min()
    bins = (rows - first) * _PROFILE_POINTS // (rows.max() - first + 1)
    sums = [
        np.bincount(bins, levels.values(part), _PROFILE_POINTS)
        for levels in (view.levels, view.expected)
    ]
    return np.log((sums[0] + 1e-6) / (sums[1] + 1e-6)) if min(map(np.min, sums)) > 0 else None


def _profile_difference(names: tuple[str, ...]) -> Callable[[Uptake], float]:
    parts = [group(*names, side=side) for side in (LEFT, RIGHT)]

    def difference(view: ViewUptake) -> float:
        left, right = (_profile(view, part) for part in parts)
        if left is None or right is None:
            return np.nan
        return float(np.sqrt(np.mean((left - right) ** 2)))

    return lambda uptake: uptake.average(difference)


for _part, _names in _MIRRORED.items():
    feature(
        f"{SYMMETRY}.{_part}_profile_difference",
        range=(0, 5),
        meaning=f"how differently uptake runs along the left and the right {_part}",
        formula="root mean square difference of log(uptake / normal) in 24 steps along the part",
        tolerance=0.3,
    )(_profile_difference(_names))


@feature(
    f"{SYMMETRY}.joint_excess_share",
    range=(0, 1),
    meaning="share of the skeleton's excess uptake that is at joints, hands and feet",
    formula="excess at joints / excess of the skeleton (see distribution.excess_entropy)",
    tolerance=0.1,
)
def joint_excess_share(uptake: Uptake) -> float:
    def share(view: ViewUptake) -> float:
        excess = view.excess_by_region
        total = sum(excess.values())
        return sum(e for i, e in excess.items() if i in JOINTS) / total if total else np.nan

    return uptake.average(share)
