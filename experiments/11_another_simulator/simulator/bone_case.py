# ruff: noqa: RUF005 -- a list added to an array shifts a point, it is no concatenation.
"""Planar bone scans: uptake of a normal subject, and the two views of a case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.body import build_organs, draw_grid, fill_body
from simulator.bone_disease import apply_disease
from simulator.camera import detect, expect_counts
from simulator.person import ARMS, SIDES, Person, draw_person
from simulator.raster import ellipsoid
from simulator.skeleton import VERTEBRAE, build_skeleton

# Uptake per volume relative to soft tissue; prior, checked against ratios of planar
# counts: femoral shaft to adductors 1.8-2.7 here (Klemenz 1999: 1.84-1.93).
UPTAKE = {
    "skull": 6.5, "face": 9, "nose": 13, "mandible": 6, "orbit": 2, "vertebra": 17, "sternum": 13,
    "rib": 11, "costochondral": 12, "clavicle": 9, "scapula": 11, "humerus": 9, "forearm": 9,
    "hand": 11, "mcp": 12, "pelvis": 13, "sacroiliac": 18, "sacrum": 12, "femur": 10, "patella": 9,
    "tibia": 10, "foot": 10, "mtp": 10,
}  # fmt: skip
MATRICES = ((1024, 256), (1024, 256), (1024, 512), (512, 128), (900, 260))


@dataclass(frozen=True, eq=False)
class Planar:
    """Counts of both views and landmarks (name, side) -> (row, column) of the anterior view."""

    views: dict[str, np.ndarray]
    pixel_mm: float
    landmarks: dict
    person: Person
    label: str
    kind: str


def draw_planar(rng: np.random.Generator, label: str, kind: str) -> Planar:
    """Return a simulated bone scan."""
    # Hands that are ill are laid where the camera sees them.
    poses = ("sides", "thighs") if label == "joint-symmetric" else ARMS[:3]
    person = draw_person(rng, str(rng.choice(poses)))
    bones = build_skeleton(person)
    uptake = _draw_uptake(rng, bones)
    soft = {"soft": np.exp(rng.normal(-0.55, 0.4)), "kidney": rng.uniform(3, 7),
            "bladder": np.exp(rng.normal(2.9, 0.6))}  # fmt: skip
    lesions = apply_disease(rng, person, bones, uptake, soft, kind)
    grid = draw_grid(person)
    body = fill_body(person, grid)
    activity = soft["soft"] * body
    for shape in build_organs(person, rng):
        name = "kidney" if "kidney" in shape.name else shape.name
        if name in ("kidney", "bladder"):
            grid.paint(activity, shape, max(soft[name] * shape.weight, soft["soft"]))
        elif name == "lung":
            grid.paint(activity, shape, 0.5 * soft["soft"], over=True)
    for shape in bones:
        is_hole = shape.name == "orbit"
        grid.paint(activity, shape, uptake[shape.name] * shape.weight, over=is_hole)
    for shape, value in [*_normal_joints(rng, person), *_injection(rng, person), *lesions]:
        grid.paint(activity, shape, value)
    return _scan(rng, person, grid, activity, body, label, kind)


def _draw_uptake(rng, bones) -> dict[str, float]:
    """Return the uptake of each bone by its full name."""
    overall = rng.lognormal(0, 0.18)
    kinds = {kind: rng.lognormal(0, 0.13) for kind in UPTAKE}
    names = sorted({shape.name for shape in bones})
    uptake = {}
    for name in names:
        kind = name.split(":")[0]
        uptake[name] = UPTAKE[kind] * overall * kinds[kind] * rng.lognormal(0, 0.05)
    for name in VERTEBRAE[:7]:
        uptake[f"vertebra:{name}"] *= 0.75
    return uptake


def _normal_joints(rng, person):
    """Return the mild uptake of healthy and slightly worn joints."""
    parts = {"shoulder": (19, 9), "elbow": (14, 10), "wrist": (15, 6), "hip": (18, 7),
             "knee": (22, 7), "ankle": (16, 7)}  # fmt: skip
    found = []
    for joint, (radius, value) in parts.items():
        both = rng.lognormal(0.05, 0.15)
        for side in SIDES:
            level = value * both * rng.lognormal(0, 0.1)
            found.append((ellipsoid("joint", person.points[joint, side], radius), level))
    for s in SIDES.values():
        at = (s * 20, 0.177 * person.height_mm, -60)
        found.append((ellipsoid("joint", at, 9), 12 * rng.lognormal(0, 0.15)))
    return found


def _injection(rng, person):
    if rng.random() > 0.2:
        return []
    side = str(rng.choice(list(SIDES)))
    place = rng.choice(["elbow", "hand"])
    at = person.points["elbow" if place == "elbow" else "knuckles", side]
    at = at + [0, -15, -18] if place == "elbow" else at + [0, -25, -8]
    return [(ellipsoid("injection", at, (6, 13, 6)), rng.uniform(40, 200))]


def _scan(rng, person, grid, activity, body, label, kind) -> Planar:
    rows, columns = MATRICES[rng.integers(len(MATRICES))]
    tall = person.points["toes", "left"][1] + 60
    pixel_mm = rng.uniform(1.8, 2.8) if rows > 600 else rng.uniform(4.0, 4.8)
    pixel_mm = max(pixel_mm, (tall + 40) / rows, rng.uniform(540, 600) / columns)
    room = rows * pixel_mm - tall
    top = -rng.uniform(0.15, 0.6) * room
    if rng.random() < 0.25:  # rows are often cut off at the end of the table's travel
        rows = int((tall - top + rng.uniform(-20, 60)) / pixel_mm)
    images = {
        name: expect_counts(activity, body, posterior=name == "posterior")
        for name in ("anterior", "posterior")
    }
    seen = images["anterior"].sum() * (4.0 / pixel_mm) ** 2
    total = float(np.exp(rng.uniform(np.log(0.8e6), np.log(4e6))))
    views = {
        name: detect(image, grid, rng, matrix=(rows, columns), pixel_mm=pixel_mm, top_mm=top,
                     scale=total / seen, posterior=name == "posterior")
        for name, image in images.items()
    }  # fmt: skip
    landmarks = {}
    for name, place in person.points.items():
        key = name if isinstance(name, tuple) else (name, None)
        landmarks[key] = ((place[1] - top) / pixel_mm, place[0] / pixel_mm + (columns - 1) / 2)
    return Planar(views, pixel_mm, landmarks, person, label, kind)
