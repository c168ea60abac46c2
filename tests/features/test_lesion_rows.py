"""What simulated studies teach about lesions: which places show one, and which are left out."""

import numpy as np
import pytest

from uptake_ml.features.descriptors import DESCRIPTORS
from uptake_ml.features.hotspots import describe_suspects
from uptake_ml.pattern.lesions import lesion_rows
from uptake_ml.study import ANTERIOR, POSTERIOR

LEFT_KNEE, RIGHT_KNEE = {"x_mm": 87, "y_mm": 1320}, {"x_mm": -87, "y_mm": 1320}
IN_BOTH = {ANTERIOR: frozenset({3}), POSTERIOR: frozenset({3})}
IN_NONE = dict.fromkeys(IN_BOTH, frozenset())
IN_KNEE = DESCRIPTORS.index("in knee")


@pytest.fixture
def sick(crude_body, spot):
    """A body with both knees hot, of which the left one is lesion number 3."""
    spots = (spot(**LEFT_KNEE, factor=3), spot(**RIGHT_KNEE, factor=3))
    study, layouts = crude_body(spots=spots).draw()
    places, _ = describe_suspects(study, layouts)
    maps = {name: np.zeros(view.pixels.shape, np.uint8) for name, view in study.views.items()}
    for place in places:
        if (place.region, place.side) == ("knee", "left"):
            maps[place.view][place.full_mask(maps[place.view].shape)] = 3
    return study, layouts, maps


def test_a_place_in_the_mask_is_a_lesion_and_its_counterpart_is_not(sick):
    rows = lesion_rows(*sick, IN_BOTH)
    knees = rows.descriptors[:, IN_KNEE] == 1
    assert rows.is_lesion.sum() == 2, "once in each view"
    assert knees[rows.is_lesion].all() and (knees & ~rows.is_lesion).sum() == 2


def test_a_lesion_too_faint_to_be_seen_teaches_nothing(sick):
    rows = lesion_rows(*sick, IN_NONE)
    everything = lesion_rows(*sick, IN_BOTH)
    assert not rows.is_lesion.any()
    assert len(rows.is_lesion) == len(everything.is_lesion) - 2


def test_a_lesion_seen_from_behind_alone_teaches_nothing_about_the_front(sick):
    rows = lesion_rows(*sick, {**IN_BOTH, ANTERIOR: frozenset()})
    assert rows.is_lesion.sum() == 1
    assert len(rows.is_lesion) == len(lesion_rows(*sick, IN_BOTH).is_lesion) - 1


def test_the_mask_may_have_other_pixels_than_the_view(sick):
    study, layouts, maps = sick
    finer = {name: image.repeat(2, axis=0).repeat(2, axis=1) for name, image in maps.items()}
    rows = lesion_rows(study, layouts, finer, IN_BOTH)
    assert rows.is_lesion.tolist() == lesion_rows(*sick, IN_BOTH).is_lesion.tolist()


def test_a_peak_beside_the_mask_still_counts_and_one_far_off_does_not(sick):
    study, layouts, maps = sick
    shape = next(iter(maps.values())).shape
    step = round(10 / next(iter(study.views.values())).spacing_mm[1])
    near = {name: np.roll(_core(image), step, axis=1) for name, image in maps.items()}
    far = {name: np.roll(_core(image), 6 * step, axis=1) for name, image in maps.items()}
    assert all(image.shape == shape for image in near.values())
    assert lesion_rows(study, layouts, near, IN_BOTH).is_lesion.sum() == 2
    assert lesion_rows(study, layouts, far, IN_BOTH).is_lesion.sum() == 0


def _core(image: np.ndarray) -> np.ndarray:
    """Return the mask's middle pixel alone."""
    rows, cols = np.nonzero(image)
    out = np.zeros_like(image)
    if len(rows):
        out[round(rows.mean()), round(cols.mean())] = image.max()
    return out
