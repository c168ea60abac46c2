"""Focal diseases as a bone scan shows them; each returns its lesions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from uptake_ml.phantom.swept.body import Body
from uptake_ml.phantom.swept.findings import (
    Lesion,
    Piece,
    draw_contrast,
    lesion_of,
    light_up,
    near_contrast,
)
from uptake_ml.phantom.swept.lesions import blob, hold, lesion_in
from uptake_ml.phantom.swept.sites import draw_site, in_skull_vault, lesion_at, longest
from uptake_ml.phantom.swept.sweep import sweep
from uptake_ml.phantom.swept.trunk import CHEST, LOINS

_SPREAD = 0.45  # of the contrasts of one patient's lesions, in the log (prior)
_SIDES = (-1, 1)


def _metastases(body: Body, rng: np.random.Generator, count: int) -> list[Lesion]:
    names = ("metastases", "metastases-lung",
             "metastases-breast" if body.person.is_female else "metastases-prostate")  # fmt: skip
    disease, level = str(rng.choice(names)), draw_contrast(rng)
    return [_metastasis(body, rng, disease, near_contrast(level, rng, _SPREAD))
            for _ in range(count)]  # fmt: skip


def _metastasis(body: Body, rng, disease: str, contrast: float) -> Lesion:
    names, length_mm, width_mm = draw_site(rng)
    if names == ("vault",):
        bone, solid = in_skull_vault(body, rng, 0.5 * length_mm)
        return lesion_of(disease, bone, [Piece(solids=[solid], contrast=contrast)])
    bones = body.named(*names)
    size = np.array([len(b.centre) * b.half_u.mean() for b in bones])
    bone = bones[rng.choice(len(bones), p=size / size.sum())]
    # Marrow of adults reaches the upper half of a long bone.
    part = rng.uniform(0.04, 0.5 if len(bone.centre) > 60 and "rib" not in bone.name else 0.96)
    swell = rng.uniform(1, 1.25)
    return lesion_at(body, bone, part, rng, disease=disease, contrast=contrast,
                     length_mm=length_mm, width_mm=width_mm, swell=swell)  # fmt: skip


def multiple_metastases(body: Body, rng: np.random.Generator) -> list[Lesion]:
    """Return four to 25 lesions of the axial skeleton and the limbs' roots."""
    return _metastases(body, rng, round(np.exp(rng.uniform(np.log(4), np.log(25)))))


def few_metastases(body: Body, rng: np.random.Generator) -> list[Lesion]:
    """Return one to four lesions."""
    return _metastases(body, rng, int(rng.integers(1, 5)))


def rib_fractures(body: Body, rng: np.random.Generator) -> list[Lesion]:
    """Return short foci of neighbouring ribs, one below the other, or of a single rib."""
    side, part = int(rng.choice(_SIDES)), rng.uniform(0.12, 0.95)
    first, count = rng.integers(2, 9), rng.integers(1, 7)
    level, step = draw_contrast(rng), rng.normal(0, 0.015)
    found = []
    for k in range(first, min(first + count, 12)):
        rib = next(b for b in body.named("rib", side=side) if b.name == f"rib{k}")
        where = np.clip(part + step * (k - first) + rng.normal(0, 0.02), 0.04, 0.98)
        found.append(
            lesion_at(body, rib, where, rng, disease="acute-fracture", swell=1.25,
                      contrast=near_contrast(level, rng, _SPREAD),
                      length_mm=rng.uniform(8, 20))
        )  # fmt: skip
    return found


def compression(body: Body, rng: np.random.Generator) -> list[Lesion]:
    """Flatten one to three vertebral bodies; return them as hot bands."""
    disease = str(rng.choice(["osteoporosis", "acute-fracture"]))
    level, found = draw_contrast(rng), []
    count = rng.choice([1, 2, 3], p=[0.55, 0.3, 0.15])
    for name in rng.choice([*CHEST[4:], *LOINS], count, replace=False):
        bones = [b for b in body.bones if b.name == name]
        trunk = bones[0]
        middle = trunk.centre.mean(axis=0)
        trunk.centre[:] = middle + rng.uniform(0.5, 0.85) * (trunk.centre - middle)
        trunk.half_u *= rng.uniform(1.02, 1.14)
        hold(bones[1:], rng.uniform(1.0, 1.2))
        shares = np.interp(np.linspace(0, 1, len(trunk.value)), [0, 1], rng.uniform(0.4, 1, 2))
        solids = [light_up(trunk, shares)]
        piece = Piece(solids=solids, contrast=near_contrast(level, rng, _SPREAD))
        found.append(lesion_of(disease, trunk, [piece]))
    return found


def primary_tumour(body: Body, rng: np.random.Generator) -> list[Lesion]:
    """Return a large, uneven tumour of a limb bone, the pelvis or a rib; that limb is warmer."""
    side = int(rng.choice(_SIDES))
    places = [("femur", 0.86), ("femur", 0.5), ("tibia", 0.1), ("humerus", 0.15), ("ilium", 0.6),
              ("scapula", 0.6), ("fibula", 0.15), ("rib5", 0.7)]  # fmt: skip
    name, part = places[rng.integers(len(places))]
    bone, part = longest(body, name, side), float(np.clip(part + rng.normal(0, 0.06), 0.03, 0.97))
    patch_mm = rng.uniform(40, 80) if name in ("ilium", "scapula") else None
    length_mm, swell = rng.uniform(35, 110), rng.uniform(1.1, 1.5)
    solids = [lesion_in(bone, part, rng, value=1, length_mm=length_mm, swell=swell,
                        width_mm=patch_mm)]  # fmt: skip
    for _ in range(rng.integers(1, 5)):
        where = float(np.clip(part + rng.normal(0, 0.05), 0, 1))
        solids.append(
            lesion_in(bone, where, rng, value=rng.uniform(1.3, 2.4), width_mm=24,
                      length_mm=rng.uniform(12, 40), swell=0.9 * swell)
        )  # fmt: skip
    if name in ("femur", "tibia", "fibula"):
        limb = ("femur", "patella", "tibia", "fibula", "talus", "tarsus", "metatarsal")
        hold(body.named(*limb, side=side), rng.uniform(1.0, 1.25))
    diseases = ["chondrosarcoma", "ewing-sarcoma"]
    if name in ("femur", "tibia", "humerus"):
        diseases.append("osteosarcoma")
    piece = Piece(solids=solids, contrast=draw_contrast(rng, 0.6))
    return [lesion_of(str(rng.choice(diseases)), bone, [piece])]


def osteomyelitis(body: Body, rng: np.random.Generator) -> list[Lesion]:
    """Return a stretch of a bone, its edge fading, and the soft tissue about it."""
    names = ["tibia", "tibia", "femur", "calcaneus", "metatarsal", "toe", "mandible", "humerus",
             "radius", "finger", "ischium", "L"]  # fmt: skip
    name = str(rng.choice(names))
    bones = body.named(name, side=int(rng.choice(_SIDES)) if name not in ("mandible", "L") else 0)
    bone = bones[rng.integers(len(bones))]
    is_small = len(bone.centre) < 50
    part, reach_mm = rng.uniform(0.05, 0.95), rng.uniform(*((8, 18) if is_small else (16, 50)))
    away = np.linalg.norm(bone.centre - bone.at(part), axis=1)
    solids = [
        light_up(bone, np.exp(-((away / reach_mm) ** 2)) / bone.value.mean()),
        lesion_in(bone, part, rng, value=rng.uniform(0.02, 0.12), length_mm=1.6 * reach_mm,
                  swell=min(2.4, 40 / bone.half_u.mean())),
    ]  # fmt: skip
    return [lesion_of("osteomyelitis", bone, [Piece(solids=solids, contrast=draw_contrast(rng))])]


def stress_fracture(body: Body, rng: np.random.Generator) -> list[Lesion]:
    """Return spindles where bones tire: shin, foot, neck of the femur, pubis."""
    found, level = [], draw_contrast(rng)
    for _ in range(rng.choice([1, 2], p=[0.8, 0.2])):
        side = int(rng.choice(_SIDES))
        name = str(rng.choice(["tibia", "tibia", "metatarsal", "femur-neck", "fibula", "pubis",
                               "calcaneus"]))  # fmt: skip
        bone = body.named(name, side=side)[rng.integers(1, 4)] if name == "metatarsal" else longest(
            body, name, side)  # fmt: skip
        is_long = len(bone.centre) > 60
        found.append(
            lesion_at(body, bone, rng.uniform(0.3, 0.8), rng, disease="stress-fracture",
                      contrast=near_contrast(level, rng, 0.3), swell=1.15,
                      length_mm=rng.uniform(14, 55) if is_long else rng.uniform(10, 32),
                      width_mm=rng.uniform(9, 18) if is_long else None)
        )  # fmt: skip
    return found


def healing_fracture(body: Body, rng: np.random.Generator) -> list[Lesion]:
    """Return a band across one bone of a limb or its girdle, or along it after surgery."""
    names = ["radius", "ulna", "humerus", "tibia", "fibula", "femur", "femur-neck", "clavicle",
             "metatarsal", "metacarpal", "patella", "acetabulum", "scapula"]  # fmt: skip
    bones = body.named(str(rng.choice(names)), side=int(rng.choice(_SIDES)))
    disease = str(rng.choice(["acute-fracture", "post-surgical-healing"]))
    length_mm = rng.uniform(8, 22) if disease == "acute-fracture" else rng.uniform(20, 60)
    return [
        lesion_at(body, bones[rng.integers(len(bones))], rng.uniform(0.05, 0.95), rng,
                  disease=disease, contrast=draw_contrast(rng), length_mm=length_mm,
                  swell=rng.uniform(1.05, 1.35))
    ]  # fmt: skip


def osteoid_osteoma(body: Body, rng: np.random.Generator) -> list[Lesion]:
    """Return a small intense nidus in a weaker halo."""
    names = ["femur-neck", "femur", "tibia", "tibia", "humerus", "L", "talus", "metatarsal"]
    bones = body.named(str(rng.choice(names)))
    bone, part = bones[rng.integers(len(bones))], rng.uniform(0.1, 0.9)
    halo = lesion_in(bone, part, rng, value=rng.uniform(0.1, 0.35), length_mm=rng.uniform(20, 40))
    solids = [blob("nidus", bone.at(part), rng.uniform(4, 7), 1.0, rng), halo]
    piece = Piece(solids=solids, contrast=draw_contrast(rng, 0.7))
    return [lesion_of("osteoid-osteoma", bone, [piece])]


def paget(body: Body, rng: np.random.Generator) -> list[Lesion]:
    """Return one to three whole bones, thick and hot, on either side where they are paired."""
    wholes: list[tuple[tuple[str, ...], bool]] = [
        (("ilium", "acetabulum", "pubis", "ischium", "si-joint"), True),
        (("femur", "trochanter"), True),
        (("tibia",), True),
        (("vault",), False),
        (("humerus",), True),
        (("scapula",), True),
        ((str(rng.choice([*CHEST[7:], *LOINS])),), False),
        (("sacrum",), False),
        (("clavicle",), True),
        (("mandible",), False),
    ]
    found, grow, level = [], rng.uniform(1.0, 1.12), draw_contrast(rng, 0.7, 12)
    for k in rng.choice(len(wholes), rng.integers(1, 4), replace=False):
        names, is_paired = wholes[k]
        side = int(rng.choice(_SIDES)) if is_paired else None
        bones = body.named(*names, side=side)
        if names == ("tibia",):
            shaft = longest(body, "tibia", side)
            shaft.centre[:, 1] -= 14 * np.sin(np.linspace(0, np.pi, len(shaft.centre)))
        solids = [light_up(bone, rng.uniform(0.8, 1.2), grow=grow) for bone in bones]
        piece = Piece(solids=solids, contrast=near_contrast(level, rng, 0.3))
        found.append(lesion_of("paget-disease", bones[0], [piece], is_whole_bone=True))
    return found


def fibrous_dysplasia(body: Body, rng: np.random.Generator) -> list[Lesion]:
    """Return streaks along parts of bones of one side, or all of a small bone."""
    side, level, found = int(rng.choice(_SIDES)), draw_contrast(rng, 0.7), []
    names = ["femur", "tibia", "humerus", "ilium", "rib4", "rib6", "rib8", "maxilla", "radius",
             "zygoma"]  # fmt: skip
    for name in rng.choice(names, rng.integers(1, 5), replace=False):
        bone = longest(body, str(name), 0 if name == "maxilla" else side)
        part = np.linspace(0, 1, len(bone.centre))
        start = rng.uniform(0, 0.45)
        is_inside = (part >= start) & (part <= start + rng.uniform(0.3, 0.6))
        streaks = 1 + 0.4 * np.sin(np.arange(len(part)) / rng.uniform(1.5, 4))
        solid = light_up(bone, is_inside * streaks, grow=rng.uniform(1, 1.15))
        piece = Piece(solids=[solid], contrast=near_contrast(level, rng, 0.35))
        found.append(lesion_of("fibrous-dysplasia", bone, [piece]))
    return found


def sacral_insufficiency(body: Body, rng: np.random.Generator) -> list[Lesion]:
    """Return the H of a broken sacrum, or most of it, at times with a broken pubis."""
    solids, level = [], draw_contrast(rng)
    for side in _SIDES:
        if rng.random() < 0.85:
            points = [(side * 31, -60, 716), (side * 29, -46, 750), (side * 20, -38, 785)]
            value = rng.uniform(0.6, 1.1)
            solids.append(sweep("lesion", points, [11, 10, 7], [12, 11, 8], side=side, value=value))
    if rng.random() < 0.85 or not solids:
        drop = rng.normal(0, 6)
        bar = [(-30, -46, 752 + drop), (0, -44, 754 + drop), (30, -46, 752 + drop)]
        solids.append(sweep("lesion", bar, 8, 9, hint=(0, 0, 1), value=rng.uniform(0.6, 1.1)))
    sacrum = body.named("sacrum")[0]
    found = [lesion_of("osteoporosis", sacrum, [Piece(solids=solids, contrast=level)])]
    if rng.random() < 0.4:
        bone = longest(body, "pubis", int(rng.choice(_SIDES)))
        found.append(
            lesion_at(body, bone, rng.uniform(0.3, 0.8), rng, disease="osteoporosis",
                      contrast=near_contrast(level, rng, _SPREAD), length_mm=rng.uniform(12, 26))
        )  # fmt: skip
    return found


FOCAL: dict[str, Callable[[Body, np.random.Generator], list[Lesion]]] = {
    "multiple metastases": multiple_metastases,
    "few metastases": few_metastases,
    "rib fractures": rib_fractures,
    "vertebral compression": compression,
    "primary tumour": primary_tumour,
    "osteomyelitis": osteomyelitis,
    "stress fracture": stress_fracture,
    "healing fracture": healing_fracture,
    "osteoid osteoma": osteoid_osteoma,
    "Paget disease": paget,
    "fibrous dysplasia": fibrous_dysplasia,
    "sacral insufficiency": sacral_insufficiency,
}
