"""What has learnt which raised places are lesions: boosted trees, kept as plain arrays.

score = sum over trees of the value of the leaf a place falls into; probability = 1 / (1 + e^-score)
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from uptake_ml.errors import ModelError
from uptake_ml.features.descriptors import descriptors_of
from uptake_ml.study import MODALITIES

JUDGE_FILE = "hotspots.npz"
_ARRAYS = ("feature", "threshold", "left", "right", "value")
_MOST_NODES = 2_000_000


@dataclass(frozen=True, kw_only=True, eq=False)
class LesionJudge:
    """Trees of shape (trees, nodes): node 0 is the root, a leaf has ``feature`` -1.

    ``descriptors`` names what ``feature`` counts through, as ``descriptors_of`` a modality does.
    A place goes ``left`` where its descriptor is at most ``threshold``, otherwise ``right``;
    ``value`` (log-odds) counts at leaves.  ``depth`` is the greatest number of questions asked.
    """

    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    depth: int
    descriptors: tuple[str, ...]

    def __post_init__(self) -> None:
        shape = self.feature.shape
        if any(getattr(self, name).shape != shape for name in _ARRAYS) or len(shape) != 2:
            raise ModelError(f"the trees of {JUDGE_FILE} differ in shape: install the model again")
        nodes = np.arange(shape[1])
        is_inner = self.feature >= 0
        children = np.stack([self.left, self.right])
        # Children come after their parent: no walk is endless, none leaves the tree.
        if (
            self.feature.max(initial=-1) >= len(self.descriptors)
            or ((children <= nodes) & is_inner).any()
            or ((children >= shape[1]) & is_inner).any()
            or not 0 <= self.depth <= shape[1]
        ):
            raise ModelError(f"a tree of {JUDGE_FILE} points outside itself: do not use this model")

    def probability(self, descriptors: np.ndarray) -> np.ndarray:
        """Return the probability of being a lesion, shape (n,), of descriptors (n, descriptors).

        Raises
        ------
        ModelError
            When these are not the descriptors of the modality that was learnt.
        """
        if descriptors.shape[1] != len(self.descriptors):
            raise ModelError(
                f"{JUDGE_FILE} was made for {len(self.descriptors)} descriptors of a place, found "
                f"{descriptors.shape[1]}: use the model of the study's own modality"
            )
        trees = np.arange(len(self.feature))
        cases = np.arange(len(descriptors))[:, None]
        node = np.zeros((len(descriptors), len(trees)), np.int64)
        for _ in range(self.depth):
            feature = self.feature[trees, node]
            is_left = descriptors[cases, np.maximum(feature, 0)] <= self.threshold[trees, node]
            child = np.where(is_left, self.left[trees, node], self.right[trees, node])
            node = np.where(feature >= 0, child, node)
        score = self.value[trees, node].sum(axis=1, dtype=np.float64)
        return 1 / (1 + np.exp(-score))


def save_judge(judge: LesionJudge, folder: Path) -> None:
    """Write ``hotspots.npz`` to ``folder``."""
    arrays = {name: getattr(judge, name) for name in _ARRAYS}
    np.savez_compressed(
        folder / JUDGE_FILE, descriptors=np.array(judge.descriptors), depth=judge.depth, **arrays
    )


def load_judge(folder: Path) -> LesionJudge | None:
    """Return the judge stored in ``folder``, None where there is none.

    Raises
    ------
    ModelError
        When the file is damaged, forged, or made for other descriptors.
    """
    path = folder / JUDGE_FILE
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as stored:
            descriptors = tuple(stored["descriptors"].tolist())
            if descriptors not in [descriptors_of(modality) for modality in MODALITIES]:
                raise ModelError(
                    f"{JUDGE_FILE} of {folder.name!r} was made for other descriptors than this "
                    "version measures: train the model again"
                )
            arrays = {name: stored[name] for name in _ARRAYS}
            depth = int(stored["depth"])
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ModelError(f"{JUDGE_FILE} of {folder.name!r} cannot be read: {error}") from error
    if any(a.dtype.kind not in "if" or a.size > _MOST_NODES for a in arrays.values()):
        raise ModelError(f"{JUDGE_FILE} of {folder.name!r} does not hold trees: install it again")
    return LesionJudge(**arrays, depth=depth, descriptors=descriptors)
