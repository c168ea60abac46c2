"""Diseases of the bone scan: which lesions and joints a case has, drawn from the disease table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from uptake_ml.phantom.bones import Skeleton
from uptake_ml.phantom.lesions import choose, draw_lesions, draw_lognormal
from uptake_ml.phantom.skeleton_names import bones_by_stem
from uptake_ml.phantom.spec import JointSpec, LesionSpec, SwellingSpec
from uptake_ml.phantom.tables import disease_kind, load_diseases
from uptake_ml.regions import LEFT, RIGHT
from uptake_ml.study import NORMAL

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

_MOST_BESIDES = 6

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
    """What a disease does to a case; empty for a healthy one.

    ``bone_factor`` multiplies the rows of the uptake table, ``single_bones`` bones by name.
    """

    names: tuple[str, ...] = ()
    lesions: list[LesionSpec] = field(default_factory=list)
    joints: list[JointSpec] = field(default_factory=list)
    swellings: list[SwellingSpec] = field(default_factory=list)
    bone_factor: dict[str, float] = field(default_factory=dict)
    single_bones: dict[str, float] = field(default_factory=dict)
    between_bones: float = 0.0
    texture: float = 0.0
    soft_factor: float = 1.0
    kidney_factor: float = 1.0


def parts_of(region: str) -> tuple[str, ...]:
    """Return the compartments of a joint region, one empty name where it has only one."""
    return _PARTS.get(region, ("",))


def choose_disease(rng: np.random.Generator, label: str) -> str | None:
    """Draw the name of a disease that gives the label; None for a normal case."""
    if label == NORMAL:
        return None
    return choose(rng, {n: e["weight"] for n, e in load_diseases().items() if e["label"] == label})


def draw_disease(rng: np.random.Generator, name: str | None, skeleton: Skeleton) -> Disease:
    """Draw what a disease of the table does, and another one besides where they go together."""
    if name is None:
        return Disease()
    entry = load_diseases()[name]
    found = _DRAW[disease_kind(entry)](rng, name, entry, skeleton)
    for other, chance in entry.get("companions", {}).items():
        if rng.random() < chance:
            _add(found, _accompany(rng, other, skeleton, entry))
    return found


def _accompany(rng, name: str, skeleton, host: Mapping) -> Disease:
    entry = load_diseases()[name]
    second = _DRAW[disease_kind(entry)](rng, name, entry, skeleton)
    # On a skeleton that takes up more everywhere, so does what lies in it.
    more = float(np.mean(host["axial_factor"])) if "axial_factor" in host else 1.0
    second.lesions = [replace(n, uptake=n.uptake * more) for n in second.lesions[:_MOST_BESIDES]]
    return second


def _add(disease: Disease, other: Disease) -> None:
    disease.names += other.names
    disease.lesions += other.lesions
    taken = {(j.region, j.side, j.part) for j in disease.joints}
    disease.joints += [j for j in other.joints if (j.region, j.side, j.part) not in taken]


def _focal(rng, name, entry, skeleton) -> Disease:
    found = Disease(names=(name,), lesions=draw_lesions(rng, name, entry, skeleton))
    if "skeleton" in entry:
        level = float(rng.uniform(*entry["skeleton"]))
        found.bone_factor = {stem: level for stem in bones_by_stem(skeleton)}
    return found


# Part of a limb: the joints at its ends and the bones that warm up with its skin.
_LIMBS = {
    "thigh": ("hip", "knee", ("femur",)),
    "shank": ("knee", "ankle", ("tibia", "fibula")),
    "foot": ("ankle", "foot", ("tarsal", "talus", "toe")),
    "forearm": ("elbow", "wrist", ("ulna", "radius")),
}


def _inflamed_limb(rng, name, entry, skeleton) -> Disease:
    start, end, bones = _LIMBS[choose(rng, entry["limbs"])]
    side = LEFT if rng.random() < 0.5 else RIGHT
    factor = draw_lognormal(rng, entry["uptake"])
    swelling = SwellingSpec(
        disease=name,
        start=(start, side),
        end=(end, side),
        radius_mm=draw_lognormal(rng, entry["radius_mm"]),
        factor=factor,
    )
    letter = "_l" if side == LEFT else "_r"
    warmth = 1 + 0.12 * (factor - 1)  # more blood reaches the bone too
    warm = {
        b.name: warmth
        for b in skeleton.bones
        if b.name.startswith(bones) and b.name.endswith(letter)
    }
    return Disease(names=(name,), swellings=[swelling], single_bones=warm)


def _superscan(rng, name, entry, skeleton) -> Disease:
    axial, limb, skull = (rng.uniform(*entry[f"{k}_factor"]) for k in ("axial", "limb", "skull"))
    factors = {}
    for stem in bones_by_stem(skeleton):
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
        more = choose(rng, {j: p for j, p in entry["joints"].items() if j not in involved})
        involved.append(more)
    severity = rng.normal(0, 0.2)
    joints = []
    for region in involved:
        middle = draw_lognormal(rng, entry["uptake"]) * np.exp(severity)
        is_paired = rng.random() < entry.get("symmetry", 1.0)
        sides = (RIGHT, LEFT) if is_paired else (str(rng.choice([RIGHT, LEFT])),)
        joints += _pair(rng, name, entry, region, sides, middle)
    return Disease(names=(name,), joints=joints, single_bones=_spine(rng, entry))


def _pair(rng, name, entry, region, sides, middle) -> list[JointSpec]:
    share = rng.uniform(0.35, 1.0)
    parts = [p for p in parts_of(region) if rng.random() < share] or [parts_of(region)[0]]
    joints = []
    for side in sides:
        factor = middle * np.exp(rng.normal(0, entry["between_sides"] / np.sqrt(2)))
        for part in parts:
            if region in ("hand", "foot") and rng.random() < 0.15:
                continue
            f = float(np.clip(factor * np.exp(rng.normal(0, 0.15)), 1.5, 16.0))
            joints.append(JointSpec(region=region, side=side, part=part, factor=f, disease=name))
    return joints


def _spine(rng, entry) -> dict[str, float]:
    """Inflamed vertebrae: a run of the thoracolumbar spine."""
    chance, low, high = entry.get("spine", (0.0, 1.0, 1.0))
    if rng.random() >= chance:
        return {}
    column = [f"T{k}" for k in range(6, 13)] + [f"L{k}" for k in range(1, 6)]
    first = int(rng.integers(0, len(column) - 3))
    run = column[first : first + int(rng.integers(3, 9))]
    return {bone: float(rng.uniform(low, high)) for bone in run}


_DRAW = {
    "sites": _focal,
    "limbs": _inflamed_limb,
    "axial_factor": _superscan,
    "joints": _arthritis,
}
