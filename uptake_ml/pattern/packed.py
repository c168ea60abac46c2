"""Arrays as plain values for a line of JSON: exact, compressed, no code to run on the way back."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping

import numpy as np

from uptake_ml.study import View

# Images of counts shrink by 3 to 6 at the lowest level; the next ones cost five times the time.
# Volumes full of noise shrink by a fifth, and that takes half as long as drawing them.
_LEVEL, _NO_LEVEL = 1, 0


def pack(array: np.ndarray, *, is_noise: bool = False) -> dict[str, object]:
    """Return ``array`` as its type, its shape, and its bytes as text, compressed unless noise."""
    level = _NO_LEVEL if is_noise else _LEVEL
    content = zlib.compress(np.ascontiguousarray(array).tobytes(), level)
    return {
        "dtype": array.dtype.str,
        "shape": list(array.shape),
        "bytes": base64.b64encode(content).decode("ascii"),
    }


def unpack(packed: Mapping) -> np.ndarray:
    """Return the array that ``pack`` packed.

    Raises
    ------
    ValueError
        When type, shape and bytes do not belong together, or the type is not one of plain numbers.
    """
    dtype = np.dtype(packed["dtype"])
    if dtype.kind not in "biuf":
        raise ValueError(f"an array of plain numbers is needed, found the type {dtype}")
    size = int(np.prod(packed["shape"], dtype=np.int64)) * dtype.itemsize
    unpacker = zlib.decompressobj()
    try:
        # One byte more than there should be shows what is too long without unpacking all of it.
        content = unpacker.decompress(base64.b64decode(packed["bytes"], validate=True), size + 1)
    except zlib.error as error:
        raise ValueError(f"an array cannot be unpacked: {error}") from error
    if len(content) != size or not unpacker.eof:
        raise ValueError(f"an array should have {size} bytes, its content has others")
    return np.frombuffer(content, dtype).reshape(packed["shape"]).copy()


def pack_view(view: View) -> dict[str, object]:
    """Return a view as plain values."""
    return {**vars(view), "pixels": pack(view.pixels)}


def unpack_view(packed: Mapping) -> View:
    """Return the view that ``pack_view`` packed; raises as ``unpack`` does."""
    place = {"pixels": unpack(packed["pixels"]), "spacing_mm": tuple(packed["spacing_mm"])}
    return View(**{**packed, **place})
