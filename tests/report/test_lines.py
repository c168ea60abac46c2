"""JSON Lines and CSV, read back with the standard library."""

import csv
import io
import json

import pytest

from uptake_ml.features import FEATURES
from uptake_ml.report.finding import INTENDED_USE, failed_finding
from uptake_ml.report.lines import csv_lines, json_line, json_lines


def _read(text):
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@pytest.fixture
def findings(make_finding):
    return [make_finding(), make_finding(decision="rejected"), failed_finding(None, "no file")]


def test_json_lines_are_one_finding_a_line_in_order(findings):
    text = "".join(json_lines(findings))
    assert text.endswith("\n")
    assert [json.loads(line) for line in text.splitlines()] == findings


def test_json_keeps_order_and_letters(make_finding):
    finding = make_finding(reason="gehört, 骨, line\u2028separator")
    line = json_line(finding)
    assert len(line.splitlines()) == 1
    assert "gehört, 骨" in line
    assert list(json.loads(line)) == list(finding)
    assert json.loads(line)["reason"] == finding["reason"]


def test_json_has_no_nan(make_finding):
    with pytest.raises(ValueError, match="JSON"):
        json_line(make_finding() | {"typicality": float("nan")})


def test_csv_has_one_record_a_finding_and_crlf(findings):
    text = "".join(csv_lines(findings))
    assert text.count("\r\n") == 4
    assert "\n" not in text.replace("\r\n", "")
    rows = _read(text)
    assert [row["decision"] for row in rows] == ["labelled", "rejected", "failed"]
    assert rows[0]["leading_condition"] == "Rheumatoid arthritis"
    assert float(rows[0]["probability.joint-symmetric"]) == 0.83
    assert rows[0]["probability.marrow-diffuse"] == ""
    assert float(rows[0]["symmetry.wrist_lower_side"]) == 2.1235
    assert rows[0]["hotspot.joint_share"] == ""
    assert rows[2]["reason"] == "no file"
    assert {row["intended_use"] for row in rows} == {INTENDED_USE}


def test_csv_columns_do_not_depend_on_the_findings(findings):
    headers = {next(csv_lines([f])) for f in findings} | {next(csv_lines([]))}
    assert len(headers) == 1
    assert set(FEATURES) <= set(next(csv.reader(headers)))


def test_csv_is_written_as_findings_come(make_finding):
    def findings():
        yield make_finding()
        raise RuntimeError("the second is not needed yet")

    lines = csv_lines(findings())
    assert next(lines).startswith("study,")
    assert "joint-symmetric" in next(lines)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "＝"])
def test_csv_cells_are_no_formulas(make_finding, start):
    finding = make_finding(reason=f'{start}HYPERLINK("x")')
    (row,) = _read("".join(csv_lines([finding])))
    assert row["reason"] == f"'{finding['reason']}"


def test_csv_quotes_commas_quotes_and_line_ends(make_finding):
    reason = 'a, "b"\r\nc'
    (row,) = _read("".join(csv_lines([make_finding(reason=reason)])))
    assert row["reason"] == reason


def test_csv_keeps_negative_numbers_as_numbers(make_finding):
    finding = make_finding() | {"features": {"distribution.axial_rise": -0.5}}
    (row,) = _read("".join(csv_lines([finding])))
    assert row["distribution.axial_rise"] == "-0.5"
