"""Temperature scaling: one number that makes probabilities as sure as they deserve to be.

``p' = softmax(ln(p) / T)``: T > 1 takes confidence away, T < 1 adds it, and the order of the labels
never changes.  Source: Guo C et al. On calibration of modern neural networks. ICML 2017.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import softmax

from uptake_ml.pattern.metrics import log_loss

# A tree's leaf can say exactly 0: without a floor its logarithm decides everything.
_FLOOR = 1e-6
_RANGE = (0.05, 20.0)


def scale_probabilities(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Return probabilities of shape (n, classes) at ``temperature``."""
    return softmax(np.log(np.maximum(probabilities, _FLOOR)) / temperature, axis=1)


def fit_temperature(probabilities: np.ndarray, truth: np.ndarray) -> float:
    """Return the temperature of least log-loss on held-out cases.

    ``probabilities`` has shape (n, classes) and comes from a classifier that has not seen these
    cases; ``truth`` holds class indices.
    """

    def loss(log_temperature: float) -> float:
        return log_loss(truth, scale_probabilities(probabilities, np.exp(log_temperature)))

    return float(np.exp(minimize_scalar(loss, bounds=np.log(_RANGE), method="bounded").x))


def log_odds(probabilities: np.ndarray) -> np.ndarray:
    """Return ln(p / (1 - p)), elementwise, kept finite."""
    p = np.clip(probabilities, _FLOOR, 1 - _FLOOR)
    return np.log(p) - np.log1p(-p)
