"""One simulated planar whole-body bone scan of the framed body, anterior and posterior."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.framed.armature import Person, draw_person
from uptake_ml.phantom.framed.camera import draw_camera
from uptake_ml.phantom.framed.counting import expect
from uptake_ml.phantom.framed.diffuse import KINDS as _DIFFUSE
from uptake_ml.phantom.framed.disease import ANY_BMI, Disease
from uptake_ml.phantom.framed.exposure import Exposure
from uptake_ml.phantom.framed.focal import KINDS as _FOCAL
from uptake_ml.phantom.framed.joint import KINDS as _JOINT
from uptake_ml.phantom.framed.landmarks import landmark_points
from uptake_ml.phantom.framed.normal import KINDS as _NORMAL
from uptake_ml.phantom.framed.normal import vary_patient
from uptake_ml.phantom.framed.painting import paint
from uptake_ml.phantom.framed.subject import build_body
from uptake_ml.phantom.framed.tracer import add_wear, draw_tracer, set_healthy
from uptake_ml.phantom.framed.truth import make_truth
from uptake_ml.phantom.framed.urine import build_injection, build_urine
from uptake_ml.phantom.patches import count
from uptake_ml.phantom.truth import Truth
from uptake_ml.study import BONE_SCAN, COUNTS, DIFFUSE, FOCAL, JOINT_SYMMETRIC, NORMAL, Study, View

DISEASES: dict[str, dict[str, Disease]] = {
    NORMAL: _NORMAL,
    FOCAL: _FOCAL,
    DIFFUSE: _DIFFUSE,
    JOINT_SYMMETRIC: _JOINT,
}
_OBESE_SHARE, _OBESE_BMIS = 0.12, (34, 44)  # prior


def render_framed(seed: int, *, label: str) -> tuple[Study, Truth]:
    """Return a simulated bone scan in counts and its truth, the same for the same seed."""
    rng = np.random.default_rng(seed)
    kinds = DISEASES[label]
    disease = kinds[str(rng.choice(list(kinds)))]
    body = build_body(_draw_patient(disease, label, rng))
    set_healthy(body, rng)
    tracer = draw_tracer(rng, body.person)
    add_wear(body, rng, much=disease.wear)
    if label != NORMAL:
        vary_patient(body, tracer, rng)
    lesions = disease.add(body, tracer, rng) or []
    body.extra += [*build_urine(body, tracer, rng), *build_injection(body, rng)]
    painted = paint(body, lesions, tracer, rng)
    camera = draw_camera(rng, painted.low, painted.high)
    exposure = Exposure(painted.grid, painted.coarse, painted.density, camera)
    expected, unit = expect(
        exposure,
        exposure.direct(painted.uptake, painted.soft),
        exposure.scatter(painted.coarse_uptake(), painted.soft),
    )
    pictures = [[exposure.see(*piece) for piece in pieces] for pieces in painted.added]
    places = landmark_points(body, painted.grid)
    truth = make_truth(label, lesions, pictures, exposure, expected, unit, places)
    views = {
        name: View(name=name, pixels=pixels, unit=COUNTS, spacing_mm=(camera.pixel_mm,) * 2)
        for name, pixels in count(expected, rng).items()
    }
    return Study(id=f"framed-{seed}", modality=BONE_SCAN, views=views), truth


def _draw_patient(disease: Disease, label: str, rng: np.random.Generator) -> Person:
    """Return who has a disease, at times obese where it is found in anyone."""
    bmis = disease.bmis
    if label != NORMAL and bmis == ANY_BMI and rng.random() < _OBESE_SHARE:
        bmis = _OBESE_BMIS
    return draw_person(rng, ages=disease.ages, bmis=bmis, woman_share=disease.woman_share)
