"""The header of a DICOM file: only the tags that are needed, and only where that is safe."""

from __future__ import annotations

import io
from pathlib import Path

import pydicom
from pydicom import uid
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset

from uptake_ml.errors import NotAStudyError, ReadError
from uptake_ml.readers.file_kind import is_bare_dicom, report_damage

DICOMDIR = uid.MediaStorageDirectoryStorage
NM_CLASSES = frozenset({uid.NuclearMedicineImageStorage, "1.2.840.10008.5.1.4.1.1.5"})
PET_CLASSES = frozenset({uid.PositronEmissionTomographyImageStorage, uid.EnhancedPETImageStorage})

# Syntaxes whose data set can be read piece by piece, and whose pixels can be decoded here.  A
# deflated one is not among them: half a megabyte of it grows to hundreds before a tag is seen.
READABLE_SYNTAXES = frozenset(
    {
        uid.ImplicitVRLittleEndian,
        uid.ExplicitVRLittleEndian,
        uid.ExplicitVRBigEndian,
        uid.RLELossless,
        uid.JPEGBaseline8Bit,
        uid.JPEGExtended12Bit,
        uid.JPEGLossless,
        uid.JPEGLosslessSV1,
        uid.JPEGLSLossless,
        uid.JPEGLSNearLossless,
        uid.JPEG2000Lossless,
        uid.JPEG2000,
    }
)

GROUPING_TAGS = (
    "SOPClassUID",
    "Modality",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "SeriesDescription",
    "ImageType",
    "Rows",
    "Columns",
    "SamplesPerPixel",
    "NumberOfFrames",
    "EnergyWindowVector",
    "EnergyWindowInformationSequence",
    "DetectorVector",
    "DetectorInformationSequence",
    "ImageID",
)


def read_header(source: Path | bytes, name: str, tags: tuple[str, ...] = GROUPING_TAGS) -> Dataset:
    """Return the given elements of a DICOM file, with its file meta information.

    Parameters
    ----------
    source
        The file, or its bytes.
    name
        The file's base name, for messages.

    Raises
    ------
    ReadError
        If it is not DICOM, is damaged, or is of a transfer syntax that is not read.
    NotAStudyError
        If it is a DICOMDIR, which holds no image.
    """
    with report_damage(name), _open(source) as stream:
        is_bare = _check_start(stream, name)
        dataset = pydicom.dcmread(stream, specific_tags=list(tags), force=is_bare)
        # Where the data end too early pydicom hands back a dataset without anything in it.
        if not len(dataset):
            raise ReadError(f"{name} ends before its data do: export or copy it again")
        return _whole(dataset, tags)


def _open(source: Path | bytes):
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _check_start(stream, name: str) -> bool:
    """Check the file meta information; return whether the file lacks preamble and prefix."""
    start = stream.read(132)
    is_bare = start[128:] != b"DICM"
    if is_bare:
        if not is_bare_dicom(start):
            raise ReadError(
                f"{name} is not a DICOM file: DICM was required at byte 128; export the scan again"
            )
        stream.seek(0)
    _require_readable(_read_meta(stream), name, is_optional=is_bare)
    stream.seek(0)
    return is_bare


def _read_meta(stream) -> Dataset:
    # Not pydicom's reader of whole files: that one inflates a deflated data set to look past it.
    return read_dataset(
        stream,
        is_implicit_VR=False,
        is_little_endian=True,
        stop_when=lambda tag, vr, length: tag >> 16 != 2,
    )


def _require_readable(meta: Dataset, name: str, *, is_optional: bool) -> None:
    if meta.get("MediaStorageSOPClassUID") == DICOMDIR:
        raise NotAStudyError(f"{name} is a DICOM directory: give the folder or file of the images")
    syntax = meta.get("TransferSyntaxUID")
    if syntax is None and is_optional:
        return
    if syntax is None:
        raise ReadError(f"{name} is damaged, it lacks its transfer syntax: export it again")
    if syntax not in READABLE_SYNTAXES:
        raise ReadError(
            f"{name} is of {_name_syntax(syntax)}, which is not read: "
            "export it uncompressed or as JPEG 2000 lossless"
        )


def _name_syntax(syntax) -> str:
    # Only names out of the standard are shown: a free text there may hold anything.
    known = uid.UID_dictionary.get(str(syntax))
    return f"the transfer syntax {known[0]}" if known else "an unknown transfer syntax"


def _whole(dataset: Dataset, tags: tuple[str, ...]) -> Dataset:
    # Elements are decoded on first use: doing so here keeps every parser error in one place.
    for tag in tags:
        if tag != "PixelData":
            dataset.get(tag)
    return dataset
