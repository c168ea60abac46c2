"""Where the landmarks of the sculpted body lie, by the definitions of the phantom's truth."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.sculpted.canvas import Canvas
from uptake_ml.phantom.sculpted.person import Person
from uptake_ml.phantom.sculpted.wear import place
from uptake_ml.phantom.simple_truth import Key, end_of
from uptake_ml.phantom.truth import CHIN_SHARE, CREST_SHARE, LANDMARK_VERTEBRAE, VERTEX_SHARE

_JOINTS = ("shoulder", "elbow", "wrist", "hip", "ankle")
_BONES = ("sternum", "sacrum", *LANDMARK_VERTEBRAE)
_HIP_BONE = ("ilium", "pubis", "ischium")
_SMALL_JOINTS = {
    "hand": ("mcp2", "mcp3", "mcp4", "mcp5"),
    "foot": ("mtp1", "mtp2", "mtp3", "mtp4", "mtp5"),
}


def landmark_points(canvas: Canvas, person: Person) -> dict[Key, np.ndarray]:
    """Return the place (x, y, z) in mm of every landmark; bones and organs must be there."""
    found: dict[Key, np.ndarray] = {
        ("vertex", None): _end(canvas.voxels("calvaria"), VERTEX_SHARE, -1),
        ("chin", None): _end(canvas.voxels("mandible"), CHIN_SHARE, 1),
        ("bladder", None): canvas.points["bladder", None],
    }
    for name in _BONES:
        found[name, None] = canvas.voxels(name).mean(axis=0)
    for side in ("left", "right"):
        for name in _JOINTS:
            found[name, side] = person.joint[name, side]
        for name, joints in _SMALL_JOINTS.items():
            found[name, side] = np.mean([canvas.points[j, side] for j in joints], axis=0)
        # Both halves of the joint and the kneecap.
        halves, cap = person.joint["knee", side], place(canvas, person, "patella", side)
        found["knee", side] = (2 * halves + cap) / 3
        hip_bone = np.concatenate([canvas.voxels(f"{name}_{side}") for name in _HIP_BONE])
        found["iliac-crest", side] = _end(hip_bone, CREST_SHARE, -1)
    return found


def _end(voxels: np.ndarray, share: float, sign: int) -> np.ndarray:
    """Return the lowest (sign 1) or the topmost (-1) share of a bone; z grows to the feet."""
    return end_of(voxels, np.ones(len(voxels)), sign * voxels[:, 2], share)
