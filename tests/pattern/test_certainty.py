"""Temperature, prediction sets and typicality keep what they promise on cases drawn at random."""

import numpy as np
import pytest
from scipy.special import softmax

from uptake_ml.pattern import metrics
from uptake_ml.pattern.calibrate import fit_temperature, log_odds, scale_probabilities
from uptake_ml.pattern.conformal import PredictionSets, conformal_p_value, fit_prediction_sets
from uptake_ml.pattern.typicality import fit_typicality

LABELS = ("normal", "focal", "diffuse")


def draw_honest(n, rng, sharpness=2.0):
    """Probabilities and truths drawn from them: perfectly calibrated."""
    probabilities = softmax(sharpness * rng.normal(size=(n, 3)), axis=1)
    truth = (probabilities.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1)
    return probabilities, truth


@pytest.mark.parametrize("applied", [0.5, 1.0, 2.5])
def test_the_temperature_that_was_applied_is_found(applied):
    probabilities, truth = draw_honest(6000, np.random.default_rng(0))
    distorted = scale_probabilities(probabilities, applied)
    assert fit_temperature(distorted, truth) == pytest.approx(1 / applied, rel=0.08)


def test_scaling_keeps_the_order_and_the_sum():
    probabilities, _ = draw_honest(50, np.random.default_rng(1))
    for temperature in (0.3, 4.0):
        scaled = scale_probabilities(probabilities, temperature)
        assert np.allclose(scaled.sum(axis=1), 1)
        assert (scaled.argsort(axis=1) == probabilities.argsort(axis=1)).all()


def test_scaling_by_hand():
    # The odds of 4 to 1 become their square root, 2 to 1: less sure.
    assert scale_probabilities(np.array([[0.8, 0.2]]), 2.0) == pytest.approx(
        np.array([[2 / 3, 1 / 3]])
    )


def test_a_probability_of_zero_stays_finite():
    scaled = scale_probabilities(np.array([[1.0, 0.0]]), 2.0)
    assert scaled[0, 1] > 0
    assert np.isfinite(log_odds(np.array([[1.0, 0.0]]))).all()


def test_p_value_by_hand():
    held_out = np.array([0.1, 0.2, 0.3, 0.4])
    found = conformal_p_value(np.array([0.05, 0.2, 0.35, 0.9]), held_out)
    assert found.tolist() == [1.0, 0.8, 0.4, 0.2]


def test_coverage_holds_for_each_label_when_the_classifier_is_worse_at_one():
    rng = np.random.default_rng(2)

    def draw(n):
        truth = rng.integers(0, 3, n)
        logits = rng.normal(size=(n, 3))
        logits[np.arange(n), truth] += np.array([3.0, 1.5, 0.3])[truth]
        return softmax(logits, axis=1), truth

    sets = fit_prediction_sets(*draw(3000), labels=LABELS, coverage=0.9)
    probabilities, truth = draw(6000)
    fits = sets.p_values(probabilities) > 0.1
    for label in range(3):
        chosen = truth == label
        assert metrics.set_coverage(truth[chosen], fits[chosen]) == pytest.approx(0.9, abs=0.03)
    is_in_set = sets.contains(probabilities)
    assert is_in_set[np.arange(len(truth)), probabilities.argmax(axis=1)].all()
    assert not (fits & ~is_in_set).any()


def test_higher_coverage_gives_larger_sets():
    probabilities, truth = draw_honest(2000, np.random.default_rng(3))
    sizes = [
        fit_prediction_sets(probabilities, truth, labels=LABELS, coverage=c)
        .contains(probabilities)
        .sum()
        for c in (0.7, 0.8, 0.9, 0.99)
    ]
    assert sizes == sorted(sizes) and sizes[0] < sizes[-1]


def test_too_few_held_out_cases_leave_every_label_in_the_set():
    scores = (np.array([0.1] * 5),) * 3
    sets = PredictionSets(scores=scores, coverage=0.9)
    assert sets.contains(np.array([[0.99, 0.005, 0.005]])).all()


def test_a_label_without_held_out_cases_is_refused():
    with pytest.raises(ValueError, match="held-out cases of each label, found none of 'diffuse'"):
        fit_prediction_sets(np.full((4, 3), 1 / 3), np.array([0, 0, 1, 1]), labels=LABELS)


def test_coverage_must_be_a_share():
    with pytest.raises(ValueError, match="found 90"):
        PredictionSets(scores=(), coverage=90)


@pytest.fixture(scope="module")
def cloud():
    rng = np.random.default_rng(4)
    mixing = rng.normal(size=(3, 12))

    def draw(n):
        values = rng.normal(size=(n, 3)) @ mixing + 0.1 * rng.normal(size=(n, 12))
        values[:, 4] = np.exp(values[:, 4])
        values[rng.random(n) < 0.4, 5] = np.nan
        return values

    return draw, fit_typicality(draw(600), draw(400), least=0.001)


def test_typicality_of_new_cases_of_the_same_kind_is_uniform(cloud):
    draw, typicality = cloud
    values = typicality.evaluate(draw(2000))
    for share in (0.05, 0.1, 0.5, 0.9):
        assert (values <= share).mean() == pytest.approx(share, abs=0.05)
    assert (values < typicality.least).mean() < 0.01


def test_typicality_never_rises_with_the_distance(cloud):
    draw, typicality = cloud
    values = draw(300)
    order = np.argsort(typicality.score(values))
    assert (np.diff(typicality.evaluate(values)[order]) <= 1e-12).all()


def test_a_break_of_correlations_is_strange_though_every_feature_is_usual(cloud):
    draw, typicality = cloud
    shuffled = np.stack(
        [np.random.default_rng(i).permutation(c) for i, c in enumerate(draw(400).T)]
    )
    assert (typicality.evaluate(shuffled.T) < 0.05).mean() > 0.9


def test_farther_is_less_typical_down_to_tiny_values(cloud):
    draw, typicality = cloud
    case = draw(1)[0]
    far, farther = (case + shift * typicality.space.scale for shift in (20, 200))
    values = typicality.evaluate(np.stack([far, farther]))
    assert 0 < values[1] < values[0] < 0.001


def test_the_feature_that_was_changed_is_named(cloud):
    draw, typicality = cloud
    case = np.nan_to_num(draw(1)[0])
    case[7] += 50
    assert typicality.most_atypical(case)[0] == 7


def test_a_feature_that_never_was_undefined_is_strange_when_it_is(cloud):
    draw, typicality = cloud
    case = np.nan_to_num(draw(1)[0])
    always, sometimes = case.copy(), case.copy()
    always[2], sometimes[5] = np.nan, np.nan
    assert typicality.score(always[np.newaxis]) > typicality.score(sometimes[np.newaxis])
    assert typicality.most_atypical(always)[0] == 2


def test_a_feature_that_never_varies_says_nothing():
    rng = np.random.default_rng(5)
    training, held_out = rng.normal(size=(100, 3)), rng.normal(size=(100, 3))
    training[:, 1] = held_out[:, 1] = 7.0
    typicality = fit_typicality(training, held_out, least=0.001)
    same, other = np.zeros((1, 3)), np.zeros((1, 3))
    same[0, 1], other[0, 1] = 7.0, 9.0
    assert typicality.score(same) == typicality.score(other)
