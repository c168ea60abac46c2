"""Unevenness of bone: fine grain, and patches wider than any lesion for some subjects."""

from types import SimpleNamespace

import numpy as np
import pytest

from uptake_ml.phantom.tracer import bone_texture

SHAPE, VOXEL_MM = (40, 60, 60), 5.0


@pytest.fixture(scope="module")
def body():
    """A block of bone."""
    grid = SimpleNamespace(shape=SHAPE, voxel_mm=VOXEL_MM)
    return SimpleNamespace(grid=grid, bones=SimpleNamespace(flat=np.arange(np.prod(SHAPE))))


def unevenness(body, **spreads) -> np.ndarray:
    return np.log(bone_texture(body, seed=3, **spreads)).reshape(SHAPE)


def likeness(field, mm: float) -> float:
    """Return the correlation of places so far apart."""
    step = round(mm / VOXEL_MM)
    return float(np.corrcoef(field[:, :, step:].ravel(), field[:, :, :-step].ravel())[0, 1])


@pytest.mark.parametrize("name", ["texture", "patchiness"])
def test_spread_is_the_one_asked_for(body, name):
    wanted = {"texture": 0.0, "patchiness": 0.0, name: 0.2}
    assert unevenness(body, **wanted).std() == pytest.approx(0.2, rel=0.15)


def test_patches_are_wider_than_grain(body):
    grain = unevenness(body, texture=0.2, patchiness=0.0)
    patches = unevenness(body, texture=0.0, patchiness=0.2)
    assert likeness(grain, 30) < 0.15 < 0.4 < likeness(patches, 30)


def test_patches_leave_the_grain_as_it_was(body):
    grain = unevenness(body, texture=0.1, patchiness=0.0)
    both = unevenness(body, texture=0.1, patchiness=0.2)
    patches = unevenness(body, texture=0.0, patchiness=0.2)
    assert both == pytest.approx(grain + patches, abs=1e-4)
