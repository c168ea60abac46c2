"""Superscans: the whole skeleton, or all of its marrow-bearing part, takes up the tracer."""

import numpy as np

AXIAL = (
    "T",
    "L",
    "rib",
    "sternum",
    "ilium",
    "sacrum",
    "scapula",
    "pubis",
    "ischium",
    "clavicle",
    "C",
)
# Metabolic: factor on each bone (prior: calvaria, jaw, long bones and junctions stand out).
METABOLIC = {
    "calvaria": (2.4, 4.0), "mandible": (2.2, 4.0), "face": (1.5, 2.2), "femur": (2.0, 3.2),
    "tibia": (2.0, 3.4), "fibula": (1.6, 2.4), "humerus": (2.0, 3.2), "radius": (1.8, 2.8),
    "ulna": (1.8, 2.8), "sternum": (1.4, 2.0), "hand": (1.4, 2.2), "foot": (1.4, 2.2),
    "patella": (1.6, 2.4), "clavicle": (1.3, 1.8), "rib": (1.2, 1.6), "scapula": (1.1, 1.5),
}  # fmt: skip


def _matches(part, group):
    """Whether the part belongs to the group of that name."""
    if group in ("T", "L", "C"):
        return part[0] == group and part[1:].isdigit()
    return part.startswith(group)


def _scale(canvas, table):
    """Multiply bone by the factor of its part, blended over part boundaries."""
    factors = np.ones(len(canvas.names), np.float32)
    for i, part in enumerate(canvas.names):
        for group, value in table.items():
            if part and _matches(part, group):
                factors[i] = value
    canvas.bone *= factors[canvas.part]
    return factors


def metastatic(canvas, person, rng):
    """Confluent hot axial skeleton and proximal limbs; the rest of the limbs as usual."""
    common = rng.uniform(2.8, 5.5)
    patch = rng.uniform(0.15, 0.5)
    table = {g: common * np.exp(rng.normal(0, 0.1)) for g in AXIAL if g != "clavicle"}
    table["ilium"] = 1.15 * common
    table["C"], table["clavicle"] = 0.7 * common, 0.6 * common
    table["calvaria"] = rng.uniform(1.0, 0.5 * common)
    _scale(canvas, table)
    for side in ("left", "right"):
        for joint, bone in (("hip", "femur"), ("shoulder", "humerus")):
            centre = person.joint[joint, side] + [0, 0, 30]
            canvas.add(centre, (60, 60, rng.uniform(60, 130)), common * rng.uniform(0.3, 0.6),
                       only=f"{bone}_{side}")  # fmt: skip
    names = [n for n in canvas.names[1:] if any(_matches(n, g) for g in AXIAL)]
    for part in rng.choice(names, 40):
        canvas.add(
            canvas.random_point(part), rng.uniform(12, 30), common * patch * rng.uniform(-0.8, 1.6)
        )
    np.maximum(canvas.bone, 0, out=canvas.bone)


def metabolic(canvas, person, rng):
    """Even high uptake with hot calvaria, jaw, long bones and beaded junctions."""
    strength = rng.uniform(0.75, 1.2)
    table = {g: 1 + (rng.uniform(*v) - 1) * strength for g, v in METABOLIC.items()}
    _scale(canvas, table)
    bead = rng.uniform(2.0, 4.0)
    for (name, _), where in list(canvas.points.items()):
        if name.startswith("costochondral") and int(name[13:]) in range(2, 10):
            canvas.add(where, 9, bead * rng.uniform(0.7, 1.3), soft_share=0.3)
    canvas.add(canvas.points["sternal angle", None], 11, bead, soft_share=0.2)
