"""The body swept along splines: what is taken down as a lesion, and where the camera shows it."""

from dataclasses import replace

import numpy as np
import pytest

from uptake_ml.phantom.patches import add_up, count
from uptake_ml.phantom.simple_truth import place_landmarks
from uptake_ml.phantom.swept.body import build_body, extent, lay_down, place
from uptake_ml.phantom.swept.camera import VIEWS, draw_camera
from uptake_ml.phantom.swept.case import KINDS, draw_patient, expose, picture, render_swept
from uptake_ml.phantom.swept.counting import expect
from uptake_ml.phantom.swept.findings import Lesion, Piece
from uptake_ml.phantom.swept.flesh import build_bladder
from uptake_ml.phantom.swept.focal import FOCAL as FOCAL_KINDS
from uptake_ml.phantom.swept.grid import Grid, paint
from uptake_ml.phantom.swept.joint import inflame_joints
from uptake_ml.phantom.swept.joints import joint_points
from uptake_ml.phantom.swept.landmarks import landmark_points
from uptake_ml.phantom.swept.lesions import blob
from uptake_ml.phantom.swept.truth import make_truth
from uptake_ml.phantom.tables import load_diseases
from uptake_ml.regions import LANDMARKS, REGIONS
from uptake_ml.study import ANTERIOR, DIFFUSE, FOCAL, JOINT_SYMMETRIC, NORMAL, POSTERIOR

PAIRED = {name for name, side in LANDMARKS if side}


def new_body(seed=3):
    """Return a normal body that is not laid down yet."""
    rng = np.random.default_rng(seed)
    person = replace(draw_patient(rng), roll=0.0, skew=0.0, scoliosis_mm=0.0, head_turn=0.0)
    body = build_body(person)
    body.extra += build_bladder(rng, 1.0, 0.5)
    return body


@pytest.fixture(scope="module")
def standing():
    return new_body()


@pytest.fixture(scope="module")
def body(standing):
    return place(standing)


@pytest.fixture(scope="module")
def camera(body):
    bottom_mm = extent(body.bones, 0)[1][2]
    drawn = draw_camera(np.random.default_rng(1), bottom_mm + 80, (1200.0, 1500.0))
    return replace(drawn, scanned=(0, drawn.rows), counts=dict.fromkeys(VIEWS, 1e6))


@pytest.fixture(scope="module")
def marks(body, camera):
    pixels = {key: camera.to_pixel(p) for key, p in landmark_points(body).items()}
    return place_landmarks(pixels, (camera.rows, camera.columns), camera.scanned)


@pytest.fixture(scope="module")
def scan(standing, body, camera):
    """A hot left shoulder: views without and with it, its picture, counts, truth."""
    exposure = expose(body, camera, 0.03, *extent([*body.outline, *body.bones], 22.0))
    without = {view: image.copy() for view, image in exposure.views.items()}
    rng = np.random.default_rng(0)
    solid = blob("lesion", joint_points(standing, 1)["shoulder"], 12.0, 1.0, rng)
    lesion = Lesion(disease="metastases", region="humerus", side="left",
                    pieces=[Piece(solids=[solid], contrast=6.0)])  # fmt: skip
    pictures = picture(exposure, body.person, [lesion], [])
    expected, unit = expect(exposure, camera)
    truth = make_truth(FOCAL, pictures, exposure.uptake, camera, expected, unit,
                       landmark_points(body))  # fmt: skip
    return exposure, without, pictures, expected, truth


def test_the_same_seed_gives_the_same_scan_and_truth():
    (study, truth), (again, also) = (render_swept(7, label=FOCAL) for _ in range(2))
    assert study.id == "swept-7" and truth.lesions == also.lesions
    for name, view in study.views.items():
        assert view.pixels.tobytes() == again.views[name].pixels.tobytes()
        assert np.array_equal(truth.views[name].lesion_map, also.views[name].lesion_map)
        assert truth.views[name].landmarks == also.views[name].landmarks


@pytest.mark.parametrize("label", [NORMAL, DIFFUSE])
def test_a_scan_without_focal_disease_has_no_lesion(label):
    study, truth = render_swept(1, label=label)
    assert truth.lesions == () and truth.label == truth.drawn_label == label
    for name, view in truth.views.items():
        assert set(view.landmarks) == set(LANDMARKS)
        assert view.lesion_map.shape == study.views[name].pixels.shape
        assert not view.lesion_map.any()


def test_the_patients_left_is_at_the_images_right_from_the_front(
    marks, check_sides_and_order, check_order_of_limbs
):
    """And the crest lies above the hip, the head above the feet."""
    check_sides_and_order(marks, PAIRED)
    check_order_of_limbs(marks)


def test_the_knee_is_the_middle_of_its_halves_and_the_kneecap(standing):
    points = landmark_points(standing)
    for name, side in (("right", -1), ("left", 1)):
        joints = joint_points(standing, side)
        parts = [joints[k] for k in ("knee-medial", "knee-lateral", "patella")]
        assert np.allclose(points["knee", name], np.mean(parts, axis=0), atol=3)
        knuckles = [joints[f"mcp-{k}"] for k in range(2, 6)]
        assert np.allclose(points["hand", name], np.mean(knuckles, axis=0))


def test_a_landmark_that_was_not_scanned_is_not_told(body, camera):
    pixels = {key: camera.to_pixel(p) for key, p in landmark_points(body).items()}
    stop = int(pixels["knee", "left"][0]) + 25
    cut = place_landmarks(pixels, (camera.rows, camera.columns), (0, stop))
    for view in VIEWS:
        assert cut[view]["ankle", "left"] is None and cut[view]["foot", "right"] is None
        assert cut[view]["hip", "left"] is not None


def test_rows_that_were_not_scanned_hold_no_counts(scan, camera):
    cut = replace(camera, scanned=(0, camera.rows // 2))
    expected, _ = expect(scan[0], cut)
    for rate in expected.values():
        assert rate[: camera.rows // 2].min() > 0
        assert not rate[camera.rows // 2 :].any()


def test_a_view_holds_the_counts_it_was_counted_for(scan, camera):
    expected = scan[3]
    counted = count(expected, np.random.default_rng(0))
    for view in VIEWS:
        assert expected[view].sum(dtype=float) == pytest.approx(camera.counts[view], rel=1e-3)
        assert counted[view].sum(dtype=float) == pytest.approx(camera.counts[view], rel=0.01)
    both = np.corrcoef(counted[POSTERIOR][:, ::-1].ravel(), expected[POSTERIOR].ravel())[0, 1]
    assert both > np.corrcoef(counted[POSTERIOR].ravel(), expected[POSTERIOR].ravel())[0, 1]


def test_the_image_of_a_lesion_is_what_it_adds_to_the_scan(scan, standing, camera):
    """And lies where it would be painted into the whole body."""
    exposure, without, pictures, _, _ = scan
    alone = add_up(pictures[0].pieces)
    for view in VIEWS:
        left = exposure.views[view] - without[view]
        left[alone.place] -= alone.views[view]
        assert np.abs(left).max() < 1e-3 * alone.views[view].max()
    solids = lay_down(pictures[0].lesion.pieces[0].solids, standing.person)
    whole = exposure.uptake
    grid = Grid(values=np.zeros_like(whole.values), first_mm=whole.first_mm,
                voxel_mm=whole.voxel_mm)  # fmt: skip
    paint(grid, solids, covers=False)
    cropped = exposure.see(solids)
    middle = np.array(np.nonzero(grid.values.max(axis=0))).mean(axis=1)
    peak = np.unravel_index(cropped.views[ANTERIOR].argmax(), cropped.views[ANTERIOR].shape)
    assert np.hypot(*(np.array(peak) + cropped.corner - middle)) < 4


def test_a_lesion_stands_out_as_much_as_was_drawn(scan):
    (lesion,) = scan[4].lesions
    assert lesion.is_visible
    # Some of what the lesion itself scatters counts as lying under it.
    assert max(lesion.contrast.values()) == pytest.approx(6.0, rel=0.2)


def test_a_lesion_is_marked_where_the_scan_is_hotter_than_beside(scan, camera):
    _, _, _, expected, truth = scan
    counts = count(expected, np.random.default_rng(0))
    for view in VIEWS:
        mask = truth.views[view].lesion_map == 1
        rows, columns = np.nonzero(mask)
        near = np.zeros_like(mask)
        reach = int(30 / camera.pixel_mm)
        near[rows.min() - reach : rows.max() + reach, columns.min() - reach : columns.max()] = True
        assert counts[view][mask].mean() > 2 * counts[view][near & ~mask].mean()
        mark = truth.views[view].landmarks["shoulder", "left"]
        assert np.hypot(rows.mean() - mark[0], columns.mean() - mark[1]) * camera.pixel_mm < 25


def test_lesions_are_named_as_the_tables_have_it():
    known = {(region.name, region.side) for region in REGIONS}
    for label in (FOCAL, JOINT_SYMMETRIC):
        for kind in KINDS[label]:
            own, rng = new_body(), np.random.default_rng(0)
            lesions = (
                FOCAL_KINDS[kind](own, rng) if label == FOCAL else inflame_joints(own, kind, rng)
            )
            assert lesions
            for lesion in lesions:
                row = load_diseases()[lesion.disease]
                assert row["label"] == label and lesion.is_joint == ("joints" in row)
                assert (lesion.region, lesion.side) in known
                if lesion.is_joint:
                    assert lesion.region in row["joints"]
