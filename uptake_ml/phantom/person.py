"""A person: size, proportions and posture on the table, drawn at random."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from uptake_ml.errors import SimulationError

FEMALE = "female"
MALE = "male"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Everything that shapes a body; scales are relative to the model's own bones.

    ``angles`` are joint angles in radians.  ``bend_mm`` shifts the trunk sideways (a scoliosis)
    as an S with ``bend_phase``; ``lean_rad`` turns the whole body in the plane of the table.
    ``kyphosis_mm`` rounds the upper back and lowers the head; ``twist_rad`` turns the shoulders
    against the pelvis, positive to the patient's left.
    """

    sex: str
    age_years: float
    height_mm: float
    bmi: float
    trunk_scale: float
    head_scale: float
    shoulder_scale: float
    pelvis_scale: float
    chest_depth_scale: float
    arm_scale: float
    forearm_scale: float
    thigh_scale: float
    shank_scale: float
    bone_width_scale: float
    fat_in_trunk: float
    bend_mm: float
    bend_phase: float
    lordosis_mm: float
    head_turn_rad: float
    head_nod_mm: float
    lean_rad: float
    angles: Mapping[str, float]
    kyphosis_mm: float = 0.0
    twist_rad: float = 0.0

    def __post_init__(self) -> None:
        if not 1300 <= self.height_mm <= 2200:
            raise SimulationError(f"height_mm must lie in 1300..2200, found {self.height_mm}")
        if not 14 <= self.bmi <= 50:
            raise SimulationError(f"bmi must lie in 14..50, found {self.bmi}")

    @property
    def weight_kg(self) -> float:
        """Body weight that follows from height and body-mass index."""
        return self.bmi * (self.height_mm / 1000.0) ** 2


def draw_person(
    rng: np.random.Generator, *, age_years: float | None = None, sex: str | None = None
) -> Person:
    """Draw an adult; marginals follow an adult oncology population (heights and BMI of adults)."""
    drawn = FEMALE if rng.random() < 0.5 else MALE
    sex = sex or drawn
    age = age_years if age_years is not None else _truncated(rng, 60, 16, 18, 92)
    height = _truncated(rng, *((1640, 70, 1450, 1830) if sex == FEMALE else (1755, 75, 1550, 2000)))
    height -= max(age - 50, 0) * 0.8
    old = float(np.clip((age - 55) / 35, 0, 1))
    return Person(
        sex=sex,
        age_years=age,
        height_mm=max(height, 1450.0),
        bmi=float(np.clip(rng.lognormal(np.log(25.5), 0.19), 17, 44)),
        trunk_scale=_truncated(rng, 1.0, 0.03, 0.92, 1.08),
        head_scale=_truncated(rng, 1.0, 0.04, 0.9, 1.1),
        shoulder_scale=_truncated(rng, 0.97 if sex == FEMALE else 1.04, 0.045, 0.85, 1.16),
        pelvis_scale=_truncated(rng, 1.05 if sex == FEMALE else 0.99, 0.045, 0.88, 1.18),
        chest_depth_scale=_truncated(rng, 1.0, 0.06, 0.85, 1.2),
        arm_scale=_truncated(rng, 1.0, 0.035, 0.9, 1.1),
        forearm_scale=_truncated(rng, 1.0, 0.035, 0.9, 1.1),
        # Legs over trunk differ more, within and between peoples (Bogin, Varela-Silva, IJERPH
        # 2010;7:1047), than shank over thigh does (3 %, prior): a long thigh has a long shank.
        thigh_scale=(thigh := _truncated(rng, 0.985, 0.045, 0.87, 1.1)),
        shank_scale=_truncated(rng, thigh, 0.03, 0.85, 1.12),
        bone_width_scale=_truncated(rng, 0.95 if sex == FEMALE else 1.03, 0.05, 0.82, 1.18),
        fat_in_trunk=_truncated(rng, 0.9 if sex == FEMALE else 1.1, 0.2, 0.4, 1.7),
        bend_mm=_truncated(rng, 0, 5 if rng.random() < 0.9 - 0.25 * old else 16, -28, 28),
        bend_phase=float(rng.uniform(0, 2 * np.pi)),
        lordosis_mm=float(rng.normal(10, 8)),
        head_turn_rad=float(rng.normal(0, 0.12) if rng.random() < 0.8 else rng.normal(0, 0.5)),
        head_nod_mm=float(rng.normal(0, 8)),
        lean_rad=float(rng.normal(0, 0.015)),
        angles=_draw_angles(rng),
        kyphosis_mm=float(np.clip(rng.normal(3 + 22 * old, 6 + 10 * old), 0, 60)),
        twist_rad=float(np.clip(rng.normal(0, 0.05), -0.15, 0.15)),
    )


def _truncated(rng, mean, sd, low, high) -> float:
    return float(np.clip(rng.normal(mean, sd), low, high))


def _draw_angles(rng: np.random.Generator) -> dict[str, float]:
    """Draw a supine posture: the same intention on both sides, with small differences.

    Now and then one side does something else (a bent or raised arm, a turned leg), as patients do.
    """
    angles: dict[str, float] = {}
    arms, legs, fingers = _arm_intention(rng), _leg_intention(rng), rng.uniform(0, 0.45)
    for side in "rl":
        if side == "l" and rng.random() < 0.2:
            arms = _raised_arm(rng) if rng.random() < 0.1 else _arm_intention(rng)
        if side == "l" and rng.random() < 0.2:
            legs = _leg_intention(rng)
        for name, (value, jitter) in {**arms, **legs}.items():
            angles[f"{name}_{side}"] = float(value + rng.normal(0, jitter))
        for finger in range(2, 6):
            for joint in ("mcp", "pm", "md"):
                name = f"{joint}{finger}_flexion_{side}"
                angles[name] = float(max(fingers + rng.normal(0, 0.08), 0))
        angles[f"knee_angle_{side}"] = max(angles[f"knee_angle_{side}"], 0.0)
        angles[f"elbow_flexion_{side}"] = max(angles[f"elbow_flexion_{side}"], 0.0)
        angles[f"hip_flexion_{side}"] = 0.55 * angles[f"knee_angle_{side}"]
    return angles


def _arm_intention(rng) -> dict[str, tuple[float, float]]:
    """Arms along the body, hands on hips, thighs or belly, or arms away from the body."""
    ways = {"along": 0.47, "hips": 0.22, "thighs": 0.16, "belly": 0.08, "away": 0.07}
    way = rng.choice(list(ways), p=list(ways.values()))
    ranges = {
        "along": ((0.03, 0.28), (0.3, 1.1), (0.03, 0.35)),
        "hips": ((0.15, 0.5), (0.9, 1.6), (0.2, 0.75)),
        "thighs": ((0.15, 0.35), (0.7, 1.3), (0.1, 0.45)),
        "belly": ((0.35, 0.6), (1.2, 1.5), (1.15, 1.55)),
        "away": ((0.3, 0.5), (0.2, 1.0), (0.05, 0.5)),
    }[way]
    elevation, rotation, bend = (rng.uniform(*r) for r in ranges)
    planes = {"thighs": (-0.1, 0.2), "belly": (0.0, 0.2), "away": (-0.2, 0.15)}
    plane = planes.get(str(way), (-0.45, 0.2))
    return {
        "shoulder_elv": (elevation, 0.03),
        "elv_angle": (rng.normal(*plane), 0.06),
        "shoulder_rot": (rotation, 0.06),
        "elbow_flexion": (bend, 0.06),
        **_hand_intention(rng),
    }


def _raised_arm(rng) -> dict[str, tuple[float, float]]:
    """An arm laid beside the head, since the shoulder hurts or a line is in it."""
    return {
        "shoulder_elv": (rng.uniform(1.8, 2.3), 0.0),
        "elv_angle": (rng.normal(0.0, 0.15), 0.0),
        "shoulder_rot": (rng.uniform(-1.6, -1.2), 0.0),
        "elbow_flexion": (rng.uniform(1.6, 2.2), 0.0),
        **_hand_intention(rng),
    }


def _hand_intention(rng) -> dict[str, tuple[float, float]]:
    palm = rng.random()
    turn = (0.7, 1.45) if palm < 0.6 else (-0.3, 0.7) if palm < 0.9 else (-1.3, -0.7)
    return {
        "pro_sup": (rng.uniform(*turn), 0.1),
        "flexion": (rng.uniform(-0.2, 0.25), 0.05),
        "deviation": (rng.uniform(-0.05, 0.2), 0.04),
    }


def _leg_intention(rng) -> dict[str, tuple[float, float]]:
    """Legs at rest roll outwards and the feet drop: toes point out and down, heels inwards.

    Now and then the feet are taped together, toes up or in, or stand upright on their heels.
    """
    is_taped, is_apart = rng.random() < 0.15, rng.random() < 0.25
    is_upright = rng.random() < 0.3
    turn = rng.uniform(-0.2, 0.15) if is_taped else np.clip(rng.normal(-0.5, 0.2), -1.0, 0.05)
    drop = -0.1 if is_upright else -0.52
    if is_upright:
        turn = rng.normal(-0.12, 0.12)
    return {
        "hip_adduction": (rng.uniform(*((-0.14, 0) if is_apart else (-0.05, 0.04))), 0.015),
        "hip_rotation": (turn, 0.12),
        "knee_angle": (max(rng.normal(0.08, 0.09), 0.0), 0.03),
        "ankle_angle": (np.clip(rng.normal(drop, 0.2), -0.95, 0.15), 0.06),
        "subtalar_angle": (rng.normal(0, 0.1), 0.05),
        "mtp_angle": (rng.normal(0, 0.1), 0.05),
    }
