"""Broken bones, and bones around a replaced joint."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .bone_tracer import Tracer
from .disease import Disease
from .spots import bystanders, spot, stretch
from .subject import Body, Glow


def _side(rng) -> int:
    return int(rng.choice([-1, 1]))


def _add_rib_fractures(body: Body, tracer: Tracer, rng) -> None:
    """Fractures one below the other; at times of the other side, or of a vertebra, too."""
    s, level = _side(rng), rng.uniform(5.5, 12.0)
    first, n, at = int(rng.integers(2, 7)), int(rng.integers(3, 7)), rng.uniform(0.25, 0.9)
    for k in range(first, min(first + n, 11)):
        at = float(np.clip(at + rng.normal(0, 0.03), 0.12, 0.97))
        spot(
            body,
            body.get(f"rib{k}", s),
            at,
            rng.uniform(7.5, 9.5),
            level * rng.uniform(0.6, 1.3),
            rng,
            jitter_mm=1,
        )
    if rng.random() < 0.4:
        bystanders(body, rng, int(rng.integers(1, 3)), (3, 7))


def _add_compression(body: Body, tracer: Tracer, rng) -> None:
    """Flat, hot vertebrae: a bar across the spine."""
    levels = [f"T{i}" for i in range(6, 13)] + [f"L{i}" for i in range(1, 5)]
    for name in rng.choice(levels, int(rng.integers(1, 4)), replace=False):
        bone, plus = body.get(str(name)), rng.uniform(2.4, 4.6)
        flat = replace(bone.parts[0], half=bone.parts[0].half * [1.1, 1.1, rng.uniform(0.5, 0.75)])
        bone.parts = [flat, *bone.parts[1:]]
        frame = body.frames[str(name)]
        line = np.stack([frame.at((x, 3, 0)) for x in (-13, 0, 13)])
        body.glows.append(
            Glow(
                line=line,
                radius_mm=13,
                plus=plus,
                times=0.2,
                rough=0.1,
                seed=int(rng.integers(2**31)),
            )
        )
    if rng.random() < 0.4:
        bystanders(body, rng, int(rng.integers(1, 3)), (3, 6))


def _add_stress(body: Body, tracer: Tracer, rng) -> None:
    """Spindles of the shin's cortex, of a metatarsal or of the femoral neck."""
    s, level, place = _side(rng), rng.uniform(2.6, 5.0), rng.random()
    if place < 0.55:
        at = rng.uniform(0.35, 0.8)
        stretch(body, body.get("tibia", s), at - 0.02, at + 0.02, 15, 0.8 * level, rng)
    elif place < 0.8:
        ray = int(rng.integers(2, 4))
        stretch(body, body.get(f"metatarsal{ray}", s), 0.3, 0.8, 9, 1.3 * level, rng)
    else:
        stretch(body, body.get("femur", s), 0.05, 0.09, 15, level, rng)


def _add_sacrum(body: Body, tracer: Tracer, rng) -> None:
    """The H of an insufficient sacrum, and often a pubic ramus."""
    level, frame = rng.uniform(1.8, 3.6), body.frames["S1"]
    lines = [[(s * 33, 8, 6), (s * 27, 16, 50)] for s in (-1, 1)] + [[(-26, 10, 34), (26, 10, 34)]]
    for line in lines if rng.random() < 0.75 else lines[:1] + lines[2:]:
        at = np.stack([frame.at(p) for p in line])
        body.glows.append(
            Glow(
                line=at,
                radius_mm=14,
                plus=level * rng.uniform(0.8, 1.2),
                seed=int(rng.integers(2**31)),
            )
        )
    if rng.random() < 0.5:
        spot(body, body.get("pubis", _side(rng)), rng.uniform(0.3, 0.9), 14, level, rng)


def _add_loosening(body: Body, tracer: Tracer, rng) -> None:
    """A hip replacement: cold where metal is, hot at the tip of its stem and at the trochanters."""
    s, level = _side(rng), rng.uniform(1.6, 3.2)
    bone, tip = body.get("femur", s), rng.uniform(0.4, 0.5)
    for first, last, radius in ((0.0, 0.03, 27), (0.03, 0.12, 16)):
        stretch(body, bone, first, last, radius, 0, rng, times=-0.85)
    stretch(body, bone, tip - 0.03, tip + 0.03, 18, level, rng)
    spot(body, bone, 0.16, 20, 0.9 * level, rng, jitter_mm=4)
    if rng.random() < 0.5:
        spot(body, body.get("socket", s), 0.2, 16, 0.6 * level, rng)


KINDS = {
    "rib-fractures": Disease(add=_add_rib_fractures, ages=(28, 86)),
    "vertebral-compression": Disease(add=_add_compression, ages=(58, 90)),
    "stress-fracture": Disease(add=_add_stress, ages=(18, 46), bmis=(18.5, 27)),
    "sacral-insufficiency": Disease(add=_add_sacrum, ages=(62, 92)),
    "loosened-hip-replacement": Disease(add=_add_loosening, ages=(60, 88)),
}
