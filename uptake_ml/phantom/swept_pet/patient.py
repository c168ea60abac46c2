"""Who lies in the scanner: a swept body with the arms as in PET."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from uptake_ml.phantom.swept.body import Body, build_body
from uptake_ml.phantom.swept.flesh import build_outline
from uptake_ml.phantom.swept.limbs import build_limbs
from uptake_ml.phantom.swept.person import SIDES, draw_person, place_joints

# What the arms do, and its share: beside the head, beside the body, on the thighs or the belly.
_ARMS = {"up": 0.57, "sides": 0.2, "thighs": 0.09, "belly": 0.14}
_AGES, _BMIS = (18.0, 88.0), (17.0, 39.0)
_UPPER_ARM_MM, _FOREARM_MM = 298.0, 248.0
_ABOVE_BELLY_MM, _STEEPEST = 20.0, 0.3


def draw_body(rng: np.random.Generator) -> Body:
    """Return the healthy body of a patient, in mm of a body of 1.7 m."""
    arms = str(rng.choice(list(_ARMS), p=list(_ARMS.values())))
    is_folded = arms == "belly"
    person = draw_person(rng, ages=_AGES, bmis=_BMIS, arms="thighs" if is_folded else arms)
    body = build_body(person)
    return _fold_arms(body, rng) if is_folded else body


def _fold_arms(body: Body, rng: np.random.Generator) -> Body:
    """Return the body with its hands on the belly."""
    person, trunk = body.person, body.outline[1]
    joints = place_joints(person)
    for side in SIDES.values():
        out = np.deg2rad(rng.uniform(7, 14))
        elbow = joints["shoulder", side] + _UPPER_ARM_MM * np.array(
            [side * np.sin(out), -rng.uniform(0.12, 0.3), np.cos(out)]
        )
        level = rng.uniform(640, 740)
        front = np.interp(level, trunk.centre[:, 2], trunk.centre[:, 1] - trunk.half_v)
        way = np.array([side * rng.uniform(10, 70), front - _ABOVE_BELLY_MM, level]) - elbow
        # Forearm and hand lie on the belly and do not rise from it.
        way[1] = max(way[1], -_STEEPEST * np.hypot(way[0], way[2]))
        joints["elbow", side] = elbow
        joints["wrist", side] = elbow + _FOREARM_MM * way / np.linalg.norm(way)
    limbs = build_limbs(person, joints)
    replaced = {bone.name for bone in limbs}
    return replace(
        body,
        bones=[*(bone for bone in body.bones if bone.name not in replaced), *limbs],
        outline=build_outline(person, joints, body.head_turn),
        points=body.points | joints,
    )
