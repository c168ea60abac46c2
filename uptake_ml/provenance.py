"""The record of what made a result: versions, model and command, and nothing about the patient."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from pathlib import PurePath

from uptake_ml import __version__

SCHEMA = "uptake-ml/provenance/1"

PACKAGES = ("numpy", "scipy", "scikit-image", "scikit-learn", "pydicom")
PATH_PLACEHOLDER = "PATH"

# The only options whose values are kept: they take a word of the program's own or a number.
PLAIN_VALUE_OPTIONS = frozenset(
    {"--modality", "--format", "--jobs", "--label", "--labels", "--n", "--seed", "--model"}
)


def record_provenance(
    *,
    model_name: str | None = None,
    model_sha256: str | None = None,
    argv: Sequence[str] | None = None,
) -> dict:
    """Return the provenance of a finding: schema, versions, model and command.

    Parameters
    ----------
    model_name, model_sha256
        Name of the model and the SHA-256 of its file, None where no model was used.
    argv
        Program and arguments, ``sys.argv`` by default.
    """
    return {
        "schema": SCHEMA,
        "versions": {"python": ".".join(map(str, sys.version_info[:3])), **package_versions()},
        "model": {"name": model_name, "sha256": model_sha256},
        "command": describe_command(sys.argv if argv is None else argv),
    }


@cache
def _package_versions() -> tuple[tuple[str, str | None], ...]:
    # Imported here: it takes longer than everything else that the command line loads at start.
    from importlib.metadata import PackageNotFoundError, version

    found = []
    for name in PACKAGES:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            found.append((name, None))
    return tuple(found)


def package_versions() -> dict[str, str | None]:
    """Return the version of this package and of ``PACKAGES``, None where one is not installed."""
    return {"uptake-ml": __version__, **dict(_package_versions())}


def describe_command(argv: Sequence[str]) -> str | None:
    """Return the command line with every path replaced, or None where another program runs us.

    A path can hold a patient's name or number, and so can the name of a folder, so only the verb,
    the options and the values of ``PLAIN_VALUE_OPTIONS`` are kept.  Inputs are identified by the
    SHA-256 of their files instead.  The arguments of a host program are not ours to write down.
    """
    if not argv or not _is_own_program(argv[0]):
        return None
    words = ["uptake-ml"]
    previous = None
    for position, word in enumerate(argv[1:]):
        kept = _keep_word(word, previous, is_first=position == 0)
        if kept == PATH_PLACEHOLDER and words[-1].startswith(PATH_PLACEHOLDER):
            words[-1] = f"{PATH_PLACEHOLDER}..."
        else:
            words.append(kept)
        previous = word
    return " ".join(words)


def _is_own_program(program: str) -> bool:
    path = PurePath(program)
    return path.stem in ("uptake-ml", "uptake_ml") or path.parts[-2:] in (
        ("uptake_ml", "__main__.py"),
        ("uptake_ml", "cli.py"),
    )


def _keep_word(word: str, previous: str | None, *, is_first: bool) -> str:
    if is_first and word.isascii() and word.isalpha() and word.islower():
        return word  # the verb
    if word.startswith("--"):
        name, separator, _ = word.partition("=")
        if not separator or name in PLAIN_VALUE_OPTIONS:
            return word
        return f"{name}={PATH_PLACEHOLDER}"
    return word if previous in PLAIN_VALUE_OPTIONS else PATH_PLACEHOLDER
