"""How uptake changes along a bone, and how much of its light the body takes away."""

import dataclasses

import numpy as np
import pytest

from uptake_ml.phantom import draw, render
from uptake_ml.phantom.body import build_body
from uptake_ml.phantom.tracer import bone_concentration
from uptake_ml.study import ANTERIOR, POSTERIOR


@pytest.fixture(scope="module")
def spec():
    """A healthy subject who is like the tables."""
    spec = dataclasses.replace(draw(3, label="normal"), voxel_mm=5.0, marks=(), bone_gradient={})
    return dataclasses.replace(spec, ends_factor=1.0, attenuation_factor=1.0)


@pytest.fixture(scope="module")
def body(spec, skeleton):
    return build_body(
        skeleton, spec.person, voxel_mm=5.0, jitter=spec.grid_jitter, bladder_radius_mm=30.0
    )


def test_a_gradient_runs_along_its_own_bones_alone(spec, body, skeleton):
    before = bone_concentration(spec, skeleton, body)
    sloping = dataclasses.replace(spec, bone_gradient={"femur": 0.3})
    change = np.log(bone_concentration(sloping, skeleton, body) / before)
    is_femur = np.isin(body.bones.bone, [skeleton.bone_index[f"femur_{s}"] for s in "lr"])
    assert change[is_femur] == pytest.approx(0.3 * (2 * body.bones.along[is_femur] - 1), abs=1e-4)
    assert np.all(change[~is_femur] == 0)


def test_the_ends_of_a_bone_take_up_more_and_its_middle_as_much(spec, body, skeleton):
    hot = dataclasses.replace(spec, ends_factor=2.0)
    ratio = bone_concentration(hot, skeleton, body) / bone_concentration(spec, skeleton, body)
    is_femur = body.bones.bone == skeleton.bone_index["femur_l"]
    along = body.bones.along
    assert ratio[is_femur & (abs(along - 0.5) < 0.1)] == pytest.approx(1, abs=0.02)
    # 1 + 2 x 0.45 over 1 + 0.45, as the table has it.
    assert ratio[is_femur & (along < 0.02)] == pytest.approx(1.31, abs=0.02)


def test_less_attenuation_shows_more_of_what_lies_deep(spec):
    """The spine lies near the back: from the front it gains against the sternum."""

    def lumbar_over_knee(factor):
        study, truth = render(dataclasses.replace(spec, attenuation_factor=factor))
        level = {}
        for name in (ANTERIOR, POSTERIOR):
            marks, pixels = truth.views[name].landmarks, study.views[name].pixels
            row, col = (round(p) for p in marks["L3", None])
            knee = [round(p) for p in marks["knee", "left"]]
            around = [pixels[r - 6 : r + 7, c - 6 : c + 7].mean() for r, c in ((row, col), knee)]
            level[name] = around[0] / around[1]
        return level

    full, half = lumbar_over_knee(1.0), lumbar_over_knee(0.5)
    assert half[ANTERIOR] > 1.2 * full[ANTERIOR]
    assert half[ANTERIOR] / full[ANTERIOR] > half[POSTERIOR] / full[POSTERIOR]


def test_unusual_subjects_are_named_by_their_specification():
    cases = [draw(seed, label="normal") for seed in range(60)]
    unusual = [c for c in cases if c.bone_gradient]
    assert 0.3 < len(unusual) / len(cases) < 0.8
    assert all(c.attenuation_factor == c.ends_factor == 1 for c in cases if not c.bone_gradient)
    assert np.std([v for c in unusual for v in c.bone_gradient.values()]) == pytest.approx(
        0.22, rel=0.15
    )
