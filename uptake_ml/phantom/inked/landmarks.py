"""Where the landmarks of an inked body lie, by the definitions of the phantom's truth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from uptake_ml.phantom.inked.head import head_points
from uptake_ml.phantom.inked.ink import Mark, Plate
from uptake_ml.phantom.inked.leg import kneecap
from uptake_ml.phantom.inked.person import SIDES
from uptake_ml.phantom.inked.scene import Scene, marks_of
from uptake_ml.phantom.simple_truth import Key
from uptake_ml.phantom.truth import LANDMARK_VERTEBRAE

_JOINTS = ("shoulder", "elbow", "wrist", "hip", "ankle")
_SMALL_JOINTS = {
    "hand": tuple(f"mcp-{n}" for n in range(2, 6)),
    "foot": tuple(f"mtp-{n}" for n in range(1, 6)),
}


def landmark_points(scene: Scene, bladder: np.ndarray) -> dict[Key, np.ndarray]:
    """Return (x, y) in mm of every landmark, given where the bladder was drawn."""
    person, pose = scene.person, scene.pose
    found: dict[Key, np.ndarray] = {(n, None): p for n, p in head_points(person).items()}
    found["bladder", None] = bladder
    for name in LANDMARK_VERTEBRAE:
        found[name, None] = middle_of(marks_of(scene, [f"spine-{name[0].lower()}:{name}"]))
    for name in ("sternum", "sacrum"):
        found[name, None] = middle_of(marks_of(scene, [name]))
    for side in SIDES:
        for name in _JOINTS:
            found[name, side] = pose.at(name, side)
        for name, joints in _SMALL_JOINTS.items():
            found[name, side] = np.mean([scene.joints[side][j][0].at for j in joints], axis=0)
        # Both halves of the joint and the kneecap.
        found["knee", side] = (2 * pose.at("knee", side) + kneecap(person, pose, side)) / 3
        found["iliac-crest", side] = _topmost(marks_of(scene, ["ilium"], side))
    return found


def middle_of(marks: Sequence[Mark]) -> np.ndarray:
    """Return the middle (x, y) of strokes and plates, by volume."""
    middles, volumes = zip(*(_middle(mark) for mark in marks), strict=True)
    return np.average(middles, axis=0, weights=volumes)


def _middle(mark: Mark) -> tuple[np.ndarray, float]:
    if isinstance(mark, Plate):
        return _centroid(mark.points, mark.thickness_mm)
    steps = np.hypot(*np.diff(mark.points, axis=0).T)
    # Half of either neighbouring step belongs to a point, and a dot is as long as it is wide.
    share = np.concatenate([[0], steps]) / 2 + np.concatenate([steps, [0]]) / 2
    volume = np.pi * mark.radius_mm**2 * (share + mark.radius_mm / len(mark.points))
    return volume @ mark.points / volume.sum(), float(volume.sum())


def _centroid(outline: np.ndarray, thickness_mm: float) -> tuple[np.ndarray, float]:
    ahead = np.roll(outline, -1, axis=0)
    cross = outline[:, 0] * ahead[:, 1] - ahead[:, 0] * outline[:, 1]
    middle = ((outline + ahead) * cross[:, None]).sum(axis=0) / (3 * cross.sum())
    return middle, float(abs(cross.sum()) / 2 * thickness_mm)


def _topmost(marks: Sequence[Mark]) -> np.ndarray:
    """Return the top of the highest stroke: the crest's, of which half a radius stands above."""
    tops = [(m.points, m.radius_mm) for m in marks if not isinstance(m, Plate)]
    points = np.concatenate([points for points, _ in tops])
    radius = np.concatenate([radius for _, radius in tops])
    highest = int(np.argmin(points[:, 1] - radius))
    return points[highest] - [0, 0.6 * radius[highest]]
