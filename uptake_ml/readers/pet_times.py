"""When the dose was given and when the scan began, told from a PET series' headers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from pydicom.dataset import Dataset

from uptake_ml.errors import ReadError

GE_TAGS = (0x00090010, 0x0009100D)
_GE = "GEMS_PETD_01"
# Across midnight: a time of day that lies after the scan's was one of the day before.
_MAX_OVERNIGHT = timedelta(hours=4)

LATE_SERIES_NOTE = (
    "The series was made after the scan: the earliest acquisition time was taken as its start."
)
MIDNIGHT_NOTE = "The dose has a time but no date: it was taken to be given before midnight."


def reference_time(headers: Sequence[Dataset], name: str, notes: list[str]) -> datetime:
    """Return when the scan began: what DecayCorrection START refers to.

    That is the time of the series, unless the series was made later than it was acquired; then
    GE's private scan time, else the earliest acquisition time of its slices.
    """
    first = headers[0]
    acquired = [t for h in headers if (t := _moment(h, "Acquisition")) is not None]
    series = _moment(first, "Series")
    if series is None and not acquired:
        raise ReadError(
            f"{name} lacks the time of the scan (SeriesTime, AcquisitionTime): SUV cannot be "
            "computed; export it with its header whole, or give the PET in SUV"
        )
    if not acquired or (series is not None and series <= min(acquired)):
        return series
    private = _ge_scan_time(first)
    if private is not None:
        return private
    notes.append(LATE_SERIES_NOTE)
    return min(acquired)


def start_of_dose(drug: Dataset, scan: datetime, name: str, notes: list[str]) -> datetime:
    """Return when the dose was given; without a date, on the day of the scan or just before."""
    told = _parse(str(drug.get("RadiopharmaceuticalStartDateTime") or ""))
    if told is not None:
        return told
    time = str(drug.get("RadiopharmaceuticalStartTime") or "")
    start = _parse(f"{scan:%Y%m%d}{time}") if time else None
    if start is None:
        raise ReadError(
            f"{name} lacks the time of the injection (RadiopharmaceuticalStartTime): SUV cannot "
            "be computed; export it with its header whole, or give the PET in SUV"
        )
    if start > scan and start - timedelta(days=1) >= scan - _MAX_OVERNIGHT:
        notes.append(MIDNIGHT_NOTE)
        return start - timedelta(days=1)
    return start


def _moment(header: Dataset, event: str) -> datetime | None:
    date, time = (str(header.get(f"{event}{part}") or "") for part in ("Date", "Time"))
    return _parse(date + time) if len(date) == 8 and time else None


def _ge_scan_time(header: Dataset) -> datetime | None:
    creator, element = (header.get(tag) for tag in GE_TAGS)
    if creator is None or element is None or str(creator.value).strip() != _GE:
        return None
    value = element.value
    return _parse(value.decode("ascii", "ignore") if isinstance(value, bytes) else str(value))


def _parse(text: str) -> datetime | None:
    """Return a DICOM date and time of at least minutes; an offset from UTC is left out."""
    match = re.match(r"(\d{8})(\d{2})(\d{2})(\d{2})?(?:\.(\d{1,6}))?", text.strip())
    if match is None:
        return None
    date, hour, minute, second, fraction = match.groups()
    try:
        day = datetime.strptime(date, "%Y%m%d")
        # A second of 60 is a leap second.
        seconds = int(second or 0) + float(f"0.{fraction or 0}")
        if int(hour) > 23 or int(minute) > 59 or seconds >= 61:
            return None
    except ValueError:
        return None
    return day + timedelta(hours=int(hour), minutes=int(minute), seconds=seconds)
