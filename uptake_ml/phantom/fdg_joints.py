"""Uptake of joints on FDG-PET: the lining, uneven and much the same on both sides."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.fdg_spec import FocusSpec
from uptake_ml.phantom.fdg_tables import load_fdg_places

_SMALL_MM = 12.0
_PATCHES = 6


def draw_lining(rng: np.random.Generator, region: str) -> np.ndarray:
    """Return where the patches of a joint's lining lie, unit vectors (n, 3) for the left side."""
    directions = rng.normal(0, 1, (_PATCHES, 3))
    return directions / np.linalg.norm(directions, axis=1, keepdims=True)


def joint_foci(
    rng: np.random.Generator,
    region: str,
    side: str,
    part: str,
    *,
    suv: float,
    core: float,
    lining: np.ndarray,
    kind: str,
    disease: str | None = None,
) -> list[FocusSpec]:
    """Return the uptake of one compartment: a faint ball and patches of lining on it.

    A small joint is one spot.  ``core`` is the ball's share of the patches' ``suv``; ``lining``
    comes from ``draw_lining`` and is mirrored on the right side.
    """
    radius = load_fdg_places()["joint_radius_mm"][region]
    named = {"kind": kind, "disease": disease, "group": f"{side} {region}"}
    named["anchor"] = ("joint", region, side, part)

    def spot(at, size, peak):
        radii = size * np.exp(rng.normal(0, 0.12, 3))
        return FocusSpec(
            at_mm=tuple(float(v) for v in at),
            radii_mm=tuple(float(v) for v in radii),
            suv=float(peak),
            **named,
        )

    if radius < _SMALL_MM:
        return [spot((0.0, 0.0, 0.0), radius, suv)]
    mirrored = lining * np.array([1.0 if side == "left" else -1.0, 1.0, 1.0])
    foci = [spot((0.0, 0.0, 0.0), 0.85 * radius, core * suv)]
    for direction in mirrored:
        at = direction * radius * 0.7 + rng.normal(0, 0.08 * radius, 3)
        foci.append(spot(at, radius * rng.uniform(0.28, 0.45), suv * rng.uniform(0.7, 1.0)))
    return foci
