"""The tracer's level in each tissue, in SUV, as health and diseases of the marrow have it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Uptake:
    """SUV of each tissue; ``limb_marrow`` is that of the limbs' ends over the vertebral one."""

    liver: float
    blood: float
    spleen: float
    marrow: float
    limb_marrow: float
    shaft_marrow: float
    disc: float
    muscle: float
    fat: float
    lung: float
    cortex: float
    heart: float
    kidney: float
    urine: float
    bladder: float
    bowel: float
    throat: float
    gland: float
    joint: float
    stomach: float
    thyroid: float
    gonad: float


@dataclass(frozen=True, kw_only=True)
class MarrowDisease:
    """What a disease does to marrow: ranges, of marrow and spleen over the liver.

    ``limb`` is that of the limbs' ends over the spine, ``shaft`` that of the shafts; ``size`` is
    the length of the spleen over a normal one, ``patchy`` the s.d. of unevenness.
    """

    weight: float
    marrow: tuple[float, float]
    spleen: tuple[float, float]
    limb: tuple[float, float]
    shaft: tuple[float, float]
    size: tuple[float, float]
    patchy: tuple[float, float] = (0.0, 0.04)


MARROW_DISEASES = {
    "growth-factor": MarrowDisease(
        weight=1.5, marrow=(1.1, 2.6), spleen=(1.0, 1.8), limb=(0.6, 0.95), shaft=(0.2, 0.5),
        size=(1.05, 1.35),
    ),
    "reactive-marrow": MarrowDisease(
        weight=1.3, marrow=(1.02, 1.55), spleen=(0.8, 1.3), limb=(0.45, 0.8), shaft=(0.18, 0.35),
        size=(0.9, 1.2),
    ),
    "systemic-infection": MarrowDisease(
        weight=0.8, marrow=(1.02, 1.8), spleen=(0.95, 1.7), limb=(0.4, 0.8), shaft=(0.18, 0.35),
        size=(1.0, 1.4),
    ),
    "anaemia": MarrowDisease(
        weight=0.6, marrow=(1.02, 1.6), spleen=(0.7, 1.0), limb=(0.5, 0.9), shaft=(0.25, 0.6),
        size=(0.9, 1.1),
    ),
    "leukaemia": MarrowDisease(
        weight=1.4, marrow=(1.3, 4.2), spleen=(0.9, 2.0), limb=(0.8, 1.08), shaft=(0.5, 0.95),
        size=(1.1, 1.6), patchy=(0.0, 0.12),
    ),
    "lymphoma-marrow": MarrowDisease(
        weight=0.6, marrow=(1.15, 3.2), spleen=(0.8, 1.8), limb=(0.5, 1.0), shaft=(0.2, 0.8),
        size=(0.95, 1.5), patchy=(0.08, 0.22),
    ),
}  # fmt: skip


def draw_uptake(rng: np.random.Generator, age_years: float) -> Uptake:
    """Return the uptake of a subject without disease; marrow over liver falls with age."""
    liver = float(np.clip(rng.lognormal(np.log(2.0), 0.26), 1.2, 3.2))
    ratio = np.clip(0.88 - 0.0045 * (age_years - 20) + rng.normal(0, 0.1), 0.5, 0.95)
    heart = rng.choice([rng.uniform(1.3, 2.6), rng.uniform(2.6, 6), rng.uniform(6, 16)])
    bowel = 3.2 if rng.random() < 0.3 else 1.4
    return Uptake(
        liver=liver,
        blood=liver * rng.uniform(0.55, 0.88),
        spleen=liver * rng.uniform(0.6, 1.0),
        marrow=liver * float(ratio),
        limb_marrow=rng.uniform(0.35, 0.68),
        shaft_marrow=rng.uniform(0.25, 0.45),
        disc=rng.uniform(0.6, 1.1),
        muscle=float(np.clip(rng.normal(0.68, 0.13), 0.4, 1.1)),
        fat=rng.uniform(0.15, 0.4),
        lung=rng.uniform(0.3, 0.65),
        cortex=rng.uniform(5, 14),
        heart=float(heart),
        kidney=rng.uniform(2.0, 5.0),
        urine=rng.lognormal(np.log(10), 0.6),
        bladder=rng.lognormal(np.log(14), 0.7),
        bowel=float(np.clip(rng.lognormal(np.log(bowel), 0.4), 0.7, 7.0)),
        throat=rng.lognormal(np.log(2.4), 0.4),
        gland=rng.lognormal(np.log(1.9), 0.3),
        joint=rng.uniform(0.7, 1.3),
        stomach=rng.lognormal(np.log(1.8), 0.45),
        thyroid=rng.uniform(2.0, 6.0) if rng.random() < 0.06 else rng.uniform(0.9, 1.7),
        gonad=rng.lognormal(np.log(2.2), 0.35),
    )


def alter_marrow(rng: np.random.Generator, uptake: Uptake, name: str) -> tuple[Uptake, float]:
    """Return the uptake in a disease of the marrow, and the length of the spleen over a normal."""
    disease, liver = MARROW_DISEASES[name], uptake.liver
    # Few are hot: the logarithm is even.
    marrow = liver * float(np.exp(rng.uniform(*np.log(disease.marrow))))
    altered = replace(
        uptake,
        marrow=marrow,
        spleen=liver * rng.uniform(*disease.spleen),
        limb_marrow=rng.uniform(*disease.limb),
        shaft_marrow=max(marrow * rng.uniform(*disease.shaft), 0.3),
    )
    return altered, float(rng.uniform(*disease.size))
