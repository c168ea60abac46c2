"""A file of findings, one a line, that a batch goes on with where it was stopped."""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from uptake_ml.commands import UsageError
from uptake_ml.commands.output import require_folder_of


class FindingsFile:
    """A JSON-lines file of findings, opened to be continued; close it or use it as a context.

    A half-written last line is cut off when the file is opened.  ``add`` hands each line to the
    operating system at once, so that a killed batch loses no finding.

    Raises
    ------
    UsageError
        If a line of the file is not a finding: it may be something else that the user needs.
    """

    def __init__(self, path: Path) -> None:
        require_folder_of(path)
        self.path = path
        self._stream = path.open("a+b")
        try:
            self.findings = list(self._read())
        except BaseException:
            self._stream.close()
            raise

    def __enter__(self) -> FindingsFile:
        return self

    def __exit__(self, *exc_info) -> None:
        self._stream.close()

    def add(self, line: str) -> None:
        """Append one finding's line."""
        self._stream.write(line.rstrip("\n").encode() + b"\n")
        self._stream.flush()

    def _read(self) -> Iterator[Mapping]:
        self._stream.seek(0)
        end = 0
        for number, line in enumerate(self._stream, start=1):
            if line.startswith(b"{") and not line.endswith(b"\n"):
                break
            yield self._parse(line, number)
            end += len(line)
        self._stream.truncate(end)
        self._stream.seek(0, os.SEEK_END)

    def _parse(self, line: bytes, number: int) -> Mapping:
        try:
            finding = json.loads(line)
            # Only what tells studies apart is kept: a long batch has gigabytes of findings.
            return {
                "files": hash_key(file["sha256"] for file in finding["study"]["files"]),
                "modality": finding["study"]["modality"],
                "decision": finding["decision"],
                "model_sha256": finding["provenance"]["model"]["sha256"],
                "context_sha256": finding["provenance"].get("context_sha256"),
            }
        except (ValueError, KeyError, TypeError, AttributeError):
            raise UsageError(
                f"--out {self.path} cannot be continued: line {number} is not a finding; "
                "name another file, or give --overwrite to replace this one"
            ) from None


class DoneStudies:
    """The studies a findings file already holds, each as often as it is there.

    A finding counts when it was made with the same model and context as would be used now.
    """

    def __init__(
        self,
        findings: Sequence[Mapping],
        *,
        context_sha256: str | None,
        model_sha256: Callable[[str], str],
    ) -> None:
        self._by_files = defaultdict(list)
        self.n_outdated = 0
        for finding in findings:
            if _is_current(finding, context_sha256, model_sha256):
                self._by_files[finding["files"]].append(finding)
            else:
                self.n_outdated += 1

    def take(self, files: Sequence[str | None], modality: str | None) -> str | None:
        """Return the decision on a study and cross it off, or None if it is still to do.

        ``files`` are the SHA-256 of its files; ``modality`` None stands for any.
        """
        same = self._by_files[hash_key(files)]
        for place, finding in enumerate(same):
            if modality is None or finding["modality"] in (None, modality):
                return same.pop(place)["decision"]
        return None


def hash_file(path: Path) -> str | None:
    """Return the SHA-256 of a file as findings have it, None where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except (OSError, ValueError):  # ValueError: a null character in the name
        return None


def hash_key(hashes) -> tuple[str, ...]:
    """Return the SHA-256 of a study's files as a key, empty for a file that cannot be read."""
    return tuple(sorted(digest or "" for digest in hashes))


def _is_current(finding, context_sha256, model_sha256) -> bool:
    if finding["model_sha256"] is not None and (
        finding["model_sha256"] != model_sha256(finding["modality"])
    ):
        return False
    return finding["context_sha256"] == context_sha256
