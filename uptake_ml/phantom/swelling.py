"""Inflamed soft tissue of a limb: skin and fat, and the muscle under them, take up more."""

from __future__ import annotations

import numpy as np

from uptake_ml import regions
from uptake_ml.phantom.body import Body
from uptake_ml.phantom.spec import CaseSpec, SwellingSpec
from uptake_ml.phantom.tissue import FAT_CODE
from uptake_ml.phantom.tracer import VERTEBRA, Lesion
from uptake_ml.regions import LEFT, RIGHT

# The concentration that is multiplied at least: that of muscle in most patients.  Inflammation
# does not vanish where soft tissue has been cleared well.
_LEAST_LEVEL = 0.3


def swelling_activities(spec: CaseSpec, body: Body, activity: np.ndarray) -> list[Lesion]:
    """Return what inflamed soft tissue of a limb holds more than ``activity``, its own."""
    joints = {(j.region, j.side): j.centre_mm for j in body.pose.joints}
    return [_swelling(wanted, body, activity, joints) for wanted in spec.swellings]


def _swelling(wanted: SwellingSpec, body: Body, activity, joints) -> Lesion:
    start, end = joints[tuple(wanted.start)], joints[tuple(wanted.end)]
    box = body.grid.box(
        np.minimum(start, end) - wanted.radius_mm, np.maximum(start, end) + wanted.radius_mm
    )
    other = {LEFT: RIGHT, RIGHT: LEFT}[wanted.start[1]]
    own = _squared_distance(body, box, start, end)
    twin = joints[wanted.start[0], other], joints[wanted.end[0], other]
    is_own = own < _squared_distance(body, box, *twin)
    limb = "leg-soft-tissue" if wanted.start[0] in ("hip", "knee", "ankle") else "arm-soft-tissue"
    code = regions.INDEX[limb, None]
    tissue, level = body.tissue[box], np.maximum(activity[box], np.float32(_LEAST_LEVEL))
    # The inflammation is that of skin and fat; the muscle under it takes part a little.
    depth = np.where(tissue == FAT_CODE[code], 1.3, np.where(tissue == code, 1.0, 0.0))
    weight = depth.astype(np.float32) * is_own * np.exp(-((own / wanted.radius_mm**2) ** 2))
    return Lesion(
        disease=wanted.disease,
        region=code,
        centre_mm=(start + end) / 2,
        radius_mm=float(wanted.radius_mm),
        uptake=float(wanted.factor * _LEAST_LEVEL / VERTEBRA),
        origin=tuple(s.start for s in box),
        activity=np.float32(wanted.factor - 1) * level * weight,
    )


def _squared_distance(body: Body, box, start, end) -> np.ndarray:
    """Return the squared distance in mm of the voxels of a box from a line, float32."""
    y, z, x = body.grid.axes_mm()
    place = (
        x[box[2]].astype(np.float32)[None, None, :] - np.float32(start[0]),
        y[box[0]].astype(np.float32)[:, None, None] - np.float32(start[1]),
        z[box[1]].astype(np.float32)[None, :, None] - np.float32(start[2]),
    )
    axis = (end - start).astype(np.float32)
    t = np.clip(sum(p * a for p, a in zip(place, axis, strict=True)) / float(axis @ axis), 0, 1)
    return sum((p - t * a) ** 2 for p, a in zip(place, axis, strict=True))
