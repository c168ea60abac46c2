"""The projection of a volume of activity into the anterior and posterior views.

For each view, with w the attenuation towards the head, d the distance from the collimator's face
and t the depth in tissue, image = N S [sum_d G(d) * (w A) + G(m) * b (R(t) * (r t w A))]: G the
collimator's and detector's Gaussian, r t the ratio of scattered to primary counts, R the broad
kernel of scatter, b the share of it that meets tissue to leave from towards the head, m the middle
distance, S the sharing out among pixels and N the sensitivity of the columns.  All of it is linear
in A.  Distances are taken on planes 24 mm apart, between which every voxel is shared linearly (so
the variance of the blur, nearly linear in d over such a step, is exact to 0.1 mm^2), and blurs are
products in the Fourier domain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import fft, ndimage

from uptake_ml.errors import SimulationError
from uptake_ml.phantom.attenuation import RayMap, trace_rays
from uptake_ml.phantom.blur import LEAST_SPREAD, scatter_spectrum, sum_blurred
from uptake_ml.phantom.camera import FWHM_PER_SIGMA, DetectorHead, PlanarCamera, system_fwhm_mm
from uptake_ml.phantom.detector_grid import GridAxis
from uptake_ml.phantom.grid import filled_boxes
from uptake_ml.study import ANTERIOR, POSTERIOR

PLANE_STEP_MM = 24.0
# Beyond this margin around a volume or box, blurred counts wrap round to its other side.
_MARGIN_MM = 105.0
# A photon enters the holes from where it scattered last, so the views show no scatter beside the
# body and little at its thin edges: rays longer than this (in mean free paths) scatter fully.
_FULL_SCATTER_PATH = 0.6


@dataclass(frozen=True, kw_only=True, eq=False)
class _ViewPlan:
    """How one view is taken.

    ``plane_shares`` (row, plane, depth) shares voxels out among the planes at
    ``plane_distance_mm``; ``skin_distance_mm`` (row, column) is where each ray enters the body.
    """

    name: str
    row_axis: GridAxis
    column_axis: GridAxis
    plane_distance_mm: np.ndarray
    plane_shares: np.ndarray
    skin_distance_mm: np.ndarray
    column_sensitivity: np.ndarray


class Projector:
    """Projects activity inside one body into the views of one camera.

    Parameters
    ----------
    mu_per_cm
        float32 (depth, row, column), see ``trace_rays``: depth 0 most anterior, row 0 at the
        head, column 0 at the patient's right.
    voxel_mm
        Edge of the cubic voxels.
    camera
        The camera; its settings of exposure play no part here.
    """

    def __init__(self, mu_per_cm: np.ndarray, *, voxel_mm: float, camera: PlanarCamera) -> None:
        self.shape = mu_per_cm.shape
        self.voxel_mm = voxel_mm
        self.camera = camera
        self.rays = trace_rays(mu_per_cm, voxel_mm)
        self._scatterer = np.minimum(
            self.rays.whole_path / np.float32(_FULL_SCATTER_PATH), np.float32(1)
        )
        self._plans = {
            view: _plan_view(view, head, self.rays, self.shape, voxel_mm, camera)
            for view, head in camera.heads.items()
        }

    def project(self, activity: np.ndarray) -> dict[str, np.ndarray]:
        """Return the image of a whole volume, float32 (rows, columns) by view, before exposure.

        ``activity`` is float32 (depth, row, column).  One unit in an unattenuated voxel gives one
        primary count in each view; what falls outside the field is lost.

        Raises
        ------
        SimulationError
            If the shape is not that of the body.
        """
        if activity.shape != self.shape:
            raise SimulationError(
                f"activity must have the body's shape {self.shape}, found {activity.shape}; "
                "use project_box for a part of it"
            )
        images = {}
        for view, (patch, (top, left)) in self.project_box(activity, (0, 0, 0)).items():
            image = np.zeros((self.camera.rows, self.camera.columns), np.float32)
            image[top : top + patch.shape[0], left : left + patch.shape[1]] = patch
            images[view] = image
        return images

    def project_box(
        self, activity: np.ndarray, origin: tuple[int, int, int]
    ) -> dict[str, tuple[np.ndarray, tuple[int, int]]]:
        """Return the image of a box of activity as (patch, (top row, left column)) by view.

        ``origin`` is the box's first voxel (depth, row, column); the box lies inside the body's
        volume.  Patches have no size where the box is out of the field.

        Raises
        ------
        SimulationError
            If the box reaches out of the volume.
        """
        stop = np.add(origin, activity.shape)
        if min(origin) < 0 or (stop > self.shape).any():
            raise SimulationError(
                f"a box must lie inside the volume {self.shape}, found {tuple(origin)} to "
                f"{tuple(int(s) for s in stop)}; cut it to the volume"
            )
        margins = [_margin(n, self.voxel_mm) for n in activity.shape[1:]]
        planes = self._sum_onto_planes(activity, origin, margins)
        return {
            view: self._form_image(plan, planes[view], origin, activity.shape, margins)
            for view, plan in self._plans.items()
        }

    def map_point(self, point: tuple[float, float, float]) -> dict[str, tuple[float, float]]:
        """Return (row, column) in each view of a point in voxel coordinates, centres at integers.

        Rows and columns may lie outside the field.
        """
        return {
            view: (float(plan.row_axis.pixel(point[1])), float(plan.column_axis.pixel(point[2])))
            for view, plan in self._plans.items()
        }

    def axes(self, view: str) -> tuple[GridAxis, GridAxis]:
        """Return how the volume's rows and columns lie on those of a view."""
        return self._plans[view].row_axis, self._plans[view].column_axis

    def _sum_onto_planes(self, activity, origin, margins) -> dict[str, np.ndarray]:
        size = [n + 2 * margin for n, margin in zip(activity.shape[1:], margins, strict=True)]
        planes = {
            view: np.zeros((plan.plane_distance_mm.size, *size), np.float32)
            for view, plan in self._plans.items()
        }
        for box in filled_boxes(activity):
            here = tuple(slice(s.start + o, s.stop + o) for s, o in zip(box, origin, strict=True))
            there = tuple(
                slice(s.start + m, s.stop + m) for s, m in zip(box[1:], margins, strict=True)
            )
            to_heads = self.rays.transmission(here)
            for view, transmission in zip((ANTERIOR, POSTERIOR), to_heads, strict=True):
                seen = activity[box] * transmission
                shares = self._plans[view].plane_shares[here[1], :, here[0]]
                sums = shares @ seen.transpose(1, 0, 2)
                planes[view][:, *there] = sums.transpose(1, 0, 2)
        return planes

    def _form_image(self, plan, planes, origin, shape, margins):
        first = (origin[1] - margins[0], origin[2] - margins[1])
        stop = (first[0] + planes.shape[1], first[1] + planes.shape[2])
        rows = plan.row_axis.pixel_range(first[0], stop[0])
        columns = plan.column_axis.pixel_range(first[1], stop[1])

        def place(image: np.ndarray, variance_mm2: float) -> np.ndarray:
            by_row = plan.row_axis.shares(first[0], stop[0], rows, variance_mm2)
            by_column = plan.column_axis.shares(first[1], stop[1], columns, variance_mm2)
            return by_row @ (by_column @ image.T).T

        skin = np.full(planes.shape[1:], np.inf, np.float32)
        box = (slice(origin[1], origin[1] + shape[1]), slice(origin[2], origin[2] + shape[2]))
        inner = tuple(slice(m, m + n) for m, n in zip(margins, shape[1:], strict=True))
        skin[inner] = plan.skin_distance_mm[box]
        variance_mm2 = (system_fwhm_mm(self.camera, plan.plane_distance_mm) / FWHM_PER_SIGMA) ** 2
        least = plan.row_axis.least_variance_mm2
        spread = (variance_mm2 - least) / self.voxel_mm**2
        is_wide = spread > LEAST_SPREAD
        spectrum = sum_blurred(planes[is_wide], spread[is_wide])
        scattered = scatter_spectrum(
            planes, plan.plane_distance_mm, skin, self.voxel_mm, self.camera
        )
        scattered = fft.irfft2(scattered, s=planes.shape[1:])
        scattered *= _cut_out(self._scatterer, first, scattered.shape)
        spectrum += sum_blurred(scattered[None], spread[spread.size // 2, None])
        patch = place(fft.irfft2(spectrum, s=planes.shape[1:]), least)
        for plane, variance in zip(planes[~is_wide], variance_mm2[~is_wide], strict=True):
            if plane.any():
                patch += place(plane, variance)
        patch *= plan.column_sensitivity[columns[0] : columns[1]]
        return np.maximum(patch, 0, out=patch), (rows[0], columns[0])


def _cut_out(image: np.ndarray, first: tuple[int, int], shape: tuple[int, int]) -> np.ndarray:
    """Return the part of ``image`` from ``first`` on, zero where that reaches beyond it."""
    out = np.zeros(shape, image.dtype)
    low = np.maximum(first, 0)
    high = np.minimum(np.add(first, shape), image.shape)
    there = tuple(slice(a - f, b - f) for a, b, f in zip(low, high, first, strict=True))
    out[there] = image[tuple(slice(a, b) for a, b in zip(low, high, strict=True))]
    return out


def project(
    activity: np.ndarray, mu_per_cm: np.ndarray, *, voxel_mm: float, camera: PlanarCamera
) -> dict[str, np.ndarray]:
    """Return ``Projector(...).project(activity)`` for a body that is projected once."""
    return Projector(mu_per_cm, voxel_mm=voxel_mm, camera=camera).project(activity)


def _margin(voxels: int, voxel_mm: float) -> int:
    """Return the voxels to add at each end: the same at both, and to a length of a fast FFT."""
    size = fft.next_fast_len(voxels + 2 * round(_MARGIN_MM / voxel_mm), real=True)
    while (size - voxels) % 2:
        size = fft.next_fast_len(size + 1, real=True)
    return (size - voxels) // 2


def _plan_view(
    view: str,
    head: DetectorHead,
    rays: RayMap,
    shape: tuple[int, int, int],
    voxel_mm: float,
    camera: PlanarCamera,
) -> _ViewPlan:
    depths = shape[0]
    is_posterior = view == POSTERIOR
    # Seen from the head, the skin lies this many voxels behind the volume's near face.
    skin = depths - rays.rear if is_posterior else rays.front
    near = _nearest_skin(skin.min(axis=1), depths, head, voxel_mm)
    depth = np.arange(depths)[::-1] if is_posterior else np.arange(depths)
    distance_mm = (depth + 0.5 - near[:, None]) * voxel_mm + head.distance_mm
    distance_mm = np.maximum(distance_mm, 0.0)
    planes_mm = np.arange(distance_mm.min(), distance_mm.max() + PLANE_STEP_MM, PLANE_STEP_MM)
    shares = 1.0 - np.abs(distance_mm[:, None, :] - planes_mm[:, None]) / PLANE_STEP_MM
    return _ViewPlan(
        name=view,
        row_axis=_row_axis(shape[1], head, voxel_mm, camera),
        column_axis=_column_axis(shape[2], head, voxel_mm, camera, is_posterior),
        plane_distance_mm=planes_mm,
        plane_shares=np.maximum(shares, 0.0).astype(np.float32),
        skin_distance_mm=((skin - near[:, None]) * voxel_mm + head.distance_mm).astype(np.float32),
        column_sensitivity=head.column_sensitivity(camera.columns),
    )


def _nearest_skin(skin: np.ndarray, depths: int, head: DetectorHead, voxel_mm: float) -> np.ndarray:
    """Return, for each row, the depth in voxels from which the head keeps its distance."""
    met = np.flatnonzero(skin < depths)
    if met.size == 0:
        return np.zeros(skin.shape)
    skin = np.interp(np.arange(skin.size), met, skin[met])
    if not head.is_contour_following:
        return np.full(skin.shape, skin.min())
    # The head clears everything under its length, and a row is seen while all of it passes by.
    size = max(1, round(head.length_mm / voxel_mm))
    cleared = ndimage.minimum_filter1d(skin, size, mode="nearest")
    return ndimage.uniform_filter1d(cleared, size, mode="nearest")


def _row_axis(voxels: int, head: DetectorHead, voxel_mm: float, camera: PlanarCamera) -> GridAxis:
    return GridAxis(
        voxels=voxels,
        voxel_mm=voxel_mm,
        pixels=camera.rows,
        pixel_mm=camera.pixel_mm,
        start_mm=head.shift_mm[0],
    )


def _column_axis(
    voxels: int, head: DetectorHead, voxel_mm: float, camera: PlanarCamera, is_mirrored: bool
) -> GridAxis:
    half_mm = 0.5 * voxels * voxel_mm
    return GridAxis(
        voxels=voxels,
        voxel_mm=voxel_mm,
        pixels=camera.columns,
        pixel_mm=camera.pixel_mm,
        start_mm=0.5 * camera.columns * camera.pixel_mm
        + head.shift_mm[1]
        + (half_mm if is_mirrored else -half_mm),
        is_mirrored=is_mirrored,
    )
