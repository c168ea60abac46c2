"""Acquisitions are as varied as those of hospitals, and the body stays in the field."""

import dataclasses

import numpy as np
import pytest

from uptake_ml.phantom import draw, render
from uptake_ml.phantom.acquisition import draw_camera
from uptake_ml.phantom.person import draw_person
from uptake_ml.study import ANTERIOR


def _cameras(n=300):
    rng = np.random.default_rng(5)
    persons = [draw_person(rng) for _ in range(n)]
    return [(person, draw_camera(rng, person)) for person in persons]


def test_counts_pixels_and_matrices_cover_what_hospitals_use():
    cameras = [camera for _, camera in _cameras()]
    counts = np.array([c.total_counts for c in cameras])
    assert counts.min() < 0.5e6 and counts.max() > 4e6
    fine = np.array([c.pixel_mm for c in cameras if c.rows == 1024])
    assert 1.7 < fine.min() < 2.05 and 2.9 < fine.max() <= 3.4
    coarse = [c for c in cameras if c.rows == 512]
    assert 0.03 < len(coarse) / len(cameras) < 0.15
    assert {c.columns for c in coarse} == {128}


def test_the_whole_body_fits_unless_the_scan_stops_early():
    for person, camera in _cameras():
        room_mm = camera.rows * camera.pixel_mm - camera.shift_mm[0]
        assert room_mm > person.height_mm
        assert 0 < camera.last_row <= camera.rows
    whole = [camera.last_row == camera.rows for _, camera in _cameras()]
    assert 0.88 < np.mean(whole) < 0.98


@pytest.mark.simulate
def test_a_coarse_matrix_shows_the_same_body(skeleton):
    spec = draw(2, label="normal")
    fine = dataclasses.replace(spec.camera, rows=1024, columns=256, pixel_mm=2.4, last_row=1024)
    coarse = dataclasses.replace(fine, rows=512, columns=128, pixel_mm=4.8, last_row=512)
    row = {}
    for camera in (fine, coarse):
        case = dataclasses.replace(spec, camera=camera, voxel_mm=5.0)
        study, truth = render(case)
        view = study.views[ANTERIOR]
        assert view.pixels.shape == (camera.rows, camera.columns)
        assert view.pixels.sum() == pytest.approx(camera.total_counts, rel=0.01)
        mark = truth.views[ANTERIOR].landmarks["knee", "left"]
        row[camera.rows] = (mark[0] + 0.5) * camera.pixel_mm
    assert row[1024] == pytest.approx(row[512], abs=0.1)
