from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from figures import COARSE, FIGURE_PLAN, draw_figure, figure_examples, render_figure

from uptake_ml.atlas.augment import DistortionPlan, distort, draw_distortion
from uptake_ml.atlas.canvas import AXIS_COL
from uptake_ml.atlas.check import compare
from uptake_ml.atlas.collect import _nearest_points
from uptake_ml.atlas.descent import StageFit, patches
from uptake_ml.atlas.locate import locate_view
from uptake_ml.atlas.points import POINT_INDEX, POINTS, mirror_points, orient, true_points
from uptake_ml.atlas.records import Example
from uptake_ml.atlas.regression import N_BLOCKS, RidgePlan, fit_kernel_ridge, mirror_blocks
from uptake_ml.atlas.templates import Placement, fit_scales
from uptake_ml.atlas.train import train_atlas
from uptake_ml.errors import ModelError
from uptake_ml.regions import INDEX, LEFT, RIGHT
from uptake_ml.study import ANTERIOR, POSTERIOR

STILL = DistortionPlan(
    limb_turn_degrees=(0.0, 0.0, 0.0, 0.0),
    leg_length_sd=(0.0, 0.0, 0.0),
    fade_feet=0.0,
    stretch_sd=0.0,
    shear_sd=0.0,
    turn_degrees=0.0,
    cut_feet=0.0,
    cut_legs=0.0,
    cut_head=0.0,
    cut_arms=0.0,
    chance=0.0,
)


def _oriented(k=0):
    example = render_figure(draw_figure(3, k))
    points = true_points(example.landmarks, example.regions, example.view.name)
    pixels, regions = (
        np.ascontiguousarray(orient(image, example.view.name))
        for image in (example.view.pixels, example.regions)
    )
    return pixels, points, regions, example.view.spacing_mm


def test_a_drawn_distortion_can_be_replayed():
    arguments = _oriented()
    drawn = [draw_distortion(DistortionPlan(), np.random.default_rng(8)) for _ in range(2)]
    first, second = (distort(*arguments, d) for d in drawn)
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])


def test_without_strength_nothing_is_distorted():
    pixels, points, regions, spacing = _oriented()
    drawn = draw_distortion(STILL, np.random.default_rng(1))
    same, moved = distort(pixels, points, regions, spacing, drawn)
    np.testing.assert_allclose(same, pixels, atol=1e-2 * pixels.max())
    np.testing.assert_allclose(moved, points, atol=0.05)


def test_a_leg_of_another_length_moves_all_below_it():
    pixels, points, regions, spacing = _oriented()
    drawn = replace(draw_distortion(STILL, np.random.default_rng(1)), leg_lengths=(1.0, 0.8, 1.0))
    _, moved = distort(pixels, points, regions, spacing, drawn)
    for side in (LEFT, RIGHT):
        hip, knee, ankle, foot = (POINT_INDEX[n, side] for n in ("hip", "knee", "ankle", "foot"))
        np.testing.assert_allclose(moved[[hip, knee]], points[[hip, knee]], atol=1.0)
        shank = 0.8 * (points[ankle] - points[knee])
        np.testing.assert_allclose(moved[ankle] - moved[knee], shank, atol=1.0)
        np.testing.assert_allclose(moved[foot] - moved[ankle], points[foot] - points[ankle], atol=1)


def test_legs_fade_from_the_shank_down():
    pixels, points, regions, spacing = _oriented()
    drawn = replace(draw_distortion(STILL, np.random.default_rng(1)), fading=(1.0, 0.3))
    faded, _ = distort(pixels, points, regions, spacing, drawn)
    ankles, knees = (
        int(np.mean([points[POINT_INDEX[name, side]][0] for side in (LEFT, RIGHT)]))
        for name in ("ankle", "knee")
    )
    np.testing.assert_allclose(faded[:knees], pixels[:knees], atol=1e-2 * pixels.max())
    assert faded[ankles + 12 :].sum() < 0.5 * pixels[ankles + 12 :].sum()


@pytest.mark.parametrize("seed", range(4))
def test_points_move_with_the_image(seed):
    _, points, regions, spacing = _oriented(seed)
    plan = replace(
        DistortionPlan(),
        chance=0.0, fade_feet=0.0, cut_feet=1.0, cut_legs=0.0, cut_head=1.0, cut_arms=0.0,
    )  # fmt: skip
    drawn = draw_distortion(plan, np.random.default_rng(seed))
    for name in ("knee", "elbow"):
        place = POINT_INDEX[name, "left"]
        spots = np.zeros(regions.shape, np.float32)
        row, col = np.rint(points[place]).astype(int)
        spots[row - 1 : row + 2, col - 1 : col + 2] = 100
        shift = points - points[place] + (row, col)
        moved_spots, moved = distort(spots, shift, regions, spacing, drawn)
        rows, cols = np.indices(moved_spots.shape)
        centre = [(index * moved_spots).sum() / moved_spots.sum() for index in (rows, cols)]
        assert np.linalg.norm(moved[place] - centre) < 0.6


def test_a_cut_leaves_points_outside():
    pixels, points, regions, spacing = _oriented()
    plan = replace(STILL, cut_legs=1.0)
    drawn = draw_distortion(plan, np.random.default_rng(2))
    cut, moved = distort(pixels, points, regions, spacing, drawn)
    assert cut.shape[0] < pixels.shape[0]
    assert moved[POINT_INDEX["foot", "left"], 0] > cut.shape[0]


def test_kernel_ridge_learns_and_keeps_the_mirror_symmetry():
    rng = np.random.default_rng(0)
    patterns = rng.normal(size=(3, N_BLOCKS))
    codes = rng.uniform(-1, 1, (300, 3))
    blocks = (codes @ patterns).astype(np.float32)
    slopes = rng.normal(0, 20, (3, len(POINTS), 2))
    points = np.einsum("nk,kpd->npd", codes, slopes) + 60
    plan = RidgePlan(n_components=20, n_centres=400, ridge=1e-3)
    model = fit_kernel_ridge(blocks[:250], points[:250], plan, rng)
    error = np.linalg.norm(model.predict(blocks[250:]) - points[250:], axis=2)
    assert np.median(error) < 0.2 * np.linalg.norm(points - points.mean(axis=0), axis=2).mean()
    seen = model.predict_both(blocks[250:])
    reflected = model.predict_both(mirror_blocks(blocks[250:]))
    np.testing.assert_allclose(
        reflected[:, 0], mirror_points(seen[:, 1], AXIS_COL), atol=0.05, rtol=1e-3
    )


def test_patches_ignore_the_level_of_the_first_channel():
    image = np.random.default_rng(1).random((2, 256, 128)).astype(np.float32)
    points = np.full((1, 3, 2), 60.0)
    brighter = image + np.array([5.0, 0.0], np.float32)[:, None, None]
    np.testing.assert_allclose(
        patches(image, points, 2.0), patches(brighter, points, 2.0), atol=1e-4
    )


def test_a_stage_finds_the_way_back_to_a_blob():
    rows, cols = np.indices((256, 128))
    truth = np.array([[120.0, 60.0], [80.0, 40.0]])
    blob = sum(np.exp(-((rows - r) ** 2 + (cols - c) ** 2) / 60) for r, c in truth)
    image = np.stack([blob, blob]).astype(np.float32)
    rng = np.random.default_rng(3)
    fit = StageFit(2, 2.0)
    for _ in range(120):
        start = truth + rng.normal(0, 2, (1, 2, 2))
        fit.add(image, start, truth[None])
    stage = fit.solve(1e-3)
    start = truth + np.array([[2.0, -1.5], [-1.0, 2.0]])
    assert np.abs(stage.move(image, start[None])[0] - truth).max() < 0.5


@pytest.mark.parametrize(("a", "b"), [(10.0, 2.0), (3.0, 6.0), (4.0, 0.0), (0.0, 5.0)])
def test_bone_and_soft_tissue_are_scaled_apart_in_spite_of_lesions(a, b):
    rng = np.random.default_rng(4)
    bone, soft = rng.uniform(0, 1.5, 4000), rng.uniform(0.3, 1, 4000)
    values = (a * bone + b * soft) * np.exp(rng.normal(0, 0.1, 4000))
    values[::7] *= 10
    placement = Placement(
        regions=np.ones(4000, np.uint8), bone=bone, soft=soft, spread=np.full(4000, 0.3)
    )
    found = fit_scales(values, placement)
    np.testing.assert_allclose(found, (a, b), atol=0.06 * (a + b))


def test_training_says_what_is_missing():
    few = figure_examples(4, seed=0, shape=(190, 48), spacing_mm=11.0)
    with pytest.raises(ModelError, match="20 examples, found 4"):
        train_atlas(few, seed=0)
    sick = [
        Example(view=e.view, landmarks=e.landmarks, regions=e.regions, is_normal=False)
        for e in few * 6
    ]
    with pytest.raises(ModelError, match="normal examples of the anterior view"):
        train_atlas(sick, seed=0)


def _without_regions(example: Example, *, hot: str = "femur", factor: float = 1.0) -> Example:
    """The example as a body that tells no regions shows it, one kind of bone hotter by a factor."""
    is_hot = np.isin(example.regions, [INDEX[hot, side] for side in (LEFT, RIGHT)])
    pixels = np.where(is_hot, factor * example.view.pixels, example.view.pixels)
    view = replace(example.view, pixels=pixels.astype(np.float32))
    return replace(example, view=view, regions=None)


def _half_told(factor: float = 1.0) -> list[Example]:
    """The figures of ``figure_atlas``; half of those of each view tell no regions."""
    return [
        example if k // 2 % 2 else _without_regions(example, factor=factor)
        for k, example in enumerate(figure_examples(48, seed=1, **COARSE))
    ]


@pytest.fixture(scope="module")
def half_told_atlas():
    return train_atlas(_half_told(), seed=3, plan=FIGURE_PLAN)


@pytest.mark.parametrize("name", [ANTERIOR, POSTERIOR])
def test_figures_without_regions_teach_points_and_leave_the_regions_to_the_others(
    half_told_atlas, unseen_figures, name
):
    """The bars are those of an atlas that all figures tell their regions."""
    agreement = compare(half_told_atlas, [e for e in unseen_figures if e.view.name == name])
    assert np.nanmedian(agreement.error_mm) < 6
    assert np.nanquantile(agreement.error_mm, 0.95) < 60
    assert np.median(agreement.region_accuracy) > 0.85
    assert np.median(agreement.bone_dice) > 0.8


def test_uptake_of_figures_without_regions_counts_in_the_spread(half_told_atlas, unseen_figures):
    """Half of the figures with femora twice as hot: their logs lie 0.35 from the middle."""
    hot = train_atlas(_half_told(factor=2.0), seed=3, plan=FIGURE_PLAN)
    example = next(e for e in unseen_figures if e.view.name == POSTERIOR)
    plain, raised = (locate_view(example.view, atlas) for atlas in (half_told_atlas, hot))

    def spread(layout, bone):
        own = np.isin(example.regions, [INDEX[bone, side] for side in (LEFT, RIGHT)])
        return np.median(layout.spread[own & (layout.regions == example.regions)])

    assert spread(raised, "femur") > 1.8 * spread(plain, "femur")
    assert spread(raised, "femur") == pytest.approx(np.log(2) / 2, abs=0.1)
    for bone in ("tibia", "humerus"):
        assert spread(raised, bone) == pytest.approx(spread(plain, bone), abs=0.03)
    femur = np.isin(example.regions, [INDEX["femur", side] for side in (LEFT, RIGHT)])
    assert np.median(raised.expected[femur] / plain.expected[femur]) > 1.15


@pytest.mark.parametrize("told", [0, 12])
def test_normal_examples_have_to_tell_regions_somewhere(told):
    """Those of bodies that are ill teach no template."""
    figures = figure_examples(24, seed=1, **COARSE)
    ill = [replace(e, is_normal=False) for e in figures[:told]]
    with pytest.raises(ModelError, match="tell their regions, found none"):
        train_atlas([*ill, *map(_without_regions, figures)], seed=3, plan=FIGURE_PLAN)


def test_each_pixel_of_a_body_is_numbered_by_the_nearest_known_point():
    """Millimetres count: rows are three times as far apart as columns."""
    body = np.zeros((12, 30), bool)
    body[2:10, 3:27] = True
    points = np.full((len(POINTS), 2), np.nan)
    points[4], points[7], points[9] = (2.0, 3.0), (9.0, 26.0), (9.0, np.nan)
    numbers = _nearest_points(body, points, (6.0, 2.0))
    assert numbers.dtype == np.uint8 and not numbers[~body].any()
    rows, cols = np.indices(body.shape)
    to_first, to_second = (
        np.hypot((rows - points[i][0]) * 6.0, (cols - points[i][1]) * 2.0) for i in (4, 7)
    )
    assert (numbers[body & (to_first < to_second)] == 5).all()
    assert (numbers[body & (to_first > to_second)] == 8).all()
    assert set(np.unique(numbers)) == {0, 5, 8}
    unknown = np.full_like(points, np.nan)
    assert not _nearest_points(body, unknown, (6.0, 2.0)).any()
