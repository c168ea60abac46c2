"""Boosted trees as arrays: what scikit-learn says, and none that points astray."""

from dataclasses import replace

import numpy as np
import pytest

from uptake_ml.errors import ModelError
from uptake_ml.pattern.boosting import BoostingSettings, learn_trees
from uptake_ml.trees import from_arrays

SETTINGS = BoostingSettings(
    rounds=12, rate=0.1, depth=3, share_of_rows=0.7, share_of_features=0.5, least_in_leaf=5
)


def table(n_classes, seed=0):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(300, 6)).astype(np.float32)
    edges = np.quantile(features[:, 0] + features[:, 1], np.arange(1, n_classes) / n_classes)
    return features, np.digitize(features[:, 0] + features[:, 1], edges)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_scores_are_those_of_the_machine_that_learnt(n_classes, monkeypatch):
    from sklearn import ensemble

    machines = []
    fit = ensemble.GradientBoostingClassifier.fit

    def keep(self, *arguments):
        machines.append(fit(self, *arguments))
        return machines[-1]

    monkeypatch.setattr(ensemble.GradientBoostingClassifier, "fit", keep)
    features, truth = table(n_classes)
    trees = learn_trees(features, truth, SETTINGS, seed=1)
    theirs = machines[0].decision_function(features).reshape(len(features), -1)
    assert trees.scores(features) == pytest.approx(theirs, abs=1e-5)


def test_the_same_seed_gives_the_same_trees_and_they_survive_as_arrays():
    features, truth = table(4)
    first, second = (learn_trees(features, truth, SETTINGS, seed=1) for _ in range(2))
    again = from_arrays(first.to_arrays())
    assert np.array_equal(first.scores(features), second.scores(features))
    assert np.array_equal(first.scores(features), again.scores(features))


@pytest.mark.parametrize(
    ("name", "value"), [("feature", 6), ("left", 0), ("right", 99), ("left", -1)]
)
def test_a_tree_that_points_astray_is_refused(name, value):
    trees = learn_trees(*table(4), SETTINGS, seed=1)
    array = getattr(trees, name).copy()
    array[3, 1, 0] = value
    with pytest.raises(ModelError, match="points outside itself"):
        replace(trees, **{name: array})


def test_arrays_of_other_shapes_or_objects_are_refused():
    trees = learn_trees(*table(4), SETTINGS, seed=1)
    with pytest.raises(ModelError, match="one shape"):
        replace(trees, value=trees.value[:-1])
    with pytest.raises(ModelError, match="not numbers"):
        replace(trees, value=trees.value.astype(object))
