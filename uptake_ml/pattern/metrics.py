"""How good probabilities and prediction sets are, each metric in its textbook form.

Truths are integer class indices of shape (n,), probabilities have shape (n, classes) and rows that
sum to 1, prediction sets are boolean of shape (n, classes).
"""

from __future__ import annotations

import numpy as np


def confusion_matrix(truth: np.ndarray, predicted: np.ndarray, n_classes: int) -> np.ndarray:
    """Return counts of shape (classes, classes): rows are the truth, columns the prediction."""
    matrix = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(matrix, (truth, predicted), 1)
    return matrix


def class_accuracy(matrix: np.ndarray) -> np.ndarray:
    """Return the share of each true class predicted right; NaN for a class without cases."""
    totals = matrix.sum(axis=1)
    return np.divide(np.diag(matrix), totals, out=np.full(len(matrix), np.nan), where=totals > 0)


def balanced_accuracy(matrix: np.ndarray) -> float:
    """Return the mean accuracy over the classes that occur; NaN where there are no cases."""
    accuracy = class_accuracy(matrix)
    return float(np.nanmean(accuracy)) if np.isfinite(accuracy).any() else float("nan")


def log_loss(truth: np.ndarray, probabilities: np.ndarray) -> float:
    """Return the mean of -ln p(true class), with p no smaller than 1e-15."""
    p_true = probabilities[np.arange(len(truth)), truth]
    return float(-np.log(np.clip(p_true, 1e-15, None)).mean())


def brier_score(truth: np.ndarray, probabilities: np.ndarray) -> float:
    """Return the mean squared distance of the probabilities from the truth, 0 to 2.

    Source: Brier GW. Verification of forecasts expressed in terms of probability. Monthly Weather
    Review 1950;78:1 (the original, multi-class form).
    """
    target = np.eye(probabilities.shape[1])[truth]
    return float(((probabilities - target) ** 2).sum(axis=1).mean())


def calibration_error(truth: np.ndarray, probabilities: np.ndarray, *, n_bins: int = 15) -> float:
    """Return the expected calibration error of the top label over equal-width bins.

    The mean over bins, weighted by their cases, of |accuracy - mean confidence|; a confidence on
    an edge belongs to the bin below it.  Source: Guo C et al. On calibration of modern neural
    networks. ICML 2017.
    """
    confidence = probabilities.max(axis=1)
    is_right = probabilities.argmax(axis=1) == truth
    bins = np.clip(np.ceil(confidence * n_bins).astype(int) - 1, 0, n_bins - 1)
    gap = np.bincount(bins, weights=is_right - confidence, minlength=n_bins)
    return float(np.abs(gap).sum() / len(truth))


def set_coverage(truth: np.ndarray, is_in_set: np.ndarray) -> float:
    """Return the share of cases whose prediction set holds the true class."""
    return float(is_in_set[np.arange(len(truth)), truth].mean())


def single_share(is_in_set: np.ndarray) -> float:
    """Return the share of cases whose prediction set holds exactly one class."""
    return float((is_in_set.sum(axis=1) == 1).mean())
