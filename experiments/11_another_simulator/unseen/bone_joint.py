"""Diseases of joints on both sides as a bone scan shows them."""

from __future__ import annotations

import numpy as np

from .body import Body
from .lesions import blob
from .sweep import warm
from .trunk import CHEST, LOINS

# How far in mm a joint warms the bones about it.
_REACH_MM = {"shoulder": 30, "elbow": 26, "wrist": 24, "hip": 34, "knee": 34, "ankle": 30}


def warm_joint(
    body: Body, name: str, factor: float, rng: np.random.Generator, *, spread: float = 0.12
) -> None:
    """Warm a joint of both sides by about a factor, unevenly; a high one is swollen."""
    reach = _REACH_MM[name]
    for side in (-1, 1):
        own = 1 + (factor - 1) * np.exp(rng.normal(0, spread))
        point = body.points[name, side] + rng.normal(0, 4, 3)
        warm(body.bones, point, reach, 1 + 0.7 * (own - 1), side=side)
        if own > 2:
            body.extra.append(blob("lining", point, 0.9 * reach, 0.06 * own, rng))
            for _ in range(rng.integers(2, 5)):
                place = point + rng.normal(0, 0.36 * reach, 3)
                size, value = rng.uniform(0.2, 0.38) * reach, 0.32 * own * rng.uniform(0.7, 1.3)
                body.extra.append(blob("focus", place, size, value, rng))


def warm_digits(
    body: Body, kinds: tuple[str, ...], factor: float, rng: np.random.Generator, *, at: float,
    rays: tuple[int, ...] = (0, 1, 2, 3, 4),
) -> None:  # fmt: skip
    """Warm joints at one end (``at`` 0 or 1) of bones of hands or feet, on both sides alike."""
    for kind in kinds:
        for side in (-1, 1):
            bones = body.named(kind, side=side)
            per_ray = len(bones) / 5
            for k, bone in enumerate(bones):
                if int(k / per_ray) in rays:
                    level = 1 + (factor - 1) * np.exp(rng.normal(0, 0.25))
                    warm(body.named(kind[:4], side=side), bone.at(at), 9, level, side=side)


def add_rheumatoid_arthritis(body: Body, rng: np.random.Generator) -> None:
    """Warm wrists and knuckles of both hands and most large joints."""
    factor = rng.uniform(3, 5)
    warm_joint(body, "wrist", 1.5 * factor, rng)
    warm_digits(body, ("metacarpal",), 1.3 * factor, rng, at=1)
    warm_digits(body, ("finger",), 1.1 * factor, rng, at=0)
    warm_digits(body, ("metatarsal",), 1.2 * factor, rng, at=1)
    for name in ("shoulder", "elbow", "knee", "ankle"):
        if rng.random() < 0.85:
            warm_joint(body, name, factor * rng.uniform(0.7, 1.1), rng)


def add_generalised_arthrosis(body: Body, rng: np.random.Generator) -> None:
    """Warm knees, hips, thumbs, finger ends, shoulders and great toes."""
    factor = rng.uniform(2.6, 3.8)
    warm_joint(body, "knee", 0.8 * factor, rng)
    for side in (-1, 1):
        for rise in (-14, 10):
            inner = body.points["knee", side] + (-side * 21, -4, rise)
            value = 0.42 * factor * rng.uniform(0.6, 1.3)
            body.extra.append(blob("focus", inner, rng.uniform(8, 13), value, rng))
        thumb = body.named("metacarpal", side=side)[0].at(0)
        warm(body.bones, thumb, 16, 2 * factor, side=side)
        warm(body.bones, body.points["shoulder", side] + (-side * 8, 8, -28), 20, factor, side=side)
    if rng.random() < 0.7:
        warm_joint(body, "hip", 0.9 * factor, rng)
    warm_digits(body, ("finger",), 1.3 * factor, rng, at=1)
    warm_digits(body, ("metatarsal",), 1.5 * factor, rng, at=1, rays=(0,))
    warm_joint(body, "ankle", 0.6 * factor, rng)


def add_knees(body: Body, rng: np.random.Generator) -> None:
    """Warm both knees."""
    warm_joint(body, "knee", rng.uniform(3.5, 6), rng)
    if rng.random() < 0.4:
        warm_joint(body, "ankle", rng.uniform(1.5, 2.2), rng)


def add_hands(body: Body, rng: np.random.Generator) -> None:
    """Warm wrists, knuckles and finger joints of both hands."""
    factor = rng.uniform(4.5, 7)
    warm_joint(body, "wrist", factor, rng)
    warm_digits(body, ("metacarpal", "finger"), factor, rng, at=1)
    warm_digits(body, ("finger",), factor, rng, at=0)


def add_feet(body: Body, rng: np.random.Generator) -> None:
    """Warm ankles, tarsus and the toes' roots of both feet."""
    factor = rng.uniform(3.5, 6)
    warm_joint(body, "ankle", factor, rng)
    for side in (-1, 1):
        warm(body.bones, body.named("tarsus", side=side)[1].at(0.5), 28, 0.8 * factor, side=side)
    warm_digits(body, ("metatarsal",), 1.2 * factor, rng, at=1)


def add_sacroiliitis(body: Body, rng: np.random.Generator) -> None:
    """Warm both sacroiliac joints and, at times, the spine's small joints and the breastbone's."""
    factor = rng.uniform(4, 6)
    for side in (-1, 1):
        for z in (728, 748, 770):
            point = np.array([side * 46 * body.person.pelvis, -44, z])
            near = body.named("si-joint", "ilium", side=side)
            warm(near, point, 17, factor**0.55 * rng.uniform(0.92, 1.08), side=side)
    levels = [*CHEST[rng.integers(4, 10) :], *LOINS]
    for bone in [b for b in body.bones if b.name in levels]:
        bone.value *= rng.uniform(1.15, 1.6)
    if rng.random() < 0.6:
        warm(body.bones, np.array([0, -150, 352.0]), 24, rng.uniform(1.8, 2.6))
        warm_joint(body, str(rng.choice(["hip", "shoulder", "knee"])), rng.uniform(1.8, 2.6), rng)


def add_polyarticular(body: Body, rng: np.random.Generator) -> None:
    """Warm great toes, ankles, knees and some joints of the arms, unevenly but on both sides."""
    factor = rng.uniform(3, 5)
    warm_digits(body, ("metatarsal",), 2 * factor, rng, at=1, rays=(0,))
    warm_joint(body, "ankle", factor, rng, spread=0.3)
    warm_joint(body, "knee", 0.9 * factor, rng, spread=0.3)
    for name in rng.choice(["wrist", "elbow", "shoulder"], 2, replace=False):
        warm_joint(body, str(name), 1.1 * factor, rng, spread=0.3)
    rays = tuple(int(k) for k in rng.choice(5, 3, replace=False))
    warm_digits(body, ("finger",), 1.6 * factor, rng, at=0, rays=rays)
