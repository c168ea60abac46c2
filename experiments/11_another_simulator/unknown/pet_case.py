"""Draw one FDG-PET of a person with a named disease, or with none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.framed.armature import SIDES, draw_person
from uptake_ml.phantom.framed.subject import LIMB_JOINTS, Body, build_body
from uptake_ml.phantom.framed.voxels import (
    Grid,
    add_extra,
    add_glows,
    enclose,
    filled,
    outline_distance,
    paint_bones,
    solid_distance,
)

from . import pet_focal as focal
from . import pet_joint as joint
from . import pet_marrow as marrow
from . import pet_normal as normal
from .pet_camera import Scanner, draw_scanner, scan
from .pet_organs import build_organs
from .pet_tracer import Sugar, draw_sugar, fill_marrow
from .solids import cover

VOXEL_MM = 3.8
_DISEASES = {
    "normal": normal.KINDS,
    "focal": focal.KINDS,
    "joint-symmetric": joint.KINDS,
    "marrow-diffuse": marrow.KINDS,
}
KINDS: dict[str, tuple[str, ...]] = {label: tuple(kinds) for label, kinds in _DISEASES.items()}


@dataclass(frozen=True, kw_only=True, eq=False)
class Pet:
    """A PET volume in SUV: axes from front to back, head to feet and right to left.

    ``landmarks`` maps (name, side or None) to (row, column) in the coronal projection; a landmark
    may lie outside the field of view.
    """

    suv: np.ndarray
    spacing_mm: tuple[float, float, float]
    landmarks: dict[tuple[str, str | None], tuple[float, float]]
    label: str
    kind: str


def draw_pet(rng: np.random.Generator, label: str, kind: str) -> Pet:
    """Return one case; all that varies comes from ``rng``.

    Raises
    ------
    ValueError
        If the label has no such kind.
    """
    if kind not in KINDS.get(label, ()):
        raise ValueError(f"no kind {kind!r} of label {label!r}; there are {KINDS}")
    disease = _DISEASES[label][kind]
    arms = "down" if rng.random() < disease.arms_down else "up"
    person = draw_person(rng, ages=disease.ages, bmis=disease.bmis, arms=arms)
    body = build_body(person)
    sugar = draw_sugar(rng, person)
    if disease.alter:
        disease.alter(sugar, rng)
    fill_marrow(body, sugar, rng)
    disease.add(body, sugar, rng)
    is_long = bool(rng.random() < disease.long)
    suv, scanner = _image(body, sugar, is_long, rng)
    return Pet(
        suv=suv,
        spacing_mm=scanner.spacing_mm,
        landmarks=_landmarks(body, scanner),
        label=label,
        kind=kind,
    )


def _field(body: Body, is_long: bool, rng) -> tuple[float, float]:
    """Return the heights between which is imaged."""
    scale = body.person.scale
    first = rng.uniform(-20, 0) if is_long or rng.random() < 0.55 else rng.uniform(70, 125)
    feet = max(body.points["mtp1", s][2] for s in (-1, 1)) + rng.uniform(40, 70)
    last = feet if is_long else rng.uniform(960, 1110) * scale
    return first * scale, float(last)


def _image(body: Body, sugar: Sugar, is_long: bool, rng) -> tuple[np.ndarray, Scanner]:
    first, last = _field(body, is_long, rng)
    organs = build_organs(body, sugar, rng)
    grid = enclose(body.outline, VOXEL_MM, 10, (first - 20, last + 20))
    skin = outline_distance(grid, body.outline)
    suv = _fill_flesh(grid, skin, body, sugar)
    for solid in organs:
        cover(grid, suv, solid)
    uptake, bone = paint_bones(grid, body.bones)
    add_glows(grid, uptake, bone, body.glows)
    suv = suv * (1 - bone) + uptake
    # The skull and the spine leave the brain, the cord and urine as they were.
    for solid in organs:
        if solid.name in ("brain", "nuclei", "cerebellum", "cord", "bladder"):
            add_extra(grid, suv, [solid])
    add_extra(grid, suv, body.extra)
    for solid in body.extra:
        if solid.name == "necrotic":
            cover(grid, suv, solid)
    inside = np.argwhere(skin < 0)
    low = grid.low + inside.min(axis=0)[::-1] * grid.voxel_mm
    high = grid.low + (inside.max(axis=0)[::-1] + 1) * grid.voxel_mm
    low[2], high[2] = first, last
    middle = body.frames["L1"].origin
    scanner = draw_scanner(rng, low, high, middle, body.person.bmi)
    k = body.person.scale
    return scan(grid, suv, scanner, (430 * k, 660 * k), rng), scanner


def _fill_flesh(grid: Grid, skin, body: Body, sugar: Sugar) -> np.ndarray:
    """Return SUV of skin, fat, muscle and lungs."""
    inside = filled(skin, grid.voxel_mm)
    fat_mm = max(3 + 1.1 * (body.person.bmi - 20), 3)
    deep = np.clip((-skin - fat_mm) / 6 + 0.5, 0, 1)
    suv = inside * (sugar.fat + (sugar.muscle - sugar.fat) * deep)
    suv += inside * 0.12 * np.clip(1 + skin / 4, 0, 1)
    for lung in body.lungs:
        found = solid_distance(grid, lung, grid.voxel_mm)
        if found:
            where, _, distance = found
            air = filled(distance, grid.voxel_mm)
            suv[where] += air * (sugar.lung - suv[where])
    return suv.astype(np.float32)


def _landmarks(body: Body, scanner: Scanner) -> dict[tuple[str, str | None], tuple[float, float]]:
    marks = {
        (name, None): scanner.pixel_of(body.points[name, 0]) for name in ("chin", "sacrum", "T12")
    }
    for name in LIMB_JOINTS:
        for side, sign in SIDES.items():
            marks[name, side] = scanner.pixel_of(body.points[name, sign])
    return marks
