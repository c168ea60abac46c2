"""Kinds of diffuse marrow disease: the whole red marrow raised, with the limbs and the spleen."""

import numpy as np

from .kind import Kind
from .person import Person
from .uptake import Uptake


def _raise(
    rng: np.random.Generator,
    uptake: Uptake,
    *,
    ratio: tuple[float, float],
    limb: tuple[float, float],
    distal: tuple[float, float],
    spleen: tuple[float, float],
    size: tuple[float, float] = (1.0, 1.3),
) -> None:
    """Set the marrow to `ratio` times the liver, the limbs and the spleen in proportion.

    `limb` and `distal` are fractions of the marrow of the spine, `spleen` a multiple of the liver,
    `size` a multiple of the spleen's volume.
    """
    marrow = uptake.liver * np.exp(rng.uniform(*np.log(ratio)))
    uptake.marrow = marrow
    uptake.pelvis_marrow = marrow * rng.uniform(0.82, 0.97)
    uptake.rib_marrow = marrow * rng.uniform(0.7, 0.95)
    uptake.skull_marrow = marrow * rng.uniform(0.5, 0.8)
    uptake.limb_near = marrow * rng.uniform(*limb)
    uptake.limb_far = max(uptake.limb_far, marrow * rng.uniform(*distal))
    uptake.spleen = uptake.liver * rng.uniform(*spleen)
    uptake.spleen_size = rng.uniform(*size)


def _growth_factor(rng, person: Person, uptake: Uptake) -> None:
    _raise(
        rng,
        uptake,
        ratio=(1.35, 3.2),
        limb=(0.6, 0.95),
        distal=(0.12, 0.4),
        spleen=(0.95, 1.9),
        size=(1.0, 1.7),
    )
    uptake.grey *= rng.uniform(0.75, 1.0)


def _anaemia(rng, person: Person, uptake: Uptake) -> None:
    _raise(rng, uptake, ratio=(1.25, 2.1), limb=(0.6, 0.9), distal=(0.12, 0.35), spleen=(0.8, 1.2))
    uptake.blood *= 0.95


def _inflammation(rng, person: Person, uptake: Uptake) -> None:
    _raise(
        rng,
        uptake,
        ratio=(1.25, 2.0),
        limb=(0.5, 0.8),
        distal=(0.08, 0.25),
        spleen=(1.0, 1.6),
        size=(1.0, 1.8),
    )


def _leukaemia(rng, person: Person, uptake: Uptake) -> None:
    _raise(
        rng,
        uptake,
        ratio=(1.6, 4.5),
        limb=(0.75, 1.1),
        distal=(0.25, 0.75),
        spleen=(0.9, 2.0),
        size=(1.3, 3.5),
    )
    uptake.liver_size = rng.uniform(1.0, 1.3)
    uptake.grey *= rng.uniform(0.65, 1.0)


def _myeloid(rng, person: Person, uptake: Uptake) -> None:
    _raise(
        rng,
        uptake,
        ratio=(1.25, 2.4),
        limb=(0.7, 1.05),
        distal=(0.25, 0.7),
        spleen=(0.9, 1.5),
        size=(1.5, 4.5),
    )
    uptake.liver_size = rng.uniform(1.0, 1.25)


KINDS = {
    "growth-factor": Kind(age=(22, 80), prepare=_growth_factor),
    "anaemia": Kind(age=(22, 84), female=0.6, prepare=_anaemia),
    "systemic-inflammation": Kind(age=(20, 84), prepare=_inflammation),
    "leukaemia": Kind(age=(17, 80), whole_body=0.4, prepare=_leukaemia),
    "myeloid-neoplasm": Kind(age=(45, 86), female=0.42, whole_body=0.4, prepare=_myeloid),
}
