"""What lies around a raised place tells a blob from a line and from an overall rise."""

from types import SimpleNamespace

import numpy as np
import pytest

from uptake_ml.features.surroundings import SURROUNDINGS, describe_surroundings

SHAPE = (80, 60)
AT = (40, 30)


def as_one_region(image):
    return SimpleNamespace(values=lambda regions: image.ravel())


def described(rise):
    """Return the descriptors by name of the place at ``AT`` in an image that is exp(rise)."""
    uptake = SimpleNamespace(
        working=SimpleNamespace(smoothed=np.exp(rise).astype(np.float32)),
        bone_level=0.0,
        read=as_one_region,
    )
    place = SimpleNamespace(row=AT[0], col=AT[1], region=1, contrast=float(np.exp(rise[AT])))
    search = SimpleNamespace(uptake=uptake, rise=rise, candidates=[place])
    return dict(zip(SURROUNDINGS, describe_surroundings(search, [place])[0], strict=True))


def bump(sigma_rows, sigma_cols):
    rows, cols = np.mgrid[: SHAPE[0], : SHAPE[1]]
    away = ((rows - AT[0]) / sigma_rows) ** 2 + ((cols - AT[1]) / sigma_cols) ** 2
    return np.exp(-away / 2).astype(np.float32)


def test_a_blob_is_curved_every_way_and_a_line_is_not():
    blob, line = described(bump(2, 2)), described(bump(1000, 2))
    assert blob["least curvature"] < -0.05
    assert line["least curvature"] == pytest.approx(0, abs=1e-3)


def test_curvature_is_that_of_the_smoothed_surface():
    # A Gaussian of variance s2 smoothed by one of variance t2: second derivative -s2 / (s2 + t2)^2.
    assert described(bump(3, 3))["least curvature"] == pytest.approx(-9 / (9 + 4) ** 2, rel=0.05)


def test_a_blob_outshines_what_lies_around_and_a_line_does_not():
    blob, line = described(bump(2, 2)), described(bump(1000, 2))
    assert blob["log over hottest around"] > 0.6 and blob["log rise over highest around"] > 0.6
    assert line["log over hottest around"] == pytest.approx(0, abs=0.01)


def test_an_overall_rise_counts_for_nothing():
    even = described(np.full(SHAPE, 0.8, np.float32))
    assert even["log rise over mean around"] == pytest.approx(0, abs=1e-5)
    assert even["share of region raised as much"] == 1
    assert described(bump(2, 2))["share of region raised as much"] < 0.01


def test_the_image_s_edge_is_no_surrounding():
    rise = bump(2, 2)
    cut = np.roll(rise, (-AT[0], -AT[1]), axis=(0, 1))
    cut[40:], cut[:, 30:] = 0, 0
    place = SimpleNamespace(row=0, col=0, region=1, contrast=float(np.e))
    uptake = SimpleNamespace(
        working=SimpleNamespace(smoothed=np.exp(cut)), bone_level=0.0, read=as_one_region
    )
    search = SimpleNamespace(uptake=uptake, rise=cut, candidates=[place])
    assert np.isfinite(describe_surroundings(search, [place])).all()
    assert describe_surroundings(search, []).shape == (0, len(SURROUNDINGS))
