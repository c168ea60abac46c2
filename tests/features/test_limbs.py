"""Soft tissue of one limb that is hotter than that of the other is noticed, on either side."""

import pytest

from uptake_ml.features import find_suspects, keep_clear, measure, view_uptakes
from uptake_ml.features.limbs import _greatest_asymmetry
from uptake_ml.features.uptake import Uptake

THIGH = {"x_mm": 85, "y_mm": 1110, "radius_mm": 130}
FOREARM = {"x_mm": 245, "y_mm": 740, "radius_mm": 90}


def asymmetry(limb, body):
    return _greatest_asymmetry(limb)(Uptake(views=view_uptakes(*body.draw())))


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(
    ("limb", "other", "place"), [("legs", "arms", THIGH), ("arms", "legs", FOREARM)]
)
def test_one_hot_limb_is_noticed_and_no_other(crude_body, spot, limb, other, place, side):
    place = {**place, "x_mm": side * place["x_mm"]}
    hot = crude_body(spots=(spot(**place, factor=2),))
    assert asymmetry(limb, hot) == pytest.approx(1 / 3, abs=0.06), "(2 - 1) / (2 + 1)"
    assert asymmetry(other, hot) < 0.02


def test_both_limbs_hot_is_even(crude_body, spot):
    spots = [spot(**{**THIGH, "x_mm": sign * THIGH["x_mm"]}, factor=2) for sign in (1, -1)]
    assert asymmetry("legs", crude_body(spots=tuple(spots))) < 0.02


@pytest.mark.parametrize(("sign", "side"), [(1, "left"), (-1, "right")])
def test_a_hot_thigh_is_one_site_of_two_views_on_its_side(crude_body, spot, sign, side):
    hot = spot(**{**THIGH, "x_mm": sign * THIGH["x_mm"]}, factor=2.5)
    study, layouts = crude_body(spots=(hot,)).draw()
    suspects = find_suspects(study, layouts)
    legs = [i for i, s in enumerate(suspects) if s.region == "leg-soft-tissue"]
    assert [(suspects[i].view, suspects[i].side) for i in legs] == [
        (view, side) for view in study.views
    ]
    assert [suspects[i].same_site for i in legs] == legs[::-1]
    assert all(suspects[i].probability > 0.9 and suspects[i].contrast > 2 for i in legs)
    clear = keep_clear(suspects)
    assert {s.region for s in clear} >= {"leg-soft-tissue"}
    features = measure(study, layouts, clear, suspects)
    assert features["hotspot.elsewhere_count"] == 1
    assert features["hotspot.highest_bone_probability"] > 0.9
    inside = suspects[legs[0]].full_mask(study.views[suspects[legs[0]].view].pixels.shape)
    _, cols = inside.nonzero()
    assert inside.any() and (cols.mean() > inside.shape[1] / 2) == (sign > 0)


def test_one_view_alone_has_no_twin(crude_body, spot):
    study, layouts = crude_body(spots=(spot(**THIGH, factor=2.5),), views=("posterior",)).draw()
    legs = [s for s in find_suspects(study, layouts) if s.region == "leg-soft-tissue"]
    assert len(legs) == 1 and legs[0].same_site is None


def test_even_legs_are_no_hot_spot(crude_body):
    study, layouts = crude_body(is_noisy=True).draw()
    assert not [s for s in find_suspects(study, layouts) if s.region == "leg-soft-tissue"]


@pytest.mark.parametrize(("confidence", "n_views"), [(0.55, 0), (0.65, 2)])
def test_legs_are_compared_only_where_they_are_located_with_some_confidence(
    crude_body, spot, confidence, n_views
):
    study, layouts = crude_body(spots=(spot(**THIGH, factor=2.5),)).draw()
    for mark in (mark for layout in layouts.values() for mark in layout.landmarks):
        mark.confidence = confidence
    legs = [s for s in find_suspects(study, layouts) if s.region == "leg-soft-tissue"]
    assert len(legs) == n_views
