# ruff: noqa: RUF005 -- a list added to an array shifts a point, it is no concatenation.
"""The outline of the body and its soft organs."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from uptake_ml.phantom.stylized.person import SIDES, Person
from uptake_ml.phantom.stylized.raster import VOXEL_MM, Grid, Shape, capsule, ellipsoid

# (part of stature, half-width and half-depth as parts of stature, centre back in mm, fat's share)
_TRUNK = np.array([
    (0.120, 0.036, 0.036, 10, 0.4), (0.150, 0.040, 0.040, 15, 0.5), (0.166, 0.082, 0.045, 18, 0.3),
    (0.186, 0.106, 0.054, 15, 0.3), (0.245, 0.096, 0.064, 5, 0.6), (0.300, 0.091, 0.065, 2, 0.8),
    (0.360, 0.085, 0.062, 0, 1.2), (0.410, 0.092, 0.062, 5, 1.2), (0.460, 0.102, 0.063, 15, 0.9),
    (0.500, 0.104, 0.060, 20, 0.7), (0.525, 0.090, 0.055, 22, 0.7),
])  # fmt: skip


def draw_grid(person: Person) -> Grid:
    """Return a grid that holds the whole person."""
    places = np.array(list(person.points.values()))
    low = np.array([places[:, 0].min() - 110, min(places[:, 1].min() - 130, -40), -190])
    high = np.array([places[:, 0].max() + 110, places[:, 1].max() + 60, 190])
    low[0] = min(low[0], -0.16 * person.height_mm)
    high[0] = max(high[0], 0.16 * person.height_mm)
    return Grid(low, high)


def fill_body(person: Person, grid: Grid) -> np.ndarray:
    """Return the part of each voxel, float32 (z, y, x), that the body fills."""
    body = grid.zeros()
    _fill_trunk(person, grid, body)
    for shape in _limbs(person):
        grid.paint(body, shape, 1.0)
    return body


def _fill_trunk(person: Person, grid: Grid, body: np.ndarray) -> None:
    h, y = person.height_mm, person.unplace(grid.axis(1))
    rows = (y > _TRUNK[0, 0] * h) & (y < _TRUNK[-1, 0] * h)
    wide, deep, back, share = (
        np.interp(y[rows] / h, _TRUNK[:, 0], _TRUNK[:, k]) for k in (1, 2, 3, 4)
    )
    more = 1 + share * (person.girth - 1)
    is_hip = np.interp(y[rows] / h, [0.25, 0.45], [0, 1])
    wide = wide * h * more * (person.chest * (1 - is_hip) + person.hips * is_hip)
    deep = deep * h * more
    x, z = grid.axis(0), grid.axis(2)
    r = np.hypot(x / wide[:, None], (z[:, None, None] - back[:, None]) / deep[:, None])
    part = np.clip(0.5 - (r - 1) * deep[:, None] / VOXEL_MM, 0, 1)
    body[:, rows] = np.maximum(body[:, rows], part)


def _limbs(person: Person) -> list[Shape]:
    h, p, g = person.height_mm, person.points, person.girth
    shapes = [
        ellipsoid("body", (0, 0.043 * h, 5), (80, 0.044 * h, 100)),
        ellipsoid("body", (0, 0.09 * h, -30), (60, 0.045 * h, 66)),
    ]
    for side, s in SIDES.items():
        shoulder, elbow, wrist = (p[n, side] for n in ("shoulder", "elbow", "wrist"))
        knuckles, hip, knee, ankle = (p[n, side] for n in ("knuckles", "hip", "knee", "ankle"))
        tip = knuckles + 75 * (knuckles - wrist) / np.linalg.norm(knuckles - wrist)
        thigh = hip + [s * 0.012 * h, 0.03 * h, 8]
        calf = knee + 0.3 * (ankle - knee) + [0, 0, 15]
        shapes += [
            capsule("body", shoulder, elbow, 50 * g, 40 * g),
            capsule("body", elbow, wrist, 40 * g, 28),
            capsule("body", wrist, knuckles, 27, 32),
            capsule("body", knuckles, tip, 26, 16),
            capsule("body", thigh, knee, 82 * g, 57 * g),
            capsule("body", knee, calf, 55 * g, 56 * g),
            capsule("body", calf, ankle, 56 * g, 35),
            capsule("body", p["heel", side], ankle, 33, 36),
            capsule("body", ankle, p["ball", side], 36, 36),
            capsule("body", p["ball", side], p["toes", side], 34, 22),
        ]
    return shapes


def build_organs(person: Person, rng: np.random.Generator) -> list[Shape]:
    """Return soft organs; the bladder's fill is drawn."""
    h = person.height_mm
    fill = rng.uniform(16, 38)
    shapes = [
        ellipsoid("brain", (0, 0.041 * h, 5), (66, 0.036 * h, 84), wall_mm=13),
        ellipsoid("brain", (0, 0.041 * h, 5), (56, 0.028 * h, 74), 0.5),
        ellipsoid("brain", (0, 0.044 * h, 5), (30, 14, 24), 0.95),
        ellipsoid("heart", (0.022 * h, 0.262 * h, -32), (46, 42, 36), wall_mm=13),
        ellipsoid("blood", (0.022 * h, 0.262 * h, -32), (33, 29, 23)),
        capsule("blood", (8, 0.215 * h, 5), (10, 0.25 * h, -20), 15),
        capsule("blood", (14, 0.22 * h, 20), (12, 0.40 * h, -2), 11),
        ellipsoid("liver", (-0.042 * h, 0.318 * h, -8), (0.046 * h, 0.045 * h, 62)),
        ellipsoid("liver", (-0.002 * h, 0.305 * h, -35), (0.035 * h, 0.026 * h, 32)),
        ellipsoid("spleen", (0.062 * h, 0.315 * h, 45), (22, 50, 32)),
        ellipsoid("bladder", (0, 0.488 * h - 0.4 * fill, -25), (1.15 * fill, 0.8 * fill, fill)),
    ]
    for s in SIDES.values():
        lung = ellipsoid("lung", (s * 0.042 * h, 0.245 * h, 5), (0.030 * h, 0.062 * h, 66))
        y = (0.352 if s > 0 else 0.359) * h + rng.normal(0, 6)
        kidney = np.array([s * rng.uniform(55, 68), y, 48])
        shapes += [lung, ellipsoid("kidney", kidney, (25, 50, 23), wall_mm=18)]
        shapes.append(ellipsoid("kidney", kidney, (16, 38, 15), 0.6))
        shapes.append(ellipsoid("pelvis of kidney", kidney + [-s * 12, 4, -8], (9, 16, 9)))
        shapes.append(capsule("ureter", kidney + [-s * 20, 30, -10], (s * 30, 0.465 * h, 20), 3))
    bends = [(-80, 0.43), (-85, 0.36), (-30, 0.375), (40, 0.37), (85, 0.35), (85, 0.43), (25, 0.46)]
    for (x, y), (u, v) in pairwise(bends):
        shapes.append(capsule("colon", (x, y * h, -35), (u, v * h, -35), 17))
    for _ in range(9):
        at = np.array([rng.uniform(-60, 60), rng.uniform(0.38, 0.45) * h, rng.uniform(-65, -25)])
        shapes.append(capsule("bowel", at, at + rng.normal(0, 22, 3) * [1, 1, 0.4], 13))
    return [person.fit(shape) for shape in shapes]
