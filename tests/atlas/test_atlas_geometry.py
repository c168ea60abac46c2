from __future__ import annotations

import numpy as np
import pytest
from figures import draw_figure, figure_examples, render_figure
from scipy import ndimage

from uptake_ml.atlas.canvas import (
    AXIS_COL,
    _fill_holes,
    _open,
    bilinear,
    find_body,
    floor_row,
    make_canvas,
    pool,
    pooled_points,
    sample,
    smooth_pixels,
    unpool,
    unpooled_points,
)
from uptake_ml.atlas.descent import patches
from uptake_ml.atlas.points import MIRROR, POINT_INDEX, POINTS, mirror_points, true_points
from uptake_ml.atlas.shape import align, fit_shape_model, fit_similarity, mean_shape
from uptake_ml.atlas.warp import PARTS, coarse_field, fit_spline
from uptake_ml.regions import LANDMARKS, REGIONS
from uptake_ml.study import ANTERIOR

RNG = np.random.default_rng(5)


def test_patches_of_mirrored_points_are_those_of_the_mirrored_canvas():
    rng = np.random.default_rng(8)
    image = rng.random((2, 40, 30)).astype(np.float32)
    points = rng.uniform(8, 20, (3, 4, 2))
    expected = patches(np.ascontiguousarray(image[:, :, ::-1]), points[1:], 1.7)
    got = patches(image, points, 1.7, slice(1, None))
    assert got[1:] == pytest.approx(expected, abs=1e-4)
    assert got[0] == pytest.approx(patches(image, points[:1], 1.7)[0], abs=1e-4)


def test_bilinear_sampling_agrees_with_scipy():
    image = RNG.random((2, 20, 15)).astype(np.float32)
    rows, cols = RNG.uniform(0, 18.9, 300), RNG.uniform(0, 13.9, 300)
    for got, channel in zip(bilinear(image, rows, cols), image, strict=True):
        np.testing.assert_allclose(
            got, ndimage.map_coordinates(channel, [rows, cols], order=1), atol=1e-5
        )


def test_pooling_keeps_places_and_means():
    image = RNG.random((10, 9)).astype(np.float32)
    pooled = pool(image, (2, 3))
    assert pooled[1, 2] == pytest.approx(image[2:4, 6:9].mean())
    np.testing.assert_array_equal(pool(unpool(image, (2, 2), (20, 18)), (2, 2)), image)
    for factors, shape in (((1, 1), (10, 9)), ((2, 3), (19, 26))):
        turned = unpool(image, factors, shape, flips=True)
        np.testing.assert_array_equal(turned, unpool(image, factors, shape)[:, ::-1])
    points = RNG.uniform(0, 9, (5, 2))
    np.testing.assert_allclose(unpooled_points(pooled_points(points, (2, 3)), (2, 3)), points)
    # The middle of the first pooled pixel is between the pixels it was made of.
    np.testing.assert_allclose(unpooled_points(np.zeros(2), (2, 3)), (0.5, 1.0))


def _canvas(pixels, spacing_mm):
    return make_canvas(pixels, smooth_pixels(pixels, spacing_mm), spacing_mm)


def _body(pixels, spacing_mm):
    return find_body(smooth_pixels(pixels, spacing_mm))


def test_a_spot_lies_on_the_canvas_where_the_frame_says():
    example = figure_examples(1, seed=4)[0]
    pixels = example.view.pixels.copy()
    spot = np.array([150.0, 48.0])
    _, _, frame = _canvas(pixels, example.view.spacing_mm)
    pixels[150, 48] = 1e5
    for zoom in (1, 2):
        canvas = sample(pixels, frame, zoom=zoom)
        centre = np.array(ndimage.center_of_mass(np.where(canvas > 1000, canvas, 0)))
        expected = (frame.to_canvas(spot) + 0.5) * zoom - 0.5
        np.testing.assert_allclose(centre, expected, atol=0.25)
    np.testing.assert_allclose(frame.to_image(frame.to_canvas(spot)), spot)


@pytest.mark.parametrize("counts", [40.0, 4.0])
def test_the_body_is_found_at_full_and_at_a_tenth_of_the_counts(counts):
    example = render_figure(draw_figure(8, 2), counts=counts)
    body, true = _body(example.view.pixels, example.view.spacing_mm), example.regions > 0
    assert (body & true).sum() / (body | true).sum() > 0.8


def test_the_floor_is_known_where_the_feet_are_in_view_only():
    example = render_figure(draw_figure(8, 2))
    spacing_mm, whole = example.view.spacing_mm, example.view.pixels
    ankle = int(min(example.landmarks["ankle", side][0] for side in ("left", "right")))
    foot = max(example.landmarks["foot", side][0] for side in ("left", "right"))
    cut = whole[: ankle - 20]
    padded = np.pad(cut, ((0, 60), (0, 0)))
    for pixels, is_whole in ((whole, True), (cut, False), (padded, False)):
        _, body, frame = _canvas(pixels, spacing_mm)
        floor = floor_row(pixels, body, spacing_mm, frame)
        assert np.isfinite(floor) == is_whole
        if is_whole:
            below = frame.to_image(np.array([floor, 0.0]))[0] - foot
            assert 0 < below * spacing_mm[0] < 80


def test_opening_and_filling_are_those_of_morphology():
    mask = ndimage.gaussian_filter(RNG.normal(size=(60, 40)), 1.2) > 0.05
    np.testing.assert_array_equal(_open(mask), ndimage.binary_opening(mask))
    np.testing.assert_array_equal(_fill_holes(mask), ndimage.binary_fill_holes(mask))


def test_a_full_bladder_does_not_hide_the_body():
    example = render_figure(draw_figure(8, 2))
    pixels = example.view.pixels.copy()
    row, col = (int(x) for x in example.landmarks["bladder", None])
    pixels[row - 3 : row + 4, col - 3 : col + 4] *= 50
    body, true = _body(pixels, example.view.spacing_mm), example.regions > 0
    assert (body & true).sum() / (body | true).sum() > 0.8


def test_every_point_has_a_mirror_image():
    np.testing.assert_array_equal(MIRROR[MIRROR], np.arange(len(POINTS)))
    assert POINTS[: len(LANDMARKS)] == LANDMARKS
    points = RNG.random((len(POINTS), 2))
    np.testing.assert_allclose(mirror_points(mirror_points(points, AXIS_COL), AXIS_COL), points)
    left, right = POINT_INDEX["knee", "left"], POINT_INDEX["knee", "right"]
    assert mirror_points(points, 0.0)[left, 1] == -points[right, 1]


def test_left_is_at_the_left_of_every_oriented_view():
    for example in figure_examples(4, seed=2):
        points = true_points(example.landmarks, example.regions, example.view.name)
        for name in ("shoulder", "knee", "rib-edge-middle", "pelvis-edge"):
            left, right = (points[POINT_INDEX[name, side], 1] for side in ("left", "right"))
            assert left < right
        if example.view.name == ANTERIOR:
            assert example.landmarks["knee", "left"][1] > example.landmarks["knee", "right"][1]


def test_an_unknown_landmark_is_nan():
    example = figure_examples(1, seed=2)[0]
    landmarks = {**example.landmarks, ("foot", "left"): None}
    points = true_points(landmarks, example.regions, example.view.name)
    assert np.isnan(points[POINT_INDEX["foot", "left"]]).all()
    assert np.isfinite(points[POINT_INDEX["foot", "right"]]).all()


def test_a_similarity_is_recovered():
    source, angle = RNG.normal(0, 40, (12, 2)), 0.3
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    found = fit_similarity(source, source @ (1.3 * rotation).T + (5, -7))
    np.testing.assert_allclose(found.matrix, 1.3 * rotation, atol=1e-9)
    np.testing.assert_allclose(found.inverse()(found(source)), source, atol=1e-9)
    assert found.scale == pytest.approx(1.3)


def test_the_shape_model_restores_a_missing_and_a_wild_point():
    examples = figure_examples(40, seed=6, shape=(190, 48), spacing_mm=11.0)
    shapes = np.stack([true_points(e.landmarks, e.regions, e.view.name) for e in examples])
    mean = mean_shape(shapes)
    aligned = np.stack([align(s, mean)(s) for s in shapes])
    model = fit_shape_model(aligned[:-1], n_modes=12)
    ankle = POINT_INDEX["ankle", "left"]
    for sigma, given in ((np.inf, np.nan), (50.0, 400.0)):
        points, sigmas = aligned[-1].copy(), np.full(len(POINTS), 0.3)
        points[ankle], sigmas[ankle] = given, sigma
        error = np.linalg.norm(model.complete(points, sigmas)[ankle] - aligned[-1][ankle])
        assert error < 4  # pixels of 11 mm; the mean alone is off by more in most figures


def test_a_spline_passes_through_its_points_and_keeps_affine_maps():
    source = RNG.uniform(0, 200, (15, 2))
    target = source + RNG.normal(0, 8, source.shape)
    spline = fit_spline(source, target, stiffness=0.0)
    np.testing.assert_allclose(spline(source), target, atol=1e-5)
    affine = source @ np.array([[1.1, 0.2], [-0.1, 0.9]]) + (3, 4)
    elsewhere = RNG.uniform(-50, 250, (9, 2))
    straight = fit_spline(source, affine, stiffness=0.01)(elsewhere)
    np.testing.assert_allclose(
        straight, elsewhere @ np.array([[1.1, 0.2], [-0.1, 0.9]]) + (3, 4), atol=1e-5
    )


def test_a_coarse_field_is_the_spline_between_its_nodes():
    source = RNG.uniform(0, 90, (10, 2))
    spline = fit_spline(source, source + RNG.normal(0, 3, source.shape), stiffness=0.01)
    field = coarse_field(spline, (81, 50), step=np.array([1.0, 2.0]), stride=8, origin=(4.0, 1.0))
    rows, cols = np.array([0, 16, 33, 80]), np.array([0, 48, 21, 49])
    exact = spline(np.stack([4 + rows, 1 + 2.0 * cols], axis=1)).T
    dense = field.dense((81, 50))
    np.testing.assert_allclose(dense[:, rows, cols][:, :2], exact[:, :2], atol=1e-3)
    np.testing.assert_allclose(dense[:, rows, cols], exact, atol=0.5)
    window = (slice(16, 40), slice(7, 30))
    np.testing.assert_allclose(field.dense((81, 50), window), dense[:, *window], atol=1e-5)


def test_every_region_but_outside_belongs_to_a_part():
    owners = [k for part in PARTS for k in part.regions]
    assert set(owners) == set(range(1, len(REGIONS)))


def test_a_limbs_knots_stand_on_both_flanks():
    arm = next(part for part in PARTS if part.name == "arm-left")
    points = np.zeros((len(POINTS), 2))
    points[list(arm.chain)] = [(0, 0), (30, 0), (60, 0), (90, 0)]
    knots = arm.knots(points)
    assert len(knots) == 12 and knots[:, 1].min() == -knots[:, 1].max() < 0
