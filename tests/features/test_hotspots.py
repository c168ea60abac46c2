"""Hot spots on crude bodies: where they are put, how they are measured, what is left alone."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from uptake_ml.features import find_hot_spots, measure
from uptake_ml.features.candidates import DetectionLimits
from uptake_ml.features.pairing import SiteMap, pair_across_midline, pair_across_views
from uptake_ml.features.working_view import WORKING_MM, noise_gain, prepare_view
from uptake_ml.regions import INDEX, LEFT, RIGHT
from uptake_ml.study import ANTERIOR, FDG_PET, GREY_LEVEL, POSTERIOR, SUV

LUMBAR = {"x_mm": 0, "y_mm": 690}
LEFT_WRIST = {"x_mm": 253, "y_mm": 850}
LEFT_KNEE, RIGHT_KNEE = {"x_mm": 87, "y_mm": 1320}, {"x_mm": -87, "y_mm": 1320}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("counts", [6.0, 60.0])
def test_a_normal_body_has_no_hot_spots(crude_body, seed, counts):
    study, layouts = crude_body(is_noisy=True, seed=seed, counts_per_unit=counts).draw()
    assert find_hot_spots(study, layouts) == ()


def test_a_hot_spot_at_the_left_wrist_counts_there_and_nowhere_else(crude_body, spot):
    body = crude_body(is_noisy=True, counts_per_unit=60)
    hot = replace(body, spots=(spot(**LEFT_WRIST, factor=4),))
    before, after = (measure(s, x, find_hot_spots(s, x)) for s, x in (body.draw(), hot.draw()))
    assert (before["hotspot.count"], after["hotspot.count"]) == (0, 1)
    assert after["hotspot.solitary"] == after["hotspot.small_joint_count"] == 1
    assert after["symmetry.wrist_asymmetry"] > before["symmetry.wrist_asymmetry"] + 0.2
    for id in ("symmetry.knee_level", "symmetry.knee_asymmetry", "symmetry.wrist_lower_side"):
        assert after[id] == pytest.approx(before[id], abs=0.02)


def test_place_size_and_contrast_of_a_hot_spot(crude_body, spot):
    study, layouts = crude_body(spots=(spot(**LUMBAR, factor=3, radius_mm=20),)).draw()
    spots = find_hot_spots(study, layouts)
    assert [s.view for s in spots] == [ANTERIOR, POSTERIOR]
    for found in spots:
        view = study.views[found.view]
        middle = next(m for m in layouts[found.view].landmarks if m.name == "L3")
        assert np.hypot(found.row - middle.row, found.col - middle.col) < 3
        assert (found.region, found.side, found.is_joint) == ("lumbar-spine", None, False)
        assert found.contrast == pytest.approx(3, rel=0.2)
        assert found.area_mm2 == pytest.approx(np.pi * 20**2, rel=0.3)
        mask = found.full_mask(view.pixels.shape)
        assert mask[round(found.row), round(found.col)]
        assert mask.sum() * np.prod(view.spacing_mm) == pytest.approx(found.area_mm2, rel=0.15)


def test_sides_are_the_patients_in_both_views(crude_body, spot):
    study, layouts = crude_body(spots=(spot(**LEFT_KNEE, factor=3, radius_mm=22),)).draw()
    found = find_hot_spots(study, layouts)
    assert [(s.view, s.region, s.side) for s in found] == [
        (ANTERIOR, "knee", LEFT),
        (POSTERIOR, "knee", LEFT),
    ]
    columns = study.views[ANTERIOR].pixels.shape[1]
    assert found[0].col > columns / 2 > found[1].col


def test_partners_are_mutual_and_across_the_midline(crude_body, spot):
    spots = (
        spot(**LEFT_KNEE, factor=3, radius_mm=22),
        spot(**RIGHT_KNEE, factor=3, radius_mm=22),
        spot(**LEFT_WRIST, factor=4),
    )
    study, layouts = crude_body(spots=spots).draw()
    found = find_hot_spots(study, layouts)
    assert len(found) == 6
    for i, one in enumerate(found):
        assert (one.partner is not None) == (one.region == "knee")
        if one.partner is not None:
            assert found[one.partner].partner == i
            assert {one.side, found[one.partner].side} == {LEFT, RIGHT}
            assert found[one.partner].view == one.view
        assert found[one.same_site].same_site == i
        assert (found[one.same_site].region, found[one.same_site].side) == (one.region, one.side)
    values = measure(study, layouts, found)
    assert (values["hotspot.count"], values["symmetry.paired_joint_count"]) == (3, 2)
    assert values["symmetry.paired_share"] == pytest.approx(4 / 6)


def test_a_bone_that_is_hot_as_a_whole_is_one_hot_spot(crude_body):
    study, layouts = crude_body(
        factors={("pelvis", LEFT): 5, ("sacroiliac", LEFT): 3}, is_noisy=True
    ).draw()
    found = find_hot_spots(study, layouts)
    assert [(s.view, s.side) for s in found] == [(ANTERIOR, LEFT), (POSTERIOR, LEFT)]
    for one in found:
        pelvis = (layouts[one.view].regions == INDEX["pelvis", LEFT]).sum()
        assert one.area_mm2 > 0.7 * pelvis * np.prod(study.views[one.view].spacing_mm)


def test_an_evenly_raised_skeleton_is_not_hot_spots(crude_body):
    study, layouts = crude_body(is_noisy=True).draw()
    bones = {k: 3.0 for k, i in INDEX.items() if (layouts[ANTERIOR].regions == i).any()}
    organs = {k for k in bones if k[0] in ("kidney", "bladder") or "tissue" in k[0]}
    raised = {k: f for k, f in bones.items() if k not in organs}
    raised_study, _ = crude_body(is_noisy=True, factors=raised).draw()
    assert find_hot_spots(raised_study, layouts) == ()
    before, after = measure(study, layouts, ()), measure(raised_study, layouts, ())
    for id in ("distribution.skeleton_to_soft_tissue", "distribution.long_bones_to_soft_tissue"):
        assert after[id] > 1.8 * before[id]
    assert after["distribution.kidneys_to_lumbar"] < 0.7 * before["distribution.kidneys_to_lumbar"]


def test_full_bladder_and_bright_kidneys_are_left_alone(crude_body):
    factors = {("bladder", None): 8, ("kidney", LEFT): 5, ("kidney", RIGHT): 3}
    study, layouts = crude_body(factors=factors, is_noisy=True).draw()
    assert find_hot_spots(study, layouts) == ()


def test_an_injection_site_and_urine_are_left_alone(crude_body, spot):
    injected = spot(x_mm=232, y_mm=640, factor=150, radius_mm=10)
    urine = spot(x_mm=15, y_mm=1010, factor=90, radius_mm=10)
    study, layouts = crude_body(spots=(injected, urine), is_noisy=True).draw()
    assert find_hot_spots(study, layouts) == ()


def test_a_tumour_of_the_upper_arm_is_no_injection(crude_body, spot):
    high, low = (spot(x_mm=x, y_mm=y, factor=150, radius_mm=9) for x, y in ((190, 410), (216, 540)))
    found = find_hot_spots(*crude_body(spots=(high,)).draw())
    assert {s.region for s in found} == {"humerus"}
    assert find_hot_spots(*crude_body(spots=(low,)).draw()) == ()


def test_a_lesion_near_an_injected_wrist_is_reported(crude_body, spot):
    injected = spot(x_mm=253, y_mm=850, factor=400, radius_mm=10)
    lesion = spot(x_mm=93, y_mm=960, factor=6)
    study, layouts = crude_body(spots=(injected, lesion), is_noisy=True).draw()
    assert {s.region for s in find_hot_spots(study, layouts)} == {"femur"}


def test_a_shaft_that_is_hottest_at_its_joint_is_a_bone_and_no_joint(crude_body):
    knee, femur = {("knee", LEFT): 8.5}, {("femur", LEFT): 8}
    for factors, region, is_joint in ((knee | femur, "femur", False), (knee, "knee", True)):
        found = find_hot_spots(*crude_body(factors=factors).draw())
        assert {(s.region, s.side, s.is_joint) for s in found} == {(region, LEFT, is_joint)}


def test_an_equally_hot_vertebra_or_a_pair_of_elbows_is_reported(crude_body, spot):
    vertebra = spot(**LUMBAR, factor=12)
    elbows = tuple(spot(x_mm=x, y_mm=610, factor=14) for x in (-232, 232))
    study, layouts = crude_body(spots=(vertebra, *elbows), is_noisy=True).draw()
    regions = [s.region for s in find_hot_spots(study, layouts) if s.view == ANTERIOR]
    assert sorted(regions) == ["elbow", "elbow", "lumbar-spine"]


@pytest.mark.parametrize("shift_mm", [-9, 9])
def test_a_layout_that_is_off_by_a_little_makes_no_hot_spots(crude_body, shift_mm):
    body = crude_body(is_noisy=True, counts_per_unit=60)
    study, layouts = body.draw()
    by = round(shift_mm / body.pixel_mm)
    for layout in layouts.values():
        for name in ("regions", "expected", "spread"):
            setattr(layout, name, np.roll(getattr(layout, name), by, axis=1))
    assert find_hot_spots(study, layouts) == ()


def test_a_ridge_beside_a_bone_is_not_a_hot_spot_but_a_round_place_on_it_is(crude_body, spot):
    ridge = tuple(spot(x_mm=60, y_mm=y, factor=2, radius_mm=9) for y in range(960, 1280, 6))
    study, layouts = crude_body(spots=ridge).draw()
    assert find_hot_spots(study, layouts) == ()
    place = spot(x_mm=93, y_mm=1100, factor=3)
    found = find_hot_spots(*crude_body(spots=(place,)).draw())
    assert [s.region for s in found] == ["femur"] * 2


def test_a_bladder_beside_its_place_in_the_layout_is_left_alone(crude_body, spot):
    bladder = spot(x_mm=0, y_mm=885, factor=5, radius_mm=16)
    study, layouts = crude_body(spots=(bladder,), factors={("bladder", None): 0.3}).draw()
    assert find_hot_spots(study, layouts) == ()


def test_scaling_grey_levels_changes_nothing(crude_body, spot):
    study, layouts = crude_body(spots=(spot(**LUMBAR, factor=3),), is_noisy=True).draw()
    grey = {
        name: replace(view, pixels=(view.pixels * 0.37).astype(np.float32), unit=GREY_LEVEL)
        for name, view in study.views.items()
    }
    as_counts = find_hot_spots(study, layouts)
    as_grey = find_hot_spots(replace(study, views=grey), layouts)
    assert [s.region for s in as_grey] == [s.region for s in as_counts] == ["lumbar-spine"] * 2
    assert as_grey[0].contrast == pytest.approx(as_counts[0].contrast, rel=0.1)


def test_fdg_hot_spots_carry_their_suv_and_may_lie_in_soft_tissue(crude_body, spot):
    body = crude_body(spots=(spot(x_mm=45, y_mm=1100, factor=6, radius_mm=20),))
    study, layouts = body.draw()
    assert find_hot_spots(study, layouts) == ()
    views = {name: replace(view, unit=SUV) for name, view in study.views.items()}
    found = find_hot_spots(replace(study, modality=FDG_PET, views=views), layouts)
    assert [s.region for s in found] == ["leg-soft-tissue"] * 2
    for one in found:
        assert one.suv_max == views[one.view].pixels[one.window][one.mask].max()


@pytest.mark.parametrize("limit", [{"least_contrast": 0.5}, {"saddle": 1.5}])
def test_limits_check_themselves(limit):
    with pytest.raises(ValueError, match=r"ratio|share"):
        DetectionLimits(**limit)


@pytest.mark.parametrize("pixel_mm", [2.3, 4.6, 6.1])
def test_working_view_keeps_levels_and_places(crude_body, spot, pixel_mm):
    # A peak off the midline: two pixels beside it would be equally hot.
    hottest = spot(x_mm=87, y_mm=1320, factor=30)
    study, layouts = crude_body(pixel_mm=pixel_mm, spots=(hottest,)).draw()
    view = study.views[ANTERIOR]
    working = prepare_view(view, layouts[ANTERIOR])
    assert working.pixels.sum() * WORKING_MM**2 == pytest.approx(
        view.pixels.sum() * pixel_mm**2, rel=0.02
    )
    peak = np.unravel_index(working.pixels.argmax(), working.pixels.shape)
    expected = np.unravel_index(view.pixels.argmax(), view.pixels.shape)
    assert np.hypot(*np.subtract(working.to_input(*peak), expected)) * pixel_mm < 5
    assert working.from_input(*working.to_input(3, 5)) == pytest.approx((3, 5))


def test_noise_gain_of_counts_is_one():
    counts = np.random.default_rng(3).poisson(25, (300, 200)).astype(np.float32)
    body = np.ones(counts.shape, dtype=bool)
    assert noise_gain(counts, body) == pytest.approx(1, rel=0.05)
    assert noise_gain(counts * 4, body) == pytest.approx(4, rel=0.05)


def test_counting_noise_alone_makes_no_hot_spots(crude_body):
    for seed in range(3):
        study, layouts = crude_body(is_noisy=True, seed=seed, counts_per_unit=2.0).draw()
        assert find_hot_spots(study, layouts) == ()


def test_a_faint_round_place_counts_on_bone_but_not_beside_it(crude_body, spot):
    beside = spot(x_mm=65, y_mm=1100, factor=4, radius_mm=8)
    on = spot(x_mm=93, y_mm=1100, factor=2.3, radius_mm=12)
    assert find_hot_spots(*crude_body(spots=(beside,)).draw()) == ()
    assert len(find_hot_spots(*crude_body(spots=(on,)).draw())) == 2


def _site(study, layouts, view, side, offset_mm):
    """A stand-in for a hot spot at this distance from the knee, towards the image's right."""
    knee = next(m for m in layouts[view].landmarks if (m.name, m.side) == ("knee", side))
    spacing = study.views[view].spacing_mm[1]
    centre = (knee.row, knee.col + offset_mm / spacing)
    return SimpleNamespace(view=view, side=side, centre=centre, area_mm2=100.0)


def test_left_and_right_of_the_image_change_places_between_partners(crude_body):
    study, layouts = crude_body().draw()
    left = _site(study, layouts, ANTERIOR, LEFT, 30)
    mirrored, same_direction = (_site(study, layouts, ANTERIOR, RIGHT, mm) for mm in (-30, 30))
    assert pair_across_midline([left, mirrored], SiteMap(study, layouts)) == [1, 0]
    assert pair_across_midline([left, same_direction], SiteMap(study, layouts)) == [None, None]
    mirrored.side = LEFT
    assert pair_across_midline([left, mirrored], SiteMap(study, layouts)) == [None, None]


def test_a_site_of_the_other_view_is_on_the_same_side(crude_body):
    study, layouts = crude_body().draw()
    left = _site(study, layouts, ANTERIOR, LEFT, 0)
    behind = _site(study, layouts, POSTERIOR, LEFT, 0)
    assert pair_across_views([left, behind], SiteMap(study, layouts)) == [1, 0]
    behind.side = RIGHT
    assert pair_across_views([left, behind], SiteMap(study, layouts)) == [None, None]


def test_excess_in_one_bone_is_uneven(crude_body):
    even, uneven = (
        measure(*crude_body(factors=factors).draw(), ())
        for factors in ({}, {("pelvis", LEFT): 6.0})
    )
    assert even["distribution.excess_gini"] < 0.6 < 0.8 < uneven["distribution.excess_gini"]
    assert even["distribution.excess_entropy"] > 0.7 > uneven["distribution.excess_entropy"]
    assert uneven["distribution.excess_in_pelvis"] > 0.8
