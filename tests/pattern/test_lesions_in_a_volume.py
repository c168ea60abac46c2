"""Which lesion a place of a PET volume shows: told in three dimensions, not by the projection."""

from types import SimpleNamespace

import numpy as np
import pytest

from uptake_ml.pattern.lesions import lesion_at, lesions_covered
from uptake_ml.phantom.fdg_truth import Footprint

MM = 4.0
VIEW = SimpleNamespace(pixels=np.zeros((60, 60), np.float32), spacing_mm=(MM, MM))
# All lesions below lie at this (row, column) of the projection.
ROW, COL = 30, 30


def ball(plane, row=ROW, col=COL, *, radius=3, suv=6.0):
    offsets = np.indices((2 * radius + 1,) * 3) - radius
    return Footprint(
        start=(plane - radius, row - radius, col - radius),
        mask=(offsets**2).sum(axis=0) <= radius**2,
        spacing_mm=(MM,) * 3,
        suv_peak=suv,
    )


def spot(plane, row=ROW, col=COL, *, suv=6.0, reach=3):
    window = tuple(slice(p - reach, p + reach + 1) for p in (row, col))
    mask = np.ones((2 * reach + 1,) * 2, bool)

    def full_mask(shape):
        full = np.zeros(shape, bool)
        full[window] = mask
        return full

    return SimpleNamespace(
        plane=plane, row=row, col=col, suv_max=suv, window=window, mask=mask, full_mask=full_mask
    )


def lesion_map(*footprints):
    numbers = np.zeros(VIEW.pixels.shape, np.uint8)
    for number, footprint in enumerate(footprints, start=1):
        _, rows, cols = footprint.places.T
        numbers[rows, cols] = number
    return numbers


def shown(place, *footprints):
    numbered = dict(enumerate(footprints, start=1))
    return lesion_at(place, lesion_map(*footprints), VIEW, numbered)


def test_a_place_before_a_lesion_shows_none_however_alike():
    assert shown(spot(plane=40), ball(40)) == 1
    assert shown(spot(plane=15), ball(40)) == 0
    assert lesion_at(spot(plane=15), lesion_map(ball(40)), VIEW) == 1, "the projection cannot tell"


@pytest.mark.parametrize("beside, number", [(3, 1), (5, 1), (6, -1), (7, -1), (8, 0), (20, 0)])
def test_a_peak_beside_the_footprint_is_told_up_to_two_voxels(beside, number):
    assert shown(spot(plane=40, col=COL + beside), ball(40)) == number


def test_a_place_much_hotter_than_the_lesion_is_something_else():
    assert shown(spot(plane=40, suv=10.0), ball(40)) == 1
    assert shown(spot(plane=40, suv=12.0), ball(40)) == 0


def test_a_lesion_that_another_hides_in_the_map_is_still_found():
    deep, shallow = ball(45), ball(15)
    assert not (lesion_map(deep, shallow) == 1).any()
    assert shown(spot(plane=45), deep, shallow) == 1
    assert shown(spot(plane=15), deep, shallow) == 2


def test_where_lesions_overlap_the_hotter_is_shown():
    assert shown(spot(plane=40), ball(39, suv=4.0), ball(41, suv=6.0)) == 2
    assert shown(spot(plane=40), ball(39, suv=6.0), ball(41, suv=4.0)) == 1


def test_a_hot_spot_covers_the_lesions_that_it_holds_at_its_depth():
    here, beside, behind = ball(40, col=26), ball(40, col=34), ball(10, col=30)
    numbered = {1: here, 2: beside, 3: behind}
    wide = spot(plane=40, reach=8)
    assert lesions_covered(wide, lesion_map(here, beside, behind), numbered) == [1, 2]
    narrow = spot(plane=40, col=26)
    assert lesions_covered(narrow, lesion_map(here, beside, behind), numbered) == [1]


def test_in_a_projection_a_lesion_is_covered_by_half():
    numbers = lesion_map(ball(40, col=30))
    by_reach = {reach: lesions_covered(spot(None, reach=reach), numbers) for reach in (1, 3)}
    assert by_reach == {1: [], 3: [1]}
