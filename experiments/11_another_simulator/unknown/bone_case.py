"""Draw one planar bone scan of a person with a named disease, or with none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import bone_diffuse as diffuse
from . import bone_focal as focal
from . import bone_joint as joint
from . import bone_normal as normal
from .armature import SIDES, draw_person
from .bone_tracer import Tracer, add_wear, draw_tracer, set_healthy
from .bone_urine import build_injection, build_urine
from .photons import GammaCamera, draw_camera, expose
from .subject import LIMB_JOINTS, Body, build_body
from .voxels import (
    Grid,
    add_extra,
    add_glows,
    enclose,
    filled,
    outline_distance,
    paint_bones,
    solid_distance,
)

VOXEL_MM = 3.3
_DISEASES = {
    "normal": normal.KINDS,
    "focal": focal.KINDS,
    "diffuse": diffuse.KINDS,
    "joint-symmetric": joint.KINDS,
}
KINDS: dict[str, tuple[str, ...]] = {label: tuple(kinds) for label, kinds in _DISEASES.items()}


@dataclass(frozen=True, kw_only=True, eq=False)
class Planar:
    """Both views in counts, float32 [row, column], head first; landmarks in the anterior view.

    Anterior: the patient's right is at the image's left. Posterior: the left is at the left.
    ``landmarks`` maps (name, side or None) to (row, column).
    """

    views: dict[str, np.ndarray]
    pixel_mm: float
    landmarks: dict[tuple[str, str | None], tuple[float, float]]
    label: str
    kind: str


def draw_planar(rng: np.random.Generator, label: str, kind: str) -> Planar:
    """Return one case; all that varies comes from ``rng``.

    Raises
    ------
    ValueError
        If the label has no such kind.
    """
    if kind not in KINDS.get(label, ()):
        raise ValueError(f"no kind {kind!r} of label {label!r}; there are {KINDS}")
    disease = _DISEASES[label][kind]
    person = draw_person(rng, ages=disease.ages, bmis=disease.bmis)
    body = build_body(person)
    set_healthy(body, rng)
    tracer = draw_tracer(rng, person)
    add_wear(body, rng, much=disease.wear)
    disease.add(body, tracer, rng)
    body.extra += [*build_urine(body, tracer, rng), *build_injection(body, rng)]
    views, camera = _expose(body, tracer, rng)
    return Planar(
        views=views,
        pixel_mm=camera.pixel_mm,
        label=label,
        kind=kind,
        landmarks=_landmarks(body, camera),
    )


def _expose(body: Body, tracer: Tracer, rng) -> tuple[dict[str, np.ndarray], GammaCamera]:
    grid = enclose([*body.outline, *body.bones], VOXEL_MM, 12)
    coarse = grid.coarser(2)
    skin = outline_distance(coarse, body.outline)
    soft, density = _fill_flesh(coarse, skin, body, tracer, rng)
    uptake, bone = paint_bones(grid, body.bones)
    add_glows(grid, uptake, bone, body.glows)
    add_extra(grid, uptake, body.extra)
    n = coarse.shape
    density += 0.55 * bone.reshape(n[0], 2, n[1], 2, n[2], 2).mean(axis=(1, 3, 5))
    where = np.argwhere(skin < 0)
    low = coarse.low + where.min(axis=0)[::-1] * coarse.voxel_mm
    high = coarse.low + (where.max(axis=0)[::-1] + 1) * coarse.voxel_mm
    camera = draw_camera(rng, low, high)
    return expose([(grid, uptake), (coarse, soft)], coarse, density, camera, rng), camera


def _fill_flesh(
    coarse: Grid, skin, body: Body, tracer: Tracer, rng
) -> tuple[np.ndarray, np.ndarray]:
    """Return uptake and density of soft tissue: fat under the skin, lungs, liver and heart."""
    inside = filled(skin, coarse.voxel_mm)
    fat_mm = max(4 + 1.3 * (body.person.bmi - 20), 4)
    depth = np.clip((-skin - fat_mm) / 8 + 0.5, 0, 1)
    soft = inside * np.float32(tracer.soft) * (tracer.fat_share + (1 - tracer.fat_share) * depth)
    density = inside.copy()
    for lung in body.lungs:
        where, _, distance = solid_distance(coarse, lung, coarse.voxel_mm)
        air = filled(distance, coarse.voxel_mm)
        soft[where] *= 1 - 0.45 * air
        density[where] *= 1 - 0.7 * air
    root = body.frames["root"]
    for centre, radii, gain in (
        ((-62, -12, 540), (78, 74, 56), 0.35),
        ((28, -44, 470), (46, 42, 56), 0.3),
        ((88, 40, 545), (26, 36, 46), 0.2),
    ):
        egg = root.egg(centre, radii)
        where, points = coarse.block(*egg.bounds())
        more = gain + tracer.pooled.get("liver", 0) if centre[0] < 0 else gain
        soft[where] *= 1 + filled(egg.distance(points), coarse.voxel_mm) * more * rng.uniform(
            0.2, 1
        )
    return soft, density


def _landmarks(
    body: Body, camera: GammaCamera
) -> dict[tuple[str, str | None], tuple[float, float]]:
    marks = {(name, None): camera.pixel_of(body.points[name, 0]) for name in ("chin", "sacrum")}
    for name in LIMB_JOINTS:
        for side, sign in SIDES.items():
            marks[name, side] = camera.pixel_of(body.points[name, sign])
    return marks
