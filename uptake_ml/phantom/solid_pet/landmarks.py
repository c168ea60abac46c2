"""Where the landmarks of the body of solids lie, by the definitions of the phantom's truth."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from uptake_ml.phantom.fdg_truth import place_cells
from uptake_ml.phantom.scanner import Sampling
from uptake_ml.phantom.simple_truth import Key
from uptake_ml.phantom.solid_pet.canvas import Canvas
from uptake_ml.phantom.solid_pet.patient import SIDES, Patient
from uptake_ml.phantom.solid_pet.skeleton import MANDIBLE, cage_at, crest_points
from uptake_ml.phantom.solid_pet.solids import CELL_MM, shift
from uptake_ml.phantom.truth import LANDMARK_VERTEBRAE

_JOINTS = ("shoulder", "elbow", "wrist", "hand", "hip", "ankle", "foot")
# Levels of the middles of the bones' volumes.
_STERNUM, _SACRUM, _VERTEX, _BLADDER = 0.221, 0.444, 0.003, 0.479
_BELOW_BODY_MM = 3.0
_JAW_MM, _CREST_MM, _PATELLA_MM = 4.0, 3.0, 8.0


def landmark_points(patient: Patient) -> dict[Key, np.ndarray]:
    """Return the place (a, s, x) in mm of every landmark."""
    h = patient.height_mm
    found: dict[Key, np.ndarray] = {
        ("vertex", None): patient.at(-0.004, _VERTEX, 0),
        ("chin", None): shift(patient.at(-0.04, MANDIBLE, 0), 0, _JAW_MM, 0),
        ("sternum", None): np.array([-cage_at(patient, _STERNUM * h)[0] + 2, _STERNUM * h, 0]),
        ("sacrum", None): patient.spine_at(_SACRUM * h),
        ("bladder", None): patient.at(-0.012, _BLADDER, 0),
    }
    for name in LANDMARK_VERTEBRAE:
        # With its arch and spine a vertebra's middle lies below that of its body.
        middle = patient.spine_at(np.mean(patient.vertebra(name)))
        found[name, None] = shift(middle, 0, _BELOW_BODY_MM, 0)
    for side, sign in SIDES:
        for name in _JOINTS:
            found[name, side] = patient.joints[name, side]
        # Both halves of the joint and the kneecap.
        found["knee", side] = patient.joints["knee", side] - (0, _PATELLA_MM, 0)
        crest = crest_points(patient, sign)
        top = crest[np.argsort(crest[:, 1])[:3]].mean(axis=0)
        found["iliac-crest", side] = top - (0, _CREST_MM, 0)
    return found


def place_landmarks(
    points: Mapping[Key, np.ndarray], canvas: Canvas, sampling: Sampling
) -> dict[Key, tuple[float, float] | None]:
    """Return (row, column) of every landmark in the projection, None outside the field of view."""
    first = np.array([float(axis[0]) for axis in canvas.axes_mm])
    return place_cells({key: (p - first) / CELL_MM for key, p in points.items()}, sampling)
