"""Where FDG goes in health: SUV of organs, of flesh and of marrow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.framed.spots import stretch
from uptake_ml.phantom.framed.subject import Body

# Marrow's SUV in parts of a lumbar vertebra's; shell: cortical bone and what little lies in it.
_MARROW = (
    (("vault", "base"), 0.45),
    (("jaw", "face", "teeth"), 0.55),
    (("sacrum",), 0.85),
    (("sacroiliac",), 0.75),
    (("ilium", "iliac-crest", "socket"), 0.8),
    (("pubis", "ischium", "symphysis"), 0.6),
    (("coccyx",), 0.5),
    (("manubrium", "sternum"), 0.85),
    (("xiphoid",), 0.4),
    (("clavicle",), 0.5),
    (("coracoid", "acromion"), 0.5),
    (("scapula", "scapula-border", "scapula-spine", "glenoid"), 0.6),
)
_TAGS = {"lumbar": 1.0, "thoracic": 1.0, "cervical": 0.85, "rib": 0.75}


@dataclass(kw_only=True)
class Sugar:
    """SUV of each organ, and how far red marrow reaches into the limbs (0 to 1)."""

    liver: float
    spleen: float
    blood: float
    muscle: float
    fat: float
    lung: float
    marrow: float
    red_reach: float
    red_share: float
    brain: float
    heart: float
    kidney: float
    pelvis_urine: float
    bladder: float
    bladder_fill: float
    bowel: float
    colon: float
    stomach: float
    gland: float
    throat: float
    thymus: float
    cord: float
    ureter: bool


def draw_sugar(rng: np.random.Generator, person) -> Sugar:
    """Return the SUVs of a fasted patient."""
    liver = float(np.clip(rng.normal(1.95, 0.33), 1.2, 3.0))
    age = np.clip((person.age - 40) / 40, -0.5, 1)

    def around(value: float, spread: float) -> float:
        return float(value * np.exp(rng.normal(0, spread)))

    return Sugar(
        liver=liver,
        spleen=liver * rng.uniform(0.72, 0.95),
        blood=liver * rng.uniform(0.68, 0.9),
        muscle=around(0.68, 0.15),
        fat=around(0.28, 0.2),
        lung=around(0.45, 0.15),
        marrow=around(1.62 - 0.3 * age, 0.14),
        red_reach=float(np.clip(0.35 - 0.3 * age + rng.normal(0, 0.08), 0.05, 0.6)),
        red_share=0.6,
        brain=around(8.0, 0.25),
        heart=liver * (rng.uniform(0.9, 1.4) if rng.random() < 0.45 else rng.uniform(1.6, 5)),
        kidney=around(2.6, 0.2),
        pelvis_urine=around(7, 0.5),
        bladder=around(17, 0.6),
        bladder_fill=float(rng.beta(1.4, 2.4)),
        bowel=around(1.1, 0.25),
        colon=around(1.3, 0.35),
        stomach=around(1.7, 0.25),
        gland=around(1.9, 0.25),
        throat=around(2.4, 0.35),
        thymus=around(1.8, 0.2) if person.age < 30 else 0.0,
        cord=around(1.5, 0.12),
        ureter=bool(rng.random() < 0.45),
    )


def fill_marrow(body: Body, sugar: Sugar, rng: np.random.Generator) -> None:
    """Give bones their marrow's SUV, with red marrow at the hips' and shoulders' end of limbs."""
    body.bones = [bone for bone in body.bones if "cartilage" not in bone.tags]
    yellow = 0.42 * np.exp(rng.normal(0, 0.12))
    for bone in body.bones:
        share = _share(bone)
        own = np.exp(rng.normal(0, 0.05))
        if share is None:
            bone.core, bone.shell = yellow * own, 0.5 * own
        else:
            bone.core = (0.25 + (sugar.marrow - 0.25) * share) * own
            bone.shell = 0.35 + 0.45 * bone.core
            bone.shell_mm = min(bone.shell_mm, 1.5)
    red = sugar.marrow * sugar.red_share
    for name, reach in (("femur", 0.25), ("humerus", 0.2)):
        for side in (-1, 1):
            last = min(reach + sugar.red_reach, 1)
            for k in range(2):
                bone, plus = body.get(name, side), max(red - yellow, 0) / 2
                body.glows.append(stretch(body, bone, 0, last - 0.12 * k, 30, plus, rng))


def spread_marrow(body: Body, level: float, rng: np.random.Generator) -> None:
    """Let red marrow grow to the middle of the limbs and to both bones of the knee."""
    plan = (("femur", 0.6, 1, 1.0), ("tibia", 0, 0.4, 0.8), ("humerus", 0.5, 0.9, 0.9))
    for name, first, last, share in plan:
        for side in (-1, 1):
            bone = body.get(name, side)
            body.glows.append(stretch(body, bone, first, last, 30, level * share, rng))


def _share(bone) -> float | None:
    for names, share in _MARROW:
        if bone.name in names:
            return share
    return next((share for tag, share in _TAGS.items() if tag in bone.tags), None)
