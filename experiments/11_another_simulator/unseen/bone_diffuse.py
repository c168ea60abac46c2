"""Diffuse diseases, and what healthy people show, on a bone scan."""

from __future__ import annotations

import numpy as np

from .body import Body, vary
from .bone_joint import warm_digits, warm_joint
from .lesions import blob, hold
from .sweep import Sweep, warm
from .trunk import CHEST, LOINS

_AXIAL = ("C", "T", "L", "rib", "sternum", "manubrium", "sacrum",
          "ilium", "si-joint", "acetabulum", "pubis", "ischium", "scapula", "clavicle")  # fmt: skip
_ROOTS = ("femur", "trochanter", "humerus")


def _fall(bone: Sweep, lowest: float) -> np.ndarray:
    """Return (n,) parts of a rise: all of it near the trunk, ``lowest`` at knees and elbows."""
    n = len(bone.value)
    if n > 40:
        return np.linspace(1, lowest, n)
    # The short parts that are named after the femur are its condyles.
    return np.full(n, lowest if bone.name == "femur" else 1.0)


def add_superscan(body: Body, rng: np.random.Generator) -> None:
    """Fill the marrow-bearing skeleton, a little unevenly; far limbs keep what they had."""
    factor = rng.uniform(2.6, 4)
    axial = body.named(*_AXIAL)
    hold(axial, factor)
    vary(axial, rng, 0.20)
    for bone in body.named(*_ROOTS):
        bone.value *= 1 + (factor - 1) * 0.8 * _fall(bone, 0.15)
    hold(body.named("vault", "mandible"), rng.uniform(1.2, 2.2))


def add_metabolic(body: Body, rng: np.random.Generator) -> None:
    """Raise all bone, most in vault, jaw, breastbone, beads of the ribs and long bones."""
    hold(body.bones, rng.uniform(2.2, 3.2))
    hold(body.named("vault"), rng.uniform(1.7, 2.4))
    hold(body.named("mandible", "maxilla", "teeth"), rng.uniform(1.4, 2.0))
    hold(body.named("sternum", "manubrium"), rng.uniform(1.2, 1.5))
    hold(body.named("femur", "tibia", "humerus", "radius", "ulna", "fibula"), rng.uniform(1.2, 1.6))
    for rib in body.named("rib"):
        if rib.name not in ("rib1", "rib11", "rib12"):
            warm([rib], rib.at(1.0), 13, rng.uniform(2, 3))
    for name in ("knee", "ankle", "wrist", "shoulder"):
        warm_joint(body, name, rng.uniform(1.1, 1.4), rng, spread=0.05)


def add_marrow_disease(body: Body, rng: np.random.Generator) -> None:
    """Raise the axial skeleton and the limbs' roots evenly, as expanded marrow does."""
    factor = rng.uniform(2.2, 3.2)
    hold(body.named(*_AXIAL), factor)
    for bone in body.named(*_ROOTS):
        bone.value *= 1 + (factor - 1) * 0.7 * _fall(bone, 0.5)
    hold(body.named("vault"), rng.uniform(1.3, 1.9))
    warm_joint(body, "knee", rng.uniform(1.4, 2), rng, spread=0.05)


def add_nothing(body: Body, rng: np.random.Generator) -> None:
    """Leave a healthy body as it is."""


def add_wear(body: Body, rng: np.random.Generator) -> None:
    """Add what most old people have: mildly warm end plates, knees, feet and shoulders."""
    for name in rng.choice([*CHEST[6:], *LOINS], rng.integers(1, 4), replace=False):
        bone = next(b for b in body.bones if b.name == name)
        end = int(rng.choice([0, 1]))
        point = bone.at(end) + np.array([rng.choice([-1, 1]) * 0.8 * bone.half_u[0], 0, 0])
        warm(body.named(str(name)[0]), point, 16, rng.uniform(1.3, 1.9))
    for name, low, high in (("knee", 1.1, 1.5), ("shoulder", 1.1, 1.5), ("hip", 1.0, 1.2),
                            ("ankle", 1.0, 1.3), ("wrist", 1.0, 1.4)):  # fmt: skip
        warm_joint(body, name, rng.uniform(low, high), rng, spread=0.5)
    warm_digits(body, ("metatarsal",), rng.uniform(1.2, 2), rng, at=1, rays=(0,))
    warm(body.bones, np.array([rng.choice([-1, 1]) * 20, -140, 318.0]), 15, rng.uniform(1.1, 1.8))


def add_exercise(body: Body, rng: np.random.Generator) -> None:
    """Raise shins and feet of both sides mildly, as running does."""
    hold(body.named("tibia"), rng.uniform(1.15, 1.35))
    hold(body.named("metatarsal", "tarsus", "talus", "calcaneus", "toe"), rng.uniform(1.2, 1.5))
    warm_joint(body, "knee", rng.uniform(1.0, 1.2), rng, spread=0.05)


def add_spilt_urine(body: Body, rng: np.random.Generator) -> None:
    """Add urine on the skin or the clothes between the thighs."""
    for _ in range(rng.integers(1, 4)):
        at = np.array([rng.normal(0, 16), -170 + rng.normal(0, 15), rng.uniform(880, 985)])
        body.extra.append(
            blob("urine", at, rng.uniform(5, 14), rng.uniform(0.8, 3), rng, lobes=0.25)
        )
