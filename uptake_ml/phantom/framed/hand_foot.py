"""Bones of hands and feet and the places of their joints."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.framed.armature import Frame, Person, turned
from uptake_ml.phantom.framed.field import Solid

# Base and length of each metacarpal and its phalanges; x grows to the thumb's side. Frame: wrist.
_RAYS = (
    ((20, 26), 42, (30, 0, 24)),
    ((12, 36), 64, (40, 24, 18)),
    ((1, 38), 62, (44, 28, 19)),
    ((-10, 36), 56, (41, 27, 19)),
    ((-19, 33), 52, (33, 20, 18)),
)
_SPREAD = (30, 5, 0, -4, -9)
_CARPALS = ((12, 9), (3, 8), (-8, 10), (-11, 6), (15, 22), (8, 24), (-1, 25), (-12, 23))
_TOES = (
    ((-14, 62), 58, (30, 0, 22)),
    ((-3, 66), 66, (24, 12, 9)),
    ((6, 62), 64, (22, 9, 9)),
    ((15, 57), 62, (20, 8, 9)),
    ((23, 50), 60, (18, 6, 8)),
)
_TOE_SPREAD = (-4, -1, 3, 6, 9)


def build_hand(frame: Frame, s: int, person: Person, i: int) -> tuple[list[Solid], dict]:
    """Return bones and joints (world points by name) of a hand."""
    curl = person.finger_curl[i]
    g = person.bone_girth
    carpals = [
        frame.egg((s * x, -2 if k < 4 else -4, z), (6.6 * g, 7 * g, 6.8 * g))
        for k, (x, z) in enumerate(_CARPALS)
    ]
    line = np.stack([frame.at((0, -3, 8)), frame.at((0, -3, 25))])
    solids = [
        Solid(
            name="carpals",
            side=s,
            parts=carpals,
            line=line,
            blend_mm=2,
            shell_mm=1.5,
            tags={"hand"},
        )
    ]
    joints = {
        "wrist": frame.at((0, 0, 0)),
        "carpus": frame.at((0, -3, 16)),
        "cmc1": frame.at((s * 18, -5, 26)),
    }
    for ray, ((x, z), length, phalanges) in enumerate(_RAYS):
        lean = turned(y=s * _SPREAD[ray]) @ turned(x=12 if ray == 0 else 2)
        at = frame.child((s * x, -4, z), lean)
        radius = (6.0 if ray == 0 else 5.0) * g
        parts = [
            at.rod((0, 0, 0), (0, 0, length), radius, radius * 0.95),
            at.egg((0, 0, length), (6.6 * g, 6.6 * g, 6.6 * g)),
            at.egg((0, 0, 3), (6.4 * g, 6 * g, 6 * g)),
        ]
        solids.append(_small(f"metacarpal{ray + 1}", s, parts, "hand"))
        at = at.child((0, 0, length + 7))
        joints[f"mcp{ray + 1}"] = at.at((0, 0, -3))
        names = ("mcp", "pip", "dip")
        for k, long in enumerate(phalanges):
            if not long:
                continue
            at = at.child((0, 0, 0), turned(x=curl * (1 + 0.4 * k)))
            if k:
                joints[f"{'pip' if ray == 0 else names[k]}{ray + 1}"] = at.at((0, 0, -2))
            width = (5.4 - 0.8 * k) * g
            parts = [at.rod((0, 0, 2), (0, 0, long - 2), width, width * 0.8)]
            solids.append(_small(f"finger{ray + 1}-{k + 1}", s, parts, "hand"))
            at = at.child((0, 0, long + 1.5))
    return solids, joints


def _small(name: str, s: int, parts, tag: str) -> Solid:
    return Solid(
        name=name,
        side=s,
        parts=parts,
        line=np.stack([parts[0].a, parts[0].b]),
        blend_mm=3,
        shell_mm=1.8,
        tags={tag},
    )


def build_foot(frame: Frame, s: int, person: Person) -> tuple[list[Solid], dict]:
    """Return bones and joints of a foot; ``frame``: at the ankle, z to the toes, y to the sole."""
    g = person.bone_girth
    talus = [
        frame.egg((0, 10, 0), (19 * g, 13 * g, 22 * g)),
        frame.rod((0, 12, 12), (-s * 6, 16, 28), 13 * g, 12 * g),
    ]
    heel = [
        frame.rod((s * 4, 34, 12), (s * 2, 42, -38), 14 * g, 18 * g),
        frame.rod((s * 5, 34, 10), (s * 10, 32, 28), 13 * g, 12 * g),
    ]
    middle = [
        frame.rod((-s * 14, 18, 34), (s * 4, 22, 34), 10 * g, 9 * g),
        frame.rod((s * 14, 34, 34), (s * 17, 34, 48), 11 * g, 10 * g),
        frame.egg((-s * 14, 24, 50), (9, 10, 11)),
        frame.egg((-s * 3, 24, 52), (7, 10, 10)),
        frame.egg((s * 6, 27, 50), (7, 10, 10)),
    ]

    def one(name: str, parts, line) -> Solid:
        return Solid(
            name=name,
            side=s,
            parts=parts,
            line=np.stack([frame.at(p) for p in line]),
            blend_mm=3,
            shell_mm=2.2,
            tags={"foot"},
        )

    solids = [
        one("talus", talus, [(0, 10, 0), (0, 14, 26)]),
        one("calcaneus", heel, [(4, 34, 10), (2, 42, -44)]),
        one("midfoot", middle, [(-s * 10, 20, 36), (s * 14, 34, 44)]),
    ]
    joints = {
        "ankle": frame.at((0, 0, 0)),
        "hindfoot": frame.at((0, 24, 8)),
        "midfoot": frame.at((-s * 4, 24, 44)),
        "heel": frame.at((s * 2, 46, -50)),
    }
    for ray, ((x, z), length, phalanges) in enumerate(_TOES):
        sole = 26 + (6 if ray == 4 else 0)
        at = frame.child((s * x, sole, z), turned(y=s * _TOE_SPREAD[ray]) @ turned(x=-14))
        radius = (8.5 if ray == 0 else 5.0) * g
        parts = [
            at.rod((0, 0, 0), (0, 0, length), radius, radius * 0.9),
            at.egg((0, 0, length), [radius * 1.18] * 3),
        ]
        solids.append(_small(f"metatarsal{ray + 1}", s, parts, "foot"))
        joints[f"tmt{ray + 1}"] = at.at((0, 0, -3))
        at = at.child((0, 0, length + 8), turned(x=8))
        joints[f"mtp{ray + 1}"] = at.at((0, 0, -3))
        for k, long in enumerate(phalanges):
            if not long:
                continue
            width = ((7.5 if ray == 0 else 4.6) - 0.8 * k) * g
            parts = [at.rod((0, 0, 2), (0, 0, long - 2), width, width * 0.85)]
            solids.append(_small(f"toe{ray + 1}-{k + 1}", s, parts, "foot"))
            at = at.child((0, 0, long + 2), turned(x=6))
            joints.setdefault(f"toe{ray + 1}", at.at((0, 0, -2)))
    return solids, joints
