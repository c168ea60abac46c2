"""How avid the tissues of one patient are for FDG, as health and diseases of the marrow have it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from uptake_ml.phantom.swept.person import log_uniform


@dataclass(frozen=True, kw_only=True)
class Uptake:
    """Standardised uptake values of tissues, before the scanner's blur.

    ``limb_marrow`` is the part of full red marrow that shafts of limbs hold; ``uneven`` the
    spread of marrow between bones; ``spleen_size`` a factor of its widths.
    """

    muscle: float
    fat: float
    lung: float
    blood: float
    liver: float
    spleen: float
    spleen_size: float
    marrow: float
    limb_marrow: float
    uneven: float
    cortex: float
    heart: float
    kidney: float
    pelvis: float
    urine: float
    stomach: float
    colon: float
    small_bowel: float
    gland: float
    tonsil: float
    throat: float
    thyroid: float
    testis: float


@dataclass(frozen=True, kw_only=True)
class MarrowDisease:
    """What a disease does: ranges of marrow and spleen over the liver.

    ``limb`` is that of ``Uptake.limb_marrow``, ``size`` that of ``Uptake.spleen_size``, ``uneven``
    the spread between bones.
    """

    weight: float
    marrow: tuple[float, float]
    spleen: tuple[float, float]
    size: tuple[float, float]
    limb: tuple[float, float]
    uneven: tuple[float, float] = (0.03, 0.08)


MARROW_DISEASES = {
    "growth-factor": MarrowDisease(
        weight=1.4, marrow=(1.1, 2.6), spleen=(0.95, 1.8), size=(1.05, 1.35), limb=(0.1, 0.6)
    ),
    "reactive-marrow": MarrowDisease(
        weight=1.2, marrow=(1.0, 1.6), spleen=(0.75, 1.2), size=(0.9, 1.15), limb=(0.0, 0.3)
    ),
    "anaemia": MarrowDisease(
        weight=1.0, marrow=(1.0, 1.7), spleen=(0.65, 1.05), size=(0.95, 1.2), limb=(0.0, 0.45)
    ),
    "leukaemia": MarrowDisease(
        weight=1.3, marrow=(1.25, 2.6), spleen=(0.9, 2.0), size=(1.2, 1.8), limb=(0.4, 0.95),
        uneven=(0.05, 0.14),
    ),
    "systemic-infection": MarrowDisease(
        weight=1.0, marrow=(1.0, 1.9), spleen=(1.0, 1.8), size=(1.05, 1.4), limb=(0.0, 0.2)
    ),
    "lymphoma-marrow": MarrowDisease(
        weight=0.6, marrow=(1.1, 2.6), spleen=(0.8, 1.8), size=(1.0, 1.6), limb=(0.1, 0.9),
        uneven=(0.1, 0.22),
    ),
}  # fmt: skip
_MIDDLE_LIVER, _LIVER = 2.1, (1.3, 3.2)
_MARROW_TO_LIVER = (0.4, 0.92)
# How often an organ is avid in health, and its SUV then.
_AVID = {
    "heart": (0.45, (5.0, 15.0)), "stomach": (0.15, (3.0, 6.5)), "colon": (0.14, (3.5, 10.0)),
    "tonsil": (0.2, (4.5, 9.0)), "thyroid": (0.08, (2.2, 6.0)), "throat": (0.25, (2.5, 6.0)),
}  # fmt: skip


def draw_uptake(rng: np.random.Generator, age: float) -> Uptake:
    """Return values of a patient without disease; some organs are avid all the same."""
    liver = float(np.clip(_MIDDLE_LIVER * rng.lognormal(0, 0.25), *_LIVER))
    # SUV by body weight or by lean mass, and the uptake time, move all tissues together.
    scale = (liver / _MIDDLE_LIVER) ** 0.6

    def spread(middle: float, sd: float) -> float:
        return float(scale * middle * rng.lognormal(0, sd))

    ratio = np.clip(0.86 - 0.0045 * (age - 20) + rng.normal(0, 0.11), *_MARROW_TO_LIVER)
    values = {
        "muscle": spread(0.62, 0.18), "fat": spread(0.24, 0.25), "lung": spread(0.42, 0.2),
        "cortex": spread(9, 0.28), "heart": spread(1.9, 0.25), "kidney": spread(2.8, 0.22),
        "stomach": spread(1.7, 0.25), "colon": spread(1.3, 0.3), "small_bowel": spread(1.2, 0.25),
        "gland": spread(1.8, 0.3), "tonsil": spread(2.4, 0.25), "throat": spread(1.4, 0.25),
        "thyroid": spread(1.2, 0.2), "testis": spread(2.5, 0.3),
    }  # fmt: skip
    for name, (chance, span) in _AVID.items():
        if rng.random() < chance:
            values[name] = log_uniform(rng, *span)
    if values["colon"] > _AVID["colon"][1][0]:
        values["small_bowel"] *= rng.uniform(1, 3)
    urine = log_uniform(rng, 4, 45)
    return Uptake(
        **values,
        liver=liver,
        blood=liver * rng.uniform(0.52, 0.88),
        spleen=liver * rng.uniform(0.6, 1.1),
        spleen_size=float(rng.lognormal(0, 0.1)),
        marrow=liver * float(ratio),
        limb_marrow=float(rng.uniform(0, 0.12)),
        uneven=float(rng.uniform(0.03, 0.09)),
        pelvis=urine * rng.uniform(0.1, 0.8),
        urine=urine,
    )


def alter_marrow(rng: np.random.Generator, uptake: Uptake, name: str) -> Uptake:
    """Return the values in a disease of the marrow."""
    disease, liver = MARROW_DISEASES[name], uptake.liver
    return replace(
        uptake,
        # Few are hot: the logarithm is even.
        marrow=liver * log_uniform(rng, *disease.marrow),
        spleen=liver * rng.uniform(*disease.spleen),
        spleen_size=float(rng.uniform(*disease.size)),
        limb_marrow=float(rng.uniform(*disease.limb)),
        uneven=float(rng.uniform(*disease.uneven)),
    )
