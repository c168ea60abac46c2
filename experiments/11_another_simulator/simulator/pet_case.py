"""FDG-PET volumes: uptake of a normal subject, and the SUV volume of a case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from simulator.pet_disease import apply_disease
from uptake_ml.phantom.stylized.body import build_organs, draw_grid, fill_body
from uptake_ml.phantom.stylized.person import Person, draw_person
from uptake_ml.phantom.stylized.raster import VOXEL_MM, Shape, capsule, ellipsoid
from uptake_ml.phantom.stylized.skeleton import build_skeleton

# Red marrow's uptake by bone as parts of the vertebrae's; limbs hold fat.  Prior.
_MARROW = {
    "vertebra": 1.0, "sacrum": 0.9, "sacroiliac": 0.9, "pelvis": 0.85, "sternum": 0.85,
    "rib": 0.75, "costochondral": 0.6, "scapula": 0.7, "clavicle": 0.6, "skull": 0.6,
}  # fmt: skip
_OTHER_BONE_SUV = 0.5


@dataclass(frozen=True, eq=False)
class Pet:
    """SUV, float32 (z, y, x) as in ``raster``, and landmarks (name, side) -> (row, column)."""

    suv: np.ndarray
    spacing_mm: tuple[float, float, float]
    landmarks: dict
    person: Person
    label: str
    kind: str


def draw_pet(rng: np.random.Generator, label: str, kind: str) -> Pet:
    """Return a simulated FDG-PET of the whole body or from the skull's base to mid-thigh."""
    is_whole = kind in ("limb tumour", "distal joints") or rng.random() < 0.45
    # Arms rest at the sides where hands are to be seen, and lie over the head otherwise.
    is_up = kind != "distal joints" and rng.random() < (0.25 if is_whole else 0.75)
    person = draw_person(rng, "up" if is_up else str(rng.choice(["sides", "thighs"])))
    bones = build_skeleton(person)
    suv = _draw_suv(rng)
    bone_suv = _bone_suv(rng, bones, suv)
    lesions = apply_disease(rng, person, bones, suv, bone_suv, kind)
    grid = draw_grid(person)
    body = fill_body(person, grid)
    volume = suv["muscle"] * body
    organs = build_organs(person, rng)
    # The lungs go first, what lies in them over them; the rest by brightness.
    for shape in sorted(organs, key=lambda s: s.name != "lung"):
        is_over = shape.name in ("lung", "liver", "spleen")
        grid.paint(volume, shape, suv[shape.name] * shape.weight, over=is_over)
    for shape in bones:
        if shape.name in bone_suv:
            grid.paint(volume, shape, bone_suv[shape.name])
    for shape, value in [*_proximal_marrow(person, suv), *_variants(rng, person), *lesions]:
        grid.paint(volume, shape, value)
    return _scan(rng, person, grid, volume, label, kind, is_whole)


def _draw_suv(rng) -> dict[str, float]:
    def about(mean, spread):
        return float(mean * rng.lognormal(0, spread))

    return {
        "liver": float(np.clip(about(2.2, 0.1), 1.8, 2.7)), "spleen": about(1.8, 0.12),
        "kidney": about(3.2, 0.2), "pelvis of kidney": about(9, 0.6), "ureter": about(2.5, 0.6),
        "bladder": about(20, 0.6), "brain": about(8, 0.2), "blood": about(1.6, 0.1),
        "heart": about(1.8, 0.2) if rng.random() < 0.5 else about(6, 0.4),
        "lung": about(0.5, 0.15), "muscle": about(0.65, 0.12), "bowel": about(1.4, 0.3),
        "colon": about(1.4, 0.4), "marrow": about(1.5, 0.15),
    }  # fmt: skip


def _bone_suv(rng, bones: list[Shape], suv: dict) -> dict[str, float]:
    found = {}
    for name in sorted({shape.name for shape in bones}):
        bone = name.split(":")[0]
        share = _MARROW.get(bone)
        level = _OTHER_BONE_SUV if share is None else share * suv["marrow"]
        if bone in ("vertebra", *_MARROW):
            level *= rng.lognormal(0, 0.04)
        found[name] = level
    return found


def _proximal_marrow(person: Person, suv: dict):
    """Return the heads and upper shafts of femora and humeri, which keep some red marrow."""
    share = suv.get("limb share", 0.5)
    found = []
    for side in ("left", "right"):
        for joint, end, radius in (("hip", "knee", 13), ("shoulder", "elbow", 12)):
            top, low = person.points[joint, side], person.points[end, side]
            reach = top + suv.get("limb reach", 0.3) * (low - top)
            shaft = capsule("marrow", top, reach, radius, 0.7 * radius)
            found.append((shaft, share * suv["marrow"]))
    return found


def _variants(rng, person: Person):
    """Return uptake that normal subjects often show in the head and neck."""
    h, found = person.height_mm, []
    salivary, tonsil = rng.uniform(1.2, 2.5), rng.uniform(1.2, 3.5)
    for s in (-1, 1):
        found.append((ellipsoid("parotid", (s * 55, 0.092 * h, -5), (10, 20, 14)), salivary))
        found.append((ellipsoid("tonsil", (s * 14, 0.098 * h, -30), 8), tonsil))
    found.append((ellipsoid("larynx", (0, 0.135 * h, -30), (12, 10, 10)), rng.uniform(1, 2.5)))
    for s, side in ((1, "left"), (-1, "right")):
        at = person.points["hip", side] + np.array([s * 5, 45, 25])
        found.append((ellipsoid("muscle", at, (20, 40, 15)), 0.8))
    return found


def _scan(rng, person, grid, volume, label, kind, is_whole) -> Pet:
    fwhm_mm = rng.uniform(5, 8)
    seen = ndimage.gaussian_filter(volume, fwhm_mm / 2.355 / VOXEL_MM)
    plane = float(rng.uniform(3, 5.5))
    spacing = np.array([plane, rng.uniform(3, 5), plane])
    h = person.height_mm
    bottom = person.points["toes", "left"][1] + 40 if is_whole else rng.uniform(0.57, 0.66) * h
    has_head = is_whole or person.arms != "up" or rng.random() < 0.4
    top = rng.uniform(-120, -20) if has_head else rng.uniform(0.055, 0.085) * h
    first = np.array([grid.axis(2)[0], top, grid.axis(0)[0]])
    last = np.array([grid.axis(2)[-1], min(bottom, grid.axis(1)[-1]), grid.axis(0)[-1]])
    axes = [np.arange(a, b, step) for a, b, step in zip(first, last, spacing, strict=True)]
    start = grid.origin[::-1]
    at = np.meshgrid(*[(a - o) / VOXEL_MM for a, o in zip(axes, start, strict=True)], indexing="ij")
    clean = ndimage.map_coordinates(seen, at, order=1, cval=0.0)
    noise = ndimage.gaussian_filter(rng.normal(size=clean.shape), 0.8 * fwhm_mm / 2.355 / spacing)
    cov = rng.uniform(0.07, 0.14)
    noisy = clean * np.exp(cov * noise / noise.std()) + 0.02 * np.abs(noise / noise.std())
    landmarks = {}
    for name, place in person.points.items():
        key = name if isinstance(name, tuple) else (name, None)
        landmarks[key] = ((place[1] - top) / spacing[1], (place[0] - first[2]) / spacing[2])
    return Pet(noisy.astype(np.float32), tuple(spacing), landmarks, person, label, kind)
