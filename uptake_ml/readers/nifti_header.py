"""The header of a NIfTI-1 or NIfTI-2 file (nifti1.h, nifti2.h of the NIfTI Data Format Group)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from uptake_ml.errors import NotAStudyError, ReadError
from uptake_ml.readers.volume_grid import require_steps, require_voxels

HEADER_BYTES = 540
# What may lie between header and voxels: extensions, of which scanners' exports have some.
MAX_OFFSET_BYTES = 64 * 2**20

_TYPES = {
    2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8",
    256: "i1", 512: "u2", 768: "u4", 1024: "i8", 1280: "u8",
}  # fmt: skip
_MM_PER_UNIT = {0: 1.0, 1: 1000.0, 2: 1.0, 3: 0.001}
_NIFTI_1_BYTES, _NIFTI_2_BYTES = 348, 540
# From NIfTI's frame (right, front, head) to DICOM's (left, back, head).
_TO_LPS = np.diag([-1.0, -1.0, 1.0])

TWO_FRAMES_NOTE = (
    "The file holds two orientations that differ: its sform was used, so left and right need a "
    "look."
)


@dataclass(frozen=True, kw_only=True)
class _Layout:
    """Where the fields of one version are: an offset and a format each (without byte order)."""

    magic: int
    fields: dict[str, tuple[int, str]]


_NIFTI_1 = _Layout(
    magic=344,
    fields={
        "dim": (40, "8h"),
        "datatype": (70, "h"),
        "pixdim": (76, "8f"),
        "vox_offset": (108, "f"),
        "scl": (112, "2f"),
        "units": (123, "b"),
        "codes": (252, "2h"),
        "quatern": (256, "3f"),
        "srow": (280, "12f"),
    },
)
_NIFTI_2 = _Layout(
    magic=4,
    fields={
        "datatype": (12, "h"),
        "dim": (16, "8q"),
        "pixdim": (104, "8d"),
        "vox_offset": (168, "q"),
        "scl": (176, "2d"),
        "codes": (344, "2i"),
        "quatern": (352, "3d"),
        "srow": (400, "12d"),
        "units": (500, "i"),
    },
)


@dataclass(frozen=True, kw_only=True, eq=False)
class NiftiHeader:
    """What the voxels of a file mean.

    ``shape`` is that of the volume, first axis the fastest; ``steps_mm`` (3, 3) holds in column k
    the way from voxel to voxel along axis k, in mm to the left, to the back and to the head.
    """

    shape: tuple[int, int, int]
    dtype: np.dtype
    offset: int
    slope: float
    intercept: float
    steps_mm: np.ndarray
    notes: tuple[str, ...]


def parse_header(start: bytes, name: str) -> NiftiHeader:
    """Return the header in a file's first 540 bytes.

    Raises
    ------
    ReadError
        If it is damaged, or claims what cannot be read.
    NotAStudyError
        If the file holds no single volume.
    """
    order, fields = _unpack(start, name)
    if fields["datatype"][0] not in _TYPES:
        raise ReadError(
            f"{name} must hold one real number a voxel, found NIfTI's data type "
            f"{fields['datatype'][0]}: write it as float32"
        )
    shape = _shape(fields["dim"], name)
    steps_mm, notes = _steps(fields, name)
    require_steps(tuple(np.linalg.norm(steps_mm, axis=0)), name)
    slope, intercept = fields["scl"]
    is_scaled = np.isfinite([slope, intercept]).all() and slope != 0
    return NiftiHeader(
        shape=shape,
        dtype=np.dtype(order + _TYPES[fields["datatype"][0]]),
        offset=_offset(fields["vox_offset"][0], start, order, name),
        slope=slope if is_scaled else 1.0,
        intercept=intercept if is_scaled else 0.0,
        steps_mm=steps_mm,
        notes=notes,
    )


def _unpack(start: bytes, name: str) -> tuple[str, dict[str, tuple]]:
    for order in "<>":
        size = struct.unpack_from(order + "i", start)[0] if len(start) >= 4 else 0
        layout = {_NIFTI_1_BYTES: _NIFTI_1, _NIFTI_2_BYTES: _NIFTI_2}.get(size)
        if layout and len(start) >= size:
            _require_single_file(start[layout.magic : layout.magic + 4], name)
            fields = layout.fields.items()
            return order, {k: struct.unpack_from(order + f, start, at) for k, (at, f) in fields}
    raise ReadError(
        f"{name} is no NIfTI file: a header of 348 or 540 bytes was required; export it again"
    )


def _require_single_file(magic: bytes, name: str) -> None:
    if magic in (b"ni1\0", b"ni2\0"):
        raise ReadError(f"{name} is half of a pair .hdr and .img: write it as one .nii file")
    if magic not in (b"n+1\0", b"n+2\0"):
        raise ReadError(f"{name} is no NIfTI file, its mark is missing: export it again as .nii")


def _shape(dim: tuple[int, ...], name: str) -> tuple[int, int, int]:
    if not 1 <= dim[0] <= 7:
        raise ReadError(f"{name} is damaged, it claims {dim[0]} axes: export it again")
    used = dim[1 : 1 + dim[0]]
    if len(used) < 3 or any(n > 1 for n in used[3:]):
        raise NotAStudyError(
            f"{name} must hold one volume, found {' x '.join(map(str, used))} values: "
            "give one 3-D volume in SUV"
        )
    require_voxels(used[:3], name)
    return used[:3]


def _offset(told: float, start: bytes, order: str, name: str) -> int:
    size = struct.unpack_from(order + "i", start)[0]
    # Some writers leave it 0: the voxels then follow the header and its four bytes of extension.
    offset = int(told) if np.isfinite(told) and told else size + 4
    if not size <= offset <= MAX_OFFSET_BYTES:
        raise ReadError(f"{name} is damaged, its voxels start nowhere: export it again")
    return offset


def _steps(fields: dict[str, tuple], name: str) -> tuple[np.ndarray, tuple[str, ...]]:
    qform_code, sform_code = fields["codes"]
    scale = _MM_PER_UNIT.get(fields["units"][0] & 7, 1.0)
    sform = np.reshape(fields["srow"], (3, 4))[:, :3] if sform_code > 0 else None
    qform = _quaternion_steps(fields["quatern"], fields["pixdim"]) if qform_code > 0 else None
    if sform is None and qform is None:
        raise ReadError(
            f"{name} does not say how it lies in the patient, its sform and qform codes are 0: "
            "write it with its affine"
        )
    steps = qform if sform is None else sform
    notes = (TWO_FRAMES_NOTE,) if _differ(sform, qform) else ()
    return _TO_LPS @ steps * scale, notes


def _differ(sform: np.ndarray | None, qform: np.ndarray | None) -> bool:
    """Return whether two orientations send an axis of the voxels to other sides of the patient."""
    if sform is None or qform is None:
        return False
    products = (sform * qform).sum(axis=0)
    sizes = np.linalg.norm(sform, axis=0) * np.linalg.norm(qform, axis=0)
    return not bool((products > 0.7 * sizes).all())


def _quaternion_steps(quatern: tuple[float, ...], pixdim: tuple[float, ...]) -> np.ndarray:
    # nifti1.h, method 2: a unit quaternion whose first part is not stored, and the last axis'
    # sign in pixdim[0].
    b, c, d = quatern
    a = np.sqrt(max(0.0, 1.0 - b * b - c * c - d * d))
    rotation = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
    )
    last = -1.0 if pixdim[0] < 0 else 1.0
    return rotation * np.array([pixdim[1], pixdim[2], last * pixdim[3]])
