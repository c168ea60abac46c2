"""What is left of a case's truth where only a part of it reaches a reader."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from uptake_ml.phantom.fdg_truth import FdgLesionTruth, FdgTruth
from uptake_ml.phantom.truth import LesionTruth, Truth
from uptake_ml.study import ANTERIOR, POSTERIOR

_PLACE = {
    "number": 1,
    "region": "lumbar-spine",
    "side": None,
    "is_joint": False,
    "radius_mm": 10.0,
    "uptake": 4.0,
}
_CASE = {"label": "focal", "drawn_label": "focal", "burden": 0.1}


def part(*views, volume=None):
    return SimpleNamespace(views=dict.fromkeys(views), volume=volume)


@pytest.fixture
def bone_scan():
    lesion = LesionTruth(
        **_PLACE,
        disease="metastases",
        place={POSTERIOR: (1.0, 1.0)},
        contrast={ANTERIOR: 0.1, POSTERIOR: 2.0},
        conspicuity={ANTERIOR: 1.0, POSTERIOR: 30.0},
    )
    views = {ANTERIOR: None, POSTERIOR: None}
    return Truth(**_CASE, diseases=("metastases",), lesions=(lesion,), views=views)


@pytest.fixture
def pet():
    lesion = FdgLesionTruth(
        **_PLACE,
        disease="bone-metastases",
        place={ANTERIOR: (1.0, 1.0)},
        contrast={ANTERIOR: 0.05},
        conspicuity={ANTERIOR: 0.4},
        suv_peak=5.0,
        volume_contrast=3.0,
        volume_conspicuity=20.0,
        to_liver=2.5,
    )
    return FdgTruth(
        **_CASE,
        diseases=("bone-metastases",),
        lesions=(lesion,),
        views={ANTERIOR: None},
        true_suv={"lumbar-marrow": 1.4, "thoracic-marrow": 1.4, "liver": 2.0},
    )


def test_one_view_has_the_label_that_it_can_show(bone_scan):
    assert bone_scan.as_seen(part(ANTERIOR, POSTERIOR)) is bone_scan
    assert bone_scan.as_seen(part(POSTERIOR)).label == "focal"
    assert bone_scan.as_seen(part(ANTERIOR)).label == "normal"


def test_a_lesion_is_visible_in_the_view_that_shows_it(bone_scan):
    lesion = bone_scan.lesions[0]
    assert lesion.is_visible_in(POSTERIOR) and not lesion.is_visible_in(ANTERIOR)


def test_a_projection_shows_no_lesion_that_something_hotter_hides(pet):
    volume = object()
    assert pet.as_seen(part(ANTERIOR, volume=volume)) is pet
    assert pet.as_seen(part(ANTERIOR)).label == "normal"
    bright = replace(pet.lesions[0], contrast={ANTERIOR: 2.0}, conspicuity={ANTERIOR: 12.0})
    assert replace(pet, lesions=(bright,)).as_seen(part(ANTERIOR)).label == "focal"
