"""Mild wear of a normal person, more of it with age: seen, and not called disease."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.swept.body import Body
from uptake_ml.phantom.swept.findings import Piece, draw_contrast
from uptake_ml.phantom.swept.joints import joint_solids
from uptake_ml.phantom.swept.lesions import blob, lesion_in
from uptake_ml.phantom.swept.sweep import Sweep, vec

# Chance of each joint at the age of 70 (prior).
CHANCE = (
    ("shoulder", 0.25), ("acromioclavicular", 0.4), ("sternoclavicular", 0.35), ("elbow", 0.18),
    ("wrist", 0.2), ("cmc-1", 0.3), ("pip-3", 0.1), ("hip", 0.12), ("acetabular-roof", 0.2),
    ("knee-medial", 0.45), ("knee-lateral", 0.25), ("patella", 0.3), ("ankle", 0.22),
    ("tarsus-1", 0.2), ("tarsus-2", 0.2), ("mtp-1", 0.35), ("mtp-2", 0.06),
)  # fmt: skip
CONTRAST = (0.1, 0.75)  # over what lies under it
_FACETS = {"L5": 0.4, "L4": 0.35, "L3": 0.15, "C6": 0.15, "C5": 0.12}
_PLATES = {"L4": 0.15, "L3": 0.15, "L2": 0.1, "T11": 0.1, "T9": 0.1, "T7": 0.06}
_TEETH, _THROAT = 0.3, 0.2


def draw_wear(body: Body, rng: np.random.Generator) -> list[Piece]:
    """Return places of worn joints and vertebrae, of teeth, at times of the thyroid cartilage."""
    age = float(np.clip((body.person.age - 20) / 50, 0.25, 1.3))
    pieces = _worn_joints(body, age, rng)
    for name, chance in _FACETS.items():
        for side in (-1, 1):
            if rng.random() < chance * age * 0.7:
                facet = next(b for b in body.named(name, side=side) if b.name == name)
                pieces.append(_piece(blob("facet", facet.at(0.5), rng.uniform(5, 9), 1, rng), rng))
    for name, chance in _PLATES.items():
        if rng.random() < chance * age:
            pieces.append(_piece(_plate(body, name, rng), rng))
    if rng.random() < _TEETH:
        pieces.append(_piece(_tooth(body, rng), rng))
    if rng.random() < _THROAT:
        at = vec(rng.normal(0, 3), -128, 232 + rng.normal(0, 6))
        pieces.append(_piece(blob("throat", at, rng.uniform(7, 14), 1, rng), rng))
    return pieces


def _piece(solid: Sweep, rng: np.random.Generator) -> Piece:
    return Piece(solids=[solid], contrast=draw_contrast(rng, *CONTRAST))


def _worn_joints(body: Body, age: float, rng: np.random.Generator) -> list[Piece]:
    pieces = []
    for name, chance in CHANCE:
        if rng.random() > chance * age:
            continue
        contrast = draw_contrast(rng, *CONTRAST)
        for side in rng.permutation([-1, 1])[: rng.choice([1, 2], p=[0.45, 0.55])]:
            own = min(contrast * rng.uniform(0.6, 1.15), CONTRAST[1])
            solids = joint_solids(body, name, int(side), rng, grow=rng.uniform(0.8, 1.2))
            pieces.append(Piece(solids=solids, contrast=own))
    return pieces


def _plate(body: Body, name: str, rng: np.random.Generator) -> Sweep:
    trunk = next(b for b in body.bones if b.name == name)
    return lesion_in(trunk, float(rng.choice([0.05, 0.95])), rng, value=1, length_mm=7,
                     width_mm=rng.uniform(14, 40), swell=1.15)  # fmt: skip


def _tooth(body: Body, rng: np.random.Generator) -> Sweep:
    arch = body.named(str(rng.choice(["teeth", "maxilla", "antrum"])))[0]
    return blob("tooth", arch.at(rng.random()), rng.uniform(5, 10), 1, rng)
