"""Whether a study looks like the cases the model learned from.

Each feature is centred on its median, divided by its spread and compressed (``arcsinh``), so that a
long tail is not mistaken for a strange image.  Two distances follow, both per dimension:

- *in the model's plane*: mean distance to the nearest training cases in the space of the leading
  principal components.  Handles several clusters (Ramaswamy S et al. SIGMOD 2000);
- *off the plane*: length of the residual that the components cannot reproduce (Jackson JE,
  Mudholkar GS. Control procedures for residuals associated with principal component analysis.
  Technometrics 1979;21:341).

Their root mean square, each over its held-out median, is the score.  Typicality is the score's
conformal p-value against held-out training cases; beyond the highest tenth of those an exponential
tail (Pickands J. Ann Stat 1975;3:119) replaces the steps, so that "strange" and "very strange"
differ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from uptake_ml.pattern.conformal import conformal_p_value

_N_NEIGHBOURS = 5
_N_REFERENCES = 400
_EXPLAINED = 0.9
_TAIL = 0.1


@dataclass(frozen=True, kw_only=True, eq=False)
class Space:
    """A standardised feature space and the plane that training cases lie in.

    ``median``, ``scale``, ``missing_surprise``, ``low`` and ``high`` have shape (features,);
    ``axes`` (components, features) has orthonormal rows; ``references`` (cases, components) are
    training cases.  ``missing_surprise`` is how odd it is that a feature is missing, in s.d.;
    ``low`` and ``high`` are the 1st and 99th percentile of training.
    """

    median: np.ndarray
    scale: np.ndarray
    missing_surprise: np.ndarray
    low: np.ndarray
    high: np.ndarray
    axes: np.ndarray
    references: np.ndarray

    def standardise(self, features: np.ndarray) -> np.ndarray:
        """Return features of shape (n, features) as compressed deviations from the median."""
        z = np.arcsinh((features - self.median) / self.scale)
        return np.where(np.isnan(features), self.missing_surprise, z)

    def distances(self, features: np.ndarray) -> np.ndarray:
        """Return (n, 2): distance to the nearest training cases, and from their plane."""
        z = self.standardise(features)
        inside = z @ self.axes.T
        residual = z - inside @ self.axes
        off_plane = np.sqrt((residual**2).mean(axis=1))
        return np.stack([_nearest(inside, self.references), off_plane], axis=1)


@dataclass(frozen=True, kw_only=True, eq=False)
class Typicality:
    """A feature space with the held-out distances that say what is usual.

    ``unit`` (2,) is the held-out median of the two distances; ``held_out`` their sorted scores;
    ``least`` the typicality below which a study is rejected.
    """

    space: Space
    unit: np.ndarray
    held_out: np.ndarray
    least: float

    def score(self, features: np.ndarray) -> np.ndarray:
        """Return how far each case, (n, features), is from the training cases; about 1 is usual."""
        return np.sqrt(((self.space.distances(features) / self.unit) ** 2).mean(axis=1))

    def evaluate(self, features: np.ndarray) -> np.ndarray:
        """Return the typicality, 0 to 1, of each case, (n, features)."""
        scores = self.score(features)
        start = np.quantile(self.held_out, 1 - _TAIL)
        mean_excess = (self.held_out[self.held_out > start] - start).mean()
        tail = _TAIL * np.exp(-np.maximum(scores - start, 0) / mean_excess)
        return np.where(scores > start, tail, conformal_p_value(scores, self.held_out))

    def most_atypical(self, features: np.ndarray, n: int = 3) -> list[int]:
        """Return which ``n`` features of one case, (features,), are furthest from usual."""
        z = np.abs(self.space.standardise(features[np.newaxis])[0])
        return [int(i) for i in np.argsort(-z, kind="stable")[:n]]


def fit_typicality(training: np.ndarray, held_out: np.ndarray, *, least: float) -> Typicality:
    """Return typicality learnt from ``training`` and ranked against ``held_out`` cases."""
    space = _fit_space(training)
    distances = space.distances(held_out)
    unit = np.maximum(np.median(distances, axis=0), 1e-9)
    scores = np.sqrt(((distances / unit) ** 2).mean(axis=1))
    return Typicality(space=space, unit=unit, held_out=np.sort(scores), least=least)


def _fit_space(training: np.ndarray) -> Space:
    is_missing = np.isnan(training)
    # A feature that is never defined stands at 0; one that never varies says nothing.
    filled = np.where(is_missing.all(axis=0), 0.0, training)
    low, q25, median, q75, high = np.nanquantile(filled, (0.01, 0.25, 0.5, 0.75, 0.99), axis=0)
    spread = np.nanstd(filled, axis=0) / 2
    scale = np.maximum.reduce([(q75 - q25) / 1.349, (high - low) / 10, spread])
    rate = (is_missing.sum(axis=0) + 1) / (len(training) + 1)
    bare = Space(
        median=median,
        scale=np.where(scale > 0, scale, np.inf),
        missing_surprise=np.sqrt(-2 * np.log(rate)),
        low=low,
        high=high,
        axes=np.zeros((0, training.shape[1])),
        references=np.zeros((1, 0)),
    )
    axes = _leading_axes(bare.standardise(training))
    chosen = np.linspace(0, len(training) - 1, min(_N_REFERENCES, len(training))).astype(int)
    references = bare.standardise(training[chosen]) @ axes.T
    return Space(**{**vars(bare), "axes": axes, "references": references})


def _leading_axes(z: np.ndarray) -> np.ndarray:
    # Not centred: the origin is the median case, which is where a distance should start.
    _, singular, axes = np.linalg.svd(z, full_matrices=False)
    share = np.cumsum(singular**2) / max((singular**2).sum(), 1e-12)
    return axes[: int(np.searchsorted(share, _EXPLAINED)) + 1]


def _nearest(points: np.ndarray, references: np.ndarray) -> np.ndarray:
    squared = (
        (points**2).sum(axis=1)[:, np.newaxis]
        + (references**2).sum(axis=1)
        - 2 * points @ references.T
    )
    n = min(_N_NEIGHBOURS, len(references))
    nearest = np.partition(np.maximum(squared, 0), n - 1, axis=1)[:, :n]
    return np.sqrt(nearest / max(points.shape[1], 1)).mean(axis=1)
