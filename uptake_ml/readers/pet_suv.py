"""What turns the values of a PET series into SUV by body weight, told from its headers.

SUV = concentration x weight / dose, with 1 ml of the body taken to weigh 1 g and the dose decayed
to the time the image was decay corrected to (QIBA FDG-PET/CT profile, appendix G).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

from pydicom.dataset import Dataset

from uptake_ml.errors import NotAStudyError, ReadError
from uptake_ml.readers.pet_times import GE_TAGS, reference_time, start_of_dose
from uptake_ml.readers.pet_tracer import require_fdg

# Philips keeps factors to SUV and to Bq/ml beside its counts, in a private block.
_PHILIPS_TAGS = (0x70530010, 0x70531000, 0x70531009)
_PHILIPS = "Philips PET Private Group"

TAGS = (
    "Units",
    "SUVType",
    "DecayCorrection",
    "PatientWeight",
    "RadiopharmaceuticalInformationSequence",
    "SeriesDate",
    "SeriesTime",
    "AcquisitionDate",
    "AcquisitionTime",
    *GE_TAGS,
    *_PHILIPS_TAGS,
)

F18_HALF_LIFE_S = 6586.2
_HALF_LIFE_TOLERANCE = 0.02
_MIN_WEIGHT_KG, _MAX_WEIGHT_KG = 2.0, 400.0
_MIN_DOSE_BQ, _MAX_DOSE_BQ = 1e6, 5e9
_MAX_DELAY = timedelta(hours=8)

HALF_LIFE_NOTE = "The header has no half-life: that of 18F, 109.77 minutes, was used."


def suv_factor(headers: Sequence[Dataset], name: str, notes: list[str]) -> float:
    """Return what the values of a series, after its rescaling, are multiplied by to give SUV.

    Parameters
    ----------
    headers
        Of every slice; what belongs to the series is taken from the first.
    notes
        What had to be assumed is added to it.

    Raises
    ------
    NotAStudyError
        If the tracer is not FDG.
    ReadError
        If the unit is none that can be turned into SUV, or what that needs is missing or
        contradicts itself.
    """
    header = headers[0]
    drug = _drug(header, name)
    require_fdg(drug, name, notes)
    unit = str(header.get("Units") or "").strip().upper()
    if unit == "GML":
        return _require_body_weight(header, name)
    if unit == "CNTS":
        factor, is_suv = _philips_factor(header, name)
        return factor if is_suv else factor * _suv_per_bq_ml(headers, drug, name, notes)
    if unit == "BQML":
        return _suv_per_bq_ml(headers, drug, name, notes)
    told = unit if unit.isalnum() and len(unit) <= 16 else "none"
    raise ReadError(
        f"{name} must be in BQML, GML or Philips's CNTS to be turned into SUV, found the unit "
        f"{told}: export the series in BQML"
    )


def _drug(header: Dataset, name: str) -> Dataset:
    drugs = header.get("RadiopharmaceuticalInformationSequence") or []
    if len(drugs) > 1:
        raise ReadError(f"{name} names {len(drugs)} injections: one is needed to compute SUV")
    return drugs[0] if drugs else Dataset()


def _require_body_weight(header: Dataset, name: str) -> float:
    kind = str(header.get("SUVType") or "BW").strip().upper()
    if kind != "BW":
        told = kind if kind in ("LBM", "LBMJAMES128", "LBMJANMA", "BSA", "IBW") else "unknown"
        raise ReadError(
            f"{name} must be in SUV by body weight (BW), found the type {told}: export it in BQML"
        )
    return 1.0


def _philips_factor(header: Dataset, name: str) -> tuple[float, bool]:
    """Return a private factor, and whether it gives SUV (else Bq/ml)."""
    if str(_private(header, _PHILIPS_TAGS[0]) or "").strip() == _PHILIPS:
        for tag, is_suv in ((_PHILIPS_TAGS[1], True), (_PHILIPS_TAGS[2], False)):
            factor = _to_number(_private(header, tag))
            if factor is not None and factor > 0:
                return factor, is_suv
    raise ReadError(
        f"{name} is in counts (CNTS) without Philips's factors to SUV or Bq/ml: export the series "
        "in BQML, or with its private elements"
    )


def _suv_per_bq_ml(headers: Sequence[Dataset], drug: Dataset, name: str, notes: list[str]) -> float:
    weight_kg = _required(headers[0], "PatientWeight", "the patient's weight, kg", name)
    if not _MIN_WEIGHT_KG <= weight_kg <= _MAX_WEIGHT_KG:
        raise ReadError(
            f"{name} must give a weight of {_MIN_WEIGHT_KG:.0f} to {_MAX_WEIGHT_KG:.0f} kg, found "
            f"{weight_kg:g} kg: SUV cannot be computed; correct it or give the PET in SUV"
        )
    dose_bq = _required(drug, "RadionuclideTotalDose", "the dose, Bq", name)
    if not _MIN_DOSE_BQ <= dose_bq <= _MAX_DOSE_BQ:
        raise ReadError(
            f"{name} must give a dose of {_MIN_DOSE_BQ / 1e6:.0f} to {_MAX_DOSE_BQ / 1e6:.0f} MBq "
            f"in Bq, found {dose_bq:g} Bq: SUV cannot be computed; correct it or give the PET in "
            "SUV"
        )
    half_life_s = _half_life_s(drug, name, notes)
    return weight_kg * 1000.0 / (dose_bq * _decay(headers, drug, half_life_s, name, notes))


def _decay(
    headers: Sequence[Dataset], drug: Dataset, half_life_s: float, name: str, notes: list[str]
) -> float:
    """Return the part of the dose that is left at the time the image was corrected to."""
    kind = str(headers[0].get("DecayCorrection") or "").strip().upper()
    if kind == "ADMIN":
        return 1.0
    if kind != "START":
        told = "NONE" if kind == "NONE" else "nothing that is known"
        raise ReadError(
            f"{name} must be decay corrected to the scan's START or to ADMIN, the injection, "
            f"found {told}: SUV cannot be computed; export it decay corrected"
        )
    scan = reference_time(headers, name, notes)
    delay = scan - start_of_dose(drug, scan, name, notes)
    if not timedelta(0) <= delay <= _MAX_DELAY:
        raise ReadError(
            f"{name} must start within {_MAX_DELAY.seconds // 3600} h after the injection, found "
            f"{_in_words(delay)}: its times contradict each other, so SUV cannot be computed"
        )
    return math.exp(-math.log(2) * delay.total_seconds() / half_life_s)


def _half_life_s(drug: Dataset, name: str, notes: list[str]) -> float:
    told = _to_number(drug.get("RadionuclideHalfLife"))
    if not told:
        notes.append(HALF_LIFE_NOTE)
        return F18_HALF_LIFE_S
    if abs(told / F18_HALF_LIFE_S - 1) > _HALF_LIFE_TOLERANCE:
        raise NotAStudyError(
            f"{name} gives a half-life of {told:g} s, that of 18F is {F18_HALF_LIFE_S:g} s: only "
            "FDG is read; give the FDG-PET, or correct the header"
        )
    return told


def _in_words(delay: timedelta) -> str:
    hours = delay.total_seconds() / 3600
    return f"{abs(hours):.1f} h {'before' if hours < 0 else 'after'} it"


def _required(dataset: Dataset, tag: str, what: str, name: str) -> float:
    value = _to_number(dataset.get(tag))
    if value is None:
        raise ReadError(
            f"{name} lacks {what} ({tag}): SUV cannot be computed; export it with its header "
            "whole, or give the PET in SUV"
        )
    return value


def _private(header: Dataset, tag: int):
    element = header.get(tag)
    value = element.value if element is not None else None
    return value.decode("ascii", "ignore") if isinstance(value, bytes) else value


def _to_number(value) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
