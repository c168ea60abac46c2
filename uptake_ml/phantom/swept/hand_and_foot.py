"""Bones of hands and feet."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.swept.sweep import Sweep, sweep

_FINGERS_MM = (
    (46, 31, 0, 24),
    (66, 42, 24, 19),
    (63, 45, 28, 20),
    (57, 42, 27, 20),
    (53, 34, 20, 18),
)
_TOES_MM = ((62, 30, 0, 22), (72, 24, 12, 9), (69, 22, 11, 9), (67, 20, 10, 9), (66, 18, 9, 8))


def build_hand(points: dict, side: int, roll_deg: float) -> list[Sweep]:
    """Return carpus, metacarpals and fingers; at a roll of 0 the palm lies on the table."""
    wrist = points["wrist"]
    fore = _unit(wrist - points["elbow"])
    flat = _unit(np.cross(fore, np.cross(np.array([-side * 1.0, 0, 0]), fore)))
    up = np.cross(fore, flat)
    r = np.deg2rad(roll_deg)
    fan = np.cos(r) * flat + np.sin(r) * up * np.sign(-up[1] or 1)
    curl = _unit(np.cross(fore, fan)) * side
    bones = [
        sweep(
            "carpus",
            [
                wrist + (10 + 12 * row) * fore - 15 * fan,
                wrist + (12 + 12 * row) * fore,
                wrist + (10 + 12 * row) * fore + 16 * fan,
            ],
            7,
            7,
            side=side,
            value=[0.6, 0.8, 0.7],
        )
        for row in (0, 1)
    ]
    for k, lengths in enumerate(_FINGERS_MM):
        spread = (0.72, 0.17, 0.04, -0.08, -0.20)[k]
        base = wrist + (24 if k else 14) * fore + (24, 12, 3, -7, -16)[k] * fan
        way = _unit(fore + spread * fan)
        bones += _digit("finger", base, way, curl, lengths, side, (5.2, 4.6, 3.8))
    return bones


def build_foot(points: dict, side: int, turn_deg: float) -> list[Sweep]:
    """Return tarsus, metatarsals and toes of a foot that falls outwards by ``turn_deg``."""
    ankle = points["ankle"]
    turn = np.deg2rad(turn_deg)
    toes = _unit(np.array([side * np.sin(turn) * 0.8, -np.cos(turn) * 0.8, 0.75]))
    fan = _unit(np.cross(np.cross(toes, np.array([-side * 1.0, 0, 0.0])), toes))
    sole = np.cross(toes, fan) * side
    sole = sole if sole[2] > 0 else -sole
    heel = ankle + 30 * sole - 34 * toes
    bones = [
        sweep(
            "talus",
            [ankle + 4 * sole - 10 * toes, ankle + 10 * sole + 34 * toes],
            [19, 15],
            [14, 12],
            side=side,
            value=0.25,
            hint=fan,
        ),
        sweep(
            "calcaneus",
            [heel, ankle + 26 * sole, ankle + 24 * sole + 40 * toes - 10 * fan],
            [18, 15, 13],
            [19, 14, 12],
            side=side,
            value=[0.36, 0.24, 0.24],
            hint=fan,
        ),
        sweep(
            "tarsus",
            [ankle + 14 * sole + 44 * toes + 18 * fan, ankle + 20 * sole + 48 * toes - 20 * fan],
            13,
            9,
            side=side,
            value=0.42,
            hint=toes,
        ),
        sweep(
            "tarsus",
            [ankle + 18 * sole + 64 * toes + 20 * fan, ankle + 24 * sole + 60 * toes - 24 * fan],
            9,
            8,
            side=side,
            value=0.42,
            hint=toes,
        ),
    ]
    for k, lengths in enumerate(_TOES_MM):
        base = ankle + 22 * sole + 70 * toes + (20, 9, -1, -11, -22)[k] * fan
        way = _unit(toes + (0.06, 0.0, -0.05, -0.1, -0.15)[k] * fan + 0.12 * sole)
        half = (7.5, 6, 5) if k == 0 else (4.8, 4, 3.6)
        bones += _digit("toe", base, way, 0.5 * sole, lengths, side, half)
    return bones


def _digit(kind: str, base, way, curl, lengths, side: int, half) -> list[Sweep]:
    """Return a metacarpal or metatarsal and its phalanges, bent a little at each joint."""
    bones, start = [], base
    for j, length in enumerate(lengths):
        if length == 0:
            continue
        way = _unit(way + 0.14 * j * curl)
        stop = start + length * way
        h = half[min(j, 2)]
        ends = (0.8, 0.55, 0.8) if kind == "finger" else (0.5, 0.38, 0.55)
        name = ("metacarpal" if kind == "finger" else "metatarsal") if j == 0 else kind
        bones.append(
            sweep(
                name,
                [start + 1.5 * way, stop - 1.5 * way],
                [h * 1.25, h * 0.85, h * 1.25],
                side=side,
                value=ends,
            )
        )
        start = stop
    return bones


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)
