"""Mild wear of a normal person, more of it with age: seen, and not called disease."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from uptake_ml.phantom.inked.ink import Mark, Stroke
from uptake_ml.phantom.inked.lesion import Spot, spot_on
from uptake_ml.phantom.inked.person import SIDES, Person, Pose

# Chance of each joint at the age of 70 (prior).
CHANCE = (
    ("knee-medial", 0.45), ("knee-lateral", 0.25), ("patella", 0.3), ("shoulder", 0.25),
    ("acromioclavicular", 0.4), ("sternoclavicular", 0.4), ("tarsus-1", 0.3), ("mtp-1", 0.35),
    ("ankle", 0.2), ("cmc-1", 0.3), ("wrist", 0.15), ("elbow", 0.15), ("acetabular-roof", 0.2),
)  # fmt: skip
GAIN, MOST_GAIN = (0.06, 0.5), 0.5  # peak over the surroundings
_VERTEBRAE = ("L3", "L4", "L5", "T11", "C5", "C6")


def draw_wear(
    person: Person,
    pose: Pose,
    marks: Sequence[Mark],
    joints: dict[str, dict[str, list[Spot]]],
    rng: np.random.Generator,
) -> list[Spot]:
    """Return the spots of worn joints and vertebrae, at times of a thyroid."""
    age = np.clip((person.age_years - 20) / 50, 0.25, 1.3)
    spots = _worn_joints(joints, age, rng)
    for level in _VERTEBRAE:
        if rng.random() < 0.18 * age:
            body = next(
                m for m in marks if m.region.endswith(f":{level}") and isinstance(m, Stroke)
            )
            gain = rng.uniform(0.08, 0.4)
            spots.append(spot_on(body, rng.choice([0.1, 0.9]), (7, 5), 1 + gain))
    if rng.random() < 0.15:
        spots.append(_throat(pose, rng))
    return spots


def _worn_joints(joints, age: float, rng) -> list[Spot]:
    spots: list[Spot] = []
    for name, chance in CHANCE:
        if rng.random() > chance * age:
            continue
        gain = rng.uniform(*GAIN)
        only = rng.choice(["left", "right", "both"], p=[0.2, 0.3, 0.5])
        for side in SIDES:
            own = min(gain * rng.uniform(0.6, 1.1), MOST_GAIN)
            if only in (side, "both"):
                spots += [replace(s, contrast=1 + own) for s in joints[side][name]]
    return spots


def _throat(pose: Pose, rng: np.random.Generator) -> Spot:
    notch, chin = pose.at("notch"), pose.at("chin")
    return Spot(
        at=np.array([notch[0], (notch[1] + chin[1]) / 2]),
        long_mm=9,
        short_mm=6,
        angle=0.0,
        contrast=rng.uniform(1.1, 1.5),
        depth=0.15,
        tissue_mm=120,
    )
