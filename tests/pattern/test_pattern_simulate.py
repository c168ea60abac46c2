"""Cases from the phantom reach the table as they would reach a user's finding."""

from dataclasses import replace

import numpy as np
import pytest

from uptake_ml.pattern import simulate
from uptake_ml.pattern.drawn import DrawnCase, load_drawn, save_drawn
from uptake_ml.pattern.forms import take_picture, vary
from uptake_ml.pattern.held_out import ANY, TRAINED
from uptake_ml.pattern.simulate import PhantomSource, case_file
from uptake_ml.study import ANTERIOR, BONE_SCAN, COUNTS, GREY_LEVEL, POSTERIOR, Study, View, Volume


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


def test_what_is_learnt_from_comes_in_more_forms_than_what_judges(study):
    counts = {
        kind: sum(len(vary(study, np.random.default_rng(s), kind)) for s in range(40))
        for kind in (ANY, TRAINED)
    }
    assert 40 < counts[ANY] < counts[TRAINED]


def draw(study, volume=None):
    return DrawnCase(
        label="focal", labels={"one view": "normal"}, superimposed=("focal",),
        margins={"counts": 1.25, "one view": 2.0},
        groups={"camera": "a", "lesions": None, "BMI": 23.5},
        studies={"counts": replace(study, volume=volume)},
    )  # fmt: skip


def test_a_drawn_case_comes_back_as_it_was(study, tmp_path):
    rng = np.random.default_rng(2)
    volume = Volume(values=rng.gamma(1.0, 2.0, (5, 9, 7)).astype(np.float32), spacing_mm=(4, 3, 3))
    case = draw(study, volume)
    save_drawn(case, tmp_path / "0.json")
    again = load_drawn(tmp_path / "0.json")
    for name in ("label", "labels", "margins", "superimposed", "groups"):
        assert getattr(again, name) == getattr(case, name)
    (kept,) = again.studies.values()
    for name, view in study.views.items():
        assert np.array_equal(kept.views[name].pixels, view.pixels)
        assert vars(kept.views[name]) | {"pixels": 0} == vars(view) | {"pixels": 0}
    assert kept.volume.spacing_mm == (4, 3, 3)
    assert kept.volume.values == pytest.approx(volume.values, rel=1 / 2000)


def test_a_case_is_drawn_once_and_looks_the_same_whether_or_not_it_was_there(
    study, tmp_path, monkeypatch
):
    """In a volume half precision is lost before the first look too."""
    values = np.random.default_rng(3).gamma(1.0, 2.0, (5, 9, 7)).astype(np.float32)
    drawn = []

    def show(_, seed, k, *made):
        drawn.append(k)
        return draw(study, Volume(values=values, spacing_mm=(4, 3, 3)))

    monkeypatch.setattr(PhantomSource, "_draw", lambda *_: ())
    monkeypatch.setattr(PhantomSource, "_show", show)
    source = PhantomSource(modality=BONE_SCAN, stage=2, atlas_folder=tmp_path, drawn=tmp_path)
    first, again = (source._remember(1, 7).studies["counts"].volume for _ in range(2))
    assert drawn == [7] and np.array_equal(first.values, again.values)
    assert not np.array_equal(first.values, values)


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
