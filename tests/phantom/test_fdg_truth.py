"""Where the lesions of a simulated FDG-PET lie in its volume."""

from types import SimpleNamespace

import numpy as np
import pytest

from uptake_ml.phantom import draw, render
from uptake_ml.phantom.fdg_truth import Footprint, describe_lesions
from uptake_ml.study import ANTERIOR, FDG_PET


@pytest.fixture(scope="module")
def case():
    return render(draw(4, modality=FDG_PET, label="focal"))


def test_every_lesion_in_the_field_has_a_footprint_in_the_volume(case):
    study, truth = case
    seen = {n.number: n for n in truth.lesions if n.suv_peak > 0}
    assert seen and set(truth.footprints) == set(seen)
    for number, footprint in truth.footprints.items():
        places = footprint.places
        assert footprint.suv_peak == seen[number].suv_peak
        assert (places >= 0).all() and (places < study.volume.values.shape).all()
        hottest = study.volume.values[tuple(places.T)].max()
        assert hottest == pytest.approx(seen[number].suv_peak, rel=0.6), "but for noise"
        row, col = seen[number].place[ANTERIOR]
        assert footprint.distance_mm((places[:, 0].mean(), row, col)) < 40


def test_the_map_of_the_projection_is_that_of_the_footprints(case):
    _, truth = case
    numbers = truth.views[ANTERIOR].lesion_map
    covered = np.zeros(numbers.shape, bool)
    for footprint in truth.footprints.values():
        covered[tuple(footprint.places[:, 1:].T)] = True
    np.testing.assert_array_equal(numbers > 0, covered)


def test_a_footprint_is_what_reaches_half_of_the_peak():
    # A wedge of uptake 1 to 8 along the rows: the upper five of them reach 4.
    patch = np.broadcast_to(np.arange(1.0, 9.0, dtype=np.float32)[:, None], (3, 8, 3))
    sampling = SimpleNamespace(image_box=lambda activity, origin: (activity, origin))
    scanner = SimpleNamespace(noise_fwhm_mm=6.0, spacing_mm=(4.0, 4.0, 4.0), liver_cov=0.1)
    lesion = SimpleNamespace(
        activity=patch, origin=(2, 5, 4), region=1, disease="abscess", radius_mm=9.0, uptake=8.0
    )
    expected = np.full((8, 16, 12), 0.5, np.float32)
    expected[2:5, 5:13, 4:7] += patch
    _, footprints, numbers = describe_lesions([lesion], sampling, expected, scanner, 2.0)
    rows = np.unique(footprints[1].places[:, 1])
    assert rows.tolist() == [8, 9, 10, 11, 12] == np.flatnonzero(numbers.any(axis=1)).tolist()
    assert footprints[1].suv_peak == pytest.approx(8.5)


def test_distance_is_in_mm_to_the_nearest_voxel():
    mask = np.ones((2, 1, 1), bool)
    footprint = Footprint(start=(4, 5, 6), mask=mask, spacing_mm=(2.0, 3.0, 5.0), suv_peak=4.0)
    assert footprint.distance_mm((5, 5, 6)) == 0
    assert footprint.distance_mm((7, 5, 6)) == 4.0
    assert footprint.distance_mm((4, 6, 6)) == 3.0
    assert footprint.distance_mm((4, 5, 8)) == 10.0
