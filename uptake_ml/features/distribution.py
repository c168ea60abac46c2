"""Features of how uptake is shared out over the skeleton, soft tissue and organs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.features.groups import (
    APPENDICULAR_BONES,
    AXIAL_BONES,
    BONES,
    JOINTS,
    PARTS,
    RIBS,
    SHAFTS,
    SKELETON,
    SOFT_TISSUES,
    SPINE,
    Group,
    group,
)
from uptake_ml.features.registry import (
    COMMON_INVARIANCES,
    DISTRIBUTION,
    OWN_DEFINITION,
    WINDOW,
    feature,
)
from uptake_ml.study import BONE_SCAN, FDG_PET, MODALITIES, POSTERIOR

if TYPE_CHECKING:
    from uptake_ml.features.uptake import Uptake, ViewUptake

_SUPERSCAN = "signs of the superscan as commonly described"
_MARROW = "after ratios used for diffuse marrow uptake: Zhou et al., J. Cancer 2018"
_KIDNEY, _LUMBAR, _LIVER = group("kidney"), group("lumbar-spine"), group("liver")
_SKULL, _PELVIS = group("skull"), PARTS["pelvis"]
_LIMB_SOFT_TISSUE = group("leg-soft-tissue", "arm-soft-tissue")


@dataclass(frozen=True, kw_only=True)
class _Ratio:
    """A median over a median; of the view ``prefer`` where there is one, else of all views."""

    above: Group
    below: Group
    meaning: str
    source: str = OWN_DEFINITION
    prefer: str | None = None
    modalities: tuple[str, ...] = MODALITIES


_BONE_ONLY, _FDG_ONLY = (BONE_SCAN,), (FDG_PET,)
_RATIOS: dict[str, _Ratio] = {
    "skeleton_to_soft_tissue": _Ratio(
        above=SKELETON,
        below=SOFT_TISSUES,
        meaning="how far the skeleton stands out of soft tissue",
        source=_SUPERSCAN,
    ),
    "axial_to_appendicular": _Ratio(
        above=AXIAL_BONES, below=APPENDICULAR_BONES, meaning="trunk and skull against the limbs"
    ),
    "kidneys_to_lumbar": _Ratio(
        above=_KIDNEY,
        below=_LUMBAR,
        meaning="kidneys against the lumbar spine: low where bone takes up nearly all",
        source=_SUPERSCAN,
        prefer=POSTERIOR,
    ),
    "kidneys_to_soft_tissue": _Ratio(
        above=_KIDNEY,
        below=SOFT_TISSUES,
        meaning="kidneys against soft tissue",
        source=_SUPERSCAN,
        prefer=POSTERIOR,
    ),
    "bladder_to_bone": _Ratio(
        above=group("bladder"), below=BONES, meaning="bladder against bone", source=_SUPERSCAN
    ),
    "skull_to_spine": _Ratio(
        above=_SKULL,
        below=SPINE,
        meaning="vault of the skull against the spine: raised in metabolic disease",
        source=_SUPERSCAN,
    ),
    "face_to_skull": _Ratio(
        above=group("face"),
        below=_SKULL,
        meaning="face and jaw against the vault",
        modalities=_BONE_ONLY,
    ),
    "sternum_to_ribs": _Ratio(
        above=group("sternum"), below=RIBS, meaning="sternum against ribs", modalities=_BONE_ONLY
    ),
    "ribs_to_spine": _Ratio(above=RIBS, below=SPINE, meaning="ribs against the spine"),
    "pelvis_to_spine": _Ratio(above=_PELVIS, below=SPINE, meaning="pelvis against the spine"),
    "long_bones_to_spine": _Ratio(
        above=SHAFTS,
        below=SPINE,
        meaning="long bones against the spine: high in metabolic, low in metastatic superscan",
        source=_SUPERSCAN,
    ),
    "long_bones_to_soft_tissue": _Ratio(
        above=SHAFTS,
        below=_LIMB_SOFT_TISSUE,
        meaning="long bones against the soft tissue of the limbs",
        source="femoral shaft to adductor muscle: Klemenz et al. 1999",
    ),
    "spine_to_soft_tissue": _Ratio(
        above=SPINE, below=SOFT_TISSUES, meaning="spine against soft tissue", source=_SUPERSCAN
    ),
    "skull_to_soft_tissue": _Ratio(
        above=_SKULL,
        below=SOFT_TISSUES,
        meaning="skull against soft tissue",
        source=_SUPERSCAN,
        modalities=_BONE_ONLY,
    ),
    "forearm_to_humerus": _Ratio(
        above=group("forearm"),
        below=group("humerus"),
        meaning="far against near arm",
        modalities=_BONE_ONLY,
    ),
    "tibia_to_femur": _Ratio(
        above=group("tibia"), below=group("femur"), meaning="far against near leg"
    ),
    "joints_to_long_bones": _Ratio(
        above=JOINTS, below=SHAFTS, meaning="all joints against the long bones"
    ),
    "sacroiliac_to_sacrum": _Ratio(
        above=group("sacroiliac"),
        below=group("sacrum"),
        meaning="sacroiliac joints against the sacrum: 0.9 to 1.14 normally",
        source="cut-off 1.17: EJRNM 2020",
        prefer=POSTERIOR,
        modalities=_BONE_ONLY,
    ),
    "lumbar_to_liver": _Ratio(
        above=_LUMBAR,
        below=_LIVER,
        meaning="lumbar marrow against the liver: above 1 in reactive and infiltrated marrow",
        source=_MARROW,
        modalities=_FDG_ONLY,
    ),
    "spleen_to_liver": _Ratio(
        above=group("spleen"),
        below=_LIVER,
        meaning="spleen against the liver: raised with stimulated marrow",
        source=_MARROW,
        modalities=_FDG_ONLY,
    ),
    "pelvis_to_liver": _Ratio(
        above=_PELVIS,
        below=_LIVER,
        meaning="pelvic marrow against the liver",
        source=_MARROW,
        modalities=_FDG_ONLY,
    ),
    "long_bones_to_liver": _Ratio(
        above=SHAFTS,
        below=_LIVER,
        meaning="marrow of the limbs against the liver: expanded marrow reaches into the limbs",
        source=_MARROW,
        modalities=_FDG_ONLY,
    ),
    "lumbar_to_brain": _Ratio(
        above=_LUMBAR,
        below=group("brain"),
        meaning="lumbar marrow against the brain",
        source="after marrow to cerebellum: PMC5207548",
        modalities=_FDG_ONLY,
    ),
}


def _ratio_of(ratio: _Ratio) -> Callable[[Uptake], float]:
    return lambda uptake: uptake.ratio(ratio.above, ratio.below, ratio.prefer)


for _name, _ratio in _RATIOS.items():
    feature(
        f"{DISTRIBUTION}.{_name}",
        range=(0, 500),
        meaning=_ratio.meaning,
        formula="median / median of smoothed uptake, "
        + (f"{_ratio.prefer} view if there is one" if _ratio.prefer else "mean of the log by view"),
        source=_ratio.source,
        modalities=_ratio.modalities,
    )(_ratio_of(_ratio))


# id -> regions above, regions below, their names
_RANKS: dict[str, tuple[Group, Group, str, str]] = {
    "skeleton_over_soft_tissue": (SKELETON, SOFT_TISSUES, "the skeleton", "soft tissue"),
    "kidneys_over_bone": (_KIDNEY, BONES, "the kidneys", "bone"),
    "bladder_over_bone": (group("bladder"), BONES, "the bladder", "bone"),
    "skull_over_spine": (_SKULL, SPINE, "the vault of the skull", "the spine"),
    "ribs_over_spine": (RIBS, SPINE, "the ribs", "the spine"),
    "long_bones_over_soft_tissue": (SHAFTS, SOFT_TISSUES, "the long bones", "soft tissue"),
    "joints_over_long_bones": (JOINTS, SHAFTS, "the joints", "the long bones"),
}


def _rank_of(above: Group, below: Group) -> Callable[[Uptake], float]:
    return lambda uptake: uptake.average(lambda view: view.levels.exceedance(above, below))


for _name, (_above, _below, _first, _second) in _RANKS.items():
    feature(
        f"{DISTRIBUTION}.{_name}",
        range=(0, 1),
        meaning=f"how often a pixel of {_first} outshines one of {_second}",
        formula=f"probability that a value in {_first} exceeds one in {_second}, ties as half",
        source="Mann-Whitney U / (n m)",
        invariances=(*COMMON_INVARIANCES, WINDOW),
    )(_rank_of(_above, _below))


@feature(
    f"{DISTRIBUTION}.bone_over_soft_tissue_rise",
    range=(-4, 4),
    meaning="how much more bone stands out of soft tissue than in a normal subject",
    formula="log of (bone / soft tissue) over (bone / soft tissue) of the expected image",
)
def bone_over_soft_tissue_rise(uptake: Uptake) -> float:
    def rise(view: ViewUptake) -> float:
        expected = view.expected.median(SOFT_TISSUES) * view.bone_scale
        measured = view.soft_tissue_level
        return -np.log(measured / expected) if measured > 0 and expected > 0 else np.nan

    return uptake.average(rise)


@feature(
    f"{DISTRIBUTION}.regional_departure",
    range=(0, 4),
    meaning="how unequally the bones are raised or lowered against a normal subject",
    formula="standard deviation over the bones of log(uptake / expected uptake)",
)
def regional_departure(uptake: Uptake) -> float:
    def departure(view: ViewUptake) -> float:
        ratios = list(view.log_ratios.values())
        return float(np.std(ratios)) if len(ratios) > 2 else np.nan

    return uptake.average(departure)


@feature(
    f"{DISTRIBUTION}.axial_rise",
    range=(-4, 4),
    meaning="how much more the trunk and skull are raised than the limbs, against normal",
    formula="log of (axial / appendicular) over the same of the expected image",
)
def axial_rise(uptake: Uptake) -> float:
    def rise(view: ViewUptake) -> float:
        kinds = [set(g) & set(view.log_ratios) for g in (AXIAL_BONES, APPENDICULAR_BONES)]
        if not all(kinds):
            return np.nan
        return float(np.log(view.scale(AXIAL_BONES) / view.scale(APPENDICULAR_BONES)))

    return uptake.average(rise)
