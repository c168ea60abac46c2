"""Focal diseases: which foci they paint, named as in the table of FDG's diseases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.swept.body import Body
from uptake_ml.phantom.swept.person import log_uniform
from uptake_ml.phantom.swept.sweep import Sweep
from uptake_ml.phantom.swept_pet.sites import STATIONS, Site, lump_at, pick_site
from uptake_ml.phantom.swept_pet.uptake import Uptake

CONTRAST = (0.5, 12.0)  # of a focus over what is around it
_HOTTEST = 24.0
_BETWEEN_FOCI = 0.28
_CORE_FROM_MM = 14.0
_APART_MM = (9, 8, 13)  # of the foci of a cluster


@dataclass(frozen=True, kw_only=True, eq=False)
class Focus:
    """One lesion: its solids, whose values are SUV, in a body of 1.7 m.

    ``region`` is an index of ``regions``, ``disease`` a row of the table of FDG's diseases.
    """

    disease: str
    region: int
    centre_mm: np.ndarray
    radius_mm: float
    solids: Sequence[Sweep]

    @property
    def suv(self) -> float:
        """Return the greatest SUV that is painted."""
        return float(max(solid.value.max() for solid in self.solids))


@dataclass(frozen=True, kw_only=True)
class FocalDisease:
    """``count`` and ``radius_mm`` are ranges; ``first`` is where its first lesion lies.

    ``row`` is that of the table of FDG's diseases, ``core`` the chance that large foci are dead in
    the middle.
    """

    row: str
    weight: float
    sites: dict[str, float]
    count: tuple[int, int]
    radius_mm: tuple[float, float]
    first: str | None = None
    cluster: int = 1
    core: float = 0.2


_BONES = {
    "T": 4, "L": 3.5, "C": 1, "ribs": 4, "pelvis": 4, "sacrum": 1.8, "sternum": 1.2, "femur": 1.6,
    "humerus": 1.2, "scapula": 1.4, "clavicle": 0.6, "skull": 0.6, "tibia": 0.15,
}  # fmt: skip
_NODES = dict.fromkeys(
    ("cervical", "supraclavicular", "axillary", "mediastinal", "hilar", "para-aortic", "iliac",
     "inguinal"), 1.0,
)  # fmt: skip
FOCAL_DISEASES = {
    "bone-metastases": FocalDisease(
        row="bone-metastases", weight=2.0, sites=_BONES, count=(1, 20), radius_mm=(5, 30)
    ),
    "lymphoma": FocalDisease(
        row="lymphoma", weight=1.8, sites={**_NODES, "spleen": 0.5}, count=(1, 5),
        radius_mm=(4, 24), cluster=6, core=0.05,
    ),
    "lung-cancer": FocalDisease(
        row="lung-cancer", weight=1.5,
        sites={"hilar": 2.5, "mediastinal": 3, "adrenal": 0.7, "T": 0.6, "ribs": 0.6, "liver": 0.4},
        count=(1, 8), radius_mm=(5, 32), first="lung",
    ),
    "liver-metastases": FocalDisease(
        row="liver-metastases", weight=1.1, sites={"liver": 8, "para-aortic": 0.6, "lung": 0.6},
        count=(1, 10), radius_mm=(6, 28), first="liver",
    ),
    "colon-tumour": FocalDisease(
        row="liver-metastases", weight=0.7, sites={"liver": 3, "para-aortic": 1, "lung": 0.5},
        count=(1, 3), radius_mm=(6, 24), first="colon",
    ),
    "melanoma": FocalDisease(
        row="soft-tissue-sarcoma", weight=0.8,
        sites={"lung": 2, "thigh": 1, "skin": 2, "liver": 1.5, "axillary": 1, "inguinal": 1,
               "gluteal": 0.7, "psoas": 0.5, "T": 0.6, "pelvis": 0.6},
        count=(2, 20), radius_mm=(4, 18), core=0.1,
    ),
    "head-and-neck-cancer": FocalDisease(
        row="head-and-neck-cancer", weight=0.9,
        sites={"cervical": 5, "supraclavicular": 1, "lung": 0.4}, count=(1, 5), radius_mm=(5, 22),
        first="throat",
    ),
    "breast-cancer": FocalDisease(
        row="breast-cancer", weight=0.7,
        sites={"axillary": 4, "sternum": 0.8, "T": 0.7, "pelvis": 0.5, "liver": 0.4},
        count=(1, 6), radius_mm=(5, 18), first="breast",
    ),
    "abscess": FocalDisease(
        row="abscess", weight=0.5,
        sites={"psoas": 2, "gluteal": 1, "liver": 1.5, "lung": 1, "pancreas": 1, "rectum": 0.5},
        count=(1, 2), radius_mm=(10, 34), core=0.8,
    ),
    "osteomyelitis": FocalDisease(
        row="osteomyelitis", weight=0.5,
        sites={"L": 3, "T": 2, "sacrum": 1, "femur": 1, "tibia": 0.8, "face": 0.6, "sternum": 0.7},
        count=(1, 1), radius_mm=(9, 26),
    ),
    "acute-fracture": FocalDisease(
        row="acute-fracture", weight=0.5,
        sites={"ribs": 4, "T": 2, "L": 2, "sacrum": 1, "pelvis": 1}, count=(1, 6),
        radius_mm=(5, 12),
    ),
}  # fmt: skip


def draw_foci(rng: np.random.Generator, body: Body, uptake: Uptake) -> list[Focus]:
    """Return the foci of one focal disease, about as hot as each other."""
    names = [n for n in FOCAL_DISEASES if n != "breast-cancer" or body.person.is_female]
    weights = np.array([FOCAL_DISEASES[name].weight for name in names])
    disease = FOCAL_DISEASES[str(rng.choice(names, p=weights / weights.sum()))]
    low, high = disease.count
    # Few foci are as common as many.
    number = int(log_uniform(rng, low, high + 0.99))
    contrast = log_uniform(rng, *CONTRAST)
    sites, shares = list(disease.sites), np.array(list(disease.sites.values()), float)
    foci: list[Focus] = []
    for k in range(number):
        where = str(rng.choice(sites, p=shares / shares.sum()))
        where = disease.first if k == 0 and disease.first else where
        site = pick_site(rng, body, where)
        own = contrast * rng.lognormal(0, _BETWEEN_FOCI)
        for step in range(int(rng.integers(1, disease.cluster + 1))):
            near = site._replace(place=site.place + rng.normal(0, _APART_MM)) if step else site
            radius = log_uniform(rng, *disease.radius_mm)
            foci.append(_make_focus(rng, body, uptake, disease, where, near, radius, own))
    return foci[:20]


def _make_focus(
    rng, body: Body, uptake: Uptake, disease: FocalDisease, where: str, site: Site, radius: float,
    contrast: float,
) -> Focus:  # fmt: skip
    suv = focus_suv(uptake, where, contrast)
    is_hollow = radius > _CORE_FROM_MM and rng.random() < disease.core
    core = float(rng.uniform(0.15, 0.7)) if is_hollow else 1.0
    return Focus(
        disease=disease.row,
        region=site.region,
        centre_mm=site.place,
        radius_mm=radius,
        solids=lump_at(rng, body, site, where, radius, suv, core),
    )


def focus_suv(uptake: Uptake, where: str, contrast: float) -> float:
    """Return the SUV of a focus of this contrast at a site."""
    return min(background_suv(uptake, where) * (1 + contrast), _HOTTEST)


def background_suv(uptake: Uptake, where: str) -> float:
    """Return about the SUV of what is around a site; in fat and lung, part of that of blood."""
    named = {
        "liver": uptake.liver, "spleen": uptake.spleen, "colon": uptake.colon,
        "rectum": uptake.colon, "mediastinal": uptake.blood, "hilar": uptake.blood,
        "throat": uptake.throat,
    }  # fmt: skip
    least = 0.65 * uptake.blood
    if where in named:
        return max(named[where], least)
    return least if where in STATIONS else max(uptake.marrow, least)
