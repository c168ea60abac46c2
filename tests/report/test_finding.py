"""The finding against its contract and its schema."""

import copy
import json
import re

import jsonschema
import numpy as np
import pytest

from uptake_ml.report.finding import (
    INTENDED_USE,
    SCHEMA_FILE,
    failed_finding,
    remove_paths,
    round_probabilities,
)
from uptake_ml.study import View

CONTRACT = [
    "schema",
    "study",
    "decision",
    "label",
    "probabilities",
    "prediction_set",
    "typicality",
    "superimposed",
    "hotspots",
    "landmarks",
    "features",
    "evidence",
    "differential",
    "cautions",
    "next_steps",
    "reason",
    "provenance",
    "intended_use",
]


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize(
    "changes",
    [{}, {"decision": "indeterminate"}, {"decision": "rejected"}, {"superimposed": ("focal",)}],
)
def test_finding_has_the_contract_s_keys_in_order_and_fits_the_schema(
    make_finding, validator, changes
):
    finding = make_finding(**changes)
    assert list(finding) == CONTRACT
    validator.validate(json.loads(json.dumps(finding, allow_nan=False)))


def test_failed_finding_is_whole_and_fits_the_schema(tmp_path, validator):
    file = tmp_path / "scan.dcm"
    file.write_bytes(b"not DICOM")
    for source in (file, tmp_path / "absent", str(file), None, "\0"):
        for decision in ("failed", "rejected"):
            finding = failed_finding(source, "it is no image", decision=decision)
            assert list(finding) == CONTRACT
            assert finding["decision"] == decision
            assert finding["intended_use"] == INTENDED_USE
            validator.validate(finding)


def test_failed_finding_of_a_study_keeps_what_is_known_of_it(study, validator):
    finding = failed_finding(study, "the model is missing")
    validator.validate(finding)
    assert finding["study"]["id"] == study.id
    assert finding["study"]["views"] == ["anterior", "posterior"]


def _all_objects(schema, path="$"):
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield path, schema
        for key, part in schema.items():
            yield from _all_objects(part, f"{path}.{key}")
    elif isinstance(schema, list):
        for part in schema:
            yield from _all_objects(part, path)


def test_schema_refuses_unknown_keys_everywhere_but_where_keys_are_data():
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    open_objects = {
        path.rpartition(".")[2]
        for path, part in _all_objects(schema)
        if part.get("additionalProperties") is not False
    }
    assert open_objects == {"probabilities", "features", "provenance"}


@pytest.mark.parametrize("key", CONTRACT)
def test_schema_needs_every_key(make_finding, validator, key):
    finding = make_finding()
    del finding[key]
    assert not validator.is_valid(finding)


def _break(finding, path, value):
    broken = copy.deepcopy(finding)
    target = broken
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return broken


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["label"], None),
        (["label"], "metastatic"),
        (["decision"], "failed"),
        (["extra"], 1),
        (["study", "path"], "/home"),
        (["hotspots", 0, "significance"], 9.0),
        (["hotspots", 0, "side"], "middle"),
        (["landmarks", 0, "name"], "nose"),
        (["typicality"], 1.2),
        (["probabilities", "focal"], -0.1),
        (["prediction_set"], ["focal", "focal"]),
        (["features", "hotspot.count"], "3"),
        (["differential", 0, "sources"], [{"document": "x"}]),
    ],
)
def test_schema_refuses_a_broken_finding(make_finding, validator, path, value):
    assert not validator.is_valid(_break(make_finding(), path, value))


def test_undefined_features_are_null_and_values_are_rounded(make_finding):
    features = make_finding()["features"]
    assert features["hotspot.joint_share"] is None
    assert features["symmetry.wrist_lower_side"] == 2.1235


@pytest.mark.parametrize("seed", range(20))
def test_rounded_probabilities_sum_to_one_and_keep_their_order(seed):
    p = np.random.default_rng(seed).dirichlet(np.full(4, 0.4))
    rounded = round_probabilities(dict(zip("abcd", p.tolist(), strict=True)))
    assert sum(rounded.values()) == pytest.approx(1, abs=1e-12)
    assert max(rounded, key=rounded.get) == "abcd"[int(p.argmax())]
    assert all(abs(rounded[k] - v) < 3e-4 for k, v in zip("abcd", p, strict=True))


def test_spacing_is_null_where_the_views_differ(study, make_finding):
    assert make_finding()["study"]["pixel_spacing_mm"] == [8.0, 6.0]
    pixels = study.views["anterior"].pixels
    study.views["posterior"] = View(
        name="posterior", pixels=pixels, spacing_mm=(8.0, 7.0), unit="counts"
    )
    assert make_finding()["study"]["pixel_spacing_mm"] is None


def test_notes_of_the_study_are_cautions_before_those_of_the_documents(study, make_finding):
    cautions = make_finding()["cautions"]
    assert cautions[0] == {"text": study.notes[0], "sources": []}
    assert len(cautions) == 2


def test_evidence_names_the_largest_contributions_and_their_direction(make_finding):
    evidence = {entry["feature"]: entry for entry in make_finding()["evidence"]}
    wrists = evidence["symmetry.wrist_lower_side"]
    assert wrists["text"].startswith("Uptake is raised at both wrists")
    assert wrists["text"].endswith("this speaks for joint-symmetric.")
    assert wrists["value"] == 2.1235
    kidneys = evidence["distribution.kidneys_to_soft_tissue"]["text"]
    assert kidneys.startswith("The kidneys are visible")
    assert "against joint-symmetric" in kidneys
    assert "intensity.skeleton_p90" not in evidence, "too small a contribution to be named"


def test_rejected_study_has_no_evidence(make_finding):
    assert make_finding(decision="rejected")["evidence"] == []


HOSTILE = "SMITH^JOHN 1951-03-02 12345.dcm"


def test_nothing_of_the_patient_is_in_a_failed_finding(tmp_path):
    folder = tmp_path / "SMITH_JOHN"
    folder.mkdir()
    file = folder / HOSTILE
    file.write_bytes(b"x")
    reason = f"{file}: {file.name} in {folder} is not DICOM: [Errno 2] No such file: '{file}'"
    text = json.dumps(failed_finding(file, reason))
    assert not re.search("SMITH|1951|12345", text)
    assert str(tmp_path) not in text
    assert "is not DICOM" in text


def test_names_are_kept_on_request(tmp_path):
    file = tmp_path / HOSTILE
    file.write_bytes(b"x")
    finding = failed_finding(file, f"{file.name} is not DICOM", keep_ids=True)
    assert finding["study"]["files"][0]["name"] == HOSTILE
    assert HOSTILE in finding["reason"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no model in /home/jane/models/bone: install", "no model in a path: install"),
        (r"C:\Users\jane\scan.dcm is empty", "a path is empty"),
        ("kBq/mL and 3/4 stay, and/or too", "kBq/mL and 3/4 stay, and/or too"),
        ("give --out FILE or 1.5 mm", "give --out FILE or 1.5 mm"),
    ],
)
def test_paths_are_taken_out_and_units_are_not(text, expected):
    assert remove_paths(text) == expected


def test_same_bytes_have_the_same_id_under_any_name(tmp_path):
    a, b, c = (tmp_path / name for name in "abc")
    a.write_bytes(b"one")
    b.write_bytes(b"one")
    c.write_bytes(b"two")
    ids = [failed_finding(path, "no")["study"]["id"] for path in (a, b, c)]
    assert ids[0] == ids[1] != ids[2]
