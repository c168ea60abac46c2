"""Normal variants of FDG uptake that are spots: brown fat, worn joints, injection sites, nodes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from uptake_ml.phantom.fdg_joints import draw_lining, joint_foci
from uptake_ml.phantom.fdg_spec import FocusSpec
from uptake_ml.phantom.fdg_tables import load_fdg_uptake
from uptake_ml.phantom.person import FEMALE, Person
from uptake_ml.regions import LEFT, RIGHT

_SIGNS = {RIGHT: -1, LEFT: 1}


def draw_variants(rng: np.random.Generator, person: Person) -> dict[str, float]:
    """Return which variants a person has, and the SUV or the factor of each."""
    variants = {}
    for name, row in load_fdg_uptake()["variant"].items():
        if rng.random() < row["chance"] * _likelihood(name, person):
            spread = np.exp(np.clip(rng.normal(0, row["spread"]), -0.9, 1.2))
            variants[name] = float(row["value"] * spread)
    return variants


def draw_spots(
    rng: np.random.Generator, person: Person, variants: Mapping[str, float], liver_suv: float
) -> list[FocusSpec]:
    """Return the spots of those variants that are spots."""
    foci: list[FocusSpec] = []
    for name, make in _MAKERS.items():
        if name in variants:
            foci += make(rng, person, variants[name], liver_suv)
    return foci


def _likelihood(name: str, person: Person) -> float:
    if name in ("uterus", "ovary"):
        return float(person.sex == FEMALE and person.age_years < 50)
    if name == "brown-fat":
        lean = 1.5 if person.bmi < 24 else 0.5
        young = 2.0 if person.age_years < 40 else 0.6
        return lean * young * (1.4 if person.sex == FEMALE else 0.7)
    if name == "worn-joint":
        return float(np.clip((person.age_years - 30) / 30, 0.1, 1.6))
    return 1.0


def _trunk(kind, at, radii, suv, **more) -> FocusSpec:
    return FocusSpec(
        kind=kind,
        anchor=("trunk",),
        at_mm=tuple(float(v) for v in at),
        radii_mm=tuple(float(v) for v in np.broadcast_to(radii, 3)),
        suv=float(suv),
        **more,
    )


def _brown_fat(rng, person, suv, liver_suv) -> list[FocusSpec]:
    """Both sides alike: above the clavicles, along the neck, beside the spine at the ribs."""
    places = [(62, 205, 1512), (78, 200, 1506), (92, 196, 1502), (44, 215, 1530)]
    if rng.random() < 0.6:
        places += [(40, 225, 1555), (110, 192, 1496)]
    if rng.random() < 0.5:
        places += [(32, 272, z) for z in (1420, 1395, 1368, 1340, 1312)]
    foci = []
    for place in places:
        if rng.random() < 0.15:
            continue
        middle, size = suv * np.exp(rng.normal(0, 0.25)), rng.uniform(0.7, 1.25)
        for sign in (-1, 1):
            at = np.array(place) * [sign, 1, 1] + rng.normal(0, 3, 3)
            radii = np.array([9, 6, 6]) * size * np.exp(rng.normal(0, 0.2, 3))
            foci.append(_trunk("brown-fat", at, radii, middle * np.exp(rng.normal(0, 0.15))))
    return foci


def _exercised(rng, person, suv, liver_suv) -> list[FocusSpec]:
    which = str(rng.choice(["neck", "trapezius", "forearm", "chest"]))
    sides = (
        (RIGHT, LEFT)
        if which != "forearm" or rng.random() < 0.3
        else (str(rng.choice([RIGHT, LEFT])),)
    )
    foci = []
    for side in sides:
        sign = _SIGNS[side]
        own = suv * np.exp(rng.normal(0, 0.12))
        if which == "forearm":
            foci.append(
                FocusSpec(
                    kind="exercised-muscle",
                    anchor=("bone", f"radius_{side[0]}"),
                    at_mm=(0.0, -70.0, 0.0),
                    radii_mm=(22.0, 22.0, 70.0),
                    suv=float(own),
                )
            )
        elif which == "neck":
            for k in range(4):
                at = ((16 + 10 * k) * sign, 175 + 8 * k, 1500 + 26 * k)
                foci.append(_trunk("exercised-muscle", at, (8, 9, 18), own))
        elif which == "trapezius":
            for k in range(3):
                at = ((45 + 28 * k) * sign, 250 - 6 * k, 1530 - 9 * k)
                foci.append(_trunk("exercised-muscle", at, (18, 9, 11), own))
        else:
            # The pectoral fans out from the arm to the breastbone.
            for x, y, z in ((60, 118, 1385), (82, 117, 1408), (104, 124, 1426), (126, 138, 1440)):
                size = (17, 8, 34 - 0.2 * x)
                foci.append(_trunk("exercised-muscle", (x * sign, y, z), size, own))
    return foci


def _extravasation(rng, person, suv, liver_suv) -> list[FocusSpec]:
    side = str(rng.choice([RIGHT, LEFT]))
    region, part = ("elbow", "") if rng.random() < 0.75 else ("hand", "mcp3")
    radius = rng.uniform(4, 9)
    at = (rng.normal(0, 8), -22.0, rng.normal(0, 10))
    return [
        FocusSpec(
            kind="extravasation",
            anchor=("joint", region, side, part),
            at_mm=tuple(float(v) for v in at),
            radii_mm=(float(radius),) * 3,
            suv=float(suv),
        )
    ]


def _worn_joint(rng, person, suv, liver_suv) -> list[FocusSpec]:
    """Mild uptake of ageing joints, usually on both sides and below that of the liver."""
    foci = []
    for region, chance in (("shoulder", 0.7), ("hip", 0.25)):
        if rng.random() > chance:
            continue
        lining, core = draw_lining(rng, region), rng.uniform(0.5, 0.8)
        for side in (RIGHT, LEFT):
            own = min(suv * np.exp(rng.normal(0, 0.15)), 0.95 * liver_suv)
            foci += joint_foci(
                rng, region, side, "", suv=own, core=core, lining=lining, kind="worn-joint"
            )
    return foci


def _vaccine_node(rng, person, suv, liver_suv) -> list[FocusSpec]:
    side = str(rng.choice([RIGHT, LEFT]))
    foci = []
    for _ in range(int(rng.integers(1, 3))):
        at = (_SIGNS[side] * rng.uniform(128, 142), rng.uniform(198, 218), rng.uniform(1415, 1450))
        foci.append(_trunk("vaccine-node", at, rng.uniform(4, 6), suv))
    return foci


def _hilar_nodes(rng, person, suv, liver_suv) -> list[FocusSpec]:
    return [
        _trunk("hilar-node", (34 * sign, 202, 1392 + 4 * k), 6.0, suv * np.exp(rng.normal(0, 0.08)))
        for sign in (-1, 1)
        for k in (0, 3)
    ]


_MAKERS = {
    "brown-fat": _brown_fat,
    "exercised-muscle": _exercised,
    "extravasation": _extravasation,
    "worn-joint": _worn_joint,
    "vaccine-node": _vaccine_node,
    "hilar-node": _hilar_nodes,
}
