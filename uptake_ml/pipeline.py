"""From a study to its finding: the one function a newcomer reads first.

study -> atlas (where things are) -> hot spots and features (what is there)
      -> pattern (label, probability, set, typicality) -> knowledge (what it can mean) -> finding
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from uptake_ml.errors import ModelError
from uptake_ml.resources import models_path

if TYPE_CHECKING:
    from uptake_ml.atlas import Atlas, Layout
    from uptake_ml.features import HotSpot
    from uptake_ml.features.judge import LesionJudge
    from uptake_ml.knowledge import Knowledge
    from uptake_ml.knowledge.context import Context
    from uptake_ml.pattern.model import PatternModel, Rival
    from uptake_ml.study import Study


@dataclass(frozen=True, kw_only=True, eq=False)
class Models:
    """Everything learned or written down that a modality needs, loaded once.

    ``judge`` tells lesions from what normal subjects show; None leaves that to fixed limits.
    ``sha256`` is that of the model's ``provenance.json``, which records the hash of every file.
    """

    atlas: Atlas
    judge: LesionJudge | None
    pattern: PatternModel
    knowledge: Knowledge
    name: str
    sha256: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Analysis:
    """A finding, and what it was seen in; the latter is None where nothing could be read."""

    finding: dict
    study: Study | None
    layouts: Mapping[str, Layout] | None
    hot_spots: tuple[HotSpot, ...] | None


def load_models(modality: str) -> Models:
    """Return the models of a modality, each file checked against its recorded hash.

    Raises
    ------
    ModelError
        When there is no model for the modality, or it cannot be trusted.
    """
    from uptake_ml.atlas import load_atlas
    from uptake_ml.features.judge import load_judge
    from uptake_ml.knowledge import load_knowledge
    from uptake_ml.pattern.store import PROVENANCE_FILE, load_model

    folder = models_path(modality)
    if not folder.is_dir():
        raise ModelError(
            f"no model for {modality} is installed: this release classifies "
            f"{', '.join(available_modalities()) or 'nothing'}"
        )
    pattern = load_model(folder)
    return Models(
        atlas=load_atlas(folder),
        judge=load_judge(folder),
        pattern=pattern,
        knowledge=load_knowledge(),
        name=modality,
        sha256=hashlib.sha256((folder / PROVENANCE_FILE).read_bytes()).hexdigest(),
    )


def available_modalities() -> tuple[str, ...]:
    """Return the modalities a model is installed for."""
    from uptake_ml.study import MODALITIES

    return tuple(m for m in MODALITIES if models_path(m).is_dir())


def analyse(study: Study, *, models: Models, context: Context | None = None) -> Analysis:
    """Return the finding of a study, with the layout and hot spots it rests on."""
    from threadpoolctl import threadpool_limits

    # Sums in another order round otherwise: one thread gives the same finding on any machine.
    with threadpool_limits(1):
        return _analyse(study, models, context)


def _analyse(study: Study, models: Models, context: Context | None) -> Analysis:
    from uptake_ml.atlas import locate
    from uptake_ml.features import find_suspects, keep_clear, measure, view_uptakes
    from uptake_ml.knowledge import cautions_for, next_steps_for, rank
    from uptake_ml.provenance import record_provenance
    from uptake_ml.report.finding import add_knowledge, build_finding

    layouts = locate(study, models.atlas)
    views = view_uptakes(study, layouts)
    suspects = find_suspects(study, layouts, models.judge, views=views)
    hot_spots = keep_clear(suspects)
    features = measure(study, layouts, hot_spots, suspects, views)
    confidence = _mean_confidence(layouts.values())
    finding = build_finding(
        study=study,
        verdict=models.pattern.classify(
            features, landmark_confidence=confidence, rival=_find_rival(study, layouts)
        ),
        layouts=layouts,
        hot_spots=hot_spots,
        features=features,
        provenance=record_provenance(model_name=models.name, model_sha256=models.sha256),
    )
    finding = add_knowledge(
        finding,
        differential=rank(models.knowledge, finding, context),
        cautions=cautions_for(models.knowledge, finding, context),
        next_steps=next_steps_for(models.knowledge, finding, context),
    )
    return Analysis(finding=finding, study=study, layouts=layouts, hot_spots=hot_spots)


def _find_rival(study: Study, layouts: Mapping[str, Layout]) -> Rival | None:
    """Return how well the atlas of another modality fits a picture, which may be of any; None where
    the file says what it is, or there is no other atlas."""
    from uptake_ml.atlas import locate
    from uptake_ml.pattern.model import Rival
    from uptake_ml.study import ANTERIOR, GREY_LEVEL

    others = [m for m in available_modalities() if m != study.modality]
    view = study.views.get(ANTERIOR)
    if not others or view is None or view.unit != GREY_LEVEL or ANTERIOR not in layouts:
        return None
    alone = replace(study, modality=others[0], views={ANTERIOR: view}, volume=None)
    found = locate(alone, _load_atlas(others[0]))
    lead = _mean_confidence(found.values()) - _mean_confidence([layouts[ANTERIOR]])
    return Rival(modality=others[0], lead=lead)


def _mean_confidence(layouts: Iterable[Layout]) -> float:
    marks = [mark.confidence for layout in layouts for mark in layout.landmarks]
    return sum(marks) / len(marks)


@lru_cache(maxsize=1)
def _load_atlas(modality: str) -> Atlas:
    from uptake_ml.atlas import load_atlas

    return load_atlas(models_path(modality))
