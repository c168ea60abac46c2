"""A crude body drawn from ellipses and bars, with its layout: enough to test what features do."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import ndimage

from uptake_ml.regions import INDEX, LEFT, RIGHT
from uptake_ml.study import ANTERIOR, BONE_SCAN, COUNTS, POSTERIOR, Study, View

HEIGHT_MM, WIDTH_MM = 1840.0, 620.0
_BLUR_MM = 5.0

# name -> uptake, then bars (x0, y0, x1, y1, radius) in mm from the vertex and the midline; the
# bars of a paired region are those of the side at positive x.
_SOFT = {
    "head-neck-soft-tissue": (1.0, [(0, 90, 0, 130, 85), (0, 200, 0, 300, 60)]),
    "trunk-soft-tissue": (1.0, [(0, 380, 0, 780, 165)]),
    "arm-soft-tissue": (1.0, [(190, 330, 235, 620, 45), (235, 620, 255, 900, 35)]),
    "leg-soft-tissue": (1.0, [(85, 850, 85, 1300, 75), (85, 1300, 85, 1700, 50)]),
}
_BONES = {
    "pelvis": (4.0, [(55, 860, 100, 800, 32), (60, 880, 50, 930, 22)]),
    "ribs": (3.0, [(25, y, 110, y + 40, 7) for y in range(360, 600, 30)]),
    "scapula": (3.0, [(110, 340, 130, 420, 14)]),
    "clavicle": (3.0, [(25, 318, 130, 310, 8)]),
    "humerus": (2.2, [(185, 345, 228, 590, 13)]),
    "forearm": (2.2, [(234, 640, 250, 830, 12)]),
    "hand": (2.2, [(257, 880, 260, 960, 24)]),
    "femur": (2.6, [(100, 930, 90, 1290, 17)]),
    "tibia": (2.4, [(85, 1360, 85, 1650, 14)]),
    "foot": (2.4, [(88, 1730, 100, 1790, 25)]),
    "skull": (3.0, [(0, 80, 0, 100, 72)]),
    "face": (4.0, [(0, 165, 0, 205, 40)]),
    "cervical-spine": (4.5, [(0, 240, 0, 300, 16)]),
    "thoracic-spine": (5.0, [(0, 310, 0, 600, 18)]),
    "lumbar-spine": (5.0, [(0, 620, 0, 770, 21)]),
    "sacrum": (4.5, [(0, 800, 0, 870, 32)]),
}
_JOINTS = {
    "sternoclavicular": (4.5, [(22, 320, 22, 321, 10)]),
    "shoulder": (4.0, [(165, 325, 166, 325, 24)]),
    "elbow": (3.0, [(232, 610, 232, 611, 18)]),
    "wrist": (3.0, [(253, 850, 253, 851, 17)]),
    "sacroiliac": (5.0, [(42, 800, 42, 840, 10)]),
    "hip": (3.5, [(98, 905, 98, 906, 24)]),
    "knee": (3.4, [(87, 1320, 87, 1321, 32)]),
    "ankle": (3.2, [(86, 1690, 86, 1691, 22)]),
}
_ORGANS = {"kidney": (3.0, [(62, 650, 58, 690, 26)]), "bladder": (14.0, [(0, 925, 0, 926, 24)])}
_MIDLINE = {
    "skull",
    "face",
    "cervical-spine",
    "thoracic-spine",
    "lumbar-spine",
    "sacrum",
    "bladder",
}
_LANDMARKS = {
    "vertex": (0, 5), "chin": (0, 240), "C7": (0, 305), "T6": (0, 440), "T12": (0, 600),
    "L3": (0, 690), "sacrum": (0, 840), "bladder": (0, 925), "shoulder": (165, 325),
    "elbow": (232, 610), "wrist": (253, 850), "hand": (258, 920), "iliac-crest": (100, 790),
    "hip": (98, 905), "knee": (87, 1320), "ankle": (86, 1690), "foot": (95, 1770),
}  # fmt: skip
_PAIRED_MARKS = {
    "shoulder", "elbow", "wrist", "hand", "iliac-crest", "hip", "knee", "ankle", "foot",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Extra uptake: ``factor`` times the normal one at a place of the body (mm; x patient-left)."""

    x_mm: float
    y_mm: float
    factor: float
    radius_mm: float = 14.0


@dataclass(frozen=True, kw_only=True)
class CrudeBody:
    """How the body is drawn; ``factors`` multiplies the uptake of regions by (name, side)."""

    spots: tuple[Spot, ...] = ()
    factors: dict = field(default_factory=dict)
    pixel_mm: float = 4.6
    counts_per_unit: float = 30.0
    views: tuple[str, ...] = (ANTERIOR, POSTERIOR)
    is_noisy: bool = False
    seed: int = 0

    def draw(self) -> tuple[Study, dict]:
        """Return the study and its layouts by view name."""
        drawn = {name: self._view(name) for name in self.views}
        views = {name: view for name, (view, _) in drawn.items()}
        study = Study(id="crude", modality=BONE_SCAN, views=views)
        return study, {name: layout for name, (_, layout) in drawn.items()}

    def _view(self, name: str) -> tuple[View, SimpleNamespace]:
        # In an anterior view the patient's left is at the image's right.
        to_right = 1 if name == ANTERIOR else -1
        regions, expected, body = _normal(to_right, self.pixel_mm)
        uptake = expected * self._rise(regions, to_right)
        sigma = _BLUR_MM / self.pixel_mm
        image = ndimage.gaussian_filter(uptake, sigma) * self.counts_per_unit
        if self.is_noisy:
            image = np.random.default_rng((self.seed, to_right + 1)).poisson(image)
        layout = SimpleNamespace(
            landmarks=self._marks(name, to_right),
            regions=regions,
            body=body,
            expected=(ndimage.gaussian_filter(expected, sigma) * self.counts_per_unit).astype("f4"),
            spread=np.full(regions.shape, 0.2, dtype=np.float32),
        )
        view = View(
            name=name,
            pixels=image.astype(np.float32),
            spacing_mm=(self.pixel_mm, self.pixel_mm),
            unit=COUNTS,
        )
        return view, layout

    def _rise(self, regions: np.ndarray, to_right: int) -> np.ndarray:
        x, y = _grid(self.pixel_mm)
        rise = np.ones(regions.shape)
        for key, factor in self.factors.items():
            rise[regions == INDEX[key]] = factor
        for spot in self.spots:
            away = np.hypot(to_right * x - spot.x_mm, y - spot.y_mm)
            rise[away <= spot.radius_mm] = spot.factor
        return rise

    def _marks(self, view: str, to_right: int) -> tuple[SimpleNamespace, ...]:
        x, y = _grid(self.pixel_mm)
        marks = []
        for name, (at_x, at_y) in _LANDMARKS.items():
            sides = (
                ((LEFT, to_right), (RIGHT, -to_right)) if name in _PAIRED_MARKS else ((None, 1),)
            )
            for side, sign in sides:
                marks.append(
                    SimpleNamespace(
                        view=view,
                        name=name,
                        side=side,
                        row=(at_y - float(y[0, 0])) / self.pixel_mm,
                        col=(sign * at_x - float(x[0, 0])) / self.pixel_mm,
                        confidence=1.0,
                    )
                )
        return tuple(marks)


def _grid(pixel_mm: float) -> tuple[np.ndarray, np.ndarray]:
    rows, cols = (round(n / pixel_mm) for n in (HEIGHT_MM, WIDTH_MM))
    y = (np.arange(rows) + 0.5) * pixel_mm - 20
    x = (np.arange(cols) - (cols - 1) / 2) * pixel_mm
    return x[None, :], y[:, None]


@cache
def _normal(to_right: int, pixel_mm: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x, y = _grid(pixel_mm)
    regions = np.zeros((y.size, x.size), dtype=np.uint8)
    uptake = np.zeros(regions.shape)
    for table in (_SOFT, _ORGANS, _BONES, _JOINTS, {"bladder": _ORGANS["bladder"]}):
        for name, (level, bars) in table.items():
            for side, sign in ((LEFT, to_right), (RIGHT, -to_right)):
                key = None if name in _MIDLINE or table is _SOFT else side
                for bar in bars:
                    inside = _in_bar(sign * x, y, bar)
                    regions[inside] = INDEX[name, key]
                    uptake[inside] = level
    return regions, uptake, regions > 0


def _in_bar(x: np.ndarray, y: np.ndarray, bar: tuple[float, ...]) -> np.ndarray:
    x0, y0, x1, y1, radius = bar
    length = (x1 - x0) ** 2 + (y1 - y0) ** 2
    along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length if length else 0.0
    along = np.clip(along, 0, 1)
    return np.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0)) <= radius


@pytest.fixture(scope="session")
def crude_body():
    """The class that draws a crude body, and ``Spot`` as its attribute."""
    return CrudeBody


@pytest.fixture(scope="session")
def spot():
    return Spot
