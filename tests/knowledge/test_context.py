"""The context is optional and typed; what is not known by its table is refused in words."""

import json
import math
from pathlib import Path

import pytest

from uptake_ml.errors import ContextError
from uptake_ml.knowledge.context import describe_keys, load_context, parse_context
from uptake_ml.knowledge.load import load_context_keys


def test_toml_and_json_give_the_same_context(tmp_path):
    values = {"age_years": 61, "known_cancer": ["prostate"], "fever": False}
    as_toml, as_json = tmp_path / "a.toml", tmp_path / "a.json"
    as_toml.write_text('age_years = 61\nknown_cancer = "prostate"\nfever = false\n')
    as_json.write_text(json.dumps(values))
    assert load_context(as_toml) == load_context(as_json) == parse_context(values)


def test_unknown_absent_and_present_differ():
    context = parse_context({"fever": False, "bone_pain": True, "fatigue": "unknown", "sex": None})
    assert [context.get(k) for k in ("fever", "bone_pain", "fatigue", "sex", "swelling")] == [
        False,
        True,
        None,
        None,
        None,
    ]


def test_unknown_key_lists_the_names_and_the_nearest():
    with pytest.raises(ContextError) as caught:
        parse_context({"knwon_cancer": "breast"})
    message = str(caught.value)
    assert "no key 'knwon_cancer'; did you mean 'known_cancer'?" in message
    assert all(key in message for key in load_context_keys())


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("age_years", 131, ["age at the scan", "0 to 130 years", "131"]),
        ("age_years", "61", ["number", "'61'"]),
        ("age_years", True, ["number", "True"]),
        ("crp_mg_per_l", math.nan, ["number", "nan"]),
        ("fever", "yes", ["true or false", "'yes'"]),
        ("fever", 1, ["true or false", "1"]),
        ("sex", "f", ["one of female, male"]),
        ("sex", ["female"], ["one of female, male"]),
        ("known_cancer", "leukemia", ["did you mean 'leukaemia'?"]),
        ("known_cancer", [], ["one or a list of none, breast"]),
        ("known_cancer", ["none", "lung"], ["says none and"]),
        ("medications", [""], ["list of names"]),
    ],
)
def test_value_that_does_not_fit_is_refused(key, value, words):
    with pytest.raises(ContextError) as caught:
        parse_context({key: value})
    assert all(word in str(caught.value) for word in (key, *words))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("missing.toml", None, "cannot be read"),
        ("broken.toml", "fever = ", "neither TOML"),
        ("broken.json", "{", "neither TOML"),
        ("list.json", "[1]", "has to map keys"),
    ],
)
def test_file_that_is_no_context_is_refused(tmp_path, name, text, words):
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(ContextError, match=words) as caught:
        load_context(tmp_path / name)
    assert str(tmp_path) not in str(caught.value)


def test_every_key_is_documented():
    table = describe_keys()
    assert all(f"| `{key}` |" in table for key in load_context_keys())
    page = Path(__file__).resolve().parents[2] / "docs" / "knowledge.md"
    assert table in page.read_text("utf-8")


@pytest.mark.parametrize("key", load_context_keys().values(), ids=lambda key: key.id)
def test_table_of_keys_is_sound(key):
    assert (key.kind == "number") == (key.unit is not None) == (key.least is not None)
    assert (key.kind == "number") == (key.greatest is not None)
    assert key.kind.startswith("choice") == bool(key.choices)
