"""A pattern model from a table of cases: fit, calibrate, and learn what is usual."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from uptake_ml.errors import ModelError
from uptake_ml.pattern.calibrate import fit_temperature, scale_probabilities
from uptake_ml.pattern.cases import CaseTable
from uptake_ml.pattern.classifiers import Classifier, build_classifier
from uptake_ml.pattern.conformal import fit_prediction_sets
from uptake_ml.pattern.held_out import training_body
from uptake_ml.pattern.model import DIFFUSE_LABELS, PatternModel
from uptake_ml.pattern.told_by import GENERAL, keep_told
from uptake_ml.pattern.typicality import fit_typicality
from uptake_ml.study import BONE_SCAN, FDG_PET, LABELS

USUAL, RANKED = "usual", "ranked"

# What the cases of one label do for typicality, in turn: eight of ten say what is usual, against
# two that they have not seen the typicality of a study is ranked.
_PARTS = np.array([USUAL, RANKED, *[USUAL] * 6, RANKED, USUAL])
# Temperature and prediction sets rest on what classifiers say of cases that were left out of their
# learning, and the classifier on all cases: a fifth of them alone made sets too large (45 % single
# where all cases give 75 %) and the temperature wrong.  All cases of one body are left out at a
# time, since patients are shifted from all of them; of two one would have to teach alone.
_FOLDS = 5
_LEAST_BODIES = 3
_LEAST_CASES_PER_LABEL = 3
# A picture is turned away whose landmarks another modality's atlas finds with a mean confidence
# higher by more than this.  It was -0.21 at most of 70 simulated bone scans, 0.07 of 69 of 70
# FDG-PETs (once 0.23); of bone scans called FDG-PETs it was 0.21 at least.
_MOST_RIVAL_LEAD = {BONE_SCAN: 0.0, FDG_PET: 0.15}


@dataclass(frozen=True, kw_only=True)
class FitSettings:
    """What is chosen before the fit.

    ``coverage`` is what the prediction sets promise (0 to 1).  Labels whose margin (see
    ``phantom.truth.Truth.margin``) is below ``least_margin`` teach nothing: no reader could tell.
    ``told_by`` names which features tell the labels (``pattern.told_by``).
    A study is rejected whose typicality is below ``least_typicality`` or whose landmarks' mean
    confidence is below ``least_confidence``.  ``superimposed_specificity`` is the share of cases
    without foci on top of their pattern that must not be said to have any.  All limits of what is
    rejected were set so that five real scans pass and photographs, noise, parts of a body and scans
    upside down do not: the phantom alone cannot say how far real images lie from it.
    """

    classifier: str = "blend"
    coverage: float = 0.9
    least_margin: float = 1.5
    told_by: str = GENERAL
    least_typicality: float = 0.001
    least_confidence: float = 0.25
    superimposed_specificity: float = 0.9

    def teaches(self, table: CaseTable) -> np.ndarray:
        """Return whether the label of each row is sure enough to be learnt from, shape (rows,)."""
        return table.margin >= self.least_margin


def part_of(table: CaseTable) -> np.ndarray:
    """Return which part of typicality each row belongs to; all rows of a case to the same."""
    return _PARTS[(table.case // len(table.labels)) % len(_PARTS)]


def fit_model(
    table: CaseTable, *, modality: str, seed: int, settings: FitSettings | None = None
) -> PatternModel:
    """Return the model of ``table``.

    Raises
    ------
    ModelError
        When there are too few cases of a label.
    """
    settings = settings or FitSettings()
    check_size(modality, len(np.unique(table.case)))
    chosen = keep_told(table, settings.told_by)
    is_sure = settings.teaches(table)
    sure = chosen.select(is_sure)
    left_out = answer_left_out(chosen, modality=modality, seed=seed, settings=settings)[is_sure]
    temperature = fit_temperature(left_out, sure.truth)
    superimposed, superimposed_from = _fit_superimposed(chosen, modality, settings, seed)
    usual, ranked = (table.features[part_of(table) == part] for part in (USUAL, RANKED))
    return PatternModel(
        modality=modality,
        labels=table.labels,
        feature_ids=table.feature_ids,
        told_by=chosen.feature_ids,
        classifier=_learn(settings.classifier, sure.features, sure.truth, seed),
        temperature=temperature,
        sets=fit_prediction_sets(
            scale_probabilities(left_out, temperature),
            sure.truth,
            labels=table.labels,
            coverage=settings.coverage,
        ),
        typicality=fit_typicality(usual, ranked, least=settings.least_typicality),
        least_confidence=settings.least_confidence,
        most_rival_lead=_MOST_RIVAL_LEAD[modality],
        superimposed=superimposed,
        superimposed_from=superimposed_from,
    )


def answer_left_out(
    table: CaseTable, *, modality: str, seed: int, settings: FitSettings
) -> np.ndarray:
    """Return the probabilities (rows, labels) of classifiers that did not learn from these rows.

    Every row is answered, those whose label is not sure too, from all features of the table; what
    is said of one body comes from a classifier that has seen the others.

    Raises
    ------
    ModelError
        When a label is missing among the rows that one of them learns from.
    """
    fold = _folds(table, modality)
    is_sure = settings.teaches(table)
    probabilities = np.zeros((len(table), len(table.labels)))
    for left_out in np.unique(fold):
        others, own = table.select(is_sure & (fold != left_out)), fold == left_out
        _check_labels(others)
        classifier = _learn(settings.classifier, others.features, others.truth, seed)
        probabilities[own] = classifier.predict_proba(table.features[own])
    return probabilities


def _folds(table: CaseTable, modality: str) -> np.ndarray:
    """Return the fold of each row: its body, or a fifth of the cases where bodies are too few."""
    body = np.array([training_body(modality, int(k)) for k in table.case])
    are_many = len(np.unique(body)) >= _LEAST_BODIES
    return body if are_many else (table.case // len(table.labels)) % _FOLDS


def check_size(modality: str, n: int) -> None:
    """Check that ``n`` cases, their labels in turn, are enough for every part of the fit.

    Raises
    ------
    ModelError
        When they are not.
    """
    needed = _LEAST_CASES_PER_LABEL * len(LABELS[modality])
    if n < needed:
        raise ModelError(
            f"training needs at least {needed} cases ({_LEAST_CASES_PER_LABEL} of each label), "
            f"found {n}: raise --n, a few thousand make a useful model"
        )


def _check_labels(part: CaseTable) -> None:
    # A case drawn as focal whose lesions cannot be seen counts as normal: labels can run out.
    if absent := set(range(len(part.labels))) - set(part.truth.tolist()):
        names = ", ".join(part.labels[i] for i in sorted(absent))
        raise ModelError(f"among {len(part)} images of one part none is {names}: raise --n")


def _fit_superimposed(
    table: CaseTable, modality: str, settings: FitSettings, seed: int
) -> tuple[Classifier | None, float]:
    """Return the classifier of foci on a diffuse pattern, and from which probability it says so.

    Few cases have any, so that one half would miss most: the limit is where the wanted share of the
    held-out cases without foci stays below.  Most bodies of bone scans have none at all: beside
    those with foci they would teach which body it is.
    """
    is_diffuse = np.isin(np.array(table.labels)[table.truth], DIFFUSE_LABELS)
    body = _folds(table, modality)
    is_told = is_diffuse & np.isin(body, body[is_diffuse & table.has_superimposed])
    part = part_of(table)
    fit, held_out = (table.select(is_told & rows) for rows in (part == USUAL, part != USUAL))
    if len(np.unique(fit.has_superimposed)) < 2 or held_out.has_superimposed.all():
        return None, 0.5
    classifier = _learn(settings.classifier, fit.features, fit.has_superimposed, seed)
    without = classifier.predict_proba(held_out.features[~held_out.has_superimposed])[:, 1]
    return classifier, float(np.quantile(without, settings.superimposed_specificity))


def _learn(name: str, features: np.ndarray, truth: np.ndarray, seed: int) -> Classifier:
    with warnings.catch_warnings():
        # Fewer cases than quantiles: scikit-learn takes as many as there are, and says so.
        warnings.filterwarnings("ignore", message="n_quantiles")
        return build_classifier(name, seed=seed).fit(features, truth)
