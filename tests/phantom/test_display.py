"""Pictures made of counts: windows, overflow, size, place and what is burnt in."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from uptake_ml.errors import SimulationError
from uptake_ml.phantom.picture_export import (
    DisplayExport,
    picture_axes,
    to_picture,
    to_picture_map,
)
from uptake_ml.study import COUNTS, GREY_LEVEL, View

BS80K = {"rows": 385, "columns": 97}


def counts_view(pixels: np.ndarray) -> View:
    return View(
        name="anterior",
        pixels=np.asarray(pixels, np.float32),
        spacing_mm=(2.4, 2.4),
        unit=COUNTS,
    )


def noisy_view(seed: int = 0) -> View:
    rng = np.random.default_rng(seed)
    expected = np.zeros((1024, 256))
    expected[50:800, 40:216] = 15.0
    expected[300:330, 100:130] = 120.0
    return counts_view(rng.poisson(expected))


def test_levels_follow_counts_and_saturate():
    view = counts_view([[0, 10, 50, 100, 300]])
    picture = to_picture(view, DisplayExport(upper_level=100))
    np.testing.assert_array_equal(picture.pixels, [[0, 25, 127, 255, 255]])
    assert picture.unit == GREY_LEVEL
    assert picture.spacing_mm == view.spacing_mm
    assert not picture.is_spacing_estimated


def test_overflow_wraps_modulo_256():
    export = DisplayExport(upper_level=255, has_wrap_around=True)
    picture = to_picture(counts_view([[254, 255, 256, 300, 600]]), export)
    np.testing.assert_array_equal(picture.pixels, [[254, 255, 0, 44, 88]])


def test_wrap_around_turns_a_very_hot_spot_into_rings():
    x = np.hypot(*(np.indices((101, 101)) - 50))
    view = counts_view(1000 * np.exp(-0.5 * (x / 15) ** 2))
    ray = to_picture(view, DisplayExport(upper_level=255, has_wrap_around=True)).pixels[50, 50:]
    falls = np.count_nonzero(np.diff(ray) > 100)
    assert falls == 3
    smooth = to_picture(view, DisplayExport(upper_level=255)).pixels[50, 50:]
    assert (np.diff(smooth) <= 0).all()


def test_percentile_is_of_pixels_with_counts():
    pixels = np.zeros((10, 100))
    pixels[0] = np.arange(1, 101)
    picture = to_picture(counts_view(pixels), DisplayExport(upper_percentile=50))
    assert np.count_nonzero(picture.pixels[0] == 255) == 50


def test_gamma_below_one_lifts_faint_pixels_and_keeps_the_ends():
    view = counts_view([[0, 10, 100]])
    lifted = to_picture(view, DisplayExport(upper_level=100, gamma=0.5)).pixels
    np.testing.assert_array_equal(lifted, [[0, 80, 255]])


def test_an_empty_view_gives_a_black_picture():
    assert not to_picture(counts_view(np.zeros((8, 8))), DisplayExport()).pixels.any()


def test_whole_field_is_scaled_to_the_size_of_a_data_set():
    view = noisy_view()
    picture = to_picture(view, DisplayExport(upper_level=200, **BS80K))
    assert picture.pixels.shape == (385, 97)
    assert picture.spacing_mm == pytest.approx((1024 * 2.4 / 385, 256 * 2.4 / 97))
    full = to_picture(view, DisplayExport(upper_level=200)).pixels
    assert picture.pixels.mean() == pytest.approx(full.mean(), rel=0.02)
    assert picture.pixels[150:280, 30:70].std() < 0.7 * full[400:750, 80:180].std()


def test_a_uniform_view_stays_uniform():
    picture = to_picture(counts_view(np.full((1024, 256), 40)), DisplayExport(**BS80K))
    assert np.ptp(picture.pixels) == 0


def test_given_spacing_cuts_and_pads_the_field():
    view = noisy_view()
    export = DisplayExport(upper_level=200, rows=300, columns=150, pixel_mm=4.8)
    picture = to_picture(view, export)
    assert picture.pixels.shape == (300, 150)
    assert picture.spacing_mm == (4.8, 4.8)
    # 256 pixels of 2.4 mm make 128 of 4.8: eleven empty columns on each side.
    assert not picture.pixels[:, :11].any()
    assert not picture.pixels[:, -11:].any()
    full = to_picture(view, DisplayExport(upper_level=200)).pixels
    halves = full[:600].reshape(300, 2, 128, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(picture.pixels[:, 11:-11], halves, atol=0.51)


@pytest.mark.parametrize(
    "size", [BS80K, {"rows": 300, "columns": 150, "pixel_mm": 5.1}, {"pixel_mm": 3.7}, {}]
)
def test_landmarks_and_maps_move_with_the_picture(size):
    truth = np.zeros((1024, 256), np.uint8)
    truth[300:330, 100:131] = 7
    view = counts_view(truth * 10.0)
    export = DisplayExport(upper_level=70, **size)
    bright = to_picture(view, export).pixels
    rows, columns = picture_axes(view, export)
    expected = rows.pixel(314.5), columns.pixel(115.0)
    spot = np.indices(bright.shape) * bright
    assert spot.sum(axis=(1, 2)) / bright.sum() == pytest.approx(expected, abs=0.05)
    moved = to_picture_map(truth, view, export)
    assert moved.dtype == truth.dtype
    np.testing.assert_array_equal(moved == 7, bright > 127)


def test_inverted_is_the_complement():
    view = noisy_view()
    light, dark = (to_picture(view, DisplayExport(is_inverted=i)).pixels for i in (False, True))
    np.testing.assert_array_equal(light, 255 - dark)


def test_export_is_pure():
    view = noisy_view()
    before = view.pixels.copy()
    export = DisplayExport(**BS80K, jpeg_quality=70, caption="ANT", border_px=1, is_inverted=True)
    first, second = (to_picture(view, export).pixels for _ in range(2))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(view.pixels, before)
    assert first.dtype == np.float32


def test_jpeg_loses_more_at_lower_quality():
    view = noisy_view()
    exact = to_picture(view, DisplayExport(**BS80K)).pixels
    errors = [
        np.abs(to_picture(view, DisplayExport(**BS80K, jpeg_quality=q)).pixels - exact).mean()
        for q in (95, 60, 20)
    ]
    assert 0 < errors[0] < errors[1] < errors[2] < 20


@pytest.mark.parametrize("is_inverted", [False, True])
def test_caption_and_border_are_burnt_in_and_nothing_else_changes(is_inverted):
    view = noisy_view()
    plain = to_picture(view, DisplayExport(is_inverted=is_inverted)).pixels
    marked = to_picture(
        view, DisplayExport(is_inverted=is_inverted, caption="ANT", caption_px=20, border_px=2)
    ).pixels
    changed = plain != marked
    assert (marked[[0, -1]] == (0 if is_inverted else 255)).all()
    assert changed[2:30, 2:60].any()
    inside = changed[2:-2, 2:-2]
    assert not inside[40:].any()
    assert not inside[:, 80:].any()


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({"upper_percentile": 0}, "upper_percentile"),
        ({"upper_level": 0}, "upper_level"),
        ({"gamma": 20}, "gamma"),
        ({"jpeg_quality": 0}, "jpeg_quality"),
        ({"rows": -1}, "rows"),
        ({"border_px": -1}, "border_px"),
    ],
)
def test_impossible_exports_are_refused(parameters, name):
    with pytest.raises(SimulationError, match=name):
        DisplayExport(**parameters)


def test_size_is_that_of_real_pictures():
    beside = Path(__file__).parents[3] / "shared" / "real"
    folder = Path(os.environ.get("UPTAKE_ML_REAL_DIR", beside))
    pictures = sorted(folder.glob("bs80k_*_ANT.png"))
    if not pictures:
        pytest.skip("no real bone scans: set UPTAKE_ML_REAL_DIR to a folder that holds them")
    for path in pictures:
        with Image.open(path) as real:
            assert (real.height, real.width) == (BS80K["rows"], BS80K["columns"])
