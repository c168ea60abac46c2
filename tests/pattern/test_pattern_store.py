"""Models on disk: the same after a round trip, and nothing forged is ever run."""

import hashlib
import io
import json
import sys
import zipfile

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.preprocessing import FunctionTransformer
from skops import io as skops_io

from uptake_ml.errors import ModelError
from uptake_ml.pattern import archive, store


@pytest.fixture
def folder(model, tmp_path):
    (tmp_path / "atlas.npz").write_bytes(b"an atlas")
    store.save_model(model, tmp_path, {"name": "bone-scan", "seed": 1})
    return tmp_path


def write_forged(folder, packed: bytes):
    """Replace the model by ``packed`` with a matching hash, as whoever owns the folder could."""
    (folder / "model.skops").write_bytes(packed)
    record = json.loads((folder / "provenance.json").read_text())
    record["files"]["model.skops"] = hashlib.sha256(packed).hexdigest()
    (folder / "provenance.json").write_text(json.dumps(record))


def edit_schema(packed: bytes, edit) -> bytes:
    with zipfile.ZipFile(io.BytesIO(packed)) as source:
        entries = {name: source.read(name) for name in source.namelist()}
    schema = json.loads(entries["schema.json"])
    edit(schema)
    entries["schema.json"] = json.dumps(schema).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, content in entries.items():
            target.writestr(name, content)
    return buffer.getvalue()


def test_a_model_is_the_same_after_a_round_trip(model, folder, cases):
    loaded = store.load_model(folder)
    for case in cases[800:820]:
        features = case.variants["counts"]
        assert loaded.classify(features) == model.classify(features)


def test_the_same_model_gives_the_same_bytes(model, folder, tmp_path):
    other = tmp_path / "other"
    store.save_model(store.load_model(folder), other, {})
    assert (other / "model.skops").read_bytes() == (folder / "model.skops").read_bytes()


def test_the_model_is_small(folder):
    assert (folder / "model.skops").stat().st_size < 5 * 2**20


def test_provenance_keeps_what_it_was_given_and_adds_hashes(folder):
    record = store.read_provenance(folder)
    assert record["schema"] == "uptake-ml/model/1" and record["seed"] == 1
    for name in ("model.skops", "atlas.npz"):
        content = (folder / name).read_bytes()
        assert record["files"][name] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("name", ["model.skops", "atlas.npz"])
def test_a_changed_file_is_refused(folder, name):
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ModelError, match=rf"{name} of the model .* was changed: its SHA-256 is"):
        store.load_model(folder)


@pytest.mark.parametrize("name", ["model.skops", "atlas.npz"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(ModelError, match=rf"lacks {name}: copy the whole folder"):
        store.load_model(folder)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"needs provenance.json, found none in the folder 'none'"):
        store.load_model(tmp_path / "none")


@pytest.mark.parametrize("schema", ["uptake-ml/model/2", "uptake-ml/finding/1"])
def test_another_format_is_refused(folder, schema):
    record = json.loads((folder / "provenance.json").read_text())
    (folder / "provenance.json").write_text(json.dumps({**record, "schema": schema}))
    with pytest.raises(ModelError, match=f"reads models of format uptake-ml/model/1, .*{schema}"):
        store.load_model(folder)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"schema": "uptake-ml/model/x", "files": {}}', "[" * 20000]
)
def test_provenance_that_is_none_is_refused(folder, text):
    (folder / "provenance.json").write_text(text)
    with pytest.raises(ModelError, match="is not a model's record"):
        store.load_model(folder)


def test_a_record_cannot_point_outside_the_folder(folder):
    record = json.loads((folder / "provenance.json").read_text())
    record["files"]["../secret"] = "0" * 64
    (folder / "provenance.json").write_text(json.dumps(record))
    with pytest.raises(ModelError, match=r"may record atlas.npz, found \['../secret'"):
        store.load_model(folder)


class Bomb:
    """Leaves a mark when anything unpickles it."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return (eval, (f"open({str(self.mark)!r}, 'w').close()",))


def forge_operator_call(mark) -> bytes:
    """A skops file in which a transformer holds a function of the attacker's choosing."""
    packed = skops_io.dumps({"model": FunctionTransformer(np.log), "probe": {}})

    def edit(schema):
        for node in archive._walk(schema):
            if node.get("__loader__") == "FunctionNode":
                node |= {"__module__": "os", "__class__": "system"}

    return edit_schema(packed, edit)


def forge_module_that_runs_on_import(mark) -> bytes:
    """A skops file that names a type of a module whose import leaves the mark."""
    (mark.parent / "forged_module.py").write_text(f"open({str(mark)!r}, 'w').close()\nclass T: ...")
    sys.path.insert(0, str(mark.parent))
    packed = skops_io.dumps({"model": 1, "probe": {}})

    def edit(schema):
        schema["content"]["model"] |= {
            "__module__": "forged_module",
            "__class__": "T",
            "__loader__": "ObjectNode",
            "content": None,
        }

    return edit_schema(packed, edit)


def forge_pickled_array(mark) -> bytes:
    """A skops file whose array is a pickled object, which ``numpy.load`` could run."""
    packed = skops_io.dumps({"model": np.arange(3), "probe": {}})
    buffer = io.BytesIO()
    np.save(buffer, np.array([Bomb(mark)], dtype=object), allow_pickle=True)
    with zipfile.ZipFile(io.BytesIO(packed)) as source:
        entries = {n: source.read(n) for n in source.namelist()}
    with zipfile.ZipFile(forged := io.BytesIO(), "w") as target:
        for name, content in entries.items():
            target.writestr(name, buffer.getvalue() if name.endswith(".npy") else content)
    return forged.getvalue()


def forge_pickle(mark) -> bytes:
    import pickle

    return pickle.dumps(Bomb(mark))


@pytest.mark.parametrize(
    "forge",
    [forge_operator_call, forge_module_that_runs_on_import, forge_pickled_array, forge_pickle],
)
def test_a_forged_file_is_refused_and_not_run(folder, monkeypatch, forge):
    monkeypatch.setattr(sys, "path", list(sys.path))
    mark = folder / "executed"
    write_forged(folder, forge(mark))
    with pytest.raises(ModelError):
        store.load_model(folder)
    assert not mark.exists() and "forged_module" not in sys.modules


def test_the_pickled_bomb_would_have_gone_off(tmp_path):
    # Proof that the test above can fail.
    import pickle

    pickle.loads(forge_pickle(tmp_path / "executed"))
    assert (tmp_path / "executed").exists()


def test_trees_are_not_trusted(folder):
    forest = RandomForestClassifier(2).fit(np.eye(4), [0, 1, 0, 1])
    write_forged(folder, skops_io.dumps({"model": forest, "probe": {}}))
    with pytest.raises(ModelError, match="RandomForestClassifier' through 'ObjectNode'"):
        store.load_model(folder)


def test_a_model_that_could_not_be_loaded_is_not_saved(model, tmp_path):
    from dataclasses import replace

    forest = RandomForestClassifier(2).fit(np.zeros((4, 28)), [0, 1, 2, 3])
    with pytest.raises(ModelError, match="not on the list of trusted types"):
        store.save_model(replace(model, classifier=forest), tmp_path, {})
    assert not (tmp_path / "model.skops").exists()


def test_a_file_that_claims_to_be_huge_is_refused_before_it_is_unpacked(folder):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("schema.json", "{}")
        with target.open("0.npy", "w") as entry:
            for _ in range(130):
                entry.write(bytes(2**20))
    write_forged(folder, buffer.getvalue())
    with pytest.raises(ModelError, match="may unpack to"):
        store.load_model(folder)


@pytest.mark.parametrize("shape", ["(99999999999,)", "(3,", "(__import__('os'),)"])
def test_an_array_with_a_forged_header_is_refused(folder, shape):
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    array = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(24)
    packed = skops_io.dumps({"model": np.arange(3.0), "probe": {}})
    with zipfile.ZipFile(io.BytesIO(packed)) as source:
        entries = {n: source.read(n) for n in source.namelist()}
    with zipfile.ZipFile(forged := io.BytesIO(), "w") as target:
        for name, content in entries.items():
            target.writestr(name, array if name.endswith(".npy") else content)
    write_forged(folder, forged.getvalue())
    with pytest.raises(ModelError, match="cannot be rebuilt"):
        store.load_model(folder)


def test_deep_nesting_is_refused(folder):
    deep = '{"content": ' * 50000 + "1" + "}" * 50000
    with zipfile.ZipFile(forged := io.BytesIO(), "w") as target:
        target.writestr("schema.json", deep)
    write_forged(folder, forged.getvalue())
    with pytest.raises(ModelError, match="is not a skops file"):
        store.load_model(folder)


def test_numbers_that_changed_since_training_are_noticed(model, folder):
    def edit(schema):
        record = schema["content"]["model"]["content"]
        assert record["temperature"]["content"] == json.dumps(model.temperature)
        record["temperature"]["content"] = json.dumps(model.temperature * 1.5)

    write_forged(folder, edit_schema((folder / "model.skops").read_bytes(), edit))
    with pytest.raises(ModelError, match="computes other probabilities here than where"):
        store.load_model(folder)


def test_a_record_whose_parts_do_not_fit_together_is_refused(folder):
    def edit(schema):
        record = schema["content"]["model"]["content"]
        del record["feature_ids"]["content"][0]

    write_forged(folder, edit_schema((folder / "model.skops").read_bytes(), edit))
    with pytest.raises(
        ModelError, match=r"labels rest on unknown features: \['distribution.f00'\]"
    ):
        store.load_model(folder)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("told_by", "rest on 27 features, but its classifier takes 28"),
        ("feature_ids", "29 features, but its parts have"),
    ],
)
def test_a_record_that_lost_a_feature_is_refused(folder, entry, words):
    def edit(schema):
        record = schema["content"]["model"]["content"]
        del record[entry]["content"][-1]

    write_forged(folder, edit_schema((folder / "model.skops").read_bytes(), edit))
    with pytest.raises(ModelError, match=words):
        store.load_model(folder)


def test_a_record_with_labels_of_another_modality_is_refused(folder):
    def edit(schema):
        record = schema["content"]["model"]["content"]
        record["modality"]["content"] = json.dumps("fdg-pet")

    write_forged(folder, edit_schema((folder / "model.skops").read_bytes(), edit))
    with pytest.raises(ModelError, match=r"a fdg-pet model must tell .*marrow-diffuse.* apart"):
        store.load_model(folder)


@pytest.mark.parametrize("entry", ["labels", "sets", "space", "temperature", "classifier"])
def test_a_record_without_an_entry_is_refused(folder, entry):
    def edit(schema):
        node = schema["content"]["model"]
        names = list(node["content"])
        del node["content"][entry]
        del node["key_types"]["content"][names.index(entry)]

    write_forged(folder, edit_schema((folder / "model.skops").read_bytes(), edit))
    with pytest.raises(ModelError, match=f"holds no pattern model: KeyError\\('{entry}'"):
        store.load_model(folder)


def test_a_model_with_trees_comes_back_the_same(blended_model, table, tmp_path):
    store.save_model(blended_model, tmp_path, {})
    again = store.load_model(tmp_path)
    features = table.features[:50]
    assert np.array_equal(
        again.predict_probabilities(features), blended_model.predict_probabilities(features)
    )
    assert np.array_equal(
        again.find_superimposed(features), blended_model.find_superimposed(features)
    )
