"""The pattern model: named features in, a verdict out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from sklearn.pipeline import Pipeline

from uptake_ml.errors import ModelError
from uptake_ml.pattern.blend import Blend
from uptake_ml.pattern.calibrate import log_odds, scale_probabilities
from uptake_ml.pattern.conformal import PredictionSets
from uptake_ml.pattern.typicality import Typicality
from uptake_ml.study import DIFFUSE, FOCAL, MARROW_DIFFUSE

LABELLED = "labelled"
INDETERMINATE = "indeterminate"
REJECTED = "rejected"
# Focal lesions are told on top of these.  Beside inflamed joints they are rare (6 of 741 images of
# PETs), and a classifier that had to leave the joints alone missed those on marrow.
DIFFUSE_LABELS = (DIFFUSE, MARROW_DIFFUSE)
# Landmarks of a whole body found so surely vouch for a scan: what is far from the training cases is
# then a rare disease (several bones of Paget's: typicality 1e-5 to 1e-3, confidence 0.84 and more),
# and only what is further by this factor is turned away.  Of 36 FDG-PETs said to be bone scans the
# surest had 0.81 (`experiments/06_strangers` has the confidence of each image).
SURE_CONFIDENCE, SURE_SHARE = 0.83, 1e-3
# Log-odds of the same row differ by this much at most with the rows it is computed among.
ROUNDING = 1e-12


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the model says about one study.

    ``label`` is None unless ``decision`` is labelled.  ``evidence`` holds (feature, contribution)
    with the largest contributions first; a contribution is how much the feature's value moves the
    log-odds of the most probable label away from what a median value would give: positive speaks
    for the label, negative against it.
    """

    label: str | None
    decision: str
    probabilities: Mapping[str, float]
    prediction_set: tuple[str, ...]
    typicality: float
    superimposed: tuple[str, ...] = ()
    reason: str | None = None
    evidence: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rival:
    """Another modality whose atlas was tried on the image: ``lead`` is the mean confidence of its
    landmarks less that of the own atlas's."""

    modality: str
    lead: float


@dataclass(frozen=True, kw_only=True, eq=False)
class PatternModel:
    """A classifier with its calibration, prediction sets, typicality and evidence.

    ``classifier`` takes the features of ``told_by``, some or all of ``feature_ids``, as (n, them),
    NaN where undefined, and gives probabilities in the order of ``labels``; ``temperature``
    calibrates them.  Typicality looks at all features.  ``superimposed`` is a second classifier, of
    focal lesions on top of a diffuse pattern, found where its probability is at least
    ``superimposed_from``; None where training showed none.  ``least_confidence`` is the mean
    confidence of the landmarks below which an image is not taken for a body, ``most_rival_lead``
    the lead of another modality's landmarks above which it is taken for one of that.
    """

    modality: str
    labels: tuple[str, ...]
    feature_ids: tuple[str, ...]
    told_by: tuple[str, ...]
    classifier: Pipeline | Blend
    temperature: float
    sets: PredictionSets
    typicality: Typicality
    superimposed: Pipeline | Blend | None = None
    superimposed_from: float = 0.5
    least_confidence: float = 0.25
    most_rival_lead: float = np.inf
    n_evidence: int = field(default=12)

    def classify(
        self,
        features: Mapping[str, float | None],
        *,
        landmark_confidence: float | None = None,
        rival: Rival | None = None,
    ) -> Verdict:
        """Return the verdict on one study's features; those it lacks count as undefined.

        Parameters
        ----------
        features
            Values by feature id; ids the model does not know are ignored.
        landmark_confidence
            Mean confidence of the study's landmarks, 0 to 1; None to judge by features alone.
        rival
            How the atlas of another modality fits, for images that do not say what they are.

        Raises
        ------
        ModelError
            When none of the features the model needs is among those given.
        """
        row = self._vector(features)
        probabilities = self.predict_probabilities(row[np.newaxis])[0]
        typicality = float(self.typicality.evaluate(row[np.newaxis])[0])
        in_set = self._labels_where(self.sets.contains(probabilities[np.newaxis])[0])
        doubts = self._doubt_kind(row, typicality, landmark_confidence, rival)
        decision, reason = self._decide(in_set, doubts)
        top = int(np.argmax(probabilities))
        label = self.labels[top] if decision == LABELLED else None
        return Verdict(
            label=label,
            decision=decision,
            probabilities=dict(zip(self.labels, probabilities.tolist(), strict=True)),
            prediction_set=in_set,
            typicality=typicality,
            superimposed=self._name_superimposed(row, label),
            reason=reason,
            evidence=self._weigh_evidence(row, top),
        )

    def predict_probabilities(self, features: np.ndarray) -> np.ndarray:
        """Return calibrated probabilities, (n, labels), of features (n, features)."""
        return scale_probabilities(
            self.classifier.predict_proba(features[:, self._told_by_columns]), self.temperature
        )

    def find_superimposed(self, features: np.ndarray) -> np.ndarray:
        """Return whether each case, (n, features), shows focal lesions on top of its pattern.

        Only meant for cases whose pattern is diffuse.
        """
        if self.superimposed is None:
            return np.zeros(len(features), dtype=bool)
        told = features[:, self._told_by_columns]
        return self.superimposed.predict_proba(told)[:, 1] >= self.superimposed_from

    @cached_property
    def _told_by_columns(self) -> list[int]:
        return [self.feature_ids.index(name) for name in self.told_by]

    def _vector(self, features: Mapping[str, float | None]) -> np.ndarray:
        if not any(f in features for f in self.feature_ids):
            raise ModelError(
                f"the {self.modality} model needs features such as {self.feature_ids[0]!r}, found "
                f"none of its {len(self.feature_ids)}: measure the study with the version of "
                "uptake-ml the model was trained with"
            )
        values = [features.get(f) for f in self.feature_ids]
        row = np.array([np.nan if v is None else v for v in values], dtype=float)
        return np.where(np.isfinite(row), row, np.nan)

    def _labels_where(self, is_in: np.ndarray) -> tuple[str, ...]:
        return tuple(label for label, inside in zip(self.labels, is_in, strict=True) if inside)

    def _doubt_kind(self, row, typicality, confidence, rival) -> str | None:
        """Return why this is no image that the model knows, None where it is one."""
        if confidence is not None and confidence < self.least_confidence:
            return self._explain_absence(confidence)
        if rival is not None and rival.lead > self.most_rival_lead:
            return self._explain_rival(rival)
        is_sure = confidence is not None and confidence >= SURE_CONFIDENCE
        least = self.typicality.least * (SURE_SHARE if is_sure else 1)
        return self._explain_rejection(row, typicality, least) if typicality < least else None

    def _decide(self, in_set: tuple[str, ...], doubts: str | None) -> tuple[str, str | None]:
        if doubts:
            return REJECTED, doubts
        if len(in_set) == 1:
            return LABELLED, None
        return INDETERMINATE, self._explain_doubt(in_set)

    def _explain_doubt(self, in_set: tuple[str, ...]) -> str:
        names = f"{', '.join(in_set[:-1])} and {in_set[-1]}"
        how = "both fit: neither" if len(in_set) == 2 else "all fit: none"
        return f"{names} {how} of them can be left out at {self.sets.coverage:.0%} coverage"

    def _explain_rejection(self, row: np.ndarray, typicality: float, least: float) -> str:
        strangest = "; ".join(self._describe(row, i) for i in self.typicality.most_atypical(row))
        return (
            f"not an image this {self.modality} model knows: typicality {typicality:.1g}, at least "
            f"{least:g} is needed. Furthest from its training cases: {strangest}"
        )

    def _explain_absence(self, confidence: float) -> str:
        return (
            f"not an image this {self.modality} model knows: landmarks of a body were found with a "
            f"mean confidence of {confidence:.2f}, at least {self.least_confidence:g} is needed"
        )

    def _explain_rival(self, rival: Rival) -> str:
        return (
            f"not an image this {self.modality} model knows: its landmarks are rather those of a "
            f"{rival.modality} (mean confidence {rival.lead:+.2f}); if it is one, say "
            f"--modality {rival.modality}"
        )

    def _describe(self, row: np.ndarray, index: int) -> str:
        name, space = self.feature_ids[index], self.typicality.space
        usual = f"usually {space.low[index]:.3g} to {space.high[index]:.3g}"
        found = "could not be measured" if np.isnan(row[index]) else f"is {row[index]:.3g}"
        return f"{name} {found} ({usual})"

    def _name_superimposed(self, row: np.ndarray, label: str | None) -> tuple[str, ...]:
        is_found = label in DIFFUSE_LABELS and self.find_superimposed(row[np.newaxis])[0]
        return (FOCAL,) if is_found else ()

    def _weigh_evidence(self, row: np.ndarray, top: int) -> tuple[tuple[str, float], ...]:
        # One feature at a time gives way to the median case: row 0 is the study itself.
        columns = np.array(self._told_by_columns)
        variants = np.tile(row, (len(columns) + 1, 1))
        variants[1 + np.arange(len(columns)), columns] = self.typicality.space.median[columns]
        odds = log_odds(self.predict_probabilities(variants)[:, top])
        contributions = odds[0] - odds[1:]
        order = np.argsort(-np.abs(contributions), kind="stable")[: self.n_evidence]
        return tuple(
            (self.told_by[i], float(contributions[i]))
            for i in order
            if abs(contributions[i]) > ROUNDING
        )
