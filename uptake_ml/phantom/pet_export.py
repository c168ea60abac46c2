"""A simulated FDG-PET as NIfTI in SUV, or as a DICOM PT series (PS3.3 A.21 and C.8.9)."""

from __future__ import annotations

import gzip
import math
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sr.codedict import codes
from pydicom.uid import ExplicitVRLittleEndian, PositronEmissionTomographyImageStorage

from uptake_ml import __version__
from uptake_ml.errors import SimulationError
from uptake_ml.phantom.export import IMPLEMENTATION, coded, decimal, study_uid, uid_of
from uptake_ml.study import FDG_PET, Study, Volume

_SCAN_START = datetime(2000, 1, 1, 12)
_HALF_LIFE_S = 6586.2
_POSITRON_FRACTION = 0.9686
_MAX_STORED = 2**15 - 1
_MIN_SLOPE = 1e-9
_NIFTI_OFFSET = 352
_FLOAT32, _MM, _SCANNER_CODE = 16, 2, 1


@dataclass(frozen=True, kw_only=True)
class _Injection:
    """What turns SUV into Bq/ml: the patient's weight, the dose and the time it had to spread."""

    weight_kg: float
    dose_mbq: float
    uptake_min: float

    def __post_init__(self) -> None:
        for name in ("weight_kg", "dose_mbq", "uptake_min"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"{name} must be positive, found {getattr(self, name)}")

    @property
    def bq_per_ml(self) -> float:
        """The concentration, Bq/ml at the start of the scan, that is SUV 1."""
        left = math.exp(-math.log(2) * self.uptake_min * 60 / _HALF_LIFE_S)
        return self.dose_mbq * 1e6 * left / (self.weight_kg * 1000)


def write_nifti(study: Study, path: Path) -> None:
    """Write a study's volume, SUV in float32, as NIfTI-1; compressed where the name ends in .gz.

    Axes run to the patient's right, front and head (RAS), in mm, the origin in the middle.  The
    same study gives the same bytes.

    Raises
    ------
    SimulationError
        If the study has no volume.
    """
    volume = _require_volume(study)
    # The first axis is the fastest in the file, so the last of the array.
    values = volume.values.transpose(1, 0, 2)[::-1, ::-1, ::-1].astype("<f4")
    content = _nifti_header(volume) + values.tobytes()
    if path.suffix == ".gz":
        content = gzip.compress(content, compresslevel=4, mtime=0)
    path.write_bytes(content)


def write_dicom_pt(
    study: Study,
    folder: Path,
    *,
    weight_kg: float = 70.0,
    dose_mbq: float = 350.0,
    uptake_min: float = 60.0,
) -> list[Path]:
    """Write a study's volume as a series of PET images in Bq/ml; return its files, head first.

    A file holds a slice, its values 16 bit with a scale of their own.  Everything is derived from
    the study, so the same study gives the same bytes.  The patient is PHANTOM^SIMULATED.

    Parameters
    ----------
    weight_kg, dose_mbq, uptake_min
        What turns SUV into Bq/ml; the dose is given ``uptake_min`` before the scan.

    Raises
    ------
    SimulationError
        If the study has no volume.
    """
    volume = _require_volume(study)
    injection = _Injection(weight_kg=weight_kg, dose_mbq=dose_mbq, uptake_min=uptake_min)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for row in range(volume.values.shape[1]):
        dataset = _slice(study, volume, row, injection)
        paths.append(folder / f"slice-{row + 1:04d}.dcm")
        dataset.save_as(paths[-1], enforce_file_format=True)
    return paths


def _require_volume(study: Study) -> Volume:
    if study.modality != FDG_PET or study.volume is None:
        raise SimulationError(
            f"an {FDG_PET} with a volume is needed, found a {study.modality} "
            f"{'with' if study.volume else 'without'} one: render such a case"
        )
    return study.volume


def _nifti_header(volume: Volume) -> bytes:
    planes, rows, columns = volume.values.shape
    plane_mm, row_mm, column_mm = volume.spacing_mm
    steps_mm = (column_mm, plane_mm, row_mm)
    counts = (columns, planes, rows)
    origin_mm = [-(n - 1) / 2 * step for n, step in zip(counts, steps_mm, strict=True)]
    header = bytearray(_NIFTI_OFFSET)
    for offset, format, *fields in (
        (0, "i", 348),
        (40, "8h", 3, *counts, 1, 1, 1, 1),
        (70, "2h", _FLOAT32, 32),
        (76, "8f", 1, *steps_mm, 0, 0, 0, 0),
        (108, "3f", _NIFTI_OFFSET, 1, 0),
        (123, "b", _MM),
        (148, "80s", b"Simulated FDG-PET, SUV"),
        (252, "2h", _SCANNER_CODE, _SCANNER_CODE),
        (256, "6f", 0, 0, 0, *origin_mm),  # the quaternion of no rotation
        (280, "12f", *np.column_stack([np.diag(steps_mm), origin_mm]).ravel()),
        (344, "4s", b"n+1\0"),
    ):
        struct.pack_into(f"<{format}", header, offset, *fields)
    return bytes(header)


def _slice(study: Study, volume: Volume, row: int, injection: _Injection) -> Dataset:
    dataset = Dataset()
    dataset.file_meta = _file_meta(study, row)
    _add_patient_and_study(dataset, study, injection)
    _add_series(dataset, study, volume.values.shape[1])
    _add_isotope(dataset, injection)
    _add_place(dataset, volume, row)
    _add_image(dataset, study, volume.values[:, row], row, injection)
    return dataset


def _file_meta(study: Study, row: int) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = PositronEmissionTomographyImageStorage
    meta.MediaStorageSOPInstanceUID = study_uid(study, f"instance {row}")
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = uid_of(IMPLEMENTATION)
    meta.ImplementationVersionName = "UPTAKE_ML"
    return meta


def _add_patient_and_study(dataset: Dataset, study: Study, injection: _Injection) -> None:
    dataset.PatientName = "PHANTOM^SIMULATED"
    dataset.PatientID = f"PHANTOM-{study.id}"
    dataset.PatientBirthDate = ""
    dataset.PatientSex = ""
    dataset.PatientWeight = decimal(injection.weight_kg)
    dataset.StudyInstanceUID = study_uid(study, "study")
    dataset.StudyID = study.id[:16]
    for event in ("Study", "Series", "Acquisition", "Content"):
        setattr(dataset, f"{event}Date", f"{_SCAN_START:%Y%m%d}")
        setattr(dataset, f"{event}Time", f"{_SCAN_START:%H%M%S}")
    dataset.AccessionNumber = ""
    dataset.ReferringPhysicianName = ""
    dataset.StudyDescription = "Simulated FDG-PET"


def _add_series(dataset: Dataset, study: Study, slices: int) -> None:
    dataset.Modality = "PT"
    dataset.Manufacturer = "uptake-ml"
    dataset.ManufacturerModelName = "simulated PET scanner"
    dataset.SoftwareVersions = __version__
    dataset.SeriesInstanceUID = study_uid(study, "series")
    dataset.FrameOfReferenceUID = study_uid(study, "frame of reference")
    dataset.PositionReferenceIndicator = ""
    dataset.SeriesNumber = 1
    dataset.SeriesDescription = "PET AC"
    dataset.BodyPartExamined = "WHOLEBODY"
    dataset.SeriesType = ["WHOLE BODY", "IMAGE"]
    dataset.Units = "BQML"
    dataset.CountsSource = "EMISSION"
    dataset.CorrectedImage = ["DECY", "ATTN", "SCAT", "DTIM", "RAN", "DCAL", "NORM"]
    dataset.DecayCorrection = "START"
    dataset.RandomsCorrectionMethod = "NONE"
    dataset.AttenuationCorrectionMethod = "simulated"
    dataset.ScatterCorrectionMethod = "simulated"
    dataset.ReconstructionMethod = "simulated"
    dataset.CollimatorType = "NONE"
    dataset.NumberOfSlices = slices
    dataset.PatientOrientationCodeSequence = [coded(codes.cid19.Recumbent)]
    dataset.PatientOrientationCodeSequence[0].PatientOrientationModifierCodeSequence = [
        coded(codes.cid20.Supine)
    ]
    dataset.PatientGantryRelationshipCodeSequence = [coded(codes.cid21.Headfirst)]


def _add_isotope(dataset: Dataset, injection: _Injection) -> None:
    start = _SCAN_START - timedelta(minutes=injection.uptake_min)
    drug = Dataset()
    drug.Radiopharmaceutical = "Fluorodeoxyglucose"
    drug.RadiopharmaceuticalRoute = "Intravenous route"
    drug.RadiopharmaceuticalStartTime = f"{start:%H%M%S.%f}"
    drug.RadiopharmaceuticalStartDateTime = f"{start:%Y%m%d%H%M%S.%f}"
    drug.RadionuclideTotalDose = decimal(injection.dose_mbq * 1e6)
    drug.RadionuclideHalfLife = decimal(_HALF_LIFE_S)
    drug.RadionuclidePositronFraction = decimal(_POSITRON_FRACTION)
    drug.RadionuclideCodeSequence = [coded(codes.cid4020._18Fluorine)]
    drug.RadiopharmaceuticalCodeSequence = [coded(codes.cid4021.FluorodeoxyglucoseF18)]
    drug.AdministrationRouteCodeSequence = [coded(codes.cid11.IntravenousRoute)]
    dataset.RadiopharmaceuticalInformationSequence = [drug]


def _add_place(dataset: Dataset, volume: Volume, row: int) -> None:
    planes, rows, columns = volume.values.shape
    plane_mm, row_mm, column_mm = volume.spacing_mm
    # Patient axes run to the left, to the back and to the head.
    place_mm = (
        -(columns - 1) / 2 * column_mm,
        -(planes - 1) / 2 * plane_mm,
        ((rows - 1) / 2 - row) * row_mm,
    )
    dataset.ImagePositionPatient = [decimal(mm) for mm in place_mm]
    dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    dataset.PixelSpacing = [decimal(plane_mm), decimal(column_mm)]
    dataset.SliceThickness = decimal(row_mm)
    dataset.SliceLocation = decimal(place_mm[2])


def _add_image(
    dataset: Dataset, study: Study, suv: np.ndarray, row: int, injection: _Injection
) -> None:
    concentration = suv.astype(np.float64) * injection.bq_per_ml
    slope = float(decimal(max(concentration.max() / _MAX_STORED, _MIN_SLOPE)))
    dataset.SOPClassUID = PositronEmissionTomographyImageStorage
    dataset.SOPInstanceUID = study_uid(study, f"instance {row}")
    dataset.ImageType = ["ORIGINAL", "PRIMARY"]
    dataset.InstanceNumber = dataset.ImageIndex = row + 1
    dataset.FrameReferenceTime = 0
    dataset.ActualFrameDuration = 120_000
    dataset.DecayFactor = 1
    dataset.Rows, dataset.Columns = suv.shape
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit = 15
    dataset.PixelRepresentation = 0
    dataset.RescaleSlope = decimal(slope)
    dataset.RescaleIntercept = 0
    stored = np.minimum(np.rint(concentration / slope), _MAX_STORED)
    dataset.PixelData = stored.astype("<u2").tobytes()
