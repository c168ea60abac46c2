"""Learning boosted trees with scikit-learn, and taking them over as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from uptake_ml.trees import BoostedTrees


@dataclass(frozen=True, kw_only=True)
class BoostingSettings:
    """How trees are grown; rows are drawn anew for each tree, features for each question."""

    rounds: int
    rate: float
    depth: int
    share_of_rows: float
    share_of_features: float
    least_in_leaf: int


def learn_trees(
    features: np.ndarray, truth: np.ndarray, settings: BoostingSettings, *, seed: int
) -> BoostedTrees:
    """Return trees whose scores tell the classes of ``truth`` (n,) apart.

    One output for two classes, whose logistic function is the probability of the second; otherwise
    one for each class, in sorted order, whose softmax gives the probabilities.
    """
    from sklearn.ensemble import GradientBoostingClassifier

    machine = GradientBoostingClassifier(
        n_estimators=settings.rounds, learning_rate=settings.rate, max_depth=settings.depth,
        subsample=settings.share_of_rows, max_features=settings.share_of_features,
        min_samples_leaf=settings.least_in_leaf, init="zero", random_state=seed,
    ).fit(features, truth)  # fmt: skip
    return _to_arrays(machine, features.shape[1])


def _to_arrays(machine, n_features: int) -> BoostedTrees:
    trees = np.vectorize(lambda each: each.tree_, otypes=[object])(machine.estimators_)
    shape = (*trees.shape, max(tree.node_count for tree in trees.flat))
    feature, left, right = (np.full(shape, -1, np.int16) for _ in range(3))
    threshold, value = np.zeros(shape, np.float64), np.zeros(shape, np.float32)
    for place in np.ndindex(trees.shape):
        tree = trees[place]
        own = (*place, slice(0, tree.node_count))
        feature[own] = np.maximum(tree.feature, -1)
        left[own], right[own] = tree.children_left, tree.children_right
        threshold[own] = tree.threshold
        value[own] = machine.learning_rate * tree.value[:, 0, 0]
    return BoostedTrees(
        feature=feature, threshold=threshold, left=left, right=right, value=value,
        depth=max(tree.max_depth for tree in trees.flat), n_features=n_features,
    )  # fmt: skip
