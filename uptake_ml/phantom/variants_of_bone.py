"""Normal unevenness of bone: places that take up more than the rest, and worn joints.

Places are shares of a bone's extent along its own axes: back to front, below to above, and from
the patient's left to the right.
"""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.disease import parts_of
from uptake_ml.phantom.variants import VariantDraw, VariantRow, Variants
from uptake_ml.regions import LEFT, RIGHT

_LETTER = {LEFT: "l", RIGHT: "r"}
# Chance of each joint to be the one that is worn.
_WORN = {
    "knee": 0.22, "shoulder": 0.14, "hand": 0.14, "foot": 0.14, "acromioclavicular": 0.1,
    "hip": 0.07, "ankle": 0.05, "wrist": 0.06, "sternoclavicular": 0.08,
}  # fmt: skip


def _dental(found: Variants, row: VariantRow) -> None:
    rng = found.rng
    for _ in range(int(rng.integers(1, 4))):
        across = rng.uniform(0.2, 0.8)
        front = 0.95 - 1.6 * (across - 0.5) ** 2 * 4 * 0.3
        if rng.random() < 0.5:
            found.mark(row, "dental", "mandible", (front, rng.uniform(0.3, 0.5), across))
        else:
            found.mark(row, "dental", "skull", (front, 0.03, 0.5 + 0.5 * (across - 0.5)))


def _sinus(found: Variants, row: VariantRow) -> None:
    if found.rng.random() < 0.4:
        found.mark(row, "sinus", "skull", (0.93, 0.25, 0.5))  # nose and ethmoid
        return
    for side in found.sides(0.6):
        found.mark(row, "sinus", "skull", (0.88, 0.15, 0.33 if side == LEFT else 0.67))


def _frontal(found: Variants, row: VariantRow) -> None:
    for across in (0.32, 0.68):
        found.mark(row, "frontal-hyperostosis", "skull", (0.93, 0.68, across))


def _scapular_tip(found: Variants, row: VariantRow) -> None:
    for side in found.sides(0.5):
        found.mark(row, "scapular-tip", f"scapula_{_LETTER[side]}", (0.3, 0.03, 0.5))


def _manubrial_angle(found: Variants, row: VariantRow) -> None:
    found.mark(row, "manubrial-angle", "sternum", (0.35, 0.74, 0.5))


def _xiphoid(found: Variants, row: VariantRow) -> None:
    found.mark(row, "xiphoid", "sternum", (0.9, 0.04, 0.5))


def _costochondral(found: Variants, row: VariantRow) -> None:
    first = int(found.rng.integers(2, 5))
    for side in found.sides(0.8):
        for rib in range(first, first + int(found.rng.integers(2, 5))):
            # A rib's front end is its foremost, lowest part.
            found.mark(row, "costochondral", f"rib{rib}_{_LETTER[side]}", (1.0, 0.0, 0.5))


def _stippled_ribs(found: Variants, row: VariantRow) -> None:
    for side in found.sides(0.6):
        behind = found.rng.uniform(0.08, 0.16)
        for rib in range(4, 10):
            if found.rng.random() < 0.8:
                found.mark(row, "stippled-ribs", f"rib{rib}_{_LETTER[side]}", (behind, 0.85, 0.5))


# bone of one side -> where a tendon inserts, back to front, below to above and left to right on
# the right side
_ENTHESES = {
    "femur": (0.4, 0.96, 0.9),
    "pelvis": (0.3, 0.05, 0.35),
    "tarsal1": (0.05, 0.3, 0.5),
}


def _enthesis(found: Variants, row: VariantRow) -> None:
    bone = str(found.rng.choice(list(_ENTHESES), p=(0.45, 0.25, 0.3)))
    back, above, across = _ENTHESES[bone]
    for side in found.sides(0.5):
        lateral = across if side == RIGHT else 1 - across
        found.mark(row, "enthesis", f"{bone}_{_LETTER[side]}", (back, above, lateral))


def _hot_patella(found: Variants, row: VariantRow) -> None:
    for side in found.sides(0.7):
        found.bone_factor[f"patella_{_LETTER[side]}"] = found.amount(row)


def _cartilage(found: Variants, row: VariantRow) -> None:
    found.bone_factor["costal-cartilage"] = found.amount(row)


def _growth_plate(found: Variants, row: VariantRow) -> None:
    if found.person.age_years >= 25:
        return
    for letter in "lr":
        found.mark(row, "growth-plate", f"femur_{letter}", (0.5, 0.06, 0.5))
        found.mark(row, "growth-plate", f"tibia_{letter}", (0.5, 0.96, 0.5))


def _deltoid(found: Variants, row: VariantRow) -> None:
    for side in found.sides(0.4):
        lateral = 1.0 if side == RIGHT else 0.0
        found.mark(row, "deltoid-tuberosity", f"humerus_{_LETTER[side]}", (0.6, 0.6, lateral))


def _worn_joint(found: Variants, row: VariantRow) -> None:
    """One joint of one side, or the same on both where age has worn it."""
    rng = found.rng
    for _ in range(1 + int(rng.random() < 0.4)):
        region = str(rng.choice(list(_WORN), p=list(_WORN.values())))
        parts = parts_of(region)
        few = parts if rng.random() < 0.4 else (str(rng.choice(parts)),)
        for side in found.sides(0.35):
            factor = max(found.amount(row), 1.0)
            found.joint_factor |= {(region, side, part): factor for part in few}


def _facet(found: Variants, row: VariantRow) -> None:
    rng = found.rng
    for _ in range(int(rng.integers(1, 4))):
        bone = str(rng.choice(["L3", "L4", "L5", "L5", "C4", "C5", "C6"]))
        across = 0.28 if rng.random() < 0.5 else 0.72
        found.mark(row, "facet", bone, (0.3, rng.uniform(0.2, 0.5), across))


def _osteophyte(found: Variants, row: VariantRow) -> None:
    rng = found.rng
    for _ in range(int(rng.integers(1, 4))):
        bone = str(rng.choice(["C5", "C6", "T8", "T9", "T10", "T11", "L1", "L2", "L3", "L4"]))
        found.mark(
            row, "osteophyte", bone, (0.85, rng.choice([0.3, 0.8]), rng.choice([0.25, 0.75]))
        )


def _lumbosacral(found: Variants, row: VariantRow) -> None:
    """Wear between the last vertebra and the sacrum, in the middle or on one side."""
    across = float(found.rng.choice([0.5, 0.5, 0.36, 0.64]))
    found.mark(row, "lumbosacral-wear", "sacrum", (found.rng.uniform(0.5, 0.95), 0.92, across))
    if found.rng.random() < 0.5:
        found.mark(row, "lumbosacral-wear", "L5", (found.rng.uniform(0.3, 0.9), 0.15, across))


def _thumb_base(found: Variants, row: VariantRow) -> None:
    """The joint of trapezium and first metacarpal, worn in many hands."""
    for side in found.sides(0.6):
        for bone in ("trapezium", "1mc"):
            place = (0.5, 0.5 if bone == "trapezium" else 0.9, 0.5)
            found.mark(row, "thumb-base", f"{bone}_{_LETTER[side]}", place)


def _radiotherapy(found: Variants, row: VariantRow) -> None:
    """A spine or half a pelvis that was irradiated takes up less."""
    factor = found.amount(row)
    fields = (
        tuple(f"T{k}" for k in range(5, 11)),
        ("T11", "T12", "L1", "L2", "L3"),
        ("L3", "L4", "L5", "sacrum"),
        (f"pelvis_{_LETTER[found.side()]}", "sacrum"),
    )
    for bone in fields[int(found.rng.integers(len(fields)))]:
        found.bone_factor[bone] = factor * float(np.exp(found.rng.normal(0, 0.06)))


DRAW: dict[str, VariantDraw] = {
    "dental": _dental,
    "sinus": _sinus,
    "frontal-hyperostosis": _frontal,
    "scapular-tip": _scapular_tip,
    "manubrial-angle": _manubrial_angle,
    "xiphoid": _xiphoid,
    "costochondral": _costochondral,
    "stippled-ribs": _stippled_ribs,
    "enthesis": _enthesis,
    "hot-patella": _hot_patella,
    "costal-cartilage": _cartilage,
    "growth-plate": _growth_plate,
    "deltoid-tuberosity": _deltoid,
    "worn-joint": _worn_joint,
    "facet": _facet,
    "osteophyte": _osteophyte,
    "lumbosacral-wear": _lumbosacral,
    "thumb-base": _thumb_base,
    "radiotherapy-field": _radiotherapy,
}
