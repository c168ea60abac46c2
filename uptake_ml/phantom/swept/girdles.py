"""Collarbones, shoulder blades and pelvis."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.swept.person import Person
from uptake_ml.phantom.swept.sweep import Sweep, rotation, sweep, turned, vec


def build_shoulder_girdle(person: Person, joints: dict) -> list[Sweep]:
    """Return collarbones and shoulder blades; blades turn out when the arms are raised."""
    bones = []
    for side in (-1, 1):
        x, _, z = joints["shoulder", side]
        x = abs(x)
        tip = (side * (x - 14), -72, z - 26)
        collar = [
            (side * 18, -140, 316),
            (side * 0.42 * x, -142, 306),
            (side * 0.72 * x, -98, z - 14),
            tip,
        ]
        bones.append(
            sweep(
                "clavicle",
                collar,
                [9, 6, 5.5, 6, 8],
                [7, 5, 5, 5, 5],
                side=side,
                value=[1.15, 0.7, 0.6, 0.65, 1.0],
                marrow=0.3,
            )
        )
        blade = _scapula(side, x, z)
        if person.arms == "up":
            matrix = rotation(y_deg=-side * 24)
            blade = [turned(part, matrix, np.array([side * (x - 20), -70, z])) for part in blade]
        bones += blade
    return bones


def _scapula(side: int, x: float, z: float) -> list[Sweep]:
    flip = np.array([side, 1, 1])
    glenoid, low = np.array([x - 25, -68, z + 8]), np.array([x - 72, -22, z + 150])
    top, root = np.array([x - 92, -40, z - 12]), np.array([x - 94, -24, z + 34])
    acromion = np.array([x + 2, -54, z - 26])

    def part(points, *halves, **other) -> Sweep:
        return sweep("scapula", np.array(points) * flip, *halves, side=side, **other)

    return [
        part(
            [0.5 * (glenoid + top), low * 0.6 + 0.4 * root + vec(14, 0, 0), low],
            [34, 24, 5],
            2,
            value=0.34,
            marrow=0.4,
            hint=(1, -0.5 * side, 0),
        ),
        part(
            [glenoid + vec(0, 4, 4), 0.5 * (glenoid + low) + (4, 0, 0), low],
            [7, 5.5, 6],
            5,
            value=[0.85, 0.8, 0.95],
            marrow=0.6,
        ),
        part(
            [top, root, 0.5 * (root + low) + (-7, 4, 0), low],
            3.5,
            3,
            value=[0.5, 0.5, 0.6, 0.9],
            marrow=0.4,
        ),
        part([top, glenoid + vec(-8, 0, -14)], 3.5, value=0.45, marrow=0.4),
        part(
            [root, 0.5 * (root + acromion) + (0, 12, 0), acromion],
            [4, 5, 6],
            [4, 7, 6],
            value=[0.6, 0.65, 0.7],
            marrow=0.5,
        ),
        part([acromion, acromion + vec(6, -26, 4)], [8, 6], 5, value=0.58, marrow=0.4),
        part(
            [glenoid + vec(-6, -4, -6), glenoid + vec(-8, -36, -2)], [7, 6], value=0.5, marrow=0.4
        ),
        part([glenoid + vec(0, -4, -14), glenoid + vec(1, 0, 18)], 6, 13, value=0.48, marrow=0.6),
    ]


def build_pelvis(person: Person) -> list[Sweep]:
    """Return sacrum, hip bones and the sacroiliac joints' bright plates."""
    bones = [
        sweep(
            "sacrum",
            [(0, -74, 706), (0, -48, 750), (0, -36, 790), (0, -42, 822)],
            [46, 40, 29, 15],
            [17, 14, 11, 8],
            value=[0.75, 0.6, 0.55, 0.5],
            marrow=0.9,
            power=3,
            is_rounded=False,
        ),
        sweep("sacrum", [(0, -30, 735), (0, -18, 775), (0, -24, 815)], 5, 4, value=0.6, marrow=0.4),
        sweep("coccyx", [(0, -42, 824), (0, -54, 850)], [9, 4], 4, value=0.5),
    ]
    for side in (-1, 1):
        bones += _hip_bone(person, side)
    return bones


def _hip_bone(person: Person, side: int) -> list[Sweep]:
    w = person.pelvis
    turns = np.linspace(-0.2 * np.pi, 1.2 * np.pi, 12)
    cup = np.stack(
        [
            88 * w + 20 - 26 * np.sin(turns) * 1.0,
            -84 - 27 * np.cos(turns),
            826 - 16 * np.sin(turns),
        ],
        axis=1,
    )

    def part(name, points, *halves, **other) -> Sweep:
        at = np.array(points, float) * (side, 1, 1)
        return sweep(name, at, *halves, side=side, **other)

    crest = [
        (40 * w, -24, 744),
        (64 * w, -24, 692),
        (100 * w, -50, 660),
        (130 * w, -100, 672),
        (132 * w, -132, 704),
        (124 * w, -150, 736),
    ]
    return [
        part(
            "ilium",
            [(88 * w, -82, 802), (88 * w, -72, 760), (93 * w, -66, 715), (100 * w, -64, 672)],
            [24, 36, 62, 44],
            [9, 4.5, 3.5, 4],
            value=[0.85, 0.66, 0.56, 0.65],
            marrow=0.75,
            hint=(0.62, -0.78, 0) if side > 0 else (-0.62, -0.78, 0),
        ),
        part(
            "ilium",
            crest,
            [7, 9, 8, 8, 8, 7],
            [7, 8, 6, 6, 6, 6],
            value=[0.95, 0.95, 0.85, 0.95, 0.9, 0.85],
            marrow=0.7,
        ),
        part(
            "ilium",
            [(124 * w, -150, 736), (112 * w, -136, 774), (98 * w, -108, 800)],
            [6, 7, 11],
            value=[0.8, 0.75, 0.85],
            marrow=0.6,
        ),
        part(
            "ilium",
            [(46 * w, -40, 738), (50 * w, -48, 770), (72 * w, -68, 800)],
            [12, 11, 12],
            [10, 8, 10],
            value=[0.9, 0.85, 0.85],
            marrow=0.7,
        ),
        part(
            "si-joint",
            [(50 * w, -54, 722), (48 * w, -44, 748), (43 * w, -36, 786)],
            [6, 7, 5],
            [17, 16, 11],
            value=1.0,
            marrow=0.8,
        ),
        part("acetabulum", cup, 7, value=0.9, marrow=0.6),
        part(
            "pubis",
            [(80 * w, -104, 812), (52 * w, -128, 836), (12, -136, 852)],
            [11, 7, 9],
            value=[0.85, 0.7, 0.8],
            marrow=0.5,
        ),
        part("pubis", [(11, -134, 848), (12, -126, 876)], 8, value=0.85, marrow=0.5),
        part(
            "ischium",
            [(90 * w, -62, 826), (78 * w, -44, 866), (64 * w, -44, 898)],
            [16, 13, 15],
            [12, 12, 13],
            value=[0.8, 0.75, 0.9],
            marrow=0.5,
        ),
        part(
            "ischium",
            [(62 * w, -50, 902), (38 * w, -84, 896), (15, -118, 878)],
            [9, 6, 7],
            value=[0.8, 0.65, 0.75],
            marrow=0.4,
        ),
    ]
