"""Planar DICOM: views, windows, orientation, spacing, values, compression, refusals."""

import hashlib
import zlib
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom import uid
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate

from uptake_ml.errors import NotAStudyError, ReadError
from uptake_ml.readers import find_studies, open_study
from uptake_ml.study import BONE_SCAN, COUNTS, GREY_LEVEL

VIEWS = ("anterior", "posterior")


def test_two_frames_are_told_apart_by_view_codes(nm_file, bodies):
    study = open_study(nm_file(frames=bodies[::-1], views=VIEWS[::-1]))
    assert list(study.views) == list(VIEWS)
    assert study.modality == BONE_SCAN and study.notes == ()
    for view, counts in zip(study.views.values(), bodies, strict=True):
        np.testing.assert_array_equal(view.pixels, counts)
        assert view.spacing_mm == (9.0, 8.0) and view.unit == COUNTS
        assert not view.is_spacing_estimated


@pytest.mark.parametrize("code", [("G-5216", "SNM3", "?"), ("1", "99X", "POSTERIOR"), ("", "", "")])
def test_old_codes_words_and_the_other_view_tell_too(nm_file, bodies, code):
    item = Dataset()
    item.ViewCodeSequence = [Dataset()]
    first = item.ViewCodeSequence[0]
    first.CodeValue, first.CodingSchemeDesignator, first.CodeMeaning = code
    anterior = Dataset()
    anterior.ViewCodeSequence = [Dataset()]
    anterior.ViewCodeSequence[0].CodeMeaning = "Anterior"
    study = open_study(nm_file(frames=bodies[::-1], DetectorInformationSequence=[item, anterior]))
    np.testing.assert_array_equal(study.views["anterior"].pixels, bodies[0])
    assert study.notes == ()


def test_without_codes_detector_1_is_taken_as_anterior_and_said(nm_file, bodies):
    study = open_study(nm_file(frames=bodies[::-1], DetectorVector=[2, 1]))
    np.testing.assert_array_equal(study.views["anterior"].pixels, bodies[0])
    assert any("first detector was taken to be anterior" in note for note in study.notes)


@pytest.mark.parametrize(
    "options",
    [
        {"name": "wb_POST.dcm"},
        {"ImageID": "WB POST"},
        {"SeriesDescription": "Whole body Posterior"},
        {"views": ["posterior"]},
    ],
)
def test_one_view_is_named_by_code_header_or_file(nm_file, bodies, options):
    study = open_study(nm_file(frames=bodies[:1], **options))
    assert list(study.views) == ["posterior"] and study.notes == ()


def test_an_unnamed_view_is_assumed_anterior_and_said(nm_file, bodies):
    study = open_study(nm_file(frames=bodies[:1], SeriesDescription="WB 3H POST INJECTION"))
    assert list(study.views) == ["anterior"]
    assert any("taken to be anterior" in note for note in study.notes)


def test_two_views_in_one_unnamed_frame_are_parted(nm_file, bodies):
    study = open_study(nm_file(frames=[np.hstack(bodies)]))
    np.testing.assert_array_equal(study.views["posterior"].pixels, bodies[1])


def test_the_photopeak_window_is_used(nm_file, bodies):
    def window(low, high):
        limits = Dataset()
        limits.EnergyWindowLowerLimit, limits.EnergyWindowUpperLimit = low, high
        item = Dataset()
        item.EnergyWindowRangeSequence = [limits]
        return item

    scatter = [body // 3 for body in bodies]
    path = nm_file(
        frames=[*scatter, *bodies],
        views=VIEWS,
        EnergyWindowVector=[1, 1, 2, 2],
        DetectorVector=[1, 2, 1, 2],
        EnergyWindowInformationSequence=[window(90, 160), window(126, 154)],
    )
    study = open_study(path)
    np.testing.assert_array_equal(study.views["anterior"].pixels, bodies[0])
    assert study.notes == ("Of several energy windows, number 2 was used.",)


@pytest.mark.parametrize("spacing", [None, [0, 0], [-2, 2], [5000, 5000]])
def test_a_missing_spacing_is_estimated_from_body_height(nm_file, spacing):
    study = open_study(nm_file(views=VIEWS, PixelSpacing=spacing))
    for view in study.views.values():
        assert view.is_spacing_estimated
        # The figure is 200 rows tall.
        assert view.spacing_mm == pytest.approx((8.5, 8.5), rel=0.05)
    assert "body height" in study.notes[0]


def test_a_body_cut_off_is_measured_across(nm_file, bodies):
    study = open_study(nm_file(frames=[b[:150] for b in bodies], views=VIEWS, PixelSpacing=None))
    for view in study.views.values():
        assert view.spacing_mm == pytest.approx((520 / 44, 520 / 44), rel=0.1)
    assert "cut off" in study.notes[0]


def test_a_capture_with_a_page_round_it_is_no_dark_image(nm_file, bodies):
    page = np.pad(np.minimum(bodies[0], 255), 40, constant_values=255)
    study = open_study(nm_file("a_ANT.dcm", [page], PixelSpacing=None))
    view = study.views["anterior"]
    assert np.median(view.pixels) == 0 and view.spacing_mm[0] == pytest.approx(8.5, rel=0.05)
    assert any("margin" in note for note in study.notes)


def test_rescale_signed_values_and_inverted_captures(nm_file, bodies):
    slope = open_study(nm_file(views=VIEWS, RescaleSlope=2, RescaleIntercept=0))
    np.testing.assert_array_equal(slope.views["anterior"].pixels, 2.0 * bodies[0])
    shifted = [body.astype(int) - 3 for body in bodies]
    signed = open_study(nm_file(frames=shifted, dtype="<i2", views=VIEWS))
    np.testing.assert_array_equal(signed.views["anterior"].pixels, np.maximum(shifted[0], 0))
    assert any("below 0" in note for note in signed.notes)
    dark = [500 - body for body in bodies]
    path = nm_file(frames=dark, views=VIEWS, PhotometricInterpretation="MONOCHROME1")
    inverted = open_study(path)
    expected = bodies[0].astype(float) - bodies[0].min()
    np.testing.assert_array_equal(inverted.views["anterior"].pixels, expected)
    assert inverted.views["anterior"].unit == GREY_LEVEL


def test_counts_shown_black_on_white_stay_counts(nm_file, bodies):
    study = open_study(nm_file(views=VIEWS, PhotometricInterpretation="MONOCHROME1"))
    np.testing.assert_array_equal(study.views["anterior"].pixels, bodies[0])
    assert study.views["anterior"].unit == COUNTS


@pytest.mark.parametrize(
    "options",
    [
        {"PatientOrientation": ["R", "H"]},
        {"PatientPosition": "FFS"},
        {"ImageOrientationPatient": [-1, 0, 0, 0, 0, 1]},
    ],
)
def test_an_image_said_and_seen_to_be_feet_up_is_turned(nm_file, bodies, options):
    study = open_study(nm_file(name="a_ANT.dcm", frames=[bodies[0][::-1, ::-1]], **options))
    np.testing.assert_array_equal(study.views["anterior"].pixels, bodies[0])
    assert "feet up" in study.notes[0]


def test_feet_first_into_the_gantry_alone_turns_nothing(nm_file, bodies):
    study = open_study(nm_file(views=VIEWS, PatientPosition="FFS"))
    np.testing.assert_array_equal(study.views["anterior"].pixels, bodies[0])


def test_a_mirrored_header_is_only_noted(nm_file, bodies):
    study = open_study(nm_file("a_ANT.dcm", bodies[:1], PatientOrientation=["R", "F"]))
    np.testing.assert_array_equal(study.views["anterior"].pixels, bodies[0])
    assert "mirrored" in study.notes[0]


@pytest.mark.parametrize(
    "options",
    [
        {"compress": uid.RLELossless},
        {"compress": uid.JPEG2000Lossless},
        {"syntax": uid.ExplicitVRBigEndian, "dtype": ">u2"},
        {"syntax": uid.ImplicitVRLittleEndian},
    ],
)
def test_lossless_syntaxes_give_the_same_counts(nm_file, bodies, options):
    study = open_study(nm_file(views=VIEWS, **options))
    np.testing.assert_array_equal(study.views["posterior"].pixels, bodies[1])


def test_a_data_set_without_preamble_is_read(nm_file, bodies):
    path = nm_file(views=VIEWS)
    path.write_bytes(path.read_bytes()[132:])
    np.testing.assert_array_equal(open_study(path).views["anterior"].pixels, bodies[0])


def test_the_secondary_capture_nm1_is_a_whole_body_scan():
    path = Path(get_testdata_file("JPGExtended.dcm", download=False))
    study = open_study(path)
    view = study.views["anterior"]
    assert view.pixels.shape == (1024, 256) and view.spacing_mm == (2.26, 2.26)
    assert view.unit == COUNTS and 250 < view.pixels.max() < 300
    assert study.notes == ("The file does not name its view: it was taken to be anterior.",)


def test_no_identifier_is_kept_unless_asked_for(nm_file):
    path = nm_file("SMITH-JOHN.dcm", views=VIEWS)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    study = open_study(path)
    assert study.id == hashlib.sha256(digest.encode()).hexdigest()[:12]
    assert [(f.name, f.sha256) for f in study.files] == [("file-1.dcm", digest)]
    assert "SMITH" not in repr((study.id, study.files, study.notes))
    kept = open_study(path, keep_ids=True)
    assert kept.id == "SID-5" and kept.files[0].name == "SMITH-JOHN.dcm"
    assert open_study(nm_file(StudyID=""), keep_ids=True).id == "PID-77"
    assert open_study(nm_file(StudyID="", PatientID=""), keep_ids=True).id == "scan"


NOT_STUDIES = {
    "static": ({"ImageType": ["ORIGINAL", "PRIMARY", "STATIC", "EMISSION"]}, "of type static"),
    "dynamic": ({"DetectorVector": [1, 1]}, "one image a view, found 2"),
    "many frames": ({"NumberOfFrames": 2**31 - 1}, "one image a view"),
    "colour": ({"SamplesPerPixel": 3}, "colour screen capture"),
    "ct": ({"SOPClassUID": uid.CTImageStorage, "Modality": "CT"}, "CT Image Storage (CT)"),
    "no type": ({"ImageType": "DERIVED", "Rows": 64, "Columns": 256}, "no stated type"),
}


@pytest.mark.parametrize("case", NOT_STUDIES)
def test_other_images_are_refused_by_name(nm_file, case):
    options, message = NOT_STUDIES[case]
    with pytest.raises(NotAStudyError) as caught:
        open_study(nm_file(**options))
    assert message in str(caught.value)
    assert "SMITH" not in str(caught.value)


def test_a_planar_scan_is_not_fdg_pet(nm_file):
    with pytest.raises(NotAStudyError, match="no fdg-pet: leave --modality out"):
        open_study(nm_file(), modality="fdg-pet")


UNREADABLE = {
    "all zero": ({"frames": [np.zeros((256, 64))] * 2}, "shows nothing"),
    "too many pixels": ({"Rows": 60000, "Columns": 60000}, "megapixels"),
    "no rows": ({"Rows": 0}, "lacks the size"),
    "small": ({"frames": [np.eye(32)]}, "at least 64 x 16"),
    "pixels cut short": ({"Rows": 300}, "damaged or cut short"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_unreadable_images_say_so(nm_file, case):
    options, message = UNREADABLE[case]
    with pytest.raises(ReadError, match=message) as caught:
        open_study(nm_file(**options))
    assert not isinstance(caught.value, NotAStudyError)


def test_a_deflated_data_set_is_refused_before_it_is_inflated(nm_file, monkeypatch):
    path = nm_file(syntax=uid.DeflatedExplicitVRLittleEndian)

    def refuse(*args, **kwargs):
        raise AssertionError("inflated")

    monkeypatch.setattr(zlib, "decompress", refuse)
    monkeypatch.setattr(zlib, "decompressobj", refuse)
    with pytest.raises(ReadError, match="Deflated Explicit VR Little Endian, which is not read"):
        open_study(path)


def test_a_codestream_that_lies_about_its_size_is_not_decoded(nm_file):
    path = nm_file(views=VIEWS, compress=uid.JPEG2000Lossless)
    content = bytearray(path.read_bytes())
    place = content.find(b"\xff\x4f\xff\x51")
    content[place + 8 : place + 12] = (60000).to_bytes(4, "big")
    path.write_bytes(content)
    with pytest.raises(ReadError, match="differ in size"):
        open_study(path)


def test_run_lengths_longer_than_the_image_are_not_decoded(nm_file, monkeypatch):
    decoded = []
    monkeypatch.setattr(
        "uptake_ml.readers.dicom_pixels.iter_pixels",
        lambda *args, **options: decoded.append(args) or [],
    )
    path = nm_file(views=VIEWS, compress=uid.RLELossless)
    dataset = pydicom.dcmread(path)
    dataset.PixelData = encapsulate([bytes(64 * 256 * 4)] * 2)
    dataset.save_as(path)
    with pytest.raises(ReadError, match="damaged or cut short"):
        open_study(path)
    assert decoded == []


def test_sequences_nested_deep_are_a_sentence(nm_file):
    path = nm_file()
    item = b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    nested = b"\x54\x00\x22\x00SQ\0\0\xff\xff\xff\xff" + item
    path.write_bytes(path.read_bytes()[:132] + path.read_bytes()[132:] + nested * 3000)
    (source,) = find_studies([path], None)
    with pytest.raises(ReadError):
        open_study(source)


@pytest.mark.parametrize("kept", [0.4, 0.6, 0.95])
def test_compressed_file_that_ends_too_early_says_so(tmp_path, kept):
    content = Path(get_testdata_file("JPGExtended.dcm")).read_bytes()
    path = tmp_path / "cut.dcm"
    path.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(ReadError, match="ends before its data do"):
        open_study(path)
