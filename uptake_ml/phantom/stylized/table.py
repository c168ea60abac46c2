"""The numbers of the stylized body, read from ``data/stylized.toml``."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np

from uptake_ml.errors import SimulationError
from uptake_ml.phantom.tables import read_table


@functools.cache
def load_stylized() -> Mapping[str, Mapping]:
    """Return the groups of the table.

    Raises
    ------
    SimulationError
        If a group cites no known source.
    """
    table = read_table("stylized.toml")
    sources = table.pop("sources")
    for group, entries in table.items():
        if entries.pop("source", None) not in sources:
            raise SimulationError(f"data/stylized.toml: [{group}] cites no source of [sources]")
    return table


def draw_even(rng: np.random.Generator, group: str, name: str) -> float:
    """Draw evenly from a range of the table."""
    return float(rng.uniform(*load_stylized()[group][name]))
