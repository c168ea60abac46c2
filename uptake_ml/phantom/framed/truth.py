"""What is true of a framed bone scan: lesions, what can be seen of them, landmarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from uptake_ml.phantom.framed.camera import VIEWS
from uptake_ml.phantom.framed.exposure import Exposure
from uptake_ml.phantom.framed.findings import Lesion
from uptake_ml.phantom.patches import Patch, see_pieces
from uptake_ml.phantom.simple_truth import Key, scanned_truth
from uptake_ml.phantom.truth import Truth


def make_truth(
    label: str,
    lesions: Sequence[Lesion],
    pictures: Sequence[Sequence[Patch]],
    exposure: Exposure,
    expected: Mapping[str, np.ndarray],
    unit: float,
    places: Mapping[Key, np.ndarray],
) -> Truth:
    """Return the truth of a case drawn as ``label``.

    ``pictures`` are what the pieces of each lesion add, ``expected`` the counts by view, as the
    patient lies, ``unit`` counts for one of ``pictures``, ``places`` the landmarks' (x, y, z).
    """
    camera, per_unit = exposure.camera, np.float32(unit)
    sightings = {
        view: [see_pieces(lesion, patches, view, exposure.grid, camera, expected[view], per_unit)
               for lesion, patches in zip(lesions, pictures, strict=True)]
        for view in VIEWS
    }  # fmt: skip
    pixels = {key: camera.to_pixel(point) for key, point in places.items()}
    shape = (camera.rows, camera.columns)
    return scanned_truth(label, lesions, sightings, pixels, shape, camera.scanned)
