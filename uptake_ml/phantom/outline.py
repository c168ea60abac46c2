"""Skin, fat, muscle and organs: smooth solids that hang on the posed skeleton."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.bones import Skeleton
from uptake_ml.phantom.person import FEMALE, Person
from uptake_ml.phantom.pose import LyingWarp, Pose

# Rest height (mm), half width, half depth and front margin of the trunk's slices at a BMI of 22;
# then how many mm a unit of BMI adds to half width and half depth.  Chosen to clothe the model's
# own skeleton (hips 2 x 172 mm, chest 2 x 160 mm) and looked at beside real scans.  Of adults who
# lie, the abdomen at the iliac crests is 225 mm deep (5th to 95th percentile 164 to 305) at a mean
# BMI of 28.6: NHANES 2011-2012, PLoS One 2014;9:e108707.
_TRUNK_SLICES = np.array(
    [
        # z    half width  half depth  +width  +depth
        [850, 150, 92, 1.6, 2.2],
        [921, 172, 100, 2.8, 2.4],
        [960, 170, 99, 3.5, 2.6],
        [1000, 166, 96, 4.2, 2.8],
        [1030, 159, 94, 4.6, 3.0],
        [1060, 152, 92, 5.0, 3.3],
        [1100, 145, 91, 5.2, 3.5],
        [1140, 138, 91, 5.4, 3.6],
        [1190, 143, 95, 4.9, 3.5],
        [1240, 148, 100, 4.4, 3.2],
        [1290, 154, 104, 3.7, 2.8],
        [1340, 160, 108, 3.0, 2.4],
        [1420, 165, 102, 2.4, 2.0],
        [1465, 156, 84, 2.2, 1.8],
        [1490, 128, 74, 1.9, 1.5],
        [1510, 92, 66, 1.5, 1.3],
        [1530, 70, 61, 1.1, 1.1],
        [1555, 60, 59, 0.9, 0.9],
        [1600, 56, 58, 0.8, 0.8],
    ],
    dtype=float,
)
_TRUNK_EXPONENT = 2.4
_FAT_FLOOR_MM = 5.0


@dataclass(frozen=True, kw_only=True)
class Solid:
    """An ellipsoid or a tapering capsule (``end_mm`` given); ``tissue`` is what fills it."""

    tissue: str
    side: str | None
    centre_mm: np.ndarray
    radii_mm: np.ndarray
    end_mm: np.ndarray | None = None
    end_radius_mm: float = 0.0
    fat_mm: float = 0.0


@dataclass(frozen=True, kw_only=True)
class TrunkSections:
    """Half axes (mm) and centres of the trunk by world height, ascending."""

    z_mm: np.ndarray
    half_width_mm: np.ndarray
    half_depth_mm: np.ndarray
    centre_x_mm: np.ndarray
    centre_y_mm: np.ndarray
    fat_mm: np.ndarray
    exponent: float = _TRUNK_EXPONENT


def trunk_sections(person: Person, size: float) -> TrunkSections:
    """Return the trunk's superellipse slices of a person."""
    z, width, depth, more_width, more_depth = _TRUNK_SLICES.T
    extra = (person.bmi - 22.0) * person.fat_in_trunk
    across = np.interp(
        z,
        [921, 1060, 1200, 1420, 1510],
        [person.pelvis_scale, person.pelvis_scale, 1.0, person.shoulder_scale, 1.0],
    )
    deep = np.interp(z, [1060, 1300, 1450], [1.0, person.chest_depth_scale, 1.0])
    waist = (
        np.interp(z, [921, 1060, 1140, 1300], [1.03, 1.0, 0.93, 0.97])
        if person.sex == FEMALE
        else 1.0
    )
    half_width = np.maximum(width * across * waist + more_width * extra, 50.0) * size
    half_depth = np.maximum(depth * deep + more_depth * extra, 52.0) * size
    wider, flatter, aside = _sag(z, person)
    half_width += wider * size
    half_depth -= flatter * size
    warp = LyingWarp(person, size)
    spine_y = np.interp(
        z,
        [850, 1000, 1080, 1155, 1240, 1391, 1498, 1560, 1600],
        [230, 250, 245, 242, 262, 292, 274, 252, 245],
    )
    skin = warp(np.stack([np.full_like(z, -25.0), spine_y, z], axis=1))
    # A turned head turns about the spine's own axis: the neck stays under it.
    axis_y = np.where(z > 1500.0, 222.0, spine_y)
    axis = warp(np.stack([np.full_like(z, -25.0), axis_y, z], axis=1))
    fat = np.maximum(0.55 * more_width * (person.bmi - 17.0), _FAT_FLOOR_MM)
    back = skin[:, 1] + np.minimum(0.35 * fat, 22.0) + 8.0
    # The belly of a supine heavy body spreads; the back lies flat on the table.
    return TrunkSections(
        z_mm=skin[:, 2],
        half_width_mm=half_width,
        half_depth_mm=half_depth,
        centre_x_mm=axis[:, 0] + aside * size,
        centre_y_mm=back - half_depth,
        fat_mm=fat,
    )


def _sag(z: np.ndarray, person: Person) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return how a very heavy body lies: wider and flatter belly, folds above and below it, in mm.

    ``z`` are rest heights.  The belly also slides to one side.
    """
    heavy = max(person.bmi - 30.0, 0.0)

    def fold(centre, width):
        return np.exp(-(((z - centre) / width) ** 2))

    wider = heavy * (1.5 * fold(1080, 60) - 0.5 * fold(990, 35) - 0.7 * fold(1265, 60))
    flatter = heavy * 0.4 * fold(1110, 150)
    aside = heavy * 0.6 * np.sin(person.bend_phase) * fold(1090, 70)
    return wider, flatter, aside


def limb_solids(skeleton: Skeleton, person: Person, pose: Pose) -> list[Solid]:
    """Return head, arms, hands, legs and feet as ellipsoids and capsules."""
    joints = {(j.region, j.side, j.part): j.centre_mm for j in pose.joints}
    stout = np.sqrt(person.bmi / 22.0) * pose.size_scale
    fat = max((person.bmi - 18.0) * 0.9, 2.0) * (1.35 if person.sex == FEMALE else 0.9)
    solids = _head(skeleton, pose)
    for side in ("right", "left"):
        at = lambda region, part="", side=side: joints[region, side, part]  # noqa: E731
        knuckles = np.mean([at("hand", f"mcp{k}") for k in (2, 3, 4, 5)], axis=0)
        tips = np.mean([at("hand", f"dip{k}") for k in (2, 3, 4, 5)], axis=0)
        knee = (at("knee", "medial") + at("knee", "lateral")) / 2
        calf = knee * 0.68 + at("ankle", "talocrural") * 0.32
        toes = np.mean([at("foot", f"mtp{k}") for k in (1, 2, 3)], axis=0)
        heel = _heel(skeleton, pose, side, toes)
        forearm = at("elbow") * 0.72 + at("wrist") * 0.28
        arm_fat = fat * 0.6
        chain = [
            ("arm", at("shoulder"), at("elbow"), 50, 39, arm_fat),
            ("arm", at("elbow"), forearm, 39, 40, arm_fat * 0.6),
            ("arm", forearm, at("wrist"), 40, 27, arm_fat * 0.4),
            ("arm", at("wrist"), knuckles, 27, 30, 0.0),
            ("arm", knuckles, tips, 28, 15, 0.0),
            ("arm", at("wrist"), at("hand", "ip1"), 16, 12, 0.0),
            ("leg", at("hip"), knee, 88, 56, fat),
            ("leg", knee, calf, 56, 55, fat * 0.5),
            ("leg", calf, at("ankle", "talocrural"), 55, 36, fat * 0.3),
            ("leg", at("ankle", "talocrural"), toes, 36, 24, 0.0),
            ("leg", at("ankle", "subtalar"), heel, 30, 24, 0.0),
            ("leg", toes, toes + (toes - at("ankle", "talocrural")) * 0.3, 24, 14, 0.0),
        ]
        for part, start, end, r0, r1, fat_mm in chain:
            solids.append(
                Solid(
                    tissue=f"{part}-soft-tissue",
                    side=side,
                    centre_mm=start,
                    radii_mm=np.full(3, r0 * stout),
                    end_mm=end,
                    end_radius_mm=r1 * stout,
                    fat_mm=fat_mm,
                )
            )
    return solids


def _heel(skeleton, pose, side: str, toes: np.ndarray) -> np.ndarray:
    """Return the back end of the calcaneus (x, y, z) in mm, as far in it as skin lies over it."""
    i = skeleton.bone_index[f"tarsal1_{side[0]}"]
    points = pose.to_world(i, skeleton.bones[i].inside_points()[::5])
    away = np.linalg.norm(points - toes, axis=1)
    return points[away > np.quantile(away, 0.8)].mean(axis=0)


def _head(skeleton, pose) -> list[Solid]:
    index = skeleton.bone_index
    skull = pose.to_world(index["skull"], skeleton.bone("skull").inside_points()[::7])
    jaw = pose.to_world(index["mandible"], skeleton.bone("mandible").inside_points()[::7])
    low, high = skull.min(axis=0), skull.max(axis=0)
    face = (jaw.mean(axis=0) + np.array([(low[0] + high[0]) / 2, low[1] + 15, low[2] + 25])) / 2
    return [
        Solid(
            tissue="head-neck-soft-tissue",
            side=None,
            centre_mm=(low + high) / 2,
            radii_mm=(high - low) / 2 + 7.0,
        ),
        Solid(
            tissue="head-neck-soft-tissue",
            side=None,
            centre_mm=face + np.array([0, 15.0, 0]),
            radii_mm=np.array([64.0, 66.0, 78.0]) * pose.size_scale,
        ),
    ]


# Organ: tissue, side, rest centre (x from the midline to the left, y, z) and radii, all in mm at
# the model's size; positions read off the model's own vertebrae and ribs (kidneys at T12-L3,
# liver under the right dome, bladder behind the symphysis).
_ORGANS = (
    ("lung", "right", (-72, 205, 1355), (58, 72, 112)),
    ("lung", "left", (74, 205, 1360), (54, 70, 110)),
    ("heart", None, (22, 165, 1335), (45, 42, 52)),
    ("liver", None, (-62, 175, 1255), (82, 72, 62)),
    ("spleen", None, (98, 225, 1265), (26, 42, 48)),
    ("stomach", None, (62, 165, 1245), (42, 38, 50)),
    ("bowel", None, (0, 150, 1110), (105, 42, 85)),
    ("kidney", "right", (-62, 232, 1195), (26, 22, 50)),
    ("kidney", "left", (64, 234, 1207), (26, 22, 51)),
)


def organ_solids(person: Person, pose: Pose, bladder_radius_mm: float) -> list[Solid]:
    """Return the organs; the bladder's size is the one that varies from hour to hour."""
    warp = LyingWarp(person, pose.size_scale)
    solids = [
        Solid(
            tissue=tissue,
            side=side,
            centre_mm=warp(np.array([[-25.0 + c[0], c[1], c[2]]]))[0],
            radii_mm=np.array(radii) * pose.size_scale,
        )
        for tissue, side, c, radii in _ORGANS
    ]
    # A fuller bladder rises; its floor stays on the pelvic floor.
    floor = 915.0
    r = bladder_radius_mm
    bladder = warp(np.array([[-25.0, 150.0, floor + r * 0.8]]))[0]
    solids.append(
        Solid(
            tissue="bladder", side=None, centre_mm=bladder, radii_mm=np.array([1.15, 0.9, 0.85]) * r
        )
    )
    if person.sex == FEMALE:
        for side, sign in (("right", -1), ("left", 1)):
            centre = warp(np.array([[-25.0 + sign * 82, 105.0, 1345.0]]))[0]
            r = (38 + 2.2 * (person.bmi - 22)) * pose.size_scale
            solids.append(
                Solid(
                    tissue="breast",
                    side=side,
                    centre_mm=centre,
                    radii_mm=np.array([1.15, 0.75, 1.0]) * max(r, 22.0),
                )
            )
    return solids


def brain_solid(skeleton: Skeleton, pose: Pose) -> Solid:
    """Return the brain: what fills the skull's vault."""
    i = skeleton.bone_index["skull"]
    skull = pose.to_world(i, skeleton.bone("skull").inside_points()[::7])
    low, high = skull.min(axis=0), skull.max(axis=0)
    centre, half = (low + high) / 2, (high - low) / 2
    return Solid(
        tissue="brain",
        side=None,
        centre_mm=centre + np.array([0, 4.0, 12.0]),
        radii_mm=half * np.array([0.88, 0.9, 0.72]),
    )
