"""Which peaks stand out, against what the words say: what can be reached without going lower."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from uptake_ml.features.saddles import SAME, stand_out

_CORNERS = np.ones((3, 3))


def _hills(seed: int) -> np.ndarray:
    """Return places of smooth noise above 0, 0 around them and at the rim; float32."""
    rng = np.random.default_rng(seed)
    noise = ndimage.gaussian_filter(rng.normal(size=(48, 40)), rng.uniform(0.8, 2.0))
    height = np.maximum(noise / noise.std(), 0).astype(np.float32)
    height[[0, -1]] = height[:, [0, -1]] = 0
    return height


def _reached(height: np.ndarray, peak: int, depth: float) -> float:
    """Return the greatest height that can be reached from a peak within ``depth`` below it."""
    labels, _ = ndimage.label(height > height.ravel()[peak] - depth + SAME, _CORNERS)
    return height[labels == labels.ravel()[peak]].max()


@pytest.mark.parametrize("depth", [0.1, 0.4, 1.5])
@pytest.mark.parametrize("seed", range(8))
def test_a_peak_stands_out_where_nothing_higher_can_be_reached(seed, depth):
    height = _hills(seed)
    is_peak = (height > depth) & (height == ndimage.maximum_filter(height, 3))
    peaks = np.flatnonzero(is_peak)
    level = height.ravel()
    expected = [_reached(height, peak, depth) <= level[peak] + SAME for peak in peaks]
    assert stand_out(height, peaks, depth).tolist() == expected


def test_peaks_of_one_height_stand_out_whatever_lies_between():
    height = np.zeros((3, 7), np.float32)
    height[1, 1:6] = 1.0, 0.9, 1.0, 0.2, 0.7
    assert stand_out(height, np.array([8, 10, 12]), 0.3).tolist() == [True, True, True]
    assert stand_out(height, np.array([8, 10, 12]), 0.6).tolist() == [True, True, False]
