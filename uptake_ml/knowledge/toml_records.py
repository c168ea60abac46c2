"""Records from TOML: every key known, every required key given, every value of its kind."""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, fields
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from uptake_ml.errors import KnowledgeError

Record = TypeVar("Record")


def read_tables(path: Path, keys: tuple[str, ...]) -> dict[str, Any]:
    """Return the top level of a TOML file that holds exactly ``keys``.

    Raises
    ------
    KnowledgeError
        If the file is missing, is not TOML, or holds other keys.
    """
    try:
        with path.open("rb") as file:
            found = tomllib.load(file)
    except OSError as error:
        raise KnowledgeError(
            f"cannot read the table {path.name} ({error.strerror}): install uptake-ml again"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise KnowledgeError(f"{path.name} is not TOML: {error}") from error
    _check_keys(found, keys, keys, path.name)
    return found


def build_record(kind: type[Record], values: object, where: str) -> Record:
    """Return the dataclass ``kind`` from a TOML table, nested tables and arrays included.

    Raises
    ------
    KnowledgeError
        If a key is unknown or missing, or a value is of the wrong kind; ``where`` and the
        record's ``id`` or ``title`` say which record it was.
    """
    if not isinstance(values, dict):
        raise KnowledgeError(f"{where}: a table is needed, found {values!r}")
    name = values.get("id") or values.get("title")
    where = f"{where} {name!r}" if name else where
    types, required = _shape(kind)
    _check_keys(values, tuple(types), required, where)
    return kind(**{key: _convert(types[key], v, f"{where}: {key}") for key, v in values.items()})


def build_all(kind: type[Record], values: object, where: str) -> tuple[Record, ...]:
    """Return one record for each table of an array of tables."""
    if not isinstance(values, list):
        raise KnowledgeError(f"{where}: an array of tables is needed, found {values!r}")
    return tuple(build_record(kind, v, where) for v in values)


@cache
def _shape(kind: type) -> tuple[dict[str, Any], tuple[str, ...]]:
    types = get_type_hints(kind)
    declared = fields(kind)
    required = tuple(
        f.name for f in declared if f.default is MISSING and f.default_factory is MISSING
    )
    return {f.name: types[f.name] for f in declared}, required


def _check_keys(found: dict, known: tuple[str, ...], required: tuple[str, ...], where: str) -> None:
    for key in found:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise KnowledgeError(f"{where}: unknown key {key!r}{hint} Known: {', '.join(known)}")
    for key in required:
        if key not in found:
            raise KnowledgeError(f"{where}: the key {key!r} is missing")


def _convert(kind: Any, value: object, where: str) -> Any:
    origin = get_origin(kind)
    if origin is tuple:
        return _convert_array(get_args(kind)[0], value, where)
    if origin is Literal:
        return _choose(get_args(kind), value, where)
    if origin is UnionType:
        return _convert_union(kind, value, where)
    if kind not in (str, bool, int, float):
        return build_record(kind, value, where)
    return _scalar(kind, value, where)


def _convert_union(kind: Any, value: object, where: str) -> Any:
    options = [t for t in get_args(kind) if t is not NoneType]
    if len(options) == 1:
        return _convert(options[0], value, where)
    if type(value) in options:
        return value
    raise KnowledgeError(f"{where}: {kind} is needed, found {value!r}")


def _convert_array(kind: Any, value: object, where: str) -> tuple:
    if not isinstance(value, list):
        raise KnowledgeError(f"{where}: an array is needed, found {value!r}")
    converted = tuple(_convert(kind, v, where) for v in value)
    for i, item in enumerate(converted):
        if item in converted[:i]:
            raise KnowledgeError(f"{where}: {item!r} stands there twice")
    return converted


def _choose(choices: tuple, value: object, where: str) -> object:
    if value not in choices:
        raise KnowledgeError(f"{where}: one of {', '.join(choices)} is needed, found {value!r}")
    return value


def _scalar(kind: type, value: object, where: str) -> object:
    # bool is an int in Python, not in a table; a whole number will do for a float.
    fits = type(value) is kind or (kind is float and type(value) is int)
    if not fits:
        raise KnowledgeError(f"{where}: {kind.__name__} is needed, found {value!r}")
    if kind is str and not value.strip():
        raise KnowledgeError(f"{where}: the text is empty")
    return value
