"""Painting uptake into a body: soft tissue by table, bone by depth, place, joints and lesions.

Concentrations are relative; a normal lumbar vertebra is 10.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from uptake_ml import regions
from uptake_ml.phantom.body import Body
from uptake_ml.phantom.bones import Skeleton
from uptake_ml.phantom.grid import Grid
from uptake_ml.phantom.skeleton_names import bone_stem
from uptake_ml.phantom.spec import CaseSpec, LesionSpec, MarkSpec
from uptake_ml.phantom.tables import load_uptake
from uptake_ml.phantom.tissue import FAT_CODE, TISSUE_CODES, look_up

VERTEBRA = 10.0
# A lesion of this radius takes its whole bone.
WHOLE_BONE_MM = 300.0
_LIMB_STEMS = {"humerus", "forearm", "hand", "femur", "tibia", "foot", "clavicle"}
_CORTEX_MM = 3.0
_END_SHARE = 0.09
_TEXTURE_STEP_MM = 18.0
_PATCH_STEP_MM = 45.0


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
    return look_up(table, body.tissue)


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
    concentration *= bone_texture(
        body, seed=spec.texture_seed, texture=spec.texture, patchiness=spec.patchiness
    )
    for mark in spec.marks:
        near, weight = _within(mark, skeleton, body, mark.radius_mm)
        concentration[near] *= 1 + np.float32(mark.factor - 1) * weight
    return concentration


def _within(mark: MarkSpec, skeleton, body: Body, radius_mm: float):
    """Return the voxels of the mark's bone around it and their soft-edged weight."""
    number = skeleton.bone_index[mark.bone]
    centre = body.pose.to_world(number, np.array([mark.at_mm]))[0].astype(np.float32)
    near = np.flatnonzero(body.bones.bone == number)
    d2 = ((body.bones.position_mm[near] - centre) ** 2).sum(axis=1)
    weight = np.exp(-((d2 / np.float32(max(radius_mm, body.grid.voxel_mm)) ** 2) ** 2))
    return near[weight > 0.02], weight[weight > 0.02]


def bone_texture(body: Body, *, seed: int, texture: float, patchiness: float = 0.0) -> np.ndarray:
    """Return the unevenness of every bone voxel: smooth, log-normal, the same for the same seed.

    ``texture`` is the s.d. of the logarithm of its grain, ``patchiness`` that of wider patches.
    """
    rng = np.random.default_rng(seed)
    voxels = np.stack(np.unravel_index(body.bones.flat, body.grid.shape)).astype(np.float32)
    uneven = np.exp(np.float32(texture) * _field(rng, body.grid, voxels, _TEXTURE_STEP_MM))
    if patchiness:
        uneven *= np.exp(np.float32(patchiness) * _field(rng, body.grid, voxels, _PATCH_STEP_MM))
    return uneven


def _field(rng, grid: Grid, voxels: np.ndarray, step_mm: float) -> np.ndarray:
    """Return a smooth Gaussian field of about unit spread at voxels (3, n), float32."""
    from scipy.ndimage import map_coordinates

    size = [int(n * grid.voxel_mm / step_mm) + 3 for n in grid.shape]
    field = rng.standard_normal(size).astype(np.float32)
    places = voxels * np.float32(grid.voxel_mm / step_mm)
    values = map_coordinates(field, places, order=1, mode="nearest")
    # Linear interpolation between grid points shrinks the spread; 0.54 is its mean effect in 3-D.
    return values / np.float32(0.54)


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
    near, weight = _lesion_weight(wanted, skeleton, body, number, centre)
    if not len(near):
        return None
    # A lesion has its own concentration; bone already hotter stays as it is.
    more = np.maximum(wanted.uptake * VERTEBRA - healthy[near], 0.3 * VERTEBRA) * weight
    values = more * body.bones.occupancy[near]
    origin, box = boxed(body, near, values)
    region = int(np.bincount(body.bones.region[near], weights=values).argmax())
    return Lesion(
        disease=wanted.disease,
        region=region,
        centre_mm=centre,
        radius_mm=float(wanted.radius_mm),
        uptake=wanted.uptake,
        origin=origin,
        activity=box,
    )


def _lesion_weight(wanted: LesionSpec, skeleton, body: Body, number, centre):
    """Return the voxels that a lesion reaches and the share of its uptake they have."""
    voxels = body.bones
    if wanted.radius_mm >= WHOLE_BONE_MM:
        near = np.flatnonzero(voxels.bone == number)
        apart = voxels.position_mm[near] - centre
        return near, _stripes(wanted, apart @ _bone_axis(skeleton, body, number))
    least = 1.2 * body.grid.voxel_mm
    radius = max(wanted.radius_mm, least)
    stretch = max(wanted.along_factor, least / radius)
    reach = 1.5 * radius * max(stretch, 1.0, 2.6 if wanted.halo else 0.0)
    near = np.flatnonzero(np.abs(voxels.position_mm[:, 2] - centre[2]) < reach)
    apart = voxels.position_mm[near] - centre
    along = apart @ _bone_axis(skeleton, body, number)
    d2 = (apart**2).sum(axis=1) + along**2 * np.float32(1 / stretch**2 - 1)
    d2 /= np.float32(radius**2)
    weight = np.exp(-(d2**2)) * _stripes(wanted, along)
    if wanted.halo:
        weight = np.maximum(weight, np.float32(wanted.halo) * np.exp(-((d2 / 9) ** 2)))
    if stretch > 1:
        weight *= voxels.bone[near] == number
    return near[weight > 0.03], weight[weight > 0.03]


def _stripes(wanted: LesionSpec, along_mm) -> np.ndarray:
    if not wanted.stripe_mm:
        return np.ones(len(along_mm), np.float32)
    return np.float32(0.65) + np.float32(0.35) * np.cos(2 * np.pi * along_mm / wanted.stripe_mm)


def _bone_axis(skeleton, body: Body, number: int) -> np.ndarray:
    """Return the unit vector along a bone: the longest side of a limb's, upright in the trunk."""
    bone = skeleton.bones[number]
    if bone_stem(bone.name) not in _LIMB_STEMS:
        return np.array([0, 0, 1], np.float32)
    column = body.pose.linear[number][:, int(np.argmax(bone.distance.shape))]
    return (column / np.linalg.norm(column)).astype(np.float32)


def boxed(body: Body, chosen: np.ndarray, values: np.ndarray):
    """Return (origin, box) of values at the chosen bone voxels, zero elsewhere in the box."""
    index = np.stack(np.unravel_index(body.bones.flat[chosen], body.grid.shape))
    low = index.min(axis=1)
    box = np.zeros(index.max(axis=1) - low + 1, np.float32)
    box[tuple(index - low[:, None])] = values
    return tuple(int(v) for v in low), box


def add_spots(spec: CaseSpec, body: Body, activity: np.ndarray, anchors) -> None:
    """Add activity outside bone (see ``SpotSpec``), in place."""
    y, z, x = body.grid.axes_mm()
    for spot in spec.spots:
        if spot.anchor not in anchors:  # an organ that this patient lacks
            continue
        centre = anchors[spot.anchor] + np.array(spot.offset_mm)
        reach = 2.5 * spot.radius_mm
        box = body.grid.box(centre - reach, centre + reach)
        dy, dz, dx = y[box[0]] - centre[1], z[box[1]] - centre[2], x[box[2]] - centre[0]
        r2 = dy[:, None, None] ** 2 + dz[None, :, None] ** 2 + dx[None, None, :] ** 2
        blob = np.exp(-r2 / (2 * (0.5 * spot.radius_mm + 1.5) ** 2))
        if blob.size and blob.sum() > 0:
            per_voxel = spot.total * VERTEBRA * 1000.0 / body.grid.voxel_mm**3
            activity[box] += (blob * (per_voxel / blob.sum())).astype(np.float32)
