"""Every disease of the table draws, survives JSON and shows the pattern it is listed under."""

import dataclasses

import numpy as np
import pytest

from uptake_ml.errors import SimulationError
from uptake_ml.phantom import CaseSpec, draw, render
from uptake_ml.phantom.person import FEMALE, MALE
from uptake_ml.phantom.spec import LesionSpec
from uptake_ml.phantom.tables import disease_kind, load_diseases
from uptake_ml.phantom.truth import LesionTruth, Truth, visible_label, visible_superimposed
from uptake_ml.study import DIFFUSE, FOCAL, JOINT_SYMMETRIC, NORMAL

pytestmark = pytest.mark.simulate

_DRAWN = [n for n, entry in load_diseases().items() if entry["weight"] > 0]
_COARSE_MM = 5.0


@pytest.mark.parametrize("name", _DRAWN)
def test_disease_draws_what_its_row_asks_for(skeleton, name):
    entry = load_diseases()[name]
    for seed in range(3):
        spec = draw(seed, disease=name)
        assert CaseSpec.from_json(spec.to_json()) == spec
        assert spec.label == entry["label"]
        assert spec.diseases[0] == name
        low, high = entry.get("age", (18, 92))
        assert low <= spec.person.age_years <= high
        assert spec.person.sex == entry.get("sex", spec.person.sex)
        own = [n for n in spec.lesions if n.disease == name]
        assert bool(own) == (disease_kind(entry) == "sites")
        for lesion in own:
            assert entry["uptake"]["range"][0] <= lesion.uptake <= entry["uptake"]["range"][1]


@pytest.mark.slow
@pytest.mark.parametrize("name", _DRAWN)
def test_disease_shows_its_pattern_most_of_the_time(skeleton, name):
    shown = []
    for seed in range(4):
        spec = draw(seed, disease=name)
        camera = dataclasses.replace(spec.camera, total_counts=max(spec.camera.total_counts, 1.2e6))
        _, truth = render(dataclasses.replace(spec, voxel_mm=_COARSE_MM, camera=camera))
        shown.append(truth.label == truth.drawn_label)
    assert np.mean(shown) >= 0.5


def test_sexes_have_their_cancers(skeleton):
    assert {draw(s, disease="metastases-prostate").person.sex for s in range(6)} == {MALE}
    assert {draw(s, disease="metastases-breast").person.sex for s in range(6)} == {FEMALE}


def test_cellulitis_is_soft_tissue_of_one_limb_and_leaves_bone_alone(skeleton):
    spec = draw(3, disease="cellulitis")
    (swelling,) = spec.swellings
    assert swelling.start[1] == swelling.end[1]
    assert not spec.lesions
    _, truth = render(dataclasses.replace(spec, voxel_mm=_COARSE_MM))
    (lesion,) = [n for n in truth.lesions if n.disease == "cellulitis"]
    assert lesion.region in ("leg-soft-tissue", "arm-soft-tissue")
    foot = truth.views["anterior"].landmarks[swelling.start]
    assert foot is None or abs(lesion.place["anterior"][1] - foot[1]) * spec.camera.pixel_mm < 150


@pytest.mark.parametrize(("bone", "factor"), [("L3", 0.3), ("femur_r", 3.0)])
def test_a_band_crosses_its_vertebra_and_a_stretched_lesion_follows_its_bone(
    skeleton, bone, factor
):
    """Against a ball of the same radius, the band is low and the stretched lesion long."""
    spec = draw(0, label="normal")
    camera = dataclasses.replace(spec.camera, rows=1024, columns=256, pixel_mm=2.4, last_row=1024)
    middle = tuple(float(v) for v in skeleton.bone(bone).extent_mm.mean(axis=0))
    heights = {}
    for along in (1.0, factor):
        lesion = LesionSpec(
            disease="osteoporosis", bone=bone, at_mm=middle, radius_mm=24.0, uptake=6.0,
            along_factor=along,
        )  # fmt: skip
        case = dataclasses.replace(spec, lesions=(lesion,), camera=camera, voxel_mm=4.0)
        _, truth = render(case)
        heights[along] = np.ptp(np.nonzero(truth.views["posterior"].lesion_map)[0])
    ratio = heights[factor] / heights[1.0]
    assert ratio < 0.75 if factor < 1 else ratio > 1.5


def _lesion(disease, region, side, contrast=2.0, conspicuity=20.0) -> LesionTruth:
    return LesionTruth(
        number=1, disease=disease, region=region, side=side, is_joint=region in ("knee", "hand"),
        radius_mm=10.0, uptake=3.0, place={}, contrast={"anterior": contrast},
        conspicuity={"anterior": conspicuity},
    )  # fmt: skip


def test_label_is_what_can_be_seen():
    left, right = (_lesion("psoriatic-arthritis", "knee", s) for s in ("left", "right"))
    tumour = _lesion("metastases", "ribs", "left")
    faint = _lesion("metastases", "ribs", "left", contrast=0.1)
    for drawn in (FOCAL, JOINT_SYMMETRIC):
        assert visible_label(drawn, [left, right]) == JOINT_SYMMETRIC
        assert visible_label(drawn, [left]) == FOCAL  # a hot joint of one side
        assert visible_label(drawn, [tumour]) == FOCAL
        assert visible_label(drawn, [faint]) == NORMAL
        assert visible_label(drawn, []) == NORMAL
        assert visible_label(drawn, [left, right, tumour]) == JOINT_SYMMETRIC
        assert visible_label(drawn, [left, right, tumour, faint]) == JOINT_SYMMETRIC
        assert visible_label(drawn, [left, right, tumour, tumour]) == FOCAL
    assert visible_label(DIFFUSE, []) == DIFFUSE


def _truth(drawn, *lesions) -> Truth:
    return Truth(
        label=visible_label(drawn, lesions), drawn_label=drawn, diseases=(), burden=0.0,
        lesions=lesions, views={},
    )  # fmt: skip


def test_the_margin_of_a_label_says_how_far_the_limits_of_what_is_visible_may_move():
    """Contrast 0.8 is the limit: at 0.9 a stricter reader, at 0.7 a laxer one would differ."""
    for contrast, label, margin in (
        (0.9, FOCAL, 1.0), (1.1, FOCAL, 1.25), (1.3, FOCAL, 1.5), (1.7, FOCAL, 2.0),
        (0.7, NORMAL, 1.0), (0.6, NORMAL, 1.25), (0.3, NORMAL, 2.0),
    ):  # fmt: skip
        truth = _truth(FOCAL, _lesion("metastases", "hand", "left", contrast=contrast))
        assert (truth.label, truth.margin) == (label, margin)
    few_counts = _lesion("metastases", "hand", "left", contrast=5.0, conspicuity=9.0)
    assert _truth(FOCAL, few_counts).margin == 1.0
    clear = _lesion("metastases", "ribs", "left", contrast=5.0)
    assert _truth(FOCAL, few_counts, clear).margin == 2.0
    worn = [_lesion("gout", "knee", side, contrast=0.9) for side in ("left", "right")]
    assert _truth(JOINT_SYMMETRIC, *worn).margin == 1.0
    assert _truth(NORMAL).margin == _truth(DIFFUSE, few_counts).margin == 2.0


def test_focal_is_superimposed_on_other_patterns_only_where_it_is_seen():
    joint, tumour = _lesion("osteoarthritis", "knee", "left"), _lesion("metastases", "ribs", None)
    faint = _lesion("metastases", "ribs", None, conspicuity=1.0)
    for label in (DIFFUSE, JOINT_SYMMETRIC):
        assert visible_superimposed(label, [joint, tumour]) == (FOCAL,)
        assert visible_superimposed(label, [joint, faint]) == ()
    assert visible_superimposed(FOCAL, [tumour]) == ()


def test_table_refuses_an_unknown_companion(tmp_path, monkeypatch):
    from uptake_ml.phantom import tables

    text = tables.data_path("diseases.toml").read_text(encoding="utf-8")
    bad = text.replace("companions = { acute-fracture", "companions = { gout", 1)
    (tmp_path / "diseases.toml").write_text(bad, encoding="utf-8")
    monkeypatch.setattr(tables, "data_path", lambda *parts: tmp_path.joinpath(*parts))
    load_diseases.cache_clear()
    try:
        with pytest.raises(SimulationError, match="unknown \\['gout'\\]"):
            load_diseases()
    finally:
        load_diseases.cache_clear()
