"""Skin, fat and muscle of the whole body."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.solid_pet.canvas import Canvas
from uptake_ml.phantom.solid_pet.patient import SIDES, Patient
from uptake_ml.phantom.solid_pet.solids import make_capsule, make_column, make_ellipsoid, shift
from uptake_ml.phantom.solid_pet.uptake import Uptake


def paint_outline(canvas: Canvas, patient: Patient, uptake: Uptake) -> None:
    """Fill skin, fat and muscle of the whole body."""
    thin = 0.45 * patient.fat_mm
    layers = ((0.0, 0.5 * uptake.muscle), (2.5, uptake.fat), (None, uptake.muscle))
    for shrink_mm, suv in layers:
        trunk_mm = patient.fat_mm if shrink_mm is None else shrink_mm
        limb_mm = thin if shrink_mm is None else shrink_mm
        for side, _ in SIDES:
            leg = patient.legs[side]
            canvas.paint(make_column(leg, 2.0, min(limb_mm, 0.4 * leg[:, 3:].min())), suv)
            ankle, toes = (patient.joints[name, side] for name in ("ankle", "toes"))
            heel, shrunk = shift(ankle, 14, 30, 0), min(limb_mm, 10)
            canvas.paint(make_capsule(heel, toes, 36 - shrunk, 26 - shrunk), suv)
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
    hand, fingers = (patient.joints[k, side] for k in ("hand", "fingers"))
    canvas.paint(make_capsule(shoulder, elbow, radii[0], radii[1]), suv)
    canvas.paint(make_capsule(elbow, wrist, radii[2], radii[3]), suv)
    palm_mm = max(0.018 * patient.height_mm - shrink_mm, 8)
    canvas.paint(make_capsule(wrist, hand, radii[3], palm_mm), suv)
    canvas.paint(make_capsule(hand, fingers, palm_mm, 9), suv)


def _paint_breasts(canvas: Canvas, patient: Patient, uptake: Uptake) -> None:
    size = 42 + 1.6 * (patient.bmi - 20)
    for _, sign in SIDES:
        centre = breast_place(patient, sign)
        canvas.paint(make_ellipsoid(centre, (0.75 * size, size, size)), uptake.fat, only_raise=True)
        gland = make_ellipsoid(centre, (0.4 * size, 0.55 * size, 0.55 * size))
        canvas.paint(gland, 0.8 * uptake.muscle + 0.2, only_raise=True)


def breast_place(patient: Patient, sign: int) -> np.ndarray:
    """Return the middle of the breast of one side, in mm."""
    level = 0.262 * patient.height_mm
    row = patient.trunk[np.searchsorted(patient.trunk[:, 0], level)]
    return np.array([row[1] - row[3] + 8, level, sign * 0.5 * row[4]])
