"""What is true of a bone scan of points: lesions, and what a reader can see of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from uptake_ml.phantom.pointwise.camera import Camera, expected_points
from uptake_ml.phantom.pointwise.soft import Body
from uptake_ml.phantom.pointwise.uptake import Lesion, Uptake
from uptake_ml.phantom.simple_truth import (
    Key,
    Sighting,
    scanned_truth,
    see_scanned,
)
from uptake_ml.phantom.truth import PEAK_SHARE, WHOLE_BONE_SHARE, Truth
from uptake_ml.study import ANTERIOR, POSTERIOR

_WHOLE_BONES = "paget-disease"


def make_truth(
    label: str,
    uptake: Uptake,
    camera: Camera,
    body: Body,
    expected: Mapping[str, np.ndarray],
    places: Mapping[Key, np.ndarray],
) -> Truth:
    """Return the truth of a case drawn as ``label``; ``expected`` are the images by view.

    They are as the patient lies, the posterior one not yet mirrored; ``places`` are the
    landmarks' (x, y, s) in mm.
    """
    scale = camera.counts / expected[ANTERIOR].sum()
    sightings = {
        view: [
            _see(lesion, uptake, camera, body, image * scale, scale, view)
            for lesion in uptake.lesions
        ]
        for view, image in expected.items()
    }
    anterior = {key: camera.place(place) for key, place in places.items()}
    shape = expected[ANTERIOR].shape
    return scanned_truth(label, uptake.lesions, sightings, anterior, shape, camera.scanned)


def _see(lesion: Lesion, uptake: Uptake, camera, body, total, scale, view: str) -> Sighting:
    parts = [uptake.cloud.parts[i] for i in lesion.added]
    xyz = np.concatenate([part.xyz for part in parts])
    volume = np.concatenate([part.volume for part in parts])
    activity = volume * np.concatenate(list(lesion.added.values()))
    patch, corner = expected_points(camera, body, xyz, activity, view == POSTERIOR)
    share = WHOLE_BONE_SHARE if lesion.disease == _WHOLE_BONES else PEAK_SHARE
    return see_scanned(patch * scale, corner, total, camera.scanned, share)
