"""A trunk that lies a little on one side: what is in front moves across, what is behind back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from uptake_ml.phantom.inked.ink import Mark, Plate
from uptake_ml.phantom.inked.person import Person

_TRUNK = ("spine-c", "spine-t", "spine-l", "rib", "sternum", "sternoclavicular", "clavicle",
          "acromioclavicular", "scapula", "scapular-tip", "sacrum", "ilium", "sacroiliac",
          "acetabulum", "ischium", "pubis")  # fmt: skip
_WING_BEHIND, _WING_BEFORE, _WING_MM = 0.8, 0.4, (40.0, 140.0)  # depth from sacrum to front spine


def turned(person: Person, points: np.ndarray, depth, tissue_mm: float) -> np.ndarray:
    """Return points (..., 2) in mm, at these depths (shares of the tissue), as the turn has them.

    x' = x + z sin(a), with z the distance in front of the trunk's middle plane.
    """
    points = np.asarray(points, float)
    across_mm = (0.5 - np.asarray(depth)) * tissue_mm * _sine(person, points[..., 1])
    return points + np.stack([across_mm, np.zeros_like(across_mm)], axis=-1)


def turn_trunk(person: Person, marks: list[Mark]) -> list[Mark]:
    """Return the marks, those of the trunk turned by the person's turns of chest and pelvis."""
    is_of_trunk = [m.region.split(":")[0] in _TRUNK for m in marks]
    return [_turn(person, m) if yes else m for m, yes in zip(marks, is_of_trunk, strict=True)]


def _turn(person: Person, mark: Mark) -> Mark:
    place = mark.depth
    if isinstance(mark, Plate) and mark.region == "ilium":
        # The wing runs forward from the sacrum, so that a turn widens one and narrows the other.
        out = np.abs(mark.points[:, 0])
        place = np.interp(out, _WING_MM, (_WING_BEHIND, _WING_BEFORE))
    deeper = mark.points[:, 0] * _sine(person, mark.points[:, 1]) / mark.tissue_mm
    if isinstance(mark, Plate):
        deeper = float(deeper.mean())
    return replace(
        mark,
        points=turned(person, mark.points, place, mark.tissue_mm),
        depth=np.clip(mark.depth + deeper, 0.03, 0.97),
    )


def _sine(person: Person, y_mm: np.ndarray) -> np.ndarray:
    levels = np.array([330.0, 805.0]) * person.trunk
    return np.sin(np.interp(y_mm, levels, [person.chest_turn, person.pelvis_turn]))
