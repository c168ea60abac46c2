"""What the matrix of the camera is expected to count."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.patches import sample
from uptake_ml.phantom.swept.camera import Camera
from uptake_ml.phantom.swept.exposure import Exposure


def expect(exposure: Exposure, camera: Camera) -> tuple[dict, dict[str, float]]:
    """Return the expected counts of the matrix by view, and how many are one unit of seen.

    Scatter and the air's counts are added, rows that were not scanned hold nothing.
    """
    expected, unit = {}, {}
    first, stop = camera.scanned
    for view, haze in exposure.haze().items():
        image, (top, left) = sample(exposure.views[view] + haze, (0, 0), exposure.uptake, camera)
        rate = np.zeros((camera.rows, camera.columns), np.float32)
        rate[top : top + image.shape[0], left : left + image.shape[1]] = image
        rate[:first], rate[stop:] = 0, 0
        rate[first:stop] += camera.background * rate.mean()
        unit[view] = camera.counts[view] / float(rate.sum(dtype=float))
        expected[view] = rate * np.float32(unit[view])
    return expected, unit
