"""The body of points: what is taken down as a lesion, and where the camera shows it."""

from dataclasses import replace

import numpy as np
import pytest

from uptake_ml.phantom.pointwise.camera import (
    acquire,
    draw_camera,
    expected_points,
    expected_view,
)
from uptake_ml.phantom.pointwise.cloud import Cloud
from uptake_ml.phantom.pointwise.landmarks import landmark_points
from uptake_ml.phantom.pointwise.person import build_person, draw_person
from uptake_ml.phantom.pointwise.soft import Body, add_organs, build_body
from uptake_ml.phantom.pointwise.uptake import Uptake
from uptake_ml.phantom.simple_truth import place_landmarks
from uptake_ml.study import ANTERIOR, POSTERIOR


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


JOINTS = {
    "shoulder": ("shoulder",),
    "elbow": ("elbow_medial", "elbow_lateral"),
    "wrist": ("wrist",),
    "hand": ("mcp_2", "mcp_3", "mcp_4", "mcp_5"),
    "hip": ("hip",),
    "knee": ("knee_medial", "knee_lateral"),
    "ankle": ("ankle",),
    "foot": ("mtp_1", "mtp_2", "mtp_3", "mtp_4", "mtp_5"),
}


@pytest.fixture(scope="module")
def person_and_marks():
    """A person, a camera without a collimator's limits, and the landmarks of both views."""
    rng = np.random.default_rng(4)
    person = draw_person(rng)
    skeleton, joints = build_person(rng, person)
    organs, _ = add_organs(rng, person)
    drawn = draw_camera(rng, joints["toes", "left"][2] + 30, 0.0, 320.0)
    camera = replace(drawn, scanned=(0, drawn.rows), s0=-40.0, counts=1e6)
    places = landmark_points(skeleton, organs, joints)
    anterior = {key: camera.place(place) for key, place in places.items()}
    marks = place_landmarks(anterior, (camera.rows, camera.columns), camera.scanned)
    return skeleton, joints, person, camera, marks


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("name", JOINTS)
def test_landmarks_lie_where_the_joints_are(person_and_marks, name, side):
    """Tracer in the bone about the joint alone: both images have it at the landmark."""
    skeleton, joints, person, camera, marks = person_and_marks
    uptake = Uptake(skeleton, [np.zeros(len(part.xyz)) for part in skeleton.parts])
    for site in JOINTS[name]:
        uptake.raise_site((site, side), plus=1.0)
    xyz = np.concatenate([p.xyz for p in skeleton.parts])
    activity = np.concatenate([p.volume for p in skeleton.parts]) * np.concatenate(uptake.level)
    extent = (camera.s0, camera.s0 + 2000.0, camera.x0 - 30, camera.x0 + 800.0)
    body = build_body(person, joints, extent)
    none = np.zeros(body.front.shape)
    expected = {
        view: expected_view(camera, body, xyz, activity, none, view == POSTERIOR)
        for view in (ANTERIOR, POSTERIOR)
    }
    counts = acquire(np.random.default_rng(0), camera, expected)
    for view, image in counts.items():
        row, column = np.argwhere(image > image.max() / 3).mean(axis=0)
        off = np.subtract((row, column), marks[view][name, side])
        assert np.hypot(*off) * camera.pixel_mm < 25


def test_the_patients_left_is_at_the_images_right_from_the_front(person_and_marks):
    *_, marks = person_and_marks
    for name in (*JOINTS, "iliac-crest"):
        assert marks[ANTERIOR][name, "left"][1] > marks[ANTERIOR][name, "right"][1]
        assert marks[POSTERIOR][name, "left"][1] < marks[POSTERIOR][name, "right"][1]


def test_the_ends_of_bones_are_ends(person_and_marks):
    """The topmost of the hip bone lies above the sacrum's middle, the chin below every tooth."""
    skeleton, _, _, camera, marks = person_and_marks
    front = marks[ANTERIOR]
    teeth = next(p for p in skeleton.parts if p.name == "face.teeth")
    assert front["chin", None][0] > camera.place(teeth.xyz[teeth.xyz[:, 2].argmax()])[0]
    for side in ("left", "right"):
        ilium = next(p for p in skeleton.parts if p.name == "ilium" and p.side == side)
        top = camera.place(ilium.xyz[ilium.xyz[:, 2].argmin()])[0]
        assert 0 <= (front["iliac-crest", side][0] - top) * camera.pixel_mm < 12
    vault = np.concatenate([p.xyz for p in skeleton.parts if p.name == "vault"])
    top = camera.place(vault[vault[:, 2].argmin()])[0]
    assert 0 <= (front["vertex", None][0] - top) * camera.pixel_mm < 4
    down = [front[name, None][0] for name in ("vertex", "chin", "C7", "T6", "T12", "L3", "sacrum")]
    assert down == sorted(down)
