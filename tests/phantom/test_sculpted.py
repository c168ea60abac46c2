"""The body of signed distances: what is taken down as a lesion, and where the camera shows it."""

from dataclasses import replace

import numpy as np
import pytest

from uptake_ml.phantom.sculpted.camera import Exposure, detect, draw_camera
from uptake_ml.phantom.sculpted.canvas import Canvas
from uptake_ml.phantom.sculpted.case import build_skeleton, render_sculpted
from uptake_ml.phantom.sculpted.disease import KINDS, PAINTERS
from uptake_ml.phantom.sculpted.landmarks import landmark_points
from uptake_ml.phantom.sculpted.person import draw_person
from uptake_ml.phantom.sculpted.soft import build_soft
from uptake_ml.phantom.simple_truth import end_of, place_landmarks
from uptake_ml.phantom.tables import load_diseases
from uptake_ml.regions import REGIONS
from uptake_ml.study import ANTERIOR, BONE_SCAN, FOCAL, JOINT_SYMMETRIC, LABELS, NORMAL, POSTERIOR

PIXEL_MM = 2.5
# What a landmark is the middle of.
JOINTS = {
    "shoulder": (), "elbow": (), "wrist": (), "hip": (), "knee": (), "ankle": (),
    "hand": ("mcp2", "mcp3", "mcp4", "mcp5"),
    "foot": ("mtp1", "mtp2", "mtp3", "mtp4", "mtp5"),
}  # fmt: skip


@pytest.fixture(scope="module")
def body():
    rng = np.random.default_rng(3)
    person = draw_person(rng)
    canvas = build_skeleton(person, rng)
    build_soft(canvas, person, rng)
    return canvas, person, landmark_points(canvas, person)


@pytest.fixture(scope="module")
def askew():
    """A camera under which the patient lies obliquely and turned."""
    camera = draw_camera(np.random.default_rng(1), 1700.0, 300.0)
    return replace(
        camera, pixel_mm=PIXEL_MM, shape=(1024, 256), scanned=(0, 1024), shift=(200.0, 10.0),
        shear=0.2, lean=0.03, counts=1e7,
    )  # fmt: skip


@pytest.fixture(scope="module")
def exposure(body, askew):
    return Exposure(body[0], askew, np.random.default_rng(5))


def light_up(exposure, canvas, points):
    """Counts of both views of a body that holds tracer at these points alone."""
    exposure.activity = np.zeros_like(exposure.activity)
    bone, canvas.bone = canvas.bone, np.zeros_like(canvas.bone)
    try:
        for point in points:
            canvas.add(point, 10.0, 1.0, soft_share=1.0)
        exposure.activity = exposure._lay(canvas.bone[:, exposure.depths])
    finally:
        canvas.bone = bone
    expected = {view: exposure.expect(view) for view in (ANTERIOR, POSTERIOR)}
    scale = exposure.camera.counts / expected[ANTERIOR].sum()
    return detect(np.random.default_rng(0), exposure.camera, expected, scale)


def middle_of_brightest(counts):
    """(row, column) of the middle of what reaches a third of the peak."""
    return np.argwhere(counts > counts.max() / 3).mean(axis=0)


def test_the_same_seed_gives_the_same_scan_and_truth():
    (study, truth), (again, also) = (render_sculpted(7, label=FOCAL) for _ in range(2))
    for name, view in study.views.items():
        assert view.pixels.tobytes() == again.views[name].pixels.tobytes()
        assert np.array_equal(truth.views[name].lesion_map, also.views[name].lesion_map)
        assert truth.views[name].landmarks == also.views[name].landmarks
    other, _ = render_sculpted(8, label=FOCAL)
    assert not np.array_equal(study.views[ANTERIOR].pixels, other.views[ANTERIOR].pixels)


@pytest.mark.parametrize("seed", range(3))
def test_a_healthy_scan_has_no_lesion(seed):
    _, truth = render_sculpted(seed, label=NORMAL)
    assert truth.lesions == () and truth.label == truth.drawn_label == NORMAL
    assert not any(view.lesion_map.any() for view in truth.views.values())


def test_a_lesion_is_what_was_added_and_nothing_else():
    canvas = Canvas(np.random.default_rng(0), 300.0)
    canvas.strength = 0.5
    canvas.add((0, 0, 60), 20.0, 3.0, soft_share=1.0)
    before = canvas.bone.copy()
    with canvas.lesion("metastases", "femur", "left"):
        canvas.add((0, 0, 100), 12.0, 2.0, soft_share=1.0)
        canvas.add((0, 0, 140), 12.0, 2.0, soft_share=1.0)
    canvas.add((0, 0, 180), 20.0, 3.0, soft_share=1.0)
    (lesion,) = canvas.lesions
    box, added = lesion.gather()
    assert added.max() == pytest.approx(1.0, rel=0.1)
    alone = Canvas(np.random.default_rng(0), 300.0)
    alone.add((0, 0, 180), 20.0, 3.0, soft_share=1.0)
    total = before + alone.bone
    total[box] += added
    assert np.allclose(total, canvas.bone, atol=1e-5)


def test_the_joints_of_one_region_and_side_are_one_lesion():
    canvas = Canvas(np.random.default_rng(0), 300.0)
    for side in ("left", "left", "right"):
        with canvas.lesion("rheumatoid-arthritis", "hand", side, is_joint=True):
            canvas.add((0, 0, 100), 12.0, 1.0, soft_share=1.0)
    with canvas.lesion("rheumatoid-arthritis", "wrist", "left", is_joint=True):
        pass
    left, right = (lesion.gather()[1] for lesion in canvas.lesions)
    assert [lesion.side for lesion in canvas.lesions] == ["left", "right"]
    assert left.sum() == pytest.approx(2 * right.sum(), rel=1e-5)


@pytest.mark.parametrize("view", [ANTERIOR, POSTERIOR])
def test_the_image_of_a_lesion_is_what_it_adds_to_the_scan(body, askew, view):
    """Scatter apart, which its own image leaves out."""
    canvas, person, _ = body
    camera = replace(askew, scatter=0.0)
    without = Exposure(canvas, camera, np.random.default_rng(5)).expect(view)
    bone, canvas.bone = canvas.bone, canvas.bone.copy()
    canvas.lesions = []
    try:
        with canvas.lesion("metastases", "tibia", "left"):
            canvas.add(person.joint["knee", "left"], (20, 25, 30), 4.0, soft_share=0.3)
        exposure = Exposure(canvas, camera, np.random.default_rng(5))
        more = exposure.expect(view) - without
        patch, (top, left) = exposure.expect_small(*canvas.lesions[0].gather(), view)
    finally:
        canvas.bone, canvas.lesions = bone, []
    assert patch.sum() == pytest.approx(more.sum(), rel=0.01)
    own = more[top : top + patch.shape[0], left : left + patch.shape[1]]
    assert np.abs(own - patch).max() < 0.05 * more.max()


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("name", JOINTS)
def test_landmarks_lie_where_the_joints_are(body, exposure, name, side):
    canvas, person, places = body
    points = [canvas.points[j, side] for j in JOINTS[name]] or [person.joint[name, side]]
    counts = light_up(exposure, canvas, points)
    anterior = {key: exposure.camera.place(point) for key, point in places.items()}
    marks = place_landmarks(anterior, exposure.camera.shape, exposure.camera.scanned)
    for view, image in counts.items():
        off = middle_of_brightest(image) - marks[view][name, side]
        assert np.hypot(*off) * PIXEL_MM < 15


def test_a_point_off_the_middle_lies_where_the_camera_places_it(exposure, body):
    """The shear moves what lies in front across, the lean what lies far from the middle."""
    canvas, _, _ = body
    for point in ((-60.0, 60.0, 600.0), (80.0, -60.0, 1300.0)):
        counts = light_up(exposure, canvas, [point])[ANTERIOR]
        assert middle_of_brightest(counts) == pytest.approx(exposure.camera.place(point), abs=2)


def test_the_patients_left_is_at_the_images_right_from_the_front(
    body, askew, check_sides_and_order
):
    """And the crest lies above the hip, the head above the feet."""
    _, _, places = body
    anterior = {key: askew.place(point) for key, point in places.items()}
    marks = place_landmarks(anterior, askew.shape, askew.scanned)
    check_sides_and_order(marks, JOINTS)


def test_a_landmark_outside_the_scan_is_not_told():
    anterior = {("vertex", None): (9.9, 3.0), ("knee", "left"): (10.0, 39.5)}
    marks = place_landmarks(anterior, (100, 40), (10, 50))
    assert marks[ANTERIOR] == {("vertex", None): None, ("knee", "left"): (10.0, 39.5)}
    assert marks[POSTERIOR] == {("vertex", None): None, ("knee", "left"): None}


def test_the_end_of_a_bone_is_its_topmost_share_by_volume():
    points = np.array([[0.0, 10.0], [1.0, 20.0], [2.0, 30.0]])
    top = end_of(points, np.array([1.0, 1.0, 2.0]), -points[:, 1], 0.25)
    assert top == pytest.approx([0.0, 10.0])
    assert end_of(points, np.ones(3), points[:, 1], 0.6) == pytest.approx([1.5, 25.0])


@pytest.mark.parametrize("label", [FOCAL, JOINT_SYMMETRIC])
def test_lesions_are_named_as_the_tables_have_it(body, label):
    canvas, person, _ = body
    known = {(region.name, region.side) for region in REGIONS}
    for kind in KINDS[label]:
        bone, canvas.bone, canvas.lesions = canvas.bone, canvas.bone.copy(), []
        try:
            PAINTERS[label][kind](canvas, person, np.random.default_rng(2))
            lesions = canvas.lesions
        finally:
            canvas.bone, canvas.lesions = bone, []
        assert lesions
        assert any(lesion.is_joint for lesion in lesions) == (label == JOINT_SYMMETRIC)
        for lesion in lesions:
            assert load_diseases()[lesion.disease]["label"] == label
            assert (lesion.region, lesion.side) in known
            # A joint has its counterpart: arthritis here takes both sides.
            if lesion.is_joint:
                assert {n.side for n in lesions if n.region == lesion.region} == {"left", "right"}


def test_every_label_can_be_drawn():
    for label in LABELS[BONE_SCAN]:
        assert set(KINDS[label]) == set(PAINTERS[label])
