"""What is true of a swept bone scan: lesions, what can be seen of them, landmarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.patches import Patch, see_pieces
from uptake_ml.phantom.simple_truth import Key, scanned_truth
from uptake_ml.phantom.swept.camera import VIEWS, Camera
from uptake_ml.phantom.swept.findings import Lesion
from uptake_ml.phantom.swept.grid import Grid
from uptake_ml.phantom.truth import Truth


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """A lesion as the cameras see its pieces alone."""

    lesion: Lesion
    pieces: list[Patch]


def make_truth(
    label: str,
    pictures: Sequence[Picture],
    grid: Grid,
    camera: Camera,
    expected: Mapping[str, np.ndarray],
    unit: Mapping[str, float],
    places: Mapping[Key, np.ndarray],
) -> Truth:
    """Return the truth of a case drawn as ``label``.

    ``expected`` are the counts by view, as the patient lies, ``unit`` counts for one of what is
    seen, ``places`` the landmarks' (x, y, z) in mm.
    """
    sightings = {
        view: [
            see_pieces(p.lesion, p.pieces, view, grid, camera, expected[view], unit[view])
            for p in pictures
        ]
        for view in VIEWS
    }
    pixels = {key: camera.to_pixel(point) for key, point in places.items()}
    shape = (camera.rows, camera.columns)
    lesions = [p.lesion for p in pictures]
    return scanned_truth(label, lesions, sightings, pixels, shape, camera.scanned)
