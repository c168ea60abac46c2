"""The pictures of the page: grey levels, outlines around the spots, numbers beside them."""

import base64
import io
import re
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from uptake_ml.features import HotSpot
from uptake_ml.report.overlay import (
    OUTLINE_GAP_MM,
    draw_view,
    find_window,
    invert_grey,
)
from uptake_ml.study import View


def _points(path):
    return np.array([[float(v) for v in pair.split(",")] for pair in path[1:-1].split()])


def _decode(picture):
    data = base64.b64decode(picture.data_uri.removeprefix("data:image/png;base64,"))
    return np.asarray(Image.open(io.BytesIO(data)))


def test_more_uptake_is_darker_and_air_is_white():
    grey = invert_grey(np.array([[0, 1, 20, 50, 100, 1000, np.nan]], np.float32), 100.0)[0]
    assert grey[0] == grey[1] == grey[6] == 255
    assert grey[4] == grey[5] == 0
    assert (np.diff(grey[1:5].astype(int)) < 0).all()


def test_window_follows_the_body_and_not_the_air_or_one_pixel():
    pixels = np.zeros((100, 100), np.float32)
    pixels[30:70, 30:70] = 40
    pixels[50, 50] = 1e6
    body = pixels > 0
    assert find_window(pixels, body) == pytest.approx(40)
    assert find_window(pixels) == pytest.approx(40)
    assert find_window(np.zeros((4, 4), np.float32)) > 0


def test_picture_is_cut_to_the_body_and_keeps_its_proportions(study, layouts):
    view = study.views["anterior"]
    whole = draw_view(view)
    cut = draw_view(view, layouts["anterior"])
    assert (whole.width_mm, whole.height_mm) == (80 * 6, 220 * 8)
    assert cut.width_mm < whole.width_mm
    assert cut.height_mm < whole.height_mm
    rows, cols = _decode(cut).shape
    assert (cols * 6, rows * 8) == (cut.width_mm, cut.height_mm)
    assert _decode(cut).min() == 0, "the hottest of the body is shown black"


def test_picture_hides_nothing_that_can_be_seen(study, layouts):
    view = study.views["anterior"]
    layouts["anterior"].body = layouts["anterior"].body.copy()
    layouts["anterior"].body[100:] = False
    missed = draw_view(view, layouts["anterior"])
    assert missed.height_mm == draw_view(view, SimpleNamespace(body=view.pixels > 0)).height_mm


def test_outline_surrounds_its_spot_and_stays_clear_of_it(study, layouts, spots):
    view, spot = study.views["anterior"], spots[0]
    picture = draw_view(view, layouts["anterior"], [(1, spot)])
    whole = draw_view(view, None, [(1, spot)])
    (path,) = whole.outlines
    x, y = _points(path).T
    rows, cols = np.nonzero(spot.full_mask(view.pixels.shape))
    assert x.min() < (cols.min() + 0.5) * 6 < (cols.max() + 0.5) * 6 < x.max()
    assert y.min() < (rows.min() + 0.5) * 8 < (rows.max() + 0.5) * 8 < y.max()
    # Centred on the spot: pixel centres are at integers, the picture starts at a pixel's edge.
    assert (x.min() + x.max()) / 2 == pytest.approx((spot.col + 0.5) * 6, abs=1.5)
    assert (y.min() + y.max()) / 2 == pytest.approx((spot.row + 0.5) * 8, abs=1.5)
    # From the nearest edge of a pixel of the spot: 3 by 4 mm from its centre.
    away = np.maximum(
        np.abs(np.stack([x[:, None] - (cols + 0.5) * 6, y[:, None] - (rows + 0.5) * 8]))
        - np.array([3, 4])[:, None, None],
        0,
    )
    distance = np.hypot(*away).min(axis=1)
    assert distance.min() > OUTLINE_GAP_MM - 1.5
    assert distance.max() < OUTLINE_GAP_MM + 1.5
    assert len(picture.outlines) == 1


def test_outline_of_a_spot_at_the_image_s_corner_is_closed(study):
    spot = HotSpot(
        view="anterior", row=0.0, col=0.0, region="skull", side=None, is_joint=False,
        area_mm2=48.0, contrast=2.0, significance=5.0, window=(slice(0, 1), slice(0, 1)),
        mask=np.ones((1, 1), bool),
    )  # fmt: skip
    picture = draw_view(study.views["anterior"], None, [(1, spot)])
    (path,) = picture.outlines
    points = _points(path)
    assert np.allclose(points[0], points[-1], atol=0.2)


def test_number_stands_on_the_outer_side_of_its_spot(study, spots):
    picture = draw_view(study.views["anterior"], None, [(1, spots[0]), (2, spots[1])])
    left, right = picture.tags
    assert left.x < (spots[0].col + 0.5) * 6
    assert right.x > (spots[1].col + 0.5) * 6


def test_landmarks_are_drawn_only_on_request(study, layouts):
    view = study.views["anterior"]
    assert draw_view(view, layouts["anterior"]).landmarks == ()
    names = [
        name for name, *_ in draw_view(view, layouts["anterior"], has_landmarks=True).landmarks
    ]
    assert names == ["vertex", "left wrist"]


def test_view_without_counts_is_drawn_white():
    view = View(
        name="anterior", pixels=np.zeros((9, 9), np.float32), spacing_mm=(5, 5), unit="counts"
    )
    assert (_decode(draw_view(view)) == 255).all()


def test_paths_hold_numbers_only(study, spots):
    picture = draw_view(study.views["anterior"], None, [(1, spots[0])])
    assert re.fullmatch(r"M[-0-9., ]+Z", picture.outlines[0])
