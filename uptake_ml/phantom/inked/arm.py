"""Humerus, radius, ulna and the bones of the hand."""

import numpy as np

from uptake_ml.phantom.inked.ink import Mark, rounded, stroke
from uptake_ml.phantom.inked.person import SIDES, SIGN, Person, Pose

# Length of metacarpal and of the phalanges, thumb first, mm in a person 1.70 m tall.
RAYS_MM = [
    (44, 30, 22), (66, 39, 23, 17), (63, 43, 27, 18), (56, 40, 25, 17), (52, 32, 19, 16),
]  # fmt: skip
CARPALS = [(-15, 10), (-3, 8), (9, 9), (18, 12), (-17, 23), (-6, 22), (5, 23), (15, 24)]


def draw_arms(person: Person, pose: Pose, levels: dict[str, float]) -> list[Mark]:
    """Return the marks of both arms."""
    marks: list[Mark] = []
    for side in SIDES:
        marks += _humerus(person, pose, levels, side) + _forearm(person, pose, levels, side)
        marks += draw_hand(person, pose, levels, side)[0]
    return marks


def _humerus(person, pose, levels, side) -> list[Mark]:
    sign, size = SIGN[side], person.height_mm / 1700
    tissue = 100 * person.girth
    head, elbow = pose.at("shoulder", side), pose.at("elbow", side)
    down = (elbow - head) / np.hypot(*(elbow - head))
    out = np.array([-down[1], down[0]]) * -sign
    shaft = levels["humerus"]
    neck, distal = head + 34 * down + 5 * out, elbow - 26 * down
    line = np.array(
        [head + 14 * down + 4 * out, neck, neck + 50 * down, distal - 30 * down, distal]
    )
    ends = np.array([elbow - 5 * down + 23 * out * size, elbow - 5 * down - 25 * out * size])
    return [
        stroke("humerus-head", side, head, 22 * size, levels["shoulder"] * 0.7, 0.5, tissue),
        stroke(
            "humerus-head",
            side,
            head + 14 * out + 6 * down,
            11.0,
            levels["shoulder"] * 0.5,
            0.4,
            tissue,
        ),
        stroke(
            "humerus",
            side,
            line,
            [17, 13, 11, 10.5, 13],
            shaft * np.array([1.6, 1.3, 1, 1, 1.2]),
            0.5,
            tissue,
            0.35,
        ),
        stroke("elbow", side, ends, [9, 11, 10], levels["elbow"] * 0.8, 0.55, 85 * person.girth),
    ]


def _forearm(person, pose, levels, side) -> list[Mark]:
    sign, size = SIGN[side], person.height_mm / 1700
    elbow, wrist = pose.at("elbow", side), pose.at("wrist", side)
    down = (wrist - elbow) / np.hypot(*(wrist - elbow))
    out = np.array([-down[1], down[0]]) * -sign
    # Turning the hand carries the distal radius across the ulna, which stays.
    turn = np.cos(pose.hand_turn[side])
    radius_end, ulna_end = wrist + 12 * turn * out, wrist - 13 * turn * out
    bone, tissue = levels["forearm"], 78 * person.girth
    bow = 5 * turn * out * size
    radius = [elbow + 10 * down + 14 * out, (elbow + wrist) / 2 + 12 * turn * out + bow, radius_end]
    ulna = [elbow - 12 * down - 7 * out, (elbow + wrist) / 2 - 8 * turn * out - 3 * out, ulna_end]
    return [
        stroke(
            "forearm",
            side,
            rounded(radius),
            [10, 6.5, 6.5, 7.5, 13],
            bone * np.array([1.4, 1, 1, 1, 1.6]),
            0.45,
            tissue,
            0.4,
        ),
        stroke(
            "forearm",
            side,
            rounded(ulna),
            [12, 8, 6, 5.5, 8],
            bone * np.array([1.6, 1, 1, 1, 1.4]),
            0.58,
            tissue,
            0.4,
        ),
        stroke("elbow", side, elbow - 6 * down - 6 * out, 13.0, levels["elbow"] * 0.7, 0.7, 85),
        stroke("elbow", side, elbow + 10 * down + 14 * out, 10.0, levels["elbow"] * 0.7, 0.45, 85),
        stroke("wrist", side, [radius_end, wrist], 9.0, levels["wrist"] * 0.7, 0.5, 50),
    ]


def draw_hand(person: Person, pose: Pose, levels: dict[str, float], side: str):
    """Return the marks of a hand and {(joint, number): (x, y)} of its joints, mm."""
    sign, size = SIGN[side], person.height_mm / 1700
    elbow, wrist = pose.at("elbow", side), pose.at("wrist", side)
    down = (wrist - elbow) / np.hypot(*(wrist - elbow))
    across = np.array([-down[1], down[0]]) * -sign
    turn = np.cos(pose.hand_turn[side])
    # Seen on edge, the rays overlap but for the arch of the palm.
    spread = np.sign(turn) * np.hypot(turn, 0.22)

    def put(points):
        points = np.atleast_2d(np.asarray(points, float)) * size
        return wrist + points[:, :1] * spread * across + points[:, 1:] * down

    marks: list[Mark] = []
    joints: dict[tuple[str, int], np.ndarray] = {("cmc", 1): put([22, 24])[0]}
    depth = pose.hand_depth
    for spot in CARPALS:
        marks.append(stroke("wrist", side, put(spot), 7.0, levels["wrist"] * 0.8, depth, 45))
    for number, lengths in enumerate(RAYS_MM, start=1):
        marks += _ray(number, lengths, put, levels, side, depth, joints)
    return marks, joints


def _ray(number, lengths, put, levels, side, depth, joints) -> list[Mark]:
    if number == 1:
        start, angle, curl = np.array([20.0, 22.0]), 0.62, 1.0
    else:
        start, angle, curl = (
            np.array([14.0 - 9.5 * (number - 2), 32.0]),
            0.12 - 0.09 * (number - 2),
            0.86,
        )
    ahead = np.array([np.sin(angle), np.cos(angle)])
    marks: list[Mark] = []
    names = ("mcp", "ip") if number == 1 else ("mcp", "pip", "dip")
    for k, length in enumerate(lengths):
        end = start + ahead * length * (1.0 if k == 0 else curl)
        region = "metacarpal" if k == 0 else "finger"
        wide = (5.2, 4.4, 3.8, 3.2)[k]
        line = put([start, (start + end) / 2, end])
        radius = [wide + 1, wide - 0.8, wide + 0.8]
        uptake = levels["hand"] * np.array([1.2, 0.75, 1.2])
        marks.append(stroke(region, side, line, radius, uptake, depth, 30))
        if k < len(names):
            joint = put(end + ahead)[0]
            joints[names[k], number] = joint
            size = (6.0, 5.0, 4.2)[k]
            marks.append(stroke(names[k], side, joint, size, levels["hand"] * 0.7, depth, 30))
        start = end + 2 * ahead
    return marks
