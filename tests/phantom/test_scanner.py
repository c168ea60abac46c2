"""The PET scanner keeps counts, is linear before noise, and recovers spheres as accredited ones."""

import dataclasses

import numpy as np
import pytest

from uptake_ml.errors import SimulationError
from uptake_ml.phantom.fdg_spec import ScannerSpec
from uptake_ml.phantom.grid import Grid
from uptake_ml.phantom.scanner import FWHM_PER_SIGMA, add_noise, load_scanners, sample
from uptake_ml.phantom.soft_shapes import Ellipsoid, paint

# EARL accreditation specifications (January 2017): recovery of the maximum, by sphere in mm.
EARL_1 = {10.0: (0.34, 0.57), 17.0: (0.73, 1.01), 37.0: (0.95, 1.16)}
CONTRAST = 10.0
GRID = Grid(shape=(40, 60, 50), first_mm=(-100.0, 0.0, 120.0), voxel_mm=4.0)


def scanner(**changes) -> ScannerSpec:
    usual = ScannerSpec(
        scanner="siemens-biograph-mct",
        fwhm_mm=7.0,
        spacing_mm=(4.07, 3.0, 4.07),
        liver_cov=0.1,
        noise_fwhm_mm=6.0,
        field_mm=400.0,
        field_of_view="vertex to mid-thigh",
        are_arms_up=False,
        top_mm=1000.0,
        bottom_mm=-1000.0,
        shift_mm=0.0,
        noise_seed=3,
    )
    return dataclasses.replace(usual, **changes)


def block(seed: int) -> np.ndarray:
    """Random activity well inside the grid, so that nothing is blurred out of the image."""
    activity = np.zeros(GRID.shape, np.float32)
    activity[8:-8, 10:-10, 8:-8] = np.random.default_rng(seed).random((24, 40, 34))
    return activity


@pytest.mark.parametrize("spacing", [(4.07, 3.0, 4.07), (2.0, 2.0, 2.0), (5.5, 3.27, 5.5)])
def test_activity_is_conserved_whatever_the_voxels(spacing):
    activity = block(1)
    seen = sample(GRID, scanner(spacing_mm=spacing)).image(activity)
    put = activity.sum(dtype=np.float64) * GRID.voxel_mm**3
    assert seen.sum(dtype=np.float64) * np.prod(spacing) == pytest.approx(put, rel=2e-4)


def test_uniform_suv_stays_what_it_is_inside():
    seen = sample(GRID, scanner()).image(np.full(GRID.shape, 2.0, np.float32))
    middle = tuple(slice(n // 2 - 4, n // 2 + 4) for n in seen.shape)
    np.testing.assert_allclose(seen[middle], 2.0, rtol=1e-5)


def test_image_is_linear_and_never_negative():
    sampling, one, two = sample(GRID, scanner()), block(1), block(2)
    both = sampling.image(one + 3 * two)
    np.testing.assert_allclose(both, sampling.image(one) + 3 * sampling.image(two), atol=2e-5)
    assert both.min() >= -1e-6


@pytest.mark.parametrize("spacing", [(2.0, 2.0, 2.0), (4.0, 4.0, 4.0)])
@pytest.mark.parametrize("fwhm", [5.5, 8.0])
def test_point_has_the_resolution_asked_for_and_stays_in_place(fwhm, spacing):
    activity = np.zeros(GRID.shape, np.float32)
    activity[20, 30, 25] = 1.0
    sampling = sample(GRID, scanner(fwhm_mm=fwhm, spacing_mm=spacing))
    seen = sampling.image(activity).astype(np.float64)
    for axis, line in enumerate((sampling.planes, sampling.rows, sampling.columns)):
        profile = seen.sum(axis=tuple(a for a in range(3) if a != axis))
        at = np.arange(len(profile))
        mean = (profile * at).sum() / profile.sum()
        sd = np.sqrt((profile * (at - mean) ** 2).sum() / profile.sum()) * spacing[axis]
        assert mean == pytest.approx(line.place((20, 30, 25)[axis]), abs=0.01)
        assert sd * FWHM_PER_SIGMA == pytest.approx(fwhm, rel=0.02)


def test_part_of_the_grid_gives_the_same_as_the_whole():
    sampling, activity = sample(GRID, scanner()), np.zeros(GRID.shape, np.float32)
    box = np.random.default_rng(4).random((5, 6, 7), dtype=np.float32)
    activity[12:17, 20:26, 30:37] = box
    part, start = sampling.image_box(box, (12, 20, 30))
    whole = np.zeros(sampling.shape, np.float32)
    whole[tuple(slice(s, s + n) for s, n in zip(start, part.shape, strict=True))] = part
    np.testing.assert_allclose(whole, sampling.image(activity), atol=1e-4)


def recovery(entry, diameter: float) -> float:
    """Recovery of the maximum of a sphere in a tenth of its concentration, before noise."""
    grid = Grid(shape=(40, 40, 40), first_mm=(-39.3, -39.1, 39.2), voxel_mm=2.0)
    suv = np.ones(grid.shape, np.float32)
    sphere = Ellipsoid(
        centre_mm=np.zeros(3), radii_mm=np.full(3, diameter / 2), suv=CONTRAST, region=None
    )
    paint(suv, np.ones(grid.shape, bool), grid, sphere)
    asked = scanner(fwhm_mm=entry["fwhm_mm"], spacing_mm=tuple(entry["spacing_mm"]))
    return float(sample(grid, asked).image(suv).max() / CONTRAST)


@pytest.mark.parametrize("name", sorted(load_scanners()))
def test_spheres_are_recovered_as_the_scanner_claims(name):
    entry = load_scanners()[name]
    found = {diameter: recovery(entry, diameter) for diameter in EARL_1}
    assert list(found.values()) == sorted(found.values())
    keeps = all(low <= found[d] <= high for d, (low, high) in EARL_1.items())
    assert keeps == (entry["standard"] == "earl-1"), found


def test_noise_is_in_proportion_to_the_mean_and_correlated():
    image = np.full((40, 50, 60), 2.0, np.float32)
    image[:, :, 30:] = 8.0
    asked = scanner(spacing_mm=(3.0, 3.0, 3.0), noise_fwhm_mm=6.0, liver_cov=0.12)
    noise = add_noise(image, asked) / image - 1
    for half in (noise[:, :, :26], noise[:, :, 34:]):
        assert half.std() == pytest.approx(0.12, rel=0.08)
        assert half.mean() == pytest.approx(0.0, abs=0.015)
    neighbours = np.corrcoef(noise[:, :, 1:26].ravel(), noise[:, :, :25].ravel())[0, 1]
    sigma = 6.0 / FWHM_PER_SIGMA / 3.0
    assert neighbours == pytest.approx(np.exp(-1 / (4 * sigma**2)), abs=0.08)
    assert add_noise(image, asked).tobytes() == add_noise(image, asked).tobytes()
    other = dataclasses.replace(asked, noise_seed=4)
    assert add_noise(image, asked).tobytes() != add_noise(image, other).tobytes()


def test_noise_is_skewed_to_the_right_and_positive():
    image = np.full((40, 50, 60), 2.0, np.float32)
    noisy = add_noise(image, scanner(liver_cov=0.18))
    assert noisy.min() > 0
    z = (noisy - noisy.mean()) / noisy.std()
    assert (z**3).mean() > 0.2


def test_body_lies_in_the_middle_of_the_field_unless_shifted():
    middle = GRID.index_of(np.zeros((1, 3)))[0][2]
    for shift_mm in (0.0, 12.0):
        columns = sample(GRID, scanner(shift_mm=shift_mm)).columns
        # The field is a whole number of voxels only by chance.
        from_middle_mm = (columns.place(middle) - (columns.size - 1) / 2) * 4.07
        assert from_middle_mm == pytest.approx(shift_mm, abs=4.07 / 2)


def test_activity_outside_the_field_of_view_is_not_seen():
    activity = np.zeros(GRID.shape, np.float32)
    activity[20, 30, 2] = 1.0
    assert sample(GRID, scanner(field_mm=120.0)).image(activity).max() < 1e-6
    assert sample(GRID, scanner(field_mm=400.0)).image(activity).max() > 0.01


def test_field_of_view_beside_the_body_is_refused():
    with pytest.raises(SimulationError, match="holds nothing of the body"):
        sample(GRID, scanner(top_mm=-500.0, bottom_mm=-900.0))
