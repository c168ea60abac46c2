"""Draw one planar bone scan of a person with a named disease, or with none."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from . import bone_diffuse as diffuse
from . import bone_focal as focal
from . import bone_joint as joint
from .body import LIMB_JOINTS, Body, build_body, extent, place, vary
from .flesh import build_bladder, build_kidney, build_ureter
from .gamma_camera import count, draw_camera, expose, pixel_of
from .grid import open_grid, paint
from .lesions import blob
from .person import SIDES, Person, draw_person

VOXEL_MM = 3.4
_OBLIQUE_SHARE = 0.1
_DISEASES = {
    "normal": {
        "young": diffuse.add_nothing,
        "elderly-degenerative": diffuse.add_wear,
        "athletic": diffuse.add_exercise,
        "urinary-retention": diffuse.add_spilt_urine,
        "obese": diffuse.add_nothing,
    },
    "focal": {
        "multiple-metastases": focal.add_multiple_metastases,
        "few-metastases": focal.add_few_metastases,
        "rib-fractures": focal.add_rib_fractures,
        "vertebral-compression": focal.add_compression,
        "primary-tumour": focal.add_primary_tumour,
        "osteomyelitis": focal.add_osteomyelitis,
        "stress-fracture": focal.add_stress_fracture,
        "paget": focal.add_paget,
        "fibrous-dysplasia": focal.add_fibrous_dysplasia,
        "sacral-insufficiency": focal.add_sacral_insufficiency,
    },
    "diffuse": {
        "superscan": diffuse.add_superscan,
        "hyperparathyroidism": diffuse.add_metabolic,
        "marrow-disease": diffuse.add_marrow_disease,
    },
    "joint-symmetric": {
        "rheumatoid-arthritis": joint.add_rheumatoid_arthritis,
        "generalised-arthrosis": joint.add_generalised_arthrosis,
        "knees": joint.add_knees,
        "hands": joint.add_hands,
        "feet": joint.add_feet,
        "sacroiliitis": joint.add_sacroiliitis,
        "polyarticular": joint.add_polyarticular,
    },
}
KINDS: dict[str, tuple[str, ...]] = {label: tuple(kinds) for label, kinds in _DISEASES.items()}
_AGES = {"young": (18, 40), "athletic": (18, 45), "elderly-degenerative": (64, 90),
         "stress-fracture": (18, 50), "vertebral-compression": (58, 90),
         "sacral-insufficiency": (60, 92), "primary-tumour": (14, 45), "obese": (30, 75),
         "generalised-arthrosis": (55, 88), "fibrous-dysplasia": (16, 50)}  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Planar:
    """Both views in counts, float32 [row, column], head first; landmarks in the anterior view.

    Anterior: the patient's right is at the image's left. Posterior: the left is at the left.
    ``landmarks`` maps (name, side or None) to (row, column).
    """

    views: dict[str, np.ndarray]
    pixel_mm: float
    landmarks: dict[tuple[str, str | None], tuple[float, float]]
    label: str
    kind: str


def draw_planar(rng: np.random.Generator, label: str, kind: str) -> Planar:
    """Return one case; all that varies comes from ``rng``.

    Raises
    ------
    ValueError
        If the label has no such kind.
    """
    if kind not in KINDS.get(label, ()):
        raise ValueError(f"no kind {kind!r} of label {label!r}; there are {KINDS}")
    person = _draw_person(rng, kind)
    body = build_body(person)
    vary(body.bones, rng, 0.06)
    _DISEASES[label][kind](body, rng)
    _add_urine(body, rng, label, kind)
    _add_injection(body, rng)
    body = place(body)
    camera = draw_camera(rng, person.height_mm)
    if kind == "obese":
        camera = replace(camera, counts=min(camera.counts, 1.2e6), scatter=1.3 * camera.scatter)
    views, uptake = _expose(body, camera, _draw_flesh(rng, label))
    return Planar(views=count(views, uptake, camera, rng), pixel_mm=camera.pixel_mm, label=label,
                  kind=kind, landmarks=_landmarks(body, camera))  # fmt: skip


def _draw_person(rng: np.random.Generator, kind: str) -> Person:
    bmis = (36, 46) if kind == "obese" else (19, 25) if kind == "athletic" else (18, 34)
    is_oblique = rng.random() < _OBLIQUE_SHARE
    return draw_person(rng, ages=_AGES.get(kind, (25, 85)), bmis=bmis, is_oblique=is_oblique)


def _draw_flesh(rng: np.random.Generator, label: str) -> float:
    """Return the concentration in soft tissue: a skeleton that takes up much leaves little."""
    return float(
        np.exp(rng.uniform(*np.log([0.012, 0.022] if label == "diffuse" else [0.014, 0.045])))
    )


def _add_urine(body: Body, rng: np.random.Generator, label: str, kind: str) -> None:
    is_full = kind == "urinary-retention"
    low, high = (0.01, 0.1) if label == "diffuse" else (0.3, 1.0) if is_full else (0.05, 0.55)
    level = rng.uniform(*np.log([low, high]))
    for side in (-1, 1):
        body.extra += build_kidney(side, rng, np.exp(level + rng.normal(0, 0.15)))
        if rng.random() < (0.5 if is_full else 0.08) and label != "diffuse":
            body.extra.append(build_ureter(side, rng, rng.uniform(0.6, 2)))
    fill = rng.uniform(0.5, 1) if is_full else rng.uniform(0, 0.8) ** 1.5
    value = rng.uniform(0.4, 1.5) if label == "diffuse" else np.exp(rng.uniform(*np.log([0.4, 6])))
    body.extra += build_bladder(rng, value, fill)


def _add_injection(body: Body, rng: np.random.Generator) -> None:
    if rng.random() < 0.12:
        side = int(rng.choice([-1, 1]))
        name, gap = ("elbow", (0, -30, 8)) if rng.random() < 0.6 else ("wrist", (0, -14, 40))
        at = body.points[name, side] + gap
        body.extra.append(blob("injection", at, rng.uniform(4, 9), rng.uniform(3, 14), rng))


def _expose(body: Body, camera, flesh: float):
    low, high = extent([*body.outline, *body.bones], 10)
    density = open_grid(low, high, 2 * VOXEL_MM)
    paint(density, body.outline, covers=False, stride=2)
    paint(density, body.lungs, covers=True, scale=0.3, stride=2)
    uptake = open_grid(low, high, VOXEL_MM, multiple=2)
    paint(uptake, [*body.bones, *body.extra], covers=False)
    return expose(uptake, density, flesh, camera), uptake


def _landmarks(body: Body, camera) -> dict[tuple[str, str | None], tuple[float, float]]:
    marks = {(name, None): pixel_of(body.points[name, 0], camera) for name in ("chin", "sacrum")}
    for name in LIMB_JOINTS:
        for side, sign in SIDES.items():
            marks[name, side] = pixel_of(body.points[name, sign], camera)
    return marks
