"""What healthy people may show on FDG-PET."""

from __future__ import annotations

import numpy as np

from .body import Body
from .lesions import blob
from .person import spine_at
from .sweep import sweep, vec
from .trunk import CHEST, vertebra_z


def add_nothing(body: Body, rng: np.random.Generator) -> None:
    """Leave a healthy body as it is."""


def add_brown_fat(body: Body, rng: np.random.Generator) -> None:
    """Add brown fat of both sides: strands above the collarbones, beads along the spine."""
    level = rng.uniform(4, 9)
    for side in (-1, 1):
        x = abs(body.points["shoulder", side][0])
        strand = [
            (side * 34, -72, 226),
            (side * 46, -82, 262),
            (side * 74, -90, 284),
            (side * (x - 52), -84, 300),
        ]
        waves = level * np.exp(rng.normal(0, 0.3, 9))
        body.extra.append(sweep("brown-fat", strand, rng.uniform(5, 10, 7), value=waves, side=side))
        for name in CHEST[: rng.integers(6, 12)]:
            at = spine_at(body.person, vertebra_z(name)[0] + 4) + vec(side * 24, 16, 0)
            value = 0.6 * level * np.exp(rng.normal(0, 0.25))
            body.extra.append(blob("brown-fat", at, rng.uniform(4, 6.5), value, rng))


def add_exercise(body: Body, rng: np.random.Generator) -> None:
    """Add muscles of both sides that worked before the injection."""
    groups = rng.choice(["trapezius", "deltoid", "psoas", "thigh", "buttock"], 3, replace=False)
    for group in groups:
        level = rng.uniform(1.9, 3.2)
        for side in (-1, 1):
            points, half = _muscle(body, str(group), side)
            value = level * np.exp(rng.normal(0, 0.08, 5))
            body.extra.append(
                sweep("muscle", points, half, 0.6 * np.array(half), value=value, side=side)
            )


def _muscle(body: Body, group: str, side: int) -> tuple[list, list[float]]:
    shoulder, hip = body.points["shoulder", side], body.points["hip", side]
    elbow, knee = body.points["elbow", side], body.points["knee", side]
    out = np.array([side * 1.0, 0, 0])
    if group == "trapezius":
        return [
            (side * 24, -30, 190),
            (side * 34, -32, 250),
            shoulder + vec(-side * 30, 28, -22),
        ], [8, 14, 8]
    if group == "deltoid":
        return [shoulder + 24 * out, shoulder + 0.4 * (elbow - shoulder) + 14 * out], [20, 22, 9]
    if group == "psoas":
        return [(side * 34, -92, 620), (side * 46, -96, 720), hip + vec(-side * 10, -34, -14)], [
            9,
            18,
            12,
        ]
    if group == "thigh":
        middle = 0.5 * (hip + knee) + vec(0, -48, 0)
        return [hip + 20 * out + vec(0, -52, 60), middle, knee + vec(0, -36, -70)], [20, 34, 16]
    return [(side * 50, -18, 770), hip + 18 * out + vec(0, 44, 10)], [20, 34, 22]


def add_reactive_nodes(body: Body, rng: np.random.Generator) -> None:
    """Add small, faint nodes of neck, armpits and groins on both sides."""
    for side in (-1, 1):
        armpit = body.points["shoulder", side] + (-side * 34, -6, 62)
        groin = body.points["hip", side] + (-side * 14, -66, 28)
        neck = np.array([side * 42, -98, 196.0])
        for middle, n in ((neck, 3), (armpit, 2), (groin, 2)):
            for _ in range(n):
                at = middle + rng.normal(0, (5, 6, 14))
                body.extra.append(blob("node", at, rng.uniform(3.5, 5), rng.uniform(2, 3.2), rng))
