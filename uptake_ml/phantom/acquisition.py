"""Drawing an acquisition: cameras, matrices, distances, counts and fields of view."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.person import Person
from uptake_ml.phantom.spec import CameraSpec

_CAMERAS = (
    "siemens-symbia",
    "ge-millennium",
    "ge-millennium-legp",
    "ge-discovery-670",
    "philips-brightview",
)
# Feet hang below the heel: the body in the field is longer than the person is tall.
_LENGTH_PER_HEIGHT = 1.06


def draw_camera(rng: np.random.Generator, person: Person) -> CameraSpec:
    """Draw how a person is scanned."""
    pixel_mm, rows, columns = _draw_matrix(rng, person)
    length = person.height_mm * _LENGTH_PER_HEIGHT / pixel_mm
    top = float(rng.uniform(0.05, 0.35) * max(rows - length, 10.0))
    last = rows
    if rng.random() < 0.06:  # the scan ends before the feet do
        last = int(top + length * rng.uniform(0.72, 0.97))
    decay = rng.uniform(0.8, 1.3)
    return CameraSpec(
        camera=str(rng.choice(_CAMERAS)),
        pixel_mm=pixel_mm,
        total_counts=float(np.exp(rng.uniform(np.log(0.3e6), np.log(5.0e6)))),
        anterior_distance_mm=float(rng.uniform(15, 130)),
        posterior_distance_mm=float(rng.uniform(20, 90)),
        is_contour_following=bool(rng.random() < 0.5),
        shift_mm=(top * pixel_mm, float(rng.normal(0, 12))),
        scatter_to_primary_per_100mm=float(rng.uniform(0.15, 0.7)),
        nonuniformity=tuple(float(v) for v in rng.normal(0, 0.006, 4)),
        first_row=0,
        last_row=min(last, rows),
        noise_seed=int(rng.integers(2**31)),
        rows=rows,
        columns=columns,
        intrinsic_fwhm_mm=float(rng.uniform(3.0, 4.8)),
        # Other collimators than those of the table: sharper to blurrier by a quarter.
        hole_length_factor=float(np.exp(np.clip(rng.normal(0, 0.1), -0.25, 0.25))),
        scatter_decay_mm=(float(20 * decay), float(45 * decay)),
        background_share=float(np.exp(rng.normal(np.log(0.003), 0.6))),
    )


def _draw_matrix(rng, person: Person) -> tuple[float, int, int]:
    """Return pixel size, rows and columns; a fine pixel must still hold the whole body's length."""
    kind = rng.random()
    if kind < 0.08:
        return float(np.round(rng.uniform(4.2, 5.0), 2)), 512, 128
    low, high = (2.1, 2.6) if kind < 0.75 else (1.8, 3.3)
    pixel_mm = max(rng.uniform(low, high), person.height_mm * (_LENGTH_PER_HEIGHT + 0.02) / 1024)
    return float(np.round(pixel_mm + 0.005, 2)), 1024, 256
