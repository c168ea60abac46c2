"""Searching and grouping: order, pairs, what is left out, what is reported."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from uptake_ml.errors import NotAStudyError, ReadError
from uptake_ml.readers import find_studies, open_study
from uptake_ml.report.finding import failed_finding
from uptake_ml.study import BONE_SCAN, FDG_PET


def picture(path, seed=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(seed).integers(0, 9, (80, 20), np.uint8)).save(path)
    return path


def names(sources):
    return [[path.name for path in source.files] for source in sources]


def test_a_picture_of_both_views_and_a_pair_are_two_studies(tmp_path):
    for name in ("n_001.png", "n_001_ANT.png", "n_001_POST.png", "n_002_post.png"):
        picture(tmp_path / name)
    sources = list(find_studies([tmp_path], None))
    assert names(sources) == [
        ["n_001.png"],
        ["n_001_ANT.png", "n_001_POST.png"],
        ["n_002_post.png"],
    ]
    assert {source.modality for source in sources} == {BONE_SCAN}
    assert [s.modality for s in find_studies([tmp_path], FDG_PET)] == [FDG_PET] * 3


def test_named_files_keep_their_order_and_pair_up(tmp_path):
    b, ant, post = (picture(tmp_path / n) for n in ("b.png", "a_ANT.png", "a_POST.png"))
    assert names(find_studies([post, b, ant, b], None)) == [["a_POST.png", "a_ANT.png"], ["b.png"]]


def test_a_pair_lies_in_one_folder_and_has_one_format(tmp_path):
    picture(tmp_path / "1" / "a_ANT.png")
    picture(tmp_path / "2" / "a_POST.png")
    picture(tmp_path / "2" / "a_ANT.bmp")
    assert len(list(find_studies([tmp_path], None))) == 3


def test_files_of_one_view_join_by_study_and_a_repeat_is_another(nm_file, tmp_path, bodies):
    for name, view in (("1", "posterior"), ("2", "anterior"), ("3", "anterior")):
        nm_file(f"{name}.dcm", frames=bodies[:1], views=[view])
    nm_file("4.dcm", frames=bodies[:1], views=["posterior"], StudyInstanceUID="1.9")
    nm_file("5.dcm", views=["anterior", "posterior"])
    sources = list(find_studies([tmp_path], None))
    assert names(sources) == [["1.dcm", "2.dcm"], ["3.dcm"], ["4.dcm"], ["5.dcm"]]
    assert list(open_study(sources[0]).views) == ["anterior", "posterior"]


def test_a_spot_does_not_take_the_place_of_a_view(nm_file, tmp_path, bodies):
    spot = {"ImageType": ["ORIGINAL", "PRIMARY", "STATIC", "EMISSION"]}
    nm_file("a_spot.dcm", bodies[:1], views=["anterior"], **spot)
    nm_file("b.dcm", bodies[1:], views=["posterior"])
    nm_file("c.dcm", bodies[:1], views=["anterior"])
    spot, scan = find_studies([tmp_path], None)
    assert names([spot, scan]) == [["a_spot.dcm"], ["b.dcm", "c.dcm"]]
    assert list(open_study(scan).views) == ["anterior", "posterior"]
    with pytest.raises(NotAStudyError, match="of type static"):
        open_study(spot)


def test_one_bad_file_is_reported_and_leaves_the_others(nm_file, tmp_path):
    nm_file("a", SOPClassUID=["1.2", "1.3"])
    nm_file("b.dcm", views=["anterior", "posterior"])
    bad, good = find_studies([tmp_path], None)
    assert names([bad, good]) == [["a"], ["b.dcm"]]
    assert "a is damaged" in bad.error and good.error is None


def test_a_folder_that_cannot_be_entered_ends_no_search(tmp_path, monkeypatch):
    picture(tmp_path / "b" / "x.png")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "y.png").write_bytes(b"")
    is_file, stat = Path.is_file, os.stat

    def refuse(path):
        if path.name == "y.png":
            raise PermissionError
        return is_file(path)

    def vanish(path, **options):
        if str(path).endswith("gone"):
            raise FileNotFoundError
        return stat(path, **options)

    (tmp_path / "gone").mkdir()
    monkeypatch.setattr(Path, "is_file", refuse)
    monkeypatch.setattr(os, "stat", vanish)
    assert names(find_studies([tmp_path], None)) == [["x.png"]]


def test_a_search_leaves_out_what_is_no_image_but_reports_broken_dicom(tmp_path, nm_file):
    nm_file("IM0001")
    (tmp_path / "notes.txt").write_text("text")
    (tmp_path / ".DS_Store").write_bytes(b"x")
    (tmp_path / "no_suffix").write_bytes(bytes(200))
    (tmp_path / "broken.dcm").write_text("text")
    (tmp_path / "empty.dcm").write_bytes(b"")
    (tmp_path / "later.nii.gz").write_bytes(b"\x1f\x8b")
    sources = list(find_studies([tmp_path], None))
    assert names(sources) == [["IM0001"], ["broken.dcm"], ["empty.dcm"], ["later.nii.gz"]]
    assert [bool(source.error) for source in sources] == [False, True, True, False]
    with pytest.raises(ReadError, match=r"broken\.dcm is not a DICOM file"):
        open_study(sources[1])
    with pytest.raises(ReadError, match=r"later\.nii\.gz"):
        open_study(sources[3])


@pytest.mark.parametrize("name", ["notes.txt", "missing.dcm", "\0", "fifo"])
def test_what_is_named_always_gives_a_source(tmp_path, name):
    path = tmp_path / name
    if name == "notes.txt":
        path.write_text("text")
    if name == "fifo":
        os.mkfifo(path)
    (source,) = find_studies([path], None)
    with pytest.raises(ReadError) as caught:
        open_study(source)
    assert str(tmp_path) not in str(caught.value)


def test_links_in_a_circle_end(tmp_path):
    picture(tmp_path / "a" / "x.png")
    (tmp_path / "a" / "back").symlink_to(tmp_path)
    (tmp_path / "a" / "back too").symlink_to(tmp_path)
    (tmp_path / "a" / "self").symlink_to("self")
    (tmp_path / "a" / "again.png").symlink_to(tmp_path / "a" / "x.png")
    assert len(list(find_studies([tmp_path, tmp_path / "a"], None))) == 1


def test_a_series_of_slices_is_one_source(tmp_path, nm_file):
    from pydicom.uid import CTImageStorage, PositronEmissionTomographyImageStorage

    for number in range(3):
        nm_file(f"ct{number}.dcm", SOPClassUID=CTImageStorage, Modality="CT", StudyInstanceUID="1")
        nm_file(
            f"pt{number}.dcm", SOPClassUID=PositronEmissionTomographyImageStorage, Modality="PT"
        )
    ct, pet = find_studies([tmp_path], None)
    assert (len(ct.files), ct.kind, ct.modality) == (3, "dicom-other", None)
    assert (len(pet.files), pet.kind, pet.modality) == (3, "dicom-pt", FDG_PET)
    with pytest.raises(NotAStudyError, match="not a planar nuclear-medicine scan"):
        open_study(ct)


def test_headers_alone_are_read(nm_file, monkeypatch):
    from uptake_ml.readers import dicom_pixels

    monkeypatch.setattr(dicom_pixels, "read_frames", None)
    assert len(list(find_studies([nm_file()], None))) == 1


def test_a_study_has_one_id_whether_or_not_it_could_be_read(tmp_path, bodies):
    for view, body in zip(("ANT", "POST"), bodies, strict=True):
        Image.fromarray(body.astype(np.uint8)).save(tmp_path / f"a_{view}.png")
    (source,) = find_studies([tmp_path], None)
    failed = failed_finding(source, "too large")["study"]
    study = open_study(source)
    assert failed["id"] == study.id
    assert [f["sha256"] for f in failed["files"]] == [f.sha256 for f in study.files]


def test_a_folder_of_several_studies_is_not_one(tmp_path):
    for name in ("a.png", "b.png"):
        picture(tmp_path / name)
    with pytest.raises(NotAStudyError, match="one study is needed, found 2"):
        open_study(tmp_path)


def test_unprintable_names_do_not_reach_the_study(tmp_path, bodies):
    path = tmp_path / os.fsdecode(b"a\xff\n.png")
    Image.fromarray(bodies[0].astype(np.uint8)).save(path)
    study = open_study(path, keep_ids=True)
    assert study.files[0].name == "a__.png" and study.id == "a__"
