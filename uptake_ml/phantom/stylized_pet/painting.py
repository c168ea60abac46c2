"""Painting FDG into the stylized body, in SUV: soft tissue, marrow, normal spots, then lesions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from uptake_ml.phantom.fdg_spec import ScannerSpec
from uptake_ml.phantom.stylized.body import draw_grid, fill_body
from uptake_ml.phantom.stylized.person import SIDES, Person
from uptake_ml.phantom.stylized.raster import VOXEL_MM, Grid, Shape, capsule
from uptake_ml.phantom.stylized_pet.lesions import Focus
from uptake_ml.phantom.stylized_pet.levels import Marrow
from uptake_ml.phantom.stylized_pet.scanner import MARGIN_MM
from uptake_ml.phantom.stylized_pet.truth import true_means
from uptake_ml.phantom.tracer import Lesion

# What bone is painted over; all other organs are brighter than the bone that they touch.
_UNDER_BONE = ("lung", "liver", "spleen", "blood", "brain")
_REPLACING = ("lung", "liver", "spleen")
# Shapes of the spine fainter than this stand for discs and joints between vertebrae.
_DISC_WEIGHT = 0.7
# Bodies of vertebrae are drums with discs between them: lower than the skeleton's ellipsoids, their
# ends filled by one above and one below the middle.
_BODY_HEIGHT, _END_HEIGHT, _END_AWAY = 0.88, 0.62, 0.4
_WING_RADII_MM = (4.5, 8)
# Pieces of the skeleton's long bones: those of the upper end, and the shaft.
_RED_LIMBS = (("femur", (0, 1, 2), 3), ("humerus", (0,), 2))
_TEXTURE_STEP_MM = 22.0
_LEAST_BMI = 14.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Patient:
    """Everything that a stylized FDG-PET is made of; no randomness is left.

    ``spots`` are solids that are normal, and their SUV; ``lean_share`` is the part of the body mass
    index that is not fat under the skin, ``disc_share`` the uptake of discs over vertebrae,
    ``texture`` the s.d. of the logarithm of the uptake's unevenness, ``jitter`` where the grid
    begins, in voxels (x, y, z).
    """

    seed: int
    label: str
    person: Person
    levels: Mapping[str, float]
    marrow: Marrow
    bones: Sequence[Shape]
    bone_suv: Mapping[str, float]
    organs: Sequence[Shape]
    spots: Sequence[tuple[Shape, float]]
    foci: Sequence[Focus]
    lean_share: float
    disc_share: float
    texture: float
    texture_seed: int
    jitter: np.ndarray
    scanner: ScannerSpec

    @property
    def hip_y_mm(self) -> float:
        """Return how far below the vertex the hips lie; the field is measured from there."""
        return float(self.person.points["hip", "left"][1])


@dataclass(frozen=True, kw_only=True, eq=False)
class Painting:
    """``suv`` (plane, row, column) on the grid, what each lesion added, mean SUVs before them."""

    grid: Grid
    suv: np.ndarray
    lesions: Sequence[Lesion]
    true_suv: Mapping[str, float]


def paint_patient(patient: Patient) -> Painting:
    """Return the patient's uptake in SUV before any scanner, as far as the field goes."""
    grid = _field_grid(patient)
    body = fill_body(patient.person, grid)
    suv = _paint_healthy(patient, grid, body)
    suv *= _texture(patient, grid)
    true_suv = true_means(grid, suv, patient.bones, patient.organs)
    true_suv["muscle"] = patient.levels["muscle"]
    inside = body > 0
    lesions = [_paint_focus(grid, suv, inside, focus) for focus in patient.foci]
    return Painting(
        grid=grid,
        suv=suv,
        lesions=[n for n in lesions if n is not None],
        true_suv=true_suv,
    )


def _field_grid(patient: Patient) -> Grid:
    whole, scanner = draw_grid(patient.person), patient.scanner
    low = whole.origin + VOXEL_MM * patient.jitter
    high = np.array([whole.axis(number)[-1] for number in range(3)])
    low[1] = max(low[1], patient.hip_y_mm - scanner.top_mm - MARGIN_MM)
    high[1] = min(high[1], patient.hip_y_mm - scanner.bottom_mm + MARGIN_MM)
    return Grid(low, high)


def _paint_healthy(patient: Patient, grid: Grid, body: np.ndarray) -> np.ndarray:
    levels, organs = patient.levels, patient.organs
    suv = _fill_soft(patient, grid, body)
    # The lungs go first, what lies in them over them.
    for shape in sorted(organs, key=lambda s: s.name != "lung"):
        if shape.name in _UNDER_BONE:
            is_over = shape.name in _REPLACING
            grid.paint(suv, shape, levels[shape.name] * shape.weight, over=is_over)
    _paint_bones(patient, grid, suv)
    for shape in organs:
        if shape.name not in (*_UNDER_BONE, "ureter"):
            grid.paint(suv, shape, levels[shape.name] * shape.weight)
    for shape, value in patient.spots:
        grid.paint(suv, shape, value)
    return suv


def _fill_soft(patient: Patient, grid: Grid, body: np.ndarray) -> np.ndarray:
    """Return muscle under fat: the body of the same person without the fat under the skin."""
    muscle, fat = patient.levels["muscle"], patient.levels["fat"]
    lean = replace(patient.person, bmi=max(patient.lean_share * patient.person.bmi, _LEAST_BMI))
    suv = fill_body(lean, grid)
    suv *= np.float32(muscle - fat)
    suv += np.float32(fat) * body
    return suv


def _paint_bones(patient: Patient, grid: Grid, suv: np.ndarray) -> None:
    """Paint marrow over what lies there: discs first, then bones, then the limbs' red marrow."""
    bones = [*patient.bones, *_wing_gaps(patient.bones)]
    for shape in sorted(bones, key=lambda b: not _is_disc(b)):
        if shape.name in patient.bone_suv:
            share = patient.disc_share if _is_disc(shape) else 1.0
            for solid in _as_drum(shape):
                grid.paint(suv, solid, share * patient.bone_suv[shape.name], over=True)
    _paint_red_limbs(patient, grid, suv)


def _paint_red_limbs(patient: Patient, grid: Grid, suv: np.ndarray) -> None:
    """Paint the red marrow of the upper ends of femora and humeri, and as far as it goes down."""
    marrow = patient.marrow
    value = marrow.limb_share * marrow.spine_suv
    for side in SIDES:
        for bone, upper, shaft in _RED_LIMBS:
            pieces = [b for b in patient.bones if b.name == f"{bone}:{side}"]
            for number in upper:
                grid.paint(suv, pieces[number], value)
            top, end, (radius, _) = pieces[shaft].a, pieces[shaft].b, pieces[shaft].radii
            reach = top + marrow.limb_reach * (end - top)
            grid.paint(suv, capsule("marrow", top, reach, radius, 0.7 * radius), value)


def _wing_gaps(bones: Sequence[Shape]) -> list[Shape]:
    """Return rays between those that the skeleton makes the wings of the ilium of."""
    found = []
    for side in SIDES:
        rays = [b for b in bones if b.name == f"pelvis:{side}" and b.radii == _WING_RADII_MM]
        for one, other in pairwise(rays):
            found.append(replace(one, a=(one.a + other.a) / 2, b=(one.b + other.b) / 2))
    return found


def _as_drum(shape: Shape) -> list[Shape]:
    if not shape.name.startswith("vertebra") or shape.b is not None:
        return [shape]
    wide, tall, deep = shape.radii * np.array([1, _BODY_HEIGHT, 1])
    up, radii = np.array([0, _END_AWAY * tall, 0]), (wide, _END_HEIGHT * tall, deep)
    middle = replace(shape, radii=(wide, tall, deep))
    return [middle, *(replace(shape, a=shape.a + way, radii=radii) for way in (-up, up))]


def _is_disc(shape: Shape) -> bool:
    return shape.name.startswith("vertebra") and shape.weight < _DISC_WEIGHT


def _texture(patient: Patient, grid: Grid) -> np.ndarray:
    """Return what multiplies each voxel, float32: smooth, about 1."""
    rng = np.random.default_rng(patient.texture_seed)
    knots = [int(n * VOXEL_MM / _TEXTURE_STEP_MM) + 2 for n in grid.shape]
    field = np.exp(patient.texture * rng.standard_normal(knots)).astype(np.float32)
    planes, rows, columns = (_stretch(*ends) for ends in zip(grid.shape, knots, strict=True))
    return np.tensordot(planes, np.matmul(rows, field @ columns.T), axes=1)


def _stretch(size: int, knots: int) -> np.ndarray:
    """Return the weights (size, knots) of linear interpolation between knots."""
    apart = np.arange(size)[:, None] * VOXEL_MM / _TEXTURE_STEP_MM - np.arange(knots)
    return np.maximum(1 - np.abs(apart), 0).astype(np.float32)


def _paint_focus(grid: Grid, suv: np.ndarray, inside: np.ndarray, focus: Focus) -> Lesion | None:
    """Paint a lesion and return what it adds, None where that is nothing in the field."""
    box = grid.box([shape for shape, _ in focus.solids])
    before = suv[box].copy()
    for shape, value in focus.solids:
        grid.paint(suv, shape, value)
    added = (suv[box] - before) * inside[box]
    suv[box] = before + added
    if not added.any():
        return None
    return Lesion(
        disease=focus.disease,
        region=focus.region,
        centre_mm=focus.centre_mm,
        radius_mm=focus.radius_mm,
        uptake=focus.suv,
        origin=tuple(s.start for s in box),
        activity=added,
    )
