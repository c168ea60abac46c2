"""Tumours and their spread."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.framed.spots import on_bone
from uptake_ml.phantom.framed.subject import Body

from .disease import Disease
from .masses import in_root, lump, nodes, station
from .pet_tracer import Sugar


def _side(rng) -> int:
    return int(rng.choice([-1, 1]))


def _in_bones(body: Body, rng, n: int, suv: float, radii=(7, 17)) -> None:
    axial = body.find(
        "sacrum", "ilium", "socket", "ischium", "sternum", "manubrium", tag="spine"
    ) + body.find(tag="rib")
    limbs = body.find("femur", "humerus", "glenoid")
    for _ in range(n):
        bones = limbs if rng.random() < 0.15 else axial
        bone = bones[rng.integers(len(bones))]
        part = (
            rng.uniform(0.0, 0.45)
            if "spine" in bone.tags or "long" in bone.tags
            else rng.uniform(0.1, 0.95)
        )
        radius = rng.uniform(6, 9) if "rib" in bone.tags else rng.uniform(*radii)
        lump(
            body,
            on_bone(bone, part) + rng.normal(0, 3, 3),
            radius,
            suv * np.exp(rng.normal(0, 0.3)),
            rng,
        )


def _in_liver(body: Body, rng, n: int, suv: float) -> None:
    for _ in range(n):
        at = np.array([-62, -6, 552]) + rng.uniform(-1, 1, 3) * [44, 46, 50]
        lump(
            body,
            in_root(body, at),
            rng.uniform(8, 24),
            suv * np.exp(rng.normal(0, 0.25)),
            rng,
            dead=0.3,
        )


def _add_lymphoma(body: Body, sugar: Sugar, rng) -> None:
    suv = rng.uniform(5, 15)
    names = [
        "neck",
        "supraclavicular",
        "axilla",
        "paratracheal",
        "hilum",
        "paraaortic",
        "mesentery",
        "iliac",
        "groin",
    ]
    for name in rng.choice(names, int(rng.integers(2, 7)), replace=False):
        for s in (-1, 1):
            if rng.random() < 0.75:
                station(body, str(name), s, int(rng.integers(2, 6)), (7, 15), suv, rng)
    if rng.random() < 0.4:
        nodes(body, (-4, -34, 392), (18, 10, 20), 4, (16, 28), suv, rng)


def _add_lung_cancer(body: Body, sugar: Sugar, rng) -> None:
    s, suv = _side(rng), rng.uniform(6, 16)
    at = (s * rng.uniform(52, 100), rng.uniform(-30, 50), rng.uniform(350, 500))
    lump(body, in_root(body, at), rng.uniform(12, 34), suv, rng, dead=0.4)
    station(body, "hilum", s, int(rng.integers(1, 4)), (8, 14), 0.8 * suv, rng)
    if rng.random() < 0.6:
        station(body, "paratracheal", s, int(rng.integers(1, 4)), (7, 12), 0.7 * suv, rng)
    if rng.random() < 0.3:
        nodes(body, (_side(rng) * 40, 48, 570), (2, 2, 3), 1, (10, 16), 0.7 * suv, rng)
    if rng.random() < 0.35:
        _in_bones(body, rng, int(rng.integers(1, 5)), 0.7 * suv)


def _add_bone_metastases(body: Body, sugar: Sugar, rng) -> None:
    _in_bones(body, rng, int(rng.integers(5, 22)), rng.uniform(5, 12))


def _add_liver_metastases(body: Body, sugar: Sugar, rng) -> None:
    _in_liver(body, rng, int(rng.integers(2, 9)), rng.uniform(5.5, 12))


def _add_colorectal(body: Body, sugar: Sugar, rng) -> None:
    places = ((2, 48, 816), (26, 14, 788), (-96, -26, 712), (104, 4, 640), (-30, -66, 640))
    suv = rng.uniform(8, 20)
    nodes(
        body,
        places[int(rng.choice(5, p=[0.35, 0.3, 0.2, 0.1, 0.05]))],
        (4, 4, 6),
        2,
        (13, 22),
        suv,
        rng,
    )
    if rng.random() < 0.55:
        _in_liver(body, rng, int(rng.integers(1, 5)), 0.7 * suv)


def _add_head_neck(body: Body, sugar: Sugar, rng) -> None:
    s, suv, head = _side(rng), rng.uniform(7, 17), body.frames["head"]
    place = [(s * 16, -26, 48), (s * 14, -44, 54), (s * 10, -12, 92), (s * 8, 0, 10)][
        int(rng.integers(4))
    ]
    lump(body, head.at(place), rng.uniform(11, 20), suv, rng)
    for side, n in ((s, int(rng.integers(1, 5))), (-s, int(rng.integers(0, 2)))):
        station(body, "neck", side, n, (8, 15), 0.8 * suv, rng)


def _add_breast(body: Body, sugar: Sugar, rng) -> None:
    s, suv = _side(rng), rng.uniform(4, 12)
    nodes(
        body,
        (s * rng.uniform(68, 104), -102, rng.uniform(412, 452)),
        (3, 3, 3),
        1,
        (11, 20),
        suv,
        rng,
    )
    station(body, "axilla", s, int(rng.integers(1, 5)), (7, 13), 0.8 * suv, rng)
    if rng.random() < 0.4:
        _in_bones(body, rng, int(rng.integers(2, 8)), 0.8 * suv)


def _add_sarcoma(body: Body, sugar: Sugar, rng) -> None:
    s, suv = _side(rng), rng.uniform(5, 14)
    frame, at = [
        ("thigh", (s * 10, -40, 110)),
        ("thigh", (-s * 26, 10, 150)),
        ("thigh", (s * 30, 30, 90)),
        ("arm", (s * 18, -10, 60)),
    ][int(rng.choice(4, p=[0.35, 0.3, 0.2, 0.15]))]
    lump(body, body.frames[f"{frame}{s}"].at(at), rng.uniform(26, 52), suv, rng, dead=0.7)
    if rng.random() < 0.35:
        for _ in range(int(rng.integers(1, 5))):
            at = (_side(rng) * rng.uniform(50, 95), rng.uniform(-30, 50), rng.uniform(360, 500))
            lump(body, in_root(body, at), rng.uniform(7, 12), 0.7 * suv, rng)


def _add_melanoma(body: Body, sugar: Sugar, rng) -> None:
    """Lumps anywhere: under the skin, nodes, lungs, liver, bones, bowel."""
    suv = rng.uniform(5, 15)
    for _ in range(int(rng.integers(2, 7))):
        angle, z = rng.uniform(0, 2 * np.pi), rng.uniform(340, 860)
        nodes(body, (135 * np.cos(angle), 92 * np.sin(angle), z), (4, 4, 4), 1, (6, 12), suv, rng)
    station(
        body,
        str(rng.choice(["axilla", "groin", "neck"])),
        _side(rng),
        int(rng.integers(1, 5)),
        (8, 15),
        suv,
        rng,
    )
    if rng.random() < 0.5:
        _in_liver(body, rng, int(rng.integers(1, 4)), suv)
    if rng.random() < 0.5:
        _in_bones(body, rng, int(rng.integers(1, 6)), suv)


def _add_gullet(body: Body, sugar: Sugar, rng) -> None:
    suv, z = rng.uniform(7, 18), rng.uniform(400, 516)
    nodes(body, (5, 24, z), (2, 2, 14), 3, (11, 15), suv, rng)
    nodes(body, (10, 6, z + 40), (14, 10, 24), int(rng.integers(0, 4)), (7, 10), 0.7 * suv, rng)


KINDS = {
    "lymphoma": Disease(add=_add_lymphoma, ages=(18, 78)),
    "lung-cancer": Disease(add=_add_lung_cancer, ages=(46, 84)),
    "bone-metastases": Disease(add=_add_bone_metastases, ages=(40, 84)),
    "liver-metastases": Disease(add=_add_liver_metastases, ages=(40, 84)),
    "colorectal-cancer": Disease(add=_add_colorectal, ages=(42, 86)),
    "head-and-neck-cancer": Disease(add=_add_head_neck, ages=(40, 80), arms_down=0.7),
    "breast-cancer": Disease(add=_add_breast, ages=(32, 82)),
    "sarcoma-of-limb": Disease(add=_add_sarcoma, ages=(18, 76), long=0.5),
    "melanoma": Disease(add=_add_melanoma, ages=(28, 84), long=0.6, arms_down=0.5),
    "oesophageal-cancer": Disease(add=_add_gullet, ages=(48, 82)),
}
