"""What is true of a stylized bone scan: lesions, and what a reader can see of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.simple_truth import (
    Key,
    Sighting,
    number_masks,
    place_landmarks,
    tell_truth,
)
from uptake_ml.phantom.stylized.camera import Extra, Field, Side
from uptake_ml.phantom.stylized.disease import Lesion
from uptake_ml.phantom.stylized.raster import Grid
from uptake_ml.phantom.truth import PEAK_SHARE, WHOLE_BONE_SHARE, Truth, stand_out
from uptake_ml.study import POSTERIOR

_WHOLE_BONES = "paget-disease"


@dataclass(frozen=True, kw_only=True, eq=False)
class LesionImages:
    """Lesions, what each adds to the activity, and what turns that into counts of an image."""

    lesions: Sequence[Lesion]
    extra: Sequence[Extra]
    sides: Mapping[str, Side]
    scale: float


def make_truth(
    shown: LesionImages,
    images: Mapping[str, np.ndarray],
    field: Field,
    grid: Grid,
    places: Mapping[Key, np.ndarray],
    *,
    label: str,
) -> Truth:
    """Return the truth of a case drawn as ``label`` with these images (y, x) of the grid.

    ``places`` are the landmarks' (x, y, z) in mm.
    """
    sightings = {view: _see(shown, image, field, grid, view) for view, image in images.items()}
    maps = {
        view: field.sample(
            number_masks(images[view].shape, seen), grid, is_posterior=view == POSTERIOR, order=0
        )
        for view, seen in sightings.items()
    }
    anterior = {key: field.place(place) for key, place in places.items()}
    landmarks = place_landmarks(anterior, (field.rows, field.columns), (0, field.rows))
    return tell_truth(label, shown.lesions, sightings, maps, landmarks)


def _see(shown: LesionImages, image, field: Field, grid: Grid, view: str) -> list[Sighting]:
    """Return each lesion in a view, as far as its field goes."""
    is_outside = ~field.holds(grid)
    seen = []
    for lesion, extra in zip(shown.lesions, shown.extra, strict=True):
        counts = shown.sides[view].expect_small(extra) * shown.scale
        counts[is_outside] = 0
        share = WHOLE_BONE_SHARE if lesion.disease == _WHOLE_BONES else PEAK_SHARE
        mask, contrast, conspicuity = stand_out(counts, image * shown.scale, share)
        seen.append(Sighting(mask, (0, 0), contrast, conspicuity))
    return seen
