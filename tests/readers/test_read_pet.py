"""PET series in DICOM: SUV, orientation, gaps, refusals."""

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, EnhancedPETImageStorage, RLELossless

from uptake_ml.errors import NotAStudyError, ReadError
from uptake_ml.readers import find_studies, open_study
from uptake_ml.readers.opening import joint_id
from uptake_ml.readers.pet_slices import GAP_NOTE
from uptake_ml.study import FDG_PET, SUV

PET_SPACING_MM = (10.0, 8.0, 9.0)
BQ_PER_ML = 185e6 / 4 / 100e3


def assert_same_volume(study, values):
    assert study.volume.values.dtype == np.float32
    np.testing.assert_allclose(study.volume.values, values, atol=2e-4, rtol=2e-4)
    assert study.volume.spacing_mm == pytest.approx(PET_SPACING_MM)


def test_a_series_is_one_study_in_suv(pt_series, pet_body):
    study = open_study(pt_series())
    assert_same_volume(study, pet_body)
    assert study.modality == FDG_PET and study.notes == () and len(study.files) == 90
    view = study.views["anterior"]
    assert view.unit == SUV and view.pixels.shape == (90, 40)
    assert view.spacing_mm == pytest.approx(PET_SPACING_MM[1:])
    assert study.id == joint_id(file.sha256 for file in study.files)
    assert study.files[0].name == "file-1.dcm"
    assert open_study(pt_series("again"), keep_ids=True).id == "SID-5"


def test_decay_counts_from_the_injection_to_the_scan(pt_series, pet_body):
    admin = open_study(pt_series("admin", DecayCorrection="ADMIN"))
    assert_same_volume(admin, pet_body / 4)
    half_life_later = {"RadiopharmaceuticalStartTime": "121000"}
    assert_same_volume(open_study(pt_series("late", drug=half_life_later)), pet_body / 2)
    dated = {"RadiopharmaceuticalStartDateTime": "20200301102000+0100"}
    assert_same_volume(open_study(pt_series("dated", drug=dated)), pet_body)


def test_a_series_made_later_counts_from_the_earliest_acquisition(pt_series, pet_body):
    def beds(number, dataset):
        dataset.AcquisitionTime = "140000" if number > 60 else "141500"

    study = open_study(pt_series(change=beds, SeriesTime="150000"))
    assert_same_volume(study, pet_body)
    assert any("earliest acquisition time" in note for note in study.notes)


def test_ge_keeps_the_scan_time_beside(pt_series, pet_body):
    def private(_, dataset):
        block = dataset.private_block(0x0009, "GEMS_PETD_01", create=True)
        block.add_new(0x0D, "DT", "20200301140000.00")

    study = open_study(pt_series(change=private, SeriesTime="150000", AcquisitionTime="143000"))
    assert_same_volume(study, pet_body)


def test_a_dose_before_midnight_is_known_by_date_or_by_a_short_delay(pt_series, pet_body):
    scan = {"SeriesTime": "010000", "AcquisitionTime": "010000"}
    dated = {"RadiopharmaceuticalStartDateTime": "20200229212000"}
    assert_same_volume(open_study(pt_series("a", drug=dated, **scan)), pet_body)
    timed = {"RadiopharmaceuticalStartTime": "212000"}
    study = open_study(pt_series("b", drug=timed, **scan))
    assert_same_volume(study, pet_body)
    assert any("before midnight" in note for note in study.notes)


def test_suv_as_stored_and_philips_counts(pt_series, pet_body):
    gml = open_study(pt_series("gml", scale=1, Units="GML", PatientWeight=None))
    assert_same_volume(gml, pet_body)

    def factor(element, value):
        def change(_, dataset):
            block = dataset.private_block(0x7053, "Philips PET Private Group", create=True)
            block.add_new(element, "DS", value)

        return change

    in_suv = pt_series("suv", scale=1 / 0.002, Units="CNTS", change=factor(0, "0.002"))
    assert_same_volume(open_study(in_suv), pet_body)
    in_bq = pt_series("bq", scale=BQ_PER_ML / 3, Units="CNTS", change=factor(9, "3"))
    assert_same_volume(open_study(in_bq), pet_body)


# How the same body may be stored: rows' and columns' ways in the patient.
STORED = {
    "prone or rotated": ([-1, 0, 0, 0, -1, 0], lambda image: image[::-1, ::-1]),
    "upside down": ([1, 0, 0, 0, -1, 0], lambda image: image[::-1]),
    "mirrored": ([-1, 0, 0, 0, 1, 0], lambda image: image[:, ::-1]),
    "transposed": ([0, 1, 0, 1, 0, 0], lambda image: image.T),
}


@pytest.mark.parametrize("way", STORED)
@pytest.mark.parametrize("is_feet_first", [False, True])
def test_however_it_is_stored_it_lies_alike(pt_series, pet_body, way, is_feet_first):
    cosines, turn = STORED[way]

    def store(number, dataset):
        stored = np.frombuffer(dataset.PixelData, "<i2").reshape(24, 40)
        image = np.ascontiguousarray(turn(stored))
        dataset.Rows, dataset.Columns = image.shape
        dataset.PixelSpacing = [9, 10] if way == "transposed" else [10, 9]
        dataset.ImageOrientationPatient = cosines
        dataset.PixelData = image.tobytes()
        dataset.PatientPosition = "FFS" if is_feet_first else "HFS"
        dataset.InstanceNumber = 90 - number if is_feet_first else number

    assert_same_volume(open_study(pt_series(change=store)), pet_body)


def test_a_tilted_series_is_brought_upright(pt_series, pet_body):
    angle = np.radians(12)
    cosines = [np.cos(angle), np.sin(angle), 0, -np.sin(angle), np.cos(angle), 0]
    study = open_study(pt_series(ImageOrientationPatient=[f"{c:.10g}" for c in cosines]))
    assert any("12 degrees oblique" in note for note in study.notes)
    # The hot front of the belly and the liver turn with the frame; the total stays.
    assert study.volume.values.sum() == pytest.approx(pet_body.sum(), rel=0.02)
    assert study.volume.values.shape[0] > 24


@pytest.mark.parametrize(("is_signed", "intercept"), [(1, 32768), (0, 0)])
def test_all_16_bits_are_used(pt_series, pet_body, is_signed, intercept):
    def store(_, dataset):
        stored = np.frombuffer(dataset.PixelData, "<i2").astype(int) * 2 - intercept
        assert stored.max() in (-intercept, 64000 - intercept)
        dataset.PixelData = stored.astype("<i2" if is_signed else "<u2").tobytes()
        dataset.PixelRepresentation = is_signed
        slope = float(dataset.RescaleSlope) / 2
        dataset.RescaleSlope, dataset.RescaleIntercept = f"{slope:.9g}", f"{slope * intercept:.9g}"

    assert_same_volume(open_study(pt_series(change=store)), pet_body)


def test_fine_slices_are_averaged(pt_series, pet_body):
    def squeeze(number, dataset):
        dataset.ImagePositionPatient[2] = -number * 1.6

    values = pet_body.repeat(5, axis=1)
    study = open_study(pt_series(values=values, change=squeeze))
    assert study.volume.spacing_mm == pytest.approx((10, 3.2, 9))
    # From the feet, where the place is least.
    expected = values.reshape(24, 225, 2, 40).mean(axis=2)
    np.testing.assert_allclose(study.volume.values, expected, rtol=2e-3, atol=2e-3)
    assert any("blocks of 2 x 1 x 1" in note for note in study.notes)


def test_compressed_slices_are_read(pt_series, pet_body):
    def pack(_, dataset):
        dataset.compress(RLELossless, generate_instance_uid=False)

    assert_same_volume(open_study(pt_series(change=pack)), pet_body)


def test_fine_pixels_are_averaged(pt_series, pet_body):
    fine = pet_body.repeat(6, axis=0).repeat(6, axis=2)
    study = open_study(pt_series(values=fine, PixelSpacing=[10 / 6, 9 / 6]))
    assert study.volume.spacing_mm == pytest.approx((20 / 6, 8, 18 / 6))
    np.testing.assert_allclose(
        study.volume.values, pet_body.repeat(3, axis=0).repeat(3, axis=2), rtol=2e-3, atol=2e-4
    )
    assert any("finer than PET resolves: blocks of 1 x 2 x 2" in note for note in study.notes)


# Gaps and copies


def without(*numbers):
    return lambda number, _: number not in numbers


@pytest.mark.parametrize("missing", [(50,), (20, 21), (10, 30, 50, 70)])
def test_a_small_gap_is_filled_and_said(pt_series, pet_body, missing):
    study = open_study(pt_series(change=without(*missing)))
    expected = pet_body.copy()
    for number in missing:
        near = [n for n in range(90) if n not in missing]
        before, after = max(n for n in near if n < number), min(n for n in near if n > number)
        part = (number - before) / (after - before)
        expected[:, number] = (1 - part) * pet_body[:, before] + part * pet_body[:, after]
    assert_same_volume(study, expected)
    assert GAP_NOTE.format(count=len(missing)) in study.notes


@pytest.mark.parametrize("missing", [range(20, 23), range(10, 60, 10)])
def test_a_large_gap_is_refused(pt_series, missing):
    with pytest.raises(ReadError, match=f"lacks {len(missing)} slices between its first and last"):
        open_study(pt_series(change=without(*missing)))


def test_an_end_that_is_missing_is_said(pt_series):
    study = open_study(pt_series(change=without(*range(80, 90)), NumberOfSlices=90))
    assert "The header tells of 90 slices, 80 were there: an end may be missing." in study.notes


def test_a_slice_that_is_there_twice_is_used_once(pt_series, pet_body):
    folder = pt_series()
    (folder / "copy.dcm").write_bytes((folder / "000.dcm").read_bytes())
    study = open_study(folder)
    assert_same_volume(study, pet_body)
    assert any("1 slices were there twice" in note for note in study.notes)


def test_two_frames_of_one_place_are_refused(pt_series):
    def double(number, dataset):
        dataset.ImagePositionPatient[2] = -8 * ((number + 1) // 2)

    with pytest.raises(ReadError, match="different images at one place"):
        open_study(pt_series(change=double))


# What is refused, in words


def drug_with(**elements):
    return {"drug": elements}


def on_slice(wanted, **elements):
    def change(number, dataset):
        if number == wanted:
            for tag, value in elements.items():
                setattr(dataset, tag, value)

    return {"change": change}


REFUSED = {
    "counts": ({"Units": "CNTS"}, ReadError, "counts .CNTS. without Philips"),
    "unit": ({"Units": "PROPCPS"}, ReadError, "found the unit PROPCPS"),
    "lean": ({"Units": "GML", "SUVType": "LBM"}, ReadError, "found the type LBM"),
    "weight 0": ({"PatientWeight": 0}, ReadError, "weight of 2 to 400 kg, found 0 kg"),
    "weight 999": ({"PatientWeight": 999}, ReadError, "found 999 kg"),
    "no weight": ({"PatientWeight": None}, ReadError, "lacks the patient's weight"),
    "dose 0": (drug_with(RadionuclideTotalDose=0), ReadError, "found 0 Bq"),
    "dose in MBq": (drug_with(RadionuclideTotalDose=370), ReadError, "found 370 Bq"),
    "no dose": (drug_with(RadionuclideTotalDose=None), ReadError, "lacks the dose"),
    "no drug": (
        {"RadiopharmaceuticalInformationSequence": None}, ReadError, "neither tracer nor",
    ),
    "dose after scan": (
        drug_with(RadiopharmaceuticalStartTime="150000"), ReadError, "1.0 h before it",
    ),
    "dose a day after": (
        drug_with(RadiopharmaceuticalStartDateTime="20200302102000"), ReadError, "20.3 h before it",
    ),
    "dose days before": (
        drug_with(RadiopharmaceuticalStartDateTime="20200201102000"), ReadError, "h after it",
    ),
    "no dose time": (
        drug_with(RadiopharmaceuticalStartTime=None), ReadError, "lacks the time of the injection",
    ),
    "no scan time": (
        {"SeriesTime": None, "AcquisitionTime": None}, ReadError, "lacks the time of the scan",
    ),
    "no decay correction": ({"DecayCorrection": "NONE"}, ReadError, "found NONE"),
    "half-life of 11C": (
        drug_with(RadionuclideHalfLife=1223), NotAStudyError, "half-life of 1223 s",
    ),
    "not corrected": ({"CorrectedImage": ["DECY", "SCAT"]}, NotAStudyError, "attenuation"),
    "named uncorrected": (
        {"CorrectedImage": None, "SeriesDescription": "WB NAC"}, NotAStudyError, "attenuation",
    ),
    "dynamic": ({"SeriesType": ["DYNAMIC", "IMAGE"]}, NotAStudyError, "of type dynamic"),
    "enhanced": ({"SOPClassUID": EnhancedPETImageStorage}, NotAStudyError, "Enhanced PET"),
    "other tracer": (
        drug_with(Radiopharmaceutical="18F-PSMA-1007"), NotAStudyError, "other than FDG",
    ),
    "no place": ({"ImagePositionPatient": None}, ReadError, "lacks its place"),
    "no spacing": ({"PixelSpacing": None}, ReadError, "lacks its place"),
    "odd spacing": ({"PixelSpacing": [0, 4]}, ReadError, "voxels of 0.3 to 20 mm"),
    "odd orientation": (
        {"ImageOrientationPatient": [1, 0, 0, 1, 0, 0]}, ReadError, "orientation that is none",
    ),
    "another spacing": (on_slice(9, PixelSpacing=[10, 8]), ReadError, "mixes slices of unequal"),
    "another orientation": (
        on_slice(9, ImageOrientationPatient=[1, 0, 0, 0, -1, 0]), ReadError, "mixes slices",
    ),
    "another weight": (on_slice(9, PatientWeight=70), ReadError, "differ in PatientWeight"),
    "lying rows": (on_slice(9, Rows=4000, Columns=4000), ReadError, "cut short"),
    "rows of a bomb": (on_slice(9, Rows=65535, Columns=65535), ReadError, "header claims"),
    "uneven": (on_slice(9, ImagePositionPatient=[-180, -120, -75]), ReadError, "uneven places"),
    "moved": (
        on_slice(9, ImagePositionPatient=[-150, -120, -72]), ReadError, "slice 30 mm away",
    ),
    "one bed": ({"change": without(*range(20, 90))}, NotAStudyError, "from the skull base"),
    "one slice": ({"change": without(*range(1, 90))}, ReadError, "is one slice"),
    "nothing": ({"scale": 0}, ReadError, "shows nothing"),
    "too hot": ({"scale": 400 * BQ_PER_ML}, ReadError, "found a median of"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_missing_or_contradictory_is_named(pt_series, tmp_path, case):
    options, error, message = REFUSED[case]
    with pytest.raises(error, match=message) as caught:
        open_study(pt_series(**options))
    text = str(caught.value)
    assert type(caught.value) is error and "\n" not in text and len(text) < 300
    assert not any(secret in text for secret in ("SMITH", "PID-77", str(tmp_path)))


@pytest.mark.parametrize("code", [("C-163A8", "SRT", "^99m^Technetium"), ("1", "99X", "Ga-68")])
def test_another_nuclide_is_refused(pt_series, code):
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code
    with pytest.raises(NotAStudyError, match="radionuclide other than 18F"):
        open_study(pt_series(drug={"RadionuclideCodeSequence": [item]}))


@pytest.mark.parametrize("word", ["FDG -- fluorodeoxyglucose", "F18-FDG", "Fluorodeoxyglucose"])
def test_names_of_fdg_are_known(pt_series, word):
    assert open_study(pt_series(drug={"Radiopharmaceutical": word})).notes == ()


def test_an_unnamed_tracer_and_half_life_are_noted(pt_series):
    notes = open_study(pt_series(drug={"Radiopharmaceutical": "X"})).notes
    assert any("does not name FDG" in note for note in notes)
    notes = open_study(pt_series("b", drug={"RadionuclideHalfLife": None})).notes
    assert any("no half-life" in note for note in notes)


# Folders


def test_series_of_one_folder_are_studies_and_their_ct_is_left_out(pt_series, nm_file, tmp_path):
    pt_series("all", SeriesInstanceUID="1.5.1")
    folder = pt_series("other", SeriesInstanceUID="1.5.2", CorrectedImage=["DECY"])
    for path in folder.iterdir():
        path.rename(tmp_path / "all" / f"nac{path.name}")
    folder.rmdir()
    ct = {"SOPClassUID": CTImageStorage, "Modality": "CT", "SeriesInstanceUID": "1.5.3"}
    paths = [nm_file(f"all/ct{number}.dcm", **ct) for number in range(5)]
    nm_file("ct alone/ct.dcm", **ct)
    sources = list(find_studies([tmp_path], None))
    assert [(len(s.files), s.kind) for s in sources] == [
        (90, "dicom-pt"), (90, "dicom-pt"), (1, "dicom-other"),
    ]  # fmt: skip
    assert open_study(sources[0]).notes == ()
    with pytest.raises(NotAStudyError, match="NAC"):
        open_study(sources[1])
    # What is named is answered.
    named = list(find_studies([*paths, sources[0].files[0]], None))
    assert [(len(s.files), s.kind) for s in named] == [(5, "dicom-other"), (1, "dicom-pt")]


def test_a_volume_is_no_bone_scan(pt_series):
    with pytest.raises(NotAStudyError, match="no bone-scan"):
        open_study(pt_series(), modality="bone-scan")
