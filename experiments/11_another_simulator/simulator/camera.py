"""Planar camera: attenuation, blur by depth, scatter, sampling and counting noise."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from simulator.canvas import VOXEL_MM

# LEHR system FWHM 4 mm at the face and 9.3 mm at 15 cm, GE and Symbia slopes;
# effective attenuation 0.12 per cm broad beam (0.15 narrow), bone 0.27.
SLOPE, INTRINSIC_MM, GAP_MM = (0.044, 0.062), 5.2, (25.0, 70.0)
MU_WATER, MU_BONE_EXTRA = (0.011, 0.015), 0.006  # per mm
SCATTER = (0.02, 0.08)  # prior: share left in the window, spread by 22 to 45 mm
COUNTS = (0.5e6, 3.0e6)
SLABS = 7


@dataclass(frozen=True)
class Camera:
    """Drawn settings of the camera and of how the patient lies."""

    pixel_mm: float
    shape: tuple
    mu: float
    slope: float
    gap: float
    scatter: float
    scatter_mm: float
    counts: float
    shear: float
    lean: float
    shift: tuple
    cut: tuple


def draw_camera(rng, height_mm, half_width_mm):
    """Draw a camera that holds the patient, sometimes cutting head, feet or an arm."""
    small = rng.random() < 0.15
    shape = (512, 128) if small else (1024, 256)
    pixel = (
        rng.uniform(4.2, 4.8) if small else rng.uniform(2.1, 2.8) if rng.random() < 0.95 else 1.9
    )
    if rng.random() < 0.93:
        pixel = min(max(pixel, 2 * half_width_mm / shape[1]), 4.8 if small else 2.8)
    length = shape[0] * pixel
    spare = length - (height_mm + 120)
    top = rng.uniform(0.15, 0.6) * spare if spare > 0 else 15.0
    fate = rng.random()
    if fate < 0.05:
        top = -rng.uniform(20, 80)  # vertex cut off
    end = shape[0]
    if 0.05 <= fate < 0.12:
        end = int((top + height_mm - rng.uniform(0, 70)) / pixel)
    elif rng.random() < 0.4:
        end = int(min(shape[0], (top + height_mm + 130) / pixel))
    start = int(max(0, (top - rng.uniform(20, 60)) / pixel)) if rng.random() < 0.3 else 0
    lie = rng.normal(0, 0.03) if rng.random() < 0.85 else rng.normal(0, 0.09)
    return Camera(
        float(pixel), shape, rng.uniform(*MU_WATER), rng.uniform(*SLOPE), rng.uniform(*GAP_MM),
        rng.uniform(*SCATTER), rng.uniform(22, 45), np.exp(rng.uniform(*np.log(COUNTS))),
        float(np.clip(lie, -0.2, 0.2)), float(np.deg2rad(rng.normal(0, 0.8))),
        (float(top), float(rng.normal(0, 8))), (start, end),
    )  # fmt: skip


def _sheared(volume, shear, out_dtype=np.float32):
    """Volume whose planes are shifted across with depth: a body lying obliquely."""
    if abs(shear) < 0.01:
        return volume
    out = np.empty(volume.shape, out_dtype)
    n = volume.shape[1]
    for j in range(n):
        out[:, j] = np.roll(volume[:, j], round(shear * (j - n / 2)), axis=1)
    return out


def _project(activity, mu, camera):
    """Projection toward the last plane of axis 1: attenuated, blurred by depth; [z, x]."""

    depth = np.cumsum(mu[:, ::-1], axis=1)[:, ::-1]
    weighted = activity * np.exp(-np.float32(VOXEL_MM) * (depth - 0.5 * mu))
    filled = np.flatnonzero(mu.any(axis=(0, 2)))
    front = filled[-1]
    total = 0.0
    for part in np.array_split(np.arange(filled[0], front + 1), SLABS):
        distance = (front - part.mean()) * VOXEL_MM + camera.gap
        fwhm = np.hypot(INTRINSIC_MM, camera.slope * distance + 1.3)
        plane = weighted[:, part[0] : part[-1] + 1].sum(axis=1)
        total = total + ndimage.gaussian_filter(plane, max(fwhm, 6.5) / 2.355 / VOXEL_MM)
    low = ndimage.zoom(total, 0.25, order=1, grid_mode=True, mode="grid-constant")
    wide = ndimage.gaussian_filter(low, camera.scatter_mm / (4 * VOXEL_MM))
    factors = np.array(total.shape) / np.array(low.shape)
    wide = ndimage.zoom(wide, factors, order=1, grid_mode=True, mode="grid-constant")
    return total + camera.scatter * wide[: total.shape[0], : total.shape[1]]


def _to_image(point, origin, camera):
    """(row, column) of a point in the anterior view (mm from the volume's frame)."""
    x = point[0] + camera.shear * point[1]
    z = point[2]
    middle = 900.0
    xr = x + camera.lean * (z - middle)
    zr = z - camera.lean * x
    row = (zr + camera.shift[0]) / camera.pixel_mm
    return row, (xr + camera.shift[1]) / camera.pixel_mm + camera.shape[1] / 2


def _sample(plane, origin, camera):
    """Sample a projection on the camera's pixels; [row, column]."""
    rows = (np.arange(camera.shape[0]) + 0.5) * camera.pixel_mm - camera.shift[0]
    cols = (
        np.arange(camera.shape[1]) + 0.5 - camera.shape[1] / 2
    ) * camera.pixel_mm - camera.shift[1]
    zr, xr = rows[:, None], cols[None, :]
    z = zr + camera.lean * xr
    x = xr - camera.lean * (z - 900.0)
    index = [(z - origin[2]) / VOXEL_MM - 0.5, (x - origin[0]) / VOXEL_MM - 0.5]
    return np.clip(ndimage.map_coordinates(plane, index, order=2, mode="constant"), 0, None)


def _texture(rng, shape):
    """Smooth unevenness of uptake, mean 1."""
    coarse = rng.normal(0, 1, [n // 5 + 2 for n in shape]).astype(np.float32)
    fine = np.repeat(np.repeat(np.repeat(coarse, 5, 0), 5, 1), 5, 2)
    fine = fine[: shape[0], : shape[1], : shape[2]]
    for axis in range(3):
        fine = ndimage.uniform_filter1d(fine, 7, axis=axis)
    return 1 + 0.05 * fine / fine.std()


def photograph(canvas, camera, rng):
    """Anterior and posterior counts and a function from mm to (row, column)."""
    bone = canvas.bone * _texture(rng, canvas.bone.shape)
    activity = _sheared(bone + canvas.soft, camera.shear)
    mu = camera.mu * canvas.density + MU_BONE_EXTRA * (canvas.part > 0)
    mu = _sheared(mu.astype(np.float32), camera.shear)
    views = {}
    for name, flip in (("anterior", False), ("posterior", True)):
        a, m = (activity[:, ::-1], mu[:, ::-1]) if flip else (activity, mu)
        views[name] = _sample(_project(a, m, camera), canvas.origin, camera)
    scale = camera.counts / np.mean([v.sum() for v in views.values()])
    counts = {}
    for name, view in views.items():
        noise = rng.poisson(view * scale + 0.004 * scale * view.mean()).astype(np.float32)
        noise[: camera.cut[0]] = 0
        noise[camera.cut[1] :] = 0
        counts[name] = noise if name == "anterior" else noise[:, ::-1].copy()
    return counts, lambda point: _to_image(point, canvas.origin, camera)
