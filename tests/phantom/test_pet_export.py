"""A simulated FDG-PET as NIfTI and as DICOM: read back in SUV, the same bytes, valid."""

import dataclasses
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pydicom
import pytest

from uptake_ml.commands import UsageError
from uptake_ml.commands.simulated_case import CaseWriter, default_format
from uptake_ml.errors import SimulationError
from uptake_ml.phantom.pet_export import write_dicom_pt, write_nifti
from uptake_ml.projections import project_views
from uptake_ml.readers import find_studies, open_study
from uptake_ml.study import BONE_SCAN, FDG_PET, Study, Volume

SPACING_MM = (5.5, 6.0, 7 / 1.3)


def simulated_study(identity="0123456789ab", spacing_mm=SPACING_MM) -> Study:
    """Return a body that differs on every side, of an even and an odd number of voxels."""
    values = np.zeros((40, 121, 64), np.float32)
    values[6:34, 8:113, 10:54] = np.random.default_rng(3).gamma(20, 0.04, (28, 105, 44))
    values[14:26, 8:20, 26:38] = 8.0  # head
    values[10:30, 40:52, 12:24] = 2.2  # right
    values[6:10, 80:84, 30:34] = 12.0  # front
    volume = Volume(values=values, spacing_mm=spacing_mm)
    return Study(id=identity, modality=FDG_PET, views=project_views(volume), volume=volume)


@pytest.fixture(scope="module")
def study():
    return simulated_study()


@pytest.mark.parametrize("name", ["case.nii", "case.nii.gz"])
def test_nifti_is_read_back_unchanged(study, tmp_path, name):
    write_nifti(study, tmp_path / name)
    read = open_study(tmp_path / name, modality=FDG_PET)
    np.testing.assert_array_equal(read.volume.values, study.volume.values)
    assert read.volume.spacing_mm == pytest.approx(SPACING_MM)
    assert read.notes == ()
    write_nifti(study, tmp_path / f"again{name}")
    assert (tmp_path / f"again{name}").read_bytes() == (tmp_path / name).read_bytes()


def test_nibabel_sees_right_front_head_in_mm(study, tmp_path):
    nib = pytest.importorskip("nibabel")
    write_nifti(study, tmp_path / "case.nii.gz")
    image = nib.load(tmp_path / "case.nii.gz")
    assert nib.aff2axcodes(image.affine) == ("R", "A", "S")
    np.testing.assert_allclose(image.get_qform(), image.affine, atol=1e-4)
    np.testing.assert_allclose(image.header.get_zooms(), [7 / 1.3, 5.5, 6.0], rtol=1e-6)
    assert image.header.get_xyzt_units()[0] == "mm"
    hot = np.argwhere(image.get_fdata() == 12).mean(axis=0)
    right, front, head = nib.affines.apply_affine(image.affine, hot)
    # By its slices: column 31.5 of 64, plane 7.5 of 40, row 81.5 of 121.
    np.testing.assert_allclose([right, front, head], [0, 12 * 5.5, -21.5 * 6], atol=1e-3)


@pytest.fixture(scope="module")
def series(study, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pt")
    write_dicom_pt(study, folder / "a", weight_kg=81.5, dose_mbq=300, uptake_min=63.5)
    return folder / "a"


def test_a_series_is_read_back_in_suv(study, series):
    read = open_study(series)
    # 16 bits a slice: half a step of its maximum.
    step = study.volume.values.max() / (2**15 - 1)
    np.testing.assert_allclose(read.volume.values, study.volume.values, atol=step)
    assert read.volume.spacing_mm == pytest.approx(SPACING_MM)
    assert read.notes == () and len(read.files) == 121


def test_a_series_holds_concentration_that_decayed(study, series):
    """SUV 8 of 300 MBq in 81.5 kg: 8 x 300e6 / 81500 x 2^(-63.5 / 109.77) = 19720 Bq/ml."""
    first = pydicom.dcmread(series / "slice-0012.dcm")
    hottest = first.pixel_array.max() * first.RescaleSlope
    assert hottest == pytest.approx(8 * 300e6 / 81500 * 0.5 ** (63.5 * 60 / 6586.2), rel=1e-4)
    assert first.PatientName == "PHANTOM^SIMULATED" and first.Units == "BQML"
    # The middle of the volume is the origin: 64 columns, 40 planes, 121 rows.
    expected_mm = [-31.5 * 7 / 1.3, -19.5 * 5.5, (60 - 11) * 6]
    np.testing.assert_allclose(first.ImagePositionPatient, expected_mm, rtol=1e-6)


def test_the_same_study_gives_the_same_series_and_another_other_numbers(study, series, tmp_path):
    numbers = {"weight_kg": 81.5, "dose_mbq": 300, "uptake_min": 63.5}
    again = write_dicom_pt(study, tmp_path / "b", **numbers)
    assert [p.read_bytes() for p in again] == [(series / path.name).read_bytes() for path in again]
    headers = [pydicom.dcmread(path, stop_before_pixels=True) for path in again]
    assert len({h.SOPInstanceUID for h in headers}) == len(again)
    assert len({h.SeriesInstanceUID for h in headers}) == 1
    other = write_dicom_pt(simulated_study("ba9876543210"), tmp_path / "c", **numbers)
    assert pydicom.dcmread(other[0]).SeriesInstanceUID != headers[0].SeriesInstanceUID


@pytest.mark.skipif(not shutil.which("dciodvfy"), reason="dciodvfy (dicom3tools) not installed")
def test_the_standard_finds_no_error(series):
    for name in ("slice-0001.dcm", "slice-0060.dcm"):
        result = subprocess.run(
            ["dciodvfy", series / name], capture_output=True, text=True, check=False
        )
        said = (result.stdout + result.stderr).splitlines()
        assert "PETImage" in said
        assert [line for line in said if line.startswith(("Error", "Warning"))] == []


def test_what_cannot_be_written_is_refused(study, tmp_path):
    flat = dataclasses.replace(study, volume=None)
    for broken in (flat, dataclasses.replace(study, modality=BONE_SCAN)):
        with pytest.raises(SimulationError, match="with a volume is needed"):
            write_nifti(broken, tmp_path / "x.nii")
    with pytest.raises(ValueError, match="weight_kg must be positive"):
        write_dicom_pt(study, tmp_path / "x", weight_kg=0)
    assert list(tmp_path.iterdir()) == []


# How ``simulate`` writes a case


@pytest.fixture
def rendered(monkeypatch, study):
    """Let the phantom give ``study`` with an empty truth, whatever is asked."""
    import uptake_ml.phantom as phantom
    from uptake_ml.phantom import Truth

    class Specification:
        def to_json(self):
            return "{}"

    truth = Truth(label="focal", drawn_label="focal", diseases=(), burden=0.0, lesions=(), views={})
    monkeypatch.setattr(phantom, "draw", lambda *_, **__: Specification())
    monkeypatch.setattr(phantom, "render", lambda _: (study, truth))


@pytest.mark.parametrize(
    ("format", "first", "count"),
    [
        (None, "case-0003.nii.gz", 1),
        ("nifti", "case-0003.nii.gz", 1),
        ("dicom", "case-0003/slice-0001.dcm", 121),
        ("png", "case-0003_ANT.png", 1),
    ],
)
def test_a_case_is_written_and_named_in_its_truth(rendered, tmp_path, format, first, count):
    write = CaseWriter(
        modality=FDG_PET,
        label="focal",
        seed=1,
        folder=tmp_path,
        format=format or default_format(FDG_PET),
    )
    files = write(2)["files"]
    assert files[0]["name"] == first and len(files) == count
    assert {f["name"] for f in files} == {
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()
    }
    (source,) = find_studies([tmp_path], FDG_PET)
    assert open_study(source, modality=FDG_PET).modality == FDG_PET


def test_overwriting_removes_the_cases_and_nothing_else(rendered, tmp_path, monkeypatch):
    from argparse import Namespace

    from uptake_ml.commands import simulate

    monkeypatch.setattr(simulate, "require_simulation", lambda: None)
    args = Namespace(
        modality=FDG_PET,
        label="focal",
        seed=1,
        n=1,
        jobs=1,
        out=str(tmp_path),
        overwrite=True,
        masks=None,
    )
    (tmp_path / "notes.txt").touch()
    written = {}
    for format in ("dicom", "png", "nifti", None):
        args.format = format
        assert simulate.run(args) == 0
        written[format] = {path.name for path in tmp_path.iterdir()} - {"notes.txt", "truth.jsonl"}
    assert written == {
        "dicom": {"case-0001"},
        "png": {"case-0001_ANT.png"},
        "nifti": {"case-0001.nii.gz"},
        None: {"case-0001.nii.gz"},
    }
    assert (tmp_path / "notes.txt").exists()


def test_each_modality_has_its_formats():
    assert (default_format(BONE_SCAN), default_format(FDG_PET)) == ("dicom", "nifti")
    with pytest.raises(UsageError, match="must be one of dicom, png, found nifti"):
        CaseWriter(modality=BONE_SCAN, label=None, seed=1, folder=Path(), format="nifti")
