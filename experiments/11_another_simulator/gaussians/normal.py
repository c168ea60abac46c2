"""Healthy people."""

from __future__ import annotations

from functools import partial

import numpy as np

from .body import LIMB_BONES, Body
from .organs import add_breasts, add_ureter
from .person import SIDE_SIGN, draw_person
from .variants import wear, wear_spine

_SIDES = ("right", "left")


def _young(rng, body: Body) -> None:
    cloud = body.cloud
    body.flesh *= rng.uniform(0.6, 0.9)
    cloud.scale(rng.uniform(1.0, 1.25), LIMB_BONES)


_PLATES = (
    # Joint, along the limb (mm), half width, height, uptake in parts of 10.
    *(("knee", -22, 30, 4, 1.3), ("knee", 24, 28, 4, 1.1), ("ankle", -14, 18, 3.5, 1.0)),
    *(("shoulder", 14, 18, 4, 1.0), ("wrist", -10, 10, 3, 0.8), ("hip", 8, 16, 5, 0.6)),
    *(("elbow", 2, 15, 4, 0.4), ("ankle", 26, 14, 7, 0.3)),
)


def _adolescent(rng, body: Body) -> None:
    body.flesh *= 0.8
    add_growth_plates(rng, body)


def add_growth_plates(rng, body: Body) -> None:
    """Add hot bands at the open growth plates of the young, symmetric, fading with age."""
    if body.person.age_years >= 18:
        return
    cloud, k = body.cloud, body.person.scale
    strength = np.interp(body.person.age_years, [12, 18], [1.2, 0.45]) * rng.lognormal(0, 0.15)
    for name, shift, half, height, heat in _PLATES:
        for side in _SIDES:
            point = body.points[name, side] + np.array([0, 0, shift]) * k
            semi = (half * k, half * 0.8 * k, height + 2)
            cloud.blob("growth_plate", side, point, semi, 8 * heat * strength)
    for side in _SIDES:
        cloud.scale(1 + 0.9 * strength, "crest", side)
        cloud.scale(1 + 0.5 * strength, "trochanter", side)
        cloud.heat(body.points["tuberosity", side], 14, 1 + strength)
        for ray in range(1, 6):
            cloud.heat(body.points[f"mtp{ray}", side], 6, 1 + strength)
            cloud.heat(body.points[f"mcp{ray}", side], 5, 1 + strength)
        for rib in range(2, 10):
            cloud.heat(body.points[f"rib{rib}_end", side], 7, 1 + 0.7 * strength)
    cloud.scale(1 + 0.25 * strength, LIMB_BONES)


def _elderly(rng, body: Body) -> None:
    wear(rng, body, int(rng.integers(2, 6)), 1.2, rng.uniform(1.6, 2.2))
    wear_spine(rng, body, int(rng.integers(1, 5)))
    body.flesh *= rng.uniform(1.0, 1.3)


def _obese(rng, body: Body) -> None:
    body.flesh *= rng.uniform(1.0, 1.4)


def _renal(rng, body: Body) -> None:
    """One dilated renal pelvis and ureter, or a single large kidney."""
    cloud = body.cloud
    i = int(rng.integers(2))
    side, s = SIDE_SIGN[i]
    if rng.random() < 0.45:
        cloud.scale(0.02, ("kidney", "pelvis_renal"), side)
        cloud.scale(rng.uniform(1.3, 2.0), ("kidney", "pelvis_renal"), SIDE_SIGN[1 - i][0])
        return
    hilus = body.points["kidney", side] + np.array([-s * 8, 5, 2])
    size = rng.uniform(13, 24)
    cloud.solid(
        "pelvis_renal", side, hilus, (size * 0.8, size * 0.7, size * 1.3), rng.uniform(5, 16)
    )
    if rng.random() < 0.7:
        add_ureter(cloud, body.points, side, s, rng, rng.uniform(5, 16), rng.uniform(0.4, 1.0))


def _contaminated(rng, body: Body) -> None:
    """Urine on skin or sheet: hot drops and streaks in front, at groin, thigh or hand."""
    p = body.points
    for _ in range(int(rng.integers(1, 5))):
        start = p["symphysis", None] + np.array([rng.normal(0, 45), 65, rng.uniform(25, 190)])
        if rng.random() < 0.15:
            start = p["mcp2", _SIDES[rng.integers(2)]] + np.array([0, 15, 0])
        size = rng.uniform(4, 14)
        body.cloud.blob(
            "urine", None, start, (size, 4, size * rng.uniform(0.6, 2)), rng.uniform(6, 40)
        )
    if rng.random() < 0.4:  # urine in the urethra or between the thighs
        place = p["symphysis", None] + np.array([0, 25, rng.uniform(40, 80)])
        body.cloud.blob("urine", None, place, (7, 10, rng.uniform(15, 32)), rng.uniform(8, 30))


def _breasts(rng, body: Body) -> None:
    uptake = max(body.flesh, 0.2) * rng.uniform(2.5, 6)
    add_breasts(body.cloud, body.person, body.points, uptake, rng, rng.lognormal(0, 0.15))


def _extravasated(rng, body: Body) -> None:
    """Injection beside the vein: a very hot patch, a track upwards, perhaps a node."""
    i = int(rng.integers(2))
    side, s = SIDE_SIGN[i]
    p, cloud = body.points, body.cloud
    place = ("elbow", "wrist", "mcp3")[int(rng.integers(3))]
    point = p[place, side] + np.array([0, 16, rng.normal(0, 12)])
    size = rng.uniform(6, 18)
    cloud.solid("stain", side, point, (size, size * 0.5, size * 1.4), rng.uniform(20, 120), 5)
    if rng.random() < 0.5:
        way = p["shoulder", side] - point
        path = [point, point + 0.5 * way, p["shoulder", side] + np.array([-s * 15, 20, 30])]
        cloud.chain("stain", side, path, 3, (6, 2, 1))
    if rng.random() < 0.4:
        node = p["shoulder", side] + np.array([-s * 18, 15, 48])
        cloud.blob("stain", side, node, 7, rng.uniform(8, 30))


def _plain(rng, body: Body) -> None:
    """Leave the body as it is."""


KINDS = {
    "young adult": (partial(draw_person, age=(20, 35), bmi=(18, 27)), _young),
    "adolescent": (partial(draw_person, age=(12, 18), bmi=(17, 24), height_mm=(1480, 1780)),
                   _adolescent),
    "middle-aged": (partial(draw_person, age=(36, 60)), _plain),
    "elderly": (partial(draw_person, age=(66, 90)), _elderly),
    "obese": (partial(draw_person, age=(35, 75), bmi=(32, 42)), _obese),
    "renal": (partial(draw_person, age=(30, 80)), _renal),
    "urine contamination": (partial(draw_person, age=(35, 85)), _contaminated),
    "breast uptake": (partial(draw_person, age=(20, 60), is_female=True), _breasts),
    "extravasation": (partial(draw_person, age=(25, 85)), _extravasated),
}  # fmt: skip
