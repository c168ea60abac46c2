"""NIfTI volumes, written by nibabel: orientation, types, units, hostile headers, refusals."""

import gzip
import itertools
import resource
import struct
import time
import tracemalloc

import numpy as np
import pytest

from uptake_ml.errors import NotAStudyError, ReadError
from uptake_ml.readers import find_studies, open_study
from uptake_ml.readers.nifti import read_nifti_volume
from uptake_ml.readers.nifti_header import parse_header
from uptake_ml.study import FDG_PET, SUV

nib = pytest.importorskip("nibabel")

PET_SPACING_MM = (10.0, 8.0, 9.0)
# Planes run to the back, rows to the feet, columns to the left: the frame is right, front, head.
AFFINE = np.array([[0, 0, -9, 180], [-10, 0, 0, 120], [0, -8, 0, 360], [0, 0, 0, 1.0]])


@pytest.fixture
def nifti(tmp_path, pet_body):
    """Return a function that writes a volume with its affine, by default the body's."""

    def write(values=pet_body, affine=AFFINE, name="x.nii.gz", kind=nib.Nifti1Image, **fields):
        image = kind(values, affine)
        image.header.set_xyzt_units("mm")
        for field, value in fields.items():
            image.header[field] = value
        path = tmp_path / name
        nib.save(image, path)
        return path

    return write


def turned(values, order, flips):
    """Return values and affine of the same body with its axes in another order and direction."""
    turn = np.zeros((4, 4))
    turn[3, 3] = 1
    stored = values.transpose(order)
    for axis, (source, is_flipped) in enumerate(zip(order, flips, strict=True)):
        turn[source, axis] = -1 if is_flipped else 1
        turn[source, 3] = values.shape[source] - 1 if is_flipped else 0
        stored = np.flip(stored, axis) if is_flipped else stored
    return np.ascontiguousarray(stored), AFFINE @ turn


def assert_same_volume(study, values):
    np.testing.assert_allclose(study.volume.values, values, rtol=1e-5, atol=1e-5)
    assert study.volume.spacing_mm == pytest.approx(PET_SPACING_MM)


ORDERS = list(itertools.permutations(range(3)))
FLIPS = list(itertools.product([False, True], repeat=3))


@pytest.mark.parametrize(("order", "flips"), list(itertools.product(ORDERS, FLIPS)))
def test_each_of_48_orientations_lies_alike(nifti, pet_body, order, flips):
    values, affine = turned(pet_body, order, flips)
    path = nifti(values, affine, "x.nii")
    canonical = nib.as_closest_canonical(nib.load(path)).get_fdata()
    study = open_study(path)
    assert_same_volume(study, pet_body)
    # nibabel's axes run to the right, to the front and to the head.
    np.testing.assert_array_equal(
        study.volume.values, canonical.transpose(1, 2, 0)[::-1, ::-1, ::-1]
    )


def test_a_volume_is_an_fdg_pet_in_suv_and_says_so(nifti):
    path = nifti(name="SMITH_John.nii.gz")
    study = open_study(path)
    assert study.modality == FDG_PET and study.views["anterior"].unit == SUV
    assert study.notes == (
        "A NIfTI volume does not say what it shows: it was taken to be an FDG-PET in SUV.",
    )
    assert study.files[0].name == "file-1.nii.gz" and len(study.id) == 12
    assert open_study(path, modality=FDG_PET).notes == ()
    assert open_study(path, keep_ids=True).id == "SMITH_John"
    with pytest.raises(NotAStudyError, match="no bone-scan"):
        open_study(path, modality="bone-scan")


@pytest.mark.parametrize("kind", [nib.Nifti1Image, nib.Nifti2Image])
@pytest.mark.parametrize("name", ["x.nii", "x.nii.gz"])
@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f8", ">i2", "<u2", "<i4"])
def test_versions_types_and_byte_orders(nifti, pet_body, tmp_path, kind, name, dtype):
    image = kind(pet_body, AFFINE, dtype=np.dtype(dtype))
    image = kind(pet_body, AFFINE, header=image.header.as_byteswapped(dtype[0]))
    image.set_data_dtype(dtype)
    nib.save(image, tmp_path / name)
    study = open_study(tmp_path / name)
    np.testing.assert_allclose(study.volume.values, pet_body, atol=2e-4)


@pytest.mark.parametrize("angles", [(0.4, -0.2, 0.1), (3, 0.5, -1), (0, 0, 3.1)])
@pytest.mark.parametrize("last", [-1, 1])
def test_the_quaternion_is_nibabels(pet_body, angles, last):
    from scipy.spatial.transform import Rotation

    affine = np.eye(4)
    affine[:3, :3] = Rotation.from_euler("xyz", angles).as_matrix() * [10, 8, last * 9]
    image = nib.Nifti1Image(pet_body, None)
    image.set_qform(affine, code=1)
    image.header["sform_code"] = 0
    header = parse_header(image.header.binaryblock + bytes(192), "x")
    np.testing.assert_allclose(
        header.steps_mm, np.diag([-1, -1, 1]) @ image.get_qform()[:3, :3], atol=1e-4
    )


def test_one_volume_in_four_axes_and_other_units_of_length(nifti, pet_body):
    assert_same_volume(open_study(nifti(pet_body[..., None])), pet_body)
    metres = np.diag([1e-3, 1e-3, 1e-3, 1]) @ AFFINE
    assert_same_volume(open_study(nifti(affine=metres, xyzt_units=1)), pet_body)


def test_a_small_tilt_is_kept_and_a_large_one_is_undone(nifti, pet_body):
    from scipy.spatial.transform import Rotation

    def tilted(degrees):
        turn = np.eye(4)
        turn[:3, :3] = Rotation.from_euler("x", degrees, degrees=True).as_matrix()
        return open_study(nifti(affine=turn @ AFFINE))

    assert_same_volume(tilted(4), pet_body)
    study = tilted(20)
    assert any("20 degrees oblique" in note for note in study.notes)
    assert study.volume.values.sum() == pytest.approx(pet_body.sum(), rel=0.02)
    # The head, 27 rows above the middle, is moved by sin 20 of that from front to back.
    profile = (study.volume.values > 4).sum(axis=(1, 2))
    assert profile.size > 40


def test_fine_voxels_are_averaged(nifti, pet_body):
    fine = pet_body.repeat(10, axis=0).repeat(5, axis=1).repeat(6, axis=2)
    affine = AFFINE @ np.diag([1 / 10, 1 / 5, 1 / 6, 1])
    study = open_study(nifti(fine.astype(np.float32), affine, "x.nii"))
    assert study.volume.spacing_mm == pytest.approx((4, 3.2, 3))
    assert study.volume.values.shape == (60, 225, 120)
    assert study.volume.values.mean() == pytest.approx(pet_body.mean(), rel=1e-3)
    expected = fine.reshape(60, 4, 225, 2, 120, 2).mean(axis=(1, 3, 5))
    np.testing.assert_allclose(study.volume.values, expected, rtol=1e-5)
    assert any("blocks of" in note for note in study.notes)


def test_values_that_cannot_be_suv_are_refused(nifti, pet_body):
    for values, message in (
        (pet_body * 5000, "found a median of 3.75e"),
        (pet_body * 0.01, "found a median of 0.0075"),
        (np.zeros_like(pet_body), "shows nothing"),
        (np.full_like(pet_body, np.nan), "hardly any numbers"),
        (np.where(pet_body > 0, 40, -1000).astype(np.float32), "as in a CT"),
    ):
        with pytest.raises(ReadError, match=message):
            open_study(nifti(values))


def test_odd_values_are_noted(nifti, pet_body):
    some = pet_body.copy()
    some[0, 0, 0], some[0, 0, 1], some[0, 0, 2] = np.nan, np.inf, -0.2
    study = open_study(nifti(some))
    assert np.isfinite(study.volume.values).all() and study.volume.values.min() == 0
    assert {"Voxels without a number were set to 0.", "Values below 0 were set to 0."} <= {
        *study.notes
    }
    assert any("unusual for SUV" in note for note in open_study(nifti(pet_body * 4)).notes)


REFUSED = {
    "no orientation": ({"sform_code": 0, "qform_code": 0}, ReadError, "does not say how it lies"),
    "no steps": ({"srow_x": [0, 0, 0, 0]}, ReadError, "voxels of|one plane|without length"),
    "not finite": ({"srow_x": [np.nan, 0, 0, 0]}, ReadError, "voxels of"),
    "complex": ({"datatype": 32}, ReadError, "one real number"),
    "colour": ({"datatype": 128}, ReadError, "one real number"),
    "pair": ({"magic": b"ni1"}, ReadError, "half of a pair"),
    "no mark": ({"magic": b"abc"}, ReadError, "mark is missing"),
    "offset": ({"vox_offset": 1e30}, ReadError, "start nowhere"),
    "before": ({"vox_offset": 12}, ReadError, "start nowhere"),
    "negative": ({"dim": [3, -4, 4, 4, 1, 1, 1, 1]}, ReadError, "million voxels"),
    "axes": ({"dim": [9, 4, 4, 4, 1, 1, 1, 1]}, ReadError, "claims 9 axes"),
    "plane": ({"dim": [2, 40, 40, 1, 1, 1, 1, 1]}, NotAStudyError, "one volume"),
    "dynamic": ({"dim": [4, 24, 90, 4, 10, 1, 1, 1]}, NotAStudyError, "24 x 90 x 4 x 10"),
    "18 GB": ({"dim": [3, 2000, 2000, 1200, 1, 1, 1, 1]}, ReadError, "million voxels"),
    "most": ({"dim": [3, 700, 700, 800, 1, 1, 1, 1]}, ReadError, "cut short"),
    "longer": ({"dim": [3, 24, 90, 900, 1, 1, 1, 1]}, ReadError, "cut short|ends before"),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("name", ["x.nii", "x.nii.gz"])
def test_odd_headers_are_refused_in_words(tmp_path, pet_body, case, name):
    fields, error, message = REFUSED[case]
    image = nib.Nifti1Image(pet_body, AFFINE)
    image.header["vox_offset"], image.header["magic"] = 352, b"n+1"
    image.header["scl_slope"] = 1
    for field, value in fields.items():
        image.header[field] = value
    content = image.header.binaryblock + bytes(4) + pet_body.tobytes("F")
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    tracemalloc.start()
    with pytest.raises(error, match=message) as caught:
        open_study(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert type(caught.value) is error and str(tmp_path) not in str(caught.value)
    assert "damaged or cut short" not in str(caught.value)
    assert peak < 20e6


def test_a_bomb_is_not_inflated_beyond_its_claim(tmp_path, pet_body, nifti):
    # A gigabyte of zeros behind an honest volume.
    honest = gzip.decompress(nifti().read_bytes())
    with gzip.open(tmp_path / "bomb.nii.gz", "wb", compresslevel=1) as stream:
        stream.write(honest)
        for _ in range(64):
            stream.write(bytes(2**24))
    tracemalloc.start()
    assert_same_volume(open_study(tmp_path / "bomb.nii.gz"), pet_body)
    assert tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()


@pytest.mark.parametrize("part", [1, 10, 200, 347, 351, 400, 5000, 5900])
def test_what_is_cut_off_is_refused(nifti, tmp_path, part):
    for name in ("a.nii", "a.nii.gz"):
        content = nifti(name=name).read_bytes()
        (tmp_path / name).write_bytes(content[: min(part, len(content) * 9 // 10)])
        with pytest.raises(ReadError):
            open_study(tmp_path / name)


def test_flipped_bytes_give_a_study_or_one_sentence(nifti, tmp_path):
    content = nifti(name="x.nii").read_bytes()
    rng = np.random.default_rng(3)
    path, errors = tmp_path / "y.nii", 0
    for _ in range(200):
        flipped = bytearray(content)
        for place in rng.integers(0, 352, rng.integers(1, 5)):
            flipped[place] ^= int(rng.integers(1, 256))
        path.write_bytes(flipped)
        try:
            open_study(next(iter(find_studies([path], None))))
        except ReadError as error:
            errors += 1
            assert "\n" not in str(error) and str(tmp_path) not in str(error)
    assert errors > 25


def test_a_volume_of_one_bed_is_no_study(nifti, pet_body):
    with pytest.raises(NotAStudyError, match="240 mm from head to feet"):
        open_study(nifti(pet_body[:, :30].copy()))


def test_a_volume_of_4_mm_is_read_at_once(tmp_path):
    values = np.random.default_rng(0).gamma(4, 0.2, (168, 168, 260)).astype(np.float32)
    nib.save(nib.Nifti1Image(values, np.diag([4, 4, 4, 1])), tmp_path / "x.nii")
    start = time.process_time()
    volume, _ = read_nifti_volume(tmp_path / "x.nii")
    assert time.process_time() - start < 1
    assert volume.values.shape == (168, 260, 168)


@pytest.mark.slow
def test_the_largest_volume_stays_within_memory(tmp_path):
    """A PET on the grid of its CT, 512 x 512 x 1000 at 1 mm: 524 MB stored."""
    header = nib.Nifti1Header()
    header.set_data_shape((512, 512, 1000))
    header.set_data_dtype(np.int16)
    header["vox_offset"], header["magic"], header["scl_slope"] = 352, b"n+1", 0.001
    header.set_sform(np.diag([1, 1, 1, 1]), code=1)
    plane = np.random.default_rng(0).integers(300, 1500, (512, 512)).astype("<i2").tobytes()
    with (tmp_path / "x.nii").open("wb") as stream:
        stream.write(header.binaryblock + bytes(4))
        for _ in range(1000):
            stream.write(plane)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    volume, _ = read_nifti_volume(tmp_path / "x.nii")
    assert volume.values.shape == (128, 250, 128)
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 500


def test_what_is_named_nifti_but_is_none_is_refused(tmp_path):
    (tmp_path / "x.nii").write_bytes(struct.pack("<i", 348) * 200)
    with pytest.raises(ReadError, match="mark is missing"):
        open_study(tmp_path / "x.nii")
    (tmp_path / "y.nii.gz").write_bytes(b"text" * 200)
    with pytest.raises(ReadError, match="is no NIfTI file"):
        open_study(tmp_path / "y.nii.gz")
