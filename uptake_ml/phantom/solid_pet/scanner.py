"""The scanner: its field, its voxels, its blur and its noise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from uptake_ml.phantom.fdg_spec import ScannerSpec
from uptake_ml.phantom.scanner import FWHM_PER_SIGMA, Axis, Sampling
from uptake_ml.phantom.solid_pet.canvas import Canvas, weigh_nodes
from uptake_ml.phantom.solid_pet.foci import Focus
from uptake_ml.phantom.solid_pet.limb_tumours import SARCOMA
from uptake_ml.phantom.solid_pet.patient import Patient
from uptake_ml.phantom.solid_pet.solids import CELL_MM

SCANNER = "solid"
_TOPS = {"skull base": 0.65, "eyes": 0.15, "vertex": 0.2}
_WHOLE_SHARE, _KNEES_SHARE = 0.12, 0.08
# How often disease of the legs is scanned to the toes.
_TUMOUR_SHARE, _JOINTS_SHARE = 0.85, 0.35
_WHOLE_ALONG_MM = (3.0, 5.0)
_FIELDS_MM = (550.0, 600.0, 700.0)
# Below this across the body, volumes are stored cropped to it.
_FINE_MM = 3.5
# Beyond the field activity still blurs into it.
_MARGIN_MM = 16.0
# Less than this is air.
_LEAST_SUV = 0.01


def draw_scanner(rng: np.random.Generator, patient: Patient, foci: Sequence[Focus]) -> ScannerSpec:
    """Return the acquisition; disease below the usual field lengthens the field of many."""
    h, hip = patient.height_mm, patient.joints["hip", "left"][1]
    is_whole = rng.random() < max(_WHOLE_SHARE, _legs_share(patient, foci))
    top = str(rng.choice(list(_TOPS), p=list(_TOPS.values())))
    across = float(rng.choice([2.5, 2.73, 3.18, 3.65, 4.07, 4.69, 5.31]))
    along = float(rng.choice([2.5, 3.0, 3.27, 4.0, 5.0]))
    if is_whole:
        across, along = max(across, 3.65), float(np.clip(along, *_WHOLE_ALONG_MM))
    fwhm_mm = float(rng.uniform(4.8, 8.5))
    return ScannerSpec(
        scanner=SCANNER,
        fwhm_mm=fwhm_mm,
        spacing_mm=(across, along, across),
        liver_cov=float(rng.uniform(0.05, 0.17)),
        noise_fwhm_mm=fwhm_mm * float(rng.uniform(0.75, 1.0)),
        field_mm=_width(patient) if across < _FINE_MM else float(rng.choice(_FIELDS_MM)),
        field_of_view=f"{top} to {'toes' if is_whole else 'thigh'}",
        are_arms_up=patient.arms_up,
        top_mm=float(hip - _draw_top(rng, top) * h),
        bottom_mm=float(hip - _draw_bottom(rng, patient, foci, is_whole=is_whole)),
        shift_mm=float(rng.normal(0, 6)),
        noise_seed=int(rng.integers(2**31)),
    )


def _draw_top(rng, name: str) -> float:
    """Return the level where the scan begins, in heights below the vertex."""
    ranges = {"skull base": (0.07, 0.1), "eyes": (0.045, 0.07), "vertex": (-0.07, -0.012)}
    return float(rng.uniform(*ranges[name]))


def _draw_bottom(rng, patient: Patient, foci: Sequence[Focus], *, is_whole: bool) -> float:
    """Return where the scan ends, mm below the vertex; a tumour of the thigh is shown whole."""
    if is_whole:
        return max(p[1] for p in patient.joints.values()) + 35
    share = rng.uniform(0.74, 0.8) if rng.random() < _KNEES_SHARE else rng.uniform(0.55, 0.65)
    ends = [f.centre_mm[1] + 1.3 * f.radius_mm for f in foci if _is_limb_tumour(f)]
    tumour = max(ends, default=0.0) + rng.uniform(5, 90)
    return max(share * patient.height_mm, tumour if ends else 0.0)


def _is_limb_tumour(focus: Focus) -> bool:
    return focus.disease == SARCOMA


def _legs_share(patient: Patient, foci: Sequence[Focus]) -> float:
    """Return the chance that the scan goes to the toes for what is ill below the thighs."""
    h = patient.height_mm
    if any(_is_limb_tumour(f) and f.centre_mm[1] > 0.7 * h for f in foci):
        return _TUMOUR_SHARE
    return _JOINTS_SHARE if any(f.centre_mm[1] > 0.64 * h for f in foci) else 0.0


def _width(patient: Patient) -> float:
    reach = max([patient.trunk[:, 4].max(), *(abs(p[2]) for p in patient.joints.values())])
    return 2 * float(reach) + 110


def open_canvas(patient: Patient, scanner: ScannerSpec) -> Canvas:
    """Return an empty canvas for what is in the field, and a margin above and below."""
    hip = patient.joints["hip", "left"][1]
    top, bottom = hip - scanner.top_mm, hip - scanner.bottom_mm
    seen = [p for p in patient.joints.values() if top - 60 < p[1] < bottom + 60]
    half = min(_width(patient), scanner.field_mm) / 2 + CELL_MM
    front = (patient.trunk[:, 1] - patient.trunk[:, 3]).min() - 40
    front = min(front, -130, *(p[0] - 34 for p in seen))
    back = (patient.trunk[:, 1] + patient.trunk[:, 3]).max() + 28
    # Nothing is painted above the topmost point or below the lowest.
    ends = [p[1] for p in patient.joints.values()]
    top, bottom = max(top, min(*ends, 0.0) - 40), min(bottom, max(ends) + 40)
    return Canvas((front, top - _MARGIN_MM, -half), (back, bottom + _MARGIN_MM, half))


def build_sampling(canvas: Canvas, scanner: ScannerSpec, hip_mm: float) -> Sampling:
    """Return how the scanner samples a canvas: all its depth, the rows and columns of the field.

    The weights are the Gaussian point spread at the distance of the voxels' middles, summing to
    one for every voxel of the image that the canvas reaches.
    """
    plane_mm, row_mm, column_mm = scanner.spacing_mm
    left = -scanner.field_mm / 2 - scanner.shift_mm
    planes = np.arange(canvas.axes_mm[0][0], canvas.axes_mm[0][-1], plane_mm)
    rows = np.arange(hip_mm - scanner.top_mm, hip_mm - scanner.bottom_mm, row_mm)
    columns = left + column_mm * (0.5 + np.arange(int(scanner.field_mm / column_mm)))
    planes, rows, columns = (
        _axis(axis, at, scanner.fwhm_mm, step)
        for axis, at, step in zip(
            canvas.axes_mm, (planes, rows, columns), scanner.spacing_mm, strict=True
        )
    )
    is_in_field = np.ones((planes.size, columns.size), bool)
    return Sampling(planes=planes, rows=rows, columns=columns, is_in_field=is_in_field)


def _axis(cells_mm: np.ndarray, at_mm: np.ndarray, fwhm_mm: float, step_mm: float) -> Axis:
    sd_mm = np.sqrt(max((fwhm_mm / FWHM_PER_SIGMA) ** 2 - CELL_MM**2 / 12, 1.0))
    # Cells beyond the canvas hold nothing.
    spare = int(4 * sd_mm / CELL_MM) + 1
    extra = CELL_MM * np.arange(1, spare + 1)
    nodes = np.concatenate([cells_mm[0] - extra[::-1], cells_mm, cells_mm[-1] + extra])
    near = np.clip(at_mm, nodes[0], nodes[-1])
    weights = weigh_nodes(nodes, near, sd_mm)[:, spare:-spare]
    return Axis(
        weights=np.ascontiguousarray(weights),
        first=float((at_mm[0] - cells_mm[0]) / CELL_MM),
        step=step_mm / CELL_MM,
    )


def add_noise(expected: np.ndarray, scanner: ScannerSpec, liver_suv: float) -> np.ndarray:
    """Return the image with noise, float32.

    A log-normal factor whose relative s.d. is ``liver_cov`` in the liver and grows where there is
    less tracer, as that of few counts does; and a little in air.
    """
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(scanner.noise_seed)
    power = float(rng.uniform(0.0, 0.4))
    noisy = np.zeros_like(expected)
    air = np.float32(0.02 * liver_suv * scanner.liver_cov)
    columns = np.flatnonzero(expected.max(axis=(0, 1)) > 0)
    here = slice(columns[0], columns[-1] + 1)
    mean = expected[:, :, here]
    sigma = [scanner.noise_fwhm_mm / FWHM_PER_SIGMA / mm for mm in scanner.spacing_mm]
    noise = rng.standard_normal(mean.shape, dtype=np.float32)
    noise = gaussian_filter(noise, sigma, mode="wrap", truncate=2.5, output=np.float32)
    noise *= np.float32(1 / noise[::2, ::2].std(dtype=np.float64))
    image = air * np.abs(noise)
    is_body = mean > _LEAST_SUV
    hot, noise = mean[is_body], noise[is_body]
    relative = np.log(np.maximum(hot, 0.05) / np.float32(liver_suv))
    relative = np.float32(scanner.liver_cov) * np.exp(-np.float32(power) * relative)
    image[is_body] += hot * np.exp(relative * (noise - 0.5 * relative))
    noisy[:, :, here] = image
    return noisy
