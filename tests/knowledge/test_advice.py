"""Cautions, steps and missing context stand where they apply, and nowhere else."""

import pytest

from uptake_ml.knowledge import cautions_for, missing_context, next_steps_for
from uptake_ml.knowledge.context import parse_context
from uptake_ml.knowledge.load import load_context_keys
from uptake_ml.knowledge.schema import MODALITY_LABELS

FEMUR = [{"at": "left femur"}]
ALL = [(m, label) for m, labels in MODALITY_LABELS.items() for label in labels]


def texts(advice):
    return " ".join(entry["text"] for entry in advice)


@pytest.fixture
def steps(knowledge, make_finding):
    def advise(label, hot=(), modality="bone-scan", **told):
        finding = make_finding(modality, label, hot)
        return texts(next_steps_for(knowledge, finding, parse_context(told)))

    return advise


@pytest.fixture
def cautions(knowledge, make_finding):
    def advise(label, hot=(), modality="bone-scan", **told):
        finding = make_finding(modality, label, hot)
        return texts(cautions_for(knowledge, finding, parse_context(told)))

    return advise


@pytest.mark.parametrize(("modality", "label"), ALL)
def test_advice_is_cited_and_not_repeated(knowledge, make_finding, modality, label):
    finding = make_finding(modality, label, FEMUR)
    for advice in (cautions_for(knowledge, finding), next_steps_for(knowledge, finding)):
        assert all(set(entry) == {"text", "sources"} and entry["sources"] for entry in advice)
        assert len({entry["text"] for entry in advice}) == len(advice)
    assert cautions_for(knowledge, finding), "every label has a limit"


@pytest.mark.parametrize("decision", ["rejected", "failed"])
def test_no_advice_on_what_was_not_labelled(knowledge, make_finding, decision):
    finding = make_finding("bone-scan", "focal", FEMUR, decision=decision)
    assert cautions_for(knowledge, finding) == next_steps_for(knowledge, finding) == []


def test_biopsy_is_for_the_solitary_lesion_without_a_cause(steps):
    assert "a biopsy:" in steps("focal", FEMUR)
    assert "a biopsy:" in steps("focal", FEMUR, recent_trauma=False)
    assert "a biopsy:" not in steps("focal", FEMUR, recent_trauma=True)
    assert "a biopsy:" not in steps("focal", [*FEMUR, {"at": "left ribs"}])
    assert "a biopsy:" not in steps("joint-symmetric", FEMUR)


def test_blood_tests_go_with_systemic_signs(steps):
    assert "add blood tests" not in steps("focal", FEMUR)
    assert "add blood tests" not in steps("focal", FEMUR, fever=False, crp_mg_per_l=2)
    assert "add blood tests" in steps("focal", FEMUR, fever=True)
    assert "add blood tests" in steps("focal", FEMUR, crp_mg_per_l=80)


def test_repeat_scan_or_comparison(steps):
    assert "repeat the scan" in steps("focal", FEMUR)
    compared = steps("focal", FEMUR, earlier_scan="decreased")
    assert "repeat the scan" not in compared
    assert "good sign" in compared
    assert "good sign" not in steps("focal", FEMUR, earlier_scan="increased")


def test_normal_scan_does_not_rule_out_disease(cautions):
    assert "does not rule out disease" in cautions("normal")
    assert "does not rule out disease" not in cautions("focal", FEMUR)


def test_false_positive_of_a_worn_joint_needs_a_joint(cautions):
    assert "remodelling" in cautions("focal", [{"at": "left knee"}])
    assert "remodelling" not in cautions("focal", FEMUR)


def test_timing_matters_after_an_injury(cautions):
    assert "how long after the injury" in cautions("focal", FEMUR, recent_trauma=True)
    assert "how long after the injury" not in cautions("focal", FEMUR)


def test_marrow_is_never_read_in_isolation(cautions):
    assert "never be read apart" in cautions("marrow-diffuse", modality="fdg-pet")


def test_inconclusive_scan_calls_for_confirmation(knowledge, make_finding):
    finding = make_finding(
        "bone-scan", None, FEMUR, decision="indeterminate", prediction_set=["focal", "diffuse"]
    )
    finding["prediction_set"] = ["focal", "diffuse"]
    assert "inconclusive" in texts(next_steps_for(knowledge, finding))


def test_missing_context_is_named_until_it_is_given(knowledge, make_finding):
    finding = make_finding("fdg-pet", "marrow-diffuse")
    assert "growth factor" in texts(missing_context(knowledge, finding))
    given = parse_context({"growth_factor": "none", "chemotherapy": "none"})
    rest = texts(missing_context(knowledge, finding, given))
    assert "Not known: medication (medications)." in rest
    assert missing_context(knowledge, finding)[0] in cautions_for(knowledge, finding)


def test_nothing_is_missing_when_all_is_told(knowledge, make_finding):
    sample = {"flag": False, "texts": ["aspirin"], "number": 20}
    told = {
        key.id: key.choices[0] if key.choices else sample[key.kind]
        for key in load_context_keys().values()
    }
    for modality, label in ALL:
        finding = make_finding(modality, label, FEMUR)
        assert missing_context(knowledge, finding, parse_context(told)) == []
