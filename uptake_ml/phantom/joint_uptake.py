"""Uptake at joints: what wear does to every body, and what arthritis adds to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from uptake_ml import regions
from uptake_ml.phantom.body import Body
from uptake_ml.phantom.spec import CaseSpec
from uptake_ml.phantom.tables import load_uptake
from uptake_ml.phantom.tracer import VERTEBRA, Lesion, boxed

_REACH = 1.6


@dataclass(frozen=True, kw_only=True, eq=False)
class JointFactors:
    """Multiples of the bone's concentration, one a bone voxel.

    ``diseased`` equals ``healthy`` but where arthritis is; ``places`` tells which voxels belong to
    each diseased joint, by (region, side, disease).
    """

    healthy: np.ndarray
    diseased: np.ndarray
    places: dict[tuple[str, str, str], np.ndarray]


def joint_factors(spec: CaseSpec, body: Body) -> JointFactors:
    """Return how much more than the bone beside it each voxel near a joint takes up.

    In a diseased compartment the healthy factor is the table's median.
    """
    wanted = {(j.region, j.side, j.part): j for j in spec.joints}
    normal = load_uptake()["joint"]
    position = body.bones.position_mm
    healthy = np.ones(len(position), np.float32)
    diseased = healthy.copy()
    places: dict[tuple[str, str, str], list[np.ndarray]] = {}
    for joint in body.pose.joints:
        if (own := wanted.get((joint.region, joint.side, joint.part))) is None:
            continue
        z, reach = joint.centre_mm[2], _REACH * joint.radius_mm
        here = body.bones.between(z - reach, z + reach)
        d2 = ((position[here] - joint.centre_mm.astype(np.float32)) ** 2).sum(axis=1)
        weight = np.exp(-((d2 / (0.85 * joint.radius_mm) ** 2) ** 1.5))
        is_near = weight > 0.01
        near, weight = here.start + np.flatnonzero(is_near), weight[is_near]
        base = own.factor if own.disease is None else normal[own.region].value
        _raise(healthy, near, weight, base)
        _raise(diseased, near, weight, own.factor)
        if own.disease is not None:
            places.setdefault((own.region, own.side, own.disease), []).append(near)
    unique = {key: np.unique(np.concatenate(parts)) for key, parts in places.items()}
    return JointFactors(healthy=healthy, diseased=np.maximum(diseased, healthy), places=unique)


def _raise(factor, near, weight, value: float) -> None:
    local = 1 + (value - 1) * weight
    factor[near] = np.maximum(factor[near], local) if value >= 1 else factor[near] * local


def arthritis_activities(factors: JointFactors, body: Body, bone: np.ndarray) -> list[Lesion]:
    """Return what arthritis adds at each joint; ``bone`` is the concentration without joints."""
    excess = bone * (factors.diseased - factors.healthy) * body.bones.occupancy
    lesions = []
    for (region, side, disease), near in factors.places.items():
        values = excess[near]
        excess[near] = 0.0  # neighbouring joints share voxels; each counts once
        if not values.sum() > 0:
            continue
        origin, box = boxed(body, near, values)
        position = body.bones.position_mm[near]
        centre = np.average(position, axis=0, weights=values)
        variance = np.average(((position - centre) ** 2).sum(axis=1), weights=values)
        lesions.append(
            Lesion(
                disease=disease,
                region=regions.INDEX[region, side],
                centre_mm=centre,
                radius_mm=float(np.sqrt(variance)),
                uptake=float((bone[near] * factors.diseased[near]).max() / VERTEBRA),
                origin=origin,
                activity=box,
            )
        )
    return lesions
