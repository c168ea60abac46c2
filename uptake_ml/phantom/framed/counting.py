"""What the matrix of the camera is expected to count."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from uptake_ml.phantom.framed.camera import VIEWS
from uptake_ml.phantom.framed.exposure import Exposure
from uptake_ml.phantom.patches import sample


def expect(
    exposure: Exposure, direct: Mapping[str, np.ndarray], scattered: Mapping[str, np.ndarray]
) -> tuple[dict[str, np.ndarray], float]:
    """Return the expected counts of the matrix by view, and how many are one unit of ``direct``."""
    camera, rates = exposure.camera, {}
    for view in VIEWS:
        rates[view] = np.zeros((camera.rows, camera.columns), np.float32)
        for image, grid in (
            (direct[view], exposure.grid),
            (scattered[view], exposure.scatter_grid()),
        ):
            part, (top, left) = sample(image, (0, 0), grid, camera)
            rates[view][top : top + part.shape[0], left : left + part.shape[1]] += part
    total = sum(float(rate.sum(dtype=float)) for rate in rates.values())
    unit = 2 * camera.counts * (1 - camera.stray) / total
    stray = np.float32(camera.stray * camera.counts / (camera.rows * camera.columns))
    return {view: rate * np.float32(unit) + stray for view, rate in rates.items()}, unit
