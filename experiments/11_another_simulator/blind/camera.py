"""The gamma camera: blur that grows with distance, scatter haze and counted photons."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .ink import LAYER_MM, VIEWS, Sheet

# Rows, columns, smallest and largest pixel in mm.
MATRICES = (
    (1024, 256, 2.15, 2.55),
    (1024, 256, 2.2, 2.4),
    (1024, 512, 1.95, 2.35),
    (512, 128, 4.4, 4.8),
    (1280, 320, 1.75, 2.0),
)


@dataclass(frozen=True, kw_only=True)
class Camera:
    """Matrix, pixel, collimator and how long it counts."""

    rows: int
    columns: int
    pixel_mm: float
    top_mm: float
    slope: float
    bore_mm: float
    intrinsic_mm: float
    gap_mm: dict[str, float]
    haze: float
    haze_mm: float
    counts: dict[str, float]


def draw_camera(height_mm: float, rng: np.random.Generator) -> Camera:
    """Return a camera whose field holds the whole body, 0.5 to 3.5 million counts a view."""
    rows, columns, low, high = MATRICES[rng.integers(len(MATRICES))]
    pixel = rng.uniform(low, high)
    spare = rows * pixel - height_mm - 160
    millions = np.exp(rng.uniform(np.log(0.55), np.log(3.2)))
    return Camera(
        rows=rows,
        columns=columns,
        pixel_mm=pixel,
        top_mm=rng.uniform(40, max(60, min(spare, 260))),
        slope=rng.uniform(0.038, 0.056),
        bore_mm=rng.uniform(1.2, 1.9),
        intrinsic_mm=rng.uniform(3.2, 4.2),
        gap_mm={view: rng.uniform(20, 110) for view in VIEWS},
        haze=rng.uniform(0.12, 0.34),
        haze_mm=rng.uniform(28, 55),
        counts={view: millions * 1e6 * rng.lognormal(0, 0.08) for view in VIEWS},
    )


def sigma_mm(camera: Camera, distance_mm: float) -> float:
    """Return sqrt((a d + b)^2 + c^2) / 2.355, the blur at a distance from the collimator."""
    return np.hypot(camera.slope * distance_mm + camera.bore_mm, camera.intrinsic_mm) / 2.355


def expose(sheet: Sheet, camera: Camera) -> dict[str, np.ndarray]:
    """Return the blurred views without haze and noise, [row, column], anterior orientation."""
    views = {}
    for view in VIEWS:
        seen = np.zeros((sheet.rows, sheet.columns), np.float32)
        for layer, depth in zip(sheet.layers[view], LAYER_MM, strict=True):
            if layer.any():
                blur = sigma_mm(camera, depth + camera.gap_mm[view]) / camera.pixel_mm
                seen += ndimage.gaussian_filter(layer, blur, mode="constant", truncate=3)
        views[view] = seen
    return views


def count(views: dict[str, np.ndarray], camera: Camera, rng) -> dict[str, np.ndarray]:
    """Return counts, float32: haze added, scaled to the total, Poisson, posterior view mirrored."""
    counted = {}
    for view, seen in views.items():
        haze = _wide(seen, camera.haze_mm / camera.pixel_mm)
        rate = seen + camera.haze / (1 - camera.haze) * haze
        rate = rate * camera.counts[view] / rate.sum() + 0.02 * (camera.pixel_mm / 2.3) ** 2
        image = rng.poisson(np.clip(rate, 0, None)).astype(np.float32)
        counted[view] = image if view == "anterior" else np.ascontiguousarray(image[:, ::-1])
    return counted


def _wide(seen: np.ndarray, sigma: float) -> np.ndarray:
    # A wide blur loses nothing on a grid four times as coarse.
    rows, columns = seen.shape
    coarse = seen.reshape(rows // 4, 4, columns // 4, 4).mean((1, 3))
    coarse = ndimage.gaussian_filter(coarse, sigma / 4, mode="constant")
    return np.clip(ndimage.zoom(coarse, 4, order=1, grid_mode=True, mode="nearest"), 0, None)
