"""A person's body: bones, outline, lungs and the places that diseases are put at."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from uptake_ml.phantom.framed.armature import SIDES, Frame, Person, turned
from uptake_ml.phantom.framed.axial import (
    build_breastbone,
    build_ribs,
    build_skull,
    build_spine,
    spine_frames,
)
from uptake_ml.phantom.framed.field import Solid
from uptake_ml.phantom.framed.flesh import build_lungs, build_outline
from uptake_ml.phantom.framed.girdles import build_hip_bones, build_sacrum, build_shoulder_girdle
from uptake_ml.phantom.framed.hand_foot import build_foot, build_hand
from uptake_ml.phantom.framed.limbs import build_arm, build_leg, pose_arm, pose_leg

LIMB_JOINTS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")


@dataclass(frozen=True, kw_only=True, eq=False)
class Glow:
    """More uptake of bone along a line: value x ``times`` + ``plus``, falling off at ``radius_mm``.

    ``rough`` (0 to 1) makes its border ragged, ``ring`` cools its middle.
    """

    line: np.ndarray
    radius_mm: float
    times: float = 0.0
    plus: float = 0.0
    rough: float = 0.3
    ring: float = 0.0
    seed: int = 0

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the lowest and the highest corner of what it reaches."""
        reach = 1.6 * self.radius_mm
        return self.line.min(axis=0) - reach, self.line.max(axis=0) + reach


@dataclass(kw_only=True, eq=False)
class Body:
    """All that is painted. ``points`` maps (name, -1 right, 0 middle or 1 left) to mm in space."""

    person: Person
    frames: dict[str, Frame]
    bones: list[Solid]
    outline: list[Solid]
    lungs: list[Solid]
    points: dict[tuple[str, int], np.ndarray]
    glows: list[Glow] = field(default_factory=list)
    extra: list[Solid] = field(default_factory=list)

    def find(self, *names: str, side: int | None = None, tag: str = "") -> list[Solid]:
        """Return bones of these names, or with a tag, of one or both sides."""
        return [
            bone
            for bone in self.bones
            if (bone.name in names or tag in bone.tags) and side in (None, bone.side)
        ]

    def get(self, name: str, side: int = 0) -> Solid:
        """Return the bone of this name and side."""
        return self.find(name, side=side)[0]


def build_body(person: Person) -> Body:
    """Return the healthy body; bones have an uptake of 1."""
    whole = turned(y=person.slant, z=person.oblique)
    root = Frame(np.zeros(3), whole, person.scale)
    frames = {"root": root, **spine_frames(root, person)}
    nod = turned(x=-person.head_nod) @ turned(z=person.head_turn)
    frames["head"] = root.child((0, 18, 126), nod)
    frames["pelvis"] = root.child((0, 4, 814), turned(x=person.pelvis_tilt))
    frames["S1"] = frames["S1"].child((0, 0, 0), turned(x=person.pelvis_tilt / 2))
    spine = build_spine(frames, person)
    ribs = build_ribs(frames, person)
    bones = [
        *build_skull(frames["head"]),
        *spine,
        *ribs,
        *build_breastbone(root, ribs, person),
        *build_sacrum(frames["S1"], person),
        *build_hip_bones(frames["pelvis"], person),
    ]
    points = {}
    for side in SIDES.values():
        bones += _limbs(frames, side, person, points)
    points["chin", 0] = frames["head"].at((0, -76, 84))
    points["sacrum", 0] = frames["S1"].at((0, 12, 50))
    points["T12", 0] = frames["T12"].at((0, 0, 0))
    _mark(points, bones, frames)
    return Body(
        person=person,
        frames=frames,
        bones=bones,
        points=points,
        outline=build_outline(frames, person),
        lungs=build_lungs(root, person),
    )


def _limbs(frames: dict, s: int, person: Person, points: dict) -> list[Solid]:
    root, i = frames["root"], (s + 1) // 2
    raised = max(person.arm_away[i] - 60, 0) / 100
    lift = 45 * raised
    shoulder = root.child((s * (177 - 18 * raised) * person.breadth, 22, 322 - lift))
    arm = pose_arm(shoulder, s, person)
    width = 1.03 if person.is_woman else 0.97
    hip = frames["pelvis"].child((s * 87 * person.breadth * width, 2, 0))
    leg = pose_leg(root.child(np.linalg.solve(root.turn, hip.origin) / root.scale), s, person)
    for name, frame in (arm | leg).items():
        frames[f"{name}{s}"] = frame
    hand, hand_joints = build_hand(arm["hand"], s, person, i)
    foot, foot_joints = build_foot(leg["foot"], s, person)
    points |= {(name, s): p for name, p in (hand_joints | foot_joints).items()}
    points["shoulder", s] = arm["arm"].at((0, 0, 0))
    points["elbow", s] = arm["forearm"].at((0, 0, 0))
    points["hip", s] = leg["thigh"].at((0, 0, 0))
    points["knee", s] = leg["shank"].at((0, 0, 0))
    points["trochanter", s] = leg["thigh"].at((s * 50, 6, 30))
    for name, x in (("knee-inner", -20), ("knee-outer", 20)):
        points[name, s] = leg["shank"].at((s * x, 0, 2))
    return [
        *build_shoulder_girdle(root, s, person, lift),
        *build_arm(arm, s, person),
        *hand,
        *build_leg(leg, s, person),
        *foot,
    ]


def _mark(points: dict, bones: list[Solid], frames: dict) -> None:
    """Add joints of the trunk that lie at the ends of bones."""
    lines = {(b.name, b.side): b.line for b in bones}
    points["manubriosternal", 0] = (lines["manubrium", 0][1] + lines["sternum", 0][0]) / 2
    points["symphysis", 0] = lines["symphysis", 0].mean(axis=0)
    for s in (-1, 1):
        points["acromioclavicular", s] = lines["clavicle", s][-1]
        points["sternoclavicular", s] = lines["clavicle", s][0]
        points["sacroiliac", s] = lines["sacroiliac", s].mean(axis=0)
        points["jaw", s] = frames["head"].at((s * 52, -4, 8))
        points["patella", s] = lines["patella", s][0]
        for level in ("C4", "C5", "C6", "L3", "L4", "L5", "T11", "T12"):
            points[f"facet-{level}", s] = frames[level].at((s * 20, 30, 14))
