# ruff: noqa: RUF005 -- a list added to an array shifts a point, it is no concatenation.
"""Separate bones of hands and feet, in frames that follow the limb."""

import numpy as np

from uptake_ml.phantom.sculpted import sdf
from uptake_ml.phantom.sculpted.limbs import rod

# Hand: (distal, toward the thumb, dorsal) mm; foot: (forward, toward the big toe, up) (prior).
CARPALS = (
    (9, 14, 0),
    (9, 4, 0),
    (9, -7, 0),
    (10, -15, 3),
    (20, 15, 2),
    (20, 7, 0),
    (21, -3, 0),
    (20, -13, 0),
)
FINGERS = {  # base, knuckle, length of the three phalanges
    2: ((30, 12, 0), (90, 21, 2), (41, 25, 17)),
    3: ((30, 3, 0), (92, 4, 3), (45, 29, 18)),
    4: ((29, -6, 0), (86, -11, 2), (42, 28, 18)),
    5: ((27, -14, 0), (78, -25, 0), (33, 20, 16)),
}
THUMB = ((26, 21, 4), (50, 42, 12), (78, 56, 16), (102, 66, 18))
TARSALS = {
    "calcaneus": ((-28, -4, -34), (30, 15, 17)),
    "talus": ((2, 2, -10), (25, 17, 14)),
    "navicular": ((34, 10, -16), (9, 16, 12)),
    "cuboid": ((38, -17, -28), (17, 12, 12)),
    "cuneiform": ((52, 7, -21), (11, 22, 11)),
}
RAYS = {  # base, head of the metatarsal; toe lengths
    1: ((64, 18, -24), (122, 24, -36), (30, 22)),
    2: ((66, 6, -22), (128, 9, -34), (25, 18)),
    3: ((64, -3, -23), (122, -3, -35), (22, 15)),
    4: ((58, -13, -26), (113, -15, -36), (20, 13)),
    5: ((52, -24, -30), (102, -27, -38), (17, 11)),
}


def _frame(forward, side_hint):
    """Orthonormal (forward, sideways, third) from two directions."""
    f = np.asarray(forward, float) / np.linalg.norm(forward)
    t = side_hint - f * (side_hint @ f)
    t /= np.linalg.norm(t)
    return np.stack([f, t, np.cross(f, t)])


def _hand(canvas, person, rng, side, s):
    """Carpals, metacarpals and phalanges."""
    k = person.k * (1.03 if person.male else 0.94)
    wrist = person.joint["wrist", side]
    forward = wrist - person.joint["elbow", side] + rng.normal(0, 22, 3)
    if person.pose == "thigh":
        forward[1] = rng.uniform(-40, 0)
    roll = person.joint["hand_roll", side]
    thumb = np.array([-s * np.cos(roll), np.sin(roll), 0])
    axes = _frame(forward, thumb)
    axes[2] *= np.sign(axes[2] @ np.array([0, np.cos(roll), 0]) + 1e-6)
    tone, name = person.tone("hand", side), f"hand_{side}"

    def at(v):
        return wrist + k * (np.asarray(v, float) @ axes)

    for v in CARPALS:
        m = at(v)
        canvas.paint(
            name, m - 9, m + 9, lambda p, m=m: (sdf.ellipsoid(p, m, (6.5, 6.5, 6.5)), 1.1 * tone)
        )
    curl = rng.uniform(0.05, 0.5)
    canvas.points["mcp1", side], canvas.points["thumb base", side] = at(THUMB[1]), at(THUMB[0])
    for a, b, r in zip(THUMB, THUMB[1:], ((6, 5, 6), (5, 4, 5), (4, 3.5, 4)), strict=False):
        rod(canvas, name, at(a), at(b), r, tone, (1.1, 0.85, 1.1), hollow=False)
    for finger, (base, knuckle, lengths) in FINGERS.items():
        a, b = np.array(base, float), np.array(knuckle, float)
        rod(canvas, name, at(a), at(b), (5, 4, 5.5), tone, (1, 0.85, 1.1), hollow=False)
        canvas.points[f"mcp{finger}", side] = at(b)
        direction = (b - a) / np.linalg.norm(b - a)
        for j, length in enumerate(lengths):
            direction = direction + [0, 0, -curl * (j + 0.4) * 0.6]
            direction /= np.linalg.norm(direction)
            a, b = b, b + direction * length
            rod(
                canvas,
                name,
                at(a),
                at(b - direction * 2),
                (4.6, 3.5, 4.2),
                tone * (0.95 - 0.1 * j),
                (1, 0.8, 1),
                hollow=False,
            )
            if j < 2:
                canvas.points[f"{('pip', 'dip')[j]}{finger}", side] = at(b)
    canvas.points["carpus", side] = at((14, 0, 0))


def _foot(canvas, person, side, s):
    """Tarsals, metatarsals and toes."""
    k = person.joint["foot_length", side] / 225
    ankle, toes = person.joint["ankle", side], person.joint["toes", side]
    axes = _frame(toes, np.array([-s * 1.0, 0, 0.0]))
    if axes[2][2] > 0:
        axes[2] = -axes[2]
    tone, name = person.tone("foot", side), f"foot_{side}"

    def at(v):
        return ankle + [0, 0, 8] + k * (np.asarray(v, float) @ axes)

    for centre, radii in TARSALS.values():
        m, reach = at(centre), max(radii)

        def bone(p, m=m, radii=radii):
            rel = [c - v for c, v in zip(p, m, strict=True)]
            q = [sum(r * a for r, a in zip(rel, axis, strict=True)) for axis in axes]
            return sdf.ellipsoid(q, (0, 0, 0), [r * k for r in radii]), 0.75 * tone

        canvas.paint(name, m - reach, m + reach, bone, 0.9)
    for ray, (base, head, lengths) in RAYS.items():
        a, b = np.array(base, float), np.array(head, float)
        thick = 1.35 if ray == 1 else 1.0
        rod(
            canvas,
            name,
            at(a),
            at(b),
            np.array((6.5, 4.5, 6)) * thick,
            tone,
            (1.05, 0.85, 1),
            hollow=False,
        )
        canvas.points[f"mtp{ray}", side] = at(b)
        direction = np.array([0.98, 0, 0.1])
        for length in lengths:
            a, b = b, b + direction * length
            rod(
                canvas,
                name,
                at(a),
                at(b),
                np.array((4.8, 3.8, 4)) * thick,
                0.8 * tone,
                hollow=False,
            )
    canvas.points["midfoot", side] = at((40, 0, -20))
    canvas.points["heel", side] = at((-48, 0, -38))


def build_extremities(canvas, person, rng):
    """Paint both hands and both feet."""
    for side, s in (("left", 1), ("right", -1)):
        _hand(canvas, person, rng, side, s)
        _foot(canvas, person, side, s)
