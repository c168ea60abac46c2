# ruff: noqa: RUF005 -- a list added to an array shifts a point, it is no concatenation.
"""Labels, their kinds, and the lesions of each kind painted into a skeleton."""

import numpy as np

from uptake_ml.phantom.sculpted.diffuse import metabolic, metastatic
from uptake_ml.phantom.sculpted.joints import (
    ankylosing,
    hands_wrists,
    large_joints,
    osteoarthritis,
    rheumatoid,
)

# Added uptake over a vertebral body (metastasis 5.2, vertebral fracture 2.8,
# osteomyelitis 3.1, fibrous dysplasia 3-6, Paget 4-10; stress and rib fracture: prior).
CONTRAST = {
    "metastasis": (2.6, 7.5), "rib fracture": (2.4, 5.5), "compression": (3.4, 6.5),
    "Paget": (1.8, 4.8), "primary tumour": (2.0, 5.0), "osteomyelitis": (2.3, 4.2),
    "stress fracture": (2.2, 4.5), "fibrous dysplasia": (2.2, 4.5),
}  # fmt: skip
# Where metastases go (prior: red marrow first) with their size (mm).
SITES = (
    ("thoracic", 0.24, (10, 18)), ("lumbar", 0.2, (12, 22)), ("rib", 0.2, (9, 18)),
    ("ilium", 0.13, (11, 24)), ("sacrum", 0.04, (10, 20)), ("calvaria", 0.04, (9, 18)),
    ("sternum", 0.04, (9, 16)), ("scapula", 0.04, (9, 15)), ("femur", 0.04, (12, 24)),
    ("humerus", 0.02, (12, 20)), ("ischium", 0.02, (9, 16)), ("pubis", 0.02, (9, 16)),
)  # fmt: skip
PAGET_SITES = ("ilium", "femur", "tibia", "lumbar", "scapula", "calvaria", "humerus")


def _contrast(rng, kind):
    """Drawn so that moderate and very hot lesions are both common."""
    low, high = CONTRAST[kind]
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _side(rng):
    return str(rng.choice(["left", "right"]))


def part_of(rng, site):
    """Name of a part belonging to a site, on a random side or level."""
    if site == "thoracic":
        return f"T{rng.integers(2, 13)}"
    if site == "lumbar":
        return f"L{rng.integers(1, 6)}"
    if site == "rib":
        return f"rib{rng.integers(2, 11)}_{_side(rng)}"
    if site in ("sacrum", "calvaria", "sternum"):
        return site
    return f"{site}_{_side(rng)}"


_REGIONS = {
    "calvaria": "skull", "mandible": "face", "rib": "ribs", "ilium": "pelvis", "pubis": "pelvis",
    "ischium": "pelvis",
}  # fmt: skip


def region_of(part):
    """Region of ``uptake_ml.regions`` and side of a part of the canvas."""
    bone, _, side = part.partition("_")
    if bone[0] in "TL" and bone[1:].isdigit():
        return ("thoracic-spine" if bone[0] == "T" else "lumbar-spine"), None
    bone = bone.rstrip("0123456789")
    return _REGIONS.get(bone, bone), side or None


def _metastases(canvas, person, rng, count):
    names, weights = [s[0] for s in SITES], np.array([s[1] for s in SITES])
    for _ in range(count):
        i = rng.choice(len(names), p=weights / weights.sum())
        part = part_of(rng, names[i])
        centre = canvas.random_point(part)
        if names[i] == "femur":  # near the hip far more often than near the knee
            hip = person.joint["hip", part.split("_")[1]]
            centre = centre if centre[2] < hip[2] + 190 else hip + [0, 0, rng.uniform(30, 60)]
        radii = rng.uniform(*SITES[i][2]) * rng.uniform(0.8, 1.25, 3)
        amount = _contrast(rng, "metastasis")
        reach = None if names[i] in ("thoracic", "lumbar") else part
        thin = 1.5 if names[i] in ("rib", "scapula", "calvaria") else 1.0
        with canvas.lesion("metastases", *region_of(part)):
            canvas.add(centre, radii, amount * thin, only=reach, soft_share=0.1)


def many_metastases(canvas, person, rng):
    """Several scattered metastases."""
    _metastases(canvas, person, rng, int(rng.integers(3, 13)))


def few_metastases(canvas, person, rng):
    """One or two metastases."""
    _metastases(canvas, person, rng, int(rng.integers(1, 3)))


def rib_fractures(canvas, person, rng):
    """Neighbouring ribs hot along a line."""
    side, first = _side(rng), int(rng.integers(3, 8))
    lateral = rng.uniform(-40, 55)
    for i in range(first, min(11, first + rng.integers(2, 6))):
        part = f"rib{i}_{side}"
        where = canvas.voxels(part)
        target = lateral + rng.normal(0, 7)
        nearest = where[np.argmin(np.abs(where[:, 1] - target))]
        amount = 1.9 * _contrast(rng, "rib fracture")
        with canvas.lesion("acute-fracture", "ribs", side):
            canvas.add(nearest, (12, 12, 11), amount, soft_share=0.15)


def compression_fractures(canvas, person, rng):
    """One to four collapsed vertebrae: flat horizontal bands."""
    names = ["T6", "T7", "T8", "T9", "T10", "T11", "T12", "L1", "L2", "L3", "L4"]
    weights = np.array([1, 1.5, 2, 1.5, 1.5, 2, 4, 4, 2.5, 2, 1.5])
    for part in rng.choice(names, int(rng.integers(1, 5)), False, weights / weights.sum()):
        centre = np.median(canvas.voxels(part), axis=0) + [0, 14, 0]
        radii = (30 if part[0] == "L" else 23, 24, rng.uniform(7.5, 10.5))
        with canvas.lesion("acute-fracture", *region_of(part)):
            canvas.add(centre, radii, _contrast(rng, "compression"))


def _whole(canvas, part, amount, weight=None):
    """Add uptake to the whole of a part, softly uneven."""
    box, mask = canvas.mask(part)
    p = canvas.grids(box)
    uneven = 1 + 0.16 * canvas.wobble(p)
    w = mask * uneven if weight is None else mask * uneven * weight(p)
    canvas.raise_bone(box, amount * w)


def paget(canvas, person, rng):
    """One or two bones hot from end to end."""
    for site in rng.choice(PAGET_SITES, int(rng.integers(1, 3)), False):
        side = _side(rng)
        amount = _contrast(rng, "Paget")
        parts = {"ilium": [f"ilium_{side}", f"pubis_{side}", f"ischium_{side}"],
                 "lumbar": [f"L{rng.integers(1, 6)}"], "calvaria": ["calvaria"]}  # fmt: skip
        own = parts.get(site, [f"{site}_{side}"])
        with canvas.lesion("paget-disease", *region_of(own[0]), is_whole_bone=True):
            for part in own:
                _whole(canvas, part, amount * (0.55 if site == "calvaria" else 1.0))


def primary_tumour(canvas, person, rng):
    """A large lesion near the end of a long bone, with reach into soft tissue."""
    side = _side(rng)
    joint, step = [("knee", -1), ("knee", 1), ("shoulder", 1)][rng.choice(3, p=(0.5, 0.3, 0.2))]
    bone = "humerus" if joint == "shoulder" else "femur" if step < 0 else "tibia"
    centre = person.joint[joint, side] + [0, 0, step * rng.uniform(28, 60)]
    long = rng.uniform(34, 62)
    far = centre + [0, 0, step * 0.6 * long]
    with canvas.lesion("osteosarcoma", bone, side):
        canvas.add_patchy(centre, (32, 30, long), _contrast(rng, "primary tumour"), 0.3, 9)
        canvas.add(far, (18, 18, 40), rng.uniform(0.5, 1.2), soft_share=0.1)


def osteomyelitis(canvas, person, rng):
    """One bone infected: foot, metaphysis of tibia or femur, jaw or a disc's two vertebrae."""
    side, amount = _side(rng), _contrast(rng, "osteomyelitis")
    where = rng.choice(["foot", "tibia", "femur", "jaw", "spine"], p=(0.3, 0.3, 0.2, 0.08, 0.12))
    region = {"jaw": "face", "spine": "lumbar-spine"}.get(where, str(where))
    with canvas.lesion("osteomyelitis", region, None if where in ("jaw", "spine") else side):
        _infect(canvas, person, rng, where, side, amount)


def _infect(canvas, person, rng, where, side, amount):
    if where == "foot":
        spot = canvas.points[str(rng.choice(["mtp1", "mtp5", "midfoot", "heel"])), side]
        canvas.add_patchy(spot, rng.uniform(18, 28), 1.5 * amount, 0.2)
    elif where == "spine":
        z = canvas.random_point(f"L{rng.integers(1, 5)}")[2]
        canvas.add((*person.spine(z), z), (30, 26, 30), amount, soft_share=0.05)
    elif where == "jaw":
        canvas.add(canvas.random_point("mandible"), (18, 22, 16), 1.4 * amount, soft_share=0.1)
    else:
        step = 1 if where == "tibia" else -1
        centre = person.joint["knee", side] + [0, 0, step * rng.uniform(40, 150)]
        part = f"{where}_{side}"
        near = min(
            (canvas.random_point(part) for _ in range(60)), key=lambda q: abs(q[2] - centre[2])
        )
        canvas.add_patchy(near, (24, 24, rng.uniform(28, 65)), 1.2 * amount, 0.12)


def stress_fracture(canvas, person, rng):
    """Posteromedial tibial shaft, spindle-shaped."""
    side = _side(rng)
    knee, ankle = person.joint["knee", side], person.joint["ankle", side]
    centre = knee + (ankle - knee) * rng.uniform(0.35, 0.75)
    medial = -1 if side == "left" else 1
    radii = (13, 16, rng.uniform(14, 30))
    amount = 1.6 * _contrast(rng, "stress fracture")
    with canvas.lesion("stress-fracture", "tibia", side):
        canvas.add(centre + [medial * 5, 0, 0], radii, amount, soft_share=0.05)


def fibrous_dysplasia(canvas, person, rng):
    """A striped femur, or several ribs of one side."""
    side, amount = _side(rng), _contrast(rng, "fibrous dysplasia")
    (_stripe_femur if rng.random() < 0.55 else _replace_ribs)(canvas, person, rng, side, amount)


def _stripe_femur(canvas, person, rng, side, amount):
    knee, hip = person.joint["knee", side], person.joint["hip", side]
    stop = hip[2] + rng.uniform(0.35, 1.0) * (knee[2] - hip[2])
    phase, wave = rng.uniform(0, 6.28), rng.uniform(24, 45)

    def weight(p):
        stripes = 0.7 + 0.3 * np.sin((p[2] + 0.5 * p[0]) * 6.28 / wave + phase)
        return stripes * np.clip((stop - p[2]) / 50, 0, 1)

    with canvas.lesion("fibrous-dysplasia", "femur", side, is_whole_bone=True):
        _whole(canvas, f"femur_{side}", 0.75 * amount, weight)


def _replace_ribs(canvas, person, rng, side, amount):
    first = int(rng.integers(2, 8))
    for i in rng.choice(np.arange(first, min(first + 5, 11)), int(rng.integers(2, 4)), False):
        box, mask = canvas.mask(f"rib{i}_{side}")
        y = np.argwhere(mask)[:, 1]
        low, high = np.quantile(y, rng.uniform(0, 0.3)), np.quantile(y, rng.uniform(0.6, 1))
        rows = np.arange(mask.shape[1])
        keep = np.clip(np.minimum(rows - low, high - rows) / 4 + 0.5, 0, 1)
        with canvas.lesion("fibrous-dysplasia", "ribs", side, is_whole_bone=True):
            canvas.raise_bone(box, mask * keep[None, :, None] * 1.3 * amount)


PAINTERS = {
    "normal": {"normal": lambda canvas, person, rng: None},
    "focal": {
        "several metastases": many_metastases, "one or two metastases": few_metastases,
        "rib fractures": rib_fractures, "vertebral compression fractures": compression_fractures,
        "Paget": paget, "primary bone tumour": primary_tumour, "osteomyelitis": osteomyelitis,
        "tibial stress fracture": stress_fracture, "fibrous dysplasia": fibrous_dysplasia,
    },
    "diffuse": {"metastatic superscan": metastatic, "metabolic superscan": metabolic},
    "joint-symmetric": {
        "rheumatoid polyarthritis": rheumatoid, "osteoarthritis of knees and hands": osteoarthritis,
        "hands and wrists": hands_wrists, "large joints": large_joints,
        "ankylosing spondylitis": ankylosing,
    },
}  # fmt: skip
KINDS = {label: tuple(kinds) for label, kinds in PAINTERS.items()}
# Soft tissue and urine relative to a normal person: a superscan leaves little for either.
SPARED = {"metastatic superscan": (0.35, 0.2), "metabolic superscan": (0.4, 0.15)}
