"""A simulated scan as DICOM: read back unchanged, the same bytes each time, valid, small."""

import dataclasses
import shutil
import subprocess

import numpy as np
import pydicom
import pytest
from pydicom.pixels.encoders import RLELosslessEncoder

from uptake_ml.errors import SimulationError
from uptake_ml.phantom.export import write_dicom_nm
from uptake_ml.readers import open_study
from uptake_ml.study import BONE_SCAN, COUNTS, FDG_PET, GREY_LEVEL, Study, View


def simulated_study(identity="0123456789ab", spacing_mm=(2.23, 2.56), shape=(512, 128)) -> Study:
    rng = np.random.default_rng(3)
    expected = np.zeros(shape)
    expected[40:400, 30:100] = 12.0
    expected[200:210, 40:50] = 900.0
    views = {
        name: View(
            name=name,
            pixels=rng.poisson(expected).astype(np.float32),
            spacing_mm=spacing_mm,
            unit=COUNTS,
        )
        for name in ("posterior", "anterior")
    }
    return Study(id=identity, modality=BONE_SCAN, views=views)


@pytest.fixture
def written(tmp_path):
    study = simulated_study()
    path = tmp_path / "case.dcm"
    write_dicom_nm(study, path)
    return study, path


def test_a_written_study_is_read_back_unchanged(written):
    study, path = written
    read = open_study(path)
    assert list(read.views) == ["anterior", "posterior"]
    assert read.notes == () and read.modality == BONE_SCAN
    for name, view in study.views.items():
        np.testing.assert_array_equal(read.views[name].pixels, view.pixels)
        assert read.views[name].spacing_mm == view.spacing_mm
        assert read.views[name].unit == COUNTS


def test_the_same_study_gives_the_same_bytes_and_another_other_numbers(written, tmp_path):
    study, path = written
    write_dicom_nm(study, tmp_path / "again.dcm")
    assert (tmp_path / "again.dcm").read_bytes() == path.read_bytes()
    write_dicom_nm(simulated_study("ba9876543210"), tmp_path / "other.dcm")
    first, other = (pydicom.dcmread(p) for p in (path, tmp_path / "other.dcm"))
    for level in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
        assert first[level].value != other[level].value
        assert first[level].value.is_valid
    assert len({first.StudyInstanceUID, first.SeriesInstanceUID, first.SOPInstanceUID}) == 3


def test_another_encoder_that_is_installed_changes_no_byte(written, tmp_path, monkeypatch):
    study, path = written

    plugins = {"pylibjpeg": lambda *_: bytes(64), **RLELosslessEncoder._available}
    monkeypatch.setattr(RLELosslessEncoder, "_available", plugins)
    write_dicom_nm(study, tmp_path / "again.dcm")
    assert (tmp_path / "again.dcm").read_bytes() == path.read_bytes()


def test_the_header_says_what_it_is(written):
    study, path = written
    header = pydicom.dcmread(path, stop_before_pixels=True)
    assert header.PatientName == "PHANTOM^SIMULATED"
    assert list(header.ImageType) == ["ORIGINAL", "PRIMARY", "WHOLE BODY", "EMISSION"]
    assert header.WholeBodyTechnique == "1PS" and header.ScanLength == round(512 * 2.23)
    total = sum(view.pixels.sum() for view in study.views.values())
    assert header.CountsAccumulated == total
    drug = header.RadiopharmaceuticalInformationSequence[0]
    assert drug.Radiopharmaceutical == "99mTc MDP"
    window = header.EnergyWindowInformationSequence[0].EnergyWindowRangeSequence[0]
    assert window.EnergyWindowLowerLimit < 140.5 < window.EnergyWindowUpperLimit


def test_it_is_stored_small(written):
    study, path = written
    raw = sum(view.pixels.size * 2 for view in study.views.values())
    assert path.stat().st_size < 0.6 * raw


@pytest.mark.skipif(not shutil.which("dciodvfy"), reason="dciodvfy (dicom3tools) not installed")
@pytest.mark.parametrize("spacing_mm", [(2.23, 2.56), (7 / 3, 7 / 3)])
def test_the_standard_finds_no_error(tmp_path, spacing_mm):
    path = tmp_path / "case.dcm"
    write_dicom_nm(simulated_study(spacing_mm=spacing_mm), path)
    result = subprocess.run(["dciodvfy", path], capture_output=True, text=True, check=False)
    said = (result.stdout + result.stderr).splitlines()
    assert "NMImage" in said
    assert [line for line in said if line.startswith(("Error", "Warning"))] == []


def altered(**changes) -> Study:
    study = simulated_study()
    view = dataclasses.replace(study.views["anterior"], **changes)
    return dataclasses.replace(study, views={**study.views, "anterior": view})


NOT_WRITABLE = {
    "one view": (
        dataclasses.replace(
            simulated_study(), views={"anterior": simulated_study().views["anterior"]}
        ),
        "an anterior and a posterior view",
    ),
    "pet": (dataclasses.replace(simulated_study(), modality=FDG_PET), "found a fdg-pet"),
    "grey": (altered(unit=GREY_LEVEL), "whole counts"),
    "part of a count": (altered(pixels=np.full((512, 128), 0.5, np.float32)), "whole counts"),
    "negative": (altered(pixels=np.full((512, 128), -1, np.float32)), "whole counts"),
    "too many": (altered(pixels=np.full((512, 128), 65536, np.float32)), "at most 65535"),
    "size": (altered(pixels=np.zeros((512, 64), np.float32)), "one size and spacing"),
}


@pytest.mark.parametrize("case", NOT_WRITABLE)
def test_what_cannot_be_written_is_refused(tmp_path, case):
    study, message = NOT_WRITABLE[case]
    with pytest.raises(SimulationError, match=message):
        write_dicom_nm(study, tmp_path / "x.dcm")
    assert not (tmp_path / "x.dcm").exists()
