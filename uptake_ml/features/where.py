"""Where in the body a feature is read: the regions its name speaks of."""

from __future__ import annotations

import re

from uptake_ml.features.groups import (
    JOINT_NAMES,
    JOINTS,
    PARTS,
    RIBS,
    SHAFTS,
    SKULL,
    SPINE,
    Group,
    group,
)
from uptake_ml.features.registry import HOTSPOT

_PLACES: dict[str, Group] = {
    **{name: group(name) for name in JOINT_NAMES},
    **{name: group(name) for name in ("sternum", "face", "liver", "spleen", "brain", "bladder")},
    "kidneys": group("kidney"),
    "lumbar": group("lumbar-spine"),
    "spine": SPINE,
    "vertebral": SPINE,
    "marrow": SPINE,
    "ribs": RIBS,
    "rib": RIBS,
    "pelvis": PARTS["pelvis"],
    "skull": SKULL,
    "shoulder_girdle": PARTS["shoulder_girdle"],
    "long_bones": SHAFTS,
    "limb_joints": PARTS["limb_joints"],
    "joints": JOINTS,
    "forearm": group("forearm"),
    "humerus": group("humerus"),
    "tibia": group("tibia"),
    "femur": group("femur"),
    "legs": group("femur", "tibia", "knee"),
    "arms": group("humerus", "forearm", "elbow"),
}
# Longer names first, so that "shoulder_girdle" is not read as "shoulder".
_NAMES = re.compile("|".join(sorted(map(re.escape, _PLACES), key=len, reverse=True)))


def regions_of(feature_id: str) -> Group:
    """Return the indices of the regions that a feature is read from.

    Empty for features of the whole body, and for those of hot spots, which lie where these do.
    """
    family, _, name = feature_id.partition(".")
    if family == HOTSPOT:
        return ()
    found = [_PLACES[match.group()] for match in _NAMES.finditer(name)]
    return tuple(dict.fromkeys(index for places in found for index in places))
