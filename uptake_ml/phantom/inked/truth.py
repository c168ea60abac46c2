"""What is true of an inked bone scan: lesions, what can be seen of them, landmarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.inked.camera import Camera
from uptake_ml.phantom.inked.lesion import Lesion
from uptake_ml.phantom.inked.sheet import VIEWS, Patch
from uptake_ml.phantom.simple_truth import (
    NOTHING,
    Key,
    Sighting,
    join,
    scanned_truth,
    see_scanned,
)
from uptake_ml.phantom.truth import PEAK_SHARE, WHOLE_BONE_SHARE, Truth


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """A lesion as the cameras see it alone, as a whole (None outside the matrix) and by piece."""

    lesion: Lesion
    whole: Patch | None
    pieces: list[Patch]


def make_truth(
    label: str,
    pictures: Sequence[Picture],
    camera: Camera,
    expected: Mapping[str, np.ndarray],
    unit: Mapping[str, float],
    places: Mapping[Key, np.ndarray],
) -> Truth:
    """Return the truth of a case drawn as ``label``.

    ``expected`` are the counts by view, as the patient lies, ``unit`` counts for one of what is
    seen, ``places`` the landmarks' (x, y) in mm.
    """
    sightings = {
        view: [
            see_picture(picture, view, camera, expected[view], unit[view]) for picture in pictures
        ]
        for view in VIEWS
    }
    pixels = {key: tuple(camera.frame.to_pixel(point)) for key, point in places.items()}
    shape = (camera.frame.rows, camera.frame.columns)
    lesions = [p.lesion for p in pictures]
    return scanned_truth(label, lesions, sightings, pixels, shape, camera.scanned)


def see_picture(
    picture: Picture, view: str, camera: Camera, total: np.ndarray, unit: float
) -> Sighting:
    """Return a lesion in a view; one in pieces holds every piece that is seen by itself."""
    if picture.whole is None:
        return NOTHING

    def see(patch: Patch) -> Sighting:
        down, across = (place.start for place in camera.body)
        corner = (patch.corner[0] + down, patch.corner[1] + across)
        share = WHOLE_BONE_SHARE if picture.lesion.is_whole_bone else PEAK_SHARE
        return see_scanned(patch.views[view] * unit, corner, total, camera.scanned, share)

    whole = see(picture.whole)
    if not picture.lesion.is_by_piece:
        return whole
    return join(whole, [see(piece) for piece in picture.pieces])
