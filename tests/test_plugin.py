"""The plug-in seen from a host: cheap to import, and never an exception."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import numpy as np
import pytest
from pydicom.data import get_testdata_file

from uptake_ml import plugin
from uptake_ml.errors import ModelError, NotAStudyError, ReadError
from uptake_ml.report.finding import FAILED, REJECTED, SCHEMA_FILE, failed_finding
from uptake_ml.resources import models_path
from uptake_ml.study import MODALITIES, Study, View

ROOT = Path(__file__).resolve().parents[1]
HOST = ROOT / "docs" / "example_host.py"

VALIDATOR = jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))


@pytest.fixture
def study():
    view = View(
        name="anterior", pixels=np.ones((9, 5), np.float32), spacing_mm=(2, 2), unit="counts"
    )
    return Study(id="3fa9", modality="bone-scan", views={"anterior": view})


def _run(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True, cwd=ROOT, env=os.environ | environment,
    ).stdout  # fmt: skip


def test_import_loads_nothing_heavy():
    loaded = _run("import sys, uptake_ml.plugin; print(*sys.modules)").split()
    heavy = {"numpy", "scipy", "skimage", "sklearn", "pydicom", "PIL", "jinja2", "joblib"}
    assert not heavy & set(loaded)


def test_import_takes_less_than_30_ms():
    # Processor time, the best of several: what else the machine does is not the import's fault.
    code = (
        "import time, typing, pathlib, tomllib; start = time.process_time(); "
        "import uptake_ml.plugin; print(time.process_time() - start)"
    )
    assert min(float(_run(code)) for _ in range(5)) < 0.030


def test_description_is_json_and_agrees_with_the_code():
    description = plugin.describe()
    assert json.loads(json.dumps(description)) == description
    assert description["modalities"] == list(MODALITIES)
    assert description["intended_use"] == plugin.INTENDED_USE
    sections = plugin.draft(failed_finding(None, "x"))
    assert description["report_sections"] == list(sections)


def _require_no_result(finding, decision, words):
    VALIDATOR.validate(finding)
    assert finding["decision"] == decision
    assert words in finding["reason"]
    assert finding["study"]["modality"] in (None, *MODALITIES)
    assert set(plugin.draft(finding)) == set(plugin.describe()["report_sections"])


@pytest.mark.parametrize(
    "source", ["/no/such/SMITH.dcm", "", "\0", 17, None, 3.5, b"x", [], object()]
)
def test_bad_input_is_a_failed_finding(source):
    finding = plugin.analyse(source)
    VALIDATOR.validate(finding)
    assert finding["decision"] in (FAILED, REJECTED)
    assert "SMITH" not in json.dumps(finding)


@pytest.mark.parametrize(
    ("error", "decision", "words"),
    [
        (ReadError("the header ends early"), FAILED, "the header ends early"),
        (NotAStudyError("it holds a knee"), REJECTED, "it holds a knee"),
        (ModelError("the model was changed"), FAILED, "the model was changed"),
        (ZeroDivisionError("SMITH^JOHN"), FAILED, "unexpected ZeroDivisionError"),
        (RecursionError(), FAILED, "unexpected RecursionError"),
        (MemoryError(), FAILED, "unexpected MemoryError"),
    ],
)
def test_whatever_is_raised_within_becomes_a_finding(monkeypatch, tmp_path, error, decision, words):
    def fail(*_):
        raise error

    file = tmp_path / "scan.dcm"
    file.write_bytes(b"x")
    monkeypatch.setattr(plugin, "_find_study", lambda path: SimpleNamespace(files=(path,)))
    monkeypatch.setattr(plugin, "_analyse_source", fail)
    finding = plugin.analyse(file)
    _require_no_result(finding, decision, words)
    assert "SMITH" not in json.dumps(finding)
    assert len(finding["study"]["files"][0]["sha256"]) == 64


def test_study_already_read_is_passed_on_with_its_context(monkeypatch, study):
    seen = {}

    def analyse(given, *, models, context):
        seen.update(study=given, models=models, context=context)
        return SimpleNamespace(finding={"whole": True})

    fake = SimpleNamespace(analyse=analyse)
    monkeypatch.setitem(sys.modules, "uptake_ml.pipeline", fake)
    monkeypatch.setattr("uptake_ml.batch.load_models_once", lambda modality: f"of {modality}")
    assert plugin.analyse(study, {"age_years": 60}) == {"whole": True}
    assert seen["study"] is study
    assert seen["models"] == "of bone-scan"
    assert seen["context"].get("age_years") == 60


def test_wrong_context_is_a_failed_finding_that_names_the_key(study):
    finding = plugin.analyse(study, {"favourite_colour": "red"})
    _require_no_result(finding, FAILED, "favourite_colour")
    assert finding["study"]["id"] == study.id


@pytest.mark.parametrize("finding", [{}, None, [], {"schema": "uptake-ml/finding/9"}, "text"])
def test_draft_of_something_else_says_so(finding):
    text = plugin.draft(finding)
    assert "Not a whole finding" in text["findings"]
    assert plugin.INTENDED_USE in text["impression"]


@pytest.fixture
def installed(tmp_path):
    """Return a folder that, on the path, is two installed plug-ins: uptake-ml and a broken one."""
    entries = {"uptake-ml": "uptake_ml.plugin", "broken": "no_such_module.anywhere"}
    for name, module in entries.items():
        info = tmp_path / f"{name.replace('-', '_')}_stub-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-stub\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[report_assistant.plugins]\n{name} = {module}\n")
    return tmp_path


def _run_host(installed, *arguments):
    path = os.pathsep.join(map(str, (installed, ROOT)))
    return subprocess.run(
        [sys.executable, str(HOST), *arguments],
        capture_output=True, text=True, env=os.environ | {"PYTHONPATH": path},
    )  # fmt: skip


def test_host_reports_on_a_file_that_cannot_be_read_and_survives_a_broken_plugin(installed):
    result = _run_host(installed, "/no/such/file.dcm")
    assert result.returncode == 0, result.stderr
    assert (
        "== broken\nThis plug-in is broken and was left out (ModuleNotFoundError" in result.stdout
    )
    assert "The software could not read this study. Reason: There is no such file" in result.stdout
    assert plugin.INTENDED_USE in result.stdout


@pytest.mark.skipif(
    not models_path("bone-scan").is_dir(),
    reason="no bone-scan model in this checkout yet: train one",
)
def test_host_reports_on_a_real_bone_scan(installed):
    result = _run_host(installed, get_testdata_file("JPGExtended.dcm"))
    assert result.returncode == 0, result.stderr
    assert "-- findings\nBone scan, anterior view. " in result.stdout
    assert "attern on bone scan" in result.stdout
    assert "Probabilities: " in result.stdout or "(probability " in result.stdout
    assert plugin.INTENDED_USE in result.stdout


def test_host_without_a_file_explains_itself(installed):
    result = _run_host(installed)
    assert result.returncode == 2
    assert result.stderr.startswith("usage:")


def test_project_declares_the_entry_point_that_hosts_look_for():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    group = project["entry-points"]["report_assistant.plugins"]
    assert group == {"uptake-ml": plugin.__name__}
    assert '"report_assistant.plugins"' in HOST.read_text(encoding="utf-8")
