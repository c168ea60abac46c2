"""Marrow that takes up FDG throughout."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.framed.subject import Body, Glow

from .disease import Disease
from .pet_tracer import Sugar, spread_marrow


def _add_nothing(body: Body, sugar: Sugar, rng) -> None:
    """Nothing besides: organs and marrow were altered before."""


def _add_spread(body: Body, sugar: Sugar, rng) -> None:
    spread_marrow(body, sugar.marrow * rng.uniform(0.1, 0.5), rng)


def _add_uneven(body: Body, sugar: Sugar, rng) -> None:
    """Infiltration: further into the limbs, and not the same everywhere."""
    spread_marrow(body, sugar.marrow * rng.uniform(0.2, 0.7), rng)
    bones = body.find("sacrum", "ilium", "sternum", "femur", "humerus", tag="spine")
    for _ in range(int(rng.integers(8, 30))):
        bone = bones[rng.integers(len(bones))]
        at = bone.line[rng.integers(len(bone.line))]
        body.glows.append(
            Glow(
                line=at[None],
                radius_mm=rng.uniform(10, 24),
                times=rng.uniform(0.1, 0.45),
                rough=0.5,
                seed=int(rng.integers(2**31)),
            )
        )


def _starve(sugar: Sugar, rng) -> None:
    """Hot marrow leaves less for the brain, muscle and liver."""
    sugar.brain *= rng.uniform(0.6, 0.95)
    sugar.heart = min(sugar.heart, rng.uniform(1.5, 4))
    sugar.muscle *= rng.uniform(0.8, 1.0)


def _growth_factor(sugar: Sugar, rng) -> None:
    sugar.marrow, sugar.red_share, sugar.red_reach = (
        rng.uniform(3.4, 6.5),
        rng.uniform(0.6, 0.85),
        rng.uniform(0.3, 0.6),
    )
    sugar.spleen = rng.uniform(2.6, 5.0)
    _starve(sugar, rng)


def _anaemia(sugar: Sugar, rng) -> None:
    sugar.marrow, sugar.red_share, sugar.red_reach = (
        rng.uniform(3.2, 5.0),
        rng.uniform(0.6, 0.85),
        rng.uniform(0.1, 0.4),
    )


def _inflammation(sugar: Sugar, rng) -> None:
    sugar.marrow, sugar.red_share, sugar.red_reach = (
        rng.uniform(3.2, 5.0),
        rng.uniform(0.6, 0.8),
        rng.uniform(0.1, 0.35),
    )
    sugar.spleen = rng.uniform(2.2, 4.0)
    sugar.liver = float(np.clip(sugar.liver * 1.05, 1.4, 2.6))


def _leukaemia(sugar: Sugar, rng) -> None:
    sugar.marrow, sugar.red_share, sugar.red_reach = (
        rng.uniform(3.8, 8.0),
        rng.uniform(0.7, 0.9),
        rng.uniform(0.3, 0.6),
    )
    sugar.spleen = rng.uniform(2.2, 4.5)
    _starve(sugar, rng)


KINDS = {
    "growth-factor": Disease(add=_add_spread, alter=_growth_factor, ages=(24, 76)),
    "anaemia": Disease(add=_add_nothing, alter=_anaemia, ages=(22, 84)),
    "systemic-inflammation": Disease(add=_add_nothing, alter=_inflammation, ages=(22, 84)),
    "leukaemia": Disease(add=_add_uneven, alter=_leukaemia, ages=(20, 80), long=0.35),
}
