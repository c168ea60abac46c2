"""The whole skeleton: superscans and expansion of the marrow."""

from __future__ import annotations

from functools import partial

import numpy as np

from .body import LIMB_BONES, LUMBAR, RED_MARROW, RIBS, SKULL_BONES, THORACIC, Body
from .lesions import add_focus_in, patches
from .person import draw_person

_SIDES = ("right", "left")
_KIDNEYS = ("kidney", "pelvis_renal", "ureter")


def _dim_urine(body: Body, kidneys: float, bladder: float) -> None:
    body.cloud.scale(kidneys, _KIDNEYS)
    body.cloud.scale(bladder, "bladder")


def _bead_ribs(rng, body: Body, factor: float) -> None:
    """Make the costochondral junctions hot, on both sides."""
    for side in _SIDES:
        for rib in range(1, 10):
            point = body.points[f"rib{rib}_end", side]
            one = factor * rng.lognormal(0, 0.15)
            body.cloud.heat(point, 9, one, bones=(f"rib{rib}",), side=side)
            body.cloud.blob("lesion", side, point, 7, 0.5 * one * body.reference)


def _tumour_superscan(rng, body: Body) -> None:
    """Confluent, slightly uneven metastases of axial and proximal bone; kidneys hardly seen."""
    cloud, strength = body.cloud, rng.uniform(2, 4.5)
    marrow = (*RED_MARROW, "sacroiliac", "acromion", "coracoid", "glenoid")
    uneven = patches(rng, body, 28, rng.uniform(0.12, 0.4))
    mask = cloud.where(marrow)
    mask |= cloud.where(("femur", "humerus"), along=(0, rng.uniform(0.25, 0.6)))
    near = ("femur_neck", "trochanter", "femur_head", "humerus_head")
    mask |= cloud.where(near)
    cloud.uptake[mask] *= strength * uneven[mask]
    # The proximal limbs hold less marrow and start colder: they catch up.
    cloud.scale(rng.uniform(1.0, 1.8), ("femur", "humerus", *near), along=(0, 0.4))
    cloud.scale(rng.uniform(1.0, strength), SKULL_BONES)
    for _ in range(int(rng.integers(0, 12))):
        add_focus_in(rng, body, marrow, rng.uniform(9, 20), strength * rng.uniform(1.0, 1.5))
    cloud.scale(rng.uniform(0.5, 1.0), ("tibia", "fibula", "radius", "ulna", "talus", "tarsus"))
    _dim_urine(body, rng.uniform(0.02, 0.2), rng.uniform(0.1, 0.6))
    body.flesh *= rng.uniform(0.3, 0.7)


def _metabolic(rng, body: Body, strength: float) -> None:
    """Even rise of the whole skeleton, most in skull, mandible, sternum and rib ends."""
    cloud = body.cloud
    body.scale_skeleton(strength)
    body.reference *= strength
    cloud.scale(rng.uniform(1.4, 2.8), SKULL_BONES)
    cloud.scale(rng.uniform(1.8, 3.5), "mandible")
    cloud.scale(rng.uniform(1.1, 1.6), "maxilla")
    cloud.scale(rng.uniform(1.1, 1.7), "sternum")
    cloud.scale(rng.uniform(1.1, 1.8), LIMB_BONES)
    _bead_ribs(rng, body, rng.uniform(1.2, 2.0))


def _hyperparathyroidism(rng, body: Body) -> None:
    strength = rng.uniform(1.5, 2.8)
    _metabolic(rng, body, strength)
    cloud = body.cloud
    ends = ("condyle", "plateau", "humerus_head", "carpus", "acromion")
    cloud.scale(rng.uniform(1.0, 1.5), ends)
    _dim_urine(body, rng.uniform(0.08, 0.5), rng.uniform(0.3, 0.9))
    body.flesh *= rng.uniform(0.35, 0.7)
    for _ in range(int(rng.integers(0, 3)) if rng.random() < 0.3 else 0):  # brown tumours
        bones = ("mandible", "femur", "tibia", "ilium", *RIBS)
        add_focus_in(rng, body, bones, rng.uniform(9, 15), rng.uniform(1, 1.8))


def _osteomalacia(rng, body: Body) -> None:
    """As above, with pseudofractures, partly in pairs."""
    _metabolic(rng, body, rng.uniform(1.4, 2.4))
    for _ in range(int(rng.integers(1, 5))):
        rib, place = f"rib{int(rng.integers(3, 11))}", rng.uniform(0.15, 0.85)
        for side in _SIDES:
            if rng.random() < 0.7:
                along = (place - 0.06, place + 0.06)
                add_focus_in(rng, body, rib, 6, rng.uniform(0.7, 1.5), side, along)
    for bone, along in (("pubis", (0, 1)), ("femur_neck", (0, 1)), ("scapula", (0.4, 0.9))):
        if rng.random() < 0.3:
            for side in _SIDES:
                add_focus_in(rng, body, bone, 7, rng.uniform(0.6, 1.3), side, along)
    _dim_urine(body, rng.uniform(0.1, 0.6), rng.uniform(0.3, 1.0))
    body.flesh *= rng.uniform(0.4, 0.8)


def _renal_osteodystrophy(rng, body: Body) -> None:
    """Hot skeleton without urine."""
    _metabolic(rng, body, rng.uniform(1.6, 3))
    for name in ("shoulder", "knee_medial", "knee_lateral", "ankle", "wrist"):
        factor = rng.uniform(1.2, 2.5)
        for side in _SIDES:
            body.heat_joint(name, side, factor * rng.normal(1, 0.05))
    _dim_urine(body, rng.uniform(0.01, 0.12), rng.uniform(0.0, 0.15))
    body.flesh *= rng.uniform(0.4, 1.2)


def _marrow_expansion(rng, body: Body) -> None:
    """Mastocytosis or myelofibrosis: marrow-bearing bone and the limbs' ends, both sides."""
    cloud, strength = body.cloud, rng.uniform(1.3, 2.2)
    uneven = patches(rng, body, 45, rng.uniform(0.03, 0.2))
    cloud.uptake[:] *= np.where(body.is_bone(), uneven, 1)
    cloud.scale(strength, RED_MARROW)
    cloud.scale(rng.uniform(1.2, 2.2), SKULL_BONES)
    limbs = rng.uniform(2.2, 4)
    cloud.scale(limbs, ("femur", "tibia", "humerus"))
    cloud.scale(limbs * rng.uniform(0.8, 1.3), ("condyle", "plateau", "trochanter", "femur_neck"))
    cloud.scale(limbs, ("humerus_head", "femur_head", "malleolus", "talus", "calcaneus"))
    for side in _SIDES:
        for name, shift in (("knee", -50), ("knee", 45), ("ankle", -35)):
            point = body.points[name, side] + np.array([0, 0, shift]) * body.person.scale
            cloud.heat(point, 35, rng.uniform(1.1, 1.8), side=side)
    cloud.scale(rng.uniform(0.8, 1.1), (*THORACIC, *LUMBAR))
    _dim_urine(body, rng.uniform(0.3, 1.0), rng.uniform(0.4, 1.0))
    body.flesh *= rng.uniform(0.5, 1.0)


KINDS = {
    "metastatic superscan": (partial(draw_person, age=(50, 86)), _tumour_superscan),
    "hyperparathyroidism": (partial(draw_person, age=(35, 80)), _hyperparathyroidism),
    "osteomalacia": (partial(draw_person, age=(30, 85)), _osteomalacia),
    "renal osteodystrophy": (partial(draw_person, age=(30, 75)), _renal_osteodystrophy),
    "marrow expansion": (partial(draw_person, age=(35, 80)), _marrow_expansion),
}
