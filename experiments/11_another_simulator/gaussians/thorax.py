"""Ribs, sternum, clavicles and scapulae."""

from __future__ import annotations

import numpy as np

from .person import SIDE_SIGN, Person

# Per rib 1 to 12: half width (mm), last angle from the back (rad), drop from back to front (mm).
_HALF = (58, 84, 104, 117, 126, 132, 136, 139, 138, 132, 120, 98)
_LAST = (2.60, 2.50, 2.46, 2.42, 2.36, 2.28, 2.20, 2.05, 1.92, 1.78, 1.35, 0.95)
_DROP = (26, 44, 58, 70, 82, 92, 100, 106, 108, 104, 78, 52)


def add_ribs(cloud, person: Person, points: dict, rng) -> None:
    """Add twelve pairs of ribs; place their ends at the cartilage."""
    c = person.chest
    for side, s in SIDE_SIGN:
        for i in range(12):
            start = points[f"T{i + 1}", None]
            half, drop = _HALF[i] * c, _DROP[i] * c
            # The chest deepens from the first rib to the eighth.
            depth = np.interp(i, [0, 3, 7, 11], [58, 88, 104, 88]) * c
            first = np.arcsin(min(24 / half, 0.9))
            angle = np.linspace(first, _LAST[i] * rng.normal(1, 0.01), 25)
            middle = start[1] + depth * 0.94 - 6
            part = (angle - first) / (2.4 - first)
            path = np.stack(
                [
                    start[0] * (1 - part) + s * half * np.sin(angle),
                    middle - depth * np.cos(angle),
                    start[2] - 7 + drop * (part**1.15) - 8 * np.exp(-(((part - 0.12) / 0.1) ** 2)),
                ],
                axis=1,
            )
            uptake = np.interp(part, [0, 0.1, 0.3, 0.9, 1], [3.9, 3.5, 3.2, 3.0, 3.4])
            uptake = uptake * rng.normal(1, 0.06)
            cloud.chain(f"rib{i + 1}", side, path, 5.0 if i < 10 else 4.3, uptake, spacing_mm=8)
            points[f"rib{i + 1}_end", side] = path[-1]
            points[f"rib{i + 1}_root", side] = path[0]


def add_sternum(cloud, person: Person, points: dict, rng) -> None:
    """Add manubrium, body and xiphoid."""
    k, top = person.scale, points["sternum", None]
    slope = 0.32
    length = 142 * k * (0.93 if person.is_female else 1.0)
    pieces = [(0.13, 25, 4.6)] + [(t, 17, 4.0) for t in (0.38, 0.52, 0.66, 0.8)] + [(0.95, 8, 2.2)]
    for t, half, uptake in pieces:
        centre = top + np.array([0, slope * t * length, t * length])
        for x in (-0.5, 0.5):
            semi = (half * 0.62 * k, 7, length * (0.15 if t < 0.2 else 0.11))
            shade = uptake * rng.normal(1, 0.07)
            cloud.blob("sternum", None, centre + np.array([x * half * k, 0, 0]), semi, shade)
    angle = top + np.array([0, slope * 0.28 * length, 0.28 * length])
    points["manubriosternal", None] = angle
    cloud.blob("sternum", None, angle, (20 * k, 7, 4), 4.2 * rng.lognormal(0, 0.2))


def add_shoulder_girdle(cloud, person: Person, points: dict, rng) -> None:
    """Add clavicles and scapulae; place the joints at both ends of the clavicle."""
    k, top = person.scale, points["sternum", None]
    for side, s in SIDE_SIGN:
        shoulder = points["shoulder", side]
        sternal = top + np.array([s * 26 * k, 2, 4])
        acromial = shoulder + np.array([-s * 2 * k, 2, -33 * k])
        points["sternoclavicular", side], points["acromioclavicular", side] = sternal, acromial
        span = acromial - sternal
        path = [sternal + t * span for t in (0, 0.25, 0.5, 0.75, 1)]
        bend = np.array([0, 14, 9, -8, 0])
        path = np.array(path) + np.stack([0 * bend, bend, -0.35 * bend], 1)
        cloud.chain("clavicle", side, path, (9, 7, 6, 6.5, 8), (2.7, 1.9, 1.7, 1.9, 2.6))
        cloud.blob("clavicle", side, sternal, (11, 9, 11), 3.2 * rng.lognormal(0, 0.1))
        _add_scapula(cloud, k, s, side, shoulder, acromial, points, rng)


def _add_scapula(cloud, k, s, side, shoulder, acromial, points, rng) -> None:
    wide = abs(shoulder[0])
    inner = np.array([s * (wide - 96 * k), -92 * k, shoulder[2] - 14 * k])
    glenoid = shoulder + np.array([-s * 22 * k, -12 * k, 2 * k])
    tip = np.array([s * (wide - 74 * k), -104 * k, shoulder[2] + 124 * k])
    d, a = np.meshgrid(np.linspace(0, 1, 10), np.linspace(0, 1, 8), indexing="ij")
    d, a = d[..., None], a[..., None]
    rim_in, rim_out = inner + d * (tip - inner), glenoid + d * (tip - glenoid)
    cloud.sheet("scapula", side, rim_in + (0.02 + 0.96 * a) * (rim_out - rim_in), 5, 2.1)
    cloud.chain("scapula", side, [glenoid, (glenoid + tip) / 2, tip], (7, 4.5, 5), (2.8, 1.8, 2.4))
    cloud.chain("scapula", side, [inner, tip], 3.5, 1.2)
    cloud.blob("scapula", side, tip, (9, 5, 12), 3.2 * rng.lognormal(0, 0.15))
    ridge = inner + 0.22 * (tip - inner)
    spine = [
        ridge,
        (ridge + acromial) / 2 + np.array([0, -8, 0]),
        acromial + np.array([s * 10 * k, -18 * k, 4]),
    ]
    cloud.chain("scapula", side, spine, (5, 6, 8), (2.2, 2.6, 3.2))
    cloud.blob("acromion", side, acromial + np.array([s * 8, -6, 3]), (12, 13, 7), 3.2)
    coracoid = glenoid + np.array([-s * 3, 34 * k, -22 * k])
    cloud.chain("coracoid", side, [glenoid + np.array([0, 8, -12]), coracoid], 6.5, 3.0)
    cloud.blob("glenoid", side, glenoid, (8, 12, 19), 3.2)
    points["scapula_tip", side] = tip
