"""FDG-PET volumes in SUV from NIfTI files, read piece by piece and reduced on the way."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import BinaryIO

import numpy as np

from uptake_ml.errors import ReadError
from uptake_ml.readers.nifti_header import HEADER_BYTES, NiftiHeader, parse_header
from uptake_ml.readers.suv_range import clean_suv
from uptake_ml.readers.volume_grid import (
    block_mean,
    pooled_note,
    pooling_factors,
    require_kept,
    to_volume,
)
from uptake_ml.study import Volume

_PIECE_VOXELS = 4 * 2**20
# Deflate stores at most 1032 bytes in one.
_MOST_INFLATION = 1032
_GZIP_START = b"\x1f\x8b"


def read_nifti_volume(path: Path) -> tuple[Volume, list[str]]:
    """Return a file's volume and notes on what was assumed.

    No memory is taken for voxels before the header's claims are checked against the limits and
    the file's size, and no more bytes are inflated than it claims.

    Raises
    ------
    ReadError
        If the file is damaged, too large, without orientation, or its values cannot be SUV.
    NotAStudyError
        If it holds no single volume of a whole body.
    """
    with path.open("rb") as stream:
        is_packed = stream.read(2) == _GZIP_START
    with gzip.open(path) if is_packed else path.open("rb") as stream:
        start = stream.read(HEADER_BYTES)
        header = parse_header(start, path.name)
        _require_bytes(header, path, is_packed)
        _skip(stream, header.offset, start, path.name)
        factors = pooling_factors(tuple(np.linalg.norm(header.steps_mm, axis=0)))
        values = _read_values(stream, header, factors, path.name)
    notes = [*header.notes, *clean_suv(values, path.name)]
    if max(factors) > 1:
        notes.append(pooled_note(factors))
    # The first axis is the fastest in the file, so the last of the array.
    steps_mm = (header.steps_mm * factors)[:, ::-1]
    volume, note = to_volume(values, steps_mm, path.name)
    return volume, notes + ([note] if note else [])


def _require_bytes(header: NiftiHeader, path: Path, is_packed: bool) -> None:
    voxels = int(np.prod(header.shape, dtype=np.int64))
    needed = header.offset + voxels * header.dtype.itemsize
    size = path.stat().st_size * (_MOST_INFLATION if is_packed else 1)
    if needed > size:
        raise ReadError(
            f"{path.name} is cut short: its header claims {needed >> 20} MB, the file can hold "
            f"{size >> 20} MB; export or copy it again"
        )


def _skip(stream: BinaryIO, offset: int, start: bytes, name: str) -> None:
    if offset < len(start):  # NIfTI-1's header is the shorter
        stream.seek(offset)
        return
    _read_exactly(stream, offset - len(start), name)


def _read_values(
    stream: BinaryIO, header: NiftiHeader, factors: tuple[int, ...], name: str
) -> np.ndarray:
    """Return the scaled values, float32, reduced, the file's slowest axis first."""
    kept = require_kept(header.shape, factors, name)
    columns, rows, planes = header.shape
    most = max(1, _PIECE_VOXELS // (columns * rows * factors[2])) * factors[2]
    values = np.empty(kept[::-1], np.float32)
    for first in range(0, planes, most):
        count = min(most, planes - first)
        n_bytes = count * rows * columns * header.dtype.itemsize
        stored = np.frombuffer(_read_exactly(stream, n_bytes, name), header.dtype)
        part = _scale(stored.reshape(count, rows, columns), header)
        if count >= factors[2] or planes < factors[2]:
            part = block_mean(part, factors[::-1])
            at = first // factors[2]
            values[at : at + len(part)] = part
    return values


def _scale(stored: np.ndarray, header: NiftiHeader) -> np.ndarray:
    with np.errstate(over="ignore", invalid="ignore"):
        if header.slope == 1 and header.intercept == 0:
            return stored.astype(np.float32)
        return (stored * header.slope + header.intercept).astype(np.float32)


def _read_exactly(stream: BinaryIO, count: int, name: str) -> bytes:
    content = stream.read(count)
    if len(content) < count:
        raise ReadError(f"{name} ends before its voxels do: export or copy it again")
    return content
