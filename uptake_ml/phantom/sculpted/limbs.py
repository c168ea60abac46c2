# ruff: noqa: RUF005 -- a list added to an array shifts a point, it is no concatenation.
"""Long bones of arms and legs, and the patella."""

import numpy as np

from uptake_ml.phantom.sculpted import sdf

# Uptake along a long bone from its proximal to its distal end, relative to its shaft (prior).
ALONG = {
    "humerus": (1.1, 1.1, 1.0, 1.0, 1.0, 1.0, 1.0, 1.05, 1.3, 1.5),
    "radius": (1.2, 1.0, 1.0, 1.0, 1.0, 1.0, 1.05, 1.3),
    "ulna": (1.35, 1.15, 1.0, 1.0, 1.0, 1.0, 1.0, 1.1),
    "femur": (1.25, 1.1, 1.0, 0.95, 0.9, 0.9, 0.9, 0.9, 0.7, 0.6),
    "tibia": (0.7, 0.75, 0.9, 0.95, 1.0, 1.0, 1.0, 0.9, 0.8, 0.75),
    "fibula": (0.95, 0.8, 0.7, 0.7, 0.7, 0.75, 0.8, 0.8),
}
SHAFT_MARROW = 0.35  # prior: uptake of a shaft's cavity over its cortex
WIDEST_MM = 26.0


def rod(canvas, name, a, b, radii, tone, along=(1.0, 1.0), bow=(0, 0, 0), hollow=True):
    """Paint a long bone whose uptake follows `along`, hollow in its middle."""
    ts = np.linspace(0, 1, len(along))

    def shape(p):
        d, t = sdf.flared(p, a, b, radii, bow)
        value = tone * np.interp(t, ts, along).astype(np.float32)
        if hollow:
            cavity = np.clip((-d - 4) / 4, 0, 1) * np.clip(4 - np.abs(t - 0.5) * 10, 0, 1)
            value = value * (1 - (1 - SHAFT_MARROW) * cavity)
        return d, value

    reach = max(radii) + 2 + float(np.abs(bow).max())
    canvas.paint(name, np.minimum(a, b) - reach, np.maximum(a, b) + reach, shape, 0.85)


def knob(canvas, name, centre, radii, tone):
    """Paint a rounded end of a bone."""
    radii = np.asarray(radii, float) * np.ones(3)
    canvas.paint(
        name, centre - radii, centre + radii, lambda p: (sdf.ellipsoid(p, centre, radii), tone), 0.8
    )


def _arm(canvas, person, side, s):
    """Humerus, radius and ulna."""
    q = person.k**0.5 * (1.05 if person.male else 0.93)
    shoulder, elbow, wrist = (person.joint[j, side] for j in ("shoulder", "elbow", "wrist"))
    tone, fore = person.tone("humerus", side), person.tone("forearm", side)
    name = f"humerus_{side}"
    knob(canvas, name, shoulder + [-s * 3, 2, 0], np.array((21, 21, 21)) * q, 1.1 * tone)
    rod(
        canvas,
        name,
        shoulder + [s * 5, 0, -4],
        elbow + [0, 0, -6],
        np.array((17, 17, 12, 11, 10.5, 10, 10, 11, 13, 14)) * q,
        tone,
        ALONG["humerus"],
    )
    across = np.array([1.0, 0.2, 0])
    for t in (-16, 16):
        knob(
            canvas, name, elbow + across * t * q + [0, 0, -8], np.array((9, 9, 10)) * q, 1.25 * tone
        )
    roll = person.joint["hand_roll", side]
    outward = np.array([s * np.cos(roll), np.sin(roll), 0])
    for bone, sign, near in (("radius", -1, 8), ("ulna", 1, 0)):
        if person.pose == "side" or roll > 1:
            sign = -sign * 0.9
        a = elbow + across * 10 * s * (1 if bone == "radius" else -1) + [0, 0, near]
        b = wrist - outward * 12 * sign + [0, 0, -8]
        radii = (
            (8, 6.5, 6, 6, 6, 6.5, 7.5, 11) if bone == "radius" else (12, 9, 7, 6, 5.5, 5.5, 5.5, 6)
        )
        rod(
            canvas,
            f"{bone}_{side}",
            a,
            b,
            np.array(radii) * q,
            fore,
            ALONG[bone],
            bow=outward * -sign * 4,
        )


def _thigh(canvas, person, side, s):
    """Femur with its head, neck, trochanters and condyles."""
    q = person.k**0.5 * (1.05 if person.male else 0.94)
    hip, knee = person.joint["hip", side], person.joint["knee", side]
    tone, name = person.tone("femur", side), f"femur_{side}"
    greater = hip + np.array([s * 45, -8, 10]) * q
    shaft = greater + np.array([-s * 9, 2, 22]) * q
    knob(canvas, name, hip, 22 * q, 0.85 * tone)
    rod(canvas, name, hip, shaft, np.array((15, 14, 15, 18)) * q, 1.0 * tone, hollow=False)
    knob(canvas, name, greater, np.array((11, 14, 15)) * q, 1.45 * tone)
    knob(
        canvas,
        name,
        shaft + np.array([-s * 16, -10, 32]) * q,
        np.array((10, 10, 13)) * q,
        1.25 * tone,
    )
    rod(
        canvas,
        name,
        shaft,
        knee + [0, 0, -14],
        np.array((15, 15, 13.5, 13, 13, 13, 13.5, 15, 20, 24)) * q,
        tone,
        ALONG["femur"],
        bow=(s * 4, 8, 0),
    )
    for t in (-20, 20):
        centre = knee + np.array([t, -4, -12]) * q
        knob(canvas, name, centre, np.array((18, 25, 19)) * q, 0.72 * tone)
    knob(
        canvas,
        f"patella_{side}",
        knee + np.array([s * 3, 38, -16]) * q,
        np.array((20, 9, 20)) * q,
        person.tone("patella", side),
    )


def _shank(canvas, person, side, s):
    """Tibia and fibula."""
    q = person.k**0.5 * (1.05 if person.male else 0.94)
    knee, ankle = person.joint["knee", side], person.joint["ankle", side]
    tone, name = person.tone("tibia", side), f"tibia_{side}"
    top = knee + [0, -2, 14]
    rod(
        canvas,
        name,
        top,
        ankle + [-s * 4, 0, -6],
        np.array((27, 24, 18, 15, 13.5, 13, 12, 12, 13, 17)) * q,
        tone,
        ALONG["tibia"],
        bow=(s * 2, 6, 0),
    )
    for t in (-20, 20):
        knob(
            canvas, name, knee + np.array([t, -2, 16]) * q, np.array((18, 23, 12)) * q, 0.85 * tone
        )
    knob(canvas, name, knee + np.array([0, 24, 42]) * q, np.array((11, 9, 14)) * q, 1.0 * tone)
    knob(
        canvas, name, ankle + np.array([-s * 24, 4, 2]) * q, np.array((9, 12, 13)) * q, 0.65 * tone
    )
    turn = person.joint["leg_turn", side]
    lateral = np.array([s * np.cos(turn), -np.sin(abs(turn)), 0])
    rod(
        canvas,
        f"fibula_{side}",
        top + lateral * 34 * q + [0, -14, 16],
        ankle + lateral * 27 * q + [0, 0, 12],
        np.array((11, 7, 6, 6, 6, 6, 7, 10)) * q,
        tone,
        ALONG["fibula"],
        bow=lateral * 2,
    )


def build_limbs(canvas, person):
    """Paint the long bones of both sides."""
    for side, s in (("left", 1), ("right", -1)):
        _arm(canvas, person, side, s)
        _thigh(canvas, person, side, s)
        _shank(canvas, person, side, s)
