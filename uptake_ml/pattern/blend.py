"""A linear classifier and boosted trees that answer together.

p = (p_linear + p_trees) / 2.  Lines hold beyond what was seen in training, trees see what depends
on two features at once; their mean was better than either on cases of a kind neither had seen
(experiments/01_model_choice).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sklearn.pipeline import Pipeline

from uptake_ml.pattern.boosting import BoostingSettings, learn_trees
from uptake_ml.trees import BoostedTrees, from_arrays


class Blend:
    """A classifier with the methods of scikit-learn's that are used here.

    ``linear`` takes NaN for undefined; ``trees`` see the median of training, ``fill``, instead.
    """

    def __init__(self, linear: Pipeline, settings: BoostingSettings | None, *, seed: int = 0):
        self.linear, self.settings, self.seed = linear, settings, seed
        self.trees: BoostedTrees | None = None
        self.fill = np.empty(0)

    def fit(self, features: np.ndarray, truth: np.ndarray) -> Blend:
        """Learn from cases (n, features) and their classes (n,), 0 and up, none left out."""
        self.linear.fit(features, truth)
        with np.errstate(all="ignore"):
            is_known = np.isfinite(features).any(axis=0)
        self.fill = np.where(is_known, np.nanmedian(np.where(is_known, features, 0.0), axis=0), 0.0)
        self.trees = learn_trees(self._filled(features), truth, self.settings, seed=self.seed)
        return self

    def predict_proba(self, features: np.ndarray) -> np.ndarray:
        """Return probabilities of shape (n, classes)."""
        return (self.linear.predict_proba(features) + self._tree_probabilities(features)) / 2

    def _tree_probabilities(self, features: np.ndarray) -> np.ndarray:
        scores = self.trees.scores(self._filled(features))
        if scores.shape[1] == 1:
            scores = np.hstack([np.zeros_like(scores), scores])
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        return odds / odds.sum(axis=1, keepdims=True)

    def _filled(self, features: np.ndarray) -> np.ndarray:
        return np.where(np.isfinite(features), features, self.fill)

    @property
    def n_features_in_(self) -> int:
        """How many features a case has, as scikit-learn calls it; 0 where the parts disagree."""
        sizes = {self.linear.n_features_in_, len(self.fill), self.trees.n_features}
        return sizes.pop() if len(sizes) == 1 else 0

    def to_record(self) -> dict:
        """Return what ``from_record`` takes: plain values, arrays and the linear pipeline."""
        return {"linear": self.linear, "fill": self.fill, "trees": self.trees.to_arrays()}


def from_record(record: Mapping) -> Blend:
    """Return the classifier that ``to_record`` described.

    Raises
    ------
    ModelError
        When its trees are none.
    KeyError
        When a part is missing.
    """
    blend = Blend(record["linear"], None)
    blend.fill = np.asarray(record["fill"], dtype=float)
    blend.trees = from_arrays(record["trees"])
    return blend
