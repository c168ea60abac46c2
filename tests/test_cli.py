"""The command line: its words, exit status, streams, and files that a killed batch continues."""

import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import types
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from uptake_ml import batch, cli, resources, study
from uptake_ml.commands import parser, progress
from uptake_ml.commands.progress import Progress
from uptake_ml.errors import ContextError, ModelError, NotAStudyError, ReadError, SimulationError
from uptake_ml.report import finding as report_finding

VERBS = (
    "demo", "classify", "simulate", "train", "evaluate", "check", "info", "explain", "compare",
)  # fmt: skip


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


class StandIn:
    """Readers and a pipeline for text files that hold a decision; counts what is opened."""

    def __init__(self):
        self.opened = []
        self.model_sha256 = "a" * 64
        self.kill_at = None

    def find_studies(self, paths, modality):
        for path in paths:
            files = sorted(path.iterdir()) if path.is_dir() else [path]
            yield from (StudySource((file,), modality=modality or "bone-scan") for file in files)

    def open_study(self, source, *, modality=None, keep_ids=False):
        self.opened.append(source.files[0].name)
        if len(self.opened) == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if not source.files[0].is_file():
            raise ReadError("there is no such file")
        word = source.files[0].read_text().split()[0]
        if word == "no-study":
            raise NotAStudyError("this is not a scan")
        if word == "broken-model":
            raise ModelError("the model was changed")
        return types.SimpleNamespace(modality=source.modality, source=source, word=word)

    def analyse(self, opened, *, models, context=None):
        finding = report_finding.failed_finding(opened.source, "a stand-in")
        finding["decision"] = opened.word
        finding["provenance"]["model"] = {"name": models.name, "sha256": models.sha256}
        return Analysis(finding, None, None, None)

    def load_models(self, modality):
        return types.SimpleNamespace(name=modality, sha256=self.model_sha256)

    def install(self, set_module):
        readers = types.SimpleNamespace(find_studies=self.find_studies, open_study=self.open_study)
        pipeline = types.SimpleNamespace(
            Analysis=Analysis,
            analyse=self.analyse,
            available_modalities=lambda: study.MODALITIES,
            load_models=self.load_models,
        )
        set_module(sys.modules, "uptake_ml.readers", readers)
        set_module(sys.modules, "uptake_ml.pipeline", pipeline)


@pytest.fixture
def stand_in(monkeypatch):
    stand_in = StandIn()
    stand_in.install(monkeypatch.setitem)
    batch.load_models_once.cache_clear()
    yield stand_in
    batch.load_models_once.cache_clear()


@pytest.fixture
def scans(tmp_path):
    """A folder of six studies, two of them the same file twice."""
    folder = tmp_path / "scans"
    folder.mkdir()
    for number, word in enumerate(["labelled"] * 3 + ["indeterminate"] * 2):
        (folder / f"{number}.scan").write_text(f"{word} {number}")
    (folder / "5.scan").write_text("labelled 0")
    return folder


def run(*words):
    return cli.main([str(word) for word in words])


def usage_status(*words):
    with pytest.raises(SystemExit) as stop:
        run(*words)
    return stop.value.code


def read_lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def digests(path):
    return [f["study"]["files"][0]["sha256"] for f in read_lines(path)]


def expected_digests(folder):
    return [hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())]


# The words


def test_the_parser_spells_the_words_of_the_study_and_the_finding():
    assert parser.MODALITIES == study.MODALITIES
    assert set(parser.LABELS) == {label for labels in study.LABELS.values() for label in labels}
    assert parser.INTENDED_USE == report_finding.INTENDED_USE


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_summary_an_example_and_the_intended_use(verb, capsys):
    assert usage_status(verb, "--help") == 0
    text = capsys.readouterr().out
    summary = parser.VERBS[verb][0]
    assert " ".join(text.split()).count(f"{summary[0].upper()}{summary[1:]}.") == 1
    assert f"\n  uptake-ml {verb}" in text
    assert parser.INTENDED_USE in text


@pytest.mark.parametrize("verb", VERBS)
def test_every_example_is_valid(verb):
    example = parser.VERBS[verb][1]
    assert parser.build_parser().parse_args(example.split()[1:]).verb == verb


def test_the_help_names_every_verb(capsys):
    assert usage_status("--help") == 0
    text = capsys.readouterr().out
    assert all(f"\n    {verb} " in text for verb in VERBS)
    assert parser.INTENDED_USE in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "VERB"),
        (["classify"], "PATH"),
        (["clasify", "x"], "invalid choice: 'clasify'"),
        (["classify", "x", "--modality", "ct"], "'bone-scan'"),
        (["classify", "x", "--jobs", "0"], "at least 1, found '0'"),
        (["classify", "x", "--jobs", "two"], "at least 1, found 'two'"),
        (["classify", "x", "--format", "fhir"], "fhir is not yet available"),
        (["classify", "x", "--format", "dicom-sr"], "dicom-sr is not yet available"),
        (["classify", "x", "--format", "xml"], "found 'xml'"),
        (["classify", "x", "--over"], "unrecognized arguments: --over"),
        (["simulate", "--modality", "bone-scan"], "--out"),
        (["simulate", "--modality", "bone-scan", "--out", "x", "--seed", "-1"], "at least 0"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(words, message, capsys):
    assert usage_status(*words) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert message in err


# Exit status and streams


@pytest.mark.parametrize(
    ("decisions", "status"),
    [
        (["labelled", "indeterminate"], 0),
        (["labelled", "rejected", "labelled"], 1),
        (["no-study", "labelled"], 1),
    ],
)
def test_status_tells_whether_every_study_was_assessed(
    stand_in, tmp_path, capsys, decisions, status
):
    for number, word in enumerate(decisions):
        (tmp_path / f"{number}").write_text(f"{word} {number}")
    assert run("classify", tmp_path, "--format", "jsonl") == status
    out, err = capsys.readouterr()
    found = [json.loads(line)["decision"] for line in out.splitlines()]
    assert found == [{"no-study": "rejected"}.get(word, word) for word in decisions]
    assert err.count("rejected") == sum(word in ("rejected", "no-study") for word in decisions)


def test_a_path_that_is_not_there_leaves_the_others_whole(stand_in, scans, capsys):
    assert run("classify", scans / "nothing", scans / "0.scan", "--format", "jsonl") == 1
    out, err = capsys.readouterr()
    assert [json.loads(line)["decision"] for line in out.splitlines()] == ["failed", "labelled"]
    assert f"{scans / 'nothing'}: failed: there is no such file" in err


def test_a_folder_without_studies_is_wrong_usage(stand_in, tmp_path, capsys):
    assert run("classify", tmp_path) == 2
    assert f"no study found in {tmp_path}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (ContextError("unknown key 'agee'"), 2, "unknown key 'agee'"),
        (SimulationError("a case\nwas not drawn"), 1, "a case was not drawn"),
        (PermissionError(13, "Permission denied", "x"), 1, "Permission denied: 'x'"),
        (KeyError("q"), 1, "unexpected KeyError: 'q'; --debug shows where"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
@pytest.mark.parametrize("debug", [False, True])
def test_an_error_is_one_line(monkeypatch, capsys, error, status, message, debug):
    def fail(args):
        raise error

    monkeypatch.setitem(sys.modules, "uptake_ml.commands.check", types.SimpleNamespace(run=fail))
    assert run("check", *["--debug"] * debug) == status
    err = capsys.readouterr().err
    assert err.splitlines()[-1] == f"uptake-ml check: {message}" or message in err.splitlines()[-1]
    assert ("Traceback" in err) == debug
    assert debug or err.count("\n") == 1


def test_a_broken_model_stops_the_batch(stand_in, tmp_path, capsys):
    (tmp_path / "a").write_text("broken-model")
    assert run("classify", tmp_path) == 1
    assert capsys.readouterr().err == "uptake-ml classify: the model was changed\n"


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("f.csv", "study,files,modality"),
        ("f.jsonl", '{"schema"'),
        ("f.txt", "study "),
        ("-", "study "),
    ],
)
def test_the_form_follows_the_ending(stand_in, scans, tmp_path, capsys, name, start):
    target = name if name == "-" else tmp_path / name
    assert run("classify", scans, "--out", target) == 0
    text = capsys.readouterr().out if name == "-" else target.read_text()
    assert text.startswith(start)


@pytest.mark.parametrize("form", ["table", "csv", "html"])
def test_a_file_is_whole_or_not_there(stand_in, scans, tmp_path, form):
    target = tmp_path / "out" / "f"
    target.parent.mkdir()
    target.write_text("earlier")
    (scans / "9.scan").write_text("broken-model")
    assert run("classify", scans, "--out", target, "--format", form) == 1
    assert [p.name for p in target.parent.iterdir()] == ["f"]
    assert target.read_text() == "earlier"


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_pipe_is_written_to_and_not_replaced(stand_in, scans, tmp_path, form):
    pipe, received = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: received.append(pipe.read_text()), daemon=True)
    reader.start()
    assert run("classify", scans, "--out", pipe, "--format", form) == 0
    assert pipe.is_fifo()
    reader.join(timeout=5)
    assert received[0].count("\n") == 6 + (form == "csv")


def test_out_in_a_folder_that_is_not_there_is_wrong_usage(stand_in, scans, tmp_path, capsys):
    for name in ("f.csv", "f.jsonl"):
        assert run("classify", scans, "--out", tmp_path / "no" / name) == 2
    assert run("classify", scans, "--out", tmp_path, "--format", "csv") == 2
    assert stand_in.opened == []


# A batch that is continued


def test_a_batch_cut_anywhere_continues_to_the_same_file(stand_in, scans, tmp_path):
    target = tmp_path / "f.jsonl"
    assert run("classify", scans, "--out", target) == 0
    whole = target.read_bytes()
    assert digests(target) == expected_digests(scans)
    for cut in [0, 1, *range(7, len(whole), 97), len(whole) - 1, len(whole)]:
        target.write_bytes(whole[:cut])
        stand_in.opened.clear()
        assert run("classify", scans, "--out", target) == 0
        assert target.read_bytes() == whole
        assert len(stand_in.opened) == 6 - whole[:cut].count(b"\n")


def test_a_continued_batch_remembers_what_failed(stand_in, scans, tmp_path):
    (scans / "1.scan").write_text("no-study")
    target = tmp_path / "f.jsonl"
    words = ("classify", scans, scans / "none", "--out", target)
    assert run(*words) == 1
    stand_in.opened.clear()
    assert run(*words) == 1
    assert stand_in.opened == []
    assert len(read_lines(target)) == 7


def test_only_findings_of_the_same_model_and_context_count(stand_in, scans, tmp_path):
    target, facts = tmp_path / "f.jsonl", tmp_path / "context.toml"

    def count_opened(*options):
        stand_in.opened.clear()
        run("classify", scans, "--out", target, *options)
        return len(stand_in.opened)

    facts.write_text("age_years = 60")
    assert [count_opened() for _ in range(2)] == [6, 0]
    assert [count_opened("--context", facts) for _ in range(2)] == [6, 0]
    facts.write_text("age_years = 61")
    assert count_opened("--context", facts) == 6
    assert [count_opened("--modality", "fdg-pet") for _ in range(2)] == [6, 0]
    stand_in.model_sha256 = "b" * 64
    batch.load_models_once.cache_clear()
    assert [count_opened() for _ in range(2)] == [6, 0]
    assert [count_opened("--overwrite") for _ in range(2)] == [6, 6]
    assert len(read_lines(target)) == 6


def test_a_file_of_something_else_is_left_alone(stand_in, scans, tmp_path, capsys):
    target = tmp_path / "notes.jsonl"
    for content in ("my notes\n", "my notes", '{"a": 1}\n', "[]\n"):
        target.write_text(content)
        assert run("classify", scans, "--out", target) == 2
        assert "line 1 is not a finding" in capsys.readouterr().err
        assert target.read_text() == content


def test_a_killed_batch_loses_and_repeats_nothing(stand_in, scans, tmp_path):
    target = tmp_path / "f.jsonl"
    code = f"""
        import importlib.util, sys
        spec = importlib.util.spec_from_file_location("test_cli", {__file__!r})
        tests = importlib.util.module_from_spec(spec)
        sys.modules["test_cli"] = tests
        spec.loader.exec_module(tests)
        stand_in = tests.StandIn()
        stand_in.kill_at = 4
        stand_in.install(dict.__setitem__)
        tests.run("classify", {str(scans)!r}, "--out", {str(target)!r})
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(read_lines(target)) == 3
    assert run("classify", scans, "--out", target) == 0
    assert digests(target) == expected_digests(scans)


# Words of the documents


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("joint-symmetric", "Pattern: joint-symmetric"),
        ("rheumatoid arthritis", "Category:"),
        ("hotspot.count", "formula:"),
    ],
)
def test_explain_knows_patterns_conditions_and_features(name, words, capsys):
    assert run("explain", name) == 0
    assert words in capsys.readouterr().out


def test_explain_lists_its_names_and_suggests_the_nearest(capsys):
    assert run("explain") == 0
    assert "joint-symmetric" in capsys.readouterr().out
    assert run("explain", "joint-symetric") == 2
    assert "joint-symmetric" in capsys.readouterr().err


# Streams


def test_a_closed_pipe_is_silent():
    # The text is short enough to stay in the buffer until all is done.
    code = (
        "import sys, types; from uptake_ml import cli;"
        "run = lambda args: print('x', input()) or 0;"
        "sys.modules['uptake_ml.commands.check'] = types.SimpleNamespace(run=run);"
        "sys.exit(cli.main(['check']))"
    )
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    buffered = {**os.environ, "PYTHONUNBUFFERED": ""}
    process = subprocess.Popen([sys.executable, "-c", code], env=buffered, **pipes)
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(b"go\n")
    assert (process.returncode, err) == (1, b"")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_moves_on_a_terminal_and_is_rare_elsewhere(monkeypatch):
    clock = iter(range(1000))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    shown = {}
    for stream in (Terminal(), io.StringIO()):
        with Progress(40, "studies", stream) as count:
            for _ in range(40):
                count()
        shown[type(stream)] = stream.getvalue()
    assert shown[Terminal].count("\r") == 40 and shown[Terminal].count("\n") == 1
    assert shown[io.StringIO] == "30/40 studies, 1.0/s, 10 s left\n"


def test_progress_counts_the_time_of_this_run_and_stage(monkeypatch):
    clock = iter(range(0, 1000, 40))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    stream = io.StringIO()
    with Progress(200, "cases", stream) as count:
        count(101, 200)
        count(102, 200)
        count(1, 10)
    assert stream.getvalue().splitlines() == [
        "101/200 cases, 40.0 s each, 66 min left",
        "102/200 cases, 40.0 s each, 65 min left",
        "1/10 cases, 40.0 s each, 6 min left",
    ]


# Simulated cases


def test_simulate_says_which_package_is_missing(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert run("simulate", "--modality", "bone-scan", "--out", tmp_path / "x") == 1
    assert "pip install 'uptake-ml[simulate]'" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_simulate_wants_a_label_of_the_modality(tmp_path, capsys):
    words = ("--modality", "fdg-pet", "--label", "diffuse", "--out", tmp_path / "x")
    assert run("simulate", *words) == 2
    assert (
        "must be one of normal, focal, joint-symmetric, marrow-diffuse" in capsys.readouterr().err
    )


def test_simulate_leaves_what_it_did_not_write(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("uptake_ml.commands.simulate._write_cases", lambda folder, args: iter([]))
    (tmp_path / "case-0001.dcm").write_text("earlier")
    (tmp_path / "thesis.txt").write_text("dear")
    words = ("simulate", "--modality", "bone-scan", "--out", tmp_path)
    assert run(*words) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert (tmp_path / "case-0001.dcm").exists()
    assert run(*words, "--overwrite") == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["thesis.txt", "truth.jsonl"]


def test_masks_go_to_a_folder_of_their_own(tmp_path, capsys):
    words = ("--modality", "bone-scan", "--out", tmp_path / "x", "--masks", tmp_path / "x")
    assert run("simulate", *words) == 2
    assert "--masks needs another folder" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.simulate
@pytest.mark.parametrize("modality", ["bone-scan", "fdg-pet"])
def test_masks_number_the_lesions_and_regions_of_each_view(tmp_path, modality):
    pytest.importorskip("myo_sim", reason="the extra [simulate] is not installed")
    words = ("--modality", modality, "--label", "focal", "--n", 1, "--seed", 3)
    out = ("--out", tmp_path / "scans", "--masks", tmp_path / "masks")
    assert run("simulate", *words, *out) == 0
    (truth,) = read_lines(tmp_path / "scans" / "truth.jsonl")
    assert ("true_suv" in truth) == (modality == "fdg-pet")
    masks = {p.name: np.asarray(Image.open(p)) for p in (tmp_path / "masks").iterdir()}
    for view in {place for lesion in truth["lesions"] for place in lesion["place"]}:
        stem = f"case-0001_{'ANT' if view == 'anterior' else 'POST'}"
        lesions, regions = masks[f"{stem}_lesions.png"], masks[f"{stem}_regions.png"]
        assert lesions.shape == regions.shape and regions.max() > 20
        placed = {n["number"] for n in truth["lesions"] if view in n["place"]}
        assert set(np.unique(lesions)) - {0} <= placed
    assert any(image.max() > 0 for name, image in masks.items() if "lesions" in name)


@pytest.mark.slow
@pytest.mark.simulate
@pytest.mark.parametrize("form", ["dicom", "png"])
def test_simulated_files_do_not_depend_on_jobs_or_number(tmp_path, form):
    pytest.importorskip("myo_sim", reason="the extra [simulate] is not installed")

    def files(jobs, n):
        folder = tmp_path / f"{jobs}-{n}"
        words = ("--modality", "bone-scan", "--n", n, "--seed", 3, "--format", form)
        assert run("simulate", *words, "--jobs", jobs, "--out", folder) == 0
        truths = read_lines(folder / "truth.jsonl")
        assert [t["case"] for t in truths] == list(range(1, n + 1))
        names = [file["name"] for truth in truths for file in truth["files"]]
        assert sorted([*names, "truth.jsonl"]) == sorted(p.name for p in folder.iterdir())
        return truths, {name: (folder / name).read_bytes() for name in names}

    truths, contents = files(1, 3)
    truths_of_two, contents_of_two = files(2, 2)
    assert truths_of_two == truths[:2]
    assert contents_of_two.items() <= contents.items()
    assert [t["drawn_label"] for t in truths] == ["normal", "focal", "diffuse"]


# The whole program, with the model that is installed

has_model = pytest.mark.skipif(
    not resources.models_path("bone-scan").is_dir(), reason="no model for bone-scan is installed"
)


@has_model
def test_check_passes(capsys):
    assert run("check") == 0
    assert "FAILED" not in capsys.readouterr().out


@has_model
def test_info_shows_the_card_and_the_hash(capsys):
    assert run("info", "--modality", "bone-scan") == 0
    card = resources.models_path("bone-scan", "card.md").read_text().strip()
    model = resources.models_path("bone-scan", "model.skops").read_bytes()
    text = capsys.readouterr().out
    assert card in text and hashlib.sha256(model).hexdigest() in text


@has_model
def test_demo_shows_truth_beside_what_was_found(tmp_path, capsys):
    assert run("demo", "--out", tmp_path / "out") == 0
    rows = capsys.readouterr().out.splitlines()
    truths = read_lines(resources.data_path("samples", "truth.jsonl"))
    assert rows[1].split()[0] == "JPGExtended.dcm" and "a real scan" in rows[1]
    for truth in truths:
        (row,) = [row for row in rows if row.startswith(truth["files"][0]["name"])]
        assert truth["label"] in row
    page = (tmp_path / "out" / "index.html").read_text()
    assert page.count("data:image/png") > len(truths)
    assert not re.search(r'(?:src|href)="https?://', page)


@has_model
def test_jobs_do_not_change_the_findings(tmp_path):
    texts = []
    for jobs in (1, 2):
        target = tmp_path / f"{jobs}.jsonl"
        scans = sorted(resources.data_path("samples").glob("*.dcm"))
        assert run("classify", *scans, "--out", target, "--jobs", jobs) == 0
        found = read_lines(target)
        for finding in found:
            del finding["provenance"]["command"]
        texts.append(found)
    assert texts[0] == texts[1]
