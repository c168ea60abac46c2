"""What has learnt which raised places are lesions: boosted trees on descriptors of the places.

probability = 1 / (1 + exp(-score)), the score being that of ``uptake_ml.trees``
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from uptake_ml.errors import ModelError
from uptake_ml.features.descriptors import descriptors_of
from uptake_ml.study import MODALITIES
from uptake_ml.trees import ARRAYS, BoostedTrees

JUDGE_FILE = "hotspots.npz"


@dataclass(frozen=True, kw_only=True, eq=False)
class LesionJudge:
    """Trees of one output; ``descriptors`` names their features, as ``descriptors_of`` does."""

    trees: BoostedTrees
    descriptors: tuple[str, ...]

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
        return 1 / (1 + np.exp(-self.trees.scores(descriptors)[:, 0]))


def save_judge(judge: LesionJudge, folder: Path) -> None:
    """Write ``hotspots.npz`` to ``folder``."""
    arrays = {name: getattr(judge.trees, name)[:, 0] for name in ARRAYS}
    names = np.array(judge.descriptors)
    np.savez_compressed(folder / JUDGE_FILE, descriptors=names, depth=judge.trees.depth, **arrays)


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
            arrays = {name: stored[name][:, None] for name in ARRAYS}
            depth = int(stored["depth"])
    except (OSError, ValueError, LookupError, zipfile.BadZipFile) as error:
        raise ModelError(f"{JUDGE_FILE} of {folder.name!r} cannot be read: {error}") from error
    trees = BoostedTrees(**arrays, depth=depth, n_features=len(descriptors))
    return LesionJudge(trees=trees, descriptors=descriptors)
