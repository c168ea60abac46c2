"""Focal disease with a shape of its own."""

from __future__ import annotations

import numpy as np

from .body import LUMBAR, PELVIC, SKULL_BONES, THORACIC, Body
from .lesions import add_focus, add_focus_in, add_rim, collapse, patches, swell
from .normal import add_growth_plates
from .person import SIDE_SIGN

_SIDES = ("right", "left")


def _side(rng) -> str:
    return _SIDES[int(rng.integers(2))]


def _choose(rng, options):
    return options[int(rng.integers(len(options)))]


def break_ribs(rng, body: Body) -> None:
    """Fractures of neighbouring ribs in one line, now and then a second row."""
    for _ in range(1 + int(rng.random() < 0.25)):
        side, first = _side(rng), int(rng.integers(2, 9))
        place, multiple = rng.uniform(0.15, 0.9), rng.uniform(2.5, 7)
        for rib in range(first, min(first + int(rng.integers(2, 6)), 12)):
            mask = np.flatnonzero(body.cloud.where(f"rib{rib}", side))
            gap = np.abs(body.cloud.along[mask] - place - rng.normal(0, 0.02))
            point = body.cloud.centre[mask[gap.argmin()]].astype(float)
            hot = multiple * rng.lognormal(0, 0.25)
            add_focus(rng, body, point, rng.uniform(6, 9), hot, bones=f"rib{rib}")


def break_vertebrae(rng, body: Body) -> None:
    """One to three low, hot vertebrae, mostly around the thoracolumbar junction."""
    names = (*THORACIC[5:], "T11", "T12", *LUMBAR, "L1", "L1")
    for _ in range(int(rng.choice([1, 1, 1, 2, 2, 3]))):
        collapse(body, _choose(rng, names), rng.uniform(2.2, 5), rng.uniform(0.45, 0.8))
    if rng.random() < 0.35:
        break_one_rib(rng, body)


def break_one_rib(rng, body: Body) -> None:
    """Add a single healing rib fracture."""
    bone = f"rib{int(rng.integers(3, 11))}"
    add_focus_in(rng, body, bone, 7, rng.uniform(2.2, 5), side=_side(rng), along=(0.1, 0.95))


def add_paget(rng, body: Body) -> None:
    """Whole bones, intensely and evenly hot and enlarged."""
    side, cloud = _side(rng), body.cloud
    options = [
        (PELVIC, side, (0, 1)),
        (PELVIC, side, (0, 1)),
        (_choose(rng, (*THORACIC[6:], *LUMBAR)), None, (0, 1)),
        (("femur", "trochanter", "femur_neck"), side, (0, rng.uniform(0.35, 1.0))),
        (("tibia", "plateau"), side, (0, rng.uniform(0.4, 1.0))),
        (SKULL_BONES, None, (0, rng.uniform(0.4, 1.0))),
        (("scapula", "acromion", "coracoid", "glenoid"), side, (0, 1)),
        (("humerus", "humerus_head"), side, (0, rng.uniform(0.4, 1.0))),
        (("sacrum",), None, (0, 1)),
    ]
    number = int(rng.choice([1, 1, 2, 2, 3]))
    for i in rng.choice(len(options), number, replace=False):
        bones, one_side, along = options[i]
        mask = cloud.where(bones, one_side, along)
        typical = np.average(cloud.uptake[mask], weights=cloud.volume[mask])
        target = body.reference * rng.uniform(1.6, 4)
        # Even uptake: the bone's own differences shrink.
        cloud.uptake[mask] = typical * (cloud.uptake[mask] / typical) ** np.float32(0.4)
        swell(body, mask, min(target / typical, 10), 1.2)


def add_fibrous_dysplasia(rng, body: Body) -> None:
    """Striped, patchy uptake of bones of one side."""
    side, cloud = _side(rng), body.cloud
    add_growth_plates(rng, body)
    femur = (("femur", "trochanter", "femur_neck"), (0, rng.uniform(0.4, 0.8)))
    options = [
        femur,
        femur,
        (("tibia",), tuple(np.sort(rng.uniform(0, 1, 2)) * 0.7 + (0, 0.3))),
        ((f"rib{int(rng.integers(3, 10))}",), (0.1, 0.9)),
        (("maxilla", "zygoma", "orbit"), (0, 1)),
        (("ilium", "acetabulum"), (0, 1)),
        (("humerus",), (0.1, rng.uniform(0.4, 0.9))),
    ]
    stripes = patches(rng, body, 16, 0.35)
    for i in rng.choice(len(options), int(rng.choice([1, 1, 2, 3, 4])), replace=False):
        bones, along = options[i]
        mask = cloud.where(bones, side, along)
        typical = np.average(cloud.uptake[mask], weights=cloud.volume[mask])
        swell(body, mask, body.reference * rng.uniform(0.9, 2.2) / typical, 1.25)
        cloud.uptake[mask] *= stripes[mask]


def add_sarcoma(rng, body: Body) -> None:
    """One large, irregular, very hot tumour, mostly beside a knee; the limb is hyperaemic."""
    side, s = SIDE_SIGN[int(rng.integers(2))]
    add_growth_plates(rng, body)
    k, p = body.person.scale, body.points
    places = (
        (p["knee", side] + np.array([0, 0, -rng.uniform(40, 80)]) * k, "femur"),
        (p["knee", side] + np.array([0, 0, -rng.uniform(40, 80)]) * k, "femur"),
        (p["knee", side] + np.array([0, 5, rng.uniform(35, 65)]) * k, "tibia"),
        (p["shoulder", side] + np.array([s * 8, 0, rng.uniform(25, 60)]) * k, "humerus"),
        (p["hip", side] + np.array([s * 15, 10, -rng.uniform(40, 80)]) * k, "ilium"),
    )
    point, bone = _choose(rng, places)
    multiple, size = rng.uniform(1.0, 3), rng.uniform(18, 40)
    for _ in range(int(rng.integers(16, 28))):
        shift = rng.normal(0, 1, 3) * size * (0.45, 0.35, 0.7)
        one = multiple * body.reference * rng.lognormal(-0.9, 0.5)
        body.cloud.blob("lesion", None, point + shift, rng.uniform(0.35, 0.75) * size, one)
    body.cloud.heat(point, 2.2 * size, rng.uniform(1.3, 2.2), bones=bone, side=side)
    if rng.random() < 0.15:
        add_focus_in(rng, body, ("femur", "tibia"), 8, 2.5, side=side)


def add_osteomyelitis(rng, body: Body) -> None:
    """Infection: disc with both neighbours, foot, or a long bone."""
    kind = _choose(rng, ("disc", "forefoot", "heel", "tibia", "femur", "jaw"))
    side, p, multiple = _side(rng), body.points, rng.uniform(1.6, 4.5)
    if kind == "disc":
        upper = int(rng.integers(5, 16))
        names = (*THORACIC, *LUMBAR)[upper : upper + 2]
        for name in names:
            body.cloud.scale(0.55 * multiple + 0.5, name)
        add_focus(rng, body, (p[names[0], None] + p[names[1], None]) / 2, 17, multiple * 0.8)
    elif kind == "forefoot":
        ray = int(rng.integers(1, 6))
        add_focus(rng, body, p[f"mtp{ray}", side], rng.uniform(9, 15), multiple)
        body.cloud.scale(2.0, (f"metatarsal{ray}", f"toe{ray}"), side)
    elif kind == "heel":
        add_focus(rng, body, p["heel", side], rng.uniform(13, 20), multiple)
    elif kind == "jaw":
        point = body.cloud.centre[body.cloud.pick(rng, "mandible", side)].astype(float)
        add_focus(rng, body, point, rng.uniform(10, 16), multiple)
    else:
        low = rng.uniform(0.05, 0.7)
        mask = body.cloud.where(kind, side, (low, low + rng.uniform(0.12, 0.3)))
        swell(body, mask, 3 * multiple, 1.3)
        point = np.average(body.cloud.centre[mask], axis=0).astype(float)
        add_focus(rng, body, point, rng.uniform(10, 20), multiple * 0.7)
    body.is_cut_allowed = kind in ("disc", "femur")
    if kind in ("forefoot", "heel", "tibia"):  # hyperaemia
        limb = ("tibia", "fibula", "talus", "calcaneus", "tarsus", "malleolus")
        body.cloud.scale(rng.uniform(1.1, 1.5), limb, side)


def add_stress_fracture(rng, body: Body) -> None:
    """One spindle-shaped focus in a loaded bone, now and then one of the other leg."""
    options = ("tibia", "tibia", "metatarsal2", "metatarsal3", "femur_neck", "calcaneus", "femur")
    side = _side(rng)
    body.is_cut_allowed = False
    for i in range(1 + int(rng.random() < 0.15)):
        bone = _choose(rng, options)
        along = (0.3, 0.75) if bone != "femur" else (0.15, 0.6)
        one_side = side if i == 0 else _SIDES[1 - _SIDES.index(side)]
        index = body.cloud.pick(rng, bone, one_side, along)
        point = body.cloud.centre[index].astype(float)
        multiple = rng.uniform(1.4, 4)
        body.cloud.heat(point, rng.uniform(12, 25), 2.5 * multiple, bones=bone, side=one_side)
        small = bone.startswith("metatarsal")
        semi = np.array([8, 8, rng.uniform(8, 24)]) * (0.8 if small else 1.0)
        body.cloud.blob("lesion", None, point, semi, multiple * body.reference)


def break_sacrum(rng, body: Body) -> None:
    """Insufficiency fractures: an H of two vertical bars and a crossbar, or a part of it."""
    k, middle = body.person.scale, body.points["sacrum", None]
    uptake = body.reference * rng.uniform(1.2, 3.2)
    bars = [_SIDES, _SIDES, _SIDES, (_side(rng),)][int(rng.integers(4))]
    for side, s in SIDE_SIGN:
        if side in bars:
            path = middle + np.array([(s * 32, 18, -36), (s * 33, 4, 0), (s * 27, -4, 26)]) * k
            body.cloud.chain("lesion", None, path, 10 * k, uptake * rng.uniform(0.7, 1.1))
    if len(bars) == 2 or rng.random() < 0.4:
        path = middle + np.array([(-30, 2, 4), (0, -4, 6), (30, 2, 4)]) * k
        body.cloud.chain("lesion", None, path, 8 * k, uptake * rng.uniform(0.6, 1.0))
    if rng.random() < 0.4:
        add_focus_in(rng, body, "pubis", 10, rng.uniform(1.5, 3.5), side=_side(rng))
    if rng.random() < 0.3:
        collapse(body, _choose(rng, LUMBAR), rng.uniform(1.5, 2.5), 0.7)


def add_loose_prosthesis(rng, body: Body) -> None:
    """Cold metal in one hip, hot bone at cup, trochanter and the stem's tip."""
    side, s = SIDE_SIGN[int(rng.integers(2))]
    cloud, k, hip = body.cloud, body.person.scale, body.points["hip", side]
    cloud.scale(0.05, ("femur_head", "femur_neck"), side)
    cloud.scale(0.35, "femur", side, (0, 0.36))
    mask = np.flatnonzero(cloud.where("femur", side))
    tip = cloud.centre[mask[np.abs(cloud.along[mask] - 0.38).argmin()]].astype(float)
    multiple = rng.uniform(0.9, 3)
    add_focus(rng, body, tip, 14 * k, multiple * rng.uniform(0.7, 1.3), bones="femur")
    great = body.points["great_trochanter", side]
    add_focus(rng, body, great, 15 * k, multiple * rng.uniform(0.5, 1.2), bones="trochanter")
    small = hip + np.array([s * 28, -10, 55]) * k
    add_focus(rng, body, small, 12 * k, multiple * rng.uniform(0.5, 1.2), bones="trochanter")
    if rng.random() < 0.6:
        cloud.scale(0.4 + multiple, "acetabulum", side)
    for x in (-1, 1):  # the walls of the shaft beside the stem
        path = [small + np.array([x * 13 * k, 0, 10]), tip + np.array([x * 12 * k, 0, -10])]
        cloud.chain("lesion", None, path, 4, body.reference * multiple * rng.uniform(0.1, 0.5))


def add_osteoid_osteoma(rng, body: Body) -> None:
    """One small, very hot nidus in a fainter halo."""
    side = _side(rng)
    add_growth_plates(rng, body)
    body.is_cut_allowed = False
    bone = _choose(rng, ("femur", "femur_neck", "tibia", "humerus", "talus", "L3", "T11", "L5"))
    point = body.cloud.centre[body.cloud.pick(rng, bone, side, (0.1, 0.9))].astype(float)
    multiple = rng.uniform(3.5, 8) * (1.4 if bone in (*THORACIC, *LUMBAR) else 1.0)
    body.cloud.blob("lesion", None, point, rng.uniform(7, 10), multiple * body.reference)
    body.cloud.heat(point, rng.uniform(12, 22), 1 + 0.5 * multiple, bones=bone, side=side)


def add_necrosis(rng, body: Body) -> None:
    """One femoral head (or condyle, or humeral head) with a cold part in a hot rim."""
    side, k, p = _side(rng), body.person.scale, body.points
    name = _choose(rng, ("hip", "hip", "hip", "hip", "knee_medial", "shoulder"))
    multiple = rng.uniform(2, 4.5)
    point = p[name, side]
    if name == "hip" and rng.random() < 0.6:
        add_rim(rng, body, point + np.array([0, 4, -3]) * k, 20 * k, multiple)
    else:
        add_focus(rng, body, point, (21 if name == "hip" else 15) * k, multiple)
    body.cloud.heat(point, 28 * k, rng.uniform(1.4, 2.4), side=side)
