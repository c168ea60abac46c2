"""Diffuse diseases of the skeleton as a bone scan shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.swept.body import Body, vary
from uptake_ml.phantom.swept.lesions import hold
from uptake_ml.phantom.swept.person import log_uniform
from uptake_ml.phantom.swept.sweep import Sweep, warm
from uptake_ml.phantom.swept.uptake import JOINTS_MM

_AXIAL = ("C", "T", "L", "rib", "sternum", "manubrium", "sacrum",
          "ilium", "si-joint", "acetabulum", "pubis", "ischium", "scapula", "clavicle")  # fmt: skip
_ROOTS = ("femur", "trochanter", "humerus")
_LONG_BONES = ("femur", "tibia", "humerus", "radius", "ulna", "fibula")
_STRENGTH = (0.6, 1.2)  # of what a disease adds, so that faint ones are learnt as well (prior)


@dataclass(frozen=True, kw_only=True)
class Spared:
    """What is left of the uptake of soft tissue, kidneys and urine, 1 in a normal person."""

    flesh: float = 1.0
    kidney: float = 1.0
    bladder: float = 1.0


def _fall(bone: Sweep, lowest: float) -> np.ndarray:
    """Return (n,) parts of a rise: all of it near the trunk, ``lowest`` at knees and elbows."""
    n = len(bone.value)
    if n > 40:
        return np.linspace(1, lowest, n)
    # The short parts that are named after the femur are its condyles.
    return np.full(n, lowest if bone.name == "femur" else 1.0)


def superscan(body: Body, rng: np.random.Generator) -> Spared:
    """Fill the marrow-bearing skeleton, a little unevenly; far limbs keep what they had."""
    gain = 1 + rng.uniform(1.5, 3.4) * rng.uniform(*_STRENGTH)
    axial = body.named(*_AXIAL)
    hold(axial, gain)
    vary(axial, rng, rng.uniform(0.08, 0.28))
    roots, far = rng.uniform(0.6, 1.0), rng.uniform(0.05, 0.35)
    for bone in body.named(*_ROOTS):
        bone.value *= 1 + (gain - 1) * roots * _fall(bone, far)
    hold(body.named("vault", "mandible"), rng.uniform(0.9, 2.2))
    return Spared(flesh=log_uniform(rng, 0.35, 1.0), kidney=log_uniform(rng, 0.06, 0.9),
                  bladder=log_uniform(rng, 0.1, 1.0))  # fmt: skip


def metabolic(body: Body, rng: np.random.Generator) -> Spared:
    """Raise all bone, most in vault, jaw, breastbone, beads of the ribs and long bones."""
    strength = rng.uniform(*_STRENGTH)
    hold(body.bones, 1 + rng.uniform(0.9, 2.0) * strength)
    hold(body.named("vault"), 1 + rng.uniform(0.3, 1.4) * strength)
    hold(body.named("mandible", "maxilla", "teeth"), 1 + rng.uniform(0.1, 1.0) * strength)
    hold(body.named("sternum", "manubrium"), rng.uniform(1.0, 1.5))
    hold(body.named(*_LONG_BONES), rng.uniform(1.1, 1.7))
    beads = 1 + rng.uniform(0.2, 2.0) * strength
    for rib in body.named("rib"):
        if rib.name not in ("rib1", "rib11", "rib12"):
            warm([rib], rib.at(1.0), 13, beads * rng.lognormal(0, 0.12))
    for name in ("knee", "ankle", "wrist", "shoulder"):
        _warm_both(body, name, rng.uniform(1.0, 1.4))
    return Spared(flesh=log_uniform(rng, 0.5, 1.1), kidney=log_uniform(rng, 0.15, 1.0),
                  bladder=log_uniform(rng, 0.15, 1.0))  # fmt: skip


def marrow_disease(body: Body, rng: np.random.Generator) -> Spared:
    """Raise the axial skeleton and the limbs' roots evenly, as expanded marrow does."""
    gain = 1 + rng.uniform(1.2, 2.4) * rng.uniform(*_STRENGTH)
    hold(body.named(*_AXIAL), gain)
    far = rng.uniform(0.35, 0.8)
    for bone in body.named(*_ROOTS):
        bone.value *= 1 + (gain - 1) * rng.uniform(0.6, 1.0) * _fall(bone, far)
    hold(body.named("vault"), rng.uniform(1.1, 1.9))
    _warm_both(body, "knee", rng.uniform(1.2, 2.0))
    return Spared(flesh=log_uniform(rng, 0.45, 1.0), kidney=log_uniform(rng, 0.12, 1.1),
                  bladder=log_uniform(rng, 0.15, 1.0))  # fmt: skip


def _warm_both(body: Body, name: str, factor: float) -> None:
    for side in (-1, 1):
        warm(body.bones, body.points[name, side], JOINTS_MM[name], factor, side=side)


DIFFUSE: dict[str, Callable[[Body, np.random.Generator], Spared]] = {
    "metastatic superscan": superscan,
    "metabolic superscan": metabolic,
    "marrow disease": marrow_disease,
}
