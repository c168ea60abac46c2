"""What a skops file says, read and judged before anything is built from it.

A skops file is a zip with ``schema.json``, a tree that names the type of every value and how to
build it, and one ``.npy`` for each array.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from tokenize import TokenError

from uptake_ml.errors import ModelError

MOST_UNPACKED_BYTES = 128 * 2**20

# Plain numbers, containers and estimators that are arrays and arithmetic.  Trees are not here: a
# forged tree can point outside its own memory, which scikit-learn does not check.
TRUSTED_TYPES = frozenset(
    {
        "builtins.bool",
        "builtins.dict",
        "builtins.float",
        "builtins.int",
        "builtins.list",
        "builtins.str",
        "builtins.tuple",
        "numpy.dtype",
        "numpy.float32",
        "numpy.float64",
        "numpy.int32",
        "numpy.int64",
        "numpy.ndarray",
        "numpy.str_",
        "sklearn.impute._base.MissingIndicator",
        "sklearn.impute._base.SimpleImputer",
        "sklearn.linear_model._logistic.LogisticRegression",
        "sklearn.pipeline.Pipeline",
        "sklearn.preprocessing._data.QuantileTransformer",
        "sklearn.preprocessing._data.StandardScaler",
    }
)
# The ways to build a value; those that call a function named in the file are not here.
TRUSTED_LOADERS = frozenset(
    {
        "DictNode",
        "DTypeNode",
        "JsonNode",
        "ListNode",
        "NdArrayNode",
        "ObjectNode",
        "TupleNode",
        "TypeNode",
    }
)
# What a file that is damaged or forged can bring about while it is read.
FORGED = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    NotImplementedError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
    TokenError,
)


def read_schema(packed: bytes) -> dict:
    """Return the schema of a skops file given as bytes.

    Raises
    ------
    ModelError
        When it is no such file, or claims to unpack to more than ``MOST_UNPACKED_BYTES``.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            unpacked_bytes = sum(entry.file_size for entry in archive.infolist())
            if unpacked_bytes > MOST_UNPACKED_BYTES:
                raise ModelError(
                    f"it may unpack to {MOST_UNPACKED_BYTES} bytes, claims {unpacked_bytes}"
                )
            return json.loads(archive.read("schema.json"))
    except FORGED as error:
        raise ModelError(f"the model file is not a skops file: {error}") from error


def check_types(schema: dict) -> None:
    """Check that every type and loader in the tree is on the lists above.

    Raises
    ------
    ModelError
        When one is not.
    """
    for node in _walk(schema):
        if not {"__class__", "__module__", "__loader__"} & set(node):
            continue
        name = f"{node.get('__module__')}.{node.get('__class__')}"
        loader = node.get("__loader__")
        if name not in TRUSTED_TYPES or loader not in TRUSTED_LOADERS:
            raise ModelError(
                f"the model file asks for {name[:80]!r} through {str(loader)[:40]!r}, which is not "
                "on the list of trusted types: do not use it; nothing in it was run"
            )


def _walk(schema: object) -> Iterator[dict]:
    waiting = [schema]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            yield item
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def make_reproducible(packed: bytes) -> bytes:
    """Return the same skops file, compressed, with bytes that depend on its content alone.

    skops names objects by their address in memory: here they are numbered as they appear.
    """
    with zipfile.ZipFile(io.BytesIO(packed)) as source:
        schema = json.loads(source.read("schema.json"))
        arrays = _renumber(schema)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
            _write_entry(target, "schema.json", json.dumps(schema).encode())
            for old, new in arrays.items():
                _write_entry(target, new, source.read(old))
    return buffer.getvalue()


def _renumber(schema: dict) -> dict[str, str]:
    numbers: dict[int, int] = {}
    arrays: dict[str, str] = {}
    for node in _walk(schema):
        if "__id__" in node:
            node["__id__"] = numbers.setdefault(node["__id__"], len(numbers) + 1)
        if node.get("__loader__") == "NdArrayNode" and "file" in node:
            node["file"] = arrays.setdefault(node["file"], f"{len(arrays)}.npy")
    return arrays


def _write_entry(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)
