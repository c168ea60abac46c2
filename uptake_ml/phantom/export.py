"""A simulated bone scan as a DICOM NM whole-body image (DICOM PS3.3 A.5 and C.8.4)."""

from __future__ import annotations

import uuid
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code
from pydicom.uid import UID, ExplicitVRLittleEndian, NuclearMedicineImageStorage, RLELossless

from uptake_ml import __version__
from uptake_ml.errors import SimulationError
from uptake_ml.study import ANTERIOR, BONE_SCAN, COUNTS, POSTERIOR, Study, View

# Every UID here is 2.25 and a UUID made from a name (PS3.5 B.2), so none needs a registered root.
IMPLEMENTATION = "uptake-ml"
_DATE, _TIME = "20000101", "120000"
_MAX_COUNTS = 2**16 - 1

# A usual bone scan: 15 cm/min, 140.5 keV +- 10 %, 700 MBq three hours before.
_SCAN_VELOCITY_MM_PER_S = 2.5
_WINDOW_KEV = (126.45, 154.55)
_ACTIVITY_MBQ = 700.0
_INJECTION_TIME = "090000"

_VIEW_CODES = {
    ANTERIOR: codes.cid26.AnteriorProjection,
    POSTERIOR: codes.cid26.PosteriorProjection,
}


def write_dicom_nm(study: Study, path: Path) -> None:
    """Write a study of two views in counts as one NM file of two frames, anterior first.

    Pixels are 16 bit, RLE lossless, which needs no codec whose version could change the bytes.
    Everything is derived from the study: the same study gives the same bytes.  The patient is
    PHANTOM^SIMULATED.

    Raises
    ------
    SimulationError
        If the study is not an anterior and a posterior view of whole counts, at most 65535, of
        one size and spacing.
    """
    views = _require_writable(study)
    dataset = Dataset()
    dataset.file_meta = _file_meta(study)
    _add_patient_and_study(dataset, study)
    _add_equipment(dataset)
    _add_acquisition(dataset, views)
    _add_image(dataset, study, views)
    _add_detectors(dataset, views)
    _add_isotope(dataset)
    # Encoders differ in their bytes; pydicom's own is always there.
    dataset.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
    dataset.save_as(path, enforce_file_format=True)


def _require_writable(study: Study) -> list[View]:
    if study.modality != BONE_SCAN or set(study.views) != {ANTERIOR, POSTERIOR}:
        raise SimulationError(
            "an NM file needs a bone scan with an anterior and a posterior view, found a "
            f"{study.modality} with {', '.join(study.views)}; render such a case"
        )
    views = [study.views[ANTERIOR], study.views[POSTERIOR]]
    first, second = views
    if first.pixels.shape != second.pixels.shape or first.spacing_mm != second.spacing_mm:
        raise SimulationError(
            f"both views must be of one size and spacing, found {first.pixels.shape} and "
            f"{second.pixels.shape}, {first.spacing_mm} and {second.spacing_mm} mm"
        )
    for view in views:
        is_whole = np.array_equal(view.pixels, np.rint(view.pixels))
        if view.unit != COUNTS or not is_whole or view.pixels.min() < 0:
            raise SimulationError(f"the {view.name} view must hold whole counts, not negative")
        if view.pixels.max() > _MAX_COUNTS:
            raise SimulationError(
                f"counts must be at most {_MAX_COUNTS}, found {view.pixels.max():.0f}; "
                "render the case with fewer counts"
            )
    return views


def _file_meta(study: Study) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = NuclearMedicineImageStorage
    meta.MediaStorageSOPInstanceUID = study_uid(study, "instance")
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = uid_of(IMPLEMENTATION)
    meta.ImplementationVersionName = "UPTAKE_ML"
    return meta


def _add_patient_and_study(dataset: Dataset, study: Study) -> None:
    dataset.PatientName = "PHANTOM^SIMULATED"
    dataset.PatientID = f"PHANTOM-{study.id}"
    dataset.PatientBirthDate = ""
    dataset.PatientSex = ""
    dataset.StudyInstanceUID = study_uid(study, "study")
    dataset.StudyID = study.id[:16]
    dataset.StudyDate = dataset.SeriesDate = dataset.AcquisitionDate = dataset.ContentDate = _DATE
    dataset.StudyTime = dataset.SeriesTime = dataset.AcquisitionTime = dataset.ContentTime = _TIME
    dataset.AccessionNumber = ""
    dataset.ReferringPhysicianName = ""
    dataset.StudyDescription = "Simulated whole-body bone scan"


def _add_equipment(dataset: Dataset) -> None:
    dataset.Manufacturer = "uptake-ml"
    dataset.ManufacturerModelName = "simulated gamma camera"
    dataset.SoftwareVersions = __version__


def _add_acquisition(dataset: Dataset, views: list[View]) -> None:
    rows = views[0].pixels.shape[0]
    length_mm = round(rows * views[0].spacing_mm[0])
    total = int(sum(view.pixels.sum(dtype=np.float64) for view in views))
    dataset.CountsAccumulated = min(total, 2**31 - 1)
    dataset.AcquisitionTerminationCondition = "MANU"
    dataset.WholeBodyTechnique = "1PS"
    dataset.ScanVelocity = _SCAN_VELOCITY_MM_PER_S
    dataset.ScanLength = length_mm
    dataset.ActualFrameDuration = round(1000 * length_mm / _SCAN_VELOCITY_MM_PER_S)
    dataset.PatientOrientationCodeSequence = [coded(codes.cid19.Recumbent)]
    dataset.PatientOrientationCodeSequence[0].PatientOrientationModifierCodeSequence = [
        coded(codes.cid20.Supine)
    ]
    dataset.PatientGantryRelationshipCodeSequence = [coded(codes.cid21.Headfirst)]


def _add_image(dataset: Dataset, study: Study, views: list[View]) -> None:
    dataset.SOPClassUID = NuclearMedicineImageStorage
    dataset.SOPInstanceUID = study_uid(study, "instance")
    dataset.SeriesInstanceUID = study_uid(study, "series")
    dataset.Modality = "NM"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "WHOLE BODY", "EMISSION"]
    dataset.SeriesNumber = 1
    dataset.InstanceNumber = 1
    dataset.SeriesDescription = "WHOLE BODY"
    dataset.ImageID = "WB"
    dataset.BodyPartExamined = "WHOLEBODY"
    dataset.NumberOfFrames = len(views)
    dataset.FrameIncrementPointer = [0x00540010, 0x00540020]
    dataset.Rows, dataset.Columns = views[0].pixels.shape
    dataset.PixelSpacing = [decimal(step) for step in views[0].spacing_mm]
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit = 15
    dataset.PixelRepresentation = 0
    dataset.PixelData = np.stack([view.pixels for view in views]).astype("<u2").tobytes()


def _add_detectors(dataset: Dataset, views: list[View]) -> None:
    dataset.NumberOfDetectors = len(views)
    dataset.DetectorVector = list(range(1, len(views) + 1))
    dataset.DetectorInformationSequence = [_detector(view) for view in views]


def _detector(view: View) -> Dataset:
    rows, columns = view.pixels.shape
    row_mm, column_mm = view.spacing_mm
    item = Dataset()
    item.CollimatorGridName = "LEHR"
    item.CollimatorType = "PARA"
    item.FieldOfViewShape = "RECTANGLE"
    item.FieldOfViewDimensions = [round(rows * row_mm), round(columns * column_mm)]
    # Patient axes run to the left, to the back and to the head.
    across = 1 if view.name == ANTERIOR else -1
    depth_mm = -150 if view.name == ANTERIOR else 150
    item.ImageOrientationPatient = [across, 0, 0, 0, 0, -1]
    item.ImagePositionPatient = [
        decimal(-across * (columns - 1) / 2 * column_mm), depth_mm, 0,
    ]  # fmt: skip
    item.ViewCodeSequence = [coded(_VIEW_CODES[view.name])]
    return item


def _add_isotope(dataset: Dataset) -> None:
    limits = Dataset()
    limits.EnergyWindowLowerLimit, limits.EnergyWindowUpperLimit = _WINDOW_KEV
    window = Dataset()
    window.EnergyWindowName = "Tc99m"
    window.EnergyWindowRangeSequence = [limits]
    dataset.NumberOfEnergyWindows = 1
    dataset.EnergyWindowVector = [1, 1]
    dataset.EnergyWindowInformationSequence = [window]
    drug = Dataset()
    drug.Radiopharmaceutical = "99mTc MDP"
    drug.RadiopharmaceuticalRoute = "Intravenous route"
    drug.RadiopharmaceuticalStartTime = _INJECTION_TIME
    drug.RadionuclideTotalDose = _ACTIVITY_MBQ
    drug.RadionuclideCodeSequence = [coded(codes.cid18._99mTechnetium)]
    drug.RadiopharmaceuticalCodeSequence = [coded(codes.cid25.TechnetiumTc99mMedronate)]
    drug.AdministrationRouteCodeSequence = [coded(codes.cid11.IntravenousRoute)]
    dataset.RadiopharmaceuticalInformationSequence = [drug]


def coded(code: Code) -> Dataset:
    """Return the item of a code sequence."""
    item = Dataset()
    item.CodeValue = code.value
    item.CodingSchemeDesignator = code.scheme_designator
    item.CodeMeaning = code.meaning
    return item


def decimal(value: float) -> str:
    """Return a number as a DICOM decimal string."""
    # A decimal string holds 16 characters; this keeps every digit of a float32.
    return f"{value:.10g}"


def study_uid(study: Study, part: str) -> UID:
    """Return the identifier of a part of a study, the same every time."""
    return uid_of(f"{IMPLEMENTATION} {study.id} {part}")


def uid_of(text: str) -> UID:
    """Return the identifier that follows from a text."""
    return UID(f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, text).int}")
