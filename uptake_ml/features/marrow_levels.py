"""Features of red marrow in the FDG-PET volume, against the organs it is compared with.

Undefined where only a picture is known.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.features.registry import (
    COMMON_INVARIANCES,
    COUNTS,
    DISTRIBUTION,
    OWN_DEFINITION,
    feature,
)
from uptake_ml.study import FDG_PET

if TYPE_CHECKING:
    from uptake_ml.features.marrow import Marrow
    from uptake_ml.features.uptake import Uptake

_ZHOU = "after ratios used for diffuse marrow uptake: Zhou et al., J. Cancer 2018"
_ABSOLUTE = tuple(name for name in COMMON_INVARIANCES if name != COUNTS)


def _marrow(marrow: Marrow) -> float:
    """Return the SUV of the vertebral bodies, that of T6 to T12 and of T12 to L3 weighing alike."""
    parts = np.array([_lumbar(marrow), marrow.bone_suv("T6", "T12")])
    seen = parts[np.isfinite(parts)]
    return float(seen.mean()) if len(seen) else np.nan


def _lumbar(marrow: Marrow) -> float:
    return marrow.bone_suv("T12", "L3")


def _homogeneity(marrow: Marrow) -> float:
    levels = marrow.vertebral_suv
    return float(1 - levels.std() / levels.mean()) if len(levels) > 3 else np.nan


def _focus(marrow: Marrow) -> float:
    levels = marrow.vertebral_suv
    return float(levels.max() / np.median(levels)) if len(levels) > 3 else np.nan


# name -> unit, greatest value, meaning, formula, source, how it is computed
_LEVELS: dict[str, tuple[str, float, str, str, str, Callable[[Marrow], float]]] = {
    "marrow_suv": (
        "SUV",
        50,
        "lumbar spine, discs too",
        "mean over a core of 16 mm across and deep, from T12 to L3",
        OWN_DEFINITION,
        lambda m: m.mean_suv("T12", "L3"),
    ),
    "liver_suv": (
        "SUV",
        50,
        "liver",
        "mean over the 36 mm cube with the highest mean less 5 standard deviations",
        OWN_DEFINITION,
        lambda m: m.liver_suv,
    ),
    "marrow_to_liver": (
        "1",
        50,
        "marrow of the spine against the liver: above 1 if reactive or infiltrated",
        "0.8 quantile over the cores (vertebral bodies, not discs), mean of that of T6-T12 and "
        "that of T12-L3 / liver_suv",
        _ZHOU,
        lambda m: _marrow(m) / m.liver_suv,
    ),
    "marrow_to_blood": (
        "1",
        50,
        "marrow of the spine against blood in the aorta",
        "the same SUV of the spine / SUV in front of T6-T12",
        _ZHOU,
        lambda m: _marrow(m) / m.blood_suv,
    ),
    "marrow_to_spleen": (
        "1",
        50,
        "marrow of the spine against the spleen",
        "the same SUV of the spine / SUV of the spleen",
        _ZHOU,
        lambda m: _marrow(m) / m.spleen_suv,
    ),
    "spleen_to_liver_volume": (
        "1",
        50,
        "spleen against the liver, in the volume: raised with stimulated marrow",
        "SUV of the spleen / liver_suv",
        _ZHOU,
        lambda m: m.spleen_suv / m.liver_suv,
    ),
    "limb_to_axial_marrow": (
        "1",
        50,
        "upper shafts of the femora against the spine: expanded marrow reaches into the limbs",
        "SUV of the hottest 12 mm cube at three levels of the colder femur / that of the spine",
        _ZHOU,
        lambda m: m.limb_suv / _marrow(m),
    ),
    "vertebral_homogeneity": (
        "1",
        1,
        "how even the marrow is along the spine",
        "1 - coefficient of variation over stretches as long as a vertebra, C7 to sacrum",
        OWN_DEFINITION,
        _homogeneity,
    ),
    "vertebral_focus": (
        "1",
        50,
        "hottest vertebra against the middlemost",
        "greatest / median SUV of stretches as long as a vertebra, C7 to sacrum",
        OWN_DEFINITION,
        _focus,
    ),
    "lumbar_to_thoracic_marrow": (
        "1",
        50,
        "lumbar against thoracic marrow: irradiation and fat lower one of them",
        "0.8 quantile over the cores of T12-L3 / the same of T6-T12",
        OWN_DEFINITION,
        lambda m: _lumbar(m) / m.bone_suv("T6", "T12"),
    ),
}


def _of_volume(read: Callable[[Marrow], float]) -> Callable[[Uptake], float]:
    return lambda uptake: np.nan if uptake.marrow is None else read(uptake.marrow)


for _name, (_unit, _most, _meaning, _formula, _source, _read) in _LEVELS.items():
    feature(
        f"{DISTRIBUTION}.{_name}",
        unit=_unit,
        range=(0, _most),
        meaning=_meaning,
        formula=_formula,
        source=_source,
        modalities=(FDG_PET,),
        invariances=_ABSOLUTE if _unit == "SUV" else COMMON_INVARIANCES,
        # The aorta is a few voxels wide.
        tolerance=0.15 if _name == "marrow_to_blood" else 0.05,
    )(_of_volume(_read))
