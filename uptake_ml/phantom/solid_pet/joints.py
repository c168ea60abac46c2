"""Inflamed joints of both sides: the lining of each, thicker and hotter here than there."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from uptake_ml.phantom.solid_pet.canvas import Part
from uptake_ml.phantom.solid_pet.foci import Focus
from uptake_ml.phantom.solid_pet.patient import SIDES, Patient
from uptake_ml.phantom.solid_pet.skeleton import cage_at
from uptake_ml.phantom.solid_pet.solids import make_ellipsoid, shift
from uptake_ml.regions import index_of


class Arthritis(NamedTuple):
    """Chance of each pair of joints; ``least`` pairs are ill, ``suv`` is a range over the liver."""

    joints: dict[str, float]
    least: int
    suv: tuple[float, float]
    weight: float
    between_sides: float = 0.15


ARTHRITIDES = {
    "polymyalgia-rheumatica": Arthritis(
        {"shoulder": 0.97, "hip": 0.85, "sternoclavicular": 0.6, "acromioclavicular": 0.3,
         "knee": 0.3, "wrist": 0.1},
        2, (1.05, 4.0), 1.4,
    ),
    "rheumatoid-arthritis": Arthritis(
        {"shoulder": 0.75, "elbow": 0.6, "wrist": 0.75, "hand": 0.6, "knee": 0.65, "ankle": 0.4,
         "hip": 0.35, "foot": 0.3, "sternoclavicular": 0.2, "acromioclavicular": 0.25},
        2, (1.05, 4.2), 1.3, 0.2,
    ),
    "ankylosing-spondylitis": Arthritis(
        {"sacroiliac": 0.97, "hip": 0.4, "shoulder": 0.3, "sternoclavicular": 0.25},
        1, (1.1, 3.8), 0.8,
    ),
    "psoriatic-arthritis": Arthritis(
        {"sacroiliac": 0.4, "shoulder": 0.5, "knee": 0.5, "wrist": 0.4, "hand": 0.5, "hip": 0.3,
         "ankle": 0.35, "foot": 0.4, "sternoclavicular": 0.4, "elbow": 0.3},
        2, (1.0, 3.6), 0.6, 0.3,
    ),
    "osteoarthritis": Arthritis(
        {"shoulder": 0.6, "hip": 0.55, "knee": 0.6, "acromioclavicular": 0.4,
         "sternoclavicular": 0.25, "hand": 0.1},
        1, (0.95, 2.6), 0.8, 0.25,
    ),
}  # fmt: skip
# Half-axes of a joint's bag (a, s, x) in mm.
BAGS = {
    "shoulder": (27, 28, 26), "elbow": (18, 20, 22), "wrist": (13, 16, 21), "hip": (26, 27, 28),
    "knee": (30, 34, 38), "ankle": (22, 15, 24), "sternoclavicular": (9, 10, 9),
    "acromioclavicular": (9, 8, 10),
}  # fmt: skip
_PMR = "polymyalgia-rheumatica"


def draw_arthritis(rng: np.random.Generator, patient: Patient, liver_suv: float) -> list[Focus]:
    """Return the inflamed joints of one arthritis, and what is inflamed beside them."""
    weights = np.array([a.weight for a in ARTHRITIDES.values()])
    name = str(rng.choice(list(ARTHRITIDES), p=weights / weights.sum()))
    disease = ARTHRITIDES[name]
    chosen = [joint for joint, chance in disease.joints.items() if rng.random() < chance]
    for joint in disease.joints:
        if len(chosen) >= disease.least:
            break
        if joint not in chosen:
            chosen.append(joint)
    severity = float(np.exp(rng.uniform(*np.log(disease.suv))))
    foci = []
    for joint in chosen:
        middle = liver_suv * severity * rng.lognormal(0, 0.15)
        for side, _ in SIDES:
            suv = middle * rng.lognormal(0, disease.between_sides / np.sqrt(2))
            foci.append(inflame(rng, patient, joint, side, suv, name))
    if name == _PMR:
        foci += _bursae(rng, patient, liver_suv * severity)
    return foci


def inflame(rng, patient: Patient, joint: str, side: str, suv: float, disease: str) -> Focus:
    """Return one inflamed joint as one lesion."""
    centre = joint_place(patient, joint, side)
    if joint in ("hand", "foot"):
        parts = [(make_ellipsoid(place, [7.0] * 3), suv * rng.uniform(0.6, 1.3))
                 for place in _row_places(patient, joint, side)]  # fmt: skip
    elif joint == "sacroiliac":
        parts = _sacroiliac(rng, centre, dict(SIDES)[side], suv)
    else:
        parts = lining(rng, centre, BAGS[joint], suv)
    if joint == "shoulder" and rng.random() < 0.6:
        bursa = make_ellipsoid(shift(centre, -2, -20, dict(SIDES)[side] * 14), (14, 6, 15))
        parts.append((bursa, suv * rng.uniform(0.7, 1.1)))
    return Focus(
        disease=disease,
        region=index_of(joint, side),
        centre_mm=centre,
        radius_mm=float(np.mean(BAGS.get(joint, (20, 20, 20)))),
        parts=parts,
    )


def joint_place(patient: Patient, joint: str, side: str) -> np.ndarray:
    """Return the middle of a joint, in mm."""
    height, sign = patient.height_mm, dict(SIDES)[side]
    if joint == "sternoclavicular":
        front = -cage_at(patient, 0.184 * height)[0]
        return np.array((front + 2, 0.183 * height, sign * 0.014 * height))
    if joint == "acromioclavicular":
        return patient.joints["shoulder", side] + height * np.array((0.0, -0.015, sign * 0.004))
    return patient.joints["si" if joint == "sacroiliac" else joint, side]


def lining(rng, centre: np.ndarray, radii: tuple[float, ...], suv: float) -> list[Part]:
    """Return the lining of a joint: part of a bag, and lumps on it."""
    size = np.array(radii, float)
    bag = make_ellipsoid(centre, size * rng.uniform(0.92, 1.08, 3))
    way = rng.normal(0, 1, 3)
    spared = make_ellipsoid(centre + size * way / np.linalg.norm(way), 0.8 * size)
    thickness = min(8.0, 0.6 * float(size.min()))
    parts = [(bag.shell(thickness).without(spared), 0.85 * suv)]
    for _ in range(7):
        way = rng.normal(0, 1, 3)
        place = centre + 0.88 * size * way / np.linalg.norm(way)
        lump = make_ellipsoid(place, rng.uniform(0.5, 1, 3) * min(11.0, float(size.min())))
        parts.append((lump, suv * rng.uniform(0.8, 1.3)))
    return parts


def _row_places(patient: Patient, joint: str, side: str) -> list[np.ndarray]:
    """Return the places of the knuckles, or of the balls of the toes."""
    near = {"hand": "wrist", "foot": "ankle"}[joint]
    middle = patient.joints[joint, side]
    way = middle - patient.joints[near, side]
    across = np.cross(way, (1.0, 0, 0) if joint == "hand" else (0, 1.0, 0))
    across /= np.linalg.norm(across)
    return [middle + step * 16 * across for step in (-1.5, -0.5, 0.5, 1.5)]


def _sacroiliac(rng, centre: np.ndarray, sign: int, suv: float) -> list[Part]:
    top, bottom = shift(centre, 6, -22, sign * 9), shift(centre, 4, 34, -sign * 8)
    parts = []
    for t in np.linspace(0, 1, 7):
        place = top + t * (bottom - top) + rng.normal(0, 1.5, 3)
        lump = make_ellipsoid(place, (15, 8, rng.uniform(6, 10)))
        parts.append((lump, suv * rng.uniform(0.85, 1.2)))
    return parts


def _bursae(rng, patient: Patient, suv: float) -> list[Focus]:
    """Return what polymyalgia inflames beside joints: trochanter, seat, between the spines."""
    height, found = patient.height_mm, []
    for side, sign in SIDES:
        hip = patient.joints["hip", side]
        if rng.random() < 0.7:
            place = shift(hip, 10, 18, sign * 0.031 * height)
            found.append((place, (12, 20, 6), index_of("femur", side)))
        if rng.random() < 0.7:
            place = height * np.array([0.033, 0.521, sign * 0.035])
            found.append((place, (8, 9, 14), index_of("pelvis", side)))
    for name in ("C6", "L3", "L4", "L5"):
        if rng.random() < 0.5:
            place = shift(patient.spine_at(patient.vertebra(name)[1]), 44, 4, 0)
            region = "cervical-spine" if name[0] == "C" else "lumbar-spine"
            found.append((place, (9, 7, 5), index_of(region, None)))
    return [
        Focus(
            disease=_PMR,
            region=region,
            centre_mm=place,
            radius_mm=float(np.mean(radii)),
            parts=[(make_ellipsoid(place, radii), suv * rng.uniform(0.6, 1.0))],
        )
        for place, radii, region in found
    ]
