"""Painting a case: first all that is healthy, then its foci, each as what it adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from uptake_ml.phantom.swept.body import Body, extent, lay_down, place
from uptake_ml.phantom.swept.grid import Grid, open_grid, paint
from uptake_ml.phantom.swept.sweep import Sweep
from uptake_ml.phantom.swept.trunk import CHEST, LOINS
from uptake_ml.phantom.swept_pet.organs import (
    build_belly,
    build_chest,
    build_head,
    build_urinary,
    coat_outline,
    fill_marrow,
)
from uptake_ml.phantom.tracer import Lesion

if TYPE_CHECKING:
    from uptake_ml.phantom.swept_pet.case import SweptCase

VOXEL_MM = 4.0
# Beyond the field activity still blurs into it.
_MARGIN_MM = 16.0
_DIAPHRAGM_MM, _MOVED_MM = 505.0, 60.0
_LUMPS_MM, _UNEVEN = (24.0, 80.0), 0.035


class Scene(NamedTuple):
    """What is painted: SUV on a grid, the body as it lies, and mean SUVs as painted."""

    grid: Grid
    body: Body
    true_suv: dict[str, float]


def paint_healthy(case: SweptCase) -> Scene:
    """Return a patient without the foci."""
    rng, body, uptake = np.random.default_rng(case.organ_seed), case.body, case.uptake
    organs = [*build_chest(uptake, rng), *build_belly(uptake, rng), *build_head(body, uptake, rng)]
    urinary = build_urinary(body, uptake, rng)
    bladder = [solid for solid in urinary if solid.name == "bladder"]
    bones = fill_marrow(body, uptake, rng)
    lying = place(replace(body, outline=coat_outline(body, uptake), bones=bones, extra=bladder))
    organs, urinary, variants = (
        lay_down(solids, body.person) for solids in (organs, urinary, list(case.variants))
    )
    grid = open_field(case, lying)
    # Large solids hardly change from one station to the next.
    paint(grid, lying.outline, covers=False, stride=3)
    paint(grid, lying.lungs, covers=True, scale=uptake.lung, stride=3)
    paint(grid, organs, covers=True, stride=2)
    paint(grid, lying.bones, covers=False, stride=2)
    paint(grid, urinary, covers=True, stride=2)
    paint(grid, variants, covers=False)
    _make_uneven(grid, rng)
    _breathe(grid, case)
    return Scene(grid, lying, _true_means(grid, lying, organs))


def open_field(case: SweptCase, lying: Body) -> Grid:
    """Return an empty grid for what is in the field, and a margin above and below."""
    low, high = extent(lying.outline, 8)
    hip, scanner = lying.points["hip", 1][2], case.scanner
    low[1], high[1] = low[1] - 25, high[1] + case.table_mm
    low[2] = max(low[2] - 20, hip - scanner.top_mm - _MARGIN_MM)
    high[2] = min(high[2] + 20, hip - scanner.bottom_mm + _MARGIN_MM)
    return open_grid(low, high, VOXEL_MM)


def _make_uneven(grid: Grid, rng: np.random.Generator) -> None:
    """Vary the uptake by waves in all directions, s.d. ``_UNEVEN`` for each of three."""
    y, z, x = (
        np.stack([_wave(rng, n) for _ in range(3)]).astype(np.float32) for n in grid.values.shape
    )
    rows = np.float32(_UNEVEN * 8**0.5) * (y[:, :, None] * z[:, None, :]).reshape(3, -1)
    grid.values[...] *= (1 + rows.T @ x).reshape(grid.values.shape)


def _wave(rng: np.random.Generator, cells: int) -> np.ndarray:
    per_cell = 2 * np.pi * VOXEL_MM / rng.uniform(*_LUMPS_MM)
    return np.cos(np.arange(cells) * per_cell + rng.uniform(0, 2 * np.pi))


def _breathe(grid: Grid, case: SweptCase) -> None:
    """Smear the organs about the diaphragm along the body."""
    from scipy.ndimage import gaussian_filter1d

    level = grid.first_mm[1] + VOXEL_MM * (np.arange(grid.values.shape[1]) + 0.5)
    off = (level - _DIAPHRAGM_MM * case.body.person.scale) / _MOVED_MM
    rows = slice(*np.searchsorted(off, (-2, 2)))
    part = grid.values[:, rows]
    smeared = gaussian_filter1d(part, case.breathing_mm / VOXEL_MM, axis=1, mode="nearest")
    part += np.exp(-0.5 * off[rows] ** 2).astype(np.float32)[:, None] * (smeared - part)


def _true_means(grid: Grid, lying: Body, organs: Sequence[Sweep]) -> dict[str, float]:
    """Return mean SUVs as painted, in boxes well inside each tissue, before any focus."""
    means = {}
    for part, names in (("thoracic", CHEST), ("lumbar", LOINS)):
        # The first solid of a vertebra is its body.
        middles = [next(b for b in lying.bones if b.name == name).at(0.5) for name in names]
        suvs = [_mean_around(grid, middle, 5.0) for middle in middles]
        means[f"{part}-marrow"] = float(np.mean(suvs))
    for name, organ, along, reach_mm in (
        ("liver", "liver", 0.3, 18.0), ("spleen", "spleen", 0.5, 8.0),
        ("blood-pool", "aorta", 0.6, 6.0),
    ):  # fmt: skip
        solid = next(s for s in organs if s.name == organ)
        means[name] = _mean_around(grid, solid.at(along), reach_mm)
    return means


def _mean_around(grid: Grid, point: np.ndarray, reach_mm: float) -> float:
    at, reach = grid.index(point), reach_mm / grid.voxel_mm
    low = np.maximum(np.ceil(at - reach).astype(int), 0)
    box = tuple(slice(a, b) for a, b in zip(low, np.floor(at + reach).astype(int) + 1, strict=True))
    return float(grid.values[box].mean(dtype=np.float64))


def paint_foci(scene: Scene, case: SweptCase) -> list[Lesion]:
    """Paint the foci of a case and return what each has added."""
    lesions = []
    for focus in case.foci:
        solids = lay_down(list(focus.solids), case.body.person)
        origin, added = _add(scene.grid, solids)
        lesions.append(
            Lesion(
                disease=focus.disease,
                region=focus.region,
                centre_mm=focus.centre_mm,
                radius_mm=focus.radius_mm,
                uptake=focus.suv,
                origin=origin,
                activity=added,
            )
        )
    return lesions


def _add(grid: Grid, solids: Sequence[Sweep]) -> tuple[tuple[int, int, int], np.ndarray]:
    """Paint solids that only raise; return the first voxel and SUV of the box that they raised.

    That is a single zero where they lie outside the grid.
    """
    low, high = extent(list(solids), 3 * grid.voxel_mm)
    size = np.array(grid.values.shape)
    first = np.clip(np.floor(grid.index(low)).astype(int), 0, size)
    stop = np.clip(np.ceil(grid.index(high)).astype(int) + 1, 0, size)
    if (first >= stop).any():
        return (0, 0, 0), np.zeros((1, 1, 1), np.float32)
    here = tuple(slice(a, b) for a, b in zip(first, stop, strict=True))
    corner = tuple(float(v) for v in np.array(grid.first_mm) + first * grid.voxel_mm)
    box = Grid(values=grid.values[here].copy(), first_mm=corner, voxel_mm=grid.voxel_mm)
    paint(box, solids, covers=False)
    added = box.values - grid.values[here]
    grid.values[here] = box.values
    return tuple(int(v) for v in first), added
