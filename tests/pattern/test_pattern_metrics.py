"""Each metric against a value worked out by hand, and against scikit-learn where it has it."""

import numpy as np
import pytest
from sklearn import metrics as reference

from uptake_ml.pattern import metrics

TRUTH = np.array([0, 0, 1, 2])
PROBABILITIES = np.array([[0.7, 0.2, 0.1], [0.4, 0.5, 0.1], [0.1, 0.9, 0.0], [0.2, 0.2, 0.6]])


@pytest.fixture(scope="module")
def drawn():
    rng = np.random.default_rng(3)
    return rng.integers(0, 4, 500), rng.dirichlet(np.ones(4), 500)


def test_confusion_matrix_has_truth_in_rows():
    matrix = metrics.confusion_matrix(TRUTH, PROBABILITIES.argmax(axis=1), 3)
    assert matrix.tolist() == [[1, 1, 0], [0, 1, 0], [0, 0, 1]]


def test_accuracy_by_hand():
    matrix = np.array([[1, 1, 0], [0, 1, 0], [0, 0, 1]])
    assert metrics.class_accuracy(matrix).tolist() == [0.5, 1, 1]
    assert metrics.balanced_accuracy(matrix) == pytest.approx(2.5 / 3)


def test_a_class_without_cases_is_left_out_of_the_balance():
    matrix = np.array([[1, 1], [0, 0]])
    assert np.isnan(metrics.class_accuracy(matrix)[1])
    assert metrics.balanced_accuracy(matrix) == 0.5
    assert np.isnan(metrics.balanced_accuracy(np.zeros((2, 2), int)))


def test_log_loss_by_hand():
    expected = -(np.log(0.7) + np.log(0.4) + np.log(0.9) + np.log(0.6)) / 4
    assert metrics.log_loss(TRUTH, PROBABILITIES) == pytest.approx(expected)


def test_log_loss_of_an_impossible_truth_is_finite():
    assert metrics.log_loss(np.array([2]), PROBABILITIES[2:3]) == pytest.approx(-np.log(1e-15))


def test_brier_score_by_hand():
    rows = [0.09 + 0.04 + 0.01, 0.36 + 0.25 + 0.01, 0.01 + 0.01, 0.04 + 0.04 + 0.16]
    assert metrics.brier_score(TRUTH, PROBABILITIES) == pytest.approx(np.mean(rows))


def test_calibration_error_by_hand():
    # Ten bins: confidences .7 and .6 right, .5 wrong, .9 right, each alone in its bin.
    expected = (0.3 + 0.5 + 0.1 + 0.4) / 4
    assert metrics.calibration_error(TRUTH, PROBABILITIES, n_bins=10) == pytest.approx(expected)


def test_calibration_error_averages_within_a_bin():
    # Both in one bin: one right, one wrong at confidence .5: no error on average.
    probabilities = np.array([[0.5, 0.5], [0.5, 0.5]])
    assert metrics.calibration_error(np.array([0, 1]), probabilities) == pytest.approx(0)


def test_calibration_error_of_certainty_counts():
    assert metrics.calibration_error(np.array([1]), np.array([[1.0, 0.0]])) == 1.0


def test_set_figures_by_hand():
    is_in_set = np.array([[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 0]], dtype=bool)
    assert metrics.set_coverage(TRUTH, is_in_set) == 0.5
    assert metrics.single_share(is_in_set) == 0.5


def test_agrees_with_scikit_learn(drawn):
    truth, probabilities = drawn
    predicted = probabilities.argmax(axis=1)
    matrix = metrics.confusion_matrix(truth, predicted, 4)
    assert (matrix == reference.confusion_matrix(truth, predicted)).all()
    expected = reference.balanced_accuracy_score(truth, predicted)
    assert metrics.balanced_accuracy(matrix) == pytest.approx(expected)
    assert metrics.log_loss(truth, probabilities) == pytest.approx(
        reference.log_loss(truth, probabilities)
    )
    assert metrics.brier_score(truth, probabilities) == pytest.approx(
        reference.brier_score_loss(truth, probabilities, scale_by_half=False)
    )
