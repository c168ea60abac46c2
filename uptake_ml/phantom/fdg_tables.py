"""The tables of FDG uptake and disease, read strictly: an unknown key is an error."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping

from uptake_ml.errors import SimulationError
from uptake_ml.resources import data_path

_SOFT_KEYS = {"value", "spread", "range", "source"}
_VARIANT_KEYS = {"chance", "value", "spread", "source"}
_PART_KEYS = {"cellularity", "spread", "cortex_mm"}
_MARROW_KEYS = {
    "at_45_years",
    "per_year",
    "spread",
    "range",
    "yellow_suv",
    "cortex_suv",
    "source",
    "part",
}
_SINGLE_KEYS = {
    "ureter": {
        "one_sided",
        "more_segments",
        "at_iliac_vessels",
        "beads",
        "length_mm",
        "radius_mm",
        "bends_mm",
        "spread",
        "range",
        "source",
    },
    "stasis": {"chance", "size", "factor", "source"},
    "unusual": {"share", "tissue", "steady", "bone", "joint", "body", "source"},
}


@functools.cache
def load_fdg_uptake() -> Mapping[str, Mapping]:
    """Return ``data/fdg_uptake.toml``: soft, marrow, variant, ureter, stasis and unusual, checked.

    Raises SimulationError if an entry lacks a key, has an unknown one or cites an unknown source.
    """
    table = _read("fdg_uptake.toml")
    sources = table.pop("sources")
    for group, keys in (("soft", _SOFT_KEYS), ("variant", _VARIANT_KEYS)):
        for name, row in table[group].items():
            _check("fdg_uptake.toml", f"{group}.{name}", row, keys, sources)
    _check("fdg_uptake.toml", "marrow", table["marrow"], _MARROW_KEYS, sources)
    for name, keys in _SINGLE_KEYS.items():
        _check("fdg_uptake.toml", name, table[name], keys, sources)
    for name, row in table["marrow"]["part"].items():
        _check("fdg_uptake.toml", f"marrow.part.{name}", row, _PART_KEYS, sources)
    return table


def _read(name: str) -> dict:
    with data_path(name).open("rb") as file:
        return tomllib.load(file)


def _check(file: str, where: str, row: Mapping, keys: set[str], sources: Mapping) -> None:
    if wrong := keys ^ set(row):
        raise SimulationError(
            f"data/{file}: {where} lacks or should not have {', '.join(sorted(wrong))}"
        )
    cited = row.get("source", [])
    cited = [cited] if isinstance(cited, str) else cited
    if unknown := set(cited) - set(sources):
        raise SimulationError(f"data/{file}: {where} cites unknown {sorted(unknown)}")


_COMMON_KEYS = {"label", "weight", "source"}
_DISEASE_KEYS = {
    "marrow-diffuse": {
        "ratio",
        "limb",
        "reach",
        "spleen",
        "spleen_size",
        "texture",
        "between_bones",
        "foci",
        "foci_chance",
    },
    "focal": {"suv", "radius_mm", "count", "cluster", "core", "sites"},
    "joint-symmetric": {
        "suv",
        "between_sides",
        "core",
        "least_pairs",
        "legs",
        "joints",
        "extras",
    },
}
_OPTIONAL_KEYS = {"focal": {"first", "marrow"}}


@functools.cache
def load_fdg_diseases() -> Mapping[str, Mapping]:
    """Return the diseases of ``data/fdg_diseases.toml`` by name, each checked by its label.

    Raises SimulationError if an entry lacks a key, has an unknown one or cites an unknown source.
    """
    table = _read("fdg_diseases.toml")
    sources = table.pop("sources")
    for group in _PLACES:
        table.pop(group)
    for name, row in table.items():
        label = row.get("label")
        if label not in _DISEASE_KEYS:
            raise SimulationError(f"data/fdg_diseases.toml: {name} has the label {label!r}")
        optional = _OPTIONAL_KEYS.get(label, set())
        keys = _COMMON_KEYS | _DISEASE_KEYS[label] | (optional & set(row))
        _check("fdg_diseases.toml", name, row, keys, sources)
    return table


_PLACES = ("station", "joint_radius_mm")


@functools.cache
def load_fdg_places() -> Mapping[str, Mapping]:
    """Return where foci lie (``station``) and how large joints are (``joint_radius_mm``)."""
    table = _read("fdg_diseases.toml")
    for name, row in table["station"].items():
        _check("fdg_diseases.toml", f"station.{name}", row, {"at", "scatter", "paired"}, {})
    return {group: table[group] for group in _PLACES}
