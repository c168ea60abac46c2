"""The scan: camera, field of view, total counts, what is cut off."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from .body import Body
from .camera import Camera, add_scatter, project
from .organs import draw_tissue_map
from .outline import draw_outline

_PIXELS_MM = (1.95, 2.0, 2.21, 2.26, 2.33, 2.4, 2.4, 2.46, 2.6, 2.8, 3.0, 3.2)


def draw_camera(rng, body: Body) -> Camera:
    """Return a camera whose image holds the body, now and then without the elbows' outside."""
    pixel = float(_PIXELS_MM[rng.integers(len(_PIXELS_MM))])
    height = max(point[2] for point in body.points.values()) + 40
    top = -rng.uniform(25, 120)
    rows = 1024 if rng.random() < 0.8 else int(np.ceil((height - top + 60) / pixel / 32) * 32)
    rows = max(rows, int(np.ceil((height - top) / pixel / 32) * 32))
    reach = max(abs(point[0]) for point in body.points.values()) + 45
    columns = 256
    excess = 2 * reach / (columns * pixel)
    # At most hands and elbows leave the field of view, and only where the disease is elsewhere.
    is_cut = body.is_cut_allowed and excess < 1.15 and rng.random() < 0.4
    if excess > 1 and not is_cut:
        columns = int(np.ceil(2 * reach / pixel / 32) * 32)
    shift = rng.normal(0, 8)
    return Camera(
        pixel_mm=pixel,
        rows=rows,
        columns=columns,
        left_mm=float(-columns * pixel / 2 + shift),
        top_mm=float(top),
        intrinsic_mm=float(rng.uniform(3.5, 4.3)),
        slope=float(rng.uniform(0.040, 0.052)),
        gap_mm=float(rng.uniform(10, 45)),
        scatter=float(rng.uniform(0.18, 0.40)),
        scatter_mm=float(rng.uniform(35, 60)),
    )


def _scanned_rows(rng, body: Body, camera: Camera) -> tuple[int, int]:
    """Return first and last row that the moving camera covers."""
    first, last = 0, camera.rows
    if not body.is_cut_allowed:
        return first, last
    if rng.random() < 0.07:  # the vertex is cut off
        first = round((rng.uniform(5, 45) - camera.top_mm) / camera.pixel_mm)
    if rng.random() < 0.11:  # the feet are cut off
        ankle = max(body.points["ankle", side][2] for side in ("left", "right"))
        last = round((ankle + rng.uniform(-120, 60) - camera.top_mm) / camera.pixel_mm)
    return first, last


def _metal_shadow(metal, x, z, camera: Camera) -> np.ndarray:
    """Return the share of photons that passes the metal, per pixel."""
    x0, z0, half_x, half_z, share = metal
    r2 = ((x[None] - x0) / half_x) ** 2 + ((z[:, None] - z0) / half_z) ** 2
    shadow = np.where(r2 <= 1, np.float32(share), np.float32(1))
    return gaussian_filter(shadow, camera.sigma_mm(50) / camera.pixel_mm)


def acquire(rng, body: Body) -> tuple[dict[str, np.ndarray], Camera]:
    """Return the counts of both views (float32) and the camera that took them."""
    camera = draw_camera(rng, body)
    x, z = camera.grid()
    surfaces = draw_outline(body.person, body.points, x, z)
    tissue = draw_tissue_map(body.person, body.points, body.flesh, x, z)
    expected = {
        view: add_scatter(project(body.cloud, surfaces, tissue, camera, view), camera)
        for view in ("anterior", "posterior")
    }
    if body.metal is not None:
        expected["anterior"] *= _metal_shadow(body.metal, x, z, camera)
    first, last = _scanned_rows(rng, body, camera)
    scanned = np.zeros((camera.rows, 1), np.float32)
    scanned[first:last] = 1
    expected = {view: image * scanned for view, image in expected.items()}
    wanted = np.clip(rng.lognormal(np.log(0.95e6), 0.4), 0.42e6, 1.9e6)
    mean = np.mean([image.sum() for image in expected.values()])
    air = rng.uniform(0.005, 0.05)
    views = {}
    for view, image in expected.items():
        # Both cameras scan for the same time, yet no view leaves 0.4 to 2 million counts.
        total = np.clip(wanted * image.sum() / mean, 0.4e6, 2.0e6)
        image = image * np.float32(total / image.sum()) + np.float32(air) * scanned
        counts = rng.poisson(image).astype(np.float32)
        views[view] = np.ascontiguousarray(counts[:, ::-1] if view == "posterior" else counts)
    return views, camera
