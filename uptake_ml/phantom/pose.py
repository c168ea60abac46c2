"""The skeleton of one person in world coordinates: every bone's affine map and every joint.

Sacrum to skull and the hip bones are one axial body, bent by smooth functions of height; arms
and legs hang from it and follow their joints.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.bones import Skeleton
from uptake_ml.phantom.kinematics import body_transforms, joint_values
from uptake_ml.phantom.person import Person
from uptake_ml.regions import LEFT, RIGHT

MIDLINE_MM = -25.0
_HIP_Z, _NECK_Z, _HEAD_Z = 921.0, 1500.0, 1585.0
# Stature at rest: from sole to ankle, knee, hip, neck and vertex.
_SOLE_TO_VERTEX_MM = (72.0, 400.0, 404.0, 579.0, 261.0)
# The tibia's lower joint surface lies this far above the axis that the talus turns about.
_PLAFOND_MM = 16.0
SIDES = {"r": RIGHT, "l": LEFT}

_ARM = ("clavicle", "clavphant", "scapula", "scapphant", "humphant", "humphant1", "humerus")
_FOREARM = ("ulna", "radius")
_THIGH = ("femur", "patella")
# The model's lumbar bodies are 25 mm high and 12 mm apart; those of adults 28 and 9 (prior).
_LUMBAR = ("L1", "L2", "L3", "L4", "L5")
_LUMBAR_STRETCH = 1.12
_SHANK = ("tibia",)
_FOOT = ("talus", "calcn", "toes")


@dataclass(frozen=True, kw_only=True)
class JointPlace:
    """A joint as a soft ball: ``region`` and ``side`` name it, ``part`` tells its compartments."""

    region: str
    side: str | None
    part: str
    centre_mm: np.ndarray
    radius_mm: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Pose:
    """World affine of every bone (x_world = linear @ x_local + offset) and the joints' places."""

    linear: np.ndarray
    offset_mm: np.ndarray
    joints: tuple[JointPlace, ...]
    size_scale: float

    def to_world(self, bone: int, points_mm: np.ndarray) -> np.ndarray:
        """Return points (n, 3) of a bone's own frame in world coordinates, mm."""
        return points_mm @ self.linear[bone].T + self.offset_mm[bone]


class AxialWarp:
    """Maps rest coordinates of the trunk and head to those of one person."""

    def __init__(self, person: Person, size: float) -> None:
        self._p, self._s = person, size

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Return warped points, shape (n, 3) in mm."""
        p, s = self._p, self._s
        x, y, z = (points[:, 0] - MIDLINE_MM), points[:, 1], points[:, 2]
        above_hip = (z - _HIP_Z) / (_NECK_Z - _HIP_Z)
        neck = np.clip((z - _NECK_Z) / (_HEAD_Z - _NECK_Z), 0, 1)
        across = np.interp(
            z,
            [_HIP_Z, 1060, 1250, 1420, _NECK_Z, _HEAD_Z],
            [p.pelvis_scale, p.pelvis_scale, 1.0, p.shoulder_scale, 1.0, p.head_scale],
        )
        deep = np.interp(
            z,
            [_HIP_Z, 1060, 1280, 1420, _NECK_Z, _HEAD_Z],
            [1.0, 1.0, p.chest_depth_scale, p.chest_depth_scale, 1.0, p.head_scale],
        )
        back = np.interp(
            z, [_HIP_Z, 1060, 1150, 1250, 1400, 1500, 1600], [240, 245, 225, 245, 270, 245, 225]
        )
        # The model's step at the thoracolumbar junction is softened: lying flattens the back.
        flatten = np.interp(z, [1000, 1080, 1160, 1230, 1300], [0, 10, 22, 12, 0])
        arch = -p.lordosis_mm * np.exp(-(((z - 1150) / 70) ** 2))
        t = np.clip(above_hip, 0, 1.25)
        sway = p.bend_mm * (
            np.sin(2 * np.pi * t * 0.9 + p.bend_phase) - np.sin(p.bend_phase) * (1 - t)
        )
        xx = x * across
        yy = (y - back) * deep
        # The shoulders turn against the pelvis; the head makes up for it unless it turns too.
        turn = p.head_turn_rad * neck + p.twist_rad * np.clip(above_hip, 0, 1) * (1 - neck)
        cos, sin = np.cos(turn), np.sin(turn)
        centre = (222.0 - back) * deep * neck
        xt = cos * xx - sin * (yy - centre)
        yt = centre + sin * xx + cos * (yy - centre)
        height = np.where(
            z <= _NECK_Z,
            (z - _HIP_Z) * p.trunk_scale,
            (_NECK_Z - _HIP_Z) * p.trunk_scale + (z - _NECK_Z) * p.head_scale,
        )
        # A round back lies on its hump: chest, shoulders and head come forward and sink together.
        hump = p.kyphosis_mm * (np.exp(-(((z - 1390) / 110) ** 2)) - 1.6 * neck)
        sunk = 0.5 * p.kyphosis_mm * np.clip((z - 1300) / 300, 0, 1)
        yw = back + yt + flatten + arch + hump - p.head_nod_mm * neck
        height = height - sunk
        return np.stack([(xt + sway), yw, height], axis=1) * s

    def linearised(self, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the affine maps that touch the warp at ``centres``, shape (n, 3).

        Linear parts (n, 3, 3) and offsets (n, 3).
        """
        step = 4.0
        steps = step * np.concatenate([np.eye(3), -np.eye(3), np.zeros((1, 3))])
        warped = self((centres[:, None] + steps).reshape(-1, 3)).reshape(-1, 7, 3)
        linear = (warped[:, :3] - warped[:, 3:6]).transpose(0, 2, 1) / (2 * step)
        return linear, warped[:, 6] - (linear @ centres[..., None])[..., 0]


class LyingWarp(AxialWarp):
    """The same for a body that lies askew: skin and organs have to turn with the bones."""

    def __init__(self, person: Person, size: float) -> None:
        super().__init__(person, size)
        self._turn = lean_matrix(person)

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Return warped and turned points, shape (n, 3) in mm."""
        return super().__call__(points) @ self._turn.T


def pose_person(skeleton: Skeleton, person: Person) -> Pose:
    """Return where every bone and joint of the person is; the hip centres' height is z = 0."""
    size = size_scale(person)
    scale = _segment_scales(skeleton, person, size)
    warp = AxialWarp(person, size)
    rest_q = joint_values(skeleton, {})
    unit = np.ones((len(skeleton.body_names), 3))
    rest_r, rest_o = body_transforms(skeleton, rest_q, unit)
    roots = _limb_roots(skeleton, rest_o, warp)
    r, o = body_transforms(skeleton, joint_values(skeleton, person.angles), scale, roots)
    is_limb = _limb_bodies(skeleton)
    middle = np.array([bone.extent_mm.mean(axis=0) for bone in skeleton.bones])
    of_bone = np.array([bone.body for bone in skeleton.bones])
    centres = (rest_r[of_bone] @ middle[..., None])[..., 0] + rest_o[of_bone]
    linear, offset = warp.linearised(centres)
    for i, (bone, b) in enumerate(zip(skeleton.bones, of_bone, strict=True)):
        if is_limb[b]:
            linear[i], offset[i] = r[b] * scale[b], o[b]
            continue
        if bone.name in _LUMBAR:
            linear[i], offset[i] = _stretch_upright(linear[i], offset[i], centres[i])
        offset[i] += linear[i] @ rest_o[b]
        linear[i] = linear[i] @ rest_r[b]
    joints = _joint_places(skeleton, r, o, scale, warp, linear, offset, size)
    return _lean(Pose(linear=linear, offset_mm=offset, joints=joints, size_scale=size), person)


def size_scale(p: Person) -> float:
    """Return the size at which a person of these proportions is as tall as asked for."""
    scales = (1.0, p.shank_scale, p.thigh_scale, p.trunk_scale, p.head_scale)
    return p.height_mm / float(np.dot(scales, _SOLE_TO_VERTEX_MM))


def _stretch_upright(linear, offset, centre) -> tuple[np.ndarray, np.ndarray]:
    """Return the affine map that makes a vertebra taller about its centre."""
    taller = np.diag([1.0, 1.0, _LUMBAR_STRETCH])
    return taller @ linear, offset + (linear - taller @ linear) @ centre


def lean_matrix(person: Person) -> np.ndarray:
    """Return the rotation (3, 3) about the hips by which the body lies askew on the table."""
    c, s = np.cos(person.lean_rad), np.sin(person.lean_rad)
    return np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]])


def _lean(pose: Pose, person: Person) -> Pose:
    turn = lean_matrix(person)
    joints = tuple(
        JointPlace(
            region=j.region,
            side=j.side,
            part=j.part,
            centre_mm=turn @ j.centre_mm,
            radius_mm=j.radius_mm,
        )
        for j in pose.joints
    )
    return Pose(
        linear=turn @ pose.linear,
        offset_mm=pose.offset_mm @ turn.T,
        joints=joints,
        size_scale=pose.size_scale,
    )


def _segment_scales(skeleton, p: Person, size) -> np.ndarray:
    scale = np.full((len(skeleton.body_names), 3), size)
    wide = p.bone_width_scale
    groups = (
        (_ARM, p.arm_scale, wide),
        (_FOREARM, p.forearm_scale, wide),
        (_THIGH, p.thigh_scale, wide),
        (_SHANK, p.shank_scale, wide),
        (_FOOT, wide, wide),
    )
    for stems, long, across in groups:
        for i, name in enumerate(skeleton.body_names):
            if name[:-2] in stems:
                scale[i] = size * np.array([across, long, across])
    for i, name in enumerate(skeleton.body_names):
        if name[:-2] in ("clavicle", "clavphant"):
            scale[i] = size * p.shoulder_scale
    return scale


def _limb_roots(skeleton, rest_origin, warp) -> dict[int, np.ndarray]:
    names = {n: i for i, n in enumerate(skeleton.body_names)}
    wanted = ("myoarm_r_root", "myoarm_l_root", "femur_r", "femur_l")
    return {names[n]: warp(rest_origin[names[n]][None])[0] for n in wanted}


def _limb_bodies(skeleton) -> np.ndarray:
    limb = np.zeros(len(skeleton.body_names), bool)
    starts = {"clavicle_r", "clavicle_l", "femur_r", "femur_l"}
    for i, name in enumerate(skeleton.body_names):
        limb[i] = name in starts or limb[skeleton.parents[i]]
    return limb


_FINGERS = ("2proxph", "3proxph", "4proxph", "5proxph")
_REST_POINTS = (
    ("sacroiliac", "upper", (43.5, 218.0, 1048.0), 13.0),
    ("sacroiliac", "middle", (43.5, 214.0, 1034.0), 13.0),
    ("sacroiliac", "lower", (43.5, 208.0, 1018.0), 13.0),
    ("sternoclavicular", "", (24.0, 172.0, 1470.0), 13.0),
)


def _joint_places(skeleton, r, o, scale, warp, linear, offset, size) -> tuple[JointPlace, ...]:
    names = {n: i for i, n in enumerate(skeleton.body_names)}
    bones = skeleton.bone_index
    places = []

    def add(region, side, part, centre, radius):
        places.append(
            JointPlace(
                region=region,
                side=SIDES[side],
                part=part,
                centre_mm=np.asarray(centre),
                radius_mm=radius * size,
            )
        )

    def at(body, local=(0.0, 0.0, 0.0)):
        b = names[body]
        return o[b] + r[b] @ (scale[b] * np.asarray(local))

    for side, sign in (("r", -1.0), ("l", 1.0)):
        for region, part, (x, y, z), radius in _REST_POINTS:
            add(region, side, part, warp(np.array([[MIDLINE_MM + sign * x, y, z]]))[0], radius)
        add("acromioclavicular", side, "", at(f"scapula_{side}"), 13)
        add("shoulder", side, "", at(f"humerus_{side}"), 26)
        add("elbow", side, "", at(f"ulna_{side}"), 26)
        add("wrist", side, "", at(f"lunate_{side}"), 20)
        add("hand", side, "cmc1", at(f"firstmc_{side}"), 10)
        add("hand", side, "mcp1", at(f"proximal_thumb_{side}"), 9)
        add("hand", side, "ip1", at(f"distal_thumb_{side}"), 7)
        for finger, prox in enumerate(_FINGERS, start=2):
            add("hand", side, f"mcp{finger}", at(f"{prox}_{side}"), 9)
            add("hand", side, f"pip{finger}", at(f"midph{finger}_{side}"), 7)
            add("hand", side, f"dip{finger}", at(f"distph{finger}_{side}"), 6)
        add("hip", side, "", at(f"femur_{side}"), 30)
        for part, x, radius in (("medial", -sign * 22, 26), ("lateral", sign * 22, 26)):
            add("knee", side, part, at(f"tibia_{side}", (0.0, -22.0, x)), radius)
        add("knee", side, "patella", at(f"patella_{side}"), 22)
        add("ankle", side, "talocrural", at(f"talus_{side}", (0.0, _PLAFOND_MM, 0.0)), 24)
        add("ankle", side, "subtalar", at(f"talus_{side}", (-12.0, -30.0, 0.0)), 16)
        for part, bone in (("midfoot", "tarsal3"), ("midfoot2", "tarsal7")):
            i = bones[f"{bone}_{side}"]
            centre = skeleton.bones[i].inside_points().mean(axis=0)
            add("foot", side, part, linear[i] @ centre + offset[i], 16)
        for k, (tarsal, toe) in enumerate(((11, 8), (10, 7), (9, 4), (8, 2), (7, 1)), start=1):
            i, j = bones[f"tarsal{tarsal}_{side}"], bones[f"toe{toe}_{side}"]
            ends = [
                linear[n] @ skeleton.bones[n].inside_points().mean(axis=0) + offset[n]
                for n in (i, j)
            ]
            weight = 0.33
            add("foot", side, f"mtp{k}", ends[0] * weight + ends[1] * (1 - weight), 11)
    return tuple(places)
