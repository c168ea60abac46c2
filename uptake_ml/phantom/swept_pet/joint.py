"""Inflamed joints of both sides: the lining of each, hotter here than there, some spared."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from uptake_ml.phantom.swept.body import Body
from uptake_ml.phantom.swept.findings import SIDE_NAMES
from uptake_ml.phantom.swept.lesions import blob
from uptake_ml.phantom.swept.person import SIDES, log_uniform, spine_at
from uptake_ml.phantom.swept.sweep import Sweep, sweep, vec
from uptake_ml.phantom.swept.trunk import CHEST, LOINS, vertebra_z
from uptake_ml.phantom.swept_pet.focal import Focus
from uptake_ml.regions import index_of


class Arthritis(NamedTuple):
    """Chance of each pair of joints; ``least`` pairs are ill, ``to_liver`` is a range of SUV.

    ``spared`` is the chance that one side of a pair is, ``between_sides`` a relative s.d.
    """

    joints: dict[str, float]
    least: int
    to_liver: tuple[float, float]
    weight: float
    between_sides: float
    spared: float


ARTHRITIDES = {
    "polymyalgia-rheumatica": Arthritis(
        {"shoulder": 0.97, "hip": 0.85, "sternoclavicular": 0.55, "acromioclavicular": 0.3,
         "knee": 0.3},
        2, (1.0, 3.6), 1.4, 0.15, 0.03,
    ),
    "rheumatoid-arthritis": Arthritis(
        {"shoulder": 0.75, "elbow": 0.6, "wrist": 0.8, "hand": 0.65, "knee": 0.65, "ankle": 0.4,
         "hip": 0.4, "foot": 0.35, "sternoclavicular": 0.2},
        2, (1.0, 4.0), 1.4, 0.25, 0.1,
    ),
    "ankylosing-spondylitis": Arthritis(
        {"sacroiliac": 0.96, "hip": 0.4, "shoulder": 0.3, "sternoclavicular": 0.35},
        1, (1.1, 3.8), 1.0, 0.15, 0.06,
    ),
}  # fmt: skip
RADIUS_MM = {
    "shoulder": 30, "elbow": 20, "wrist": 19, "hip": 32, "knee": 33, "ankle": 22,
    "sternoclavicular": 10, "acromioclavicular": 10, "sacroiliac": 18, "hand": 12, "foot": 12,
}  # fmt: skip
_PMR, _SPONDYLITIS = "polymyalgia-rheumatica", "ankylosing-spondylitis"


def draw_arthritis(rng: np.random.Generator, body: Body, liver_suv: float) -> list[Focus]:
    """Return the inflamed joints of one arthritis, and what is inflamed beside them."""
    weights = np.array([a.weight for a in ARTHRITIDES.values()])
    name = str(rng.choice(list(ARTHRITIDES), p=weights / weights.sum()))
    disease = ARTHRITIDES[name]
    chosen = [joint for joint, chance in disease.joints.items() if rng.random() < chance]
    chosen += [joint for joint in disease.joints if joint not in chosen][
        : max(disease.least - len(chosen), 0)
    ]
    suv = liver_suv * log_uniform(rng, *disease.to_liver)
    foci = []
    for joint in chosen:
        level = suv * rng.lognormal(0, 0.15)
        sides = list(SIDES.values())
        if rng.random() < disease.spared:
            sides = [int(rng.choice(sides))]
        for side in sides:
            own = level * rng.lognormal(0, disease.between_sides / np.sqrt(2))
            foci.append(inflame(rng, body, joint, side, own, name))
    if name == _PMR:
        foci += _bursae(rng, body, suv)
    return foci + _entheses(rng, body, suv) if name == _SPONDYLITIS else foci


def inflame(rng, body: Body, joint: str, side: int, suv: float, disease: str) -> Focus:
    """Return one inflamed joint of one side (-1 right, 1 left) as one lesion."""
    centre = joint_place(body, joint, side)
    if joint in ("hand", "foot"):
        ends = _knuckles(body, joint, side)
        ill = [end for end in ends if rng.random() < 0.85] or ends
        solids = [
            blob("lining", end, rng.uniform(6, 9), suv * rng.uniform(0.6, 1.3), rng) for end in ill
        ]
    elif joint == "sacroiliac":
        plate = body.named("si-joint", side=side)[0]
        value = suv * rng.lognormal(0, 0.15, 5)
        points = plate.centre[[0, len(plate.centre) // 2, -1]]
        solids = [sweep("si-joint", points, [7, 8, 6], [17, 16, 11], value=value, side=side)]
    else:
        solids = line(rng, centre, RADIUS_MM[joint], suv)
    return Focus(
        disease=disease,
        region=index_of(joint, SIDE_NAMES[side]),
        centre_mm=centre,
        radius_mm=float(RADIUS_MM[joint]),
        solids=solids,
    )


def line(rng: np.random.Generator, centre: np.ndarray, radius: float, suv: float) -> list[Sweep]:
    """Return the inflamed lining of a joint: a shell with brighter parts."""
    solids = [blob("lining", centre, radius, 0.8 * suv, rng, lobes=0.14, core=0.45)]
    for _ in range(rng.integers(3, 6)):
        way = rng.normal(size=3)
        at = centre + 0.75 * radius * way / np.linalg.norm(way)
        size = radius * rng.uniform(0.25, 0.5)
        solids.append(blob("lining", at, size, suv * rng.uniform(0.8, 1.2), rng))
    return solids


def joint_place(body: Body, joint: str, side: int) -> np.ndarray:
    """Return the middle (x, y, z) of a joint in a body of 1.7 m."""
    if joint in ("hand", "foot"):
        return np.mean(_knuckles(body, joint, side), axis=0)
    if joint == "sacroiliac":
        return body.named("si-joint", side=side)[0].at(0.5)
    clavicle = body.named("clavicle", side=side)[0]
    if joint == "sternoclavicular":
        return clavicle.at(0)
    return clavicle.at(1) if joint == "acromioclavicular" else body.points[joint, side]


def _knuckles(body: Body, joint: str, side: int) -> list[np.ndarray]:
    """Return the places of the knuckles without the thumb, or of the balls of the toes."""
    name, first = {"hand": ("metacarpal", 1), "foot": ("metatarsal", 0)}[joint]
    return [bone.at(1) for bone in body.named(name, side=side)][first:]


def _beside(rng, disease: str, region: str, side: int, at, radius: float, suv: float) -> Focus:
    at = np.asarray(at, float)
    return Focus(
        disease=disease,
        region=index_of(region, SIDE_NAMES.get(side)),
        centre_mm=at,
        radius_mm=radius,
        solids=[blob("bursa", at, radius, suv * rng.uniform(0.6, 1.0), rng)],
    )


def _bursae(rng, body: Body, suv: float) -> list[Focus]:
    """Return what polymyalgia inflames beside joints: trochanter, seat, between the spines."""
    w, found = body.person.pelvis, []
    for side in SIDES.values():
        for region, (x, y, z), radius in (
            ("femur", (152, -66, 850), 13.0), ("pelvis", (64, -38, 902), 12.0)
        ):  # fmt: skip
            if rng.random() < 0.7:
                place = (side * x * w, y, z)
                found.append(_beside(rng, _PMR, region, side, place, radius, suv))
    for name in ("C6", *LOINS):
        if rng.random() < 0.45:
            at = spine_at(body.person, vertebra_z(name)[1]) + vec(0, 46, 0)
            region = "cervical-spine" if name == "C6" else "lumbar-spine"
            found.append(_beside(rng, _PMR, region, 0, at, rng.uniform(5, 9), suv))
    return found


def _entheses(rng, body: Body, suv: float) -> list[Focus]:
    """Return small joints of the spine and where tendons insert."""
    found, share = [], rng.uniform(0, 0.6)
    for name in (*CHEST[3:], *LOINS):
        if rng.random() < share:
            at = spine_at(body.person, vertebra_z(name)[0]) + vec(rng.choice([-20, 20]), 22, 0)
            region = "thoracic-spine" if name[0] == "T" else "lumbar-spine"
            found.append(_beside(rng, _SPONDYLITIS, region, 0, at, rng.uniform(5, 8), suv))
    for side in SIDES.values():
        if rng.random() < 0.4:
            place = (side * 64 * body.person.pelvis, -40, 902)
            found.append(_beside(rng, _SPONDYLITIS, "pelvis", side, place, 10.0, suv))
    return found
