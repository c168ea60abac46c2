"""The table in plain text."""

import pytest

from uptake_ml.report.finding import INTENDED_USE, failed_finding
from uptake_ml.report.table import printable, render_table


@pytest.fixture
def table(make_finding):
    return render_table(
        [
            make_finding(superimposed=("focal",)),
            make_finding(decision="indeterminate"),
            make_finding(decision="rejected"),
            failed_finding(None, "there is no such file: " + "give a path " * 12),
        ]
    )


def test_table_fits_its_width_and_has_no_trailing_spaces(table, make_finding):
    short = make_finding() | {"differential": []}
    for text in (table, render_table([short])):
        assert max(map(len, text.splitlines())) <= 120
        assert all(line == line.rstrip() for line in text.splitlines())


def test_columns_are_aligned(table):
    header, rule, *rows = table.splitlines()
    assert set(rule) == {"-", " "}
    starts = [0] + [i + 2 for i in range(len(rule) - 1) if rule[i : i + 2] == "  "]
    assert len(starts) == 9
    for start in starts[1:]:
        assert {line[start - 2 : start].strip() for line in (header, *rows[:4])} == {""}


def test_cells_say_what_the_finding_says(table):
    labelled = next(line for line in table.splitlines() if " labelled " in line)
    for cell in ("3fa9c1d27be4", "bone-scan", "joint-symmetric", "0.83", "0.64", " 4 ", "Rheuma"):
        assert cell in labelled
    assert "+ focal" in table


def test_unassessed_study_gives_its_reason_and_no_result(make_finding):
    text = " ".join(render_table([make_finding(decision="rejected")]).split())
    assert "rejected" in text
    assert "not an image" in text
    assert "0.83" not in text
    assert "Rheumatoid" not in text


def test_long_reason_is_whole(table):
    assert table.count("give a path") + table.count("give a\n") >= 1
    assert sum(line.count("path") for line in table.splitlines()) == 12


def test_intended_use_stands_below(table):
    assert " ".join(table.split()).endswith(INTENDED_USE)


def test_no_findings_give_an_empty_table():
    assert "study" in render_table([]).splitlines()[0]


def test_nothing_steers_the_terminal(make_finding):
    finding = failed_finding(None, "x\x1b[2J\x07\u202eabc\nnext")
    assert not {"\x1b", "\x07", "\u202e"} & set(render_table([finding]))
    assert printable("a\n b\x1b") == "a b?"
