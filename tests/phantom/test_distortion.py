"""A smooth change of shape moves images, maps and points alike."""

import dataclasses

import numpy as np
import pytest

from uptake_ml.phantom import draw, render
from uptake_ml.phantom.distortion import draw_distortion
from uptake_ml.study import ANTERIOR, POSTERIOR

SHAPE, PIXEL_MM = (256, 96), 6.0
VIEWS = (ANTERIOR, POSTERIOR)


@pytest.fixture(scope="module")
def change():
    return draw_distortion(5, 12.0, SHAPE, PIXEL_MM)


def test_none_is_drawn_without_a_spread():
    assert draw_distortion(5, 0.0, SHAPE, PIXEL_MM) is None


def test_displacements_have_the_spread_asked_for():
    rows, columns = np.indices(SHAPE)
    found = [draw_distortion(seed, 12.0, SHAPE, PIXEL_MM) for seed in range(30)]
    for shifts in ([d.rows - rows for d in found], [d.columns - columns for d in found]):
        assert np.std(shifts) * PIXEL_MM == pytest.approx(12.0, rel=0.25)


def test_both_views_see_the_same_body(change):
    image = np.random.default_rng(0).random(SHAPE).astype(np.float32)
    behind = change.image(image[:, ::-1], POSTERIOR)
    assert behind[:, ::-1] == pytest.approx(change.image(image, ANTERIOR), abs=1e-5)


@pytest.mark.parametrize("view", VIEWS)
def test_a_point_moves_with_the_image(change, view):
    image = np.zeros(SHAPE, np.float32)
    place = (140, 30)
    image[place[0] - 2 : place[0] + 3, place[1] - 2 : place[1] + 3] = 1
    moved = change.image(image, view)
    centre = [(axis * moved).sum() / moved.sum() for axis in np.indices(SHAPE)]
    assert np.hypot(*np.subtract(centre, place)) > 0.5
    assert change.point(place, view) == pytest.approx(centre, abs=0.6)


def test_the_truth_of_a_case_follows_its_shape():
    spec = draw(10, label="focal", disease="metastases-prostate")
    spec = dataclasses.replace(spec, voxel_mm=5.0, distortion_seed=1)
    (study, straight), (_, bent) = (
        render(dataclasses.replace(spec, distortion_mm=sd)) for sd in (0.0, 8.0)
    )
    pixel_mm = study.views[ANTERIOR].spacing_mm[0]
    for view in VIEWS:
        before, after = (t.views[view].landmarks for t in (straight, bent))
        away = [np.hypot(*np.subtract(before[k], after[k])) for k in before if before[k]]
        assert 2 < np.mean(away) * pixel_mm < 25
        numbers = bent.views[view].lesion_map
        whole = [n for n in bent.lesions if (numbers == n.number).sum() > 20]
        found = np.array([np.argwhere(numbers == n.number).mean(axis=0) for n in whole])
        off = found - [n.place[view] for n in whole]
        assert np.median(np.hypot(off[:, 0], off[:, 1])) * pixel_mm < 2.5


def test_some_subjects_differ_by_more_than_the_tables_say(monkeypatch):
    from uptake_ml.phantom import drawing

    def levels(share: float) -> np.ndarray:
        monkeypatch.setattr(drawing, "_UNUSUAL_SHARE", share)
        cases = [draw(seed, label="normal") for seed in range(40)]
        return np.log([list(case.bone.values()) for case in cases])

    usual, unusual = levels(0.0), levels(1.0)
    added = unusual - usual
    names = list(draw(0, label="normal").bone)
    small = np.isin(names, drawing._SMALL_BONES)
    assert added[:, ~small].std() == pytest.approx(drawing._UNUSUAL_BONE, rel=0.1)
    assert added[:, small].std() == pytest.approx(drawing._UNUSUAL_SMALL, rel=0.15)
    assert abs(added.mean()) < 0.03
    assert np.abs(np.corrcoef(added.T) - np.eye(added.shape[1])).mean() < 0.2


def test_most_subjects_are_pulled_about_by_millimetres():
    from uptake_ml.phantom.drawing import _DISTORTED_SHARE, _DISTORTION_MM

    sd = np.array([draw(seed).distortion_mm for seed in range(80)])
    assert (sd > 0).mean() == pytest.approx(_DISTORTED_SHARE, abs=0.18)
    assert sd[sd > 0].min() >= _DISTORTION_MM[0] and sd.max() <= _DISTORTION_MM[1]
