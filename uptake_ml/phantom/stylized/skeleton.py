# ruff: noqa: RUF005 -- a list added to an array shifts a point, it is no concatenation.
"""Bones as lists of shapes.  Names are `bone`, `bone:number` or `bone:side[:number]`."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.stylized.person import SIDES, Person, spine_z
from uptake_ml.phantom.stylized.raster import Shape, capsule, chain, ellipsoid

VERTEBRAE = (
    [f"C{i}" for i in range(1, 8)]
    + [f"T{i}" for i in range(1, 13)]
    + [f"L{i}" for i in range(1, 6)]
)
# Borders of the vertebrae as parts of stature: C1 from 0.092, T1 from 0.158, L1 from 0.325.
_TOPS = np.r_[
    np.linspace(0.090, 0.158, 8)[:-1], np.linspace(0.158, 0.325, 13)[:-1],
    np.linspace(0.325, 0.430, 6),
]  # fmt: skip
_RIB_WIDTH = (0.42, 0.6, 0.74, 0.83, 0.9, 0.95, 0.98, 1.0, 0.99, 0.95, 0.88, 0.78)
_RIB_END_DEGREES = (150, 150, 148, 146, 143, 140, 135, 126, 116, 108, 85, 62)
_RIB_DROP = (0.016, 0.024, 0.034, 0.044, 0.053, 0.06, 0.064, 0.064, 0.062, 0.056, 0.04, 0.024)


def build_skeleton(person: Person) -> list[Shape]:
    """Return all bones of a person."""
    shapes = _skull(person) + _spine(person) + _sternum(person) + _sacrum(person)
    for side, s in SIDES.items():
        shapes += _ribs(person, side, s) + _girdle(person, side, s)
        shapes += _pelvis(person, side, s)
    shapes = [person.fit(shape) for shape in shapes]
    for side, s in SIDES.items():
        # Limbs hang on joints, which are this person's already.
        shapes += _arm(person, side) + _leg(person, side, s) + _foot(person, side, s)
    return shapes


def vertebra_centre(person: Person, name: str) -> np.ndarray:
    """Return the middle of a vertebral body."""
    k = VERTEBRAE.index(name)
    part = (_TOPS[k] + _TOPS[k + 1]) / 2
    return np.array([0, part * person.height_mm, spine_z(part)])


def _in_mean(person: Person, point: np.ndarray) -> np.ndarray:
    """Return where a point of this person lies in the mean one."""
    return np.array([point[0], person.unplace(point[1]), point[2]])


def _skull(person: Person) -> list[Shape]:
    h = person.height_mm
    shapes = [
        ellipsoid("skull", (0, 0.045 * h, 5), (74, 0.045 * h, 94), wall_mm=8),
        ellipsoid("skull", (0, 0.077 * h, 0), (52, 8, 60), 0.45),
        ellipsoid("face", (0, 0.088 * h, -62), (40, 0.017 * h, 26), 0.8),
        ellipsoid("nose", (0, 0.079 * h, -74), (11, 0.012 * h, 20)),
        capsule("face", (-28, 0.102 * h, -62), (28, 0.102 * h, -62), 9, weight=1.2),
    ]
    for s in SIDES.values():
        shapes.append(ellipsoid("orbit", (s * 31, 0.066 * h, -72), (17, 16, 22)))
        shapes += chain("face", [(s * 52, 0.063 * h, -50), (s * 55, 0.08 * h, -48),
                                 (s * 25, 0.091 * h, -70)], 6)  # fmt: skip
        jaw = [(s * 54, 0.083 * h, -8), (s * 52, 0.106 * h, -22), (s * 28, 0.122 * h, -68),
               (0, 0.125 * h, -82)]  # fmt: skip
        shapes += chain("mandible", jaw, 7)
    return shapes


def _spine(person: Person) -> list[Shape]:
    shapes = []
    h = person.height_mm
    for k, name in enumerate(VERTEBRAE):
        centre = vertebra_centre(person, name)
        tall = (_TOPS[k + 1] - _TOPS[k]) * h
        wide = {"C": 12, "T": 15 + 0.7 * max(k - 6, 0), "L": 26}[name[0]]
        full = f"vertebra:{name}"
        shapes.append(ellipsoid(full, centre, (wide, 0.47 * tall, 0.95 * wide)))
        # Discs and overlapping edges make a column of the stack in a planar view.
        ends = [0, 0.5 * tall, 0]
        column = capsule(full, centre - ends, centre + ends, 0.75 * wide, weight=0.65)
        shapes.append(column)
        back = centre + [0, 0.25 * tall, 1.5 * wide]
        tip = centre + [0, (0.9 if name[0] == "T" else 0.4) * tall, 1.5 * wide + 22]
        shapes.append(capsule(full, back, tip, 5, weight=0.9))
        for s in SIDES.values():
            shapes.append(
                capsule(full, centre + [s * 0.6 * wide, 0, wide],
                        centre + [s * (wide + 11), -0.1 * tall, 1.3 * wide], 5, weight=0.9)
            )  # fmt: skip
    return shapes


def _ribs(person: Person, side: str, s: float) -> list[Shape]:
    h, shapes = person.height_mm, []
    half_width = 0.080 * h * person.chest
    for i in range(12):
        root = vertebra_centre(person, f"T{i + 1}")
        turns = np.radians(np.linspace(10, _RIB_END_DEGREES[i], 14))
        depth = 0.052 * h * (0.62 + 0.38 * min(i / 5, 1))
        middle = np.array([0, 0, 8.0 - 10 * (i < 3)])
        x = s * _RIB_WIDTH[i] * half_width * np.sin(turns)
        y = root[1] - 6 + _RIB_DROP[i] * h * (turns / turns[-1]) ** 1.15
        z = middle[2] + depth * np.cos(turns) * np.where(turns < np.pi / 2, 0.95, 1.15)
        points = [root + [s * 18, -4, 18], *np.stack([x, y, z], -1)]
        shapes += chain(f"rib:{side}:{i + 1}", points, 5.5)
        if i < 10:
            shapes.append(ellipsoid(f"costochondral:{side}:{i + 1}", points[-1], 7))
    return shapes


def _sternum(person: Person) -> list[Shape]:
    h = person.height_mm
    return [
        ellipsoid("sternum", (0, 0.183 * h, -62), (28, 0.014 * h, 8), 1.25),
        capsule("sternum", (0, 0.196 * h, -68), (0, 0.260 * h, -78), 13, 14),
        capsule("sternum", (0, 0.260 * h, -78), (0, 0.282 * h, -76), 8, 4, 0.7),
    ]


def _girdle(person: Person, side: str, s: float) -> list[Shape]:
    h, w = person.height_mm, person.chest
    shoulder = _in_mean(person, person.points["shoulder", side])
    acromion = shoulder + [s * 8, -0.016 * h, 8]
    neck = shoulder + [-s * 22, 4, 14]
    lower, upper = (s * 0.055 * h * w, 0.258 * h, 84), (s * 0.048 * h * w, 0.184 * h, 84)
    name = f"scapula:{side}"
    middle = np.array([s * 0.066 * h * w, 0.212 * h, 80])
    clavicle = [(s * 18, 0.174 * h, -58), (s * 0.045 * h, 0.166 * h, -48),
                (s * 0.085 * h * w, 0.163 * h, 10), acromion]  # fmt: skip
    return [
        *chain(f"clavicle:{side}", clavicle, 6.5),
        *chain(name, [acromion, (s * 0.06 * h * w, 0.185 * h, 86), upper], 6),
        *chain(name, [lower, neck], 6),
        *chain(name, [upper, lower], 4.5),
        ellipsoid(name, middle, (0.017 * h, 0.03 * h, 4), 0.5),
        ellipsoid(name, neck, (9, 17, 10), 1.2),
        capsule(name, neck, shoulder + [-s * 12, -4, -22], 7),
    ]


def _arm(person: Person, side: str) -> list[Shape]:
    p = person.points
    shoulder, elbow, wrist = p["shoulder", side], p["elbow", side], p["wrist", side]
    knuckles = p["knuckles", side]
    humerus, forearm, hand = f"humerus:{side}", f"forearm:{side}", f"hand:{side}"
    across = np.array([1.0, 0, 0])
    shapes = [
        ellipsoid(humerus, shoulder, 21, 0.95),
        capsule(humerus, shoulder, shoulder + 0.3 * (elbow - shoulder), 17, 10, 0.9),
        capsule(humerus, shoulder, elbow, 10, weight=0.7),
        capsule(humerus, elbow - 22 * across, elbow + 22 * across, 10, weight=0.9),
        capsule(forearm, elbow + 10 * across, wrist - 14 * across, 7, 8, 0.8),
        capsule(forearm, elbow - 10 * across, wrist + 14 * across, 7, 8, 0.8),
        ellipsoid(hand, wrist + 0.28 * (knuckles - wrist), (22, 15, 10), 0.9),
    ]
    way = (knuckles - wrist) / np.linalg.norm(knuckles - wrist)
    for k in range(-2, 3):
        base = wrist + 0.35 * (knuckles - wrist) + 6 * k * across
        joint = knuckles + 11 * k * across - 4 * abs(k) * way
        tip = joint + (82 - 9 * abs(k)) * way + 3 * k * across
        shapes += [
            capsule(hand, base, joint, 4.5, weight=0.7),
            capsule(hand, joint, tip, 4, 3, 0.6),
        ]
        shapes.append(ellipsoid(f"mcp:{side}", joint, 7))
    return shapes


def _sacrum(person: Person) -> list[Shape]:
    h = person.height_mm
    shapes = [
        capsule("sacrum", (0, 0.438 * h, 55), (0, 0.482 * h, 88), 26, 12),
        capsule("sacrum", (0, 0.482 * h, 88), (0, 0.502 * h, 76), 9, 5, 0.6),
    ]
    for s in SIDES.values():
        shapes.append(capsule("sacrum", (0, 0.438 * h, 62), (s * 40, 0.444 * h, 68), 17, 14))
    return shapes


def _pelvis(person: Person, side: str, s: float) -> list[Shape]:
    h, w = person.height_mm, person.hips
    name = f"pelvis:{side}"
    hip = _in_mean(person, person.points["hip", side])
    crest = [(s * 0.069 * h * w, 0.443 * h, -48), (s * 0.079 * h * w, 0.421 * h, -15),
             (s * 0.066 * h * w, 0.407 * h, 22), (s * 0.046 * h * w, 0.413 * h, 58),
             (s * 0.030 * h * w, 0.432 * h, 84)]  # fmt: skip
    joint = np.array([s * 0.028 * h * w, 0.446 * h, 70])
    symphysis = np.array([s * 7, 0.503 * h, -46])
    ischium = np.array([s * 0.036 * h * w, 0.520 * h, 42])
    shapes = chain(name, crest, 8)
    for k in np.linspace(0, 1, 9):
        at = k * (len(crest) - 1)
        low = int(min(at, len(crest) - 2))
        rim = np.asarray(crest[low]) * (low + 1 - at) + np.asarray(crest[low + 1]) * (at - low)
        shapes.append(capsule(name, rim, hip + [-s * 8, -30, 8], 4.5, 8, 0.75))
    shapes += [
        capsule(name, joint, hip + [-s * 10, -26, 10], 13, 14, 1.0),
        ellipsoid(f"sacroiliac:{side}", joint, (8, 27, 14)),
        ellipsoid(name, hip, 31, 0.6, wall_mm=7),
        capsule(name, hip + [-s * 18, 4, -26], symphysis, 10, 10, 0.9),
        capsule(name, symphysis + [s * 2, 12, 0], ischium, 7.5, 10, 0.8),
        capsule(name, ischium, hip + [-s * 8, 10, 20], 14, 15, 0.9),
    ]
    return shapes


def _leg(person: Person, side: str, s: float) -> list[Shape]:
    p, h = person.points, person.height_mm
    hip, knee, ankle = p["hip", side], p["knee", side], p["ankle", side]
    femur, tibia = f"femur:{side}", f"tibia:{side}"
    trochanter = hip + [s * 0.034 * h, 0.012 * h, 12]
    below = hip + [s * 0.029 * h, 0.05 * h, 8]
    across = np.array([s * 1.0, 0, 0])
    return [
        ellipsoid(femur, hip, 23, 0.6),
        capsule(femur, hip, trochanter, 14, 15, 1.1),
        capsule(femur, trochanter, below, 17, 14, 1.1),
        capsule(femur, below, knee, 12.5, weight=0.75),
        capsule(femur, below + 0.85 * (knee - below), knee, 14, 26, 0.75),
        capsule(
            femur, knee - 20 * across - [0, 12, 0], knee + 20 * across - [0, 12, 0], 17, weight=0.7
        ),
        ellipsoid(f"patella:{side}", knee + [0, -20, -42], (20, 21, 9), 0.75),
        capsule(
            tibia, knee + 19 * across + [0, 20, 0], knee - 19 * across + [0, 20, 0], 14, weight=0.7
        ),
        capsule(tibia, knee + [0, 22, 0], knee + 0.22 * (ankle - knee), 24, 13, 0.8),
        capsule(tibia, knee + [0, 20, 0], ankle, 13, 12, 0.75),
        capsule(tibia, ankle - [0, 18, 0], ankle, 13, 17, 0.9),
        capsule(tibia, knee + 34 * across + [0, 38, 12], ankle + 24 * across, 6, 7, 0.6),
    ]


def _foot(person: Person, side: str, s: float) -> list[Shape]:
    p, name = person.points, f"foot:{side}"
    ankle, heel, ball, toes = (p[n, side] for n in ("ankle", "heel", "ball", "toes"))
    middle = ankle + 0.42 * (ball - ankle) + [0, 8, 0]
    shapes = [
        ellipsoid(name, ankle + [0, 14, -4], 16, 0.8),
        capsule(name, ankle + [0, 20, 5], heel, 13, 16, 0.7),
        capsule(name, ankle + [0, 16, -6], middle, 15, 13, 0.8),
    ]
    for k in range(-2, 3):
        off = np.array([s * 11.0 * k, 0, 0])
        head, tip = ball + off, toes + 1.1 * off
        shapes += [capsule(name, middle + 0.5 * off, head, 6, 5, 0.7)]
        shapes += [capsule(name, head, tip, 4.5, 3, 0.6), ellipsoid(f"mtp:{side}", head, 7)]
    return shapes
