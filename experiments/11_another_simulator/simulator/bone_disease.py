"""Diseases of bone scans, each far above what a normal subject shows."""

from __future__ import annotations

import numpy as np

from simulator.person import SIDES, Person
from simulator.raster import Shape, ellipsoid

KINDS = {
    "normal": ("normal",),
    "focal": ("metastases", "fractures", "rib row", "paget", "tumour", "one metastasis"),
    "diffuse": ("superscan", "metabolic"),
    "joint-symmetric": ("polyarthritis", "hands and wrists", "large joints"),
}
_SITES = ("vertebra", "rib", "pelvis", "sacrum", "femur", "humerus", "skull", "sternum", "scapula")


def apply_disease(
    rng: np.random.Generator, person: Person, bones: list[Shape], uptake: dict, soft: dict, kind
) -> list[tuple[Shape, float]]:
    """Change ``uptake`` and ``soft`` in place where a disease does so; return its lesions.

    A lesion is a solid and its uptake.
    """
    if kind == "metastases":
        return _metastases(rng, bones, uptake, int(rng.integers(3, 13)))
    if kind == "one metastasis":
        return _metastases(rng, bones, uptake, int(rng.integers(1, 3)))
    if kind == "fractures":
        return _fractures(rng, bones, uptake)
    if kind == "rib row":
        return _rib_row(rng, bones, uptake)
    if kind == "paget":
        _paget(rng, uptake)
    if kind == "tumour":
        return _tumour(rng, person, uptake)
    if kind == "superscan":
        _superscan(rng, uptake, soft)
    if kind == "metabolic":
        _metabolic(rng, uptake, soft)
    if kind in KINDS["joint-symmetric"]:
        return _arthritis(rng, person, bones, kind)
    return []


def _level(uptake: dict) -> float:
    return float(np.mean([v for name, v in uptake.items() if name.startswith("vertebra:")]))


def _metastases(rng, bones, uptake, number):
    found = []
    for _ in range(number):
        site = rng.choice(_SITES)
        shape = rng.choice(np.array([b for b in bones if b.name.startswith(site)], object))
        radius = rng.uniform(7, 13) if site in ("rib", "scapula", "skull") else rng.uniform(10, 19)
        radii = radius * rng.uniform(0.8, 1.25, 3)
        value = _level(uptake) * rng.uniform(3.5, 8)
        found.append((ellipsoid("metastasis", shape.point(rng), radii), value))
    return found


def _fractures(rng, bones, uptake):
    found = []
    for level in rng.choice(["T11", "T12", "L1", "L2", "L3"], rng.integers(1, 3), replace=False):
        body = next(b for b in bones if b.name == f"vertebra:{level}")
        found.append((ellipsoid("fracture", body.a, (24, 8, 20)), _level(uptake) * 4))
    for _ in range(rng.integers(0, 3)):
        number, side = rng.integers(4, 11), rng.choice(list(SIDES))
        pieces = [b for b in bones if b.name == f"rib:{side}:{number}"]
        at = pieces[rng.integers(3, len(pieces))].point(rng)
        found.append((ellipsoid("fracture", at, 8), _level(uptake) * rng.uniform(3.5, 6)))
    return found


def _rib_row(rng, bones, uptake):
    side, first = rng.choice(list(SIDES)), int(rng.integers(3, 7))
    place, found = int(rng.integers(5, 13)), []
    for number in range(first, first + int(rng.integers(3, 6))):
        pieces = [b for b in bones if b.name == f"rib:{side}:{number}"]
        at = pieces[place + int(rng.integers(-1, 2))].point(rng)
        found.append((ellipsoid("fracture", at, 8), _level(uptake) * rng.uniform(3.5, 7)))
    return found


def _paget(rng, uptake):
    side = rng.choice(list(SIDES))
    bones = (f"pelvis:{side}", f"femur:{side}", f"tibia:{side}", f"humerus:{side}", "skull")
    for bone in rng.choice(bones, rng.integers(1, 3), replace=False):
        times = rng.uniform(4, 7)
        for name in uptake:
            if name == bone or (bone.startswith("pelvis") and name == f"sacroiliac:{side}"):
                uptake[name] *= times


def _tumour(rng, person, uptake):
    side = rng.choice(list(SIDES))
    places = {
        "distal femur": person.points["knee", side] - [0, 65, 0],
        "proximal tibia": person.points["knee", side] + [0, 65, 0],
        "proximal humerus": person.points["shoulder", side] + [0, 45, 0],
        "ilium": person.points["hip", side] + [0, -75, 10],
    }
    at = places[rng.choice(list(places))]
    return [(ellipsoid("tumour", at, (26, rng.uniform(35, 65), 26)),
             _level(uptake) * rng.uniform(3, 5))]  # fmt: skip


def _superscan(rng, uptake, soft):
    times = rng.uniform(2.2, 3.5)
    for name in uptake:
        bone = name.split(":")[0]
        is_axial = bone in ("vertebra", "rib", "pelvis", "sacrum", "sacroiliac", "sternum",
                            "scapula", "clavicle", "skull", "femur", "humerus")  # fmt: skip
        uptake[name] *= times * rng.lognormal(0, 0.16) if is_axial else 1.1
    _fade(rng, soft)


def _metabolic(rng, uptake, soft):
    times = rng.uniform(2.0, 3.0)
    more = {"skull": 1.8, "mandible": 1.8, "costochondral": 1.9, "sternum": 1.4, "femur": 1.3,
            "tibia": 1.4, "humerus": 1.3, "forearm": 1.3, "hand": 1.2, "foot": 1.2}  # fmt: skip
    for name in uptake:
        uptake[name] *= times * more.get(name.split(":")[0], 1.0)
    _fade(rng, soft)


def _fade(rng, soft):
    soft["soft"] *= rng.uniform(0.35, 0.6)
    soft["kidney"] = soft["soft"] * rng.uniform(1.0, 1.6)
    soft["bladder"] *= rng.uniform(0.15, 0.6)


_JOINTS = {
    "shoulder": (24, 22, 20), "elbow": (26, 18, 16), "wrist": (26, 20, 14), "knee": (38, 24, 30),
    "ankle": (26, 20, 22), "hip": (30, 30, 30),
}  # fmt: skip
_SMALL = ("mcp", "mtp")
_WISHES = {
    "hands and wrists": ("wrist", "mcp"),
    "large joints": ("shoulder", "knee", "ankle"),
    "polyarthritis": ("wrist", "knee"),
}


def _arthritis(rng, person, bones, kind):
    wished = set(_WISHES[kind])
    rest = [j for j in (*_JOINTS, *_SMALL) if j not in wished]
    wished |= set(rng.choice(rest, rng.integers(0, 4), replace=False))
    found, overall = [], rng.uniform(28, 50)
    for joint in sorted(wished):
        both = overall * rng.uniform(0.8, 1.25)
        for side in SIDES:
            value = both * rng.uniform(0.75, 1.3)
            if joint in _SMALL:
                shapes = [b for b in bones if b.name == f"{joint}:{side}"]
                found += [(ellipsoid("joint", b.a, 9), 1.2 * value * rng.uniform(0.7, 1.3))
                          for b in shapes]  # fmt: skip
                if joint == "mtp":
                    at = (person.points["ankle", side] + person.points["ball", side]) / 2
                    found.append((ellipsoid("joint", at, (18, 15, 18)), value * 0.8))
                continue
            radii = np.array(_JOINTS[joint]) * 0.8
            # Synovitis is uneven: a faint joint with brighter patches around it.
            found.append((ellipsoid("joint", person.points[joint, side], radii), 0.6 * value))
            for _ in range(4):
                way = rng.normal(size=3)
                at = person.points[joint, side] + 0.7 * radii * way / np.linalg.norm(way)
                found.append((ellipsoid("joint", at, 0.45 * radii), value * rng.uniform(0.9, 1.5)))
    return found
