"""An FDG-PET of the stylized body: its volume, its projection and what is true of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from uptake_ml.phantom.fdg_truth import FdgTruth, describe_lesions, place_indices, visible_pattern
from uptake_ml.phantom.stylized.body import build_organs
from uptake_ml.phantom.stylized.person import ARMS, Person, draw_person
from uptake_ml.phantom.stylized.raster import Shape
from uptake_ml.phantom.stylized.skeleton import build_skeleton
from uptake_ml.phantom.stylized_pet.joints import draw_arthritis, draw_single_joint, draw_worn
from uptake_ml.phantom.stylized_pet.lesions import Focus, draw_foci
from uptake_ml.phantom.stylized_pet.levels import (
    Marrow,
    draw_bone_suv,
    draw_levels,
    draw_marrow,
)
from uptake_ml.phantom.stylized_pet.painting import Patient, paint_patient
from uptake_ml.phantom.stylized_pet.scanner import add_noise, build_sampling, draw_scanner
from uptake_ml.phantom.stylized_pet.truth import grid_indices, landmark_points
from uptake_ml.phantom.stylized_pet.variants import cut_ureters, draw_variants, vary_gut
from uptake_ml.phantom.truth import ViewTruth
from uptake_ml.projections import project_views
from uptake_ml.study import (
    ANTERIOR,
    FDG_PET,
    FOCAL,
    JOINT_SYMMETRIC,
    MARROW_DIFFUSE,
    Study,
    Volume,
)

_ARMS_UP_SHARE = 0.55
_SINGLE_JOINT_SHARE = 0.08
_FOCI_ON_MARROW_SHARE, _FOCI_ON_JOINTS_SHARE = 0.3, 0.05
# Where lesions lie below the usual field, most scans are made to the toes.
_LEGS_SHARE = 0.8
_MID_THIGH = 0.55


def render_stylized_pet(seed: int, *, label: str) -> tuple[Study, FdgTruth]:
    """Return a simulated FDG-PET in SUV and its truth, the same for the same seed and label."""
    return render_patient(draw_patient(seed, label=label))


def draw_patient(seed: int, *, label: str) -> Patient:
    """Return a patient with a disease of this label; all randomness is used up here."""
    rng = np.random.default_rng(seed)
    is_up = rng.random() < _ARMS_UP_SHARE
    person = draw_person(rng, "up" if is_up else str(rng.choice(ARMS[:3])))
    bones, organs = build_skeleton(person), vary_gut(rng, build_organs(person, rng))
    levels = draw_levels(rng)
    marrow = draw_marrow(rng, label, levels)
    foci = _draw_disease(rng, person, bones, levels, marrow, label)
    spots = draw_variants(rng, person, levels) + cut_ureters(rng, organs)
    spots += draw_worn(rng, person, bones, levels["liver"])
    return Patient(
        seed=seed,
        label=label,
        person=person,
        levels=levels,
        marrow=marrow,
        bones=bones,
        bone_suv=draw_bone_suv(rng, bones, marrow),
        organs=organs,
        spots=spots,
        foci=foci,
        lean_share=float(rng.uniform(0.55, 0.85)),
        disc_share=float(rng.uniform(0.4, 0.95)),
        texture=float(rng.uniform(0.03, 0.12)),
        texture_seed=int(rng.integers(2**31)),
        jitter=rng.random(3),
        scanner=draw_scanner(rng, person, needs_legs=_needs_legs(rng, person, foci)),
    )


def _draw_disease(
    rng, person: Person, bones: Sequence[Shape], levels: Mapping[str, float], marrow: Marrow, label
) -> list[Focus]:
    """Return the lesions of a disease with this label."""
    background = {**levels, "bone": marrow.spine_suv}
    if label == FOCAL:
        if rng.random() < _SINGLE_JOINT_SHARE:
            return draw_single_joint(rng, person, bones)
        return draw_foci(rng, person, bones, background)
    chance = {MARROW_DIFFUSE: _FOCI_ON_MARROW_SHARE, JOINT_SYMMETRIC: _FOCI_ON_JOINTS_SHARE}
    foci = draw_arthritis(rng, person, bones) if label == JOINT_SYMMETRIC else []
    if rng.random() < chance.get(label, 0.0):
        foci += draw_foci(rng, person, bones, background)
    return foci


def _needs_legs(rng, person: Person, foci: Sequence[Focus]) -> bool:
    hip, knee = (person.points[name, "left"][1] for name in ("hip", "knee"))
    is_low = any(focus.centre_mm[1] > hip + _MID_THIGH * (knee - hip) for focus in foci)
    return bool(is_low and rng.random() < _LEGS_SHARE)


def render_patient(patient: Patient) -> tuple[Study, FdgTruth]:
    """Return the study that a patient gives, in SUV, and its exact truth."""
    painted, scanner = paint_patient(patient), patient.scanner
    sampling = build_sampling(painted.grid, scanner, patient.hip_y_mm)
    expected = sampling.image(painted.suv)
    lesions, footprints, numbers = describe_lesions(
        painted.lesions, sampling, expected, scanner, painted.true_suv["liver"]
    )
    label, superimposed = visible_pattern(patient.label, lesions, painted.true_suv)
    points = landmark_points(patient.person, patient.bones, patient.organs)
    view = ViewTruth(
        find_regions=_no_regions,
        landmarks=place_indices(grid_indices(points, painted.grid), sampling),
        lesion_map=numbers,
    )
    diseases = dict.fromkeys((patient.marrow.disease, *(f.disease for f in patient.foci)))
    truth = FdgTruth(
        label=label,
        drawn_label=patient.label,
        diseases=tuple(name for name in diseases if name),
        burden=math.nan,
        lesions=tuple(lesions),
        views={ANTERIOR: view},
        superimposed=superimposed,
        true_suv=painted.true_suv,
        footprints=footprints,
    )
    volume = Volume(values=add_noise(expected, scanner), spacing_mm=scanner.spacing_mm)
    identity = f"stylized-{patient.seed}"
    study = Study(id=identity, modality=FDG_PET, views=project_views(volume), volume=volume)
    return study, truth


def _no_regions() -> np.ndarray:
    raise NotImplementedError("this body does not tell its regions")
