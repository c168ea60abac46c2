"""Rendering an FDG-PET case: a pure function from its specification to the study and the truth."""

from __future__ import annotations

import functools
import hashlib

from uptake_ml.phantom.body import Body, build_body
from uptake_ml.phantom.bones import Skeleton, load_skeleton
from uptake_ml.phantom.fdg_spec import FdgCaseSpec
from uptake_ml.phantom.fdg_tracer import paint_fdg
from uptake_ml.phantom.fdg_truth import (
    FdgTruth,
    place_points,
    region_map,
    tell_truth,
)
from uptake_ml.phantom.scanner import add_noise, sample
from uptake_ml.phantom.spec import OrganMove
from uptake_ml.phantom.truth import landmark_points
from uptake_ml.projections import project_views
from uptake_ml.study import FDG_PET, Study, Volume


def render_fdg(spec: FdgCaseSpec) -> tuple[Study, FdgTruth]:
    """Return the study that the specified case gives, in SUV, and its exact truth."""
    skeleton = load_skeleton()
    body = _body(spec, skeleton)
    painted = paint_fdg(spec, skeleton, body)
    sampling = sample(body.grid, spec.scanner)
    expected = sampling.image(painted.suv)
    truth = tell_truth(
        spec.label,
        painted.lesions,
        painted.true_suv,
        (sampling, expected, spec.scanner),
        diseases=spec.diseases,
        landmarks=place_points(landmark_points(skeleton, body), body, sampling),
        find_regions=functools.partial(region_map, painted.tissue, sampling),
        burden=painted.burden,
    )
    volume = Volume(values=add_noise(expected, spec.scanner), spacing_mm=spec.scanner.spacing_mm)
    identity = hashlib.sha256(spec.to_json().encode()).hexdigest()[:12]
    views = project_views(volume)
    return Study(id=identity, modality=FDG_PET, views=views, volume=volume), truth


def _body(spec: FdgCaseSpec, skeleton: Skeleton) -> Body:
    moves = tuple(
        OrganMove(tissue=tissue, side=None, shift_mm=(0.0, 0.0, 0.0), scale=scale)
        for tissue, scale in spec.organ_scale.items()
    )
    return build_body(
        skeleton,
        spec.person,
        voxel_mm=spec.voxel_mm,
        jitter=spec.grid_jitter,
        bladder_radius_mm=spec.bladder_radius_mm,
        absent_organs=spec.absent_organs,
        organ_moves=moves,
    )
