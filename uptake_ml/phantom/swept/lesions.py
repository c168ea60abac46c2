"""Hot tissue in and about bones: what focal disease is painted with."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.swept.sweep import STEP_MM, Sweep, sweep


def draw_lobes(rng: np.random.Generator, size: float) -> tuple[tuple[int, float, float], ...]:
    """Return waves around a section that make an outline irregular."""
    return tuple((m, rng.normal(0, size / m**0.5), rng.uniform(0, 6.3)) for m in (1, 2, 3, 4))


def lesion_in(
    bone: Sweep,
    part: float,
    rng: np.random.Generator,
    *,
    value: float,
    length_mm: float,
    swell: float = 1.0,
    width_mm: float | None = None,
) -> Sweep:
    """Return a lesion within a bone around a part of its length, 0 to 1.

    It fills the section ``swell`` times, or where that is wider than ``width_mm`` a patch of it.
    """
    n = len(bone.centre)
    reach = max(length_mm / (2 * STEP_MM), 1)
    k = np.clip(part * (n - 1) + np.array([-1, -0.4, 0.4, 1]) * reach, 0, n - 1).round().astype(int)
    centre, hu, hv = bone.centre[k], bone.half_u[k].mean(), bone.half_v[k].mean()
    if len(np.unique(k)) < 4:
        along = bone.along()[k[0]]
        centre = centre.mean(axis=0) + np.array([-1, -0.4, 0.4, 1])[:, None] * along * length_mm / 2
    if width_mm is not None and 0.5 * width_mm < hu:
        centre = centre + rng.uniform(-1, 1) * (hu - 0.5 * width_mm) * bone.across[k]
        hu = 0.5 * width_mm
    shape = np.array([0.75, 1, 1, 0.75]) * swell
    made = sweep(
        "lesion", centre, np.maximum(shape * hu, 3), np.maximum(shape * hv, 3), side=bone.side,
        value=value * np.exp(rng.normal(0, 0.15, 4)), marrow=0, hint=bone.across[k[1]],
        lobes=draw_lobes(rng, 0.12),
    )  # fmt: skip
    return made


def blob(
    name: str,
    centre: np.ndarray,
    radius_mm: float,
    value: float,
    rng: np.random.Generator,
    *,
    lobes: float = 0.1,
    core: float = 1.0,
) -> Sweep:
    """Return an irregular lump about a point; with a ``core`` below 1 its middle is cold."""
    way = rng.normal(size=3)
    way *= radius_mm / np.linalg.norm(way)
    half = radius_mm * np.array([0.55, 0.93, 1, 0.93, 0.55]) * np.exp(rng.normal(0, 0.06, 5))
    points = np.asarray(centre) + np.linspace(-0.9, 0.9, 5)[:, None] * way
    return sweep(
        name, points, half, half * rng.uniform(0.8, 1.2), value=value, hint=rng.normal(size=3),
        lobes=draw_lobes(rng, lobes), core=core, wall_mm=0.4 * radius_mm if core < 1 else None,
        is_rounded=False,
    )  # fmt: skip


def hold(bones: list[Sweep], factor: float) -> None:
    """Multiply the concentration of whole bones."""
    for bone in bones:
        bone.value *= factor
