"""The other body: what it shows, and that its truth lies where its image says."""

import numpy as np
import pytest

from uptake_ml.phantom.stylized.camera import Camera, Extra, Field, Side
from uptake_ml.phantom.stylized.case import render_stylized
from uptake_ml.phantom.stylized.raster import VOXEL_MM, Grid, ellipsoid
from uptake_ml.study import ANTERIOR, BONE_SCAN, FOCAL, JOINT_SYMMETRIC, LABELS, POSTERIOR

CAMERA = Camera(
    attenuation_per_mm=0.012, blur_per_mm=0.045, intrinsic_mm=3.8, scatter=0.2, scatter_mm=32.0
)


@pytest.fixture(scope="module")
def cases():
    return {label: render_stylized(5, label=label) for label in LABELS[BONE_SCAN]}


def test_the_same_seed_gives_the_same_scan(cases):
    again, truth = render_stylized(5, label=FOCAL)
    study, first = cases[FOCAL]
    for name, view in study.views.items():
        assert np.array_equal(view.pixels, again.views[name].pixels)
    assert [n.contrast for n in truth.lesions] == [n.contrast for n in first.lesions]


def test_a_healthy_scan_has_no_lesion(cases):
    _, truth = cases["normal"]
    assert truth.lesions == () and truth.label == "normal"
    assert not any(view.lesion_map.any() for view in truth.views.values())


@pytest.mark.parametrize("label", [FOCAL, JOINT_SYMMETRIC])
def test_a_lesion_is_brighter_than_what_lies_about_its_mask(cases, label):
    study, truth = cases[label]
    assert any(n.is_visible for n in truth.lesions)
    for lesion in truth.lesions:
        for name, contrast in lesion.contrast.items():
            mask = truth.views[name].lesion_map == lesion.number
            if not lesion.is_visible_in(name) or not mask.any():
                continue
            rows, cols = np.nonzero(mask)
            reach = round(60 / study.views[name].spacing_mm[0])
            box = (
                slice(max(rows.min() - reach, 0), rows.max() + reach),
                slice(max(cols.min() - reach, 0), cols.max() + reach),
            )
            pixels = study.views[name].pixels
            around = pixels[box][truth.views[name].lesion_map[box] == 0]
            assert pixels[mask].mean() > (1 + 0.2 * contrast) * around.mean()


def test_joints_of_both_sides_are_told(cases):
    _, truth = cases[JOINT_SYMMETRIC]
    sides = {(n.region, n.side) for n in truth.lesions}
    assert {(region, "left") for region, _ in sides} <= sides
    assert {(region, "right") for region, _ in sides} <= sides


def test_what_lies_deep_is_weaker_and_wider():
    """A point at the front: weaker from the back by its attenuation, its counts spread wider."""
    grid = Grid((-100, -100, -100), (100, 100, 100))
    body, activity = np.ones(grid.shape, np.float32), grid.zeros()
    point = ellipsoid("point", (0, 0, -80), 6)
    grid.paint(activity, point, 1.0)
    extra = Extra(box=grid.box([point]), activity=activity[grid.box([point])])
    assert extra.activity.sum() == pytest.approx(activity.sum())
    images = {
        view: Side(body, CAMERA, is_posterior=view == POSTERIOR).expect_small(extra)
        for view in (ANTERIOR, POSTERIOR)
    }
    between_mm = 160
    ratio = images[POSTERIOR].sum() / images[ANTERIOR].sum()
    assert ratio == pytest.approx(np.exp(-0.012 * between_mm), rel=0.1)
    spread = {v: i.max() / i.sum() for v, i in images.items()}
    assert spread[POSTERIOR] < 0.7 * spread[ANTERIOR]


def test_a_posterior_view_is_mirrored():
    grid = Grid((-100, -100, -100), (100, 100, 100))
    activity = grid.zeros()
    grid.paint(activity, ellipsoid("point", (60, 0, 0), 8), 1.0)  # the patient's left
    body = np.ones(grid.shape, np.float32)
    field = Field(rows=50, columns=50, pixel_mm=VOXEL_MM, top_mm=-100)
    for view, is_right_half in ((ANTERIOR, True), (POSTERIOR, False)):
        side = Side(body, CAMERA, is_posterior=view == POSTERIOR)
        image = field.sample(side.expect(activity), grid, is_posterior=view == POSTERIOR)
        assert (np.unravel_index(image.argmax(), image.shape)[1] > 25) == is_right_half
