"""Soft tissue: the outline of the body and the organs that both kinds of scan show."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.swept.person import Person, spine_at
from uptake_ml.phantom.swept.sweep import Sweep, sweep


def build_outline(person: Person, joints: dict, matrix: np.ndarray) -> list[Sweep]:
    """Return head, neck, trunk and limbs as solids of concentration 1."""
    g, w = person.girth, person.pelvis
    return [
        *_head(g, matrix, spine_at(person, 150)),
        _trunk(person, g, w),
        *(part for side in (-1, 1) for part in _limbs(person, joints, side, g)),
    ]


def _head(g: float, matrix: np.ndarray, pivot: np.ndarray) -> list[Sweep]:
    z = np.array([-5, 2, 20, 50, 80, 115, 150, 185, 214])
    half_x = [20, 44, 66, 79, 82, 77, 70, 58, 40]
    half_y = [24, 50, 78, 98, 102, 98, 84, 62, 34]
    middle_y = np.interp(z, [0, 100, 150, 214], [-92, -92, -104, -138])
    points = (np.stack([0 * z, middle_y, z], axis=1) - pivot) @ matrix.T + pivot
    return [sweep("flesh", points, half_x, half_y, power=2, is_rounded=False)]


def _trunk(person: Person, g: float, w: float) -> Sweep:
    z = np.array([170, 215, 250, 275, 300, 350, 420, 520, 610, 700, 790, 850, 905])
    waist = 1 - 0.07 * person.is_female
    c, sh = person.chest, person.shoulder
    half_x = np.array(
        [
            56,
            56,
            66,
            105 * sh,
            150 * sh,
            164 * c,
            163 * c,
            156 * c,
            146 * waist,
            156 * w,
            172 * w,
            168 * w,
            120,
        ]
    )
    half_y = np.array([58, 56, 60, 72, 84, 98, 108, 108, 98, 98, 100, 92, 70])
    fat = 1 + (g - 1) * np.interp(z, [200, 300, 450, 600, 800], [0.3, 0.6, 0.8, 1.25, 0.9])
    # Fat lies on bones of a fixed width: only what is more than them grows.
    half_x = half_x * (1 + (fat - 1) * np.where(fat < 1, 0.45, 1))
    half_y = half_y * (1 + (fat - 1) * np.where(fat < 1, 0.5, 1.1))
    back = np.interp(z, [170, 250, 300], [-34, -14, 8])
    points = np.stack([0 * z, back - half_y, z], axis=1)
    return sweep("flesh", points, half_x, half_y, power=3, is_rounded=False)


def _limbs(person: Person, joints: dict, side: int, g: float) -> list[Sweep]:
    at = {name: point for (name, s), point in joints.items() if s == side}
    out = np.array([side * 1.0, 0, 0])
    thigh = (1 + 0.9 * (g - 1)) * (1.05 if person.is_female else 1.0)
    arm, fore = 1 + 0.9 * (g - 1), at["wrist"] - at["elbow"]
    down = (at["ankle"] - at["knee"]) / np.linalg.norm(at["ankle"] - at["knee"])
    foot = np.array([side * np.sin(0.5) * 0.7, -0.7, 0.75])
    return [
        sweep(
            "flesh",
            [
                at["shoulder"] + (0, 0, -24),
                0.5 * (at["shoulder"] + at["elbow"]),
                at["elbow"],
                at["elbow"] + 0.3 * fore,
                at["wrist"],
            ],
            np.array([46, 50, 46, 43, 40, 42, 36, 28]) * arm,
            np.array([46, 50, 47, 43, 38, 36, 30, 22]) * arm,
            side=side,
        ),
        sweep(
            "flesh", [at["wrist"], at["wrist"] + 0.40 * fore], [29, 43, 40], [19, 19, 15], side=side
        ),
        sweep(
            "flesh",
            [at["wrist"] + 0.40 * fore, at["wrist"] + 0.72 * fore],
            [40, 34, 24],
            [15, 12, 9],
            side=side,
        ),
        sweep(
            "flesh",
            [
                at["hip"] + 4 * out + (0, 0, -20),
                at["hip"] + 6 * out + (0, 4, 130),
                at["knee"] - 60 * down,
                at["knee"],
            ],
            np.array([84, 84, 80, 74, 68, 61, 57]) * thigh,
            np.array([90, 90, 84, 78, 72, 64, 58]) * thigh,
            side=side,
            power=2,
        ),
        sweep(
            "flesh",
            [at["knee"], at["knee"] + 110 * down + (0, 8, 0), at["ankle"] + 20 * down],
            np.array([57, 56, 58, 52, 42, 36, 34]) * (0.4 + 0.6 * thigh),
            side=side,
        ),
        sweep(
            "flesh",
            [at["ankle"] - 25 * foot + (0, 22, 14), at["ankle"] + 170 * foot],
            [36, 40, 44, 42, 34],
            [36, 34, 26, 18, 12],
            side=side,
        ),
    ]


def build_lungs(person: Person) -> list[Sweep]:
    """Return both lungs."""
    c = person.chest
    lungs = []
    for side in (-1, 1):
        points = [
            (side * 48 * c, -78, 288),
            (side * 70 * c, -92, 340),
            (side * 82 * c, -100, 420),
            (side * 86 * c, -92, 490),
        ]
        lungs.append(sweep("lung", points, [24, 40, 50, 48, 40], [26, 56, 80, 78, 52], side=side))
    return lungs


def build_kidney(side: int, rng: np.random.Generator, value: float) -> list[Sweep]:
    """Return a kidney, its cortex more avid than what it encloses, and its pelvis."""
    drop = (10 if side < 0 else 0) + rng.normal(0, 10)
    length, tilt = rng.uniform(86, 112), rng.uniform(8, 22)
    z = 598 + drop + np.linspace(-0.5, 0.5, 5) * length
    x = side * (60 + np.linspace(-0.5, 0.5, 5) * tilt + np.array([-3, 1, 3, 1, -3]))
    y = -56 + np.linspace(6, -8, 5) + rng.normal(0, 4)
    half = rng.uniform(0.85, 1.1) * np.array([9, 22, 26, 24, 11])
    return [
        sweep(
            "kidney",
            np.stack([x, y, z], axis=1),
            half,
            0.85 * half,
            side=side,
            value=value,
            wall_mm=12,
            core=rng.uniform(0.3, 0.8),
        ),
        sweep(
            "kidney",
            [(side * 50, -60, z[2] - 8), (side * 42, -66, z[2] + 16)],
            rng.uniform(4, 9),
            side=side,
            value=rng.uniform(0.8, 1.8) * value,
        ),
    ]


def build_bladder(rng: np.random.Generator, value: float, fill: float) -> list[Sweep]:
    """Return the bladder at a filling from 0 (voided) to 1."""
    x, r = rng.normal(0, 5), 20 + 26 * fill
    lobes = (
        (2, rng.uniform(0, 0.1), rng.uniform(0, 6)),
        (3, rng.uniform(0, 0.07), rng.uniform(0, 6)),
    )
    z = np.linspace(828 - 34 * fill, 862, 7)
    lean = np.linspace(-1, 1, 7) * rng.normal(0, 4)
    points = np.stack([x + lean, -112 + 0 * z, z], axis=1)
    shape = np.array([0.3, 0.68, 0.92, 1, 0.95, 0.7, 0.3]) * r * np.exp(rng.normal(0, 0.04, 7))
    return [sweep("bladder", points, 1.15 * shape, 0.9 * shape, value=value, lobes=lobes)]


def build_ureter(side: int, rng: np.random.Generator, value: float) -> Sweep:
    """Return a stretch of a ureter that holds urine."""
    low, high = sorted(rng.uniform(0, 1, 2))
    high = min(low + max(high - low, 0.12), 1)
    parts = np.linspace(low, high, 4)
    z = 620 + parts * 200
    x = side * np.interp(parts, [0, 0.5, 0.8, 1], [44, 38, 48, 24])
    y = np.interp(parts, [0, 0.5, 0.8, 1], [-68, -96, -70, -80])
    return sweep("ureter", np.stack([x, y, z], axis=1), 3.5, side=side, value=value)
