"""Turning a planar image head up, where its header says that it is stored otherwise."""

from __future__ import annotations

import numpy as np
from pydicom.dataset import Dataset

from uptake_ml.readers.dicom_frames import Frame
from uptake_ml.study import ANTERIOR

TURNED_NOTE = "The image is stored feet up: rows and columns are those after turning it head up."
MIRRORED_NOTE = (
    "The header says that the image is mirrored, which is seldom so: it was taken as stored, so "
    "left and right need a look."
)


def turn_upright(
    pixels: np.ndarray, header: Dataset, frame: Frame
) -> tuple[np.ndarray, str | None]:
    """Return an image head up, and a note if it was turned or is said to be mirrored.

    The orientation is that of ImageOrientationPatient (of the frame's detector), else of
    PatientOrientation.  PatientPosition says how the patient lay, not how the image is stored
    (DICOM PS3.3 C.7.3.1.1.2): feet first, the image is turned only if it too is feet first.
    """
    across, down = _directions(header, frame)
    expected_across = "L" if frame.view == ANTERIOR else "R"
    is_upside_down = down == "H"
    if down == "" and str(header.get("PatientPosition") or "").upper().startswith("FF"):
        is_upside_down = _is_heavy_below(pixels)
    if not is_upside_down:
        return pixels, MIRRORED_NOTE if across not in ("", expected_across) else None
    # Unless told otherwise the whole image is rotated by half a turn.
    return pixels[::-1] if across == expected_across else pixels[::-1, ::-1], TURNED_NOTE


def _directions(header: Dataset, frame: Frame) -> tuple[str, str]:
    """Return where rows run to (L or R) and where columns run to (H or F); "" if not told."""
    items = header.get("DetectorInformationSequence") or []
    item = items[frame.detector - 1] if 0 < frame.detector <= len(items) else header
    for part in (item, header):
        cosines = part.get("ImageOrientationPatient")
        if hasattr(cosines, "__iter__") and len(cosines) == 6:
            return _directions_of_cosines([float(c) for c in cosines])
    words = header.get("PatientOrientation")
    if hasattr(words, "__iter__") and not isinstance(words, str) and len(words) == 2:
        across, down = (str(word).strip().upper()[:1] for word in words)
        return across, down
    return "", ""


def _directions_of_cosines(cosines: list[float]) -> tuple[str, str]:
    across_x, down_z = cosines[0], cosines[5]
    across = "L" if across_x > 0.5 else "R" if across_x < -0.5 else ""
    down = "H" if down_z > 0.5 else "F" if down_z < -0.5 else ""
    return across, down


def _is_heavy_below(pixels: np.ndarray) -> bool:
    """Return whether the lower half of the image holds more counts than the upper half."""
    rows = np.flatnonzero(pixels.sum(axis=1))
    middle = (rows[0] + rows[-1] + 1) // 2
    return bool(pixels[middle:].sum() > pixels[:middle].sum())
