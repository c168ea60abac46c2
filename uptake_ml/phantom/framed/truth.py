"""What is true of a framed bone scan: lesions, what can be seen of them, landmarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from uptake_ml.phantom.framed.camera import VIEWS
from uptake_ml.phantom.framed.counting import sample
from uptake_ml.phantom.framed.exposure import Exposure
from uptake_ml.phantom.framed.findings import Lesion
from uptake_ml.phantom.simple_truth import (
    NOTHING,
    Key,
    Sighting,
    join,
    scanned_truth,
    see_scanned,
)
from uptake_ml.phantom.swept.exposure import Patch, add_up
from uptake_ml.phantom.truth import PEAK_SHARE, WHOLE_BONE_SHARE, Truth


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
    camera = exposure.camera
    sightings = {
        view: [_see(lesion, patches, view, exposure, expected[view], unit)
               for lesion, patches in zip(lesions, pictures, strict=True)]
        for view in VIEWS
    }  # fmt: skip
    pixels = {key: camera.to_pixel(point) for key, point in places.items()}
    shape = (camera.rows, camera.columns)
    return scanned_truth(label, lesions, sightings, pixels, shape, camera.scanned)


def _see(
    lesion: Lesion, patches: Sequence[Patch], view: str, exposure: Exposure, total: np.ndarray,
    unit: float,
) -> Sighting:  # fmt: skip
    """Return a lesion in a view; one in pieces holds every piece that is seen by itself."""
    camera = exposure.camera
    share = WHOLE_BONE_SHARE if lesion.is_whole_bone else PEAK_SHARE

    def see(patch: Patch) -> Sighting:
        image, corner = sample(patch.views[view], patch.corner, exposure.grid, camera)
        if not image.size:
            return NOTHING
        return see_scanned(image * np.float32(unit), corner, total, camera.scanned, share)

    whole = see(add_up(patches))
    if not lesion.is_by_piece or not whole.mask.size:
        return whole
    return join(whole, [seen for seen in map(see, patches) if seen.mask.size])
