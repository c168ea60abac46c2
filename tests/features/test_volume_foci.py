"""Foci in a volume: found where they were put, hidden in the projection or not."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import ndimage

from uptake_ml.features.descriptors import DESCRIPTORS, descriptors_of
from uptake_ml.features.hotspots import describe_suspects, find_suspects
from uptake_ml.features.volume_body import VOXEL_MM, prepare_volume
from uptake_ml.features.volume_descriptors import UNKNOWN, VOLUME_DESCRIPTORS
from uptake_ml.features.volume_foci import find_foci
from uptake_ml.projections import project_views
from uptake_ml.regions import INDEX
from uptake_ml.study import ANTERIOR, FDG_PET, Study, Volume

SIZE_MM = (240.0, 1000.0, 480.0)
SPINE_MM = {"C7": 260, "T6": 400, "T12": 560, "L3": 660, "sacrum": 780}
MIDDLE_MM, SPINE_DEPTH_MM = 240.0, 150.0
# (depth from the front, down, across) in mm, SUV, radius in mm.
BOWEL = ((60.0, 690.0, 200.0), 9.0, 12.0)
HIDDEN = ((160.0, 690.0, 200.0), 6.0, 10.0)
VERTEBRA = ((150.0, 660.0, 240.0), 6.0, 12.0)


def build(*balls, step_mm=4.0, scale=1.0):
    """Return a study of an elliptic body with a liver, a spine and balls of uptake."""
    counts = [int(n / step_mm) for n in SIZE_MM]
    centres = (step_mm * (np.arange(n) + 0.5) for n in counts)
    front, down, across = np.meshgrid(*centres, indexing="ij")
    x, y = across - MIDDLE_MM, front - 120
    values = np.where((x / 170) ** 2 + (y / 105) ** 2 < 1, 0.6, 0.0)
    values[(x + 85) ** 2 + (y + 10) ** 2 + (down - 600) ** 2 < 60**2] = 2.0
    is_spine = (np.abs(x) < 22) & (np.abs(front - SPINE_DEPTH_MM) < 17)
    values[is_spine & (down > 200) & (down < 800)] = 1.3
    for (z, r, c), suv, radius in balls:
        values[(front - z) ** 2 + (down - r) ** 2 + (across - c) ** 2 < radius**2] = suv
    values = scale * ndimage.gaussian_filter(values, 3.0 / step_mm)
    volume = Volume(values=values.astype(np.float32), spacing_mm=(step_mm,) * 3)
    study = Study(id="x", modality=FDG_PET, views=project_views(volume), volume=volume)
    return study, {ANTERIOR: layout_of(study, step_mm)}


def layout_of(study, step_mm):
    pixels = study.views[ANTERIOR].pixels
    body = pixels > 0.1
    regions = np.where(body, INDEX["trunk-soft-tissue", None], 0).astype(np.uint8)
    down = step_mm * (np.arange(pixels.shape[0]) + 0.5)
    across = step_mm * (np.arange(pixels.shape[1]) + 0.5)
    is_spine = (np.abs(across - MIDDLE_MM) < 24) & (down > 560)[:, None] & (down < 720)[:, None]
    regions[is_spine & body] = INDEX["lumbar-spine", None]
    places = {(name, None): (mm, MIDDLE_MM) for name, mm in SPINE_MM.items()}
    for side, x in (("right", -90), ("left", 90)):
        places["hip", side], places["knee", side] = (860, MIDDLE_MM + x), (1260, MIDDLE_MM + x)
    marks = {
        key: SimpleNamespace(
            name=key[0], side=key[1], row=r / step_mm - 0.5, col=c / step_mm - 0.5, confidence=1.0
        )
        for key, (r, c) in places.items()
    }
    return SimpleNamespace(
        landmarks=tuple(marks.values()),
        landmark=lambda name, side=None: marks[name, side],
        regions=regions,
        body=body,
        expected=np.where(body, 1.3, 0).astype(np.float32),
        spread=np.full(pixels.shape, 0.2, np.float32),
    )


def foci_of(study, layouts):
    body = prepare_volume(study, layouts[ANTERIOR])
    step = study.volume.spacing_mm[0]
    return body, [(np.array(body.to_input(f.place)) + 0.5) * step for f in find_foci(body)]


def nearest_mm(places, ball):
    return min((np.linalg.norm(p - ball[0]) for p in places), default=np.inf)


@pytest.mark.parametrize("step_mm", [3.0, 4.0, 5.0])
def test_a_focus_behind_a_hotter_loop_of_bowel_is_found(step_mm):
    _, places = foci_of(*build(BOWEL, HIDDEN, step_mm=step_mm))
    assert nearest_mm(places, HIDDEN) < 1.5 * VOXEL_MM
    assert nearest_mm(places, BOWEL) < 1.5 * VOXEL_MM
    _, without = foci_of(*build(BOWEL, step_mm=step_mm))
    assert nearest_mm(without, HIDDEN) > 20


def test_levels_and_size_are_those_that_were_put_in():
    study, layouts = build(HIDDEN)
    body = prepare_volume(study, layouts[ANTERIOR])
    at = (np.array(HIDDEN[0]) - 2.0) / 4.0
    focus = min(find_foci(body), key=lambda f: np.linalg.norm(body.to_input(f.place) - at))
    assert body.liver_suv == pytest.approx(2.0, rel=0.05)
    assert focus.around_suv == pytest.approx(0.6, rel=0.1)
    assert 0.6 * HIDDEN[1] < focus.suv < HIDDEN[1]
    assert focus.volume_mm3 == pytest.approx(4 / 3 * np.pi * HIDDEN[2] ** 3, rel=0.4)
    assert focus.elongation < 1.2


def test_a_focus_of_the_vertebra_is_of_the_spine_and_one_before_it_is_not():
    before = replace_depth(VERTEBRA, 60.0)
    for ball, region in ((VERTEBRA, "lumbar-spine"), (before, "trunk-soft-tissue")):
        study, layouts = build(ball)
        spots, _ = describe_suspects(study, layouts)
        found = min(spots, key=lambda s: abs(s.suv_max - ball[1]))
        assert found.region == region
        assert found.plane * 4.0 + 2.0 == pytest.approx(ball[0][0], abs=6)
        assert found.mask.any() and 0 <= found.window[0].start < found.window[0].stop


def replace_depth(ball, depth_mm):
    (_, row, col), suv, radius = ball
    return (depth_mm, row, col), suv, radius


def test_descriptors_do_not_depend_on_the_scale_and_tell_depth():
    columns = {name: i for i, name in enumerate(descriptors_of(FDG_PET))}
    rows = []
    for scale in (1.0, 2.0):
        study, layouts = build(HIDDEN, scale=scale)
        spots, descriptors = describe_suspects(study, layouts)
        assert descriptors.shape == (len(spots), len(columns)) and np.isfinite(descriptors).all()
        i = int(np.argmax([s.suv_max for s in spots]))
        rows.append(descriptors[i, len(DESCRIPTORS) :])
    first, second = (dict(zip(VOLUME_DESCRIPTORS, row, strict=True)) for row in rows)
    for name, value in first.items():
        # The edge of the body is where SUV leaves that of air: it moves with the scale.
        leeway = VOXEL_MM if "mm" in name.split() else 0.25
        assert second[name] == pytest.approx(value, abs=leeway), name
    assert first["mm in front of spine"] == pytest.approx(SPINE_DEPTH_MM - 160.0, abs=10)
    assert first["spine lengths to the left"] == pytest.approx(-40.0 / 520.0, abs=0.02)
    assert first["log mirrored over suv"] < -0.7


def test_a_picture_has_the_same_descriptors_unknown():
    study, layouts = build(BOWEL, HIDDEN)
    picture = replace(study, volume=None)
    spots, descriptors = describe_suspects(picture, layouts)
    assert descriptors.shape == (len(spots), len(descriptors_of(FDG_PET)))
    assert (descriptors[:, len(DESCRIPTORS) :] == UNKNOWN).all()
    assert all(s.plane is None for s in spots)


def test_without_a_judge_organs_are_no_lesions():
    study, layouts = build(HIDDEN)
    layouts[ANTERIOR].regions[layouts[ANTERIOR].body] = INDEX["liver", None]
    assert all(s.probability == 0 for s in find_suspects(study, layouts))
