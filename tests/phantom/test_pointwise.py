"""The body of points: what is taken down as a lesion, and where the camera shows it."""

import numpy as np
import pytest

from uptake_ml.phantom.pointwise.camera import draw_camera, expected_points, expected_view
from uptake_ml.phantom.pointwise.cloud import Cloud
from uptake_ml.phantom.pointwise.soft import Body
from uptake_ml.phantom.pointwise.uptake import Uptake


@pytest.fixture
def uptake():
    cloud = Cloud(np.random.default_rng(0))
    cloud.ball("femur.shaft", "left", (60.0, 0.0, 900.0), 20.0)
    cloud.ball("tibia.shaft", "left", (60.0, 0.0, 1300.0), 20.0)
    cloud.site("knee_medial", "left", np.array([60.0, 0.0, 900.0]), 30.0)
    return Uptake(cloud, [np.ones(len(part.xyz)) for part in cloud.parts])


def test_a_lesion_is_what_was_added_and_nothing_else(uptake):
    uptake.strength = 0.5
    with uptake.lesion("metastases", "femur", "left"):
        uptake.level[0] = uptake.level[0] + 2.0
    (lesion,) = uptake.lesions
    assert set(lesion.added) == {0}
    assert lesion.added[0] == pytest.approx(1.0) and uptake.level[0] == pytest.approx(2.0)
    assert (uptake.level[1] == 1).all()


def test_the_joints_of_one_region_and_side_are_one_lesion(uptake):
    for joint_side in ("left", "left", "right"):
        with uptake.lesion("rheumatoid-arthritis", "knee", joint_side, is_joint=True):
            uptake.raise_site(("knee_medial", "left"), plus=1.0)
    left, right = uptake.lesions
    assert (left.side, right.side) == ("left", "right")
    assert left.added[0].max() == pytest.approx(2 * right.added[0].max())


def test_nothing_added_is_no_lesion(uptake):
    with uptake.lesion("metastases", "rib.3"):
        pass
    assert uptake.lesions == []


def test_a_few_points_lie_in_their_patch_where_they_lie_in_the_view():
    rng = np.random.default_rng(3)
    camera = draw_camera(rng, 1750.0, 0.0)
    shape = (400, 120)
    front, back = np.full(shape, 90.0), np.full(shape, -90.0)
    body = Body(s0=-100.0, x0=-360.0, front=front, back=back, lung=np.ones(shape))
    xyz = np.array([[80.0, 40.0, 700.0], [84.0, 40.0, 704.0]])
    activity = np.array([3.0, 3.0])
    for is_back in (False, True):
        whole = expected_view(camera, body, xyz, activity, np.zeros(shape), is_back)
        patch, corner = expected_points(camera, body, xyz, activity, is_back)
        at = np.unravel_index(patch.argmax(), patch.shape)
        there = np.unravel_index(whole.argmax(), whole.shape)
        assert np.allclose(np.add(at, corner), there, atol=1)
        # The view has scatter as well.
        assert patch.max() < whole.max() < 1.6 * patch.max()
    assert camera.place(xyz[0]) == pytest.approx(there, abs=2)
