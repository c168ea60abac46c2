"""Bodies of their own in or on the patient: what they hold and what they let through."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from uptake_ml.phantom.body import Body
from uptake_ml.phantom.bones import Skeleton
from uptake_ml.phantom.spec import SolidSpec


def find_anchors(skeleton: Skeleton, body: Body) -> dict[tuple[str, str | None], np.ndarray]:
    """Return the world position in mm of every joint, organ and bone (its middle), by name."""
    anchors = {
        (bone.name, None): body.pose.to_world(i, bone.extent_mm.mean(axis=0)[None])[0]
        for i, bone in enumerate(skeleton.bones)
    }
    anchors |= {(j.region, j.side): j.centre_mm for j in body.pose.joints}
    return anchors | {(o.tissue, o.side): o.centre_mm for o in body.organs}


def attenuate(mu_per_cm: np.ndarray, solids: tuple[SolidSpec, ...], body: Body, anchors) -> None:
    """Replace the linear attenuation (per cm) where the solids are, in place."""
    for solid, box, share in _filled(solids, body, anchors):
        if solid.mu_per_cm is not None:
            mu_per_cm[box] += (np.float32(solid.mu_per_cm) - mu_per_cm[box]) * share


def fill(activity: np.ndarray, solids: tuple[SolidSpec, ...], body: Body, anchors) -> None:
    """Replace the concentration where the solids are, in place."""
    for solid, box, share in _filled(solids, body, anchors):
        if solid.concentration is not None:
            activity[box] += (np.float32(solid.concentration) - activity[box]) * share


def _filled(solids, body, anchors) -> Iterator[tuple[SolidSpec, tuple[slice, ...], np.ndarray]]:
    """Yield each solid with the box of the grid that holds it and its share of every voxel."""
    for solid in solids:
        # An organ that this patient lacks takes its solids with it.
        if any((name, side) not in anchors for name, side, *_ in solid.path):
            continue
        points = np.array([anchors[name, side] + np.array(d) for name, side, *d in solid.path])
        radii = np.maximum(solid.radii_mm, 0.6 * body.grid.voxel_mm)
        if solid.on_skin:
            points[:, 1] = [_skin(body, p) - 0.5 * radii[1] for p in points]
        box = body.grid.box(points.min(axis=0) - radii, points.max(axis=0) + radii)
        if all(s.stop > s.start for s in box):
            yield solid, box, _share(body, box, points, radii)


def _skin(body: Body, point) -> float:
    """Return the world y of the front skin at a place; the place's own y beside the body."""
    _, row, column = np.round(body.grid.index_of(point[None])[0]).astype(int)
    shape = body.grid.shape
    if not (0 <= row < shape[1] and 0 <= column < shape[2]):
        return float(point[1])
    ray = body.tissue[:, row, column] > 0
    return float(body.grid.axes_mm()[0][int(ray.argmax())] if ray.any() else point[1])


def _share(body: Body, box, points, radii) -> np.ndarray:
    y, z, x = body.grid.axes_mm()
    place = [
        (a[s] / r).astype(np.float32).reshape(shape)
        for a, s, r, shape in (
            (x, box[2], radii[0], (1, 1, -1)),
            (y, box[0], radii[1], (-1, 1, 1)),
            (z, box[1], radii[2], (1, -1, 1)),
        )
    ]
    scaled = (points / radii).astype(np.float32)
    ends = list(itertools.pairwise(scaled)) or [(scaled[0], scaled[0])]
    rho2 = np.minimum.reduce([_squared_distance(place, a, b) for a, b in ends])
    edge = np.float32(radii.min() / body.grid.voxel_mm)
    return np.clip((1 - np.sqrt(rho2)) * edge + np.float32(0.5), 0, 1)


def _squared_distance(place, start, end):
    axis = end - start
    length2 = max(float(axis @ axis), 1e-6)
    along = sum((p - s) * a for p, s, a in zip(place, start, axis, strict=True))
    t = np.clip(along / np.float32(length2), 0, 1)
    return sum((p - s - t * a) ** 2 for p, s, a in zip(place, start, axis, strict=True))
