"""Diseases that are in some places only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from uptake_ml.phantom.framed import injury
from uptake_ml.phantom.framed.disease import Disease
from uptake_ml.phantom.framed.field import Solid
from uptake_ml.phantom.framed.findings import Lesion, Piece, draw_level, lesion_on, region_of
from uptake_ml.phantom.framed.spots import joint_glow, on_bone, scale_bones, spot, stretch
from uptake_ml.phantom.framed.subject import Body, Glow
from uptake_ml.phantom.framed.tracer import Tracer

# Of metastases, by the part of the skeleton.
_PROSTATE = {"spine": 5, "pelvis": 4, "rib": 3, "sternum": 0.5, "girdle": 0.8, "limb": 0.9,
             "neck": 0.3, "skull": 0.3}  # fmt: skip
_BREAST = {"spine": 4, "rib": 4, "sternum": 2, "pelvis": 2, "girdle": 1, "limb": 1, "skull": 0.8,
           "neck": 0.3}  # fmt: skip
_LUNG = {"spine": 2, "rib": 2.5, "pelvis": 1.5, "limb": 2, "girdle": 1.2, "skull": 0.6}
# What Paget's disease takes as a whole, and how often.
_WHOLES = (
    (("ilium", "iliac-crest", "socket", "pubis", "ischium"), 4),
    (("femur",), 2),
    (("tibia",), 2),
    (("vault",), 1.5),
    (("L3",), 1.5),
    (("sacrum",), 1),
    (("humerus",), 1),
    (("scapula", "scapula-border", "scapula-spine", "glenoid"), 1),
)


def _side(rng: np.random.Generator) -> int:
    return int(rng.choice([-1, 1]))


def _metastasis(body: Body, bone: Solid, rng, level: float) -> Glow:
    """Return one on a bone: in ribs along it, in others round, at times with a cold middle."""
    plus = level * float(np.exp(rng.normal(0, 0.35)))
    if "rib" in bone.tags:
        first = rng.uniform(0.08, 0.85)
        return stretch(body, bone, first, first + rng.uniform(0.03, 0.2), 9.5, 2.2 * plus, rng)
    if "spine" in bone.tags:
        return spot(body, bone, rng.uniform(0, 0.5), rng.uniform(10, 19), plus, rng, jitter_mm=7)
    ring = rng.uniform(0.4, 0.9) if rng.random() < 0.15 else 0
    part, radius_mm = rng.uniform(0.05, 0.6), rng.uniform(9, 24)
    return spot(body, bone, part, radius_mm, plus, rng, ring=ring, jitter_mm=6)


def _scatter(
    body: Body, rng, n: int, shares: dict[str, float], level: float, disease: str
) -> list[Lesion]:
    groups = {
        "spine": body.find(tag="thoracic") + body.find("sacrum", tag="lumbar"),
        "neck": body.find(tag="cervical"),
        "rib": body.find(tag="rib"),
        "pelvis": body.find("ilium", "socket", "ischium", "pubis"),
        "sternum": body.find("sternum", "manubrium"),
        "girdle": body.find("scapula-border", "glenoid", "clavicle"),
        "limb": body.find("femur", "humerus"),
        "skull": body.find("vault"),
    }
    names, weights = list(shares), np.array(list(shares.values()))
    found = []
    for _ in range(n):
        bones = groups[names[rng.choice(len(names), p=weights / weights.sum())]]
        bone = bones[rng.integers(len(bones))]
        found.append(lesion_on(disease, bone, _metastasis(body, bone, rng, level)))
    return found


def _add_prostate(body: Body, tracer: Tracer, rng) -> list[Lesion]:
    n = int(rng.integers(6, 26))
    tracer.kidney *= rng.uniform(0.5, 1)
    return _scatter(body, rng, n, _PROSTATE, draw_level(rng, 1.8, 4.2), "metastases-prostate")


def _add_breast(body: Body, tracer: Tracer, rng) -> list[Lesion]:
    n = int(rng.integers(4, 16))
    return _scatter(body, rng, n, _BREAST, draw_level(rng, 1.8, 4.0), "metastases-breast")


def _add_lung(body: Body, tracer: Tracer, rng) -> list[Lesion]:
    n = int(rng.integers(1, 5))
    return _scatter(body, rng, n, _LUNG, draw_level(rng, 2.6, 4.5), "metastases-lung")


def _add_paget(body: Body, tracer: Tracer, rng) -> list[Lesion]:
    """Whole bones, a little wider than they were, from end to end."""
    s, much = _side(rng), draw_level(rng, 2.6, 5.0)
    weights = np.array([weight for _, weight in _WHOLES])
    count = int(rng.integers(1, 4))
    found = []
    for k in rng.choice(len(_WHOLES), count, replace=False, p=weights / weights.sum()):
        bones = [bone for bone in body.find(*_WHOLES[k][0]) if bone.side in (0, s)]
        hot = [replace(b, core=max(b.core, 0.5) * much, shell=max(b.shell, 0.5) * much,
                       shell_mm=1.2 * b.shell_mm) for b in bones]  # fmt: skip
        region, side = region_of(bones[0])
        found.append(Lesion(disease="paget-disease", region=region, side=side,
                            pieces=[Piece(bones=hot)], is_whole_bone=True))  # fmt: skip
    return found


def _add_fibrous_dysplasia(body: Body, tracer: Tracer, rng) -> list[Lesion]:
    """Parts of the bones of one side."""
    s, level, disease = _side(rng), draw_level(rng, 1.8, 3.6), "fibrous-dysplasia"
    plan = (
        ("femur", 0.1, 0.75, 24),
        ("tibia", 0.15, 0.8, 20),
        ("humerus", 0.1, 0.7, 20),
        ("ilium", 0.1, 0.9, 26),
    )
    found = []
    for k in rng.choice(4, int(rng.integers(1, 4)), replace=False):
        name, first, last, radius = plan[k]
        middle, half = rng.uniform(first, last), rng.uniform(0.12, 0.3)
        bone, ends = body.get(name, s), (max(middle - half, 0), min(middle + half, 1))
        found.append(lesion_on(disease, bone, stretch(body, bone, *ends, radius, level, rng)))
    for k in rng.choice(np.arange(3, 10), int(rng.integers(0, 3)), replace=False):
        bone = body.get(f"rib{k}", s)
        glow = stretch(body, bone, 0.3, rng.uniform(0.6, 0.95), 9, 1.2 * level, rng)
        found.append(lesion_on(disease, bone, glow))
    if rng.random() < 0.4:
        at = body.frames["head"].at((s * 36, -64, 6))
        glow = Glow(line=at[None], radius_mm=24, plus=level, seed=int(rng.integers(2**31)))
        found.append(lesion_on(disease, body.get("face"), glow))
    return found


def _add_sarcoma(body: Body, tracer: Tracer, rng) -> list[Lesion]:
    """A tumour at the end of a long bone that grows out of it, the limb a little brighter."""
    s, level = _side(rng), draw_level(rng, 2.4, 4.5)
    name, part = [("femur", 0.9), ("tibia", 0.1), ("humerus", 0.12), ("femur", 0.2)][
        int(rng.choice(4, p=[0.5, 0.25, 0.15, 0.1]))
    ]
    bone, limb = body.get(name, s), "arm" if name == "humerus" else "leg"
    glow = stretch(body, bone, max(part - 0.12, 0), min(part + 0.1, 1), 34, level, rng)
    scale_bones(body.find(tag=limb, side=s), rng.uniform(1.0, 1.25))
    tumour = lesion_on("osteosarcoma", bone, glow)
    tumour.pieces[0].extra.append(_mass(body, bone, part, level, rng))
    if rng.random() < 0.3:
        shares = {"spine": 1, "rib": 1, "pelvis": 1}
        return [tumour, *_scatter(body, rng, 1, shares, level, "osteosarcoma")]
    return [tumour]


def _mass(body: Body, bone: Solid, part: float, level: float, rng) -> Solid:
    frame = body.frames["root"]
    at = frame.local(on_bone(bone, part)) + rng.normal(0, 12, 3)
    return Solid(
        name="mass",
        side=bone.side,
        parts=[frame.egg(at, rng.uniform(18, 34, 3))],
        line=at[None],
        shell=0.3 * level,
        core=0.18 * level,
        shell_mm=8,
    )


def _add_osteomyelitis(body: Body, tracer: Tracer, rng) -> list[Lesion]:
    """A foot of a diabetic, or a part of a tibia or femur, the limb around brighter."""
    s, level = _side(rng), draw_level(rng, 2.2, 4.5)
    place = rng.random()
    if place < 0.5:
        name = str(rng.choice(["midfoot", "mtp1", "heel", "mtp5"]))
        glow = joint_glow(body, name, s, rng.uniform(17, 30), rng, plus=level)
        scale_bones(body.find(tag="foot", side=s), rng.uniform(1.2, 1.8))
        return [lesion_on("osteomyelitis", body.get("midfoot", s), glow)]
    bone, middle = body.get("tibia" if place < 0.8 else "femur", s), rng.uniform(0.2, 0.85)
    glow = stretch(body, bone, middle - 0.1, middle + 0.1, 22, level, rng)
    return [lesion_on("osteomyelitis", bone, glow)]


KINDS = {
    "prostate-cancer-metastases": Disease(add=_add_prostate, ages=(54, 86), woman_share=0),
    "breast-cancer-metastases": Disease(add=_add_breast, ages=(36, 82), woman_share=1),
    "lung-cancer-metastases": Disease(add=_add_lung, ages=(48, 82)),
    "paget": Disease(add=_add_paget, ages=(56, 88)),
    "fibrous-dysplasia": Disease(add=_add_fibrous_dysplasia, ages=(17, 52)),
    "sarcoma-of-bone": Disease(add=_add_sarcoma, ages=(15, 48)),
    "osteomyelitis": Disease(add=_add_osteomyelitis, ages=(30, 80)),
    **injury.KINDS,
}
