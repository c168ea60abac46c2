"""Learning which raised places are lesions, from simulated studies and their lesion maps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from uptake_ml.errors import ModelError
from uptake_ml.features.descriptors import descriptors_of
from uptake_ml.features.judge import LesionJudge
from uptake_ml.study import Study

# Settings were compared on simulated cases that the chosen ones were not judged on.
_TREES, _RATE, _DEPTH = 300, 0.05, 4
_SHARE_OF_ROWS, _SHARE_OF_DESCRIPTORS, _LEAST_IN_LEAF = 0.6, 0.3, 20
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
    from sklearn.ensemble import GradientBoostingClassifier

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
    machine = GradientBoostingClassifier(
        n_estimators=_TREES, learning_rate=_RATE, max_depth=_DEPTH, subsample=_SHARE_OF_ROWS,
        max_features=_SHARE_OF_DESCRIPTORS, min_samples_leaf=_LEAST_IN_LEAF, init="zero",
        random_state=seed,
    ).fit(descriptors, is_lesion)  # fmt: skip
    names = descriptors_of(modalities.pop())
    return _to_arrays([each.tree_ for each in machine.estimators_[:, 0]], names)


def _to_arrays(trees: list, descriptors: tuple[str, ...]) -> LesionJudge:
    n_nodes = max(tree.node_count for tree in trees)
    shape = (len(trees), n_nodes)
    feature, left, right = (np.full(shape, -1, np.int16) for _ in range(3))
    threshold, value = np.zeros(shape, np.float64), np.zeros(shape, np.float32)
    for i, tree in enumerate(trees):
        own = slice(0, tree.node_count)
        feature[i, own] = np.maximum(tree.feature, -1)
        left[i, own], right[i, own] = tree.children_left, tree.children_right
        threshold[i, own] = tree.threshold
        value[i, own] = _RATE * tree.value[:, 0, 0]
    return LesionJudge(
        feature=feature, threshold=threshold, left=left, right=right, value=value, depth=_DEPTH,
        descriptors=descriptors,
    )  # fmt: skip


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
