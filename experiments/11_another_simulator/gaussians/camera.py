"""From the cloud to counts: attenuation, collimator blur, scatter and Poisson noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter, zoom

MU_PER_MM = 0.0115  # broad beam at 140 keV in soft tissue
_RADII_PX = (4, 6, 8, 11, 15, 20, 28, 40, 60, 90)
_CHUNK = 1_500_000


@dataclass(frozen=True, kw_only=True)
class Camera:
    """Geometry of one pair of views; `left_mm`, `top_mm` are the image's corner."""

    pixel_mm: float
    rows: int
    columns: int
    left_mm: float
    top_mm: float
    intrinsic_mm: float
    slope: float
    gap_mm: float
    scatter: float
    scatter_mm: float

    def grid(self) -> tuple[np.ndarray, np.ndarray]:
        """Return x [columns] and z [rows] of the pixels' centres in the anterior view, mm."""
        x = self.left_mm + (np.arange(self.columns) + 0.5) * self.pixel_mm
        z = self.top_mm + (np.arange(self.rows) + 0.5) * self.pixel_mm
        return x.astype(np.float32), z.astype(np.float32)

    def sigma_mm(self, distance_mm):
        """Return the standard deviation of the point spread at a distance from the collimator."""
        fwhm2 = (self.slope * distance_mm + 1.4) ** 2 + self.intrinsic_mm**2
        return np.sqrt(fwhm2) / 2.355


def splat(shape, column, row, cov_px, amount) -> np.ndarray:
    """Return an image [shape] with each Gaussian's `amount` spread over its patch of pixels.

    `cov_px` [n, 3] holds the variances along columns and rows and their covariance, in pixel².
    """
    cc, rr, cr = cov_px.T
    determinant = np.maximum(cc * rr - cr**2, 1e-4)
    reach = 3.2 * np.sqrt(np.maximum(cc, rr))
    group = np.minimum(np.searchsorted(_RADII_PX, reach), len(_RADII_PX) - 1)
    pad = _RADII_PX[-1]
    image = np.zeros((shape[0] + 2 * pad, shape[1] + 2 * pad), np.float32)
    inside = (column > -pad) & (column < shape[1] + pad) & (row > -pad) & (row < shape[0] + pad)
    for g, radius in enumerate(_RADII_PX):
        members = np.flatnonzero((group == g) & inside)
        size = max(1, _CHUNK // (2 * radius + 1) ** 2)
        for start in range(0, len(members), size):
            m = members[start : start + size]
            inverse = np.stack([rr[m], cc[m], -cr[m]], axis=1) / determinant[m, None]
            height = amount[m] / (2 * np.pi * np.sqrt(determinant[m]))
            _add_patches(image, column[m] + pad, row[m] + pad, inverse, height, radius)
    return image[pad:-pad, pad:-pad]


def _add_patches(image, column, row, inverse, height, radius) -> None:
    """Add to the image patches of one size; the inverse covariance is [n, 3] as in `splat`."""
    ticks = np.arange(-radius, radius + 1)
    c0, r0 = np.floor(column).astype(np.int64), np.floor(row).astype(np.int64)
    # A pixel's centre lies half a pixel after its index.
    dc = (c0[:, None] + ticks + 0.5 - column[:, None]).astype(np.float32)
    dr = (r0[:, None] + ticks + 0.5 - row[:, None]).astype(np.float32)
    a, b, c = (inverse[:, i].astype(np.float32)[:, None, None] for i in range(3))
    form = a * dc[:, None, :] ** 2 + b * dr[:, :, None] ** 2
    form += 2 * c * dr[:, :, None] * dc[:, None, :]
    values = height.astype(np.float32)[:, None, None] * np.exp(-0.5 * form)
    rows = np.clip(r0[:, None] + ticks, 0, image.shape[0] - 1)
    columns = np.clip(c0[:, None] + ticks, 0, image.shape[1] - 1)
    flat = rows[:, :, None] * image.shape[1] + columns[:, None, :]
    total = np.bincount(flat.ravel(), values.ravel(), minlength=image.size)
    image += total.reshape(image.shape).astype(np.float32)


def project(cloud, surfaces, tissue, camera: Camera, view: str) -> np.ndarray:
    """Return the expected image of a view before scatter, in the anterior orientation.

    `surfaces` are the body's front and back y over the pixels, mm; `tissue` is the soft tissue's
    uptake over the pixels (SUV).
    """
    front, back = surfaces
    x, y, z = cloud.centre.T
    column = (x - camera.left_mm) / camera.pixel_mm
    row = (z - camera.top_mm) / camera.pixel_mm
    ci = np.clip(column.astype(int), 0, camera.columns - 1)
    ri = np.clip(row.astype(int), 0, camera.rows - 1)
    if view == "anterior":
        depth, plane = front[ri, ci] - y, front.max() + camera.gap_mm
        distance = plane - y
    else:
        depth, plane = y - back[ri, ci], back.min() - camera.gap_mm
        distance = y - plane
    sigma2 = camera.sigma_mm(np.maximum(distance, 0)) ** 2
    covariance = cloud.covariance
    cov_px = np.stack(
        [covariance[:, 0, 0] + sigma2, covariance[:, 2, 2] + sigma2, covariance[:, 0, 2]], axis=1
    )
    amount = cloud.volume * cloud.uptake * np.exp(-MU_PER_MM * np.maximum(depth, 3))
    shape = (camera.rows, camera.columns)
    image = splat(shape, column, row, cov_px / camera.pixel_mm**2, amount)
    column_mm = (1 - np.exp(-MU_PER_MM * np.maximum(front - back, 0))) / MU_PER_MM
    flesh = gaussian_filter(tissue * column_mm, camera.sigma_mm(120) / camera.pixel_mm)
    return image + flesh * camera.pixel_mm**2


def add_scatter(image: np.ndarray, camera: Camera) -> np.ndarray:
    """Return the image with a broad, low share of scattered photons added."""
    step = 4
    rows, columns = (n // step * step for n in image.shape)
    coarse = image[:rows, :columns].reshape(rows // step, step, columns // step, step).mean((1, 3))
    broad = gaussian_filter(coarse, camera.scatter_mm / camera.pixel_mm / step, mode="constant")
    factors = (image.shape[0] / broad.shape[0], image.shape[1] / broad.shape[1])
    return image + camera.scatter * np.maximum(zoom(broad, factors, order=1), 0)
