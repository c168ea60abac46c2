"""What is true of a bone scan of the sculpted body: lesions, what can be seen, landmarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from uptake_ml.phantom.sculpted.camera import Exposure
from uptake_ml.phantom.sculpted.canvas import Lesion
from uptake_ml.phantom.simple_truth import (
    Key,
    scanned_truth,
    see_scanned,
)
from uptake_ml.phantom.truth import PEAK_SHARE, WHOLE_BONE_SHARE, Truth


def make_truth(
    label: str,
    lesions: Sequence[Lesion],
    exposure: Exposure,
    expected: Mapping[str, np.ndarray],
    scale: float,
    places: Mapping[Key, np.ndarray],
) -> Truth:
    """Return the truth of a case drawn as ``label``.

    ``expected`` are the images by view, as the patient lies and ``scale`` counts a unit;
    ``places`` are the landmarks' (x, y, z) in mm.
    """
    camera, sightings = exposure.camera, {}
    gathered = [lesion.gather() for lesion in lesions]
    for view, image in expected.items():
        sightings[view] = []
        for lesion, (box, added) in zip(lesions, gathered, strict=True):
            patch, corner = exposure.expect_small(box, added, view)
            share = WHOLE_BONE_SHARE if lesion.is_whole_bone else PEAK_SHARE
            seen = see_scanned(patch * scale, corner, image * scale, camera.scanned, share)
            sightings[view].append(seen)
    anterior = {key: camera.place(point) for key, point in places.items()}
    return scanned_truth(label, lesions, sightings, anterior, camera.shape, camera.scanned)
