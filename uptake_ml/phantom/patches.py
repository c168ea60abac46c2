"""Parts of both views of a body in voxels, and what the matrix of a camera shows of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import ndimage

from uptake_ml.phantom.simple_truth import NOTHING, Sighting, join, see_scanned
from uptake_ml.phantom.truth import PEAK_SHARE, WHOLE_BONE_SHARE
from uptake_ml.study import ANTERIOR, POSTERIOR


class Voxels(Protocol):
    """The voxels (row, column) that views are made on; ``origin_mm`` is (z, x) of the outer corner
    of the first."""

    voxel_mm: float

    @property
    def origin_mm(self) -> np.ndarray: ...


class Matrix(Protocol):
    """The pixels of a camera; ``corner_mm`` is (z, x) of the middle of the first.

    ``scanned`` are the first row that was scanned and the one after the last.
    """

    pixel_mm: float
    rows: int
    columns: int

    @property
    def scanned(self) -> tuple[int, int]: ...

    def corner_mm(self) -> np.ndarray: ...


class InPieces(Protocol):
    """A lesion whose pieces may be seen one by one, or that may be a bone as a whole."""

    is_whole_bone: bool

    @property
    def is_by_piece(self) -> bool: ...


@dataclass(frozen=True, kw_only=True, eq=False)
class Patch:
    """A part of both views [row, column], from voxel ``corner`` on."""

    corner: tuple[int, int]
    views: dict[str, np.ndarray]

    @property
    def place(self) -> tuple[slice, slice]:
        """Return rows and columns of the whole view."""
        shape = self.views[ANTERIOR].shape
        return tuple(slice(a, a + n) for a, n in zip(self.corner, shape, strict=True))


def add_up(patches: Sequence[Patch]) -> Patch:
    """Return the patch around patches, summed."""
    places = [patch.place for patch in patches]
    low = [min(p[k].start for p in places) for k in (0, 1)]
    high = [max(p[k].stop for p in places) for k in (0, 1)]
    views = {v: np.zeros(np.subtract(high, low), np.float32) for v in (ANTERIOR, POSTERIOR)}
    for patch, place in zip(patches, places, strict=True):
        inner = tuple(slice(p.start - n, p.stop - n) for p, n in zip(place, low, strict=True))
        for view, image in views.items():
            image[inner] += patch.views[view]
    return Patch(corner=(low[0], low[1]), views=views)


def sample(
    image: np.ndarray, corner: tuple[int, int], voxels: Voxels, matrix: Matrix
) -> tuple[np.ndarray, tuple[int, int]]:
    """Return a part of a view on the pixels of the camera, and the first of them.

    ``corner`` is the part's first voxel; it may lie beside the matrix, then nothing is left.
    """
    first_mm = voxels.origin_mm + np.array(corner) * voxels.voxel_mm
    offset = first_mm - matrix.corner_mm()
    low = np.floor(offset / matrix.pixel_mm).astype(int)
    stop = offset + np.array(image.shape) * voxels.voxel_mm
    high = np.ceil(stop / matrix.pixel_mm).astype(int)
    whole = (matrix.rows, matrix.columns)
    low, high = np.clip(low, 0, whole), np.clip(high + 1, 0, whole)
    if (high <= low).any():
        return np.zeros((0, 0), np.float32), (0, 0)
    start = (low * matrix.pixel_mm - offset) / voxels.voxel_mm - 0.5
    scale = [matrix.pixel_mm / voxels.voxel_mm] * 2
    shape = tuple(int(n) for n in high - low)
    seen = ndimage.affine_transform(image, scale, start, output_shape=shape, order=1)
    return np.maximum(seen, 0), (int(low[0]), int(low[1]))


def see_pieces(
    lesion: InPieces, pieces: Sequence[Patch], view: str, voxels: Voxels, matrix: Matrix,
    total: np.ndarray, unit: float,
) -> Sighting:  # fmt: skip
    """Return a lesion in a view; one in pieces holds every piece that is seen by itself.

    ``total`` are the counts of the view, ``unit`` counts for one of ``pieces``.
    """
    share = WHOLE_BONE_SHARE if lesion.is_whole_bone else PEAK_SHARE

    def see(patch: Patch) -> Sighting:
        image, corner = sample(patch.views[view], patch.corner, voxels, matrix)
        if not image.size:
            return NOTHING
        return see_scanned(image * unit, corner, total, matrix.scanned, share)

    if not pieces:
        return NOTHING
    whole = see(add_up(pieces))
    if not lesion.is_by_piece or not whole.mask.size:
        return whole
    return join(whole, [seen for seen in map(see, pieces) if seen.mask.size])


def count(expected: Mapping[str, np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return Poisson counts, float32, the posterior view as the camera shows it."""
    counted = {}
    for view, rate in expected.items():
        image = rng.poisson(rate).astype(np.float32)
        counted[view] = np.ascontiguousarray(image[:, ::-1]) if view == POSTERIOR else image
    return counted
