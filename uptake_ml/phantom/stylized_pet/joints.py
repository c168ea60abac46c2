"""Inflamed and worn joints of the stylized person: a lining, thicker in patches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from uptake_ml.phantom.stylized.person import SIDES, Person
from uptake_ml.phantom.stylized.raster import Shape, ellipsoid
from uptake_ml.phantom.stylized_pet.lesions import Focus
from uptake_ml.phantom.stylized_pet.levels import about
from uptake_ml.regions import index_of

_RADIUS_MM = {
    "shoulder": 25.0, "elbow": 19.0, "wrist": 18.0, "hip": 28.0, "knee": 33.0, "ankle": 21.0,
    "sternoclavicular": 10.0, "acromioclavicular": 10.0, "sacroiliac": 12.0, "hand": 8.0,
    "foot": 9.0,
}  # fmt: skip
_LARGE_MM = 15.0
# How often each joint is ill, by disease of ``fdg_diseases.toml``.
_CHANCES = {
    "rheumatoid-arthritis": {
        "shoulder": 0.55, "elbow": 0.4, "wrist": 0.55, "hand": 0.5, "hip": 0.3, "knee": 0.55,
        "ankle": 0.35, "foot": 0.3, "sternoclavicular": 0.15,
    },
    "polymyalgia-rheumatica": {
        "shoulder": 0.95, "hip": 0.85, "sternoclavicular": 0.5, "acromioclavicular": 0.4,
        "knee": 0.3, "wrist": 0.15,
    },
    "osteoarthritis": {
        "shoulder": 0.5, "hip": 0.35, "knee": 0.5, "acromioclavicular": 0.25, "hand": 0.15,
        "sternoclavicular": 0.2,
    },
    "psoriatic-arthritis": {
        "hand": 0.5, "foot": 0.4, "wrist": 0.4, "knee": 0.45, "ankle": 0.4, "shoulder": 0.4,
        "sacroiliac": 0.25, "sternoclavicular": 0.3,
    },
    "ankylosing-spondylitis": {
        "sacroiliac": 0.95, "hip": 0.35, "shoulder": 0.3, "sternoclavicular": 0.3,
    },
}  # fmt: skip
_ONE_SIDED_SHARE, _UNEQUAL_SHARE = 0.14, 0.15
_SUV, _SUV_RANGE = (3.9, 0.4), (1.6, 10.0)
_WORN_SHARE = 0.35


def draw_arthritis(rng: np.random.Generator, person: Person, bones: Sequence[Shape]) -> list[Focus]:
    """Return the joints of one arthritis: mostly on both sides, else on one alone."""
    disease = str(rng.choice(list(_CHANCES)))
    chances = _CHANCES[disease]
    ill = [joint for joint, chance in chances.items() if rng.random() < chance]
    ill = ill or [str(rng.choice(list(chances)))]
    sides = _draw_sides(rng)
    middle, foci = about(rng, _SUV), []
    for joint in ill:
        both = middle * rng.lognormal(0, 0.15)
        for side, share in sides.items():
            suv = float(np.clip(both * share * rng.lognormal(0, 0.12), *_SUV_RANGE))
            foci.append(inflame(rng, person, bones, joint, side, suv, disease))
    return foci


def draw_single_joint(
    rng: np.random.Generator, person: Person, bones: Sequence[Shape]
) -> list[Focus]:
    """Return the arthritis of one joint of one side, which is a focus."""
    disease = str(rng.choice(["osteoarthritis", "psoriatic-arthritis", "rheumatoid-arthritis"]))
    joint = str(rng.choice(["shoulder", "hip", "sternoclavicular", "sacroiliac", "knee", "elbow"]))
    suv = float(np.clip(about(rng, _SUV), *_SUV_RANGE))
    side = str(rng.choice(list(SIDES)))
    return [inflame(rng, person, bones, joint, side, suv, disease)]


def _draw_sides(rng) -> dict[str, float]:
    """Return the sides that are ill, and the share of its uptake that each has."""
    first, second = (str(s) for s in rng.permutation(list(SIDES)))
    draw = rng.random()
    if draw < _ONE_SIDED_SHARE:
        return {first: 1.0}
    is_unequal = draw < _ONE_SIDED_SHARE + _UNEQUAL_SHARE
    return {first: 1.0, second: float(rng.uniform(0.4, 0.75)) if is_unequal else 1.0}


def inflame(rng, person, bones, joint: str, side: str, suv: float, disease: str) -> Focus:
    """Return one inflamed joint; hands and feet are a row of small ones."""
    places = joint_places(person, bones, joint, side)
    if joint in ("hand", "foot"):
        places = [p for p in places if rng.random() < 0.75] or places[:1]
    radius = _RADIUS_MM[joint] * float(rng.uniform(0.85, 1.15))
    solids = [s for at in places for s in _lining(rng, at, radius, suv)]
    return Focus(
        disease=disease,
        region=index_of(joint, side),
        centre_mm=np.mean(places, axis=0),
        radius_mm=radius,
        solids=solids,
    )


def draw_worn(
    rng: np.random.Generator, person: Person, bones: Sequence[Shape], liver_suv: float
) -> list[tuple[Shape, float]]:
    """Return the mild uptake of worn joints, of both sides or one, below that of the liver."""
    found = []
    for joint in ("shoulder", "hip", "knee", "sternoclavicular", "acromioclavicular"):
        if rng.random() > _WORN_SHARE:
            continue
        value, sides = rng.uniform(0.45, 0.95) * liver_suv, _draw_sides(rng)
        for side, share in sides.items():
            for at in joint_places(person, bones, joint, side):
                radius = _RADIUS_MM[joint] * rng.uniform(0.7, 1.0)
                found += _lining(rng, at, radius, 0.8 * value * max(share, 0.6))
    return found


def joint_places(person: Person, bones: Sequence[Shape], joint: str, side: str) -> list[np.ndarray]:
    """Return the middles (x, y, z) in mm of a joint; small joints of hands and feet are many."""
    if joint in ("hand", "foot"):
        name = {"hand": "mcp", "foot": "mtp"}[joint]
        return [b.a for b in bones if b.name == f"{name}:{side}"]
    if joint == "sacroiliac":
        return [next(b.a for b in bones if b.name == f"sacroiliac:{side}")]
    clavicle = [b for b in bones if b.name == f"clavicle:{side}"]
    if joint == "sternoclavicular":
        return [clavicle[0].a]
    if joint == "acromioclavicular":
        return [clavicle[-1].b]
    return [person.points[joint, side]]


def _lining(rng, at, radius: float, suv: float) -> list[tuple[Shape, float]]:
    if radius < _LARGE_MM:
        radii = radius * np.exp(rng.normal(0, 0.1, 3))
        return [(ellipsoid("joint", at, radii), suv)]
    # The fluid inside takes up little; the lining is seen as a ring of patches.
    shell = ellipsoid("joint", at, radius, wall_mm=float(rng.uniform(6, 11)))
    solids = [(shell, rng.uniform(0.6, 0.9) * suv)]
    for _ in range(int(rng.integers(2, 6))):
        way = rng.normal(size=3)
        patch = at + 0.75 * radius * way / np.linalg.norm(way)
        solids.append((ellipsoid("joint", patch, rng.uniform(0.3, 0.45) * radius), suv * 1.15))
    return solids
