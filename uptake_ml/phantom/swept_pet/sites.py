"""Where foci may sit: stations of soft tissue and places in bones, with the region of each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from uptake_ml.phantom.swept.body import Body
from uptake_ml.phantom.swept.findings import SIDE_NAMES, region_of
from uptake_ml.phantom.swept.lesions import blob, lesion_in
from uptake_ml.phantom.swept.sites import in_skull_vault
from uptake_ml.phantom.swept.sweep import Sweep
from uptake_ml.regions import index_of


class Station(NamedTuple):
    """Places (x, y, z) in mm of a body of 1.7 m, x on the left, and the s.d. around them.

    With a ``joint`` they are shifts from it.
    """

    places: tuple[tuple[float, float, float], ...]
    scatter_mm: tuple[float, float, float]
    region: str
    is_one_sided: bool = False
    joint: str | None = None


_NECK, _TRUNK, _LEG = "head-neck-soft-tissue", "trunk-soft-tissue", "leg-soft-tissue"
STATIONS = {
    "cervical": Station(((42, -95, 215),), (5, 9, 20), _NECK),
    "throat": Station(((14, -120, 186), (6, -112, 150), (8, -116, 228)), (4, 6, 10), _NECK),
    "supraclavicular": Station(((52, -100, 284),), (14, 7, 7), _TRUNK),
    "axillary": Station(((-34, -6, 62),), (10, 12, 16), _TRUNK, joint="shoulder"),
    "mediastinal": Station(((7, -105, 368),), (13, 12, 24), _TRUNK),
    "hilar": Station(((30, -95, 395),), (7, 9, 11), _TRUNK),
    "oesophagus": Station(((4, -68, 420),), (3, 3, 45), _TRUNK),
    "lung": Station(((72, -100, 390), (66, -70, 430), (54, -92, 335)), (15, 24, 30), "lung"),
    "breast": Station(((84, -204, 432),), (14, 4, 14), "breast"),
    "liver": Station(
        ((-96, -100, 545), (-62, -106, 530), (-30, -120, 515), (-70, -80, 570), (-80, -120, 580)),
        (12, 12, 12), "liver", True,
    ),
    "spleen": Station(((106, -60, 556),), (5, 9, 16), "spleen", True),
    "adrenal": Station(((42, -62, 558),), (4, 4, 5), _TRUNK),
    "pancreas": Station(((-16, -112, 610), (34, -100, 592)), (14, 5, 6), _TRUNK, True),
    "colon": Station(
        ((-90, -92, 700), (-86, -96, 735), (60, -92, 782), (30, -86, 792), (104, -78, 690),
         (-20, -148, 650)), (6, 6, 8), "bowel", True,
    ),
    "rectum": Station(((0, -58, 835),), (3, 4, 14), "bowel", True),
    "para-aortic": Station(((8, -98, 650),), (13, 7, 38), _TRUNK),
    "iliac": Station(((58, -96, 785),), (9, 10, 22), _TRUNK),
    "inguinal": Station(((-14, -66, 28),), (10, 7, 14), _TRUNK, joint="hip"),
    "psoas": Station(((42, -92, 690),), (5, 6, 30), _TRUNK),
    "gluteal": Station(((70, -26, 790),), (14, 7, 26), _TRUNK),
    "skin": Station(((95, -186, 400), (80, -14, 480), (70, -10, 640), (90, -180, 720)),
                    (20, 6, 50), _TRUNK),
    "thigh": Station(((10, 0, 170),), (28, 28, 80), _LEG, joint="hip"),
}  # fmt: skip
# Names of the bones of a site, and how long foci of it may be, in mm.
BONES = {
    "C": (("C",), 25), "T": (("T",), 40), "L": (("L",), 45), "ribs": (("rib",), 60),
    "pelvis": (("ilium", "acetabulum", "ischium", "pubis"), 60), "sacrum": (("sacrum",), 50),
    "sternum": (("sternum", "manubrium"), 45), "clavicle": (("clavicle",), 35),
    "scapula": (("scapula",), 45), "femur": (("femur", "trochanter"), 70),
    "humerus": (("humerus",), 60), "tibia": (("tibia",), 60), "skull": (("vault",), 32),
    "face": (("mandible", "maxilla"), 25),
}  # fmt: skip
_LUMP_SHARE, _WIDEST_LUMP_MM = 0.45, 18.0


class Site(NamedTuple):
    """A place (x, y, z) in mm of a body of 1.7 m, the index of its region, its bone if any."""

    place: np.ndarray
    region: int
    bone: Sweep | None = None
    part: float = 0.0


def pick_site(rng: np.random.Generator, body: Body, where: str) -> Site:
    """Return a place at a station of soft tissue or in a bone, on either side of two."""
    return pick_station(rng, body, where) if where in STATIONS else _pick_bone(rng, body, where)


def pick_station(rng: np.random.Generator, body: Body, where: str) -> Site:
    """Return a place at a station of soft tissue."""
    station = STATIONS[where]
    side = 1 if station.is_one_sided else int(rng.choice([-1, 1]))
    place = np.array(station.places[rng.integers(len(station.places))]) * (side, 1, 1)
    place = place + rng.normal(0, station.scatter_mm)
    if station.joint:
        place = place + body.points[station.joint, side]
    return Site(place, index_of(station.region, SIDE_NAMES[1 if place[0] > 0 else -1]))


def _pick_bone(rng: np.random.Generator, body: Body, where: str) -> Site:
    """Return a place in a bone, the likelier the larger the bone; in limbs near the trunk."""
    bones = body.named(*BONES[where][0])
    size = np.array([len(bone.centre) * bone.half_u.mean() for bone in bones])
    bone = bones[rng.choice(len(bones), p=size / size.sum())]
    is_limb = where in ("femur", "humerus", "tibia")
    part = float(rng.beta(1, 2.2) if is_limb else rng.uniform(0.06, 0.94))
    return Site(bone.at(part), index_of(*region_of(bone)), bone, part)


def lump_at(
    rng: np.random.Generator, body: Body, site: Site, where: str, radius_mm: float, suv: float,
    core: float,
) -> list[Sweep]:  # fmt: skip
    """Return the solids of a lump: along its bone, swollen out of it, or of soft tissue."""
    if site.bone is None:
        return [blob("tumour", site.place, radius_mm, suv, rng, lobes=0.16, core=core)]
    radius_mm = min(radius_mm, BONES[where][1] / 2)
    if where == "skull":
        _, lump = in_skull_vault(body, rng, radius_mm)
        lump.value[:] = suv
        return [lump]
    if rng.random() < _LUMP_SHARE:
        radius_mm = min(radius_mm, _WIDEST_LUMP_MM)
        return [blob("tumour", site.place, radius_mm, suv, rng, lobes=0.16)]
    width_mm = None if where == "ribs" else 2 * radius_mm * rng.uniform(0.6, 1.0)
    return [
        lesion_in(site.bone, site.part, rng, value=suv, length_mm=2 * radius_mm,
                  width_mm=width_mm, swell=rng.uniform(1.1, 1.7))
    ]  # fmt: skip
