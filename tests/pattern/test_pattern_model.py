"""The verdict: label, sets, reasons in words, evidence, and its speed."""

import time
from dataclasses import replace

import numpy as np
import pytest

from uptake_ml.errors import ModelError
from uptake_ml.pattern.classifiers import CLASSIFIERS, build_classifier
from uptake_ml.pattern.conformal import PredictionSets
from uptake_ml.pattern.model import Rival
from uptake_ml.study import BONE_SCAN, LABELS


@pytest.fixture(scope="module")
def verdicts(model, cases):
    return [(case, model.classify(case.variants["counts"])) for case in cases[800:1000]]


def test_probabilities_are_in_the_order_of_the_labels_and_sum_to_one(verdicts):
    for _, verdict in verdicts:
        assert tuple(verdict.probabilities) == LABELS[BONE_SCAN]
        assert sum(verdict.probabilities.values()) == pytest.approx(1)


def test_most_labelled_cases_are_right(verdicts):
    right = [v.label == case.label for case, v in verdicts if v.decision == "labelled"]
    assert len(right) > 100 and np.mean(right) > 0.9


def test_label_set_and_reason_agree_with_the_decision(verdicts):
    for _, verdict in verdicts:
        if verdict.decision == "labelled":
            assert verdict.prediction_set == (verdict.label,) and verdict.reason is None
            assert verdict.label == max(verdict.probabilities, key=verdict.probabilities.get)
        else:
            assert verdict.label is None and verdict.reason and not verdict.superimposed


def test_every_number_is_a_plain_float(verdicts):
    _, verdict = verdicts[0]
    numbers = [
        *verdict.probabilities.values(),
        verdict.typicality,
        *dict(verdict.evidence).values(),
    ]
    assert {type(n) for n in numbers} == {float}


def test_an_indeterminate_verdict_names_the_labels_that_fit(model, cases):
    wide = replace(model, sets=PredictionSets(scores=model.sets.scores, coverage=0.9999))
    for case in cases[800:820]:
        verdict = wide.classify(case.variants["counts"])
        assert verdict.decision == "indeterminate" and len(verdict.prediction_set) == 4
        assert "normal, focal, diffuse and joint-symmetric all fit" in verdict.reason


def test_the_most_probable_label_is_always_in_the_set(model, cases):
    features = cases[800].variants["counts"]
    top = int(np.argmax(list(model.classify(features).probabilities.values())))
    nothing_fits = [np.zeros(50)] * 4
    verdict = replace(model, sets=PredictionSets(scores=tuple(nothing_fits))).classify(features)
    assert verdict.decision == "labelled" and verdict.prediction_set == (verdict.label,)
    another_fits = nothing_fits[:]
    another_fits[(top + 1) % 4] = np.ones(50)
    verdict = replace(model, sets=PredictionSets(scores=tuple(another_fits))).classify(features)
    assert verdict.decision == "indeterminate" and len(verdict.prediction_set) == 2
    assert model.labels[top] in verdict.prediction_set


def test_a_strange_case_is_rejected_and_the_strange_feature_named(model, cases):
    strange = {**cases[800].variants["counts"], "distribution.f17": 1e6, "distribution.f18": -1e6}
    verdict = model.classify(strange)
    assert verdict.decision == "rejected" and verdict.label is None
    assert verdict.typicality < model.typicality.least
    assert "distribution.f17 is 1e+06 (usually" in verdict.reason
    assert "distribution.f18 is -1e+06" in verdict.reason


def test_without_the_landmarks_of_a_body_it_is_rejected(model, cases):
    features = cases[800].variants["counts"]
    verdict = model.classify(features, landmark_confidence=0.1)
    assert verdict.decision == "rejected" and verdict.label is None
    assert "mean confidence of 0.10, at least 0.25 is needed" in verdict.reason
    assert model.classify(features, landmark_confidence=0.25) == model.classify(features)


def test_landmarks_found_surely_vouch_for_a_rare_disease_and_not_for_anything(model, cases):
    """Beyond the limit by less than a thousand times, sure landmarks let it pass; not further."""
    features = cases[800].variants["counts"]
    steps = [
        {**features, "distribution.f17": v, "distribution.f18": -v}
        for v in np.geomspace(1, 1e6, 80)
    ]
    typicality = np.array([model.classify(step).typicality for step in steps])
    rare = steps[int(np.flatnonzero(typicality < model.typicality.least)[0])]
    unsure, sure = (model.classify(rare, landmark_confidence=c) for c in (0.82, 0.83))
    assert unsure.decision == "rejected" and sure.decision != "rejected"
    assert typicality[-1] < 1e-3 * model.typicality.least
    beyond = model.classify(steps[-1], landmark_confidence=1.0)
    assert beyond.decision == "rejected" and "at least 1e-06 is needed" in beyond.reason


def test_a_picture_that_is_rather_of_another_modality_is_rejected(model, cases):
    features = cases[800].variants["counts"]
    strict = replace(model, most_rival_lead=0.05)
    verdict = strict.classify(features, rival=Rival(modality="fdg-pet", lead=0.06))
    assert verdict.decision == "rejected" and "--modality fdg-pet" in verdict.reason
    behind = Rival(modality="fdg-pet", lead=0.04)
    assert strict.classify(features, rival=behind) == model.classify(features)


def test_a_study_without_any_measurement_is_rejected(model):
    verdict = model.classify(dict.fromkeys(model.feature_ids, float("nan")))
    assert verdict.decision == "rejected" and "could not be measured" in verdict.reason


@pytest.mark.parametrize("undefined", [None, float("nan"), float("inf"), "absent"])
def test_undefined_is_undefined_however_it_is_written(model, cases, undefined):
    features = dict(cases[801].variants["counts"])
    expected = model.classify({**features, "distribution.f03": float("nan")})
    if undefined == "absent":
        del features["distribution.f03"]
    else:
        features["distribution.f03"] = undefined
    assert model.classify(features) == expected


def test_features_it_does_not_know_are_ignored(model, cases):
    features = cases[801].variants["counts"]
    assert model.classify({**features, "new.one": 1e9}) == model.classify(features)


def test_features_of_another_version_are_refused(model):
    with pytest.raises(
        ModelError, match=r"needs features such as 'distribution.f00', found none of"
    ):
        model.classify({"other.one": 1.0})


def test_the_order_of_the_features_does_not_matter(model, cases):
    features = cases[802].variants["counts"]
    assert model.classify(dict(reversed(features.items()))) == model.classify(features)


def test_evidence_speaks_for_what_was_raised(model, cases):
    focal = next(c for c in cases[800:] if c.label == "focal")
    features = dict.fromkeys(focal.variants["counts"], 0.0)
    features |= {"distribution.f21": 1.0, "distribution.f05": 3.0, "distribution.f00": 2.0}
    verdict = model.classify(features)
    evidence = dict(verdict.evidence)
    assert max(verdict.probabilities, key=verdict.probabilities.get) == "focal"
    assert evidence["distribution.f05"] > 0 > evidence["distribution.f00"]
    assert next(iter(evidence)) == "distribution.f05"


def test_a_median_case_has_no_evidence(model):
    median = dict(zip(model.feature_ids, model.typicality.space.median.tolist(), strict=True))
    assert model.classify(median).evidence == ()


def test_focal_on_top_is_found_where_it_is_and_on_diffuse_patterns_alone(verdicts):
    found = {True: [], False: []}
    for case, verdict in verdicts:
        if verdict.label != "diffuse":
            assert verdict.superimposed == ()
        else:
            found[bool(case.superimposed)].append(verdict.superimposed == ("focal",))
    assert np.mean(found[True]) > 0.8 and np.mean(found[False]) < 0.2


def test_without_such_training_cases_nothing_is_superimposed(model, cases):
    bare = replace(model, superimposed=None)
    assert all(bare.classify(c.variants["counts"]).superimposed == () for c in cases[800:820])


def test_one_study_takes_less_than_50_ms(blended_model, cases):
    model = blended_model
    model.classify(cases[0].variants["counts"])
    durations = []
    for case in cases[800:810]:
        start = time.process_time()
        model.classify(case.variants["counts"])
        durations.append(time.process_time() - start)
    assert min(durations) < 0.05


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_every_candidate_learns_and_takes_undefined_features(name, table):
    # Every other case; the perceptron and boosting would dominate the suite otherwise.
    chosen = table.select(table.case < 240)
    classifier = build_classifier(name, seed=0).fit(chosen.features, chosen.truth)
    later = table.select(table.case >= 600)
    blank = np.full((1, later.features.shape[1]), np.nan)
    assert np.isfinite(classifier.predict_proba(blank)).all()
    assert (classifier.predict_proba(later.features).argmax(axis=1) == later.truth).mean() > 0.6


def test_an_unknown_classifier_is_refused_with_the_known_ones():
    with pytest.raises(ModelError, match="must be one of logistic, blend"):
        build_classifier("oracle", seed=0)
