"""The truth of a bone scan whose body tells neither regions nor burden."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from uptake_ml.phantom.truth import (
    VISIBLE_CONSPICUITY,
    VISIBLE_CONTRAST,
    LesionTruth,
    Truth,
    ViewTruth,
    stand_out,
    visible_label,
    visible_superimposed,
)
from uptake_ml.study import ANTERIOR, POSTERIOR

# A landmark by its name and the patient's side: a place in space, or (row, column) of a view.
Key = tuple[str, str | None]
Landmarks = Mapping[Key, tuple[float, float] | None]


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


NOTHING = Sighting(np.zeros((0, 0), bool), (0, 0), 0.0, 0.0)


def see_scanned(
    counts: np.ndarray,
    corner: tuple[int, int],
    total: np.ndarray,
    scanned_rows: tuple[int, int],
    share: float,
) -> Sighting:
    """Return a lesion in a view, as far as its rows were scanned.

    ``counts`` are its own, from pixel ``corner`` of the image on, ``total`` all that are expected;
    its mask is what reaches ``share`` of its peak.
    """
    down, across = counts.shape
    rows = corner[0] + np.arange(down)
    is_scanned = (rows >= scanned_rows[0]) & (rows < scanned_rows[1])
    own = np.where(is_scanned[:, None], counts, 0)
    under = total[corner[0] : corner[0] + down, corner[1] : corner[1] + across]
    mask, contrast, conspicuity = stand_out(own, under, share)
    return Sighting(mask, corner, contrast, conspicuity)


def join(whole: Sighting, pieces: Sequence[Sighting]) -> Sighting:
    """Return a lesion of several pieces, which stands out as much as the best of its pieces.

    Its mask also holds what reaches half of the peak of every piece that stands out by itself:
    beside the hottest finger joint a fainter one may still be seen.
    """
    mask = whole.mask.copy()
    for piece in pieces:
        if _stands_out(piece) >= 1:
            place = tuple(
                slice(a - b, a - b + n)
                for a, b, n in zip(piece.corner, whole.corner, piece.mask.shape, strict=True)
            )
            mask[place] |= piece.mask
    best = max((whole, *pieces), key=_stands_out)
    return Sighting(mask, whole.corner, best.contrast, best.conspicuity)


def _stands_out(seen: Sighting) -> float:
    return min(seen.contrast / VISIBLE_CONTRAST, seen.conspicuity / VISIBLE_CONSPICUITY)


def number_masks(shape: tuple[int, int], sightings: Sequence[Sighting]) -> np.ndarray:
    """Return the number of the lesion at each pixel, uint8, 0 for none."""
    numbers = np.zeros(shape, np.uint8)
    for number, seen in enumerate(sightings, 1):
        rows, columns = (
            slice(start, start + n) for start, n in zip(seen.corner, seen.mask.shape, strict=True)
        )
        numbers[rows, columns][seen.mask] = number
    return numbers


def map_lesions(
    shape: tuple[int, int], sightings: Mapping[str, Sequence[Sighting]]
) -> dict[str, np.ndarray]:
    """Return the numbers of the lesions at each pixel by view, as the cameras show them.

    Sightings are as the patient lies: the posterior view is their mirror image.
    """
    maps = {view: number_masks(shape, seen) for view, seen in sightings.items()}
    maps[POSTERIOR] = maps[POSTERIOR][:, ::-1].copy()
    return maps


def middle_of(points: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the middle of a bone, given points (n, axes) inside it and the volume of each."""
    return weights @ points / weights.sum()


def end_of(points: np.ndarray, weights: np.ndarray, height: np.ndarray, share: float) -> np.ndarray:
    """Return the middle of that share of a bone's volume where ``height`` (n,) is greatest."""
    order = np.argsort(-height)
    below = np.cumsum(weights[order])
    last = int(np.searchsorted(below, share * below[-1])) + 1
    return middle_of(points[order[:last]], weights[order[:last]])


def place_landmarks(
    anterior: Mapping[Key, tuple[float, float]],
    shape: tuple[int, int],
    scanned_rows: tuple[int, int],
) -> dict[str, dict[Key, tuple[float, float] | None]]:
    """Return (row, column) of every landmark by view, None where it lies outside the scan.

    ``anterior`` are those of the anterior view; the posterior one of this shape is its mirror.
    """
    first, stop = scanned_rows

    def seen(row: float, column: float) -> tuple[float, float] | None:
        is_inside = first <= row < stop and 0 <= column < shape[1]
        return (float(row), float(column)) if is_inside else None

    return {
        ANTERIOR: {key: seen(row, column) for key, (row, column) in anterior.items()},
        POSTERIOR: {
            key: seen(row, shape[1] - 1 - column) for key, (row, column) in anterior.items()
        },
    }


def scanned_truth(
    label: str,
    lesions: Sequence[NamedLesion],
    sightings: Mapping[str, Sequence[Sighting]],
    anterior: Mapping[Key, tuple[float, float]],
    shape: tuple[int, int],
    scanned_rows: tuple[int, int],
) -> Truth:
    """Return the truth of a case drawn as ``label``, its views of this shape.

    ``sightings`` are those of its lesions in turn, by view and as the patient lies, ``anterior``
    the landmarks of the anterior view.
    """
    landmarks = place_landmarks(anterior, shape, scanned_rows)
    return tell_truth(label, lesions, sightings, map_lesions(shape, sightings), landmarks)


def tell_truth(
    label: str,
    lesions: Sequence[NamedLesion],
    sightings: Mapping[str, Sequence[Sighting]],
    maps: Mapping[str, np.ndarray],
    landmarks: Mapping[str, Landmarks],
) -> Truth:
    """Return the truth of a case drawn as ``label``.

    By view: its lesions in turn, the map of their numbers, and the landmarks.
    """
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
            view: ViewTruth(find_regions=no_regions, landmarks=landmarks[view], lesion_map=numbers)
            for view, numbers in maps.items()
        },
        superimposed=visible_superimposed(seen_label, found),
    )


def no_regions() -> np.ndarray:
    """Stand where a view's truth tells its regions; raises NotImplementedError when asked."""
    raise NotImplementedError("this body does not tell its regions")
