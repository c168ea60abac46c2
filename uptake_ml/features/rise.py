"""How far uptake rises above what a normal subject would show, and how significantly."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.features.groups import BONES, JOINTS, membership
from uptake_ml.features.smoothing import smooth, smooth_each
from uptake_ml.features.uptake import ViewUptake
from uptake_ml.features.working_view import SMOOTHING_MM, WORKING_MM, WorkingView
from uptake_ml.regions import REGIONS

if TYPE_CHECKING:
    from uptake_ml.features.candidates import DetectionLimits

# Scales (standard deviations) at which uptake is compared with the normal level: from what the
# camera resolves to a vertebra and a half.
_SCALES_MM = (0.0, 8.0, 16.0)
# Share of the spread among normal subjects left once a region's own level is taken out.
_LOCAL_SPREAD = 0.7
_LEAST_SPREAD = 0.12
_LEVEL_MM = 30.0
# What is added to uptake before its logarithm, over the level of the bones.
_FLOOR = 0.15
# What surrounds a spot, and by how much normal bone differs from what surrounds it (log).
_AROUND_MM = 14.0
_LOCAL_VARIATION = 0.15


def measure_rise(uptake: ViewUptake, limits: DetectionLimits) -> tuple[np.ndarray, np.ndarray]:
    """Return log(uptake / normal level) and its significance in standard deviations, float32.

    Both have the shape of the working view.  The variance is that of the noise, which falls with
    the scale, and of normal subjects, which does not.
    """
    working = uptake.working
    floor = _FLOOR * uptake.bone_level
    raised = working.smoothed + floor
    rise = np.log(raised / (normal_level(uptake, limits) + floor))
    rise[~working.body | (uptake.expected_nearby <= 0)] = 0
    # A joint keeps all of its spread, as its own level is not taken out.
    share = np.where(membership(JOINTS), 1.0, _LOCAL_SPREAD).astype(np.float32)
    between = np.maximum(uptake.paint(share) * working.spread, _LEAST_SPREAD) ** 2
    noise = _pixel_noise(working, raised)
    significance = np.full_like(rise, -np.inf)
    for scale_mm in _SCALES_MM:
        at_scale = smooth(rise, scale_mm / WORKING_MM) if scale_mm else rise
        variance = between + noise / _pixels_averaged(scale_mm)
        np.maximum(significance, at_scale / np.sqrt(variance), out=significance)
    return rise, significance


def measure_local_rise(uptake: ViewUptake) -> tuple[np.ndarray, np.ndarray]:
    """Return log(uptake / uptake around) and its significance in standard deviations, float32.

    It sees a spot on the slope of something hotter, and one where the layout expects as much.
    """
    working = uptake.working
    raised = working.smoothed + _FLOOR * uptake.bone_level
    level = np.log(raised)
    local = level - smooth(level, _AROUND_MM / WORKING_MM)
    local[~working.body] = 0
    variance = _LOCAL_VARIATION**2 + _pixel_noise(working, raised) / _pixels_averaged(0.0)
    return local, local / np.sqrt(variance)


def _pixel_noise(working: WorkingView, raised: np.ndarray) -> np.ndarray:
    """Return the variance of the noise of one working pixel over the square of its level."""
    return working.gain / (working.step[0] * working.step[1]) * working.smoothed / raised**2


def _pixels_averaged(scale_mm: float) -> float:
    """Return over how many working pixels smoothing and a further Gaussian average noise."""
    return 4 * math.pi * (scale_mm**2 + SMOOTHING_MM**2) / WORKING_MM**2


def normal_level(uptake: ViewUptake, limits: DetectionLimits) -> np.ndarray:
    """Return what a normal subject would show at each pixel, following the levels of this one.

    The expected image is multiplied by the ratio found in each bone, smoothed over neighbouring
    bones.  Joints take the ratio of the bones beside them, and a bone that is raised as a whole
    against the others of the skeleton keeps only a part of its rise: so both can stand out.
    """
    middle = {
        division: math.log(uptake.scale(tuple(i for i in BONES if REGIONS[i].division == division)))
        for division in {REGIONS[index].division for index in uptake.log_ratios}
    }
    log_scale = np.zeros(256, dtype=np.float32)
    for index, ratio in uptake.log_ratios.items():
        most = middle[REGIONS[index].division] + math.log(limits.region_rise)
        log_scale[index] = min(ratio, most)
    is_known = membership(tuple(uptake.log_ratios)).astype(np.float32)
    both = np.stack([uptake.paint(table) for table in (is_known, log_scale)], axis=1)
    smoothed = smooth_each(both, _LEVEL_MM / WORKING_MM, mirrors=True)
    weight, level = smoothed[:, 0], smoothed[:, 1]
    level += 1e-3 * math.log(uptake.bone_scale)
    return np.exp(level / (weight + 1e-3)) * uptake.expected_nearby
