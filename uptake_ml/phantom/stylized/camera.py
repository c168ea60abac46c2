"""The planar gamma camera: attenuation along the ray, blur that grows with depth, counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from uptake_ml.phantom.stylized.raster import VOXEL_MM, Grid
from uptake_ml.phantom.stylized.table import draw_even

_SLAB = 5
_GAP_MM = 40
_FWHM = 2.355  # full width at half maximum over the standard deviation


@dataclass(frozen=True, kw_only=True)
class Camera:
    """What blurs and weakens: effective attenuation, full widths in mm, scatter over primary."""

    attenuation_per_mm: float
    blur_per_mm: float
    intrinsic_mm: float
    scatter: float
    scatter_mm: float

    def sigma(self, distance_mm: float) -> float:
        """Return the standard deviation of the blur at a distance, in voxels."""
        fwhm_mm = np.hypot(self.blur_per_mm * distance_mm + 1.4, self.intrinsic_mm)
        return float(fwhm_mm / _FWHM / VOXEL_MM)


def draw_camera(rng: np.random.Generator) -> Camera:
    """Draw a camera from the ranges of the table."""
    names = ("attenuation_per_mm", "blur_per_mm", "intrinsic_mm", "scatter", "scatter_mm")
    return Camera(**{name: draw_even(rng, "camera", name) for name in names})


@dataclass(frozen=True, kw_only=True, eq=False)
class Extra:
    """What something small adds to an activity: its box in the volume, and the values there."""

    box: tuple[slice, ...]
    activity: np.ndarray


class Side:
    """One side of a body before the camera; arrays are (z, y, x), images (y, x).

    A posterior image is mirrored: the patient's left is at the image's left.
    """

    def __init__(self, body: np.ndarray, camera: Camera, *, is_posterior: bool) -> None:
        self.camera, self.is_posterior = camera, is_posterior
        body = body[::-1] if is_posterior else body
        depth_mm = (np.cumsum(body, axis=0) - body / 2) * VOXEL_MM
        self.passed = np.exp(-camera.attenuation_per_mm * depth_mm)
        front = int(np.argmax(body.any(axis=(1, 2))))
        planes = np.arange(len(body)) - front
        self.distance_mm = np.maximum(planes, 0) * VOXEL_MM + _GAP_MM

    def expect(self, activity: np.ndarray) -> np.ndarray:
        """Return the image of an activity before sampling, in arbitrary units."""
        seen = (activity[::-1] if self.is_posterior else activity) * self.passed
        image = np.zeros(activity.shape[1:])
        for first in range(0, len(seen), _SLAB):
            middle_mm = self.distance_mm[first : first + _SLAB].mean()
            slab = seen[first : first + _SLAB].sum(axis=0)
            image += ndimage.gaussian_filter(slab, self.camera.sigma(middle_mm))
        wide = ndimage.gaussian_filter(image, self.camera.scatter_mm / VOXEL_MM)
        return self._as_seen(image + self.camera.scatter * wide)

    def expect_small(self, extra: Extra) -> np.ndarray:
        """Return the image of something small, blurred as at its mean depth and without scatter."""
        planes, rows, columns = extra.box
        activity = extra.activity
        if self.is_posterior:
            count = len(self.passed)
            planes, activity = slice(count - planes.stop, count - planes.start), activity[::-1]
        seen = activity * self.passed[planes, rows, columns]
        image = np.zeros(self.passed.shape[1:])
        weight = seen.sum(axis=(1, 2))
        if not weight.sum() > 0:
            return image
        middle_mm = float((weight * self.distance_mm[planes]).sum() / weight.sum())
        image[rows, columns] = seen.sum(axis=0)
        return self._as_seen(ndimage.gaussian_filter(image, self.camera.sigma(middle_mm)))

    def _as_seen(self, image: np.ndarray) -> np.ndarray:
        return image[:, ::-1] if self.is_posterior else image


@dataclass(frozen=True, kw_only=True)
class Field:
    """The pixels of a camera: row 0 lies ``top_mm`` below the vertex, columns about the midline."""

    rows: int
    columns: int
    pixel_mm: float
    top_mm: float

    def sample(self, image: np.ndarray, grid: Grid, *, is_posterior: bool, order: int = 1):
        """Return an image of the grid at the field's pixels, 0 outside."""
        y = self.top_mm + self.pixel_mm * np.arange(self.rows)
        x = self.pixel_mm * (np.arange(self.columns) - (self.columns - 1) / 2)
        first_x = -grid.axis(0)[-1] if is_posterior else grid.origin[0]
        at = np.meshgrid((y - grid.origin[1]) / VOXEL_MM, (x - first_x) / VOXEL_MM, indexing="ij")
        return ndimage.map_coordinates(image, at, order=order, cval=0.0)

    def place(self, point: np.ndarray) -> tuple[float, float]:
        """Return (row, column) of a point (x, y, z) in mm in the anterior view."""
        row = (point[1] - self.top_mm) / self.pixel_mm
        return float(row), float(point[0] / self.pixel_mm + (self.columns - 1) / 2)

    def holds(self, grid: Grid) -> np.ndarray:
        """Return which rows of the grid the field shows."""
        y = grid.axis(1)
        return (y >= self.top_mm) & (y < self.top_mm + self.rows * self.pixel_mm)


def detect(expected: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return counts, float32, where ``expected`` are expected, and a little from the air."""
    air = 0.003 * expected[expected > 0].mean() if (expected > 0).any() else 0.0
    return rng.poisson(np.maximum(expected, 0) + air).astype(np.float32)
