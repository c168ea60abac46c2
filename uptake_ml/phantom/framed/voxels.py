"""Blocks of voxels that distance fields are evaluated on. Arrays are (z, y, x)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.framed.field import Open, Solid, blend
from uptake_ml.phantom.framed.subject import Glow

FAR_MM = 200.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """Voxels of ``voxel_mm``; ``low`` is the outer corner (x, y, z) of the first."""

    low: np.ndarray
    voxel_mm: float
    shape: tuple[int, int, int]

    @property
    def origin_mm(self) -> np.ndarray:
        """Return (z, x) of the outer corner of the first voxel."""
        return self.low[[2, 0]]

    def centres(self, axis: int, first: int, last: int) -> np.ndarray:
        """Return coordinates along x (0), y (1) or z (2)."""
        at = self.low[axis] + (np.arange(first, last) + 0.5) * self.voxel_mm
        return at.astype(np.float32)

    def block(self, low, high) -> tuple[tuple[slice, ...], Open] | None:
        """Return slices and open coordinates of the voxels between two corners."""
        sizes = self.shape[::-1]
        first = np.clip(np.floor((low - self.low) / self.voxel_mm - 1), 0, sizes).astype(int)
        last = np.clip(np.ceil((high - self.low) / self.voxel_mm + 1), 0, sizes).astype(int)
        if (last <= first).any():
            return None
        x, y, z = (self.centres(axis, first[axis], last[axis]) for axis in range(3))
        where = tuple(slice(first[axis], last[axis]) for axis in (2, 1, 0))
        return where, (x[None, None], y[None, :, None], z[:, None, None])

    def coarser(self, factor: int) -> Grid:
        """Return the grid of voxels ``factor`` times as large that begins at the same corner."""
        shape = tuple(-(-n // factor) for n in self.shape)
        return Grid(low=self.low, voxel_mm=self.voxel_mm * factor, shape=shape)

    def zeros(self) -> np.ndarray:
        """Return zeros, float32."""
        return np.zeros(self.shape, np.float32)


def enclose(solids: list[Solid], voxel_mm: float, margin_mm: float, z_range=None) -> Grid:
    """Return a grid around solids, its sizes multiples of two."""
    lows, highs = zip(*(solid.bounds() for solid in solids), strict=True)
    low, high = np.min(lows, axis=0) - margin_mm, np.max(highs, axis=0) + margin_mm
    if z_range is not None:
        low[2], high[2] = max(low[2], z_range[0]), min(high[2], z_range[1])
    sizes = 2 * np.ceil((high - low) / voxel_mm / 2).astype(int)
    return Grid(low=low, voxel_mm=voxel_mm, shape=tuple(int(n) for n in sizes[::-1]))


def filled(distance: np.ndarray, voxel_mm: float) -> np.ndarray:
    """Return the part of a voxel that lies inside, from the distance at its centre."""
    return np.clip(0.5 - distance / np.float32(voxel_mm), 0, 1)


def solid_distance(
    grid: Grid, solid: Solid, margin_mm: float
) -> tuple[tuple, Open, np.ndarray] | None:
    """Return slices, points and distances of a solid, true within ``margin_mm`` of its surface."""
    low, high = solid.bounds()
    found = grid.block(low - margin_mm, high + margin_mm)
    if not found:
        return None
    where, points = found
    whole = np.full([s.stop - s.start for s in where], FAR_MM, np.float32)
    reach = margin_mm + solid.blend_mm
    for part in solid.parts:
        part_low, part_high = part.bounds()
        inner = grid.block(part_low - reach, part_high + reach)
        if not inner:
            continue
        here = tuple(
            slice(max(i.start, o.start) - o.start, min(i.stop, o.stop) - o.start)
            for i, o in zip(inner[0], where, strict=True)
        )
        near = (points[0][..., here[2]], points[1][:, here[1]], points[2][here[0]])
        whole[here] = blend(whole[here], part.distance(near), solid.blend_mm)
    return where, points, solid.trim(points, whole)


def outline_distance(grid: Grid, solids: list[Solid], blend_mm: float = 18) -> np.ndarray:
    """Return the distance to the skin, ``FAR_MM`` where nothing is near."""
    whole = np.full(grid.shape, FAR_MM, np.float32)
    for solid in solids:
        found = solid_distance(grid, solid, blend_mm)
        if found:
            where, _, distance = found
            whole[where] = blend(whole[where], distance, blend_mm)
    return whole


def paint_bones(grid: Grid, bones: list[Solid]) -> tuple[np.ndarray, np.ndarray]:
    """Return uptake and the part of bone in each voxel."""
    uptake, bone = grid.zeros(), grid.zeros()
    for solid in bones:
        add_bone(grid, uptake, bone, solid)
    return uptake, bone


def fill_whole_and_core(
    grid: Grid, solid: Solid
) -> tuple[tuple[slice, ...], np.ndarray, np.ndarray] | None:
    """Return slices of the voxels about a solid, the part of each that lies in it, and in its core.

    None beside the grid.
    """
    found = solid_distance(grid, solid, 2 * grid.voxel_mm)
    if not found:
        return None
    where, _, distance = found
    whole = filled(distance, grid.voxel_mm)
    core = filled(distance + solid.shell_mm, grid.voxel_mm)
    return where, whole, core


def add_bone(grid: Grid, uptake: np.ndarray, bone: np.ndarray, solid: Solid) -> None:
    """Lay a bone over others, the hotter of two in one place, in place."""
    found = fill_whole_and_core(grid, solid)
    if not found:
        return
    where, whole, core = found
    value = (whole - core) * solid.shell + (0 if solid.hollow else core * solid.core)
    whole = whole - core if solid.hollow else whole
    np.maximum(uptake[where], value, out=uptake[where])
    if "cartilage" not in solid.tags:
        np.maximum(bone[where], whole, out=bone[where])


def add_glows(grid: Grid, uptake: np.ndarray, bone: np.ndarray, glows: list[Glow]) -> None:
    """Change uptake of bone around each glow, in place."""
    for glow in glows:
        found = grid.block(*glow.bounds())
        if not found:
            continue
        where, points = found
        near = distance_to_line(points, glow.line) / np.float32(glow.radius_mm)
        near = near * (1 + glow.rough * ripple(points, glow.radius_mm, glow.seed))
        part = 1 / (1 + np.exp(np.clip((near - 1) * 7, -30, 30)))
        if glow.ring:
            part *= 1 - glow.ring * np.clip(1.3 - 2 * near, 0, 1)
        if glow.rough > 0.2:
            part *= 1 + 0.3 * ripple(points, 0.7 * glow.radius_mm, glow.seed + 1)
        uptake[where] += part * (glow.times * uptake[where] + glow.plus * bone[where])


def distance_to_line(points: Open, line: np.ndarray) -> np.ndarray:
    """Return the distance to a polyline."""
    nearest = None
    ends = line[1:] if len(line) > 1 else line
    for a, b in zip(line, ends, strict=False):
        axis = b - a
        off = [p - np.float32(c) for p, c in zip(points, a, strict=True)]
        along = sum(
            o * np.float32(u) for o, u in zip(off, axis / max(axis @ axis, 1e-6), strict=True)
        )
        along = np.clip(along, 0, 1)
        square = sum((o - along * np.float32(u)) ** 2 for o, u in zip(off, axis, strict=True))
        nearest = square if nearest is None else np.minimum(nearest, square)
    return np.sqrt(nearest)


def ripple(points: Open, size_mm: float, seed: int) -> np.ndarray:
    """Return a smooth random field between about -1 and 1 whose waves are ``size_mm`` long."""
    rng = np.random.default_rng(seed)
    total = 0.0
    for _ in range(4):
        wave, phase = rng.normal(0, 3.2 / size_mm, 3), rng.uniform(0, 2 * np.pi)
        total = total + np.sin(
            sum(p * np.float32(k) for p, k in zip(points, wave, strict=True)) + np.float32(phase)
        )
    return total / 3


def add_extra(grid: Grid, uptake: np.ndarray, solids: list[Solid]) -> None:
    """Put solids in that are not bone, such as urine; a hollow one has an empty middle."""
    for solid in solids:
        found = fill_whole_and_core(grid, solid)
        if not found:
            continue
        where, whole, core = found
        value = (whole - core) * solid.shell + core * solid.core
        uptake[where] = np.where(whole > 0, np.maximum(uptake[where], value), uptake[where])
