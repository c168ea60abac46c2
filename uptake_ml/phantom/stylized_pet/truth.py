"""What is true of a stylized FDG-PET: mean SUVs as painted, landmarks, lesions as they came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from uptake_ml.phantom.stylized.person import SIDES, Person
from uptake_ml.phantom.stylized.raster import VOXEL_MM, Grid, Shape
from uptake_ml.phantom.stylized.skeleton import VERTEBRAE

LandmarkPoints = Mapping[tuple[str, str | None], np.ndarray]

_MIDLINE = ("vertex", "chin", "C7", "T6", "T12", "L3", "sacrum")
# The landmark's name is another than that of the point.
_PAIRED = {
    "shoulder": "shoulder", "elbow": "elbow", "wrist": "wrist", "hand": "knuckles", "hip": "hip",
    "knee": "knee", "ankle": "ankle", "foot": "ball",
}  # fmt: skip
# Where the mean of the sternum's inside lies between the ends of its body.
_STERNUM_SHARE = 0.35


def landmark_points(person: Person, bones: Sequence[Shape], organs: Sequence[Shape]):
    """Return the place (x, y, z) in mm of every landmark, as ``phantom.truth`` defines them."""
    found = {(name, None): person.points[name] for name in _MIDLINE}
    body_of_sternum = next(b for b in bones if b.name == "sternum" and b.b is not None)
    way = body_of_sternum.b - body_of_sternum.a
    found["sternum", None] = body_of_sternum.a + _STERNUM_SHARE * way
    found["bladder", None] = next(o.a for o in organs if o.name == "bladder")
    for side in SIDES:
        for name, point in _PAIRED.items():
            found[name, side] = person.points[point, side]
        pieces = [b for b in bones if b.name == f"pelvis:{side}" and b.b is not None]
        ends = [end for b in pieces for end in (b.a, b.b)]
        found["iliac-crest", side] = min(ends, key=lambda end: end[1])
    return found


def grid_indices(points: LandmarkPoints, grid: Grid) -> dict:
    """Return the fractional (plane, row, column) of each point in a grid."""
    return {key: (place - grid.origin)[::-1] / VOXEL_MM for key, place in points.items()}


def true_means(
    grid: Grid, activity: np.ndarray, bones: Sequence[Shape], organs: Sequence[Shape]
) -> dict[str, float]:
    """Return mean SUVs as painted, in boxes well inside each tissue, before any focus."""
    bodies = {b.name: b.a for b in bones if b.name.startswith("vertebra:") and b.b is None}
    means = {
        f"{part}-marrow": float(
            np.mean(
                [
                    mean_around(grid, activity, bodies[f"vertebra:{name}"], 3.0)
                    for name in VERTEBRAE
                    if name[0] == letter
                ]
            )
        )
        for part, letter in (("thoracic", "T"), ("lumbar", "L"))
    }
    places = {o.name: o.a for o in reversed(organs)}
    for name, organ, reach_mm in (
        ("liver", "liver", 20.0), ("spleen", "spleen", 12.0), ("blood-pool", "blood", 8.0),
    ):  # fmt: skip
        means[name] = mean_around(grid, activity, places[organ], reach_mm)
    return means


def mean_around(grid: Grid, activity: np.ndarray, place: np.ndarray, reach_mm: float) -> float:
    """Return the mean of a volume in a cube around a place (x, y, z) in mm."""
    first = np.rint((place - reach_mm - grid.origin) / VOXEL_MM).astype(int)[::-1]
    last = np.rint((place + reach_mm - grid.origin) / VOXEL_MM).astype(int)[::-1]
    box = tuple(slice(max(a, 0), max(b + 1, 0)) for a, b in zip(first, last, strict=True))
    return float(activity[box].mean(dtype=np.float64))
