"""The tables the phantom is built from, read strictly: an unknown key is an error."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from uptake_ml.errors import SimulationError
from uptake_ml.resources import data_path


@dataclass(frozen=True, kw_only=True)
class Uptake:
    """One row: median, spread of the logarithm, and for bones how cortex and ends differ."""

    value: float
    spread: float
    source: str
    core: float = 1.0
    ends: float = 0.0


@functools.cache
def load_uptake() -> Mapping[str, Mapping[str, Uptake]]:
    """Return the uptake table: group (soft, bone, joint) to tissue to row."""
    table = read_table("uptake.toml")
    sources = table.pop("sources")
    _refuse_unknown("uptake.toml", table, {"soft", "bone", "joint"})
    rows = {}
    for group, entries in table.items():
        rows[group] = {name: _row(f"{group}.{name}", entry) for name, entry in entries.items()}
        for name, row in rows[group].items():
            if row.source not in sources:
                raise SimulationError(
                    f"data/uptake.toml: {group}.{name} cites {row.source!r}, which is not among "
                    f"its [sources]: {', '.join(sources)}"
                )
    return rows


_COMMON_KEYS = {"label", "weight", "source"}
_KINDS = {
    "joints": {"uptake", "between_sides", "least_pairs", "joints"},
    "axial_factor": {
        "axial_factor", "limb_factor", "skull_factor", "between_bones", "texture", "soft",
        "kidney", "beading",
    },
    "limbs": {"uptake", "radius_mm", "limbs"},
    "sites": {"uptake", "radius_mm", "sites"},
}  # fmt: skip
_OPTIONAL_KEYS = {
    "joints": {"symmetry", "spine"},
    "axial_factor": set(),
    "limbs": set(),
    "sites": {
        "count", "places", "along", "halo", "stripe_mm", "one_side", "rib_row", "skeleton",
    },
}  # fmt: skip
_OPTIONAL_OF_ALL = {"sex", "age", "companions"}


def disease_kind(entry: Mapping) -> str:
    """Return the key that tells the kind: joints, axial_factor (of the skeleton), limbs, sites."""
    return next((key for key in _KINDS if key in entry), "sites")


@functools.cache
def load_diseases() -> Mapping[str, Mapping]:
    """Return the disease table by name; each entry is of one of the kinds of ``disease_kind``."""
    table = read_table("diseases.toml")
    sources = table.pop("sources")
    for name, entry in table.items():
        kind = disease_kind(entry)
        needed = _COMMON_KEYS | _KINDS[kind]
        _refuse_unknown(
            f"diseases.toml: {name}", entry, needed | _OPTIONAL_KEYS[kind] | _OPTIONAL_OF_ALL
        )
        if missing := needed - set(entry):
            raise SimulationError(f"data/diseases.toml: {name} lacks {', '.join(sorted(missing))}")
        if unknown := set(entry["source"]) - set(sources):
            raise SimulationError(f"data/diseases.toml: {name} cites unknown {sorted(unknown)}")
        if unknown := set(entry.get("companions", ())) - set(table):
            raise SimulationError(
                f"data/diseases.toml: {name} comes with unknown {sorted(unknown)}"
            )
    return table


def read_table(name: str) -> dict:
    """Return a TOML file of the project's ``data/`` as it stands."""
    with data_path(name).open("rb") as file:
        return tomllib.load(file)


def _row(where: str, entry: Mapping) -> Uptake:
    _refuse_unknown(f"uptake.toml: {where}", entry, {"value", "spread", "source", "core", "ends"})
    return Uptake(**entry)


def _refuse_unknown(where: str, entry: Mapping, known: set[str]) -> None:
    if unknown := set(entry) - known:
        raise SimulationError(
            f"data/{where}: unknown key {', '.join(sorted(unknown))}; known: "
            f"{', '.join(sorted(known))}"
        )
