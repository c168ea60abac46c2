"""FDG-PETs of the body of solids: what they show, and that the truth lies where the volume says."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from uptake_ml import regions
from uptake_ml.phantom.fdg_tables import load_fdg_diseases
from uptake_ml.phantom.fdg_truth import VISIBLE_MARROW_TO_LIVER
from uptake_ml.phantom.solid_pet.case import draw_case, render_case, render_solid_pet
from uptake_ml.phantom.solid_pet.foci import FOCAL_DISEASES, Focus, pick_site
from uptake_ml.phantom.solid_pet.joints import ARTHRITIDES, inflame
from uptake_ml.phantom.solid_pet.landmarks import landmark_points, place_landmarks
from uptake_ml.phantom.solid_pet.limb_tumours import SARCOMA, draw_limb_tumour
from uptake_ml.phantom.solid_pet.scanner import build_sampling, open_canvas
from uptake_ml.phantom.solid_pet.solids import CELL_MM, make_ellipsoid
from uptake_ml.phantom.solid_pet.uptake import MARROW_DISEASES
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

LIVER_SUV, LUNG_SUV, BLADDER_SUV = 2.0, 0.5, 30.0
DISEASE = "lung-cancer"
# Its voxels are coarse, which is quick.
SEED = 3


@pytest.fixture(scope="module")
def cases():
    return {label: render_solid_pet(SEED, label=label) for label in (FOCAL, MARROW_DIFFUSE)}


@pytest.fixture(scope="module")
def healthy():
    """A trunk whose tissues are even, and a scanner with coarse voxels and little noise."""
    case = draw_case(3, label=NORMAL)
    uptake = replace(
        case.uptake, liver=LIVER_SUV, lung=LUNG_SUV, bladder=BLADDER_SUV, heart=1.0, bowel=0.7,
        stomach=0.7, spleen=1.2, marrow=1.2,
    )  # fmt: skip
    scanner = replace(
        case.scanner, top_mm=640.0, bottom_mm=-100.0, field_mm=750.0, fwhm_mm=5.0,
        spacing_mm=(5.0, 5.0, 5.0), liver_cov=0.05,
    )  # fmt: skip
    return replace(case, uptake=uptake, scanner=scanner, variants=(), strength=1.0)


@pytest.fixture(scope="module")
def whole(healthy):
    """The same body from above the head to below the feet."""
    scanner = replace(healthy.scanner, top_mm=1300.0, bottom_mm=-1200.0, field_mm=1000.0)
    return replace(healthy, scanner=scanner)


@pytest.fixture(scope="module")
def whole_landmarks(whole):
    canvas = open_canvas(whole.patient, whole.scanner)
    sampling = build_sampling(canvas, whole.scanner, whole.patient.joints["hip", "left"][1])
    return place_landmarks(landmark_points(whole.patient), canvas, sampling)


@pytest.fixture(scope="module")
def seen(healthy):
    """The healthy body's study and truth."""
    return render_case(healthy)


def place_in(case, place_mm):
    """Return the voxel (plane, row, column) of the volume at a place (a, s, x) of the body."""
    canvas = open_canvas(case.patient, case.scanner)
    sampling = build_sampling(canvas, case.scanner, case.patient.joints["hip", "left"][1])
    axes = (sampling.planes, sampling.rows, sampling.columns)
    first = [axis[0] for axis in canvas.axes_mm]
    return tuple(
        round(float(axis.place((mm - start) / CELL_MM)))
        for axis, mm, start in zip(axes, place_mm, first, strict=True)
    )


def a_focus(place_mm, suv, radius_mm=15.0):
    return Focus(
        disease=DISEASE,
        region=regions.index_of("lung", regions.RIGHT),
        centre_mm=np.asarray(place_mm, float),
        radius_mm=radius_mm,
        parts=[(make_ellipsoid(place_mm, [radius_mm] * 3), suv)],
    )


def in_right_lung(case):
    return case.patient.at(0.0, 0.235, -0.05)


def test_the_same_seed_gives_the_same_bytes(cases):
    again, truth = render_solid_pet(SEED, label=FOCAL)
    study, first = cases[FOCAL]
    assert again.volume.values.tobytes() == study.volume.values.tobytes()
    assert truth.lesions == first.lesions and truth.true_suv == first.true_suv


def test_another_seed_gives_another_case():
    one, other = (draw_case(seed, label=FOCAL) for seed in (5, 6))
    assert one.uptake != other.uptake
    assert one.patient.height_mm != other.patient.height_mm


def test_a_study_is_a_volume_and_its_projection(cases):
    for study, truth in cases.values():
        assert study.modality == FDG_PET and set(study.views) == set(truth.views) == {ANTERIOR}
        projected = project_views(study.volume)[ANTERIOR]
        assert np.array_equal(study.views[ANTERIOR].pixels, projected.pixels)
        assert truth.views[ANTERIOR].lesion_map.shape == projected.pixels.shape
        assert study.volume.values.min() >= 0


def test_a_healthy_scan_has_no_lesion(seen):
    _, truth = seen
    assert truth.lesions == () and truth.footprints == {} and truth.label == NORMAL
    assert not truth.views[ANTERIOR].lesion_map.any()
    assert truth.marrow_to_liver < VISIBLE_MARROW_TO_LIVER


def test_no_healthy_case_is_drawn_with_foci_or_hot_marrow():
    for case in (draw_case(seed, label=NORMAL) for seed in range(20)):
        assert not case.foci and case.disease is None
        assert case.uptake.marrow < case.uptake.liver


@pytest.fixture(scope="module")
def with_focus(healthy):
    focus = a_focus(in_right_lung(healthy), 8.0)
    return render_case(replace(healthy, label=FOCAL, foci=[focus]))


def test_a_painted_focus_lies_in_its_footprint(healthy, seen, with_focus):
    study, truth = with_focus
    (lesion,), footprint = truth.lesions, truth.footprints[1]
    place = place_in(healthy, in_right_lung(healthy))
    assert footprint.distance_mm(place) == 0
    assert truth.views[ANTERIOR].lesion_map[place[1:]] == 1
    assert lesion.suv_peak == pytest.approx(8.0, rel=0.15)
    size_mm3 = len(footprint.places) * np.prod(footprint.spacing_mm)
    assert size_mm3 == pytest.approx(4 / 3 * np.pi * 15**3, rel=0.25)
    assert truth.label == FOCAL and lesion.side == regions.RIGHT and lesion.region == "lung"
    hot = study.volume.values[tuple(footprint.places.T)]
    before = seen[0].volume.values[tuple(footprint.places.T)]
    assert hot.mean() > 5 > 3 * before.mean()


def test_nothing_is_hotter_outside_the_footprint(seen, with_focus):
    (study, truth), (before, _) = with_focus, seen
    more = study.volume.values - before.volume.values
    at = np.unravel_index(more.argmax(), more.shape)
    assert truth.footprints[1].distance_mm(at) == 0


def test_a_focus_too_faint_to_see_is_no_focal_scan(healthy):
    foci = [a_focus(in_right_lung(healthy), 1.2 * LUNG_SUV)]
    _, truth = render_case(replace(healthy, label=FOCAL, foci=foci))
    assert len(truth.lesions) == 1 and truth.label == NORMAL


def test_a_focus_outside_the_field_is_not_seen(healthy):
    foci = [a_focus(healthy.patient.joints["ankle", "left"], 12.0)]
    _, truth = render_case(replace(healthy, label=FOCAL, foci=foci))
    assert truth.label == NORMAL and not truth.views[ANTERIOR].lesion_map.any()
    assert truth.views[ANTERIOR].landmarks["knee", regions.LEFT] is None


@pytest.mark.parametrize(
    ("sides", "times_liver", "label"),
    [
        (("left", "right"), 2.5, JOINT_SYMMETRIC),
        (("left",), 2.5, FOCAL),
        (("left", "right"), 0.6, NORMAL),
    ],
)
def test_joints_are_told_by_their_sides_and_the_liver(healthy, sides, times_liver, label):
    rng, suv, name = np.random.default_rng(1), times_liver * LIVER_SUV, "polymyalgia-rheumatica"
    foci = [inflame(rng, healthy.patient, "shoulder", side, suv, name) for side in sides]
    _, truth = render_case(replace(healthy, label=JOINT_SYMMETRIC, foci=foci))
    assert truth.label == label
    assert {(n.region, n.side) for n in truth.lesions} == {("shoulder", side) for side in sides}
    assert all(n.is_joint and n.is_arthritis for n in truth.lesions)


def test_landmarks_lie_where_inflamed_joints_are(whole):
    rng = np.random.default_rng(1)
    joints = ("shoulder", "elbow", "wrist", "hand", "hip", "knee", "ankle", "foot")
    foci = [
        inflame(rng, whole.patient, joint, side, 8.0, "rheumatoid-arthritis")
        for joint in joints
        for side in ("left", "right")
    ]
    _, truth = render_case(replace(whole, label=JOINT_SYMMETRIC, foci=foci))
    landmarks = truth.views[ANTERIOR].landmarks
    for lesion in truth.lesions:
        place, landmark = lesion.place[ANTERIOR], landmarks[lesion.region, lesion.side]
        apart_mm = 5.0 * np.hypot(*np.subtract(place, landmark))
        assert apart_mm < 15, f"{lesion.region} {lesion.side}: {apart_mm:.0f} mm"


def test_marrow_over_liver_is_that_which_is_painted(healthy):
    for ratio, label in ((0.8, NORMAL), (1.5, MARROW_DIFFUSE)):
        uptake = replace(healthy.uptake, marrow=ratio * LIVER_SUV)
        case = replace(healthy, label=MARROW_DIFFUSE, disease="growth-factor", uptake=uptake)
        study, truth = render_case(case)
        assert truth.marrow_to_liver == pytest.approx(ratio, rel=0.06)
        assert truth.label == label and truth.diseases == ("growth-factor",)
        middle = healthy.patient.spine_at(np.mean(healthy.patient.vertebra("L3")))
        box = tuple(slice(k - 1, k + 2) for k in place_in(case, middle))
        near = study.volume.values[box].mean()
        assert near / LIVER_SUV == pytest.approx(ratio, rel=0.15), "but for noise"


def test_the_liver_of_the_volume_is_the_drawn_one(healthy, seen):
    study, truth = seen
    at = place_in(healthy, healthy.patient.at(0.0, 0.300, -0.050))
    box = tuple(slice(k - 2, k + 3) for k in at)
    assert study.volume.values[box].mean() == pytest.approx(LIVER_SUV, rel=0.1)
    assert truth.true_suv["liver"] == pytest.approx(LIVER_SUV, rel=0.08)


def test_landmarks_lie_on_their_side(whole_landmarks):
    assert set(whole_landmarks) == set(regions.LANDMARKS)
    middle = whole_landmarks["L3", None][1]
    for (name, side), (_, column) in whole_landmarks.items():
        if side is not None:
            assert (column < middle) == (side == regions.RIGHT), name


def test_left_is_at_the_right_of_the_image(seen):
    study, truth = seen
    landmarks = truth.views[ANTERIOR].landmarks
    middle = landmarks["L3", None][1]
    # What is on the patient's right, the liver, is at the image's left of the midline.
    pixels, row = study.views[ANTERIOR].pixels, round(landmarks["T12", None][0]) - 2
    left, right = pixels[row, round(middle) - 16 : round(middle)], pixels[row, round(middle) + 4 :]
    assert np.median(left) > 1.3 * np.median(right[:16])


def test_landmarks_follow_each_other_down_the_body(whole_landmarks):
    rows = [
        whole_landmarks[n, None][0] for n in ("vertex", "chin", "C7", "T6", "T12", "L3", "sacrum")
    ]
    assert rows == sorted(rows)


def test_the_bladder_is_where_its_landmark_is(seen):
    study, truth = seen
    row, column = (round(v) for v in truth.views[ANTERIOR].landmarks["bladder", None])
    assert study.views[ANTERIOR].pixels[row, column] > BLADDER_SUV / 2


def test_diseases_are_rows_of_the_table(cases):
    known = load_fdg_diseases()
    labels = {
        **dict.fromkeys((*FOCAL_DISEASES, SARCOMA), FOCAL),
        **dict.fromkeys(ARTHRITIDES, JOINT_SYMMETRIC),
        **dict.fromkeys(MARROW_DISEASES, MARROW_DIFFUSE),
    }
    assert {name: known[name]["label"] for name in labels} == labels
    for _, truth in cases.values():
        assert {n.disease for n in truth.lesions} <= set(truth.diseases) <= set(labels)


def test_every_site_of_a_disease_can_be_picked(healthy):
    rng, height = np.random.default_rng(0), healthy.patient.height_mm
    for disease in FOCAL_DISEASES.values():
        for where in {*disease.sites, disease.first} - {None}:
            site = pick_site(rng, healthy.patient, where)
            region = regions.REGIONS[site.region]
            assert 0 < site.place[1] < height, where
            if region.side is not None:
                assert (site.place[2] > 0) == (region.side == regions.LEFT), where


def test_a_tumour_of_the_thigh_is_in_the_field(healthy):
    for seed in range(40):
        case = draw_case(seed, label=FOCAL)
        for focus in case.foci:
            is_thigh = 0.5 < focus.centre_mm[1] / case.patient.height_mm < 0.7
            if focus.disease == SARCOMA and is_thigh:
                end = case.patient.joints["hip", "left"][1] - case.scanner.bottom_mm
                assert focus.centre_mm[1] + focus.radius_mm < end
    kinds = {
        regions.REGIONS[draw_limb_tumour(np.random.default_rng(seed), healthy.patient)[0].region]
        for seed in range(20)
    }
    assert {region.name for region in kinds} == {"arm-soft-tissue", "leg-soft-tissue"}


def test_variants_come_with_every_label():
    counts = {
        label: sum(len(draw_case(seed, label=label).variants) > 60 for seed in range(16))
        for label in LABELS[FDG_PET]
    }
    assert min(counts.values()) >= 2, counts


_DRAW = """
import hashlib
from uptake_ml.phantom.solid_pet.case import draw_case
cases = [draw_case(seed, label="normal").variants for seed in range(60)]
parts = [(part.low_mm.tolist(), suv) for case in cases for part, suv in case]
print(hashlib.sha256(repr(parts).encode()).hexdigest())
"""


def test_every_process_draws_the_same_variants():
    drawn = {
        subprocess.run(
            [sys.executable, "-c", _DRAW],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            check=True,
            capture_output=True,
        ).stdout
        for hash_seed in ("1", "2", "3", "4")
    }
    assert len(drawn) == 1
