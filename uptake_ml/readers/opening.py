"""Opening one study: its files' bytes, read once, become views, hashes and notes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from uptake_ml.errors import NotAStudyError, ReadError
from uptake_ml.identity import joint_id
from uptake_ml.readers.file_kind import (
    DICOM_SUFFIXES,
    NIFTI_SUFFIXES,
    PICTURE,
    PICTURE_SUFFIXES,
    read_bounded,
    report_damage,
)
from uptake_ml.readers.sources import NIFTI, PET, StudySource, find_studies
from uptake_ml.study import BONE_SCAN, FDG_PET, SourceFile, Study, Volume

VOLUME_NOTE = "A NIfTI volume does not say what it shows: it was taken to be an FDG-PET in SUV."
PICTURE_NOTE = "A picture does not say what it shows: it was taken to be a {modality}."


def open_study(
    source: StudySource | Path, *, modality: str | None = None, keep_ids: bool = False
) -> Study:
    """Return the study that a source, or the file or folder of one study, holds.

    Parameters
    ----------
    modality
        What the user says the study is; without it a picture is a bone scan, a NIfTI volume an
        FDG-PET.
    keep_ids
        Whether the study keeps its own identifier and its files' names; otherwise they are a hash
        and neutral names.

    Raises
    ------
    NotAStudyError
        If the files were read but hold no whole-body scan of a kind that is known.
    ReadError
        If a file cannot be read.
    """
    if not isinstance(source, StudySource):
        source = _only_source(Path(source), modality)
    if source.error:
        raise ReadError(source.error)
    if source.kind in (PET, NIFTI):
        return _open_volume(source, modality, keep_ids)
    files = [(path, read_bounded(path)) for path in source.files]
    if source.kind == PICTURE:
        return _open_picture(files, modality, source, keep_ids)
    with report_damage(source.files[0].name):
        return _open_dicom(files, modality, keep_ids)


def _only_source(path: Path, modality: str | None) -> StudySource:
    sources = list(find_studies([path], modality))
    if len(sources) != 1:
        raise NotAStudyError(
            f"one study is needed, found {len(sources)}: give the file or folder of one study"
        )
    return sources[0]


def _open_volume(source: StudySource, modality: str | None, keep_ids: bool) -> Study:
    from uptake_ml.projections import project_views

    if modality not in (None, FDG_PET):
        raise NotAStudyError(
            f"{source.files[0].name} is of a volume, which is no {modality}: leave --modality out"
        )
    read = _read_series if source.kind == PET else _read_nifti
    with report_damage(source.files[0].name):
        volume, notes, described, identifier = read(source.files, keep_ids)
    if source.kind == NIFTI and modality is None:
        notes.insert(0, VOLUME_NOTE)
    return Study(
        id=identifier or joint_id(f.sha256 for f in described),
        modality=FDG_PET,
        views=project_views(volume),
        files=described,
        volume=volume,
        notes=tuple(notes),
    )


_ReadVolume = tuple[Volume, list[str], tuple[SourceFile, ...], str | None]


def _read_series(files: Sequence[Path], keep_ids: bool) -> _ReadVolume:
    from uptake_ml.readers.dicom import read_identifier
    from uptake_ml.readers.pet_series import read_pet_volume

    described: list[SourceFile] = []

    def contents() -> Iterator[tuple[Path, bytes]]:
        # One at a time: a series may have a thousand files.
        for number, path in enumerate(files, start=1):
            content = read_bounded(path)
            sha256 = hashlib.sha256(content).hexdigest()
            described.append(_describe_file(path, sha256, number, keep_ids))
            yield path, content

    volume, notes = read_pet_volume(contents())
    first = files[0]
    kept = _printable(read_identifier(first, read_bounded(first))) if keep_ids else None
    return volume, notes, tuple(described), kept


def _read_nifti(files: Sequence[Path], keep_ids: bool) -> _ReadVolume:
    from uptake_ml.readers.nifti import read_nifti_volume

    (path,) = files
    volume, notes = read_nifti_volume(path)
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    kept = _printable(path.name.split(".nii")[0]) if keep_ids else None
    return volume, notes, (_describe_file(path, sha256, 1, keep_ids),), kept


def _open_picture(files, modality: str | None, source: StudySource, keep_ids: bool) -> Study:
    from uptake_ml.readers.picture import read_picture_views

    assumed = modality or source.modality or BONE_SCAN
    views, notes = read_picture_views(files, assumed)
    if modality is None:
        notes.insert(0, PICTURE_NOTE.format(modality=assumed))
    described = _describe_files(files, keep_ids)
    return Study(
        id=_printable(files[0][0].stem) if keep_ids else joint_id(f.sha256 for f in described),
        modality=assumed,
        views=views,
        files=described,
        notes=tuple(notes),
    )


def _open_dicom(files, modality: str | None, keep_ids: bool) -> Study:
    from uptake_ml.readers.dicom import read_dicom_views, read_identifier

    views, notes = read_dicom_views(files)
    if modality not in (None, BONE_SCAN):
        raise NotAStudyError(
            f"{files[0][0].name} is a planar scan, which is no {modality}: leave --modality out"
        )
    described = _describe_files(files, keep_ids)
    kept = _printable(read_identifier(*files[0])) if keep_ids else None
    return Study(
        id=kept or joint_id(f.sha256 for f in described),
        modality=BONE_SCAN,
        views=views,
        files=described,
        notes=tuple(notes),
    )


def _describe_files(files: Sequence[tuple[Path, bytes]], keep_ids: bool) -> tuple[SourceFile, ...]:
    return tuple(
        _describe_file(path, hashlib.sha256(content).hexdigest(), number, keep_ids)
        for number, (path, content) in enumerate(files, start=1)
    )


def _describe_file(path: Path, sha256: str, number: int, keep_ids: bool) -> SourceFile:
    name = _printable(path.name) if keep_ids else f"file-{number}{_neutral_suffix(path)}"
    return SourceFile(name=name, sha256=sha256)


def _neutral_suffix(path: Path) -> str:
    # What follows the last dot of a name may be part of a number that tells who it is.
    for suffix in NIFTI_SUFFIXES:
        if path.name.lower().endswith(suffix):
            return suffix
    suffix = path.suffix.lower()
    return suffix if suffix in PICTURE_SUFFIXES | DICOM_SUFFIXES else ".dcm"


def _printable(text: str) -> str:
    # A name may hold bytes that are no text, which could not be written to a finding.
    return "".join(letter if letter.isprintable() else "_" for letter in text)
