"""The places of the evidence: the regions a feature's name speaks of, and nothing else."""

import numpy as np
import pytest

from uptake_ml.features import FEATURES
from uptake_ml.features.where import regions_of
from uptake_ml.regions import REGIONS
from uptake_ml.report.evidence_map import draw_evidence


@pytest.mark.parametrize(
    ("feature", "names"),
    [
        ("symmetry.knee_level", {"knee"}),
        ("distribution.kidneys_to_lumbar", {"kidney", "lumbar-spine"}),
        ("distribution.excess_in_shoulder_girdle", {"clavicle", "scapula", "sternum"}),
        ("distribution.marrow_to_liver", {"liver", "thoracic-spine"}),
        ("hotspot.count", set()),
        ("intensity.body_p95", set()),
    ],
)
def test_a_feature_is_read_where_its_name_says(feature, names):
    assert feature in FEATURES
    found = {REGIONS[i].name for i in regions_of(feature)}
    assert names <= found
    assert not found & {"outside", "lung"}
    assert bool(found) == bool(names)


def test_the_shoulder_is_not_the_shoulder_girdle():
    assert {REGIONS[i].name for i in regions_of("symmetry.shoulder_level")} == {"shoulder"}


def test_pictures_number_the_sentences_that_have_a_place(study, layouts, spots):
    evidence = [
        {"text": "a", "feature": "intensity.body_p95", "value": 1.0},
        {"text": "b", "feature": "distribution.spine_to_soft_tissue", "value": 1.0},
        {"text": "c", "feature": "hotspot.count", "value": 1.0},
    ]
    pictures = draw_evidence(study, layouts, spots, evidence)
    assert pictures
    for picture in pictures:
        has_spine = np.isin(layouts[picture.name].regions, regions_of(evidence[1]["feature"])).any()
        has_spots = any(spot.view == picture.name for spot in spots)
        expected = {n for n, is_there in ((2, has_spine), (3, has_spots)) if is_there}
        assert {tag.number for tag in picture.tags} == expected
    assert draw_evidence(None, None, None, evidence) == []
