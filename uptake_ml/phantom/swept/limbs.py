"""Bones of arms and legs."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.swept.hand_and_foot import build_foot, build_hand
from uptake_ml.phantom.swept.person import Person
from uptake_ml.phantom.swept.sweep import Sweep, sweep, vec


def build_limbs(person: Person, joints: dict) -> list[Sweep]:
    """Return all bones from the heads of humerus and femur to fingers and toes."""
    bones = []
    for k, side in enumerate((-1, 1)):
        points = {name: joint for (name, s), joint in joints.items() if s == side}
        bones += _arm(points, side) + build_hand(points, side, person.hand_roll[k])
        bones += _leg(points, side) + build_foot(points, side, person.foot_turn[k])
    return bones


def _arm(points: dict, side: int) -> list[Sweep]:
    shoulder, elbow, wrist = points["shoulder"], points["elbow"], points["wrist"]
    down = _unit(elbow - shoulder)
    out = np.array([side * 1.0, 0, 0])
    fore = wrist - elbow
    fan = _unit(np.cross(fore, np.cross(out, fore)))
    return [
        sweep(
            "humerus",
            [shoulder - 12 * down - 3 * out, shoulder + 24 * down + 4 * out],
            [21, 22],
            side=side,
            value=[0.42, 0.38],
            marrow=0.55,
        ),
        sweep(
            "humerus",
            [shoulder - 8 * down + 15 * out, shoulder + 26 * down + 12 * out],
            9,
            side=side,
            value=0.55,
            marrow=0.3,
        ),
        sweep(
            "humerus",
            [
                shoulder + 16 * down + 3 * out,
                shoulder + 120 * down,
                elbow - 30 * down,
                elbow - 4 * down,
            ],
            [18, 11, 10, 11, 16, 27],
            [18, 11, 10, 10, 10, 9],
            side=side,
            value=[0.48, 0.42, 0.36, 0.36, 0.45, 0.62],
            marrow=[0.5, 0.25, 0.1, 0.05, 0.02],
        ),
        sweep(
            "ulna",
            [elbow - 10 * down + vec(0, 14, 0), elbow + 0.3 * fore - 4 * fan, wrist - 13 * fan],
            [12, 9, 7, 6.5, 6],
            side=side,
            value=[0.78, 0.45, 0.34, 0.34, 0.5],
        ),
        sweep(
            "radius",
            [elbow + 0.05 * fore + 12 * fan, elbow + 0.4 * fore + 10 * fan, wrist + 9 * fan],
            [10, 7, 7, 8, 14],
            [10, 7, 7, 7, 8],
            side=side,
            hint=fan,
            value=[0.6, 0.36, 0.34, 0.4, 0.62],
        ),
    ]


def _leg(points: dict, side: int) -> list[Sweep]:
    hip, knee, ankle = points["hip"], points["knee"], points["ankle"]
    out, down = np.array([side * 1.0, 0, 0]), _unit(ankle - knee)
    shaft = hip + 50 * out + vec(0, 6, 66)
    return [
        sweep(
            "femur-head",
            [hip - 12 * out - (0, 0, 8), hip + 10 * out + vec(0, 0, 8)],
            [19, 23],
            side=side,
            value=0.6,
            marrow=0.5,
        ),
        sweep(
            "femur-neck",
            [hip + 8 * out + vec(0, 0, 6), hip + 50 * out + vec(0, 4, 40)],
            [16, 19],
            [14, 14],
            side=side,
            value=[0.6, 0.62],
            marrow=0.45,
        ),
        sweep(
            "trochanter",
            [hip + 56 * out + vec(0, 14, 0), hip + 62 * out + vec(0, 12, 52)],
            [11, 14],
            side=side,
            value=[0.8, 0.68],
            marrow=0.35,
        ),
        sweep(
            "trochanter",
            [hip + 32 * out + vec(0, 16, 62), hip + 40 * out + vec(0, 12, 82)],
            9,
            side=side,
            value=0.6,
            marrow=0.3,
        ),
        sweep(
            "femur",
            [
                shaft - (0, 0, 24),
                shaft + 0.35 * (knee - shaft) + (0, -10, 0),
                knee - (0, 0, 70),
                knee - (0, 0, 6),
            ],
            [19, 16, 14.5, 14, 14, 16, 24, 37, 38],
            [17, 15, 14, 14, 14, 15, 19, 27, 28],
            side=side,
            value=[0.5, 0.4, 0.35, 0.34, 0.33, 0.33, 0.3, 0.28, 0.33],
            marrow=[0.4, 0.25, 0.1, 0.04, 0, 0, 0, 0, 0],
            wall_mm=6,
            core=0.75,
        ),
        *(
            sweep(
                "femur",
                [knee + vec(x, 8, -24), knee + vec(x, 8, -3)],
                [15, 16],
                [22, 24],
                side=side,
                value=0.4,
            )
            for x in (-21, 21)
        ),
        sweep(
            "patella",
            [knee + vec(0, -44, -40), knee + vec(0, -47, -2)],
            [13, 20, 12],
            8,
            side=side,
            value=0.58,
        ),
        sweep(
            "tibia",
            [
                knee + 5 * down,
                knee + 60 * down - 4 * out,
                knee + 200 * down - 5 * out,
                ankle - 40 * down,
                ankle - 8 * down,
            ],
            [38, 34, 21, 15, 13, 12.5, 12, 14, 22],
            [26, 23, 18, 14, 12, 12, 12, 13, 17],
            side=side,
            value=[0.44, 0.32, 0.32, 0.35, 0.35, 0.34, 0.33, 0.33, 0.36],
            wall_mm=7,
            core=0.8,
        ),
        sweep(
            "fibula",
            [
                knee + 22 * down + 34 * out + vec(0, 14, 0),
                knee + 180 * down + 24 * out,
                ankle + 8 * down + 24 * out,
            ],
            [9, 5, 5, 5, 5, 8],
            side=side,
            value=[0.55, 0.34, 0.32, 0.34, 0.55],
        ),
        sweep(
            "tibia",
            [ankle - 26 * down - 18 * out, ankle + 4 * down - 21 * out],
            8,
            side=side,
            value=0.55,
        ),
    ]


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)
