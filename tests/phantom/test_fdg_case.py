"""An FDG-PET case is drawn once, rendered the same every time, and its truth fits its volume."""

import dataclasses
import json

import numpy as np
import pytest

from uptake_ml import regions
from uptake_ml.errors import SimulationError
from uptake_ml.phantom import CaseSpec, draw, render
from uptake_ml.phantom.fdg_tables import load_fdg_diseases, load_fdg_uptake
from uptake_ml.phantom.fdg_truth import VISIBLE_MARROW_TO_LIVER
from uptake_ml.study import (
    ANTERIOR,
    FDG_PET,
    FOCAL,
    JOINT_SYMMETRIC,
    LABELS,
    MARROW_DIFFUSE,
    NORMAL,
    SUV,
)

pytestmark = pytest.mark.simulate


def fdg(seed, **wishes):
    return draw(seed, modality=FDG_PET, **wishes)


@pytest.fixture(scope="module")
def focal(skeleton):
    spec = fdg(11, disease="bone-metastases")
    return spec, *render(spec)


@pytest.fixture(scope="module")
def normal(skeleton):
    spec = fdg(101, label=NORMAL)
    return spec, *render(spec)


@pytest.fixture(scope="module")
def diffuse(skeleton):
    spec = fdg(3, disease="leukaemia")
    return spec, *render(spec)


def test_same_specification_gives_same_bytes(focal):
    spec, study, truth = focal
    again, truth_again = render(CaseSpec.from_json(spec.to_json()))
    assert study.volume.values.tobytes() == again.volume.values.tobytes()
    one, other = truth.views[ANTERIOR], truth_again.views[ANTERIOR]
    assert one.regions.tobytes() == other.regions.tobytes()
    assert one.lesion_map.tobytes() == other.lesion_map.tobytes()
    assert study.id == again.id


def test_specification_survives_json(skeleton):
    for label in LABELS[FDG_PET]:
        spec = fdg(3, label=label)
        assert CaseSpec.from_json(spec.to_json()) == spec
        assert spec.label == label


def test_specification_of_another_version_is_refused(skeleton):
    data = json.loads(fdg(3, label=NORMAL).to_json())
    with pytest.raises(SimulationError, match="draw the case again"):
        CaseSpec.from_json(json.dumps(data | {"version": 99}))
    with pytest.raises(SimulationError, match="colour"):
        CaseSpec.from_json(json.dumps(data | {"colour": 1}))


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({"label": "diffuse"}, "label must be one of"),
        ({"disease": "gout"}, "disease must be one of"),
        ({"label": FOCAL, "disease": "leukaemia"}, "shows the pattern marrow-diffuse"),
    ],
)
def test_contradictory_wishes_are_refused_in_words(skeleton, wishes, message):
    with pytest.raises(SimulationError, match=message):
        fdg(1, **wishes)


def test_study_is_a_volume_in_suv_and_its_projection(normal):
    spec, study, truth = normal
    volume, view = study.volume, study.views[ANTERIOR]
    assert (study.modality, view.unit) == (FDG_PET, SUV)
    assert volume.spacing_mm == spec.scanner.spacing_mm
    np.testing.assert_array_equal(view.pixels, volume.values.max(axis=0))
    assert truth.views[ANTERIOR].regions.shape == view.pixels.shape
    assert truth.views[ANTERIOR].lesion_map.shape == view.pixels.shape


def test_true_suvs_are_what_the_tables_and_the_specification_say(normal):
    spec, _, truth = normal
    true = truth.true_suv
    for name in ("liver", "spleen", "blood-pool", "muscle"):
        assert true[name] == pytest.approx(spec.soft[name], rel=0.08), name
    for stem in ("lumbar-spine", "thoracic-spine"):
        name = f"{stem.removesuffix('-spine')}-marrow"
        assert true[name] == pytest.approx(spec.marrow[stem], rel=0.08), name
    assert true["femoral-shaft"] == pytest.approx(spec.marrow["yellow"], rel=0.2)
    assert true["lumbar-marrow"] > true["pelvis-marrow"] > true["femur-marrow"]


@pytest.mark.parametrize(("organ", "tolerance"), [("liver", 0.06), ("blood-pool", 0.15)])
def test_volume_shows_the_true_suv_of_large_organs(normal, organ, tolerance):
    """Measured as a reader does: a small box where the specification puts the organ."""
    from uptake_ml.phantom.body import build_body
    from uptake_ml.phantom.bones import load_skeleton
    from uptake_ml.phantom.fdg_organs import LEFT_ATRIUM, RIGHT_LOBE, Places
    from uptake_ml.phantom.scanner import sample

    spec, study, truth = normal
    body = build_body(
        load_skeleton(),
        spec.person,
        voxel_mm=spec.voxel_mm,
        jitter=spec.grid_jitter,
        bladder_radius_mm=spec.bladder_radius_mm,
    )
    place = {"liver": RIGHT_LOBE, "blood-pool": LEFT_ATRIUM}[organ]
    world = Places(spec.person, body.pose.size_scale)(place)
    index = body.grid.index_of(world)[0]
    sampling = sample(body.grid, spec.scanner)
    axes = (sampling.planes, sampling.rows, sampling.columns)
    at = [round(axis.place(i)) for axis, i in zip(axes, index, strict=True)]
    reach = 4 if organ == "liver" else 1
    box = study.volume.values[tuple(slice(i - reach, i + reach + 1) for i in at)]
    assert box.mean() == pytest.approx(truth.true_suv[organ], rel=tolerance)


def test_lesions_are_where_the_truth_says(focal):
    """Without its foci the same case is colder inside their masks, and unchanged outside."""
    spec, study, truth = focal
    healthy = tuple(f for f in spec.foci if f.disease is None)
    bare, _ = render(dataclasses.replace(spec, foci=healthy))
    gain = study.views[ANTERIOR].pixels - bare.views[ANTERIOR].pixels
    visible = [n for n in truth.lesions if n.is_visible and n.contrast[ANTERIOR] > 0.5]
    assert visible
    for lesion in visible:
        mask = truth.views[ANTERIOR].lesion_map == lesion.number
        assert not mask.any() or gain[mask].max() > 0.4
    far = gain.copy()
    reach = int(25 / min(spec.scanner.spacing_mm)) + 1
    rows, columns = np.nonzero(truth.views[ANTERIOR].lesion_map)
    for row, column in zip(rows, columns, strict=True):
        far[max(row - reach, 0) : row + reach, max(column - reach, 0) : column + reach] = 0
    assert np.abs(far).max() < 0.3


def test_landmarks_follow_the_body(normal):
    truth = normal[2]
    marks = truth.views[ANTERIOR].landmarks
    assert set(marks) == set(regions.LANDMARKS)
    midline = [marks[name, None] for name in ("C7", "T6", "T12", "L3", "sacrum", "bladder")]
    rows = [at[0] for at in midline if at is not None]
    assert rows == sorted(rows)
    # The patient's right is at the image's left.
    assert marks["hip", regions.RIGHT][1] < marks["hip", regions.LEFT][1]
    assert marks["ankle", regions.LEFT] is None
    named = truth.views[ANTERIOR].regions
    row, column = (round(v) for v in marks["L3", None])
    assert regions.REGIONS[named[row, column]].name in ("lumbar-spine", "kidney")


def test_hottest_pixels_lie_in_brain_heart_kidneys_and_bladder(normal):
    _, study, truth = normal
    pixels, named = study.views[ANTERIOR].pixels, truth.views[ANTERIOR].regions
    mean = {}
    for index, region in enumerate(regions.REGIONS):
        if (named == index).sum() > 20:
            mean[region.name] = max(float(pixels[named == index].mean()), mean.get(region.name, 0))
    hottest = sorted(mean, key=mean.get)[-4:]
    assert {"brain", "bladder"} <= set(hottest)
    assert mean["thoracic-spine"] < mean["liver"]


def test_marrow_of_leukaemia_reaches_into_the_limbs(normal, diffuse):
    (_, _, healthy), (_, _, sick) = normal, diffuse
    assert sick.label == MARROW_DIFFUSE
    for part in ("femur-marrow", "humerus-marrow"):
        share = [t.true_suv[part] / t.true_suv["lumbar-marrow"] for t in (healthy, sick)]
        assert share[1] > share[0] + 0.2


def test_healthy_marrow_never_reaches_the_liver(skeleton):
    """Drawing alone: what is painted follows the specification, as tested above."""
    ratios = []
    for k in range(40):
        spec = fdg(9, label=NORMAL, spawn_key=(k,))
        spine = (spec.marrow["lumbar-spine"] + spec.marrow["thoracic-spine"]) / 2
        ratios.append(spine / spec.soft["liver"])
    low, high = load_fdg_uptake()["marrow"]["range"]
    assert max(ratios) < VISIBLE_MARROW_TO_LIVER
    assert low * 0.95 < min(ratios) < high < max(ratios) * 2
    assert 0.6 < np.mean(ratios) < 0.85


def test_young_marrow_takes_up_more_than_old(skeleton):
    from uptake_ml.phantom.fdg_disease import FdgDisease
    from uptake_ml.phantom.fdg_drawing import draw_marrow
    from uptake_ml.phantom.person import draw_person

    def lumbar(age):
        rng = np.random.default_rng(1)
        person = draw_person(rng, age_years=age)
        return np.mean(
            [draw_marrow(rng, person, 1.88, FdgDisease())["lumbar-spine"] for _ in range(60)]
        )

    assert lumbar(25.0) > lumbar(50.0) + 0.1 > lumbar(80.0) + 0.2
    # Shanxi, n = 323: 1.75 in the 40s to 1.18 in the 70s.
    assert 1.1 < lumbar(75.0) < lumbar(45.0) < 1.8


def test_case_without_marrow_above_the_liver_is_not_marrow_diffuse(diffuse):
    spec, _, truth = diffuse
    faint = {name: 0.8 * spec.soft["liver"] for name in spec.marrow} | {"yellow": 0.4}
    again = render(dataclasses.replace(spec, marrow=faint, foci=()))[1]
    assert (again.drawn_label, again.label) == (MARROW_DIFFUSE, NORMAL)
    assert again.marrow_to_liver < VISIBLE_MARROW_TO_LIVER < truth.marrow_to_liver


def test_arthritis_is_seen_on_both_sides_and_mirrors(skeleton):
    spec = fdg(42, disease="polymyalgia-rheumatica")
    truth = render(spec)[1]
    assert truth.label == JOINT_SYMMETRIC
    seen = {(n.region, n.side) for n in truth.lesions if n.is_visible}
    assert {("shoulder", "left"), ("shoulder", "right")} <= seen
    shoulders = [n for n in truth.lesions if n.region == "shoulder"]
    assert len(shoulders) == 2, "the patches of one joint's lining are one lesion"
    columns = {n.side: n.place[ANTERIOR][1] for n in shoulders}
    assert columns["right"] < columns["left"]


def test_one_sided_arthritis_is_focal(skeleton):
    spec = fdg(42, disease="polymyalgia-rheumatica")
    one = tuple(f for f in spec.foci if f.disease is None or "right" in f.anchor)
    truth = render(dataclasses.replace(spec, foci=one))[1]
    assert truth.label == FOCAL


def test_focus_on_diffuse_marrow_is_superimposed(diffuse, skeleton):
    spec = diffuse[0]
    node = next(f for f in fdg(2, disease="lymphoma").foci if f.disease == "lymphoma")
    hot = dataclasses.replace(
        node, anchor=("trunk",), at_mm=(38.0, 205.0, 1550.0), suv=12.0, radii_mm=(9.0, 9.0, 9.0)
    )
    truth = render(dataclasses.replace(spec, foci=(hot,)))[1]
    assert (truth.label, truth.superimposed) == (MARROW_DIFFUSE, (FOCAL,))
    assert render(dataclasses.replace(spec, foci=()))[1].superimposed == ()


@pytest.mark.parametrize("name", sorted(load_fdg_diseases()))
def test_every_disease_is_drawn_with_its_label(skeleton, name):
    spec = fdg(1, disease=name)
    assert (spec.label, spec.diseases[0]) == (load_fdg_diseases()[name]["label"], name)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(load_fdg_diseases()))
def test_every_disease_renders_and_can_be_seen(skeleton, name):
    cases = (render(fdg(2, disease=name, spawn_key=(k,)))[1] for k in range(4))
    assert any(truth.label == load_fdg_diseases()[name]["label"] for truth in cases)
