"""The table of all features: each is registered beside the function that computes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import isnan
from typing import TYPE_CHECKING

from uptake_ml.study import MODALITIES

if TYPE_CHECKING:
    from uptake_ml.features.uptake import Uptake

HOTSPOT = "hotspot"
SYMMETRY = "symmetry"
DISTRIBUTION = "distribution"
INTENSITY = "intensity"
FAMILIES = (HOTSPOT, SYMMETRY, DISTRIBUTION, INTENSITY)

PIXEL_SIZE = "pixel size"
COUNTS = "counts"
POSITION = "position"
MIRROR = "mirroring"
WINDOW = "monotone windowing"
COMMON_INVARIANCES = (PIXEL_SIZE, COUNTS, POSITION, MIRROR)

OWN_DEFINITION = "defined here"


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One number that describes a study.

    ``range`` holds the least and the greatest value reported: what lies outside is moved to the
    nearer end.  ``invariances`` names what may change in the image without changing the value by
    more than ``tolerance`` (a share of the value) or ``resolution`` (in the unit), whichever is
    more.
    """

    id: str
    unit: str
    range: tuple[float, float]
    meaning: str
    formula: str
    source: str
    modalities: tuple[str, ...]
    invariances: tuple[str, ...]
    tolerance: float
    resolution: float
    compute: Callable[[Uptake], float] = field(repr=False, compare=False)

    def is_same(self, value: float, other: float) -> bool:
        """Return whether two values agree within tolerance or resolution; NaN agrees with NaN."""
        if isnan(value) or isnan(other):
            return isnan(value) and isnan(other)
        return abs(value - other) <= max(self.tolerance * abs(value), self.resolution)

    @property
    def family(self) -> str:
        """The part of ``id`` before the dot."""
        return self.id.partition(".")[0]

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise ValueError(f"a feature is named FAMILY.NAME with one of {FAMILIES}: {self.id!r}")
        if not self.range[0] < self.range[1]:
            raise ValueError(f"{self.id}: the range must rise, found {self.range}")


FEATURES: dict[str, Feature] = {}


def feature(
    id: str,
    *,
    range: tuple[float, float],
    meaning: str,
    formula: str,
    unit: str = "1",
    source: str = OWN_DEFINITION,
    modalities: tuple[str, ...] = MODALITIES,
    invariances: tuple[str, ...] = COMMON_INVARIANCES,
    tolerance: float = 0.05,
    resolution: float = 0.02,
) -> Callable[[Callable[[Uptake], float]], Callable[[Uptake], float]]:
    """Return a decorator that enters a function in ``FEATURES`` and leaves it as it is.

    Raises
    ------
    ValueError
        If ``id`` is taken, names no family, or ``range`` does not rise.
    """

    def register(compute: Callable[[Uptake], float]) -> Callable[[Uptake], float]:
        if id in FEATURES:
            raise ValueError(f"two features are named {id!r}: rename one")
        FEATURES[id] = Feature(
            id=id,
            unit=unit,
            range=range,
            meaning=meaning,
            formula=formula,
            source=source,
            modalities=modalities,
            invariances=invariances,
            tolerance=tolerance,
            resolution=resolution,
            compute=compute,
        )
        return compute

    return register
