"""Small synthetic bodies, studies and DICOM files for the readers' tests."""

import os
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    ExplicitVRLittleEndian,
    NuclearMedicineImageStorage,
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


@pytest.fixture(scope="session")
def real_folder() -> Path:
    default = Path(__file__).parents[2].parent / "shared" / "real"
    folder = Path(os.environ.get("UPTAKE_ML_REAL_DIR", default))
    if not folder.is_dir():
        pytest.skip(f"no real images in {folder}: set UPTAKE_ML_REAL_DIR")
    return folder
