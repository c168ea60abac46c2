"""Organs as FDG-PET shows them, in the order in which they are painted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from uptake_ml.phantom.swept.body import Body, vary
from uptake_ml.phantom.swept.flesh import build_bladder, build_kidney
from uptake_ml.phantom.swept.lesions import blob, draw_lobes
from uptake_ml.phantom.swept.person import spine_at
from uptake_ml.phantom.swept.sweep import Sweep, sweep, turned, vec
from uptake_ml.phantom.swept_pet.uptake import Uptake

_COLON = (
    (-82, -96, 740),
    (-94, -92, 690),
    (-92, -86, 625),
    (-50, -138, 640),
    (0, -152, 655),
    (55, -138, 630),
    (98, -80, 575),
    (106, -72, 640),
    (104, -80, 705),
    (84, -98, 760),
    (40, -92, 790),
    (10, -62, 800),
    (0, -58, 850),
)


def coat_outline(body: Body, uptake: Uptake) -> list[Sweep]:
    """Return the outline as muscle under a coat of fat."""
    fat_mm = 4 + 22 * max(body.person.girth - 0.85, 0)
    coated = []
    for part in body.outline:
        n = len(part.centre)
        wall = np.minimum(fat_mm, 0.45 * np.minimum(part.half_u, part.half_v))
        coated.append(
            replace(
                part, value=np.full(n, uptake.fat), wall_mm=wall, core=uptake.muscle / uptake.fat
            )
        )
    return coated


def fill_marrow(body: Body, uptake: Uptake, rng: np.random.Generator) -> list[Sweep]:
    """Return the bones with the uptake of the marrow that they hold."""
    bones = []
    for bone in body.bones:
        share = np.maximum(bone.marrow, uptake.limb_marrow * _LIMB_BONES.get(bone.name, 0))
        value = 0.4 + share**0.8 * (uptake.marrow - 0.4)
        if bone.name in ("maxilla", "mandible", "teeth", "conchae"):
            value = value + 0.5
        bones.append(replace(bone, value=np.array(value)))
    vary(bones, rng, uptake.uneven)
    return bones


# How much of the marrow that limbs hold their bones have: less the further from the trunk.
_LIMB_BONES = {
    "humerus": 1,
    "femur": 1,
    "femur-head": 1,
    "femur-neck": 1,
    "trochanter": 1,
    "tibia": 0.7,
    "radius": 0.5,
    "ulna": 0.5,
}


def build_chest(uptake: Uptake, rng: np.random.Generator) -> list[Sweep]:
    """Return great vessels and heart; the wall of the left ventricle may be avid or not."""
    blood, shift = uptake.blood, rng.normal(0, 5, 3)
    base, apex = np.array([16, -118, 412]) + shift, np.array([66, -168, 462]) + shift
    wall = max(uptake.heart, 1.05 * blood)
    return [
        sweep(
            "vessels",
            [(0, -88, 305), (0, -96, 350), (2, -104, 420)],
            [20, 28, 34],
            [18, 28, 36],
            value=0.85 * blood,
        ),
        sweep(
            "aorta",
            [(6, -110, 352), (24, -72, 358), (22, -58, 400), (16, -66, 540), (4, -102, 690)],
            [13, 13, 12, 11, 9],
            value=blood,
        ),
        blob("pool", np.array([-4, -130, 425]) + shift, 44, blood, rng, lobes=0.05),
        sweep(
            "ventricle",
            [base, 0.5 * (base + apex), apex],
            [32, 36, 20],
            value=wall,
            wall_mm=11,
            core=1.1 * blood / wall,
            hint=(0, 0, 1),
        ),
    ]


def build_belly(uptake: Uptake, rng: np.random.Generator) -> list[Sweep]:
    """Return liver, spleen, stomach and bowel."""
    size, drop, s = rng.uniform(0.92, 1.08), rng.normal(0, 8), uptake.spleen_size
    liver = np.array([(-108, -98, 548), (-62, -106, 526), (-8, -130, 508), (48, -146, 500)])
    spleen = np.array([(94, -40, 520), (110, -58, 556), (102, -84, 596)]) + vec(
        0, 0, drop + 20 * (s - 1)
    )
    return [
        sweep(
            "stomach",
            [(62, -96, 515), (72, -126, 560), (40, -146, 606), (-4, -138, 612)],
            np.array([24, 30, 24, 14]),
            value=uptake.stomach,
            wall_mm=8,
            core=0.55,
        ),
        sweep(
            "liver",
            liver + vec(0, 0, drop),
            size * np.array([58, 76, 46, 20]),
            size * np.array([56, 74, 52, 24]),
            hint=(0, 0, 1),
            value=uptake.liver,
        ),
        sweep(
            "spleen",
            spleen,
            s * np.array([18, 30, 20]),
            s * np.array([13, 19, 14]),
            value=uptake.spleen,
        ),
        *_bowel(uptake, rng),
    ]


def _bowel(uptake: Uptake, rng: np.random.Generator) -> list[Sweep]:
    path = np.array(_COLON, float) + rng.normal(0, 7, (len(_COLON), 3))
    # Haustra: both the width and the uptake wave along the bowel.
    along = uptake.colon * np.exp(rng.normal(0, 0.4, 40))
    # Long stretches of it are avid or not.
    along *= np.interp(np.arange(40), np.linspace(0, 39, 7), rng.uniform(0.3, 1.25, 7))
    half = rng.uniform(8, 17, 36)
    loops = []
    for _ in range(3):
        middle = np.array([rng.uniform(-40, 40), -125, rng.uniform(670, 760)])
        turns = middle + rng.uniform(-1, 1, (9, 3)) * (46, 22, 42)
        level = uptake.small_bowel * np.exp(rng.normal(0, 0.25, 12))
        loops.append(sweep("small-bowel", turns, 10, value=level, wall_mm=6, core=0.7))
    return [
        *loops,
        sweep(
            "colon",
            path,
            half,
            0.85 * half[::-1],
            value=along,
            wall_mm=7,
            core=0.6,
            lobes=draw_lobes(rng, 0.1),
        ),
    ]


def build_head(body: Body, uptake: Uptake, rng: np.random.Generator) -> list[Sweep]:
    """Return brain, glands, tonsils and muscles of eyes and throat."""
    z = np.array([8, 14, 24, 42, 66, 90, 112, 136])
    points = np.stack([0 * z, np.interp(z, [0, 80, 105, 124], [-92, -92, -82, -66]), z], axis=1)
    brain = sweep(
        "brain",
        points,
        [22, 38, 51, 62, 67, 66, 58, 40],
        [26, 46, 64, 78, 85, 83, 66, 42],
        value=uptake.cortex,
        wall_mm=16,
        core=0.62,
        is_rounded=False,
    )
    parts = [brain, blob("cerebellum", np.array([0, -56, 116]), 38, 0.85 * uptake.cortex, rng)]
    parts.append(blob("tongue", np.array([0, -135, 186]), 17, 1.2, rng))
    parts.append(blob("larynx", np.array([0, -112, 240]), 12, 0.8 * uptake.throat, rng))
    parts.append(sweep("palate", [(0, -160, 118), (0, -120, 150)], 12, value=uptake.throat))
    for side in (-1, 1):
        own = np.exp(rng.normal(0, 0.08))
        parts += [
            blob("eye-muscle", np.array([side * 31, -150, 98]), 9, rng.uniform(2, 4), rng),
            blob("parotid", np.array([side * 56, -98, 164]), 15, own * uptake.gland, rng),
            blob(
                "submandibular", np.array([side * 30, -122, 200]), 10, 1.1 * own * uptake.gland, rng
            ),
            blob("thyroid", np.array([side * 15, -108, 262]), 10, own * uptake.thyroid, rng),
            blob("tonsil", np.array([side * 14, -112, 172]), 8, own * uptake.tonsil, rng),
        ]
    pivot = spine_at(body.person, 150)
    return [turned(part, body.head_turn, pivot) for part in parts]


def build_urinary(body: Body, uptake: Uptake, rng: np.random.Generator) -> list[Sweep]:
    """Return kidneys, urine, and testes."""
    parts = []
    for side in (-1, 1):
        cortex, pelvis = build_kidney(side, rng, uptake.kidney)
        pelvis.value[:] = rng.uniform(0.4, 1) * uptake.pelvis
        parts += [cortex, pelvis]
        if not body.person.is_female:
            parts.append(blob("testis", np.array([side * 15, -150, 912]), 13, uptake.testis, rng))
    return parts + build_bladder(rng, uptake.urine, rng.uniform(0, 0.9))
