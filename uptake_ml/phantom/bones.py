"""Bones of the package ``myo-sim`` as signed distance fields, built once into the user's cache.

A distance is negative inside the bone.  Every field lives in the frame of the body (in the sense
of MuJoCo: a rigid segment) that carries the bone, in millimetres.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

CACHE_VERSION = 2
GRID_STEP_MM = 1.5
BAND_MM = 12.0
QUANTUM_MM = 0.1


@dataclass(frozen=True, kw_only=True, eq=False)
class Bone:
    """One bone: ``distance`` is int8 in steps of 0.1 mm on a grid of 1.5 mm from ``origin_mm``."""

    name: str
    body: int
    origin_mm: np.ndarray
    distance: np.ndarray

    @property
    def extent_mm(self) -> np.ndarray:
        """Lower and upper corner of the grid, shape (2, 3)."""
        size = (np.array(self.distance.shape) - 1) * GRID_STEP_MM
        return np.stack([self.origin_mm, self.origin_mm + size])

    def inside_points(self) -> np.ndarray:
        """Return grid points inside the bone, shape (n, 3), in mm of the body's frame."""
        return self._inside

    @cached_property
    def _inside(self) -> np.ndarray:
        points = np.argwhere(self.distance < 0) * GRID_STEP_MM + self.origin_mm
        points.setflags(write=False)  # every caller gets the same ones
        return points

    @cached_property
    def near_points(self) -> np.ndarray:
        """Every other grid point within 2.5 mm of the bone, float32 (3, n), in mm.

        Close enough (2.6 mm) to fall into every voxel of 3 mm that the bone touches.
        """
        near = np.argwhere(self.distance < 2.5 / QUANTUM_MM)
        near = near[near.sum(axis=1) % 2 == 0]
        return np.ascontiguousarray((near * GRID_STEP_MM + self.origin_mm).T, np.float32)


@dataclass(frozen=True, kw_only=True, eq=False)
class Skeleton:
    """Bones and the tree of bodies and joints that carries them, at rest."""

    bones: tuple[Bone, ...]
    body_names: tuple[str, ...]
    parents: np.ndarray
    rest_position_mm: np.ndarray
    rest_quaternion: np.ndarray
    joint_names: tuple[str, ...]
    joint_body: np.ndarray
    joint_is_slide: np.ndarray
    joint_anchor_mm: np.ndarray
    joint_axis: np.ndarray
    couplings: tuple[tuple[int, int, tuple[float, ...]], ...]

    def bone(self, name: str) -> Bone:
        """Return the bone of that name."""
        return self.bones[self.bone_index[name]]

    @property
    def bone_index(self) -> dict[str, int]:
        """Bone number by name."""
        return {b.name: i for i, b in enumerate(self.bones)}


def cache_folder() -> Path:
    """Return the folder of derived bone fields: ``UPTAKE_ML_CACHE`` or the user's cache folder."""
    if chosen := os.environ.get("UPTAKE_ML_CACHE"):
        return Path(chosen)
    if sys.platform == "win32":
        root = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        root = Path.home() / "Library" / "Caches"
    else:
        root = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return root / "uptake-ml"


_loaded: dict[Path, Skeleton] = {}


def load_skeleton(progress: Callable[[int, int], None] | None = None) -> Skeleton:
    """Return the skeleton, from the cache or, the first time, from the meshes of ``myo-sim``.

    Raises MissingExtraError where the cache is empty and ``myo-sim`` is not installed.
    """
    path = cache_folder() / f"bones-{CACHE_VERSION}.npz"
    if path not in _loaded:
        if not path.exists():
            _write_cache(path, progress)
        _loaded[path] = _read_cache(path)
    return _loaded[path]


def _read_cache(path: Path) -> Skeleton:
    with np.load(path, allow_pickle=False) as z:
        meta = json.loads(str(z["meta"]))
        bones = tuple(
            Bone(name=n, body=b, origin_mm=z[f"origin{i}"], distance=z[f"distance{i}"])
            for i, (n, b) in enumerate(meta["bones"])
        )
        arrays = {
            k: z[k]
            for k in (
                "parents",
                "rest_position_mm",
                "rest_quaternion",
                "joint_body",
                "joint_is_slide",
                "joint_anchor_mm",
                "joint_axis",
            )
        }
    return Skeleton(
        bones=bones,
        body_names=tuple(meta["bodies"]),
        joint_names=tuple(meta["joints"]),
        couplings=tuple((a, b, tuple(c)) for a, b, c in meta["couplings"]),
        **arrays,
    )


def _write_cache(path: Path, progress: Callable[[int, int], None] | None) -> None:
    from uptake_ml.phantom import distance_field, meshes, sternum

    meta, arrays = meshes.kinematic_tree(model := meshes.load_model())
    bones = []
    parts = list(meshes.bone_meshes(model))
    for i, (name, body, vertices, faces) in enumerate(parts):
        if name == "sternum":
            origin, distance = sternum.from_mesh(vertices, faces)
        else:
            origin, distance = distance_field.from_mesh(vertices, faces, hollow=name == "skull")
        arrays[f"origin{i}"], arrays[f"distance{i}"] = origin, distance
        bones.append((name, body))
        if progress is not None:
            progress(i + 1, len(parts))
    meta["bones"] = bones
    path.parent.mkdir(parents=True, exist_ok=True)
    # Two processes may build at once: each writes its own file, the last rename wins whole.
    partial = path.with_suffix(f".{os.getpid()}.npz")
    np.savez_compressed(partial, meta=json.dumps(meta), **arrays)
    partial.replace(path)
