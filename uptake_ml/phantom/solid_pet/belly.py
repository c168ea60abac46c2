"""Spleen, stomach, bowel and the organs of the pelvis."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import make_interp_spline

from uptake_ml.phantom.solid_pet.canvas import Canvas
from uptake_ml.phantom.solid_pet.chest import make_liver
from uptake_ml.phantom.solid_pet.patient import SIDES, Patient
from uptake_ml.phantom.solid_pet.skeleton import make_cage
from uptake_ml.phantom.solid_pet.solids import (
    make_column,
    make_ellipsoid,
    turn_about_a,
)
from uptake_ml.phantom.solid_pet.uptake import Uptake

# Way of the large bowel, from the caecum to the rectum, in fractions of the height.
COLON = np.array(
    [
        (-0.012, 0.445, -0.054),
        (0.000, 0.410, -0.059),
        (-0.002, 0.368, -0.057),
        (-0.030, 0.362, -0.040),
        (-0.040, 0.374, 0.000),
        (-0.030, 0.356, 0.040),
        (0.004, 0.338, 0.058),
        (0.006, 0.385, 0.060),
        (0.000, 0.428, 0.058),
        (-0.010, 0.450, 0.044),
        (-0.006, 0.458, 0.010),
        (0.020, 0.456, 0.004),
        (0.030, 0.480, 0.000),
        (0.026, 0.505, 0.000),
    ]
)


def paint_belly(
    rng: np.random.Generator,
    canvas: Canvas,
    patient: Patient,
    uptake: Uptake,
    spleen_size: float,
) -> None:
    """Fill liver, spleen, stomach, bowel and pelvic organs."""
    height = patient.height_mm
    _paint_cavity(canvas, patient, uptake)
    _paint_small_bowel(rng, canvas, patient, uptake)
    points = COLON * height + rng.normal(0, 0.006 * height, COLON.shape)
    way = _bend(points, 100)
    heat = uptake.bowel * np.repeat(rng.lognormal(-0.2, rng.uniform(0.2, 0.7), 20), 5)
    radii = 12.5 + 2.5 * np.sin(np.arange(100) * 1.3) + rng.normal(0, 1, 100)
    for k in range(len(way) - 1):
        canvas.trace(way[k : k + 2], radii[k : k + 2], heat[k])
    stomach = make_ellipsoid(
        patient.at(-0.014, 0.310, 0.036), patient.at(0.022, 0.030, 0.024), exponent=2.2
    )
    canvas.paint(stomach, 0.6)
    canvas.paint(stomach.shell(rng.uniform(6, 11)), uptake.stomach)
    canvas.paint(make_liver(patient, rng.normal(0, 0.008)), uptake.liver)
    lean = turn_about_a(rng.normal(0.35, 0.1))
    spleen = make_ellipsoid(
        patient.at(0.026, 0.309, 0.060),
        spleen_size * patient.at(0.027, 0.033, 0.0165),
        lean,
    )
    canvas.paint(spleen.within(make_cage(patient, 8.0)), uptake.spleen)
    if not patient.is_woman:
        for _, sign in SIDES:
            testis = make_ellipsoid(patient.at(-0.046, 0.538, sign * 0.012), (12, 17, 11))
            canvas.paint(testis, uptake.gonad)
    canvas.paint(make_ellipsoid(patient.at(0.030, 0.522, 0), (10, 16, 8)), rng.uniform(1.2, 2.4))


def _paint_cavity(canvas: Canvas, patient: Patient, uptake: Uptake) -> None:
    inner = patient.trunk[(patient.trunk[:, 0] > 0.29 * patient.height_mm)]
    wall = patient.fat_mm + 14
    knots = inner[inner[:, 0] < 0.50 * patient.height_mm] + (0, -6, 0, -wall - 8, -wall)
    pelvis = np.interp(knots[:, 0] / patient.height_mm, (0.43, 0.50), (1.0, 0.62))
    knots[:, 3:] *= pelvis[:, None]
    canvas.paint(make_column(knots, 2.3), 0.5 * uptake.fat + 0.5 * uptake.muscle)


def _paint_small_bowel(
    rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake
) -> None:
    for _ in range(10):
        places = 0.6 * rng.normal(0, 1, 3) + np.cumsum(rng.normal(0, 0.3, (6, 3)), axis=0)
        places /= np.maximum(np.linalg.norm(places, axis=1, keepdims=True), 1)
        way = patient.height_mm * ((-0.014, 0.41, 0.0) + places * (0.020, 0.042, 0.046))
        suv = 0.75 * uptake.bowel * rng.lognormal(0, 0.3)
        canvas.trace(_bend(way, 20), rng.uniform(7, 11, 20), max(suv, 0.7))


def _bend(points: np.ndarray, count: int) -> np.ndarray:
    """Return a smooth way of so many points through the given ones."""
    spline = make_interp_spline(np.arange(len(points)), points, k=3)
    return spline(np.linspace(0, len(points) - 1, count))
