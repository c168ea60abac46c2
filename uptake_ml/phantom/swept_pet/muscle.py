"""Muscles that were at work: long spindles on one side or both."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.swept.body import Body
from uptake_ml.phantom.swept.person import SIDES, log_uniform
from uptake_ml.phantom.swept.sweep import Sweep, sweep
from uptake_ml.phantom.swept_pet.uptake import Uptake

# Points (x, y, z) on the left in mm of a body of 1.7 m, and half widths from end to end.
_TRUNK = {
    "neck": (((54, -78, 150), (40, -108, 220), (16, -138, 300)), (6, 10, 6)),
    "scalene": (((26, -84, 210), (36, -88, 250), (50, -92, 288)), (4, 7, 4)),
    "nape": (((18, -34, 140), (22, -32, 200), (18, -26, 265)), (6, 11, 7)),
    "trapezius": (((24, -30, 190), (40, -34, 250), (112, -52, 268)), (8, 14, 8)),
    "pectoral": (((30, -184, 400), (80, -172, 370), (126, -116, 330)), (9, 13, 7)),
    "beside spine": (((26, -16, 380), (28, -20, 540), (26, -30, 690)), (8, 14, 12)),
    "psoas": (((34, -92, 620), (46, -96, 720), (78, -112, 810)), (8, 18, 11)),
    "buttock": (((50, -18, 770), (84, -22, 810), (124, -40, 850)), (18, 30, 20)),
    "chewing": (((58, -122, 126), (56, -128, 156), (50, -124, 184)), (5, 9, 6)),
    "crura": (((16, -80, 540), (18, -78, 575), (16, -76, 615)), (4, 6, 4)),
}
# Joints, the shares of the way between them, how far beside it in mm, and half widths.
_LIMB = {
    "deltoid": ("shoulder", "elbow", (-0.05, 0.15, 0.4), (24, 0, 0), (18, 21, 9)),
    "biceps": ("shoulder", "elbow", (0.3, 0.6, 0.9), (0, -16, 0), (8, 16, 8)),
    "forearm": ("elbow", "wrist", (0.05, 0.3, 0.75), (8, -8, 0), (10, 15, 6)),
    "thigh": ("hip", "knee", (0.15, 0.5, 0.85), (10, -46, 0), (20, 30, 14)),
    "adductor": ("hip", "knee", (0.1, 0.35, 0.65), (-34, 0, 0), (12, 20, 9)),
    "calf": ("knee", "ankle", (0.08, 0.3, 0.65), (0, 26, 0), (14, 24, 10)),
}  # fmt: skip
# Large muscles of the legs work in pairs and stay near the blood; others may be hotter, or work
# on one side alone.
_LEGS = ("thigh", "adductor", "calf", "buttock")
_SUV, _LEG_SUV, _BOTH_SHARE = (1.2, 5.0), (0.9, 2.0), 0.8


def draw_muscles(rng: np.random.Generator, body: Body, uptake: Uptake) -> list[Sweep]:
    """Return one to five muscles that take up more than the rest."""
    solids, suvs = [], {False: log_uniform(rng, *_SUV), True: log_uniform(rng, *_LEG_SUV)}
    for name in rng.choice([*_TRUNK, *_LIMB], rng.integers(1, 6), replace=False):
        is_leg = name in _LEGS
        is_paired = is_leg or rng.random() < _BOTH_SHARE
        only = None if is_paired else int(rng.choice([-1, 1]))
        own, thick = suvs[is_leg] * rng.lognormal(0, 0.25), rng.uniform(0.7, 1.15)
        for side in SIDES.values():
            if only in (None, side):
                points, half = _way(body, str(name), side)
                points = points + rng.normal(0, 3, (3, 3))
                value = own * rng.lognormal(0, 0.15, 6)
                half_u = thick * np.array(half)
                solids.append(sweep("muscle", points, half_u, 0.65 * half_u, value=value))
    return solids


def _way(body: Body, name: str, side: int) -> tuple[np.ndarray, tuple[float, ...]]:
    if name in _TRUNK:
        points, half = _TRUNK[name]
        return np.array(points) * (side, 1, 1), half
    start, stop, shares, beside, half = _LIMB[name]
    first, last = body.points[start, side], body.points[stop, side]
    shift = np.array(beside) * (side, 1, 1)
    return np.array([first + share * (last - first) + shift for share in shares]), half
