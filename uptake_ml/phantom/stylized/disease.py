"""Diseases of the stylized body: what they paint, and which uptake they change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.stylized.person import SIDES, Person
from uptake_ml.phantom.stylized.raster import Shape, ellipsoid
from uptake_ml.phantom.stylized.table import draw_even
from uptake_ml.study import DIFFUSE, FOCAL, JOINT_SYMMETRIC, NORMAL

_SITES = ("vertebra", "rib", "pelvis", "sacrum", "femur", "humerus", "skull", "sternum", "scapula")


@dataclass(frozen=True, kw_only=True, eq=False)
class Lesion:
    """Solids and their uptake; ``disease`` is a row of ``data/diseases.toml``."""

    disease: str
    region: str
    solids: list[tuple[Shape, float]]
    side: str | None = None
    is_joint: bool = False


def draw_disease(
    rng: np.random.Generator, person: Person, bones: list[Shape], uptake: dict, soft: dict, label
) -> list[Lesion]:
    """Return the lesions of a disease with this label; change ``uptake`` and ``soft`` in place."""
    kinds = _KINDS[label]
    if not kinds:
        return []
    kind = kinds[rng.integers(len(kinds))]
    return kind(rng, person, bones, uptake, soft)


def _level(uptake: dict) -> float:
    return float(np.mean([v for name, v in uptake.items() if name.startswith("vertebra:")]))


def _side_of(name: str) -> str | None:
    return next((side for side in SIDES if side in name.split(":")), None)


def _metastases(rng, person, bones, uptake, soft) -> list[Lesion]:
    found = []
    for _ in range(int(rng.choice([rng.integers(1, 4), rng.integers(3, 14)]))):
        site = str(rng.choice(_SITES))
        shapes = [b for b in bones if b.name.startswith(site)]
        shape = shapes[rng.integers(len(shapes))]
        radius = rng.uniform(7, 13) if site in ("rib", "scapula", "skull") else rng.uniform(9, 20)
        solid = ellipsoid("metastasis", shape.point(rng), radius * rng.uniform(0.75, 1.3, 3))
        value = _level(uptake) * draw_even(rng, "lesion", "metastasis")
        found.append(_lesion("metastases", shape, [(solid, value)]))
    return found


def _lesion(disease: str, shape: Shape, solids) -> Lesion:
    bone = shape.name.split(":")[0]
    return Lesion(disease=disease, region=bone, side=_side_of(shape.name), solids=solids)


def _fractures(rng, person, bones, uptake, soft) -> list[Lesion]:
    found = []
    for name in rng.choice(["T7", "T8", "T11", "T12", "L1", "L2", "L3"], rng.integers(1, 3), False):
        shape = next(b for b in bones if b.name == f"vertebra:{name}")
        solid = ellipsoid("fracture", shape.a, (24, rng.uniform(6, 11), 20))
        found.append(_lesion("acute-fracture", shape, [(solid, _broken(rng, uptake))]))
    for _ in range(int(rng.integers(0, 3))):
        pieces = _rib(bones, str(rng.choice(list(SIDES))), int(rng.integers(4, 11)))
        found.append(_rib_fracture(rng, pieces[rng.integers(3, len(pieces))], uptake))
    return found


def _broken(rng, uptake) -> float:
    return _level(uptake) * draw_even(rng, "lesion", "fracture")


def _rib(bones, side: str, number: int) -> list[Shape]:
    return [b for b in bones if b.name == f"rib:{side}:{number}"]


def _rib_fracture(rng, shape: Shape, uptake) -> Lesion:
    solid = ellipsoid("fracture", shape.point(rng), rng.uniform(6, 10))
    return _lesion("acute-fracture", shape, [(solid, _broken(rng, uptake))])


def _rib_row(rng, person, bones, uptake, soft) -> list[Lesion]:
    side, first = str(rng.choice(list(SIDES))), int(rng.integers(3, 7))
    place, found = int(rng.integers(5, 13)), []
    for number in range(first, first + int(rng.integers(2, 6))):
        shape = _rib(bones, side, number)[place + int(rng.integers(-1, 2))]
        found.append(_rib_fracture(rng, shape, uptake))
    return found


def _stress_fracture(rng, person, bones, uptake, soft) -> list[Lesion]:
    side = str(rng.choice(list(SIDES)))
    bone, start, end = (("tibia", "knee", "ankle"), ("femur", "hip", "knee"))[rng.integers(2)]
    a, b = person.points[start, side], person.points[end, side]
    solid = ellipsoid(
        "fracture", a + rng.uniform(0.3, 0.8) * (b - a), (10, rng.uniform(10, 22), 10)
    )
    shape = next(s for s in bones if s.name == f"{bone}:{side}")
    return [_lesion("stress-fracture", shape, [(solid, _broken(rng, uptake))])]


def _paget(rng, person, bones, uptake, soft) -> list[Lesion]:
    side, found = str(rng.choice(list(SIDES))), []
    wholes = (f"pelvis:{side}", f"femur:{side}", f"tibia:{side}", f"humerus:{side}", "skull")
    for bone in rng.choice(wholes, rng.integers(1, 3), replace=False):
        times = draw_even(rng, "lesion", "paget")
        names = {bone, f"sacroiliac:{side}"} if bone.startswith("pelvis") else {bone}
        shapes = [b for b in bones if b.name in names]
        solids = [(b, uptake[b.name] * times * b.weight) for b in shapes]
        found.append(_lesion("paget-disease", shapes[0], solids))
    return found


def _tumour(rng, person, bones, uptake, soft) -> list[Lesion]:
    side = str(rng.choice(list(SIDES)))
    places = (
        ("femur", person.points["knee", side] - [0, 65, 0]),
        ("tibia", person.points["knee", side] + [0, 65, 0]),
        ("humerus", person.points["shoulder", side] + [0, 45, 0]),
        ("pelvis", person.points["hip", side] + [0, -75, 10]),
    )
    bone, at = places[rng.integers(len(places))]
    radii = rng.uniform(18, 30) * np.array([1, rng.uniform(1.0, 2.4), 1])
    value = _level(uptake) * draw_even(rng, "lesion", "tumour")
    shape = next(s for s in bones if s.name == f"{bone}:{side}")
    return [_lesion("osteosarcoma", shape, [(ellipsoid("tumour", at, radii), value)])]


def _superscan(rng, person, bones, uptake, soft) -> list[Lesion]:
    times, uneven = rng.uniform(2.0, 4.0), rng.uniform(0.05, 0.2)
    for name in uptake:
        bone = name.split(":")[0]
        is_axial = bone in ("vertebra", "rib", "pelvis", "sacrum", "sacroiliac", "sternum",
                            "scapula", "clavicle", "skull", "femur", "humerus")  # fmt: skip
        uptake[name] *= times * rng.lognormal(0, uneven) if is_axial else rng.uniform(1.0, 1.3)
    _fade(rng, soft)
    return []


def _metabolic(rng, person, bones, uptake, soft) -> list[Lesion]:
    times = rng.uniform(1.9, 3.2)
    more = {"skull": 1.8, "mandible": 1.8, "costochondral": 1.9, "sternum": 1.4, "femur": 1.3,
            "tibia": 1.4, "humerus": 1.3, "forearm": 1.3, "hand": 1.2, "foot": 1.2}  # fmt: skip
    strength = rng.uniform(0.4, 1.3)
    for name in uptake:
        uptake[name] *= times * more.get(name.split(":")[0], 1.0) ** strength
    _fade(rng, soft)
    return []


def _fade(rng, soft) -> None:
    soft["soft"] *= rng.uniform(0.35, 0.7)
    soft["kidney"] = soft["soft"] * rng.uniform(1.0, 1.8)
    soft["bladder"] *= rng.uniform(0.15, 0.8)


_JOINTS = {
    "shoulder": (24, 22, 20), "elbow": (26, 18, 16), "wrist": (26, 20, 14), "knee": (38, 24, 30),
    "ankle": (26, 20, 22), "hip": (30, 30, 30),
}  # fmt: skip
_SMALL = {"hand": "mcp", "foot": "mtp"}
_WISHES = (("wrist", "hand"), ("shoulder", "knee", "ankle"), ("wrist", "knee"), ("knee",))


def _arthritis(rng, person, bones, uptake, soft) -> list[Lesion]:
    wished = set(_WISHES[rng.integers(len(_WISHES))])
    rest = [j for j in (*_JOINTS, *_SMALL) if j not in wished]
    wished |= set(rng.choice(rest, rng.integers(0, 4), replace=False))
    found, overall = [], _level(uptake) * draw_even(rng, "lesion", "arthritis")
    for joint in sorted(wished):
        both = overall * rng.uniform(0.7, 1.3)
        for side in SIDES:
            value = both * rng.uniform(0.7, 1.4)
            solids = (_small_joints if joint in _SMALL else _large_joint)(
                rng, person, bones, joint, side, value
            )
            found.append(
                Lesion(disease="rheumatoid-arthritis", region=joint, side=side, is_joint=True,
                       solids=solids)
            )  # fmt: skip
    return found


def _small_joints(rng, person, bones, joint, side, value):
    shapes = [b for b in bones if b.name == f"{_SMALL[joint]}:{side}"]
    solids = [
        (ellipsoid("joint", b.a, rng.uniform(7, 10)), 1.2 * value * rng.uniform(0.6, 1.3))
        for b in shapes
    ]
    if joint == "foot":
        at = (person.points["ankle", side] + person.points["ball", side]) / 2
        solids.append((ellipsoid("joint", at, (18, 15, 18)), value * 0.8))
    return solids


def _large_joint(rng, person, bones, joint, side, value):
    # Synovitis is uneven: a faint joint with brighter patches around it.
    radii = np.array(_JOINTS[joint]) * rng.uniform(0.65, 0.9)
    at = person.points[joint, side]
    solids = [(ellipsoid("joint", at, radii), rng.uniform(0.5, 0.9) * value)]
    for _ in range(int(rng.integers(0, 5))):
        way = rng.normal(size=3)
        spot = at + 0.7 * radii * way / np.linalg.norm(way)
        solids.append((ellipsoid("joint", spot, 0.45 * radii), value * rng.uniform(0.9, 1.5)))
    return solids


_KINDS: dict[str, tuple[Callable, ...]] = {
    NORMAL: (),
    FOCAL: (_metastases, _metastases, _fractures, _rib_row, _stress_fracture, _paget, _tumour),
    DIFFUSE: (_superscan, _metabolic),
    JOINT_SYMMETRIC: (_arthritis,),
}
