"""The planar gamma camera: its parameters, its resolution, its exposure and its noise.

A view is Poisson(k P(activity) + room background), where P (``phantom.projector``) is the linear
projection through collimator and detector, and k, common to both views, sets how many counts the
anterior view holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from uptake_ml.errors import SimulationError
from uptake_ml.phantom.collimator import Collimator, load_camera_table
from uptake_ml.study import ANTERIOR, POSTERIOR

FWHM_PER_SIGMA = 2.0 * np.sqrt(2.0 * np.log(2.0))


@dataclass(frozen=True, kw_only=True)
class DetectorHead:
    """One of the camera's two heads and how it stands to the body.

    ``distance_mm`` is the gap between the skin nearest to the head and the collimator's face; for
    the posterior head it holds the table.  A head that follows the body contour keeps that gap
    from whatever lies under its length (``length_mm``, along rows) instead of from the whole body.
    ``shift_mm`` (rows, columns) moves the body in the image, towards the feet and towards the
    image's right; without it the volume's row 0 lies at the field's upper edge and its columns in
    the middle.  ``nonuniformity`` holds the amplitudes a_k of the column sensitivity
    1 + sum_k a_k cos(pi k (c + 1/2) / columns), k = 1, 2, ...: a head that scans along the rows
    smears any other non-uniformity out.
    """

    distance_mm: float = 40.0
    shift_mm: tuple[float, float] = (0.0, 0.0)
    is_contour_following: bool = False
    length_mm: float = 400.0
    nonuniformity: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        _require(self.distance_mm >= 0, "distance_mm", "not negative", self.distance_mm)
        _require(self.length_mm > 0, "length_mm", "positive", self.length_mm)
        _require(len(self.shift_mm) == 2, "shift_mm", "a pair (rows, columns)", self.shift_mm)
        amplitude = sum(abs(a) for a in self.nonuniformity)
        _require(amplitude < 1, "nonuniformity", "below 1 in sum", self.nonuniformity)

    def column_sensitivity(self, columns: int) -> np.ndarray:
        """Return the sensitivity of each image column relative to the mean, shape (columns,)."""
        phase = np.pi * (np.arange(columns) + 0.5) / columns
        waves = (a * np.cos(k * phase) for k, a in enumerate(self.nonuniformity, start=1))
        return (1.0 + sum(waves, np.zeros(columns))).astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class PlanarCamera:
    """A two-headed gamma camera that scans a whole body, and one acquisition's settings.

    ``scatter_to_primary_per_100mm`` is the ratio of scattered to primary counts of a source under
    100 mm of tissue (it grows linearly with depth, Kojima 1991); the scattered counts of a line
    fall off as exp(-|x| / l), with l growing from ``scatter_decay_mm[0]`` at the skin to
    ``scatter_decay_mm[1]`` at a depth of 250 mm.  ``total_counts`` is what the anterior view
    expects, ``background_share`` the part of it that comes from the room.
    """

    collimator: Collimator
    intrinsic_fwhm_mm: float = 3.8
    crystal_gap_mm: float = 5.0
    pixel_mm: float = 2.4
    rows: int = 1024
    columns: int = 256
    anterior: DetectorHead = field(default_factory=DetectorHead)
    posterior: DetectorHead = field(default_factory=DetectorHead)
    scatter_to_primary_per_100mm: float = 0.35
    scatter_decay_mm: tuple[float, float] = (20.0, 45.0)
    total_counts: float = 1.5e6
    background_share: float = 0.003

    def __post_init__(self) -> None:
        for name in ("intrinsic_fwhm_mm", "pixel_mm", "rows", "columns", "total_counts"):
            _require(getattr(self, name) > 0, name, "positive", getattr(self, name))
        for name in ("crystal_gap_mm", "scatter_to_primary_per_100mm"):
            _require(getattr(self, name) >= 0, name, "not negative", getattr(self, name))
        near, far = self.scatter_decay_mm
        _require(0 < near <= far, "scatter_decay_mm", "positive and growing", (near, far))
        is_share = 0 <= self.background_share < 1
        _require(is_share, "background_share", "in [0, 1)", self.background_share)

    @property
    def heads(self) -> dict[str, DetectorHead]:
        """Return the heads by the name of the view they take."""
        return {ANTERIOR: self.anterior, POSTERIOR: self.posterior}


def load_camera(name: str) -> PlanarCamera:
    """Return a camera of ``data/cameras.toml`` with default settings (``dataclasses.replace``).

    Raises
    ------
    SimulationError
        If the table holds no camera of that name.
    """
    table = load_camera_table()
    if name not in table.cameras:
        raise SimulationError(
            f"camera must be one of {', '.join(table.cameras)}; found {name!r}; "
            "add it to data/cameras.toml or choose one of these"
        )
    entry = {key: value for key, value in table.cameras[name].items() if key != "source"}
    return PlanarCamera(**entry | {"collimator": table.collimators[entry["collimator"]]})


def system_fwhm_mm(camera: PlanarCamera, distance_mm: float | np.ndarray) -> float | np.ndarray:
    """Return the FWHM in mm of a point source at a distance from the collimator's face.

    FWHM(d)^2 = (a d' + D)^2 + c^2, with d' = d + crystal gap, a = D / (L - 2 / mu_Pb), D the
    hole's diameter, L its length and c the intrinsic FWHM (as in PyTomography).
    """
    geometric = camera.collimator.fwhm_mm(distance_mm + camera.crystal_gap_mm)
    return np.sqrt(geometric**2 + camera.intrinsic_fwhm_mm**2)


@dataclass(frozen=True, kw_only=True, eq=False)
class Exposure:
    """The expected counts of each view, float32 (rows, columns), before noise.

    ``counts_per_unit`` turns any projection of the same case (a lesion's footprint) into counts.
    """

    expected: Mapping[str, np.ndarray]
    counts_per_unit: float


def expose(projections: Mapping[str, np.ndarray], camera: PlanarCamera) -> Exposure:
    """Return the expected counts when the anterior view collects ``camera.total_counts``.

    ``projections`` are those of ``phantom.projector``, float32 (rows, columns) by view.  The
    posterior count follows from physics; the room adds the same counts per pixel to both.

    Raises
    ------
    SimulationError
        If no activity reaches the anterior view.
    """
    anterior = projections[ANTERIOR]
    total = float(anterior.sum(dtype=np.float64))
    if not total > 0:
        raise SimulationError(
            "the anterior view must receive activity to be scaled to "
            f"{camera.total_counts:g} counts, found a sum of {total:g}; "
            "check the activity and the shift of the body in the field"
        )
    scale = camera.total_counts * (1.0 - camera.background_share) / total
    background = np.float32(camera.total_counts * camera.background_share / anterior.size)
    expected = {view: np.float32(scale) * image + background for view, image in projections.items()}
    return Exposure(expected=expected, counts_per_unit=scale)


def acquire(expected: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return Poisson counts, float32 and of the shape of ``expected`` (counts per pixel)."""
    return rng.poisson(expected).astype(np.float32)


def _require(is_met: bool, name: str, requirement: str, found: object) -> None:
    if not is_met:
        raise SimulationError(
            f"{name} must be {requirement}, found {found}; correct the camera's parameters"
        )
