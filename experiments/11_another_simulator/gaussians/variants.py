"""Wear, chance findings and artefacts that anybody may have, whatever the disease."""

from __future__ import annotations

import numpy as np

from .body import LUMBAR, Body
from .person import SIDE_SIGN

_SIDES = ("right", "left")
_WEAR_SITES = (
    *(("knee_medial", 3), ("patella", 2), ("shoulder", 2), ("acromioclavicular", 2)),
    *(("thumb_base", 2.5), ("mtp1", 2), ("sternoclavicular", 1.5), ("hip", 0.7), ("midfoot", 1)),
    *(("knee_lateral", 1), ("ankle", 0.5), ("wrist", 0.5), ("heel", 0.4), ("jaw", 0.5)),
)


def wear(rng, body: Body, sites: int, low: float = 1.15, high: float = 1.8) -> None:
    """Heat some joints, each on one side more than on the other, as wear does."""
    names = [name for name, _ in _WEAR_SITES]
    weight = np.array([w for _, w in _WEAR_SITES])
    sites = min(sites, len(names))
    for i in rng.choice(len(names), sites, replace=False, p=weight / weight.sum()):
        side = _SIDES[rng.integers(2)]
        factor = rng.uniform(low, high)
        body.heat_joint(names[i], side, factor)
        if rng.random() < 0.5:
            other = _SIDES[1 - _SIDES.index(side)]
            body.heat_joint(names[i], other, 1 + (factor - 1) * rng.uniform(0.15, 0.7))


def wear_spine(rng, body: Body, sites: int, low: float = 1.2, high: float = 1.8) -> None:
    """Heat facets and the margins of a few vertebrae, mostly lumbar, one-sided."""
    names = ("C4", "C5", "C6", "T8", "T10", *LUMBAR, "L4", "L5")
    for _ in range(sites):
        name = names[rng.integers(len(names))]
        side = _SIDES[rng.integers(2)]
        factor = rng.uniform(low, high)
        body.cloud.heat(body.points[f"{name}_facet", side], 9, factor)
        if rng.random() < 0.4:
            body.cloud.scale(rng.uniform(1.05, 1.2), name)


def add_variants(rng, body: Body) -> None:
    """Add wear by age and chance findings."""
    age = body.person.age_years
    wear(rng, body, int(rng.poisson(0.5 + max(age - 40, 0) / 22)), 1.08, 1.6)
    wear_spine(rng, body, int(rng.poisson(max(age - 35, 0) / 30)), 1.1, 1.5)
    _vary_bones(rng, body)
    _vary_soft_tissue(rng, body)
    if age > 62 and rng.random() < 0.08:
        _replace_knee(rng, body)
    if rng.random() < 0.12:
        _wear_metal(rng, body)


def _vary_bones(rng, body: Body) -> None:
    """Change what differs between healthy skeletons: teeth, insertions, forehead, rib ends."""
    cloud, person = body.cloud, body.person
    if rng.random() < 0.12:  # dental disease or sinusitis
        cloud.heat(cloud.centre[cloud.pick(rng, ("teeth", "maxilla"))], 8, rng.uniform(1.5, 2.5))
    if rng.random() < 0.25:  # deltoid insertion
        for side in _SIDES:
            cloud.scale(rng.uniform(1.1, 1.4), "humerus", side, (0.3, 0.5))
    if person.is_female and person.age_years > 45 and rng.random() < 0.15:
        # Thickening of the inner table of the forehead.
        forehead = np.array([0, 80, 0.04 * person.height_mm])
        cloud.heat(forehead, 45, rng.uniform(1.3, 2.0), bones=("vault",))
    if rng.random() < 0.15:  # rib ends, faintly
        for side in _SIDES:
            for rib in range(2, 9):
                cloud.heat(body.points[f"rib{rib}_end", side], 8, rng.uniform(1.1, 1.5))
    if rng.random() < 0.2:  # the lower neck's lordosis, seen on end
        cloud.scale(rng.uniform(1.1, 1.4), ("C5", "C6", "C7"))
    if rng.random() < 0.15:
        for side in _SIDES:
            cloud.scale(rng.uniform(1.1, 1.5), "patella", side)


def _vary_soft_tissue(rng, body: Body) -> None:
    """Change vein, thyroid, stomach and bowel."""
    cloud, points = body.cloud, body.points
    if rng.random() < 0.5:  # the injected vein
        point = points["elbow", _SIDES[rng.integers(2)]] + np.array([0, 15, rng.normal(0, 15)])
        cloud.blob("stain", None, point, (5, 5, rng.uniform(5, 14)), rng.lognormal(1.0, 0.8))
    if rng.random() < 0.1:  # free pertechnetate: thyroid and stomach
        uptake = rng.uniform(0.4, 1.2)
        for _, s in SIDE_SIGN:
            place = points["C7", None] + np.array([s * 17, 34, 0])
            cloud.blob("thyroid", None, place, (9, 8, 18), uptake)
        place = points["T12", None] + np.array([60, 50, 0])
        cloud.solid("tissue", None, place, (50, 25, 35), 0.4 * uptake, 15)
    if rng.random() < 0.05:  # bowel
        at = points["L4", None] + np.array([rng.normal(0, 50), 60, rng.normal(0, 20)])
        for _ in range(4):
            at = at + rng.normal(0, 1, 3) * (25, 5, 15)
            cloud.blob("tissue", None, at, (22, 16, 16), rng.uniform(0.2, 0.8))


def _replace_knee(rng, body: Body) -> None:
    """Put a sound prosthesis into one knee: cold metal, a faint margin."""
    side, cloud = _SIDES[rng.integers(2)], body.cloud
    cloud.scale(0.3, ("condyle", "patella", "plateau"), side)
    cloud.scale(0.5, "femur", side, (0.92, 1))
    for shift in (-42, 36):
        point = body.points["knee", side] + np.array([0, 0, shift]) * body.person.scale
        cloud.heat(point, 14, rng.uniform(1.2, 1.8), side=side)


def _wear_metal(rng, body: Body) -> None:
    """Note metal in front of the body: pendant, buckle, coin, pacemaker."""
    points = body.points
    options = (
        (points["T6", None] + np.array([rng.normal(0, 6), 0, 0]), 9, 11),
        (points["L4", None] + np.array([rng.normal(0, 8), 0, 30]), 24, 16),
        (points["hip", "right"] + np.array([-30, 0, 20]), 12, 12),
        (points["shoulder", "left"] + np.array([-62, 0, 62]), 24, 21),
    )
    place, half_x, half_z = options[int(rng.integers(4))]
    body.metal = (float(place[0]), float(place[2]), half_x, half_z, float(rng.uniform(0.2, 0.6)))
