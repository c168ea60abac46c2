"""Urine in the ureters: short segments, beads and crooked threads that mimic nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.phantom.fdg_tables import load_fdg_uptake
from uptake_ml.phantom.soft_shapes import Shape, smooth_line
from uptake_ml.regions import LEFT, RIGHT

if TYPE_CHECKING:
    from uptake_ml.phantom.fdg_organs import Places

# From the renal pelvis over the psoas and the iliac vessels to the bladder, for the left side.
_UPPER = ((40, 222, 1185), (38, 198, 1130), (40, 196, 1070))
_LOWER = ((44, 205, 1020), (34, 196, 970), (14, 165, 935))
_COURSE = np.array((*_UPPER, *_LOWER), float)
_ILIAC = 0.6  # share of the course at which it crosses the iliac vessels
_FINE = 8


def draw_sides(rng: np.random.Generator) -> tuple[str, ...]:
    """Return the sides whose ureter is seen."""
    if rng.random() < load_fdg_uptake()["ureter"]["one_sided"]:
        return (str(rng.choice([RIGHT, LEFT])),)
    return RIGHT, LEFT


def ureter_shapes(at: Places, rng: np.random.Generator, sign: int, suv: float) -> list[Shape]:
    """Return what is filled of one ureter; ``sign`` is 1 on the left, ``suv`` the usual level."""
    table = load_fdg_uptake()["ureter"]
    bends = rng.normal(0, rng.uniform(*table["bends_mm"]), (len(_COURSE), 3)) * [1, 0.7, 0]
    line = smooth_line((_COURSE + bends) * [sign, 1, 1], _FINE)
    along_mm = np.append(0, np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1)))
    shapes: list[Shape] = []
    for _ in range(1 + int(rng.poisson(table["more_segments"]))):
        is_at_iliac = rng.random() < table["at_iliac_vessels"]
        middle = _ILIAC + rng.normal(0, 0.04) if is_at_iliac else rng.uniform(0.02, 0.98)
        median, sd = table["length_mm"]
        length_mm = np.clip(median * np.exp(rng.normal(0, sd)), 6, 160)
        ends = np.clip(middle * along_mm[-1] + np.array([-0.5, 0.5]) * length_mm, 0, along_mm[-1])
        level = float(np.clip(suv * np.exp(rng.normal(0, table["spread"])), *table["range"]))
        if rng.random() < table["beads"]:
            places = rng.uniform(*ends, int(rng.integers(2, 5)))
            shapes += [
                at.ball(_on(line, along_mm, p), rng.uniform(2.8, 4.8), level * rng.uniform(0.5, 1))
                for p in places
            ]
        else:
            places = np.linspace(*ends, max(int(length_mm / 8) + 1, 2))
            part = np.array([_on(line, along_mm, p) for p in places])
            shapes += at.tube(part, rng.uniform(*table["radius_mm"]), level)
    return shapes


def _on(line: np.ndarray, along_mm: np.ndarray, place_mm: float) -> np.ndarray:
    return np.array([np.interp(place_mm, along_mm, axis) for axis in line.T])
