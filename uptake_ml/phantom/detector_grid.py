"""Where voxels lie in the image, and how their counts are shared out among detector pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse, special


@dataclass(frozen=True, kw_only=True)
class GridAxis:
    """One axis of the image of a volume: ``voxels`` voxels of ``voxel_mm`` on ``pixels`` pixels.

    ``start_mm`` is the position of voxel 0's outer edge, measured from the field's upper or left
    edge; a mirrored axis counts voxels from there to the left (posterior columns).
    """

    voxels: int
    voxel_mm: float
    pixels: int
    pixel_mm: float
    start_mm: float
    is_mirrored: bool = False

    def position_mm(self, voxel: float | np.ndarray) -> float | np.ndarray:
        """Return where voxel coordinates (centres at integers) lie, mm from the field's edge."""
        along = (np.asarray(voxel) + 0.5) * self.voxel_mm
        return self.start_mm + (-along if self.is_mirrored else along)

    def pixel(self, voxel: float | np.ndarray) -> float | np.ndarray:
        """Return pixel coordinates (centres at integers) of voxel coordinates."""
        return self.position_mm(voxel) / self.pixel_mm - 0.5

    def nearest_voxel(self) -> np.ndarray:
        """Return the voxel under each pixel's centre, shape (pixels,); -1 beside the volume."""
        centres = (np.arange(self.pixels) + 0.5) * self.pixel_mm - self.start_mm
        voxel = np.floor((-centres if self.is_mirrored else centres) / self.voxel_mm).astype(int)
        return np.where((voxel >= 0) & (voxel < self.voxels), voxel, -1)

    def pixel_range(self, first: int, stop: int) -> tuple[int, int]:
        """Return first and stop of the pixels of the field that voxels [first, stop) reach."""
        ends = self.position_mm(np.array([first - 1, stop])) / self.pixel_mm
        low, high = np.floor(ends.min()), np.ceil(ends.max())
        low, high = np.clip((low, high), 0, self.pixels).astype(int)
        return int(low), int(high)

    @property
    def least_variance_mm2(self) -> float:
        """Return the variance of the narrowest smooth ``shares``."""
        return self._grid_variance_mm2 + (self.voxel_mm / 2.0) ** 2

    @property
    def _grid_variance_mm2(self) -> float:
        return (self.voxel_mm**2 + self.pixel_mm**2) / 12.0

    def shares(
        self, first: int, stop: int, pixels: tuple[int, int], variance_mm2: float
    ) -> sparse.csr_array:
        """Return the part of each voxel's counts that falls into each pixel, a blur included.

        Float32 of shape (pixels, voxels) for voxels [first, stop) and pixels [*pixels).  A voxel,
        a box, is blurred by the Gaussian that makes the variance of its image ``variance_mm2``,
        the widths of voxel and pixel included.  So sums are kept, and a uniform volume gives a
        uniform image (no moiré).
        """
        sigma = max(variance_mm2 - self._grid_variance_mm2, (0.05 * self.voxel_mm) ** 2) ** 0.5
        centres = self.position_mm(np.arange(first, stop))
        reach = 0.5 * self.voxel_mm + 5.0 * sigma
        lowest = np.floor((centres - reach) / self.pixel_mm).astype(int)
        edges = lowest[:, None] + np.arange(int(2.0 * reach / self.pixel_mm) + 3)
        beyond = edges * self.pixel_mm - centres[:, None]
        parts = np.diff(_blurred_box_cdf(beyond, self.voxel_mm, sigma), axis=1)
        pixel = edges[:, :-1] - pixels[0]
        voxel = np.broadcast_to(np.arange(centres.size)[:, None], pixel.shape)
        is_inside = (pixel >= 0) & (pixel < pixels[1] - pixels[0])
        entries = (parts[is_inside].astype(np.float32), (pixel[is_inside], voxel[is_inside]))
        return sparse.csr_array(entries, shape=(pixels[1] - pixels[0], centres.size))

    def overlaps(self) -> np.ndarray:
        """Return the part of each voxel that lies inside each pixel, float32 (pixels, voxels)."""
        edges = np.arange(self.pixels + 1) * self.pixel_mm
        beyond = (edges[:, None] - self.position_mm(np.arange(self.voxels))) / self.voxel_mm
        return np.diff(np.clip(beyond, -0.5, 0.5).astype(np.float32), axis=0)


def _blurred_box_cdf(x: np.ndarray, width: float, sigma: float) -> np.ndarray:
    """Return the distribution function of a box convolved with a Gaussian."""

    def integral(u: np.ndarray) -> np.ndarray:
        density = np.exp(-0.5 * (u / sigma) ** 2) / np.sqrt(2.0 * np.pi)
        return u * special.ndtr(u / sigma) + sigma * density

    return (integral(x + 0.5 * width) - integral(x - 0.5 * width)) / width
