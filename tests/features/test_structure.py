"""A raised place is held against the rest of its own bone."""

from types import SimpleNamespace

import numpy as np
import pytest

from uptake_ml.features.structure import STRUCTURE, describe_structure
from uptake_ml.features.uptake import ViewUptake
from uptake_ml.regions import INDEX

SHAPE = (90, 30)
AT = (45, 15)
LUMBAR, THORACIC = INDEX["lumbar-spine", None], INDEX["thoracic-spine", None]


def described(rise, regions=None, reach=2):
    """Return the descriptors by name of a square about ``AT`` in an image that is exp(rise)."""
    regions = np.full(SHAPE, LUMBAR, np.uint8) if regions is None else regions
    working = SimpleNamespace(smoothed=np.exp(rise), regions=regions)
    window = tuple(slice(middle - reach, middle + reach + 1) for middle in AT)
    mask = np.ones((2 * reach + 1,) * 2, bool)
    place = SimpleNamespace(row=AT[0], col=AT[1], region=int(regions[AT]), window=window, mask=mask)
    search = SimpleNamespace(uptake=ViewUptake(working), rise=rise)
    return dict(zip(STRUCTURE, describe_structure(search, [place])[0], strict=True))


def lesion(level=1.0):
    rise = np.zeros(SHAPE, np.float32)
    rise[AT[0] - 2 : AT[0] + 3, AT[1] - 2 : AT[1] + 3] = level
    return rise


def test_a_lesion_stands_out_of_its_spine_and_a_hot_spine_does_not():
    assert described(lesion())["rise over spread of structure"] == pytest.approx(1 / 0.05)
    assert described(np.ones(SHAPE, np.float32))["rise over spread of structure"] == 0


def test_a_large_place_is_not_held_against_itself():
    raised = np.zeros(SHAPE, np.float32)
    raised[AT[0] - 12 : AT[0] + 13, AT[1] - 12 : AT[1] + 13] = 1.0
    found = described(raised, reach=12)["rise over spread of structure"]
    assert found == pytest.approx(1 / 0.05)


def test_the_same_rise_counts_for_less_where_the_bone_is_uneven():
    uneven = np.random.default_rng(0).normal(0, 0.3, SHAPE).astype(np.float32)
    found = described(np.where(lesion() > 0, lesion(), uneven))
    assert found["rise over spread of structure"] == pytest.approx(1 / 0.35, rel=0.1)


def test_a_vertebra_is_held_against_the_whole_spine_and_against_nothing_else():
    alone = np.full(SHAPE, THORACIC, np.uint8)
    alone[AT[0] - 3 : AT[0] + 4] = LUMBAR
    raised = lesion()
    raised[AT[0] - 3 : AT[0] + 4] = 1.0  # the whole vertebra, so that nothing else of it is left
    assert described(raised, alone)["rise over spread of structure"] > 2
    ribs = np.where(alone == THORACIC, INDEX["ribs", "left"], alone)
    hot_ribs = np.where(ribs == LUMBAR, raised, 9.0).astype(np.float32)
    assert described(hot_ribs, ribs)["rise over spread of structure"] == 0


def test_what_is_farther_than_twelve_centimetres_does_not_count():
    raised = lesion()
    raised[:10] = raised[-10:] = 5.0
    name = "rise over spread of structure"
    assert described(raised)[name] == described(lesion())[name]
    assert described(raised)["share of hottest in view"] == pytest.approx(np.exp(1 - 5))


def test_the_same_rise_counts_for_less_in_an_uneven_skeleton():
    """The unevenness is that of all bones, also of those far from the place."""
    regions = np.full(SHAPE, LUMBAR, np.uint8)
    regions[:30] = INDEX["pelvis", "left"]
    uneven = np.random.default_rng(0).normal(0, 0.3, SHAPE).astype(np.float32)
    even, rough = (
        described(np.where(regions == LUMBAR, lesion(), elsewhere), regions)
        for elsewhere in (np.zeros(SHAPE), uneven)
    )
    name = "rise over unevenness of skeleton"
    assert even[name] == pytest.approx(1 / 0.05, rel=0.1)
    assert rough[name] < even[name] / 2
    assert rough["unevenness of skeleton"] > 2 * even["unevenness of skeleton"]
    assert rough["rise over spread of structure"] == even["rise over spread of structure"]


def test_without_bone_nothing_is_said_of_its_unevenness():
    found = described(lesion(), np.full(SHAPE, INDEX["liver", None], np.uint8))
    assert found["unevenness of skeleton"] == 1
