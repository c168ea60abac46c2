"""Where the landmarks of a framed body lie, by the definitions of the phantom's truth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from uptake_ml.phantom.framed.armature import SIDES
from uptake_ml.phantom.framed.field import Solid
from uptake_ml.phantom.framed.subject import LIMB_JOINTS, Body
from uptake_ml.phantom.framed.voxels import Grid, filled, solid_distance
from uptake_ml.phantom.simple_truth import Key, end_of, middle_of
from uptake_ml.phantom.truth import CHIN_SHARE, CREST_SHARE, LANDMARK_VERTEBRAE, VERTEX_SHARE

_HIP_BONE = ("ilium", "iliac-crest", "socket", "pubis", "ischium")


def landmark_points(body: Body, grid: Grid) -> dict[Key, np.ndarray]:
    """Return (x, y, z) in mm of every landmark; bones are measured on ``grid``."""

    def middle(*names: str) -> np.ndarray:
        return middle_of(*inside_points(body.find(*names), grid))

    def end(way: int, share: float, *names: str, side: int | None = None) -> np.ndarray:
        points, volumes = inside_points(body.find(*names, side=side), grid)
        return end_of(points, volumes, way * points[:, 2], share)

    bladder = next(solid for solid in body.extra if solid.name == "bladder")
    found: dict[Key, np.ndarray] = {
        ("vertex", None): end(-1, VERTEX_SHARE, "vault"),
        ("chin", None): end(1, CHIN_SHARE, "jaw"),
        ("sternum", None): middle("manubrium", "sternum", "xiphoid"),
        ("sacrum", None): middle("sacrum"),
        ("bladder", None): bladder.parts[0].centre,
        **{(name, None): middle(name) for name in LANDMARK_VERTEBRAE},
    }
    for name, side in SIDES.items():
        at = {joint: point for (joint, s), point in body.points.items() if s == side}
        found |= {(joint, name): at[joint] for joint in LIMB_JOINTS}
        # Both halves of the joint and the kneecap.
        found["knee", name] = (at["knee-inner"] + at["knee-outer"] + at["patella"]) / 3
        found["hand", name] = np.mean([at[f"mcp{ray}"] for ray in range(2, 6)], axis=0)
        found["foot", name] = np.mean([at[f"mtp{ray}"] for ray in range(1, 6)], axis=0)
        found["iliac-crest", name] = end(-1, CREST_SHARE, *_HIP_BONE, side=side)
    return found


def inside_points(solids: Sequence[Solid], grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Return points (n, 3) in mm inside solids, those of a hollow one in its wall, and volumes."""
    points, volumes = zip(*(_inside(solid, grid) for solid in solids), strict=True)
    return np.concatenate(points), np.concatenate(volumes)


def _inside(solid: Solid, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    _, (x, y, z), distance = solid_distance(grid, solid, 2 * grid.voxel_mm)
    part = filled(distance, grid.voxel_mm)
    if solid.hollow:
        part = part - filled(distance + solid.shell_mm, grid.voxel_mm)
    at = np.nonzero(part)
    points = np.stack([x.ravel()[at[2]], y.ravel()[at[1]], z.ravel()[at[0]]], axis=1)
    return points.astype(float), part[at].astype(float)
