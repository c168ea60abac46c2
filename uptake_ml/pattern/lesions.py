"""Learning which raised places are lesions, from simulated studies and their lesion maps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.errors import ModelError
from uptake_ml.features.descriptors import descriptors_of
from uptake_ml.features.judge import LesionJudge
from uptake_ml.pattern.boosting import BoostingSettings, learn_trees
from uptake_ml.study import LABELS, Study

if TYPE_CHECKING:
    from uptake_ml.phantom.fdg_truth import Footprint

# Settings were compared on simulated cases that the chosen ones were not judged on.
_SETTINGS = BoostingSettings(
    rounds=300, rate=0.05, depth=6, share_of_rows=0.6, share_of_features=0.3, least_in_leaf=20
)
# A place is a lesion's when so much of it lies in the lesion's mask, or its peak so near to it.
_LEAST_OVERLAP = 0.15
_REACH_MM = 12.0
# In a volume: a peak so near to a lesion's footprint (what reaches half of its peak) shows the
# lesion, one beyond the second distance does not; in between nobody could tell.
_SHOWN_MM, _APART_MM = 8.0, 16.0
# A place whose SUV is so many times that of the lesion's peak before noise is something else.
_MOST_OF_PEAK = 1.8
# A lesion is covered by a hot spot that holds this share of it in the projection, at its depth.
_COVERED = 0.5
# Labels are learnt from places judged by what has not seen them: a case belongs to one fold.
JUDGE_FOLDS = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class LesionRows:
    """Raised places of a study: ``descriptors`` (n, descriptors) and ``is_lesion`` (n,).

    Places that show a lesion too faint to be seen in their view are left out: they are neither.
    """

    modality: str
    descriptors: np.ndarray
    is_lesion: np.ndarray


def fold_of(modality: str, k: int) -> int:
    """Return the fold of case ``k``; cases of every label and body are in every fold."""
    return k // len(LABELS[modality]) % JUDGE_FOLDS


def judge_folder(folds: Path, fold: int) -> Path:
    """Return where the judge lies that has not seen the cases of a fold."""
    return folds / f"without-{fold}"


def lesion_rows(
    study: Study,
    layouts: Mapping,
    lesion_maps: Mapping[str, np.ndarray],
    visible: Mapping[str, frozenset[int]],
    footprints: Mapping[int, Footprint] | None = None,
) -> LesionRows:
    """Return what a study teaches.

    Parameters
    ----------
    lesion_maps
        Numbers of the lesions at each pixel, by view; of the field of the study's views, in any
        number of pixels.
    visible
        The numbers of the lesions that can be seen, by view.
    footprints
        Where each lesion lies in the volume, by its number; None without a volume.
    """
    from uptake_ml.features.hotspots import describe_suspects

    spots, descriptors = describe_suspects(study, layouts)
    numbers = np.array(
        [lesion_at(s, lesion_maps[s.view], study.views[s.view], footprints) for s in spots],
        dtype=int,
    )
    is_lesion = np.array([n in visible[s.view] for n, s in zip(numbers, spots, strict=True)], bool)
    is_told = is_lesion | (numbers == 0)
    return LesionRows(
        modality=study.modality,
        descriptors=descriptors[is_told],
        is_lesion=is_lesion[is_told],
    )


def learn_judge(rows: Iterable[LesionRows], seed: int) -> LesionJudge:
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
    spot, lesion_map: np.ndarray, view, footprints: Mapping[int, Footprint] | None = None
) -> int:
    """Return the number of the lesion that a place shows, 0 for none, -1 where it is not told.

    A place of a volume shows the lesion whose footprint its peak lies in or beside, not what a
    projection has before or behind it.  One much hotter than the lesion beside it shows something
    else, as does one far from all.
    """
    if spot.plane is None or footprints is None:
        return _shown(spot, lesion_map, view)
    place = (spot.plane, spot.row, spot.col)
    away_mm = {number: f.distance_mm(place) for number, f in footprints.items()}
    # Of lesions that overlap there, the place shows the hottest.
    nearest = min(away_mm, key=lambda n: (away_mm[n], -footprints[n].suv_peak, n), default=0)
    if not nearest or away_mm[nearest] > _APART_MM:
        return 0
    if spot.suv_max > _MOST_OF_PEAK * footprints[nearest].suv_peak:
        return 0
    return nearest if away_mm[nearest] <= _SHOWN_MM else -1


def lesions_covered(
    spot, lesion_map: np.ndarray, footprints: Mapping[int, Footprint] | None = None
) -> list[int]:
    """Return the numbers of the lesions that a hot spot's mask holds: neighbours are often one.

    ``lesion_map`` has the pixels of the spot's view.
    """
    if spot.plane is None or footprints is None:
        inside = np.bincount(lesion_map[spot.window][spot.mask], minlength=256)
        whole = np.bincount(lesion_map.ravel(), minlength=256)
        shown = inside >= np.maximum(_COVERED * whole, 1)
        return [int(n) for n in np.flatnonzero(shown) if n]
    mask = spot.full_mask(lesion_map.shape)
    return [number for number, f in footprints.items() if _is_covered(spot, mask, f)]


def _is_covered(spot, mask: np.ndarray, footprint: Footprint) -> bool:
    """Return whether a mask of the projection holds a footprint that is about as deep."""
    planes, rows, cols = footprint.places.T
    plane_mm, row_mm, col_mm = footprint.spacing_mm
    gap_mm = max(planes.min() - spot.plane, spot.plane - planes.max(), 0.0) * plane_mm
    # A spot is taken to be as deep as a ball of its area.
    depth_mm = np.sqrt(mask.sum() * row_mm * col_mm / np.pi)
    return bool(mask[rows, cols].mean() >= _COVERED and gap_mm <= depth_mm)


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
