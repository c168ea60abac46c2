"""The other body: what it shows, and that its truth lies where its image says."""

import numpy as np
import pytest

from uptake_ml.phantom.simple_truth import place_landmarks
from uptake_ml.phantom.stylized.body import build_organs, draw_grid
from uptake_ml.phantom.stylized.camera import Camera, Extra, Field, Side
from uptake_ml.phantom.stylized.case import render_stylized
from uptake_ml.phantom.stylized.landmarks import landmark_points
from uptake_ml.phantom.stylized.person import draw_person
from uptake_ml.phantom.stylized.raster import VOXEL_MM, Grid, ellipsoid
from uptake_ml.phantom.stylized.skeleton import build_skeleton
from uptake_ml.regions import LANDMARKS
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


JOINTS = ("shoulder", "elbow", "wrist", "hand", "hip", "knee", "ankle", "foot")


@pytest.fixture(scope="module")
def person_and_marks():
    """A person, their bones, a field, and the landmarks of both views."""
    rng = np.random.default_rng(6)
    person = draw_person(rng, "abducted")
    bones = build_skeleton(person)
    field = Field(rows=1024, columns=512, pixel_mm=2.0, top_mm=-60.0)
    places = landmark_points(person, bones, build_organs(person, rng))
    anterior = {key: field.place(place) for key, place in places.items()}
    marks = place_landmarks(anterior, (field.rows, field.columns), (0, field.rows))
    return person, bones, field, marks


def about_the_joint(person, bones, name, side):
    """Solids of the bones that meet there."""
    if name in ("hand", "foot"):
        small = {"hand": "mcp", "foot": "mtp"}[name]
        return [bone for bone in bones if bone.name == f"{small}:{side}"]
    return [ellipsoid("joint", person.points[name, side], 15)]


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("name", JOINTS)
def test_landmarks_lie_where_the_joints_are(person_and_marks, name, side):
    """Tracer about the joint alone: both images have it at the landmark."""
    person, bones, field, marks = person_and_marks
    grid = draw_grid(person)
    activity, body = grid.zeros(), np.ones(grid.shape, np.float32)
    for solid in about_the_joint(person, bones, name, side):
        grid.paint(activity, solid, 1.0)
    for view in (ANTERIOR, POSTERIOR):
        is_posterior = view == POSTERIOR
        expected = Side(body, CAMERA, is_posterior=is_posterior).expect(activity)
        image = field.sample(expected, grid, is_posterior=is_posterior)
        row, column = np.argwhere(image > image.max() / 3).mean(axis=0)
        off = np.subtract((row, column), marks[view][name, side])
        assert np.hypot(*off) * field.pixel_mm < 15


def test_the_patients_left_is_at_the_images_right_from_the_front(person_and_marks):
    *_, marks = person_and_marks
    for name in (*JOINTS, "iliac-crest"):
        assert marks[ANTERIOR][name, "left"][1] > marks[ANTERIOR][name, "right"][1]
        assert marks[POSTERIOR][name, "left"][1] < marks[POSTERIOR][name, "right"][1]


def test_the_ends_of_bones_are_ends(person_and_marks):
    _, bones, field, marks = person_and_marks
    front = marks[ANTERIOR]

    def end(name, pick, sign):
        """Row of the end of the solids of a bone."""
        ends = [
            (p[1] + sign * r, p) for b in bones if b.name == name
            for p, r in ([(b.a, b.radii[0]), (b.b, b.radii[-1])] if b.b is not None
                         else [(b.a, b.radii[1])])
        ]  # fmt: skip
        return (pick(at for at, _ in ends) - field.top_mm) / field.pixel_mm

    assert front["vertex", None][0] == pytest.approx(end("skull", min, -1), abs=3)
    assert front["chin", None][0] == pytest.approx(end("mandible", max, 1), abs=4)
    for side in ("left", "right"):
        crest = end(f"pelvis:{side}", min, -1)
        assert front["iliac-crest", side][0] == pytest.approx(crest, abs=4)
    down = [front[name, None][0] for name in ("vertex", "chin", "C7", "T6", "T12", "L3", "sacrum")]
    assert down == sorted(down)


@pytest.mark.parametrize("label", [FOCAL, JOINT_SYMMETRIC])
def test_a_case_tells_the_landmarks_that_its_field_holds(cases, label):
    study, truth = cases[label]
    for name, view in truth.views.items():
        rows, columns = study.views[name].pixels.shape
        told = [place for place in view.landmarks.values() if place is not None]
        assert set(view.landmarks) == set(LANDMARKS) and len(told) >= 20
        assert all(0 <= row < rows and 0 <= column < columns for row, column in told)
