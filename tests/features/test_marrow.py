"""Marrow in the volume: known rods and balls give back what was put into them."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from uptake_ml.atlas.records import Landmark
from uptake_ml.features import FEATURES
from uptake_ml.features.marrow import measure_marrow
from uptake_ml.features.uptake import Uptake
from uptake_ml.study import ANTERIOR, FDG_PET, Volume

SUV = {"muscle": 0.6, "spine": 1.5, "liver": 2.0, "spleen": 1.7, "aorta": 1.3, "femur": 0.5}
# Millimetres: down from the vertex, across from the right of the field, back from its front.
SPINE = {"C7": 260, "T6": 400, "T12": 560, "L3": 660, "sacrum": 780}
MIDDLE_MM, SPINE_DEPTH_MM, SIZE_MM = 240.0, 150.0, (260.0, 1100.0, 480.0)


def build(step_mm=4.0, *, lowest_mm=0.0, suv=SUV, noise=0.0):
    """Return a body with the organs of ``suv`` and the layout a perfect atlas would give."""
    counts = [int(n / step_mm) for n in SIZE_MM]
    front, down, across = (step_mm * (np.arange(n) + 0.5) for n in counts)
    front, down, across = front[:, None, None], down[None, :, None], across[None, None, :]
    x, y = across - MIDDLE_MM, front - 125
    values = np.where((x / 170) ** 2 + (y / 105) ** 2 < 1, suv["muscle"], 0.0) + 0 * down
    values = np.broadcast_to(values, counts).copy()

    def fill(is_inside, name):
        values[np.broadcast_to(is_inside, counts)] = suv[name]

    fill(_ball(x + 85, y + 20, down - 600, 60), "liver")
    fill(_ball(x - 95, y - 35, down - 560, 36), "spleen")
    in_trunk = (down > 200) & (down < 800)
    fill(((x - 10) ** 2 + (front - SPINE_DEPTH_MM + 32) ** 2 < 12**2) & in_trunk, "aorta")
    fill((np.abs(x) < 22) & (np.abs(front - SPINE_DEPTH_MM) < 17) & in_trunk, "spine")
    for side in (-90, 90):
        fill(((x - side) ** 2 + (y - 10) ** 2 < 14**2) & (down > 860), "femur")
    values = values[:, int(lowest_mm / step_mm) :]
    values *= 1 + noise * np.random.default_rng(0).normal(size=values.shape)
    volume = Volume(values=np.maximum(values, 0).astype(np.float32), spacing_mm=(step_mm,) * 3)
    return volume, _layout(step_mm, lowest_mm)


def _ball(x, y, z, radius):
    return x**2 + y**2 + z**2 < radius**2


def _layout(step_mm, lowest_mm):
    places = {(name, None): (row, MIDDLE_MM) for name, row in SPINE.items()}
    for side, x in (("right", -90), ("left", 90)):
        places["hip", side] = (860, MIDDLE_MM + x)
        places["knee", side] = (1260, MIDDLE_MM + x)
    marks = tuple(
        Landmark(
            view=ANTERIOR,
            name=name,
            side=side,
            row=(down - lowest_mm) / step_mm - 0.5,
            col=across / step_mm - 0.5,
            confidence=1.0,
        )
        for (name, side), (down, across) in places.items()
    )
    found = {(m.name, m.side): m for m in marks}
    return SimpleNamespace(landmarks=marks, landmark=lambda name, side=None: found[name, side])


def features(marrow):
    uptake = Uptake(views={"one": None}, marrow=marrow)
    ids = ("marrow_to_liver", "marrow_to_blood", "marrow_to_spleen", "limb_to_axial_marrow")
    return [FEATURES[f"distribution.{i}"].compute(uptake) for i in ids]


@pytest.mark.parametrize("noise", [0.0, 0.15])
def test_levels_are_those_that_were_put_in(noise):
    marrow = measure_marrow(*build(noise=noise))
    # Noise raises what is read off the hottest fifth: by 4 and 5 % in the mean of six draws.
    close = 0.04 + 0.2 * noise
    assert marrow.bone_suv("T6", "T12") == pytest.approx(SUV["spine"], rel=close)
    assert marrow.bone_suv("T12", "L3") == pytest.approx(SUV["spine"], rel=close)
    assert marrow.liver_suv == pytest.approx(SUV["liver"], rel=0.03)
    assert marrow.spleen_suv == pytest.approx(SUV["spleen"], rel=0.06)
    assert marrow.blood_suv == pytest.approx(SUV["aorta"], rel=0.2)
    at_mm = (marrow.planes + 0.5) * 4.0
    assert np.abs(at_mm - SPINE_DEPTH_MM).max() < 8


def test_ratios_do_not_depend_on_the_voxel_or_on_the_scale():
    volume, layout = build()
    usual = features(measure_marrow(volume, layout))
    doubled = replace(volume, values=2 * volume.values)
    assert features(measure_marrow(doubled, layout)) == pytest.approx(usual, rel=0.05)
    finer = features(measure_marrow(*build(3.0)))
    assert finer == pytest.approx(usual, rel=0.15)  # a vessel is a few voxels wide
    for at in (0, 2, 3):
        assert finer[at] == pytest.approx(usual[at], rel=0.05)


def test_hot_marrow_raises_its_ratios_and_a_hot_thigh_does_not():
    usual = measure_marrow(*build())
    hot = measure_marrow(*build(suv={**SUV, "spine": 3.0}))
    assert features(hot)[0] == pytest.approx(2 * features(usual)[0], rel=0.05)
    volume, layout = build()
    volume.values[10:40, 230:260, 60:100] = 9.0  # one thigh only
    assert features(measure_marrow(volume, layout))[3] == pytest.approx(
        features(usual)[3], rel=0.05
    )


def test_an_uneven_spine_is_less_homogeneous_and_has_a_focus():
    volume, layout = build()
    even = Uptake(views={"one": None}, marrow=measure_marrow(volume, layout))
    volume.values[:, 120:128, 55:65] *= 3
    uneven = Uptake(views={"one": None}, marrow=measure_marrow(volume, layout))
    homogeneity, focus = (
        FEATURES[f"distribution.vertebral_{i}"].compute for i in ("homogeneity", "focus")
    )
    assert homogeneity(uneven) < 0.8 < 0.95 < homogeneity(even)
    assert focus(uneven) > 1.8 > 1.1 > focus(even)


def test_what_is_not_in_the_field_of_view_is_unknown():
    volume, layout = build(lowest_mm=0.0)
    head = Volume(values=volume.values[:, :60], spacing_mm=volume.spacing_mm)
    assert measure_marrow(head, layout) is None
    legs = measure_marrow(*build(lowest_mm=640.0))
    assert legs is not None and np.isnan(legs.bone_suv("T6", "T12"))
    ids = [i for i, f in FEATURES.items() if f.modalities == (FDG_PET,)]
    nothing = Uptake(views={"one": None})
    volume_ids = [i for i in ids if "marrow" in i or "vertebral" in i]
    assert len(volume_ids) >= 6
    assert all(np.isnan(FEATURES[i].compute(nothing)) for i in volume_ids)
