"""Where in bones lesions sit, and how large they are there."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.swept.body import Body
from uptake_ml.phantom.swept.findings import Lesion, Piece, lesion_of
from uptake_ml.phantom.swept.lesions import blob, lesion_in
from uptake_ml.phantom.swept.person import log_uniform
from uptake_ml.phantom.swept.sweep import Sweep

SIZE_MM = (8.0, 60.0)
# Where metastases settle: names of bones, weight, longest (prior).
SEEDBEDS = (
    (("T",), 7.0, 40), (("L",), 6.0, 45), (("C",), 1.2, 25), (("rib",), 7.0, 60),
    (("ilium",), 4.5, 60), (("si-joint",), 1.5, 35), (("acetabulum",), 1.2, 40),
    (("ischium",), 1.2, 40), (("pubis",), 1.0, 35), (("sacrum",), 2.2, 45),
    (("scapula",), 2.2, 45), (("sternum", "manubrium"), 1.8, 40), (("clavicle",), 0.8, 35),
    (("femur-neck", "femur-head", "trochanter"), 1.6, 40), (("femur",), 1.8, 60),
    (("humerus",), 1.4, 60), (("vault",), 1.8, 45), (("mandible", "maxilla"), 0.4, 25),
    (("tibia",), 0.6, 50), (("radius", "ulna"), 0.3, 35), (("carpus", "metacarpal"), 0.2, 18),
    (("tarsus", "calcaneus", "talus", "metatarsal"), 0.4, 25),
)  # fmt: skip


def draw_site(rng: np.random.Generator) -> tuple[tuple[str, ...], float, float | None]:
    """Return names of bones that a metastasis may sit in, its length and its width in mm."""
    weights = np.array([weight for _, weight, _ in SEEDBEDS])
    names, _, longest_mm = SEEDBEDS[rng.choice(len(SEEDBEDS), p=weights / weights.sum())]
    length_mm = log_uniform(rng, SIZE_MM[0], longest_mm)
    return names, length_mm, None if names[0] == "rib" else length_mm * rng.uniform(0.6, 1.0)


def longest(body: Body, name: str, side: int | None) -> Sweep:
    """Return the longest bone of this name."""
    return max(body.named(name, side=side), key=lambda bone: len(bone.centre))


def lesion_at(
    body: Body, bone: Sweep, part: float, rng: np.random.Generator, *, disease: str,
    contrast: float, length_mm: float, width_mm: float | None = None, swell: float = 1.0,
) -> Lesion:  # fmt: skip
    """Return one lesion within a bone, at times with a weaker one that leans on it."""
    solids = [lesion_in(bone, part, rng, value=1, length_mm=length_mm, width_mm=width_mm,
                        swell=swell)]  # fmt: skip
    if rng.random() < 0.3:
        step = rng.choice([-1, 1]) * rng.uniform(0.5, 0.9) * length_mm / (3 * len(bone.centre))
        solids.append(
            lesion_in(bone, float(np.clip(part + step, 0, 1)), rng, value=rng.uniform(0.25, 0.6),
                      length_mm=0.7 * length_mm, width_mm=width_mm, swell=swell)
        )  # fmt: skip
    return lesion_of(disease, bone, [Piece(solids=solids, contrast=contrast)])


def in_skull_vault(body: Body, rng: np.random.Generator, radius_mm: float) -> tuple[Sweep, Sweep]:
    """Return the vault, and a lump in its wall."""
    vault = body.named("vault")[0]
    k = rng.integers(len(vault.centre) // 6, len(vault.centre))
    turn = rng.uniform(0, 2 * np.pi)
    other = np.cross(vault.along()[k], vault.across[k])
    out = 0.95 * (np.cos(turn) * vault.half_u[k] * vault.across[k]
                  + np.sin(turn) * vault.half_v[k] * other)  # fmt: skip
    return vault, blob("lesion", vault.centre[k] + out, min(radius_mm, 16), 1.0, rng)
