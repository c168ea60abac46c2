"""Opening one study: its files' bytes, read once, become views, hashes and notes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from uptake_ml.errors import NotAStudyError, ReadError
from uptake_ml.identity import joint_id
from uptake_ml.readers.file_kind import (
    DICOM_SUFFIXES,
    PICTURE,
    PICTURE_SUFFIXES,
    read_bounded,
    report_damage,
)
from uptake_ml.readers.sources import NIFTI, PET, StudySource, find_studies
from uptake_ml.study import BONE_SCAN, SourceFile, Study

PICTURE_NOTE = "A picture does not say what it shows: it was taken to be a {modality}."


def open_study(
    source: StudySource | Path, *, modality: str | None = None, keep_ids: bool = False
) -> Study:
    """Return the study that a source, or the file or folder of one study, holds.

    Parameters
    ----------
    modality
        What the user says the study is; a picture is a bone scan without it.
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
        raise NotAStudyError(_describe_tomography(source))
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


def _describe_tomography(source: StudySource) -> str:
    what = "a PET series" if source.kind == PET else "a NIfTI volume"
    return (
        f"{source.files[0].name} is of {what}, which this release does not read yet: "
        "give a planar whole-body bone scan"
    )


def _open_picture(files, modality: str | None, source: StudySource, keep_ids: bool) -> Study:
    from uptake_ml.readers.picture import read_picture_views

    views, notes = read_picture_views(files)
    assumed = modality or source.modality or BONE_SCAN
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
        SourceFile(
            name=_printable(path.name) if keep_ids else f"file-{number}{_neutral_suffix(path)}",
            sha256=hashlib.sha256(content).hexdigest(),
        )
        for number, (path, content) in enumerate(files, start=1)
    )


def _neutral_suffix(path: Path) -> str:
    # What follows the last dot of a name may be part of a number that tells who it is.
    suffix = path.suffix.lower()
    return suffix if suffix in PICTURE_SUFFIXES | DICOM_SUFFIXES else ".dcm"


def _printable(text: str) -> str:
    # A name may hold bytes that are no text, which could not be written to a finding.
    return "".join(letter if letter.isprintable() else "_" for letter in text)
