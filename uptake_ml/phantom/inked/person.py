"""Who lies on the couch: size, build, age and how the limbs are placed."""

from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.inked.ink import by

SIDES = ("left", "right")
SIGN = {"left": 1.0, "right": -1.0}


@dataclass(frozen=True, kw_only=True)
class Person:
    """Build of a person; lengths in millimetres, scales beside a person 1.70 m tall.

    Turns of chest and pelvis are in radians, positive where the front lies to the left.
    """

    is_woman: bool
    age_years: float
    height_mm: float
    weight_kg: float
    head: float
    trunk: float
    limb: float
    girth: float
    shoulder_half_mm: float
    chest_half_mm: float
    hip_half_mm: float
    trunk_depth_mm: float
    bend_mm: float
    bend_phase: float
    head_turn: float
    chest_turn: float
    pelvis_turn: float


@dataclass(frozen=True, kw_only=True)
class Pose:
    """Where joints lie, {(name, side): (x, y)} in millimetres, and how hands and feet turn."""

    joints: dict[tuple[str, str | None], np.ndarray]
    hand_turn: dict[str, float]
    hand_depth: float
    leg_turn: dict[str, float]
    foot_out: dict[str, float]
    foot_length: dict[str, float]

    def at(self, name: str, side: str | None = None) -> np.ndarray:
        """Return (x, y) of a joint."""
        return self.joints[name, side]


def draw_person(rng: np.random.Generator) -> Person:
    """Return a person: either sex, 1.42 to 2.00 m, body mass index 16 to 42."""
    is_woman = bool(rng.random() < 0.5)
    height = np.clip(rng.normal(1630 if is_woman else 1755, 80), 1420, 2000)
    bmi = np.clip(rng.normal(25.5, 5.0), 16, 42)
    size, girth = height / 1700, np.sqrt(bmi / 23.5)
    leg = rng.normal(1.0, 0.035)
    turn = rng.normal(0, 2.2) * (2.0 if rng.random() < 0.15 else 1)
    return Person(
        is_woman=is_woman,
        age_years=rng.uniform(22, 88),
        height_mm=height,
        weight_kg=bmi * (height / 1000) ** 2,
        head=(0.5 + 0.5 * size) * rng.normal(1, 0.04),
        trunk=size * (2 - leg),
        limb=size * leg,
        girth=girth,
        shoulder_half_mm=(166 if is_woman else 178) * size**0.8 * rng.normal(1, 0.05),
        chest_half_mm=(126 if is_woman else 138) * size**0.8 * girth**0.35 * rng.normal(1, 0.05),
        hip_half_mm=(90 if is_woman else 87) * size**0.6 * rng.normal(1, 0.04),
        trunk_depth_mm=205 * girth**1.35 * size**0.5,
        bend_mm=rng.normal(0, 7) * (2.2 if rng.random() < 0.12 else 1),
        bend_phase=rng.uniform(0, 2 * np.pi),
        head_turn=np.clip(rng.normal(0, 0.2), -0.6, 0.6),
        chest_turn=np.deg2rad(turn + rng.normal(0, 1.2)),
        pelvis_turn=np.deg2rad(turn + rng.normal(0, 1.2)),
    )


def spine_x(person: Person, y: np.ndarray | float) -> np.ndarray | float:
    """Return how far the spine lies to the left at a height y, mm."""
    share = (np.asarray(y) / person.trunk - 290) / 450
    return (
        person.bend_mm
        * np.sin(np.clip(share, -0.3, 1.1) * 2.6 + person.bend_phase)
        * np.exp(-np.clip(share - 1, 0, None))
    )


def draw_pose(person: Person, rng: np.random.Generator) -> Pose:
    """Return a posture: arms beside the body, on the thighs or slightly away; legs turned."""
    joints: dict[tuple[str, str | None], np.ndarray] = {}
    for name, y in {"chin": 226 * person.head, "notch": 330, "sacrum": 775, "hips": 805}.items():
        y = y if name == "chin" else y * person.trunk
        joints[name, None] = np.array([float(spine_x(person, y)), y])
    style = rng.choice(["beside", "thighs", "away"], p=[0.5, 0.28, 0.22])
    turns = {"beside": (55, 100), "thighs": (150, 190), "away": (-10, 60)}[style]
    apart, drop = rng.normal(0, 14), rng.normal(0, 8)
    for side in SIDES:
        _place_arm(joints, person, rng, side, str(style), SIGN[side] * drop)
        _place_leg(joints, person, rng, side, apart)
    middle_turn = rng.uniform(*turns)
    # Feet that hang down are seen nearly as long as they are.
    flexed = rng.uniform(0.4, 1.05)
    return Pose(
        joints=joints,
        hand_turn={s: np.deg2rad(middle_turn + rng.normal(0, 15)) for s in SIDES},
        hand_depth=0.3 if style == "thighs" else 0.5,
        leg_turn={s: np.deg2rad(np.clip(rng.normal(12, 13), -20, 42)) for s in SIDES},
        foot_out={s: np.deg2rad(np.clip(rng.normal(24, 17), -18, 65)) for s in SIDES},
        foot_length={s: flexed * rng.normal(1, 0.08) for s in SIDES},
    )


def _place_arm(joints, person, rng, side, style, drop) -> None:
    sign, size = SIGN[side], person.height_mm / 1700
    shoulder = np.array([sign * person.shoulder_half_mm, 333 * person.trunk + drop])
    shoulder[0] += spine_x(person, shoulder[1])
    out = {"beside": 9, "thighs": 11, "away": 15}[style] + 5 * (person.girth - 1)
    upper = np.deg2rad(out + rng.normal(0, 3))
    bend = np.deg2rad({"beside": -4, "thighs": -26, "away": 0}[style] + rng.normal(0, 6))
    elbow = shoulder + 302 * size * np.array([sign * np.sin(upper), np.cos(upper)])
    # The camera is some 57 cm wide: an elbow further out would lie beside the couch.
    elbow[0] = sign * min(abs(elbow[0]), 262)
    wrist = elbow + 246 * size * np.array([sign * np.sin(bend), np.cos(bend)])
    wrist[0] = sign * min(abs(wrist[0]), 258)
    joints["shoulder", side], joints["elbow", side], joints["wrist", side] = shoulder, elbow, wrist


def _place_leg(joints, person, rng, side, apart) -> None:
    sign = SIGN[side]
    middle = joints["hips", None]
    hip = middle + by(sign * person.hip_half_mm, 0)
    knee_x = np.clip(88 + apart + rng.normal(0, 5), 62, 135) * (0.6 + 0.4 * person.girth)
    ankle_x = np.clip(knee_x + rng.normal(-4, 12) + 0.7 * apart, 44, 165)
    knee = np.array([sign * knee_x, hip[1] + 410 * person.limb])
    ankle = np.array([sign * ankle_x, hip[1] + 410 * person.limb + 412 * person.limb])
    joints["hip", side], joints["knee", side], joints["ankle", side] = hip, knee, ankle
