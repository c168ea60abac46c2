# ruff: noqa: RUF005 -- a list added to an array shifts a point, it is no concatenation.
"""Shoulder girdle, pelvis and sacrum."""

import numpy as np

from uptake_ml.phantom.sculpted import sdf

# Outlines in mm for a person of 1700 mm (prior: anatomy): (u from the back to the front, z - hip).
WING = (
    (0, -118),
    (20, -137),
    (45, -149),
    (75, -152),
    (108, -140),
    (136, -112),
    (133, -95),
    (121, -62),
    (112, 0),
    (72, 4),
    (48, -34),
    (30, -58),
    (6, -68),
)
# (u from the spine's side outward, z - shoulder)
BLADE = (
    (0, -6),
    (8, -20),
    (30, -14),
    (58, -4),
    (62, 12),
    (50, 36),
    (26, 98),
    (14, 122),
    (7, 118),
    (0, 80),
    (-3, 30),
)


def _scapula(canvas, person, side, s):
    """Blade, spine, acromion, coracoid and glenoid."""
    k, w, d = person.k, person.wide, person.deep
    shoulder = person.joint["shoulder", side]
    tone = person.tone("scapula", side)
    origin = np.array([s * 80 * w, -98 * d, shoulder[2]])
    along = np.array([s * 0.80, 0.60])
    outline = np.array(BLADE) * [w * 1.04, k]
    glenoid = shoulder + [-s * 24, -6, 3]

    def blade(p):
        d0, rim = sdf.plate(p, origin, along, outline, 3.2, bulge=-s * 4)
        return d0, tone * (0.8 + 0.5 * np.exp(np.minimum(rim, 0) / 7))

    canvas.paint(
        f"scapula_{side}", origin - [70 * w, 30, 30 * k], origin + [70 * w, 70, 132 * k], blade, 1.0
    )
    acromion = shoulder + [s * 12, -8, -29 * k]
    rods = (
        (origin + [s * 2, -4, 8], acromion + [-s * 6, -14, 2], (3, 4.5, 6)),
        (acromion + [-s * 6, -14, 2], acromion + [s * 2, 6, 0], (6.5, 7, 6)),
        (glenoid + [-s * 10, 8, -12], shoulder + [-s * 18, 34, -4], (6, 6, 5)),
        (glenoid + [0, 0, -14], glenoid + [-s * 3, -4, 16], (6.5, 7, 6.5)),
    )
    for a, b, radii in rods:
        canvas.paint(
            f"scapula_{side}",
            np.minimum(a, b) - 10,
            np.maximum(a, b) + 10,
            lambda p, a=a, b=b, r=radii: (sdf.flared(p, a, b, r)[0], tone),
            0.95,
        )
    start = canvas.points["sternoclavicular", side] + [s * 4, -4, -5]
    mid = (start + acromion) / 2
    for a, b, bow in ((start, mid + [0, 8, 0], (0, 7, 0)), (mid + [0, 8, 0], acromion, (0, -6, 0))):
        canvas.paint(
            f"clavicle_{side}",
            np.minimum(a, b) - 16,
            np.maximum(a, b) + 16,
            lambda p, a=a, b=b, bow=bow: (
                sdf.flared(p, a, b, (6.2, 5.2, 6), bow)[0],
                person.tone("clavicle", side),
            ),
            0.9,
        )
    canvas.points["scapula tip", side] = origin + [s * 16 * w, 10, 112 * k]
    canvas.points["acromioclavicular", side] = acromion


def _wing(canvas, person, side, s):
    """Iliac wing with its thick crest."""
    k, w = person.k, person.hip_wide
    hip = person.joint["hip", side]
    back, front = np.array([s * 38 * w, -86.0]), np.array([s * 122 * w, 34.0])
    along = (front - back) / np.linalg.norm(front - back)
    outline = np.array(WING) * [w, k]
    tone = person.tone("pelvis", side)
    origin = np.array([*back, hip[2]])

    def wing(p):
        u = (p[0] - back[0]) * along[0] + (p[1] - back[1]) * along[1]
        z = p[2] - hip[2]
        crest = np.exp(-np.clip(z + 150 * k + 0.004 * (u - 75 * w) ** 2, 0, 99) / 14)
        root = np.exp(-((u - 98 * w) ** 2 + (z + 8) ** 2) / 1500)
        rear = np.exp(-np.clip(u, 0, 99) / 22)
        half = 3.2 + 4.6 * crest + 2.5 * root + 2.0 * rear
        d, rim = sdf.plate(p, origin, along, outline, half, bulge=s * 11, lean=s * 0.16)
        bright = 0.68 + 0.75 * crest + 0.05 * root + 0.08 * rear + 0.4 * np.exp(rim.clip(max=0) / 6)
        return d, tone * bright

    lo = np.minimum(back, front) - 34
    hi = np.maximum(back, front) + 34
    canvas.paint(f"ilium_{side}", (*lo, hip[2] - 158 * k), (*hi, hip[2] + 12), wing, 0.9)
    asis = origin + [*(along * 134 * w), -108 * k]
    asis[:2] += np.array([-along[1], along[0]]) * s * 0.16 * -108 * k
    canvas.points["iliac spine", side] = asis


def _lower(canvas, person, side, s):
    """Acetabulum, pubis and ischium."""
    k, w = person.k, person.hip_wide
    hip = person.joint["hip", side]
    tone = person.tone("pelvis", side)
    cup = (s * 0.8, 0.25, 0.5)
    canvas.paint(
        f"ilium_{side}",
        hip - 38,
        hip + 38,
        lambda p: (sdf.half_shell(p, hip, 29 * np.sqrt(k), 8, cup), 0.55 * tone),
    )
    symphysis = np.array([s * 8 * w, 34 * person.deep, hip[2] + 38 * k])
    tuber = hip + np.array([-s * 26 * w, -34, 74 * k])
    rods = (
        ("pubis", hip + [-s * 22 * w, 18, 6], symphysis, (9, 7, 8), (0, 6, 0)),
        ("pubis", symphysis, symphysis + [s * 4, -6, 22 * k], (7, 7, 6), (0, 0, 0)),
        ("pubis", symphysis + [s * 4, -6, 22 * k], tuber + [0, 10, -2], (6, 5, 7), (0, 0, 3)),
        ("ischium", hip + [-s * 12 * w, -26, 10], tuber, (12, 10, 11), (0, -6, 0)),
    )
    for name, a, b, radii, bow in rods:
        canvas.paint(
            f"{name}_{side}",
            np.minimum(a, b) - 18,
            np.maximum(a, b) + 18,
            lambda p, a=a, b=b, r=radii, bow=bow: (sdf.flared(p, a, b, r, bow)[0], 0.66 * tone),
        )


def _sacrum(canvas, person):
    """Sacrum, coccyx and the two sacroiliac joints."""
    k, w = person.k, person.hip_wide
    z0, z1 = person.z["s1"], person.z["coccyx"] + 18 * k
    x0 = person.spine(z0)[0]
    zs = np.array((0, 0.12, 0.4, 0.66, 0.82, 1.0)) * (z1 - z0) + z0
    half = np.array((46, 52, 42, 24, 11, 4)) * w
    ys = np.array((-46, -52, -72, -86, -82, -66)) * person.deep
    thick = np.array((22, 21, 15, 10, 6, 4))

    def bone(p):
        width, y, t = (np.interp(p[2], zs, v).astype(np.float32) for v in (half, ys, thick))
        wing = t * (1 - 0.4 * np.clip(np.abs(p[0] - x0) / 55, 0, 1))
        q = (
            np.abs(p[0] - x0) - width,
            np.abs(p[1] - y - 3) - wing,
            np.abs(p[2] - (z0 + z1) / 2) - (z1 - z0) / 2,
        )
        outside = np.sqrt(sum(np.maximum(v + 5, 0) ** 2 for v in q)) - 5
        d = np.maximum(outside, np.maximum(q[0], q[2]) - 0)
        edge = np.clip((z0 + 0.66 * (z1 - z0) - p[2]) / 14, 0, 1)
        joint = np.exp(-(((np.abs(p[0] - x0) - width + 3) / 6) ** 2)) * edge
        low = np.interp(p[2], zs, (0.85, 0.9, 0.75, 0.7, 0.65, 0.5))
        return d, person.tone("sacrum") * low * (1 - joint) + person.tone("sij") * joint

    canvas.paint(
        "sacrum", (x0 - 60 * w, ys.min() - 26, z0 - 4), (x0 + 60 * w, -14, z1 + 4), bone, 0.9
    )
    canvas.points["sacrum", None] = np.array([x0, ys[2], z0 + 0.42 * (z1 - z0)])
    for side, s in (("left", 1), ("right", -1)):
        canvas.points["sacroiliac", side] = np.array(
            [x0 + s * 46 * w, ys[1] - 4, z0 + 0.3 * (z1 - z0)]
        )


def build_girdles(canvas, person):
    """Paint both girdles; the ribs and the sternum must be there already."""
    _sacrum(canvas, person)
    for side, s in (("left", 1), ("right", -1)):
        _scapula(canvas, person, side, s)
        _wing(canvas, person, side, s)
        _lower(canvas, person, side, s)
