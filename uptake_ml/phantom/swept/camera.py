"""The two heads of a gamma camera: matrix, blur by depth, counts, and which rows are scanned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from uptake_ml.study import ANTERIOR, POSTERIOR

VIEWS = (ANTERIOR, POSTERIOR)
# Rows, columns, smallest and largest pixel in mm.
MATRICES = (
    (1024, 256, 2.15, 2.55),
    (1024, 256, 2.2, 2.4),
    (1024, 512, 1.95, 2.35),
    (1280, 320, 1.8, 2.0),
    (768, 192, 2.8, 3.2),
    (640, 176, 3.1, 3.5),
    (512, 144, 3.8, 4.2),
)
MILLIONS = (0.25, 3.5)  # counts a view
CUT_BELOW, CUT_ABOVE = 0.08, 0.02  # prior: share of scans that end above the feet, below the vertex
_FWHM_PER_SIGMA = 2.3548


@dataclass(frozen=True, kw_only=True)
class Camera:
    """Settings of one scan.

    ``gaps_mm`` lie between body and collimator; ``slope`` and ``hole_mm`` are the collimator's,
    ``intrinsic_mm`` is the FWHM of crystal and motion; ``top_mm`` and ``aside_mm`` shift the
    patient in the field of view; rows outside ``scanned`` [first, stop) hold no counts.
    ``background`` are counts of the air over the mean of the image.
    """

    pixel_mm: float
    rows: int
    columns: int
    scanned: tuple[int, int]
    counts: dict[str, float]
    gaps_mm: dict[str, float]
    slope: float
    hole_mm: float
    intrinsic_mm: float
    mu_per_mm: float
    scatter: float
    scatter_mm: float
    background: float
    top_mm: float
    aside_mm: float

    def sigma_mm(self, distance_mm: float) -> float:
        """Return sqrt((a d + b)^2 + c^2) / 2.355, the blur at a distance from the collimator."""
        fwhm_mm = np.hypot(self.slope * distance_mm + self.hole_mm, self.intrinsic_mm)
        return float(fwhm_mm / _FWHM_PER_SIGMA)

    def to_pixel(self, point: np.ndarray) -> tuple[float, float]:
        """Return (row, column) in the anterior view of a point (x, y, z) in mm."""
        row = (point[2] + self.top_mm) / self.pixel_mm - 0.5
        column = (point[0] + self.aside_mm) / self.pixel_mm + self.columns / 2 - 0.5
        return float(row), float(column)

    def corner_mm(self) -> np.ndarray:
        """Return (z, x) in mm of the middle of the first pixel of the anterior view."""
        across = -self.aside_mm - self.columns / 2 * self.pixel_mm
        return np.array([-self.top_mm, across]) + 0.5 * self.pixel_mm


def draw_camera(rng: np.random.Generator, bottom_mm: float, cuts_mm: tuple[float, float]) -> Camera:
    """Return a camera whose field holds the body down to ``bottom_mm``, but for some cut short.

    ``cuts_mm`` are the highest and the lowest level at which the legs may be cut off.
    """
    fitting = [m for m in MATRICES if m[0] * m[3] > bottom_mm + 40]
    rows, columns, low, high = fitting[rng.integers(len(fitting))]
    pixel_mm = rng.uniform(max(low, (bottom_mm + 30) / rows), high)
    spare_mm = rows * pixel_mm - bottom_mm
    top_mm = rng.uniform(20, max(25, min(spare_mm, 260)))
    millions = np.exp(rng.uniform(*np.log(MILLIONS)))
    return Camera(
        pixel_mm=float(pixel_mm),
        rows=rows,
        columns=columns,
        scanned=_scanned(rng, rows, pixel_mm, top_mm, cuts_mm),
        counts={view: millions * 1e6 * rng.lognormal(0, 0.08) for view in VIEWS},
        gaps_mm={view: rng.uniform(15, 75) for view in VIEWS},
        slope=rng.uniform(0.038, 0.056),
        hole_mm=rng.uniform(1.2, 1.9),
        intrinsic_mm=rng.uniform(3.8, 7.0),
        mu_per_mm=rng.uniform(0.0105, 0.0135),
        scatter=rng.uniform(0.08, 0.35),
        scatter_mm=rng.uniform(28, 55),
        background=rng.uniform(0.002, 0.012),
        top_mm=float(top_mm),
        aside_mm=float(np.clip(rng.normal(0, 9), -22, 22)),
    )


def _scanned(rng, rows: int, pixel_mm: float, top_mm: float, cuts_mm) -> tuple[int, int]:
    fate = rng.random()
    if fate < CUT_BELOW:
        return 0, min(int((rng.uniform(*cuts_mm) + top_mm) / pixel_mm), rows)
    if fate < CUT_BELOW + CUT_ABOVE:
        return int((rng.uniform(15, 75) + top_mm) / pixel_mm), rows
    return 0, rows
