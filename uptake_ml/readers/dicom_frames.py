"""Which view and energy window each frame of a planar image is, told from its header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydicom.dataset import Dataset

from uptake_ml.readers.dicom_header import NM_CLASSES
from uptake_ml.readers.file_kind import view_in_name
from uptake_ml.study import ANTERIOR, POSTERIOR

PHOTOPEAK_KEV = 140.5

# DICOM PS3.16 CID 26 "Nuclear Medicine Projections": SNOMED CT, and SNOMED RT as older files have.
_VIEW_OF_CODE = {
    "399321004": ANTERIOR,
    "G-5215": ANTERIOR,
    "399001007": POSTERIOR,
    "G-5216": POSTERIOR,
}
_OPPOSITE = {ANTERIOR: POSTERIOR, POSTERIOR: ANTERIOR}
_MAX_FRAMES = 4096


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One frame of a file: its place in the pixel data, its view, and how that is known.

    ``detector`` and ``window`` count from 1.
    """

    index: int
    view: str
    is_view_assumed: bool
    detector: int
    window: int


def is_planar(header: Dataset) -> bool:
    """Return whether a header is that of a nuclear-medicine image other than PET."""
    return header.get("SOPClassUID") in NM_CLASSES or header.get("Modality") == "NM"


def frames_of(header: Dataset, stem: str) -> list[Frame]:
    """Return the frames of the photopeak window, in the file's order.

    The view is that of the detector's view code; else of a name (image ID, series description,
    file); else detector 1 is assumed anterior, detector 2 posterior, anything else anterior.
    """
    count = min(max(int(header.get("NumberOfFrames") or 1), 1), _MAX_FRAMES)
    detectors = _vector(header.get("DetectorVector"), count, default=None)
    windows = _vector(header.get("EnergyWindowVector"), count, default=[1] * count)
    detectors = detectors or _detectors_by_order(windows)
    chosen = choose_window(header, windows)
    views = _views_of_detectors(header, sorted(set(detectors)), stem)
    return [
        Frame(
            index=index,
            view=views[detector][0],
            is_view_assumed=views[detector][1],
            detector=detector,
            window=window,
        )
        for index, (detector, window) in enumerate(zip(detectors, windows, strict=True))
        if window == chosen
    ]


def choose_window(header: Dataset, windows: Sequence[int]) -> int:
    """Return the number of the energy window that holds 140.5 keV (99mTc), else the first."""
    present = sorted(set(windows))
    items = header.get("EnergyWindowInformationSequence") or []
    centres = {}
    for number in present:
        limits = _limits_kev(items[number - 1]) if 0 < number <= len(items) else None
        if limits and limits[0] <= PHOTOPEAK_KEV <= limits[1]:
            centres[number] = sum(limits) / 2
    if not centres:
        return present[0]
    return min(centres, key=lambda number: (abs(centres[number] - PHOTOPEAK_KEV), number))


def _limits_kev(item: Dataset) -> tuple[float, float] | None:
    ranges = item.get("EnergyWindowRangeSequence") or []
    limits = [
        (float(r.EnergyWindowLowerLimit), float(r.EnergyWindowUpperLimit))
        for r in ranges
        if r.get("EnergyWindowLowerLimit") is not None
        and r.get("EnergyWindowUpperLimit") is not None
    ]
    holding = [pair for pair in limits if pair[0] <= PHOTOPEAK_KEV <= pair[1]]
    return (holding or limits or [None])[0]


def _vector(value, count: int, default):
    if value is None or value == "":
        return default
    numbers = [int(v) for v in value] if hasattr(value, "__iter__") else [int(value)]
    return numbers if len(numbers) == count else default


def _detectors_by_order(windows: Sequence[int]) -> list[int]:
    """Return detector numbers where the header names none: each window's frames in their order."""
    seen: dict[int, int] = {}
    detectors = []
    for window in windows:
        seen[window] = seen.get(window, 0) + 1
        detectors.append(seen[window])
    return detectors


def _views_of_detectors(
    header: Dataset, detectors: Sequence[int], stem: str
) -> dict[int, tuple[str, bool]]:
    """Return, for each detector, its view and whether that is an assumption."""
    items = header.get("DetectorInformationSequence") or []
    known = {
        number: _view_in_code(items[number - 1]) if 0 < number <= len(items) else None
        for number in detectors
    }
    if len(detectors) == 1 and known[detectors[0]] is None:
        known[detectors[0]] = _view_in_names(header, stem)
    if len(detectors) == 2 and list(known.values()).count(None) == 1:
        first, second = detectors
        known[first] = known[first] or _OPPOSITE[known[second]]
        known[second] = known[second] or _OPPOSITE[known[first]]
    usual = {2: POSTERIOR} if len(detectors) > 1 else {}
    return {
        number: (view or usual.get(order, ANTERIOR), view is None)
        for order, (number, view) in enumerate(known.items(), start=1)
    }


def _view_in_code(item: Dataset) -> str | None:
    for code in item.get("ViewCodeSequence") or []:
        view = _VIEW_OF_CODE.get(str(code.get("CodeValue", "")))
        meaning = str(code.get("CodeMeaning", ""))
        # Antero-posterior names a direction of X-rays, not a detector's place.
        is_direction = re.search(r"antero|postero", meaning, re.IGNORECASE)
        view = view or (None if is_direction else view_in_name(meaning))
        if view:
            return view
    return None


def _view_in_names(header: Dataset, stem: str) -> str | None:
    names = (header.get("ImageID"), header.get("SeriesDescription"), stem)
    return next((view for name in names if (view := view_in_name(str(name or "")))), None)
