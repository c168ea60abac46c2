"""Sentences about hot spots and features."""

import pytest

from uptake_ml.errors import KnowledgeError
from uptake_ml.features import FEATURES
from uptake_ml.regions import REGIONS
from uptake_ml.report.words import (
    LABEL_MEANINGS,
    MODALITY_NAMES,
    describe_feature,
    describe_hot_spots,
    format_value,
    join_words,
    load_phrases,
    name_pair,
    name_place,
)
from uptake_ml.resources import data_path
from uptake_ml.study import LABELS, MODALITIES


def _spot(region, side, view="anterior", is_joint=False):
    return {"region": region, "side": side, "view": view, "is_joint": is_joint}


def test_every_label_and_modality_has_words():
    assert set(LABEL_MEANINGS) == {label for labels in LABELS.values() for label in labels}
    assert set(MODALITY_NAMES) == set(MODALITIES)


def test_joint_on_both_sides_is_paired_even_when_seen_in_different_views():
    spots = [_spot("wrist", "left", "anterior", True), _spot("wrist", "right", "posterior", True)]
    assert describe_hot_spots(spots) == ["Uptake is paired at both wrists."]


def test_one_sided_joint_is_not_called_paired():
    text = " ".join(describe_hot_spots([_spot("knee", "left", is_joint=True)] * 2))
    assert text == "Joint uptake on one side only: left knee."


def test_one_hot_arm_is_doubted_as_an_injection():
    hand, elbow = _spot("hand", "left", is_joint=True), _spot("elbow", "left", is_joint=True)
    assert "injection" in describe_hot_spots([hand, elbow])[-1]
    for other in (_spot("elbow", "right", is_joint=True), _spot("ribs", "left")):
        assert "injection" not in " ".join(describe_hot_spots([hand, other]))


def test_bones_of_both_sides_are_not_called_paired_joints():
    text = " ".join(describe_hot_spots([_spot("ribs", "left"), _spot("ribs", "right")]))
    assert "paired" not in text
    assert "left ribs" in text
    assert "right ribs" in text


def test_lesion_seen_in_both_views_is_counted_once():
    both = [_spot("sacrum", None, "anterior"), _spot("sacrum", None, "posterior")]
    assert describe_hot_spots(both) == ["Hot spots outside the joints: sacrum."]
    three = [*both, _spot("sacrum", None, "posterior")]
    assert describe_hot_spots(three) == ["Hot spots outside the joints: sacrum (2)."]


def test_no_hot_spots_is_said():
    assert describe_hot_spots([]) == ["No hot spot stands out from the expected uptake."]


@pytest.mark.parametrize("region", REGIONS, ids=lambda r: f"{r.name}-{r.side}")
def test_every_region_has_a_name_without_identifiers(region):
    assert "-" not in name_place(region.name, region.side)
    if region.side:
        assert name_place(region.name, region.side).startswith(region.side)
        assert name_pair(region.name).endswith(("s", "feet", "femora"))


@pytest.mark.parametrize("words", [["a"], ["a", "b"], ["a", "b", "c"]])
def test_words_are_joined(words):
    assert join_words(words) == {1: "a", 2: "a and b", 3: "a, b and c"}[len(words)]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (-0.0, "0"), (100, "100"), (250.4, "250"), (2.0, "2"), (1.2345, "1.23"),
     (-0.00123, "-0.00123"), (10, "10"), (0.1, "0.1"), (99.96, "100"), (-12, "-12")],
)  # fmt: skip
def test_values_are_written_plainly(value, text):
    assert format_value(value) == text


@pytest.mark.parametrize("modality", MODALITIES)
@pytest.mark.parametrize("feature", FEATURES.values(), ids=lambda f: f.id)
def test_every_feature_can_be_told_at_both_ends_of_its_range(feature, modality):
    for value in (*feature.range, sum(feature.range) / 2):
        text = describe_feature(feature.id, value, modality)
        assert text[0].isupper() or text[0].isdigit()
        assert "{" not in text


def test_unknown_feature_is_told_by_its_id():
    assert describe_feature("hotspot.unheard_of", 3, "bone-scan") == "hotspot.unheard_of: 3."


def test_feature_without_a_phrase_is_told_by_the_registry(monkeypatch):
    monkeypatch.setattr("uptake_ml.report.words._phrases", dict)
    text = describe_feature("intensity.body_p5", 0.5, "bone-scan")
    assert text.casefold().startswith(FEATURES["intensity.body_p5"].meaning.casefold())


@pytest.mark.parametrize("feature", FEATURES.values(), ids=lambda f: f.id)
def test_every_feature_has_a_sentence_in_every_modality_that_has_it(feature):
    phrase = load_phrases(data_path("evidence.toml"))[feature.id]
    low, high = feature.range
    bounds = [b for b in (phrase.low_to, phrase.high_from) if b is not None]
    between = (phrase.low_to + phrase.high_from) / 2 if len(bounds) == 2 else None
    for modality in feature.modalities:
        for value in (low, high, *bounds, *([] if between is None else [between])):
            assert phrase.sentence(value, modality), (value, modality)


def test_sentence_follows_the_value(kidneys="distribution.kidneys_to_lumbar"):
    assert "faint" in describe_feature(kidneys, 0.05, "bone-scan")
    assert "visible" in describe_feature(kidneys, 0.5, "bone-scan")
    text = describe_feature("symmetry.wrist_lower_side", 2.4, "bone-scan")
    assert "both wrists" in text and "2.4 times" in text


def test_plain_sentence_judges_nothing_where_the_bounds_do_not_hold():
    bone = "distribution.ribs_to_spine"
    assert "bright" in describe_feature(bone, 2.0, "bone-scan")
    assert describe_feature(bone, 2.0, "fdg-pet") == "The ribs take up 2 of what the spine does"


def test_phrase_of_another_modality_is_not_used():
    of_pet = describe_feature("distribution.lumbar_to_liver", 1.5, "fdg-pet")
    assert "hotter than the liver" in of_pet
    assert describe_feature("distribution.lumbar_to_liver", 1.5, "bone-scan") != of_pet


def test_bounds_of_the_phrases_lie_within_the_range_of_their_feature():
    for feature, phrase in load_phrases(data_path("evidence.toml")).items():
        low, high = FEATURES[feature].range
        for bound in (phrase.high_from, phrase.low_to):
            assert bound is None or low <= bound <= high, feature
        if phrase.modality:
            assert phrase.modality in FEATURES[feature].modalities, feature


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('["hotspot.count"]\nhigh = "x"\nhigh_from = 1\ncolour = "red"', "colour"),
        ('["hotspot.cuont"]\nhigh = "x"\nhigh_from = 1', "hotspot.cuont"),
        ('["hotspot.count"]\nhigh = "x"', "high_from"),
        ('["hotspot.count"]\nhigh = "x"\nhigh_from = "1"', "wrong kind"),
        ('["hotspot.count"]\nhigh = 1\nhigh_from = 1', "wrong kind"),
        ('["hotspot.count"]\nunremarkable = "x"\nmodality = "ct"', "ct"),
        ('["hotspot.count"]\nhigh="x"\nlow="y"\nhigh_from=1\nlow_to=2', "below"),
        ('"hotspot.count" = 3', "keys"),
    ],
)
def test_table_with_a_mistake_is_refused(tmp_path, table, message):
    path = tmp_path / "evidence.toml"
    path.write_text(table)
    with pytest.raises(KnowledgeError, match=message):
        load_phrases(path)
