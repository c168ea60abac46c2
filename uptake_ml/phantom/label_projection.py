"""Which structure an image's pixel shows: the truth of region and lesion maps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from uptake_ml.errors import SimulationError
from uptake_ml.phantom.grid import ROWS_AT_A_TIME
from uptake_ml.phantom.projector import Projector
from uptake_ml.study import ANTERIOR, POSTERIOR


def project_labels(
    projector: Projector,
    labels: np.ndarray,
    *,
    uptake: Sequence[float],
    priority: Sequence[int],
    least_share: float = 0.15,
) -> dict[str, np.ndarray]:
    """Return the label that each pixel shows, uint8 (rows, columns) by view; 0 is outside.

    A label's weight along a ray is its path length, attenuated towards the detector, times its
    uptake.  Of the labels that hold at least ``least_share`` of the ray's weight, those of the
    highest priority compete and the heaviest wins; so a joint is seen in front of muscle, but a
    few voxels of bone at its edge are not.  Where no label holds that share, the heaviest wins.

    Parameters
    ----------
    projector
        The body and camera.
    labels
        uint8 (depth, row, column) in the body's shape; 0 is nothing.
    uptake
        Relative uptake of each label; 0 makes a label invisible, except on rays that hold nothing
        else.
    priority
        Of each label, for example soft tissue 0, organ 1, bone 2, joint 3.
    least_share
        In [0, 1].

    Raises
    ------
    SimulationError
        If shapes disagree or a label has no entry in ``uptake`` and ``priority``.
    """
    _check_labels(projector, labels, uptake, priority)
    # Too little uptake to outweigh anything, enough to fill a ray that holds nothing else.
    strength = np.maximum(np.asarray(uptake, np.float32), np.float32(1e-6))
    rank = np.asarray(priority, np.int16) + 1
    shown = {view: np.zeros(labels.shape[1:], np.uint8) for view in (ANTERIOR, POSTERIOR)}
    for start in range(0, labels.shape[1], ROWS_AT_A_TIME):
        here = slice(start, start + ROWS_AT_A_TIME)
        for view, table in _weigh_labels(projector, labels, here, strength).items():
            shown[view][here] = _choose_label(table, rank, least_share)
    return {view: _onto_pixels(of_ray, projector, view) for view, of_ray in shown.items()}


def _weigh_labels(projector, labels, here: slice, strength) -> dict[str, np.ndarray]:
    """Return the weight of each label along each ray of some rows, (row, column, label) by view."""
    shape = (*labels[0, here].shape, strength.size)
    part = labels[:, here].ravel()
    voxel = np.flatnonzero(part)
    ray = voxel % (shape[0] * shape[1])
    label = part[voxel]
    transmission = np.exp(-projector.rays.path[:, here].ravel()[voxel])
    through = np.exp(-projector.rays.whole_path[here].ravel()[ray])
    cell = ray * strength.size + label

    def weigh(weight: np.ndarray) -> np.ndarray:
        return np.bincount(cell, weight, np.prod(shape)).reshape(shape)

    uptake = strength[label]
    return {
        ANTERIOR: weigh(uptake * transmission),
        POSTERIOR: weigh(uptake * through / transmission),
    }


def _choose_label(table: np.ndarray, rank: np.ndarray, least_share: float) -> np.ndarray:
    least = np.maximum(least_share * table.sum(axis=-1), np.finfo(np.float64).tiny)
    is_seen = table >= least[..., None]
    ranks = np.where(is_seen, rank, 0)
    competes = ranks == ranks.max(axis=-1, keepdims=True)
    return np.where(competes, table, -1.0).argmax(axis=-1).astype(np.uint8)


def _onto_pixels(of_ray: np.ndarray, projector: Projector, view: str) -> np.ndarray:
    # One row and column more than the volume has: index -1 is outside.
    padded = np.pad(of_ray, ((0, 1), (0, 1)))
    rows, columns = projector.axes(view)
    return padded[np.ix_(rows.nearest_voxel(), columns.nearest_voxel())]


def _check_labels(projector, labels, uptake, priority) -> None:
    if labels.shape != projector.shape or labels.dtype != np.uint8:
        raise SimulationError(
            f"labels must be uint8 of the body's shape {projector.shape}, "
            f"found {labels.dtype} {labels.shape}"
        )
    if min(priority) < 0:
        raise SimulationError(f"priority must not be negative, found {min(priority)}")
    if len(uptake) != len(priority) or labels.max() >= len(uptake):
        raise SimulationError(
            "uptake and priority must have one entry for each label up to "
            f"{labels.max()}, found {len(uptake)} and {len(priority)}"
        )
