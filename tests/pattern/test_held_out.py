"""Training never sees a camera or a body that is kept back; evaluation can ask for those alone."""

from types import SimpleNamespace

import pytest

from uptake_ml.pattern.held_out import ANY, DEVICES, HELD_OUT, TRAINED, draw_kind, is_held_out
from uptake_ml.study import BONE_SCAN, FDG_PET


def spec(*, camera="siemens-symbia", bmi=25.0, height_mm=1700.0):
    person = SimpleNamespace(bmi=bmi, height_mm=height_mm)
    return SimpleNamespace(camera=SimpleNamespace(camera=camera), person=person)


def test_a_camera_a_heavy_a_short_or_a_tall_body_is_held_out():
    assert not is_held_out(spec())
    assert is_held_out(spec(camera=DEVICES[0]))
    assert is_held_out(spec(bmi=37)) and is_held_out(spec(height_mm=1480))
    assert is_held_out(spec(height_mm=1960))


@pytest.mark.simulate
@pytest.mark.parametrize("modality", [BONE_SCAN, FDG_PET])
def test_each_kind_draws_its_own_and_any_draws_what_the_seed_gives(modality):
    drawn = {
        kind: [draw_kind(seed, modality=modality, label="focal", kind=kind) for seed in range(12)]
        for kind in (ANY, TRAINED, HELD_OUT)
    }
    assert not any(map(is_held_out, drawn[TRAINED]))
    assert all(map(is_held_out, drawn[HELD_OUT]))
    for free, trained, held_out in zip(*drawn.values(), strict=True):
        assert free in (trained, held_out)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="held out"):
        draw_kind(1, modality=BONE_SCAN, label="focal", kind="new")
