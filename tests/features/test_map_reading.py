"""What maps are smoothed, split and read with, against plain ways to do the same."""

import numpy as np
import pytest
from scipy import ndimage
from skimage.morphology import reconstruction

from uptake_ml.features.basins import Labelled, grow, split
from uptake_ml.features.intensity import ordered_exceedance, ordered_percentile
from uptake_ml.features.smoothing import greatest_within, smooth


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.mark.parametrize("shape", [(150, 61), (33, 32), (7, 90)])
@pytest.mark.parametrize("sigma", [1.0, 2.5])
@pytest.mark.parametrize(("mirrors", "mode"), [(False, "nearest"), (True, "reflect")])
def test_smoothing_is_that_of_a_gaussian(rng, shape, sigma, mirrors, mode):
    image = rng.random(shape, np.float32)
    expected = ndimage.gaussian_filter(image, sigma, mode=mode)
    assert smooth(image, sigma, mirrors=mirrors) == pytest.approx(expected, abs=2e-6)


@pytest.mark.parametrize("shape", [(150, 61), (33, 32), (9, 90)])
@pytest.mark.parametrize("sigma", [3.0, 4.0, 7.5])
@pytest.mark.parametrize(("mirrors", "mode"), [(False, "nearest"), (True, "reflect")])
def test_broad_smoothing_of_what_is_smooth_is_that_of_a_gaussian(rng, shape, sigma, mirrors, mode):
    image = ndimage.gaussian_filter(rng.random(shape, np.float32), 1.0)
    image = (image - image.min()) / np.ptp(image)
    away = abs(
        smooth(image, sigma, mirrors=mirrors) - ndimage.gaussian_filter(image, sigma, mode=mode)
    )
    assert np.sqrt((away**2).mean()) < 0.01
    assert away.max() < (0.02 if mirrors else 0.08)  # the value at the edge is that of its block
    assert smooth(np.ones(shape, np.float32), sigma, mirrors=mirrors) == pytest.approx(1, abs=1e-6)


def test_percentiles_are_linear_between_values(rng):
    values = np.sort(rng.random(37))
    for percent in (0, 5, 16, 50, 99, 100):
        expected = np.percentile(values, percent)
        assert ordered_percentile(values, percent) == pytest.approx(expected)
    assert np.isnan(ordered_percentile(values[:0], 50))


def test_ties_count_half_whichever_group_is_larger(rng):
    few, many = (np.sort(rng.integers(0, 6, n)) for n in (20, 90))
    compared = few[:, None] - many
    expected = (compared > 0).mean() + (compared == 0).mean() / 2
    assert ordered_exceedance(few, many) == pytest.approx(expected)
    assert ordered_exceedance(many, few) == pytest.approx(1 - expected)


@pytest.mark.parametrize("radius", [1, 2, 3])
def test_the_greatest_value_within_a_disc(rng, radius):
    image = rng.random((40, 30), np.float32)
    disc = np.hypot(*np.ogrid[-radius : radius + 1, -radius : radius + 1]) <= radius + 0.3
    assert (greatest_within(image, radius) == ndimage.grey_dilation(image, footprint=disc)).all()


def test_growth_goes_to_the_four_neighbours(rng):
    mask = rng.random((30, 20)) > 0.95
    assert (grow(mask, 3) == ndimage.binary_dilation(mask, iterations=3)).all()


def test_labels_are_read_one_by_one(rng):
    image = ndimage.gaussian_filter(rng.normal(size=(80, 50)), 2)
    labels, count = ndimage.label(image > 0.05)
    index = np.arange(1, count + 1)
    places = Labelled(labels)
    assert (places.greatest(image) == ndimage.maximum(image, labels, index)).all()
    assert np.column_stack(places.peaks(image)).tolist() == [
        list(map(int, at)) for at in ndimage.maximum_position(image, labels, index)
    ]
    assert places.windows() == ndimage.find_objects(labels)
    rows, _ = places.rows_and_columns
    by_label = [at[0] for at in ndimage.center_of_mass(labels > 0, labels, index)]
    assert places.means(rows) == pytest.approx(by_label)


def test_places_are_split_where_peaks_stand_out_of_their_saddles(rng):
    least, depth = 0.2, 0.15
    image = ndimage.gaussian_filter(rng.normal(size=(120, 90)), 3) * 4
    labels = split(image, image, least=least, significant=0.4, depth=depth)
    raised, _ = ndimage.label(image > least)
    tops = np.zeros(image.shape, bool)
    for number in range(1, raised.max() + 1):
        own = np.where(raised == number, image, 0)
        if own.max() >= 0.4:
            filled = reconstruction(own - depth, own)
            tops |= (own - filled >= depth - 1e-5) & (own > least)
    # Each peak that stands out is in a place of its own, of which it is the highest.
    assert sorted(labels[tops]) == list(range(1, labels.max() + 1))
    assert labels.max() > raised.max() / 2 and (ndimage.label(tops)[1] > 10)
    highest = ndimage.maximum(image, labels, np.arange(labels.max() + 1))
    inside = labels > 0
    assert (image[inside] > np.maximum(0.5 * highest, least)[labels[inside]]).all()
