"""Prediction sets that hold the true label in a chosen share of the cases of *each* label.

Conformal prediction, class-conditional ("Mondrian"), with the score 1 - p(label).  Held-out cases
are all, each answered by a classifier that did not learn from it (cross-conformal).  A label
belongs to the set when its p-value,

    p(label) = (1 + #{held-out cases of this label with a score >= this one}) / (1 + #{held-out})

is above 1 - coverage; the most probable label belongs to it in any case, so that no set is empty
and none leaves out what the model says (this can only raise the coverage).  The promise holds for
cases exchangeable with the held-out ones: simulated cases of the same kind, not patients.

Sources: Vovk V. Conditional validity of inductive conformal predictors. ACML 2012; Vovk V.
Cross-conformal predictors. Ann Math Artif Intell 2015;74:9; Sadinle M, Lei J, Wasserman L. Least
ambiguous set-valued classifiers with bounded error levels. JASA 2019;114:223.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True, eq=False)
class PredictionSets:
    """The sorted held-out scores of each label, and the coverage asked for (0 to 1)."""

    scores: tuple[np.ndarray, ...]
    coverage: float = 0.9

    def __post_init__(self) -> None:
        if not 0 < self.coverage < 1:
            raise ValueError(f"coverage must lie between 0 and 1, found {self.coverage}")

    def contains(self, probabilities: np.ndarray) -> np.ndarray:
        """Return which labels belong to each case's set, boolean of shape (n, classes)."""
        is_in = self.p_values(probabilities) > 1 - self.coverage + 1e-12
        is_in[np.arange(len(probabilities)), probabilities.argmax(axis=1)] = True
        return is_in

    def p_values(self, probabilities: np.ndarray) -> np.ndarray:
        """Return the conformal p-value of each label for each case, shape (n, classes)."""
        columns = [
            conformal_p_value(1 - probabilities[:, c], held_out)
            for c, held_out in enumerate(self.scores)
        ]
        return np.stack(columns, axis=1)


def conformal_p_value(scores: np.ndarray, held_out: np.ndarray) -> np.ndarray:
    """Return the share of sorted ``held_out`` scores at least as large, each score counted too."""
    n_larger = len(held_out) - np.searchsorted(held_out, scores, side="left")
    return (1 + n_larger) / (1 + len(held_out))


def fit_prediction_sets(
    probabilities: np.ndarray, truth: np.ndarray, *, labels: Sequence[str], coverage: float = 0.9
) -> PredictionSets:
    """Return prediction sets from the answers of classifiers that did not learn from these cases.

    With fewer than 1 / (1 - coverage) - 1 cases of a label (9 at 90 %) every set holds that label.

    Raises
    ------
    ValueError
        When a label has no held-out case at all.
    """
    scores = tuple(np.sort(1 - probabilities[truth == c, c]) for c in range(len(labels)))
    for label, own in zip(labels, scores, strict=True):
        if not len(own):
            raise ValueError(
                f"prediction sets need held-out cases of each label, found none of {label!r}"
            )
    return PredictionSets(scores=scores, coverage=coverage)
