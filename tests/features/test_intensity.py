"""Intensity statistics against the reference values of the IBSI, and against plain facts.

Reference: digital phantom of the Image Biomarker Standardisation Initiative, Zwanenburg et al.,
Radiology 2020;295:328, CC BY 4.0, by way of oncoray/mirp.  The 74 voxels of its region of
interest are written here by value; intensity statistics do not depend on their places.
"""

import numpy as np
import pytest

from uptake_ml.features.intensity import intensity_statistics, ordered_exceedance

PHANTOM = np.repeat([1.0, 3.0, 4.0, 6.0], [50, 1, 16, 7])
# Consensus, to three significant digits; the tolerance of all 18 is 0 after rounding.
CONSENSUS = {
    "mean": 2.15,
    "variance": 3.05,
    "skewness": 1.08,
    "kurtosis": -0.355,
    "median": 1.0,
    "minimum": 1.0,
    "p10": 1.0,
    "p90": 4.0,
    "maximum": 6.0,
    "iqr": 3.0,
    "range": 5.0,
    "mad": 1.55,
    "rmad": 1.11,
    "medad": 1.15,
    "cov": 0.812,
    "qcod": 0.6,
    "energy": 567.0,
    "rms": 2.77,
}


@pytest.mark.parametrize("name", CONSENSUS)
def test_statistic_agrees_with_the_ibsi_consensus(name):
    assert float(f"{intensity_statistics(PHANTOM)[name]:.3g}") == CONSENSUS[name]


def test_there_are_exactly_the_18_statistics_of_the_ibsi():
    assert set(intensity_statistics(PHANTOM)) == set(CONSENSUS)


def test_order_and_shape_of_the_values_do_not_matter():
    shuffled = np.random.default_rng(1).permutation(PHANTOM).reshape(2, 37)
    assert intensity_statistics(shuffled) == pytest.approx(intensity_statistics(PHANTOM))


def test_constant_values_have_no_shape():
    statistics = intensity_statistics(np.full(9, 2.0))
    assert (statistics["skewness"], statistics["kurtosis"], statistics["cov"]) == (0, 0, 0)


def test_no_values_is_an_error():
    with pytest.raises(ValueError, match="at least one value"):
        intensity_statistics(np.array([]))


def test_exceedance_counts_pairs():
    above, below = np.array([1, 3, 3]), np.array([2, 3])
    pairs = (above[:, None] > below) + 0.5 * (above[:, None] == below)
    assert ordered_exceedance(above, below) == pytest.approx(pairs.mean())
    assert ordered_exceedance(below, above) == pytest.approx(1 - pairs.mean())
    assert np.isnan(ordered_exceedance(above, np.array([])))


def test_exceedance_of_many_is_that_of_all_pairs():
    rng = np.random.default_rng(3)
    above, below = np.sort(rng.normal(0.4, 1, 7531)), np.sort(rng.normal(0, 1.3, 6203))
    pairs = np.searchsorted(below, above).mean() / len(below)
    assert ordered_exceedance(above, below) == pytest.approx(pairs, abs=5e-4)
    assert ordered_exceedance(below, above) == pytest.approx(1 - pairs, abs=5e-4)
