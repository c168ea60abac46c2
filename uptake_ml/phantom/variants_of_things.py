"""Prostheses, implants, metal in pockets and missing breasts: what leaves a cold or odd place."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.variants import VariantDraw, VariantRow, Variants
from uptake_ml.regions import LEFT, RIGHT

_OUTWARDS = {LEFT: 1.0, RIGHT: -1.0}
_LETTER = {LEFT: "l", RIGHT: "r"}


def _hip_prosthesis(found: Variants, row: VariantRow) -> None:
    """Head, neck and stem without tracer; bone remodels a little at trochanter and tip."""
    for side in found.sides(0.2):
        out, mu, radius = _OUTWARDS[side], found.amount(row), found.size_mm(row)
        femur = f"femur_{_LETTER[side]}"
        metal = {"mu_per_cm": mu, "concentration": 0.0}
        found.solid("hip-prosthesis", [("hip", side, 0, 0, 0)], (23, 23, 23), **metal)
        found.solid(
            "hip-prosthesis",
            [
                ("hip", side, 0, 0, 0),
                ("hip", side, out * 38, 0, -45),
                (femur, None, out * 4, 0, 55),
            ],
            (radius, radius, radius),
            **metal,
        )
        warm = found.rng.uniform(1.0, 1.35)
        for height in (0.93, 0.6):
            found.mark(_warm(row, warm, 22.0), "hip-prosthesis", femur, (0.5, height, 0.6))


def _knee_prosthesis(found: Variants, row: VariantRow) -> None:
    for side in found.sides(0.35):
        width = found.size_mm(row)
        found.solid(
            "knee-prosthesis",
            [("knee", side, 0, 0, 6)],
            (1.15 * width, 0.8 * width, 0.55 * width),
            mu_per_cm=found.amount(row),
            concentration=0.0,
        )
        warm = float(found.rng.uniform(1.1, 1.5))
        found.joint_factor |= {("knee", side, p): warm for p in ("medial", "lateral", "patella")}


def _warm(row: VariantRow, factor: float, size_mm: float) -> VariantRow:
    return VariantRow(
        chance=row.chance, amount=factor, spread=0.05, most=2.0,
        size_mm=size_mm, size_spread=0.1, source=row.source,
    )  # fmt: skip


def _pacemaker(found: Variants, row: VariantRow) -> None:
    side = LEFT if found.rng.random() < 0.8 else RIGHT
    place = (-_OUTWARDS[side] * found.rng.uniform(45, 75), 0, -found.rng.uniform(50, 80))
    _lay(found, row, "pacemaker", ("shoulder", side), place, shape=(1.0, 0.25, 0.85))


def _port(found: Variants, row: VariantRow) -> None:
    side = RIGHT if found.rng.random() < 0.7 else LEFT
    place = (-_OUTWARDS[side] * found.rng.uniform(60, 85), 0, -found.rng.uniform(30, 60))
    _lay(found, row, "port", ("shoulder", side), place, shape=(1.0, 0.4, 1.0))


def _belt_buckle(found: Variants, row: VariantRow) -> None:
    place = (found.rng.normal(0, 8), 0, found.rng.uniform(-25, 20))
    _lay(found, row, "belt-buckle", ("L5", None), place, shape=(1.2, 0.12, 0.85))


def _coins(found: Variants, row: VariantRow) -> None:
    side, rng = found.side(), found.rng
    for _ in range(int(rng.integers(1, 5))):
        place = (_OUTWARDS[side] * rng.uniform(10, 50), 0, rng.uniform(-110, -30))
        _lay(found, row, "coin", ("hip", side), place, shape=(1.0, 0.18, 1.0))


def _lay(found: Variants, row: VariantRow, kind, anchor, place, shape) -> None:
    size = found.size_mm(row)
    found.solid(
        kind,
        [(*anchor, *place)],
        tuple(size * s for s in shape),
        on_skin=True,
        mu_per_cm=found.amount(row),
        concentration=0.0,
    )


def _necklace(found: Variants, row: VariantRow) -> None:
    """A chain from the neck's sides down to the breastbone."""
    radius, low = found.size_mm(row), found.rng.uniform(40, 110)
    across = np.linspace(-1, 1, 9)
    found.solid(
        "necklace",
        [("C7", None, 62 * a, 0, 5 - low * (1 - a**2)) for a in across],
        (radius, radius, radius),
        on_skin=True,
        mu_per_cm=found.amount(row),
        concentration=0.0,
    )


def _mastectomy(found: Variants, row: VariantRow) -> None:
    found.absent_organs += [("breast", side) for side in found.sides(0.12)]


def _breast_prosthesis(found: Variants, row: VariantRow) -> None:
    """Silicone holds no tracer and stops photons like tissue."""
    for side in found.sides(0.6):
        size = found.size_mm(row)
        found.solid(
            "breast-prosthesis",
            [("breast", side, 0, -0.2 * size, 0)],
            (1.1 * size, 0.7 * size, size),
            mu_per_cm=found.amount(row),
            concentration=0.0,
        )


DRAW: dict[str, VariantDraw] = {
    "hip-prosthesis": _hip_prosthesis,
    "knee-prosthesis": _knee_prosthesis,
    "pacemaker": _pacemaker,
    "port": _port,
    "belt-buckle": _belt_buckle,
    "coins": _coins,
    "necklace": _necklace,
    "mastectomy": _mastectomy,
    "breast-prosthesis": _breast_prosthesis,
}
