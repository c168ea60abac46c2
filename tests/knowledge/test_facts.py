"""Facts follow from the hot spots, the features and the context, and from nothing else."""

import pytest

from uptake_ml.knowledge.context import parse_context
from uptake_ml.knowledge.facts import derive_facts, describe_places
from uptake_ml.regions import REGIONS


@pytest.fixture
def facts_of(knowledge, make_finding):
    def derive(hot=(), *, modality="bone-scan", label="focal", context=None, **parts):
        told = None if context is None else parse_context(context)
        return derive_facts(knowledge, make_finding(modality, label, hot, **parts), told)

    return derive


def test_lesion_seen_in_both_views_is_one(facts_of):
    facts = facts_of([{"at": "left femur"}])
    assert "solitary-lesion" in facts
    assert "left femur" in facts["solitary-lesion"].text
    assert "several-lesions" not in facts


def test_two_spots_of_one_region_in_one_view_are_two(facts_of):
    facts = facts_of([{"at": "thoracic-spine", "n": 2}])
    assert "solitary-lesion" not in facts
    assert "several-lesions" in facts
    assert "scattered-lesions" not in facts


def test_scattered_needs_several_bones(facts_of):
    assert "scattered-lesions" not in facts_of([{"at": "left ribs", "n": 5}])
    assert "scattered-lesions" in facts_of([{"at": "left ribs", "n": 2}, {"at": "skull"}])


def test_measured_counts_decide_how_many_lesions(facts_of):
    # One lesion, given to the ribs in one view and to the scapula in the other.
    hot = [{"at": "left ribs"}, {"at": "left scapula"}]
    assert "several-lesions" in facts_of(hot)
    counts = {"hotspot.axial_count": 1.0, "hotspot.appendicular_count": 0.0}
    assert "solitary-lesion" in facts_of(hot, features=counts)


def test_organs_and_joints_are_no_lesions(facts_of):
    facts = facts_of([{"at": "left kidney"}, {"at": "bladder"}, {"at": "right knee"}])
    assert {"solitary-lesion", "several-lesions", "high-uptake", "moderate-uptake"}.isdisjoint(
        facts
    )
    assert {"joint-site", "weight-bearing-joints"} <= facts.keys()


@pytest.mark.parametrize(
    ("hot", "paired", "asymmetric"),
    [
        (["left knee", "right knee"], True, False),
        (["left knee"], False, False),
        (["left knee", "right hip"], False, True),
        (["left knee", "right knee", "left hip"], True, False),
        (["left knee", "right knee", "left hip", "left hand"], False, False),
        ([], False, False),
    ],
)
def test_pairs_of_joints(facts_of, hot, paired, asymmetric):
    facts = facts_of([{"at": place} for place in hot])
    assert ("paired-joints" in facts) == paired
    assert ("asymmetric-joints" in facts) == asymmetric


def test_mirrored_scan_has_the_same_facts(facts_of):
    hot = ["left knee", "right hip", "left ribs", "left hand", "lumbar-spine"]
    other = [
        place.replace("left", "LEFT").replace("right", "left").replace("LEFT", "right")
        for place in hot
    ]
    assert other != hot
    first, second = (facts_of([{"at": p} for p in places]) for places in (hot, other))
    assert first.keys() == second.keys()


@pytest.mark.parametrize(
    ("area_mm2", "expected"),
    [(600, set()), (4500, {"extended-lesion"}), (12000, {"extended-lesion", "whole-bone"})],
)
def test_how_much_of_a_bone_is_hot(facts_of, area_mm2, expected):
    facts = facts_of([{"at": "left femur", "area_mm2": area_mm2}])
    assert facts.keys() & {"extended-lesion", "whole-bone"} == expected


@pytest.mark.parametrize(
    ("contrast", "expected"),
    # Degenerative change reaches about 1.8, a fresh fracture about 2.8.
    [(1.2, set()), (1.8, {"moderate-uptake"}), (2.8, {"high-uptake"}), (5, {"high-uptake"})],
)
def test_how_hot(facts_of, contrast, expected):
    facts = facts_of([{"at": "left femur", "contrast": contrast}])
    assert facts.keys() & {"moderate-uptake", "high-uptake"} == expected


def test_unmeasured_area_and_contrast_make_no_fact(facts_of):
    facts = facts_of([{"at": "left femur", "area_mm2": None, "contrast": None}])
    assert facts.keys() == {"solitary-lesion"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.7, set()), (1.2, {"marrow-mild"}), (1.6, set()), (2.5, {"marrow-intense"}), (None, set())],
)
def test_marrow_levels(facts_of, value, expected):
    features = {"distribution.lumbar_to_liver": value}
    facts = facts_of(modality="fdg-pet", label="marrow-diffuse", features=features)
    assert facts.keys() == expected
    assert facts_of(features=features).keys() == set(), "a bone scan has no marrow facts"


@pytest.mark.parametrize(
    ("all_marrow", "lumbar", "expected"),
    [(1.2, 2.5, "marrow-mild"), (2.5, 1.2, "marrow-intense"), (None, 2.5, "marrow-intense")],
)
def test_all_marrow_counts_before_the_lumbar_spine(facts_of, all_marrow, lumbar, expected):
    features = {
        "distribution.marrow_to_liver": all_marrow,
        "distribution.lumbar_to_liver": lumbar,
    }
    facts = facts_of(modality="fdg-pet", label="marrow-diffuse", features=features)
    assert facts.keys() == {expected}
    read = lumbar if all_marrow is None else all_marrow
    assert f"marrow over liver {read}" in facts[expected].text


@pytest.mark.parametrize(
    ("hot", "expected"),
    [
        (["right hand"], {"solitary-joint"}),
        (["right hand", "left hand"], {"several-joints"}),
        (["right hand", "left ribs"], set()),
        (["left ribs"], set()),
    ],
)
def test_one_hot_joint_alone(facts_of, hot, expected):
    facts = facts_of([{"at": place} for place in hot])
    assert facts.keys() & {"solitary-joint", "several-joints"} == expected


def test_absent_is_not_unknown(facts_of):
    assert facts_of(context={"fever": False}).keys() == {"no-fever"}
    assert facts_of(context={"fever": True}).keys() == {"fever", "systemic-signs"}
    assert facts_of(context={"fever": "unknown"}).keys() == set()
    assert facts_of(context={}).keys() == facts_of().keys() == set()


def test_every_value_of_a_list_counts(facts_of):
    facts = facts_of(context={"known_cancer": ["lung", "myeloma"]})
    assert {"known-cancer", "cancer-that-spreads-to-bone", "known-myeloma"} == facts.keys()


def test_laboratory_value_is_quoted_with_its_unit(facts_of):
    facts = facts_of(context={"haemoglobin_g_per_dl": 7.5})
    assert "haemoglobin 7.5 g/dL" in facts["low-blood-counts"].text


def test_every_region_can_be_hot(facts_of):
    for region in REGIONS[1:]:
        at = f"{region.side} {region.name}" if region.side else region.name
        facts_of([{"at": at}])


def test_places_in_words():
    places = {("knee", "right"), ("knee", "left"), ("lumbar-spine", None), ("hand", "left")}
    assert describe_places(places) == "lumbar spine, left hand, left and right knee"
