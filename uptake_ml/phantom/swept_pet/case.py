"""An FDG-PET of the body swept along splines: its volume, its projection and what is true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.fdg_spec import ScannerSpec
from uptake_ml.phantom.fdg_truth import FdgTruth, place_cells, tell_truth
from uptake_ml.phantom.scanner import Sampling
from uptake_ml.phantom.simple_truth import Key, no_regions
from uptake_ml.phantom.swept.body import Body, extent
from uptake_ml.phantom.swept.landmarks import landmark_points
from uptake_ml.phantom.swept.person import log_uniform
from uptake_ml.phantom.swept.sweep import Sweep
from uptake_ml.phantom.swept_pet.focal import Focus, draw_foci
from uptake_ml.phantom.swept_pet.joint import ARTHRITIDES, draw_arthritis, inflame
from uptake_ml.phantom.swept_pet.limb_tumours import draw_limb_tumour
from uptake_ml.phantom.swept_pet.painting import Scene, paint_foci, paint_healthy
from uptake_ml.phantom.swept_pet.patient import draw_body
from uptake_ml.phantom.swept_pet.scanner import add_noise, build_sampling, draw_scanner
from uptake_ml.phantom.swept_pet.uptake import (
    MARROW_DISEASES,
    Uptake,
    alter_marrow,
    draw_uptake,
)
from uptake_ml.phantom.swept_pet.variants import draw_variants
from uptake_ml.projections import project_views
from uptake_ml.study import (
    FDG_PET,
    FOCAL,
    JOINT_SYMMETRIC,
    MARROW_DIFFUSE,
    Study,
    Volume,
)

_LIMB_TUMOUR_SHARE, _ONE_JOINT_SHARE = 0.17, 0.05
_FOCI_ON_MARROW_SHARE, _FOCI_ON_JOINTS_SHARE = 0.18, 0.04
_ONE_JOINT = ("shoulder", "hip", "knee", "elbow", "wrist")


@dataclass(frozen=True, kw_only=True, eq=False)
class SweptCase:
    """A patient, the tracer in this patient's tissues, what is ill, and the scanner.

    ``disease`` is that of the marrow if any, ``organ_seed`` what shapes the organs, ``table_mm``
    how far the volume reaches behind the back.
    """

    seed: int
    label: str
    body: Body
    uptake: Uptake
    disease: str | None
    variants: Sequence[Sweep]
    foci: Sequence[Focus]
    breathing_mm: float
    table_mm: float
    organ_seed: int
    scanner: ScannerSpec


def render_swept_pet(seed: int, *, label: str) -> tuple[Study, FdgTruth]:
    """Return a simulated FDG-PET in SUV and its truth, the same for the same seed and label."""
    return render_case(draw_case(seed, label=label))


def draw_case(seed: int, *, label: str) -> SweptCase:
    """Return a patient with a disease of this label; all randomness is used up here."""
    rng = np.random.default_rng(seed)
    body = draw_body(rng)
    uptake, disease = draw_uptake(rng, body.person.age), None
    if label == MARROW_DIFFUSE:
        weights = np.array([d.weight for d in MARROW_DISEASES.values()])
        disease = str(rng.choice(list(MARROW_DISEASES), p=weights / weights.sum()))
        uptake = alter_marrow(rng, uptake, disease)
    foci = draw_lesions(rng, body, uptake, label)
    low, high = extent(body.outline, 8)
    width_mm = 2 * max(-low[0], high[0]) * body.person.scale
    return SweptCase(
        seed=seed,
        label=label,
        body=body,
        uptake=uptake,
        disease=disease,
        variants=draw_variants(rng, body, uptake),
        foci=foci,
        breathing_mm=float(rng.uniform(2.0, 7.0)),
        table_mm=float(rng.uniform(10, 60)),
        organ_seed=int(rng.integers(2**31)),
        scanner=draw_scanner(rng, body.person, float(width_mm), foci, body.points),
    )


def draw_lesions(rng: np.random.Generator, body: Body, uptake: Uptake, label: str) -> list[Focus]:
    """Return the lesions of a disease with this label."""
    if label == FOCAL:
        kind = rng.random()
        if kind < _LIMB_TUMOUR_SHARE:
            return draw_limb_tumour(rng, body, uptake)
        if kind < _LIMB_TUMOUR_SHARE + _ONE_JOINT_SHARE:
            return [_one_joint(rng, body, uptake)]
        return draw_foci(rng, body, uptake)
    foci = draw_arthritis(rng, body, uptake.liver) if label == JOINT_SYMMETRIC else []
    share = {MARROW_DIFFUSE: _FOCI_ON_MARROW_SHARE, JOINT_SYMMETRIC: _FOCI_ON_JOINTS_SHARE}
    if rng.random() < share.get(label, 0.0):
        foci += draw_foci(rng, body, uptake)
    return foci


def _one_joint(rng, body: Body, uptake: Uptake) -> Focus:
    name = "rheumatoid-arthritis"
    suv = uptake.liver * log_uniform(rng, *ARTHRITIDES[name].to_liver)
    return inflame(rng, body, str(rng.choice(_ONE_JOINT)), int(rng.choice([-1, 1])), suv, name)


def render_case(case: SweptCase) -> tuple[Study, FdgTruth]:
    """Return the study that a case gives, in SUV, and its exact truth."""
    scene, scanner = paint_healthy(case), case.scanner
    true_suv = scene.true_suv
    lesions = paint_foci(scene, case)
    sampling = build_sampling(scene.grid, scanner, scene.body.points["hip", 1][2])
    expected = sampling.image(scene.grid.values)
    diseases = dict.fromkeys((case.disease, *(focus.disease for focus in case.foci)))
    truth = tell_truth(
        case.label,
        lesions,
        true_suv,
        (sampling, expected, scanner),
        diseases=[name for name in diseases if name],
        landmarks=place_landmarks(scene, sampling),
        find_regions=no_regions,
    )
    values = add_noise(expected, scanner, true_suv["liver"])
    volume = Volume(values=values, spacing_mm=scanner.spacing_mm)
    identity = f"swept-pet-{case.seed}"
    study = Study(id=identity, modality=FDG_PET, views=project_views(volume), volume=volume)
    return study, truth


def place_landmarks(scene: Scene, sampling: Sampling) -> dict[Key, tuple[float, float] | None]:
    """Return (row, column) of every landmark in the projection, None outside the field of view."""
    points = landmark_points(scene.body)
    return place_cells({key: scene.grid.index(p) for key, p in points.items()}, sampling)
