"""One patient: size, posture, spine and joints; coordinates as in ``solids``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

SIDES = (("right", -1), ("left", 1))

# Level, half depth and half width of a lean trunk, centre of the depth: fractions of the height.
TRUNK = np.array(
    [
        (0.105, 0.036, 0.034, 0.004),
        (0.150, 0.036, 0.036, 0.004),
        (0.166, 0.041, 0.054, 0.004),
        (0.178, 0.046, 0.084, 0.004),
        (0.200, 0.054, 0.104, 0.002),
        (0.240, 0.062, 0.099, 0.000),
        (0.290, 0.066, 0.091, 0.000),
        (0.340, 0.062, 0.083, 0.000),
        (0.385, 0.058, 0.080, 0.000),
        (0.430, 0.058, 0.091, 0.002),
        (0.475, 0.060, 0.101, 0.006),
        (0.510, 0.056, 0.102, 0.006),
        (0.545, 0.048, 0.098, 0.004),
    ]
)
# The same of a leg, with the distance of its middle from the midline.
LEG = np.array(
    [
        (0.480, 0.048, 0.046, 0.052),
        (0.540, 0.049, 0.048, 0.052),
        (0.620, 0.042, 0.041, 0.052),
        (0.705, 0.034, 0.032, 0.049),
        (0.780, 0.034, 0.031, 0.049),
        (0.860, 0.026, 0.024, 0.048),
        (0.930, 0.020, 0.019, 0.048),
        (0.965, 0.024, 0.021, 0.048),
    ]
)
# Level and depth of the middle of the spine.
SPINE = np.array(
    [
        (0.088, 0.006),
        (0.130, 0.006),
        (0.165, 0.016),
        (0.235, 0.034),
        (0.290, 0.030),
        (0.322, 0.020),
        (0.375, 0.008),
        (0.422, 0.016),
        (0.450, 0.036),
        (0.485, 0.042),
    ]
)
# Upper edges of C1, T1, L1, S1 and the lower one of S5, in fractions of the height.
SECTIONS = (("C", 7, 0.094, 0.165), ("T", 12, 0.165, 0.322), ("L", 5, 0.322, 0.424))


@dataclass(frozen=True, kw_only=True, eq=False)
class Patient:
    """Size, posture, joints ((name, side) to (a, s, x) in mm) and knots of the outline.

    ``trunk`` and ``legs`` are (n, 5): s, centre a, centre x, half depth, half width; ``spine`` is
    (n, 3): s, a, x.
    """

    height_mm: float
    bmi: float
    is_woman: bool
    age_years: float
    arms_up: bool
    trunk: np.ndarray
    legs: dict[str, np.ndarray]
    spine: np.ndarray
    joints: dict[tuple[str, str], np.ndarray]

    @property
    def fat_mm(self) -> float:
        """Return the thickness of the fat below the skin of the trunk."""
        return float(np.clip(5 + 1.5 * (self.bmi - 19) + 4 * self.is_woman, 4, 45))

    def spine_at(self, s_mm: float | np.ndarray) -> np.ndarray:
        """Return the middle of the vertebral bodies at a level, (..., 3) in mm."""
        s = np.asarray(s_mm, float)
        a, x = (np.interp(s, self.spine[:, 0], self.spine[:, k]) for k in (1, 2))
        return np.stack([a, s, x], axis=-1)

    def vertebra(self, name: str) -> tuple[float, float]:
        """Return the upper and the lower edge of a vertebra such as T12, in mm."""
        for letter, count, top, bottom in SECTIONS:
            if name[0] == letter:
                edges = np.linspace(0, 1, count + 1) ** (1.12 if letter == "T" else 1.0)
                k = int(name[1:]) - 1
                upper, lower = self.height_mm * (top + (bottom - top) * edges[k : k + 2])
                return float(upper), float(lower)
        raise KeyError(f"no vertebra is called {name}")

    def at(self, a: float, s: float, x: float) -> np.ndarray:
        """Return a point given in fractions of the height, in mm."""
        return self.height_mm * np.array([a, s, x])


def draw_patient(rng: np.random.Generator, *, arms_up: bool) -> Patient:
    """Return a patient of drawn size, sex, age and posture."""
    is_woman = bool(rng.random() < 0.5)
    height = float(np.clip(rng.normal(1640 if is_woman else 1760, 65), 1480, 1960))
    bmi = float(np.clip(rng.lognormal(np.log(25.0), 0.18), 17, 40))
    trunk = _smooth(_fatten(TRUNK, bmi, is_woman) * height)
    trunk = np.insert(trunk[:, [0, 3, 1, 2]], 2, 0.0, axis=1)
    legs = {}
    for side, sign in SIDES:
        knots = LEG * ((bmi / 22.5) ** 0.35 if bmi > 22.5 else (bmi / 22.5) ** 0.6)
        knots[:, 0], knots[:, 3] = LEG[:, 0], np.maximum(LEG[:, 3], knots[:, 2] + 0.003)
        knots[:, 3] += rng.uniform(-0.002, 0.014) * (LEG[:, 0] - 0.48) / 0.48
        rows = _smooth(knots * height)
        legs[side] = np.column_stack(
            [rows[:, 0], np.full(len(rows), 4.0), sign * rows[:, 3], rows[:, 1:3]]
        )
    spine = np.column_stack([SPINE * height, np.zeros(len(SPINE))])
    spine[:, 1] += rng.normal(0, 2, len(SPINE))
    spine[:, 2] = rng.normal(0, 5) * np.sin((SPINE[:, 0] - 0.16) * rng.uniform(8, 22))
    fine = np.linspace(spine[0, 0], spine[-1, 0], 120)
    spine = np.column_stack([fine, PchipInterpolator(spine[:, 0], spine[:, 1:])(fine)])
    return Patient(
        height_mm=height,
        bmi=bmi,
        is_woman=is_woman,
        age_years=float(rng.uniform(20, 85)),
        arms_up=arms_up,
        trunk=trunk,
        legs=legs,
        spine=spine,
        joints=_place_joints(rng, height, trunk, legs, arms_up),
    )


def _fatten(lean: np.ndarray, bmi: float, is_woman: bool) -> np.ndarray:
    """Return the trunk's rows of a body-mass index; fat grows to the front and at the waist."""
    rows = lean.copy()
    belly = np.exp(-0.5 * ((lean[:, 0] - 0.40) / 0.09) ** 2)
    rows[:, 1] *= (bmi / 22.5) ** (0.25 + 0.5 * belly)
    rows[:, 2] *= (bmi / 22.5) ** (0.25 + 0.35 * belly)
    rows[:, 3] -= 0.8 * (rows[:, 1] - lean[:, 1])
    if is_woman:
        hips = np.exp(-0.5 * ((lean[:, 0] - 0.50) / 0.05) ** 2)
        rows[:, 2] *= 0.96 + 0.11 * hips
    return rows


def _smooth(rows: np.ndarray) -> np.ndarray:
    """Return knots that are close enough for straight lines between them to look round."""
    fine = np.linspace(rows[0, 0], rows[-1, 0], 90)
    return np.column_stack([fine, PchipInterpolator(rows[:, 0], rows[:, 1:])(fine)])


def _place_joints(
    rng: np.random.Generator,
    height: float,
    trunk: np.ndarray,
    legs: dict[str, np.ndarray],
    arms_up: bool,
) -> dict[tuple[str, str], np.ndarray]:
    """Return where the large joints are, in mm."""
    joints = {}
    on_belly = rng.random() < 0.4
    for side, sign in SIDES:
        place = {"hip": (0.004, 0.476, 0.051), "si": (0.034, 0.438, 0.026)}
        if arms_up:
            out = rng.uniform(0.125, 0.16)
            place |= {"shoulder": (0.012, 0.168, 0.093), "elbow": (-0.015, 0.008, out)}
            place |= {"wrist": (-0.03, -0.10, rng.uniform(0.02, 0.08))}
        else:
            side_x = np.interp(0.36 * height, trunk[:, 0], trunk[:, 4]) / height
            out = max(side_x + 0.036, 0.125)
            wrist = (-0.085, 0.465, 0.085) if on_belly else (-0.015, 0.508, out + 0.012)
            place |= {"shoulder": (0.010, 0.186, 0.099), "elbow": (0.016, 0.362, out)}
            place |= {"wrist": wrist}
        for name, point in place.items():
            shaken = np.array(point) + rng.normal(0, 0.0025, 3)
            joints[name, side] = height * shaken * (1, 1, sign)
        for name, level in (("knee", 0.716), ("ankle", 0.958)):
            x = np.interp(level * height, legs[side][:, 0], legs[side][:, 2])
            joints[name, side] = np.array([2.0, level * height, x])
        _place_ends(rng, joints, side, sign, height)
    return joints


def _place_ends(rng, joints: dict, side: str, sign: int, height: float) -> None:
    """Add the middle of the knuckles (hand), of the balls of the toes (foot), and the tips."""
    elbow, wrist, ankle = (joints[name, side] for name in ("elbow", "wrist", "ankle"))
    way = (wrist - elbow) / np.linalg.norm(wrist - elbow)
    joints["hand", side] = wrist + 0.047 * height * way
    joints["fingers", side] = wrist + rng.uniform(0.07, 0.1) * height * way
    lift, spread = rng.uniform(0.35, 1.0), rng.uniform(0.0, 0.45)
    way = np.array([-np.cos(lift), np.sin(lift), sign * spread])
    joints["foot", side] = ankle + 0.074 * height * way / np.linalg.norm(way)
    joints["toes", side] = ankle + 0.105 * height * way / np.linalg.norm(way)
