"""Where every joint lights up."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.swept.body import Body
from uptake_ml.phantom.swept.lesions import blob
from uptake_ml.phantom.swept.sites import longest
from uptake_ml.phantom.swept.sweep import Sweep, vec

# Radius in mm of what lights up.
_SIZES_MM = {
    "shoulder": 17, "acromioclavicular": 8, "sternoclavicular": 9, "elbow": 15, "wrist": 13,
    "cmc": 6.5, "mcp": 5.5, "pip": 4.5, "dip": 4, "hip": 19, "acetabular-roof": 11,
    "knee-medial": 13, "knee-lateral": 13, "patella": 12, "ankle": 15, "tarsus": 11, "mtp": 6.5,
    "ip": 5,
}  # fmt: skip
_LARGE = ("shoulder", "elbow", "wrist", "hip", "knee-medial", "knee-lateral", "ankle")
_REGIONS = {"acetabular-roof": "hip", "knee-medial": "knee", "knee-lateral": "knee",
            "patella": "knee", "tarsus": "foot", "mtp": "foot", "ip": "foot",
            **dict.fromkeys(("cmc", "mcp", "pip", "dip"), "hand")}  # fmt: skip


def joint_region(name: str) -> str:
    """Return the region of `uptake_ml.regions` of a joint such as ``mcp-2``."""
    kind = _kind(name)
    return _REGIONS.get(kind, kind)


def _kind(name: str) -> str:
    stem, _, number = name.rpartition("-")
    return stem if number.isdigit() else name


def joint_points(body: Body, side: int) -> dict[str, np.ndarray]:
    """Return the middle (x, y, z) of every joint of one side but the sacroiliac one."""
    at = {name: point for (name, s), point in body.points.items() if s == side}
    clavicle = body.named("clavicle", side=side)[0]
    found = {
        "shoulder": at["shoulder"] - vec(side * 8, 0, 0),
        "acromioclavicular": clavicle.at(1) + vec(0, 6, 0),
        "sternoclavicular": clavicle.at(0),
        "elbow": at["elbow"],
        "wrist": 0.5 * at["wrist"] + 0.5 * body.named("carpus", side=side)[0].at(0.5),
        "hip": at["hip"],
        "acetabular-roof": at["hip"] + vec(side * 6, 0, -26),
        "knee-medial": at["knee"] - vec(side * 21, 0, 0),
        "knee-lateral": at["knee"] + vec(side * 21, 0, 0),
        "patella": longest(body, "patella", side).at(0.5),
        "ankle": at["ankle"],
        "cmc-1": body.named("metacarpal", side=side)[0].at(0),
    }
    _add_digits(found, body, side)
    for k, bone in enumerate(body.named("tarsus", side=side)):
        found[f"tarsus-{k + 1}"] = bone.at(0.5)
    return found


def _add_digits(found: dict[str, np.ndarray], body: Body, side: int) -> None:
    for bones, name in (("metacarpal", "mcp"), ("metatarsal", "mtp")):
        for k, bone in enumerate(body.named(bones, side=side)):
            found[f"{name}-{k + 1}"] = bone.at(1)
    fingers, toes = body.named("finger", side=side), body.named("toe", side=side)
    # Thumb and great toe have two bones, the others three.
    found["pip-1"], found["ip-1"] = fingers[0].at(1), toes[0].at(1)
    for k in range(4):
        found[f"pip-{k + 2}"] = fingers[2 + 3 * k].at(1)
        found[f"dip-{k + 2}"] = fingers[3 + 3 * k].at(1)
        found[f"ip-{k + 2}"] = toes[2 + 3 * k].at(1)


def joint_solids(
    body: Body, name: str, side: int, rng: np.random.Generator, *, grow: float = 1.0
) -> list[Sweep]:
    """Return what lights up at a joint: a lump, in large ones of several unlike foci."""
    if name == "sacroiliac":
        return [_joint_plate(body, side, rng, grow)]
    point, radius_mm = joint_points(body, side)[name], grow * _SIZES_MM[_kind(name)]
    point = point + rng.normal(0, 0.12 * radius_mm, 3)
    solids = [blob("joint", point, radius_mm, 1.0, rng)]
    if name in _LARGE:
        for _ in range(rng.integers(1, 4)):
            place = point + rng.normal(0, 0.5 * radius_mm, 3)
            size_mm = rng.uniform(0.35, 0.6) * radius_mm
            solids.append(blob("joint", place, size_mm, rng.uniform(1, 2.2), rng))
    return solids


def _joint_plate(body: Body, side: int, rng: np.random.Generator, grow: float) -> Sweep:
    plate = body.named("si-joint", side=side)[0]
    n = len(plate.value)
    # At times only the lower part of the joint is inflamed.
    shares = np.interp(np.linspace(0, 1, n), [0, 0.5, 1], rng.uniform(0.4, 1, 3))
    thick = 1.15 * grow
    return Sweep(
        name="joint", side=side, centre=plate.centre, across=plate.across, value=shares,
        half_u=plate.half_u * thick, half_v=plate.half_v * thick, marrow=plate.marrow,
    )  # fmt: skip
