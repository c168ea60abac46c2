"""A person ready to be inked: the marks of a skeleton, spots of wear, lesions of a disease."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from uptake_ml.phantom.inked.arm import draw_arms
from uptake_ml.phantom.inked.head import draw_head
from uptake_ml.phantom.inked.ink import Mark, Stroke
from uptake_ml.phantom.inked.joints import joint_spots
from uptake_ml.phantom.inked.leg import draw_legs
from uptake_ml.phantom.inked.lesion import Lesion, Spot, joint_region, take_down
from uptake_ml.phantom.inked.pelvis import draw_pelvis
from uptake_ml.phantom.inked.person import SIDES, Person, Pose, draw_person, draw_pose
from uptake_ml.phantom.inked.trunk import draw_girdle, draw_ribs, draw_spine, draw_sternum
from uptake_ml.phantom.inked.turn import turn_trunk
from uptake_ml.phantom.inked.uptake import draw_gains, draw_levels
from uptake_ml.phantom.inked.wear import draw_wear


@dataclass(kw_only=True, eq=False)
class Scene:
    """What is to be inked; diseases change its marks, urine and flesh and add lesions.

    What a disease adds is ``strength`` times as strong.  ``joints`` are the spots that each joint
    of either side would be, of contrast 1.
    """

    person: Person
    pose: Pose
    levels: dict[str, float]
    marks: list[Mark]
    joints: dict[str, dict[str, list[Spot]]]
    urine: dict[str, float]
    flesh: float
    mottle: float
    spots: list[Spot]
    strength: float = 1.0
    lesions: list[Lesion] = field(default_factory=list)

    def add_lesion(
        self,
        disease: str,
        place: tuple[str, str | None],
        spots: Sequence[Spot] = (),
        marks: Sequence[Mark] = (),
        *,
        is_whole_bone: bool = False,
        is_by_piece: bool = False,
    ) -> None:
        """Add what a disease does to a region and side of `uptake_ml.regions`."""
        new = Lesion(
            disease=disease, region=place[0], side=place[1], is_whole_bone=is_whole_bone,
            is_by_piece=is_by_piece,
            spots=list(spots), marks=list(marks),
        )  # fmt: skip
        take_down(self.lesions, new, self.strength)

    def add_joint(
        self, disease: str, joint: str, side: str, spots: Sequence[Spot], marks: Sequence[Mark] = ()
    ) -> None:
        """Add what an arthritis does to a joint; those of one region and side are one lesion."""
        new = Lesion(
            disease=disease, region=joint_region(joint), side=side, is_joint=True, is_by_piece=True,
            spots=list(spots), marks=list(marks),
        )  # fmt: skip
        take_down(self.lesions, new, self.strength)


def draw_scene(rng: np.random.Generator) -> Scene:
    """Return a normal person with mild wear, more of it with age."""
    person = draw_person(rng)
    pose = draw_pose(person, rng)
    levels = draw_levels(person, rng)
    marks = draw_head(person, levels) + draw_spine(person, levels, rng)
    marks += draw_ribs(person, levels, rng) + draw_sternum(person, pose, levels)
    marks += draw_girdle(person, pose, levels) + draw_pelvis(person, pose, levels)
    marks += draw_arms(person, pose, levels) + draw_legs(person, pose, levels)
    marks = turn_trunk(person, [_uneven(m, rng) for m in marks])
    joints = {side: joint_spots(person, pose, levels, side) for side in SIDES}
    scene = Scene(
        person=person,
        pose=pose,
        levels=levels,
        marks=marks,
        joints=joints,
        urine={
            "kidneys": np.exp(rng.uniform(np.log(0.1), np.log(0.9))),
            "bladder": np.exp(rng.uniform(np.log(0.4), np.log(5.0))),
            "injection": 0.15,
        },
        flesh=np.exp(rng.uniform(np.log(0.018), np.log(0.055))),
        mottle=rng.uniform(0.04, 0.2),
        spots=draw_wear(person, pose, marks, joints, rng),
    )
    gains = draw_gains(rng)
    for k, mark in enumerate(marks):
        name = mark.region if mark.region.startswith("spine") else mark.region.split(":")[0]
        gain = gains[mark.side].get(name, 1.0)
        scene.marks[k] = replace(mark, uptake=mark.uptake * gain)
    _favour_sides(scene, rng)
    return scene


def _favour_sides(scene: Scene, rng: np.random.Generator) -> None:
    # The shoulder that works more takes more; a body that lies a little turned shows one hip more.
    hand = "right" if rng.random() < 0.85 else "left"
    arm = ("humerus-head", "acromioclavicular", "sternoclavicular", "wrist", "elbow")
    scale(scene, dict.fromkeys(arm, rng.uniform(1.0, 1.22)), hand)
    turned = SIDES[rng.integers(2)]
    scale(scene, dict.fromkeys(("sacroiliac", "ilium", "ischium"), rng.uniform(1.0, 1.15)), turned)


def _uneven(mark: Mark, rng: np.random.Generator) -> Mark:
    return replace(mark, uptake=mark.uptake * rng.lognormal(0, 0.08))


def scale(scene: Scene, gains: dict[str, float], side: str | None = None) -> None:
    """Multiply the uptake of marks by region name (also that before its colon).

    Of one side, which leaves out what lies in the middle, or of all.
    """
    for k, mark in enumerate(scene.marks):
        gain = gains.get(mark.region, gains.get(mark.region.split(":")[0]))
        if gain is not None and side in (None, mark.side):
            scene.marks[k] = replace(mark, uptake=mark.uptake * gain)


def marks_of(scene: Scene, regions: Iterable[str], side: str | None = None) -> list[Mark]:
    """Return the marks of some regions, whole names or names before the colon."""
    regions = set(regions)
    return [
        m
        for m in scene.marks
        if (m.region in regions or m.region.split(":")[0] in regions) and side in (None, m.side)
    ]


def strokes(scene: Scene, regions: Iterable[str], side: str | None = None) -> list[Stroke]:
    """Return the strokes of some regions, whole names or names before the colon."""
    return [m for m in marks_of(scene, regions, side) if isinstance(m, Stroke)]
