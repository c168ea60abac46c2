"""Which body a case shows, and what the bodies that tell less than the meshes do tell."""

from types import SimpleNamespace

import numpy as np
import pytest

from uptake_ml.pattern import fit
from uptake_ml.pattern.cases import ATLAS_STAGE, EVALUATION_STAGE, LESION_STAGE, TRAINING_STAGE
from uptake_ml.pattern.held_out import ANY, HELD_OUT, MESHES, POINTWISE, STYLIZED, TRAINED
from uptake_ml.pattern.simulate import PhantomSource, draw_other_body
from uptake_ml.study import BONE_SCAN, FDG_PET, FOCAL, JOINT_SYMMETRIC, LABELS


def bodies(folder, **source):
    source = PhantomSource(atlas_folder=folder, **source)
    return [source.body(k) for k in range(64)]


@pytest.mark.parametrize("stage", [LESION_STAGE, TRAINING_STAGE])
def test_half_of_what_labels_are_learnt_from_shows_another_body(tmp_path, stage):
    """Each of the two as often, and of every label as many."""
    shown = np.array(bodies(tmp_path, modality=BONE_SCAN, stage=stage, kind=TRAINED))
    for body in (STYLIZED, POINTWISE):
        per_label = np.bincount(np.flatnonzero(shown == body) % 4, minlength=4)
        assert (per_label == 4).all()


@pytest.mark.parametrize(
    ("modality", "stage", "kind"),
    [
        (BONE_SCAN, ATLAS_STAGE, TRAINED),
        (BONE_SCAN, EVALUATION_STAGE, HELD_OUT),
        (BONE_SCAN, EVALUATION_STAGE, ANY),
        (FDG_PET, TRAINING_STAGE, TRAINED),
    ],
)
def test_an_atlas_and_what_judges_a_model_see_meshes_alone(tmp_path, modality, stage, kind):
    """An atlas needs landmarks and regions, which the other bodies do not tell."""
    assert set(bodies(tmp_path, modality=modality, stage=stage, kind=kind)) == {MESHES}


def test_the_temperature_is_set_on_a_body_that_was_left_out():
    """All rows of one body leave together; PETs, of one body, leave by fifths."""
    table = SimpleNamespace(case=np.repeat(np.arange(80), 2), labels=LABELS[BONE_SCAN])
    folds = fit._folds(table, BONE_SCAN)
    assert set(folds) == {MESHES, STYLIZED, POINTWISE}
    assert (folds[::2] == folds[1::2]).all() and (folds == MESHES).sum() == 80
    assert np.bincount(fit._folds(table, FDG_PET)).tolist() == [32] * 5


@pytest.mark.parametrize("body", [STYLIZED, POINTWISE])
@pytest.mark.parametrize("k", range(4))
def test_another_body_shows_its_label_where_its_truth_says(body, k):
    study, truth, groups = draw_other_body(body, 11, k)
    again, _, _ = draw_other_body(body, 11, k)
    label = LABELS[BONE_SCAN][k]
    assert truth.drawn_label == label and groups["camera"] == body
    assert bool(truth.lesions) == (label in (FOCAL, JOINT_SYMMETRIC))
    for name, view in study.views.items():
        numbers = truth.views[name].lesion_map
        assert np.array_equal(view.pixels, again.views[name].pixels)
        assert numbers.shape == view.pixels.shape
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
