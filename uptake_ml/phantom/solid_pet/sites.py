"""Where foci may sit: stations of soft tissue and places in bone, with the region of each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from uptake_ml.phantom.solid_pet.outline import breast_place
from uptake_ml.phantom.solid_pet.patient import SIDES, Patient
from uptake_ml.phantom.solid_pet.skeleton import MANDIBLE, cage_at, crest_points, rib_points
from uptake_ml.regions import index_of


class Site(NamedTuple):
    """A place (a, s, x) in mm and the index of its region."""

    place: np.ndarray
    region: int


class Station(NamedTuple):
    """Places in fractions of the height, x on the left; ``scatter_mm`` is the s.d. around them."""

    places: tuple[tuple[float, float, float], ...]
    scatter_mm: tuple[float, float, float]
    region: str
    is_one_sided: bool = False


_NECK, _TRUNK, _LEG = "head-neck-soft-tissue", "trunk-soft-tissue", "leg-soft-tissue"
STATIONS = {
    "cervical": Station(((0.004, 0.135, 0.030), (0.006, 0.152, 0.032)), (6, 10, 5), _NECK),
    "tongue": Station(((-0.022, 0.111, 0.008), (-0.006, 0.110, 0.012)), (4, 5, 4), _NECK),
    "supraclavicular": Station(
        ((-0.012, 0.172, 0.040), (-0.006, 0.176, 0.052)), (6, 5, 8), _TRUNK
    ),
    "axillary": Station(((0.004, 0.212, 0.093), (-0.008, 0.224, 0.090)), (8, 10, 7), _TRUNK),
    "mediastinal": Station(
        ((-0.010, 0.206, 0.006), (0.004, 0.226, 0.008), (-0.022, 0.215, 0.010)), (6, 9, 6), _TRUNK
    ),
    "hilar": Station(((0.004, 0.236, 0.024), (0.006, 0.244, 0.027)), (5, 7, 5), _TRUNK),
    "lung": Station(
        ((0.010, 0.220, 0.052), (-0.012, 0.245, 0.054), (0.026, 0.250, 0.050)), (14, 20, 9), "lung"
    ),
    "oesophagus": Station(((0.016, 0.255, 0.004), (0.012, 0.220, 0.003)), (3, 14, 3), _TRUNK),
    "liver": Station(
        ((0.0, 0.300, -0.050), (-0.015, 0.305, -0.03), (0.016, 0.312, -0.055)), (12, 10, 14),
        "liver", True,
    ),
    "spleen": Station(((0.026, 0.309, 0.060),), (10, 12, 5), "spleen", True),
    "adrenal": Station(((0.020, 0.328, 0.030),), (3, 4, 4), _TRUNK),
    "pancreas": Station(((-0.016, 0.342, 0.006), (-0.014, 0.338, 0.03)), (4, 6, 12), _TRUNK),
    "colon": Station(
        ((-0.005, 0.385, 0.060), (-0.008, 0.43, 0.055), (-0.034, 0.364, 0.020)), (5, 20, 6),
        "bowel",
    ),
    "rectum": Station(((0.028, 0.480, 0.002),), (3, 12, 3), "bowel"),
    "para-aortic": Station(
        ((0.000, 0.355, 0.010), (-0.006, 0.380, 0.010), (-0.006, 0.400, 0.012)), (5, 12, 5), _TRUNK
    ),
    "iliac": Station(((0.004, 0.438, 0.026), (0.000, 0.458, 0.036)), (6, 9, 6), _TRUNK),
    "inguinal": Station(((-0.036, 0.502, 0.048), (-0.036, 0.514, 0.044)), (4, 7, 6), _TRUNK),
    "psoas": Station(((0.010, 0.385, 0.030), (0.006, 0.42, 0.036)), (4, 12, 4), _TRUNK),
    "gluteal": Station(((0.045, 0.455, 0.055), (0.042, 0.490, 0.06)), (6, 14, 12), _TRUNK),
    "muscle": Station(((0.044, 0.22, 0.045), (0.046, 0.37, 0.03)), (4, 40, 12), _TRUNK),
    "thigh": Station(((0.0, 0.58, 0.052),), (14, 45, 12), _LEG),
}  # fmt: skip
_SPINE = {"C": "cervical-spine", "T": "thoracic-spine", "L": "lumbar-spine"}
_COUNT = {"C": 7, "T": 12, "L": 5}


def pick_station(rng: np.random.Generator, patient: Patient, name: str) -> Site:
    """Return a place at a station of soft tissue, on either side where there are two."""
    right_or_left = int(rng.integers(2))
    if name == "breast":
        side, sign = SIDES[right_or_left]
        place = breast_place(patient, sign) + rng.normal(0, (4, 10, 12))
        return Site(place, index_of("breast", side))
    station = STATIONS[name]
    sign = 1 if station.is_one_sided else SIDES[right_or_left][1]
    share = np.array(station.places[rng.integers(len(station.places))])
    place = patient.height_mm * share * (1, 1, sign) + rng.normal(0, station.scatter_mm)
    side = "left" if place[2] > 0 else "right"
    return Site(place, index_of(station.region, side))


def pick_bone(rng: np.random.Generator, patient: Patient, name: str) -> Site:
    """Return a place in a bone: one of the spine's letters, or a bone's region."""
    h, (side, sign) = patient.height_mm, SIDES[rng.integers(2)]
    if name in _SPINE:
        top, bottom = patient.vertebra(f"{name}{rng.integers(_COUNT[name]) + 1}")
        place = patient.spine_at(top + (bottom - top) * rng.uniform(0.3, 0.7))
        # Some sit in the arch.
        place = place + ((28, 5, sign * 8) if rng.random() < 0.2 else rng.normal(0, (4, 2, 5)))
        return Site(place, index_of(_SPINE[name], None))
    if name == "ribs":
        points = rib_points(patient, int(rng.integers(1, 12)), sign)
        return Site(points[rng.integers(2, len(points))], index_of("ribs", side))
    if name in ("femur", "tibia", "humerus", "forearm"):
        return Site(_along_limb(rng, patient, name, side), index_of(name, side))
    share = np.array(_FLAT[name][rng.integers(len(_FLAT[name]))]) * (1, 1, sign)
    place = h * share + rng.normal(0, 2, 3)
    if name == "pelvis" and rng.random() < 0.5:
        crest = crest_points(patient, sign)[rng.integers(3, 17)]
        place = crest + rng.uniform(0, 0.6) * (patient.joints["hip", side] - crest)
    if name == "sternum":
        place[0] = 2 - cage_at(patient, place[1])[0]
    if name == "clavicle":
        shoulder = patient.joints["shoulder", side]
        place = place + rng.uniform(0, 0.8) * (shoulder + h * np.array((0, -0.014, 0)) - place)
    if name == "scapula":
        depth, width = cage_at(patient, place[1])
        place[[0, 2]] = 0.86 * depth + 13, sign * 0.68 * width
    return Site(place, index_of(name, side))


_FLAT = {
    "skull": ((0.045, 0.04, 0.01), (-0.004, 0.006, 0.02), (0.0, 0.045, 0.039)),
    "face": ((-0.035, MANDIBLE - 0.003, 0.02), (-0.008, MANDIBLE - 0.008, 0.028)),
    "sternum": ((0, 0.195, 0), (0, 0.22, 0), (0, 0.245, 0)),
    "clavicle": ((-0.03, 0.183, 0.016),),
    "scapula": ((0, 0.215, 0), (0, 0.235, 0), (0, 0.255, 0)),
    "sacrum": ((0.03, 0.436, 0.008), (0.03, 0.44, 0.022), (0.038, 0.46, 0.006)),
    "pelvis": ((0.03, 0.51, 0.034), (-0.033, 0.493, 0.012), (0.006, 0.462, 0.052)),
}
_LIMBS = {
    "femur": ("hip", "knee"), "tibia": ("knee", "ankle"), "humerus": ("shoulder", "elbow"),
    "forearm": ("elbow", "wrist"),
}  # fmt: skip


def _along_limb(rng, patient: Patient, bone: str, side: str) -> np.ndarray:
    start, end = (patient.joints[name, side] for name in _LIMBS[bone])
    if bone == "femur":
        start = start + patient.height_mm * np.array((0.0, 0.02, 0.024 * np.sign(start[2])))
    # Red marrow, and with it most foci, lies near the trunk.
    return start + rng.beta(1.0, 2.2) * 0.95 * (end - start)
