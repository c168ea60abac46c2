from __future__ import annotations

import numpy as np
import pytest
from figures import study_of

from uptake_ml.atlas import locate
from uptake_ml.atlas.canvas import floor_row, make_canvas, smooth_pixels
from uptake_ml.atlas.check import compare
from uptake_ml.atlas.model import align_canvas, find_points, search
from uptake_ml.atlas.overlay import draw_overlay
from uptake_ml.atlas.points import indices
from uptake_ml.atlas.shape import align
from uptake_ml.regions import INDEX, LANDMARKS
from uptake_ml.study import ANTERIOR, BONE_SCAN, COUNTS, POSTERIOR, Study, View


def _study(pixels, name=POSTERIOR, spacing_mm=8.5):
    view = View(
        name=name,
        pixels=np.ascontiguousarray(pixels, dtype=np.float32),
        spacing_mm=(spacing_mm,) * 2,
        unit=COUNTS,
    )
    return Study(id="test", modality=BONE_SCAN, views={name: view})


def _places(layout):
    return np.array([(mark.row, mark.col) for mark in layout.landmarks])


@pytest.fixture(scope="module")
def posterior(unseen_figures):
    return next(e for e in unseen_figures if e.view.name == POSTERIOR)


def test_unseen_figures_are_found_in_both_views(figure_atlas, unseen_figures):
    for name in (ANTERIOR, POSTERIOR):
        agreement = compare(figure_atlas, [e for e in unseen_figures if e.view.name == name])
        # An arm is 8 cm wide: swapped sides or a wrong axis would be off by hundreds of mm.
        assert np.nanmedian(agreement.error_mm) < 6
        assert np.nanquantile(agreement.error_mm, 0.95) < 60
        assert np.median(agreement.region_accuracy) > 0.85
        assert np.median(agreement.bone_dice) > 0.8


def test_views_located_together_are_as_each_alone(figure_atlas, unseen_figures):
    views = {e.view.name: e.view for e in unseen_figures}
    together = locate(Study(id="test", modality=BONE_SCAN, views=views), figure_atlas)
    assert set(together) == {ANTERIOR, POSTERIOR}
    for name, view in views.items():
        alone = locate(Study(id="test", modality=BONE_SCAN, views={name: view}), figure_atlas)
        assert _places(together[name]) == pytest.approx(_places(alone[name]), abs=0.01)


def test_every_landmark_is_named_once_and_has_a_probability(figure_atlas, posterior):
    layout = locate(study_of(posterior), figure_atlas)[POSTERIOR]
    assert tuple((m.name, m.side) for m in layout.landmarks) == LANDMARKS
    assert all(0 <= m.confidence <= 1 and m.view == POSTERIOR for m in layout.landmarks)
    assert layout.landmark("elbow", "left").side == "left"


def test_maps_have_the_views_shape_and_are_empty_outside_the_body(figure_atlas, posterior):
    layout = locate(study_of(posterior), figure_atlas)[POSTERIOR]
    for image, kind in (
        (layout.regions, np.uint8),
        (layout.body, bool),
        (layout.expected, np.float32),
        (layout.spread, np.float32),
    ):
        assert image.shape == posterior.view.pixels.shape and image.dtype == kind
    assert not layout.regions[~layout.body].any() and not layout.expected[~layout.body].any()
    assert (layout.regions[layout.body] > 0).mean() > 0.97
    assert (layout.spread > 0).all()


def test_an_anterior_view_is_the_mirror_of_the_posterior_one(figure_atlas, posterior):
    pixels = posterior.view.pixels
    behind = locate(_study(pixels), figure_atlas)[POSTERIOR]
    before = locate(_study(pixels[:, ::-1], ANTERIOR), figure_atlas)[ANTERIOR]
    mirrored = _places(before) * (1, -1) + (0, pixels.shape[1] - 1)
    np.testing.assert_allclose(mirrored, _places(behind), atol=1e-3)
    femur = INDEX["femur", "left"]
    overlap = (before.regions[:, ::-1] == femur) & (behind.regions == femur)
    assert overlap.sum() > 0.8 * (behind.regions == femur).sum() > 0


def test_brightness_scales_the_expectation_and_moves_nothing(figure_atlas, posterior):
    plain = locate(_study(posterior.view.pixels), figure_atlas)[POSTERIOR]
    bright = locate(_study(posterior.view.pixels * 500), figure_atlas)[POSTERIOR]
    np.testing.assert_allclose(_places(bright), _places(plain), atol=0.02)
    np.testing.assert_allclose(bright.expected, 500 * plain.expected, rtol=0.01, atol=1)


def test_a_shifted_body_is_found_where_it_is(figure_atlas, posterior):
    pixels = np.pad(posterior.view.pixels, ((17, 3), (9, 5)))
    plain = locate(_study(posterior.view.pixels), figure_atlas)[POSTERIOR]
    shifted = locate(_study(pixels), figure_atlas)[POSTERIOR]
    distance = np.linalg.norm(_places(shifted) - _places(plain) - (17, 9), axis=1)
    assert np.median(distance) < 0.3


def test_finer_pixels_give_the_same_places(figure_atlas, posterior):
    half = posterior.view.pixels.repeat(2, axis=0).repeat(2, axis=1)
    quarter = half.repeat(2, axis=0).repeat(2, axis=1)[:-1, :-1]
    coarse = locate(_study(half, spacing_mm=4.25), figure_atlas)[POSTERIOR]
    fine = locate(_study(quarter, spacing_mm=2.125), figure_atlas)[POSTERIOR]
    assert fine.regions.shape == quarter.shape
    np.testing.assert_array_equal(fine.regions[::2, ::2], coarse.regions)
    # Pooled pixels lie between the ones they were made of.
    np.testing.assert_allclose(_places(fine), 2 * _places(coarse) + 0.5, atol=0.05)


def test_an_empty_image_has_a_layout_without_confidence(figure_atlas):
    layout = locate(_study(np.zeros((250, 64))), figure_atlas)[POSTERIOR]
    assert not layout.body.any() and not layout.regions.any()
    assert all(m.confidence == 0 for m in layout.landmarks)


@pytest.mark.parametrize("seed", range(3))
def test_noise_and_odd_shapes_do_not_break_it(figure_atlas, seed):
    rng = np.random.default_rng(seed)
    pixels = rng.poisson(0.02, (30 + 61 * seed, 17 + 40 * seed))
    layout = locate(_study(pixels, spacing_mm=2.0 + seed), figure_atlas)[POSTERIOR]
    assert np.isfinite(_places(layout)).all() and np.isfinite(layout.expected).all()


def test_the_expectation_explains_a_normal_subject(figure_atlas, unseen_figures):
    for example in unseen_figures:
        layout = locate(study_of(example), figure_atlas)[example.view.name]
        smooth = smooth_pixels(example.view.pixels, example.view.spacing_mm)
        inside = layout.body & (example.regions > 0)
        residual = np.log((smooth[inside] + 1) / (layout.expected[inside] + 1))
        assert abs(np.median(residual)) < 0.1
        assert np.mean(np.abs(residual) < 0.5) > 0.85


def test_a_hot_lesion_stands_out_and_leaves_the_rest_alone(figure_atlas, posterior):
    pixels = posterior.view.pixels.copy()
    lesion = posterior.regions == INDEX["femur", "left"]
    pixels[lesion] *= 6
    plain = locate(_study(posterior.view.pixels), figure_atlas)[POSTERIOR]
    sick = locate(_study(pixels), figure_atlas)[POSTERIOR]
    both = plain.body & sick.body
    change = sick.expected[both].sum() / plain.expected[both].sum()
    assert abs(change - 1) < 0.1
    assert np.median(pixels[lesion] / np.maximum(sick.expected[lesion], 1e-3)) > 3


def test_cut_off_feet_are_doubted(figure_atlas, posterior):
    knee = posterior.landmarks["knee", "left"][0]
    cut = posterior.view.pixels[: int(knee + 25)]
    whole = locate(_study(posterior.view.pixels), figure_atlas)[POSTERIOR]
    layout = locate(_study(cut), figure_atlas)[POSTERIOR]
    for name in ("ankle", "foot"):
        for side in ("left", "right"):
            assert layout.landmark(name, side).confidence < whole.landmark(name, side).confidence


def test_legs_that_end_below_a_whole_body_are_drawn_up(figure_atlas, posterior):
    atlas, view = figure_atlas, posterior.view
    canvas, body, frame = make_canvas(
        view.pixels, smooth_pixels(view.pixels, view.spacing_mm), view.spacing_mm
    )
    floor = floor_row(view.pixels, body, view.spacing_mm, frame)
    points = find_points(canvas, atlas).points
    too_low = points.copy()
    for side in ("left", "right"):
        (hip,) = indices("hip", side=side)
        leg = indices("knee", "ankle", "foot", side=side)
        too_low[leg] += 0.8 * (points[leg] - points[hip])
    to_mean = align(points, atlas.shape.mean)
    guesses = np.stack([to_mean(too_low)] * 2)
    # Without stages a descent ends where it starts: only the floor can move the legs.
    arguments = align_canvas(canvas, to_mean), guesses, to_mean, (), atlas.shape
    free, held = (search(*arguments, limit).points for limit in (np.inf, floor))
    feet = [indices("foot", side=side)[0] for side in ("left", "right")]
    assert free[feet, 0].min() > floor > held[feet, 0].max()
    away = [np.linalg.norm((p - points)[feet], axis=1).mean() for p in (free, held)]
    assert away[1] < 0.5 * away[0]


def test_the_overlay_marks_landmarks_and_hot_spots(figure_atlas, posterior):
    layout = locate(study_of(posterior), figure_atlas)[POSTERIOR]
    spot = layout.landmark("knee", "left")
    plain = np.asarray(draw_overlay(posterior.view, layout))
    marked = np.asarray(draw_overlay(posterior.view, layout, [spot]))
    zoom = plain.shape[0] // posterior.view.pixels.shape[0]
    rows, cols, _ = np.nonzero(plain != marked)
    assert plain.shape == (250 * zoom, 64 * zoom, 3)
    assert abs(np.median(rows) - spot.row * zoom) < 20
    assert abs(np.median(cols) - spot.col * zoom) < 30
