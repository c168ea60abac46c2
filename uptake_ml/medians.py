"""The median, which is asked for so often that its cost counts."""

from __future__ import annotations

import numpy as np


def median(values: np.ndarray) -> float:
    """Return the median of values (n,), at least one and none NaN; much quicker than NumPy's."""
    half = len(values) // 2
    ordered = np.partition(values, half)
    upper = ordered[half]
    return float(upper if len(values) % 2 else (ordered[:half].max() + upper) / 2)
