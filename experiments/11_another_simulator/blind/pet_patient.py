"""One patient: size, posture, spine, joints and the tracer's level in each tissue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from .pet_canvas import Canvas, make_capsule, make_column, make_ellipsoid

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
    """Size, posture, joints ((name, side) to (a, s, x) in mm) and knots of the outline."""

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


@dataclass(frozen=True, kw_only=True)
class Uptake:
    """SUV of each tissue; marrow is the vertebral one, and the others are shares of it."""

    liver: float
    blood: float
    spleen: float
    marrow: float
    limb_marrow: float
    shaft_marrow: float
    disc: float
    muscle: float
    fat: float
    lung: float
    cortex: float
    heart: float
    kidney: float
    urine: float
    bladder: float
    bowel: float
    throat: float
    gland: float
    joint: float


def draw_uptake(rng: np.random.Generator, age_years: float) -> Uptake:
    """Return the uptake of a subject without disease; marrow over liver falls with age."""
    liver = float(np.clip(rng.normal(1.95, 0.36), 1.3, 3.0))
    ratio = np.clip(0.86 - 0.0042 * (age_years - 20) + rng.normal(0, 0.05), 0.48, 0.86)
    heart = rng.choice([rng.uniform(1.5, 2.6), rng.uniform(2.6, 6), rng.uniform(6, 12)])
    return Uptake(
        liver=liver,
        blood=liver * rng.uniform(0.62, 0.85),
        spleen=liver * rng.uniform(0.74, 0.95),
        marrow=liver * float(ratio),
        limb_marrow=rng.uniform(0.4, 0.62),
        shaft_marrow=0.4,
        disc=rng.uniform(0.75, 1.0),
        muscle=float(np.clip(rng.normal(0.68, 0.1), 0.45, 0.95)),
        fat=rng.uniform(0.18, 0.35),
        lung=rng.uniform(0.35, 0.6),
        cortex=rng.uniform(6, 12),
        heart=float(heart),
        kidney=rng.uniform(2.4, 4.5),
        urine=rng.uniform(5, 25),
        bladder=rng.uniform(5, 40),
        bowel=float(np.clip(rng.lognormal(np.log(1.5), 0.35), 0.8, 2.6)),
        throat=rng.uniform(1.6, 3.4),
        gland=rng.uniform(1.3, 2.6),
        joint=rng.uniform(0.8, 1.3),
    )


def draw_patient(rng: np.random.Generator, *, arms_up: bool) -> Patient:
    """Return a patient of drawn size, sex, age and posture."""
    is_woman = bool(rng.random() < 0.5)
    height = float(np.clip(rng.normal(1640 if is_woman else 1760, 65), 1480, 1960))
    bmi = float(np.clip(rng.lognormal(np.log(25.5), 0.17), 18, 39))
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
    return joints


def paint_outline(canvas: Canvas, patient: Patient, uptake: Uptake) -> None:
    """Fill skin, fat and muscle of the whole body."""
    thin = 0.45 * patient.fat_mm
    layers = ((0.0, 0.5 * uptake.muscle), (2.5, uptake.fat), (None, uptake.muscle))
    for shrink_mm, suv in layers:
        trunk_mm = patient.fat_mm if shrink_mm is None else shrink_mm
        limb_mm = thin if shrink_mm is None else shrink_mm
        for side, sign in SIDES:
            leg = patient.legs[side]
            canvas.paint(make_column(leg, 2.0, min(limb_mm, 0.4 * leg[:, 3:].min())), suv)
            foot = patient.joints["ankle", side] + np.array((-45.0, 40.0, sign * 8.0))
            canvas.paint(make_ellipsoid(foot, np.array((90, 32, 36.0)) - limb_mm / 2), suv)
            _paint_arm(canvas, patient, side, limb_mm, suv)
        narrow_mm = np.minimum(trunk_mm, 0.3 * patient.trunk[:, 3:4])
        knots = np.hstack([patient.trunk[:, :3], patient.trunk[:, 3:] - narrow_mm])
        canvas.paint(make_column(knots, 2.4), suv)
        face = patient.at(-0.012, 0.086, 0)
        canvas.paint(make_ellipsoid(face, patient.at(0.045, 0.052, 0.037) - limb_mm / 3), suv)
        skull = patient.at(-0.004, 0.052, 0)
        canvas.paint(make_ellipsoid(skull, patient.at(0.056, 0.053, 0.045) - limb_mm / 3), suv)
    if patient.is_woman:
        _paint_breasts(canvas, patient, uptake)


def _paint_arm(canvas: Canvas, patient: Patient, side: str, shrink_mm: float, suv: float) -> None:
    shoulder, elbow, wrist = (patient.joints[k, side] for k in ("shoulder", "elbow", "wrist"))
    girth = patient.height_mm * (patient.bmi / 22.5) ** 0.4
    radii = [max(girth * share - shrink_mm, 8) for share in (0.034, 0.024, 0.022, 0.015)]
    hand = wrist + 0.055 * patient.height_mm * _unit(wrist - elbow)
    canvas.paint(make_capsule(shoulder, elbow, radii[0], radii[1]), suv)
    canvas.paint(make_capsule(elbow, wrist, radii[2], radii[3]), suv)
    canvas.paint(make_capsule(wrist, hand, radii[3], radii[3]), suv)


def _paint_breasts(canvas: Canvas, patient: Patient, uptake: Uptake) -> None:
    level = 0.262 * patient.height_mm
    row = patient.trunk[np.searchsorted(patient.trunk[:, 0], level)]
    size = 42 + 1.6 * (patient.bmi - 20)
    for _, sign in SIDES:
        centre = (row[1] - row[3] + 8, level, sign * 0.5 * row[4])
        canvas.paint(make_ellipsoid(centre, (0.75 * size, size, size)), uptake.fat, only_raise=True)
        gland = make_ellipsoid(centre, (0.4 * size, 0.55 * size, 0.55 * size))
        canvas.paint(gland, 0.8 * uptake.muscle + 0.2, only_raise=True)


def _unit(way: np.ndarray) -> np.ndarray:
    return way / np.linalg.norm(way)
