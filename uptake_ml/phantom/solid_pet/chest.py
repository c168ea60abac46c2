"""Lungs, heart and great vessels, the diaphragm and the liver below it."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.solid_pet.canvas import Canvas
from uptake_ml.phantom.solid_pet.patient import SIDES, Patient
from uptake_ml.phantom.solid_pet.skeleton import cage_at, make_cage
from uptake_ml.phantom.solid_pet.solids import (
    Solid,
    make_ellipsoid,
)
from uptake_ml.phantom.solid_pet.uptake import Uptake


def make_lung(patient: Patient, sign: int) -> Solid:
    """Return the lung of one side, above its half of the diaphragm."""
    middle = make_ellipsoid(patient.at(0.0, 0.225, 0.004), patient.at(0.075, 0.12, 0.021))
    cage = make_cage(patient, 9.0).without(middle)
    dome = dome_mm(patient, sign)

    def distance_mm(a, s, x):
        return np.maximum(cage.distance_mm(a, s, x), np.maximum(s - dome(a, x), 3 - sign * x))

    return Solid(low_mm=cage.low_mm, high_mm=cage.high_mm, distance_mm=distance_mm)


def dome_mm(patient: Patient, sign: int):
    """Return the level of the diaphragm as a function of a and x, all in mm."""
    height = patient.height_mm
    depth, width = cage_at(patient, 0.28 * height)
    top = height * (0.268 if sign < 0 else 0.277)

    def level_mm(a, x):
        aside = sign * x - 0.48 * width
        reach = np.where(aside > 0, 0.62 * width, 1.1 * width)
        off = (aside / reach) ** 2 + (a / depth) ** 2
        back = 0.35 * np.maximum(a, 0) / depth
        return top + 0.052 * height * (np.minimum(off, 1.6) ** 1.2 * 0.8 + back)

    return level_mm


def make_liver(patient: Patient, low: float) -> Solid:
    """Return the liver; ``low`` moves its lower edge, in fractions of the height."""
    height = patient.height_mm
    cage, dome = make_cage(patient, 10.0), dome_mm(patient, -1)

    def distance_mm(a, s, x):
        edge = height * (0.316 + low) - 0.55 * x + 0.18 * a
        left = 0.8 * (a - 0.028 * height) + 0.5 * np.maximum(x + 0.035 * height, 0)
        tip = 0.7 * (x - 0.046 * height)
        parts = (dome(a, x) + 3 - s, 0.85 * (s - edge), left + 0 * s, tip + 0 * s + 0 * a)
        total = cage.distance_mm(a, s, x)
        for part in parts:
            total = _round_max(total, part, 9.0)
        return total

    return Solid(low_mm=cage.low_mm, high_mm=cage.high_mm, distance_mm=distance_mm)


def _round_max(one: np.ndarray, other: np.ndarray, radius_mm: float) -> np.ndarray:
    """Return the larger distance, with the edge between both rounded off."""
    blend = np.maximum(radius_mm - np.abs(one - other), 0) / radius_mm
    return np.maximum(one, other) + 0.25 * radius_mm * blend**2


def paint_chest(rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake) -> None:
    """Fill lungs, great vessels and the heart."""
    height = patient.height_mm
    for _, sign in SIDES:
        canvas.paint(make_lung(patient, sign), uptake.lung)
    heart = patient.at(-0.020, 0.262, 0.016)
    canvas.paint(make_ellipsoid(heart, patient.at(0.028, 0.031, 0.033)), 0.95 * uptake.blood)
    axis = np.array([-0.5, 0.5, 0.7]) + rng.normal(0, 0.08, 3)
    axis /= np.linalg.norm(axis)
    side = np.cross(axis, (1.0, 0, 0))
    side /= np.linalg.norm(side)
    turn = np.array([axis, side, np.cross(axis, side)])
    middle = heart + height * np.array([-0.002, 0.004, 0.012])
    wall = make_ellipsoid(middle, (0.027 * height, 0.019 * height, 0.019 * height), turn)
    base = make_ellipsoid(middle - 0.025 * height * axis, [0.015 * height] * 3)
    canvas.paint(wall, uptake.blood)
    canvas.paint(wall.shell(11.0).without(base), uptake.heart)
    _paint_vessels(canvas, patient, uptake)


def _paint_vessels(canvas: Canvas, patient: Patient, uptake: Uptake) -> None:
    height = patient.height_mm
    aorta = height * np.array(
        [
            (-0.010, 0.245, -0.004),
            (-0.010, 0.215, -0.006),
            (0.002, 0.201, 0.002),
            (0.018, 0.206, 0.012),
            (0.020, 0.240, 0.014),
            (0.012, 0.300, 0.010),
            (0.000, 0.340, 0.004),
            (-0.006, 0.408, 0.004),
        ]
    )
    canvas.trace(aorta, [14, 14, 13, 12, 12, 11, 9, 8.5], uptake.blood)
    cava = height * np.array([(-0.006, 0.19, -0.014), (-0.004, 0.25, -0.014)])
    canvas.trace(cava, [9, 10], uptake.blood)
    lower = height * np.array([(0.002, 0.285, -0.012), (-0.004, 0.41, -0.010)])
    canvas.trace(lower, [11, 10], uptake.blood)
    for _, sign in SIDES:
        iliac = ((-0.005, 0.41, 0.004), (0.010, 0.45, 0.028), (-0.024, 0.49, 0.046))
        way = height * np.array([*iliac, (-0.016, 0.56, 0.046)]) * (1, 1, sign)
        canvas.trace(way, [7.5, 7, 6, 5.5], 0.95 * uptake.blood)
