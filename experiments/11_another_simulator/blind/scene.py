"""A person ready to be inked: the marks of a normal skeleton, spots on top, mild wear."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from .arm import draw_arms, draw_hand
from .head import draw_head
from .ink import Mark, Stroke, by
from .leg import draw_foot, draw_legs
from .pelvis import draw_pelvis
from .person import SIDES, SIGN, Person, Pose, draw_person, draw_pose
from .trunk import draw_girdle, draw_ribs, draw_spine, draw_sternum
from .uptake import draw_levels


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A place whose peak is `contrast` times what was seen there before; sizes are sigmas, mm."""

    at: np.ndarray
    long_mm: float
    short_mm: float
    angle: float
    contrast: float
    depth: float
    tissue_mm: float


@dataclass(kw_only=True)
class Scene:
    """What is to be inked; diseases change its marks, spots, urine and flesh."""

    person: Person
    pose: Pose
    levels: dict[str, float]
    marks: list[Mark]
    urine: dict[str, float]
    flesh: float
    mottle: float
    spots: list[Spot] = field(default_factory=list)


def draw_scene(rng: np.random.Generator) -> Scene:
    """Return a normal person with mild wear, more of it with age."""
    person = draw_person(rng)
    pose = draw_pose(person, rng)
    levels = draw_levels(person, rng)
    marks = draw_head(person, levels) + draw_spine(person, levels, rng)
    marks += draw_ribs(person, levels, rng) + draw_sternum(person, pose, levels)
    marks += draw_girdle(person, pose, levels) + draw_pelvis(person, pose, levels)
    marks += draw_arms(person, pose, levels) + draw_legs(person, pose, levels)
    urine = {
        "kidneys": np.exp(rng.uniform(np.log(0.1), np.log(0.9))),
        "bladder": np.exp(rng.uniform(np.log(0.4), np.log(5.0))),
        "injection": 0.15,
    }
    scene = Scene(
        person=person,
        pose=pose,
        levels=levels,
        marks=[_uneven(m, rng) for m in marks],
        urine=urine,
        flesh=np.exp(rng.uniform(np.log(0.018), np.log(0.055))),
        mottle=rng.uniform(0.06, 0.14),
    )
    _favour_sides(scene, rng)
    _add_wear(scene, rng)
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
    """Multiply the uptake of marks by region name (before its colon), of one side or all."""
    for k, mark in enumerate(scene.marks):
        gain = gains.get(mark.region, gains.get(mark.region.split(":")[0]))
        if gain is not None and side in (None, mark.side):
            scene.marks[k] = replace(mark, uptake=mark.uptake * gain)


def strokes(scene: Scene, regions: Iterable[str], side: str | None = None) -> list[Stroke]:
    """Return the strokes of some regions, whole names or names before the colon."""
    regions = set(regions)
    return [
        m
        for m in scene.marks
        if isinstance(m, Stroke)
        and (m.region in regions or m.region.split(":")[0] in regions)
        and side in (None, m.side)
    ]


def spot_on(mark: Stroke, share: float, size_mm, contrast: float) -> Spot:
    """Return a spot at a share of a stroke's length, long side along the stroke."""
    index = share * (len(mark.points) - 1)
    whole = np.arange(len(mark.points))
    at = np.array([np.interp(index, whole, mark.points[:, k]) for k in (0, 1)])
    step = mark.points[min(int(index) + 1, len(whole) - 1)] - mark.points[max(int(index) - 1, 0)]
    return Spot(
        at=at,
        long_mm=size_mm[0],
        short_mm=size_mm[1],
        angle=float(np.arctan2(step[1], step[0])),
        contrast=contrast,
        depth=float(np.interp(index, whole, mark.depth)),
        tissue_mm=mark.tissue_mm,
    )


def joint_spots(scene: Scene, side: str) -> dict[str, list[Spot]]:
    """Return {joint: spots of contrast 1}, one or more for each joint of one side."""
    person, pose, sign = scene.person, scene.pose, SIGN[side]
    found: dict[str, list[Spot]] = {}

    def put(name, at, size, depth, tissue, flat=1.0):
        spot = Spot(at=np.asarray(at, float), long_mm=size, short_mm=size * flat, angle=0.0,
                    contrast=1.0, depth=depth, tissue_mm=tissue)  # fmt: skip
        found.setdefault(name, []).append(spot)

    put("shoulder", pose.at("shoulder", side) - [sign * 4, 0], 12, 0.45, 110)
    put("acromioclavicular", pose.at("shoulder", side) + by(-sign * 6, -27), 7, 0.4, 110, 0.7)
    put("sternoclavicular", pose.at("notch") + by(sign * 24, 4), 7, 0.08, person.trunk_depth_mm)
    put("elbow", pose.at("elbow", side), 13, 0.5, 85, 0.75)
    put("wrist", pose.at("wrist", side) + by(0, 12), 11, 0.5, 45)
    put("hip", pose.at("hip", side), 14, 0.5, person.trunk_depth_mm)
    put(
        "acetabular-roof",
        pose.at("hip", side) + by(sign * 6, -24),
        9,
        0.5,
        person.trunk_depth_mm,
        0.5,
    )
    for name, across, down in (("knee-medial", -23, 3), ("knee-lateral", 23, 3)):
        put(name, pose.at("knee", side) + by(sign * across, down), 10, 0.5, 118, 0.8)
    put("patella", pose.at("knee", side) + by(0, -24), 11, 0.1, 118)
    put("ankle", pose.at("ankle", side) + by(0, 4), 12, 0.5, 75, 0.7)
    for drawn, depth in ((draw_hand, pose.hand_depth), (draw_foot, 0.4)):
        for (name, number), at in drawn(person, pose, scene.levels, side)[1].items():
            size = {"cmc": 6, "mcp": 5, "mtp": 6, "tarsus": 9}.get(name, 4)
            put(f"{name}-{number}", at, size, depth, 35)
    return found


WEAR = (
    ("knee-medial", 0.45), ("knee-lateral", 0.25), ("patella", 0.3), ("shoulder", 0.25),
    ("acromioclavicular", 0.4), ("sternoclavicular", 0.4), ("tarsus-1", 0.3), ("mtp-1", 0.35),
    ("ankle", 0.2), ("cmc-1", 0.3), ("wrist", 0.15), ("elbow", 0.15), ("acetabular-roof", 0.2),
)  # fmt: skip


def _add_wear(scene: Scene, rng: np.random.Generator) -> None:
    # Wear peaks at 1.1 to 1.5 times its surroundings: seen, and not called disease.
    age = np.clip((scene.person.age_years - 20) / 50, 0.25, 1.3)
    joints = {side: joint_spots(scene, side) for side in SIDES}
    for name, chance in WEAR:
        if rng.random() > chance * age:
            continue
        gain = rng.uniform(0.06, 0.3)
        only = rng.choice(["left", "right", "both"], p=[0.2, 0.3, 0.5])
        for side in SIDES:
            share = rng.uniform(0.6, 1.1) if only in (side, "both") else 0.0
            spots = joints[side][name] if share else []
            scene.spots += [replace(s, contrast=1 + gain * share) for s in spots]
    for level in ("L3", "L4", "L5", "T11", "C5", "C6"):
        if rng.random() < 0.18 * age:
            mark = strokes(scene, [f"spine-{level[0].lower()}:{level}"])[0]
            spot = spot_on(mark, rng.choice([0.1, 0.9]), (7, 5), 1 + rng.uniform(0.08, 0.28))
            scene.spots.append(spot)
    if rng.random() < 0.15:
        throat = scene.pose.at("notch") * [1, 0.5] + [0, scene.pose.at("chin")[1] * 0.5]
        spot = Spot(
            at=throat,
            long_mm=9,
            short_mm=6,
            angle=0.0,
            contrast=rng.uniform(1.1, 1.5),
            depth=0.15,
            tissue_mm=120,
        )
        scene.spots.append(spot)
