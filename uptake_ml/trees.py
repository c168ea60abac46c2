"""Boosted decision trees as plain arrays that cannot point astray.

scikit-learn learns them; its own trees are not stored, since a forged one can point outside its
memory, which scikit-learn does not check.

score_k = sum over rounds of the value of the leaf that the case falls into, in the tree of output k
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from uptake_ml.errors import ModelError

ARRAYS = ("feature", "threshold", "left", "right", "value")
_MOST_NODES = 4_000_000


@dataclass(frozen=True, kw_only=True, eq=False)
class BoostedTrees:
    """Trees of shape (rounds, outputs, nodes): node 0 is the root, a leaf has ``feature`` -1.

    A case goes ``left`` where its feature is at most ``threshold``, otherwise ``right``; ``value``
    counts at leaves.  ``depth`` is the greatest number of questions asked, ``n_features`` how many
    features a case has.

    Raises
    ------
    ModelError
        When the arrays are no such trees, or one points outside itself.
    """

    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    depth: int
    n_features: int

    def __post_init__(self) -> None:
        arrays = [getattr(self, name) for name in ARRAYS]
        shapes = {np.shape(array) for array in arrays}
        if len(shapes) != 1 or len(self.feature.shape) != 3:
            raise ModelError(f"trees need five arrays of one shape, found {sorted(shapes)}")
        if any(a.dtype.kind not in "if" or a.size > _MOST_NODES for a in arrays):
            raise ModelError("the model's trees are not numbers, or far too many: install it again")
        self._check_pointers()

    def _check_pointers(self) -> None:
        n_nodes = self.feature.shape[2]
        nodes = np.arange(n_nodes)
        is_inner = self.feature >= 0
        children = np.stack([self.left, self.right])
        # Children come after their parent: no walk is endless, none leaves the tree.
        if (
            self.feature.max(initial=-1) >= self.n_features
            or ((children <= nodes) & is_inner).any()
            or ((children >= n_nodes) & is_inner).any()
            or not 0 <= self.depth <= n_nodes
        ):
            raise ModelError("a tree of the model points outside itself: do not use this model")

    def scores(self, features: np.ndarray) -> np.ndarray:
        """Return the scores, shape (n, outputs), of cases (n, features) without NaN."""
        rounds, outputs, n_nodes = self.feature.shape
        flat = {name: getattr(self, name).ravel() for name in ARRAYS}
        root = np.arange(rounds * outputs) * n_nodes
        case = np.arange(len(features))[:, None] * features.shape[1]
        node = np.broadcast_to(root, (len(features), len(root)))
        for _ in range(self.depth):
            asked = flat["feature"].take(node)
            value = features.ravel().take(np.maximum(asked, 0) + case)
            is_left = value <= flat["threshold"].take(node)
            child = np.where(is_left, flat["left"].take(node), flat["right"].take(node))
            node = np.where(asked >= 0, root + child, node)
        leaves = flat["value"].take(node).reshape(len(features), rounds, outputs)
        return leaves.sum(axis=1, dtype=np.float64)

    def to_arrays(self) -> dict:
        """Return the arrays and numbers that ``from_arrays`` takes."""
        return {name: getattr(self, name) for name in (*ARRAYS, "depth", "n_features")}


def from_arrays(stored: Mapping) -> BoostedTrees:
    """Return the trees that ``to_arrays`` described.

    Raises
    ------
    ModelError
        When the arrays are no such trees, or one points outside itself.
    KeyError
        When one is missing.
    """
    arrays = {name: np.asarray(stored[name]) for name in ARRAYS}
    depth, n_features = int(stored["depth"]), int(stored["n_features"])
    return BoostedTrees(**arrays, depth=depth, n_features=n_features)
