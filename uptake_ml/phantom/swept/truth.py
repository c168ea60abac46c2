"""What is true of a swept bone scan: lesions, what can be seen of them, landmarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.simple_truth import (
    NOTHING,
    Key,
    Sighting,
    join,
    scanned_truth,
    see_scanned,
)
from uptake_ml.phantom.swept.camera import VIEWS, Camera
from uptake_ml.phantom.swept.counting import sample
from uptake_ml.phantom.swept.exposure import Patch, add_up
from uptake_ml.phantom.swept.findings import Lesion
from uptake_ml.phantom.swept.grid import Grid
from uptake_ml.phantom.truth import PEAK_SHARE, WHOLE_BONE_SHARE, Truth


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
        view: [see_picture(p, view, grid, camera, expected[view], unit[view]) for p in pictures]
        for view in VIEWS
    }
    pixels = {key: camera.to_pixel(point) for key, point in places.items()}
    shape = (camera.rows, camera.columns)
    lesions = [p.lesion for p in pictures]
    return scanned_truth(label, lesions, sightings, pixels, shape, camera.scanned)


def see_picture(
    picture: Picture, view: str, grid: Grid, camera: Camera, total: np.ndarray, unit: float
) -> Sighting:
    """Return a lesion in a view; one in pieces holds every piece that is seen by itself."""
    share = WHOLE_BONE_SHARE if picture.lesion.is_whole_bone else PEAK_SHARE

    def see(patch: Patch) -> Sighting:
        image, corner = sample(patch.views[view], patch.corner, grid, camera)
        if not image.size:
            return NOTHING
        return see_scanned(image * unit, corner, total, camera.scanned, share)

    if not picture.pieces:
        return NOTHING
    whole = see(add_up(picture.pieces))
    if not picture.lesion.is_by_piece or not whole.mask.size:
        return whole
    return join(whole, [seen for seen in map(see, picture.pieces) if seen.mask.size])
