"""Where results are written: standard output, or a file that is whole or not there."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from uptake_ml.commands import UsageError

STDOUT = "-"


def say(text: str) -> None:
    """Tell the user something, on stderr."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def open_output(target: str) -> Iterator[TextIO]:
    """Open ``-``, standard output, or a file that takes its name only when all is written."""
    path = Path(target).resolve()
    if target == STDOUT:
        yield sys.stdout
    elif is_special(path):
        with path.open("w", encoding="utf-8", newline="") as stream:
            yield stream
    else:
        require_folder_of(path)
        with _replacing(path) as stream:
            yield stream


def is_special(path: Path) -> bool:
    """Whether ``path`` is a device or a pipe, which cannot be replaced or continued."""
    return path.exists() and not path.is_file() and not path.is_dir()


def require_folder_of(path: Path) -> None:
    """Raise UsageError unless ``path`` can be a file in a folder that exists."""
    if path.is_dir():
        raise UsageError(f"--out needs a file, found the folder {path}")
    if not path.parent.is_dir():
        raise UsageError(f"--out {path}: there is no folder {path.parent}, make it first")


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as stream:
            yield stream
        os.chmod(draft, 0o666 & ~_umask())
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise


def _umask() -> int:
    # mkstemp makes a file only its owner can read; the result gets what open() would have given.
    mask = os.umask(0)
    os.umask(mask)
    return mask
