"""Written cases: the conditions that must lead, and the section that says so."""

import tomllib
from pathlib import Path

import pytest

from uptake_ml.knowledge import cautions_for, next_steps_for, rank
from uptake_ml.knowledge.context import parse_context

VIGNETTES = tomllib.loads(Path(__file__).with_name("vignettes.toml").read_text("utf-8"))["vignette"]


@pytest.fixture(params=VIGNETTES, ids=lambda v: v["title"])
def vignette(request):
    return request.param


@pytest.fixture
def case(vignette, make_finding):
    parts = {k: vignette[k] for k in ("hot", "features", "superimposed") if k in vignette}
    finding = make_finding(vignette["modality"], vignette["label"], **parts)
    return finding, parse_context(vignette.get("context", {}))


def test_expected_conditions_lead(knowledge, vignette, case):
    entries = rank(knowledge, *case)
    leads = vignette["leads"]
    assert [entry["condition"] for entry in entries[: len(leads)]] == leads
    assert bool(entries) == bool(leads)
    assert set(vignette.get("includes", ())) <= {entry["condition"] for entry in entries}


def test_section_is_cited(knowledge, vignette, case):
    entries = rank(knowledge, *case)
    if not entries:
        assert "section" not in vignette
        return
    assert vignette["section"] in [source["section"] for source in entries[0]["sources"]]


def test_advice_fits(knowledge, vignette, case):
    cautions = " ".join(c["text"] for c in cautions_for(knowledge, *case))
    steps = " ".join(s["text"] for s in next_steps_for(knowledge, *case))
    assert vignette.get("caution", "") in cautions
    assert vignette.get("step", "") in steps
    assert "no_step" not in vignette or vignette["no_step"] not in steps


def test_enough_cases_for_each_document():
    count = {m: sum(v["modality"] == m for v in VIGNETTES) for m in ("bone-scan", "fdg-pet")}
    assert len(VIGNETTES) >= 30
    assert count["fdg-pet"] >= 8
