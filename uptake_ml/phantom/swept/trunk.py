"""Spine, ribs and breastbone."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.swept.person import Person, spine_at
from uptake_ml.phantom.swept.sweep import Sweep, sweep

NECK = [f"C{k}" for k in range(1, 8)]
CHEST = [f"T{k}" for k in range(1, 13)]
LOINS = [f"L{k}" for k in range(1, 6)]
VERTEBRAE = (*NECK, *CHEST, *LOINS)
_HEIGHTS_MM = (*[16.3] * 7, *np.linspace(18.8, 25.5, 12), *np.linspace(33, 36, 5))
_TOPS_MM = 148 + np.concatenate([[0], np.cumsum(_HEIGHTS_MM)])
# Of each rib: half width, depth of its front end, fall from back to front, x of that end.
_RIB_HALF_X = (62, 92, 110, 120, 127, 132, 136, 138, 138, 133, 122, 92)
_RIB_FRONT_Y = (-132, -158, -174, -186, -195, -201, -204, -200, -190, -174, -110, -62)
_RIB_FALL = (46, 72, 93, 108, 121, 131, 138, 140, 131, 116, 84, 46)
_RIB_END_X = (36, 49, 58, 66, 75, 85, 96, 107, 116, 122, 121, 92)


def vertebra_z(name: str) -> tuple[float, float]:
    """Return the heights in mm, in a body of 1.7 m, between which a vertebra and its disc lie."""
    k = VERTEBRAE.index(name)
    return float(_TOPS_MM[k]), float(_TOPS_MM[k + 1])


def build_spine(person: Person) -> list[Sweep]:
    """Return the vertebrae, named C1 to L5: bodies, arches and processes."""
    wide = np.interp(np.arange(24), [0, 6, 7, 12, 18, 23], [11, 13, 13.5, 14, 18, 24])
    deep = np.interp(np.arange(24), [0, 6, 7, 12, 18, 23], [7, 8.5, 9, 13, 15, 17])
    bones = []
    for k, name in enumerate(VERTEBRAE):
        low, high = vertebra_z(name)
        gap = 0.17 * (high - low)
        body = spine_at(person, np.linspace(low + gap, high - gap, 4))
        ends = 1.12 if k > 6 else 1.0
        level = 0.72 if k < 7 else (0.84 if k < 19 else 1.12)
        bones.append(
            sweep(
                name,
                body,
                wide[k] * np.array([1.06, 0.94, 0.94, 1.06]),
                deep[k],
                value=level * np.array([ends, 0.9, 0.9, ends]),
                marrow=1.0,
                power=3,
                is_rounded=False,
            )
        )
        bones += _arch(name, spine_at(person, (low + high) / 2), wide[k], deep[k], k)
    return bones


def _arch(name: str, middle: np.ndarray, wide: float, deep: float, k: int) -> list[Sweep]:
    x, y, z = middle
    reach = np.interp(k, [0, 6, 7, 14, 18, 20, 23], [28, 30, 34, 30, 24, 36, 42])
    spine = np.interp(k, [0, 5, 7, 18, 19, 23], [14, 24, 34, 30, 34, 30])
    droop = np.interp(k, [0, 7, 12, 18, 23], [4, 10, 20, 10, 8])
    thick = np.interp(k, [0, 7, 19, 23], [4, 4, 4.5, 5.5])
    level = 0.7 if k < 7 else (0.58 if k < 19 else 1.0)
    back = y + deep + 8
    parts = [
        sweep(
            name,
            [(x - reach, back + 4, z), (x, back, z - 2), (x + reach, back + 4, z)],
            thick,
            value=[0.8 * level, level, 0.8 * level],
            marrow=0.4,
        ),
        sweep(
            name,
            [(x, back + 4, z), (x, back + spine, z + droop)],
            [4, 3.5],
            [7, 9],
            value=(0.7 if k < 19 else 0.9) * level,
            marrow=0.4,
        ),
    ]
    for side in (-1, 1):
        rise = 5 if k < 19 else 11
        facet = [
            (x + side * 0.75 * wide, back, z - rise),
            (x + side * 0.8 * wide, back + 2, z + 0.6 * rise),
        ]
        parts.append(sweep(name, facet, 5, 6, side=side, value=level, marrow=0.3))
    return parts


def build_ribs(person: Person) -> list[Sweep]:
    """Return ribs, named rib1 to rib12, and cartilages of the first ten, named cartilage1 on."""
    bones = []
    for k in range(12):
        for side in (-1, 1):
            rib = _rib(person, k, side)
            bones.append(rib)
            if k < 10:
                bones.append(_cartilage(person, k, side, rib.centre[-1]))
    return bones


def _rib(person: Person, k: int, side: int) -> Sweep:
    low, high = vertebra_z(CHEST[k])
    x0, y0, z0 = spine_at(person, low + 0.25 * (high - low))
    c, fall = person.chest, _RIB_FALL[k]
    wide, end, front = c * _RIB_HALF_X[k], c * _RIB_END_X[k], _RIB_FRONT_Y[k]
    back = -26 - 6 * (k in (0, 11)) - 14 * (k == 0)
    middle = 0.5 * (back + front) + 8
    points = [
        (x0 + side * 15, y0 + 12, z0),
        (x0 + side * 34, back - 2, z0 - 1),
        (side * 0.66 * wide, back - 4, z0 + 0.10 * fall),
    ]
    if k < 10:
        points += [
            (side * 0.95 * wide, middle + 0.22 * (back - front), z0 + 0.32 * fall),
            (side * wide, middle, z0 + 0.5 * fall),
            (side * (0.55 * wide + 0.45 * end), 0.8 * front + 0.2 * middle, z0 + 0.84 * fall),
        ]
        points.append((side * end, front, z0 + fall))
    else:
        points += [(side * 0.93 * wide, middle, z0 + 0.55 * fall), (side * wide, front, z0 + fall)]
    if k == 0:
        points = [
            points[0],
            points[1],
            (side * 0.8 * wide, -70, z0 + 14),
            (side * wide, -98, z0 + 28),
            (side * end, front, z0 + fall),
        ]
    return sweep(
        f"rib{k + 1}",
        points,
        [5.5, 6.5, 6.5, 6, 6, 6.5, 7.5],
        [4, 4, 3.6, 3.4, 3.4, 3.6, 4],
        side=side,
        hint=(0, 0, 1),
        value=[0.55, 0.9, 1.0, 0.86, 0.78, 0.84, 1.1],
        marrow=0.75,
    )


def _cartilage(person: Person, k: int, side: int, start: np.ndarray) -> Sweep:
    if k < 7:
        stop_z = np.interp(k, [0, 1, 6], [330, 362, 478])
        stop = np.array([side * 17, sternum_y(stop_z), stop_z])
    else:
        stop = np.array([side * person.chest * 0.72 * _RIB_END_X[k], -206, start[2] - 26])
    middle = 0.5 * (start + stop) + np.array([0, -5, 0.12 * abs(start[0] - stop[0])])
    old = np.clip((person.age - 45) / 40, 0, 1)
    return sweep(
        f"cartilage{k + 1}",
        [start, middle, stop],
        6.5,
        3.5,
        side=side,
        hint=(0, 0, 1),
        value=0.10 + 0.15 * old,
    )


def sternum_y(z: float) -> float:
    """Return the depth of the breastbone at a height, both in mm in a body of 1.7 m."""
    return float(np.interp(z, [315, 370, 500], [-136, -164, -200]))


def build_sternum(person: Person) -> list[Sweep]:
    """Return manubrium, body of the breastbone and xiphoid process."""
    line = lambda *levels: [(0, sternum_y(z), z) for z in levels]  # noqa: E731
    return [
        sweep(
            "manubrium",
            line(318, 340, 364),
            [26, 23, 15],
            6,
            value=[1.2, 1.0, 1.25],
            marrow=0.9,
            power=3,
            is_rounded=False,
        ),
        sweep(
            "sternum",
            line(368, 420, 474),
            [14, 16, 17],
            5.5,
            value=[1.25, 0.95, 1.1],
            marrow=0.9,
            power=3,
            is_rounded=False,
        ),
        sweep("xiphoid", line(476, 502), [8, 4], 3, value=0.5, marrow=0.3),
    ]
