"""Unusual subjects differ from the tables, and their marrow keeps the label's definition."""

import numpy as np
import pytest

from uptake_ml.phantom import draw
from uptake_ml.phantom.fdg_organs import Places
from uptake_ml.phantom.fdg_tables import load_fdg_uptake
from uptake_ml.phantom.fdg_unusual import make_unusual
from uptake_ml.phantom.fdg_ureters import draw_sides, ureter_shapes
from uptake_ml.phantom.pose import size_scale
from uptake_ml.study import FDG_PET, NORMAL

pytestmark = pytest.mark.simulate


@pytest.fixture(scope="module")
def pairs(skeleton):
    """Cases before and after; what they were before may be unusual itself."""
    cases = [draw(5, modality=FDG_PET, label=NORMAL, spawn_key=(k,)) for k in range(60)]
    return [(c, make_unusual(np.random.default_rng(i), c, {})) for i, c in enumerate(cases)]


def test_ratio_of_spine_to_liver_and_spleen_stays(pairs):
    for before, after in pairs:
        for name in ("liver", "spleen", "bladder"):
            assert after.soft[name] == before.soft[name]
        for stem in ("lumbar-spine", "thoracic-spine", "yellow"):
            assert after.marrow[stem] == before.marrow[stem]
        liver = after.soft["liver"]
        assert after.soft["blood-pool"] < liver
        for stem, value in after.marrow.items():
            assert value <= max(before.marrow[stem], 0.93 * liver), stem
        assert all(f.suv < liver for f in after.foci if f.kind == "worn-joint")


@pytest.mark.parametrize(("name", "sd"), [("tonsil", "tissue"), ("muscle", "steady")])
def test_tissues_differ_with_the_same_median(pairs, name, sd):
    logs = [np.log(after.soft[name] / before.soft[name]) for before, after in pairs]
    expected = load_fdg_uptake()["unusual"][sd]
    assert np.std(logs) == pytest.approx(expected, rel=0.35)
    assert abs(np.mean(logs)) < 3 * expected / np.sqrt(len(logs))


def test_diseases_foci_stay(skeleton):
    before = draw(3, modality=FDG_PET, disease="lymphoma")
    after = make_unusual(np.random.default_rng(1), before, {"hilar-node": 2.0})
    assert [f for f in after.foci if f.disease] == [f for f in before.foci if f.disease]
    assert sum(f.kind == "hilar-node" for f in after.foci) >= 4


def test_ureters_lie_between_kidney_and_bladder_on_their_side_and_vary(skeleton):
    spec = draw(5, modality=FDG_PET, label=NORMAL)
    at = Places(spec.person, size_scale(spec.person))
    top, bottom = at((0, 200, 1200))[0][2], at((0, 170, 920))[0][2]
    counts, sides = set(), set()
    for k in range(20):
        rng = np.random.default_rng(k)
        sides.add(draw_sides(rng))
        shapes = ureter_shapes(at, rng, 1, 6.0)
        counts.add(len(shapes))
        low, high = load_fdg_uptake()["ureter"]["range"]
        for shape in shapes:
            places = [v for n, v in vars(shape).items() if n in ("centre_mm", "start_mm", "end_mm")]
            assert places and all(bottom < p[2] < top for p in places)
            assert 0.5 * low <= shape.suv <= high
    assert len(counts) > 4 and len(sides) == 3
