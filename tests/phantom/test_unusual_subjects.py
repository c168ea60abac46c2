"""How subjects differ from the tables: attenuation, and joints that stay healthy."""

import dataclasses

import pytest

from uptake_ml.phantom import draw, render
from uptake_ml.phantom.tables import load_diseases, load_uptake
from uptake_ml.study import ANTERIOR, POSTERIOR


@pytest.fixture(scope="module")
def spec():
    """A healthy subject who is like the tables."""
    return dataclasses.replace(
        draw(3, label="normal"), voxel_mm=5.0, marks=(), attenuation_factor=1.0
    )


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


def test_some_subjects_are_unusual_and_say_so():
    cases = [draw(seed, label="normal") for seed in range(60)]
    unusual = [c for c in cases if c.patchiness]
    assert 0.3 < len(unusual) / len(cases) < 0.8
    assert all(c.attenuation_factor == 1 for c in cases if not c.patchiness)
    assert all(0.7 <= c.attenuation_factor <= 1.1 for c in unusual)


def test_wear_of_a_healthy_joint_stays_below_arthritis():
    """Whatever adds up in a subject, the least arthritis of the table is more."""
    usual = {region: row.value for region, row in load_uptake()["joint"].items()}
    least = load_diseases()["rheumatoid-arthritis"]["uptake"]["range"][0]
    cases = [draw(seed, label="normal") for seed in range(120)]
    most = max((j for c in cases for j in c.joints), key=lambda j: j.factor / usual[j.region])
    assert 1.5 < most.factor / usual[most.region] <= 1.7 + 1e-9
    knees = [j.factor for c in cases for j in c.joints if j.region in ("knee", "shoulder", "hand")]
    assert max(knees) < least
