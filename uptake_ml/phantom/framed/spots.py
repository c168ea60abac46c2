"""Glows at joints, on bones and along them."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.framed.field import Solid
from uptake_ml.phantom.framed.subject import Body, Glow


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))


def joint_glow(
    body: Body,
    name: str,
    side: int,
    radius_mm: float,
    rng,
    *,
    times: float = 0.0,
    plus: float = 0.0,
    rough: float = 0.3,
) -> Glow:
    """Return a glow at a joint; radii are those of a body of 1.70 m."""
    at = body.points[name, side][None] + rng.normal(0, 1.5, 3)
    return Glow(
        line=at,
        radius_mm=radius_mm * body.person.scale,
        times=float(times),
        plus=float(plus),
        rough=rough,
        seed=_seed(rng),
    )


def on_bone(bone: Solid, part: float) -> np.ndarray:
    """Return the point at a part (0 to 1) of a bone's line."""
    lengths = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(bone.line, axis=0), axis=1))])
    return np.array([np.interp(part * lengths[-1], lengths, bone.line[:, k]) for k in range(3)])


def spot(
    body: Body,
    bone: Solid,
    part: float,
    radius_mm: float,
    plus: float,
    rng,
    *,
    ring=0.0,
    jitter_mm=3.0,
) -> Glow:
    """Return a round glow on a bone."""
    at = on_bone(bone, part) + rng.normal(0, jitter_mm, 3)
    return Glow(
        line=at[None],
        radius_mm=radius_mm * body.person.scale,
        plus=float(plus),
        times=0.2 * float(plus),
        rough=0.35,
        ring=ring,
        seed=_seed(rng),
    )


def stretch(
    body: Body,
    bone: Solid,
    first: float,
    last: float,
    radius_mm: float,
    plus: float,
    rng,
    *,
    times=0.0,
) -> Glow:
    """Return a glow along a bone from one part of its line to another."""
    line = np.stack([on_bone(bone, part) for part in np.linspace(first, last, 7)])
    return Glow(
        line=line,
        radius_mm=radius_mm * body.person.scale,
        plus=float(plus),
        times=float(times),
        rough=0.25,
        seed=_seed(rng),
    )


def scale_bones(bones: list[Solid], factor: float, rng=None, spread: float = 0.0) -> None:
    """Multiply the uptake of bones."""
    for bone in bones:
        own = factor * (np.exp(rng.normal(0, spread)) if rng is not None and spread else 1)
        bone.shell, bone.core = bone.shell * own, bone.core * own


def rib_spot(body: Body, plus: float, rng: np.random.Generator) -> tuple[Solid, Glow]:
    """Return any rib and a small spot on it, such as falls leave."""
    ribs = body.find(tag="rib")
    rib = ribs[rng.integers(len(ribs))]
    return rib, spot(body, rib, rng.uniform(0.3, 0.95), rng.uniform(6, 8), plus, rng)
