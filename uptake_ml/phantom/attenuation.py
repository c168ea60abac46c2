"""What part of the photons leaves the body towards each detector head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from uptake_ml.errors import SimulationError
from uptake_ml.phantom.grid import filled_boxes


@dataclass(frozen=True, kw_only=True, eq=False)
class RayMap:
    """Parallel rays along the depth axis of a body.

    ``path`` (depth, row, column) is the integral of mu from each voxel's centre to the anterior
    side, in mean free paths, ``whole_path`` (row, column) that of the whole ray.  ``front`` and
    ``rear`` (row, column) are the depths in voxels at which the ray enters and leaves the body; the
    number of depth planes, and 0, where it meets none.
    """

    path: np.ndarray
    whole_path: np.ndarray
    front: np.ndarray
    rear: np.ndarray

    def transmission(self, box: tuple[slice, slice, slice]) -> tuple[np.ndarray, np.ndarray]:
        """Return exp(-path) of a box's voxels to the anterior and to the posterior side."""
        to_front = np.exp(-self.path[box])
        return to_front, np.exp(-self.whole_path[box[1:]]) / to_front


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
    path = np.zeros(mu_per_cm.shape, np.float32)
    whole = np.zeros(path.shape[1:], np.float32)
    front = np.full(whole.shape, len(path), np.int16)
    rear = np.zeros(whole.shape, np.int16)
    for box in filled_boxes(mu_per_cm):
        depths, rays = box[0], box[1:]
        own = mu_per_cm[box] * np.float32(voxel_mm / 10.0)
        is_body = own > 0
        meets = is_body.any(axis=0)
        first, last = is_body.argmax(axis=0), is_body[::-1].argmax(axis=0)
        front[rays][meets] = depths.start + first[meets]
        rear[rays][meets] = depths.stop - last[meets]
        behind = np.cumsum(own, axis=0)
        whole[rays] = behind[-1]
        path[depths.stop :, *rays] = behind[-1]
        behind -= np.float32(0.5) * own
        path[box] = behind
    _check_paths(mu_per_cm, whole)
    return RayMap(path=path, whole_path=whole, front=front, rear=rear)


def _check_paths(mu_per_cm: np.ndarray, path: np.ndarray) -> None:
    # Beyond 40 the quotient of both ways' transmissions leaves the range of float32.
    if not (mu_per_cm.min() >= 0 and path.max() < 40):
        raise SimulationError(
            "mu_per_cm must not be negative and no ray may exceed 40 mean free paths, found "
            f"a minimum of {mu_per_cm.min():g} per cm and {path.max():g} mean free paths; "
            "check that the map is in cm^-1"
        )
