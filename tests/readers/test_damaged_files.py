"""Whatever is cut off or flipped: a study, or one sentence; nothing else, and nothing printed."""

import io

import numpy as np
import pytest
from PIL import Image
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, RLELossless

from uptake_ml.errors import ReadError
from uptake_ml.readers import find_studies, open_study

SECRETS = ("SMITH", "PID-77", "19500101")


def open_bytes(path, content):
    """Open ``content`` as a file; return the error's text, or None for a study."""
    path.write_bytes(content)
    try:
        (source,) = find_studies([path], None)
        open_study(source)
    except ReadError as error:
        text = str(error)
        assert "\n" not in text and str(path.parent) not in text and len(text) < 250
        assert not any(secret in text for secret in SECRETS)
        return text
    return None


def damage(content: bytes, rng, count: int):
    """Yield the bytes cut at many lengths, then with bytes flipped, most of them in the header."""
    for length in np.unique(np.geomspace(1, len(content) - 1, count).astype(int)):
        yield content[:length]
    for number in range(count):
        flipped = bytearray(content)
        stop = min(len(content), 1500) if number % 3 else len(content)
        for place in rng.integers(0, stop, rng.integers(1, 6)):
            flipped[place] ^= int(rng.integers(1, 256))
        yield bytes(flipped)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, RLELossless, JPEG2000Lossless])
def test_damaged_dicom(nm_file, tmp_path, syntax, capfd):
    compress = None if syntax == ExplicitVRLittleEndian else syntax
    content = nm_file(views=["anterior", "posterior"], compress=compress).read_bytes()
    rng = np.random.default_rng(7)
    errors = [open_bytes(tmp_path / "x.dcm", part) for part in damage(content, rng, 120)]
    assert sum(error is not None for error in errors) > 100
    assert open_bytes(tmp_path / "x.dcm", content) is None
    captured = capfd.readouterr()
    assert not any(secret in captured.out + captured.err for secret in SECRETS)


@pytest.mark.parametrize(
    "options",
    [
        {"SOPClassUID": ["1.2", "1.3"]},
        {"DetectorVector": [7, 300]},
        {"EnergyWindowVector": [9, 9]},
        {"Modality": ["NM", "CT"], "SOPClassUID": "1.2"},
        {"PixelSpacing": [1, 2, 3]},
        {"PatientOrientation": ["A", "B", "C"]},
        {"ImageType": "WHOLE BODY"},
    ],
)
def test_odd_headers(nm_file, tmp_path, options):
    content = nm_file("odd.dcm", **options).read_bytes()
    open_bytes(tmp_path / "x.dcm", content)


def test_a_damaged_slice(pt_series, capfd):
    folder = pt_series()
    path = folder / "037.dcm"
    content = path.read_bytes()
    rng = np.random.default_rng(7)
    errors = 0
    for part in damage(content, rng, 7):
        path.write_bytes(part)
        for source in find_studies([folder], None):
            try:
                open_study(source)
            except ReadError as error:
                errors += 1
                text = str(error)
                assert "\n" not in text and str(folder) not in text and len(text) < 300
                assert not any(secret in text for secret in SECRETS)
    assert errors > 7
    captured = capfd.readouterr()
    assert not any(secret in captured.out + captured.err for secret in SECRETS)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "TIFF", "BMP"])
def test_damaged_pictures(tmp_path, bodies, format):
    stream = io.BytesIO()
    Image.fromarray(bodies[0].astype(np.uint8)).save(stream, format)
    content = stream.getvalue()
    rng = np.random.default_rng(7)
    path = tmp_path / "x.png"
    errors = [open_bytes(path, part) for part in damage(content, rng, 60)]
    assert sum(error is not None for error in errors) > 20
    assert open_bytes(path, content) is None
