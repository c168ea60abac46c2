"""Learning which raised places are lesions, from simulated studies and their lesion maps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from uptake_ml.errors import ModelError
from uptake_ml.features.descriptors import descriptors_of
from uptake_ml.features.judge import LesionJudge
from uptake_ml.pattern.boosting import BoostingSettings, learn_trees
from uptake_ml.study import Study

# Settings were compared on simulated cases that the chosen ones were not judged on.
_SETTINGS = BoostingSettings(
    rounds=300, rate=0.05, depth=4, share_of_rows=0.6, share_of_features=0.3, least_in_leaf=20
)
# A place is a lesion's when so much of it lies in the lesion's mask, or its peak so near to it.
_LEAST_OVERLAP = 0.15
_REACH_MM = 12.0
# SUV of a place in a volume over the lesion's own before noise: beside this the place shows
# something else that lies before or behind the lesion.  Parts of a lesion are colder than its peak.
_LEAST_OF_PEAK, _MOST_OF_PEAK = 0.75, 1.8


@dataclass(frozen=True, kw_only=True, eq=False)
class LesionRows:
    """Raised places of a study: ``descriptors`` (n, descriptors) and ``is_lesion`` (n,).

    Places that show a lesion too faint to be seen in their view are left out: they are neither.
    """

    modality: str
    descriptors: np.ndarray
    is_lesion: np.ndarray


def lesion_rows(
    study: Study,
    layouts: Mapping,
    lesion_maps: Mapping[str, np.ndarray],
    visible: Mapping[str, frozenset[int]],
    suv_peaks: Mapping[int, float] | None = None,
) -> LesionRows:
    """Return what a study teaches.

    Parameters
    ----------
    lesion_maps
        Numbers of the lesions at each pixel, by view; of the field of the study's views, in any
        number of pixels.
    visible
        The numbers of the lesions that can be seen, by view.
    suv_peaks
        The SUV of each lesion's peak by its number, where the places come from a volume.
    """
    from uptake_ml.features.hotspots import describe_suspects

    spots, descriptors = describe_suspects(study, layouts)
    numbers = np.array(
        [lesion_at(s, lesion_maps[s.view], study.views[s.view], suv_peaks) for s in spots],
        dtype=int,
    )
    is_lesion = np.array([n in visible[s.view] for n, s in zip(numbers, spots, strict=True)], bool)
    is_told = is_lesion | (numbers == 0)
    return LesionRows(
        modality=study.modality,
        descriptors=descriptors[is_told],
        is_lesion=is_lesion[is_told],
    )


def learn_judge(rows: Iterable[LesionRows], *, seed: int) -> LesionJudge:
    """Return the judge learnt from these studies; the same rows and seed give the same trees.

    Raises
    ------
    ModelError
        When there are too few places of either kind.
    """
    rows = list(rows)
    modalities = {r.modality for r in rows}
    if len(modalities) > 1:
        raise ModelError(f"one judge learns from one modality, found {sorted(modalities)}")
    descriptors = np.concatenate([r.descriptors for r in rows] or [np.empty((0, 0))])
    is_lesion = np.concatenate([r.is_lesion for r in rows] or [np.empty(0, bool)])
    if min(is_lesion.sum(), (~is_lesion).sum()) < 2:
        raise ModelError(
            f"learning what lesions look like needs some and some others, found "
            f"{int(is_lesion.sum())} among {len(is_lesion)} places: raise --n"
        )
    trees = learn_trees(descriptors, is_lesion, _SETTINGS, seed=seed)
    return LesionJudge(trees=trees, descriptors=descriptors_of(modalities.pop()))


def lesion_at(
    spot, lesion_map: np.ndarray, view, suv_peaks: Mapping[int, float] | None = None
) -> int:
    """Return the number of the lesion that a place shows, 0 for none, -1 where it is not told.

    In a volume a place may lie before or behind a lesion: one much hotter than the lesions there,
    whose ``suv_peaks`` are given by number, shows none of them.  One much colder may be a part of
    one.
    """
    if spot.plane is None or suv_peaks is None:
        return _shown(spot, lesion_map, view)
    apart = {
        number: np.log(max(spot.suv_max, 1e-3) / max(suv_peaks[number], 1e-3))
        for number in _all_shown(spot, lesion_map, view)
    }
    if not apart:
        return 0
    likest = min(apart, key=lambda number: (abs(apart[number]), number))
    if apart[likest] > np.log(_MOST_OF_PEAK):
        return 0
    return likest if apart[likest] >= np.log(_LEAST_OF_PEAK) else -1


def _all_shown(spot, lesion_map: np.ndarray, view) -> list[int]:
    """Return the numbers of all lesions that a place overlaps, or whose mask its peak is near."""
    overlapped = np.bincount(_under(spot, lesion_map, view), minlength=2)
    overlapped[0] = 0
    counts = np.bincount(_about(spot, lesion_map, view), minlength=2)
    counts[0] = 0
    found = np.flatnonzero(overlapped > _LEAST_OVERLAP * spot.mask.sum())
    return sorted({*found.tolist(), *np.flatnonzero(counts).tolist()})


def _shown(spot, lesion_map: np.ndarray, view) -> int:
    if number := _commonest(_under(spot, lesion_map, view), _LEAST_OVERLAP):
        return number
    near = _about(spot, lesion_map, view)
    return _commonest(near[near > 0], 0.0)


def _under(spot, lesion_map: np.ndarray, view) -> np.ndarray:
    """Return the lesion map at the pixels of a place's mask, shape (n,)."""
    scale = np.array(lesion_map.shape) / view.pixels.shape
    rows, cols = np.nonzero(spot.mask)
    rows = ((rows + spot.window[0].start + 0.5) * scale[0]).astype(int)
    cols = ((cols + spot.window[1].start + 0.5) * scale[1]).astype(int)
    return lesion_map[rows, cols]


def _about(spot, lesion_map: np.ndarray, view) -> np.ndarray:
    """Return the lesion map about the peak of a place, shape (n,)."""
    scale = np.array(lesion_map.shape) / view.pixels.shape
    row, col = (int((p + 0.5) * s) for p, s in zip((spot.row, spot.col), scale, strict=True))
    down, across = (
        int(np.ceil(_REACH_MM / mm * s)) for mm, s in zip(view.spacing_mm, scale, strict=True)
    )
    near = lesion_map[max(row - down, 0) : row + down + 1, max(col - across, 0) : col + across + 1]
    return near.ravel()


def _commonest(numbers: np.ndarray, least_share: float) -> int:
    counts = np.bincount(numbers.ravel(), minlength=2)
    counts[0] = 0
    best = int(counts.argmax())
    return best if counts[best] > least_share * numbers.size else 0
