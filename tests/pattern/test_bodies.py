"""Which body a case shows, and what the bodies that tell less than the meshes do tell."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from uptake_ml.atlas import Example
from uptake_ml.pattern import fit
from uptake_ml.pattern.cases import ATLAS_STAGE, EVALUATION_STAGE, TRAINING_STAGE
from uptake_ml.pattern.held_out import (
    ANY,
    FRAMED,
    HELD_OUT,
    INKED,
    MESHES,
    POINTWISE,
    SCULPTED,
    SOLID_PET,
    STYLIZED,
    SWEPT,
    SWEPT_PET,
    TRAINED,
    training_body,
)
from uptake_ml.pattern.learn import _EXAMPLES
from uptake_ml.pattern.lesions import JUDGE_FOLDS, fold_of
from uptake_ml.pattern.simulate import PhantomSource, draw_other_body
from uptake_ml.regions import LANDMARKS, LEFT
from uptake_ml.study import (
    ANTERIOR,
    BONE_SCAN,
    COUNTS,
    FDG_PET,
    FOCAL,
    JOINT_SYMMETRIC,
    LABELS,
    POSTERIOR,
    View,
)

# Rounds of labels until both the bodies and the parts of a fit begin anew.
_ROUNDS = 120


def first_cases(modality):
    """The cases of these rounds."""
    return np.arange(_ROUNDS * len(LABELS[modality]))


def bodies(folder, *, modality, **source):
    source = PhantomSource(atlas_folder=folder, modality=modality, **source)
    return np.array([source.body(int(k)) for k in first_cases(modality)])


def shares(shown, modality):
    """Share of each body among the cases of each label, rows of labels."""
    labels = len(LABELS[modality])
    return {
        str(body): [np.mean(shown[label::labels] == body) for label in range(labels)]
        for body in np.unique(shown)
    }


@pytest.mark.parametrize(
    ("modality", "others", "of_meshes"),
    [(BONE_SCAN, {STYLIZED, INKED, POINTWISE, SWEPT, FRAMED, SCULPTED}, 1 / 4),
     (FDG_PET, {SOLID_PET, SWEPT_PET}, 1 / 2)],
)  # fmt: skip
def test_lesions_and_labels_are_learnt_from_every_body(tmp_path, modality, others, of_meshes):
    """The others than meshes as often as each other, and of every label as many."""
    found = shares(
        bodies(tmp_path, modality=modality, stage=TRAINING_STAGE, kind=TRAINED), modality
    )
    assert set(found) == {MESHES} | others
    for body, of_label in found.items():
        share = of_meshes if body == MESHES else (1 - of_meshes) / len(others)
        assert of_label == pytest.approx([share] * len(of_label))


def test_an_atlas_sees_meshes_more_often(tmp_path):
    """They alone tell regions."""
    bone, pet = (
        shares(bodies(tmp_path, modality=m, stage=ATLAS_STAGE, kind=TRAINED), m)
        for m in (BONE_SCAN, FDG_PET)
    )
    assert set(bone) == {MESHES, STYLIZED, INKED, POINTWISE, SCULPTED}
    assert set(pet) == {MESHES, SOLID_PET, SWEPT_PET}
    for found in (bone, pet):
        for body, of_label in found.items():
            share = 1 / 2 if body == MESHES else 1 / 2 / (len(found) - 1)
            assert of_label == pytest.approx([share] * len(of_label))


@pytest.mark.parametrize("modality", [BONE_SCAN, FDG_PET])
def test_every_body_is_in_every_fold_of_the_judges(modality):
    cases, labels = first_cases(modality), len(LABELS[modality])
    body = np.array([training_body(modality, int(k)) for k in cases])
    fold = np.array([fold_of(modality, int(k)) for k in cases])
    for name in np.unique(body):
        for label in range(labels):
            own = fold[(body == name) & (cases % labels == label)]
            assert np.bincount(own) / len(own) == pytest.approx([1 / JUDGE_FOLDS] * JUDGE_FOLDS)


@pytest.mark.parametrize("modality", [BONE_SCAN, FDG_PET])
@pytest.mark.parametrize("kind", [HELD_OUT, ANY])
def test_what_judges_a_model_shows_meshes_alone(tmp_path, modality, kind):
    shown = bodies(tmp_path, modality=modality, stage=EVALUATION_STAGE, kind=kind)
    assert set(shown) == {MESHES}


@pytest.mark.parametrize("modality", [BONE_SCAN, FDG_PET])
def test_every_body_has_its_share_of_every_part_of_typicality(modality):
    """Parts come in rounds of labels, and so do bodies: no cycle may keep a body out of a part."""
    cases, labels = first_cases(modality), len(LABELS[modality])
    part = fit.part_of(SimpleNamespace(case=cases, labels=LABELS[modality]))
    body = np.array([training_body(modality, int(k)) for k in cases])
    for name in np.unique(body):
        for label in range(labels):
            own = (body == name) & (cases % labels == label)
            assert np.mean(part[own] == fit.RANKED) == pytest.approx(0.2)
            assert np.mean(part[own] == fit.USUAL) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("modality", "rows"),
    [(BONE_SCAN, {MESHES: 64, STYLIZED: 32, INKED: 32, POINTWISE: 32, SWEPT: 32, FRAMED: 32,
                  SCULPTED: 32}),
     (FDG_PET, {MESHES: 128, SOLID_PET: 64, SWEPT_PET: 64})],
)  # fmt: skip
def test_the_temperature_is_set_on_a_body_that_was_left_out(modality, rows):
    """All rows of one body leave together."""
    table = SimpleNamespace(case=np.repeat(np.arange(128), 2), labels=LABELS[modality])
    folds = fit._folds(table, modality)
    assert {name: (folds == name).sum() for name in set(folds)} == rows
    assert (folds[::2] == folds[1::2]).all()


def test_where_bodies_are_too_few_a_fifth_of_the_cases_is_left_out():
    """As in a first try of so few cases that the third body has not had its turn."""
    rounds_of_two_bodies = np.array([0, 1, 2, 4, 5, 6, 8, 9, 10, 12])
    labels = LABELS[FDG_PET]
    cases = (rounds_of_two_bodies[:, None] * len(labels) + np.arange(len(labels))).ravel()
    table = SimpleNamespace(case=np.repeat(cases, 2), labels=labels)
    folds = fit._folds(table, FDG_PET)
    assert np.bincount(folds).tolist() == [24, 16, 16, 8, 16]
    assert (folds[::2] == folds[1::2]).all()


def example(regions):
    pixels = np.random.default_rng(2).poisson(3.0, (20, 9)).astype(np.float32)
    view = View(name=ANTERIOR, pixels=pixels, spacing_mm=(4.0, 4.5), unit=COUNTS)
    landmarks = {("knee", LEFT): (12.5, 3.0), ("C7", None): None}
    return Example(view=view, landmarks=landmarks, regions=regions, is_normal=True)


def test_examples_without_regions_come_back_without_regions():
    """From a line of JSON, beside those that tell theirs."""
    regions = np.random.default_rng(3).integers(0, 40, (20, 9)).astype(np.uint8)
    kept = [example(None), example(regions)]
    untold, told = _EXAMPLES.decode(json.loads(json.dumps(_EXAMPLES.encode(kept))))
    assert untold.regions is None
    assert np.array_equal(told.regions, regions) and told.regions.dtype == np.uint8
    for before, after in zip(kept, (untold, told), strict=True):
        assert np.array_equal(after.view.pixels, before.view.pixels)
        assert after.landmarks == before.landmarks and after.is_normal


def test_an_atlas_is_told_the_landmarks_of_other_bodies_and_no_regions(tmp_path):
    source = PhantomSource(
        modality=BONE_SCAN, stage=ATLAS_STAGE, atlas_folder=tmp_path, kind=TRAINED
    )
    assert source.body(4) == STYLIZED
    made = source.examples(11, 4)
    assert {e.view.name for e in made} == {ANTERIOR, POSTERIOR}
    for one in made:
        assert one.regions is None and one.is_normal
        assert set(one.landmarks) == set(LANDMARKS) and sum(map(bool, one.landmarks.values())) > 18


@pytest.mark.parametrize("body", [STYLIZED, INKED, POINTWISE, SWEPT, FRAMED, SCULPTED])
@pytest.mark.parametrize("k", range(4))
def test_another_body_shows_its_label_where_its_truth_says(body, k):
    study, truth, groups = draw_other_body(body, BONE_SCAN, 11, k)
    label = LABELS[BONE_SCAN][k]
    assert truth.drawn_label == label and groups["camera"] == body
    assert bool(truth.lesions) == (label in (FOCAL, JOINT_SYMMETRIC))
    for name, view in study.views.items():
        numbers = truth.views[name].lesion_map
        assert numbers.shape == view.pixels.shape
        landmarks = truth.views[name].landmarks
        assert set(landmarks) == set(LANDMARKS) and sum(map(bool, landmarks.values())) > 18
        visible = [
            n for n in truth.lesions if n.is_visible_in(name) and (numbers == n.number).any()
        ]
        for lesion in visible:
            mask = numbers == lesion.number
            assert view.pixels[mask].mean() > 1.2 * beside(view, numbers, mask).mean()


def beside(view, numbers, mask):
    """Counts of the body within 6 cm of a mask that belong to no lesion."""
    rows, cols = np.nonzero(mask)
    reach = round(60 / view.spacing_mm[0])
    box = tuple(slice(max(at.min() - reach, 0), at.max() + reach) for at in (rows, cols))
    return view.pixels[box][(numbers[box] == 0) & (view.pixels[box] > 0)]
