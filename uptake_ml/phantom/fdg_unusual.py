"""Subjects who differ from the tables by more than those say, which keeps a model from taking one
table for mankind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from uptake_ml.phantom.fdg_spec import FdgCaseSpec
from uptake_ml.phantom.fdg_tables import load_fdg_uptake
from uptake_ml.phantom.fdg_variants import draw_spots, draw_variants
from uptake_ml.phantom.person import Person
from uptake_ml.phantom.wishes import spread

# What the label of the marrow is read off, and what has limits of its own.
_FIXED = ("liver", "spleen", "bladder")
_STEADY = ("blood-pool", "muscle", "fat", "lung", "mesentery")
_PROPORTIONS = (
    "trunk_scale",
    "head_scale",
    "shoulder_scale",
    "pelvis_scale",
    "chest_depth_scale",
    "arm_scale",
    "forearm_scale",
    "thigh_scale",
)
_SPINE = ("lumbar-spine", "thoracic-spine")
# Healthy marrow and worn joints stay below the liver, blood as well.
_BELOW_LIVER = 0.93


def draw_more_variants(
    rng: np.random.Generator, person: Person, variants: dict[str, float]
) -> dict[str, float]:
    """Return variants that an unusual subject has beyond those known: all are twice as common."""
    found = draw_variants(rng, person)
    return {name: value for name, value in found.items() if name not in variants}


def reshape(rng: np.random.Generator, person: Person) -> Person:
    """Return the person with proportions further from the usual ones."""
    sd = load_fdg_uptake()["unusual"]["body"]
    return replace(person, **{n: getattr(person, n) * spread(rng, sd) for n in _PROPORTIONS})


def make_unusual(
    rng: np.random.Generator, spec: FdgCaseSpec, more: dict[str, float]
) -> FdgCaseSpec:
    """Return the case with uptake further from the tables, and the spots of ``more`` variants.

    Each factor has the median 1; the ratio of the spine's marrow to liver and spleen stays.
    """
    table, liver = load_fdg_uptake()["unusual"], spec.soft["liver"]
    soft = {}
    for name, value in spec.soft.items():
        factor = spread(rng, table["steady" if name in _STEADY else "tissue"])
        soft[name] = value if name in _FIXED else float(value * factor)
    soft["blood-pool"] = min(soft["blood-pool"], 0.95 * liver)
    stems = {stem: spread(rng, table["bone"]) for stem in spec.marrow}
    marrow = {
        stem: value if stem in (*_SPINE, "yellow") else _bounded(value, stems[stem], liver)
        for stem, value in spec.marrow.items()
    }
    joints = spread(rng, table["joint"])
    foci = [
        replace(f, suv=_bounded(f.suv, joints, liver)) if f.kind == "worn-joint" else f
        for f in spec.foci
    ]
    return replace(
        spec,
        soft=soft,
        marrow=marrow,
        foci=(*draw_spots(rng, spec.person, more, liver), *foci),
    )


def _bounded(value: float, factor: float, liver: float) -> float:
    """Return a value times a factor, not lifted above the liver's level by it."""
    return float(min(value * factor, max(value, _BELOW_LIVER * liver)))
