"""The judge of raised places: what scikit-learn says, from arrays that cannot point astray."""

from dataclasses import replace

import numpy as np
import pytest

from uptake_ml.errors import ModelError
from uptake_ml.features import find_hot_spots, find_suspects, keep_clear, measure
from uptake_ml.features.descriptors import DESCRIPTORS, descriptors_of
from uptake_ml.features.hotspots import describe_suspects
from uptake_ml.features.judge import JUDGE_FILE, load_judge, save_judge
from uptake_ml.pattern.lesions import LesionRows, learn_judge
from uptake_ml.study import ANTERIOR, BONE_SCAN, POSTERIOR

LEFT_WRIST = {"x_mm": 253, "y_mm": 850}
LEFT_KNEE, RIGHT_KNEE = {"x_mm": 87, "y_mm": 1320}, {"x_mm": -87, "y_mm": 1320}


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    descriptors = rng.normal(size=(600, len(descriptors_of(BONE_SCAN)))).astype(np.float32)
    is_lesion = descriptors[:, :3].sum(axis=1) > 0
    return LesionRows(modality=BONE_SCAN, descriptors=descriptors, is_lesion=is_lesion)


@pytest.fixture(scope="module")
def judge(rows):
    return learn_judge([rows], seed=3)


def test_what_is_told_apart_is_told_apart_on_new_places(judge):
    fresh = (
        np.random.default_rng(1)
        .normal(size=(400, len(descriptors_of(BONE_SCAN))))
        .astype(np.float32)
    )
    is_lesion = fresh[:, :3].sum(axis=1) > 0
    assert ((judge.probability(fresh) > 0.5) == is_lesion).mean() > 0.8


def test_a_judge_comes_back_from_its_file(judge, rows, tmp_path):
    assert load_judge(tmp_path) is None
    save_judge(judge, tmp_path)
    again = load_judge(tmp_path)
    assert np.array_equal(again.probability(rows.descriptors), judge.probability(rows.descriptors))


def test_a_forged_tree_is_refused(judge, tmp_path):
    save_judge(judge, tmp_path)
    with np.load(tmp_path / JUDGE_FILE) as stored:
        arrays = dict(stored)
    arrays["left"][0, 0] = 30_000
    np.savez(tmp_path / JUDGE_FILE, **arrays)
    with pytest.raises(ModelError, match="points outside itself"):
        load_judge(tmp_path)
    np.savez(tmp_path / JUDGE_FILE, **{**arrays, "left": np.int16(3)})
    with pytest.raises(ModelError, match="cannot be read"):
        load_judge(tmp_path)


def test_a_judge_of_other_descriptors_or_a_pickle_is_refused(judge, tmp_path):
    save_judge(judge, tmp_path)
    with np.load(tmp_path / JUDGE_FILE) as stored:
        arrays = dict(stored)
    np.savez(tmp_path / JUDGE_FILE, **{**arrays, "descriptors": np.array(["weight"])})
    with pytest.raises(ModelError, match="other descriptors"):
        load_judge(tmp_path)
    hostile = np.array([{"run": "me"}], dtype=object)
    np.savez(tmp_path / JUDGE_FILE, **{**arrays, "feature": hostile})
    with pytest.raises(ModelError, match="cannot be read"):
        load_judge(tmp_path)


def test_too_few_places_are_refused(rows):
    none = replace(rows, is_lesion=np.zeros(len(rows.is_lesion), bool))
    for few in ([], [none]):
        with pytest.raises(ModelError, match="raise --n"):
            learn_judge(few, seed=1)


def test_suspects_hold_the_hot_spots_and_their_pairs(crude_body, spot):
    spots = (
        spot(**LEFT_KNEE, factor=3),
        spot(**RIGHT_KNEE, factor=3),
        spot(**LEFT_WRIST, factor=4),
    )
    study, layouts = crude_body(is_noisy=True, counts_per_unit=60, spots=spots).draw()
    suspects = find_suspects(study, layouts)
    clear = keep_clear(suspects)
    places = [(s.view, s.row, s.col) for s in clear]
    assert places == [(s.view, s.row, s.col) for s in find_hot_spots(study, layouts)]
    assert len(suspects) >= len(clear) == 6
    assert {s.region for s in clear} == {"knee", "wrist"}
    for kept in clear:
        if kept.partner is not None:
            assert clear[clear[kept.partner].partner] is kept
        twin = clear[kept.same_site]
        assert twin.region == kept.region and twin.view != kept.view
    features = measure(study, layouts, clear, suspects)
    assert features["hotspot.expected_count"] == features["hotspot.count"] == 3
    assert features["symmetry.expected_joint_pairs"] == 1
    assert features["symmetry.unpaired_joint_probability"] == 1


def test_descriptors_follow_the_place(crude_body, spot):
    study, layouts = crude_body(spots=(spot(**LEFT_KNEE, factor=3),)).draw()
    spots, descriptors = describe_suspects(study, layouts)
    column = {name: i for i, name in enumerate(DESCRIPTORS)}
    assert np.isfinite(descriptors).all() and len(spots) == len(descriptors)
    knee = next(i for i, s in enumerate(spots) if (s.region, s.view) == ("knee", ANTERIOR))
    row = descriptors[knee]
    assert row[column["in knee"]] == 1 and row[column["in wrist"]] == 0
    assert row[column["is anterior"]] == 1
    assert row[column["log contrast"]] == pytest.approx(np.log(spots[knee].contrast), abs=1e-5)
    assert row[column["log rise in other view"]] > 0.7 > 0.3 > row[column["mirrored log rise"]]
    assert 0.65 < row[column["height along body"]] < 0.85
    one_view = replace(study, views={POSTERIOR: study.views[POSTERIOR]})
    _, alone = describe_suspects(one_view, {POSTERIOR: layouts[POSTERIOR]})
    assert not alone[:, column["has other view"]].any()


def test_descriptors_tell_how_sure_the_landmarks_are(crude_body, spot):
    """Those of the landmark nearest to the place, and of the whole view; not of the other view."""
    study, layouts = crude_body(spots=(spot(**LEFT_KNEE, factor=3),)).draw()
    marks = layouts[ANTERIOR].landmarks
    for mark in marks:
        mark.confidence = 0.3 if (mark.name, mark.side) == ("knee", "left") else 0.9
    spots, descriptors = describe_suspects(study, layouts)
    column = {name: i for i, name in enumerate(descriptors_of(BONE_SCAN))}
    row = {s.view: d for s, d in zip(spots, descriptors, strict=True) if s.region == "knee"}
    assert row[ANTERIOR][column["confidence of nearest landmark"]] == pytest.approx(0.3)
    mean = np.mean([m.confidence for m in marks])
    assert row[ANTERIOR][column["confidence of landmarks"]] == pytest.approx(mean)
    assert row[POSTERIOR][column["confidence of nearest landmark"]] == 1


def test_descriptors_tell_from_which_side_a_place_is_hotter(crude_body, spot):
    """By how much, whatever the counts of either view; nothing where there is no other view."""
    drawn = {}
    for factor in (6, 3):
        study, layouts = crude_body(spots=(spot(**LEFT_KNEE, factor=factor),)).draw()
        drawn[factor] = study.views, layouts
    behind = drawn[3][0][POSTERIOR]
    behind = replace(behind, pixels=2 * behind.pixels)
    mixed = {ANTERIOR: drawn[6][0][ANTERIOR], POSTERIOR: behind}
    layouts = {ANTERIOR: drawn[6][1][ANTERIOR], POSTERIOR: drawn[3][1][POSTERIOR]}
    layouts[POSTERIOR].expected = 2 * layouts[POSTERIOR].expected

    def depths(views):
        of_views = {name: layouts[name] for name in views}
        spots, rows = describe_suspects(replace(study, views=views), of_views)
        column = descriptors_of(BONE_SCAN).index("log uptake over other view")
        return {
            s.view: row[column] for s, row in zip(spots, rows, strict=True) if s.region == "knee"
        }

    found = depths(mixed)
    assert found[ANTERIOR] == pytest.approx(np.log(2), abs=0.1)
    assert found[POSTERIOR] == pytest.approx(-np.log(2), abs=0.1)
    assert depths({POSTERIOR: behind})[POSTERIOR] == 0
