"""The body's surface, from rows of ellipses along head, trunk, arms and legs."""

from __future__ import annotations

import numpy as np

from .person import SIDE_SIGN, Person


def _trunk(p: Person) -> np.ndarray:
    """Return the trunk's stations: z, x, y, half width, half depth (mm)."""
    h, k, fat = p.height_mm, p.scale, p.fat
    low = h * p.trunk
    slim = max(fat, -5)
    hip = p.hip_half_mm + (92 if p.is_female else 84) * k + 3.2 * slim
    waist = (118 if p.is_female else 130) * k + 5.2 * slim
    chest = 148 * p.chest + 3.3 * slim
    front = 0.55 * slim  # fat gathers in front
    return np.array(
        [
            (0.150 * h, 0, -22 * k, 52 * k + 0.8 * slim, 56 * k + slim),
            (0.168 * h, 0, -18 * k, 66 * k + 1.5 * slim, 60 * k + slim),
            (0.182 * h, 0, -14 * k, p.shoulder_half_mm * 0.85, 66 * k + 2 * slim),
            (0.205 * h, 0, -8 * k, p.shoulder_half_mm + 18 * k, 88 * k + 2.5 * slim),
            (0.245 * h, 0, 0 + front, chest, 106 * p.chest + 3 * slim),
            (0.300 * h, 0, 2 + front, chest, 112 * p.chest + 3.2 * slim),
            (0.360 * low, 0, 4 + 2 * front, waist * 1.02, 104 * k + 4.2 * slim),
            (0.410 * low, 0, 3 + 2 * front, waist * 1.08, 102 * k + 4.4 * slim),
            (0.455 * low, 0, -3 + front, hip * 0.98, 105 * k + 3.6 * slim),
            (0.500 * low, 0, -4, hip, 100 * k + 2.8 * slim),
            (0.528 * low, 0, -4, hip * 0.98, 92 * k + 2.4 * slim),
        ]
    )


def _head(p: Person) -> np.ndarray:
    h, k = p.height_mm, p.scale
    turn = np.linspace(0.02, np.pi - 0.75, 14)
    cap = np.stack(
        [
            0.062 * h * (1 - np.cos(turn)) - 6,
            0 * turn,
            2 + 0 * turn,
            84 * k * np.sin(turn) ** 0.8,
            101 * k * np.sin(turn) ** 0.8,
        ],
        axis=1,
    )
    neck = np.array(
        [(0.135 * h, 0, -8 * k, 58 * k, 68 * k), (0.152 * h, 0, -20 * k, 54 * k, 58 * k)]
    )
    return np.concatenate([cap, neck])


def _arm(p: Person, points: dict, side: str) -> np.ndarray:
    k, fat = p.scale, max(p.fat, -4)
    shoulder, elbow, wrist = (points[j, side] for j in ("shoulder", "elbow", "wrist"))
    tip = wrist + 0.105 * p.height_mm * points["hand_axis", side]
    radii = [(0.0, 42 + 1.3 * fat), (0.5, 41 + 1.6 * fat), (1.0, 37 + 0.8 * fat)]
    rows = []
    for t, r in radii:
        rows.append((*(shoulder + t * (elbow - shoulder)), r * k, r * k))
    for t, r in ((0.3, 38 + 0.8 * fat), (0.75, 28 + 0.4 * fat), (1.0, 25)):
        rows.append((*(elbow + t * (wrist - elbow)), r * k, r * k))
    for t, r in ((0.35, 36), (0.7, 30), (1.0, 8)):
        rows.append((*(wrist + t * (tip - wrist)), r * k, 0.7 * r * k))
    rows = np.array(rows)
    rows[:, 0] += 0.15 * rows[:, 3] * np.sign(rows[:, 0])
    top = rows[:1].copy()
    top[0, 2] -= 40 * k
    top[0, 3:] *= 0.3
    return np.concatenate([top, rows])[:, [2, 0, 1, 3, 4]]


def _leg(p: Person, points: dict, side: str, toe: np.ndarray) -> np.ndarray:
    k, fat = p.scale, max(p.fat, -4)
    hip, knee, ankle = (points[j, side] for j in ("hip", "knee", "ankle"))
    rows = []
    for t, r in ((0.0, 84 + 2.6 * fat), (0.35, 82 + 2.4 * fat), (0.75, 65 + 1.5 * fat)):
        rows.append((*(hip + t * (knee - hip)), r * k, r * k))
    for t, r, depth in ((0.0, 58, 8), (0.3, 57, -6), (0.7, 42, -4), (0.95, 36, 0)):
        x, y, z = knee + t * (ankle - knee)
        rows.append((x, y + depth, z, (r + 0.9 * fat * (1 - t)) * k, (r + 0.9 * fat * (1 - t)) * k))
    for t, r in ((0.25, 40), (0.7, 42), (1.02, 14)):
        rows.append((*(ankle + t * (toe - ankle)), r * k, 0.8 * r * k))
    rows = np.array(rows)
    rows[:2, 0] += np.sign(hip[0]) * (6 + 0.5 * fat)
    return rows[:, [2, 0, 1, 3, 4]]


def _raise(surfaces, stations, x, z) -> None:
    """Widen front and back by one row of ellipses; `x`, `z` are coordinates of the pixels."""
    order = np.argsort(stations[:, 0], kind="stable")
    s = stations[order]
    inside = (z >= s[0, 0]) & (z <= s[-1, 0])
    xc, yc, a, b = (np.interp(z, s[:, 0], s[:, i]).astype(np.float32) for i in range(1, 5))
    rise = np.where(inside, 1 - ((x - xc) / np.maximum(a, 1)) ** 2, -1)
    half = b * np.sqrt(np.maximum(rise, 0))
    front, back = surfaces
    hit = rise > 0
    np.maximum(front, np.where(hit, yc + half, front), out=front)
    np.minimum(back, np.where(hit, yc - half, back), out=back)


def draw_outline(person: Person, points: dict, x, z) -> tuple[np.ndarray, np.ndarray]:
    """Return y of the front and back surface over pixels, mm; front < back where there is air.

    `x` [columns] and `z` [rows] are the pixels' centres in the image, which is tilted.
    """
    xx, zz = np.meshgrid(x, z)
    middle = 0.45 * person.height_mm
    c, s = np.float32(np.cos(person.tilt)), np.float32(np.sin(person.tilt))
    xx, zz = c * xx + s * (zz - middle), middle - s * xx + c * (zz - middle)
    front = np.full(xx.shape, -1e3, np.float32)
    back = np.full(xx.shape, 1e3, np.float32)
    parts = [_head(person), _trunk(person)]
    for side, _ in SIDE_SIGN:
        parts += [_arm(person, points, side), _leg(person, points, side, points["toe", side])]
    for stations in parts:
        top, bottom = stations[:, 0].min() - 30, stations[:, 0].max() + 30
        rows = slice(*np.searchsorted(z, (top, bottom)))
        _raise((front[rows], back[rows]), stations, xx[rows], zz[rows])
    return front, back
