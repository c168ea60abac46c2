"""A real FDG-PET series, where it is at hand (TCIA Soft-tissue-Sarcoma, Vallieres et al. 2015)."""

import resource
import time

import numpy as np
import pytest

from uptake_ml.readers import find_studies, open_study

# Planes, rows and columns, chosen by eye within the organ.
LIVER = (slice(55, 70), slice(112, 120), slice(46, 57))


@pytest.fixture(scope="module")
def series(real_folder):
    folder = real_folder / "STS_001_FDG_PET"
    if not folder.is_dir():
        pytest.skip("the real FDG-PET series is not there")
    return folder


@pytest.fixture(scope="module")
def study(series):
    return open_study(series)


def test_267_slices_are_one_study(series, study):
    (source,) = find_studies([series], None)
    assert len(source.files) == 267
    assert study.volume.values.shape == (128, 267, 128)
    assert study.volume.spacing_mm == pytest.approx((4.6875, 3.27, 4.6875))
    assert study.notes == ()


def test_suv_and_sides_are_right(study):
    values = study.volume.values
    assert values[LIVER].mean() == pytest.approx(2.0, abs=0.3)
    # The opposite side, where there is no liver.
    mirrored = (LIVER[0], LIVER[1], slice(128 - 57, 128 - 46))
    assert values[LIVER].mean() > 1.5 * values[mirrored].mean()
    # The brain above, the heart to the patient's left.
    assert values[:, :8].max() > 5
    heart = np.argwhere(values[:, 60:110].max(axis=(0, 1)) > 6)
    assert heart.mean() > 64


def test_it_is_read_in_about_a_second(series):
    start = time.process_time()
    open_study(series)
    assert time.process_time() - start < 4
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1500 * 1024
