"""Where the landmarks of a swept body lie, by the definitions of the phantom's truth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from uptake_ml.phantom.simple_truth import Key, end_of, middle_of
from uptake_ml.phantom.swept.body import Body
from uptake_ml.phantom.swept.person import SIDES
from uptake_ml.phantom.swept.sweep import Sweep
from uptake_ml.phantom.truth import CHIN_SHARE, CREST_SHARE, LANDMARK_VERTEBRAE, VERTEX_SHARE

_JOINTS = ("shoulder", "elbow", "wrist", "hip", "ankle")
_PELVIS = ("ilium", "si-joint", "acetabulum", "pubis", "ischium")
_TURNS = np.arange(12) * np.pi / 6
_RINGS = ((0.35, 0.25), (0.7, 0.35), (0.95, 0.4))  # radius, share of the section


def landmark_points(body: Body) -> dict[Key, np.ndarray]:
    """Return (x, y, z) in mm of every landmark of a body that lies on the table."""
    found: dict[Key, np.ndarray] = {
        ("vertex", None): _end(body.named("vault"), -1, VERTEX_SHARE),
        ("chin", None): _end(body.named("mandible"), 1, CHIN_SHARE),
        ("sternum", None): _middle(body.named("manubrium", "sternum", "xiphoid")),
        ("sacrum", None): _middle(body.named("sacrum")),
        ("bladder", None): _middle([s for s in body.extra if s.name == "bladder"]),
    }
    for name in LANDMARK_VERTEBRAE:
        found[name, None] = _middle([b for b in body.bones if b.name == name])
    for name, side in SIDES.items():
        for joint in _JOINTS:
            found[joint, name] = body.points[joint, side]
        patella = _middle(body.named("patella", side=side))
        # Both halves of the joint and the kneecap.
        found["knee", name] = (2 * body.points["knee", side] + patella) / 3
        knuckles = [b.at(1) for b in body.named("metacarpal", side=side)]
        found["hand", name] = np.mean(knuckles[1:], axis=0)
        found["foot", name] = np.mean([b.at(1) for b in body.named("metatarsal", side=side)], 0)
        found["iliac-crest", name] = _end(body.named(*_PELVIS, side=side), -1, CREST_SHARE)
    return found


def inside_points(solids: Sequence[Sweep]) -> tuple[np.ndarray, np.ndarray]:
    """Return points (n, 3) in mm inside solids, those of a shell in its wall, and their volumes."""
    points, volumes = zip(*(_inside(solid) for solid in solids), strict=True)
    return np.concatenate(points), np.concatenate(volumes)


def _inside(solid: Sweep) -> tuple[np.ndarray, np.ndarray]:
    other = np.cross(solid.along(), solid.across)
    rim = (np.cos(_TURNS)[:, None] * (solid.half_u[:, None] * solid.across)[:, None]
           + np.sin(_TURNS)[:, None] * (solid.half_v[:, None] * other)[:, None])  # fmt: skip
    step = np.linalg.norm(np.gradient(solid.centre, axis=0), axis=1)
    area = solid.half_u * solid.half_v * step
    rings = _RINGS if solid.wall_mm is None or solid.core > 0.5 else _RINGS[-1:]
    points = [(solid.centre[:, None] + radius * rim).reshape(-1, 3) for radius, _ in rings]
    volumes = [np.repeat(share * area, len(_TURNS)) for _, share in rings]
    return np.concatenate(points), np.concatenate(volumes)


def _middle(solids: Sequence[Sweep]) -> np.ndarray:
    return middle_of(*inside_points(solids))


def _end(solids: Sequence[Sweep], way: int, share: float) -> np.ndarray:
    points, volumes = inside_points(solids)
    return end_of(points, volumes, way * points[:, 2], share)
