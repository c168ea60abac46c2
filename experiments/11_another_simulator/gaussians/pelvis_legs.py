"""Pelvis, femora, patellae, lower legs."""

from __future__ import annotations

import numpy as np

from .person import SIDE_SIGN, Person


def add_pelvis(cloud, person: Person, points: dict, rng) -> None:
    """Add ilium, ischium and pubis of both sides; place symphysis, crests and hip sockets."""
    k, wide = person.scale, person.hip_half_mm / 86
    pubis = np.array([0, 42 * k, points["hip", "left"][2] + 20 * k])
    points["symphysis", None] = pubis
    for side, s in SIDE_SIGN:
        hip = points["hip", side]
        unit = np.array([s * wide, k, k])

        def at(*xyz, unit=unit, base=hip[2]):
            return np.array(xyz, float) * unit + np.array([0, 0, base])

        crest = [at(48, -78, -68), at(68, -66, -100), at(98, -30, -122), at(120, 12, -112)]
        crest += [at(127, 44, -88), at(122, 56, -70)]
        lower = [at(40, -72, -40), at(58, -56, -44), at(74, -28, -40), at(88, 0, -34)]
        lower += [at(104, 24, -36), at(112, 42, -46)]
        knots = np.linspace(0, 1, 6)
        v = np.linspace(0, 1, 15)
        rims = [np.stack([np.interp(v, knots, np.array(r)[:, i]) for i in range(3)], 1)
                for r in (crest, lower)]  # fmt: skip
        d = np.linspace(0, 1, 9)[:, None, None]
        wing = rims[0] + d * (rims[1] - rims[0])
        # The middle of the wing is thin.
        thin = 1 - 0.55 * np.sin(np.pi * d[..., 0]) * np.sin(np.pi * v)
        cloud.sheet("ilium", side, wing, 13, 2.7 * thin)
        cloud.chain("crest", side, rims[0], 7, 3.5 * rng.normal(1, 0.05))
        points["crest_top", side], points["front_spine", side] = crest[2], crest[-1]
        _add_lower_pelvis(cloud, at, side, s, hip, pubis)
        points["tuberosity", side] = at(56, -48, 38)


def _add_lower_pelvis(cloud, at, side, s, hip, pubis) -> None:
    angle = np.linspace(-0.2, np.pi + 0.5, 10)
    ring = np.stack([s * -27 * np.cos(angle), 0 * angle - 4, -27 * np.sin(angle)], 1)
    cloud.chain("acetabulum", side, hip + ring, 9, 2.9)
    cloud.blob("acetabulum", side, hip + np.array([-s * 4, -12, -24]), (24, 22, 12), 2.6)
    body = pubis + np.array([s * 9, 0, 0])
    upper = [hip + np.array([-s * 22, 12, 0]), (hip + body) / 2 + np.array([0, 16, 2]), body]
    cloud.chain("pubis", side, upper, (9, 7, 9), (2.6, 2.2, 2.6))
    cloud.blob("pubis", side, body + np.array([0, 0, 8]), (9, 8, 17), 2.5)
    seat = at(56, -48, 38)
    cloud.chain("ischium", side, [hip + np.array([-s * 10, -26, 6]), seat], (13, 14), (2.4, 2.5))
    cloud.blob("ischium", side, seat, (15, 15, 17), 2.6)
    cloud.chain(
        "ischium",
        side,
        [seat, (seat + body) / 2 + np.array([0, 0, 14]), body + np.array([0, 0, 18])],
        7,
        2.1,
    )


def add_legs(cloud, person: Person, points: dict, rng) -> None:
    """Add femur, patella, tibia and fibula of both sides; place the knees' compartments."""
    k = person.scale
    for side, s in SIDE_SIGN:
        hip, knee, ankle = (points[j, side] for j in ("hip", "knee", "ankle"))
        _add_femur(cloud, k, s, side, hip, knee, points)
        cap = knee + np.array([0, 44, -12]) * k
        points["patella", side] = cap
        cloud.blob("patella", side, cap, (20 * k, 9 * k, 20 * k), 2.4 * rng.lognormal(0, 0.15))
        _add_lower_leg(cloud, k, s, side, knee, ankle, points)


def _add_femur(cloud, k, s, side, hip, knee, points) -> None:
    cloud.solid("femur_head", side, hip, 22 * k, 1.9, spacing_mm=10)
    neck_end = hip + np.array([s * 46, -8, 30]) * k
    cloud.chain("femur_neck", side, [hip, neck_end], (16 * k, 18 * k), (1.8, 2.2))
    great = hip + np.array([s * 55, -12, 12]) * k
    points["great_trochanter", side] = great
    cloud.blob("trochanter", side, great, (15 * k, 18 * k, 22 * k), 2.5)
    small = hip + np.array([s * 32, -20, 52]) * k
    cloud.blob("trochanter", side, small, (11 * k, 12 * k, 14 * k), 2.1)
    start = neck_end + np.array([-s * 4, 2, 4])
    end = knee + np.array([0, 2, -18]) * k
    t = np.array([0, 0.08, 0.25, 0.5, 0.7, 0.85, 0.94, 1.0])
    path = start + t[:, None] * (end - start)
    path[:, 1] += 14 * k * np.sin(np.pi * t)  # the shaft bows forwards
    radius = np.array([20, 17, 14, 13.5, 15, 19, 25, 29]) * k
    uptake = (2.0, 1.45, 1.2, 1.1, 1.1, 1.0, 0.95, 0.95)
    cloud.chain("femur", side, path, radius, uptake, spacing_mm=12)
    for name, x in (("medial", -1), ("lateral", 1)):
        condyle = knee + np.array([s * x * 23, -6, -12]) * k
        points[f"knee_{name}", side] = knee + np.array([s * x * 22, 0, 2]) * k
        cloud.blob("condyle", side, condyle, (25 * k, 27 * k, 24 * k), 1.15)


def _add_lower_leg(cloud, k, s, side, knee, ankle, points) -> None:
    for x in (-1, 1):
        plateau = knee + np.array([s * x * 20, -4, 17]) * k
        cloud.blob("plateau", side, plateau, (24 * k, 22 * k, 15 * k), 1.35)
    cloud.blob("plateau", side, knee + np.array([0, 24, 42]) * k, (11, 8, 14), 1.9)
    t = np.array([0.03, 0.1, 0.2, 0.45, 0.75, 0.92, 1.0])
    path = knee + t[:, None] * (ankle - knee)
    path += np.array([-s * 4, 10, 0]) * k * np.sin(np.pi * t)[:, None]
    radius = np.array([26, 20, 14, 12, 11, 15, 19]) * k
    uptake = (1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.5)
    cloud.chain("tibia", side, path, radius, uptake, spacing_mm=12)
    head = knee + np.array([s * 40, -20, 26]) * k
    malleolus = ankle + np.array([s * 31, -8, 8]) * k
    points["fibula_head", side] = head
    cloud.blob("fibula", side, head, (9, 9, 12), 1.6)
    cloud.chain("fibula", side, [head, malleolus], (6, 7), 1.1, spacing_mm=12)
    cloud.blob("malleolus", side, malleolus, (9, 9, 14), 1.6)
    cloud.blob("malleolus", side, ankle + np.array([-s * 25, 4, 0]) * k, (10, 10, 13), 1.5)
