"""Where every joint would light up."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.inked.arm import draw_hand
from uptake_ml.phantom.inked.ink import by
from uptake_ml.phantom.inked.leg import draw_foot, kneecap
from uptake_ml.phantom.inked.lesion import Spot
from uptake_ml.phantom.inked.person import SIGN, Person, Pose
from uptake_ml.phantom.inked.turn import turned


def joint_spots(person: Person, pose: Pose, levels, side: str) -> dict[str, list[Spot]]:
    """Return {joint: spots of contrast 1}, one or more for each joint of one side."""
    found: dict[str, list[Spot]] = {}
    for name, at, size_mm, depth, tissue_mm, flat in _large(person, pose, side):
        found[name] = [_spot(at, size_mm, depth, tissue_mm, flat)]
    for drawn, depth in ((draw_hand, pose.hand_depth), (draw_foot, 0.4)):
        for (name, number), at in drawn(person, pose, levels, side)[1].items():
            size_mm = {"cmc": 6, "mcp": 5, "mtp": 6, "tarsus": 9}.get(name, 4)
            found[f"{name}-{number}"] = [_spot(at, size_mm, depth, 35)]
    return found


def _spot(at, size_mm, depth, tissue_mm, flat=1.0) -> Spot:
    return Spot(
        at=np.asarray(at, float),
        long_mm=size_mm,
        short_mm=size_mm * flat,
        angle=0.0,
        contrast=1.0,
        depth=depth,
        tissue_mm=tissue_mm,
    )


def _large(person: Person, pose: Pose, side: str):
    """Yield name, place, sigma in mm, depth, tissue in mm and flatness."""
    sign, trunk = SIGN[side], person.trunk_depth_mm
    shoulder, hip, knee = (pose.at(name, side) for name in ("shoulder", "hip", "knee"))
    yield "shoulder", shoulder - by(sign * 4, 0), 12, 0.45, 110, 1
    roof = turned(person, shoulder + by(-sign * 6, -27), 0.42, trunk)
    yield "acromioclavicular", roof, 7, 0.4, 110, 0.7
    notch = turned(person, pose.at("notch") + by(sign * 24, 4), 0.08, trunk)
    yield "sternoclavicular", notch, 7, 0.08, trunk, 1
    yield "elbow", pose.at("elbow", side), 13, 0.5, 85, 0.75
    yield "wrist", pose.at("wrist", side) + by(0, 12), 11, 0.5, 45, 1
    yield "hip", hip, 14, 0.5, trunk, 1
    yield "acetabular-roof", hip + by(sign * 6, -24), 9, 0.5, trunk, 0.5
    yield "knee-medial", knee + by(-sign * 23, 3), 10, 0.5, 118, 0.8
    yield "knee-lateral", knee + by(sign * 23, 3), 10, 0.5, 118, 0.8
    yield "patella", kneecap(person, pose, side), 11, 0.1, 118, 1
    yield "ankle", pose.at("ankle", side) + by(0, 4), 12, 0.5, 75, 0.7
