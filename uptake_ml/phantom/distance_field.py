"""A mesh as a signed distance field on a grid, negative inside."""

from __future__ import annotations

import numpy as np

from uptake_ml.errors import SimulationError
from uptake_ml.phantom.bones import BAND_MM, GRID_STEP_MM, QUANTUM_MM

_SURFACE_STEP_MM = 0.7
_EXACT_MM = 4.5


def from_mesh(vertices, faces, *, hollow: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Return (origin in mm, int8 signed distance in 0.1 mm) of a mesh, clipped at 12 mm.

    ``vertices`` (n, 3) in mm, ``faces`` (m, 3).  Small leaks of the mesh are closed.  A hollow
    bone keeps a shell of 5.5 mm (the skull's mesh has no inner table).
    """
    surface = sample_surface(vertices, faces)
    margin = 2 * GRID_STEP_MM + 3.0
    origin = vertices.min(axis=0) - margin
    shape = np.ceil((vertices.max(axis=0) + margin - origin) / GRID_STEP_MM).astype(int) + 1
    distance = _unsigned_distance(surface - origin, tuple(shape))
    is_open = not hollow and _has_open_edges(vertices, faces)
    inside = _fill(surface - origin, shape, is_open=is_open, slicewise=hollow)
    signed = np.where(inside, -distance, distance)
    if hollow:
        signed = np.maximum(signed, -signed - 5.5)
    return origin, np.round(signed / QUANTUM_MM).clip(-127, 127).astype(np.int8)


def _unsigned_distance(surface, shape):
    """Return the distance to the surface in mm: exact near it, from the grid's cells beyond."""
    from scipy.ndimage import distance_transform_edt
    from scipy.spatial import cKDTree

    is_far = np.ones(shape, bool)
    is_far[tuple(np.rint(surface / GRID_STEP_MM).astype(int).T)] = False
    distance = distance_transform_edt(is_far, sampling=GRID_STEP_MM)
    near = np.nonzero(distance < _EXACT_MM)
    points = np.stack(near, axis=1) * GRID_STEP_MM
    distance[near], _ = cKDTree(surface).query(points, workers=-1)
    return np.minimum(distance, BAND_MM)


def sample_surface(vertices, faces):
    """Return points on the mesh no further apart than ``_SURFACE_STEP_MM``."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    longest = np.sqrt(
        np.maximum.reduce([((p - q) ** 2).sum(1) for p, q in ((a, b), (b, c), (c, a))])
    )
    steps = np.maximum(np.ceil(longest / _SURFACE_STEP_MM).astype(int), 1)
    points = []
    for n in np.unique(steps):
        u, v = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
        keep = u + v <= n
        u, v = u[keep] / n, v[keep] / n
        chosen = steps == n
        points.append(
            (
                a[chosen, None] * (1 - u - v)[:, None]
                + b[chosen, None] * u[:, None]
                + c[chosen, None] * v[:, None]
            ).reshape(-1, 3)
        )
    return np.concatenate(points)


def _has_open_edges(vertices, faces) -> bool:
    """Whether an edge belongs to one face only: such a mesh may leak."""
    _, same = np.unique(np.round(vertices, 3), axis=0, return_inverse=True)
    merged = same.ravel()[faces]
    edges = np.sort(
        np.concatenate([merged[:, [0, 1]], merged[:, [1, 2]], merged[:, [2, 0]]]), axis=1
    )
    return bool((np.unique(edges, axis=0, return_counts=True)[1] == 1).any())


def _fill(surface, shape, *, is_open: bool, slicewise: bool):
    """Return which grid points lie inside a surface, given as points in mm from the grid's origin.

    A mesh that leaks is thickened until it holds water, filled, and thinned again; the skull,
    whose openings are too wide for that, is filled slice by slice along each axis, two votes of
    three.
    """
    from scipy import ndimage

    fine = GRID_STEP_MM / 2
    cell = np.round(surface / fine).astype(int) + 6
    wall = np.zeros(tuple(2 * np.array(shape) + 12), bool)
    wall[tuple(cell.T)] = True
    if slicewise:
        inside = _fill_slices(ndimage.binary_dilation(wall, iterations=2))
    else:
        inside = _fill_watertight(wall, 0)
        for thickness in (1, 2, 4) if is_open else ():
            closed = _fill_watertight(wall, thickness)
            inside = closed if closed.sum() > 1.25 * inside.sum() else inside
    if not inside.any():
        raise SimulationError("a bone's mesh encloses nothing: reinstall myo-sim")
    return inside[6:-6:2, 6:-6:2, 6:-6:2]


def _fill_watertight(wall, thickness):
    from scipy import ndimage

    thick = ndimage.binary_dilation(wall, iterations=thickness) if thickness else wall
    label, _ = ndimage.label(~thick)
    outside = label == label[0, 0, 0]
    if thickness:
        outside = ndimage.binary_dilation(outside, iterations=thickness)
    return ~outside


def _fill_slices(wall):
    from scipy import ndimage

    votes = np.zeros(wall.shape, np.uint8)
    for axis in range(3):
        for i in range(wall.shape[axis]):
            index = tuple(i if a == axis else slice(None) for a in range(3))
            votes[index] += ndimage.binary_fill_holes(wall[index])
    # What is thinner than the thickened wall (the face's plates) is kept as it is.
    return ndimage.binary_erosion(votes >= 2, iterations=2) | (wall & _fill_watertight(wall, 0))
