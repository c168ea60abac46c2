"""Lumps that take up FDG: blended eggs, at times with a dead middle, and clusters of nodes."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.framed.armature import Frame
from uptake_ml.phantom.framed.field import Solid
from uptake_ml.phantom.framed.subject import Body


def lump(
    body: Body, at: np.ndarray, radius_mm: float, suv: float, rng, *, dead: float = 0.0
) -> None:
    """Put a lobed mass at a point in the world; ``dead`` is the chance that its middle is."""
    world = Frame(np.zeros(3), np.eye(3))
    parts = [world.egg(at, radius_mm * rng.uniform(0.75, 1.1, 3))]
    for _ in range(int(rng.integers(1, 4))):
        way = rng.normal(0, 1, 3)
        parts.append(
            world.egg(
                at + 0.6 * radius_mm * way / np.linalg.norm(way),
                radius_mm * rng.uniform(0.4, 0.75, 3),
            )
        )
    is_dead = radius_mm > 16 and rng.random() < dead
    body.extra.append(
        Solid(
            name="necrotic" if is_dead else "mass",
            parts=parts,
            line=np.asarray(at, float)[None],
            blend_mm=0.5 * radius_mm,
            shell=float(suv),
            core=float(suv * (rng.uniform(0.1, 0.35) if is_dead else rng.uniform(0.9, 1.1))),
            shell_mm=float(max(0.4 * radius_mm, 5)),
        )
    )


def in_root(body: Body, point) -> np.ndarray:
    """Return a point of a body of 1.70 m, in the trunk's frame, in the world."""
    return body.frames["root"].at(point)


def nodes(body: Body, centre, spread, n: int, radii, suv: float, rng) -> None:
    """Put nodes around a point of the trunk's frame."""
    for _ in range(n):
        at = in_root(body, np.asarray(centre) + rng.normal(0, 1, 3) * spread)
        lump(body, at, rng.uniform(*radii), suv * np.exp(rng.normal(0, 0.25)), rng)


# Groups of nodes: centre (x of the left one), spread in mm.
STATIONS = {
    "neck": ((46, 6, 232), (8, 9, 20)),
    "supraclavicular": ((46, -8, 284), (10, 8, 7)),
    "axilla": ((140, 6, 372), (10, 10, 16)),
    "hilum": ((34, 10, 424), (6, 7, 9)),
    "paratracheal": ((14, 0, 384), (5, 7, 16)),
    "paraaortic": ((16, 16, 668), (8, 8, 34)),
    "mesentery": ((10, -30, 680), (22, 10, 26)),
    "iliac": ((52, 10, 772), (8, 12, 18)),
    "groin": ((66, -50, 840), (11, 6, 13)),
}


def station(body: Body, name: str, side: int, n: int, radii, suv: float, rng) -> None:
    """Put nodes into a group of one side."""
    (x, y, z), spread = STATIONS[name]
    nodes(body, (side * x, y, z), spread, n, radii, suv, rng)
