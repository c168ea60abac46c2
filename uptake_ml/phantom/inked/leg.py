"""Femur, patella, tibia, fibula and the bones of the foot."""

import numpy as np

from uptake_ml.phantom.inked.ink import Mark, by, rounded, stroke
from uptake_ml.phantom.inked.person import SIDES, SIGN, Person, Pose


def draw_legs(person: Person, pose: Pose, levels: dict[str, float]) -> list[Mark]:
    """Return the marks of both legs."""
    marks: list[Mark] = []
    for side in SIDES:
        for part in (_femur, _knee, _shin):
            marks += part(person, pose, levels, side)
        marks += draw_foot(person, pose, levels, side)[0]
    return marks


def leg_frame(pose: Pose, side: str, upper: str, lower: str):
    """Return unit vectors along a limb and outwards across it."""
    along = pose.at(lower, side) - pose.at(upper, side)
    along = along / np.hypot(*along)
    return along, np.array([along[1], -along[0]]) * SIGN[side]


def thigh_mm(person: Person) -> float:
    """Return how thick the thigh is from front to back."""
    return 148 * person.girth**1.2


def kneecap(person: Person, pose: Pose, side: str) -> np.ndarray:
    """Return (x, y) of the middle of the patella, which a turned leg carries across, mm."""
    along, out = leg_frame(pose, side, "hip", "knee")
    across = -14 * np.sin(pose.leg_turn[side] * 0.6)
    return pose.at("knee", side) + across * out - 24 * person.limb * along


def _femur(person, pose, levels, side) -> list[Mark]:
    sign, size = SIGN[side], person.limb
    hip, knee = pose.at("hip", side), pose.at("knee", side)
    long = np.cos(pose.leg_turn[side])
    hip_tissue, tissue = person.trunk_depth_mm * 0.95, thigh_mm(person)
    trochanter = hip + np.array([sign * 52 * long, 16]) * size
    lesser = hip + np.array([sign * 24 * long, 56]) * size
    top = hip + np.array([sign * 40 * long, 44]) * size
    along = (knee - top) / np.hypot(*(knee - top))
    line = np.array([top, top + 70 * along, (top + knee) / 2, knee - 80 * along, knee - 30 * along])
    bone, joint = levels["femur"], levels["hip"]
    neck = [hip, hip + 0.55 * (top - hip) + by(0, -6), top + by(0, -8)]
    return [
        stroke("hip", side, hip, 23 * size, joint * 0.62, 0.5, hip_tissue),
        stroke("femoral-neck", side, neck, [18, 15, 17], joint * 0.7, 0.5, hip_tissue),
        stroke("trochanter", side, [trochanter, top], [14, 14], joint * 0.55, 0.55, hip_tissue),
        stroke("trochanter", side, lesser, 9.0, joint * 0.5, 0.6, hip_tissue),
        stroke(
            "femur",
            side,
            line,
            [17, 14, 13.5, 14, 24],
            bone * np.array([0.7, 1.1, 1, 1, 0.5]),
            [0.5, 0.46, 0.55],
            tissue,
            0.3,
        ),
    ]


def _knee(person, pose, levels, side) -> list[Mark]:
    size, tissue = person.limb, 118 * person.girth**0.8
    knee, bone = pose.at("knee", side), levels["knee"]
    along, out = leg_frame(pose, side, "hip", "knee")
    shift = kneecap(person, pose, side) - knee + 24 * size * along

    def put(across, down):
        return knee + (across * out + down * along) * size

    marks: list[Mark] = []
    for across in (-21, 21):
        condyle = [put(across, -24), put(across * 1.05, -10)]
        marks.append(stroke("knee", side, condyle, [16, 19], bone * 0.46, 0.6, tissue))
    plateau = [put(-30, 13), put(0, 11), put(30, 13)]
    marks.append(stroke("knee", side, plateau, [10, 9, 10], bone * 0.75, 0.55, tissue))
    flare = [put(0, 14), put(1, 34), put(-2, 62)]
    marks.append(
        stroke(
            "tibia", side, flare, [26, 20, 15], bone * np.array([0.45, 0.5, 0.2]), 0.5, tissue, 0.6
        )
    )
    marks.append(stroke("tibia", side, put(-1, 44) + shift, 7.0, bone * 0.35, 0.15, tissue))
    marks.append(
        stroke(
            "patella",
            side,
            kneecap(person, pose, side),
            19 * size,
            levels["patella"] * 0.42,
            0.1,
            tissue,
        )
    )
    marks.append(stroke("knee", side, put(34, 26), 8.0, bone * 0.6, 0.65, tissue))
    return marks


def _shin(person, pose, levels, side) -> list[Mark]:
    size, tissue = person.limb, 104 * person.girth
    knee, ankle = pose.at("knee", side), pose.at("ankle", side)
    along, out = leg_frame(pose, side, "knee", "ankle")
    long, bone = np.hypot(*(ankle - knee)), levels["tibia"]
    turn = np.cos(pose.leg_turn[side])

    def put(across, share):
        return knee + along * long * share + across * size * out

    tibia = rounded([put(-1, 0.1), put(-7, 0.3), put(-7, 0.6), put(-3, 0.9), put(-3, 0.98)])
    fibula = rounded([put(33, 0.07), put(27 * turn, 0.4), put(21 * turn, 0.8), put(25, 1.01)])
    ends = [put(-19, 1.01), put(0, 0.985), put(22, 1.02)]
    return [
        stroke(
            "tibia",
            side,
            tibia,
            [19, 12.5, 11, 11.5, 17],
            bone * np.array([0.45, 1, 0.95, 0.95, 1.1]),
            [0.4, 0.35, 0.4, 0.5],
            tissue,
            0.3,
        ),
        stroke("fibula", side, fibula, [7, 5, 5, 5, 8], bone * 0.85, 0.65, tissue, 0.6),
        stroke("ankle", side, ends, [8, 10, 9], levels["ankle"] * 0.85, 0.5, 80),
    ]


def draw_foot(person: Person, pose: Pose, levels: dict[str, float], side: str):
    """Return the marks of a foot and {(joint, number): (x, y)} of its joints, mm."""
    size, ankle = person.limb, pose.at("ankle", side)
    angle, short = pose.foot_out[side], pose.foot_length[side]
    ahead = np.array([SIGN[side] * np.sin(angle), np.cos(angle)]) * short
    across = np.array([-np.cos(angle) * SIGN[side], np.sin(angle)])  # towards the big toe

    def put(points):
        points = np.atleast_2d(np.asarray(points, float)) * size
        return ankle + points[:, :1] * across + points[:, 1:] * ahead

    bone, marks = levels["foot"], []
    for spot, radius, depth in (
        ((2, 16), 17, 0.4), ((-6, 22), 17, 0.85), ((10, 46), 12, 0.35), ((-14, 50), 12, 0.6),
        ((20, 62), 8, 0.35), ((8, 64), 8, 0.35), ((-2, 64), 8, 0.4),
    ):  # fmt: skip
        marks.append(stroke("tarsus", side, put(spot), radius * size, bone * 0.55, depth, 70))
    joints = {("tarsus", 1): put([14, 56])[0], ("tarsus", 2): put([-8, 54])[0]}
    for number in range(5):
        marks += _toe(number, put, bone, side, joints)
    return marks, joints


def _toe(number, put, bone, side, joints) -> list[Mark]:
    start = np.array([22 - 10.5 * number, 70 - 3.0 * number])
    knuckle = np.array([32 - 16.5 * number, (126, 130, 125, 118, 108)[number]])
    tip = knuckle + by((0.5, -1, -2, -3, -4)[number], (52, 40, 36, 32, 28)[number])
    wide = 7.0 if number == 0 else 4.0
    line = put([start, (start + knuckle) / 2, knuckle])
    toe = put([knuckle, (knuckle + tip) / 2, tip])
    joints["mtp", number + 1] = put(knuckle)[0]
    joints["toe", number + 1] = put((knuckle + tip) / 2)[0]
    shaft = bone * np.array([1.2, 0.75, 1.1])
    return [
        stroke("metatarsal", side, line, [wide + 1.5, wide, wide + 1.5], shaft, 0.4, 45),
        stroke("mtp", side, put(knuckle), wide + 2, bone * 0.5, 0.4, 40),
        stroke("toe", side, toe, [wide, wide * 0.75, wide * 0.8], bone * 0.8, 0.4, 30),
    ]
