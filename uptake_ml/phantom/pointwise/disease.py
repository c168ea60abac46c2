"""Diseases as changes of uptake: the kinds of each label and what each does to a skeleton."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.pointwise.foci import (
    add_band,
    add_focus,
    add_whole_bone,
    bone_name,
    choose_bone,
    choose_point,
)
from uptake_ml.phantom.pointwise.uptake import Uptake

KINDS: dict[str, tuple[str, ...]] = {
    "normal": ("normal",),
    "focal": (
        "several metastases",
        "one or two metastases",
        "rib fractures",
        "vertebral fractures",
        "paget",
        "primary bone tumour",
        "osteomyelitis",
        "stress fractures",
    ),
    "diffuse": ("metastatic superscan", "metabolic superscan"),
    "joint-symmetric": (
        "rheumatoid polyarthritis",
        "osteoarthritis of knees and hands",
        "hands and wrists",
        "large joints",
    ),
}
# Kinds that nobody could read without the hands in the field.
HANDS_NEEDED = ("hands and wrists", "rheumatoid polyarthritis", "osteoarthritis of knees and hands")
AGES = {"stress fractures": (18.0, 42.0), "primary bone tumour": (18.0, 60.0)}

# Contrast as added uptake in normal vertebrae: metastasis 5.2 (Ann Nucl Med 2020), fresh vertebral
# fracture 2.8 (BMC 2024), osteomyelitis 3.1 (Minami), Paget 4-10, arthritis 1.5-3 (priors).
METASTASIS, VERTEBRAL_FRACTURE, RIB_FRACTURE = (3.2, 8.0), (3.0, 4.8), (3.5, 6.5)
FEW_METASTASES = (5.5, 8.0)  # one or two must be hot enough to be sure of
PAGET, TUMOUR, OSTEOMYELITIS, STRESS = (2.6, 5.5), (3.0, 6.0), (2.4, 5.0), (3.0, 6.0)
SIDE_RATIO = 1.7  # greatest ratio between the sides of a symmetric arthritis


@dataclass
class Surroundings:
    """What a disease changes besides bone: soft tissue, kidneys, bladder as multiples."""

    soft: float = 1.0
    kidney: float = 1.0
    bladder: float = 1.0


def _scatter(rng, uptake: Uptake, number: int, heat: tuple[float, float]) -> None:
    taken: list[str] = []
    hot = rng.uniform(*heat)
    while len(taken) < number:
        bone = choose_bone(rng, uptake)
        if bone[0] in taken and rng.random() < 0.8:
            continue
        taken.append(bone[0])
        contrast = np.clip(hot * np.exp(rng.normal(0, 0.25)), *heat)
        point = choose_point(rng, uptake, bone)
        small = bone[0].startswith(("rib", "sternum"))
        radius = rng.uniform(7, 11) if small else rng.uniform(11, 17)
        with uptake.lesion("metastases", bone[0]):
            add_focus(uptake, bone[0], point, radius, contrast)


def _several_metastases(rng, uptake: Uptake) -> None:
    _scatter(rng, uptake, int(rng.integers(4, 13)), METASTASIS)


def _few_metastases(rng, uptake: Uptake) -> None:
    _scatter(rng, uptake, int(rng.integers(1, 3)), FEW_METASTASES)


def _rib_fractures(rng, uptake: Uptake) -> None:
    side = str(rng.choice(["left", "right"]))
    number = int(rng.integers(3, 6))
    first, place = int(rng.integers(3, 11 - number)), rng.uniform(0.3, 0.85)
    for rib in range(first, first + number):
        index = uptake.where(f"rib.{rib}", side=side)
        part = next(uptake.cloud.parts[i] for i in index if bone_name(uptake, i) == f"rib.{rib}")
        at = part.xyz[np.argmin(np.abs(part.t - place - rng.normal(0, 0.02)))]
        with uptake.lesion("acute-fracture", "ribs", side):
            add_focus(uptake, f"rib.{rib}", at, rng.uniform(5, 9), rng.uniform(*RIB_FRACTURE), side)


def _vertebral_fractures(rng, uptake: Uptake) -> None:
    names = [f"T{i}" for i in range(7, 13)] + [f"L{i}" for i in range(1, 5)]
    for name in rng.choice(names, size=int(rng.integers(1, 4)), replace=False):
        with uptake.lesion("acute-fracture", "spine"):
            add_band(rng, uptake, f"vertebra.{name}", rng.uniform(*VERTEBRAL_FRACTURE))


def _paget(rng, uptake: Uptake) -> None:
    pelvis = ("ilium", "acetabulum", "pubis", "ischium")
    bones = [pelvis, ("femur",), ("tibia",), ("humerus",), ("scapula",), ("vault",)]
    bones.append((f"vertebra.L{rng.integers(1, 6)}",))
    weights = np.array([0.3, 0.18, 0.16, 0.08, 0.08, 0.1, 0.1])
    number = 1 if rng.random() < 0.65 else 2
    for k in rng.choice(len(bones), size=number, replace=False, p=weights):
        single = bones[k][0].startswith(("vault", "vertebra"))
        side = "any" if single else str(rng.choice(["left", "right"]))
        with uptake.lesion("paget-disease", bones[k][0]):
            add_whole_bone(rng, uptake, bones[k], side, rng.uniform(*PAGET))


def _primary_tumour(rng, uptake: Uptake) -> None:
    site = (("femur", "knee_medial", -30.0), ("tibia", "knee_medial", 40.0))
    site += (("humerus", "shoulder", 35.0), ("femur", "hip", 130.0))
    bone, joint, away = site[rng.choice(4, p=[0.45, 0.28, 0.17, 0.1])]
    side = str(rng.choice(["left", "right"]))
    at = uptake.cloud.sites[(joint, side)][0] + np.array([0, 0, away])
    index = uptake.where(bone, side=side)
    points = np.concatenate([uptake.cloud.parts[i].xyz for i in index])
    at = points[np.argmin(np.sum((points - at) ** 2, axis=1))]
    with uptake.lesion("osteosarcoma", bone, side):
        for _ in range(3):
            near = at + rng.normal(0, [5, 5, 14])
            add_focus(uptake, bone, near, rng.uniform(16, 26), rng.uniform(*TUMOUR) / 2, side)


def _osteomyelitis(rng, uptake: Uptake) -> None:
    side = str(rng.choice(["left", "right"]))
    bone = str(rng.choice(["tibia", "femur", "foot.calcaneus", "humerus", "spine"]))
    heat = rng.uniform(*OSTEOMYELITIS)
    if bone == "spine":
        level = int(rng.integers(1, 5))
        with uptake.lesion("osteomyelitis", "lumbar-spine"):
            for name in (f"vertebra.L{level}", f"vertebra.L{level + 1}"):
                add_band(rng, uptake, name, heat)
        return
    points = np.concatenate([uptake.cloud.parts[i].xyz for i in uptake.where(bone, side=side)])
    low, high = points[:, 2].min(), points[:, 2].max()
    level = low + rng.uniform(0.2, 0.85) * (high - low)
    at = points[np.argmin(np.abs(points[:, 2] - level))]
    wide = 18.0 if bone == "foot.calcaneus" else rng.uniform(18, 34)
    with uptake.lesion("osteomyelitis", bone, side):
        add_focus(uptake, bone.split(".")[0], at, wide, heat, side)


def _stress_fractures(rng, uptake: Uptake) -> None:
    first = str(rng.choice(["left", "right"]))
    other = "right" if first == "left" else "left"
    sides = [first] * (1 if rng.random() < 0.6 else 2) + ([other] if rng.random() < 0.3 else [])
    for side in sides:
        shaft = uptake.cloud.parts[uptake.where("tibia.shaft", side=side)[0]]
        near = np.flatnonzero(np.abs(shaft.t - rng.uniform(0.3, 0.75)) < 0.03)
        inner = near[np.argmin(np.abs(shaft.xyz[near, 0]) + 0.7 * shaft.xyz[near, 1])]
        heat = rng.uniform(*STRESS)
        with uptake.lesion("stress-fracture", "tibia", side):
            add_focus(uptake, "tibia", shaft.xyz[inner], rng.uniform(9, 14), heat, side, long=1.8)


def _metastatic_superscan(rng, uptake: Uptake) -> None:
    heat = rng.uniform(2.8, 4.5)
    axial = ("vertebra", "sacrum", "rib", "sternum", "ilium", "acetabulum", "pubis", "ischium")
    axial += ("scapula", "clavicle")
    for i in uptake.where(*axial):
        uptake.level[i] = uptake.level[i] * heat * np.exp(rng.normal(0, 0.14))
    for joint, times in (("hip", 0.7), ("shoulder", 0.7), ("trochanter", 0.6)):
        for key in uptake.sites(joint):
            uptake.raise_site(key, times=times * heat * rng.uniform(0.5, 1.0))
    for _ in range(int(rng.integers(15, 40))):  # marrow is replaced unevenly
        bone = choose_bone(rng, uptake)
        point = choose_point(rng, uptake, bone)
        add_focus(uptake, bone[0], point, rng.uniform(8, 18), heat * rng.uniform(0.15, 0.7))


def _metabolic_superscan(rng, uptake: Uptake) -> None:
    heat = rng.uniform(0.9, 1.25)
    times = {"vault": 4.4, "mandible": 5.0, "face": 2.4, "base": 2.4, "vertebra": 1.8}
    times |= {"sacrum": 1.8, "rib": 2.1, "sternum": 2.5, "ilium": 2.0, "scapula": 2.2}
    times |= {"clavicle": 2.4, "acetabulum": 2.1, "pubis": 2.1, "ischium": 2.1}
    times |= {"humerus": 3.4, "radius": 3.6, "ulna": 3.4, "femur": 3.5, "tibia": 3.6}
    times |= {"fibula": 2.8, "patella": 2.8, "hand": 2.6, "carpal": 2.6, "foot": 2.6}
    for name, factor in times.items():
        group = np.exp(rng.normal(0, 0.1))
        for i in uptake.where(name):
            uptake.level[i] = uptake.level[i] * factor * heat * group
    beads = rng.uniform(1.5, 3.0)
    for key in uptake.sites("costochondral"):
        uptake.raise_site(key, times=beads * np.exp(rng.normal(0, 0.2)))


# Arthritis: sites, added uptake in vertebrae for a typical patient, chance that the pair is hot.
# Finger joints get more before blur, which halves them.
_RHEUMATOID = {
    "wrist": (3.0, 1.0),
    "mcp": (3.8, 0.95),
    "pip": (3.4, 0.75),
    "knee_medial": (1.1, 0.85),
    "knee_lateral": (1.1, 0.85),
    "patella": (0.6, 0.85),
    "ankle": (1.3, 0.7),
    "mtp": (1.2, 0.6),
    "shoulder": (1.2, 0.7),
    "elbow": (1.3, 0.6),
}
_OSTEOARTHRITIS = {
    "knee_medial": (1.5, 1.0),
    "knee_lateral": (0.8, 0.9),
    "patella": (0.8, 0.8),
    "dip": (4.0, 0.9),
    "pip": (3.2, 0.8),
    "thumb_base": (4.5, 0.95),
    "mtp_1": (1.2, 0.4),
}
_HANDS = {"wrist": (3.6, 1.0), "mcp": (4.5, 1.0), "pip": (4.2, 0.95), "thumb_base": (3.0, 0.5)}
_LARGE = {
    "shoulder": (1.9, 0.9),
    "hip": (1.5, 0.7),
    "knee_medial": (1.4, 1.0),
    "knee_lateral": (1.3, 1.0),
    "patella": (0.8, 0.9),
    "ankle": (1.9, 0.75),
    "elbow": (1.7, 0.5),
}


_REGIONS = {"mcp": "hand", "pip": "hand", "dip": "hand", "thumb_base": "hand", "patella": "knee",
            "mtp": "foot", "mtp_1": "foot"}  # fmt: skip


def _arthritis(table: dict) -> Callable:
    def change(rng, uptake: Uptake) -> None:
        heat = rng.uniform(0.8, 1.6)
        ratio = SIDE_RATIO ** rng.uniform(-1, 1)
        drawn = {joint.split("_")[0]: rng.random() for joint in table}
        for joint, (typical, chance) in table.items():
            if drawn[joint.split("_")[0]] > chance:
                continue
            strength = heat * typical * np.exp(rng.normal(0, 0.15))
            for key in uptake.sites(joint):
                side = ratio**0.5 if key[1] == "left" else ratio**-0.5
                own = np.exp(rng.normal(0, 0.22 if joint in ("mcp", "pip", "dip", "mtp") else 0.06))
                region = _REGIONS.get(joint, joint.split("_")[0])
                with uptake.lesion("rheumatoid-arthritis", region, key[1], is_joint=True):
                    uptake.raise_site(key, plus=strength * side * own)

    return change


_CHANGE: dict[str, Callable] = {
    "several metastases": _several_metastases,
    "one or two metastases": _few_metastases,
    "rib fractures": _rib_fractures,
    "vertebral fractures": _vertebral_fractures,
    "paget": _paget,
    "primary bone tumour": _primary_tumour,
    "osteomyelitis": _osteomyelitis,
    "stress fractures": _stress_fractures,
    "metastatic superscan": _metastatic_superscan,
    "metabolic superscan": _metabolic_superscan,
    "rheumatoid polyarthritis": _arthritis(_RHEUMATOID),
    "osteoarthritis of knees and hands": _arthritis(_OSTEOARTHRITIS),
    "hands and wrists": _arthritis(_HANDS),
    "large joints": _arthritis(_LARGE),
}


def apply_disease(rng: np.random.Generator, uptake: Uptake, kind: str) -> Surroundings:
    """Change the uptake of the bones as this kind does, and say what it does to the rest."""
    if kind != "normal":
        _CHANGE[kind](rng, uptake)
    if kind.endswith("superscan"):
        faint = rng.uniform(0.2, 0.5)
        return Surroundings(soft=faint, kidney=rng.uniform(0.05, 0.25), bladder=faint)
    return Surroundings()
