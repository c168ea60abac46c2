"""Painting a case: first all that is healthy, then its foci, each as what it adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.phantom.solid_pet.belly import paint_belly
from uptake_ml.phantom.solid_pet.canvas import Canvas
from uptake_ml.phantom.solid_pet.chest import paint_chest
from uptake_ml.phantom.solid_pet.head import paint_head
from uptake_ml.phantom.solid_pet.outline import paint_outline
from uptake_ml.phantom.solid_pet.scanner import open_canvas
from uptake_ml.phantom.solid_pet.skeleton import paint_skeleton
from uptake_ml.phantom.solid_pet.urine import paint_urine
from uptake_ml.phantom.tracer import Lesion

if TYPE_CHECKING:
    from uptake_ml.phantom.solid_pet.case import SolidCase

_GRAINS = ((0.05, 34.0), (0.06, 13.0))
_DIAPHRAGM, _MOVED_MM = 0.285, 55.0


def paint_healthy(case: SolidCase) -> Canvas:
    """Return a canvas with all of a case but its foci."""
    rng, patient, uptake = np.random.default_rng(case.organ_seed), case.patient, case.uptake
    canvas = open_canvas(patient, case.scanner)
    paint_outline(canvas, patient, uptake)
    paint_chest(rng, canvas, patient, uptake)
    paint_belly(rng, canvas, patient, uptake, case.spleen_size)
    paint_skeleton(canvas, patient, uptake)
    paint_head(rng, canvas, patient, uptake)
    paint_urine(rng, canvas, patient, uptake)
    for solid, suv in case.variants:
        canvas.paint(solid, suv, only_raise=True)
    canvas.mottle(rng, _GRAINS)
    if case.patchy:
        canvas.mottle(rng, [(case.patchy, 22.0)])
    canvas.breathe(_DIAPHRAGM * patient.height_mm, _MOVED_MM, case.breathing_mm)
    return canvas


def true_means(canvas: Canvas, case: SolidCase) -> dict[str, float]:
    """Return mean SUVs as painted, in boxes well inside each tissue, before any focus."""
    patient = case.patient
    means = {}
    for part, letter, count in (("thoracic", "T", 12), ("lumbar", "L", 5)):
        middles = [np.mean(patient.vertebra(f"{letter}{k + 1}")) for k in range(count)]
        suvs = [canvas.mean_around(patient.spine_at(s), 5.0) for s in middles]
        means[f"{part}-marrow"] = float(np.mean(suvs))
    for name, place, reach_mm in (
        ("liver", (0.0, 0.300, -0.050), 18.0), ("spleen", (0.026, 0.309, 0.060), 9.0),
        ("blood-pool", (0.020, 0.230, 0.0135), 7.0),
    ):  # fmt: skip
        means[name] = canvas.mean_around(patient.at(*place), reach_mm)
    return means


def paint_foci(canvas: Canvas, case: SolidCase) -> list[Lesion]:
    """Paint the foci of a case and return what each has added."""
    height, lesions = case.patient.height_mm, []
    for focus in case.foci:
        apart_mm = focus.centre_mm[1] - _DIAPHRAGM * height
        smear_mm = case.breathing_mm * float(np.exp(-0.5 * (apart_mm / _MOVED_MM) ** 2))
        parts = [(solid, case.strength * suv) for solid, suv in focus.parts]
        origin, activity = canvas.add(parts, smear_mm if smear_mm > 1 else 0.0)
        lesions.append(
            Lesion(
                disease=focus.disease,
                region=focus.region,
                centre_mm=focus.centre_mm,
                radius_mm=focus.radius_mm,
                uptake=case.strength * focus.suv,
                origin=origin,
                activity=activity,
            )
        )
    return lesions
