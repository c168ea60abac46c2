"""Rendering a case: a pure function from its specification to the study and the truth."""

from __future__ import annotations

import dataclasses
import functools
import hashlib

import numpy as np

from uptake_ml.errors import SimulationError
from uptake_ml.phantom.body import build_body
from uptake_ml.phantom.bones import load_skeleton
from uptake_ml.phantom.camera import PlanarCamera, acquire, expose, load_camera
from uptake_ml.phantom.distortion import Distortion, draw_distortion
from uptake_ml.phantom.fdg_rendering import render_fdg
from uptake_ml.phantom.fdg_spec import FdgCaseSpec
from uptake_ml.phantom.joint_uptake import arthritis_activities, joint_factors
from uptake_ml.phantom.projector import Projector
from uptake_ml.phantom.solids import attenuate, fill, find_anchors
from uptake_ml.phantom.spec import CameraSpec, CaseSpec
from uptake_ml.phantom.swelling import swelling_activities
from uptake_ml.phantom.tracer import (
    add_spots,
    bone_concentration,
    lesion_activities,
    soft_activity,
)
from uptake_ml.phantom.truth import (
    LesionTruth,
    Truth,
    ViewTruth,
    describe_lesion,
    landmark_points,
    place_landmarks,
    region_maps,
    visible_label,
    visible_superimposed,
)
from uptake_ml.study import BONE_SCAN, COUNTS, Study, View


def render(spec: CaseSpec | FdgCaseSpec) -> tuple[Study, Truth]:
    """Return the study that the specified case gives (in counts, or SUV) and its exact truth."""
    if isinstance(spec, FdgCaseSpec):
        return render_fdg(spec)
    if spec.modality != BONE_SCAN:
        raise SimulationError(
            f"a {BONE_SCAN} or FDG specification can be rendered, found {spec.modality!r}"
        )
    skeleton = load_skeleton()
    body = build_body(
        skeleton,
        spec.person,
        voxel_mm=spec.voxel_mm,
        jitter=spec.grid_jitter,
        bladder_radius_mm=spec.bladder_radius_mm,
        absent_organs=spec.absent_organs,
        organ_moves=spec.organ_moves,
    )
    camera = _camera(spec.camera)
    anchors = find_anchors(skeleton, body)
    mu_per_cm = body.attenuation_per_cm() * np.float32(spec.attenuation_factor)
    attenuate(mu_per_cm, spec.solids, body, anchors)
    projector = Projector(mu_per_cm, voxel_mm=spec.voxel_mm, camera=camera)
    activity, lesions, burden = _paint(spec, skeleton, body, anchors)
    exposure = expose(projector.project(activity), camera)
    expected = {v: _scanned(image, spec.camera) for v, image in exposure.expected.items()}
    scanned_rows = (spec.camera.first_row, spec.camera.last_row)
    truths, masks = [], []
    for number, lesion in enumerate(lesions, start=1):
        patches = projector.project_box(lesion.activity, lesion.origin)
        truth, mask = describe_lesion(
            number, lesion, patches, expected, exposure.counts_per_unit, scanned_rows
        )
        truths.append(truth)
        masks.append(mask)
    landmarks = place_landmarks(
        landmark_points(skeleton, body), body, projector, scanned_rows, camera.columns
    )
    find_maps = functools.cache(functools.partial(region_maps, body, projector))
    views = {
        v: ViewTruth(
            find_regions=lambda v=v: _scanned(find_maps()[v], spec.camera),
            landmarks=landmarks[v],
            lesion_map=_lesion_map(masks, v, expected[v].shape),
        )
        for v in expected
    }
    shape = draw_distortion(
        spec.distortion_seed, spec.distortion_mm, (camera.rows, camera.columns), camera.pixel_mm
    )
    if shape is not None:
        expected = {v: _scanned(shape.image(i, v), spec.camera) for v, i in expected.items()}
        views = {v: _distorted(truth, v, shape, spec.camera) for v, truth in views.items()}
        truths = [_moved(truth, shape) for truth in truths]
    label = visible_label(spec.label, truths)
    truth = Truth(
        label=label,
        drawn_label=spec.label,
        diseases=spec.diseases,
        burden=burden,
        lesions=tuple(truths),
        views=views,
        superimposed=visible_superimposed(label, truths),
    )
    return _study(spec, expected), truth


def _distorted(truth: ViewTruth, view: str, shape: Distortion, camera: CameraSpec) -> ViewTruth:
    def place(mark):
        moved = None if mark is None else shape.point(mark, view)
        is_inside = (
            moved is not None
            and camera.first_row <= moved[0] < camera.last_row
            and 0 <= moved[1] < camera.columns
        )
        return moved if is_inside else None

    return ViewTruth(
        find_regions=lambda: _scanned(shape.image(truth.regions, view, order=0), camera),
        landmarks={name: place(mark) for name, mark in truth.landmarks.items()},
        lesion_map=_scanned(shape.image(truth.lesion_map, view, order=0), camera),
    )


def _moved(lesion: LesionTruth, shape: Distortion) -> LesionTruth:
    places = {view: shape.point(place, view) for view, place in lesion.place.items()}
    return dataclasses.replace(lesion, place=places)


def _paint(spec, skeleton, body, anchors):
    bone = bone_concentration(spec, skeleton, body)
    factors = joint_factors(spec, body)
    healthy = bone * factors.healthy
    activity = soft_activity(spec, body)
    swellings = swelling_activities(spec, body, activity)
    flat, occupancy = body.bones.flat, body.bones.occupancy
    line = activity.reshape(-1)
    line[flat] = line[flat] * (1 - occupancy) + healthy * occupancy
    skeleton_total = float((healthy * occupancy).sum(dtype=np.float64))
    lesions = [
        *lesion_activities(spec, skeleton, body, healthy),
        *arthritis_activities(factors, body, bone),
        *swellings,
    ]
    lesion_total = 0.0
    for lesion in lesions:
        box = tuple(
            slice(o, o + n) for o, n in zip(lesion.origin, lesion.activity.shape, strict=True)
        )
        activity[box] += lesion.activity
        lesion_total += float(lesion.activity.sum(dtype=np.float64))
    add_spots(spec, body, activity, anchors)
    fill(activity, spec.solids, body, anchors)
    return activity, lesions, lesion_total / (skeleton_total + lesion_total)


def _camera(wanted: CameraSpec) -> PlanarCamera:
    camera = load_camera(wanted.camera)
    heads = {
        name: dataclasses.replace(
            head,
            distance_mm=distance,
            shift_mm=shift,
            is_contour_following=wanted.is_contour_following and name == "anterior",
            nonuniformity=tuple(wanted.nonuniformity),
        )
        for name, head, distance, shift in (
            ("anterior", camera.anterior, wanted.anterior_distance_mm, wanted.shift_mm),
            # Seen from behind, a shift to the image's right is one to its left.
            (
                "posterior",
                camera.posterior,
                wanted.posterior_distance_mm,
                (wanted.shift_mm[0], -wanted.shift_mm[1]),
            ),
        )
    }
    return dataclasses.replace(
        camera,
        **heads,
        collimator=dataclasses.replace(
            camera.collimator,
            hole_length_mm=camera.collimator.hole_length_mm * wanted.hole_length_factor,
        ),
        intrinsic_fwhm_mm=wanted.intrinsic_fwhm_mm,
        pixel_mm=wanted.pixel_mm,
        rows=wanted.rows,
        columns=wanted.columns,
        total_counts=wanted.total_counts,
        scatter_to_primary_per_100mm=wanted.scatter_to_primary_per_100mm,
        scatter_decay_mm=wanted.scatter_decay_mm,
        background_share=wanted.background_share,
    )


def _scanned(image: np.ndarray, wanted: CameraSpec) -> np.ndarray:
    """Return the image with nothing outside the rows that the scan covered."""
    out = np.zeros_like(image)
    rows = slice(wanted.first_row, wanted.last_row)
    out[rows] = image[rows]
    return out


def _lesion_map(masks, view, shape) -> np.ndarray:
    out = np.zeros(shape, np.uint8)
    for number, mask in enumerate(masks, start=1):
        if view in mask:
            inside, (top, left) = mask[view]
            part = out[top : top + inside.shape[0], left : left + inside.shape[1]]
            part[inside] = number
    return out


def _study(spec: CaseSpec, expected) -> Study:
    rng = np.random.default_rng(spec.camera.noise_seed)
    pixel = spec.camera.pixel_mm
    views = {
        name: View(name=name, pixels=acquire(image, rng), spacing_mm=(pixel, pixel), unit=COUNTS)
        for name, image in expected.items()
    }
    identity = hashlib.sha256(spec.to_json().encode()).hexdigest()[:12]
    return Study(id=identity, modality=spec.modality, views=views)
