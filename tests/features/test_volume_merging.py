"""Parts of one uneven lesion are one hot spot; distinct lesions stay distinct."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import ndimage

from uptake_ml.features.volume_body import VOXEL_MM
from uptake_ml.features.volume_foci import climb, find_foci
from uptake_ml.features.volume_merging import merge_foci

SHAPE = (70, 90, 70)
LIVER_SUV, MUSCLE_SUV = 2.0, 0.6
MIDDLE = (35, 45, 35)


def body_of(*balls, background=MUSCLE_SUV):
    """Return a body of cubes with balls of (place in cubes, radius in cubes, SUV)."""
    axes = np.indices(SHAPE)
    values = np.full(SHAPE, background)
    for place, radius, suv in balls:
        inside = sum((a - p) ** 2 for a, p in zip(axes, place, strict=True)) < radius**2
        values[inside] = suv
    values = ndimage.gaussian_filter(values, 4.0 / VOXEL_MM)
    return SimpleNamespace(values=values.astype(np.float32), liver_suv=LIVER_SUV)


def lumpy(radius=13):
    """Return a tumour of 10 cm: a duller body, and lumps 40 % hotter in it."""
    rng = np.random.default_rng(3)
    balls = [(MIDDLE, radius, 5.0)]
    for _ in range(9):
        direction = rng.normal(size=3)
        place = MIDDLE + 0.65 * radius * direction / np.linalg.norm(direction)
        balls.append((tuple(place), 3.5, 7.0))
    return balls


def test_an_uneven_tumour_of_many_peaks_is_one():
    body = body_of(*lumpy())
    parts = find_foci(body)
    (whole,) = merge_foci(body, parts)
    assert len(parts) > 2, "there is something to merge"
    hottest = max(parts, key=lambda f: f.suv)
    assert (whole.place, whole.suv) == (hottest.place, hottest.suv)
    assert whole.volume_mm3 >= max(f.volume_mm3 for f in parts)
    assert all(whole.holds(f.place) for f in parts)
    expected = 4 / 3 * np.pi * (13 * VOXEL_MM) ** 3
    assert whole.volume_mm3 == pytest.approx(expected, rel=0.35)


def test_a_tumour_dead_inside_is_one():
    ring = [((35, 45 + 9 * np.sin(t), 35 + 9 * np.cos(t)), 4, 6.0) for t in np.arange(0, 6.2, 0.6)]
    hotter = [(place, radius, 8.5) for place, radius, _ in ring[::3]]
    body = body_of(*ring, *hotter, (MIDDLE, 5, 1.0))
    assert len(find_foci(body)) > 1
    assert len(merge_foci(body, find_foci(body))) == 1


@pytest.mark.parametrize("suv", [(8.0, 8.0), (8.0, 5.0)])
def test_metastases_beside_each_other_stay_two(suv):
    places = (35, 45, 29), (35, 45, 40)
    body = body_of(*((p, 4, s) for p, s in zip(places, suv, strict=True)))
    assert len(merge_foci(body, find_foci(body))) == 2


def test_metastases_in_a_hot_organ_are_not_joined_by_it():
    organ, organ_suv = (MIDDLE, 24, 2.6), 2.6
    # 70 % of them lies below the organ, which is thus a way from one to the other.
    near = ((35, 45, 31), 4, 3.6), ((35, 45, 41), 4, 3.6)
    body = body_of(organ, *near)
    found = merge_foci(body, find_foci(body))
    assert len([f for f in found if f.suv > 1.25 * organ_suv]) == 2


def test_a_lesion_beside_something_much_hotter_stays_its_own():
    bladder, node = ((35, 45, 26), 8, 30.0), ((35, 45, 38), 3, 6.0)
    body = body_of(bladder, node)
    assert len(find_foci(body)) == 2 == len(merge_foci(body, find_foci(body)))


def test_a_focus_that_floods_the_body_is_part_of_nothing():
    body = body_of(*lumpy())
    parts = find_foci(body)
    flood = replace(parts[-1], start=(20, 30, 20), mask=np.ones((30, 30, 30), bool))
    assert len(merge_foci(body, parts)) == 1
    assert len(merge_foci(body, [*parts[:-1], flood])) == 2


def test_what_is_one_stays_as_it_is():
    body = body_of((MIDDLE, 4, 6.0))
    (focus,) = find_foci(body)
    assert merge_foci(body, [focus]) == [focus]
    assert merge_foci(body, []) == []


@pytest.mark.parametrize("hotter_suv", [12.0, 40.0])
def test_no_focus_holds_anything_hotter_than_its_own_peak(hotter_suv):
    # The middle one has half of its uptake on the ways to both others.
    hot, lesser = ((35, 45, 22), 7, hotter_suv), ((35, 45, 40), 3, 6.5)
    body = body_of(hot, ((35, 45, 33), 4, 4.0), lesser)
    foci = find_foci(body)
    assert len(foci) == 3
    for focus in foci:
        box = body.values[
            tuple(slice(s, s + n) for s, n in zip(focus.start, focus.mask.shape, strict=True))
        ]
        assert focus.holds(focus.place) and box[focus.mask].max() == pytest.approx(focus.suv)
        assert focus is foci[0] or not focus.holds(hot[0])


def test_a_place_on_a_slope_climbs_to_the_peak():
    body = body_of((MIDDLE, 4, 6.0))
    assert np.linalg.norm(np.subtract(climb(body, (35, 45, 38)), MIDDLE)) <= 1
    assert climb(body, (10, 10, 10)) == (10, 10, 10), "nothing rises there"
