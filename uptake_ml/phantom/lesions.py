"""Where focal diseases sit, how large and how hot they are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from uptake_ml.phantom.bones import Skeleton
from uptake_ml.phantom.skeleton_names import bones_at_site
from uptake_ml.phantom.spec import LesionSpec


def draw_lesions(
    rng: np.random.Generator, name: str, entry: Mapping, skeleton: Skeleton
) -> list[LesionSpec]:
    """Draw the lesions of one case of a focal disease of the table."""
    is_in_a_row = rng.random() < entry.get("rib_row", 0.0)
    lesions = _rib_row(rng, name, entry, skeleton) if is_in_a_row else []
    # A fall breaks ribs alone; a thin skeleton breaks ribs besides its vertebrae.
    if is_in_a_row and "skeleton" not in entry:
        return lesions
    severity = np.exp(rng.normal(0, 0.25))
    letter = str(rng.choice(["_l", "_r"])) if rng.random() < entry.get("one_side", 0.0) else ""
    used: list[str] = []
    for _ in range(_draw_count(rng, entry)):
        site = choose(rng, entry["sites"])
        bones = bones_at_site(skeleton, site)
        bones = [b for b in bones if b.endswith(letter)] or bones
        if _is_whole(entry):  # a bone is taken once
            bones = [b for b in bones if b not in used] or bones
        used.append(str(rng.choice(bones)))
        lesions.append(_draw_lesion(rng, name, entry, skeleton, used[-1], site, severity))
    return lesions


def _is_whole(entry: Mapping) -> bool:
    return entry["radius_mm"]["median"] >= 300


def choose(rng: np.random.Generator, weights: Mapping[str, float]) -> str:
    """Draw a key by weight."""
    p = np.array(list(weights.values()), float)
    return list(weights)[int(rng.choice(len(p), p=p / p.sum()))]


def draw_lognormal(rng: np.random.Generator, row: Mapping) -> float:
    """Draw from a row of median, spread of the logarithm and range."""
    low, high = row["range"]
    return float(np.clip(row["median"] * np.exp(rng.normal(0, row["spread"])), low, high))


def _draw_count(rng, entry: Mapping) -> int:
    rows = entry.get("count", [[1.0, 1, 1]])
    p = np.array([row[0] for row in rows])
    _, least, most = rows[int(rng.choice(len(rows), p=p / p.sum()))]
    return int(rng.integers(least, most + 1))


def _draw_lesion(rng, name, entry, skeleton, bone, site, severity) -> LesionSpec:
    uptake = draw_lognormal(rng, entry["uptake"]) * severity
    along = rng.uniform(*entry["along"]) if "along" in entry else 1.0
    stripe = rng.uniform(*entry["stripe_mm"]) if "stripe_mm" in entry else 0.0
    return LesionSpec(
        disease=name,
        bone=bone,
        at_mm=_place(rng, skeleton, bone, entry.get("places", {}).get(site)),
        radius_mm=draw_lognormal(rng, entry["radius_mm"]),
        uptake=float(np.clip(uptake, *entry["uptake"]["range"])),
        along_factor=float(along),
        halo=float(entry.get("halo", 0.0)),
        stripe_mm=float(stripe),
    )


def _place(rng, skeleton: Skeleton, bone: str, part) -> tuple[float, float, float]:
    """Return a point inside the bone, in mm of its own frame.

    ``part`` holds shares of the bone's extent, (least, most) from below to above and perhaps from
    back to front.
    """
    points = skeleton.bone(bone).inside_points()
    low, size = points.min(axis=0), np.ptp(points, axis=0)
    keep = np.ones(len(points), bool)
    for axis, k in ((1, 0), (0, 2)):
        if part is not None and len(part) > k:
            share = (points[:, axis] - low[axis]) / size[axis]
            keep &= (share >= part[k]) & (share <= part[k + 1])
    chosen = points[keep] if keep.any() else points
    return tuple(float(v) for v in chosen[rng.integers(len(chosen))])


def _rib_row(rng, name, entry, skeleton: Skeleton) -> list[LesionSpec]:
    """Fractures in neighbouring ribs along a line, as a fall leaves them."""
    side = rng.choice(["_r", "_l"])
    first, count = int(rng.integers(3, 8)), int(rng.integers(2, 5))
    t = rng.uniform(0.25, 0.75)
    lesions = []
    for k in range(first, first + count):
        bone = skeleton.bone(f"rib{k}{side}")
        points = bone.inside_points()
        along = np.argsort(points[:, 0])  # from the spine outwards and round to the front
        centre = points[along[int(np.clip(t + rng.normal(0, 0.03), 0.02, 0.98) * (len(along) - 1))]]
        lesions.append(
            LesionSpec(
                disease=name,
                bone=bone.name,
                at_mm=tuple(float(v) for v in centre),
                radius_mm=min(draw_lognormal(rng, entry["radius_mm"]), 9.0),
                uptake=draw_lognormal(rng, entry["uptake"]),
            )
        )
    return lesions
