"""What lies beside the scanned rows or the field of view is not seen, however hot it is."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from uptake_ml.phantom import draw, render
from uptake_ml.phantom.spec import JointSpec, LesionSpec
from uptake_ml.phantom.truth import describe_lesion, visible_label
from uptake_ml.regions import INDEX
from uptake_ml.study import ANTERIOR, JOINT_SYMMETRIC, NORMAL

ROWS, LAST = 100, 60


def _described(top: int, height: int = 20):
    """A lesion of 100 counts a pixel on a scan of 60 of 100 rows, from row ``top`` on."""
    lesion = SimpleNamespace(
        region=INDEX["femur", "left"], disease="metastases", radius_mm=10.0, uptake=5.0
    )
    patch = np.full((height, 10), 100.0, np.float32)
    expected = np.zeros((ROWS, 40), np.float32)
    expected[:LAST] = 20.0
    whole = np.zeros_like(expected)
    whole[top : top + height, 15:25] = 100.0
    expected[:LAST] += whole[:LAST]
    patches = {ANTERIOR: (patch, (top, 15))}
    return describe_lesion(1, lesion, patches, {ANTERIOR: expected}, 1.0, (0, LAST))


def test_a_lesion_below_the_last_row_is_not_seen():
    truth, masks = _described(top=LAST + 5)
    assert not truth.is_visible
    assert truth.contrast[ANTERIOR] == truth.conspicuity[ANTERIOR] == 0
    assert not masks and not truth.place


def test_a_lesion_cut_by_the_last_row_is_what_shows_of_it():
    truth, masks = _described(top=LAST - 8)
    mask, (top, left) = masks[ANTERIOR]
    assert truth.is_visible and truth.contrast[ANTERIOR] == pytest.approx(5.0)
    assert mask.shape[0] == 8 and (top, left) == (LAST - 8, 15)
    assert truth.place[ANTERIOR][0] < LAST


def test_a_lesion_inside_the_scan_is_described_as_before():
    truth, _ = _described(top=10)
    assert truth.contrast[ANTERIOR] == pytest.approx(5.0)


def _cut_above_the_knees(spec):
    _, truth = render(spec)
    row = truth.views[ANTERIOR].landmarks["knee", "left"][0]
    return replace(spec, camera=replace(spec.camera, last_row=int(row) - 60))


@pytest.fixture(scope="module")
def cut(skeleton):
    normal = draw(5, label="normal")
    shown = replace(normal.camera, last_row=normal.camera.rows)
    return _cut_above_the_knees(replace(normal, camera=shown))


def test_a_hot_foot_outside_the_scan_leaves_the_case_normal(cut):
    place = LesionSpec(
        disease="metastases", bone="talus_l", at_mm=(0, 0, 0), radius_mm=12, uptake=9
    )
    _, truth = render(replace(cut, label="focal", lesions=(place,)))
    (lesion,) = truth.lesions
    assert truth.label == NORMAL and not lesion.is_visible
    assert set(lesion.contrast.values()) == {0.0}
    assert not any(view.lesion_map.any() for view in truth.views.values())


def test_arthritis_of_joints_outside_the_scan_shows_on_no_side(cut):
    ankles = tuple(
        JointSpec(
            region="ankle", side=s, part="talocrural", factor=9.0, disease="rheumatoid-arthritis"
        )
        for s in ("left", "right")
    )
    kept = tuple(j for j in cut.joints if (j.region, j.part) != ("ankle", "talocrural"))
    _, truth = render(replace(cut, label=JOINT_SYMMETRIC, joints=kept + ankles))
    assert len(truth.lesions) == 2 and not any(n.is_visible for n in truth.lesions)
    assert truth.label == NORMAL == visible_label(JOINT_SYMMETRIC, truth.lesions)


def test_a_focus_below_the_field_of_view_of_a_pet_is_not_seen(skeleton):
    from uptake_ml.phantom.fdg_rendering import _body
    from uptake_ml.phantom.fdg_truth import describe_lesions
    from uptake_ml.phantom.scanner import sample
    from uptake_ml.phantom.tracer import Lesion

    spec = draw(3, modality="fdg-pet", label="normal")
    scanner = replace(spec.scanner, bottom_mm=-200.0)
    grid = _body(spec, skeleton).grid
    sampling = sample(grid, scanner)
    row = grid.shape[1] - 40  # the feet
    lesion = Lesion(
        disease="metastases",
        region=INDEX["foot", "left"],
        centre_mm=np.zeros(3),
        radius_mm=10.0,
        uptake=9.0,
        origin=(20, row, 20),
        activity=np.full((6, 6, 6), 9.0, np.float32),
    )
    expected = np.zeros(sampling.shape, np.float32)
    (truth,), _, numbers = describe_lesions([lesion], sampling, expected, scanner, 2.0)
    assert not truth.is_visible and truth.volume_contrast == 0 and not numbers.any()
