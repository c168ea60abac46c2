"""A pattern model as plain containers, arrays and scikit-learn estimators, and back.

What is stored knows no class of this package, so that the list of types a model file may hold is
short and a renamed module breaks no file.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sklearn.pipeline import Pipeline

from uptake_ml.errors import ModelError
from uptake_ml.pattern.blend import Blend, from_record
from uptake_ml.pattern.conformal import PredictionSets
from uptake_ml.pattern.model import PatternModel
from uptake_ml.pattern.typicality import Space, Typicality
from uptake_ml.study import LABELS


def describe_model(model: PatternModel) -> dict:
    """Return ``model`` as a dict of plain values, arrays and estimators."""
    return {
        "modality": model.modality,
        "labels": list(model.labels),
        "feature_ids": list(model.feature_ids),
        "told_by": list(model.told_by),
        "classifier": _describe_classifier(model.classifier),
        "temperature": float(model.temperature),
        "superimposed": _describe_classifier(model.superimposed),
        "superimposed_from": float(model.superimposed_from),
        "sets": {"scores": list(model.sets.scores), "coverage": float(model.sets.coverage)},
        "space": dict(vars(model.typicality.space)),
        "typicality": {
            "unit": model.typicality.unit,
            "held_out": model.typicality.held_out,
            "least": float(model.typicality.least),
        },
        "least_confidence": float(model.least_confidence),
        "most_rival_lead": float(model.most_rival_lead),
        "n_evidence": int(model.n_evidence),
    }


def _describe_classifier(classifier: Pipeline | Blend | None) -> Pipeline | dict | None:
    return classifier.to_record() if isinstance(classifier, Blend) else classifier


def _restore_classifier(stored: Pipeline | Mapping | None) -> Pipeline | Blend | None:
    return from_record(stored) if isinstance(stored, Mapping) else stored


def restore_model(record: Mapping) -> PatternModel:
    """Return the model that ``describe_model`` described.

    Raises
    ------
    ModelError
        When an entry is missing, or sizes do not agree with each other.
    """
    try:
        model = _build(record)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(f"the model file holds no pattern model: {error!r}") from error
    _check(model)
    return model


def _build(record: Mapping) -> PatternModel:
    sets = record["sets"]
    return PatternModel(
        modality=record["modality"],
        labels=tuple(record["labels"]),
        feature_ids=tuple(record["feature_ids"]),
        told_by=tuple(record["told_by"]),
        classifier=_restore_classifier(record["classifier"]),
        temperature=record["temperature"],
        superimposed=_restore_classifier(record["superimposed"]),
        superimposed_from=record["superimposed_from"],
        sets=PredictionSets(scores=tuple(sets["scores"]), coverage=sets["coverage"]),
        typicality=Typicality(space=Space(**record["space"]), **record["typicality"]),
        least_confidence=record["least_confidence"],
        most_rival_lead=record["most_rival_lead"],
        n_evidence=record["n_evidence"],
    )


def _check(model: PatternModel) -> None:
    if tuple(model.labels) != LABELS.get(model.modality):
        raise ModelError(
            f"a {model.modality} model must tell {LABELS.get(model.modality)} apart, "
            f"found {model.labels}: train it again with this version"
        )
    n = len(model.feature_ids)
    space = model.typicality.space
    if unknown := set(model.told_by) - set(model.feature_ids):
        raise ModelError(f"the model file's labels rest on unknown features: {sorted(unknown)}")
    if model.classifier.n_features_in_ != len(model.told_by):
        raise ModelError(
            f"the model file's labels rest on {len(model.told_by)} features, but its classifier "
            f"takes {model.classifier.n_features_in_}"
        )
    sizes = {k: v.shape[-1] for k, v in vars(space).items() if k != "references"}
    wrong = {k: v for k, v in sizes.items() if v != n}
    if wrong or space.references.shape[-1] != len(space.axes):
        raise ModelError(f"the model file has {n} features, but its parts have {wrong}")
    if len(model.sets.scores) != len(model.labels) or not np.isfinite(model.temperature):
        raise ModelError("the model file's calibration does not match its labels")
