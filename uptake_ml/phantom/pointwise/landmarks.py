"""Where the landmarks of the body of points lie, by the definitions of the phantom's truth."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.pointwise.cloud import Cloud
from uptake_ml.phantom.simple_truth import Key, end_of, middle_of
from uptake_ml.phantom.truth import CHIN_SHARE, CREST_SHARE, LANDMARK_VERTEBRAE, VERTEX_SHARE

_JOINTS = ("shoulder", "elbow", "wrist", "hip", "ankle")
_BONES = {"sternum": "sternum", "sacrum": "sacrum", "bladder": "bladder"}
_HIP_BONE = ("ilium", "acetabulum", "pubis", "ischium")
_SITES = {
    "hand": ("mcp_2", "mcp_3", "mcp_4", "mcp_5"),
    "knee": ("knee_medial", "knee_lateral", "patella"),
    "foot": ("mtp_1", "mtp_2", "mtp_3", "mtp_4", "mtp_5"),
}


def landmark_points(skeleton: Cloud, organs: Cloud, joints: dict) -> dict[Key, np.ndarray]:
    """Return the place (x, y, s) in mm of every landmark; ``joints`` as ``build_person`` has."""
    found: dict[Key, np.ndarray] = {
        ("vertex", None): _end(skeleton, "vault", VERTEX_SHARE, -1),
        ("chin", None): _end(skeleton, "mandible", CHIN_SHARE, 1),
    }
    for name in LANDMARK_VERTEBRAE:
        found[name, None] = middle_of(*_points(skeleton, f"vertebra.{name}"))
    for name, bone in _BONES.items():
        found[name, None] = middle_of(*_points(organs if bone == "bladder" else skeleton, bone))
    for side in ("left", "right"):
        for name in _JOINTS:
            found[name, side] = joints[name, side]
        for name, sites in _SITES.items():
            found[name, side] = np.mean([skeleton.sites[s, side][0] for s in sites], axis=0)
        found["iliac-crest", side] = _end(skeleton, _HIP_BONE, CREST_SHARE, -1, side)
    return found


def _points(cloud: Cloud, bone, side: str | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the points (n, 3) of a bone or bones and their volumes (n,)."""
    parts = [p for p in cloud.parts if _is_of(p.name, bone) and side in (None, p.side)]
    return np.concatenate([p.xyz for p in parts]), np.concatenate([p.volume for p in parts])


def _is_of(part: str, bone: str | tuple[str, ...]) -> bool:
    bones = (bone,) if isinstance(bone, str) else bone
    # A dot follows the bone's name, so that L1 is not L10.
    return any(f"{part}.".startswith(f"{name}.") for name in bones)


def _end(cloud: Cloud, bone, share: float, sign: int, side: str | None = None) -> np.ndarray:
    """Return the lowest (sign 1) or the topmost (-1) share of a bone; s grows to the feet."""
    points, volume = _points(cloud, bone, side)
    return end_of(points, volume, sign * points[:, 2], share)
