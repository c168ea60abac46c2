"""Diseases of joints on both sides as FDG-PET shows them."""

from __future__ import annotations

import numpy as np

from .body import Body
from .lesions import blob
from .person import spine_at
from .sweep import sweep, vec
from .trunk import CHEST, LOINS, vertebra_z

_RADIUS_MM = {"shoulder": 30, "elbow": 20, "wrist": 19, "hip": 32, "knee": 33, "ankle": 22}


def line_joint(body: Body, name: str, suv: float, rng: np.random.Generator) -> None:
    """Add the inflamed lining of a joint of both sides: a shell with brighter parts."""
    radius = _RADIUS_MM[name]
    for side in (-1, 1):
        own = suv * np.exp(rng.normal(0, 0.12))
        middle = body.points[name, side]
        shell = blob("lining", middle, radius, 0.8 * own, rng, lobes=0.14, core=0.45)
        body.extra.append(shell)
        for _ in range(rng.integers(3, 6)):
            way = rng.normal(size=3)
            at = middle + 0.75 * radius * way / np.linalg.norm(way)
            size = radius * rng.uniform(0.25, 0.5)
            body.extra.append(blob("lining", at, size, own * rng.uniform(0.7, 1.15), rng))


def _spot_pair(body: Body, at, size: float, suv: float, rng: np.random.Generator) -> None:
    for side in (-1, 1):
        own = suv * np.exp(rng.normal(0, 0.12))
        body.extra.append(blob("enthesis", np.array(at, float) * (side, 1, 1), size, own, rng))


def _between_spines(body: Body, suv: float, rng: np.random.Generator, levels: list[str]) -> None:
    for name in levels:
        at = spine_at(body.person, vertebra_z(name)[1]) + vec(0, 46, 0)
        body.extra.append(blob("bursa", at, rng.uniform(5, 8), suv * rng.uniform(0.7, 1.1), rng))


def add_polymyalgia(body: Body, rng: np.random.Generator) -> None:
    """Add shoulders, hips, bursae about trochanters and ischia, and between spinous processes."""
    suv, w = rng.uniform(3.8, 6.5), body.person.pelvis
    line_joint(body, "shoulder", suv, rng)
    line_joint(body, "hip", 0.9 * suv, rng)
    _spot_pair(body, (152 * w, -66, 850), 13, suv, rng)
    _spot_pair(body, (64 * w, -38, 902), 12, suv, rng)
    _spot_pair(body, (22, -142, 316), 8, 0.9 * suv, rng)
    _between_spines(body, suv, rng, LOINS[int(rng.integers(0, 3)) :])
    if rng.random() < 0.4:
        line_joint(body, "knee", 0.7 * suv, rng)


def add_rheumatoid_arthritis(body: Body, rng: np.random.Generator) -> None:
    """Add wrists, knuckles and most large joints."""
    suv = rng.uniform(3.5, 7)
    for name in ("wrist", "shoulder", "elbow", "knee"):
        line_joint(body, name, suv * rng.uniform(0.85, 1.15), rng)
    for name in ("hip", "ankle"):
        if rng.random() < 0.7:
            line_joint(body, name, suv * rng.uniform(0.7, 1), rng)
    for side in (-1, 1):
        for bone in [*body.named("metacarpal", side=side), *body.named("metatarsal", side=side)]:
            if rng.random() < 0.8:
                body.extra.append(blob("lining", bone.at(1), rng.uniform(6, 9), 1.2 * suv, rng))


def add_spondylarthritis(body: Body, rng: np.random.Generator) -> None:
    """Add both sacroiliac joints, small joints of the spine, and where tendons insert."""
    suv, w = rng.uniform(4.5, 7.5), body.person.pelvis
    for side in (-1, 1):
        points = [(side * 49 * w, -56, 722), (side * 47 * w, -45, 748), (side * 42 * w, -36, 788)]
        value = suv * np.exp(rng.normal(0, 0.15, 5))
        body.extra.append(
            sweep("si-joint", points, [7, 8, 6], [17, 16, 11], value=value, side=side)
        )
    for name in [*CHEST[3:], *LOINS]:
        if rng.random() < 0.55:
            at = spine_at(body.person, vertebra_z(name)[0])
            for side in (-1, 1):
                place = at + vec(side * 20, 22, 0)
                body.extra.append(blob("facet", place, rng.uniform(5, 8), 0.8 * suv, rng))
    _spot_pair(body, (20, -150, 330), 9, 0.8 * suv, rng)
    _spot_pair(body, (64 * w, -40, 902), 10, 0.8 * suv, rng)
    _spot_pair(body, (152 * w, -66, 846), 10, 0.7 * suv, rng)
    if rng.random() < 0.5:
        line_joint(body, str(rng.choice(["hip", "shoulder"])), 0.7 * suv, rng)
