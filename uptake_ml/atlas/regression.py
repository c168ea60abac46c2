"""All points at once from a whole canvas: block means, principal components, kernel ridge."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from uptake_ml.atlas.canvas import AXIS_COL, CANVAS_SHAPE
from uptake_ml.atlas.points import mirror_points

BLOCK = 4
N_BLOCKS = 2 * (CANVAS_SHAPE[0] // BLOCK) * (CANVAS_SHAPE[1] // BLOCK)


def block_means(two_channels: np.ndarray) -> np.ndarray:
    """Return the means of 4 x 4 blocks of both channels, float32 of shape (N_BLOCKS,)."""
    by_rows = reduce(np.add, [two_channels[:, i::BLOCK] for i in range(BLOCK)])
    total = reduce(np.add, [by_rows[:, :, j::BLOCK] for j in range(BLOCK)])
    return (total / BLOCK**2).ravel()


def mirror_blocks(blocks: np.ndarray) -> np.ndarray:
    """Return the block means, shape (..., N_BLOCKS), of the mirrored canvas."""
    shape = (*blocks.shape[:-1], 2, CANVAS_SHAPE[0] // BLOCK, CANVAS_SHAPE[1] // BLOCK)
    return blocks.reshape(shape)[..., ::-1].reshape(blocks.shape)


@dataclass(frozen=True, kw_only=True, eq=False)
class KernelRidge:
    """Kernel ridge regression on principal components, with a subset of the cases as centres.

    points = offset + sum_m dual[m] exp(-gamma |z - centres[m]|^2), z = basis (blocks - mean).
    Shapes: mean (B,), basis (D, B), centres (M, D), gamma (), dual (M, 2P), offset (2P,).
    """

    mean: np.ndarray
    basis: np.ndarray
    centres: np.ndarray
    gamma: np.ndarray
    dual: np.ndarray
    offset: np.ndarray

    @cached_property
    def _centre_squares(self) -> np.ndarray:
        return (self.centres**2).sum(axis=1)

    def predict(self, blocks: np.ndarray) -> np.ndarray:
        """Return points, shape (n, P, 2), from block means, shape (n, B)."""
        codes = (self.basis @ (blocks - self.mean).T).T
        kernel = _kernel(codes, self.centres, float(self.gamma), self._centre_squares)
        flat = kernel @ self.dual + self.offset
        return flat.reshape(len(blocks), -1, 2)

    def predict_both(self, blocks: np.ndarray) -> np.ndarray:
        """Return the points seen in the canvas and in its mirror image, shape (n, 2, P, 2)."""
        seen, reflected = np.split(self.predict(np.concatenate([blocks, mirror_blocks(blocks)])), 2)
        return np.stack([seen, mirror_points(reflected, AXIS_COL)], axis=1)


def _kernel(
    codes: np.ndarray, centres: np.ndarray, gamma: float, centre_squares: np.ndarray
) -> np.ndarray:
    # The large matrix first: with few codes the product takes a third of the time.
    squares = (codes**2).sum(axis=1)[:, None] + centre_squares - 2 * (centres @ codes.T).T
    return np.exp(-gamma * np.maximum(squares, 0))


@dataclass(frozen=True, kw_only=True)
class RidgePlan:
    """How a kernel ridge is fitted; ``width`` is gamma times the median squared distance."""

    n_components: int = 200
    n_centres: int = 3500
    width: float = 1.0
    ridge: float = 0.02


def fit_kernel_ridge(
    blocks: np.ndarray, points: np.ndarray, plan: RidgePlan, rng: np.random.Generator
) -> KernelRidge:
    """Return the regression from block means (n, B) to points (n, P, 2), no value missing.

    Every case counts twice, as it is and mirrored.
    """
    mean, basis = _symmetric_components(blocks, plan.n_components, rng)
    codes = np.concatenate([(b - mean) @ basis.T for b in (blocks, mirror_blocks(blocks))])
    targets = np.concatenate([points, mirror_points(points, AXIS_COL)]).reshape(len(codes), -1)
    chosen = rng.choice(len(codes), min(plan.n_centres, len(codes)), replace=False)
    centres = codes[chosen]
    sample = codes[rng.choice(len(codes), min(500, len(codes)), replace=False)]
    distances = ((sample[:, None] - sample[None]) ** 2).sum(axis=2)
    gamma = plan.width / np.median(distances[distances > 0])
    offset = targets.mean(axis=0)
    centre_squares = (centres**2).sum(axis=1)
    design = _kernel(codes, centres, gamma, centre_squares).astype(np.float64)
    # Nystroem: the same solution as full kernel ridge, sought among the centres only.
    normal = design.T @ design + plan.ridge * _kernel(centres, centres, gamma, centre_squares)
    normal[np.diag_indices_from(normal)] += 1e-7 * np.trace(normal) / len(normal)
    dual = cho_solve(cho_factor(normal), design.T @ (targets - offset))
    return KernelRidge(
        mean=mean.astype(np.float32),
        basis=basis.astype(np.float32),
        centres=centres.astype(np.float32),
        gamma=np.array(gamma, np.float32),
        dual=dual.astype(np.float32),
        offset=offset.astype(np.float32),
    )


def _symmetric_components(
    blocks: np.ndarray, n_components: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.utils.extmath import randomized_svd

    chosen = rng.choice(len(blocks), min(3000, len(blocks)), replace=False)
    both = np.concatenate([blocks[chosen], mirror_blocks(blocks[chosen])])
    mean = both.mean(axis=0)
    n_components = min(n_components, len(both) - 1)
    seed = int(rng.integers(2**31))
    _, _, basis = randomized_svd(both - mean, n_components, n_iter=3, random_state=seed)
    return mean, basis
