"""Stick figures with exact landmarks and regions: a crude body that needs no phantom.

Deterministic: figure k of a seed is always the same.  The patient's left is drawn at the image's
left (a posterior view); an anterior view is the flipped image.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from uptake_ml.atlas.records import Example
from uptake_ml.atlas.regression import RidgePlan
from uptake_ml.atlas.train import TrainingPlan
from uptake_ml.regions import INDEX, LEFT, RIGHT
from uptake_ml.study import ANTERIOR, BONE_SCAN, COUNTS, POSTERIOR, Study, View

COARSE = {"shape": (250, 64), "spacing_mm": 8.5}
FIGURE_PLAN = TrainingPlan(
    n_distorted=0,
    n_starts=2,
    n_folds=2,
    ridge=RidgePlan(n_components=40, n_centres=96),
)
_ACTIVITY = {"soft": 1.0, "bone": 5.0, "bladder": 25.0}


@dataclass(frozen=True)
class Figure:
    """Points in mm (row down from the vertex, col to the right from the midline) and sizes."""

    points: dict
    scale: float
    soft_tissue: float
    view: str
    shift_mm: tuple[float, float]


def draw_figure(seed: int, k: int, *, arm_turn: float | None = None) -> Figure:
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(7, k)))
    scale = rng.uniform(0.9, 1.1)
    wide = rng.uniform(0.9, 1.15)
    points = {
        ("vertex", None): (0, 0), ("chin", None): (215, 0), ("C7", None): (270, 0),
        ("T6", None): (400, 0), ("T12", None): (560, 0), ("L3", None): (650, 0),
        ("sternum", None): (370, 0), ("sacrum", None): (760, 0), ("bladder", None): (820, 0),
    }  # fmt: skip
    for side, sign in ((LEFT, -1), (RIGHT, 1)):
        turn = rng.uniform(0.05, 0.3) if arm_turn is None else arm_turn
        bend, out, knee, foot = rng.uniform((-0.35, 0.02, -0.05, -0.2), (0.15, 0.12, 0.05, 0.7))
        points |= _limb(
            ("shoulder", "elbow", "wrist", "hand"),
            side,
            (310, sign * 165 * wide),
            sign,
            (300, 250, 90),
            (turn, turn + bend, turn + bend),
        )
        points |= _limb(
            ("hip", "knee", "ankle", "foot"),
            side,
            (830, sign * 90 * wide),
            sign,
            (420, 390, 110),
            (out - 0.1, out + knee - 0.1, foot),
        )
        points["iliac-crest", side] = (670, sign * 120 * wide)
    shift = (rng.uniform(30, 90), rng.uniform(-25, 25))
    return Figure(
        points={key: (r * scale, c * scale) for key, (r, c) in points.items()},
        scale=scale,
        soft_tissue=rng.uniform(0.5, 1.5),
        view=ANTERIOR if k % 2 else POSTERIOR,
        shift_mm=shift,
    )


def _limb(names, side, start, sign, lengths, angles):
    points, place = {}, np.array(start, float)
    points[names[0], side] = tuple(place)
    for name, length, angle in zip(names[1:], lengths, angles, strict=True):
        place = place + length * np.array([np.cos(angle), sign * np.sin(angle)])
        points[name, side] = tuple(place)
    return points


def render_figure(
    figure: Figure, *, spacing_mm: float = 5.5, shape=(385, 97), counts: float = 40.0, seed: int = 0
) -> Example:
    rows, cols = np.meshgrid(*(np.arange(n) for n in shape), indexing="ij")
    centre = (shape[1] - 1) / 2 * spacing_mm + figure.shift_mm[1]
    y = rows * spacing_mm - figure.shift_mm[0]
    x = cols * spacing_mm - centre
    regions = np.zeros(shape, np.uint8)
    uptake = np.zeros(shape, np.float32)
    for key, mask, level in _pieces(figure, y, x):
        regions[mask] = INDEX[key]
        uptake[mask] = level
    image = ndimage.gaussian_filter(uptake, 4.0 / spacing_mm)
    rng = np.random.default_rng(seed)
    image = rng.poisson(image * counts / 4).astype(np.float32)
    places = {
        key: ((r + figure.shift_mm[0]) / spacing_mm, (c + centre) / spacing_mm)
        for key, (r, c) in figure.points.items()
    }
    if figure.view == ANTERIOR:
        image, regions = image[:, ::-1].copy(), regions[:, ::-1].copy()
        places = {key: (r, shape[1] - 1 - c) for key, (r, c) in places.items()}
    view = View(name=figure.view, pixels=image, spacing_mm=(spacing_mm,) * 2, unit=COUNTS)
    return Example(view=view, landmarks=places, regions=regions, is_normal=True)


def _pieces(figure: Figure, y, x):
    p, s = figure.points, figure.scale
    soft, bone = figure.soft_tissue, _ACTIVITY["bone"]

    def rod(a, b, width):
        a, b = np.array(p[a]), np.array(p[b])
        length = (b - a) @ (b - a)
        t = np.clip(((y - a[0]) * (b - a)[0] + (x - a[1]) * (b - a)[1]) / length, 0, 1)
        return np.hypot(y - a[0] - t * (b - a)[0], x - a[1] - t * (b - a)[1]) < width * s

    def disc(key, radius, stretch=1.0):
        r, c = p[key]
        return np.hypot((y - r) / stretch, x - c) < radius * s

    half = abs(p["shoulder", LEFT][1])
    head = np.hypot((y - 110 * s) / 1.35, x) < 82 * s
    trunk = (np.abs(x) < half) & (y > 280 * s) & (y < 850 * s)
    for side in (LEFT, RIGHT):
        yield ("leg-soft-tissue", None), rod(("hip", side), ("knee", side), 75), soft
        yield ("leg-soft-tissue", None), rod(("knee", side), ("ankle", side), 48), soft
    yield ("trunk-soft-tissue", None), trunk, soft
    yield ("head-neck-soft-tissue", None), head | (rod(("chin", None), ("C7", None), 55)), soft
    for side, sign in ((LEFT, -1), (RIGHT, 1)):
        out = sign * x / half
        # Stripes for ribs: rows 320-600 of the body, away from the spine.
        stripes = (np.sin(y / s / 14) > 0.0) & (out > 0.15) & (out < 0.8)
        yield ("ribs", side), trunk & stripes & (y > 320 * s) & (y < 600 * s), bone * 0.6
        yield (
            ("pelvis", side),
            (out > 0.1) & (np.hypot(y - 740 * s, x - sign * 80 * s) < 75 * s),
            bone,
        )
    yield ("skull", None), head & (y < 150 * s), bone * 0.8
    yield ("face", None), head & (y >= 150 * s), bone
    yield ("cervical-spine", None), rod(("chin", None), ("C7", None), 18), bone
    yield ("thoracic-spine", None), rod(("C7", None), ("T12", None), 20), bone
    yield ("lumbar-spine", None), rod(("T12", None), ("L3", None), 23), bone * 1.2
    yield ("sacrum", None), disc(("sacrum", None), 45), bone * 1.2
    yield ("bladder", None), disc(("bladder", None), 28), _ACTIVITY["bladder"]
    for side in (LEFT, RIGHT):
        yield ("arm-soft-tissue", None), rod(("shoulder", side), ("elbow", side), 42), soft
        yield ("arm-soft-tissue", None), rod(("elbow", side), ("wrist", side), 34), soft
        yield ("humerus", side), rod(("shoulder", side), ("elbow", side), 13), bone * 0.5
        yield ("forearm", side), rod(("elbow", side), ("wrist", side), 13), bone * 0.4
        yield ("hand", side), rod(("wrist", side), ("hand", side), 35), bone * 0.5
        yield ("femur", side), rod(("hip", side), ("knee", side), 17), bone * 0.5
        yield ("tibia", side), rod(("knee", side), ("ankle", side), 17), bone * 0.5
        yield ("foot", side), rod(("ankle", side), ("foot", side), 32), bone * 0.6
        for joint, radius in (("shoulder", 28), ("elbow", 25), ("wrist", 22)):
            yield (joint, side), disc((joint, side), radius), bone
        for joint, radius in (("hip", 30), ("knee", 36), ("ankle", 28)):
            yield (joint, side), disc((joint, side), radius), bone


def figure_examples(n: int, *, seed: int = 0, **shape) -> list[Example]:
    return [render_figure(draw_figure(seed, k), seed=k, **shape) for k in range(n)]


def study_of(example: Example) -> Study:
    return Study(id="figure", modality=BONE_SCAN, views={example.view.name: example.view})
