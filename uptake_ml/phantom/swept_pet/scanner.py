"""The PET scanner: its field, its voxels, its blur and its noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from uptake_ml.phantom.fdg_spec import ScannerSpec
from uptake_ml.phantom.grid import Grid as WorldGrid
from uptake_ml.phantom.scanner import FWHM_PER_SIGMA, Sampling, sample
from uptake_ml.phantom.swept.grid import Grid
from uptake_ml.phantom.swept.person import Person, log_uniform
from uptake_ml.phantom.swept_pet.focal import Focus
from uptake_ml.regions import REGIONS

SCANNER = "swept"
# Level of the first row in mm of a body of 1.7 m, and the share of scans.
_TOPS = {
    "vertex": ((-70, -8), 0.33), "orbits": ((55, 95), 0.2), "skull base": ((110, 165), 0.47)
}  # fmt: skip
_THIGH_MM, _KNEES_MM = (930, 1100), (1250, 1380)
_WHOLE_SHARE, _KNEES_SHARE = 0.13, 0.08
# How often disease of the legs is scanned to the toes.
_TUMOUR_SHARE, _JOINTS_SHARE = 0.85, 0.4
_KNEE_MM, _ANKLE_MM = 1150.0, 1560.0
_ACROSS_MM = (2.73, 3.18, 3.65, 4.07, 4.69, 5.31, 5.5)
_ALONG_MM = (2.7, 3.0, 3.27, 4.0, 5.0)
_FIELDS_MM = (560.0, 600.0, 700.0)
# Finer volumes are stored cropped to the body, whole bodies are no finer than this.
_FINE_MM = 3.6
_AIR_SUV = 0.02


def draw_scanner(
    rng: np.random.Generator,
    person: Person,
    width_mm: float,
    foci: Sequence[Focus],
    points: Mapping,
) -> ScannerSpec:
    """Return the acquisition; disease below the usual field lengthens the field of many.

    ``points`` (x, y, z) by name and side are those of the body of 1.7 m, ``width_mm`` the width of
    the one that lies on the table.
    """
    is_whole = rng.random() < max(_WHOLE_SHARE, _legs_share(foci))
    top = str(rng.choice(list(_TOPS), p=[share for _, share in _TOPS.values()]))
    across, along = float(rng.choice(_ACROSS_MM)), float(rng.choice(_ALONG_MM))
    if is_whole:
        across, along = max(across, 3.65), max(along, 3.0)
    fwhm_mm, hip = float(rng.uniform(4.5, 9.0)), points["hip", 1][2]
    last = _draw_last(rng, foci, is_whole=is_whole)
    return ScannerSpec(
        scanner=SCANNER,
        fwhm_mm=fwhm_mm,
        spacing_mm=(across, along, across),
        liver_cov=log_uniform(rng, 0.045, 0.2),
        noise_fwhm_mm=fwhm_mm * float(rng.uniform(0.65, 1.15)),
        field_mm=width_mm + 40 if across < _FINE_MM else float(rng.choice(_FIELDS_MM)),
        field_of_view=f"{top} to {'toes' if is_whole else 'thigh'}",
        are_arms_up=person.arms == "up",
        top_mm=float(hip - rng.uniform(*_TOPS[top][0])) * person.scale,
        bottom_mm=float(hip - last) * person.scale,
        shift_mm=float(rng.normal(0, 7)),
        noise_seed=int(rng.integers(2**31)),
    )


def _draw_last(rng, foci: Sequence[Focus], *, is_whole: bool) -> float:
    """Return the level where the scan ends; a tumour of the thigh is shown whole."""
    if is_whole:
        return 1790.0
    last = rng.uniform(*(_KNEES_MM if rng.random() < _KNEES_SHARE else _THIGH_MM))
    ends = [f.centre_mm[2] + 1.4 * f.radius_mm for f in foci if _is_limb_tumour(f)]
    return max(last, max(ends, default=0.0) + rng.uniform(5, 90) if ends else 0.0)


def _is_limb_tumour(focus: Focus) -> bool:
    return REGIONS[focus.region].name == "leg-soft-tissue"


def _legs_share(foci: Sequence[Focus]) -> float:
    """Return the chance that the scan goes to the toes for what is ill below the thighs."""
    low = [focus for focus in foci if focus.centre_mm[2] > _KNEE_MM]
    if any(_is_limb_tumour(focus) for focus in low):
        return _TUMOUR_SHARE
    return _JOINTS_SHARE if low else 0.0


def build_sampling(grid: Grid, scanner: ScannerSpec, hip_mm: float) -> Sampling:
    """Return how the scanner samples a grid; ``hip_mm`` is the level of the hips on the table."""
    y, z, x = (first + grid.voxel_mm / 2 for first in grid.first_mm)
    world = WorldGrid(shape=grid.values.shape, first_mm=(x, y, hip_mm - z), voxel_mm=grid.voxel_mm)
    sampling = sample(world, scanner)
    # The field may be cropped to the body: its corners are then inside the ring.
    return replace(sampling, is_in_field=np.ones_like(sampling.is_in_field))


def add_noise(expected: np.ndarray, scanner: ScannerSpec, liver_suv: float) -> np.ndarray:
    """Return the image with noise, float32.

    A log-normal factor whose relative s.d. is ``liver_cov`` in the liver, grows where there is
    less tracer and towards the middle of the body, whence fewer photons come out; and a little in
    air.
    """
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(scanner.noise_seed)
    power, deep = rng.uniform(0.0, 0.35), rng.uniform(0.0, 0.5)
    columns = np.flatnonzero(expected.max(axis=(0, 1)) > 0)
    here = slice(columns[0], columns[-1] + 1)
    mean = expected[:, :, here]
    sigma = [scanner.noise_fwhm_mm / FWHM_PER_SIGMA / mm for mm in scanner.spacing_mm]
    noise = rng.standard_normal(mean.shape, dtype=np.float32)
    noise = gaussian_filter(noise, sigma, mode="wrap", truncate=2.5, output=np.float32)
    noise *= np.float32(1 / noise[::2, ::2].std(dtype=np.float64))
    image = np.zeros_like(expected)
    air = np.float32(_AIR_SUV * liver_suv * scanner.liver_cov)
    image[:, :, here] = air * np.abs(noise)
    off = np.linspace(-1, 1, mean.shape[2], dtype=np.float32)
    middle = (scanner.liver_cov * (1 + deep * (0.5 - off**2))).astype(np.float32)
    is_body = mean > 0.01
    hot = mean[is_body]
    relative = np.broadcast_to(middle, mean.shape)[is_body]
    relative = relative * (np.maximum(hot, 0.05) / np.float32(liver_suv)) ** np.float32(-power)
    image[:, :, here][is_body] += hot * np.exp(relative * (noise[is_body] - 0.5 * relative))
    return image
