"""Whether a DICOM file is a planar whole-body image, told from its header."""

from __future__ import annotations

from pydicom.dataset import Dataset
from pydicom.uid import UID_dictionary

from uptake_ml.errors import NotAStudyError, ReadError
from uptake_ml.readers.dicom_frames import is_planar

_MIN_ROWS, _MIN_COLUMNS = 64, 16
_WHOLE_BODY = "WHOLE BODY"
# DICOM PS3.3 C.8.4.9.1.1.3, Image Type Value 3.
_KNOWN_TYPES = (
    _WHOLE_BODY,
    "STATIC",
    "DYNAMIC",
    "GATED",
    "TOMO",
    "GATED TOMO",
    "RECON TOMO",
    "RECON GATED TOMO",
)


def require_whole_body(header: Dataset, name: str) -> None:
    """Raise NotAStudyError, naming what the file is, unless it is a planar whole-body image."""
    if not is_planar(header):
        raise NotAStudyError(
            f"{name} is {_name_class(header)}, not a planar nuclear-medicine scan: "
            "give a whole-body bone scan"
        )
    if int(header.get("SamplesPerPixel") or 1) != 1:
        raise NotAStudyError(f"{name} is a colour screen capture: give the images it was made of")
    kind = _image_type(header)
    rows, columns = int(header.get("Rows") or 0), int(header.get("Columns") or 0)
    if rows == 0 or columns == 0:
        raise ReadError(f"{name} lacks the size of its image: export or copy it again")
    # Where the type does not say, a whole body is told by its shape.
    if kind != _WHOLE_BODY and (kind or rows < 2 * columns):
        what = f"of type {kind.lower()}" if kind else "of no stated type and not tall"
        raise NotAStudyError(
            f"{name} is a nuclear-medicine image {what}: give a planar whole-body scan"
        )
    if rows < _MIN_ROWS or columns < _MIN_COLUMNS:
        raise ReadError(
            f"{name} must have at least {_MIN_ROWS} x {_MIN_COLUMNS} pixels, found {rows} x "
            f"{columns}: export the scan at full size"
        )


def _image_type(header: Dataset) -> str:
    values = header.get("ImageType") or []
    values = [values] if isinstance(values, str) else list(values)
    kind = str(values[2]).strip().upper() if len(values) > 2 else ""
    return kind if kind in _KNOWN_TYPES else ""


def _name_class(header: Dataset) -> str:
    # Only names out of the standard are shown: a free text there may hold anything.
    known = UID_dictionary.get(str(header.get("SOPClassUID")))
    modality = str(header.get("Modality") or "")
    kind = f" ({modality})" if modality.isalpha() and len(modality) == 2 else ""
    return f"{known[0]}{kind}" if known else f"an image of an unknown class{kind}"
