"""The two heads of a gamma camera: matrix, blur by depth, scatter and counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from uptake_ml.study import ANTERIOR, POSTERIOR

VIEWS = (ANTERIOR, POSTERIOR)
MU_PER_MM = 0.0118
_FWHM_PER_SIGMA = 2.355


@dataclass(frozen=True, kw_only=True)
class GammaCamera:
    """A camera's properties and what is asked of it; lengths in mm.

    ``counts`` are those of a view, in the mean of both; ``scatter`` is the share of scattered
    photons that are counted, ``stray`` counts of the air over those of the patient, ``table`` what
    the table lets pass. ``gap_mm`` lies between the body and each collimator.
    """

    pixel_mm: float
    columns: int
    rows: int
    counts: float
    slope: float
    at_face_mm: float
    intrinsic_mm: float
    gap_mm: tuple[float, float]
    scatter: float
    stray: float
    table: float
    left_mm: float
    top_mm: float

    @property
    def scanned(self) -> tuple[int, int]:
        """Return the first scanned row and the one after the last: the image ends with the scan."""
        return 0, self.rows

    def sigma_mm(self, distance_mm: float) -> float:
        """Return sqrt((a d + b)^2 + c^2) / 2.355, the blur at a distance from the collimator."""
        fwhm_mm = np.hypot(self.slope * distance_mm + self.at_face_mm, self.intrinsic_mm)
        return float(fwhm_mm / _FWHM_PER_SIGMA)

    def to_pixel(self, point: np.ndarray) -> tuple[float, float]:
        """Return (row, column) in the anterior view of a point (x, y, z) in mm."""
        row, column = (point[[2, 0]] - self.corner_mm()) / self.pixel_mm
        return float(row), float(column)

    def corner_mm(self) -> np.ndarray:
        """Return (z, x) in mm of the middle of the first pixel of the anterior view."""
        return np.array([self.top_mm, self.left_mm]) + 0.5 * self.pixel_mm


def draw_camera(rng: np.random.Generator, low: np.ndarray, high: np.ndarray) -> GammaCamera:
    """Return a camera for a body between two corners (x, y, z)."""
    pixel = float(rng.choice([1.95, 2.21, 2.26, 2.4, 2.54, 2.8, 3.1]))
    width = rng.uniform(525, 640)
    columns = int(width / pixel)
    is_short = rng.random() < 0.08
    margin = rng.uniform(25, 190)
    length = high[2] - low[2] + margin + (rng.uniform(-90, 0) if is_short else rng.uniform(20, 160))
    return GammaCamera(
        pixel_mm=pixel,
        columns=columns,
        rows=int(length / pixel),
        counts=float(np.exp(rng.uniform(*np.log([0.45e6, 2.0e6])))),
        slope=rng.uniform(0.042, 0.052),
        at_face_mm=rng.uniform(1.1, 1.6),
        intrinsic_mm=rng.uniform(3.4, 4.2),
        gap_mm=tuple(rng.uniform(15, 60, 2)),
        scatter=rng.uniform(0.10, 0.26),
        stray=rng.uniform(0.002, 0.008),
        table=rng.uniform(0.84, 0.96),
        top_mm=float(low[2] - margin),
        left_mm=float((low[0] + high[0]) / 2 - columns * pixel / 2 + rng.normal(0, 10)),
    )
