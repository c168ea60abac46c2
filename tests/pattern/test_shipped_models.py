"""The models that travel with the package fit the code that travels with them."""

import numpy as np
import pytest

from uptake_ml.features import FEATURES
from uptake_ml.features.descriptors import descriptors_of
from uptake_ml.features.judge import load_judge
from uptake_ml.pattern.store import MODEL_FILE, load_model, read_provenance
from uptake_ml.pipeline import analyse, available_modalities, load_models
from uptake_ml.readers import open_study
from uptake_ml.resources import data_path, models_path
from uptake_ml.study import ANTERIOR, BONE_SCAN, FDG_PET, LABELS


@pytest.fixture(params=available_modalities())
def folder(request):
    return models_path(request.param)


def test_bone_scans_have_a_model():
    assert BONE_SCAN in available_modalities()


def test_it_loads_and_knows_its_modality(folder):
    model = load_model(folder)
    assert model.modality == folder.name and model.labels == LABELS[folder.name]


def test_every_feature_it_needs_is_measured(folder):
    measured = {id for id, f in FEATURES.items() if folder.name in f.modalities}
    assert set(load_model(folder).feature_ids) <= measured


def test_it_is_small_and_was_trained_on_enough_cases(folder):
    assert (folder / MODEL_FILE).stat().st_size < 5 * 2**20
    assert read_provenance(folder)["n_cases"] >= 1000


def test_the_card_agrees_with_the_record(folder):
    record = read_provenance(folder)
    card = (folder / "card.md").read_text(encoding="utf-8")
    assert f"**{record['n_cases']} simulated cases**" in card
    assert f"| balanced accuracy | {record['evaluation']['balanced_accuracy']:.3f} |" in card


def test_it_is_better_than_guessing_by_far(folder):
    assert read_provenance(folder)["evaluation"]["balanced_accuracy"] > 0.6


def test_every_judge_fits_the_descriptors_of_its_modality(folder):
    judge = load_judge(folder)
    assert judge is not None and judge.descriptors == descriptors_of(folder.name)


def test_a_bone_scan_saved_as_a_picture_is_no_fdg_pet(tmp_path):
    from PIL import Image

    study = open_study(data_path() / "samples" / "case-0001.dcm")
    pixels = study.views[ANTERIOR].pixels
    grey = np.clip(255 * pixels / np.percentile(pixels, 99.5), 0, 255).astype(np.uint8)
    path = tmp_path / "scan.png"
    Image.fromarray(grey).save(path)
    findings = {
        modality: analyse(open_study(path, modality=modality), models=load_models(modality)).finding
        for modality in (BONE_SCAN, FDG_PET)
    }
    assert findings[BONE_SCAN]["decision"] in ("labelled", "indeterminate")
    assert findings[FDG_PET]["decision"] == "rejected"
    assert "--modality bone-scan" in findings[FDG_PET]["reason"]
