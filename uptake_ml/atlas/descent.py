"""Points moved step by step by what is seen around them: supervised descent.

Each stage maps patches around all points linearly to a displacement of all points (Xiong and De la
Torre, CVPR 2013, 532).  It works on aligned canvases, so a patch means the same in every case.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from uptake_ml.atlas.canvas import bilinear

PATCH_SIDE = 5
N_PATCH = 2 * PATCH_SIDE**2
# Spacing of the patch's grid in canvas pixels, stage by stage: from wide to near.
STEPS = (5.0, 3.5, 2.5, 1.8, 1.4)
_NONE = slice(0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Stage:
    """displacement (2P,) = weights.T features + bias; weights (P * N_PATCH, 2P), bias (2P,)."""

    step: np.ndarray
    weights: np.ndarray
    bias: np.ndarray

    def move(
        self, two_channels: np.ndarray, points: np.ndarray, mirrored: slice = _NONE
    ) -> np.ndarray:
        """Return the moved points, shape (n, P, 2), of one aligned canvas (2, rows, cols).

        Those that ``mirrored`` selects are points of its mirror image.
        """
        features = patches(two_channels, points, float(self.step), mirrored)
        moved = features @ self.weights + self.bias
        return points + moved.reshape(points.shape)


def patches(
    two_channels: np.ndarray, points: np.ndarray, step: float, mirrored: slice = _NONE
) -> np.ndarray:
    """Return the patches around points (n, P, 2), float32 of shape (n, P * N_PATCH).

    Those that ``mirrored`` selects are points of the canvas's mirror image.  Bilinear samples of
    both channels; the first is made free of its mean in every patch, so that only the pattern
    counts and not the level.
    """
    reach = (np.arange(PATCH_SIDE) - PATCH_SIDE // 2) * step
    rows = points[..., 0, None] + np.repeat(reach, PATCH_SIDE)
    cols = points[..., 1, None] + np.tile(reach, PATCH_SIDE)
    cols[mirrored] = two_channels.shape[2] - 1 - cols[mirrored]
    values = bilinear(two_channels, rows, cols)
    values[0] -= values[0].mean(axis=-1, keepdims=True)
    return np.moveaxis(values, 0, 2).reshape(len(points), -1)


class StageFit:
    """Sums from which a stage is solved, gathered case by case so that memory stays bounded."""

    def __init__(self, n_points: int, step: float) -> None:
        n = n_points * N_PATCH + 1
        self._step = step
        self._gram = np.zeros((n, n))
        self._cross = np.zeros((n, 2 * n_points))
        self._pending: list[tuple[np.ndarray, np.ndarray]] = []
        self._n_rows = 0

    def add(self, two_channels: np.ndarray, points: np.ndarray, truth: np.ndarray) -> None:
        """Add starts (n, P, 2) on one aligned canvas, and where they should go, (n, P, 2)."""
        features = patches(two_channels, points, self._step)
        features = np.concatenate([features, np.ones((len(points), 1), np.float32)], axis=1)
        self._pending.append((features, (truth - points).reshape(len(points), -1)))
        if len(self._pending) >= 200:
            self._flush()

    def _flush(self) -> None:
        features = np.concatenate([f for f, _ in self._pending])
        moves = np.concatenate([m for _, m in self._pending]).astype(np.float32)
        self._gram += features.T @ features
        self._cross += features.T @ moves
        self._n_rows += len(features)
        self._pending = []

    def solve(self, ridge: float) -> Stage:
        """Return the stage; ``ridge`` is in units of the mean square of a feature."""
        from scipy.linalg import cho_factor, cho_solve

        if self._pending:
            self._flush()
        gram = self._gram.copy()
        gram[np.diag_indices(len(gram) - 1)] += ridge * np.trace(gram) / len(gram)
        gram[-1, -1] += 1e-6 * self._n_rows
        solution = cho_solve(cho_factor(gram, overwrite_a=True), self._cross)
        return Stage(
            step=np.array(self._step, np.float32),
            weights=solution[:-1].astype(np.float32),
            bias=solution[-1].astype(np.float32),
        )
