"""Diseases of the bone scan: which lesions and joints a case has, drawn from the disease table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from uptake_ml.phantom.bone_voxels import bone_region
from uptake_ml.phantom.bones import Skeleton
from uptake_ml.phantom.spec import JointSpec, LesionSpec
from uptake_ml.phantom.tables import load_diseases
from uptake_ml.regions import LEFT, REGIONS, RIGHT
from uptake_ml.study import DIFFUSE, FOCAL, JOINT_SYMMETRIC, NORMAL

_AXIAL_STEMS = (
    "cervical-spine",
    "thoracic-spine",
    "lumbar-spine",
    "sacrum",
    "sternum",
    "ribs",
    "pelvis",
    "clavicle",
    "scapula",
)
_SKULL_STEMS = ("skull", "face", "mandible")

_PARTS = {
    "hand": (
        "cmc1",
        "mcp1",
        "ip1",
        *(f"{j}{k}" for k in (2, 3, 4, 5) for j in ("mcp", "pip", "dip")),
    ),
    "knee": ("medial", "lateral", "patella"),
    "ankle": ("talocrural", "subtalar"),
    "foot": ("midfoot", "midfoot2", "mtp1", "mtp2", "mtp3", "mtp4", "mtp5"),
    "sacroiliac": ("upper", "middle", "lower"),
}


@dataclass(kw_only=True)
class Disease:
    """What a disease does to a case; empty for a healthy one."""

    names: tuple[str, ...] = ()
    lesions: list[LesionSpec] = field(default_factory=list)
    joints: list[JointSpec] = field(default_factory=list)
    bone_factor: dict[str, float] = field(default_factory=dict)
    between_bones: float = 0.0
    texture: float = 0.0
    soft_factor: float = 1.0
    kidney_factor: float = 1.0


def parts_of(region: str) -> tuple[str, ...]:
    """Return the compartments of a joint region, one empty name where it has only one."""
    return _PARTS.get(region, ("",))


def draw_disease(
    rng: np.random.Generator, label: str, skeleton: Skeleton, name: str | None = None
) -> Disease:
    """Draw a disease that gives the label; ``name`` asks for one of the table."""
    table = load_diseases()
    if label == NORMAL:
        return Disease()
    chosen = name or _choose(rng, {n: e["weight"] for n, e in table.items() if e["label"] == label})
    entry = table[chosen]
    draw = {FOCAL: _lesions, DIFFUSE: _superscan, JOINT_SYMMETRIC: _arthritis}[entry["label"]]
    return draw(rng, chosen, entry, skeleton)


def _choose(rng, weights: Mapping[str, float]) -> str:
    p = np.array(list(weights.values()), float)
    return list(weights)[int(rng.choice(len(p), p=p / p.sum()))]


def _lognormal(rng, row: Mapping) -> float:
    low, high = row["range"]
    return float(np.clip(row["median"] * np.exp(rng.normal(0, row["spread"])), low, high))


def bone_stem(name: str) -> str:
    """Return the row of the uptake table that a bone belongs to."""
    if name in ("mandible", "costal-cartilage"):
        return name
    if name.startswith("patella"):
        return "patella"
    return REGIONS[bone_region(name)].name


def _bones_by_stem(skeleton: Skeleton) -> dict[str, list[str]]:
    stems: dict[str, list[str]] = {}
    for bone in skeleton.bones:
        stems.setdefault(bone_stem(bone.name), []).append(bone.name)
    return stems


def _lesion_count(rng, entry) -> int:
    if "few" not in entry:
        return 1
    low, high = entry[_choose(rng, {"few": 0.4, "several": 0.35, "many": 0.25})]
    return int(rng.integers(low, high + 1))


def _lesions(rng, name, entry, skeleton) -> Disease:
    stems = _bones_by_stem(skeleton)
    count = _lesion_count(rng, entry)
    if name == "fracture" and rng.random() < 0.3:
        return Disease(names=(name,), lesions=_rib_row(rng, name, entry, skeleton))
    severity = rng.normal(0, 0.25)
    lesions = []
    for _ in range(count):
        bone = str(rng.choice(stems[_choose(rng, entry["sites"])]))
        uptake = np.clip(
            _lognormal(rng, entry["uptake"]) * np.exp(severity), *entry["uptake"]["range"]
        )
        lesions.append(
            LesionSpec(
                disease=name,
                bone=bone,
                at_mm=_place(rng, skeleton, bone, name),
                radius_mm=_lognormal(rng, entry["radius_mm"]),
                uptake=float(uptake),
            )
        )
    return Disease(names=(name,), lesions=lesions)


def _place(rng, skeleton, bone_name, disease) -> tuple[float, float, float]:
    """Return a point inside the bone; in long bones disease keeps to where it is found."""
    bone = skeleton.bone(bone_name)
    points = bone.inside_points()
    axis = int(np.argmax(np.ptp(points, axis=0)))
    t = (points[:, axis] - points[:, axis].min()) / np.ptp(points[:, axis])
    stem = bone_stem(bone_name)
    if stem in ("femur", "humerus") and disease == "metastases":
        keep = t > 0.55 if rng.random() < 0.8 else t > 0
    elif disease in ("primary-bone-tumour", "osteomyelitis") and stem in (
        "femur",
        "tibia",
        "humerus",
    ):
        keep = (np.abs(t - 0.5) > 0.3) & (np.abs(t - 0.5) < 0.45)
    else:
        keep = np.ones(len(points), bool)
    point = points[keep][rng.integers(keep.sum())]
    return tuple(float(v) for v in point)


def _rib_row(rng, name, entry, skeleton) -> list[LesionSpec]:
    """Fractures in neighbouring ribs along a line, as a fall leaves them."""
    side = rng.choice(["_r", "_l"])
    first, count = int(rng.integers(3, 8)), int(rng.integers(2, 5))
    t = rng.uniform(0.25, 0.75)
    lesions = []
    for k in range(first, first + count):
        bone = skeleton.bone(f"rib{k}{side}")
        points = bone.inside_points()
        along = np.argsort(points[:, 0])  # from the spine outwards and round to the front
        centre = points[along[int(np.clip(t + rng.normal(0, 0.03), 0.02, 0.98) * (len(along) - 1))]]
        lesions.append(
            LesionSpec(
                disease=name,
                bone=bone.name,
                at_mm=tuple(float(v) for v in centre),
                radius_mm=_lognormal(rng, entry["radius_mm"]),
                uptake=_lognormal(rng, entry["uptake"]),
            )
        )
    return lesions


def _superscan(rng, name, entry, skeleton) -> Disease:
    axial, limb, skull = (rng.uniform(*entry[f"{k}_factor"]) for k in ("axial", "limb", "skull"))
    factors = {}
    for stem in _bones_by_stem(skeleton):
        factors[stem] = float(
            axial if stem in _AXIAL_STEMS else skull if stem in _SKULL_STEMS else limb
        )
    factors["costal-cartilage"] = float(axial * rng.uniform(*entry["beading"]))
    return Disease(
        names=(name,),
        bone_factor=factors,
        between_bones=float(rng.uniform(*entry["between_bones"])),
        texture=float(rng.uniform(*entry["texture"])),
        soft_factor=float(rng.uniform(*entry["soft"])),
        kidney_factor=float(rng.uniform(*entry["kidney"])),
    )


def _arthritis(rng, name, entry, skeleton) -> Disease:
    involved = [j for j, p in entry["joints"].items() if rng.random() < p]
    while len(involved) < entry["least_pairs"]:
        more = _choose(rng, {j: p for j, p in entry["joints"].items() if j not in involved})
        involved.append(more)
    severity = rng.normal(0, 0.2)
    joints = []
    for region in involved:
        middle = _lognormal(rng, entry["uptake"]) * np.exp(severity)
        share = rng.uniform(0.35, 1.0)
        parts = [p for p in parts_of(region) if rng.random() < share] or [parts_of(region)[0]]
        for side in (RIGHT, LEFT):
            factor = middle * np.exp(rng.normal(0, entry["between_sides"] / np.sqrt(2)))
            for part in parts:
                if region in ("hand", "foot") and rng.random() < 0.15:
                    continue
                f = float(np.clip(factor * np.exp(rng.normal(0, 0.15)), 1.5, 16.0))
                joints.append(
                    JointSpec(region=region, side=side, part=part, factor=f, disease=name)
                )
    return Disease(names=(name,), joints=joints)
