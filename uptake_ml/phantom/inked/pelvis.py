"""Iliac wings, sacrum, sacroiliac joints and the ring of ischium and pubis."""

import numpy as np

from uptake_ml.phantom.inked.ink import Mark, Plate, rounded, stroke
from uptake_ml.phantom.inked.person import SIDES, SIGN, Person, Pose

WING = [
    [40, -112], [52, -134], [86, -146], [118, -136], [139, -108], [137, -80], [120, -52],
    [111, -34], [100, -22], [76, -24], [60, -34], [46, -58], [36, -84],
]  # fmt: skip


def draw_pelvis(person: Person, pose: Pose, levels: dict[str, float]) -> list[Mark]:
    """Return the marks of the pelvis, widths scaled to the hips and heights to the trunk."""
    marks = _sacrum(person, pose, levels)
    for side in SIDES:
        marks += _half(person, pose, levels, side)
    return marks


def _put(person: Person, pose: Pose, side: str | None):
    wide = person.hip_half_mm / 86 * (SIGN[side] if side else 1)
    # A woman's pelvis is lower and wider.
    tall = person.trunk * (0.95 if person.is_woman else 1.02)
    return lambda points: pose.at("hips") + np.asarray(points, float) * [wide, tall]


def _sacrum(person, pose, levels) -> list[Mark]:
    put, tissue, bone = _put(person, pose, None), person.trunk_depth_mm, levels["sacrum"]
    half = np.array([[18, -88], [50, -84], [40, -40], [14, 8]])
    outline = np.vstack([half, [[0, 24]], half[::-1] * [-1, 1]])
    plate = Plate(
        region="sacrum",
        side=None,
        points=rounded(put(outline), 2, True),
        thickness_mm=24,
        uptake=bone * 0.8,
        depth=0.8,
        tissue_mm=tissue,
        dish=0.25,
    )
    crest = put([[0, -74], [0, -14]])
    coccyx = put([[0, 22], [1, 44]])
    return [
        plate,
        stroke("sacrum", None, crest, [6, 4], bone * 0.6, 0.9, tissue),
        stroke("sacrum", None, coccyx, [7, 4], bone * 0.5, 0.84, tissue),
    ]


def _half(person, pose, levels, side) -> list[Mark]:
    put, tissue = _put(person, pose, side), person.trunk_depth_mm
    ilium, ring = levels["ilium"], levels["ischium"]
    wing = Plate(
        region="ilium",
        side=side,
        points=rounded(put(WING), 2, True),
        thickness_mm=15,
        uptake=ilium * 0.85,
        depth=0.55,
        tissue_mm=tissue,
        dish=0.6,
    )
    crest = rounded(put(WING[1:7]))
    front = rounded(put([WING[5], [124, -56], [114, -34]]))
    brim = rounded(put([[40, -60], [52, -44], [66, -26], [72, -6]]))
    joint = rounded(put([[49, -102], [42, -78], [38, -54], [42, -34]]))
    roof = rounded(put([[114, -12], [104, -26], [84, -30], [66, -18], [62, 6], [70, 24]]))
    return [
        wing,
        stroke("ilium", side, crest, [7, 6, 7, 5], ilium * 0.75, [0.8, 0.65, 0.45], tissue),
        stroke("ilium", side, front, [5, 4, 6], ilium * 0.6, 0.4, tissue),
        stroke("ilium", side, brim, [6, 7, 9], ilium * 0.9, [0.7, 0.45], tissue),
        stroke("sacroiliac", side, joint, [6, 8, 8, 6], levels["sacroiliac"], 0.8, tissue),
        stroke("acetabulum", side, roof, [5, 8, 9, 7, 6], levels["acetabulum"] * 0.8, 0.5, tissue),
        *_ring(put, ring, tissue, side),
    ]


def _ring(put, bone, tissue, side) -> list[Mark]:
    upper = rounded(put([[72, 10], [44, 20], [22, 29], [8, 36]]))
    lower = rounded(put([[8, 42], [14, 62], [32, 78], [52, 84]]))
    seat = rounded(put([[76, 20], [74, 48], [66, 72], [54, 84]]))
    tuber = put([[60, 76]])
    symphysis = put([[7, 36], [6, 54]])
    return [
        stroke("pubis", side, upper, [8, 7, 7, 9], bone * 0.8, [0.45, 0.3], tissue),
        stroke("pubis", side, lower, [8, 6, 7], bone * 0.7, [0.32, 0.7], tissue),
        stroke("ischium", side, seat, [11, 9, 11], bone * 0.75, [0.6, 0.78], tissue),
        stroke("ischium", side, tuber, 13.0, bone * 0.25, 0.75, tissue),
        stroke("pubis", side, symphysis, 7.0, bone * 0.6, 0.3, tissue),
    ]
