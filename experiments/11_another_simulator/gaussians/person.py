"""Who is scanned: build, posture, and the points in space on which the skeleton hangs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SIDE_SIGN = (("right", -1.0), ("left", 1.0))


@dataclass(frozen=True, kw_only=True)
class Person:
    """Build and posture; lengths in mm, angles in radians."""

    is_female: bool
    age_years: float
    height_mm: float
    bmi: float
    trunk: float
    shoulder_half_mm: float
    hip_half_mm: float
    chest: float
    arm_angle: tuple[float, float]
    forearm_angle: tuple[float, float]
    hand_roll: tuple[float, float]
    knee_half_mm: tuple[float, float]
    ankle_half_mm: tuple[float, float]
    foot_turn: tuple[float, float]
    foot_point: float
    forearm_rise: float
    head_turn: float
    scoliosis_mm: float
    kyphosis_mm: float
    oblique: float
    tilt: float

    @property
    def scale(self) -> float:
        """Body height as a part of 1750 mm."""
        return self.height_mm / 1750

    @property
    def fat(self) -> float:
        """Body mass index above 22 kg/m2 (negative in the thin)."""
        return self.bmi - 22


def draw_person(rng, age=None, bmi=None, is_female=None, height_mm=None) -> Person:
    """Draw a person; what is given as (low, high) or as a value restricts age, BMI, sex, height."""
    age = rng.uniform(*(age or (30, 85)))
    female = bool(rng.random() < 0.5) if is_female is None else is_female
    tall = np.clip(rng.normal(1630 if female else 1755, 70), 1450, 1950)
    tall = rng.uniform(*height_mm) if height_mm else tall
    index = rng.uniform(*bmi) if bmi else float(np.clip(rng.lognormal(np.log(25), 0.17), 17, 42))
    k = tall / 1750
    spread = max(index - 22, 0)
    arm = rng.uniform(0.12, 0.28) + 0.007 * spread
    knee = (88 if female else 96) * k + 1.3 * spread + rng.normal(0, 8)
    ankle = knee + rng.normal(-2, 22)
    turn = rng.uniform(0.25, 0.9)
    hands_in = rng.random() < 0.12  # hands laid on the lap
    forearm = rng.uniform(-0.75, -0.5) if hands_in else rng.uniform(-0.36, -0.02)

    def pair(mean, sd):
        return float(mean + rng.normal(0, sd)), float(mean + rng.normal(0, sd))

    return Person(
        is_female=female,
        age_years=float(age),
        height_mm=float(tall),
        bmi=float(index),
        trunk=float(rng.normal(1, 0.015)),
        shoulder_half_mm=float((160 if female else 178) * k * rng.normal(1, 0.04)),
        hip_half_mm=float((88 if female else 86) * k * rng.normal(1, 0.04)),
        chest=float(k**0.6 * (0.93 if female else 1.03) * rng.normal(1, 0.04)),
        arm_angle=pair(arm, 0.03),
        forearm_angle=pair(forearm, 0.05),
        hand_roll=pair(rng.uniform(0.1, 1.5), 0.25),
        knee_half_mm=pair(knee, 5),
        ankle_half_mm=pair(max(ankle, 45), 8),
        foot_turn=pair(turn, 0.12),
        foot_point=float(rng.uniform(0.6, 1.05)),
        forearm_rise=0.5 if hands_in else 0.12,
        head_turn=float(rng.normal(0, 0.13)),
        scoliosis_mm=float(rng.normal(0, 11 if rng.random() < 0.12 else 3.5)),
        kyphosis_mm=float(rng.normal(0, 4) + max(age - 60, 0) * rng.uniform(0, 0.5)),
        oblique=float(rng.normal(0, 0.045)),
        tilt=float(rng.normal(0, 0.012)),
    )


# Height of the spine's stations below the vertex, in parts of the body height.
VERTEBRAE = tuple(
    [f"C{i}" for i in range(1, 8)]
    + [f"T{i}" for i in range(1, 13)]
    + [f"L{i}" for i in range(1, 6)]
)
_BODY_HEIGHT = np.r_[np.full(7, 17.0), np.linspace(20, 29, 12), np.linspace(33, 36.5, 5)]


def place_spine(person: Person) -> dict:
    """Return the centre of each vertebral body, keyed (name, None)."""
    top, bottom = 0.096 * person.height_mm, 0.428 * person.height_mm * person.trunk
    edges = np.r_[0, np.cumsum(_BODY_HEIGHT)]
    middle = (edges[:-1] + edges[1:]) / 2 / edges[-1]
    z = top + middle * (bottom - top)
    knots = np.array([0, 0.13, 0.23, 0.42, 0.62, 0.80, 0.93, 1.0])
    depth = np.array([-22, -18, -38, -66, -56, -30, -27, -38.0])
    depth[3] -= person.kyphosis_mm
    depth[2] -= 0.4 * person.kyphosis_mm
    y = np.interp(middle, knots, depth)
    x = person.scoliosis_mm * np.sin(middle * np.pi * 2.1)
    x -= np.linspace(x[0], x[-1], len(x))
    return {
        (n, None): np.array(p) for n, p in zip(VERTEBRAE, zip(x, y, z, strict=True), strict=True)
    }


def place_joints(person: Person) -> dict:
    """Return the joints' centres, keyed (name, side), for arms, legs, girdles and trunk."""
    h, k = person.height_mm, person.scale
    low = person.trunk * h
    points = place_spine(person)
    points["chin", None] = np.array([0, 68 * k, 0.128 * h])
    points["sacrum", None] = np.array([0, -62 * k, 0.456 * low])
    points["sternum", None] = np.array([0, 42 * k, 0.187 * h])
    for i, (side, s) in enumerate(SIDE_SIGN):
        shoulder = np.array([s * person.shoulder_half_mm, -18 * k, 0.203 * h])
        angle = person.arm_angle[i]
        elbow = shoulder + 0.177 * h * np.array([s * np.sin(angle), -0.06, np.cos(angle)])
        angle += person.forearm_angle[i]
        away = np.array([s * np.sin(angle), person.forearm_rise, np.cos(angle)])
        away /= np.linalg.norm(away)
        wrist = elbow + 0.143 * h * away
        hip = np.array([s * person.hip_half_mm, 0, 0.487 * low])
        knee = np.array([s * person.knee_half_mm[i], 4 * k, 0.722 * h + 0.4 * (low - h)])
        ankle = np.array([s * person.ankle_half_mm[i], -22 * k, 0.938 * h])
        named = {"shoulder": shoulder, "elbow": elbow, "wrist": wrist, "hip": hip}
        named |= {"knee": knee, "ankle": ankle, "hand_axis": away}
        points |= {(name, side): p for name, p in named.items()}
    return points
