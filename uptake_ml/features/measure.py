"""All features of a study in one go."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

# Importing a family enters its features in the registry.
from uptake_ml.features import (  # noqa: F401
    burden,
    distribution,
    evenness,
    intensity,
    limbs,
    marrow_levels,
    suspicion,
    symmetry,
)
from uptake_ml.features.hotspots import HotSpot
from uptake_ml.features.registry import FEATURES, Feature
from uptake_ml.features.uptake import Uptake, ViewUptake, gather_uptake
from uptake_ml.study import Study

if TYPE_CHECKING:
    from uptake_ml.atlas.records import Layout


def measure(
    study: Study,
    layouts: Mapping[str, Layout],
    hot_spots: tuple[HotSpot, ...],
    suspects: tuple[HotSpot, ...] | None = None,
    views: Mapping[str, ViewUptake] | None = None,
) -> dict[str, float]:
    """Return the value of each feature of the study's modality, by id, in the registry's order.

    ``suspects`` are all raised places, the hot spots among them; None stands for the hot spots.
    ``views`` is what ``view_uptakes`` returns for this study, None to find it here.

    NaN where a feature is undefined in this study, for example because a part of the body is not
    in the image; all of them where no body was found.  Every other value lies within its range.

    Raises
    ------
    ValueError
        If no view has a layout, or a layout does not fit its view.
    """
    uptake = gather_uptake(study, layouts, hot_spots, suspects, views)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            id: _value(feature, uptake)
            for id, feature in FEATURES.items()
            if study.modality in feature.modalities
        }


def _value(feature: Feature, uptake: Uptake) -> float:
    value = float(feature.compute(uptake)) if uptake.views else float("nan")
    least, most = feature.range
    return float(min(max(value, least), most)) if math.isfinite(value) else float("nan")
