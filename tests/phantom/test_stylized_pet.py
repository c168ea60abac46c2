"""The other body's FDG-PET: what it shows, and that its truth lies where its volume says."""

from dataclasses import replace

import numpy as np
import pytest

from uptake_ml import regions
from uptake_ml.pattern.cases import case_label
from uptake_ml.pattern.simulate import draw_other_pet
from uptake_ml.phantom.fdg_tables import load_fdg_diseases
from uptake_ml.phantom.stylized.raster import VOXEL_MM, ellipsoid
from uptake_ml.phantom.stylized_pet.case import draw_patient, render_patient, render_stylized_pet
from uptake_ml.phantom.stylized_pet.joints import inflame
from uptake_ml.phantom.stylized_pet.lesions import Focus
from uptake_ml.phantom.stylized_pet.painting import paint_patient
from uptake_ml.phantom.stylized_pet.scanner import build_sampling
from uptake_ml.projections import project_views
from uptake_ml.study import (
    ANTERIOR,
    FDG_PET,
    FOCAL,
    JOINT_SYMMETRIC,
    LABELS,
    MARROW_DIFFUSE,
    NORMAL,
)

LIVER_SUV, LUNG_SUV = 2.0, 0.5


@pytest.fixture(scope="module")
def cases():
    return {label: render_stylized_pet(5, label=label) for label in LABELS[FDG_PET]}


@pytest.fixture(scope="module")
def healthy():
    """A patient whose tissues are even and whose head, trunk and arms lie in the field."""
    drawn = draw_patient(3, label=NORMAL)
    levels = {**drawn.levels, "liver": LIVER_SUV, "lung": LUNG_SUV}
    scanner = replace(
        drawn.scanner, top_mm=drawn.hip_y_mm + 40, bottom_mm=-250.0, field_mm=900.0, fwhm_mm=5.0
    )
    return replace(drawn, levels=levels, scanner=scanner, spots=[], texture=0.0)


def place_in(patient, place_mm):
    """Return the voxel (plane, row, column) of the volume at a place (x, y, z) of the body."""
    grid = paint_patient(replace(patient, foci=[])).grid
    sampling = build_sampling(grid, patient.scanner, patient.hip_y_mm)
    at = (np.asarray(place_mm) - grid.origin)[::-1] / VOXEL_MM
    axes = (sampling.planes, sampling.rows, sampling.columns)
    return tuple(round(float(axis.place(index))) for axis, index in zip(axes, at, strict=True))


def a_focus(at_mm, suv, radius_mm=15.0):
    return Focus(
        disease="lung-cancer",
        region=regions.index_of("lung", regions.RIGHT),
        centre_mm=np.asarray(at_mm, float),
        radius_mm=radius_mm,
        solids=[(ellipsoid("lesion", at_mm, radius_mm), suv)],
    )


def in_right_lung(patient):
    return next(o.a for o in patient.organs if o.name == "lung" and o.a[0] < 0)


def test_the_same_seed_gives_the_same_bytes(cases):
    again, truth = render_stylized_pet(5, label=FOCAL)
    study, first = cases[FOCAL]
    assert again.volume.values.tobytes() == study.volume.values.tobytes()
    assert truth.lesions == first.lesions and truth.true_suv == first.true_suv
    other, _ = render_stylized_pet(6, label=FOCAL)
    assert other.volume.values.tobytes() != study.volume.values.tobytes()


def test_a_study_is_a_volume_and_its_projection(cases):
    for study, truth in cases.values():
        assert study.modality == FDG_PET and set(study.views) == set(truth.views) == {ANTERIOR}
        projected = project_views(study.volume)[ANTERIOR]
        assert np.array_equal(study.views[ANTERIOR].pixels, projected.pixels)
        assert truth.views[ANTERIOR].lesion_map.shape == projected.pixels.shape


@pytest.mark.parametrize("seed", range(4))
def test_a_healthy_scan_has_no_lesion(seed):
    _, truth = render_stylized_pet(seed, label=NORMAL)
    assert truth.lesions == () and truth.footprints == {} and truth.label == NORMAL
    assert not truth.views[ANTERIOR].lesion_map.any()
    assert truth.marrow_to_liver < 1.0


def test_a_painted_focus_lies_in_its_footprint(healthy):
    at = in_right_lung(healthy)
    study, truth = render_patient(replace(healthy, label=FOCAL, foci=[a_focus(at, 8.0)]))
    (lesion,), footprint = truth.lesions, truth.footprints[1]
    place = place_in(healthy, at)
    assert footprint.distance_mm(place) == 0
    assert truth.views[ANTERIOR].lesion_map[place[1:]] == 1
    assert study.volume.values[place] == pytest.approx(8.0, rel=0.5), "but for noise"
    assert lesion.suv_peak == pytest.approx(8.0, rel=0.1)
    assert lesion.volume_contrast == pytest.approx(8.0 / LUNG_SUV - 1, rel=0.2)
    size_mm3 = len(footprint.places) * np.prod(footprint.spacing_mm)
    assert size_mm3 == pytest.approx(4 / 3 * np.pi * 15**3, rel=0.2)
    assert truth.label == FOCAL and lesion.side == regions.RIGHT


def test_a_focus_too_faint_to_see_is_no_focal_scan(healthy):
    foci = [a_focus(in_right_lung(healthy), 1.2 * LUNG_SUV)]
    _, truth = render_patient(replace(healthy, label=FOCAL, foci=foci))
    assert len(truth.lesions) == 1 and truth.label == NORMAL


def test_a_focus_outside_the_field_is_not_seen(healthy):
    foci = [a_focus(healthy.person.points["ankle", "left"], 12.0)]
    _, truth = render_patient(replace(healthy, label=FOCAL, foci=foci))
    assert truth.label == NORMAL and not truth.views[ANTERIOR].lesion_map.any()


@pytest.mark.parametrize(
    ("sides", "times_liver", "label"),
    [
        (("left", "right"), 2.5, JOINT_SYMMETRIC),
        (("left",), 2.5, FOCAL),
        (("left", "right"), 0.7, NORMAL),
    ],
)
def test_joints_are_told_by_their_sides_and_the_liver(healthy, sides, times_liver, label):
    rng, suv, disease = np.random.default_rng(1), times_liver * LIVER_SUV, "polymyalgia-rheumatica"
    joints = [
        inflame(rng, healthy.person, healthy.bones, "hip", side, suv, disease) for side in sides
    ]
    _, truth = render_patient(replace(healthy, label=JOINT_SYMMETRIC, foci=joints))
    assert truth.label == label
    assert {(n.region, n.side) for n in truth.lesions} == {("hip", side) for side in sides}


@pytest.mark.parametrize(("ratio", "label"), [(0.85, NORMAL), (1.5, MARROW_DIFFUSE)])
def test_marrow_over_liver_is_that_which_is_painted(healthy, ratio, label):
    marrow = replace(healthy.marrow, spine_suv=ratio * LIVER_SUV)
    bone_suv = dict.fromkeys(healthy.bone_suv, ratio * LIVER_SUV)
    patient = replace(healthy, label=MARROW_DIFFUSE, marrow=marrow, bone_suv=bone_suv)
    study, truth = render_patient(patient)
    assert truth.marrow_to_liver == pytest.approx(ratio, rel=0.02)
    assert truth.label == label
    plane, row, column = place_in(healthy, healthy.person.points["L3"])
    near = study.volume.values[plane - 1 : plane + 2, row - 1 : row + 2, column - 1 : column + 2]
    assert near.mean() / LIVER_SUV == pytest.approx(ratio, rel=0.15), "but for noise"


def test_the_liver_of_the_volume_is_the_drawn_one(healthy):
    study, truth = render_patient(healthy)
    liver = next(o.a for o in healthy.organs if o.name == "liver")
    box = tuple(slice(i - 3, i + 4) for i in place_in(healthy, liver))
    assert study.volume.values[box].mean() == pytest.approx(LIVER_SUV, rel=0.1)
    assert truth.true_suv["liver"] == pytest.approx(LIVER_SUV, rel=0.01)


def test_landmarks_lie_on_their_side(healthy):
    study, truth = render_patient(healthy)
    landmarks = truth.views[ANTERIOR].landmarks
    middle = landmarks["L3", None][1]
    for (name, side), place in landmarks.items():
        if place is not None and side is not None:
            assert (place[1] < middle) == (side == regions.RIGHT), name
    assert landmarks["knee", regions.LEFT] is None, "the field ends above it"
    assert set(landmarks) == set(regions.LANDMARKS)
    rows = [landmarks[n, None][0] for n in ("vertex", "chin", "C7", "T6", "T12", "L3", "sacrum")]
    assert rows == sorted(rows)
    # What is on the patient's right, the liver, is at the image's left of the midline.
    pixels = study.views[ANTERIOR].pixels
    liver_row, reach = round(landmarks["T12", None][0]), round(80 / study.volume.spacing_mm[2])
    at = round(middle)
    left, right = pixels[liver_row, at - reach : at - 5], pixels[liver_row, at + 5 : at + reach]
    assert np.median(left) > np.median(right)


def test_the_bladder_is_where_its_landmark_is(healthy):
    levels = {**healthy.levels, "bladder": 30.0}
    study, truth = render_patient(replace(healthy, levels=levels))
    row, column = (round(v) for v in truth.views[ANTERIOR].landmarks["bladder", None])
    assert study.views[ANTERIOR].pixels[row, column] > 15


def test_diseases_are_rows_of_the_table(cases):
    for _, truth in cases.values():
        assert set(truth.diseases) <= set(load_fdg_diseases())
        assert {n.disease for n in truth.lesions} <= set(truth.diseases)


@pytest.mark.parametrize("k", range(2))
def test_a_drawn_case_tells_its_groups(k):
    study, truth, groups = draw_other_pet(8, k)
    assert truth.drawn_label == groups["drawn as"] == case_label(FDG_PET, k)
    assert groups["camera"] == "stylized" and groups["arms"] in ("up", "down")
    assert groups["true marrow to liver"] == pytest.approx(truth.marrow_to_liver, abs=1e-4)
    assert study.id == "stylized-8"
