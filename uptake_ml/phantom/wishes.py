"""What drawing shares between the tracers: the check of wishes, and a bounded spread."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from uptake_ml.errors import SimulationError
from uptake_ml.study import LABELS


def check_wishes(
    modality: str, label: str | None, disease: str | None, diseases: Mapping[str, Mapping]
) -> None:
    """Check that label and disease exist for the modality and agree.

    Raises
    ------
    SimulationError
        If they do not.
    """
    labels = LABELS[modality]
    if label is not None and label not in labels:
        raise SimulationError(f"label must be one of {', '.join(labels)}, found {label!r}")
    if disease is not None and disease not in diseases:
        raise SimulationError(f"disease must be one of {', '.join(diseases)}, found {disease!r}")
    if disease is not None and label not in (None, diseases[disease]["label"]):
        raise SimulationError(
            f"{disease} shows the pattern {diseases[disease]['label']}, not {label}: "
            "leave one of the two out"
        )


def spread(rng: np.random.Generator, sd: float) -> float:
    """Return a factor about 1, log-normal with ``sd`` and cut at 2.5 of it; 1 without spread."""
    return float(np.exp(np.clip(rng.normal(0, sd), -2.5 * sd, 2.5 * sd))) if sd > 0 else 1.0
