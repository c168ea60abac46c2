"""Solids with an SUV for their wall and for their inside, and rods to make them of."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from uptake_ml.phantom.framed.armature import Frame
from uptake_ml.phantom.framed.field import Solid
from uptake_ml.phantom.framed.voxels import Grid, fill_whole_and_core


def organ(
    name: str, parts, wall: float, inside: float, wall_mm: float = 4.0, blend_mm: float = 12.0
) -> Solid:
    """Return a solid that stands for an organ."""
    return Solid(
        name=name,
        parts=list(parts),
        line=np.zeros((1, 3)),
        shell=float(wall),
        core=float(inside),
        shell_mm=wall_mm,
        blend_mm=blend_mm,
    )


def tube(frame: Frame, way, radius: float) -> list:
    """Return rods along points."""
    return [frame.rod(p, q, radius) for p, q in pairwise(way)]


def spindle(frame: Frame, a, b, radius: float) -> list:
    """Return a muscle's belly between two points."""
    middle = (np.array(a, float) + b) / 2
    return [
        frame.rod(a, middle, 0.35 * radius, radius),
        frame.rod(middle, b, radius, 0.35 * radius),
    ]


def cover(grid: Grid, values: np.ndarray, solid: Solid) -> None:
    """Replace what lies where a solid is by what it takes up, in place."""
    found = fill_whole_and_core(grid, solid)
    if not found:
        return
    where, whole, core = found
    values[where] += (whole - core) * solid.shell + core * solid.core - whole * values[where]
