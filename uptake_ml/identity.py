"""The neutral name of a study: it says which files, never whose."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

_DIGITS = 12


def joint_id(digests: Iterable[str]) -> str:
    """Return a study's name from its files' SHA-256 in any order: 12 hex digits."""
    return hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()[:_DIGITS]
