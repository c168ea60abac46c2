"""Fit, training and evaluation, from a made-up source of cases to the files on disk."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from uptake_ml.errors import ModelError
from uptake_ml.pattern import evaluate, metrics, store, train
from uptake_ml.pattern.cases import EVALUATION_STAGE, TRAINING_STAGE
from uptake_ml.pattern.fit import RANKED, USUAL, FitSettings, fit_model, part_of
from uptake_ml.pattern.held_out import MESHES, training_body
from uptake_ml.pattern.told_by import GENERAL, keep_told
from uptake_ml.study import BONE_SCAN, LABELS


@pytest.fixture(scope="module")
def report(model, fresh):
    return evaluate.evaluate_model(model, fresh, seed=7)


def test_no_case_is_in_two_parts_and_every_label_is_in_each(table):
    part = part_of(table)
    for case in np.unique(table.case):
        assert len(set(part[table.case == case])) == 1
    for name in (USUAL, RANKED):
        assert set(table.truth[part == name]) == {0, 1, 2, 3}


def test_the_part_of_a_case_does_not_depend_on_how_many_there_are(table):
    few = table.select(table.case < 100)
    assert (part_of(few) == part_of(table)[table.case < 100]).all()


def test_sets_and_temperature_rest_on_cases_the_classifier_of_the_fold_never_saw(table, quick):
    # Whoever has learnt from labels that mean nothing knows some of them by heart.
    few = table.select(table.case < 80)
    drawn = np.random.default_rng(1).integers(0, 4, 80)[few.case]
    settings = replace(quick, least_margin=1.0)
    model = fit_model(replace(few, truth=drawn), modality=BONE_SCAN, seed=1, settings=settings)
    by_heart = model.classifier.predict_proba(keep_told(few, GENERAL).features)[
        np.arange(len(few)), drawn
    ]
    left_out = 1 - np.concatenate(model.sets.scores)
    assert len(left_out) == len(few)
    assert left_out.mean() == pytest.approx(0.25, abs=0.03)
    assert by_heart.mean() > 0.3


def test_labels_that_no_reader_could_tell_teach_neither_classifier_nor_sets(table, quick):
    few = table.select(table.case < 200)
    wrong = np.where(few.margin < 1.5, (few.truth + 1) % 4, few.truth)
    settings = replace(quick, least_margin=1.5)
    own, other = (
        fit_model(replace(few, truth=truth), modality=BONE_SCAN, seed=1, settings=settings)
        for truth in (few.truth, wrong)
    )
    assert (wrong != few.truth).any()
    answers = (m.predict_probabilities(few.features) for m in (own, other))
    np.testing.assert_array_equal(*answers)
    np.testing.assert_array_equal(
        np.concatenate(own.sets.scores), np.concatenate(other.sets.scores)
    )


def test_what_does_not_tell_a_label_moves_typicality_alone(model, fresh):
    columns = [model.feature_ids.index(f) for f in ("intensity.f28", "symmetry.f29_level")]
    changed = fresh.features.copy()
    changed[:, columns] += 50.0
    assert len(model.told_by) == len(model.feature_ids) - 2
    np.testing.assert_array_equal(
        model.predict_probabilities(changed), model.predict_probabilities(fresh.features)
    )
    before, after = map(model.typicality.evaluate, (fresh.features, changed))
    assert np.median(after) < np.median(before) / 10


def test_all_features_tell_a_label_where_that_is_asked_for(table, quick):
    few = table.select(table.case < 200)
    settings = replace(quick, told_by="all")
    model = fit_model(few, modality=BONE_SCAN, seed=1, settings=settings)
    assert model.told_by == model.feature_ids
    with pytest.raises(ModelError, match="one of all, general, found 'some'"):
        fit_model(few, modality=BONE_SCAN, seed=1, settings=replace(quick, told_by="some"))


def test_bodies_without_foci_on_top_do_not_teach_what_these_look_like(table, quick):
    few = table.select(table.case < 1200)
    has_foci = np.array([training_body(BONE_SCAN, int(k)) == MESHES for k in few.case])
    few = replace(few, has_superimposed=few.has_superimposed & has_foci)
    moved = replace(few, features=np.where(has_foci[:, None], few.features, 2 - few.features))
    own, other = (
        fit_model(each, modality=BONE_SCAN, seed=1, settings=quick) for each in (few, moved)
    )
    found = own.find_superimposed(few.features)
    assert 0 < found.mean() < 1
    np.testing.assert_array_equal(found, other.find_superimposed(few.features))


def test_sets_hold_the_truth_as_often_as_promised_for_each_label(model, fresh):
    is_in_set = model.sets.p_values(model.predict_probabilities(fresh.features)) > 0.1
    for label in range(4):
        chosen = fresh.truth == label
        coverage = metrics.set_coverage(fresh.truth[chosen], is_in_set[chosen])
        assert coverage == pytest.approx(0.9, abs=0.08)


def test_marrow_is_compared_with_its_truth_where_both_are_known(model, fresh):
    few = fresh.select(np.arange(len(fresh)) < 3)
    assert "marrow_to_liver_error" not in evaluate.evaluate_model(model, few, seed=7).figures
    known = replace(
        few,
        feature_ids=(*few.feature_ids, "distribution.marrow_to_liver"),
        features=np.column_stack([few.features, [1.1, 0.6, np.nan]]),
        groups=tuple({**g, "true marrow to liver": 1.0} for g in few.groups),
    )
    figures = evaluate.evaluate_model(model, known, seed=7).figures
    assert figures["marrow_to_liver_error"] == pytest.approx(0.25), "median of 0.1 and 0.4"


def test_typicality_is_ranked_against_held_out_cases(table, model):
    held_out = table.features[part_of(table) == RANKED]
    assert np.array_equal(np.sort(model.typicality.score(held_out)), model.typicality.held_out)


def test_few_fresh_cases_are_rejected(report):
    assert report.figures["rejected_share"] < 0.01


def test_figures_are_those_of_the_metrics(model, fresh, report):
    probabilities = model.predict_probabilities(fresh.features)
    assert report.n_cases == 800 and report.figures["n_rows"] == len(fresh)
    assert report.figures["log_loss"] == metrics.log_loss(fresh.truth, probabilities)
    assert np.sum(report.figures["confusion_matrix"]) == len(fresh)
    assert report.figures["balanced_accuracy"] > 0.85
    assert report.figures["superimposed_sensitivity"] > 0.8


def test_subgroups_share_the_rows_out(fresh, report):
    for group in ("bmi", "camera", "variant"):
        rows = [row["n_rows"] for row in report.subgroups[group].values()]
        assert sum(rows) == len(fresh)
    assert set(report.subgroups["camera"]) == {"a", "b"}
    assert len(report.subgroups["bmi"]) == 3


def test_a_number_that_few_cases_have_makes_subgroups_of_those(model, fresh):
    groups = tuple({"uptake": None if i % 2 else float(i)} for i in range(len(fresh)))
    report = evaluate.evaluate_model(model, replace(fresh, groups=groups), seed=7)
    assert sum(row["n_rows"] for row in report.subgroups["uptake"].values()) == len(fresh) // 2


def test_evaluation_finds_features_by_name_not_by_place(model, fresh, report):
    turned = replace(
        fresh, feature_ids=fresh.feature_ids[::-1], features=fresh.features[:, ::-1].copy()
    )
    again = evaluate.evaluate_model(model, turned, seed=7)
    assert again.to_json() == report.to_json()


def test_a_label_without_fresh_cases_gives_null_and_valid_json(model, fresh):
    report = evaluate.evaluate_model(model, fresh.select(fresh.truth != 2), seed=7)
    record = json.loads(report.to_json())
    assert record["figures"]["class_accuracy"]["diffuse"] is None
    assert "diffuse" in report.to_text()


def test_the_text_shows_every_figure_and_says_what_it_is_not(report):
    text = report.to_text()
    for name in ("balanced accuracy", "log loss", "brier score", "calibration error",
                 "set coverage", "single share", "rejected share"):  # fmt: skip
        assert re.search(rf"{name} +\d\.\d\d\d", text), name
    assert "variant: picture" in text and "say nothing about patients" in text


@dataclass(frozen=True)
class MadeUp:
    """Cases in another range for each stage."""

    source: Callable
    stage: int
    atlas_folder: Path
    drawn: Path | None = None

    def __call__(self, seed, k):
        return replace(self.source(seed + 1000 * self.stage, k), k=k)


@pytest.fixture
def fake_phantom(monkeypatch, source, tmp_path):
    """The phantom's place taken by made-up cases."""

    def phantom_source(*, modality, stage, atlas_folder):
        return MadeUp(source, stage, atlas_folder)

    def training_source(modality, out, *, n, seed):
        (tmp_path / "drawn").mkdir(exist_ok=True)
        (tmp_path / "drawn" / "0.json").write_text("{}")
        return MadeUp(source, TRAINING_STAGE, out, tmp_path / "drawn")

    def learn_atlas(*, out, seed, **_):
        (out / "atlas.npz").write_bytes(f"atlas {seed}".encode())

    def learn_lesions(source, *, seed, **_):
        (source.atlas_folder / "hotspots.npz").write_bytes(f"lesions {seed}".encode())

    def case_file(_, seed):
        files.append(tmp_path / f"cases-{len(files)}-{seed}.jsonl")
        return files[-1]

    files = []
    monkeypatch.setattr(train, "PhantomSource", phantom_source)
    monkeypatch.setattr(train, "training_source", training_source)
    monkeypatch.setattr(train, "case_file", case_file)
    monkeypatch.setattr(train, "learn_atlas", learn_atlas)
    monkeypatch.setattr(train, "learn_lesions", learn_lesions)
    return files


def run(out, **settings):
    quick = FitSettings(classifier="logistic")
    return train.run_training(
        modality=BONE_SCAN, n=200, seed=5, jobs=1, out=out, **{"settings": quick, **settings}
    )


def test_training_leaves_a_whole_model_with_its_card(fake_phantom, tmp_path, cases):
    report = run(tmp_path / "bone-scan")
    model = store.load_model(tmp_path / "bone-scan")
    assert model.classify(cases[0].variants["counts"]).probabilities
    record = store.read_provenance(tmp_path / "bone-scan")
    assert record["seed"] == 5 and record["n_cases"] == 200
    assert record["cases_per_label"] == dict.fromkeys(LABELS[BONE_SCAN], 50)
    assert record["feature_ids"] == list(model.feature_ids)
    assert sum(record["images_per_part"].values()) == sum(record["images_per_variant"].values())
    assert set(record["files"]) == {"model.skops", "atlas.npz", "hotspots.npz"}
    assert record["evaluation"]["log_loss"] == report.figures["log_loss"]


def test_the_card_holds_the_figures_and_the_warnings(fake_phantom, tmp_path):
    report = run(tmp_path / "bone-scan")
    card = (tmp_path / "bone-scan" / "card.md").read_text()
    assert f"| balanced accuracy | {report.figures['balanced_accuracy']:.3f} |" in card
    assert "**200 simulated cases** and no patient" in card
    assert "Accuracy on a phantom is not accuracy on patients" in card
    assert "not a medical" in card and "never a diagnosis" in card
    for label, row in zip(report.labels, report.figures["confusion_matrix"], strict=True):
        assert f"| {label} | {' | '.join(map(str, row))} |" in card


def test_the_same_seed_gives_the_same_files(fake_phantom, tmp_path):
    for name in ("first", "second"):
        run(tmp_path / name / "bone-scan")
    for name in ("model.skops", "atlas.npz", "provenance.json", "card.md"):
        first, second = (tmp_path / n / "bone-scan" / name for n in ("first", "second"))
        assert first.read_bytes() == second.read_bytes(), name


def test_fresh_cases_are_not_those_of_training(fake_phantom, tmp_path):
    run(tmp_path / "bone-scan")
    training, fresh = ({line for line in p.read_text().splitlines()[1:]} for p in fake_phantom)
    assert len(training) == 200 and len(fresh) == 40 and not training & fresh


def test_the_atlas_is_kept_on_request_only(fake_phantom, tmp_path):
    """What is known of lesions is learnt with it in any case."""
    out = tmp_path / "bone-scan"
    out.mkdir()
    atlas, lesions = out / "atlas.npz", out / "hotspots.npz"
    for file in (atlas, lesions):
        file.write_bytes(b"made by hand")
    run(out, keep_atlas=True)
    assert (atlas.read_bytes(), lesions.read_bytes()) == (b"made by hand", b"lesions 5")
    run(out)
    assert (atlas.read_bytes(), lesions.read_bytes()) == (b"atlas 5", b"lesions 5")


def test_the_images_of_the_cases_are_gone_when_the_model_is_there(fake_phantom, tmp_path):
    run(tmp_path / "bone-scan")
    assert not (tmp_path / "drawn").exists()


def test_an_atlas_that_is_not_there_cannot_be_kept(fake_phantom, tmp_path):
    with pytest.raises(
        ModelError, match=r"--keep-atlas needs atlas.npz in 'bone-scan', found none"
    ):
        run(tmp_path / "bone-scan", keep_atlas=True)


def test_too_few_cases_are_refused_before_anything_is_made(fake_phantom, tmp_path):
    with pytest.raises(ModelError, match=r"at least 12 cases .* found 11: raise --n"):
        train.run_training(modality=BONE_SCAN, n=11, seed=5, jobs=1, out=tmp_path / "bone-scan")
    assert not (tmp_path / "bone-scan").exists() and not fake_phantom


def test_the_fewest_cases_that_are_allowed_make_a_model(fake_phantom, tmp_path):
    train.run_training(modality=BONE_SCAN, n=12, seed=5, jobs=1, out=tmp_path / "bone-scan")
    assert store.load_model(tmp_path / "bone-scan")


def test_evaluation_draws_from_its_own_stage_and_loads_the_given_model(
    fake_phantom, monkeypatch, tmp_path, source
):
    out = tmp_path / "bone-scan"
    run(out)
    stages = []

    def phantom_source(*, modality, stage, atlas_folder, kind):
        stages.append((stage, atlas_folder))
        return source

    from uptake_ml.pattern import simulate

    monkeypatch.setattr(simulate, "PhantomSource", phantom_source)
    monkeypatch.setattr(simulate, "case_file", lambda _, seed: tmp_path / "fresh.jsonl")
    report = evaluate.run_evaluation(modality=BONE_SCAN, n=80, seed=5, jobs=1, folder=out)
    assert stages == [(EVALUATION_STAGE, out)] and report.n_cases == 80
    assert report.figures["balanced_accuracy"] > 0.7
