"""Arms, hands and feet."""

from __future__ import annotations

import numpy as np

from .person import SIDE_SIGN, Person


def add_arms(cloud, person: Person, points: dict, rng) -> None:
    """Add humerus, radius and ulna of both sides."""
    k = person.scale
    for side, s in SIDE_SIGN:
        shoulder, elbow, wrist = (points[j, side] for j in ("shoulder", "elbow", "wrist"))
        cloud.solid("humerus_head", side, shoulder, 21 * k, 1.9, spacing_mm=10)
        cloud.blob("humerus_head", side, shoulder + np.array([s * 15 * k, 8, 2]), (11, 14, 17), 2.0)
        t = np.array([0.05, 0.14, 0.3, 0.6, 0.85, 0.97])
        path = shoulder + t[:, None] * (elbow - shoulder) + [(s * 9 * k, 0, 0)] * 6
        radius = np.array([19, 14, 11, 10.5, 13, 17]) * k
        cloud.chain("humerus", side, path, radius, (1.5, 1.0, 0.8, 0.75, 0.85, 1.3))
        for x in (-1, 1):
            cloud.blob("elbow", side, elbow + np.array([x * 17 * k, 0, 0]), (13, 12, 11), 1.8)
        cloud.blob("elbow", side, elbow + np.array([0, -14, -2]), (12, 10, 14), 1.9)
        # Pronation turns the radius over the ulna.
        medial = -s * np.cos(person.hand_roll[0 if side == "right" else 1])
        for bone, x in (("radius", medial), ("ulna", -medial)):
            start = elbow + np.array([(s if bone == "radius" else -s) * 14, 0, 10]) * k
            end = wrist + np.array([x * 14, 0, -8]) * k
            radii = np.array([9, 7, 7, 11 if bone == "radius" else 7]) * k
            path = [start + t * (end - start) for t in (0, 0.2, 0.8, 1)]
            cloud.chain(bone, side, path, radii, (1.4, 0.85, 0.85, 1.7))


def add_hands(cloud, person: Person, points: dict, rng) -> None:
    """Add carpus, metacarpals and phalanges; place the joints of the five rays."""
    k = 0.108 * person.height_mm / 189 * (0.94 if person.is_female else 1.03)
    for i, (side, s) in enumerate(SIDE_SIGN):
        wrist, along = points["wrist", side], points["hand_axis", side]
        along = along + np.array([-s * 0.08, 0.05, 0])
        along = along / np.linalg.norm(along)
        roll = person.hand_roll[i]
        thumb = np.array([-s * np.cos(roll), np.sin(roll), 0])
        thumb -= along * (thumb @ along)
        thumb /= np.linalg.norm(thumb)
        for a in (8, 20):
            for b in (-18, -6, 6, 18):
                place = wrist + (a * along + b * thumb) * k
                cloud.blob("carpus", side, place, 7.5 * k, 1.9 * rng.lognormal(0, 0.12))
        curl = np.cross(along, thumb)
        curl *= np.sign(curl @ np.array([-s * np.sin(roll), -np.cos(roll), 0]) + 1e-9)
        points["thumb_base", side] = wrist + (24 * along + 26 * thumb) * k
        for ray in range(1, 6):
            _add_ray(cloud, points, side, ray, wrist, along, thumb, curl, k)


def _add_ray(cloud, points, side, ray, wrist, along, thumb, curl, k) -> None:
    """Add one finger; ray 1 is the thumb."""
    fan = (0.5, 0.10, 0.02, -0.06, -0.15)[ray - 1]
    lengths = ((44, 30, 24), (64, 40, 24, 18), (62, 44, 28, 19), (56, 41, 26, 19), (52, 33, 19, 17))
    base = wrist + (24 * along + (26, 17, 5, -7, -18)[ray - 1] * thumb) * k
    names = ("mcp", "ip") if ray == 1 else ("mcp", "pip", "dip")
    for j, length in enumerate(lengths[ray - 1]):
        bend = 0.16 * j
        way = np.cos(fan) * along + np.sin(fan) * thumb + bend * curl
        tip = base + length * k * way / np.linalg.norm(way)
        radius = (5.5, 5, 4.4, 4)[j] * k
        uptake = np.array([1.7, 1.1, 1.1, 1.7]) if j else np.array([1.6, 1.1, 1.1, 1.8])
        path = [base + t * (tip - base) for t in (0, 0.25, 0.75, 1)]
        cloud.chain(f"ray{ray}", side, path, radius, uptake, spacing_mm=7)
        if j < len(names):
            points[f"{names[j]}{ray}", side] = tip
        base = tip


def place_feet(person: Person, points: dict) -> None:
    """Place the axes and the toes' ends of both feet, which hang outwards and down."""
    for i, (side, s) in enumerate(SIDE_SIGN):
        turn, point = person.foot_turn[i], person.foot_point
        forward = np.array([s * np.sin(turn) * np.cos(point), np.cos(turn) * np.cos(point), 0])
        forward[2] = np.sin(point)
        points["foot_axis", side] = forward / np.linalg.norm(forward)
        points["toe", side] = points["ankle", side] + 0.102 * person.height_mm * forward


def add_feet(cloud, person: Person, points: dict, rng) -> None:
    """Add tarsus, metatarsals and toes; place their joints."""
    k = person.scale
    for i, (side, s) in enumerate(SIDE_SIGN):
        ankle, forward = points["ankle", side], points["foot_axis", side]
        turn = person.foot_turn[i]
        medial = np.array([-s * np.cos(turn), np.sin(turn), 0])
        medial -= forward * (medial @ forward)
        medial /= np.linalg.norm(medial)
        sole = np.cross(forward, medial)
        sole *= np.sign(-sole[1] + 1e-9)  # the sole looks backwards and down

        def at(a, b, c, ankle=ankle, axes=(forward, medial, sole)):
            return ankle + (a * axes[0] + b * axes[1] + c * axes[2]) * k

        cloud.blob("talus", side, at(6, 2, 16), (19 * k, 19 * k, 15 * k), 1.2)
        heel = [at(8, -6, 34), at(-14, -6, 44), at(-28, -4, 50)]
        cloud.chain("calcaneus", side, heel, (13 * k, 15 * k, 16 * k), (1.2, 1.2, 1.6))
        points["heel", side], points["subtalar", side] = heel[2], at(4, 0, 28)
        points["midfoot", side] = at(42, 6, 24)
        for a, b in ((32, 14), (32, -12), (48, 22), (48, 8), (48, -14)):
            place = at(a, b, 24)
            cloud.blob("tarsus", side, place, 12 * k, 1.2 * rng.lognormal(0, 0.15))
        for ray in range(1, 6):
            b0, b1 = (24, 12, 2, -8, -18)[ray - 1], (34, 16, 0, -15, -29)[ray - 1]
            reach = (110, 113, 108, 101, 93)[ray - 1]
            base, head = at(56, b0, 26), at(reach, b1, 32)
            toe = at(reach + (52 if ray == 1 else 38), b1 * 0.95, 32)
            radius = (8 if ray == 1 else 5) * k
            path = [base + t * (head - base) for t in (0, 0.2, 0.8, 1)]
            cloud.chain(f"metatarsal{ray}", side, path, radius, (1.5, 1.1, 1.1, 1.8), spacing_mm=8)
            cloud.chain(f"toe{ray}", side, [head, toe], radius * 0.85, (1.5, 1.2), spacing_mm=8)
            points[f"mtp{ray}", side] = head
            points[f"toe_joint{ray}", side] = (head + toe) / 2
