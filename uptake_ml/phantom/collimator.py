"""Parallel-hole collimators and the table of cameras they are mounted on."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from uptake_ml.errors import SimulationError
from uptake_ml.resources import data_path

# Lead at 140.5 keV: 2.37 cm2/g (NIST XCOM) x 11.35 g/cm3.
LEAD_MU_PER_MM = 2.69

_COLLIMATOR_KEYS = {
    "hole_mm": float,
    "septum_mm": float,
    "hole_length_mm": float,
    "source": list,
}
_CAMERA_KEYS = {
    "collimator": str,
    "intrinsic_fwhm_mm": float,
    "crystal_gap_mm": float,
    "pixel_mm": float,
    "rows": int,
    "columns": int,
    "source": list,
}


@dataclass(frozen=True, kw_only=True)
class Collimator:
    """A lead collimator of parallel holes: diameter, septum and length of a hole."""

    hole_mm: float
    septum_mm: float
    hole_length_mm: float

    def __post_init__(self) -> None:
        sizes = (self.hole_mm, self.septum_mm, self.hole_length_mm)
        if min(sizes) <= 0 or self.hole_length_mm <= 2 * self.hole_mm:
            raise SimulationError(
                "a collimator needs positive sizes and holes longer than twice their diameter, "
                f"found hole, septum, length = {sizes} mm; see data/cameras.toml for real ones"
            )

    @property
    def slope(self) -> float:
        """Return the growth of the FWHM per mm of distance, a = D / (L - 2 / mu_Pb)."""
        return self.hole_mm / (self.hole_length_mm - 2.0 / LEAD_MU_PER_MM)

    def fwhm_mm(self, distance_mm: float | np.ndarray) -> float | np.ndarray:
        """Return the geometric FWHM in mm, a d + D.

        ``distance_mm`` d is measured from the collimator's face to the source, plus the gap
        between collimator and crystal.
        """
        return self.slope * distance_mm + self.hole_mm


@dataclass(frozen=True, kw_only=True)
class CameraTable:
    """The checked content of ``data/cameras.toml``: collimators, cameras and sources by name."""

    collimators: Mapping[str, Collimator]
    cameras: Mapping[str, Mapping[str, Any]]
    sources: Mapping[str, str]


def load_camera_table(path: Path | None = None) -> CameraTable:
    """Return the collimators and cameras of a TOML table, ``data/cameras.toml`` by default.

    Raises
    ------
    SimulationError
        If a key is unknown, missing or of the wrong kind, or names what the table does not hold.
    """
    path = path or data_path("cameras.toml")
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    _check_names(path, "", table, ("source", "collimator", "camera"))
    sources = table["source"]
    for kind, keys in (("collimator", _COLLIMATOR_KEYS), ("camera", _CAMERA_KEYS)):
        for name, entry in table[kind].items():
            _check_entry(path, f"{kind}.{name}", entry, keys, sources)
    collimators = {
        name: Collimator(**{key: value for key, value in entry.items() if key != "source"})
        for name, entry in table["collimator"].items()
    }
    for name, entry in table["camera"].items():
        _check_member(path, f"camera.{name}.collimator", entry["collimator"], collimators)
    return CameraTable(collimators=collimators, cameras=table["camera"], sources=sources)


def _check_entry(path: Path, where: str, entry: Mapping, keys: Mapping, sources: Mapping) -> None:
    _check_names(path, where, entry, tuple(keys))
    for key, kind in keys.items():
        if type(entry[key]) is not kind:
            raise SimulationError(
                f"{path.name}: {where}.{key} must be of kind {kind.__name__}, "
                f"found {entry[key]!r}; correct the entry"
            )
    for source in entry["source"]:
        _check_member(path, f"{where}.source", source, sources)


def _check_names(path: Path, where: str, entry: Mapping, required: tuple[str, ...]) -> None:
    if set(entry) != set(required):
        raise SimulationError(
            f"{path.name}: [{where}] must hold exactly the keys {', '.join(sorted(required))}; "
            f"found {', '.join(sorted(entry))}; add what is missing, remove what is unknown"
        )


def _check_member(path: Path, where: str, name: str, known: Mapping) -> None:
    if name not in known:
        raise SimulationError(
            f"{path.name}: {where} must be one of {', '.join(sorted(known))}; found {name!r}"
        )
