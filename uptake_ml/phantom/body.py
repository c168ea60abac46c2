"""The posed person on a voxel grid: tissues, bones with depth, attenuation.

Volumes have the axes (depth, row, column): depth 0 is the most anterior plane, row 0 the head,
column 0 the patient's right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from uptake_ml import regions
from uptake_ml.phantom.bone_voxels import BoneVoxels, find_bone_voxels
from uptake_ml.phantom.bones import Skeleton
from uptake_ml.phantom.grid import Grid
from uptake_ml.phantom.outline import (
    Solid,
    TrunkSections,
    brain_solid,
    limb_solids,
    organ_solids,
    trunk_sections,
)
from uptake_ml.phantom.person import Person
from uptake_ml.phantom.pose import Pose, pose_person
from uptake_ml.phantom.spec import OrganMove
from uptake_ml.phantom.tissue import TISSUE_CODES, fill_solid, fill_trunk, look_up

_MARGIN_MM = 30.0

# Linear attenuation at 140 keV, per cm, of a narrow beam: the camera adds the scatter that a broad
# beam would hold (JNM table: water 0.15, cortical bone 0.27).  A whole bone of the trunk is spongy,
# 1.15 to 1.25 times as dense as water; an eighth of the bowel is gas (200 ml in 1.6 l; prior).
MU_SOFT_PER_CM = 0.15
MU_BONE_PER_CM = 0.24
MU_SPONGY_PER_CM = 0.175
MU_LUNG_PER_CM = 0.05
MU_BOWEL_PER_CM = 0.13
_SPONGY = ("cervical-spine", "thoracic-spine", "lumbar-spine", "sacrum", "sternum", "sacroiliac")


@dataclass(frozen=True, kw_only=True, eq=False)
class Body:
    """One person on a grid: ``tissue`` holds codes (region indices, then fat), bones apart."""

    grid: Grid
    tissue: np.ndarray
    bones: BoneVoxels
    pose: Pose
    trunk: TrunkSections
    organs: tuple[Solid, ...]

    def attenuation_per_cm(self) -> np.ndarray:
        """Return the linear attenuation of every voxel, float32, per cm."""
        table = np.full(TISSUE_CODES, MU_SOFT_PER_CM, np.float32)
        table[0] = 0.0
        for side in (regions.LEFT, regions.RIGHT):
            table[regions.INDEX["lung", side]] = MU_LUNG_PER_CM
        table[regions.INDEX["bowel", None]] = MU_BOWEL_PER_CM
        mu = look_up(table, self.tissue)
        is_spongy = np.array([r.name in _SPONGY for r in regions.REGIONS])
        own = np.where(is_spongy, MU_SPONGY_PER_CM, MU_BONE_PER_CM) - MU_SOFT_PER_CM
        mu.reshape(-1)[self.bones.flat] += (
            own.astype(np.float32)[self.bones.region] * self.bones.occupancy
        )
        return mu


def build_body(
    skeleton: Skeleton,
    person: Person,
    *,
    voxel_mm: float,
    jitter: tuple[float, float, float],
    bladder_radius_mm: float,
    absent_organs: tuple[tuple[str, str | None], ...] = (),
    organ_moves: tuple[OrganMove, ...] = (),
) -> Body:
    """Return the person on a grid of ``voxel_mm``, its origin shifted by ``jitter`` voxels."""
    pose = pose_person(skeleton, person)
    trunk = trunk_sections(person, pose.size_scale)
    limbs = limb_solids(skeleton, person, pose)
    organs = tuple(
        _moved(o, organ_moves)
        for o in (
            *organ_solids(person, pose, bladder_radius_mm),
            brain_solid(skeleton, pose),
        )
        if (o.tissue, o.side) not in absent_organs
    )
    grid = _fit_grid(trunk, limbs, voxel_mm, jitter)
    tissue = np.zeros(grid.shape, np.uint8)
    for solid in limbs:
        fill_solid(tissue, grid, solid, with_fat=True)
    fill_trunk(tissue, grid, trunk)
    for solid in organs:
        fill_solid(tissue, grid, solid, with_fat=False)
    bones = find_bone_voxels(skeleton, pose, grid)
    solid_bone = bones.occupancy > 0.5
    tissue.reshape(-1)[bones.flat[solid_bone]] = bones.region[solid_bone]
    outside = tissue.reshape(-1)[bones.flat] == 0
    tissue.reshape(-1)[bones.flat[outside]] = bones.region[outside]
    return Body(grid=grid, tissue=tissue, bones=bones, pose=pose, trunk=trunk, organs=organs)


def _moved(organ: Solid, moves: tuple[OrganMove, ...]) -> Solid:
    for move in moves:
        if (move.tissue, move.side) == (organ.tissue, organ.side):
            return replace(
                organ,
                centre_mm=organ.centre_mm + np.array(move.shift_mm),
                radii_mm=organ.radii_mm * move.scale,
            )
    return organ


def _fit_grid(trunk, limbs, voxel_mm, jitter) -> Grid:
    ends = []
    for s in limbs:
        for point, radius in ((s.centre_mm, s.radii_mm), (s.end_mm, s.end_radius_mm)):
            if point is not None:
                ends += [point - radius, point + radius]
    back = trunk.centre_y_mm + trunk.half_depth_mm
    front = trunk.centre_y_mm - trunk.half_depth_mm
    sides = np.concatenate(
        [trunk.centre_x_mm - trunk.half_width_mm, trunk.centre_x_mm + trunk.half_width_mm]
    )
    ends = np.array(ends)
    low = np.minimum(ends.min(axis=0), [sides.min(), front.min(), trunk.z_mm.min()]) - _MARGIN_MM
    high = np.maximum(ends.max(axis=0), [sides.max(), back.max(), trunk.z_mm.max()]) + _MARGIN_MM
    first = np.array([low[0], low[1], high[2]]) - voxel_mm * np.array(jitter)
    size = np.ceil((high - low) / voxel_mm).astype(int) + 2
    return Grid(
        shape=(int(size[1]), int(size[2]), int(size[0])),
        first_mm=tuple(float(v) for v in first),
        voxel_mm=voxel_mm,
    )
