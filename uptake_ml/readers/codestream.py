"""The image size that a compressed codestream claims for itself, told without decoding it."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames
from pydicom.uid import RLELossless

_JPEG_START = b"\xff\xd8"
_JPEG_2000_START = b"\xff\x4f\xff\x51"
# Start-of-frame markers: all of JPEG but DHT, JPG and DAC, and that of JPEG-LS.
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7}
# Run lengths lengthen what does not repeat by 1 in 128, and each segment has a header.
_RLE_GROWTH, _RLE_HEADER_BYTES = 1.02, 4096

Shape = tuple[int, int, int]


def codestream_shapes(dataset: Dataset) -> Iterator[Shape]:
    """Yield (rows, columns, samples a pixel) of each frame of encapsulated pixel data.

    A frame of run lengths has no size of its own: it yields that of the header.

    Raises
    ------
    ValueError, struct.error
        If a frame is no codestream, or of run lengths too long for the image of the header.
    """
    is_rle = dataset.file_meta.TransferSyntaxUID == RLELossless
    number = int(dataset.get("NumberOfFrames") or 1)
    for frame in generate_frames(dataset.PixelData, number_of_frames=number):
        yield _run_length_shape(frame, dataset) if is_rle else _codestream_shape(frame)


def _run_length_shape(frame: bytes, dataset: Dataset) -> Shape:
    shape = (dataset.Rows, dataset.Columns, int(dataset.get("SamplesPerPixel") or 1))
    n_bytes = dataset.Rows * dataset.Columns * shape[2] * dataset.BitsAllocated / 8
    if len(frame) > _RLE_GROWTH * n_bytes + _RLE_HEADER_BYTES:
        raise ValueError("the run lengths are longer than the image")
    return shape


def _codestream_shape(frame: bytes) -> Shape:
    if frame.startswith(_JPEG_2000_START):
        return _jpeg_2000_shape(frame)
    if frame.startswith(_JPEG_START):
        return _jpeg_shape(frame)
    raise ValueError("the frame is no codestream of JPEG, JPEG-LS or JPEG 2000")


def _jpeg_2000_shape(frame: bytes) -> Shape:
    # ISO/IEC 15444-1 A.5.1: SIZ comes first; ends and offsets of the image area, components.
    right, bottom, left, top = struct.unpack_from(">4L", frame, 8)
    (components,) = struct.unpack_from(">H", frame, 40)
    return bottom - top, right - left, components


def _jpeg_shape(frame: bytes) -> Shape:
    # ISO/IEC 10918-1 B.1.1: segments of a marker and a length, until the frame's header.
    place = len(_JPEG_START)
    while True:
        lead, marker, length = struct.unpack_from(">BBH", frame, place)
        if lead != 0xFF:
            raise ValueError("a marker of the codestream is missing")
        if marker in _START_OF_FRAME:
            return struct.unpack_from(">HHB", frame, place + 5)
        place += 1 if marker == 0xFF else 2 + length
