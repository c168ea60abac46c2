"""Brain, salivary glands, throat, larynx and thyroid."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.solid_pet.canvas import Canvas
from uptake_ml.phantom.solid_pet.patient import SIDES, Patient
from uptake_ml.phantom.solid_pet.solids import (
    make_capsule,
    make_ellipsoid,
)
from uptake_ml.phantom.solid_pet.uptake import Uptake


def paint_head(rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake) -> None:
    """Fill brain, salivary glands, throat, larynx and thyroid."""
    height = patient.height_mm
    brain = make_ellipsoid(patient.at(-0.004, 0.047, 0), patient.at(0.048, 0.039, 0.0365))
    canvas.paint(brain, 0.42 * uptake.cortex)
    canvas.paint(brain.shell(13.0), uptake.cortex)
    for _, sign in SIDES:
        for a, s, x, radius, suv in (
            (-0.008, 0.052, 0.013, 11, uptake.cortex),
            (0.017, 0.078, 0.013, 19, 0.75 * uptake.cortex),
            (-0.020, 0.078, 0.024, 16, 0.7 * uptake.cortex),
        ):
            canvas.paint(make_ellipsoid(patient.at(a, s, sign * x), [radius] * 3), suv)
    _paint_throat(rng, canvas, patient, uptake)
    for _, sign in SIDES:
        lobe = make_ellipsoid(patient.at(-0.016, 0.157, sign * 0.011), (8, 0.012 * height, 7))
        canvas.paint(lobe, uptake.thyroid)


def _paint_throat(
    rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake
) -> None:
    parts = (
        (-0.003, 0.098, 0.033, (13, 20, 8), uptake.gland),
        (-0.014, 0.122, 0.020, (12, 9, 8), 1.15 * uptake.gland),
        (-0.004, 0.108, 0.012, (7, 11, 5), 1.25 * uptake.throat),
        (-0.038, 0.066, 0.019, (10, 5, 9), 1.3 * uptake.muscle + 0.8),
    )
    for _, sign in SIDES:
        for a, s, x, radii, suv in parts:
            place = patient.at(a, s, sign * x) + rng.normal(0, 1.5, 3)
            canvas.paint(make_ellipsoid(place, radii), suv * rng.uniform(0.88, 1.12))
    canvas.paint(make_ellipsoid(patient.at(-0.040, 0.085, 0), (12, 18, 15)), 1.3)
    canvas.paint(make_ellipsoid(patient.at(-0.026, 0.111, 0), (22, 10, 16)), 0.75 * uptake.throat)
    larynx = make_ellipsoid(patient.at(-0.018, 0.144, 0), (11, 13, 11))
    canvas.paint(larynx.shell(5.0), 0.75 * uptake.throat)
    airway = make_capsule(patient.at(-0.008, 0.12, 0), patient.at(0.004, 0.215, 0), 8.0, 8.0)
    canvas.paint(airway, 0.3)
