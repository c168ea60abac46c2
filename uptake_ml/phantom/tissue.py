"""Tissue codes of a volume, and solids filled with them.

A code is a region's index (``uptake_ml.regions``); fat has codes of its own beyond them, one for
each soft-tissue region.
"""

from __future__ import annotations

import numpy as np

from uptake_ml import regions
from uptake_ml.phantom.grid import Grid, filled_boxes
from uptake_ml.phantom.outline import Solid, TrunkSections

_SOFT = tuple(i for i, r in enumerate(regions.REGIONS) if r.kind == regions.SOFT_TISSUE)
FIRST_FAT_CODE = len(regions.REGIONS)
FAT_CODE = {soft: FIRST_FAT_CODE + k for k, soft in enumerate(_SOFT)}
TISSUE_CODES = FIRST_FAT_CODE + len(_SOFT)


def look_up(table: np.ndarray, tissue: np.ndarray) -> np.ndarray:
    """Return the table's value at every voxel of a volume of codes, in the table's type.

    The value of code 0 is 0.
    """
    values = np.zeros(tissue.shape, table.dtype)
    for box in filled_boxes(tissue):
        values[box] = table[tissue[box]]
    return values


def _local_axes(grid, box):
    y, z, x = grid.axes_mm()
    return (
        y[box[0]].astype(np.float32)[:, None, None],
        z[box[1]].astype(np.float32)[None, :, None],
        x[box[2]].astype(np.float32)[None, None, :],
    )


def fill_solid(tissue, grid: Grid, solid: Solid, *, with_fat: bool) -> None:
    radius = np.maximum(solid.radii_mm, solid.end_radius_mm)
    points = [solid.centre_mm] if solid.end_mm is None else [solid.centre_mm, solid.end_mm]
    box = grid.box(np.min(points, axis=0) - radius, np.max(points, axis=0) + radius)
    y, z, x = _local_axes(grid, box)
    rho2, local_radius = _squared_radius(solid, x, y, z)
    region = _index_of(solid)
    target = tissue[box]
    # Organs fill only what is body already, and never the other way round.
    inside = rho2 < 1 if with_fat or solid.tissue == "breast" else (rho2 < 1) & (target > 0)
    if not with_fat:
        target[inside] = region
        return
    muscle = np.sqrt(rho2) < 1 - solid.fat_mm / np.maximum(local_radius, 1.0)
    empty_or_fat = (target == 0) | (target >= FIRST_FAT_CODE)
    target[inside & (target == 0)] = FAT_CODE[region]
    target[inside & muscle & empty_or_fat] = region


def _index_of(solid: Solid) -> int:
    key = (solid.tissue, solid.side)
    return regions.INDEX[key if key in regions.INDEX else (solid.tissue, None)]


def _squared_radius(solid: Solid, x, y, z):
    cx, cy, cz = (np.float32(v) for v in solid.centre_mm)
    if solid.end_mm is None:
        rx, ry, rz = (np.float32(v) for v in solid.radii_mm)
        return ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 + ((z - cz) / rz) ** 2, float(
            min(solid.radii_mm)
        )
    axis = (solid.end_mm - solid.centre_mm).astype(np.float32)
    length2 = np.float32(max(float(axis @ axis), 1e-3))
    x, y, z = x - cx, y - cy, z - cz
    along = (x * axis[0] + z * axis[2]) + y * axis[1]
    t = np.clip(along / length2, 0, 1)
    radius = np.float32(solid.end_radius_mm - solid.radii_mm[0]) * t
    radius += np.float32(solid.radii_mm[0])
    # |p - t a|^2 with a the axis: what varies along one direction only is worked out there.
    d2 = (x**2 + z**2) + y**2
    d2 += t * (t * length2 - 2 * along)
    # On the axis itself rounding leaves less than nothing.
    return np.maximum(d2, 0) / radius**2, radius


def fill_trunk(tissue, grid: Grid, trunk: TrunkSections) -> None:
    y, z, x = grid.axes_mm()
    rows = np.flatnonzero((z >= trunk.z_mm[0]) & (z <= trunk.z_mm[-1]))
    rows = slice(int(rows[0]), int(rows[-1]) + 1)
    zz = z[rows]

    def by_row(values):
        return np.interp(zz, trunk.z_mm, values)

    a, b = by_row(trunk.half_width_mm), by_row(trunk.half_depth_mm)
    dx = np.abs(x[None, :] - by_row(trunk.centre_x_mm)[:, None])
    dy = np.abs(y[:, None] - by_row(trunk.centre_y_mm)[None, :])
    n = trunk.exponent
    fat = by_row(trunk.fat_mm)
    target = tissue[:, rows, :]
    soft = regions.INDEX["trunk-soft-tissue", None]
    arms = (regions.INDEX["arm-soft-tissue", None],)

    def within(shrink):
        across = ((dx / np.maximum(a - shrink, 10.0)[:, None]) ** n).astype(np.float32)
        deep = ((dy / np.maximum(b - 0.8 * shrink, 10.0)[None, :]) ** n).astype(np.float32)
        return deep[:, :, None] + across[None, :, :] < 1

    skin, muscle = within(0.0), within(fat)
    free = (target == 0) | (target >= FIRST_FAT_CODE)
    target[skin & (target == 0)] = FAT_CODE[soft]
    target[muscle & (free | (target != arms[0]))] = soft
