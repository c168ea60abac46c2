"""The profile of the marrow: where the spine is, how hot, and nothing where there is none."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from uptake_ml.projections import project_views
from uptake_ml.report.html import render_page
from uptake_ml.report.marrow_profile import draw_marrow_profile
from uptake_ml.report.overlay import SUV_WINDOW, draw_view
from uptake_ml.study import FDG_PET, Study, Volume

STEP_MM = 5.0
ROWS = {"C7": 10, "T6": 40, "T12": 70, "L3": 90, "sacrum": 110}


def _landmark(name, row, col=24.0, side=None):
    return SimpleNamespace(view="anterior", name=name, side=side, row=row, col=col, confidence=1.0)


@pytest.fixture
def pet():
    """A block of muscle with a spine of SUV 2 in it, and its layout."""
    values = np.zeros((50, 130, 50), np.float32)
    values[5:45, :, 4:46] = 0.6
    values[29:36, 10:112, 20:29] = 2.0
    volume = Volume(values=values, spacing_mm=(STEP_MM,) * 3)
    study = Study(id="pet", modality=FDG_PET, views=project_views(volume), volume=volume)
    marks = {(name, None): _landmark(name, row) for name, row in ROWS.items()}
    for side, col in (("right", 14.0), ("left", 34.0)):
        marks["hip", side] = _landmark("hip", 112, col, side)
        marks["knee", side] = _landmark("knee", 200, col, side)
    layout = SimpleNamespace(
        landmarks=tuple(marks.values()),
        landmark=lambda name, side=None: marks[name, side],
        body=values.max(axis=0) > 0,
        regions=np.zeros(values.shape[1:], np.uint8),
    )
    return study, {"anterior": layout}


def test_the_curve_stands_at_the_marrow_s_suv_along_the_spine(pet):
    profile = draw_marrow_profile(*pet)
    points = np.array([[float(v) for v in p.split(",")] for p in profile.curve[1:].split()])
    one_suv = dict(profile.ticks)[1.0]
    middle = points[(points[:, 1] > 100) & (points[:, 1] < 500)]
    assert middle[:, 0] / one_suv == pytest.approx(2.0, rel=0.03)
    assert points[0, 1] == pytest.approx((ROWS["C7"] + 0.5) * STEP_MM)
    line = np.array([[float(v) for v in p.split(",")] for p in profile.spine[1:].split()])
    assert line[:, 0] == pytest.approx(32.5 * STEP_MM, abs=8)
    assert (profile.width_mm, profile.height_mm) == (250.0, 650.0)


def test_without_a_volume_there_is_no_profile(pet):
    study, layouts = pet
    assert draw_marrow_profile(None, None) is None
    picture = Study(id="x", modality=FDG_PET, views=study.views)
    assert draw_marrow_profile(picture, layouts) is None


def test_pet_is_shown_in_a_window_of_its_own(pet):
    study, layouts = pet
    picture = draw_view(study.views["anterior"], layouts["anterior"])
    assert picture.window.endswith(f"{SUV_WINDOW:.3g} SUV, square root")


def test_the_page_shows_the_profile(pet, make_finding):
    study, layouts = pet
    finding = make_finding(decision="labelled")
    page = render_page([(finding, study, layouts, ())])
    assert re.search(r'<figure class="marrow-profile">', page)
    assert "Marrow along the spine" in page
