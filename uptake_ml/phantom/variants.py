"""What is normal and misleads: variants, urine, metal and missing parts, drawn from their table."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from uptake_ml.errors import SimulationError
from uptake_ml.phantom.bones import Skeleton
from uptake_ml.phantom.person import FEMALE, Person
from uptake_ml.phantom.spec import MarkSpec, OrganMove, SolidSpec, SpotSpec
from uptake_ml.phantom.tables import read_table
from uptake_ml.regions import LEFT, RIGHT


@dataclass(frozen=True, kw_only=True)
class VariantRow:
    """One row of ``data/variants.toml``, which explains the fields."""

    chance: float
    amount: float
    spread: float
    most: float
    size_mm: float
    size_spread: float
    source: str
    old: float = 0.0
    women: float = 1.0
    men: float = 1.0

    def chance_for(self, person: Person) -> float:
        """Return how likely a person of this sex and age has it."""
        aged = float(np.clip((person.age_years - 40) / 50, 0, 1))
        of_sex = self.women if person.sex == FEMALE else self.men
        return float(np.clip((self.chance + self.old * aged) * of_sex, 0, 1))


@functools.cache
def load_variants() -> Mapping[str, VariantRow]:
    """Return the table by name; raises SimulationError at an unknown key, source or variant."""
    table = read_table("variants.toml")
    sources = table.pop("sources")
    rows = {}
    for name, entry in table.items():
        try:
            rows[name] = VariantRow(**entry)
        except TypeError as error:
            raise SimulationError(
                f"data/variants.toml: {name}: unknown key or gap: {error}"
            ) from error
        if rows[name].source not in sources:
            raise SimulationError(
                f"data/variants.toml: {name} cites {entry['source']!r}, which is not among its "
                f"[sources]: {', '.join(sources)}"
            )
    return rows


@dataclass(kw_only=True)
class Variants:
    """What the variants of one case change; ``rng`` and ``person`` are what they are drawn from."""

    rng: np.random.Generator
    person: Person
    skeleton: Skeleton
    soft: Mapping[str, float]
    names: list[str] = field(default_factory=list)
    marks: list[MarkSpec] = field(default_factory=list)
    spots: list[SpotSpec] = field(default_factory=list)
    solids: list[SolidSpec] = field(default_factory=list)
    organ_moves: list[OrganMove] = field(default_factory=list)
    absent_organs: list[tuple[str, str | None]] = field(default_factory=list)
    soft_factor: dict[str, float] = field(default_factory=dict)
    bone_factor: dict[str, float] = field(default_factory=dict)
    joint_factor: dict[tuple[str, str, str], float] = field(default_factory=dict)
    bladder_radius_mm: float | None = None

    def amount(self, row: VariantRow) -> float:
        """Draw how much."""
        return float(min(row.amount * np.exp(self.rng.normal(0, row.spread)), row.most))

    def size_mm(self, row: VariantRow) -> float:
        """Draw how large, within a factor of two of the median."""
        factor = np.exp(np.clip(self.rng.normal(0, row.size_spread), -0.7, 0.7))
        return float(row.size_mm * factor)

    def side(self) -> str:
        """Draw a side."""
        return LEFT if self.rng.random() < 0.5 else RIGHT

    def sides(self, chance_of_both: float) -> tuple[str, ...]:
        """Draw one side or both."""
        return (LEFT, RIGHT) if self.rng.random() < chance_of_both else (self.side(),)

    def mark(
        self, row: VariantRow, kind: str, bone: str, place: tuple[float, float, float]
    ) -> None:
        """Add a mark at a place of a bone, in shares of its extent along its own axes."""
        self.marks.append(
            MarkSpec(
                kind=kind,
                bone=bone,
                at_mm=_nearest_inside(self.skeleton, bone, place),
                radius_mm=max(self.size_mm(row), 4.0),
                factor=self.amount(row),
            )
        )

    def spot(self, kind, anchor, offset_mm, radius_mm, total) -> None:
        """Add activity outside bone."""
        self.spots.append(
            SpotSpec(
                kind=kind,
                anchor=anchor,
                offset_mm=tuple(float(v) for v in offset_mm),
                radius_mm=float(radius_mm),
                total=float(total),
            )
        )

    def solid(self, kind, path, radii_mm, **properties) -> None:
        """Add a body of its own."""
        path = tuple((name, side, *(float(v) for v in d)) for name, side, *d in path)
        radii = tuple(float(v) for v in radii_mm)
        self.solids.append(SolidSpec(kind=kind, path=path, radii_mm=radii, **properties))


VariantDraw = Callable[[Variants, VariantRow], None]


def draw_variants(
    rng: np.random.Generator, person: Person, skeleton: Skeleton, soft: Mapping[str, float]
) -> Variants:
    """Draw which variants a person has; ``soft`` holds the concentrations of the soft tissues."""
    from uptake_ml.phantom import variants_of_bone, variants_of_organs, variants_of_things

    known = {**variants_of_bone.DRAW, **variants_of_organs.DRAW, **variants_of_things.DRAW}
    found = Variants(rng=rng, person=person, skeleton=skeleton, soft=soft)
    for name, row in load_variants().items():
        if rng.random() < row.chance_for(person):
            before = _size(found)
            known[name](found, row)
            if _size(found) != before:
                found.names.append(name)
    return found


def _size(found: Variants) -> tuple:
    return (
        len(found.marks), len(found.spots), len(found.solids), len(found.organ_moves),
        len(found.absent_organs), len(found.soft_factor),
        len(found.bone_factor), tuple(found.joint_factor.items()), found.bladder_radius_mm,
    )  # fmt: skip


def _nearest_inside(skeleton: Skeleton, name: str, place) -> tuple[float, float, float]:
    points = skeleton.bone(name).inside_points()
    low, high = points.min(axis=0), points.max(axis=0)
    wanted = low + np.array(place) * (high - low)
    return tuple(float(v) for v in points[((points - wanted) ** 2).sum(axis=1).argmin()])
