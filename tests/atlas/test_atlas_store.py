from __future__ import annotations

import shutil
import zipfile

import numpy as np
import pytest
from figures import study_of
from numpy.lib import format as npy

from uptake_ml.atlas import load_atlas, locate, save_atlas
from uptake_ml.atlas.store import FILE_NAME, MAX_BYTES
from uptake_ml.errors import ModelError


@pytest.fixture(scope="module")
def saved(figure_atlas, tmp_path_factory):
    folder = tmp_path_factory.mktemp("atlas")
    save_atlas(figure_atlas, folder)
    return folder


def _forge(saved, tmp_path, changes):
    """Write the saved atlas anew with some members replaced; None leaves a member out."""
    with (
        zipfile.ZipFile(saved / FILE_NAME) as source,
        zipfile.ZipFile(tmp_path / FILE_NAME, "w") as target,
    ):
        for name in source.namelist():
            if name not in changes:
                target.writestr(name, source.read(name))
        for name, array in changes.items():
            if isinstance(array, bytes):
                target.writestr(name, array)
            elif array is not None:
                with target.open(name, "w") as member:
                    npy.write_array(member, array, allow_pickle=True)
    return tmp_path


def test_a_stored_atlas_finds_the_same_places(figure_atlas, saved, unseen_figures):
    loaded = load_atlas(saved)
    for example in unseen_figures[:4]:
        before = locate(study_of(example), figure_atlas)[example.view.name]
        after = locate(study_of(example), loaded)[example.view.name]
        for a, b in zip(before.landmarks, after.landmarks, strict=True):
            # Stored in half precision: a tenth of a pixel is below 1 mm.
            assert abs(a.row - b.row) < 0.1 and abs(a.col - b.col) < 0.1
        assert (before.regions == after.regions).mean() > 0.99


def test_the_same_atlas_gives_the_same_bytes(figure_atlas, saved, tmp_path):
    save_atlas(figure_atlas, tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == (saved / FILE_NAME).read_bytes()


def test_no_array_is_an_object(saved):
    with np.load(saved / FILE_NAME, allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "fiu" for name in arrays.files)


FORGERIES = {
    "pickled object": ({"first.gamma.npy": np.array([{"a": 1}], dtype=object)}, "first.gamma"),
    "wrong shape": ({"shape.mean.npy": np.zeros((3, 2), "<f4")}, "shape.mean"),
    "wrong type": ({"first.gamma.npy": np.array(1.0, "<f8")}, "first.gamma"),
    "missing": ({"shape.modes.npy": None}, "shape.modes"),
    "unknown": ({"extra.npy": np.zeros(2)}, "extra"),
    "not finite": ({"first.gamma.npy": np.array(np.nan, "<f4")}, "not finite"),
    "other version": ({"version.npy": np.array(99, "<i4")}, "version"),
    "not an array": ({"version.npy": b"hello, this is no array"}, "readable|format"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_file_is_refused(saved, tmp_path, forgery):
    changes, message = FORGERIES[forgery]
    with pytest.raises(ModelError, match=message):
        load_atlas(_forge(saved, tmp_path, changes))


def test_regions_that_do_not_exist_are_refused(saved, tmp_path):
    name = "anterior.trunk.regions.npy"
    with zipfile.ZipFile(saved / FILE_NAME) as archive, archive.open(name) as member:
        regions = npy.read_array(member)
    with pytest.raises(ModelError, match="do not exist"):
        load_atlas(_forge(saved, tmp_path, {name: np.full_like(regions, 255)}))


def test_maps_of_different_shapes_are_refused(saved, tmp_path):
    changes = {"anterior.trunk.presence.npy": np.zeros((7, 9), np.uint8)}
    with pytest.raises(ModelError, match=r"anterior\.trunk"):
        load_atlas(_forge(saved, tmp_path, changes))


def test_a_file_that_unpacks_to_too_much_is_refused_unread(tmp_path):
    with zipfile.ZipFile(tmp_path / FILE_NAME, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("first.mean.npy", bytes(MAX_BYTES + 1))
    with pytest.raises(ModelError, match=str(MAX_BYTES)):
        load_atlas(tmp_path)


def test_a_truncated_or_absent_file_is_refused(saved, tmp_path):
    with pytest.raises(ModelError, match="found none"):
        load_atlas(tmp_path)
    shutil.copy(saved / FILE_NAME, tmp_path)
    content = (tmp_path / FILE_NAME).read_bytes()
    (tmp_path / FILE_NAME).write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelError, match="readable"):
        load_atlas(tmp_path)
