"""Large tumours of the soft tissue of a limb or a buttock."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.swept.body import Body
from uptake_ml.phantom.swept.findings import SIDE_NAMES
from uptake_ml.phantom.swept.lesions import blob
from uptake_ml.phantom.swept.person import log_uniform
from uptake_ml.phantom.swept_pet.focal import CONTRAST, Focus, focus_suv
from uptake_ml.phantom.swept_pet.sites import Site, pick_station
from uptake_ml.phantom.swept_pet.uptake import Uptake
from uptake_ml.regions import index_of

SARCOMA = "soft-tissue-sarcoma"
# Share and radius in mm.
_WHERE = {
    "thigh": (0.5, (14, 50)), "calf": (0.14, (10, 32)), "upper arm": (0.18, (10, 32)),
    "buttock": (0.18, (14, 46)),
}  # fmt: skip
_CORE_SHARE, _SPREAD_SHARE = 0.45, 0.3


def draw_limb_tumour(rng: np.random.Generator, body: Body, uptake: Uptake) -> list[Focus]:
    """Return a tumour of one limb, and at times what it spread to the lungs."""
    where = str(rng.choice(list(_WHERE), p=[share for share, _ in _WHERE.values()]))
    side = int(rng.choice([-1, 1]))
    suv = focus_suv(uptake, where, log_uniform(rng, *CONTRAST))
    radius = log_uniform(rng, *_WHERE[where][1])
    foci = [_mass(rng, _place(rng, body, where, side), radius, suv)]
    for _ in range(rng.integers(1, 6) if rng.random() < _SPREAD_SHARE else 0):
        site, size = pick_station(rng, body, "lung"), rng.uniform(5, 12)
        nodule = blob("tumour", site.place, size, suv * rng.uniform(0.5, 1), rng)
        foci.append(Focus(disease=SARCOMA, region=site.region, centre_mm=site.place,
                          radius_mm=size, solids=[nodule]))  # fmt: skip
    return foci


def _place(rng, body: Body, where: str, side: int) -> Site:
    """Return a place in a compartment beside the bone."""
    at = {name: point for (name, s), point in body.points.items() if s == side}
    region = {"upper arm": "arm-soft-tissue"}.get(where, "leg-soft-tissue")
    if where == "buttock":
        place = at["hip"] + (side * rng.normal(4, 10), rng.uniform(24, 44), rng.uniform(-40, 30))
        return Site(place, index_of("trunk-soft-tissue", None))
    start, stop, share, beside_mm = {
        "thigh": (at["hip"], at["knee"], rng.uniform(0.12, 0.75), 32),
        "calf": (at["knee"], at["ankle"], rng.uniform(0.15, 0.6), 18),
        "upper arm": (at["shoulder"], at["elbow"], rng.uniform(0.2, 0.75), 18),
    }[where]
    turn = rng.uniform(0, 2 * np.pi)
    aside = beside_mm * rng.uniform(0.5, 1.2) * np.array([np.cos(turn), np.sin(turn), 0])
    return Site(start + share * (stop - start) + aside, index_of(region, SIDE_NAMES[side]))


def _mass(rng, site: Site, radius: float, suv: float) -> Focus:
    """Return a mass, dull or dead in the middle, with lumps and a long axis."""
    core = rng.uniform(0.1, 0.5) if rng.random() < _CORE_SHARE else rng.uniform(0.6, 1)
    solids = [blob("tumour", site.place, radius, suv, rng, lobes=0.16, core=core)]
    for _ in range(rng.integers(3, 8)):
        way = rng.normal(size=3) * (1, 1, 1.6)
        place = site.place + rng.uniform(0.5, 0.8) * radius * way / np.linalg.norm(way)
        size = radius * rng.uniform(0.25, 0.55)
        solids.append(blob("tumour", place, size, suv * rng.uniform(0.7, 1.3), rng))
    return Focus(disease=SARCOMA, region=site.region, centre_mm=site.place, radius_mm=radius,
                 solids=solids)  # fmt: skip
