"""How avid the tissues of one patient are for FDG."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np


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
    urine: float
    stomach: float
    colon: float
    small_bowel: float
    gland: float
    tonsil: float


def draw_uptake(rng: np.random.Generator, age: float) -> Uptake:
    """Return values of a fasted healthy patient."""
    spread = lambda middle, part: float(middle * np.exp(rng.normal(0, part)))  # noqa: E731
    liver = float(np.clip(rng.normal(2.1, 0.35), 1.4, 3.0))
    return Uptake(
        muscle=spread(0.6, 0.12), fat=spread(0.22, 0.2), lung=spread(0.42, 0.15),
        blood=float(np.clip(spread(0.72, 0.08) * liver, 1.0, 2.2)), liver=liver,
        spleen=spread(0.82, 0.08) * liver, spleen_size=spread(1, 0.1),
        marrow=spread(0.75, 0.12) * liver * (1.12 - 0.003 * age), limb_marrow=0.0, uneven=0.06,
        cortex=spread(9, 0.2), heart=float(np.exp(rng.uniform(*np.log([1.6, 9])))),
        kidney=spread(2.8, 0.2), urine=float(np.exp(rng.uniform(*np.log([5, 35])))),
        stomach=spread(1.7, 0.25), colon=spread(1.3, 0.25), small_bowel=spread(1.2, 0.2),
        gland=spread(1.8, 0.25), tonsil=spread(2.8, 0.2),
    )  # fmt: skip


def alter(uptake: Uptake, kind: str, rng: np.random.Generator) -> Uptake:
    """Return the values that the organs have in a kind of patient."""
    if kind == "muscle":
        return replace(uptake, muscle=rng.uniform(1.2, 1.8), heart=rng.uniform(7, 12),
                       liver=0.75 * uptake.liver, marrow=0.75 * uptake.marrow)  # fmt: skip
    if kind == "metformin-bowel":
        return replace(uptake, colon=rng.uniform(5, 10), small_bowel=rng.uniform(2, 5))
    if kind == "heart":
        return replace(uptake, heart=rng.uniform(8, 15))
    if kind == "reactive-nodes":
        return replace(uptake, tonsil=rng.uniform(4.5, 7), gland=1.5 * uptake.gland)
    if kind in _MARROW:
        return _alter_marrow(uptake, _MARROW[kind], rng)
    return uptake


# Ranges of the marrow's and the spleen's uptake, the spleen's size, and the shafts' share.
_MARROW = {
    "growth-factor": ((4.0, 7.5), (2.4, 4.5), (1.05, 1.35), (0.1, 0.45)),
    "anaemia": ((3.1, 4.5), (1.8, 2.8), (1.0, 1.2), (0.0, 0.35)),
    "leukaemia": ((4.5, 9.0), (2.2, 5.0), (1.3, 1.8), (0.4, 0.95)),
    "sepsis": ((3.0, 4.4), (2.8, 4.5), (1.1, 1.4), (0.0, 0.2)),
}


def _alter_marrow(uptake: Uptake, ranges: tuple, rng: np.random.Generator) -> Uptake:
    marrow, spleen, size, limbs = (rng.uniform(*span) for span in ranges)
    is_patchy = ranges[3][1] > 0.9
    return replace(uptake, marrow=max(marrow, 1.45 * uptake.liver), spleen=spleen, spleen_size=size,
                   limb_marrow=limbs, uneven=0.11 if is_patchy else 0.07)  # fmt: skip
