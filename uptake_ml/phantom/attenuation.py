"""What part of the photons leaves the body towards each detector head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from uptake_ml.errors import SimulationError


@dataclass(frozen=True, kw_only=True, eq=False)
class RayMap:
    """Parallel rays along the depth axis of a body.

    ``transmission`` (depth, row, column) is exp(-integral of mu) from each voxel's centre to the
    anterior side; ``through`` (row, column) that of the whole ray, so that ``through /
    transmission`` is the way to the posterior side.  ``front`` and ``rear`` (row, column) are the
    depths in voxels at which the ray enters and leaves the body; both are the number of depth
    planes, and 0, where it meets none.
    """

    transmission: np.ndarray
    through: np.ndarray
    front: np.ndarray
    rear: np.ndarray


def trace_rays(mu_per_cm: np.ndarray, voxel_mm: float) -> RayMap:
    """Return the attenuation along every ray of a map of attenuation coefficients.

    ``mu_per_cm`` is float32 (depth, row, column), 0 outside the body: narrow-beam coefficients
    (water 0.15 per cm at 140 keV) where the camera adds scatter, broad-beam ones (about 0.12)
    where it does not.

    Raises
    ------
    SimulationError
        If a coefficient is negative or a ray is opaque.
    """
    path = np.zeros(mu_per_cm.shape[1:], np.float32)
    front = np.zeros(path.shape, np.int16)
    rear = np.zeros(path.shape, np.int16)
    transmission = np.empty(mu_per_cm.shape, np.float32)
    for depth, plane in enumerate(mu_per_cm):
        own = plane * np.float32(voxel_mm / 10.0)
        np.exp(-(path + np.float32(0.5) * own), out=transmission[depth])
        path += own
        front += path == 0
        rear[own > 0] = depth + 1
    _check_paths(mu_per_cm, path)
    return RayMap(transmission=transmission, through=np.exp(-path), front=front, rear=rear)


def _check_paths(mu_per_cm: np.ndarray, path: np.ndarray) -> None:
    # Beyond 40 the quotient through / transmission leaves the range of float32.
    if not (mu_per_cm.min() >= 0 and path.max() < 40):
        raise SimulationError(
            "mu_per_cm must not be negative and no ray may exceed 40 mean free paths, found "
            f"a minimum of {mu_per_cm.min():g} per cm and {path.max():g} mean free paths; "
            "check that the map is in cm^-1"
        )
