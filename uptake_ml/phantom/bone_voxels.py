"""Bones on the grid: which voxels hold which bone, how deep under its surface, and the region."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from uptake_ml import regions
from uptake_ml.phantom.bones import GRID_STEP_MM, QUANTUM_MM, Skeleton
from uptake_ml.phantom.grid import Grid
from uptake_ml.phantom.pose import Pose


@dataclass(frozen=True, kw_only=True, eq=False)
class BoneVoxels:
    """Every voxel that holds bone, as flat arrays of one length.

    ``flat`` index in the grid, ``bone`` number, ``occupancy`` 0..1, ``depth_mm`` under the bone's
    surface, ``along`` 0..1 from the bone's upper to its lower end, ``position_mm`` (n, 3) world.
    They run from the head downwards.
    """

    flat: np.ndarray
    bone: np.ndarray
    occupancy: np.ndarray
    depth_mm: np.ndarray
    along: np.ndarray
    position_mm: np.ndarray
    region: np.ndarray

    def between(self, low_mm: float, high_mm: float) -> slice:
        """Return where in the arrays the voxels of heights between these are."""
        return slice(*np.searchsorted(self._down_mm, [-high_mm, -low_mm]))

    @cached_property
    def _down_mm(self) -> np.ndarray:
        return -self.position_mm[:, 2]


_BONE_REGION_STEMS = {
    "sacrum": ("sacrum", None),
    "mandible": ("face", None),
    "skull": ("skull", None),
    "sternum": ("sternum", None),
}
_LIMB_REGION = {
    "clavicle": "clavicle",
    "scapula": "scapula",
    "humerus": "humerus",
    "ulna": "forearm",
    "radius": "forearm",
    "pelvis": "pelvis",
    "femur": "femur",
    "patella": "knee",
    "tibia": "tibia",
    "fibula": "tibia",
    "talus": "foot",
}


def bone_region(name: str) -> int | None:
    """Return the region index of a bone; None for the costal cartilage, whose side is by place."""
    if name in _BONE_REGION_STEMS:
        return regions.INDEX[_BONE_REGION_STEMS[name]]
    if name[0] in "CTL" and name[1:].isdigit():
        part = {"C": "cervical", "T": "thoracic", "L": "lumbar"}[name[0]]
        return regions.INDEX[f"{part}-spine", None]
    if name == "costal-cartilage":
        return None
    side = regions.RIGHT if name.endswith("_r") else regions.LEFT
    stem = name[:-2]
    if stem.startswith("rib"):
        return regions.INDEX["ribs", side]
    if stem.startswith(("tarsal", "toe")):
        return regions.INDEX["foot", side]
    return regions.INDEX[_LIMB_REGION.get(stem, "hand"), side]


def find_bone_voxels(skeleton: Skeleton, pose: Pose, grid: Grid) -> BoneVoxels:
    """Resample every bone's distance field; where bones share a voxel the fuller one keeps it."""
    parts = [_resample(bone, i, pose, grid) for i, bone in enumerate(skeleton.bones)]
    flat, occupancy, depth, along = (np.concatenate(column) for column in zip(*parts, strict=True))
    bone_of = np.repeat(np.arange(len(parts), dtype=np.uint8), [len(p[0]) for p in parts])
    keep = _fullest(flat, occupancy)
    # From the head downwards; what lies around a joint is then one stretch of the arrays.
    row = flat[keep] // grid.shape[2] % grid.shape[1]
    keep = keep[np.argsort(row.astype(np.int16), kind="stable")]
    flat, occupancy, depth, along, bone_of = (
        a[keep] for a in (flat, occupancy, depth, along, bone_of)
    )
    d, r, c = np.unravel_index(flat, grid.shape)
    y, z, x = (a.astype(np.float32) for a in grid.axes_mm())
    position = np.stack([x[c], y[d], z[r]], axis=1)
    bones = BoneVoxels(
        flat=flat,
        bone=bone_of,
        occupancy=occupancy,
        depth_mm=depth,
        along=along,
        position_mm=position,
        region=_regions_of(skeleton, pose, bone_of, position),
    )
    _mark_joints(bones, pose)
    return bones


def _fullest(flat: np.ndarray, occupancy: np.ndarray) -> np.ndarray:
    """Return the fullest entry of every voxel, voxels ascending; of equals the later one."""
    order = np.argsort(flat, kind="stable")  # quick: the bones are ascending runs
    is_first = np.append(True, np.diff(flat[order]) > 0)
    voxel = np.cumsum(is_first) - 1
    most = np.maximum.reduceat(occupancy[order], np.flatnonzero(is_first))
    fullest = np.flatnonzero(occupancy[order] == most[voxel])
    is_last = np.append(np.diff(voxel[fullest]) > 0, True)
    return order[fullest[is_last]]


def _resample(bone, number, pose, grid):
    """Return flat voxel index, occupancy, depth (mm) and place along the bone (0 to 1)."""
    from scipy.ndimage import map_coordinates

    index, first = _voxels_near(bone, number, pose, grid)
    inverse = np.linalg.inv(pose.linear[number])
    stretch = abs(np.linalg.det(pose.linear[number])) ** (1 / 3)
    # (depth, row, column) index -> world (x, y, z) -> index in the bone's own grid.
    v = grid.voxel_mm
    to_world = np.array([[0, 0, v], [v, 0, 0], [0, -v, 0]])
    fx, fy, fz = grid.first_mm
    start = np.array([fx + v * first[2], fy + v * first[0], fz - v * first[1]])
    matrix = (inverse @ to_world / GRID_STEP_MM).astype(np.float32)
    offset = (inverse @ (start - pose.offset_mm[number]) - bone.origin_mm) / GRID_STEP_MM
    local = matrix @ index.astype(np.float32) + offset.astype(np.float32)[:, None]
    mm = map_coordinates(bone.distance, local, output=np.float32, order=1, cval=127)
    mm *= np.float32(QUANTUM_MM * stretch)
    occupancy = np.clip(0.5 - mm / np.float32(v), 0, 1)
    keep = occupancy > 0.02
    flat = np.ravel_multi_index(tuple(i + f for i, f in zip(index, first, strict=True)), grid.shape)
    return flat[keep], occupancy[keep], np.maximum(-mm, 0)[keep], _along(bone, local)[keep]


def _voxels_near(bone, number, pose, grid):
    """Return the voxels that the bone's own points fall in: (3, n) from ``first`` of their box."""
    to_index = np.array([[0, 1, 0], [0, 0, -1], [1, 0, 0]]) / grid.voxel_mm
    matrix = (to_index @ pose.linear[number]).astype(np.float32)
    start = grid.index_of(pose.offset_mm[number][None])[0]
    index = matrix @ bone.near_points
    index += (start.astype(np.float32) + np.float32(0.5))[:, None]
    index = index.astype(np.int32)
    low, high = index.min(axis=1), index.max(axis=1)
    if (low < 0).any() or (high >= grid.shape).any():
        is_inside = (index >= 0) & (index < np.array(grid.shape)[:, None])
        index = index[:, is_inside.all(axis=0)]
        if not index.size:
            return np.zeros((3, 0), np.int32), (0, 0, 0)
        low, high = index.min(axis=1), index.max(axis=1)
    size = high - low + 1
    index -= low[:, None]
    touched = np.zeros(size.prod(), bool)
    touched[(index[0] * size[1] + index[1]) * size[2] + index[2]] = True
    voxel = np.flatnonzero(touched).astype(np.int32)
    line, column = np.divmod(voxel, np.int32(size[2]))
    depth, row = np.divmod(line, np.int32(size[1]))
    return np.stack([depth, row, column]), tuple(int(f) for f in low)


def _along(bone, local):
    """Position 0..1 on the bone's longest axis; for limbs that is y, its upper end at 0."""
    axis = int(np.argmax(bone.distance.shape))
    t = local[axis] / np.float32(bone.distance.shape[axis] - 1)
    return np.clip(1 - t if axis == 1 else t, 0, 1)


def _regions_of(skeleton, pose, bone_of, position) -> np.ndarray:
    table = np.zeros(len(skeleton.bones), np.uint8)
    cartilage = skull = -1
    for i, bone in enumerate(skeleton.bones):
        region = bone_region(bone.name)
        table[i] = 0 if region is None else region
        cartilage = i if bone.name == "costal-cartilage" else cartilage
        skull = i if bone.name == "skull" else skull
    region = table[bone_of]
    at = bone_of == cartilage
    middle = float(pose.offset_mm[cartilage][0])
    left = position[:, 0] > np.median(position[at, 0]) if at.any() else middle
    region[at & left] = regions.INDEX["ribs", regions.LEFT]
    region[at & ~left] = regions.INDEX["ribs", regions.RIGHT]
    _mark_face(region, position, bone_of == skull)
    return region


def _mark_face(region, position, is_skull) -> None:
    """Below and before the line from brow to ear the skull is face."""
    z, y = position[is_skull, 2], position[is_skull, 1]
    top, bottom, front, back = z.max(), z.min(), y.min(), y.max()
    brow = bottom + 0.47 * (top - bottom)
    is_face = (position[:, 2] < brow) & (position[:, 1] < front + 0.45 * (back - front)) & is_skull
    region[is_face] = regions.INDEX["face", None]


def _mark_joints(bones: BoneVoxels, pose) -> None:
    for joint in pose.joints:
        if (joint.region, joint.side) not in regions.INDEX or joint.region in ("hand", "foot"):
            continue
        z, reach = joint.centre_mm[2], joint.radius_mm
        here = bones.between(z - reach, z + reach)
        apart = bones.position_mm[here] - joint.centre_mm.astype(np.float32)
        is_near = (apart**2).sum(axis=1) < reach**2
        bones.region[here][is_near] = regions.INDEX[joint.region, joint.side]
