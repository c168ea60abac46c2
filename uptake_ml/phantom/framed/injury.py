"""Broken bones, and bones around a replaced joint."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from uptake_ml.phantom.framed.disease import Disease
from uptake_ml.phantom.framed.findings import Lesion, draw_level, lesion_on
from uptake_ml.phantom.framed.spots import rib_spot, spot, stretch
from uptake_ml.phantom.framed.subject import Body, Glow
from uptake_ml.phantom.framed.tracer import Tracer

_FRACTURE, _FRAIL = "acute-fracture", "osteoporosis"


def _side(rng: np.random.Generator) -> int:
    return int(rng.choice([-1, 1]))


def _broken_ribs(body: Body, rng, n: int, low: float, high: float) -> list[Lesion]:
    """Return small lesions of any ribs, as the same fall leaves them."""
    found = []
    for _ in range(n):
        rib, glow = rib_spot(body, draw_level(rng, low, high), rng)
        found.append(lesion_on(_FRACTURE, rib, glow))
    return found


def _add_rib_fractures(body: Body, tracer: Tracer, rng) -> list[Lesion]:
    """Fractures one below the other; at times of others, too."""
    s, level = _side(rng), draw_level(rng, 5.5, 12.0)
    first, n, at = int(rng.integers(2, 7)), int(rng.integers(3, 7)), rng.uniform(0.25, 0.9)
    found = []
    for k in range(first, min(first + n, 11)):
        at = float(np.clip(at + rng.normal(0, 0.03), 0.12, 0.97))
        rib, plus = body.get(f"rib{k}", s), level * rng.uniform(0.6, 1.3)
        glow = spot(body, rib, at, rng.uniform(7.5, 9.5), plus, rng, jitter_mm=1)
        found.append(lesion_on(_FRACTURE, rib, glow))
    if rng.random() < 0.4:
        found += _broken_ribs(body, rng, int(rng.integers(1, 3)), 3, 7)
    return found


def _add_compression(body: Body, tracer: Tracer, rng) -> list[Lesion]:
    """Flat, hot vertebrae: a bar across the spine."""
    levels = [f"T{i}" for i in range(6, 13)] + [f"L{i}" for i in range(1, 5)]
    found = []
    for name in rng.choice(levels, int(rng.integers(1, 4)), replace=False):
        bone, plus = body.get(str(name)), draw_level(rng, 2.4, 4.6)
        flat = replace(bone.parts[0], half=bone.parts[0].half * [1.1, 1.1, rng.uniform(0.5, 0.75)])
        bone.parts = [flat, *bone.parts[1:]]
        frame = body.frames[str(name)]
        line = np.stack([frame.at((x, 3, 0)) for x in (-13, 0, 13)])
        glow = Glow(line=line, radius_mm=13, plus=plus, times=0.2, rough=0.1,
                    seed=int(rng.integers(2**31)))  # fmt: skip
        found.append(lesion_on(_FRAIL, bone, glow))
    if rng.random() < 0.4:
        found += _broken_ribs(body, rng, int(rng.integers(1, 3)), 3, 6)
    return found


def _add_stress(body: Body, tracer: Tracer, rng) -> list[Lesion]:
    """Spindles of the shin's cortex, of a metatarsal or of the femoral neck."""
    s, level, place = _side(rng), draw_level(rng, 2.6, 5.0), rng.random()
    if place < 0.55:
        bone, at = body.get("tibia", s), rng.uniform(0.35, 0.8)
        glow = stretch(body, bone, at - 0.02, at + 0.02, 15, 0.8 * level, rng)
    elif place < 0.8:
        bone = body.get(f"metatarsal{int(rng.integers(2, 4))}", s)
        glow = stretch(body, bone, 0.3, 0.8, 9, 1.3 * level, rng)
    else:
        bone = body.get("femur", s)
        glow = stretch(body, bone, 0.05, 0.09, 15, level, rng)
    return [lesion_on("stress-fracture", bone, glow)]


def _add_sacrum(body: Body, tracer: Tracer, rng) -> list[Lesion]:
    """The H of an insufficient sacrum, and often a pubic ramus."""
    level, frame = draw_level(rng, 1.8, 3.6), body.frames["S1"]
    lines = [[(s * 33, 8, 6), (s * 27, 16, 50)] for s in (-1, 1)] + [[(-26, 10, 34), (26, 10, 34)]]
    glows = []
    for line in lines if rng.random() < 0.75 else lines[:1] + lines[2:]:
        at, plus = np.stack([frame.at(p) for p in line]), level * rng.uniform(0.8, 1.2)
        glows.append(Glow(line=at, radius_mm=14, plus=plus, seed=int(rng.integers(2**31))))
    found = [lesion_on(_FRAIL, body.get("sacrum"), *glows)]
    if rng.random() < 0.5:
        bone = body.get("pubis", _side(rng))
        glow = spot(body, bone, rng.uniform(0.3, 0.9), 14, level, rng)
        found.append(lesion_on(_FRAIL, bone, glow))
    return found


def _add_loosening(body: Body, tracer: Tracer, rng) -> list[Lesion]:
    """A hip replacement: cold where metal is, hot at the tip of its stem and at the trochanters."""
    s, level = _side(rng), draw_level(rng, 1.6, 3.2)
    bone, tip, disease = body.get("femur", s), rng.uniform(0.4, 0.5), "post-surgical-healing"
    for first, last, radius in ((0.0, 0.03, 27), (0.03, 0.12, 16)):
        body.glows.append(stretch(body, bone, first, last, radius, 0, rng, times=-0.85))
    glows = [
        stretch(body, bone, tip - 0.03, tip + 0.03, 18, level, rng),
        spot(body, bone, 0.16, 20, 0.9 * level, rng, jitter_mm=4),
    ]
    found = [lesion_on(disease, bone, glow) for glow in glows]
    if rng.random() < 0.5:
        socket = body.get("socket", s)
        found.append(lesion_on(disease, socket, spot(body, socket, 0.2, 16, 0.6 * level, rng)))
    return found


KINDS = {
    "rib-fractures": Disease(add=_add_rib_fractures, ages=(28, 86)),
    "vertebral-compression": Disease(add=_add_compression, ages=(58, 90)),
    "stress-fracture": Disease(add=_add_stress, ages=(18, 46), bmis=(18.5, 27)),
    "sacral-insufficiency": Disease(add=_add_sacrum, ages=(62, 92)),
    "loosened-hip-replacement": Disease(add=_add_loosening, ages=(60, 88)),
}
