"""What a file is, by its first bytes and only then by its name, and its bytes, bounded."""

from __future__ import annotations

import re
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from uptake_ml.errors import ReadError, UptakeError
from uptake_ml.study import ANTERIOR, POSTERIOR

DICOM = "dicom"
PICTURE = "picture"
NIFTI = "nifti"

MAX_FILE_BYTES = 256 * 2**20
# A NIfTI volume is read piece by piece: 400 million voxels of 8 bytes.
MAX_VOLUME_FILE_BYTES = 3200 * 10**6
# Decoding and measuring take up to 20 bytes a pixel; a whole body needs two million pixels.
MAX_PIXELS = 16 * 2**20

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"})
DICOM_SUFFIXES = frozenset({".dcm", ".dicom", ".ima"})
NIFTI_SUFFIXES = (".nii", ".nii.gz")

_PICTURE_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"BM")
# A data set without the preamble starts with a tag of group 0002 or 0008, little endian.
_BARE_DICOM_STARTS = (b"\x02\x00\x00\x00", b"\x02\x00\x01\x00", b"\x08\x00")
# "3 h post injection" is a time, not a view.
_VIEW_WORD = re.compile(
    r"(?:^|[^a-z])(anterior|posterior|ant|post(?![ _.-]*(?:inj|dose|void|mict|op|chemo|thera|tx)))"
    r"(?![a-z])",
    re.IGNORECASE,
)


def identify_file(path: Path) -> str | None:
    """Return ``dicom``, ``picture`` or ``nifti``, or None for any other file.

    Raises
    ------
    ReadError
        If the file cannot be opened.
    """
    start = _read_start(path)
    suffix = path.suffix.lower()
    if start[128:132] == b"DICM":
        return DICOM
    if start.startswith(_PICTURE_STARTS[:-1]):
        return PICTURE
    if suffix in DICOM_SUFFIXES:
        return DICOM
    if suffix in PICTURE_SUFFIXES:
        return PICTURE
    return NIFTI if path.name.lower().endswith(NIFTI_SUFFIXES) else None


def is_bare_dicom(start: bytes) -> bool:
    """Return whether bytes look like a DICOM data set that lacks preamble and prefix."""
    return start.startswith(_BARE_DICOM_STARTS)


def read_bounded(path: Path) -> bytes:
    """Return a file's bytes.

    Raises
    ------
    ReadError
        If it is no file, empty, larger than 256 MB or cannot be read.
    """
    require_size(path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReadError(_describe_os_error(path, error)) from None


def require_size(path: Path) -> None:
    """Raise ReadError unless the path is a file of 1 byte to 256 MB, of NIfTI to 3 GB."""
    try:
        status = path.stat()
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise ReadError(_describe_os_error(path, error)) from None
    if not stat.S_ISREG(status.st_mode):
        raise ReadError(f"{path.name or 'it'} is not a file: give the path of a scan's file")
    if status.st_size == 0:
        raise ReadError(f"{path.name} is empty: copy or export it again")
    is_volume = path.name.lower().endswith(NIFTI_SUFFIXES)
    most = MAX_VOLUME_FILE_BYTES if is_volume else MAX_FILE_BYTES
    if status.st_size > most:
        raise ReadError(
            f"{path.name} must not be larger than {most >> 20} MB, found "
            f"{status.st_size >> 20} MB: export the whole-body images alone"
        )


@contextmanager
def report_damage(what: str) -> Iterator[None]:
    """Turn whatever a damaged file provokes in a parser into a ReadError that names no contents.

    Warnings are dropped: they quote the file, which may name the patient.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except UptakeError:
        raise
    except Exception as error:  # no list of what damaged bytes provoke would be complete
        raise ReadError(
            f"{what} is damaged or cut short ({type(error).__name__}): export or copy it again"
        ) from None


def view_in_name(name: str) -> str | None:
    """Return the view that ANT, POST, anterior or posterior in a name tells; None if none or both.

    The letters' case does not count.
    """
    initials = {word[0].lower() for word in _VIEW_WORD.findall(name)}
    return {"a": ANTERIOR, "p": POSTERIOR}[initials.pop()] if len(initials) == 1 else None


def _read_start(path: Path) -> bytes:
    require_size(path)
    try:
        with path.open("rb") as stream:
            return stream.read(132)
    except OSError as error:
        raise ReadError(_describe_os_error(path, error)) from None


def _describe_os_error(path: Path, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return f"there is no file {path.name}: check the path"
    if isinstance(error, PermissionError):
        return f"{path.name} must be readable: change its permissions"
    return f"{path.name!r} could not be read ({type(error).__name__}): check the disk and the path"
