"""A scanning camera with two heads: attenuation, blur by depth, scatter, counts."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates, zoom

from uptake_ml.phantom.pointwise.soft import STEP_MM, Body

# Low-energy high-resolution collimator: FWHM 7.2 mm at 10 cm, 11.5 mm at 20 cm (PyTomography).
SLOPE, OFFSET_MM, INTRINSIC_MM = 0.047, 2.2, 4.2
LAYERS = 6
MILLIONS = (0.5, 3.0)  # counts of the anterior view (prior)
FWHM_PER_SIGMA = 2.355


@dataclass(frozen=True, kw_only=True)
class Camera:
    """Geometry and quality of one acquisition."""

    rows: int
    columns: int
    pixel_mm: float
    s0: float  # world s of the middle of row 0
    x0: float  # world x of the middle of column 0, anterior view
    mu_per_cm: float
    gap_mm: tuple[float, float]
    scatter: float
    scatter_mm: float
    counts: float
    background: float
    scanned: tuple[int, int]
    tilt: float
    table: float

    def place(self, point: np.ndarray) -> tuple[float, float]:
        """Row and column of a world point in the anterior view."""
        return (
            float((point[2] - self.s0) / self.pixel_mm),
            float((point[0] - self.x0) / self.pixel_mm),
        )


def draw_camera(
    rng: np.random.Generator, length_mm: float, middle_x: float, reach_mm: float = 0.0
) -> Camera:
    """Draw a camera for a patient of this length from vertex to toes, lying from s = 0.

    The field is at least `reach_mm` wide on each side of `middle_x`, as far as pixels allow.
    """
    rows, columns = (1024, 256) if rng.random() < 0.75 else (512, 128)
    fine = np.clip(rng.normal(2.3, 0.17), 1.85, 2.75)
    pixel = float(fine if rows == 1024 else np.clip(2 * fine, 4.0, 4.8))
    most = 2.75 if rows == 1024 else 4.8
    pixel = min(max(pixel, 2 * (reach_mm + 15) / columns), most)
    spare = rows * pixel - length_mm
    margin = rng.uniform(0.15, 0.6) * spare if spare > 60 else rng.uniform(0, 1) * spare
    if rng.random() < 0.08:
        margin = -rng.uniform(15, 60)  # the top of the head is missed
    start, stop = 0, rows
    if rng.random() < 0.35:  # only the length that was scanned holds counts
        start = int(max(0, (margin - rng.uniform(25, 90)) / pixel))
        past = rng.uniform(20, 120) if rng.random() < 0.8 else -rng.uniform(30, 160)
        stop = int(min(rows, (margin + length_mm + past) / pixel))
    return Camera(
        rows=rows,
        columns=columns,
        pixel_mm=pixel,
        s0=-margin,
        x0=middle_x + rng.normal(0, 4 if reach_mm else 10) - 0.5 * (columns - 1) * pixel,
        mu_per_cm=rng.uniform(0.11, 0.15),
        gap_mm=(rng.uniform(50, 130), rng.uniform(55, 120)),
        scatter=rng.uniform(0.15, 0.4),
        scatter_mm=rng.uniform(28, 55),
        counts=1e6 * np.exp(rng.uniform(*np.log(MILLIONS))),
        background=rng.uniform(0.01, 0.12),
        scanned=(start, stop),
        tilt=rng.normal(0, 0.015),
        table=rng.uniform(0.86, 0.97),
    )


def _splat(row, column, weight, shape) -> np.ndarray:
    """Sum of weights (rows, columns) shared between the four nearest pixels."""
    r0, c0 = np.floor(row).astype(np.int32), np.floor(column).astype(np.int32)
    fr, fc = row - r0, column - c0
    image = np.zeros(shape[0] * shape[1], np.float64)
    for dr, wr in ((0, 1 - fr), (1, fr)):
        for dc, wc in ((0, 1 - fc), (1, fc)):
            r, c = r0 + dr, c0 + dc
            seen = (r >= 0) & (r < shape[0]) & (c >= 0) & (c < shape[1])
            at = r[seen] * shape[1] + c[seen]
            image += np.bincount(at, (weight * wr * wc)[seen], image.size)
    return image.reshape(shape).astype(np.float32)


def _blur(image: np.ndarray, fwhm_mm: float, pixel_mm: float) -> np.ndarray:
    return gaussian_filter(image, fwhm_mm / FWHM_PER_SIGMA / pixel_mm, truncate=3.5)


def _fwhm(distance_mm: float) -> float:
    return float(np.hypot(INTRINSIC_MM, SLOPE * distance_mm + OFFSET_MM))


def _soft_view(camera: Camera, body: Body, soft: np.ndarray, fwhm_mm: float) -> np.ndarray:
    """Soft tissue seen along one direction: its slab of uniform uptake, attenuated."""
    depth = (body.front - body.back) / 10 * body.lung
    slab = soft * (1 - np.exp(-camera.mu_per_cm * depth)) / camera.mu_per_cm
    r = (camera.s0 + np.arange(camera.rows) * camera.pixel_mm - body.s0) / STEP_MM
    c = (camera.x0 + np.arange(camera.columns) * camera.pixel_mm - body.x0) / STEP_MM
    grid = np.meshgrid(r, c, indexing="ij")
    image = map_coordinates(slab.astype(np.float32), grid, order=1)
    return _blur(image * (camera.pixel_mm / 10) ** 2, fwhm_mm, camera.pixel_mm)


def _scattered(camera: Camera, image: np.ndarray) -> np.ndarray:
    small = image[::4, ::4] * 0
    pooled = image.reshape(camera.rows // 4, 4, camera.columns // 4, 4).mean((1, 3))
    for share, times in ((0.6, 0.6), (0.4, 1.6)):
        sigma = times * camera.scatter_mm / (4 * camera.pixel_mm)
        small = small + share * gaussian_filter(pooled, sigma)
    return camera.scatter * zoom(small, 4, order=1, mode="nearest", grid_mode=True)


def _passed(camera: Camera, body: Body, xyz: np.ndarray, back: bool):
    """Share of each point's activity that leaves the body, and its distance to the camera, mm."""
    i, j = body.index(xyz[:, 0], xyz[:, 2])
    y = xyz[:, 1]
    path = (y - body.back[i, j]) if back else (body.front[i, j] - y)
    passed = np.exp(-camera.mu_per_cm / 10 * np.clip(path, 0, None) * body.lung[i, j])
    plane = -(body.back.min() - camera.gap_mm[1]) if back else body.front.max() + camera.gap_mm[0]
    return passed, plane + y if back else plane - y


def expected_points(
    camera: Camera, body: Body, xyz: np.ndarray, activity: np.ndarray, back: bool
) -> tuple[np.ndarray, tuple[int, int]]:
    """Expected image of a few points without scatter, blurred at their mean distance.

    A patch (rows, columns) of the image, patient's right on the left, and its first pixel.
    """
    passed, distance = _passed(camera, body, xyz, back)
    seen = np.maximum(activity, 0) * passed
    fwhm_mm = _fwhm(float((seen * distance).sum() / max(seen.sum(), 1e-12)))
    row = (xyz[:, 2] - camera.s0) / camera.pixel_mm
    column = (xyz[:, 0] - camera.x0) / camera.pixel_mm
    margin = int(2 * fwhm_mm / camera.pixel_mm) + 2
    spans = []
    for at, size in ((row, camera.rows), (column, camera.columns)):
        low, high = int(at.min()) - margin, int(at.max()) + margin
        spans.append((min(max(low, 0), size - 1), min(max(high, 1), size)))
    (r0, r1), (c0, c1) = spans
    patch = _splat(row - r0, column - c0, seen, (max(r1 - r0, 1), max(c1 - c0, 1)))
    return _blur(patch, fwhm_mm, camera.pixel_mm), (r0, c0)


def expected_view(
    camera: Camera, body: Body, xyz: np.ndarray, activity: np.ndarray, soft: np.ndarray, back: bool
) -> np.ndarray:
    """Expected image (rows, columns) of points and soft tissue, patient's right on the left."""
    passed, distance = _passed(camera, body, xyz, back)
    seen = activity * passed
    row = (xyz[:, 2] - camera.s0) / camera.pixel_mm
    column = (xyz[:, 0] - camera.x0) / camera.pixel_mm
    edges = np.linspace(distance.min(), distance.max() + 1e-3, LAYERS + 1)
    image = np.zeros((camera.rows, camera.columns), np.float32)
    for low, high in pairwise(edges):
        within = (distance >= low) & (distance < high)
        layer = _splat(row[within], column[within], seen[within], image.shape)
        image += _blur(layer, _fwhm(0.5 * (low + high)), camera.pixel_mm)
    image += _soft_view(camera, body, soft, _fwhm(float(np.median(distance))))
    return image + _scattered(camera, image)


def _imperfect(camera: Camera, image: np.ndarray, back: bool) -> np.ndarray:
    """Slope of sensitivity across the detector and, from behind, the table."""
    across = np.linspace(-1, 1, camera.columns)
    image = image * (1 + camera.tilt * across)
    if back:
        x = camera.x0 + np.arange(camera.columns) * camera.pixel_mm
        middle = camera.x0 + 0.5 * camera.columns * camera.pixel_mm
        image = image * (1 - (1 - camera.table) / (1 + np.exp((np.abs(x - middle) - 205) / 6)))
    return image


def acquire(
    rng: np.random.Generator, camera: Camera, expected: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Poisson counts of both views (float32), the posterior as its camera sees it."""
    per_count = camera.counts / expected["anterior"].sum()
    views = {}
    for name, image in expected.items():
        mean = _imperfect(camera, image, name == "posterior") * per_count + camera.background
        counts = rng.poisson(mean).astype(np.float32)
        counts[: camera.scanned[0]] = 0
        counts[camera.scanned[1] :] = 0
        views[name] = counts[:, ::-1].copy() if name == "posterior" else counts
    return views
