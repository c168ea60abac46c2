"""Models on disk: ``model.skops``, ``atlas.npz``, ``hotspots.npz`` under the hashes of
``provenance.json``.

Loading never runs what a file says: the bytes are hashed, then unpacked within limits, then every
type they name is compared with the fixed list of ``archive``, and only then does skops build it.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from uptake_ml.errors import ModelError
from uptake_ml.features.judge import JUDGE_FILE
from uptake_ml.pattern.archive import (
    FORGED,
    TRUSTED_TYPES,
    check_types,
    make_reproducible,
    read_schema,
)
from uptake_ml.pattern.model import PatternModel
from uptake_ml.pattern.record import describe_model, restore_model

SCHEMA = "uptake-ml/model/"
FORMAT = 1
MODEL_FILE = "model.skops"
ATLAS_FILE = "atlas.npz"
PROVENANCE_FILE = "provenance.json"
HASHED_FILES = (MODEL_FILE, ATLAS_FILE, JUDGE_FILE)

MOST_BYTES = 64 * 2**20


def save_model(model: PatternModel, folder: Path, provenance: Mapping) -> None:
    """Write ``model.skops`` and ``provenance.json`` to ``folder``, beside what was learnt before.

    The same model gives the same bytes.  ``provenance`` is completed with the schema and the
    hashes of the files.

    Raises
    ------
    ModelError
        When the model holds a type that ``load_model`` would refuse.
    """
    from skops import io as skops_io

    folder.mkdir(parents=True, exist_ok=True)
    record = {"model": describe_model(model), "probe": _probe(model)}
    packed = make_reproducible(skops_io.dumps(record))
    check_types(read_schema(packed))
    (folder / MODEL_FILE).write_bytes(packed)
    present = [name for name in HASHED_FILES if (folder / name).is_file()]
    files = {name: _sha256((folder / name).read_bytes()) for name in present}
    text = json.dumps({"schema": f"{SCHEMA}{FORMAT}", **provenance, "files": files}, indent=2)
    (folder / PROVENANCE_FILE).write_text(text + "\n", encoding="utf-8")


def load_model(folder: Path) -> PatternModel:
    """Return the model stored in ``folder``.

    Raises
    ------
    ModelError
        When a file is missing, was changed, is of a newer format, names a type that is not
        trusted, or computes other probabilities here than where it was trained.
    """
    packed = read_verified(folder)[MODEL_FILE]
    check_types(read_schema(packed))
    record = _unpack(packed)
    model = restore_model(record["model"])
    _check_probe(model, record["probe"])
    return model


def read_provenance(folder: Path) -> dict:
    """Return the provenance record of the model in ``folder``.

    Raises
    ------
    ModelError
        When it is missing, is no such record, or is of a newer format.
    """
    path = folder / PROVENANCE_FILE
    if not path.is_file():
        raise ModelError(
            f"a model needs {PROVENANCE_FILE}, found none in the folder {folder.name!r}: "
            "train it with 'uptake-ml train' or install the package again"
        )
    try:
        provenance = json.loads(path.read_bytes())
        schema, files = str(provenance["schema"]), provenance["files"]
        version = int(schema.removeprefix(SCHEMA)) if schema.startswith(SCHEMA) else None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelError(f"{PROVENANCE_FILE} of {folder.name!r} is not a model's record") from error
    if version != FORMAT or not isinstance(files, dict):
        raise ModelError(
            f"this version reads models of format {SCHEMA}{FORMAT}, {folder.name!r} is "
            f"{schema[:60]!r}: update uptake-ml or train the model again"
        )
    return provenance


def read_verified(folder: Path) -> dict[str, bytes]:
    """Return the bytes of the model's files by name, each checked against its recorded hash.

    Raises
    ------
    ModelError
        When a recorded file is missing or its SHA-256 differs, or no model file is recorded.
    """
    recorded = read_provenance(folder)["files"]
    if MODEL_FILE not in recorded or not set(recorded) <= set(HASHED_FILES):
        raise ModelError(
            f"{PROVENANCE_FILE} of {folder.name!r} must record {MODEL_FILE} and may record "
            f"{ATLAS_FILE}, found {sorted(recorded)}"
        )
    return {name: _read_checked(folder / name, sha256) for name, sha256 in recorded.items()}


def _read_checked(path: Path, sha256: str) -> bytes:
    if not path.is_file():
        raise ModelError(
            f"the model {path.parent.name!r} lacks {path.name}: copy the whole folder or train it"
        )
    if path.stat().st_size > MOST_BYTES:
        raise ModelError(f"{path.name} may hold {MOST_BYTES} bytes, found {path.stat().st_size}")
    content = path.read_bytes()
    if _sha256(content) != sha256:
        raise ModelError(
            f"{path.name} of the model {path.parent.name!r} was changed: its SHA-256 is "
            f"{_sha256(content)[:12]}..., recorded is {str(sha256)[:12]}...; do not use it, "
            "install it again or train again"
        )
    return content


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _unpack(packed: bytes) -> dict:
    from skops import io as skops_io
    from skops.io.exceptions import UntrustedTypesFoundException

    with warnings.catch_warnings():
        # Another version of scikit-learn is judged by what it computes, see _check_probe.
        warnings.simplefilter("ignore")
        try:
            record = skops_io.loads(packed, trusted=sorted(TRUSTED_TYPES))
        except UntrustedTypesFoundException as error:
            raise ModelError(f"{MODEL_FILE} holds types that are not trusted: {error}") from error
        except FORGED as error:
            raise ModelError(f"{MODEL_FILE} cannot be rebuilt: {error!r}") from error
    if not isinstance(record, dict) or set(record) != {"model", "probe"}:
        raise ModelError(f"{MODEL_FILE} must hold a model and a probe, found something else")
    return record


def _probe(model: PatternModel) -> dict:
    space = model.typicality.space
    features = np.stack([space.low, space.median, space.high])
    return {"features": features, "probabilities": model.predict_probabilities(features)}


def _check_probe(model: PatternModel, probe: Mapping) -> None:
    try:
        found = model.predict_probabilities(probe["features"])
        is_same = np.allclose(found, probe["probabilities"], rtol=0, atol=1e-6)
    except FORGED as error:
        raise ModelError(f"the stored model does not run here: {error!r}; train again") from error
    if not is_same:
        raise ModelError(
            "the stored model computes other probabilities here than where it was trained: install "
            "the scikit-learn version named in its provenance.json or train again"
        )
