"""Soft tissue of one limb that is hotter than that of the other is noticed, on either side."""

import pytest

from uptake_ml.features import view_uptakes
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
