"""The models that travel with the package fit the code that travels with them."""

import pytest

from uptake_ml.features import FEATURES
from uptake_ml.pattern.store import MODEL_FILE, load_model, read_provenance
from uptake_ml.pipeline import available_modalities
from uptake_ml.resources import models_path
from uptake_ml.study import BONE_SCAN, LABELS


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
