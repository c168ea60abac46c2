"""Diseases of FDG-PET, each far above what a normal subject shows."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.stylized.person import SIDES, Person
from uptake_ml.phantom.stylized.raster import Shape, ellipsoid

KINDS = {
    "normal": ("normal",),
    "focal": ("lymph nodes", "lung", "bone", "mixed", "limb tumour"),
    "joint-symmetric": ("shoulders and hips", "polyarthritis", "distal joints"),
    "marrow-diffuse": ("mild marrow", "marrow", "marrow and spleen", "infiltration"),
}


def apply_disease(
    rng: np.random.Generator, person: Person, bones: list[Shape], suv: dict, bone_suv: dict, kind
) -> list[tuple[Shape, float]]:
    """Change ``suv`` and ``bone_suv`` in place where a disease does so; return its lesions."""
    if kind == "lymph nodes":
        return _fit(person, _nodes(rng, person.height_mm, int(rng.integers(2, 9))))
    if kind == "lung":
        return _fit(person, _lung(rng, person.height_mm, int(rng.integers(1, 4))))
    if kind == "bone":
        return _bone(rng, bones, int(rng.integers(2, 9)))
    if kind == "mixed":
        h = person.height_mm
        found = _nodes(rng, h, 2) + _lung(rng, h, 1)
        at = (-0.045 * h + rng.uniform(-25, 25), 0.318 * h + rng.uniform(-30, 30), -10)
        found.append((ellipsoid("liver", at, rng.uniform(11, 20)), rng.uniform(6, 12)))
        return _fit(person, found) + _bone(rng, bones, 2)
    if kind == "limb tumour":
        return _limb_tumour(rng, person)
    if kind in KINDS["joint-symmetric"]:
        return _arthritis(rng, person, kind)
    if kind in KINDS["marrow-diffuse"]:
        _raise_marrow(rng, suv, bone_suv, kind)
    return []


def _fit(person: Person, lesions: list) -> list:
    return [(person.fit(shape), value) for shape, value in lesions]


def _nodes(rng, h, number):
    stations = np.array([
        (0.035, 0.145, -15), (-0.035, 0.145, -15), (0.07, 0.2, 10), (-0.07, 0.2, 10),
        (0.01, 0.225, -15), (-0.015, 0.235, 0), (0.025, 0.245, 0), (0.015, 0.37, 8),
        (-0.012, 0.39, 8), (0.03, 0.45, 5), (-0.03, 0.45, 5), (0.05, 0.495, -40),
    ])  # fmt: skip
    found = []
    for k in rng.choice(len(stations), number, replace=False):
        at = stations[k] * [h, h, 1] + rng.normal(0, 5, 3)
        found.append((ellipsoid("node", at, rng.uniform(8, 16)), rng.uniform(5, 14)))
    return found


def _lung(rng, h, number):
    found = []
    for _ in range(number):
        s = rng.choice([-1, 1])
        at = (s * rng.uniform(0.025, 0.058) * h, rng.uniform(0.205, 0.28) * h, rng.uniform(-35, 45))
        found.append((ellipsoid("lung tumour", at, rng.uniform(8, 20)), rng.uniform(5, 13)))
    return found


def _bone(rng, bones, number):
    found = []
    for _ in range(number):
        site = rng.choice(["vertebra", "pelvis", "rib", "femur", "sacrum", "humerus", "sternum"])
        shape = rng.choice(np.array([b for b in bones if b.name.startswith(site)], object))
        found.append((ellipsoid("bone lesion", shape.point(rng), rng.uniform(9, 17)),
                      rng.uniform(5, 13)))  # fmt: skip
    return found


def _limb_tumour(rng, person):
    side = rng.choice(list(SIDES))
    hip, knee = person.points["hip", side], person.points["knee", side]
    ankle, shoulder = person.points["ankle", side], person.points["shoulder", side]
    places = [hip + rng.uniform(0.3, 0.8) * (knee - hip), knee + 0.25 * (ankle - knee),
              shoulder + 0.3 * (person.points["elbow", side] - shoulder)]  # fmt: skip
    at = places[rng.integers(3)] + [rng.uniform(-15, 15), 0, rng.uniform(-15, 15)]
    radii = rng.uniform(24, 36), rng.uniform(30, 65), rng.uniform(24, 32)
    core = tuple(0.5 * r for r in radii)
    value = rng.uniform(5, 12)
    return [(ellipsoid("tumour", at, radii), 0.7 * value), (ellipsoid("tumour", at, core), value)]


_JOINTS = {
    "shoulder": 26, "elbow": 22, "wrist": 20, "hip": 29, "knee": 34, "ankle": 22,
}  # fmt: skip
_WISHES = {
    "shoulders and hips": ("shoulder", "hip"),
    "polyarthritis": ("shoulder", "elbow", "wrist", "hip", "knee"),
    "distal joints": ("wrist", "knee", "ankle"),
}


def _arthritis(rng, person, kind):
    found, overall = [], rng.uniform(3.5, 7)
    for joint in _WISHES[kind]:
        both = overall * rng.uniform(0.8, 1.25)
        for side in SIDES:
            value = both * rng.uniform(0.75, 1.3)
            at, radius = person.points[joint, side], _JOINTS[joint]
            # An inflamed lining: a shell, thicker in patches.
            found.append((ellipsoid("synovium", at, radius, wall_mm=8), value))
            for _ in range(3):
                way = rng.normal(size=3)
                patch = at + 0.8 * radius * way / np.linalg.norm(way)
                found.append((ellipsoid("synovium", patch, 0.4 * radius), 1.2 * value))
    return found


def _raise_marrow(rng, suv, bone_suv, kind):
    """Raise marrow over the liver; cells fill the limbs' marrow too where it is intense."""
    over = {"mild marrow": (1.25, 1.6), "infiltration": (2.5, 4.5)}.get(kind, (1.6, 2.8))
    target = suv["liver"] * rng.uniform(*over)
    times = target / suv["marrow"]
    for name in bone_suv:
        if bone_suv[name] > 0.6:
            bone_suv[name] *= times
    suv["marrow"] = target
    suv["limb share"] = rng.uniform(0.6, 0.95)
    suv["limb reach"] = rng.uniform(0.3, 0.5) if target < 5 else rng.uniform(0.4, 0.95)
    if kind == "marrow and spleen":
        suv["spleen"] = target * rng.uniform(0.8, 1.2)
