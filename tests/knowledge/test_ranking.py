"""The differential is deterministic, explained and monotone, and empty where it should be."""

import itertools
import json
import random

import pytest

from uptake_ml.errors import KnowledgeError
from uptake_ml.knowledge import rank
from uptake_ml.knowledge.context import parse_context
from uptake_ml.knowledge.ranking import score_conditions
from uptake_ml.knowledge.schema import MODALITY_LABELS, RANKING_KINDS

ABNORMAL = [
    (modality, label)
    for modality, labels in MODALITY_LABELS.items()
    for label in labels
    if label != "normal"
]
KNEES = [{"at": "left knee"}, {"at": "right knee"}]


def cited_in_order(entry):
    return [(source["document"], source["section"]) for source in entry["sources"]]


def scores(knowledge, modality, labels, facts):
    found = score_conditions(knowledge, modality, labels, frozenset(facts))
    return {candidate.condition: candidate.score for candidate in found}


@pytest.mark.parametrize(("modality", "label"), ABNORMAL)
def test_fact_for_a_condition_never_lowers_it(knowledge, modality, label):
    draw = random.Random(1)
    lines = [x for x in knowledge.lines_for(modality, (label,)) if x.kind in RANKING_KINDS]
    facts = sorted({f for x in lines for f in (*x.when, *x.against)})
    for _ in range(20):
        base = {fact for fact in facts if draw.random() < 0.3}
        before = scores(knowledge, modality, (label,), base)
        for fact in facts:
            after = scores(knowledge, modality, (label,), base | {fact})
            spoken_for = {c for x in lines if fact in x.when for c in x.conditions}
            for name in spoken_for & before.keys():
                assert after[name] >= before[name], f"{fact} lowers {name}"
            assert before.keys() <= after.keys()


@pytest.mark.parametrize(("modality", "label"), ABNORMAL)
def test_completing_a_line_raises_its_conditions(knowledge, modality, label):
    for line in knowledge.lines_for(modality, (label,)):
        if line.kind not in RANKING_KINDS or line.kind == "listing":
            continue
        before = scores(knowledge, modality, (label,), ())
        after = scores(knowledge, modality, (label,), line.when)
        for name in set(line.conditions) & before.keys():
            assert after[name] > before[name], f"{line.id} does nothing for {name}"


@pytest.mark.parametrize(("modality", "label"), ABNORMAL)
def test_contradiction_lowers(knowledge, modality, label):
    for line in knowledge.lines_for(modality, (label,)):
        for fact, name in itertools.product(line.against, line.conditions):
            before = scores(knowledge, modality, (label,), ())
            if name in before:
                assert scores(knowledge, modality, (label,), (fact,))[name] < before[name]


@pytest.mark.parametrize(("modality", "label"), ABNORMAL)
def test_without_facts_ties_keep_the_documents_order(knowledge, modality, label):
    found = score_conditions(knowledge, modality, (label,), frozenset())
    listed = [
        name
        for line in knowledge.lines_for(modality, (label,))
        if line.kind == "listing"
        for name in line.conditions
    ]
    for first, second in itertools.pairwise(found):
        assert first.score > second.score or listed.index(first.condition) < listed.index(
            second.condition
        )


def test_same_input_gives_same_bytes(knowledge, make_finding):
    hot = [{"at": "left knee"}, {"at": "right knee"}, {"at": "left hand"}, {"at": "lumbar-spine"}]
    told = {"known_cancer": "breast", "fever": True}
    first = json.dumps(
        rank(knowledge, make_finding("bone-scan", "focal", hot), parse_context(told))
    )
    told = dict(reversed(told.items()))
    again = make_finding("bone-scan", "focal", hot)
    again["hotspots"].reverse()
    assert json.dumps(rank(knowledge, again, parse_context(told))) == first


@pytest.mark.parametrize(("modality", "label"), ABNORMAL)
def test_every_entry_is_explained_and_cited(knowledge, make_finding, modality, label):
    context = parse_context({"fever": True, "known_cancer": "breast", "recent_trauma": True})
    finding = make_finding(modality, label, [*KNEES, {"at": "left femur"}])
    entries = rank(knowledge, finding, context)
    assert [entry["rank"] for entry in entries] == list(range(1, len(entries) + 1))
    for entry in entries:
        assert set(entry) == {"rank", "condition", "category", "reasons", "against", "sources"}
        assert entry["reasons"]
        cited = {tuple(s.values()) for s in entry["sources"]}
        for reason in (*entry["reasons"], *entry["against"]):
            assert set(reason) == {"text", "sources"}
            assert reason["sources"]
            assert {tuple(s.values()) for s in reason["sources"]} <= cited
        order = [knowledge.documents[d].section_order[s] for d, s in cited_in_order(entry)]
        assert order == sorted(order)
        for document, section in cited:
            assert section in knowledge.documents[document].section_order
            assert knowledge.documents[document].modality == modality


def test_reason_names_what_was_measured_and_told(knowledge, make_finding):
    finding = make_finding("bone-scan", "focal", [{"at": "left femur", "contrast": 4.2}])
    context = parse_context({"recent_trauma": True})
    fracture = rank(knowledge, finding, context)[0]
    text = " ".join(reason["text"] for reason in fracture["reasons"])
    assert "left femur" in text
    assert "4.2 times normal" in text
    assert "Recent injury" in text


@pytest.mark.parametrize("modality", MODALITY_LABELS)
def test_normal_has_no_differential(knowledge, make_finding, modality):
    finding = make_finding(modality, "normal", KNEES)
    assert rank(knowledge, finding, parse_context({"fever": True})) == []


@pytest.mark.parametrize("decision", ["rejected", "failed"])
def test_nothing_is_said_of_what_was_not_labelled(knowledge, make_finding, decision):
    finding = make_finding("bone-scan", "focal", KNEES, decision=decision)
    assert rank(knowledge, finding) == []


def test_indeterminate_brings_the_conditions_of_the_whole_set(knowledge, make_finding):
    finding = make_finding(
        "bone-scan", "focal", KNEES, decision="indeterminate", prediction_set=["normal", "focal"]
    )
    finding["label"] = None
    finding["prediction_set"] = ["normal", "focal", "diffuse"]
    names = {entry["condition"] for entry in rank(knowledge, finding)}
    assert {"Acute fracture", "Metabolic bone disorder (osteoporosis, osteomalacia)"} <= names


def test_superimposed_focus_adds_its_conditions_behind(knowledge, make_finding):
    alone = rank(knowledge, make_finding("bone-scan", "joint-symmetric", KNEES))
    both = rank(knowledge, make_finding("bone-scan", "joint-symmetric", KNEES, None, ["focal"]))
    names = [entry["condition"] for entry in both]
    assert names[0] == alone[0]["condition"]
    assert "Bone metastases" in names
    assert len(set(names)) == len(names)


def test_label_of_another_modality_is_refused(knowledge, make_finding):
    with pytest.raises(KnowledgeError, match=r"fdg-pet is one of normal, focal.*found 'diffuse'"):
        rank(knowledge, make_finding("fdg-pet", "diffuse"))
    with pytest.raises(KnowledgeError, match="bone-scan and fdg-pet, found 'ct'"):
        rank(knowledge, make_finding("ct", "focal"))
