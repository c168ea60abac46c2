"""What healthy stylized persons show on FDG-PET besides their organs, and which is no lesion."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from uptake_ml.phantom.stylized.person import SIDES, Person
from uptake_ml.phantom.stylized.raster import Shape, capsule, chain, ellipsoid
from uptake_ml.phantom.stylized_pet.levels import about

_GUT_SPREAD = 0.35

Painted = list[tuple[Shape, float]]


def draw_variants(rng: np.random.Generator, person: Person, levels: Mapping[str, float]) -> Painted:
    """Return solids and their SUV: head and neck, bowel and genitals always, the rest at times."""
    found = _head_and_neck(rng, person) + _stomach(rng, person, levels)
    found += _bowel_loops(rng, person, levels) + _genitals(rng, person)
    for chance, make in _AT_TIMES:
        if rng.random() < chance:
            found += make(rng, person)
    return [(person.fit(shape), float(value)) for shape, value in found]


def vary_gut(rng: np.random.Generator, organs: Sequence[Shape]) -> list[Shape]:
    """Return the organs with stretches of bowel that take up more or less than the rest of it."""
    return [
        replace(shape, weight=shape.weight * rng.lognormal(0, _GUT_SPREAD))
        if shape.name in ("colon", "bowel")
        else shape
        for shape in organs
    ]


def cut_ureters(rng: np.random.Generator, organs: Sequence[Shape]) -> Painted:
    """Return filled segments of the ureters: urine runs down them in boluses."""
    found = []
    for line in (shape for shape in organs if shape.name == "ureter"):
        for _ in range(int(rng.choice(4, p=[0.45, 0.25, 0.2, 0.1]))):
            top = rng.uniform(0, 0.9)
            low = min(top + rng.uniform(0.04, 0.35), 1.0)
            ends = (line.a + share * (line.b - line.a) for share in (top, low))
            value = min(about(rng, (5.0, 0.6)), 22.0)
            found.append((capsule("ureter", *ends, rng.uniform(2.5, 4.5)), value))
    return found


def _head_and_neck(rng, person: Person) -> Painted:
    h, found = person.height_mm, []
    parotid, below = about(rng, (1.6, 0.35)), about(rng, (1.7, 0.35))
    tonsil, cord = min(about(rng, (2.4, 0.45)), 7), about(rng, (1.9, 0.4))
    eye, thyroid = about(rng, (2.6, 0.35)), about(rng, (1.3, 0.25))
    if rng.random() < 0.07:
        thyroid = rng.uniform(2.5, 7)
    for s in SIDES.values():
        one_side = rng.lognormal(0, 0.12)
        found += [
            (ellipsoid("parotid", (s * 55, 0.092 * h, -5), (10, 20, 14)), parotid),
            (ellipsoid("submandibular", (s * 30, 0.116 * h, -40), (9, 10, 13)), below),
            (ellipsoid("tonsil", (s * 15, 0.1 * h, -30), (7, 11, 8)), tonsil * one_side),
            (ellipsoid("vocal cord", (s * 6, 0.139 * h, -28), (4, 4, 9)), cord),
            (ellipsoid("thyroid", (s * 17, 0.151 * h, -18), (9, 20, 9)), thyroid),
            (ellipsoid("eye muscle", (s * 25, 0.066 * h, -66), (4, 8, 14)), eye),
        ]
    tongue = about(rng, (2.0, 0.4))
    return [*found, (ellipsoid("tongue", (0, 0.108 * h, -42), (14, 9, 12)), tongue)]


def _stomach(rng, person: Person, levels) -> Painted:
    h = person.height_mm
    line = np.array([(0.052, 0.302, 10), (0.045, 0.33, -25), (0.01, 0.352, -45)]) * [h, h, 1]
    return [(shape, levels["stomach"]) for shape in chain("stomach", line, rng.uniform(14, 26))]


def _bowel_loops(rng, person: Person, levels) -> Painted:
    """Return short stretches of bowel that are hotter than the rest of it."""
    h, found = person.height_mm, []
    for _ in range(int(rng.integers(0, 7))):
        at = np.array([rng.uniform(-0.05, 0.05), rng.uniform(0.37, 0.46), rng.uniform(-65, -15)])
        at = at * [h, h, 1]
        way = rng.normal(0, 22, 3) * [1, 1, 0.4]
        value = min(levels["bowel"] * rng.uniform(1.2, 3.5), 10.0)
        found.append((capsule("bowel", at, at + way, rng.uniform(6, 13)), value))
    rectum = (ellipsoid("rectum", (0, 0.492 * h, 55), (10, 22, 10)), about(rng, (1.8, 0.4)))
    return [*found, rectum]


def _genitals(rng, person: Person) -> Painted:
    h = person.height_mm
    if person.sex == "male":
        value = about(rng, (2.5, 0.3))
        places = [(s * 17, 0.525 * h, -60) for s in SIDES.values()]
        return [(ellipsoid("testis", at, (12, 19, 13)), value) for at in places]
    found = [(ellipsoid("uterus", (0, 0.472 * h, -5), (24, 22, 20)), 0.9)]
    if rng.random() < 0.15:
        found.append((ellipsoid("uterus", (0, 0.47 * h, -8), (8, 14, 9)), rng.uniform(2, 5)))
    if rng.random() < 0.08:
        at = (rng.choice([-1, 1]) * 42, 0.466 * h, 0)
        found.append((ellipsoid("ovary", at, (10, 11, 10)), rng.uniform(2, 5.5)))
    return found


def _brown_fat(rng, person: Person) -> Painted:
    """Both sides alike: above the clavicles, along the neck, beside the spine."""
    h, suv = person.height_mm, rng.uniform(2, 10)
    places = [(0.036, 0.158, 0), (0.048, 0.162, 5), (0.06, 0.166, 12), (0.026, 0.147, 8)]
    if rng.random() < 0.5:
        places += [(0.02, part, 75) for part in (0.185, 0.2, 0.215, 0.23)]
    found = []
    for place in places:
        for s in SIDES.values():
            at = np.array(place) * [s * h, h, 1] + rng.normal(0, 3, 3)
            radii = np.array([10, 6, 7]) * rng.uniform(0.7, 1.3)
            found.append((ellipsoid("brown fat", at, radii), suv * rng.lognormal(0, 0.25)))
    return found


def _avid_muscle(rng, person: Person) -> Painted:
    h, suv = person.height_mm, rng.uniform(1.3, 4)
    lines = {
        "neck": [(0.012, 0.165, -28), (0.03, 0.125, 5)],
        "trapezius": [(0.025, 0.158, 45), (0.075, 0.176, 50)],
        "chest": [(0.04, 0.215, -60), (0.085, 0.198, -25)],
        "crura": [(0.012, 0.315, 22), (0.014, 0.355, 22)],
        "psoas": [(0.022, 0.37, 25), (0.036, 0.445, 15)],
        "gluteus": [(0.04, 0.45, 85), (0.06, 0.49, 70)],
    }
    line = np.array(lines[str(rng.choice(list(lines)))])
    sides = list(SIDES.values()) if rng.random() < 0.75 else [float(rng.choice([-1, 1]))]
    return [
        (capsule("muscle", *(line * [s * h, h, 1]), rng.uniform(6, 12)),
         suv * rng.lognormal(0, 0.1))
        for s in sides
    ]  # fmt: skip


def _limb_muscle(rng, person: Person) -> Painted:
    side = str(rng.choice(list(SIDES)))
    start, end = (("elbow", "wrist"), ("knee", "ankle"))[rng.integers(2)]
    a, b = (np.array(person.points[name, side]) for name in (start, end))
    # Joints are this person's own already, unlike the places of the mean person.
    a[1], b[1] = person.unplace(a[1]), person.unplace(b[1])
    ends = a + rng.uniform(0.1, 0.3) * (b - a), a + rng.uniform(0.5, 0.8) * (b - a)
    return [(capsule("muscle", *ends, rng.uniform(12, 20)), rng.uniform(1.2, 4))]


def _raised_nodes(rng, person: Person) -> Painted:
    """Return nodes that take up mildly: of the hila of both sides, or of one axilla."""
    h, suv = person.height_mm, rng.uniform(1.5, 2.8)
    if rng.random() < 0.6:
        places = [(s * 0.022, part, 0) for s in SIDES.values() for part in (0.238, 0.25)]
    else:
        s = rng.choice([-1, 1])
        places = [(s * 0.08, part, 12) for part in rng.uniform(0.195, 0.215, 2)]
    places = [np.array(p) * [h, h, 1] + rng.normal(0, 2, 3) for p in places]
    return [
        (ellipsoid("node", at, rng.uniform(4, 6.5)), suv * rng.lognormal(0, 0.1)) for at in places
    ]


def _gullet(rng, person: Person) -> Painted:
    h = person.height_mm
    ends = (0, 0.17 * h, 12), (6, 0.3 * h, 15)
    return [(capsule("gullet", *ends, 6), rng.uniform(1.5, 3))]


def _extravasation(rng, person: Person) -> Painted:
    side = str(rng.choice(list(SIDES)))
    at = np.array(person.points["elbow" if rng.random() < 0.7 else "knuckles", side])
    at[1] = person.unplace(at[1])
    at += [rng.normal(0, 8), rng.normal(0, 10), -22]
    return [(ellipsoid("injection", at, rng.uniform(4, 9, 3)), rng.uniform(3, 25))]


_AT_TIMES: tuple[tuple[float, Callable[..., Painted]], ...] = (
    (0.09, _brown_fat), (0.2, _avid_muscle), (0.08, _limb_muscle), (0.1, _raised_nodes),
    (0.2, _gullet), (0.1, _extravasation),
)  # fmt: skip
