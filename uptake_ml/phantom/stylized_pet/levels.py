"""How much FDG the healthy tissues of a stylized person take up, and the marrow of a sick one.

Numbers are priors: common knowledge of the field, on purpose not those of ``fdg_uptake.toml``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.fdg_disease import AMBIGUOUS_RATIO
from uptake_ml.phantom.stylized.raster import Shape
from uptake_ml.study import MARROW_DIFFUSE

# SUV: median and s.d. of the logarithm.
_SOFT = {
    "muscle": (0.65, 0.15), "fat": (0.22, 0.2), "blood": (1.5, 0.13), "lung": (0.5, 0.18),
    "brain": (8.5, 0.28), "kidney": (2.9, 0.25), "pelvis of kidney": (8.0, 0.65),
    "bladder": (17.0, 0.7), "bowel": (1.3, 0.35), "colon": (1.3, 0.4), "stomach": (1.7, 0.4),
}  # fmt: skip
_LIVER, _LIVER_RANGE = (2.05, 0.15), (1.3, 3.0)
_SPLEEN_TO_LIVER = (0.86, 0.12)
_FASTED_SHARE, _FASTED, _AVID = 0.4, (1.8, 0.2), (6.0, 0.5)
# Red marrow by bone as a share of the spine's; what is not named here holds fat.
_SHARE_OF_SPINE = {
    "vertebra": 1.0, "sacrum": 0.88, "sacroiliac": 0.82, "pelvis": 0.72, "sternum": 0.8,
    "rib": 0.55, "costochondral": 0.4, "scapula": 0.5, "clavicle": 0.45, "skull": 0.5,
}  # fmt: skip
_FATTY_SUV = (0.5, 0.15)
_HEALTHY_RATIO, _HEALTHY_RANGE = (0.68, 0.17), (0.4, 0.88)
_EMPTY_SHARE, _EMPTY_RATIO = 0.04, (0.22, 0.4)
# Diffuse marrow by disease of ``fdg_diseases.toml``: median of marrow over liver and s.d. of its
# logarithm, then ranges of the limbs' share, how far down the limbs, and spleen over normal.
_DIFFUSE = {
    "systemic-infection": (1.25, 0.22, (0.3, 0.7), (0.15, 0.4), (1.0, 1.5)),
    "reactive-marrow": (1.15, 0.2, (0.3, 0.7), (0.15, 0.35), (0.9, 1.3)),
    "anaemia": (1.3, 0.2, (0.4, 0.9), (0.2, 0.5), (0.9, 1.2)),
    "growth-factor": (1.7, 0.35, (0.5, 0.95), (0.2, 0.6), (1.1, 2.0)),
    "leukaemia": (2.5, 0.4, (0.7, 1.1), (0.4, 0.95), (1.0, 1.8)),
    "lymphoma-marrow": (1.8, 0.4, (0.5, 1.0), (0.2, 0.8), (1.0, 2.2)),
    "multiple-myeloma": (1.6, 0.35, (0.5, 1.0), (0.2, 0.7), (0.9, 1.1)),
    "myelofibrosis": (1.4, 0.35, (0.7, 1.2), (0.3, 0.95), (1.2, 2.2)),
}
_DIFFUSE_RANGE = (0.78, 6.5)
_AMBIGUOUS_KEPT = 0.25


@dataclass(frozen=True, kw_only=True)
class Marrow:
    """SUV of marrow: the spine's, its ``disease`` if any, and how it goes on into the limbs.

    ``limb_share`` is the upper limb bones' share of the spine's, ``limb_reach`` the share of their
    length that is red, ``unevenness`` the s.d. of the logarithm between single bones.
    """

    disease: str | None
    spine_suv: float
    limb_share: float
    limb_reach: float
    unevenness: float


def about(rng: np.random.Generator, row: tuple[float, float]) -> float:
    """Draw from a log-normal distribution given as (median, s.d. of the logarithm)."""
    return float(row[0] * np.exp(rng.normal(0, row[1])))


def draw_levels(rng: np.random.Generator) -> dict[str, float]:
    """Return the SUV of each soft tissue by name."""
    levels = {name: about(rng, row) for name, row in _SOFT.items()}
    levels["liver"] = float(np.clip(about(rng, _LIVER), *_LIVER_RANGE))
    levels["spleen"] = levels["liver"] * about(rng, _SPLEEN_TO_LIVER)
    levels["blood"] = min(levels["blood"], 0.9 * levels["liver"])
    is_fasted = rng.random() < _FASTED_SHARE
    levels["heart"] = about(rng, _FASTED if is_fasted else _AVID)
    for name in ("colon", "bowel"):
        if rng.random() < 0.12:  # as metformin does
            levels[name] = float(rng.uniform(3, 8))
    if rng.random() < 0.3:  # voided
        levels["bladder"] *= rng.uniform(0.2, 0.5)
    levels["bladder"] = max(levels["bladder"], 2.5)
    return levels


def draw_marrow(rng: np.random.Generator, label: str, levels: dict[str, float]) -> Marrow:
    """Return the marrow of a case with this label; ``levels`` has its spleen changed in place."""
    if label == MARROW_DIFFUSE:
        return _diffuse_marrow(rng, levels)
    ratio = float(np.clip(about(rng, _HEALTHY_RATIO), *_HEALTHY_RANGE))
    if rng.random() < _EMPTY_SHARE:  # irradiated or aplastic
        ratio = float(rng.uniform(*_EMPTY_RATIO))
    return Marrow(
        disease=None,
        spine_suv=ratio * levels["liver"],
        limb_share=float(rng.uniform(0.4, 0.65)),
        limb_reach=float(rng.uniform(0.15, 0.35)),
        unevenness=float(rng.uniform(0.02, 0.07)),
    )


def _diffuse_marrow(rng, levels) -> Marrow:
    disease = str(rng.choice(list(_DIFFUSE)))
    median, spread, share, reach, spleen = _DIFFUSE[disease]
    levels["spleen"] *= rng.uniform(*spleen)
    return Marrow(
        disease=disease,
        spine_suv=_diffuse_ratio(rng, (median, spread)) * levels["liver"],
        limb_share=float(rng.uniform(*share)),
        limb_reach=float(rng.uniform(*reach)),
        unevenness=float(rng.uniform(0.02, 0.12)),
    )


def _diffuse_ratio(rng, row) -> float:
    """Return marrow over liver, seldom where neither normal nor diffuse is clear."""
    while True:
        ratio = float(np.clip(about(rng, row), *_DIFFUSE_RANGE))
        is_clear = not AMBIGUOUS_RATIO[0] < ratio < AMBIGUOUS_RATIO[1]
        if is_clear or rng.random() < _AMBIGUOUS_KEPT:
            return ratio


def draw_bone_suv(
    rng: np.random.Generator, bones: Sequence[Shape], marrow: Marrow
) -> Mapping[str, float]:
    """Return the SUV of each bone by its full name."""
    fatty = about(rng, _FATTY_SUV)
    parts = {bone: share * rng.lognormal(0, 0.08) for bone, share in _SHARE_OF_SPINE.items()}
    parts["vertebra"] = 1.0
    found = {}
    for name in sorted({shape.name for shape in bones if shape.name != "orbit"}):
        bone = name.split(":")[0]
        level = max(parts[bone] * marrow.spine_suv, fatty) if bone in parts else fatty
        # Ribs, and the pieces they are made of, differ less than the bones of the spine.
        found[name] = float(level * rng.lognormal(0, marrow.unevenness))
    return found
