"""The shape of a body: similarity alignment, mean and modes of variation, plausible completion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from uptake_ml.atlas.canvas import AXIS_COL
from uptake_ml.atlas.points import CORE, mirror_points


@dataclass(frozen=True, kw_only=True, eq=False)
class Similarity:
    """The map p -> matrix p + offset of points (row, col)."""

    matrix: np.ndarray
    offset: np.ndarray

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Return the mapped points, shape (..., 2)."""
        return points @ self.matrix.T + self.offset

    def inverse(self) -> Similarity:
        """Return the map back."""
        matrix = np.linalg.inv(self.matrix)
        return Similarity(matrix=matrix, offset=-matrix @ self.offset)

    @property
    def scale(self) -> float:
        """Length after the map over length before."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix))))


def fit_similarity(source: np.ndarray, target: np.ndarray) -> Similarity:
    """Return the rotation, scale and shift that best take source to target, both (n, 2).

    Least squares without reflection; Umeyama, IEEE PAMI 13 (1991) 376.
    """
    known = np.isfinite(source).all(axis=1) & np.isfinite(target).all(axis=1)
    source, target = source[known], target[known]
    centre, goal = source.mean(axis=0), target.mean(axis=0)
    a, b = source - centre, target - goal
    # In two dimensions the best rotation has a closed form.
    cos, sin = (a * b).sum(), (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()
    norm = max((a * a).sum(), 1e-9)
    matrix = np.array([[cos, -sin], [sin, cos]]) / norm
    return Similarity(matrix=matrix, offset=goal - matrix @ centre)


def align(points: np.ndarray, mean: np.ndarray) -> Similarity:
    """Return the similarity that takes a body's points to the mean shape, by its core points."""
    return fit_similarity(points[CORE], mean[CORE])


@dataclass(frozen=True, kw_only=True, eq=False)
class ShapeModel:
    """Mean shape (P, 2), modes (K, 2P), variance of each mode (K,), residual variance per point."""

    mean: np.ndarray
    modes: np.ndarray
    variances: np.ndarray
    residual: np.ndarray

    def complete(self, points: np.ndarray, sigma: np.ndarray) -> np.ndarray:
        """Return the most plausible aligned shape, shape (P, 2).

        ``sigma`` (P,) is the uncertainty of each given point in canvas pixels, infinite where it is
        missing.  The mean of the posterior of mean + modes b + residual under Gaussian noise.
        """
        precision = np.repeat(1.0 / (sigma**2 + self.residual), 2)
        delta = np.where(np.isfinite(points), points - self.mean, 0.0).ravel()
        weighted = self.modes * precision
        normal = weighted @ self.modes.T + np.diag(1.0 / self.variances)
        smooth = (np.linalg.solve(normal, weighted @ delta) @ self.modes).reshape(-1, 2)
        with np.errstate(invalid="ignore"):
            trust = (self.residual / (self.residual + sigma**2))[:, None]
        trust = np.where(np.isfinite(trust), trust, 0.0)
        return self.mean + smooth + trust * (delta.reshape(-1, 2) - smooth)


def mean_shape(shapes: np.ndarray, rounds: int = 4) -> np.ndarray:
    """Return the symmetric mean (P, 2) of shapes (n, P, 2) in canvas pixels, NaN ignored."""
    mean = np.nanmedian(shapes, axis=0)
    for _ in range(rounds):
        mean = (mean + mirror_points(mean, AXIS_COL)) / 2
        mean = np.nanmean([align(shape, mean)(shape) for shape in shapes], axis=0)
    return (mean + mirror_points(mean, AXIS_COL)) / 2


def fit_shape_model(aligned: np.ndarray, *, n_modes: int, rounds: int = 5) -> ShapeModel:
    """Return the model of aligned shapes (n, P, 2), filling unknown points (NaN) as it learns."""
    mean = np.nanmean(aligned, axis=0)
    known = np.isfinite(aligned)
    filled = np.where(known, aligned, mean)
    for _ in range(rounds):
        model = _principal_modes(filled, n_modes)
        if known.all():
            break
        for i in np.flatnonzero(~known.all(axis=(1, 2))):
            sigma = np.where(known[i].all(axis=1), 0.5, np.inf)
            guess = model.complete(np.where(known[i], aligned[i], np.nan), sigma)
            filled[i] = np.where(known[i], aligned[i], guess)
    return model


def _principal_modes(shapes: np.ndarray, n_modes: int) -> ShapeModel:
    mean = shapes.mean(axis=0)
    flat = (shapes - mean).reshape(len(shapes), -1)
    _, values, vectors = np.linalg.svd(flat, full_matrices=False)
    n_modes = min(n_modes, len(shapes) - 1)
    variances = np.maximum(values**2 / len(shapes), 1e-6)
    rest = flat - (flat @ vectors[:n_modes].T) @ vectors[:n_modes]
    residual = np.maximum((rest**2).mean(axis=0).reshape(-1, 2).mean(axis=1), 0.05)
    return ShapeModel(
        mean=mean, modes=vectors[:n_modes], variances=variances[:n_modes], residual=residual
    )
