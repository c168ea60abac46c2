"""Where 99mTc-diphosphonate goes in health: bones, joints of use, urine and soft tissue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.framed.field import Solid
from uptake_ml.phantom.framed.spots import joint_glow
from uptake_ml.phantom.framed.subject import Body

# Uptake per volume of the shell and of what lies inside, 1 = a vertebra; the first rule that fits.
_RULES = (
    (("vault",), 0.42, 0.0),
    (("base",), 0.48, 0.32),
    (("face",), 0.85, 0.6),
    (("teeth",), 0.8, 0.6),
    (("jaw",), 0.65, 0.45),
    (("sacroiliac",), 1.75, 1.75),
    (("sacrum",), 1.15, 1.0),
    (("coccyx",), 0.5, 0.4),
    (("iliac-crest",), 1.15, 0.95),
    (("ilium",), 0.62, 0.58),
    (("socket",), 0.8, 0.6),
    (("pubis",), 0.7, 0.5),
    (("ischium",), 0.9, 0.7),
    (("symphysis",), 0.8, 0.8),
    (("manubrium",), 1.3, 1.1),
    (("sternum",), 1.25, 1.05),
    (("xiphoid",), 0.4, 0.3),
    (("scapula",), 0.6, 0.5),
    (("scapula-border",), 0.62, 0.5),
    (("scapula-spine", "coracoid"), 0.95, 0.75),
    (("acromion",), 0.85, 0.65),
    (("glenoid",), 1.05, 0.9),
    (("clavicle",), 0.75, 0.5),
    (("humerus",), 0.52, 0.14),
    (("ulna", "radius"), 0.55, 0.25),
    (("femur",), 0.42, 0.09),
    (("tibia",), 0.4, 0.09),
    (("fibula",), 0.4, 0.2),
    (("patella",), 0.26, 0.14),
)
_TAGS = {
    "cervical": (1.05, 0.8),
    "thoracic": (1.15, 0.95),
    "lumbar": (1.2, 1.0),
    "rib": (1.25, 0.85),
    "cartilage": (0.1, 0.1),
    "hand": (0.55, 0.42),
    "foot": (0.28, 0.11),
}
# Ends of long bones in health: place, radius in mm, gain.
_ENDS = (
    ("shoulder", 34, 0.25),
    ("elbow", 27, 0.25),
    ("wrist", 22, 0.35),
    ("hip", 40, 0.4),
    ("knee", 44, 0.05),
    ("ankle", 30, 0.08),
    ("trochanter", 26, 0.5),
    ("carpus", 22, 0.2),
    ("mtp1", 13, 0.4),
    ("midfoot", 24, 0.1),
)
# Joints that use or age makes brighter: share of people at 25 and at 80, gain.
_WEAR = (
    ("acromioclavicular", 0.25, 0.6, 16, 0.9),
    ("shoulder", 0.08, 0.3, 30, 0.6),
    ("sternoclavicular", 0.35, 0.7, 15, 1.3),
    ("manubriosternal", 0.3, 0.4, 13, 0.9),
    ("knee-inner", 0.06, 0.35, 22, 1.0),
    ("knee-outer", 0.03, 0.18, 20, 0.8),
    ("patella", 0.06, 0.3, 22, 1.0),
    ("hip", 0.04, 0.2, 32, 0.6),
    ("ankle", 0.06, 0.2, 24, 0.6),
    ("mtp1", 0.1, 0.35, 12, 1.4),
    ("midfoot", 0.06, 0.25, 18, 0.7),
    ("cmc1", 0.04, 0.35, 11, 1.4),
    ("wrist", 0.05, 0.2, 20, 0.5),
    ("elbow", 0.08, 0.15, 20, 0.5),
    ("facet-L4", 0.04, 0.35, 13, 1.0),
    ("facet-L5", 0.05, 0.4, 14, 1.1),
    ("facet-L3", 0.02, 0.25, 13, 0.9),
    ("facet-C5", 0.02, 0.35, 11, 1.2),
    ("facet-C6", 0.02, 0.25, 11, 1.0),
    ("jaw", 0.03, 0.15, 10, 1.0),
    ("dip2", 0.02, 0.2, 6, 2.0),
)


@dataclass(kw_only=True)
class Tracer:
    """What is not bone: concentrations in parts of a vertebra's, and amounts that vary."""

    soft: float
    fat_share: float
    kidney: float
    ureter: float
    bladder: float
    bladder_fill: float
    leak: float = 0.0
    catheter: bool = False


def draw_tracer(rng: np.random.Generator, person) -> Tracer:
    """Return soft tissue and urine of a patient with working kidneys."""
    return Tracer(
        soft=float(np.exp(rng.uniform(*np.log([0.008, 0.03])))) * (1.15 if person.bmi > 32 else 1),
        fat_share=rng.uniform(0.45, 0.8),
        kidney=float(np.exp(rng.normal(np.log(0.11), 0.4))),
        ureter=rng.uniform(0.5, 1.6) if rng.random() < 0.1 else 0.0,
        bladder=float(np.exp(rng.uniform(*np.log([0.4, 5.0])))),
        bladder_fill=float(rng.beta(1.4, 2.5)),
        catheter=bool(rng.random() < 0.04),
        leak=rng.uniform(0.4, 2) if rng.random() < 0.06 else 0.0,
    )


def set_healthy(body: Body, rng: np.random.Generator) -> None:
    """Give every bone its uptake, with the differences between people and between bones."""
    age = body.person.age
    axial, limbs, head, hands, feet = np.exp(rng.normal(0, [0.08, 0.2, 0.28, 0.3, 0.3]))
    limbs *= 1.25 if age < 28 else 1
    parts = {
        "skull": head,
        "axial": axial,
        "girdle": axial,
        "hand": hands * limbs,
        "foot": feet * limbs,
    }
    by_name = {}
    for bone in body.bones:
        shell, core = _levels(bone)
        part = next((level for tag, level in parts.items() if tag in bone.tags), limbs)
        if bone.name not in by_name:
            by_name[bone.name] = float(np.exp(rng.normal(0, 0.07)))
        own = part * by_name[bone.name] * float(np.exp(rng.normal(0, 0.05)))
        bone.shell, bone.core = shell * own, core * own
    _grow_ends(body, rng, limbs)
    cartilage = np.clip((age - 35) / 50, 0, 1) * rng.uniform(0.1, 0.5)
    for bone in body.find(tag="cartilage"):
        bone.shell = bone.core = 0.08 + cartilage * rng.uniform(0.4, 1)


def _levels(bone: Solid) -> tuple[float, float]:
    for names, shell, core in _RULES:
        if bone.name in names:
            return shell, core
    for tag, levels in _TAGS.items():
        if tag in bone.tags:
            return levels
    return 0.8, 0.6


def _grow_ends(body: Body, rng: np.random.Generator, limbs: float) -> None:
    for name, radius, gain in _ENDS:
        common = np.exp(rng.normal(0, 0.22))
        for side in (-1, 1):
            own = gain * common * np.exp(rng.normal(0, 0.1))
            body.glows.append(
                joint_glow(
                    body,
                    name,
                    side,
                    radius,
                    rng,
                    times=own * 0.5,
                    plus=0.22 * own * limbs,
                    rough=0.1,
                )
            )


def add_wear(body: Body, rng: np.random.Generator, *, much: float = 1.0) -> None:
    """Brighten joints that use and age have worn, one side more than the other."""
    old = np.clip((body.person.age - 25) / 55, 0, 1.1)
    for name, young_share, old_share, radius, gain in _WEAR:
        share = min(much * (young_share + (old_share - young_share) * old), 0.95)
        sides = (0,) if (name, 0) in body.points else (-1, 1)
        for side in sides:
            if rng.random() < share:
                more = gain * rng.gamma(2.0, 0.16) * much**0.5
                body.glows.append(
                    joint_glow(
                        body,
                        name,
                        side,
                        radius * rng.uniform(0.8, 1.1),
                        rng,
                        times=0.8 * more,
                        plus=0.3 * more,
                    )
                )
