"""Boosted decision trees as plain arrays that cannot point astray.

scikit-learn learns them; its own trees are not stored, since a forged one can point outside its
memory, which scikit-learn does not check.

score_k = sum over rounds of the value of the leaf that the case falls into, in the tree of output k
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

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
        asked, children = self._paths
        flat, threshold = features.ravel(), self.threshold.ravel()
        case = np.arange(len(features))[:, None] * features.shape[1]
        node = np.arange(rounds * outputs)[None] * n_nodes
        for _ in range(self.depth):
            is_left = flat.take(asked.take(node) + case) <= threshold.take(node)
            node = children.take(2 * node + is_left)
        leaves = np.broadcast_to(self.value.ravel().take(node), (len(features), rounds * outputs))
        return leaves.reshape(len(features), rounds, outputs).sum(axis=1, dtype=np.float64)

    @cached_property
    def _paths(self) -> tuple[np.ndarray, np.ndarray]:
        """The feature asked for at each node of all trees, and its (right, left) child.

        A leaf is its own child, whatever it asks for: a walk may go on without looking.
        """
        nodes = np.arange(self.feature.size).reshape(self.feature.shape)
        is_inner, root = self.feature >= 0, nodes[..., :1]
        right, left = (np.where(is_inner, root + s, nodes) for s in (self.right, self.left))
        asked = np.where(is_inner, self.feature, 0).astype(np.intp)
        return asked.ravel(), np.stack([right, left], axis=-1).ravel()

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
