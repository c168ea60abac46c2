"""The truth of a bone scan whose body tells neither landmarks, regions nor burden."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from uptake_ml.phantom.truth import (
    LesionTruth,
    Truth,
    ViewTruth,
    visible_label,
    visible_superimposed,
)


class NamedLesion(Protocol):
    """What is known of a lesion besides its image; ``disease`` as in ``data/diseases.toml``."""

    disease: str
    region: str
    side: str | None
    is_joint: bool


class Sighting(NamedTuple):
    """A lesion in one view: where it is, from pixel ``corner`` on, and how much it stands out."""

    mask: np.ndarray
    corner: tuple[int, int]
    contrast: float
    conspicuity: float


def number_masks(shape: tuple[int, int], sightings: Sequence[Sighting]) -> np.ndarray:
    """Return the number of the lesion at each pixel, uint8, 0 for none."""
    numbers = np.zeros(shape, np.uint8)
    for number, seen in enumerate(sightings, 1):
        rows, columns = (
            slice(start, start + n) for start, n in zip(seen.corner, seen.mask.shape, strict=True)
        )
        numbers[rows, columns][seen.mask] = number
    return numbers


def tell_truth(
    label: str,
    lesions: Sequence[NamedLesion],
    sightings: Mapping[str, Sequence[Sighting]],
    maps: Mapping[str, np.ndarray],
) -> Truth:
    """Return the truth of a case drawn as ``label``; by view, its lesions in turn and their map."""
    found = tuple(
        LesionTruth(
            number=number,
            disease=lesion.disease,
            region=lesion.region,
            side=lesion.side,
            is_joint=lesion.is_joint,
            radius_mm=math.nan,
            uptake=math.nan,
            place={},
            contrast={view: seen[number - 1].contrast for view, seen in sightings.items()},
            conspicuity={view: seen[number - 1].conspicuity for view, seen in sightings.items()},
        )
        for number, lesion in enumerate(lesions, 1)
    )
    seen_label = visible_label(label, found)
    return Truth(
        label=seen_label,
        drawn_label=label,
        diseases=tuple(dict.fromkeys(lesion.disease for lesion in lesions)),
        burden=math.nan,
        lesions=found,
        views={
            view: ViewTruth(find_regions=_no_regions, landmarks={}, lesion_map=numbers)
            for view, numbers in maps.items()
        },
        superimposed=visible_superimposed(seen_label, found),
    )


def _no_regions() -> np.ndarray:
    raise NotImplementedError("this body does not tell its regions")
