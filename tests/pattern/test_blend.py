"""Lines and trees that answer together."""

import numpy as np
import pytest

from uptake_ml.errors import ModelError
from uptake_ml.pattern.blend import from_record
from uptake_ml.pattern.classifiers import build_classifier


@pytest.fixture(scope="module")
def table():
    """Four classes of how far two features are from the middle, whichever side."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(600, 5))
    truth = 2 * (abs(features[:, 0]) > 0.67) + (abs(features[:, 1]) > 0.67)
    features[rng.random(600) < 0.1, 2] = np.nan
    features[:, 4] = np.nan
    return features, truth.astype(int)


@pytest.fixture(scope="module")
def blend(table):
    return build_classifier("blend", seed=0).fit(*table)


def test_probabilities_are_the_mean_of_both_and_sum_to_one(blend, table):
    features, _ = table
    found = blend.predict_proba(features)
    assert found.sum(axis=1) == pytest.approx(1)
    both = blend.linear.predict_proba(features) + blend._tree_probabilities(features)
    assert found == pytest.approx(both / 2)


def test_trees_see_what_lines_cannot(blend, table):
    features, truth = table
    alone = (blend.linear.predict_proba(features).argmax(axis=1) == truth).mean()
    assert (blend.predict_proba(features).argmax(axis=1) == truth).mean() > alone + 0.2


def test_two_classes_are_enough(table):
    features, truth = table
    two = build_classifier("blend", seed=0).fit(features, truth >= 2)
    found = two.predict_proba(features)
    assert found.shape == (600, 2)
    assert ((found[:, 1] > 0.5) == (truth >= 2)).mean() > 0.95


def test_it_comes_back_from_its_record(blend, table):
    again = from_record(blend.to_record())
    assert np.array_equal(again.predict_proba(table[0]), blend.predict_proba(table[0]))
    assert again.n_features_in_ == 5


def test_parts_of_other_sizes_are_noticed(blend):
    record = blend.to_record()
    assert from_record({**record, "fill": record["fill"][:-1]}).n_features_in_ == 0
    with pytest.raises(ModelError):
        from_record({**record, "trees": {**record["trees"], "depth": 99}})
