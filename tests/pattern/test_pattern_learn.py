"""Stages that learn atlas and lesions go on where they were killed, and end with the same."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from uptake_ml.atlas import Example
from uptake_ml.errors import ModelError
from uptake_ml.pattern import learn
from uptake_ml.pattern.lesions import LesionRows, fold_of
from uptake_ml.pattern.packed import pack, unpack
from uptake_ml.pattern.simulate import PhantomSource
from uptake_ml.study import BONE_SCAN, COUNTS, FDG_PET, View

N = 43


def make_examples(seed, k):
    rng = np.random.default_rng((seed, k))
    return [
        Example(
            view=View(
                name=name,
                pixels=rng.gamma(0.5, 3.0, (12, 7)).astype(np.float32),
                spacing_mm=(float(rng.uniform(2, 3)), 2.2),
                unit=COUNTS,
            ),
            landmarks={
                ("vertex", None): None,
                ("hip", "left"): tuple(rng.uniform(0, 9, 2).tolist()),
            },
            regions=rng.integers(0, 40, (12, 7)).astype(np.uint8),
            is_normal=bool(k % 2),
        )
        for name in ("anterior", "posterior")
    ]


def make_rows(seed, k):
    rng = np.random.default_rng((seed, k))
    descriptors = rng.normal(size=(k % 4, 5))
    descriptors[descriptors > 1] = np.nan
    is_lesion = descriptors[:, 0] > 0
    return [LesionRows(modality=BONE_SCAN, descriptors=descriptors, is_lesion=is_lesion)] * (k % 3)


def words_of(examples):
    """Everything an example holds, exactly."""
    return [
        (vars(e.view) | {"pixels": e.view.pixels.tobytes()}, e.landmarks, e.regions.tobytes(),
         e.regions.dtype, e.is_normal)
        for e in examples
    ]  # fmt: skip


def words_of_rows(rows):
    return [(r.descriptors.tobytes(), r.is_lesion.tobytes()) for r in rows]


class Phantom:
    """Takes the phantom's place, counts what it makes, and is killed before case ``stop``."""

    def __init__(self, monkeypatch, cache):
        self.made, self.stop, self.fails_to_save = [], None, False
        monkeypatch.setenv("UPTAKE_ML_CACHE", str(cache))
        monkeypatch.setattr(PhantomSource, "examples", self.maker(make_examples))
        monkeypatch.setattr(PhantomSource, "lesion_rows", self.maker(make_rows))
        monkeypatch.setattr(learn, "train_atlas", lambda examples, seed: words_of(examples))
        monkeypatch.setattr(
            learn,
            "learn_judge",
            lambda rows, seed: words_of_rows(rows),
        )
        monkeypatch.setattr(learn, "save_atlas", self.saver("atlas.npz"))
        monkeypatch.setattr(learn, "save_judge", self.saver("hotspots.npz"))

    def maker(self, make):
        def made(_, seed, k):
            if k == self.stop:
                raise KeyboardInterrupt
            self.made.append(k)
            return make(seed, k)

        return made

    def saver(self, name):
        def save(learnt, folder):
            (folder / name).write_text(repr(learnt)[:100])
            if self.fails_to_save:
                raise KeyboardInterrupt
            (folder / name).write_text(repr(learnt))

        return save


@pytest.fixture
def phantom(monkeypatch, tmp_path):
    return Phantom(monkeypatch, tmp_path / "cache")


def learn_atlas(out, n, seed, modality=BONE_SCAN):
    learn.learn_atlas(modality=modality, n=n, seed=seed, jobs=1, out=out)


def learn_lesions(out, n, seed, modality=BONE_SCAN):
    source = learn.training_source(modality, out, n=n, seed=seed)
    learn.learn_lesions(source, n=n, seed=seed, jobs=1)


STAGES = pytest.mark.parametrize(
    ("stage", "name"), [(learn_atlas, "atlas.npz"), (learn_lesions, "hotspots.npz")]
)


def run(stage, out, n=N, seed=3):
    out.mkdir(exist_ok=True)
    stage(out, n, seed)


def content(learnt):
    """What would be in the file that is learnt without a break."""
    made = [each for k in range(N) for each in learnt(3, k)]
    return repr(words_of(made) if learnt is make_examples else words_of_rows(made))


@STAGES
@pytest.mark.parametrize("stop", [0, 1, 17, N - 1])
def test_a_stage_that_was_killed_goes_on_and_learns_from_the_same(
    phantom, tmp_path, stage, name, stop
):
    phantom.stop = stop
    with pytest.raises(KeyboardInterrupt):
        run(stage, tmp_path / "out")
    assert not (tmp_path / "out" / name).exists() and phantom.made == list(range(stop))
    phantom.stop = None
    run(stage, tmp_path / "out")
    assert phantom.made == list(range(N)), "no case twice, none left out"
    whole = make_examples if name == "atlas.npz" else make_rows
    assert (tmp_path / "out" / name).read_text() == content(whole)


@STAGES
@pytest.mark.parametrize("left", [0, 5, 100, 400])
def test_a_half_written_file_counts_as_far_as_its_lines_are_whole(
    phantom, tmp_path, stage, name, left
):
    phantom.stop = 9
    with pytest.raises(KeyboardInterrupt):
        run(stage, tmp_path / "out")
    (kept,) = (tmp_path / "cache").glob("*.jsonl")
    text = kept.read_bytes()[:left]
    kept.write_bytes(text)
    phantom.stop, phantom.made = None, []
    run(stage, tmp_path / "out")
    assert phantom.made == list(range(max(text.count(b"\n") - 1, 0), N))
    whole = make_examples if name == "atlas.npz" else make_rows
    assert (tmp_path / "out" / name).read_text() == content(whole)


@STAGES
def test_a_finished_stage_is_taken_from_the_cache(phantom, tmp_path, stage, name):
    run(stage, tmp_path / "out")
    first = (tmp_path / "out" / name).read_bytes()
    (tmp_path / "out" / name).write_bytes(b"of another training")
    phantom.made = []
    run(stage, tmp_path / "out")
    assert (tmp_path / "out" / name).read_bytes() == first and not phantom.made
    assert [p.name for p in (tmp_path / "out").iterdir()] == [name]


@STAGES
def test_what_was_killed_while_it_was_saved_is_learnt_again(phantom, tmp_path, stage, name):
    phantom.fails_to_save = True
    with pytest.raises(KeyboardInterrupt):
        run(stage, tmp_path / "out")
    assert not list(tmp_path.rglob("*.npz"))
    phantom.fails_to_save, phantom.made = False, []
    run(stage, tmp_path / "out")
    assert not phantom.made and len((tmp_path / "out" / name).read_text()) > 100


@STAGES
@pytest.mark.parametrize("other", [{"seed": 4}, {"n": N + 1}])
def test_another_seed_or_number_of_cases_learns_anew(phantom, tmp_path, stage, name, other):
    run(stage, tmp_path / "out")
    first = (tmp_path / "out" / name).read_bytes()
    run(stage, tmp_path / "out", **other)
    assert (tmp_path / "out" / name).read_bytes() != first


def test_examples_are_removed_once_the_atlas_is_written(phantom, tmp_path):
    run(learn_atlas, tmp_path / "out")
    assert [p.suffix for p in (tmp_path / "cache").iterdir()] == [".npz"]


def test_a_case_is_measured_by_a_judge_that_has_not_seen_it(phantom, tmp_path):
    out = tmp_path / "out"
    run(learn_lesions, out)
    source = learn.training_source(BONE_SCAN, out, n=N, seed=3)
    for k in range(N):
        judge = (source._judge_folder(k) / "hotspots.npz").read_text()
        others = [j for j in range(N) if fold_of(BONE_SCAN, j) != fold_of(BONE_SCAN, k)]
        assert judge == repr(words_of_rows([r for j in others for r in make_rows(3, j)]))


def test_more_cases_give_the_folds_other_judges(phantom, tmp_path):
    first, more = (learn.training_source(BONE_SCAN, tmp_path, n=n, seed=3) for n in (N, N + 4))
    assert first.judges != more.judges and first.drawn == more.drawn


def test_lesions_depend_on_the_atlas_and_not_on_what_was_known_of_lesions(phantom, tmp_path):
    run(learn_lesions, tmp_path / "out")
    phantom.made = []
    (tmp_path / "out" / "hotspots.npz").write_bytes(b"of an earlier training")
    run(learn_lesions, tmp_path / "out")
    assert not phantom.made
    (tmp_path / "out" / "atlas.npz").write_bytes(b"another")
    run(learn_lesions, tmp_path / "out")
    assert phantom.made == list(range(N))


def test_a_forged_line_is_refused_and_named(phantom, tmp_path):
    phantom.stop = 2
    with pytest.raises(KeyboardInterrupt):
        run(learn_lesions, tmp_path / "out")
    (kept,) = (tmp_path / "cache").glob("*.jsonl")
    row = {"modality": BONE_SCAN, "descriptors": pack(np.ones((2, 2))), "is_lesion": {}}
    with kept.open("a") as file:
        file.write(json.dumps({"k": 2, "rows": [row]}) + "\n")
    phantom.stop = None
    with pytest.raises(ModelError, match=r"lesions-.*\.jsonl is not a file of .* line 4"):
        run(learn_lesions, tmp_path / "out")


@pytest.mark.parametrize("dtype", ["f4", "f8", "u1", "i2", "?", ">f4"])
@pytest.mark.parametrize("shape", [(), (0, 4), (5,), (6, 4)])
def test_a_packed_array_comes_back_bit_by_bit(dtype, shape):
    array = np.random.default_rng(1).uniform(0, 90, shape).astype(dtype)
    if array.ndim == 2:
        array = array[::-1, ::2]
    if array.size and array.dtype.kind == "f":
        array.flat[0] = np.nan
    again = unpack(json.loads(json.dumps(pack(array), allow_nan=False)))
    assert again.dtype == array.dtype and again.shape == array.shape and again.flags.writeable
    assert again.tobytes() == array.tobytes()


@pytest.mark.parametrize(
    "wrong",
    [{"shape": [3]}, {"shape": [5]}, {"dtype": "O"}, {"dtype": "S8"}, {"dtype": "f4"},
     {"bytes": "AAAA"}, {"bytes": "no base64 \u00e4"}, {"shape": [-4]}],
)  # fmt: skip
def test_what_is_no_packed_array_is_refused(wrong):
    with pytest.raises(ValueError):
        unpack({**pack(np.arange(4.0)), **wrong})


_TRAIN = """
from dataclasses import replace
from pathlib import Path
import sys
from uptake_ml.pattern import learn, lesions
learn._LEAST_CASES = 24
lesions._SETTINGS = replace(lesions._SETTINGS, rounds=20)
out = Path(sys.argv[1])
learn.learn_atlas(modality="fdg-pet", n=24, seed=5, jobs=1, out=out)
source = learn.training_source("fdg-pet", out, n=24, seed=5)
learn.learn_lesions(source, n=24, seed=5, jobs=1)
"""


def _with_bones(folder):
    """Make a cache that has nothing but the bones: building them takes half a minute."""
    from uptake_ml.phantom.bones import cache_folder, load_skeleton

    load_skeleton()
    folder.mkdir()
    for bones in cache_folder().glob("bones-*.npz"):
        shutil.copy(bones, folder)
    return folder


def _start(cache, out):
    out.mkdir(parents=True, exist_ok=True)
    env = os.environ | {"UPTAKE_ML_CACHE": str(cache)}
    return subprocess.Popen([sys.executable, "-c", _TRAIN, str(out)], env=env)


@pytest.mark.simulate
@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_killed_process_goes_on_to_the_same_files(tmp_path):
    first_cache, cache = (_with_bones(tmp_path / name) for name in ("first", "second"))
    assert _start(first_cache, tmp_path / "whole").wait() == 0
    stale = tmp_path / "killed" / "hotspots.npz"
    stale.parent.mkdir()
    stale.write_bytes(b"of another version")
    for holds in ("examples", "lesions"):
        process = _start(cache, tmp_path / "killed")
        while not any(
            p.read_bytes().count(b"\n") > 5 for p in cache.glob(f"{holds}-{FDG_PET}-*.jsonl")
        ):
            assert process.poll() is None
            time.sleep(0.05)
        process.kill()
        process.wait()
    assert stale.read_bytes() == b"of another version"
    assert _start(cache, tmp_path / "killed").wait() == 0
    for name in ("atlas.npz", "hotspots.npz"):
        first, second = (tmp_path / run / name for run in ("whole", "killed"))
        assert first.read_bytes() == second.read_bytes()
