"""Everything can be explained, with its sources; an unknown word is answered with near ones."""

import pytest

from uptake_ml.errors import KnowledgeError
from uptake_ml.knowledge import load_knowledge
from uptake_ml.knowledge.explain import WIDTH, explain
from uptake_ml.knowledge.schema import MODALITY_LABELS

LABELS = sorted({label for labels in MODALITY_LABELS.values() for label in labels})


@pytest.mark.parametrize("name", [*load_knowledge().conditions, *LABELS])
def test_all_can_be_explained(knowledge, name):
    text = explain(knowledge, name)
    assert "[" in text and "document 00" in text
    assert all(len(line) <= WIDTH for line in text.splitlines())


@pytest.mark.parametrize("condition", load_knowledge().conditions.values(), ids=lambda c: c.id)
def test_names_and_synonyms_lead_to_the_condition(knowledge, condition):
    assert explain(knowledge, condition.name) == explain(knowledge, condition.id)
    for synonym in condition.synonyms:
        assert explain(knowledge, synonym.upper()) == explain(knowledge, condition.id)


def test_condition_holds_every_line_about_it(knowledge):
    text = " ".join(explain(knowledge, "bone metastases").split())
    about = [line for line in knowledge.lines if "bone-metastases" in line.conditions]
    assert len(about) > 10
    assert all(line.text in text for line in about)


def test_label_lists_its_conditions(knowledge):
    text = explain(knowledge, "marrow-diffuse")
    assert "Severe aplastic anaemia" in text
    assert "bone-scan" not in text
    assert "As the document states it." in " ".join(text.split())


def test_normal_says_that_no_condition_is_listed(knowledge):
    assert explain(knowledge, "normal").count("lists none") == 2


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("osteoartritis", "osteoarthritis"),
        ("pagets", "paget-disease"),
        ("dysplasia", "fibrous-dysplasia"),
        ("marrow", "reactive-marrow"),
        ("difuse", "diffuse"),
        ("xyzzy", "the labels are normal"),
        ("", "the labels are normal"),
    ],
)
def test_unknown_word_is_answered_with_near_ones(knowledge, word, near):
    with pytest.raises(KnowledgeError) as caught:
        explain(knowledge, word)
    assert near in str(caught.value)
