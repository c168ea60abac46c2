"""Features of all raised places, weighed by how probably each is a lesion.

Unlike counts of hot spots they tell a place that was nearly one from nothing at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.features.registry import HOTSPOT, SYMMETRY, feature

if TYPE_CHECKING:
    from uptake_ml.features.hotspots import HotSpot
    from uptake_ml.features.uptake import Uptake

_SOURCE = "defined here, with probabilities learnt from simulated studies"


def _is_first(spot: HotSpot, i: int, suspects: Sequence[HotSpot]) -> bool:
    """Return whether a place stands for its site: of two views, the one that is surer."""
    if spot.same_site is None:
        return True
    twin = suspects[spot.same_site]
    return (spot.probability, -i) > (twin.probability, -spot.same_site)


def _sites(uptake: Uptake, is_used: Callable[[HotSpot], bool]) -> list[HotSpot]:
    suspects = uptake.suspects
    return [s for i, s in enumerate(suspects) if _is_first(s, i, suspects) and is_used(s)]


def _expected_count(is_used: Callable[[HotSpot], bool]) -> Callable[[Uptake], float]:
    return lambda uptake: float(sum(s.probability for s in _sites(uptake, is_used)))


def _highest(is_used: Callable[[HotSpot], bool], rank: int = 0) -> Callable[[Uptake], float]:
    def measured(uptake: Uptake) -> float:
        found = sorted((s.probability for s in _sites(uptake, is_used)), reverse=True)
        return float(found[rank]) if len(found) > rank else 0.0

    return measured


# name -> which places, their name
_KINDS: dict[str, tuple[Callable[[HotSpot], bool], str]] = {
    "": (lambda spot: True, "raised places"),
    "joint_": (lambda spot: spot.is_joint, "raised places at joints, hands and feet"),
    "bone_": (lambda spot: not spot.is_joint, "raised places off the joints"),
}
for _name, (_is_used, _meaning) in _KINDS.items():
    feature(
        f"{HOTSPOT}.expected_{_name}count",
        range=(0, 200),
        meaning=f"number of lesions to be expected among the {_meaning}",
        formula="sum of the probabilities of being a lesion, by site",
        source=_SOURCE,
        tolerance=0.3,
        resolution=1.0,
    )(_expected_count(_is_used))
    feature(
        f"{HOTSPOT}.highest_{_name}probability",
        range=(0, 1),
        meaning=f"probability of being a lesion of the surest of the {_meaning}; 0 without any",
        formula="greatest probability of being a lesion, by site",
        source=_SOURCE,
        resolution=0.3,
    )(_highest(_is_used))


feature(
    f"{HOTSPOT}.second_probability",
    range=(0, 1),
    meaning="probability of being a lesion of the second surest raised place; 0 without one",
    formula="second greatest probability of being a lesion, by site",
    source=_SOURCE,
    resolution=0.3,
)(_highest(lambda spot: True, rank=1))


@feature(
    f"{SYMMETRY}.paired_joint_probability",
    range=(0, 1),
    meaning="how probably a joint is involved on both sides",
    formula="greatest, over raised joints with a partner, of the lesser probability of the two",
    source=_SOURCE,
    resolution=0.3,
)
def paired_joint_probability(uptake: Uptake) -> float:
    return max(_pair_probabilities(uptake), default=0.0)


@feature(
    f"{SYMMETRY}.expected_joint_pairs",
    range=(0, 100),
    meaning="number of joints to be expected to be involved on both sides",
    formula="sum, over raised joints with a partner, of the lesser probability of the two, halved",
    source=_SOURCE,
    tolerance=0.3,
    resolution=1.0,
)
def expected_joint_pairs(uptake: Uptake) -> float:
    return float(np.sum(_pair_probabilities(uptake)) / 2)


@feature(
    f"{SYMMETRY}.unpaired_joint_probability",
    range=(0, 1),
    meaning="how probably a joint is involved on one side only",
    formula="greatest, over raised joints, of the probability less that of the partner",
    source=_SOURCE,
    resolution=0.3,
)
def unpaired_joint_probability(uptake: Uptake) -> float:
    return max(
        (
            s.probability - (0.0 if s.partner is None else uptake.suspects[s.partner].probability)
            for s in _sites(uptake, lambda spot: spot.is_joint)
        ),
        default=0.0,
    )


def _pair_probabilities(uptake: Uptake) -> list[float]:
    return [
        min(s.probability, uptake.suspects[s.partner].probability)
        for s in _sites(uptake, lambda spot: spot.is_joint)
        if s.partner is not None
    ]
