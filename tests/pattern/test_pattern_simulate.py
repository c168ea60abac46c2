"""Cases from the phantom reach the table as they would reach a user's finding."""

import numpy as np
import pytest

from uptake_ml.pattern import simulate
from uptake_ml.pattern.simulate import PhantomSource, case_file, take_picture
from uptake_ml.study import ANTERIOR, BONE_SCAN, COUNTS, GREY_LEVEL, POSTERIOR, Study, View


@pytest.fixture
def study():
    counts = np.random.default_rng(0).poisson(20.0, (200, 64)).astype(np.float32)
    counts[:40] = 0
    views = {
        name: View(name=name, pixels=counts, spacing_mm=(2.4, 2.4), unit=COUNTS)
        for name in (ANTERIOR, POSTERIOR)
    }
    return Study(id="0", modality=BONE_SCAN, views=views)


def test_a_picture_has_grey_levels_and_a_guessed_pixel_size(study):
    for seed in range(6):
        picture = take_picture(study, np.random.default_rng(seed))
        for view in picture.views.values():
            assert view.unit == GREY_LEVEL and view.is_spacing_estimated
            assert view.pixels.min() >= 0 and view.pixels.max() <= 255
            assert (view.pixels == np.round(view.pixels)).all()
            extent_mm = np.multiply(view.pixels.shape, view.spacing_mm)
            assert extent_mm == pytest.approx(np.array([200, 64]) * 2.4, rel=0.2)
            assert (view.pixels[-view.pixels.shape[0] // 2 :] > 0).mean() > 0.9


def test_the_same_generator_gives_the_same_picture_and_another_another(study):
    first, again, other = (take_picture(study, np.random.default_rng(s)) for s in (1, 1, 2))
    pixels = [p.views[ANTERIOR].pixels for p in (first, again, other)]
    assert np.array_equal(pixels[0], pixels[1])
    assert pixels[0].shape != pixels[2].shape or not np.array_equal(pixels[0], pixels[2])


def test_the_file_of_cases_changes_with_everything_a_case_depends_on(tmp_path, monkeypatch):
    monkeypatch.setenv("UPTAKE_ML_CACHE", str(tmp_path))
    atlas = tmp_path / "atlas.npz"
    atlas.write_bytes(b"one")
    source = PhantomSource(modality=BONE_SCAN, stage=2, atlas_folder=tmp_path)
    names = [case_file(source, 1), case_file(source, 2)]
    names.append(case_file(PhantomSource(modality=BONE_SCAN, stage=3, atlas_folder=tmp_path), 1))
    atlas.write_bytes(b"two")
    names.append(case_file(source, 1))
    code = tmp_path / "feature.py"
    code.write_text("")
    monkeypatch.setattr(simulate, "_origin_files", lambda: [code])
    names.append(case_file(source, 1))
    code.write_text("changed = True")
    names.append(case_file(source, 1))
    assert len(set(names)) == len(names)
    assert case_file(source, 1) == names[-1] and names[-1].parent == tmp_path


def test_undefined_values_are_null_and_others_keep_six_digits():
    assert simulate._shorten(float("nan")) is None and simulate._shorten(float("inf")) is None
    assert simulate._shorten(1.23456789) == 1.23457 and simulate._shorten(0.0) == 0.0


@pytest.mark.simulate
@pytest.mark.slow
def test_a_phantom_case_has_the_features_of_its_modality_for_every_variant(tmp_path):
    from uptake_ml.features import FEATURES
    from uptake_ml.pattern.store import ATLAS_FILE
    from uptake_ml.resources import models_path

    folder = models_path(BONE_SCAN)
    if not (folder / ATLAS_FILE).is_file():
        pytest.skip("needs models/bone-scan/atlas.npz, found none: run 'uptake-ml train'")
    source = PhantomSource(modality=BONE_SCAN, stage=2, atlas_folder=folder)
    case = source(1, 4)
    assert case == source(1, 4)
    expected = {id for id, f in FEATURES.items() if BONE_SCAN in f.modalities}
    assert all(set(features) == expected for features in case.variants.values())
    assert case.label == "normal" and case.groups["drawn as"] == "normal"
