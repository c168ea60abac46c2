"""PETs of the body swept along splines: what is painted is what their truth tells."""

from dataclasses import replace

import numpy as np
import pytest

from uptake_ml import regions
from uptake_ml.phantom.fdg_tables import load_fdg_diseases
from uptake_ml.phantom.fdg_truth import VISIBLE_MARROW_TO_LIVER
from uptake_ml.phantom.swept.body import place
from uptake_ml.phantom.swept.sweep import sweep
from uptake_ml.phantom.swept.trunk import vertebra_z
from uptake_ml.phantom.swept_pet.case import draw_case, draw_lesions, render_case, render_swept_pet
from uptake_ml.phantom.swept_pet.focal import FOCAL_DISEASES, Focus
from uptake_ml.phantom.swept_pet.joint import ARTHRITIDES, inflame
from uptake_ml.phantom.swept_pet.limb_tumours import SARCOMA, draw_limb_tumour
from uptake_ml.phantom.swept_pet.painting import open_field
from uptake_ml.phantom.swept_pet.scanner import build_sampling, draw_scanner
from uptake_ml.phantom.swept_pet.sites import pick_site
from uptake_ml.phantom.swept_pet.uptake import MARROW_DISEASES
from uptake_ml.phantom.swept_pet.variants import draw_variants
from uptake_ml.projections import project_views
from uptake_ml.study import (
    ANTERIOR,
    FDG_PET,
    FOCAL,
    JOINT_SYMMETRIC,
    MARROW_DIFFUSE,
    NORMAL,
)

LIVER_SUV, BLADDER_SUV, FOCUS_SUV, RADIUS_MM = 2.0, 30.0, 8.0, 15.0
DISEASE = "lung-cancer"
IN_RIGHT_LUNG = (-72.0, -95.0, 400.0)
JOINTS = ("shoulder", "elbow", "wrist", "hand", "hip", "knee", "ankle", "foot")


@pytest.fixture(scope="module")
def healthy():
    """A trunk whose tissues are even, and a scanner with coarse voxels and little noise."""
    case = draw_case(1, label=NORMAL)
    uptake = replace(
        case.uptake, liver=LIVER_SUV, lung=0.5, urine=BLADDER_SUV, heart=1.0, colon=0.7,
        stomach=0.7, small_bowel=0.7, spleen=1.2, marrow=1.2, uneven=0.02,
    )  # fmt: skip
    scanner = replace(
        case.scanner, top_mm=640.0, bottom_mm=-100.0, field_mm=750.0, fwhm_mm=5.0,
        spacing_mm=(5.0, 5.0, 5.0), liver_cov=0.05,
    )  # fmt: skip
    return replace(case, uptake=uptake, scanner=scanner, variants=())


@pytest.fixture(scope="module")
def seen(healthy):
    """The healthy body's study and truth."""
    return render_case(healthy)


@pytest.fixture(scope="module")
def with_focus(healthy):
    return render_case(replace(healthy, label=FOCAL, foci=[a_focus(FOCUS_SUV)]))


@pytest.fixture(scope="module")
def whole(healthy):
    """The body from above the head to below the feet, all its joints inflamed."""
    scanner = replace(healthy.scanner, top_mm=1300.0, bottom_mm=-1200.0, field_mm=1500.0)
    rng = np.random.default_rng(1)
    foci = [
        inflame(rng, healthy.body, joint, side, 8.0, "rheumatoid-arthritis")
        for joint in JOINTS
        for side in (-1, 1)
    ]
    _, truth = render_case(replace(healthy, label=JOINT_SYMMETRIC, foci=foci, scanner=scanner))
    return truth


def a_focus(suv, at=IN_RIGHT_LUNG, disease=DISEASE, region="lung"):
    at = np.array(at)
    shape = RADIUS_MM * np.sqrt(1 - np.linspace(-0.95, 0.95, 11) ** 2)
    half = np.array([0, 0, 0.95 * RADIUS_MM])
    ends = [at - half, at + half]
    ball = sweep("tumour", ends, shape, value=suv, is_rounded=False)
    return Focus(disease=disease, region=regions.index_of(region, regions.RIGHT), centre_mm=at,
                 radius_mm=RADIUS_MM, solids=[ball])  # fmt: skip


def place_in(case, point):
    """Return the voxel (plane, row, column) of the volume at a point of the body of 1.7 m."""
    body = place(replace(case.body, points=case.body.points | {("here", 0): np.array(point)}))
    grid = open_field(case, body)
    sampling = build_sampling(grid, case.scanner, body.points["hip", 1][2])
    axes = (sampling.planes, sampling.rows, sampling.columns)
    at = grid.index(body.points["here", 0])
    return tuple(round(float(axis.place(k))) for axis, k in zip(axes, at, strict=True))


def mean_near(study, voxel, reach):
    box = tuple(slice(k - reach, k + reach + 1) for k in voxel)
    return study.volume.values[box].mean()


def test_the_same_seed_gives_the_same_bytes():
    (one, first), (other, second) = (render_swept_pet(0, label=JOINT_SYMMETRIC) for _ in range(2))
    assert one.id == "swept-pet-0" and one.volume.values.tobytes() == other.volume.values.tobytes()
    assert first.lesions == second.lesions and first.true_suv == second.true_suv


def test_another_seed_gives_another_case():
    one, other = (draw_case(seed, label=FOCAL) for seed in (5, 6))
    assert one.uptake != other.uptake and one.scanner != other.scanner
    assert one.body.person.height_mm != other.body.person.height_mm


def test_a_study_is_a_volume_and_its_projection(with_focus):
    study, truth = with_focus
    assert study.modality == FDG_PET and set(study.views) == set(truth.views) == {ANTERIOR}
    projected = project_views(study.volume)[ANTERIOR]
    assert np.array_equal(study.views[ANTERIOR].pixels, projected.pixels)
    assert truth.views[ANTERIOR].lesion_map.shape == projected.pixels.shape
    assert study.volume.values.dtype == np.float32 and study.volume.values.min() >= 0


def test_a_healthy_scan_has_no_lesion(seen):
    _, truth = seen
    assert truth.lesions == () and truth.footprints == {} and truth.label == NORMAL
    assert not truth.views[ANTERIOR].lesion_map.any()
    assert truth.marrow_to_liver < VISIBLE_MARROW_TO_LIVER


def test_no_healthy_case_is_drawn_with_foci_or_hot_marrow():
    for case in (draw_case(seed, label=NORMAL) for seed in range(2)):
        assert not case.foci and case.disease is None
        assert case.uptake.marrow < case.uptake.liver


def test_a_painted_focus_lies_in_its_footprint(healthy, seen, with_focus):
    study, truth = with_focus
    (lesion,), footprint = truth.lesions, truth.footprints[1]
    at = place_in(healthy, IN_RIGHT_LUNG)
    assert footprint.distance_mm(at) == 0
    assert truth.views[ANTERIOR].lesion_map[at[1:]] == 1
    assert lesion.suv_peak == pytest.approx(FOCUS_SUV, rel=0.15)
    size_mm3 = len(footprint.places) * np.prod(footprint.spacing_mm)
    radius_mm = RADIUS_MM * healthy.body.person.scale
    assert size_mm3 == pytest.approx(4 / 3 * np.pi * radius_mm**3, rel=0.25)
    assert truth.label == FOCAL and lesion.side == regions.RIGHT and lesion.region == "lung"
    hot, before = (each.volume.values[tuple(footprint.places.T)] for each in (study, seen[0]))
    assert hot.mean() > 5 > 3 * before.mean()


def test_nothing_is_hotter_outside_the_footprint(seen, with_focus):
    (study, truth), (before, _) = with_focus, seen
    more = study.volume.values - before.volume.values
    at = np.unravel_index(more.argmax(), more.shape)
    assert truth.footprints[1].distance_mm(at) == 0


def test_foci_that_are_faint_or_outside_the_field_are_not_seen(healthy):
    faint = a_focus(0.6)
    outside = a_focus(12.0, at=healthy.body.points["ankle", -1], region="tibia")
    _, truth = render_case(replace(healthy, label=FOCAL, foci=[faint, outside]))
    assert len(truth.lesions) == 2 and truth.label == NORMAL
    assert not (truth.views[ANTERIOR].lesion_map == 2).any()
    assert truth.views[ANTERIOR].landmarks["knee", regions.LEFT] is None


@pytest.mark.parametrize(
    ("sides", "times_liver", "label"),
    [((-1, 1), 2.5, JOINT_SYMMETRIC), ((1,), 2.5, FOCAL), ((-1, 1), 0.4, NORMAL)],
)
def test_joints_are_told_by_their_sides_and_the_liver(healthy, sides, times_liver, label):
    rng, suv, name = np.random.default_rng(1), times_liver * LIVER_SUV, "polymyalgia-rheumatica"
    foci = [inflame(rng, healthy.body, "shoulder", side, suv, name) for side in sides]
    _, truth = render_case(replace(healthy, label=JOINT_SYMMETRIC, foci=foci))
    assert truth.label == label
    assert {n.side for n in truth.lesions} == {(None, "left", "right")[side] for side in sides}
    assert all(n.region == "shoulder" and n.is_joint and n.is_arthritis for n in truth.lesions)


def test_landmarks_lie_where_inflamed_joints_are(whole):
    landmarks = whole.views[ANTERIOR].landmarks
    assert len(whole.lesions) == 2 * len(JOINTS)
    for lesion in whole.lesions:
        at, landmark = lesion.place[ANTERIOR], landmarks[lesion.region, lesion.side]
        apart_mm = 5.0 * np.hypot(*np.subtract(at, landmark))
        assert apart_mm < 18, f"{lesion.region} {lesion.side}: {apart_mm:.0f} mm"


def test_landmarks_are_all_told_and_on_their_side(whole):
    landmarks = whole.views[ANTERIOR].landmarks
    assert set(landmarks) == set(regions.LANDMARKS) and None not in landmarks.values()
    middle = landmarks["L3", None][1]
    for (name, side), (_, column) in landmarks.items():
        if side is not None and name not in ("hand", "wrist"):
            assert (column < middle) == (side == regions.RIGHT), name
    order = ("vertex", "chin", "C7", "T6", "T12", "L3", "sacrum", "bladder")
    rows = [landmarks[name, None][0] for name in order]
    assert rows == sorted(rows)


def test_marrow_over_liver_is_that_which_is_painted(healthy, seen):
    assert seen[1].marrow_to_liver == pytest.approx(0.6, rel=0.1)
    ratio = 1.5
    uptake = replace(healthy.uptake, marrow=ratio * LIVER_SUV)
    case = replace(healthy, label=MARROW_DIFFUSE, disease="growth-factor", uptake=uptake)
    study, truth = render_case(case)
    assert truth.marrow_to_liver == pytest.approx(ratio, rel=0.1)
    assert truth.label == MARROW_DIFFUSE and truth.diseases == ("growth-factor",)
    landmark = truth.views[ANTERIOR].landmarks["L3", None]
    middle = place_in(case, (0, -74, np.mean(vertebra_z("L3"))))
    assert abs(middle[1] - landmark[0]) < 3, "the landmark is at the vertebra"
    assert mean_near(study, middle, 1) / LIVER_SUV == pytest.approx(ratio, rel=0.25)


def test_liver_and_bladder_are_where_they_are_told_to_be(healthy, seen):
    study, truth = seen
    at = place_in(healthy, (-70, -100, 540))
    assert mean_near(study, at, 2) == pytest.approx(LIVER_SUV, rel=0.12)
    assert truth.true_suv["liver"] == pytest.approx(LIVER_SUV, rel=0.1)
    mirrored = place_in(healthy, (70, -100, 540))
    assert at[2] < mirrored[2], "the patient's left is at the right of the image"
    row, column = (round(v) for v in truth.views[ANTERIOR].landmarks["bladder", None])
    assert study.views[ANTERIOR].pixels[row, column] > BLADDER_SUV / 2


def test_diseases_are_rows_of_the_table():
    known = load_fdg_diseases()
    labels = {
        **dict.fromkeys((d.row for d in FOCAL_DISEASES.values()), FOCAL),
        SARCOMA: FOCAL,
        **dict.fromkeys(ARTHRITIDES, JOINT_SYMMETRIC),
        **dict.fromkeys(MARROW_DISEASES, MARROW_DIFFUSE),
    }
    assert {name: known[name]["label"] for name in labels} == labels


def test_every_site_of_a_disease_can_be_picked(healthy):
    rng, body = np.random.default_rng(0), healthy.body
    for disease in FOCAL_DISEASES.values():
        for where in {*disease.sites, disease.first} - {None}:
            site = pick_site(rng, body, where)
            region = regions.REGIONS[site.region]
            assert 0 < site.place[2] < 1700, where
            if region.side is not None:
                assert (site.place[0] > 0) == (region.side == regions.LEFT), where


def test_a_tumour_of_the_thigh_is_in_the_field(healthy):
    body, person, found = healthy.body, healthy.body.person, set()
    for seed in range(40):
        rng = np.random.default_rng(seed)
        foci = draw_limb_tumour(rng, body, healthy.uptake)
        scanner = draw_scanner(rng, person, 500.0, foci, body.points)
        region = regions.REGIONS[foci[0].region].name
        found.add(region)
        if region == "leg-soft-tissue" and foci[0].centre_mm[2] < 1150:
            end = body.points["hip", 1][2] - scanner.bottom_mm / person.scale
            assert foci[0].centre_mm[2] + foci[0].radius_mm < end
    assert found == {"arm-soft-tissue", "leg-soft-tissue", "trunk-soft-tissue"}


def test_a_sixth_of_focal_cases_is_a_tumour_of_a_limb(healthy):
    rng = np.random.default_rng(0)
    drawn = [draw_lesions(rng, healthy.body, healthy.uptake, FOCAL) for _ in range(300)]
    in_limb = {"arm-soft-tissue", "leg-soft-tissue"}
    count = sum(regions.REGIONS[foci[0].region].name in in_limb for foci in drawn)
    assert 30 < count < 80
    assert {len(foci) for foci in drawn} >= {1, 2, 3, 20}


def test_variants_come_with_every_label(healthy):
    """They are drawn without knowing the label."""
    counts = [
        len(draw_variants(np.random.default_rng(seed), healthy.body, healthy.uptake))
        for seed in range(12)
    ]
    assert min(counts) < 12 < 30 < max(counts), counts
    ill = draw_case(1, label=JOINT_SYMMETRIC)
    assert ill.variants
