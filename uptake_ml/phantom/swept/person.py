"""Who is scanned and how they lie: sizes, posture and where the joints are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SIDES = {"right": -1, "left": 1}


@dataclass(frozen=True, kw_only=True)
class Person:
    """A patient; angles in degrees; widths are factors of an average body of that height."""

    is_female: bool
    age: float
    height_mm: float
    bmi: float
    shoulder: float
    chest: float
    pelvis: float
    legs: float
    kyphosis: float
    scoliosis_mm: float
    head_turn: float
    head_nod: float
    head_tilt: float
    arms: str
    abduction: tuple[float, float]
    bend: tuple[float, float]
    hand_roll: tuple[float, float]
    leg_angle: tuple[float, float]
    foot_turn: tuple[float, float]
    roll: float
    skew: float

    @property
    def scale(self) -> float:
        """Return the size relative to a body of 1.7 m."""
        return self.height_mm / 1700

    @property
    def girth(self) -> float:
        """Return the factor of soft-tissue widths, 1 at a body mass index of 24."""
        return float(np.sqrt(self.bmi / 24))


def draw_person(
    rng: np.random.Generator,
    *,
    ages: tuple[float, float] = (25, 85),
    bmis: tuple[float, float] = (18, 34),
    arms: str | None = None,
    is_oblique: bool = False,
) -> Person:
    """Return a patient; sex, proportions and posture vary within what is common."""
    is_female = bool(rng.random() < 0.5)
    age = rng.uniform(*ages)
    arms = arms or ("sides" if rng.random() < 0.7 else "thighs")
    abduction = {"sides": (5, 15), "thighs": (16, 26), "up": (22, 50)}[arms]
    bend = {"sides": (2, 18), "thighs": (34, 52), "up": (-10, 60)}[arms]
    roll = rng.choice([-1, 1]) * rng.uniform(9, 22) if is_oblique else rng.normal(0, 2)
    return Person(
        is_female=is_female,
        age=age,
        height_mm=float(np.clip(rng.normal(1630 if is_female else 1755, 65), 1460, 1950)),
        bmi=rng.uniform(*bmis),
        shoulder=rng.normal(0.95 if is_female else 1.04, 0.035),
        chest=rng.normal(0.95 if is_female else 1.04, 0.04),
        pelvis=rng.normal(1.03, 0.035),
        legs=rng.normal(1, 0.025),
        kyphosis=max(0, rng.normal((age - 40) / 60, 0.3)),
        scoliosis_mm=rng.normal(0, 5),
        head_turn=rng.normal(0, 7),
        head_nod=rng.normal(0, 6),
        head_tilt=rng.normal(0, 3),
        arms=arms,
        abduction=_draw_pair(rng, *abduction, 2),
        bend=_draw_pair(rng, *bend, 3),
        hand_roll=_draw_pair(rng, 0, 90 if arms == "sides" else 35, 12),
        leg_angle=_draw_pair(rng, -1, 4, 0.8),
        foot_turn=_draw_pair(rng, 12, 45, 6),
        roll=float(roll),
        skew=rng.normal(0, 1.2),
    )


def _draw_pair(
    rng: np.random.Generator, low: float, high: float, spread: float
) -> tuple[float, float]:
    """Return an angle of the right and of the left limb."""
    right, left = rng.uniform(low, high) + rng.normal(0, spread, 2)
    return float(right), float(left)


def spine_at(person: Person, z_mm: float | np.ndarray) -> np.ndarray:
    """Return points (..., 3) of the line through the vertebral bodies at heights ``z_mm``.

    All is in mm of a body of 1.7 m, which ``placing.place`` brings to the person's height.
    """
    z = np.asarray(z_mm, float)
    levels = [140, 200, 262, 340, 430, 535, 640, 705, 725, 775, 815, 850]
    depths = [-92, -84, -66, -50, -46, -64, -88, -80, -70, -42, -38, -52]
    y = np.interp(z, levels, depths)
    smooth = [np.interp(z + d, levels, depths) for d in (-24, -12, 12, 24)]
    y = (y + sum(smooth)) / 5 - 14 * person.kyphosis * np.exp(-(((z - 300) / 90) ** 2))
    x = person.scoliosis_mm * np.sin((z - 262) / 450 * 2 * np.pi) * ((z > 262) & (z < 712))
    return np.stack([x, y, z], axis=-1)


def place_joints(person: Person) -> dict[tuple[str, int], np.ndarray]:
    """Return (x, y, z) of the joints, in a body of 1.7 m, by name and side (-1 right, +1 left)."""
    joints = {}
    for k, side in enumerate((-1, 1)):
        is_up = person.arms == "up"
        shoulder = np.array(
            [side * (162 * person.shoulder - 18 * is_up), -78 - 8 * is_up, 287 - 42 * is_up]
        )
        elbow, wrist = _place_arm(person, shoulder, side, k)
        hip = np.array([side * 88 * person.pelvis, -84, 826])
        knee, ankle = _place_leg(person, hip, side, k)
        names = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
        for name, point in zip(names, (shoulder, elbow, wrist, hip, knee, ankle), strict=True):
            joints[name, side] = point
    return joints


def _place_arm(person: Person, shoulder: np.ndarray, side: int, k: int):
    a = np.deg2rad(person.abduction[k] + 7 * max(person.girth - 1, 0) * (person.arms != "up"))
    b = a - np.deg2rad(person.bend[k])
    lift = {"sides": (0.02, -0.06), "thighs": (0.10, -0.28), "up": (-0.1, 0.05)}[person.arms]
    down = -1 if person.arms == "up" else 1
    upper = np.array([side * np.sin(a), lift[0], down * np.cos(a)])
    lower = np.array([side * np.sin(b), lift[1], down * np.cos(b)])
    elbow = shoulder + 298 * upper / np.linalg.norm(upper)
    return elbow, elbow + 248 * lower / np.linalg.norm(lower)


def _place_leg(person: Person, hip: np.ndarray, side: int, k: int):
    a = np.deg2rad(person.leg_angle[k] - 1)
    b = np.deg2rad(person.leg_angle[k] + 1)
    s = person.legs
    knee = hip + s * np.array([side * 404 * np.sin(a), 20, 404 * np.cos(a)])
    return knee, knee + s * np.array([side * 392 * np.sin(b), 14, 392 * np.cos(b)])


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """Return a number whose logarithm is uniform between those of two."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))
