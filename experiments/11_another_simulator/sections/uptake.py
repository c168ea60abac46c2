"""SUV of each organ of one person: what is normal, and how far it varies."""

from dataclasses import dataclass

import numpy as np

from .person import Person


@dataclass(kw_only=True)
class Uptake:
    """SUV of organs; multipliers are named so. A kind changes it before the body is drawn."""

    fat: float
    skin: float
    muscle: float
    lung: float
    blood: float
    liver: float
    spleen: float
    marrow: float  # vertebral bodies
    pelvis_marrow: float
    rib_marrow: float
    limb_near: float  # marrow of the proximal femur and humerus
    limb_far: float  # marrow of the distal limbs
    skull_marrow: float
    bone_cortex: float
    grey: float
    myocardium: float
    kidney: float
    renal_pelvis: float
    ureter: float
    ureter_chance: float
    bladder: float
    bladder_mm: float
    stomach: float
    small_bowel: float
    colon: float
    colon_patchy: float  # s.d. of the logarithm along the colon
    parotid: float
    submandibular: float
    tonsil: float
    tongue: float
    larynx: float
    thyroid: float
    oesophagus: float
    testis: float
    uterus: float
    breast: float
    thymus: float = 0.0
    spleen_size: float = 1.0
    liver_size: float = 1.0


def draw_uptake(rng: np.random.Generator, person: Person) -> Uptake:
    """Normal SUVs of one person; heavy people have higher SUV in blood, liver and marrow."""
    body = np.sqrt(person.girth) ** 0.6
    liver = float(np.clip(rng.normal(2.05, 0.32) * body, 1.5, 3.1))
    blood = float(np.clip(liver * rng.normal(0.72, 0.06), 1.1, 2.1))
    ageing = np.clip(1.02 - 0.0045 * (person.age - 30), 0.72, 1.05)
    marrow = float(liver * np.clip(rng.normal(0.82, 0.09) * ageing, 0.52, 1.0))
    near = marrow * rng.uniform(0.3, 0.55) * (1.15 if person.age < 35 else 1.0)
    hot_heart = rng.random() < 0.55
    return Uptake(
        fat=rng.uniform(0.2, 0.3),
        skin=rng.uniform(0.45, 0.85),
        muscle=float(np.clip(rng.normal(0.62, 0.07) * body, 0.45, 0.85)),
        lung=rng.uniform(0.33, 0.48),
        blood=blood,
        liver=liver,
        spleen=liver * rng.uniform(0.72, 0.97),
        marrow=marrow,
        pelvis_marrow=marrow * rng.uniform(0.7, 0.9),
        rib_marrow=marrow * rng.uniform(0.55, 0.8),
        limb_near=near,
        limb_far=rng.uniform(0.3, 0.45),
        skull_marrow=marrow * rng.uniform(0.45, 0.7),
        bone_cortex=rng.uniform(0.35, 0.5),
        grey=float(np.clip(rng.normal(9.5, 2.0), 6, 14)),
        myocardium=rng.uniform(3.5, 12) if hot_heart else rng.uniform(1.0, 3.0) * blood / 1.5,
        kidney=rng.uniform(1.8, 3.6),
        renal_pelvis=float(np.exp(rng.normal(np.log(8), 0.6))),
        ureter=float(np.exp(rng.normal(np.log(7), 0.5))),
        ureter_chance=0.04 + 0.4 * rng.random() ** 2.2,
        bladder=float(np.clip(np.exp(rng.normal(np.log(18), 0.6)), 5, 55)),
        bladder_mm=rng.uniform(16, 34),
        stomach=rng.uniform(1.0, 2.6),
        small_bowel=rng.uniform(0.9, 1.8),
        colon=rng.uniform(0.9, 2.2),
        colon_patchy=rng.uniform(0.1, 0.4),
        parotid=rng.uniform(1.2, 2.6),
        submandibular=rng.uniform(1.4, 2.8),
        tonsil=rng.uniform(1.8, 5.5) * (0.75 if person.age > 60 else 1.0),
        tongue=rng.uniform(1.0, 2.4),
        larynx=rng.uniform(1.0, 3.5),
        thyroid=rng.uniform(1.0, 1.8),
        oesophagus=rng.uniform(1.2, 2.4),
        testis=rng.uniform(2.0, 4.0),
        uterus=rng.uniform(1.1, 2.4) if person.age < 52 else rng.uniform(0.8, 1.5),
        breast=rng.uniform(0.4, 1.0),
    )
