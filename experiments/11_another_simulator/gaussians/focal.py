"""One bone or several places: metastases, fractures, tumours, infection."""

from __future__ import annotations

from functools import partial

import numpy as np

from . import focal_local
from .body import LUMBAR, PELVIC, RIBS, THORACIC, Body
from .lesions import add_focus_in, add_rim
from .person import draw_person

_SPINE = (*THORACIC, *LUMBAR)
# Bones, relative frequency, and the stretch in which metastases settle.
_SITES = {
    "spine": (_SPINE, (0, 1)),
    "pelvis": (PELVIC, (0, 1)),
    "sacrum": (("sacrum", "sacroiliac"), (0, 1)),
    "ribs": (RIBS, (0.05, 0.95)),
    "sternum": (("sternum",), (0, 1)),
    "skull": (("vault",), (0.05, 0.9)),
    "scapula": (("scapula", "glenoid", "coracoid", "clavicle"), (0, 1)),
    "femur": (("femur", "trochanter", "femur_neck"), (0, 0.55)),
    "humerus": (("humerus", "humerus_head"), (0, 0.6)),
    "distal": (("tibia", "radius", "condyle", "tarsus", "femur"), (0.3, 1)),
}


def _scatter(rng, body: Body, number: int, weights: dict, sizes, multiples) -> None:
    names = list(weights)
    weight = np.array([weights[n] for n in names], float)
    # Some patients have hot lesions throughout, some modest ones.
    low, high = multiples
    typical = rng.uniform(low, high)
    for _ in range(number):
        bones, along = _SITES[names[rng.choice(len(names), p=weight / weight.sum())]]
        # Thin bones blur: a smaller focus needs more uptake to look as hot.
        shrink = 0.7 if bones in (RIBS, ("vault",)) else 1.0
        radius = shrink * rng.uniform(*sizes)
        multiple = np.clip(typical * rng.lognormal(0, 0.35) / shrink, 1.5, 10)
        add_focus_in(rng, body, bones, radius, multiple, along=along)


def _count(rng, typical: float, most: int, least: int = 2) -> int:
    return int(np.clip(round(rng.lognormal(np.log(typical), 0.6)), least, most))


def _prostate(rng, body: Body) -> None:
    weights = {"spine": 5, "pelvis": 5, "sacrum": 2, "ribs": 4, "femur": 1.5, "sternum": 0.5,
               "scapula": 1, "skull": 0.6, "humerus": 0.6}  # fmt: skip
    _scatter(rng, body, _count(rng, 9, 32, 3), weights, (7, 19), (1.4, 4.5))


def _breast(rng, body: Body) -> None:
    weights = {"spine": 5, "ribs": 4, "sternum": 1.5, "pelvis": 3, "skull": 1.3, "femur": 1.2,
               "humerus": 1, "scapula": 1, "sacrum": 1}  # fmt: skip
    _scatter(rng, body, _count(rng, 7, 28), weights, (7, 18), (1.4, 4))


def _lung(rng, body: Body) -> None:
    weights = {"ribs": 4, "spine": 4, "pelvis": 2.5, "femur": 1.5, "scapula": 1.3, "skull": 1,
               "humerus": 1, "distal": 1.2, "sacrum": 0.7}  # fmt: skip
    _scatter(rng, body, _count(rng, 4, 16), weights, (8, 19), (1.4, 4.2))


def _kidney(rng, body: Body) -> None:
    """Few, large, often with a cold centre; the diseased kidney is often gone."""
    cloud = body.cloud
    if rng.random() < 0.6:
        side = ("right", "left")[int(rng.integers(2))]
        cloud.scale(0.02, ("kidney", "pelvis_renal"), side)
    names = ("spine", "pelvis", "femur", "humerus", "ribs", "sacrum", "scapula")
    for i in range(_count(rng, 2, 5, 1)):
        bones, along = _SITES[names[rng.integers(len(names))]]
        if i == 0 or rng.random() < 0.5:
            point = cloud.centre[cloud.pick(rng, bones, along=along)].astype(float)
            add_rim(rng, body, point, rng.uniform(16, 28), rng.uniform(1.5, 4))
        else:
            add_focus_in(rng, body, bones, rng.uniform(8, 18), rng.uniform(1.6, 4), along=along)


_old = partial(draw_person, age=(62, 90))
_young = partial(draw_person, age=(14, 40), bmi=(18, 28))
_adult = partial(draw_person, age=(35, 85))

KINDS = {
    "prostate metastases": (partial(draw_person, age=(55, 88), is_female=False), _prostate),
    "breast metastases": (partial(draw_person, age=(36, 82), is_female=True), _breast),
    "lung metastases": (partial(draw_person, age=(45, 82)), _lung),
    "kidney metastases": (partial(draw_person, age=(45, 80)), _kidney),
    "rib fractures": (_adult, focal_local.break_ribs),
    "vertebral fractures": (_old, focal_local.break_vertebrae),
    "paget": (partial(draw_person, age=(55, 88)), focal_local.add_paget),
    "fibrous dysplasia": (_young, focal_local.add_fibrous_dysplasia),
    "primary sarcoma": (partial(draw_person, age=(12, 60)), focal_local.add_sarcoma),
    "osteomyelitis": (_adult, focal_local.add_osteomyelitis),
    "stress fracture": (partial(draw_person, age=(16, 45), bmi=(18, 26)),
                        focal_local.add_stress_fracture),
    "sacral insufficiency": (partial(draw_person, age=(64, 90), is_female=True),
                             focal_local.break_sacrum),
    "hip prosthesis": (_old, focal_local.add_loose_prosthesis),
    "osteoid osteoma": (partial(draw_person, age=(12, 30), bmi=(17, 26)),
                        focal_local.add_osteoid_osteoma),
    "avascular necrosis": (partial(draw_person, age=(28, 65)), focal_local.add_necrosis),
}  # fmt: skip
