"""Diseases of FDG-PET: what a case's marrow, foci and joints are, drawn from the disease table."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from uptake_ml.phantom.bones import Skeleton
from uptake_ml.phantom.disease import parts_of
from uptake_ml.phantom.fdg_joints import draw_lining, joint_foci
from uptake_ml.phantom.fdg_spec import FocusSpec
from uptake_ml.phantom.fdg_tables import load_fdg_diseases, load_fdg_places
from uptake_ml.phantom.lesions import choose, draw_lognormal
from uptake_ml.phantom.person import MALE, Person
from uptake_ml.phantom.skeleton_names import bone_stem, bones_by_stem
from uptake_ml.regions import LEFT, RIGHT
from uptake_ml.study import FOCAL, JOINT_SYMMETRIC, MARROW_DIFFUSE, NORMAL

# Marrow whose ratio to the liver falls in here is neither clearly normal nor clearly diffuse;
# few of a disease's cases are left there.
AMBIGUOUS_RATIO = (0.93, 1.07)
_AMBIGUOUS_KEPT = 0.25
DISEASES_OF_WOMEN = ("breast-cancer",)
# Masses above this radius are not homogeneous.
_LUMPY_MM = 16.0
_COUNT_SHARES = {"few": 0.4, "several": 0.35, "many": 0.25}
_LIMB_STEMS = ("humerus", "femur")
_NEAR_LIMB_STEMS = ("clavicle", "scapula", "skull")


@dataclass(kw_only=True)
class FdgDisease:
    """What a disease does to a case; empty for a healthy one.

    ``marrow_ratio`` is lumbar marrow over liver, 0 where age decides it; ``limb_share`` lifts parts
    towards the lumbar marrow; zero ``marrow_reach`` and ``texture`` mean those of health.
    """

    names: tuple[str, ...] = ()
    foci: list[FocusSpec] = field(default_factory=list)
    marrow_ratio: float = 0.0
    marrow_factor: float = 1.0
    limb_share: dict[str, float] = field(default_factory=dict)
    marrow_reach: float = 0.0
    between_bones: float = 0.0
    texture: float = 0.0
    spleen_factor: float = 1.0
    spleen_size: float = 1.0
    needs_legs: bool = False


def draw_fdg_disease(
    rng: np.random.Generator,
    label: str,
    person: Person,
    skeleton: Skeleton,
    name: str | None = None,
) -> FdgDisease:
    """Draw a disease that gives the label; ``name`` asks for one of the table."""
    if label == NORMAL:
        return FdgDisease()
    table = load_fdg_diseases()
    weights = {n: e["weight"] for n, e in table.items() if e["label"] == label}
    if person.sex == MALE:
        weights = {n: w for n, w in weights.items() if n not in DISEASES_OF_WOMEN}
    chosen = name or choose(rng, weights)
    make = {FOCAL: _focal, MARROW_DIFFUSE: _diffuse, JOINT_SYMMETRIC: _arthritis}[label]
    return make(rng, chosen, table[chosen], skeleton)


def _diffuse(rng, name, entry, skeleton) -> FdgDisease:
    ratio = draw_lognormal(rng, entry["ratio"])
    while AMBIGUOUS_RATIO[0] < ratio < AMBIGUOUS_RATIO[1] and rng.random() > _AMBIGUOUS_KEPT:
        ratio = draw_lognormal(rng, entry["ratio"])
    limb = float(rng.uniform(*entry["limb"]))
    shares = {stem: limb for stem in _LIMB_STEMS}
    shares |= {stem: 0.5 + 0.5 * limb for stem in _NEAR_LIMB_STEMS}
    shares["pelvis"] = float(rng.uniform(0.75, 0.95))
    illness = FdgDisease(
        names=(name,),
        marrow_ratio=ratio,
        limb_share=shares,
        marrow_reach=float(rng.uniform(*entry["reach"])),
        between_bones=float(rng.uniform(*entry["between_bones"])),
        texture=float(rng.uniform(*entry["texture"])),
        spleen_factor=float(rng.uniform(*entry["spleen"])),
        spleen_size=float(rng.uniform(*entry["spleen_size"])),
    )
    if rng.random() < entry["foci_chance"]:
        second = load_fdg_diseases()[entry["foci"]]
        illness.foci = _foci(rng, entry["foci"], second, skeleton)
        illness.names += (entry["foci"],)
    return illness


def _focal(rng, name, entry, skeleton) -> FdgDisease:
    foci = _foci(rng, name, entry, skeleton)
    low = rng.uniform(*entry["marrow"]) if "marrow" in entry else 1.0
    return FdgDisease(names=(name,), foci=foci, marrow_factor=float(low))


def _foci(rng, name, entry, skeleton) -> list[FocusSpec]:
    shares = {size: share for size, share in _COUNT_SHARES.items() if size in entry["count"]}
    low, high = entry["count"][choose(rng, shares)]
    severity = rng.normal(0, 0.2)
    foci: list[FocusSpec] = []
    for k in range(int(rng.integers(low, high + 1))):
        site = entry["first"] if k == 0 and "first" in entry else choose(rng, entry["sites"])
        middle = draw_lognormal(rng, entry["suv"]) * np.exp(severity)
        side = int(rng.choice([-1, 1]))
        for _ in range(int(rng.integers(entry["cluster"][0], entry["cluster"][1] + 1))):
            suv = np.clip(middle * np.exp(rng.normal(0, 0.15)), *entry["suv"]["range"])
            shape = {"kind": "lesion", "disease": name, "suv": float(suv)}
            shape["core"] = float(rng.uniform(*entry["core"]))
            radius = draw_lognormal(rng, entry["radius_mm"])
            if site in load_fdg_places()["station"]:
                foci += _lumps(rng, _at_station(rng, site, side, radius, shape), len(foci))
            else:
                bone = str(rng.choice(bones_by_stem(skeleton)[site]))
                foci.append(_in_bone(rng, bone, radius, skeleton, shape))
    return foci


def _in_bone(rng, bone_name, radius, skeleton, shape) -> FocusSpec:
    points = skeleton.bone(bone_name).inside_points()
    if bone_stem(bone_name) in _LIMB_STEMS:
        points = _upper_end(points, 0.45 if rng.random() < 0.85 else 1.0)
    at = points[rng.integers(len(points))]
    return FocusSpec(
        anchor=("bone", bone_name),
        at_mm=tuple(float(v) for v in at),
        radii_mm=(radius,) * 3,
        is_in_bone=True,
        **shape,
    )


def _upper_end(points, share: float) -> np.ndarray:
    """Return the points in the upper share of a limb bone, whose own y axis points upwards."""
    y = points[:, 1]
    return points[y >= y.max() - share * np.ptp(y)]


def _at_station(rng, name: str, side: int, radius: float, shape) -> FocusSpec:
    station = load_fdg_places()["station"][name]
    at = np.array(station["at"], float)
    if station["paired"]:
        at[0] *= side
    at += rng.normal(0, 1, 3) * station["scatter"]
    stretch = np.exp(rng.normal(0, 0.15, 3))
    return FocusSpec(
        anchor=("trunk",),
        at_mm=tuple(float(v) for v in at),
        radii_mm=tuple(float(v) for v in radius * stretch),
        **shape,
    )


def _lumps(rng, focus: FocusSpec, number: int) -> list[FocusSpec]:
    """Return a large mass as what it is, uneven: a duller body and hotter lumps in it."""
    radii = np.array(focus.radii_mm)
    if radii.min() < _LUMPY_MM:
        return [focus]
    group = f"mass {number}"
    parts = [replace(focus, suv=0.6 * focus.suv, group=group)]
    for _ in range(int(rng.integers(6, 12))):
        direction = rng.normal(0, 1, 3)
        at = focus.at_mm + direction / np.linalg.norm(direction) * radii * rng.uniform(0.3, 0.75)
        size = float(radii.min() * rng.uniform(0.2, 0.4))
        suv = float(focus.suv * rng.uniform(0.75, 1.0))
        lump = {"at_mm": tuple(float(v) for v in at), "radii_mm": (size,) * 3, "core": 1.0}
        parts.append(replace(focus, suv=suv, group=group, **lump))
    return parts


def _arthritis(rng, name, entry, skeleton) -> FdgDisease:
    involved = [j for j, p in entry["joints"].items() if rng.random() < p]
    while len(involved) < entry["least_pairs"]:
        left = {j: p for j, p in entry["joints"].items() if j not in involved}
        involved.append(choose(rng, left))
    severity = rng.normal(0, 0.15)
    foci: list[FocusSpec] = []
    for region in involved:
        middle = draw_lognormal(rng, entry["suv"]) * np.exp(severity)
        core, lining = float(rng.uniform(*entry["core"])), draw_lining(rng, region)
        share = rng.uniform(0.4, 1.0)
        parts = [p for p in parts_of(region) if rng.random() < share] or [parts_of(region)[0]]
        for side in (RIGHT, LEFT):
            own = middle * np.exp(rng.normal(0, entry["between_sides"] / np.sqrt(2)))
            for part in parts:
                suv = np.clip(own * np.exp(rng.normal(0, 0.1)), 1.2, entry["suv"]["range"][1])
                shape = {"suv": float(suv), "core": core, "lining": lining}
                foci += joint_foci(rng, region, side, part, kind="arthritis", disease=name, **shape)
    for station, chance in entry["extras"].items():
        if rng.random() < chance:
            for _ in range(2):
                shape = {
                    "kind": "arthritis",
                    "disease": name,
                    "suv": float(draw_lognormal(rng, entry["suv"])),
                }
                foci.append(_at_station(rng, station, int(rng.choice([-1, 1])), 7.0, shape))
    return FdgDisease(names=(name,), foci=foci, needs_legs=bool(rng.random() < entry["legs"]))
