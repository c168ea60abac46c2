"""Painting FDG into a body, in SUV: soft tissue, organs, marrow, then foci."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from uptake_ml import regions
from uptake_ml.phantom.body import Body
from uptake_ml.phantom.bones import Skeleton
from uptake_ml.phantom.fdg_foci import focus_activities
from uptake_ml.phantom.fdg_organs import LEFT_ATRIUM, RIGHT_LOBE, Places, organ_shapes
from uptake_ml.phantom.fdg_spec import FdgCaseSpec
from uptake_ml.phantom.fdg_tables import load_fdg_uptake
from uptake_ml.phantom.skeleton_names import bone_stem
from uptake_ml.phantom.soft_shapes import paint
from uptake_ml.phantom.tissue import FAT_CODE, TISSUE_CODES, look_up
from uptake_ml.phantom.tracer import Lesion, bone_texture

_LONG_BONES = ("femur", "humerus")
_REACH_EDGE = 0.05
_DEEP_MM = 2.0
_UPPER_END, _SHAFT_CORTEX_MM = 0.25, 4.0
_BREATH_FADE_MM = 60.0

_TISSUE_SUV = {
    "heart": "blood-pool",
    "liver": "liver",
    "lung": "lung",
    "kidney": "kidney",
    "bladder": "bladder",
    "breast": "breast",
    "brain": "brain-grey",
    "stomach": "mesentery",
    "bowel": "mesentery",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Painted:
    """A body with FDG: ``suv`` and ``tissue`` on its grid, what each lesion added, true means."""

    suv: np.ndarray
    tissue: np.ndarray
    lesions: list[Lesion]
    true_suv: dict[str, float]
    burden: float


def paint_fdg(spec: FdgCaseSpec, skeleton: Skeleton, body: Body) -> Painted:
    """Return the body's uptake in SUV before any scanner."""
    suv = look_up(_tissue_table(spec), body.tissue)
    tissue = body.tissue.copy()
    is_body = tissue > 0
    kinds = np.array([r.kind in (regions.BONE, regions.JOINT) for r in regions.REGIONS])
    for shape in organ_shapes(spec, body):
        box, filled = paint(suv, is_body, body.grid, shape)
        if shape.region is not None:
            part = tissue[box]
            free = ~np.append(kinds, np.zeros(256 - len(kinds), bool))[part]
            part[filled & free] = regions.INDEX[shape.region]
    _breathe(spec, body, suv)
    marrow = marrow_suv(spec, skeleton, body)
    flat, share = body.bones.flat, body.bones.occupancy
    line = suv.reshape(-1)
    line[flat] += share * (marrow - line[flat])
    true_suv = _true_means(spec, skeleton, body, suv, tissue)
    healthy_total = float((share * marrow).sum(dtype=np.float64))
    lesions = focus_activities(spec, skeleton, body, suv, tissue)
    lesion_total = sum(float(n.activity.sum(dtype=np.float64)) for n in lesions)
    return Painted(
        suv=suv,
        tissue=tissue,
        lesions=lesions,
        true_suv=true_suv,
        burden=lesion_total / (lesion_total + healthy_total),
    )


def _tissue_table(spec) -> np.ndarray:
    soft = spec.soft
    table = np.full(256, soft["muscle"], np.float32)
    for i, region in enumerate(regions.REGIONS[1:], start=1):
        table[i] = soft[_TISSUE_SUV.get(region.name, "muscle")]
    table[regions.INDEX["spleen", None]] = soft["spleen"]
    table[list(FAT_CODE.values())] = soft["fat"]
    table[TISSUE_CODES:] = 0
    table[0] = 0
    return table


def _breathe(spec, body: Body, suv: np.ndarray) -> None:
    """Smear the organs along the body where the diaphragm moves, bones not yet being there."""
    from scipy.ndimage import gaussian_filter1d

    grid = body.grid
    domes = [o.centre_mm[2] + 0.6 * o.radii_mm[2] for o in body.organs if o.tissue == "liver"]
    reach = 2.5 * _BREATH_FADE_MM
    _, z, _ = grid.axes_mm()
    rows = np.flatnonzero(np.abs(z - domes[0]) < reach)
    here = slice(rows[0], rows[-1] + 1)
    weight = np.exp(-(((z[here] - domes[0]) / _BREATH_FADE_MM) ** 2)).astype(np.float32)
    is_body = body.tissue[:, here] > 0
    sigma = spec.breathing_mm / grid.voxel_mm
    smeared = gaussian_filter1d(suv[:, here], sigma, axis=1, truncate=2.5)
    part = suv[:, here]
    part += weight[None, :, None] * is_body * (smeared - part)


def marrow_suv(spec: FdgCaseSpec, skeleton: Skeleton, body: Body) -> np.ndarray:
    """Return the SUV of every bone voxel: marrow under a cortex, in long bones red only above."""
    voxels, table = body.bones, load_fdg_uptake()["marrow"]
    level, cortex = np.zeros(256, np.float32), np.ones(256, np.float32)
    is_long = np.zeros(256, bool)
    for i, bone in enumerate(skeleton.bones):
        stem = bone_stem(bone.name)
        level[i] = spec.marrow[stem] * spec.bone_variation[bone.name]
        cortex[i] = table["part"][stem]["cortex_mm"]
        is_long[i] = stem in _LONG_BONES
    yellow = np.float32(spec.marrow["yellow"])
    marrow = level[voxels.bone]
    at = np.flatnonzero(is_long[voxels.bone])
    red = 1 / (1 + np.exp((voxels.along[at] - spec.marrow_reach) / _REACH_EDGE))
    marrow[at] = yellow + (marrow[at] - yellow) * red
    marrow *= bone_texture(body, seed=spec.texture_seed, texture=spec.texture)
    hull = np.float32(table["cortex_suv"])
    return hull + (marrow - hull) * np.clip(
        (voxels.depth_mm + body.grid.voxel_mm / 4) / cortex[voxels.bone], 0, 1
    )


def _true_means(spec, skeleton, body: Body, suv, tissue) -> dict[str, float]:
    """Return mean SUVs as painted; marrow is that of spongy bone, away from cortex and muscle."""
    at = Places(spec.person, body.pose.size_scale)
    spleen = next(o.centre_mm for o in body.organs if o.tissue == "spleen")
    means = {}
    # Measured as readers do: in a box well inside, away from the breathing dome.
    for name, centre, reach_mm in (
        ("liver", at(RIGHT_LOBE)[0], 20.0),
        ("spleen", spleen, 12.0),
        ("blood-pool", at(LEFT_ATRIUM)[0], 8.0),
    ):
        means[name] = _mean(suv[body.grid.box(centre - reach_mm, centre + reach_mm)])
    means["muscle"] = _mean(suv[tissue == regions.INDEX["leg-soft-tissue", None]])
    marrow, bones = suv.reshape(-1)[body.bones.flat], body.bones
    stems = np.array([bone_stem(b.name) for b in skeleton.bones])[bones.bone]
    deep = bones.depth_mm > _DEEP_MM
    for stem in ("lumbar-spine", "thoracic-spine", "pelvis", "sternum", *_LONG_BONES):
        near = bones.along < _UPPER_END if stem in _LONG_BONES else True
        means[f"{stem.removesuffix('-spine')}-marrow"] = _mean(
            marrow[(stems == stem) & deep & near]
        )
    shaft = (bones.depth_mm > _SHAFT_CORTEX_MM) & (abs(bones.along - 0.5) < 0.15)
    means["femoral-shaft"] = _mean(marrow[(stems == "femur") & shaft])
    return means


def _mean(values: np.ndarray) -> float:
    return float(values.mean(dtype=np.float64))
