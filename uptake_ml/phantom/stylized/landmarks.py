"""Where the landmarks of the stylized body lie, by the definitions of the phantom's truth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from uptake_ml.phantom.simple_truth import Key, end_of, middle_of
from uptake_ml.phantom.stylized.person import SIDES, Person
from uptake_ml.phantom.stylized.raster import Grid, Shape
from uptake_ml.phantom.truth import CHIN_SHARE, CREST_SHARE, LANDMARK_VERTEBRAE, VERTEX_SHARE

_JOINTS = ("shoulder", "elbow", "wrist", "hip", "ankle")
_SMALL_JOINTS = {"hand": "mcp", "foot": "mtp"}


def landmark_points(
    person: Person, bones: Sequence[Shape], organs: Sequence[Shape]
) -> dict[Key, np.ndarray]:
    """Return the place (x, y, z) in mm of every landmark."""
    found: dict[Key, np.ndarray] = {
        ("vertex", None): _end(bones, "skull", VERTEX_SHARE, -1),
        ("chin", None): _end(bones, "mandible", CHIN_SHARE, 1),
        ("sternum", None): middle_of(*_voxels(bones, "sternum")),
        ("sacrum", None): middle_of(*_voxels(bones, "sacrum")),
        ("bladder", None): middle_of(*_voxels(organs, "bladder")),
    }
    for name in LANDMARK_VERTEBRAE:
        found[name, None] = middle_of(*_voxels(bones, f"vertebra:{name}"))
    for side in SIDES:
        for name in _JOINTS:
            found[name, side] = person.points[name, side]
        for name, joint in _SMALL_JOINTS.items():
            # The five rays of a hand are alike: none is the thumb's.
            found[name, side] = np.mean([b.a for b in bones if b.name == f"{joint}:{side}"], axis=0)
        (patella,) = (b.a for b in bones if b.name == f"patella:{side}")
        # Both halves of the joint and the kneecap.
        found["knee", side] = (2 * person.points["knee", side] + patella) / 3
        found["iliac-crest", side] = _end(bones, f"pelvis:{side}", CREST_SHARE, -1)
    return found


def _voxels(shapes: Sequence[Shape], name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the places (n, 3) of the voxels of a bone and how far it fills each (n,)."""
    own = [shape for shape in shapes if shape.name == name]
    low, high = zip(*(shape.box() for shape in own), strict=True)
    grid = Grid(np.min(low, axis=0), np.max(high, axis=0))
    filled = grid.zeros()
    for shape in own:
        grid.paint(filled, shape, 1.0)
    z, y, x = np.nonzero(filled)
    places = np.stack([grid.axis(0)[x], grid.axis(1)[y], grid.axis(2)[z]], axis=1)
    return places, filled[z, y, x]


def _end(shapes: Sequence[Shape], name: str, share: float, sign: int) -> np.ndarray:
    """Return the lowest (sign 1) or the topmost (-1) share of a bone; y grows to the feet."""
    places, filled = _voxels(shapes, name)
    return end_of(places, filled, sign * places[:, 1], share)
