"""Focal disease of the stylized person's FDG-PET: where, how large and how hot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.stylized.person import SIDES, Person
from uptake_ml.phantom.stylized.raster import Shape, ellipsoid
from uptake_ml.phantom.stylized_pet.levels import about
from uptake_ml.regions import index_of

MOST_SUV, LEAST_OVER_BACKGROUND = 14.0, 1.5
_FAINT_SHARE = 0.28
# Where lesions of soft tissue lie: (x and y as parts of stature, z in mm from front to back), their
# scatter in mm, the region that the truth names, and the tissue around them.
_STATIONS = {
    "neck": ((0.032, 0.145, -15), (6, 14, 8), "head-neck-soft-tissue", "muscle"),
    "tongue": ((0.012, 0.105, -40), (6, 8, 8), "head-neck-soft-tissue", "muscle"),
    "clavicle": ((0.045, 0.163, -5), (10, 5, 8), "trunk-soft-tissue", "muscle"),
    "axilla": ((0.078, 0.205, 10), (8, 14, 10), "trunk-soft-tissue", "muscle"),
    "mediastinum": ((0.0, 0.225, -10), (14, 18, 12), "trunk-soft-tissue", "blood"),
    "hilum": ((0.024, 0.245, 0), (6, 8, 6), "trunk-soft-tissue", "blood"),
    "lung": ((0.043, 0.242, 5), (10, 38, 28), "lung", "lung"),
    "breast": ((0.05, 0.238, -78), (14, 14, 4), "breast", "fat"),
    "liver": ((-0.045, 0.318, -10), (24, 26, 22), "liver", "liver"),
    "spleen": ((0.062, 0.315, 45), (6, 18, 10), "spleen", "spleen"),
    "pancreas": ((0.01, 0.352, -10), (26, 7, 8), "trunk-soft-tissue", "muscle"),
    "colon": ((0.048, 0.4, -35), (6, 40, 6), "bowel", "colon"),
    "retroperitoneum": ((0.008, 0.38, 6), (12, 32, 6), "trunk-soft-tissue", "blood"),
    "iliac": ((0.03, 0.452, 5), (8, 16, 10), "trunk-soft-tissue", "muscle"),
    "groin": ((0.05, 0.497, -42), (8, 6, 8), "trunk-soft-tissue", "muscle"),
    "buttock": ((0.055, 0.48, 75), (14, 24, 8), "trunk-soft-tissue", "muscle"),
    "thigh": ((0.058, 0.57, 8), (14, 45, 16), "leg-soft-tissue", "muscle"),
}  # fmt: skip
_MIDLINE = ("mediastinum", "liver", "pancreas", "retroperitoneum")
# Only ever on the patient's left.
_LEFT_ONLY = ("spleen",)
_BONE_REGIONS = {
    "skull": "skull", "sternum": "sternum", "rib": "ribs", "scapula": "scapula",
    "clavicle": "clavicle", "humerus": "humerus", "sacrum": "sacrum", "pelvis": "pelvis",
    "femur": "femur", "tibia": "tibia",
}  # fmt: skip
_SPINE_REGIONS = {"C": "cervical-spine", "T": "thoracic-spine", "L": "lumbar-spine"}
_BONES = (
    *("vertebra", "vertebra", "vertebra", "rib", "rib", "pelvis", "pelvis", "sacrum", "scapula"),
    *("sternum", "femur", "humerus", "clavicle", "skull"),
)
_NODES = (
    *("neck", "clavicle", "axilla", "mediastinum"),
    *("hilum", "retroperitoneum", "iliac", "groin"),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Focus:
    """One lesion: solids and the SUV each is painted with; ``region`` is an index of ``regions``.

    ``disease`` is a row of ``data/fdg_diseases.toml``.
    """

    disease: str
    region: int
    centre_mm: np.ndarray
    radius_mm: float
    solids: Sequence[tuple[Shape, float]]

    @property
    def suv(self) -> float:
        """Return the greatest SUV that is painted."""
        return max(value for _, value in self.solids)


@dataclass(frozen=True, kw_only=True)
class _Disease:
    """``count`` and ``radius_mm`` are ranges; ``first`` is where its first lesion lies."""

    sites: tuple[str, ...]
    count: tuple[int, int]
    radius_mm: tuple[float, float]
    first: str | None = None
    cluster: int = 1
    weight: float = 1.0


_DISEASES = {
    "bone-metastases": _Disease(sites=_BONES, count=(1, 16), radius_mm=(5, 22), weight=2.0),
    "myeloma-foci": _Disease(sites=_BONES, count=(2, 12), radius_mm=(5, 14)),
    "lymphoma": _Disease(
        sites=(*_NODES, "spleen"), count=(1, 8), radius_mm=(5, 18), cluster=4, weight=1.6
    ),
    "lymphadenitis": _Disease(sites=_NODES, count=(1, 3), radius_mm=(5, 10), cluster=3),
    "lung-cancer": _Disease(
        sites=("hilum", "mediastinum", "clavicle", "vertebra", "rib", "liver"),
        count=(1, 7), radius_mm=(5, 32), first="lung", weight=1.4,
    ),
    "breast-cancer": _Disease(
        sites=("axilla", "axilla", "vertebra", "sternum", "liver"),
        count=(1, 5), radius_mm=(5, 18), first="breast", weight=0.7,
    ),
    "head-and-neck-cancer": _Disease(
        sites=("neck",), count=(1, 4), radius_mm=(6, 18), first="tongue", weight=0.7
    ),
    "liver-metastases": _Disease(sites=("liver",), count=(1, 7), radius_mm=(6, 28), weight=0.9),
    "abscess": _Disease(
        sites=("retroperitoneum", "buttock", "liver", "iliac", "thigh", "pancreas", "colon"),
        count=(1, 2), radius_mm=(9, 36), weight=0.8,
    ),
    "soft-tissue-sarcoma": _Disease(
        sites=("lung",), count=(1, 3), radius_mm=(14, 40), first="thigh", weight=0.6
    ),
    "osteomyelitis": _Disease(
        sites=("vertebra", "tibia", "femur", "sacrum"), count=(1, 2), radius_mm=(9, 26), weight=0.6
    ),
    "primary-bone-cancer": _Disease(
        sites=("femur", "tibia", "humerus", "pelvis"), count=(1, 1), radius_mm=(13, 40), weight=0.5
    ),
    "acute-fracture": _Disease(sites=("vertebra", "rib"), count=(1, 4), radius_mm=(6, 13)),
}  # fmt: skip


def draw_foci(
    rng: np.random.Generator,
    person: Person,
    bones: Sequence[Shape],
    background: Mapping[str, float],
) -> list[Focus]:
    """Return the lesions of one focal disease.

    ``background`` holds the SUV of soft tissues by name, and of bone by "bone".
    """
    names = [n for n in _DISEASES if n != "breast-cancer" or person.sex == "female"]
    weights = np.array([_DISEASES[n].weight for n in names])
    name = str(rng.choice(names, p=weights / weights.sum()))
    disease = _DISEASES[name]
    low, high = disease.count
    # Few lesions are as common as any larger number.
    number = int(rng.integers(low, rng.integers(low, high + 1) + 1))
    is_faint, middle = rng.random() < _FAINT_SHARE, rng.uniform(0, 0.95)
    foci = []
    for k in range(number):
        site = disease.first if k == 0 and disease.first else str(rng.choice(disease.sites))
        at, region, tissue = _place(rng, person, bones, site)
        suv = _draw_suv(rng, background[tissue], middle, is_faint=is_faint)
        for step in range(int(rng.integers(1, disease.cluster + 1))):
            near = at if not step else at + rng.normal(0, 14, 3)
            radius = float(np.exp(rng.uniform(*np.log(disease.radius_mm))))
            own = float(np.clip(suv * rng.lognormal(0, 0.15), 0, MOST_SUV))
            solids = _solids(rng, near, radius, own)
            foci.append(
                Focus(disease=name, region=region, centre_mm=near, radius_mm=radius, solids=solids)
            )
    return foci


def _draw_suv(rng, background: float, middle: float, *, is_faint: bool) -> float:
    """Return a lesion's SUV; lesions of one case lie about ``middle`` of the range, 0 to 1."""
    least = LEAST_OVER_BACKGROUND * background
    if is_faint or rng.random() < 0.1:
        return float(least * rng.uniform(1.0, 1.8))
    least = max(1.6 * least, 2.2)
    share = np.clip(middle + rng.normal(0, 0.15), 0, 1)
    return float(np.exp(np.log(least) + share * np.log(max(MOST_SUV / least, 1.2))))


def _solids(rng, at: np.ndarray, radius: float, suv: float) -> list[tuple[Shape, float]]:
    """Return a ball; a large one has a dead middle or hotter lumps."""
    radii = radius * np.exp(rng.normal(0, 0.15, 3))
    if radius < 14:
        return [(ellipsoid("lesion", at, radii), suv)]
    if rng.random() < 0.35:
        core = about(rng, (0.35, 0.3)) * suv
        wall = ellipsoid("lesion", at, radii, wall_mm=float(rng.uniform(0.3, 0.5) * radius))
        return [(ellipsoid("lesion", at, radii), core), (wall, suv)]
    solids = [(ellipsoid("lesion", at, radii), rng.uniform(0.55, 0.9) * suv)]
    for _ in range(int(rng.integers(1, 6))):
        way = rng.normal(size=3)
        lump = at + 0.5 * radii * way / np.linalg.norm(way)
        solids.append((ellipsoid("lesion", lump, 0.45 * radius), suv * rng.uniform(0.8, 1.0)))
    return solids


def _place(rng, person: Person, bones, site: str) -> tuple[np.ndarray, int, str]:
    """Return a place (x, y, z) in mm at a site, its region and the tissue around it."""
    if site not in _STATIONS:
        shape = _piece(rng, bones, site)
        return shape.point(rng), bone_region(shape.name), "bone"
    (x, y, z), scatter, region, tissue = _STATIONS[site]
    sign = 1.0 if site in (*_MIDLINE, *_LEFT_ONLY) else float(rng.choice([-1, 1]))
    at = np.array([sign * x, y, z]) * [person.height_mm, person.height_mm, 1]
    at = person.fit(ellipsoid("place", at + rng.normal(0, 1, 3) * scatter, 1)).a
    side = "left" if at[0] > 0 else "right"
    return at, index_of(region, side), tissue


def _piece(rng, bones, site: str) -> Shape:
    """Return a piece of one bone of a kind: first the bone is chosen, then its piece."""
    names = sorted({b.name for b in bones if b.name.split(":")[0] == site})
    name = names[rng.integers(len(names))]
    pieces = [b for b in bones if b.name == name]
    return pieces[rng.integers(len(pieces))]


def bone_region(name: str) -> int:
    """Return the region of a bone of the stylized skeleton by its full name."""
    bone, *rest = name.split(":")
    if bone == "vertebra":
        return index_of(_SPINE_REGIONS[rest[0][0]], None)
    side = next((s for s in rest if s in SIDES), None)
    return index_of(_BONE_REGIONS[bone], side)
