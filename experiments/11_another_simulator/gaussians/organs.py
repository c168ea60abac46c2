"""Urine, kidneys and soft tissue with an own uptake."""

from __future__ import annotations

import numpy as np

from .person import SIDE_SIGN, Person

# Nothing here is bone; scaling the skeleton leaves these names alone.
ORGANS = ("kidney", "pelvis_renal", "ureter", "bladder", "liver", "heart", "breast", "thyroid",
          "urine", "tissue", "stain")  # fmt: skip


def _turn(angle_rad: float) -> np.ndarray:
    """Return the rotation about the front-back axis."""
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]])


def add_organs(cloud, person: Person, points: dict, rng, flesh: float) -> None:
    """Add kidneys, ureters, bladder, liver, heart and breasts of a healthy person."""
    k = person.scale
    level = points["L1", None]
    uptake = rng.lognormal(np.log(1.5), 0.4)
    drop = rng.normal(0, 10)
    for side, s in SIDE_SIGN:
        lower = 12 if side == "right" else 0
        centre = np.array([s * rng.normal(66, 5), -58, level[2] + drop + lower + rng.normal(14, 7)])
        centre *= (k, k, 1)
        points["kidney", side] = centre
        one = uptake * rng.lognormal(0, 0.1)
        semi = np.array([27, 22, 54]) * k * rng.normal(1, 0.06)
        cloud.solid("kidney", side, centre, semi, one, turn=_turn(s * 0.25))
        hilus = centre + np.array([-s * 10, 4, 0])
        calyx = one * rng.lognormal(np.log(0.9), 0.5)
        cloud.blob("pelvis_renal", side, hilus, (11, 10, 17), calyx)
    _add_bladder(cloud, person, points, rng)
    liver = np.array([-62, 15, points["T11", None][2] + 10]) * (k, 1, 1)
    cloud.solid("liver", None, liver, (78 * k, 60, 65 * k), flesh * rng.uniform(0.1, 0.5), 24)
    heart = np.array([22, 35, points["T8", None][2]])
    cloud.solid("heart", None, heart, (45, 35, 50), flesh * rng.uniform(0.1, 0.6), 22)
    if person.is_female:
        add_breasts(cloud, person, points, flesh * rng.uniform(0.1, 0.7), rng)


def _add_bladder(cloud, person, points, rng) -> None:
    size = rng.uniform(16, 36)
    flat = rng.uniform(0.65, 1.0)
    symphysis = points["symphysis", None]
    centre = symphysis + np.array([rng.normal(0, 5), -42, -14 - 0.75 * size * flat])
    points["bladder", None] = centre
    uptake = rng.lognormal(np.log(9), 0.6)
    cloud.solid("bladder", None, centre, (size * 1.15, size, size * flat), uptake)
    for side, s in SIDE_SIGN:
        if rng.random() < 0.25:
            add_ureter(cloud, points, side, s, rng, rng.uniform(1.5, 5), part=rng.uniform(0.1, 0.4))


def add_ureter(cloud, points, side, s, rng, uptake, part=1.0) -> None:
    """Add urine in a stretch of a ureter; `part` of its length."""
    kidney, bladder = points["kidney", side], points["bladder", None]
    path = np.array(
        [
            kidney + np.array([-s * 14, 8, 15]),
            (s * 36, 10, points["L3", None][2]),
            (s * 33, 12, points["L5", None][2]),
            points["sacrum", None] + np.array([s * 46, 45, 0]),
            bladder + np.array([s * 14, -6, 4]),
        ]
    )
    start = rng.uniform(0, 1 - part)
    t = np.linspace(start, start + part, 8) * 4
    points_along = np.stack([np.interp(t, np.arange(5), path[:, i]) for i in range(3)], 1)
    cloud.chain("ureter", side, points_along, 3.5, uptake)


def add_breasts(cloud, person: Person, points: dict, uptake: float, rng, ratio=1.0) -> None:
    """Add both breasts; `ratio` is left to right."""
    size = 38 + 1.8 * max(person.fat, 0) + rng.normal(0, 4)
    for side, s in SIDE_SIGN:
        centre = np.array([s * (68 + 0.9 * size), 92 + 1.5 * person.fat, 0.278 * person.height_mm])
        semi = (size, 20 + 0.3 * size, size * 1.05)
        one = uptake * (ratio if side == "left" else 1)
        cloud.solid("breast", side, centre, semi, one, spacing_mm=15)


def draw_tissue_map(person: Person, points: dict, flesh: float, x, z) -> np.ndarray:
    """Return the soft tissue's uptake [rows, columns] at pixels x, z (SUV)."""
    tissue = np.full((len(z), len(x)), flesh, np.float32)
    lung_z, half = points["T7", None][2], 95 * person.scale
    for _, s in SIDE_SIGN:
        r2 = ((x[None] - s * 66 * person.chest) / (58 * person.chest)) ** 2
        r2 = r2 + ((z[:, None] - lung_z) / half) ** 2
        tissue *= 1 - 0.42 / (1 + np.exp(np.clip((r2 - 1) * 5, -30, 30)))
    # Head and neck hold less soft tissue, the calves hold less than the thighs.
    tissue *= np.interp(z, [0.13 * person.height_mm, 0.17 * person.height_mm], [0.75, 1])[:, None]
    knee = points["knee", "left"][2]
    return tissue * np.interp(z, [knee - 150, knee + 150], [1.0, 0.8])[:, None].astype(np.float32)
