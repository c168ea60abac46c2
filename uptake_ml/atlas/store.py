"""An atlas as one file of plain arrays, checked before anything is built from it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from uptake_ml.atlas.canvas import CANVAS_SHAPE
from uptake_ml.atlas.descent import N_PATCH, STEPS, Stage
from uptake_ml.atlas.model import VIEW_NAMES, Atlas, Calibration
from uptake_ml.atlas.points import POINTS
from uptake_ml.atlas.regression import N_BLOCKS, KernelRidge
from uptake_ml.atlas.shape import ShapeModel
from uptake_ml.atlas.templates import ZOOM, PartTemplate
from uptake_ml.atlas.warp import PARTS
from uptake_ml.errors import ModelError
from uptake_ml.regions import REGIONS

FILE_NAME = "atlas.npz"
VERSION = 1
MAX_BYTES = 64 * 2**20
_P = len(POINTS)

# Name of the array -> (type in the file, shape); a letter stands for a size that a file may choose.
_RIDGE = {
    "mean": ("f2", (N_BLOCKS,)),
    "basis": ("f2", ("D", N_BLOCKS)),
    "centres": ("f2", ("M", "D")),
    "gamma": ("f4", ()),
    "dual": ("f4", ("M", 2 * _P)),
    "offset": ("f4", (2 * _P,)),
}
_STAGE = {
    "step": ("f4", ()),
    "weights": ("f2", (_P * N_PATCH, 2 * _P)),
    "bias": ("f4", (2 * _P,)),
}
_SHAPE = {
    "mean": ("f4", (_P, 2)),
    "modes": ("f4", ("K", 2 * _P)),
    "variances": ("f4", ("K",)),
    "residual": ("f4", (_P,)),
}
_PART = {
    "corner": ("f4", (2,)),
    "regions": ("u1", ("R", "C")),
    "presence": ("u1", ("R", "C")),
    "maps": ("f2", (3, "R", "C")),
}
_LIMITS = {
    "D": 512,
    "M": 8192,
    "K": 2 * _P,
    "R": CANVAS_SHAPE[0] * ZOOM,
    "C": CANVAS_SHAPE[1] * ZOOM,
}


def _groups(views: Iterable[str]) -> dict[str, tuple[type, dict]]:
    groups: dict[str, tuple[type, dict]] = {
        "first": (KernelRidge, _RIDGE),
        "second": (KernelRidge, _RIDGE),
        "shape": (ShapeModel, _SHAPE),
        "calibration": (Calibration, {"weights": ("f4", (_P, 4))}),
    }
    groups |= {f"stage-{k}": (Stage, _STAGE) for k in range(len(STEPS))}
    for view in views:
        groups |= {f"{view}.{part.name}": (PartTemplate, _PART) for part in PARTS}
    return groups


def save_atlas(atlas: Atlas, folder: Path) -> Path:
    """Write the atlas to ``folder``/atlas.npz and return that path.

    The same atlas gives the same bytes.
    """
    members = {"version": np.array(VERSION, np.int32)}
    for name, (_, schema) in _groups(atlas.templates).items():
        record = _record(atlas, name)
        for key, (kind, _) in schema.items():
            members[f"{name}.{key}"] = np.asarray(getattr(record, key), dtype=f"<{kind}", order="C")
    path = Path(folder) / FILE_NAME
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, array in members.items():
            # A fixed date, because the time of writing would change the file's hash.
            info = zipfile.ZipInfo(f"{key}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w") as member:
                npy.write_array(member, array, allow_pickle=False)
    return path


def _record(atlas: Atlas, name: str):
    if name.startswith("stage-"):
        return atlas.stages[int(name.removeprefix("stage-"))]
    if "." in name:
        view, part = name.split(".")
        return atlas.templates[view][[p.name for p in PARTS].index(part)]
    return getattr(atlas, name)


def load_atlas(folder: Path) -> Atlas:
    """Return the atlas stored in ``folder``.

    Types, shapes and sizes are read from the headers and checked against the schema before any
    array is.  Raises ModelError.
    """
    path = Path(folder) / FILE_NAME
    if not path.is_file():
        raise ModelError(f"an atlas was required at {path.name}, found none; train one first")
    try:
        with zipfile.ZipFile(path) as archive:
            headers = _read_headers(archive)
            _check_headers(headers)
            arrays = {key: _read_member(archive, key) for key in headers}
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, KeyError) as error:
        raise ModelError(
            f"{FILE_NAME} is not a readable atlas ({error}); train it again"
        ) from error
    return _build(arrays)


def _views_in(names: Iterable[str]) -> list[str]:
    """Return the views that arrays of these names hold templates of; at least the first."""
    found = {name.partition(".")[0] for name in names}
    return [view for view in VIEW_NAMES if view in found] or [VIEW_NAMES[0]]


def _read_headers(archive: zipfile.ZipFile) -> dict[str, tuple[np.dtype, tuple[int, ...]]]:
    total = sum(info.file_size for info in archive.infolist())
    if total > MAX_BYTES:
        raise ModelError(
            f"{FILE_NAME} may unpack to {MAX_BYTES} bytes, found {total}; do not use it"
        )
    headers = {}
    for info in archive.infolist():
        with archive.open(info) as member:
            if npy.read_magic(member) != (1, 0):
                raise ModelError(f"{FILE_NAME} holds an array of another format in {info.filename}")
            shape, _, dtype = npy.read_array_header_1_0(member)
        headers[info.filename.removesuffix(".npy")] = (dtype, shape)
    return headers


def _check_headers(headers: dict[str, tuple[np.dtype, tuple[int, ...]]]) -> None:
    expected = {"version": ("i4", ())}
    for name, (_, schema) in _groups(_views_in(headers)).items():
        expected |= {f"{name}.{key}": value for key, value in schema.items()}
    if set(headers) != set(expected):
        odd = sorted(set(headers) ^ set(expected))[0]
        raise ModelError(f"{FILE_NAME} must hold exactly the known arrays, differs in {odd!r}")
    sizes: dict[str, int] = {}
    for key, (kind, shape) in expected.items():
        dtype, found = headers[key]
        if dtype != np.dtype(f"<{kind}") or not _fits(found, shape, key.rpartition(".")[0], sizes):
            raise ModelError(
                f"{FILE_NAME}: {key} must be {kind} of shape {shape}, found {dtype} {found}"
            )


def _fits(found: tuple[int, ...], shape: tuple, group: str, sizes: dict[str, int]) -> bool:
    if len(found) != len(shape):
        return False
    for n, wanted in zip(found, shape, strict=True):
        if isinstance(wanted, str):
            if not 1 <= n <= _LIMITS[wanted]:
                return False
            wanted = sizes.setdefault(f"{group}.{wanted}", n)
        if n != wanted:
            return False
    return True


def _read_member(archive: zipfile.ZipFile, key: str) -> np.ndarray:
    with archive.open(f"{key}.npy") as member:
        return npy.read_array(member, allow_pickle=False)


def _build(arrays: dict[str, np.ndarray]) -> Atlas:
    if arrays["version"] != VERSION:
        raise ModelError(
            f"an atlas of version {VERSION} is required, found {arrays['version']}; train it again"
        )
    for key, array in arrays.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ModelError(f"{FILE_NAME}: {key} holds values that are not finite; train it again")
        if key.endswith(".regions") and array.max() >= len(REGIONS):
            raise ModelError(f"{FILE_NAME}: {key} names regions that do not exist; train it again")
    views = _views_in(arrays)
    records = {name: _assemble(name, kind, arrays) for name, (kind, _) in _groups(views).items()}
    return Atlas(
        first=records["first"],
        second=records["second"],
        stages=tuple(records[f"stage-{k}"] for k in range(len(STEPS))),
        shape=records["shape"],
        calibration=records["calibration"],
        templates={v: tuple(records[f"{v}.{p.name}"] for p in PARTS) for v in views},
    )


def _assemble(name: str, kind: type, arrays: dict[str, np.ndarray]):
    values = {f.name: arrays[f"{name}.{f.name}"] for f in fields(kind)}
    # float16 is only how they are stored: sums of thousands of terms need float32.
    return kind(
        **{k: v.astype(np.float32) if v.dtype.kind == "f" else v for k, v in values.items()}
    )
