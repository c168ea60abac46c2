"""FDG-PET series in DICOM: one file a slice becomes a volume in SUV."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from pydicom import uid
from pydicom.dataset import Dataset

from uptake_ml.errors import NotAStudyError, ReadError
from uptake_ml.readers import pet_slices, pet_suv
from uptake_ml.readers.dicom_header import read_header
from uptake_ml.readers.pet_slices import Slice, read_slice, stack_slices
from uptake_ml.readers.suv_range import clean_suv
from uptake_ml.readers.volume_grid import (
    MAX_KEPT_VOXELS,
    block_mean,
    pooled_note,
    pooling_factors,
    to_volume,
)
from uptake_ml.study import Volume

# What SUV rests on is that of the series: two values of it are a contradiction.
_SERIES_TAGS = ("Units", "DecayCorrection", "PatientWeight", "SeriesDate", "SeriesTime")
# Read from every file; the rest, with its sequences, from the first alone, which saves a third.
_SLICE_TAGS = (*_SERIES_TAGS, "AcquisitionDate", "AcquisitionTime", *pet_slices.TAGS)
_FIRST_TAGS = (
    "SOPClassUID",
    "SeriesDescription",
    "SeriesType",
    "CorrectedImage",
    "NumberOfSlices",
    *pet_suv.TAGS,
    *pet_slices.TAGS,
)
_UNCORRECTED = re.compile(r"\bnac\b|non?[ _-]*(?:att|ac\b)|uncorr", re.IGNORECASE)

UNKNOWN_CORRECTION_NOTE = (
    "The header does not say whether attenuation was corrected: it was taken to be."
)
SHORT_NOTE = "The header tells of {told} slices, {found} were there: an end may be missing."


def read_pet_volume(files: Iterable[tuple[Path, bytes]]) -> tuple[Volume, list[str]]:
    """Return the volume of a series' files, in SUV, and notes on what was assumed.

    ``files`` may be a generator: each file's bytes are let go once its slice is read.

    Raises
    ------
    NotAStudyError
        If the series is no static, attenuation-corrected FDG-PET of a whole body.
    ReadError
        If a file is damaged, the slices make up no volume, or SUV cannot be computed.
    """
    headers: list[Dataset] = []
    slices: list[Slice] = []
    notes: list[str] = []
    name, kept = "", 0
    for path, content in files:
        header = read_header(content, path.name, _SLICE_TAGS if headers else _FIRST_TAGS)
        if not headers:
            name = path.name
            _require_image(header, name, notes)
        part = read_slice(content, header, path.name)
        kept += part.values.size
        if kept > MAX_KEPT_VOXELS:
            raise ReadError(f"the series of {name} is too large: resample it to 4 mm")
        del header.PixelData
        headers.append(header)
        slices.append(part)
    _require_one_series(headers, name)
    factor = pet_suv.suv_factor(headers, name, notes)
    values, steps_mm = stack_slices(slices, name, notes)
    _note_short(headers[0], len(values), notes)
    in_plane = slices[0].factor
    slices.clear()
    values *= factor
    values, along = _pool_slices(values, steps_mm)
    if max(along, *in_plane) > 1:
        notes.append(pooled_note((along, *in_plane)))
    notes.extend(clean_suv(values, name))
    volume, note = to_volume(values, steps_mm * (along, 1, 1), name)
    return volume, notes + ([note] if note else [])


def _pool_slices(values: np.ndarray, steps_mm: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the values with fine slices averaged, and how many make one."""
    (along,) = pooling_factors((float(np.linalg.norm(steps_mm[:, 0])),))
    return block_mean(values, (along, 1, 1)), along


def _require_image(header: Dataset, name: str, notes: list[str]) -> None:
    if header.get("SOPClassUID") == uid.EnhancedPETImageStorage:
        raise NotAStudyError(
            f"{name} is an Enhanced PET image, which is not read: export the series as PET images, "
            "one file a slice, or as NIfTI in SUV"
        )
    kinds = _words(header, "SeriesType")
    for kind in ("DYNAMIC", "GATED", "REPROJECTION"):
        if kind in kinds:
            raise NotAStudyError(
                f"{name} is of a series of type {kind.lower()}: give the static whole-body PET"
            )
    corrections = _words(header, "CorrectedImage")
    described = str(header.get("SeriesDescription") or "")
    is_uncorrected = not corrections and _UNCORRECTED.search(described)
    if is_uncorrected or (corrections and "ATTN" not in corrections):
        raise NotAStudyError(
            f"{name} is of a series without attenuation correction (NAC), which gives no SUV: "
            "give the corrected one"
        )
    if not corrections:
        notes.append(UNKNOWN_CORRECTION_NOTE)


def _words(header: Dataset, tag: str) -> set[str]:
    value = header.get(tag) or []
    values = [value] if isinstance(value, str) else value
    return {str(v).strip().upper() for v in values}


def _require_one_series(headers: list[Dataset], name: str) -> None:
    for tag in _SERIES_TAGS:
        if len({str(header.get(tag)) for header in headers}) > 1:
            raise ReadError(
                f"the series of {name} contradicts itself, its slices differ in {tag}: export it "
                "again"
            )


def _note_short(header: Dataset, found: int, notes: list[str]) -> None:
    told = header.get("NumberOfSlices")
    if isinstance(told, int) and told > found:
        notes.append(SHORT_NOTE.format(told=told, found=found))
