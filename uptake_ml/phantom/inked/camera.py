"""The gamma camera: blur that grows with distance, scatter haze and counted photons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from uptake_ml.phantom.inked.sheet import LAYER_MM, VIEWS, Frame, Sheet

# Rows, columns, smallest and largest pixel in mm.
MATRICES = (
    (1024, 256, 2.15, 2.55),
    (1024, 256, 2.2, 2.4),
    (1024, 512, 1.95, 2.35),
    (512, 128, 4.4, 4.8),
    (1280, 320, 1.75, 2.0),
    (1280, 384, 1.6, 1.75),
    (768, 192, 2.8, 3.2),
    (640, 176, 3.1, 3.5),
)
CUT_CHANCE = 0.15  # prior: feet or the top of the head were not scanned
MILLIONS = (0.25, 3.5)  # counts a view
_BODY_HALF_MM, _ABOVE_MM, _BELOW_MM = 330.0, 25.0, 160.0  # around the body, beyond it is nothing
_AIR = 0.004  # counts per mm^2 from outside the patient
_COARSE = 4


@dataclass(frozen=True, kw_only=True)
class Camera:
    """Matrix, collimator, how long it counts, and which rows [first, stop) it scans.

    ``body`` are the rows and columns of the matrix that hold the body.
    """

    frame: Frame
    body: tuple[slice, slice]
    scanned: tuple[int, int]
    slope: float
    bore_mm: float
    intrinsic_mm: float
    gap_mm: dict[str, float]
    haze: float
    haze_mm: float
    counts: dict[str, float]


def draw_camera(height_mm: float, cuts_mm: tuple[float, float], rng) -> Camera:
    """Return a camera whose field holds the whole body, but for some that are cut short.

    ``cuts_mm`` are the highest and the lowest level at which the feet may be cut off.
    """
    rows, columns, low, high = MATRICES[rng.integers(len(MATRICES))]
    pixel_mm = rng.uniform(low, high)
    spare_mm = rows * pixel_mm - height_mm - 160
    millions = np.exp(rng.uniform(*np.log(MILLIONS)))
    frame = Frame(
        rows=rows,
        columns=columns,
        pixel_mm=pixel_mm,
        top_mm=rng.uniform(40, max(60, min(spare_mm, 260))),
        left_mm=-0.5 * columns * pixel_mm + np.clip(rng.normal(0, 10), -20, 20),
    )
    return Camera(
        frame=frame,
        body=_body(frame, height_mm),
        scanned=_scanned(frame, cuts_mm, rng),
        slope=rng.uniform(0.038, 0.056),
        bore_mm=rng.uniform(1.2, 1.9),
        intrinsic_mm=rng.uniform(3.2, 4.2),
        gap_mm={view: rng.uniform(20, 110) for view in VIEWS},
        haze=rng.uniform(0.12, 0.34),
        haze_mm=rng.uniform(28, 55),
        counts={view: millions * 1e6 * rng.lognormal(0, 0.08) for view in VIEWS},
    )


def _body(frame: Frame, height_mm: float) -> tuple[slice, slice]:
    low = np.array([-_BODY_HALF_MM, -_ABOVE_MM])
    return frame.place(low, np.array([_BODY_HALF_MM, height_mm + _BELOW_MM]))


def _scanned(frame: Frame, cuts_mm, rng: np.random.Generator) -> tuple[int, int]:
    first, stop = 0, frame.rows
    if rng.random() < CUT_CHANCE:
        if rng.random() < 0.7:
            stop = int((rng.uniform(*cuts_mm) + frame.top_mm) / frame.pixel_mm)
        else:
            first = int((rng.uniform(15, 75) + frame.top_mm) / frame.pixel_mm)
    return first, min(stop, frame.rows)


def sigma_mm(camera: Camera, distance_mm: float) -> float:
    """Return sqrt((a d + b)^2 + c^2) / 2.355, the blur at a distance from the collimator."""
    return np.hypot(camera.slope * distance_mm + camera.bore_mm, camera.intrinsic_mm) / 2.355


def expose(sheet: Sheet, camera: Camera) -> dict[str, np.ndarray]:
    """Return the blurred views without haze and noise, [row, column], as the patient lies."""
    views = {}
    for view in VIEWS:
        seen = np.zeros((sheet.rows, sheet.columns), np.float32)
        for layer, depth in zip(sheet.layers[view], LAYER_MM, strict=True):
            if layer.any():
                blur = sigma_mm(camera, depth + camera.gap_mm[view]) / sheet.pixel_mm
                seen += ndimage.gaussian_filter(layer, blur, mode="constant", truncate=3)
        views[view] = seen
    return views


def expect(views: dict[str, np.ndarray], camera: Camera) -> tuple[dict, dict[str, float]]:
    """Return the expected counts of the whole matrix by view, and how many are one unit of seen.

    Haze is added, rows that were not scanned hold nothing.
    """
    expected, unit = {}, {}
    first, stop = camera.scanned
    for view, seen in views.items():
        rate = np.zeros((camera.frame.rows, camera.frame.columns), np.float32)
        rate[camera.body] = seen
        rate += camera.haze / (1 - camera.haze) * _wide(rate, camera.haze_mm, camera.frame)
        rate[:first], rate[stop:] = 0, 0
        unit[view] = camera.counts[view] / float(rate.sum())
        rate *= unit[view]
        rate[first:stop] += _AIR * camera.frame.pixel_mm**2
        expected[view] = rate
    return expected, unit


def _wide(seen: np.ndarray, width_mm: float, frame: Frame) -> np.ndarray:
    # A wide blur loses nothing on a grid four times as coarse.
    rows, columns = seen.shape
    coarse = seen.reshape(rows // _COARSE, _COARSE, columns // _COARSE, _COARSE).mean((1, 3))
    sigma = width_mm / frame.pixel_mm / _COARSE
    coarse = ndimage.gaussian_filter(coarse, sigma, mode="constant")
    wide = ndimage.zoom(coarse, _COARSE, order=1, grid_mode=True, mode="nearest")
    return np.clip(wide, 0, None)
