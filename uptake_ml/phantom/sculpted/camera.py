"""Planar camera: attenuation, blur by depth, scatter, sampling and counting noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from uptake_ml.phantom.sculpted.canvas import VOXEL_MM, Box, Canvas
from uptake_ml.study import ANTERIOR, POSTERIOR

# LEHR system FWHM 4 mm at the face and 9.3 mm at 15 cm, GE and Symbia slopes;
# effective attenuation 0.12 per cm broad beam (0.15 narrow), bone 0.27.
SLOPE, INTRINSIC_MM, GAP_MM, LEAST_FWHM_MM = (0.044, 0.062), 5.2, (25.0, 70.0), 6.5
MU_WATER, MU_BONE_EXTRA = (0.011, 0.015), 0.006  # per mm
SCATTER = (0.02, 0.08)  # prior: share left in the window, spread by 22 to 45 mm
COUNTS = (0.5e6, 3.0e6)
SLABS = 7
TURNED_ABOUT_MM = 900.0  # the level that stays where it is when the patient lies askew
FWHM_PER_SIGMA = 2.355
_TEXTURE, _TEXTURE_VOXELS = 0.05, 5  # prior: unevenness of uptake and its size
_BACKGROUND = 0.004  # counts of the air over the mean of the image
_BLUR_MARGIN = 8  # voxels, beyond which a blurred point has nothing


@dataclass(frozen=True, kw_only=True)
class Camera:
    """Drawn settings of the camera and of how the patient lies.

    ``shear`` moves what lies in front across, ``lean`` (rad) turns the patient in the plane of the
    image; ``shift`` (down, across) is in mm; rows outside ``scanned`` hold no counts.
    """

    pixel_mm: float
    shape: tuple[int, int]
    mu: float
    slope: float
    gap: float
    scatter: float
    scatter_mm: float
    counts: float
    shear: float
    lean: float
    shift: tuple[float, float]
    scanned: tuple[int, int]

    def sigma(self, distance_mm: float) -> float:
        """Standard deviation of the blur at a distance from the body's surface, in voxels."""
        fwhm_mm = np.hypot(INTRINSIC_MM, self.slope * (distance_mm + self.gap) + 1.3)
        return float(max(fwhm_mm, LEAST_FWHM_MM) / FWHM_PER_SIGMA / VOXEL_MM)

    def moved(self, plane_y_mm: np.ndarray) -> np.ndarray:
        """How many voxels the planes at these depths are moved across: a body lying obliquely."""
        return np.rint(self.shear * plane_y_mm / VOXEL_MM).astype(int)

    def place(self, point) -> tuple[float, float]:
        """(row, column) of a point (x, y, z) in mm in the anterior view."""
        moved_mm = VOXEL_MM * self.moved(np.asarray(point[1]))
        across = point[0] + moved_mm + self.lean * (point[2] - TURNED_ABOUT_MM)
        down = point[2] - self.lean * across
        row = (down + self.shift[0]) / self.pixel_mm - 0.5
        column = (across + self.shift[1]) / self.pixel_mm + self.shape[1] / 2 - 0.5
        return float(row), float(column)

    def sample(self, plane: np.ndarray, origin: tuple[float, float], window: Box) -> np.ndarray:
        """A projection [z, x], whose first voxel begins at ``origin``, at the window's pixels."""
        rows, columns = (np.arange(s.start, s.stop) + 0.5 for s in window)
        across = (columns - self.shape[1] / 2) * self.pixel_mm - self.shift[1]
        z = (rows * self.pixel_mm - self.shift[0])[:, None] + self.lean * across[None, :]
        x = across[None, :] - self.lean * (z - TURNED_ABOUT_MM)
        index = [(z - origin[0]) / VOXEL_MM - 0.5, (x - origin[1]) / VOXEL_MM - 0.5]
        return np.clip(ndimage.map_coordinates(plane, index, order=2, mode="constant"), 0, None)


def draw_camera(rng, height_mm, half_width_mm) -> Camera:
    """Draw a camera that holds the patient, sometimes cutting head, feet or an arm."""
    small = rng.random() < 0.15
    shape = (512, 128) if small else (1024, 256)
    pixel = (
        rng.uniform(4.2, 4.8) if small else rng.uniform(2.1, 2.8) if rng.random() < 0.95 else 1.9
    )
    if rng.random() < 0.93:
        pixel = min(max(pixel, 2 * half_width_mm / shape[1]), 4.8 if small else 2.8)
    spare = shape[0] * pixel - (height_mm + 120)
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
        pixel_mm=float(pixel),
        shape=shape,
        mu=rng.uniform(*MU_WATER),
        slope=rng.uniform(*SLOPE),
        gap=rng.uniform(*GAP_MM),
        scatter=rng.uniform(*SCATTER),
        scatter_mm=rng.uniform(22, 45),
        counts=float(np.exp(rng.uniform(*np.log(COUNTS)))),
        shear=float(np.clip(lie, -0.2, 0.2)),
        lean=float(np.deg2rad(rng.normal(0, 0.8))),
        shift=(float(top), float(rng.normal(0, 8))),
        scanned=(start, end),
    )


class Exposure:
    """A body before both heads of a camera; volumes are [z, y, x], images as the patient lies."""

    def __init__(self, canvas: Canvas, camera: Camera, rng: np.random.Generator) -> None:
        self.camera, self.origin = camera, canvas.origin
        filled = np.flatnonzero(canvas.density.any(axis=(0, 2)) | canvas.part.any(axis=(0, 2)))
        self.depths = slice(int(filled[0]), int(filled[-1]) + 1)
        y = canvas.origin[1] + (np.arange(self.depths.start, self.depths.stop) + 0.5) * VOXEL_MM
        self.moved = camera.moved(y)
        part, density, bone, soft = (
            volume[:, self.depths]
            for volume in (canvas.part, canvas.density, canvas.bone, canvas.soft)
        )
        self.texture = _texture(rng, bone.shape)
        self.activity = self._lay(bone * self.texture + soft)
        mu = np.float32(camera.mu) * density + np.float32(MU_BONE_EXTRA) * (part > 0)
        self.passed = _transmission(self._lay(mu))

    def _lay(self, volume: np.ndarray) -> np.ndarray:
        if not self.moved.any():
            return volume
        out = np.empty_like(volume)
        for j, moved in enumerate(self.moved):
            out[:, j] = np.roll(volume[:, j], moved, axis=1)
        return out

    def _distances_mm(self, view: str) -> np.ndarray:
        """How far each plane lies behind the surface that faces the view's head."""
        away = VOXEL_MM * np.arange(self.depths.stop - self.depths.start)
        return away[::-1] if view == ANTERIOR else away

    def expect(self, view: str) -> np.ndarray:
        """The image of the whole body, in arbitrary units."""
        camera, away = self.camera, self._distances_mm(view)
        total = np.zeros(self.activity.shape[::2], np.float32)
        for planes in np.array_split(np.arange(len(away)), SLABS):
            part = slice(planes[0], planes[-1] + 1)
            slab = _seen(self.activity[:, part], self.passed[view][:, part])
            total += ndimage.gaussian_filter(slab, camera.sigma(away[part].mean()))
        total += camera.scatter * _spread(total, camera.scatter_mm)
        window = tuple(slice(0, n) for n in camera.shape)
        return camera.sample(total, (self.origin[2], self.origin[0]), window)

    def expect_small(self, box: Box, added: np.ndarray, view: str):
        """The image of something small, blurred as at its mean depth and without scatter.

        A patch (rows, columns) of the view and its first pixel, in the units of ``expect``.
        """
        (z, x), planes, seen = self._lay_small(box, added)
        passed = self.passed[view][z, planes, x]
        weight = (seen * passed).sum(axis=(0, 2))
        away = self._distances_mm(view)[planes]
        middle_mm = float(weight @ away / max(weight.sum(), 1e-12))
        plane = np.pad(_seen(seen, passed), _BLUR_MARGIN)
        plane = ndimage.gaussian_filter(plane, self.camera.sigma(middle_mm))
        origin = tuple(
            self.origin[axis] + (s.start - _BLUR_MARGIN) * VOXEL_MM for axis, s in ((2, z), (0, x))
        )
        window = self._window(origin, plane.shape)
        return self.camera.sample(plane, origin, window), tuple(s.start for s in window)

    def _lay_small(self, box: Box, added: np.ndarray):
        """Where (z, x), at which planes and with which activity a part of the body lies."""
        z, y, x = box
        first, stop = max(y.start, self.depths.start), min(y.stop, self.depths.stop)
        planes = slice(first - self.depths.start, max(stop, first) - self.depths.start)
        added = added[:, first - y.start : max(stop, first) - y.start]
        added = added * self.texture[z, planes, x]
        most = int(np.abs(self.moved).max())
        wide = np.zeros((*added.shape[:2], added.shape[2] + 2 * most), np.float32)
        for j, moved in enumerate(self.moved[planes]):
            wide[:, j, most + moved : most + moved + added.shape[2]] = added[:, j]
        low = max(x.start - most, 0)
        high = min(x.stop + most, self.texture.shape[2])
        within = slice(low - x.start + most, high - x.start + most)
        return (z, slice(low, high)), planes, wide[:, :, within]

    def _window(self, origin, shape) -> Box:
        """The pixels that show a projection of this shape [z, x]."""
        far = [start + n * VOXEL_MM for start, n in zip(origin, shape, strict=True)]
        # The projection is laid already: at depth 0 nothing moves.
        corners = [self.camera.place((x, 0.0, z)) for z in (origin[0], far[0])
                   for x in (origin[1], far[1])]  # fmt: skip
        spans = []
        for along, size in zip(zip(*corners, strict=True), self.camera.shape, strict=True):
            low = min(max(int(min(along)), 0), size - 1)
            spans.append(slice(low, min(max(int(max(along)) + 1, low + 1), size)))
        return tuple(spans)


def detect(
    rng: np.random.Generator, camera: Camera, expected: Mapping[str, np.ndarray], scale: float
) -> dict[str, np.ndarray]:
    """Counts of both views, float32, the posterior one as its head sees it."""
    counts = {}
    for name, view in expected.items():
        noise = rng.poisson((view + _BACKGROUND * view.mean()) * scale).astype(np.float32)
        noise[: camera.scanned[0]] = 0
        noise[camera.scanned[1] :] = 0
        counts[name] = noise[:, ::-1].copy() if name == POSTERIOR else noise
    return counts


def _transmission(mu: np.ndarray) -> dict[str, np.ndarray]:
    """The share of each voxel's activity that leaves the body towards each head."""
    behind = np.cumsum(mu, axis=1)
    whole = behind[:, -1:].copy()
    behind -= 0.5 * mu
    to_back = np.exp(-np.float32(VOXEL_MM) * behind)
    return {ANTERIOR: np.exp(-np.float32(VOXEL_MM) * whole) / to_back, POSTERIOR: to_back}


def _seen(activity: np.ndarray, passed: np.ndarray) -> np.ndarray:
    return np.einsum("zyx,zyx->zx", activity, passed)


def _spread(image: np.ndarray, scatter_mm: float) -> np.ndarray:
    """An image as far as scatter carries it, on a quarter of its voxels and back."""
    low = ndimage.zoom(image, 0.25, order=1, grid_mode=True, mode="grid-constant")
    wide = ndimage.gaussian_filter(low, scatter_mm / (4 * VOXEL_MM))
    factors = np.array(image.shape) / np.array(low.shape)
    wide = ndimage.zoom(wide, factors, order=1, grid_mode=True, mode="grid-constant")
    return wide[: image.shape[0], : image.shape[1]]


def _texture(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Smooth unevenness of uptake, mean 1."""
    field = rng.normal(0, 1, [n // _TEXTURE_VOXELS + 2 for n in shape]).astype(np.float32)
    for axis in (2, 1, 0):
        between = _interpolation(shape[axis], field.shape[axis])
        field = np.moveaxis(np.tensordot(between, field, (1, axis)), 0, axis)
    return 1 + np.float32(_TEXTURE) * field / field.std()


def _interpolation(count: int, knots: int) -> np.ndarray:
    """The matrix (count, knots) that draws lines between values at every few voxels."""
    at = np.arange(count) / _TEXTURE_VOXELS
    return np.maximum(1 - np.abs(at[:, None] - np.arange(knots)), 0).astype(np.float32)
