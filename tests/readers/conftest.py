"""Small synthetic bodies, studies, DICOM and NIfTI files for the readers' tests."""

import os
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    ExplicitVRLittleEndian,
    NuclearMedicineImageStorage,
    PositronEmissionTomographyImageStorage,
    generate_uid,
)

ROWS, COLUMNS = 256, 64
BODY_ROWS = (20, 220)


def draw_body(seed: int = 0, level: float = 20.0) -> np.ndarray:
    """Return counts of a figure with head, trunk, arms and legs; the right hand is hot."""
    rng = np.random.default_rng(seed)
    expected = np.full((ROWS, COLUMNS), 0.05)
    expected[BODY_ROWS[0] : 46, 26:38] = level
    expected[46:120, 18:46] = level
    expected[50:130, 10:15] = 0.6 * level
    expected[50:130, 49:54] = 0.6 * level
    expected[120 : BODY_ROWS[1], 20:30] = 0.7 * level
    expected[120 : BODY_ROWS[1], 34:44] = 0.7 * level
    expected[124:130, 10:15] = 4 * level
    return rng.poisson(expected).astype(np.uint16)


def code_item(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def detector_item(view: str | None) -> Dataset:
    codes = {"anterior": "399321004", "posterior": "399001007"}
    item = Dataset()
    item.ViewCodeSequence = [code_item(codes[view], "SCT", f"{view} projection")] if view else []
    return item


def make_nm(
    frames: list[np.ndarray], *, views=(), dtype="<u2", syntax=ExplicitVRLittleEndian, **elements
) -> Dataset:
    """Return an NM whole-body data set of the frames, one detector a frame."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.file_meta.MediaStorageSOPClassUID = NuclearMedicineImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = generate_uid()
    dataset.SOPClassUID = NuclearMedicineImageStorage
    dataset.Modality = "NM"
    dataset.PatientName, dataset.PatientID, dataset.StudyID = "SMITH^JOHN", "PID-77", "SID-5"
    dataset.PatientBirthDate = "19500101"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = "1.2.3", "1.2.3.4"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "WHOLE BODY", "EMISSION"]
    dataset.PixelSpacing = [9, 8]
    dataset.NumberOfFrames = len(frames)
    dataset.DetectorVector = list(range(1, len(frames) + 1))
    if views:
        dataset.DetectorInformationSequence = [detector_item(view) for view in views]
    dataset.Rows, dataset.Columns = frames[0].shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    bits = np.dtype(dtype).itemsize * 8
    dataset.BitsAllocated = dataset.BitsStored = bits
    dataset.HighBit = bits - 1
    dataset.PixelRepresentation = int(np.dtype(dtype).kind == "i")
    for name, value in elements.items():
        if value is None:
            delattr(dataset, name)
        else:
            setattr(dataset, name, value)
    dataset.PixelData = np.stack(frames).astype(dtype).tobytes()
    return dataset


@pytest.fixture
def bodies() -> tuple[np.ndarray, np.ndarray]:
    return draw_body(1), draw_body(2)


@pytest.fixture
def nm_file(tmp_path, bodies):
    """Return a function that writes an NM file; without frames, one of both views."""

    def write(name="scan.dcm", frames=bodies, compress=None, **options) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        dataset = make_nm(list(frames), **options)
        if compress:
            dataset.compress(compress, generate_instance_uid=False)
        dataset.save_as(path, enforce_file_format=True)
        return path

    return write


# A PET of 24 planes (front to back), 90 rows (head to feet), 40 columns (right to left).
PET_SPACING_MM = (10.0, 8.0, 9.0)
# 185 MBq two half-lives before, in 100 kg: SUV 1 is 462.5 Bq/ml.
DOSE_BQ, WEIGHT_KG, HALF_LIFE_S = 185e6, 100.0, 6600.0
BQ_PER_ML = DOSE_BQ / 4 / (WEIGHT_KG * 1000)


def draw_pet() -> np.ndarray:
    """Return SUV, float32 (planes, rows, columns), of a body that differs on every side."""
    values = np.zeros((24, 90, 40), np.float32)
    values[4:20, 6:86, 8:32] = 0.75
    values[8:16, 6:14, 16:24] = 6.0  # head
    values[6:18, 34:42, 9:16] = 2.0  # right
    values[4:7, 60:64, 18:22] = 9.0  # front
    return values


def make_pt_slice(image: np.ndarray, z_mm: float, **elements) -> Dataset:
    """Return a slice in Bq/ml: rows run to the back, columns to the left."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = PositronEmissionTomographyImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = generate_uid()
    dataset.SOPClassUID, dataset.Modality = PositronEmissionTomographyImageStorage, "PT"
    dataset.PatientName, dataset.PatientID, dataset.StudyID = "SMITH^JOHN", "PID-77", "SID-5"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = "1.2.3", "1.2.3.5"
    dataset.SeriesType, dataset.Units, dataset.DecayCorrection = (
        ["WHOLE BODY", "IMAGE"],
        "BQML",
        "START",
    )
    dataset.CorrectedImage = ["DECY", "ATTN"]
    dataset.SeriesDate = dataset.AcquisitionDate = "20200301"
    dataset.SeriesTime = dataset.AcquisitionTime = "140000"
    dataset.PatientWeight = WEIGHT_KG
    drug = Dataset()
    drug.Radiopharmaceutical = "FDG"
    drug.RadiopharmaceuticalStartTime = "102000"
    drug.RadionuclideTotalDose, drug.RadionuclideHalfLife = DOSE_BQ, HALF_LIFE_S
    drug.RadionuclideCodeSequence = [code_item("C-111A1", "SRT", "^18^Fluorine")]
    dataset.RadiopharmaceuticalInformationSequence = [drug]
    dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    dataset.ImagePositionPatient = [-180, -120, z_mm]
    dataset.PixelSpacing = [PET_SPACING_MM[0], PET_SPACING_MM[2]]
    dataset.Rows, dataset.Columns = image.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit, dataset.PixelRepresentation = 15, 1
    dataset.RescaleIntercept = 0
    # A scale of its own, as scanners give every slice.
    slope = max(float(image.max()), 1.0) / 32000
    dataset.RescaleSlope = f"{slope:.8g}"
    dataset.PixelData = np.rint(image / float(dataset.RescaleSlope)).astype("<i2").tobytes()
    for name, value in elements.items():
        if value is None:
            delattr(dataset, name)
        else:
            setattr(dataset, name, value)
    return dataset


@pytest.fixture
def pet_body() -> np.ndarray:
    return draw_pet()


@pytest.fixture
def pt_series(tmp_path, pet_body):
    """Return a function that writes a PT series and returns its folder.

    ``change`` is called with each slice's number (0 at the head) and data set; where it returns
    False the slice is left out.  ``drug`` are elements of the injection.
    """

    def write(
        name="pt", change=None, scale=BQ_PER_ML, drug=(), values=pet_body, **elements
    ) -> Path:
        folder = tmp_path / name
        folder.mkdir(parents=True)
        for number in range(values.shape[1]):
            z_mm = -number * PET_SPACING_MM[1]
            dataset = make_pt_slice(values[:, number] * scale, z_mm, **elements)
            item = dataset.get("RadiopharmaceuticalInformationSequence", [None])[0]
            for tag, value in dict(drug).items():
                if value is None:
                    delattr(item, tag)
                else:
                    setattr(item, tag, value)
            if change is None or change(number, dataset) is not False:
                # Names in no order of place.
                path = folder / f"{number * 37 % 1009:03d}.dcm"
                dataset.save_as(path, enforce_file_format=True)
        return folder

    return write


@pytest.fixture(scope="session")
def real_folder() -> Path:
    default = Path(__file__).parents[2].parent / "shared" / "real"
    folder = Path(os.environ.get("UPTAKE_ML_REAL_DIR", default))
    if not folder.is_dir():
        pytest.skip(f"no real images in {folder}: set UPTAKE_ML_REAL_DIR")
    return folder
