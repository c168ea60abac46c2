"""Spots of FDG in a body: lesions, inflamed joints and the normal variants that mimic them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from uptake_ml import regions
from uptake_ml.phantom.body import Body
from uptake_ml.phantom.bones import Skeleton
from uptake_ml.phantom.fdg_organs import Places
from uptake_ml.phantom.fdg_spec import FdgCaseSpec, FocusSpec
from uptake_ml.phantom.soft_shapes import Ellipsoid, local_axes, occupancy
from uptake_ml.phantom.tissue import FAT_CODE
from uptake_ml.phantom.tracer import Lesion

# A smaller radius would slip between the voxels of the body.
_LEAST_VOXELS = 0.75
# A focus of this radius takes its whole bone.
WHOLE_BONE_MM = 300.0


def focus_activities(
    spec: FdgCaseSpec, skeleton: Skeleton, body: Body, suv: np.ndarray, tissue: np.ndarray
) -> list[Lesion]:
    """Paint every focus into ``suv``, in place; return what those of a disease added."""
    found: dict[object, Lesion] = {}
    bones = _bone_volume(body) if any(f.is_in_bone for f in spec.foci) else None
    for focus in spec.foci:
        centre = locate(focus, spec, skeleton, body)
        box, share = _share(focus, centre, skeleton, body, tissue, bones)
        if share.size == 0:
            continue
        target = suv[box]
        added = share * np.maximum(focus.suv - target, 0)
        target += added
        if focus.disease is not None and added.any():
            lesion = _lesion(focus, centre, box, added, tissue)
            key = (focus.group, focus.disease) if focus.group else len(found)
            found[key] = _merged(found[key], lesion) if key in found else lesion
    return list(found.values())


def _share(focus, centre, skeleton, body: Body, tissue, bones):
    """Return (box, how far each of its voxels takes the focus's SUV), 0 to 1."""
    number = skeleton.bone_index[focus.anchor[1]] if focus.is_in_bone else -1
    if focus.is_in_bone and min(focus.radii_mm) >= WHOLE_BONE_MM:
        at = body.bones.position_mm[body.bones.bone == number]
        box = body.grid.box(at.min(axis=0), at.max(axis=0))
        return box, np.where(bones[0][box] == number, bones[1][box], np.float32(0))
    least = _LEAST_VOXELS * body.grid.voxel_mm
    ball = Ellipsoid(centre_mm=centre, radii_mm=np.maximum(focus.radii_mm, least), suv=focus.suv)
    box, share = occupancy(ball, body.grid)
    if focus.core < 1.0:
        share = share * _profile(focus.core, ball, body, box)
    if focus.is_in_bone:
        return box, share * np.where(bones[0][box] == number, bones[1][box], np.float32(0))
    return box, share * (tissue[box] > 0)


def _merged(one: Lesion, other: Lesion) -> Lesion:
    """Return two foci of a group as one lesion."""
    low = np.minimum(one.origin, other.origin)
    ends = [np.array(n.origin) + n.activity.shape for n in (one, other)]
    activity = np.zeros(np.maximum(*ends) - low, np.float32)
    for lesion in (one, other):
        start = np.array(lesion.origin) - low
        box = tuple(slice(s, s + n) for s, n in zip(start, lesion.activity.shape, strict=True))
        activity[box] += lesion.activity
    return replace(
        one,
        uptake=max(one.uptake, other.uptake),
        origin=tuple(int(v) for v in low),
        activity=activity,
    )


def locate(focus: FocusSpec, spec: FdgCaseSpec, skeleton: Skeleton, body: Body) -> np.ndarray:
    """Return the world position (x, y, z) in mm of a focus's centre."""
    kind, *name = focus.anchor
    if kind == "trunk":
        return Places(spec.person, body.pose.size_scale)(focus.at_mm)[0]
    if kind == "bone":
        return body.pose.to_world(skeleton.bone_index[name[0]], np.array([focus.at_mm]))[0]
    if kind == "joint":
        region, side, part = name
        places = {(j.region, j.side, j.part): j.centre_mm for j in body.pose.joints}
        return places[region, side, part] + np.array(focus.at_mm)
    tissue, side = name
    organ = next(o for o in body.organs if (o.tissue, o.side or "") == (tissue, side))
    return organ.centre_mm + np.array(focus.at_mm)


def _profile(core: float, ball: Ellipsoid, body: Body, box) -> np.ndarray:
    """Return 1 at the edge and ``core`` in the middle: large lesions are dead inside."""
    x, y, z = local_axes(body.grid, box)
    rho2 = sum(
        ((v - np.float32(c)) / np.float32(r)) ** 2
        for v, c, r in zip((x, y, z), ball.centre_mm, ball.radii_mm, strict=True)
    )
    return np.float32(core) + np.float32(1 - core) * np.minimum(rho2 / 0.5, 1)


def _bone_volume(body: Body) -> tuple[np.ndarray, np.ndarray]:
    owner = np.full(body.grid.shape, 255, np.uint8)
    share = np.zeros(body.grid.shape, np.float32)
    owner.reshape(-1)[body.bones.flat] = body.bones.bone
    share.reshape(-1)[body.bones.flat] = body.bones.occupancy
    return owner, share


def _lesion(focus: FocusSpec, centre, box, added, tissue) -> Lesion:
    to_region = np.arange(256)
    for soft, fat in FAT_CODE.items():
        to_region[fat] = soft
    weights = np.bincount(to_region[tissue[box]].ravel(), weights=added.ravel().astype(float))
    region = int(weights.argmax())
    if focus.anchor[0] == "joint":
        region = regions.INDEX[focus.anchor[1], focus.anchor[2]]
    return Lesion(
        disease=focus.disease,
        region=region,
        centre_mm=centre,
        radius_mm=float(np.cbrt(np.prod(focus.radii_mm))),
        uptake=focus.suv,
        origin=tuple(s.start for s in box),
        activity=added,
    )
