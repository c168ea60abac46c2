"""What the reader was told about the patient: optional, typed, unknown keys refused."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from uptake_ml.errors import ContextError
from uptake_ml.knowledge.load import load_context_keys
from uptake_ml.knowledge.schema import ContextKey

UNKNOWN = "unknown"

Value = bool | float | str | tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Context:
    """The clinical context; a key that is not in ``values`` is unknown, which is not absent."""

    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))

    def get(self, key: str) -> Value | None:
        """Return what was given for ``key``, None where it is unknown."""
        return self.values.get(key)


def load_context(path: Path) -> Context:
    """Return the context in a TOML or JSON file.

    Raises
    ------
    ContextError
        If the file cannot be read, holds a key that is not known or a value that does not fit.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except OSError as error:
        raise ContextError(
            f"the context {path.name} cannot be read ({error.strerror}): give a TOML or JSON file"
        ) from error
    except ValueError as error:
        raise ContextError(
            f"the context {path.name} is neither TOML nor (named .json) JSON: {error}"
        ) from error
    return parse_context(found)


def parse_context(values: object) -> Context:
    """Return the context from a mapping of keys to values; None and "unknown" count as unknown.

    Raises
    ------
    ContextError
        If a key is not known (the message lists those that are) or a value does not fit.
    """
    if not isinstance(values, Mapping):
        raise ContextError(f"the context has to map keys to values, found {values!r}")
    keys = load_context_keys()
    for name in values:
        if name not in keys:
            raise ContextError(_unknown_key(name, keys))
    return Context(
        values=MappingProxyType(
            {
                name: _check_value(keys[name], value)
                for name, value in values.items()
                if value is not None and value != UNKNOWN
            }
        )
    )


def describe_keys() -> str:
    """Return the keys of the context as a Markdown table, for the documentation."""
    rows = ["| key | value | meaning |", "|---|---|---|"]
    rows += [
        f"| `{key.id}` | {describe_values(key)} | {key.meaning} |"
        for key in load_context_keys().values()
    ]
    return "\n".join(rows)


def describe_values(key: ContextKey) -> str:
    """Return in words what may be given for ``key``."""
    if key.kind == "flag":
        return "true or false"
    if key.kind == "number":
        return f"number, {key.least:g} to {key.greatest:g} {key.unit}"
    if key.kind == "texts":
        return "list of names"
    several = "one or a list of " if key.kind == "choices" else "one of "
    return several + ", ".join(key.choices)


def _unknown_key(name: object, keys: Mapping[str, ContextKey]) -> str:
    near = get_close_matches(str(name), keys, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    return f"the context has no key {name!r}{hint} Known keys: {', '.join(keys)}"


def _check_value(key: ContextKey, value: object) -> Value:
    check = {"flag": _flag, "number": _number, "choice": _choice, "choices": _choices}
    return check.get(key.kind, _texts)(key, value)


def _flag(key: ContextKey, value: object) -> bool:
    if not isinstance(value, bool):
        raise _misfit(key, value)
    return value


def _number(key: ContextKey, value: object) -> float:
    # A comparison that NaN fails, so that NaN is refused too.
    if type(value) not in (int, float) or not key.least <= value <= key.greatest:
        raise _misfit(key, value)
    return float(value)


def _choice(key: ContextKey, value: object) -> str:
    if value not in key.choices:
        raise _misfit(key, value)
    return value


def _choices(key: ContextKey, value: object) -> tuple[str, ...]:
    chosen = tuple(value) if isinstance(value, list | tuple) else (value,)
    if not chosen or any(v not in key.choices for v in chosen):
        raise _misfit(key, value)
    if "none" in chosen and len(chosen) > 1:
        raise ContextError(f"the context's {key.id} says none and {chosen}: leave one out")
    return chosen


def _texts(key: ContextKey, value: object) -> tuple[str, ...]:
    texts = tuple(value) if isinstance(value, list | tuple) else (value,)
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise _misfit(key, value)
    return texts


def _misfit(key: ContextKey, value: object) -> ContextError:
    near = get_close_matches(str(value), key.choices, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return ContextError(
        f"the context's {key.id} ({key.meaning}) needs {describe_values(key)}, "
        f"found {value!r}{hint}"
    )
