"""A batch: order, failures that stay their own, processes that die, memory and start-up."""

import os
import subprocess
import sys
import time
import types
import warnings
from dataclasses import dataclass
from pathlib import Path

import pytest

from uptake_ml import batch
from uptake_ml.errors import ModelError, NotAStudyError, ReadError
from uptake_ml.knowledge.context import parse_context
from uptake_ml.report.finding import failed_finding

SECRET = "DOE^JANE"


@dataclass(frozen=True)
class StudySource:
    files: tuple[Path, ...]
    kind: str = "stand-in"
    modality: str | None = "bone-scan"
    error: str | None = None


@dataclass(frozen=True)
class Analysis:
    finding: dict
    study: object
    layouts: object
    hot_spots: object


@pytest.fixture
def opened(monkeypatch):
    """Readers and a pipeline that read nothing; the names of the studies opened so far."""
    names = []

    def open_study(source, *, modality=None, keep_ids=False):
        names.append(source.files[0].name)
        error = ERRORS.get(source.files[0].name)
        if error is not None:
            raise error
        modality = "fdg-pet" if source.files[0].name == "pet" else "bone-scan"
        return types.SimpleNamespace(modality=modality, source=source)

    def analyse(study, *, models, context=None):
        finding = failed_finding(study.source, "none")
        finding.update(decision="labelled", label="normal")
        return Analysis(finding, study, {"anterior": "layout"}, ())

    pipeline = types.SimpleNamespace(
        Analysis=Analysis,
        analyse=analyse,
        available_modalities=lambda: ("bone-scan",),
        load_models=lambda modality: types.SimpleNamespace(name=modality, sha256="0" * 64),
    )
    monkeypatch.setitem(sys.modules, "uptake_ml.pipeline", pipeline)
    readers = types.SimpleNamespace(open_study=open_study)
    monkeypatch.setitem(sys.modules, "uptake_ml.readers", readers)
    batch.load_models_once.cache_clear()
    yield names
    batch.load_models_once.cache_clear()


ERRORS = {
    "truncated": ReadError("pixel data ends early: 10 bytes of 20 found; export it again"),
    "ct": NotAStudyError("a CT series is no bone scan"),
    "bug": KeyError(SECRET),
    "huge": MemoryError(),
    "deep": RecursionError(SECRET),
    "model": ModelError("the model was changed"),
}


def sources(*names):
    return [StudySource((Path(name),)) for name in names]


def findings(*names, **options):
    return [a.finding for a in batch.classify_batch(sources(*names), **options)]


@pytest.mark.parametrize(
    ("name", "decision", "words"),
    [
        ("truncated", "failed", "pixel data ends early"),
        ("ct", "rejected", "a CT series"),
        ("pet", "rejected", "this release has models for bone-scan, found a fdg-pet"),
        ("bug", "failed", "unexpected KeyError in batch.py line"),
        ("huge", "failed", "unexpected MemoryError"),
        ("deep", "failed", "unexpected RecursionError"),
    ],
)
def test_a_bad_study_fails_alone(opened, name, decision, words):
    found = findings("first", name, "last")
    assert [f["decision"] for f in found] == ["labelled", decision, "labelled"]
    assert words in found[1]["reason"]
    assert SECRET not in str(found)


def test_a_broken_model_is_no_fault_of_a_study(opened):
    with pytest.raises(ModelError, match="was changed"):
        findings("first", "model")


def test_a_study_is_opened_when_it_is_asked_for(opened):
    analyses = batch.classify_batch(sources("a", "b", "c"))
    next(analyses)
    assert opened == ["a"]


@pytest.mark.parametrize("keep_images", [False, True])
def test_images_are_kept_on_request_only(opened, keep_images):
    (analysis,) = batch.classify_batch(sources("a"), keep_images=keep_images)
    assert (analysis.study is not None, analysis.layouts is not None) == (keep_images, keep_images)


def test_what_a_reader_warns_of_is_not_shown(opened, monkeypatch, recwarn):
    def open_study(source, **options):
        warnings.warn(f"invalid value {SECRET}", stacklevel=1)
        raise ReadError("bad header")

    monkeypatch.setattr(sys.modules["uptake_ml.readers"], "open_study", open_study)
    assert findings("a")[0]["reason"] == "bad header"
    assert not recwarn.list


def test_findings_tell_contexts_apart(opened):
    def digest(values):
        context = None if values is None else parse_context(values)
        return findings("a", context=context)[0]["provenance"]["context_sha256"]

    facts = {"age_years": 60, "sex": "female"}
    assert digest(None) is None
    assert digest(facts) == digest(dict(reversed(facts.items())))
    assert digest(facts) != digest({**facts, "age_years": 61})


def test_a_context_reaches_other_processes():
    context = parse_context({"age_years": 60})

    def age(_):
        return context.get("age_years")

    assert list(batch.run_in_order(age, range(2), jobs=2)) == [60, 60]


def test_a_process_that_dies_costs_only_its_study():
    def double(item):
        if item == 0:
            time.sleep(0.5)  # at work while the other process dies
        if item in (1, 4):
            os._exit(9)
        return 2 * item

    results = batch.run_in_order(double, range(6), jobs=2, on_crash=lambda item: f"lost {item}")
    assert list(results) == [0, "lost 1", 4, 6, "lost 4", 10]


def test_a_crash_becomes_a_failed_finding(opened, monkeypatch):
    monkeypatch.setattr(
        batch, "run_in_order", lambda task, items, jobs, on_crash: map(on_crash, items)
    )
    (finding,) = findings("a", jobs=2)
    assert (finding["decision"], finding["reason"]) == ("failed", batch.CRASHED)


def test_processes_keep_linear_algebra_to_one_thread():
    def count_threads(_):
        import numpy as np
        from threadpoolctl import threadpool_info

        np.ones((2, 2)) @ np.ones((2, 2))
        return {pool["num_threads"] for pool in threadpool_info()}

    assert set().union(*batch.run_in_order(count_threads, range(2), jobs=2)) == {1}


def test_one_job_does_without_joblib():
    code = (
        "import sys; from uptake_ml.batch import run_in_order;"
        "print(list(run_in_order(abs, [-1, -2], jobs=1)), 'joblib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == "[1, 2] False"
