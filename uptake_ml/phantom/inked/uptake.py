"""How much tracer each region takes, beside a lumbar vertebra, in a normal person.

The figures are tuned by eye to how strong the parts look in scans; the spread between persons is
0.22 to 0.31 for one bone, most of it shared by the whole skeleton and so lost to the counts.
"""

import numpy as np

from uptake_ml.phantom.inked.person import Person

NORMAL = {
    "skull": 0.62, "skull-base": 0.7, "face": 0.95, "sinus": 0.9, "teeth": 0.9, "mandible": 0.85,
    "spine-c": 1.25, "spine-t": 1.2, "spine-l": 1.2, "sacrum": 0.95,
    "rib": 0.66, "sternum": 1.0, "sternoclavicular": 0.8, "clavicle": 0.75,
    "scapula": 0.8, "scapular-tip": 0.25, "shoulder": 0.58, "humerus": 0.36, "elbow": 0.34,
    "forearm": 0.28, "wrist": 0.36, "hand": 0.3,
    "ilium": 1.15, "sacroiliac": 1.0, "acetabulum": 0.55, "ischium": 0.85, "hip": 0.52,
    "femur": 0.42, "knee": 0.46, "patella": 0.36, "tibia": 0.42, "ankle": 0.4, "foot": 0.4,
}  # fmt: skip
LIMBS = ("shoulder", "humerus", "elbow", "forearm", "wrist", "hand", "femur", "knee", "patella",
         "tibia", "ankle", "foot")  # fmt: skip


def draw_levels(person: Person, rng: np.random.Generator) -> dict[str, float]:
    """Return uptake by region: parts of a person vary by 12 %, head and limbs as groups by more."""
    limbs = np.clip(rng.lognormal(-0.22, 0.27), 0.45, 1.15)
    head = rng.lognormal(-0.05, 0.22)
    aged = np.clip((person.age_years - 50) / 40, -0.6, 1)
    levels = {region: value * rng.lognormal(0, 0.1) for region, value in NORMAL.items()}
    for region in LIMBS:
        levels[region] *= limbs * (1 + 0.12 * aged)
    for region in ("skull", "skull-base", "face", "sinus", "teeth", "mandible"):
        levels[region] *= head
    levels["skull"] *= 1.12 if person.is_woman else 1.0
    levels["sinus"] *= rng.lognormal(0, 0.2)
    levels["teeth"] *= rng.lognormal(0, 0.25)
    return levels


# What a person has more or less of in both sides' joints together; a name before a colon.
JOINT_KINDS = {
    "shoulder": ("humerus-head",), "elbow": ("elbow",), "wrist": ("wrist",),
    "hand": ("metacarpal", "mcp", "finger", "pip", "dip", "ip"),
    "hip": ("hip", "femoral-neck", "acetabulum"), "knee": ("knee", "patella"),
    "ankle": ("ankle",), "foot": ("tarsus", "metatarsal", "mtp", "toe"),
    "sternoclavicular": ("sternoclavicular",), "acromioclavicular": ("acromioclavicular",),
    "sacroiliac": ("sacroiliac",),
}  # fmt: skip
BONE_KINDS = {
    "skull": ("skull", "skull-base"), "face": ("face", "sinus", "teeth", "mandible"),
    "ribs": ("rib",), "sternum": ("sternum",),
    "scapula": ("scapula", "scapular-tip", "clavicle"),
    "pelvis": ("ilium", "ischium", "pubis", "sacrum"), "femur": ("femur", "trochanter"),
    "shin": ("tibia", "fibula"), "humerus": ("humerus",), "forearm": ("forearm",),
}  # fmt: skip
_JOINT_SPREAD, _JOINT_GAIN, _SIDE_SPREAD, _BONE_SPREAD = 0.3, (0.6, 1.6), 0.08, 0.25  # prior
_SECTIONS = {"c": 7, "t": 12, "l": 5}


def draw_gains(rng: np.random.Generator) -> dict[str | None, dict[str, float]]:
    """Return gains by region for each side, and under None for what has no side.

    Joints vary by kind, both sides together and each a little; bones by kind; the spine smoothly.
    """
    common = {}
    for regions in BONE_KINDS.values():
        common.update(dict.fromkeys(regions, rng.lognormal(0, _BONE_SPREAD)))
    common.update(_spine_gains(rng))
    gains: dict[str | None, dict[str, float]] = {s: dict(common) for s in (None, "left", "right")}
    for regions in JOINT_KINDS.values():
        both = np.clip(rng.lognormal(0, _JOINT_SPREAD), *_JOINT_GAIN)
        for side in ("left", "right"):
            own = both * rng.lognormal(0, _SIDE_SPREAD)
            gains[side].update(dict.fromkeys(regions, own))
    return gains


def _spine_gains(rng: np.random.Generator) -> dict[str, float]:
    names = [f"spine-{p}:{p.upper()}{k + 1}" for p, n in _SECTIONS.items() for k in range(n)]
    # One value in the middle of each section, and a straight line from one to the next.
    logs = np.interp(np.arange(len(names)), [3, 12, 21], rng.normal(0, _BONE_SPREAD, 3))
    return dict(zip(names, np.exp(logs), strict=True))
