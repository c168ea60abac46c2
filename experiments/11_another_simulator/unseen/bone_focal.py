"""Focal diseases as a bone scan shows them."""

from __future__ import annotations

import numpy as np

from .body import Body
from .lesions import drop_lesion, hold, lesion_in
from .sweep import sweep, warm
from .trunk import CHEST, LOINS

_SITES = {
    ("T", "L"): 0.36,
    ("rib",): 0.22,
    ("ilium", "ischium", "pubis", "acetabulum"): 0.16,
    ("sacrum",): 0.05,
    ("femur", "trochanter"): 0.06,
    ("humerus",): 0.03,
    ("scapula",): 0.04,
    ("sternum", "manubrium"): 0.04,
    ("vault",): 0.04,
}


def draw_site(rng: np.random.Generator) -> tuple[tuple[str, ...], float, float | None]:
    """Return names of bones that a metastasis may sit in, its length and its width in mm."""
    sites = list(_SITES)
    names = sites[rng.choice(len(sites), p=list(_SITES.values()))]
    length = {"rib": (14, 50), "femur": (30, 70), "humerus": (25, 60)}.get(names[0], (16, 34))
    if names[0] == "T":
        names = (str(rng.choice([*CHEST[2:], *LOINS])),)
    return names, rng.uniform(*length), None if names[0] == "rib" else rng.uniform(18, 36)


def _metastasis(body: Body, rng: np.random.Generator, lowest: float) -> None:
    names, length, patch = draw_site(rng)
    drop_lesion(
        body,
        names,
        rng,
        value=rng.uniform(lowest, 8),
        length_mm=length,
        width_mm=patch,
        swell=rng.uniform(1, 1.2),
    )


def add_multiple_metastases(body: Body, rng: np.random.Generator) -> None:
    """Add ten to thirty lesions of the axial skeleton and the limbs' roots."""
    for _ in range(rng.integers(10, 31)):
        _metastasis(body, rng, 2.8)


def add_few_metastases(body: Body, rng: np.random.Generator) -> None:
    """Add two to five lesions."""
    for _ in range(rng.integers(2, 6)):
        _metastasis(body, rng, 4.5)


def add_rib_fractures(body: Body, rng: np.random.Generator) -> None:
    """Add short foci in neighbouring ribs, one below the other."""
    side, part = rng.choice([-1, 1]), rng.choice([0.3, 0.5, 0.75, 0.9]) + rng.normal(0, 0.04)
    first, n = rng.integers(3, 7), rng.integers(3, 6)
    for k in range(first, min(first + n, 11)):
        (rib,) = [b for b in body.named("rib", side=side) if b.name == f"rib{k}"]
        where = np.clip(part + rng.normal(0, 0.03), 0.05, 0.97)
        body.extra.append(
            lesion_in(
                rib, where, rng, value=rng.uniform(4, 9), swell=1.25, length_mm=rng.uniform(10, 18)
            )
        )


def add_compression(body: Body, rng: np.random.Generator) -> None:
    """Flatten one to three vertebral bodies and make them hot bands."""
    levels = [*CHEST[5:], *LOINS[:4]]
    for name in rng.choice(levels, rng.integers(1, 4), replace=False):
        bones = [b for b in body.bones if b.name == name]
        trunk = bones[0]
        middle = trunk.centre.mean(axis=0)
        trunk.centre[:] = middle + 0.6 * (trunk.centre - middle)
        trunk.half_u *= 1.12
        trunk.value *= rng.uniform(3.4, 5.5)
        hold(bones[1:], rng.uniform(1.0, 1.5))


def add_primary_tumour(body: Body, rng: np.random.Generator) -> None:
    """Add one large, uneven tumour of a limb bone or the pelvis."""
    side = int(rng.choice([-1, 1]))
    name, part = [("femur", 0.86), ("tibia", 0.1), ("humerus", 0.15), ("ilium", 0.6)][
        rng.integers(4)
    ]
    bone = max(body.named(name, side=side), key=lambda b: len(b.centre))
    patch = rng.uniform(60, 90) if name == "ilium" else None
    length, part = rng.uniform(75, 130), part + rng.normal(0, 0.03)
    swell = rng.uniform(1.2, 1.5)
    body.extra.append(
        lesion_in(
            bone,
            part,
            rng,
            value=rng.uniform(1.8, 3),
            length_mm=length,
            swell=swell,
            width_mm=patch,
        )
    )
    for _ in range(4):
        body.extra.append(
            lesion_in(
                bone,
                part + rng.normal(0, 0.05),
                rng,
                value=rng.uniform(3, 5.5),
                length_mm=rng.uniform(15, 40),
                swell=0.9 * swell,
                width_mm=24,
            )
        )


def add_osteomyelitis(body: Body, rng: np.random.Generator) -> None:
    """Heat a stretch of a bone, its edge fading, and warm the soft tissue about it."""
    side = int(rng.choice([-1, 1]))
    name, part = [
        ("tibia", 0.3),
        ("tibia", 0.85),
        ("femur", 0.7),
        ("calcaneus", 0.4),
        ("mandible", 0.3),
        ("humerus", 0.6),
    ][rng.integers(6)]
    bone = max(
        body.named(name, side=0 if name == "mandible" else side), key=lambda b: len(b.centre)
    )
    is_small = name in ("calcaneus", "mandible")
    point, reach = (
        bone.at(part + rng.normal(0, 0.04)),
        rng.uniform(18, 26) if is_small else rng.uniform(34, 62),
    )
    peak = rng.uniform(7, 11) if is_small else rng.uniform(4.5, 8)
    warm([bone], point, reach, peak, side=bone.side)
    near = [b for b in body.bones if b is not bone and b.side in (0, side)]
    warm(near, point, 0.7 * reach, 1.4, side=side)
    body.extra.append(lesion_in(bone, part, rng, value=0.13, length_mm=1.6 * reach, swell=2.4))


def add_stress_fracture(body: Body, rng: np.random.Generator) -> None:
    """Add one spindle-shaped focus where bones tire: shin, foot, neck of the femur."""
    side = int(rng.choice([-1, 1]))
    name = str(rng.choice(["tibia", "tibia", "metatarsal", "femur-neck", "fibula"]))
    bones = body.named(name, side=side)
    if name == "metatarsal":
        bone, part, length, value = bones[rng.integers(1, 4)], 0.55, 34, rng.uniform(9, 14)
    else:
        bone = max(bones, key=lambda b: len(b.centre))
        part = {"tibia": rng.uniform(0.4, 0.75), "femur-neck": 0.5, "fibula": 0.8}[name]
        length, value = rng.uniform(28, 50), rng.uniform(5, 9)
    body.extra.append(lesion_in(bone, part, rng, value=value, length_mm=length, swell=1.15))


def add_paget(body: Body, rng: np.random.Generator) -> None:
    """Make whole bones thick and hot, on one side where they are paired."""
    side = int(rng.choice([-1, 1]))
    wholes = [
        (("ilium", "acetabulum", "pubis", "ischium"), side),
        (("femur", "trochanter"), side),
        (("tibia",), side),
        (("vault",), None),
        (("humerus",), side),
        (("scapula",), side),
        ((str(rng.choice(LOINS)),), None),
        (("sacrum",), None),
    ]
    for k in rng.choice(len(wholes), rng.integers(1, 4), replace=False):
        names, one = wholes[k]
        for bone in body.named(*names, side=one):
            bone.value *= rng.uniform(3.6, 4.4)
            bone.half_u *= 1.08
            bone.half_v *= 1.12
        if names == ("tibia",):
            shaft = max(body.named("tibia", side=side), key=lambda b: len(b.centre))
            shaft.centre[:, 1] -= 14 * np.sin(np.linspace(0, np.pi, len(shaft.centre)))


def add_fibrous_dysplasia(body: Body, rng: np.random.Generator) -> None:
    """Fill parts of bones of one side with streaks of high uptake."""
    side = int(rng.choice([-1, 1]))
    names = ["femur", "tibia", "humerus", "ilium", "rib4", "rib6", "maxilla", "radius"]
    for name in rng.choice(names, rng.integers(2, 5), replace=False):
        one = 0 if name == "maxilla" else side
        bone = max(body.named(str(name), side=one), key=lambda b: len(b.centre))
        n, start = len(bone.centre), rng.uniform(0, 0.45)
        part = np.linspace(0, 1, n)
        inside = (part > start) & (part < start + rng.uniform(0.35, 0.55))
        streaks = 1 + 0.3 * np.sin(np.arange(n) / rng.uniform(1.5, 4))
        bone.value[inside] *= (rng.uniform(3.5, 6) * streaks)[inside]
        bone.half_u[inside] *= 1.12


def add_sacral_insufficiency(body: Body, rng: np.random.Generator) -> None:
    """Add the H of a broken sacrum, or most of it, at times with a broken pubis."""
    value = rng.uniform(3.5, 6)
    for side in (-1, 1):
        if side < 0 or rng.random() < 0.8:
            points = [(side * 31, -60, 716), (side * 29, -46, 750), (side * 20, -38, 785)]
            body.extra.append(
                sweep(
                    "lesion",
                    points,
                    [11, 10, 7],
                    [12, 11, 8],
                    side=side,
                    value=value * rng.uniform(0.85, 1.15),
                )
            )
    bar = [(-30, -46, 752), (0, -44, 754), (30, -46, 752)]
    body.extra.append(
        sweep("lesion", bar, 8, 9, hint=(0, 0, 1), value=value * rng.uniform(0.8, 1.1))
    )
    if rng.random() < 0.35:
        bone = body.named("pubis", side=int(rng.choice([-1, 1])))[0]
        body.extra.append(lesion_in(bone, 0.6, rng, value=5, length_mm=22, swell=1.1))
