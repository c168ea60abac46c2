"""The draft says what the finding holds, and no more."""

import copy
import re

import pytest

from uptake_ml.report.finding import INTENDED_USE, failed_finding
from uptake_ml.report.text import draft

SECTIONS = ["findings", "impression", "differential", "recommendations"]
TITLES = {"000_133e1dadede17d86": "What Does It Mean"}


@pytest.mark.parametrize("decision", ["labelled", "indeterminate", "rejected"])
def test_draft_has_its_sections_and_the_intended_use(make_finding, decision):
    text = draft(make_finding(decision=decision), document_titles=TITLES)
    assert list(text) == SECTIONS
    assert all(section.strip() == section and section for section in text.values())
    assert text["impression"].endswith(INTENDED_USE)


def test_label_comes_with_probability_and_set(make_finding):
    impression = draft(make_finding(superimposed=("focal",)))["impression"]
    assert "joint-symmetric, with superimposed focal uptake (probability 0.83)" in impression
    assert "Labels that fit: joint-symmetric." in impression


def test_findings_are_those_of_the_finding(make_finding):
    text = draft(make_finding())["findings"]
    assert text.startswith(
        "Bone scan, anterior and posterior views. Uptake is paired at both wrists."
    )
    assert "Highest uptake: right wrist (3.4 times normal), left wrist (2.9 times normal)" in text
    assert text.count("left wrist") == 1, "seen in both views, named once"


def test_suv_is_told_where_there_is_one(make_finding):
    finding = copy.deepcopy(make_finding())
    finding["hotspots"][0]["suv_max"] = 7.25
    assert "right wrist (3.4 times normal, SUVmax 7.2)" in draft(finding)["findings"]


def test_indeterminate_draft_gives_no_label(make_finding):
    impression = draft(make_finding(decision="indeterminate"))["impression"]
    assert impression.startswith("Indeterminate pattern on bone scan: the software gives no label.")
    assert "Labels that fit: focal and joint-symmetric." in impression


@pytest.mark.parametrize("decision", ["rejected", "failed"])
def test_unassessed_draft_says_so_and_nothing_else(make_finding, decision):
    finding = failed_finding(None, "the file is empty", decision=decision)
    text = draft(finding)
    assert "Reason: The file is empty." in text["findings"]
    assert text["impression"].startswith("No impression from the software.")
    assert text["differential"] == "None."


def test_rejected_draft_hides_what_was_measured(make_finding):
    text = " ".join(draft(make_finding(decision="rejected")).values())
    assert not re.search("0\\.83|wrist|Rheumatoid", text)


def test_every_condition_and_every_citation_is_in_the_text(make_finding):
    text = draft(make_finding(), document_titles=TITLES)
    assert text["differential"].startswith("1. Rheumatoid arthritis. For: Most hot joints")
    assert "Against: The spine is hot." in text["differential"]
    assert "[What Does It Mean: FAQ, Rheumatoid Arthritis Findings]" in text["differential"]
    assert "Additional Imaging Tests" in text["recommendations"]
    assert "Potential False Positives" in text["recommendations"]
    assert "000_133e" not in " ".join(text.values())


def test_long_differential_says_what_was_left_out(make_finding):
    finding = make_finding()
    entries = [finding["differential"][0] | {"rank": rank} for rank in range(1, 9)]
    lines = draft(finding | {"differential": entries})["differential"].splitlines()
    assert len(lines) == 6
    assert lines[-1].startswith("3 less likely ones")
