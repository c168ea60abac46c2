"""Inflamed joints of both sides."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.framed.armature import Frame
from uptake_ml.phantom.framed.field import Solid
from uptake_ml.phantom.framed.spots import stretch
from uptake_ml.phantom.framed.subject import Body

from .disease import Disease
from .masses import lump
from .pet_tracer import Sugar


def _line_joint(body: Body, name: str, side: int, radius_mm: float, suv: float, rng) -> None:
    """Put a lining around a joint: lobes of a shell, hottest in one part of it."""
    world, at, k = Frame(np.zeros(3), np.eye(3)), body.points[name, side], body.person.scale
    for _ in range(4):
        way = rng.normal(0, 1, 3)
        place = at + 0.45 * radius_mm * k * way / np.linalg.norm(way)
        own = suv * rng.uniform(0.6, 1.15)
        body.extra.append(
            Solid(
                name="lining",
                side=side,
                parts=[world.egg(place, 0.72 * radius_mm * k * rng.uniform(0.85, 1.15, 3))],
                line=at[None],
                shell=own,
                core=0.3 * own,
                shell_mm=max(0.28 * radius_mm, 5),
            )
        )


def _both(body: Body, rng, names: dict[str, float], suv: float, share: float = 1.0) -> None:
    for name, radius in names.items():
        if rng.random() < share:
            pair = suv * rng.uniform(0.75, 1.2)
            for side in (-1, 1):
                _line_joint(body, name, side, radius, pair * rng.uniform(0.8, 1.2), rng)


def _add_polymyalgia(body: Body, sugar: Sugar, rng) -> None:
    """Shoulders, hips, trochanters, seat bones, collar bones and between the spines."""
    suv = rng.uniform(3.2, 6.5)
    _both(body, rng, {"shoulder": 34, "hip": 36}, suv)
    _both(
        body,
        rng,
        {"trochanter": 22, "sternoclavicular": 14, "acromioclavicular": 14},
        0.85 * suv,
        0.75,
    )
    for side in (-1, 1):
        lump(
            body,
            body.get("ischium", side).line[-1],
            rng.uniform(11, 15),
            0.8 * suv * rng.uniform(0.8, 1.2),
            rng,
        )
    for level in ("C6", "L3", "L4", "L5"):
        if rng.random() < 0.6:
            lump(body, body.frames[level].at((0, 44, 14)), 8, 0.8 * suv, rng)


def _add_rheumatoid(body: Body, sugar: Sugar, rng) -> None:
    suv = rng.uniform(3.2, 6.5)
    _both(body, rng, {"shoulder": 32, "wrist": 22, "carpus": 18}, suv)
    _both(body, rng, {"elbow": 24, "knee": 40, "ankle": 24, "hip": 34}, 0.85 * suv, 0.75)
    _both(body, rng, {f"mcp{k}": 9 for k in range(1, 6)}, suv, 0.7)
    _both(body, rng, {f"pip{k}": 7 for k in range(1, 6)}, suv, 0.5)
    _both(body, rng, {"midfoot": 20, "mtp1": 10, "sternoclavicular": 13}, 0.8 * suv, 0.5)


def _add_spondylarthritis(body: Body, sugar: Sugar, rng) -> None:
    """Sacroiliac joints, joints of the spine, and where tendons of the hip are fixed."""
    suv = rng.uniform(3.6, 6.2)
    for side in (-1, 1):
        bone = body.get("sacroiliac", side)
        body.glows.append(stretch(body, bone, 0, 1, 17, suv, rng))
        for level in [f"T{k}" for k in range(4, 13)] + [f"L{k}" for k in range(1, 6)]:
            if rng.random() < 0.5:
                lump(
                    body,
                    body.frames[level].at((side * 20, 24, 8)),
                    rng.uniform(6, 8),
                    0.8 * suv * rng.uniform(0.7, 1.2),
                    rng,
                )
    _both(body, rng, {"hip": 34, "sternoclavicular": 14, "trochanter": 20}, 0.8 * suv, 0.65)
    _both(body, rng, {"shoulder": 30}, 0.7 * suv, 0.5)


def _add_capsulitis(body: Body, sugar: Sugar, rng) -> None:
    """Worn and inflamed shoulders and hips."""
    suv = rng.uniform(3.0, 5.5)
    _both(body, rng, {"shoulder": 35}, suv)
    _both(body, rng, {"acromioclavicular": 14, "hip": 34}, 0.85 * suv, 0.7)


KINDS = {
    "polymyalgia-rheumatica": Disease(add=_add_polymyalgia, ages=(58, 88)),
    "rheumatoid-arthritis": Disease(add=_add_rheumatoid, ages=(30, 80), long=0.75, arms_down=0.75),
    "spondylarthritis": Disease(add=_add_spondylarthritis, ages=(20, 58)),
    "synovitis-of-shoulders-and-hips": Disease(add=_add_capsulitis, ages=(48, 86)),
}
