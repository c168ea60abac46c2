"""The body of ink on a sheet: what is taken down as a lesion, and where the camera shows it."""

from dataclasses import replace

import numpy as np
import pytest

from uptake_ml.phantom.inked.camera import draw_camera, expect, expose
from uptake_ml.phantom.inked.case import ink_scene, picture, render_inked
from uptake_ml.phantom.inked.disease import KINDS, STRENGTH, apply_disease
from uptake_ml.phantom.inked.ink import ink, stroke
from uptake_ml.phantom.inked.landmarks import landmark_points, middle_of
from uptake_ml.phantom.inked.lesion import Lesion, take_down
from uptake_ml.phantom.inked.scene import draw_scene, marks_of
from uptake_ml.phantom.inked.sheet import Patch
from uptake_ml.phantom.inked.spots import overlay
from uptake_ml.phantom.inked.truth import Picture, make_truth, see_picture
from uptake_ml.phantom.inked.turn import turn_trunk
from uptake_ml.phantom.patches import count
from uptake_ml.phantom.simple_truth import place_landmarks
from uptake_ml.phantom.tables import load_diseases
from uptake_ml.regions import LANDMARKS, REGIONS
from uptake_ml.study import ANTERIOR, FOCAL, JOINT_SYMMETRIC, NORMAL, POSTERIOR

# What a landmark is the middle of; others are a joint of the pose.
JOINTS = {
    "shoulder": (), "elbow": (), "wrist": (), "hip": (), "ankle": (),
    "knee": ("knee-medial", "knee-lateral", "patella"),
    "hand": ("mcp-2", "mcp-3", "mcp-4", "mcp-5"),
    "foot": ("mtp-1", "mtp-2", "mtp-3", "mtp-4", "mtp-5"),
}  # fmt: skip
BLADDER = np.array([0.0, 800.0])


@pytest.fixture(scope="module")
def scene():
    """A normal person who lies a little turned."""
    return draw_scene(np.random.default_rng(3))


@pytest.fixture(scope="module")
def camera(scene):
    drawn = draw_camera(scene.person.height_mm, (1400.0, 1600.0), np.random.default_rng(1))
    return replace(drawn, scanned=(0, drawn.frame.rows), counts={ANTERIOR: 1e6, POSTERIOR: 1e6})


def render_with(scene, camera, lesions, seed=0):
    """Return the noiseless counts by view, and the truth, of a scene with these lesions."""
    own = replace(scene, lesions=lesions)
    sheet = camera.frame.part(camera.body)
    rough, bladder = ink_scene(sheet, own, np.random.default_rng(seed))
    views, pictures = picture(own, sheet, camera, rough)
    expected, unit = expect(views, camera)
    places = landmark_points(own, bladder)
    return views, make_truth(FOCAL, pictures, camera, expected, unit, places), pictures


def test_the_same_seed_gives_the_same_scan_and_truth():
    (study, truth), (again, also) = (render_inked(7, label=FOCAL) for _ in range(2))
    for name, view in study.views.items():
        assert view.pixels.tobytes() == again.views[name].pixels.tobytes()
        assert np.array_equal(truth.views[name].lesion_map, also.views[name].lesion_map)
        assert truth.views[name].landmarks == also.views[name].landmarks
    assert study.id == "inked-7"
    other, _ = render_inked(8, label=FOCAL)
    assert not np.array_equal(study.views[ANTERIOR].pixels, other.views[ANTERIOR].pixels)


def test_a_healthy_scan_has_no_lesion():
    study, truth = render_inked(0, label=NORMAL)
    assert truth.lesions == () and truth.label == truth.drawn_label == NORMAL
    for name, view in truth.views.items():
        assert set(view.landmarks) == set(LANDMARKS)
        assert view.lesion_map.shape == study.views[name].pixels.shape
        assert not view.lesion_map.any()


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("name", JOINTS)
def test_landmarks_lie_where_the_joints_are(scene, camera, name, side):
    points = [scene.joints[side][j][0].at for j in JOINTS[name]] or [scene.pose.at(name, side)]
    sheet = camera.frame.part(camera.body)
    for point in points:
        ink(sheet, stroke("dot", side, point, 6.0, 1.0, 0.5, 100.0))
    expected, _ = expect(expose(sheet, replace(camera, haze=0.0)), replace(camera, haze=0.0))
    counts = count(expected, np.random.default_rng(0))
    pixels = {k: camera.frame.to_pixel(p) for k, p in landmark_points(scene, BLADDER).items()}
    marks = place_landmarks(pixels, counts[ANTERIOR].shape, camera.scanned)
    for view, image in counts.items():
        bright = np.argwhere(image > image.max() / 3).mean(axis=0)
        assert np.hypot(*(bright - marks[view][name, side])) * camera.frame.pixel_mm < 12


def test_the_patients_left_is_at_the_images_right_from_the_front(
    scene, camera, check_sides_and_order
):
    """And the crest lies above the hip, the head above the feet."""
    pixels = {k: camera.frame.to_pixel(p) for k, p in landmark_points(scene, BLADDER).items()}
    shape = (camera.frame.rows, camera.frame.columns)
    marks = place_landmarks(pixels, shape, camera.scanned)
    check_sides_and_order(marks, JOINTS)


def test_the_posterior_view_is_mirrored(scene, camera):
    """The lesion's number and the counts lie on the same side."""
    hot = replace(scene.joints["left"]["shoulder"][0], contrast=30.0)
    lesion = Lesion(disease="metastases", region="shoulder", side="left", spots=[hot])
    views, truth, _ = render_with(scene, camera, [lesion])
    counts = count(expect(views, camera)[0], np.random.default_rng(0))
    for view, image in counts.items():
        marked = np.argwhere(truth.views[view].lesion_map == 1).mean(axis=0)
        mark = truth.views[view].landmarks["shoulder", "left"]
        assert np.hypot(*(marked - mark)) * camera.frame.pixel_mm < 15
        assert np.hypot(*(np.argwhere(image > 0.6 * image.max()).mean(0) - marked)) < 8


def test_a_turn_carries_the_front_to_one_side_and_the_back_to_the_other(scene):
    person = replace(scene.person, chest_turn=0.1, pelvis_turn=0.1)
    straight = replace(scene.person, chest_turn=0.0, pelvis_turn=0.0)
    for region, is_before in (("sternum", True), ("sacrum", False)):
        own = marks_of(scene, [region])
        moved = middle_of(turn_trunk(person, own)) - middle_of(turn_trunk(straight, own))
        assert (moved[0] > 5) if is_before else (moved[0] < -3)
    femur = marks_of(scene, ["femur"])
    assert all(a is b for a, b in zip(turn_trunk(person, femur), femur, strict=True))


def test_a_landmark_that_was_not_scanned_is_not_told(scene, camera):
    first = int(camera.frame.to_pixel(scene.pose.at("shoulder", "left"))[0]) + 20
    cut = replace(camera, scanned=(first, camera.frame.rows))
    views, truth, _ = render_with(scene, cut, [])
    marks = truth.views[ANTERIOR].landmarks
    assert marks["vertex", None] is None and marks["shoulder", "left"] is None
    assert marks["hip", "left"] is not None
    assert not expect(views, cut)[0][ANTERIOR][:first].any()


def test_the_image_of_a_lesion_is_what_it_adds_to_the_scan(scene, camera):
    """Of spots and of bone."""
    bone = [replace(m, uptake=2 * m.uptake) for m in marks_of(scene, ["tibia"], "left")]
    scene = replace(scene, spots=[])
    spots = [replace(scene.joints["right"]["elbow"][0], contrast=4.0)]
    without, _, _ = render_with(scene, camera, [])
    lesions = [
        Lesion(disease="paget-disease", region="tibia", side="left", marks=bone),
        Lesion(disease="metastases", region="elbow", side="right", spots=spots),
    ]
    views, _, pictures = render_with(scene, camera, lesions)
    for view in (ANTERIOR, POSTERIOR):
        left = views[view] - without[view]
        for alone in pictures:
            place, own = alone.whole.place, alone.whole.views[view]
            assert left[place].max() > 0.9 * own.max()
            left[place] -= own
        assert np.abs(left).max() < 0.01 * views[view].max()


def test_the_joints_of_one_region_and_side_are_one_lesion(scene):
    lesions = []
    spot = replace(scene.joints["left"]["mcp-2"][0], contrast=3.0)
    for side, region in (("left", "hand"), ("left", "hand"), ("right", "hand"), ("left", "wrist")):
        new = Lesion(disease="rheumatoid-arthritis", region=region, side=side, is_joint=True,
                     spots=[spot])  # fmt: skip
        take_down(lesions, new, 0.5)
    assert [(n.region, n.side, len(n.spots)) for n in lesions] == [
        ("hand", "left", 2), ("hand", "right", 1), ("wrist", "left", 1),
    ]  # fmt: skip
    assert lesions[0].spots[1].contrast == pytest.approx(2.0)


@pytest.mark.parametrize(("faint", "is_marked"), [(0.4, True), (0.02, False)])
def test_a_faint_joint_is_marked_where_it_stands_out_alone(camera, faint, is_marked):
    rows, columns = np.mgrid[:20, :20] - 10.0
    blob = np.exp(-(rows**2 + columns**2) / 18).astype(np.float32)
    pieces = [
        Patch((300, 40 + 40 * k), dict.fromkeys((ANTERIOR, POSTERIOR), scale * blob))
        for k, scale in enumerate((1.0, faint))
    ]
    lesion = Lesion(disease="osteoarthritis", region="hand", side="left", is_joint=True,
                    is_by_piece=True)  # fmt: skip
    total = np.full((camera.frame.rows, camera.frame.columns), 20.0, np.float32)
    here = replace(camera, body=(slice(0, 500), slice(0, 200)))
    for patch in pieces:
        total[patch.place] += 100 * patch.views[ANTERIOR]
    whole = Picture(lesion=lesion, whole=overlay(pieces), pieces=pieces)
    seen = see_picture(whole, ANTERIOR, here, total, 100.0)
    assert seen.mask[:, :20].any()
    assert seen.mask[:, 40:].any() == is_marked
    assert seen.contrast > 3


@pytest.mark.parametrize("label", [FOCAL, JOINT_SYMMETRIC])
def test_lesions_are_named_as_the_tables_have_it(scene, label):
    known = {(region.name, region.side) for region in REGIONS}
    for kind in KINDS[label]:
        for seed in range(6):
            own = replace(scene, marks=list(scene.marks), urine=dict(scene.urine), lesions=[])
            apply_disease(own, label, kind, np.random.default_rng(seed))
            assert own.lesions
            assert all(lesion.is_joint == (label == JOINT_SYMMETRIC) for lesion in own.lesions)
            for lesion in own.lesions:
                assert load_diseases()[lesion.disease]["label"] == label
                assert (lesion.region, lesion.side) in known
                if lesion.is_joint:
                    assert lesion.region in load_diseases()[lesion.disease]["joints"]


def test_what_is_too_faint_to_be_seen_is_normal(monkeypatch):
    joint = JOINT_SYMMETRIC
    for label, strength, seen in (
        (FOCAL, 0.03, NORMAL),
        (joint, 0.03, NORMAL),
        (joint, 1.0, joint),
    ):
        monkeypatch.setitem(STRENGTH, label, (strength, strength))
        _, truth = render_inked(5, label=label)
        assert (truth.drawn_label, truth.label) == (label, seen)
        assert truth.lesions
