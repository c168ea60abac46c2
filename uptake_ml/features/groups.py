"""Groups of regions that features speak of, as indices into ``REGIONS``."""

from __future__ import annotations

import numpy as np

from uptake_ml.regions import (
    APPENDICULAR,
    AXIAL,
    BONE,
    INDEX,
    JOINT,
    LEFT,
    ORGAN,
    REGIONS,
    RIGHT,
    SOFT_TISSUE,
)

Group = tuple[int, ...]


def group(*names: str, side: str | None = None) -> Group:
    """Return the indices of all regions of these names, or only of those on one side."""
    return tuple(index for (name, s), index in INDEX.items() if name in names and side in (None, s))


def _of(kind: str) -> Group:
    return tuple(i for i, region in enumerate(REGIONS) if region.kind == kind)


BONES = tuple(i for i in _of(BONE) if not REGIONS[i].is_joint)
JOINTS = tuple(i for i, region in enumerate(REGIONS) if region.is_joint)
SKELETON = _of(BONE) + _of(JOINT)
ORGANS = _of(ORGAN)
SOFT_TISSUES = _of(SOFT_TISSUE)

SPINE = group("cervical-spine", "thoracic-spine", "lumbar-spine")
RIBS = group("ribs")
PELVIS = group("pelvis", "sacrum", "sacroiliac")
SKULL = group("skull", "face")
SHAFTS = group("humerus", "forearm", "femur", "tibia")
SHOULDER_GIRDLE = group("clavicle", "scapula", "sternum", "sternoclavicular", "acromioclavicular")
AXIAL_BONES = tuple(i for i in BONES if REGIONS[i].division == AXIAL)
APPENDICULAR_BONES = tuple(i for i in BONES if REGIONS[i].division == APPENDICULAR)

# Where an excess or a hot spot can be; together they are the skeleton, joints of the trunk in the
# group of the bones around them.
PARTS: dict[str, Group] = {
    "spine": SPINE,
    "ribs": RIBS,
    "pelvis": PELVIS,
    "skull": SKULL,
    "shoulder_girdle": SHOULDER_GIRDLE,
    "long_bones": SHAFTS,
    "limb_joints": group("shoulder", "elbow", "wrist", "hand", "hip", "knee", "ankle", "foot"),
}

# The joints of the clavicle are too small in a whole-body image to have a level of their own.
JOINT_NAMES = (
    "shoulder",
    "elbow",
    "wrist",
    "hand",
    "hip",
    "knee",
    "ankle",
    "foot",
    "sacroiliac",
)
PAIRED_BONE_NAMES = tuple(
    sorted({REGIONS[i].name for i in BONES if REGIONS[i].side in (LEFT, RIGHT)})
)


def membership(indices: Group) -> np.ndarray:
    """Return a bool table of shape (256,), true at ``indices``: index it with a region map."""
    table = np.zeros(256, dtype=bool)
    table[list(indices)] = True
    return table
