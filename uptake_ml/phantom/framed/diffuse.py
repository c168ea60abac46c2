"""Diseases of the whole skeleton: uptake everywhere, and little left for kidneys and flesh."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.framed.disease import Disease
from uptake_ml.phantom.framed.findings import Lesion, lesion_on
from uptake_ml.phantom.framed.spots import joint_glow, scale_bones, spot, stretch
from uptake_ml.phantom.framed.subject import Body, Glow
from uptake_ml.phantom.framed.tracer import Tracer


def _starve(tracer: Tracer, rng, kidney=(0.05, 0.35)) -> None:
    """Leave little tracer outside bone."""
    tracer.kidney *= rng.uniform(*kidney)
    tracer.soft *= rng.uniform(0.35, 0.65)
    tracer.bladder *= rng.uniform(0.25, 0.8)
    tracer.ureter = 0.0


def _fade(body: Body, name: str, s: int, first: float, last: float, plus: float, rng) -> None:
    """Brighten a part of a long bone whose ends in the shaft fade out."""
    for k in range(3):
        low = max(first - 0.07 * k, 0) if first else 0
        high = 1 if last == 1 else last + 0.07 * k
        bone = body.get(name, s)
        body.glows.append(stretch(body, bone, low, high, 32, plus / 3, rng, times=0.1))


def _mottle(body: Body, rng, n: int, times: float) -> None:
    """Make the axial skeleton uneven, as confluent metastases are."""
    bones = body.find(
        "sacrum", "ilium", "sternum", "manubrium", "ischium", "scapula", tag="spine"
    ) + body.find(tag="rib")
    for _ in range(n):
        bone = bones[rng.integers(len(bones))]
        at = bone.line[rng.integers(len(bone.line))]
        body.glows.append(
            Glow(
                line=at[None],
                radius_mm=rng.uniform(9, 26),
                times=times * rng.uniform(0.3, 1),
                rough=0.5,
                seed=int(rng.integers(2**31)),
            )
        )


def _add_superscan(body: Body, tracer: Tracer, rng) -> None:
    """Confluent metastases of the axial skeleton and of what is next to it."""
    much = rng.uniform(2.0, 3.4)
    scale_bones([b for b in body.bones if b.tags & {"spine", "pelvis"}], much, rng, 0.16)
    scale_bones(body.find("manubrium", "sternum", tag="rib"), 0.85 * much, rng, 0.2)
    scale_bones(body.find(tag="girdle"), 0.75 * much, rng, 0.2)
    scale_bones(body.find(tag="skull"), rng.uniform(0.8, 1.6))
    for s in (-1, 1):
        for name, last in (("humerus", rng.uniform(0.15, 0.6)), ("femur", rng.uniform(0.2, 0.6))):
            _fade(body, name, s, 0, last, 0.5 * much, rng)
    _mottle(body, rng, int(rng.integers(20, 70)), rng.uniform(0.4, 1.1))
    _starve(tracer, rng)


def _add_metabolic(body: Body, tracer: Tracer, rng) -> None:
    """Hyperparathyroidism: skull, jaw, long bones, tie of the breastbone, beaded rib ends."""
    much = rng.uniform(1.5, 2.4)
    scale_bones(body.bones, much)
    scale_bones(body.find("vault"), rng.uniform(1.3, 2.2))
    scale_bones(body.find("jaw", "face", "teeth", "base"), rng.uniform(1.1, 1.7))
    scale_bones(body.find("manubrium", "sternum"), rng.uniform(1.1, 1.5))
    scale_bones([b for b in body.bones if b.tags & {"arm", "leg"}], rng.uniform(1.5, 2.3))
    scale_bones(body.find("clavicle", "acromion"), rng.uniform(1.0, 1.4))
    _bead(body, rng, much)
    for name, radius in (
        ("knee", 44),
        ("shoulder", 34),
        ("wrist", 22),
        ("ankle", 28),
        ("acromioclavicular", 14),
    ):
        plus = rng.uniform(0.2, 0.7)
        for s in (-1, 1):
            body.glows.append(
                joint_glow(body, name, s, radius, rng, times=0.3, plus=plus, rough=0.1)
            )
    _starve(tracer, rng, (0.08, 0.6))


def _bead(body: Body, rng, much: float) -> None:
    plus = rng.uniform(1.2, 3.2) * much
    for bone in body.find(tag="rib"):
        if int(bone.name[3:]) <= 9:
            own = plus * rng.uniform(0.7, 1.3)
            body.glows.append(spot(body, bone, 0.985, 9, own, rng, jitter_mm=1))


def _add_osteomalacia(body: Body, tracer: Tracer, rng) -> list[Lesion]:
    """As in the metabolic kind, less of the skull, with small cracks of ribs on both sides."""
    much = rng.uniform(1.4, 2.0)
    scale_bones(body.bones, much)
    scale_bones(body.find("vault"), rng.uniform(0.9, 1.4))
    scale_bones([b for b in body.bones if b.tags & {"arm", "leg", "rib"}], rng.uniform(1.15, 1.6))
    _bead(body, rng, 0.8 * much)
    ribs, found = body.find(tag="rib"), []
    for _ in range(int(rng.integers(0, 6))):
        rib, plus = ribs[rng.integers(len(ribs))], rng.uniform(0.8, 2) * much
        glow = spot(body, rib, rng.uniform(0.3, 0.9), 7, plus, rng)
        found.append(lesion_on("pseudofractures", rib, glow))
    _starve(tracer, rng, (0.15, 0.6))
    return found


def _add_marrow(body: Body, tracer: Tracer, rng) -> None:
    """Marrow that has grown out into the long bones, whose ends and shafts are bright."""
    much = rng.uniform(1.3, 2.0)
    scale_bones([b for b in body.bones if b.tags & {"spine", "pelvis"}], much)
    scale_bones(body.find("manubrium", "sternum", tag="rib"), 0.9 * much)
    scale_bones(body.find(tag="girdle"), rng.uniform(1.0, 1.4))
    scale_bones(body.find("vault"), rng.uniform(1.2, 2.4))
    grown = rng.uniform(0.7, 1.5)
    plan = (
        ("femur", 0, 0.4, 1.0),
        ("femur", 0.55, 1, 1.3),
        ("tibia", 0, rng.uniform(0.3, 0.6), 1.2),
        ("tibia", 0.8, 1, 0.8),
        ("humerus", 0, 0.45, 1.1),
        ("radius", 0.75, 1, 0.5),
    )
    for name, first, last, share in plan:
        for s in (-1, 1):
            _fade(body, name, s, first, last, grown * share * rng.uniform(0.9, 1.1), rng)
    for s in (-1, 1):
        body.glows.append(joint_glow(body, "hindfoot", s, 40, rng, plus=0.35 * grown, rough=0.1))
    _starve(tracer, rng, (0.2, 0.7))
    tracer.soft *= float(np.exp(rng.uniform(0, 0.4)))


KINDS = {
    "superscan-of-metastases": Disease(add=_add_superscan, ages=(52, 86)),
    "hyperparathyroidism": Disease(add=_add_metabolic, ages=(26, 78)),
    "osteomalacia": Disease(add=_add_osteomalacia, ages=(30, 82)),
    "marrow-expansion": Disease(add=_add_marrow, ages=(20, 76)),
}
