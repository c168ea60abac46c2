"""A case is drawn once, rendered the same every time, and its truth fits its image."""

import dataclasses
import json

import numpy as np
import pytest

from uptake_ml import regions
from uptake_ml.errors import SimulationError
from uptake_ml.phantom import CaseSpec, draw, render
from uptake_ml.phantom.tables import load_diseases, load_uptake
from uptake_ml.study import ANTERIOR, BONE_SCAN, LABELS, POSTERIOR

pytestmark = pytest.mark.simulate


def test_same_specification_gives_same_bytes(focal_case):
    spec, study, truth = focal_case
    again, truth_again = render(CaseSpec.from_json(spec.to_json()))
    for view in (ANTERIOR, POSTERIOR):
        assert study.views[view].pixels.tobytes() == again.views[view].pixels.tobytes()
        assert truth.views[view].regions.tobytes() == truth_again.views[view].regions.tobytes()
    assert study.id == again.id


def test_specification_survives_json(skeleton):
    for label in LABELS[BONE_SCAN]:
        spec = draw(3, label=label)
        assert CaseSpec.from_json(spec.to_json()) == spec


def test_specification_of_another_version_is_refused(skeleton):
    data = json.loads(draw(3, label="normal").to_json()) | {"version": 99}
    with pytest.raises(SimulationError, match="draw the case again"):
        CaseSpec.from_json(json.dumps(data))


def test_case_does_not_depend_on_its_neighbours(skeleton):
    alone = draw(5, spawn_key=(1, 7))
    others = [draw(5, spawn_key=(1, k)) for k in range(9)]
    assert others[7] == alone
    assert len({o.to_json() for o in others}) == 9


def test_every_disease_of_the_table_is_drawn_with_its_label(skeleton):
    for name, entry in load_diseases().items():
        spec = draw(1, disease=name)
        assert (spec.label, spec.diseases[0]) == (entry["label"], name)


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({"label": "spotty"}, "label must be one of"),
        ({"disease": "gout"}, "disease must be one of"),
        ({"label": "diffuse", "disease": "metastases"}, "shows the pattern focal"),
        ({"modality": "ct"}, "modality must be one of"),
    ],
)
def test_contradictory_wishes_are_refused_in_words(skeleton, wishes, message):
    with pytest.raises(SimulationError, match=message):
        draw(1, **wishes)


def test_counts_are_those_asked_for(focal_case):
    spec, study, _ = focal_case
    total = study.views[ANTERIOR].pixels.sum(dtype=np.float64)
    assert total == pytest.approx(spec.camera.total_counts, rel=0.01)


def test_lesions_are_where_the_truth_says(focal_case):
    """Without its lesions the same case is colder inside their masks, and hardly outside."""
    spec, study, truth = focal_case
    bare, _ = render(dataclasses.replace(spec, lesions=()))
    for view in (ANTERIOR, POSTERIOR):
        mask = truth.views[view].lesion_map > 0
        with_lesions, without = study.views[view].pixels, bare.views[view].pixels
        # The bare case collects the same total, so its healthy part is a little brighter.
        inside = with_lesions[mask].sum() / without[mask].sum()
        outside = with_lesions[~mask].sum() / without[~mask].sum()
        assert inside > 1.1 * outside
        assert 0.7 < outside < 1.02


def test_landmarks_lie_in_their_regions(focal_case):
    _, _, truth = focal_case
    expected = {"T6": "thoracic-spine", "L3": "lumbar-spine", "sacrum": "sacrum"}
    maps = truth.views[POSTERIOR]
    for landmark, region in expected.items():
        row, col = (round(v) for v in maps.landmarks[landmark, None])
        near = maps.regions[row - 4 : row + 5, col - 4 : col + 5]
        names = {regions.REGIONS[i].name for i in np.unique(near)}
        assert region in names or "sacroiliac" in names


def test_left_and_right_are_the_patients(focal_case):
    _, _, truth = focal_case
    for view, sign in ((ANTERIOR, 1), (POSTERIOR, -1)):
        marks = truth.views[view].landmarks
        for name in ("shoulder", "hip", "knee"):
            left, right = marks[name, "left"], marks[name, "right"]
            if left and right:
                assert sign * (left[1] - right[1]) > 0


def test_bone_is_brighter_than_soft_tissue(skeleton):
    spec = draw(2, label="normal")
    study, truth = render(spec)
    pixels, maps = study.views[POSTERIOR].pixels, truth.views[POSTERIOR].regions
    spine = pixels[maps == regions.INDEX["lumbar-spine", None]].mean()
    soft = pixels[maps == regions.INDEX["trunk-soft-tissue", None]].mean()
    assert spine > 1.5 * soft


@pytest.mark.parametrize("name", ["uptake.toml", "diseases.toml"])
def test_tables_refuse_unknown_keys(tmp_path, monkeypatch, name):
    from uptake_ml.phantom import tables

    text = tables.data_path(name).read_text(encoding="utf-8")
    first = text.index("[soft]") if name == "uptake.toml" else text.index("[metastases]")
    head, rest = text[:first], text[first:]
    heading, body = rest.split("\n", 1)
    bad = f"{head}{heading}\ncolour = {{ value = 1.0, spread = 1.0, source = 'prior', hue = 3 }}\n"
    (tmp_path / name).write_text(bad + body, encoding="utf-8")
    monkeypatch.setattr(tables, "data_path", lambda *parts: tmp_path.joinpath(*parts))
    load = load_uptake if name == "uptake.toml" else load_diseases
    load.cache_clear()
    try:
        with pytest.raises(SimulationError, match="unknown key"):
            load()
    finally:
        load.cache_clear()
