"""An FDG-PET of the body of solids: its volume, its projection and what is true of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.fdg_spec import ScannerSpec
from uptake_ml.phantom.fdg_truth import FdgTruth, tell_truth
from uptake_ml.phantom.simple_truth import no_regions
from uptake_ml.phantom.solid_pet.canvas import Part
from uptake_ml.phantom.solid_pet.foci import Focus, draw_foci
from uptake_ml.phantom.solid_pet.joints import ARTHRITIDES, draw_arthritis, inflame
from uptake_ml.phantom.solid_pet.landmarks import landmark_points, place_landmarks
from uptake_ml.phantom.solid_pet.limb_tumours import draw_limb_tumour
from uptake_ml.phantom.solid_pet.painting import paint_foci, paint_healthy, true_means
from uptake_ml.phantom.solid_pet.patient import SIDES, Patient, draw_patient
from uptake_ml.phantom.solid_pet.scanner import add_noise, build_sampling, draw_scanner
from uptake_ml.phantom.solid_pet.uptake import MARROW_DISEASES, Uptake, alter_marrow, draw_uptake
from uptake_ml.phantom.solid_pet.variants import draw_variants
from uptake_ml.projections import project_views
from uptake_ml.study import (
    FDG_PET,
    FOCAL,
    JOINT_SYMMETRIC,
    MARROW_DIFFUSE,
    Study,
    Volume,
)

_ARMS_UP_SHARE = 0.6
_LIMB_TUMOUR_SHARE, _ONE_JOINT_SHARE = 0.17, 0.06
_FOCI_ON_MARROW_SHARE, _FOCI_ON_JOINTS_SHARE = 0.18, 0.04
_STRENGTH = (0.55, 1.2)  # of lesions, so that faint ones are learnt as well (prior)


@dataclass(frozen=True, kw_only=True, eq=False)
class SolidCase:
    """A patient, the tracer in this patient's tissues, what is ill, and the scanner.

    ``patchy`` is the s.d. of the marrow's unevenness, ``disease`` that of the marrow if any,
    ``organ_seed`` what shapes the organs.
    """

    seed: int
    label: str
    patient: Patient
    uptake: Uptake
    spleen_size: float
    patchy: float
    disease: str | None
    variants: Sequence[Part]
    foci: Sequence[Focus]
    strength: float
    breathing_mm: float
    organ_seed: int
    scanner: ScannerSpec


def render_solid_pet(seed: int, *, label: str) -> tuple[Study, FdgTruth]:
    """Return a simulated FDG-PET in SUV and its truth, the same for the same seed and label."""
    return render_case(draw_case(seed, label=label))


def draw_case(seed: int, *, label: str) -> SolidCase:
    """Return a patient with a disease of this label; all randomness is used up here."""
    rng = np.random.default_rng(seed)
    patient = draw_patient(rng, arms_up=bool(rng.random() < _ARMS_UP_SHARE))
    uptake, size = draw_uptake(rng, patient.age_years), float(rng.uniform(0.8, 1.15))
    disease, patchy = None, 0.0
    if label == MARROW_DIFFUSE:
        weights = np.array([d.weight for d in MARROW_DISEASES.values()])
        disease = str(rng.choice(list(MARROW_DISEASES), p=weights / weights.sum()))
        uptake, size = alter_marrow(rng, uptake, disease)
        patchy = float(rng.uniform(*MARROW_DISEASES[disease].patchy))
    foci = _draw_foci(rng, patient, uptake, label)
    return SolidCase(
        seed=seed,
        label=label,
        patient=patient,
        uptake=uptake,
        spleen_size=size,
        patchy=patchy,
        disease=disease,
        variants=draw_variants(rng, patient, uptake),
        foci=foci,
        strength=float(rng.uniform(*_STRENGTH)),
        breathing_mm=float(rng.uniform(2.0, 7.0)),
        organ_seed=int(rng.integers(2**31)),
        scanner=draw_scanner(rng, patient, foci),
    )


def _draw_foci(rng, patient: Patient, uptake: Uptake, label: str) -> list[Focus]:
    """Return the lesions of a disease with this label."""
    if label == FOCAL:
        kind = rng.random()
        if kind < _LIMB_TUMOUR_SHARE:
            return draw_limb_tumour(rng, patient)
        if kind < _LIMB_TUMOUR_SHARE + _ONE_JOINT_SHARE:
            return [_one_joint(rng, patient, uptake)]
        return draw_foci(rng, patient, uptake)
    foci = draw_arthritis(rng, patient, uptake.liver) if label == JOINT_SYMMETRIC else []
    share = {MARROW_DIFFUSE: _FOCI_ON_MARROW_SHARE, JOINT_SYMMETRIC: _FOCI_ON_JOINTS_SHARE}
    if rng.random() < share.get(label, 0.0):
        foci += draw_foci(rng, patient, uptake)
    return foci


def _one_joint(rng, patient: Patient, uptake: Uptake) -> Focus:
    joint = str(rng.choice(["shoulder", "hip", "knee", "elbow", "wrist"]))
    disease = str(rng.choice(["rheumatoid-arthritis", "psoriatic-arthritis", "osteoarthritis"]))
    suv = uptake.liver * float(np.exp(rng.uniform(*np.log(ARTHRITIDES[disease].suv))))
    return inflame(rng, patient, joint, SIDES[rng.integers(2)][0], suv, disease)


def render_case(case: SolidCase) -> tuple[Study, FdgTruth]:
    """Return the study that a case gives, in SUV, and its exact truth."""
    canvas, scanner = paint_healthy(case), case.scanner
    true_suv = true_means(canvas, case)
    lesions = paint_foci(canvas, case)
    sampling = build_sampling(canvas, scanner, case.patient.joints["hip", "left"][1])
    expected = sampling.image(canvas.suv)
    diseases = dict.fromkeys((case.disease, *(focus.disease for focus in case.foci)))
    truth = tell_truth(
        case.label,
        lesions,
        true_suv,
        (sampling, expected, scanner),
        diseases=[name for name in diseases if name],
        landmarks=place_landmarks(landmark_points(case.patient), canvas, sampling),
        find_regions=no_regions,
    )
    values = add_noise(expected, scanner, true_suv["liver"])
    volume = Volume(values=values, spacing_mm=scanner.spacing_mm)
    identity = f"solid-{case.seed}"
    study = Study(id=identity, modality=FDG_PET, views=project_views(volume), volume=volume)
    return study, truth
