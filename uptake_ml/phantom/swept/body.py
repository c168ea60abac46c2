"""The whole body: built at a standard height, altered by disease, then laid on the table."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from uptake_ml.phantom.swept.flesh import build_lungs, build_outline
from uptake_ml.phantom.swept.girdles import build_pelvis, build_shoulder_girdle
from uptake_ml.phantom.swept.limbs import build_limbs
from uptake_ml.phantom.swept.person import Person, place_joints
from uptake_ml.phantom.swept.skull import build_skull
from uptake_ml.phantom.swept.sweep import Sweep, rotation, turned
from uptake_ml.phantom.swept.trunk import build_ribs, build_spine, build_sternum


@dataclass(kw_only=True, eq=False)
class Body:
    """Solids of a person: bones, outline, lungs, and what is painted over them.

    ``extra`` are organs, urine and tumours.  ``points`` are (x, y, z) of landmarks by name and
    side: -1 right, 0 middle, +1 left.  All in mm of a body of 1.7 m until ``place``.
    """

    person: Person
    bones: list[Sweep]
    outline: list[Sweep]
    lungs: list[Sweep]
    points: dict[tuple[str, int], np.ndarray]
    head_turn: np.ndarray
    extra: list[Sweep] = field(default_factory=list)

    def named(self, *starts: str, side: int | None = None) -> list[Sweep]:
        """Return bones whose names start with one of ``starts``, of a side where one is given."""
        return [b for b in self.bones if b.name.startswith(starts) and side in (None, b.side)]


def build_body(person: Person) -> Body:
    """Return the healthy body of a person."""
    joints = place_joints(person)
    skull, matrix = build_skull(person)
    bones = [*skull, *build_spine(person), *build_ribs(person), *build_sternum(person),
             *build_shoulder_girdle(person, joints), *build_pelvis(person),
             *build_limbs(person, joints)]  # fmt: skip
    return Body(person=person, bones=bones, outline=build_outline(person, joints, matrix),
                lungs=build_lungs(person), points=joints, head_turn=matrix)  # fmt: skip


def place(body: Body) -> Body:
    """Return the body at its height, rolled about its long axis and askew on the table."""
    person = body.person
    matrix, pivot = _lie(person)
    points = {k: ((p - pivot) @ matrix.T + pivot) * person.scale for k, p in body.points.items()}
    moved = {name: lay_down(getattr(body, name), person)
             for name in ("bones", "outline", "extra", "lungs")}  # fmt: skip
    return replace(body, points=points, **moved)


def lay_down(solids: list[Sweep], person: Person) -> list[Sweep]:
    """Return solids of a body of 1.7 m where they lie once the person is placed."""
    matrix, pivot = _lie(person)
    return [_scaled(turned(solid, matrix, pivot), person.scale) for solid in solids]


def _lie(person: Person) -> tuple[np.ndarray, np.ndarray]:
    matrix = rotation(z_deg=person.roll) @ rotation(y_deg=person.skew)
    return matrix, np.array([0, -80, 800.0])


def _scaled(solid: Sweep, scale: float) -> Sweep:
    wall = None if solid.wall_mm is None else solid.wall_mm * scale
    return replace(solid, centre=solid.centre * scale, half_u=solid.half_u * scale,
                   half_v=solid.half_v * scale, wall_mm=wall)  # fmt: skip


def vary(bones: list[Sweep], rng: np.random.Generator, spread: float) -> None:
    """Make uptake of bones uneven: from bone to bone and, in waves, along each."""
    levels: dict[tuple[str, int], float] = {}
    for bone in bones:
        level = levels.setdefault((bone.name, bone.side), np.exp(rng.normal(0, spread)))
        n = len(bone.value)
        s = np.arange(n) * 3.0
        waves = sum(np.sin(s / rng.uniform(8, 40) + rng.uniform(0, 6)) for _ in range(2))
        bone.value *= level * np.exp(0.5 * spread * waves)


def extent(solids: list[Sweep], margin_mm: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and highest (x, y, z) of solids with a margin."""
    size = [np.maximum(s.half_u, s.half_v)[:, None] for s in solids]
    low = np.min([(s.centre - r).min(axis=0) for s, r in zip(solids, size, strict=True)], axis=0)
    high = np.max([(s.centre + r).max(axis=0) for s, r in zip(solids, size, strict=True)], axis=0)
    return low - margin_mm, high + margin_mm
