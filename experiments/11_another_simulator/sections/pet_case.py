"""FDG-PET cases drawn from stacked cross-sections, with their landmarks."""

from dataclasses import dataclass

import numpy as np

from . import focal, joints, marrow, normal
from .body import draw_field, new_grid, paint_body
from .kind import Kind
from .person import SIDES, Person, draw_person
from .scanner import breathe, draw_scanner, mottle, scan
from .scene import Scene
from .skeleton import vertebra
from .uptake import draw_uptake
from .variants import incidental
from .viscera import dome_z

_TABLES = {
    "normal": normal.KINDS,
    "focal": focal.KINDS,
    "joint-symmetric": joints.KINDS,
    "marrow-diffuse": marrow.KINDS,
}
KINDS: dict[str, tuple[str, ...]] = {label: tuple(table) for label, table in _TABLES.items()}
LESION_RISE_SUV = 1.2  # what a lesion adds at least, in so large a volume, to be seen
LEAST_LESION_MM3 = 900.0
Landmarks = dict[tuple[str, str | None], tuple[float, float]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Pet:
    """One simulated volume.

    `suv` has the axes front to back, head to feet, patient's right to left; `landmarks` maps
    (name, side) to (row, column) in voxels of the coronal projection and may lie outside.
    """

    suv: np.ndarray
    spacing_mm: tuple[float, float, float]
    landmarks: Landmarks
    label: str
    kind: str


def draw_pet(rng: np.random.Generator, label: str, kind: str) -> Pet:
    """A random case of a kind.

    Raises
    ------
    ValueError
        If there is no such label or the label has no such kind.
    """
    if kind not in KINDS.get(label, ()):
        known = {name: list(kinds) for name, kinds in KINDS.items()}
        raise ValueError(f"unknown kind {kind!r} of label {label!r}; choose from {known}")
    plan = _TABLES[label][kind]
    person = draw_person(rng, age=plan.age, female=plan.female, arms_up=plan.arms_up)
    uptake = draw_uptake(rng, person)
    plan.prepare(rng, person, uptake)
    low, high = draw_field(rng, person, plan)
    scene = Scene(new_grid(rng, low, high), person, uptake, rng)
    paint_body(scene)
    incidental(scene)
    _paint_disease(scene, plan, is_healthy=label == "normal")
    grid, scanner = scene.grid, draw_scanner(rng)
    mottle(rng, grid.suv, rng.uniform(0.03, 0.09))
    breathe(grid.suv, grid.axes[1], dome_z(scene), scanner.breath_mm)
    suv = scan(rng, grid.suv, grid.voxel_mm, scanner)
    return Pet(
        suv=suv,
        spacing_mm=scanner.voxel_mm,
        landmarks=_landmarks(person, low, scanner.voxel_mm),
        label=label,
        kind=kind,
    )


def _paint_disease(scene: Scene, plan: Kind, *, is_healthy: bool) -> None:
    """Paint what the kind adds; a disease that fell outside the field is drawn again."""
    before = None if is_healthy else scene.grid.suv.copy()
    for _ in range(6):
        plan.paint(scene)
        if before is None or not plan.has_lesions:
            return
        changed = np.count_nonzero(scene.grid.suv - before > LESION_RISE_SUV)
        if changed * scene.grid.voxel_mm**3 > LEAST_LESION_MM3:
            return


def _landmarks(person: Person, low: np.ndarray, voxel_mm: tuple[float, float, float]) -> Landmarks:
    sacrum = person.put((50, float(person.z(0.452)), 0))
    chin = person.put((-60, float(person.z(0.134)), 0))
    points = {("chin", None): chin, ("sacrum", None): sacrum}
    points["T12", None] = person.put(vertebra(person, "T12"))
    for side in SIDES:
        for name in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle"):
            points[name, side] = person.joint(name, side)
    return {
        key: tuple(float((p[k] - low[k]) / voxel_mm[k] - 0.5) for k in (1, 2))
        for key, p in points.items()
    }
