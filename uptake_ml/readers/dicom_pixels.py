"""The pixels of chosen frames, decoded only after their size is known to be bounded."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydicom import uid
from pydicom.dataset import Dataset
from pydicom.pixels import iter_pixels

from uptake_ml.errors import ReadError
from uptake_ml.readers.codestream import codestream_shapes
from uptake_ml.readers.dicom_header import read_header
from uptake_ml.readers.file_kind import MAX_PIXELS, report_damage

_TAGS = (
    "Rows",
    "Columns",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "NumberOfFrames",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "ExtendedOffsetTable",
    "ExtendedOffsetTableLengths",
    "PixelData",
)


def read_frames(content: bytes, indices: Sequence[int], name: str) -> list[np.ndarray]:
    """Return the stored values of the frames at ``indices``, float64 (rows, columns) each.

    Raises
    ------
    ReadError
        If the pixels are missing, cut short, too many, or cannot be decoded.
    """
    dataset = read_header(content, name, _TAGS)
    _require_bounded(dataset, name)
    with report_damage(f"the image in {name}"):
        _complete_meta(dataset)
        _require_honest_codestream(dataset, name)
        frames = list(iter_pixels(dataset, indices=list(indices), raw=True))
    return [frame.astype(np.float64) for frame in frames]


def _require_bounded(dataset: Dataset, name: str) -> None:
    if "PixelData" not in dataset:
        raise ReadError(f"{name} holds no pixels, it may be cut short: export or copy it again")
    frames = int(dataset.get("NumberOfFrames") or 1)
    rows, columns = int(dataset.get("Rows") or 0), int(dataset.get("Columns") or 0)
    if not 0 < rows * columns * frames <= MAX_PIXELS:
        raise ReadError(
            f"{name} must have up to {MAX_PIXELS >> 20} megapixels, found {frames} frames of "
            f"{rows} x {columns}: export the whole-body images alone"
        )


def _complete_meta(dataset: Dataset) -> None:
    # A bare data set names no transfer syntax: it is the one it was read with.
    if "TransferSyntaxUID" in dataset.file_meta:
        return
    is_implicit, is_little_endian = dataset.original_encoding
    if is_implicit:
        dataset.file_meta.TransferSyntaxUID = uid.ImplicitVRLittleEndian
    elif is_little_endian:
        dataset.file_meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
    else:
        dataset.file_meta.TransferSyntaxUID = uid.ExplicitVRBigEndian


def _require_honest_codestream(dataset: Dataset, name: str) -> None:
    # A compressed image has a size of its own, and its decoder believes that one.
    if not dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        return
    told = (int(dataset.Rows), int(dataset.Columns), int(dataset.get("SamplesPerPixel") or 1))
    for shape in codestream_shapes(dataset):
        if shape != told:
            raise ReadError(
                f"{name} is damaged: its header and its compressed image differ in size; "
                "export or copy it again"
            )
