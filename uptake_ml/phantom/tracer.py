"""Painting uptake into a body: soft tissue by table, bone by depth, place, joints and lesions.

Concentrations are relative; a normal lumbar vertebra is 10.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from uptake_ml import regions
from uptake_ml.phantom.body import Body
from uptake_ml.phantom.bones import Skeleton
from uptake_ml.phantom.disease import bone_stem
from uptake_ml.phantom.spec import CaseSpec, LesionSpec
from uptake_ml.phantom.tables import load_uptake
from uptake_ml.phantom.tissue import FAT_CODE, TISSUE_CODES

VERTEBRA = 10.0
_CORTEX_MM = 3.0
_END_SHARE = 0.09
_TEXTURE_STEP_MM = 18.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Lesion:
    """A lesion as it came out: its activity in a box of the grid, and what it is."""

    disease: str
    region: int
    centre_mm: np.ndarray
    radius_mm: float
    uptake: float
    origin: tuple[int, int, int]
    activity: np.ndarray


def soft_activity(spec: CaseSpec, body: Body) -> np.ndarray:
    """Return the activity of everything but bone, float32 on the body's grid."""
    table = np.zeros(TISSUE_CODES, np.float32)
    for i, region in enumerate(regions.REGIONS[1:], start=1):
        # Where the map says bone, what lies between its trabeculae and beside it is muscle.
        table[i] = spec.soft.get(region.name, spec.soft["muscle"])
    for fat in FAT_CODE.values():
        table[fat] = spec.soft["fat"]
    return table[body.tissue]


def bone_concentration(spec: CaseSpec, skeleton: Skeleton, body: Body) -> np.ndarray:
    """Return the concentration in every bone voxel, float32: bone without joints or lesions."""
    voxels = body.bones
    rows = load_uptake()["bone"]
    stems = [bone_stem(b.name) for b in skeleton.bones]
    level, core, ends = (np.zeros(256, np.float32) for _ in range(3))
    for i, (bone, stem) in enumerate(zip(skeleton.bones, stems, strict=True)):
        level[i] = spec.bone[stem] * spec.bone_variation[bone.name]
        core[i], ends[i] = rows[stem].core, rows[stem].ends
    c = core[voxels.bone]
    concentration = level[voxels.bone] * (c + (1 - c) * np.exp(-voxels.depth_mm / _CORTEX_MM))
    near_upper = np.exp(-((voxels.along / _END_SHARE) ** 2))
    near_lower = np.exp(-(((1 - voxels.along) / _END_SHARE) ** 2))
    concentration *= 1 + ends[voxels.bone] * (near_upper + near_lower)
    face = (voxels.region == regions.INDEX["face", None]) & np.array(
        [s == "skull" for s in stems], bool
    )[np.minimum(voxels.bone, len(stems) - 1)]
    concentration[face] *= spec.bone["face"] / spec.bone["skull"]
    concentration *= _texture(spec, body)
    return concentration


def _texture(spec: CaseSpec, body: Body) -> np.ndarray:
    """Unevenness of uptake: a smooth log-normal field, the same pattern for the same seed."""
    from scipy.ndimage import map_coordinates

    size = [int(n * body.grid.voxel_mm / _TEXTURE_STEP_MM) + 3 for n in body.grid.shape]
    field = np.random.default_rng(spec.texture_seed).standard_normal(size).astype(np.float32)
    index = np.stack(np.unravel_index(body.bones.flat, body.grid.shape)).astype(np.float32)
    index *= np.float32(body.grid.voxel_mm / _TEXTURE_STEP_MM)
    values = map_coordinates(field, index, order=1, mode="nearest")
    # Linear interpolation between grid points shrinks the spread; 0.54 is its mean effect in 3-D.
    return np.exp(np.float32(spec.texture / 0.54) * values)


def lesion_activities(
    spec: CaseSpec, skeleton: Skeleton, body: Body, healthy: np.ndarray
) -> list[Lesion]:
    """Return what each lesion adds to the healthy concentration."""
    return [
        lesion
        for wanted in spec.lesions
        if (lesion := _lesion(wanted, skeleton, body, healthy)) is not None
    ]


def _lesion(wanted: LesionSpec, skeleton, body: Body, healthy) -> Lesion | None:
    number = skeleton.bone_index[wanted.bone]
    centre = body.pose.to_world(number, np.array([wanted.at_mm]))[0].astype(np.float32)
    voxels = body.bones
    radius = max(wanted.radius_mm, 1.2 * body.grid.voxel_mm)
    is_whole_bone = wanted.radius_mm >= 300
    near = np.flatnonzero(
        (voxels.bone == number)
        if is_whole_bone
        else np.abs(voxels.position_mm[:, 2] - centre[2]) < 1.5 * radius
    )
    d2 = ((voxels.position_mm[near] - centre) ** 2).sum(axis=1)
    weight = np.ones(len(near), np.float32) if is_whole_bone else np.exp(-((d2 / radius**2) ** 2))
    near, weight = near[weight > 0.03], weight[weight > 0.03]
    if not len(near):
        return None
    # A lesion has its own concentration; bone already hotter stays as it is.
    more = np.maximum(wanted.uptake * VERTEBRA - healthy[near], 0.3 * VERTEBRA) * weight
    values = more * voxels.occupancy[near]
    origin, box = boxed(body, near, values)
    region = int(np.bincount(voxels.region[near], weights=values).argmax())
    return Lesion(
        disease=wanted.disease,
        region=region,
        centre_mm=centre,
        radius_mm=float(wanted.radius_mm),
        uptake=wanted.uptake,
        origin=origin,
        activity=box,
    )


def boxed(body: Body, chosen: np.ndarray, values: np.ndarray):
    """Return (origin, box) of values at the chosen bone voxels, zero elsewhere in the box."""
    index = np.stack(np.unravel_index(body.bones.flat[chosen], body.grid.shape))
    low = index.min(axis=1)
    box = np.zeros(index.max(axis=1) - low + 1, np.float32)
    box[tuple(index - low[:, None])] = values
    return tuple(int(v) for v in low), box


def add_spots(spec: CaseSpec, body: Body, activity: np.ndarray) -> None:
    """Add injection sites and urine, in place."""
    anchors = {(j.region, j.side): j.centre_mm for j in body.pose.joints}
    anchors |= {(o.tissue, o.side): o.centre_mm for o in body.organs}
    for spot in spec.spots:
        centre = anchors[spot.anchor] + np.array(spot.offset_mm)
        reach = 2.5 * spot.radius_mm
        box = body.grid.box(centre - reach, centre + reach)
        y, z, x = body.grid.axes_mm()
        y, z, x = y[box[0]] - centre[1], z[box[1]] - centre[2], x[box[2]] - centre[0]
        r2 = y[:, None, None] ** 2 + z[None, :, None] ** 2 + x[None, None, :] ** 2
        blob = np.exp(-r2 / (2 * (0.5 * spot.radius_mm + 1.5) ** 2))
        if blob.size and blob.sum() > 0:
            per_voxel = spot.total * VERTEBRA * 1000.0 / body.grid.voxel_mm**3
            activity[box] += (blob * (per_voxel / blob.sum())).astype(np.float32)
