"""Large tumours of a limb's soft tissue."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.solid_pet.foci import Focus, make_focus
from uptake_ml.phantom.solid_pet.patient import SIDES, Patient
from uptake_ml.phantom.solid_pet.sites import Site, pick_station
from uptake_ml.phantom.solid_pet.solids import make_ellipsoid
from uptake_ml.regions import index_of

SARCOMA = "soft-tissue-sarcoma"
_WHERE = {"thigh": 0.64, "calf": 0.16, "upper arm": 0.2}
_SUV, _RADIUS_MM = (4.0, 15.0), {"thigh": (18, 60), "calf": (15, 42), "upper arm": (15, 42)}
_CORE_SHARE, _SPREAD_SHARE = 0.5, 0.3


def draw_limb_tumour(rng: np.random.Generator, patient: Patient) -> list[Focus]:
    """Return a tumour of thigh, calf or upper arm, and at times what it spread to the lungs."""
    where = str(rng.choice(list(_WHERE), p=list(_WHERE.values())))
    side, sign = SIDES[rng.integers(2)]
    suv = float(np.exp(rng.uniform(*np.log(_SUV))))
    radius = float(np.exp(rng.uniform(*np.log(_RADIUS_MM[where]))))
    foci = [_mass(rng, _place(rng, patient, where, side, sign), radius, suv)]
    if rng.random() < _SPREAD_SHARE:
        for _ in range(rng.integers(1, 5)):
            site = pick_station(rng, patient, "lung")
            foci.append(make_focus(rng, SARCOMA, site, rng.uniform(6, 12), 0.8 * suv))
    return foci


def _place(rng, patient: Patient, where: str, side: str, sign: int) -> Site:
    if where == "upper arm":
        shoulder, elbow = patient.joints["shoulder", side], patient.joints["elbow", side]
        place = shoulder + rng.uniform(0.2, 0.6) * (elbow - shoulder) + rng.normal(0, 6, 3)
        return Site(place, index_of("arm-soft-tissue", side))
    level = rng.uniform(0.52, 0.67) if where == "thigh" else rng.uniform(0.76, 0.85)
    leg, s = patient.legs[side], level * patient.height_mm
    x, depth, width = (np.interp(s, leg[:, 0], leg[:, k]) for k in (2, 3, 4))
    # In a compartment beside the bone.
    angle, share = rng.uniform(0, 2 * np.pi), rng.uniform(0.25, 0.6)
    place = (share * depth * np.cos(angle), s, x + share * width * np.sin(angle))
    return Site(np.array(place), index_of("leg-soft-tissue", side))


def _mass(rng, site: Site, radius: float, suv: float) -> Focus:
    """Return a mass: a duller body, a hot rind, lumps, and by chance a dead middle."""
    radii = radius * np.array([0.8, rng.uniform(1.0, 1.5), 0.8]) * rng.uniform(0.85, 1.1, 3)
    has_core = rng.random() < _CORE_SHARE
    body = make_ellipsoid(site.place, radii)
    dull = suv * (rng.uniform(0.08, 0.35) if has_core else rng.uniform(0.4, 0.9))
    parts = [(body, dull), (body.shell(rng.uniform(0.25, 0.5) * radius), suv)]
    for _ in range(rng.integers(3, 10)):
        way = rng.normal(0, 1, 3)
        share = rng.uniform(0.6, 0.85) if has_core else rng.uniform(0.1, 0.7)
        place = site.place + share * radii * way / np.linalg.norm(way)
        lobe = make_ellipsoid(place, radius * rng.uniform(0.15, 0.35, 3))
        parts.append((lobe, suv * rng.uniform(0.8, 1.3)))
    return Focus(
        disease=SARCOMA,
        region=site.region,
        centre_mm=site.place,
        radius_mm=radius,
        parts=parts,
    )
