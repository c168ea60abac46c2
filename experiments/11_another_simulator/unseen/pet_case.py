"""Draw one FDG-PET of a person with a named disease, or with none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from . import pet_focal as focal
from . import pet_joint as joint
from . import pet_normal as normal
from .body import LIMB_JOINTS, build_body, extent, place
from .grid import Grid, open_grid, paint
from .person import SIDES, draw_person
from .pet_organs import (
    build_belly,
    build_chest,
    build_head,
    build_urinary,
    coat_outline,
    fill_marrow,
)
from .pet_scanner import Scanner, corner_mm, draw_scanner, scan
from .pet_uptake import Uptake, alter, draw_uptake

VOXEL_MM = 4.0
_DISEASES = {
    "normal": {
        "plain": normal.add_nothing,
        "brown-fat": normal.add_brown_fat,
        "muscle": normal.add_exercise,
        "metformin-bowel": normal.add_nothing,
        "heart": normal.add_nothing,
        "reactive-nodes": normal.add_reactive_nodes,
        "exercise": normal.add_exercise,
    },
    "focal": {
        "lymphoma": focal.add_lymphoma,
        "lung-cancer": focal.add_lung_cancer,
        "bone-metastases": focal.add_bone_metastases,
        "liver-metastases": focal.add_liver_metastases,
        "limb-sarcoma": focal.add_limb_sarcoma,
        "melanoma": focal.add_melanoma,
        "colon-tumour": focal.add_colon_tumour,
        "head-neck-tumour": focal.add_head_neck_tumour,
    },
    "joint-symmetric": {
        "polymyalgia": joint.add_polymyalgia,
        "rheumatoid-arthritis": joint.add_rheumatoid_arthritis,
        "spondylarthritis": joint.add_spondylarthritis,
    },
    # Marrow is altered with the organs' uptake, in ``pet_uptake``.
    "marrow-diffuse": dict.fromkeys(
        ("growth-factor", "anaemia", "leukaemia", "sepsis"), normal.add_nothing
    ),
}
KINDS: dict[str, tuple[str, ...]] = {label: tuple(kinds) for label, kinds in _DISEASES.items()}
# How often a kind is imaged from head to feet, and with the arms beside the body.
_LONG = {"limb-sarcoma": 0.6, "melanoma": 0.75, "rheumatoid-arthritis": 0.85, "leukaemia": 0.4}
_ARMS_DOWN = {"rheumatoid-arthritis": 0.8, "head-neck-tumour": 0.7, "melanoma": 0.5}


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
    arms = "up" if rng.random() > _ARMS_DOWN.get(kind, 0.35) else "sides"
    ages = (18, 45) if kind == "brown-fat" else (55, 88) if kind == "polymyalgia" else (22, 82)
    person = draw_person(
        rng, ages=ages, bmis=(18, 25) if kind == "brown-fat" else (18, 36), arms=arms
    )
    uptake = alter(draw_uptake(rng, person.age), kind, rng)
    body = build_body(person)
    _DISEASES[label][kind](body, rng)
    is_long = bool(rng.random() < _LONG.get(kind, 0.15))
    return _image(body, uptake, is_long, rng, label, kind)


def _image(body, uptake: Uptake, is_long: bool, rng, label: str, kind: str) -> Pet:
    organs = [*build_chest(uptake, rng), *build_belly(uptake, rng), *build_head(body, uptake, rng)]
    urinary = build_urinary(body, uptake, rng)
    bones = fill_marrow(body, uptake, rng)
    # A body is placed three times, for its layers differ in how they are painted.
    placed = place(replace(body, outline=coat_outline(body, uptake), bones=bones))
    covers = place(replace(body, outline=[], bones=urinary, extra=organs))
    low, high = extent(placed.outline, 8)
    depth = (float(low[1]) - 25, float(high[1]) + 45)
    scanner = draw_scanner(rng, body.person.scale, depth, is_long=is_long)
    low[2], high[2] = max(low[2], scanner.first_mm - 16), min(high[2], scanner.last_mm + 16)
    grid = open_grid(low, high, VOXEL_MM)
    paint(grid, placed.outline, covers=False, stride=2)
    paint(grid, placed.lungs, covers=True, scale=uptake.lung, stride=2)
    paint(grid, covers.extra, covers=True, stride=2)
    paint(grid, placed.bones, covers=False)
    paint(grid, covers.bones, covers=True)
    paint(grid, placed.extra, covers=False)
    _cool_cores(grid, placed.extra)
    return Pet(suv=scan(grid, scanner, rng), spacing_mm=scanner.spacing_mm, label=label, kind=kind,
               landmarks=_landmarks(placed.points, scanner))  # fmt: skip


def _cool_cores(grid: Grid, solids: list) -> None:
    """Paint hollow masses once more so that their dead middles cover what lay there."""
    paint(grid, [s for s in solids if s.name == "tumour" and s.core < 1], covers=True)


def _landmarks(points: dict, scanner: Scanner) -> dict[tuple[str, str | None], tuple[float, float]]:
    _, row_mm, column_mm = scanner.spacing_mm
    _, top, left = corner_mm(scanner)

    def at(point: np.ndarray) -> tuple[float, float]:
        return float((point[2] - top) / row_mm - 0.5), float((point[0] - left) / column_mm - 0.5)

    marks = {(name, None): at(points[name, 0]) for name in ("chin", "sacrum", "T12")}
    for name in LIMB_JOINTS:
        for side, sign in SIDES.items():
            marks[name, side] = at(points[name, sign])
    return marks


def write_volume(case: Pet, path: Path) -> None:
    """Write the volume as NIfTI in SUV, its axes running to the left, the back and the feet.

    World coordinates grow to the right, the front and the head (RAS+), as NIfTI asks.
    """
    import nibabel

    # Stored as (right to left, front to back, head to feet); RAS+ grows to right, front and head.
    stored = np.ascontiguousarray(case.suv.transpose(2, 0, 1))
    plane_mm, row_mm, column_mm = case.spacing_mm
    affine = np.diag([-column_mm, -plane_mm, -row_mm, 1.0])
    affine[:3, 3] = 0.5 * np.array([column_mm, plane_mm, row_mm]) * (np.array(stored.shape) - 1)
    image = nibabel.Nifti1Image(stored.astype(np.float32), affine)
    image.header.set_xyzt_units("mm")
    nibabel.save(image, path)
