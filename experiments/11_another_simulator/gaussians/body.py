"""A whole healthy body: skeleton, organs, soft tissue, and the means to change them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .cloud import Cloud
from .hands_feet_arms import add_arms, add_feet, add_hands, place_feet
from .organs import ORGANS, add_organs
from .pelvis_legs import add_legs, add_pelvis
from .person import Person, place_joints
from .skull_spine import add_sacrum, add_skull, add_spine
from .thorax import add_ribs, add_shoulder_girdle, add_sternum

LIMB_BONES = (
    *("humerus_head", "humerus", "elbow", "radius", "ulna", "carpus"),
    *(f"ray{i}" for i in range(1, 6)),
    *("femur_head", "femur_neck", "trochanter", "femur", "condyle", "patella", "plateau", "tibia"),
    *("fibula", "malleolus", "talus", "calcaneus", "tarsus"),
    *(f"metatarsal{i}" for i in range(1, 6)),
    *(f"toe{i}" for i in range(1, 6)),
)
SKULL_BONES = ("vault", "skull_base")
FACE_BONES = ("nose", "sinus", "orbit", "maxilla", "zygoma", "mandible", "teeth")
RIBS = tuple(f"rib{i}" for i in range(1, 13))
THORACIC = tuple(f"T{i}" for i in range(1, 13))
LUMBAR = tuple(f"L{i}" for i in range(1, 6))
PELVIC = ("ilium", "crest", "acetabulum", "pubis", "ischium")
RED_MARROW = (*THORACIC, *LUMBAR, *RIBS, *PELVIC, "sternum", "sacrum", "scapula", "clavicle")

# Radius of the joints' reaction, mm.
JOINT_RADIUS_MM = {
    **{"shoulder": 19, "elbow": 15, "wrist": 15, "thumb_base": 8, "hip": 24, "patella": 15},
    **{"knee_medial": 17, "knee_lateral": 17, "ankle": 17, "subtalar": 13, "midfoot": 15},
    **{"sternoclavicular": 11, "acromioclavicular": 11, "jaw": 9, "manubriosternal": 12},
    **{"sacroiliac": 18, "heel": 12, "symphysis": 11, "great_trochanter": 14},
}
_SMALL_RADIUS_MM = {"mcp": 7.5, "pip": 6, "dip": 5, "ip": 6, "mtp": 8, "toe_joint": 6}


@dataclass
class Body:
    """What is scanned; `flesh` is the soft tissue's uptake, `reference` L1-L5's (SUV).

    `metal` is an absorber in front: x, z, half width, half height (mm), share that passes.
    """

    person: Person
    points: dict
    cloud: Cloud
    flesh: float
    reference: float = 1.0
    metal: tuple[float, float, float, float, float] | None = None
    is_cut_allowed: bool = True

    def is_bone(self) -> np.ndarray:
        """Return the mask of the skeleton's Gaussians."""
        return ~np.isin(self.cloud.bone, ORGANS)

    def scale_skeleton(self, factor: float) -> None:
        """Multiply the uptake of all bones."""
        self.cloud.uptake[self.is_bone()] *= np.float32(factor)

    def heat_joint(self, name: str, side, factor: float, spread: float = 1.0) -> None:
        """Make a joint `factor` times as hot as healthy bone beside it."""
        point = self.points[name, side]
        radius = spread * joint_radius_mm(name) * self.person.scale
        self.cloud.heat(point, radius * 0.8, 0.5 + 0.5 * factor, bones=self._bones())
        # Thin small joints need more uptake to be seen as hot as large ones.
        synovium = 1.8 * (factor - 1) * (17 / radius) ** 0.7
        self.cloud.blob("joint", side, point, radius, synovium)

    def _bones(self) -> tuple[str, ...]:
        return tuple(str(b) for b in np.unique(self.cloud.bone) if b not in ORGANS)


def joint_radius_mm(name: str) -> float:
    """Return the radius of a joint's reaction."""
    if name in JOINT_RADIUS_MM:
        return JOINT_RADIUS_MM[name]
    return _SMALL_RADIUS_MM.get(name.rstrip("0123456789"), 8.0)


def build_body(rng, person: Person) -> Body:
    """Return a healthy body with the variation of uptake between persons."""
    points = place_joints(person)
    place_feet(person, points)
    cloud = Cloud()
    flesh = float(rng.lognormal(np.log(0.14), 0.45))
    builders = (add_skull, add_spine, add_sacrum, add_ribs, add_sternum, add_shoulder_girdle)
    for build in (*builders, add_pelvis, add_legs, add_arms, add_hands, add_feet):
        build(cloud, person, points, rng)
    add_organs(cloud, person, points, rng, flesh)
    body = Body(person, points, cloud, flesh)
    _vary_uptake(rng, body)
    body.reference = float(np.median(cloud.uptake[cloud.where(LUMBAR)]))
    return body


def _vary_uptake(rng, body: Body) -> None:
    cloud, age = body.cloud, body.person.age_years
    # Turnover of the limbs and of the whole skeleton falls with age.
    old = np.clip((age - 30) / 50, 0, 1)
    body.scale_skeleton(rng.lognormal(-0.1 * old, 0.18))
    cloud.scale(0.85 * rng.lognormal(-0.10 * old, 0.16), LIMB_BONES)
    cloud.scale(0.8 * rng.lognormal(0, 0.2), SKULL_BONES)
    cloud.scale(0.85 * rng.lognormal(0, 0.2), FACE_BONES)
    cloud.scale(rng.lognormal(0, 0.12), RIBS)
    cloud.scale(rng.lognormal(0, 0.1), (*PELVIC, "sacrum", "sacroiliac"))
    cloud.scale(rng.lognormal(0, 0.15), "sternum")
    cloud.scale(0.75 * rng.lognormal(0, 0.15), ("condyle", "plateau", "patella"))
    cloud.scale(rng.lognormal(0, 0.15), ("humerus_head", "acromion", "coracoid", "glenoid"))
    for name in np.unique(cloud.bone):
        for side in ("right", "left"):
            cloud.scale(rng.normal(1, 0.035), str(name), side)
    bone = body.is_bone()
    cloud.uptake[bone] *= rng.lognormal(0, 0.09, int(bone.sum())).astype(np.float32)


def _turn_head(body: Body) -> None:
    """Turn skull and face about the long axis."""
    cloud, angle = body.cloud, body.person.head_turn
    c, s = np.cos(angle), np.sin(angle)
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], np.float32)
    head = cloud.where((*SKULL_BONES, *FACE_BONES))
    cloud.centre[head] = cloud.centre[head] @ turn.T
    cloud.covariance[head] = turn @ cloud.covariance[head] @ turn.T
    body.points["chin", None] = turn @ body.points["chin", None]


def pose(body: Body) -> None:
    """Turn skeleton and points by the body's obliquity and tilt in the image plane."""
    p = body.person
    c, s = np.cos(p.oblique), np.sin(p.oblique)
    about_z = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    c, s = np.cos(p.tilt), np.sin(p.tilt)
    about_y = np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]])
    _turn_head(body)
    turn = (about_y @ about_z).astype(np.float32)
    pivot = np.array([0, 0, 0.45 * p.height_mm], np.float32)
    cloud = body.cloud
    cloud.centre[:] = (cloud.centre - pivot) @ turn.T + pivot
    cloud.covariance[:] = turn @ cloud.covariance @ turn.T
    skip = {"hand_axis", "foot_axis"}
    for key, value in body.points.items():
        if key[0] not in skip:
            body.points[key] = turn @ (value - pivot) + pivot
