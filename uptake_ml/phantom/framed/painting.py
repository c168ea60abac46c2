"""A body filled into voxels: soft tissue, healthy bone, and what each lesion adds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.framed.findings import Lesion, Piece
from uptake_ml.phantom.framed.subject import Body
from uptake_ml.phantom.framed.tracer import Tracer
from uptake_ml.phantom.framed.voxels import (
    Grid,
    add_bone,
    add_extra,
    add_glows,
    enclose,
    filled,
    outline_distance,
    paint_bones,
    solid_distance,
)

VOXEL_MM = 3.7
_MARGIN_MM = 12.0  # around the body, for what blurs beyond it
# Liver, heart and spleen in the trunk's frame: middle, semi-axes in mm, uptake above flesh.
_ORGANS = (
    ((-62, -12, 540), (78, 74, 56), 0.35),
    ((28, -44, 470), (46, 42, 56), 0.3),
    ((88, 40, 545), (26, 36, 46), 0.2),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Painting:
    """Uptake per volume on ``grid``, and of soft tissue with its density on voxels twice as large.

    ``added`` holds of each lesion in turn what each of its pieces adds to ``uptake``: where, and
    how much. ``low`` and ``high`` are the corners (x, y, z) of the body in mm.
    """

    grid: Grid
    uptake: np.ndarray
    coarse: Grid
    soft: np.ndarray
    density: np.ndarray
    added: list[list[tuple[tuple[slice, ...], np.ndarray]]]
    low: np.ndarray
    high: np.ndarray

    def coarse_uptake(self) -> np.ndarray:
        """Return uptake on the voxels of soft tissue."""
        return _coarsen(self.uptake)


def paint(body: Body, lesions: list[Lesion], tracer: Tracer, rng: np.random.Generator) -> Painting:
    """Return a body with its lesions in voxels."""
    grid = enclose([*body.outline, *body.bones], VOXEL_MM, _MARGIN_MM)
    coarse = grid.coarser(2)
    skin = outline_distance(coarse, body.outline)
    soft, density = _fill_flesh(coarse, skin, body, tracer, rng)
    uptake, bone = paint_bones(grid, body.bones)
    add_glows(grid, uptake, bone, body.glows)
    added = [[paint_piece(grid, uptake, bone, piece) for piece in n.pieces] for n in lesions]
    add_extra(grid, uptake, body.extra)
    density += 0.55 * _coarsen(bone)
    where = np.argwhere(skin < 0)
    return Painting(
        grid=grid,
        uptake=uptake,
        coarse=coarse,
        soft=soft,
        density=density,
        added=added,
        low=coarse.low + where.min(axis=0)[::-1] * coarse.voxel_mm,
        high=coarse.low + (where.max(axis=0)[::-1] + 1) * coarse.voxel_mm,
    )


def paint_piece(
    grid: Grid, uptake: np.ndarray, bone: np.ndarray, piece: Piece
) -> tuple[tuple[slice, ...], np.ndarray]:
    """Paint a piece of a lesion, in place; return where, and what it added to the uptake."""
    where, _ = grid.block(*piece.bounds())
    before = uptake[where].copy()
    for solid in piece.bones:
        add_bone(grid, uptake, bone, solid)
    add_glows(grid, uptake, bone, piece.glows)
    add_extra(grid, uptake, piece.extra)
    return where, uptake[where] - before


def _coarsen(values: np.ndarray) -> np.ndarray:
    pairs = values[:, :, ::2] + values[:, :, 1::2]
    pairs = pairs[:, ::2] + pairs[:, 1::2]
    return (pairs[::2] + pairs[1::2]) / 8


def _fill_flesh(
    coarse: Grid, skin: np.ndarray, body: Body, tracer: Tracer, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return uptake and density of soft tissue: fat under the skin, lungs, liver and heart."""
    inside = filled(skin, coarse.voxel_mm)
    fat_mm = max(4 + 1.3 * (body.person.bmi - 20), 4)
    depth = np.clip((-skin - fat_mm) / 8 + 0.5, 0, 1)
    soft = inside * np.float32(tracer.soft) * (tracer.fat_share + (1 - tracer.fat_share) * depth)
    density = inside.copy()
    for lung in body.lungs:
        where, _, distance = solid_distance(coarse, lung, coarse.voxel_mm)
        air = filled(distance, coarse.voxel_mm)
        soft[where] *= 1 - 0.45 * air
        density[where] *= 1 - 0.7 * air
    for centre, radii, gain in _ORGANS:
        egg = body.frames["root"].egg(centre, radii)
        where, points = coarse.block(*egg.bounds())
        organ = filled(egg.distance(points), coarse.voxel_mm)
        soft[where] *= 1 + organ * np.float32(gain * rng.uniform(0.2, 1))
    return soft, density
