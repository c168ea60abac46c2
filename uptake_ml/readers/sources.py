"""Finding the studies among files and folders: by first bytes, headers and names only."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from uptake_ml.errors import NotAStudyError, ReadError
from uptake_ml.readers.file_kind import (
    DICOM,
    DICOM_SUFFIXES,
    NIFTI,
    PICTURE,
    identify_file,
    report_damage,
    view_in_name,
)
from uptake_ml.study import BONE_SCAN, FDG_PET

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

NM = "dicom-nm"
PET = "dicom-pt"
OTHER_DICOM = "dicom-other"
UNREADABLE = "unreadable"


@dataclass(frozen=True, kw_only=True)
class StudySource:
    """The files of one study, still unread.

    ``kind`` is ``dicom-nm``, ``dicom-pt``, ``dicom-other``, ``picture``, ``nifti`` or
    ``unreadable``; ``modality`` is None where only reading can tell; ``error`` says why the files
    cannot be read, where that is known already.
    """

    files: tuple[Path, ...]
    kind: str
    modality: str | None = None
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Member:
    """A file, and what joins it to others: files of one ``key`` and different views are a study."""

    path: Path
    kind: str
    key: tuple | None = None
    view: str | None = None
    error: str | None = None


def find_studies(paths: Sequence[Path], modality: str | None) -> Iterator[StudySource]:
    """Yield the studies among files and folders, in the order of ``paths``, folders sorted.

    A study lies in one folder, and so does a series of slices, which is one source.  In a folder
    that is searched, what is no image is left out, and so is what accompanies a PET of the same
    examination (its CT); a file that is named directly always gives a source, if need be one with
    an ``error``.

    Parameters
    ----------
    modality
        What the user says the studies are; None leaves it to the files.
    """
    seen: set[Path] = set()
    for files, is_named in _list_files(paths):
        new = [path for path in files if not _is_known(path, seen)]
        members = (_examine(path, is_named) for path in new)
        groups = _group(member for member in members if member)
        for source in _to_sources(groups if is_named else _without_companions(groups)):
            yield replace(source, modality=_modality(source.kind, modality))


def _modality(kind: str, asked: str | None) -> str | None:
    told = {NM: BONE_SCAN, PET: FDG_PET}.get(kind)
    if told or asked:
        return told or asked
    return {PICTURE: BONE_SCAN, NIFTI: FDG_PET}.get(kind)


def _list_files(paths: Iterable[Path]) -> Iterator[tuple[list[Path], bool]]:
    """Yield batches of files and whether they were named; studies do not reach across batches."""
    named: list[Path] = []
    for path in map(Path, paths):
        if not _is_folder(path):
            named.append(path)
            continue
        if named:
            yield named, True
            named = []
        yield from ((files, False) for files in _walk(path))
    if named:
        yield named, True


def _walk(folder: Path) -> Iterator[list[Path]]:
    seen: set[tuple[int, int]] = set()
    for top, folders, names in os.walk(folder, followlinks=True):
        place = _place(top)
        if place is None or place in seen:  # gone, or a link back to a folder above
            folders.clear()
            continue
        seen.add(place)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files = [Path(top, name) for name in sorted(names) if not name.startswith(".")]
        yield [path for path in files if _is_file(path)]


def _place(folder: str) -> tuple[int, int] | None:
    try:
        status = os.stat(folder)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # in a folder that may be listed but not entered
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # ValueError: a null character in the name
        return False


def _is_known(path: Path, seen: set[Path]) -> bool:
    try:
        resolved = path.resolve()
    except (OSError, ValueError, RuntimeError):  # RuntimeError: links that go in a circle
        return False
    if resolved in seen:
        return True
    seen.add(resolved)
    return False


def _examine(path: Path, is_named: bool) -> _Member | None:
    """Return what a file is, or None for one that a search leaves out."""
    kind = None
    try:
        kind = identify_file(path)
        if kind == DICOM:
            return _examine_dicom(path)
    except NotAStudyError as error:  # a DICOMDIR
        return _unreadable(path, error) if is_named else None
    except ReadError as error:
        is_wanted = is_named or kind == DICOM or path.suffix.lower() in DICOM_SUFFIXES
        return _unreadable(path, error) if is_wanted else None
    if kind == PICTURE:
        return _examine_picture(path)
    if kind == NIFTI:
        return _Member(path=path, kind=NIFTI)
    reason = (
        f"{path.name} is neither DICOM nor NIfTI nor a PNG, JPEG, TIFF or BMP picture: give a scan"
    )
    return _Member(path=path, kind=UNREADABLE, error=reason) if is_named else None


def _unreadable(path: Path, error: ReadError) -> _Member:
    return _Member(path=path, kind=UNREADABLE, error=str(error))


def _examine_picture(path: Path) -> _Member:
    stem = path.stem.lower()
    bare = stem
    for word in ("anterior", "posterior", "ant", "post"):
        if stem.endswith(word) and (len(stem) == len(word) or stem[-len(word) - 1] in "_-. "):
            bare = stem[: -len(word)]
            break
    if bare == stem:
        return _Member(path=path, kind=PICTURE)
    key = (path.parent, bare, path.suffix.lower())
    return _Member(path=path, kind=PICTURE, key=key, view=view_in_name(word))


def _examine_dicom(path: Path) -> _Member:
    from uptake_ml.readers.dicom_header import read_header

    header = read_header(path, path.name)
    with report_damage(path.name):
        return _place_dicom(path, header)


def _place_dicom(path: Path, header: Dataset) -> _Member:
    from uptake_ml.readers.dicom_frames import frames_of, is_planar
    from uptake_ml.readers.dicom_header import PET_CLASSES

    study, series = (str(header.get(f"{level}InstanceUID")) for level in ("Study", "Series"))
    if not is_planar(header):
        kind = PET if header.get("SOPClassUID") in PET_CLASSES else OTHER_DICOM
        return _Member(path=path, kind=kind, key=(kind, path.parent, study, series))
    frames = frames_of(header, path.stem)
    is_alone = len(frames) != 1 or frames[0].is_view_assumed
    if is_alone or not _is_whole_body(header, path.name):
        return _Member(path=path, kind=NM)
    return _Member(path=path, kind=NM, key=(NM, path.parent, study), view=frames[0].view)


def _is_whole_body(header: Dataset, name: str) -> bool:
    # What is none stays a source of its own: opening it says why.
    from uptake_ml.readers.dicom_kind import require_whole_body

    try:
        require_whole_body(header, name)
    except ReadError:
        return False
    return True


def _group(members: Iterable[_Member]) -> list[list[_Member]]:
    """Return members of one key together, where the first is; a view twice is a new study."""
    groups: list[list[_Member]] = []
    open_groups: dict[tuple, list[list[_Member]]] = {}
    for member in members:
        waiting = open_groups.setdefault(member.key, []) if member.key else []
        group = next((g for g in waiting if _is_welcome(member, g)), None)
        if group is None:
            group = []
            groups.append(group)
            waiting.append(group)
        group.append(member)
    return groups


def _without_companions(groups: Sequence[list[_Member]]) -> list[list[_Member]]:
    """Return the groups without the series that are not PET of an examination that has a PET."""
    examinations = {g[0].key[:3] for g in groups if g[0].kind == PET}
    return [
        group
        for group in groups
        if group[0].kind != OTHER_DICOM or (PET, *group[0].key[1:3]) not in examinations
    ]


def _to_sources(groups: Iterable[Sequence[_Member]]) -> Iterator[StudySource]:
    for group in groups:
        yield StudySource(
            files=tuple(m.path for m in group), kind=group[0].kind, error=group[0].error
        )


def _is_welcome(member: _Member, group: Sequence[_Member]) -> bool:
    return member.view is None or member.view not in {other.view for other in group}
