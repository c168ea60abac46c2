"""The body of frames and distance fields: what is taken down as a lesion, and where it is shown."""

from dataclasses import replace

import numpy as np
import pytest

from uptake_ml.phantom.framed.armature import draw_person
from uptake_ml.phantom.framed.camera import VIEWS, draw_camera
from uptake_ml.phantom.framed.case import DISEASES, render_framed
from uptake_ml.phantom.framed.counting import expect
from uptake_ml.phantom.framed.exposure import Exposure
from uptake_ml.phantom.framed.findings import Lesion, lesion_on
from uptake_ml.phantom.framed.joint import inflame
from uptake_ml.phantom.framed.landmarks import landmark_points
from uptake_ml.phantom.framed.painting import paint
from uptake_ml.phantom.framed.spots import spot
from uptake_ml.phantom.framed.subject import build_body
from uptake_ml.phantom.framed.tracer import draw_tracer, set_healthy
from uptake_ml.phantom.framed.truth import make_truth
from uptake_ml.phantom.framed.urine import build_urine
from uptake_ml.phantom.patches import count
from uptake_ml.phantom.simple_truth import place_landmarks
from uptake_ml.phantom.tables import load_diseases
from uptake_ml.regions import INDEX, LANDMARKS
from uptake_ml.study import ANTERIOR, DIFFUSE, FOCAL, JOINT_SYMMETRIC, NORMAL, POSTERIOR

PAIRED = {name for name, side in LANDMARKS if side}
# Facets, jaw and breastbone are joints that the tables count to the spine, face and sternum.
SPINE_AND_MIDLINE = ("cervical-spine", "thoracic-spine", "lumbar-spine", "face", "sternum")
LEVEL = 3.0


def new_body(seed=3):
    """Return a normal body that lies straight, and its tracer."""
    rng = np.random.default_rng(seed)
    person = replace(draw_person(rng), oblique=0.0, slant=0.0, scoliosis_mm=0.0, head_turn=0.0)
    body = build_body(person)
    set_healthy(body, rng)
    tracer = draw_tracer(rng, person)
    body.extra += build_urine(body, tracer, rng)
    return body, tracer


def hot_places(body, level):
    """Return lesions: a left rib, and two joints of a right finger, one a third as hot."""
    rng = np.random.default_rng(0)
    rib = body.get("rib8", 1)
    fracture = lesion_on("acute-fracture", rib, spot(body, rib, 0.6, 9, 2 * level, rng))
    knuckles = (("mcp2", level), ("pip2", 0.35 * level))
    pieces = [inflame(body, name, -1, plus, rng) for name, plus in knuckles]
    return [fracture, Lesion(disease="rheumatoid-arthritis", region="hand", side="right",
                             pieces=pieces, is_joint=True)]  # fmt: skip


class Scan:
    """A body with lesions as a camera sees it, all rows of it or those above ``rows``."""

    def __init__(self, body, tracer, lesions, camera=None, **settings):
        rng = np.random.default_rng(1)
        self.painted = paint(body, lesions, tracer, rng)
        camera = camera or draw_camera(rng, self.painted.low, self.painted.high)
        self.camera = replace(camera, counts=4e6, **settings)
        p = self.painted
        self.exposure = Exposure(p.grid, p.coarse, p.density, self.camera)
        self.direct = self.exposure.direct(p.uptake, p.soft)
        scattered = self.exposure.scatter(p.coarse_uptake(), p.soft)
        self.expected, unit = expect(self.exposure, self.direct, scattered)
        self.pictures = [[self.exposure.see(*piece) for piece in ps] for ps in p.added]
        places = landmark_points(body, p.grid)
        self.truth = make_truth(FOCAL, lesions, self.pictures, self.exposure, self.expected, unit,
                                places)  # fmt: skip


@pytest.fixture(scope="module")
def body():
    return new_body()


@pytest.fixture(scope="module")
def scan(body):
    return Scan(*body, hot_places(body[0], LEVEL))


@pytest.fixture(scope="module")
def healthy(body, scan):
    return Scan(*body, [], scan.camera)


def test_the_same_seed_gives_the_same_scan_and_truth():
    (study, truth), (again, also) = (render_framed(7, label=JOINT_SYMMETRIC) for _ in range(2))
    assert study.id == "framed-7" and truth.lesions and truth.lesions == also.lesions
    for name, view in study.views.items():
        assert view.pixels.tobytes() == again.views[name].pixels.tobytes()
        assert np.array_equal(truth.views[name].lesion_map, also.views[name].lesion_map)
        assert truth.views[name].landmarks == also.views[name].landmarks


@pytest.mark.parametrize("label", [NORMAL, DIFFUSE])
def test_a_scan_without_focal_disease_has_no_lesion_but_pseudofractures(label):
    study, truth = render_framed(1, label=label)
    assert {lesion.disease for lesion in truth.lesions} <= {"pseudofractures"}
    assert truth.label == truth.drawn_label == label
    for name, view in truth.views.items():
        assert set(view.landmarks) == set(LANDMARKS)
        assert view.lesion_map.shape == study.views[name].pixels.shape
        assert view.lesion_map.any() == bool(truth.lesions)


def test_the_patients_left_is_at_the_images_right_from_the_front(
    scan, check_sides_and_order, check_order_of_limbs
):
    """And the crest lies above the hip, the head above the feet."""
    marks = {view: scan.truth.views[view].landmarks for view in VIEWS}
    check_sides_and_order(marks, PAIRED)
    check_order_of_limbs(marks)


def test_the_knee_is_the_middle_of_its_halves_and_the_kneecap(body, scan):
    points = landmark_points(body[0], scan.painted.grid)
    for name, side in (("right", -1), ("left", 1)):
        parts = [body[0].points[k, side] for k in ("knee-inner", "knee-outer", "patella")]
        assert np.allclose(points["knee", name], np.mean(parts, axis=0))
        shin = body[0].get("tibia", side).line
        assert shin[0][2] - 40 < points["knee", name][2] < shin[0][2]
        assert abs(points["iliac-crest", name][2] - points["L3", None][2]) < 80


def test_what_was_not_scanned_is_not_told(body, scan):
    """Neither a landmark nor a lesion below the last row."""
    stop = int(scan.truth.views[ANTERIOR].landmarks["elbow", "left"][0]) + 10
    cut = Scan(*body, hot_places(body[0], LEVEL), scan.camera, rows=stop)
    rib, hand = cut.truth.lesions
    assert max(rib.contrast.values()) > 0
    assert not any(hand.contrast.values()) and not any(hand.conspicuity.values())
    for view in VIEWS:
        assert cut.truth.views[view].landmarks["ankle", "left"] is None
        assert cut.truth.views[view].landmarks["shoulder", "left"] is not None
        assert set(np.unique(cut.truth.views[view].lesion_map)) == {0, 1}


def test_the_views_hold_the_counts_they_were_counted_for(scan):
    counted = count(scan.expected, np.random.default_rng(0))
    total = sum(rate.sum(dtype=float) for rate in scan.expected.values())
    assert total == pytest.approx(2 * scan.camera.counts, rel=1e-3)
    assert sum(n.sum(dtype=float) for n in counted.values()) == pytest.approx(total, rel=0.01)
    back = scan.expected[POSTERIOR]
    same = np.corrcoef(counted[POSTERIOR].ravel(), back.ravel())[0, 1]
    assert np.corrcoef(counted[POSTERIOR][:, ::-1].ravel(), back.ravel())[0, 1] > same + 0.1


def test_the_image_of_a_lesion_is_what_it_adds_to_the_scan(scan, healthy):
    pieces = [patch for patches in scan.pictures for patch in patches]
    for view in VIEWS:
        left = scan.direct[view] - healthy.direct[view]
        peak = left.max()
        assert peak > 0.1 * healthy.direct[view].max()
        for patch in pieces:
            left[patch.place] -= patch.views[view]
        assert np.abs(left).max() < 1e-3 * peak


def test_scatter_and_what_came_through_are_less_than_was_emitted(scan):
    """What is left of a voxel's photons after tissue, and what of the rest is counted."""
    p, camera = scan.painted, scan.camera
    emitted = p.uptake.sum(dtype=float) + 8 * p.soft.sum(dtype=float)
    scattered = scan.exposure.scatter(p.coarse_uptake(), p.soft)
    for view in VIEWS:
        through = scan.direct[view].sum(dtype=float)
        hazy = 4 * scattered[view].sum(dtype=float)
        assert 0.1 * emitted < through < 0.8 * emitted
        assert 0.2 * camera.scatter * (emitted - through) < hazy
        assert hazy < camera.scatter * (emitted - through)


def test_a_lesion_is_marked_where_the_scan_is_hotter_than_without_it(body, scan, healthy):
    points = {1: body[0].get("rib8", 1).line[15], 2: body[0].points["mcp2", -1]}
    pixels = {("rib", "left"): scan.camera.to_pixel(points[1]),
              ("hand", "right"): scan.camera.to_pixel(points[2])}  # fmt: skip
    shape = (scan.camera.rows, scan.camera.columns)
    marks = place_landmarks(pixels, shape, scan.camera.scanned)
    counts = count(scan.expected, np.random.default_rng(0))
    without = count(healthy.expected, np.random.default_rng(0))
    for view in VIEWS:
        numbers = scan.truth.views[view].lesion_map
        for number, mark in zip((1, 2), marks[view].values(), strict=True):
            mask = numbers == number
            rows, columns = np.nonzero(mask)
            assert counts[view][mask].sum() > 1.2 * without[view][mask].sum()
            away = np.hypot(rows.mean() - mark[0], columns.mean() - mark[1])
            assert away * scan.camera.pixel_mm < 20


def test_joints_of_a_hand_are_seen_one_by_one(body, scan):
    """The mask holds both joints, though one is less than half as hot as the other."""
    hot = Scan(*body, hot_places(body[0], 4 * LEVEL), scan.camera)
    for name in ("mcp2", "pip2"):
        row, column = np.round(hot.camera.to_pixel(body[0].points[name, -1])).astype(int)
        near = hot.truth.views[ANTERIOR].lesion_map[row - 2 : row + 3, column - 2 : column + 3]
        assert (near == 2).any()


def test_a_hotter_lesion_stands_out_more(body, scan):
    fainter = Scan(*body, hot_places(body[0], LEVEL / 3), scan.camera)
    for faint, hot in zip(fainter.truth.lesions, scan.truth.lesions, strict=True):
        for view in VIEWS:
            assert 2 * faint.contrast[view] < hot.contrast[view] < 5 * faint.contrast[view]
            assert 1.4 * faint.conspicuity[view] < hot.conspicuity[view]


@pytest.mark.parametrize("label", [FOCAL, JOINT_SYMMETRIC])
def test_lesions_are_named_as_the_tables_have_it(label):
    diseases = load_diseases()
    joints = {joint for row in diseases.values() for joint in row.get("joints", ())}
    for disease in DISEASES[label].values():
        for seed in range(4):
            lesions = disease.add(*new_body(), np.random.default_rng(seed))
            assert lesions
            for lesion in lesions:
                row = diseases[lesion.disease]
                assert row["label"] == label and lesion.is_joint == ("joints" in row)
                assert (lesion.region, lesion.side) in INDEX
                if lesion.is_joint:
                    assert lesion.region in joints or lesion.region in SPINE_AND_MIDLINE


def test_healthy_and_worn_joints_are_no_lesions():
    for disease in DISEASES[NORMAL].values():
        body, tracer = new_body()
        assert not disease.add(body, tracer, np.random.default_rng(0))
