"""Diseases that are in some places only."""

from __future__ import annotations

import numpy as np

from . import bone_injury as injury
from .bone_tracer import Tracer
from .disease import Disease
from .field import Solid
from .spots import joint_glow, on_bone, scale_bones, spot, stretch
from .subject import Body, Glow


def _side(rng) -> int:
    return int(rng.choice([-1, 1]))


def _metastasis(body: Body, bone: Solid, rng, level: float) -> None:
    """Put one on a bone: in ribs along it, in others round, at times with a cold middle."""
    plus = level * float(np.exp(rng.normal(0, 0.35)))
    if "rib" in bone.tags:
        first = rng.uniform(0.08, 0.85)
        stretch(body, bone, first, first + rng.uniform(0.03, 0.2), 9.5, 2.2 * plus, rng)
    elif "spine" in bone.tags:
        spot(body, bone, rng.uniform(0, 0.5), rng.uniform(10, 19), plus, rng, jitter_mm=7)
    else:
        ring = rng.uniform(0.4, 0.9) if rng.random() < 0.15 else 0
        spot(
            body,
            bone,
            rng.uniform(0.05, 0.6),
            rng.uniform(9, 24),
            plus,
            rng,
            ring=ring,
            jitter_mm=6,
        )


def _scatter(body: Body, rng, n: int, shares: dict[str, float], level: float) -> None:
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
    for _ in range(n):
        bones = groups[names[rng.choice(len(names), p=weights / weights.sum())]]
        _metastasis(body, bones[rng.integers(len(bones))], rng, level)


def _add_prostate(body: Body, tracer: Tracer, rng) -> None:
    n = int(rng.integers(6, 26))
    shares = {
        "spine": 5,
        "pelvis": 4,
        "rib": 3,
        "sternum": 0.5,
        "girdle": 0.8,
        "limb": 0.9,
        "neck": 0.3,
        "skull": 0.3,
    }
    _scatter(body, rng, n, shares, rng.uniform(1.8, 4.2))
    tracer.kidney *= rng.uniform(0.5, 1)


def _add_breast(body: Body, tracer: Tracer, rng) -> None:
    shares = {
        "spine": 4,
        "rib": 4,
        "sternum": 2,
        "pelvis": 2,
        "girdle": 1,
        "limb": 1,
        "skull": 0.8,
        "neck": 0.3,
    }
    _scatter(body, rng, int(rng.integers(4, 16)), shares, rng.uniform(1.8, 4.0))


def _add_lung(body: Body, tracer: Tracer, rng) -> None:
    shares = {"spine": 2, "rib": 2.5, "pelvis": 1.5, "limb": 2, "girdle": 1.2, "skull": 0.6}
    _scatter(body, rng, int(rng.integers(1, 5)), shares, rng.uniform(2.6, 4.5))


def _add_paget(body: Body, tracer: Tracer, rng) -> None:
    """Whole bones, a little wider than they were, from end to end."""
    s, much = _side(rng), rng.uniform(2.6, 5.0)
    choices = (
        ("ilium", "iliac-crest", "socket", "pubis", "ischium"),
        ("femur",),
        ("tibia",),
        ("vault",),
        ("L3",),
        ("sacrum",),
        ("humerus",),
        ("scapula", "scapula-border", "scapula-spine", "glenoid"),
    )
    weights = np.array([4, 2, 2, 1.5, 1.5, 1, 1, 1])
    for k in rng.choice(8, int(rng.integers(1, 4)), replace=False, p=weights / weights.sum()):
        for bone in body.find(*choices[k]):
            if bone.side in (0, s):
                bone.core, bone.shell = max(bone.core, 0.5) * much, max(bone.shell, 0.5) * much
                bone.shell_mm *= 1.2


def _add_fibrous_dysplasia(body: Body, tracer: Tracer, rng) -> None:
    """Parts of the bones of one side."""
    s, level = _side(rng), rng.uniform(1.8, 3.6)
    plan = (
        ("femur", 0.1, 0.75, 24),
        ("tibia", 0.15, 0.8, 20),
        ("humerus", 0.1, 0.7, 20),
        ("ilium", 0.1, 0.9, 26),
    )
    for k in rng.choice(4, int(rng.integers(1, 4)), replace=False):
        name, first, last, radius = plan[k]
        middle, half = rng.uniform(first, last), rng.uniform(0.12, 0.3)
        stretch(
            body,
            body.get(name, s),
            max(middle - half, 0),
            min(middle + half, 1),
            radius,
            level,
            rng,
        )
    for k in rng.choice(np.arange(3, 10), int(rng.integers(0, 3)), replace=False):
        stretch(body, body.get(f"rib{k}", s), 0.3, rng.uniform(0.6, 0.95), 9, 1.2 * level, rng)
    if rng.random() < 0.4:
        at = body.frames["head"].at((s * 36, -64, 6))
        body.glows.append(
            Glow(line=at[None], radius_mm=24, plus=level, seed=int(rng.integers(2**31)))
        )


def _add_sarcoma(body: Body, tracer: Tracer, rng) -> None:
    """A tumour at the end of a long bone that grows out of it."""
    s, level = _side(rng), rng.uniform(2.4, 4.5)
    name, part = [("femur", 0.9), ("tibia", 0.1), ("humerus", 0.12), ("femur", 0.2)][
        int(rng.choice(4, p=[0.5, 0.25, 0.15, 0.1]))
    ]
    bone = body.get(name, s)
    stretch(body, bone, max(part - 0.12, 0), min(part + 0.1, 1), 34, level, rng)
    scale_bones(
        [b for b in body.find(tag=next(iter(bone.tags & {"arm", "leg"})), side=s)],
        rng.uniform(1.0, 1.25),
    )
    frame = body.frames["root"]
    at = np.linalg.solve(frame.turn, on_bone(bone, part) - frame.origin) / frame.scale + rng.normal(
        0, 12, 3
    )
    mass = frame.egg(at, rng.uniform(18, 34, 3))
    body.extra.append(
        Solid(
            name="mass",
            side=s,
            parts=[mass],
            line=at[None],
            shell=0.3 * level,
            core=0.18 * level,
            shell_mm=8,
        )
    )
    if rng.random() < 0.3:
        _scatter(body, rng, 1, {"spine": 1, "rib": 1, "pelvis": 1}, level)


def _add_osteomyelitis(body: Body, tracer: Tracer, rng) -> None:
    """A foot of a diabetic, or a part of a tibia or femur, the limb around brighter."""
    s, level = _side(rng), rng.uniform(2.2, 4.5)
    place = rng.random()
    if place < 0.5:
        name = str(rng.choice(["midfoot", "mtp1", "heel", "mtp5"]))
        body.glows.append(joint_glow(body, name, s, rng.uniform(17, 30), rng, plus=level))
        scale_bones(body.find(tag="foot", side=s), rng.uniform(1.2, 1.8))
    else:
        bone, middle = body.get("tibia" if place < 0.8 else "femur", s), rng.uniform(0.2, 0.85)
        stretch(body, bone, middle - 0.1, middle + 0.1, 22, level, rng)


KINDS = {
    "prostate-cancer-metastases": Disease(add=_add_prostate, ages=(54, 86)),
    "breast-cancer-metastases": Disease(add=_add_breast, ages=(36, 82)),
    "lung-cancer-metastases": Disease(add=_add_lung, ages=(48, 82)),
    "paget": Disease(add=_add_paget, ages=(56, 88)),
    "fibrous-dysplasia": Disease(add=_add_fibrous_dysplasia, ages=(17, 52)),
    "sarcoma-of-bone": Disease(add=_add_sarcoma, ages=(15, 48)),
    "osteomyelitis": Disease(add=_add_osteomyelitis, ages=(30, 80)),
    **injury.KINDS,
}
