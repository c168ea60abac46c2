"""Focal diseases: which foci they paint, named as in the table of FDG's diseases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.solid_pet.canvas import Part
from uptake_ml.phantom.solid_pet.patient import Patient
from uptake_ml.phantom.solid_pet.sites import STATIONS, Site, pick_bone, pick_station
from uptake_ml.phantom.solid_pet.solids import make_ellipsoid
from uptake_ml.phantom.solid_pet.uptake import Uptake


@dataclass(frozen=True, kw_only=True, eq=False)
class Focus:
    """One lesion: its solids and the SUV of each; ``region`` is an index of ``regions``.

    ``disease`` is a row of the table of FDG's diseases.
    """

    disease: str
    region: int
    centre_mm: np.ndarray
    radius_mm: float
    parts: Sequence[Part]

    @property
    def suv(self) -> float:
        """Return the greatest SUV that is painted."""
        return max(suv for _, suv in self.parts)


@dataclass(frozen=True, kw_only=True)
class FocalDisease:
    """``count``, ``radius_mm`` and ``suv`` are ranges; ``first`` is where its first lesion lies."""

    sites: dict[str, float]
    count: tuple[int, int]
    radius_mm: tuple[float, float]
    suv: tuple[float, float]
    weight: float
    first: str | None = None
    cluster: int = 1
    core: float = 0.0


_BONES = {
    "T": 4, "L": 3.5, "C": 1, "ribs": 4, "pelvis": 4, "sacrum": 2, "sternum": 1.2, "femur": 1.8,
    "humerus": 1.2, "scapula": 1.2, "clavicle": 0.6, "skull": 0.7, "tibia": 0.15,
}  # fmt: skip
_NODES = dict.fromkeys(
    ("cervical", "supraclavicular", "axillary", "mediastinal", "hilar", "para-aortic", "iliac",
     "inguinal"), 1.0,
)  # fmt: skip
FOCAL_DISEASES = {
    "bone-metastases": FocalDisease(
        sites=_BONES, count=(1, 20), radius_mm=(6, 17), suv=(4, 14), weight=2.0
    ),
    "myeloma-foci": FocalDisease(
        sites=_BONES, count=(2, 14), radius_mm=(5, 13), suv=(3, 10), weight=0.7
    ),
    "lymphoma": FocalDisease(
        sites={**_NODES, "spleen": 0.6}, count=(1, 5), radius_mm=(6, 18), suv=(4, 16), weight=1.8,
        cluster=6,
    ),
    "lymphadenitis": FocalDisease(
        sites=_NODES, count=(1, 3), radius_mm=(5, 9), suv=(2.5, 8), weight=0.6, cluster=3
    ),
    "lung-cancer": FocalDisease(
        sites={"hilar": 2, "mediastinal": 3, "adrenal": 0.7, "T": 0.5, "ribs": 0.5, "liver": 0.4},
        count=(1, 6), radius_mm=(7, 30), suv=(3, 15), weight=1.4, first="lung", core=0.2,
    ),
    "liver-metastases": FocalDisease(
        sites={"liver": 8, "para-aortic": 0.6, "lung": 0.6}, count=(1, 9), radius_mm=(7, 22),
        suv=(5, 13), weight=1.0, first="colon", core=0.25,
    ),
    "breast-cancer": FocalDisease(
        sites={"axillary": 4, "T": 0.7, "sternum": 0.7, "pelvis": 0.5, "liver": 0.4},
        count=(1, 5), radius_mm=(6, 16), suv=(3, 12), weight=0.7, first="breast",
    ),
    "head-and-neck-cancer": FocalDisease(
        sites={"cervical": 5, "supraclavicular": 1, "lung": 0.4}, count=(1, 4), radius_mm=(6, 17),
        suv=(4, 16), weight=0.7, first="tongue",
    ),
    "abscess": FocalDisease(
        sites={"psoas": 2, "gluteal": 1, "liver": 2, "lung": 1, "pancreas": 1, "rectum": 0.5},
        count=(1, 2), radius_mm=(10, 32), suv=(3.5, 12), weight=0.7, core=0.7,
    ),
    "osteomyelitis": FocalDisease(
        sites={"L": 3, "T": 2, "sacrum": 1, "femur": 1, "tibia": 1, "face": 0.7, "sternum": 0.7},
        count=(1, 1), radius_mm=(10, 24), suv=(3, 11), weight=0.6,
    ),
    "primary-bone-cancer": FocalDisease(
        sites={"femur": 3, "tibia": 1.5, "humerus": 2, "pelvis": 3, "scapula": 1, "ribs": 0.7},
        count=(1, 1), radius_mm=(14, 38), suv=(4, 15), weight=0.6, core=0.35,
    ),
    "acute-fracture": FocalDisease(
        sites={"ribs": 4, "T": 2, "L": 2, "sacrum": 1, "pelvis": 1}, count=(1, 5),
        radius_mm=(6, 12), suv=(2.2, 5.5), weight=0.6,
    ),
}  # fmt: skip
_FAINT_SHARE, _FAINT_SUV = 0.16, (1.2, 2.4)
_APART_MM = (8, 11, 7)  # of the foci of a cluster


def draw_foci(rng: np.random.Generator, patient: Patient, uptake: Uptake) -> list[Focus]:
    """Return the foci of one focal disease; those of some cases are hardly above what is there."""
    names = [n for n in FOCAL_DISEASES if n != "breast-cancer" or patient.is_woman]
    weights = np.array([FOCAL_DISEASES[name].weight for name in names])
    name = str(rng.choice(names, p=weights / weights.sum()))
    disease = FOCAL_DISEASES[name]
    low, high = disease.count
    # Few foci are as common as any larger number.
    number = int(rng.integers(low, rng.integers(low, high + 1) + 1))
    suv = float(np.exp(rng.uniform(*np.log(disease.suv))))
    is_faint = rng.random() < _FAINT_SHARE
    sites, shares = list(disease.sites), np.array(list(disease.sites.values()), float)
    foci = []
    for k in range(number):
        where = str(rng.choice(sites, p=shares / shares.sum()))
        where = disease.first if k == 0 and disease.first else where
        site = pick_site(rng, patient, where)
        own = suv * rng.lognormal(0, 0.25)
        if is_faint:
            own = background_suv(uptake, where) * rng.uniform(*_FAINT_SUV)
        for step in range(int(rng.integers(1, disease.cluster + 1))):
            near = site.place if not step else site.place + rng.normal(0, _APART_MM)
            radius = float(np.exp(rng.uniform(*np.log(disease.radius_mm))))
            if where == "ribs":
                radius = min(radius, 14.0)
            has_core = radius > 12 and rng.random() < disease.core
            foci.append(make_focus(rng, name, Site(near, site.region), radius, own, has_core))
    return foci


def pick_site(rng: np.random.Generator, patient: Patient, where: str) -> Site:
    """Return a place at a station of soft tissue or in a bone."""
    if where in STATIONS or where == "breast":
        return pick_station(rng, patient, where)
    return pick_bone(rng, patient, where)


def make_focus(
    rng: np.random.Generator,
    disease: str,
    site: Site,
    radius_mm: float,
    suv: float,
    has_core: bool = False,
) -> Focus:
    """Return a lump at a site; with ``has_core`` its middle is dead."""
    parts = lump_parts(rng, site.place, radius_mm, suv)
    if has_core:
        body = make_ellipsoid(site.place, radius_mm * rng.uniform(0.8, 1.1, 3))
        rim = body.shell(radius_mm * rng.uniform(0.3, 0.5))
        parts = [(body, suv * rng.uniform(0.1, 0.45)), (rim, suv)]
    return Focus(
        disease=disease,
        region=site.region,
        centre_mm=np.asarray(site.place, float),
        radius_mm=radius_mm,
        parts=parts,
    )


def lump_parts(rng, centre: np.ndarray, radius_mm: float, suv: float) -> list[Part]:
    """Return an uneven lump of a few overlapping ellipsoids."""
    parts = [(make_ellipsoid(centre, radius_mm * rng.uniform(0.75, 1.05, 3)), suv)]
    for _ in range(rng.integers(1, 4)):
        place = centre + rng.normal(0, 0.45 * radius_mm, 3)
        lobe = make_ellipsoid(place, radius_mm * rng.uniform(0.4, 0.75, 3))
        parts.append((lobe, suv * rng.uniform(0.75, 1.2)))
    return parts


def background_suv(uptake: Uptake, where: str) -> float:
    """Return about the SUV of what is around a site."""
    named = {
        "liver": uptake.liver, "spleen": uptake.spleen, "lung": uptake.lung,
        "breast": uptake.muscle, "colon": uptake.bowel, "rectum": uptake.bowel,
        "mediastinal": uptake.blood, "hilar": uptake.blood, "tongue": 0.75 * uptake.throat,
    }  # fmt: skip
    if where in named:
        return named[where]
    return uptake.muscle if where in STATIONS else uptake.marrow
