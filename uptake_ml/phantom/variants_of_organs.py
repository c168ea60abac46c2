"""Glands, kidneys, bladder, spilt urine and the injection: tracer outside bone, no disease."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.person import MALE
from uptake_ml.phantom.spec import OrganMove
from uptake_ml.phantom.variants import VariantDraw, VariantRow, Variants
from uptake_ml.regions import LEFT, RIGHT

_OUTWARDS = {LEFT: 1.0, RIGHT: -1.0}


def _thyroid(found: Variants, row: VariantRow) -> None:
    total, size = found.amount(row), found.size_mm(row)
    for side in (LEFT, RIGHT):
        share = total * np.exp(found.rng.normal(0, 0.2))
        found.spot("thyroid", ("C7", None), (_OUTWARDS[side] * 16, -58, 2), size, share)


def _larynx(found: Variants, row: VariantRow) -> None:
    total, size = found.amount(row), found.size_mm(row)
    for side in (LEFT, RIGHT):
        found.spot(
            "laryngeal-cartilage", ("C5", None), (_OUTWARDS[side] * 12, -50, -4), size, total / 2
        )


def _first_rib(found: Variants, row: VariantRow) -> None:
    for side in found.sides(0.75):
        offset = (_OUTWARDS[side] * found.rng.uniform(8, 20), 0.0, found.rng.uniform(-22, -6))
        found.spot(
            "first-rib", ("sternoclavicular", side), offset, found.size_mm(row), found.amount(row)
        )


def _free_pertechnetate(found: Variants, row: VariantRow) -> None:
    factor, size = found.amount(row), found.size_mm(row)
    found.soft_factor["stomach"] = factor
    for side in (LEFT, RIGHT):
        out = _OUTWARDS[side]
        found.spot("thyroid", ("C7", None), (out * 16, -58, 2), size, 1.6 * factor)
        found.spot(
            "salivary-gland", ("mandible", None), (out * 52, 45, 18), 1.4 * size, 1.3 * factor
        )
        found.spot("salivary-gland", ("mandible", None), (out * 28, 25, -25), size, 0.6 * factor)


def _renal_pelvis(found: Variants, row: VariantRow) -> None:
    for side in found.sides(0.35):
        offset = (-_OUTWARDS[side] * 8, 2, found.rng.normal(0, 10))
        found.spot("renal-pelvis", ("kidney", side), offset, found.size_mm(row), found.amount(row))


def _hydronephrosis(found: Variants, row: VariantRow) -> None:
    for side in found.sides(0.15):
        size = found.size_mm(row)
        found.organ_moves.append(
            OrganMove(
                tissue="kidney", side=side, shift_mm=(0.0, 0.0, 0.0),
                scale=float(found.rng.uniform(1.05, 1.35)),
            )
        )  # fmt: skip
        level = found.amount(row) * found.soft["kidney"]
        found.solid(
            "hydronephrosis",
            [("kidney", side, -_OUTWARDS[side] * 6, 0, 0)],
            (0.8 * size, 0.7 * size, 1.5 * size),
            concentration=float(level),
        )


def _ureter(found: Variants, row: VariantRow) -> None:
    side, rng = found.side(), found.rng
    out, radius = _OUTWARDS[side], found.size_mm(row)
    ends = [("kidney", side, -out * 10, 0, -35), ("L4", None, out * 38, -35, 0),
            ("sacrum", None, out * 52, -40, 0), ("bladder", None, out * 18, 15, 10)]  # fmt: skip
    first = int(rng.integers(0, 3))
    found.solid(
        "ureter",
        ends[first : first + int(rng.integers(2, 4))],
        (radius, radius, radius),
        concentration=found.amount(row) * found.soft["bladder"],
    )


def _missing_kidney(found: Variants, row: VariantRow) -> None:
    """A single kidney is larger."""
    side = found.side()
    found.absent_organs.append(("kidney", side))
    other = LEFT if side == RIGHT else RIGHT
    found.organ_moves.append(
        OrganMove(tissue="kidney", side=other, shift_mm=(0.0, 0.0, 0.0), scale=found.amount(row))
    )


def _low_kidney(found: Variants, row: VariantRow) -> None:
    side, down = found.side(), found.size_mm(row)
    found.organ_moves.append(
        OrganMove(
            tissue="kidney", side=side, shift_mm=(-_OUTWARDS[side] * 0.2 * down, -0.2 * down, -down)
        )
    )


def _horseshoe_kidney(found: Variants, row: VariantRow) -> None:
    for side in (LEFT, RIGHT):
        shift = (-_OUTWARDS[side] * 20.0, -20.0, -45.0)
        found.organ_moves.append(OrganMove(tissue="kidney", side=side, shift_mm=shift))
    size = found.size_mm(row)
    found.solid(
        "horseshoe-kidney",
        [("kidney", RIGHT, 10, -8, -38), ("L4", None, 0, -55, 0), ("kidney", LEFT, -10, -8, -38)],
        (size, 0.7 * size, size),
        concentration=found.soft["kidney"],
    )


def _full_bladder(found: Variants, row: VariantRow) -> None:
    found.bladder_radius_mm = float(min(found.size_mm(row), 68.0))


def _catheter(found: Variants, row: VariantRow) -> None:
    """An emptied bladder, a tube along the thigh and the bag on the bed between the legs."""
    rng, side = found.rng, found.side()
    out, urine = _OUTWARDS[side], found.amount(row) * found.soft["bladder"]
    found.bladder_radius_mm = float(rng.uniform(10, 20))
    size = found.size_mm(row)
    found.solid(
        "urine-tube",
        [("bladder", None, 0, -60, -70), ("hip", side, -out * 10, -105, -160),
         ("knee", side, -out * 60, -20, 40)],
        (3.5, 3.5, 3.5),
        concentration=0.6 * urine,
    )  # fmt: skip
    found.solid(
        "urine-bag",
        [("knee", side, -out * 75, 30, rng.uniform(-110, 20))],
        (size, 0.5 * size, 1.7 * size),
        concentration=urine,
        mu_per_cm=0.15,
    )


def _urethra(found: Variants, row: VariantRow) -> None:
    down = -95 if found.person.sex == MALE else -70
    found.spot("urethra", ("bladder", None), (found.rng.normal(0, 5), -50, down),
               found.size_mm(row), found.amount(row))  # fmt: skip


def _urine_on_skin(found: Variants, row: VariantRow) -> None:
    rng = found.rng
    for _ in range(1 + int(rng.poisson(0.4))):
        on_thigh = rng.random() < 0.3
        across = rng.normal(0, 70 if on_thigh else 30)
        down = rng.uniform(-260, -140) if on_thigh else rng.uniform(-150, -50)
        found.spot(
            "urine", ("bladder", None), (across, -70, down), found.size_mm(row), found.amount(row)
        )


def _injection(found: Variants, row: VariantRow) -> None:
    _inject(found, row, "injection", found.side())


def _extravasation(found: Variants, row: VariantRow) -> None:
    """Tracer beside the vein; lymph takes some of it to the axilla."""
    rng, side = found.rng, found.side()
    total = _inject(found, row, "extravasation", side)
    if rng.random() < 0.5:
        for _ in range(int(rng.integers(1, 3))):
            offset = (
                -_OUTWARDS[side] * rng.uniform(5, 35),
                rng.uniform(-25, 5),
                rng.uniform(-75, -35),
            )
            share = total * rng.uniform(0.01, 0.06)
            found.spot("lymph-node", ("shoulder", side), offset, 7.0, share)


def _inject(found: Variants, row: VariantRow, kind: str, side: str) -> float:
    rng, total = found.rng, found.amount(row)
    place = str(rng.choice(["elbow", "wrist", "hand"], p=[0.62, 0.2, 0.18]))
    offset = (rng.normal(0, 8), -22 if place == "elbow" else -14, rng.normal(0, 20))
    found.spot(kind, (place, side), offset, found.size_mm(row), total)
    return total


DRAW: dict[str, VariantDraw] = {
    "thyroid": _thyroid,
    "laryngeal-cartilage": _larynx,
    "first-rib": _first_rib,
    "free-pertechnetate": _free_pertechnetate,
    "renal-pelvis": _renal_pelvis,
    "hydronephrosis": _hydronephrosis,
    "ureter": _ureter,
    "missing-kidney": _missing_kidney,
    "low-kidney": _low_kidney,
    "horseshoe-kidney": _horseshoe_kidney,
    "full-bladder": _full_bladder,
    "catheter": _catheter,
    "urethra": _urethra,
    "urine-on-skin": _urine_on_skin,
    "injection-site": _injection,
    "extravasation": _extravasation,
}
