"""The sternum as a solid plate: its mesh is a shell that is open at front and sides."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.bones import BAND_MM, GRID_STEP_MM, QUANTUM_MM
from uptake_ml.phantom.distance_field import sample_surface

# Half its width in mm from the lower end (0) to the upper (1): xiphoid, body, angle, manubrium.
# The mesh goes on into the cartilages, which part from the bone here (common knowledge).
_SHARE = (0.0, 0.1, 0.3, 0.7, 0.8, 0.9, 0.97, 1.0)
_HALF_WIDTH_MM = (4.0, 9.0, 17.0, 15.0, 18.0, 27.0, 27.0, 20.0)


def from_mesh(vertices: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (origin in mm, int8 signed distance in 0.1 mm) of the plate, clipped at 12 mm.

    ``vertices`` (n, 3) in mm: x to the front, y up, z across with the midline at 0.  What a
    horizontal slice of the mesh encloses, taken as convex, is bone up to the sternum's half width.
    """
    from scipy.ndimage import distance_transform_edt

    margin = 2 * GRID_STEP_MM + 3.0
    origin = vertices.min(axis=0) - margin
    shape = np.ceil((vertices.max(axis=0) + margin - origin) / GRID_STEP_MM).astype(int) + 1
    surface = sample_surface(vertices, faces)
    inside = _fill_slices(surface - origin, tuple(shape))
    _, y, z = (o + GRID_STEP_MM * np.arange(n) for o, n in zip(origin, shape, strict=True))
    share = (y - vertices[:, 1].min()) / np.ptp(vertices[:, 1])
    inside &= np.abs(z) <= np.interp(share, _SHARE, _HALF_WIDTH_MM)[:, None]
    # Half a step: the surface runs between the last point inside and the first outside.
    outer = distance_transform_edt(~inside, sampling=GRID_STEP_MM) - 0.5 * GRID_STEP_MM
    inner = distance_transform_edt(inside, sampling=GRID_STEP_MM) - 0.5 * GRID_STEP_MM
    signed = np.clip(np.where(inside, -inner, outer), -BAND_MM, BAND_MM)
    return origin, np.round(signed / QUANTUM_MM).astype(np.int8)


def _fill_slices(surface: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """Return which grid points lie in the convex hull of their slice (across axis 1)."""
    from scipy.spatial import Delaunay, QhullError

    inside = np.zeros(shape, bool)
    plane = np.stack(np.meshgrid(np.arange(shape[0]), np.arange(shape[2]), indexing="ij"), axis=-1)
    for k in range(shape[1]):
        near = np.abs(surface[:, 1] / GRID_STEP_MM - k) <= 1.0
        if near.sum() < 4:
            continue
        try:
            hull = Delaunay(surface[near][:, [0, 2]] / GRID_STEP_MM)
        except QhullError:  # the points lie on one line
            continue
        inside[:, k] = hull.find_simplex(plane) >= 0
    return inside
