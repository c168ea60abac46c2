"""Muscles that were at work: long spindles on one side or both."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import PchipInterpolator

from uptake_ml.phantom.solid_pet.canvas import Part, tube
from uptake_ml.phantom.solid_pet.patient import SIDES, Patient

# Ways along a muscle in fractions of the height on the left, with the greatest radius in mm.
_TRUNK = {
    "neck": (((0.010, 0.105, 0.030), (-0.006, 0.140, 0.024), (-0.026, 0.178, 0.010)), 9),
    "scalene": (((0.004, 0.130, 0.018), (0.004, 0.150, 0.022), (0.0, 0.176, 0.032)), 6),
    "nape": (((0.034, 0.090, 0.012), (0.040, 0.125, 0.014), (0.046, 0.160, 0.012)), 9),
    "trapezius": (((0.034, 0.130, 0.014), (0.036, 0.160, 0.034), (0.030, 0.172, 0.066)), 9),
    "pectoral": (((-0.052, 0.235, 0.020), (-0.05, 0.22, 0.05), (-0.024, 0.205, 0.088)), 9),
    "beside-spine": (((0.058, 0.24, 0.018), (0.052, 0.32, 0.02), (0.048, 0.40, 0.022)), 11),
    "psoas": (((0.012, 0.350, 0.026), (0.010, 0.400, 0.034), (-0.012, 0.460, 0.048)), 12),
    "gluteus": (((0.044, 0.435, 0.046), (0.050, 0.465, 0.056), (0.034, 0.505, 0.072)), 16),
    "adductor": (((-0.02, 0.505, 0.018), (-0.008, 0.545, 0.03), (0.0, 0.60, 0.042)), 11),
    "thigh": (((-0.030, 0.520, 0.066), (-0.036, 0.58, 0.060), (-0.028, 0.66, 0.050)), 16),
    "chewing": (((-0.008, 0.08, 0.034), (-0.012, 0.1, 0.033), (-0.012, 0.112, 0.03)), 7),
    "crura": (((0.012, 0.30, 0.012), (0.014, 0.325, 0.012), (0.012, 0.35, 0.01)), 5),
}
# Ways along a limb: joints, the shares of the way between them, and how far beside it, in mm.
_LIMB = {
    "deltoid": ("shoulder", "elbow", (-0.05, 0.2, 0.4), (4, 0, 20), 10),
    "biceps": ("shoulder", "elbow", (0.3, 0.6, 0.9), (-14, 0, 0), 12),
    "forearm": ("elbow", "wrist", (0.05, 0.3, 0.7), (-6, 0, 6), 13),
    "calf": ("knee", "ankle", (0.1, 0.3, 0.6), (22, 0, 0), 18),
    "shin": ("knee", "ankle", (0.1, 0.35, 0.8), (-12, 0, 12), 8),
}
_BOTH_SHARE, _SUV, _PIECES = 0.75, (1.3, 5.5), 7


def draw_muscles(rng: np.random.Generator, patient: Patient) -> list[Part]:
    """Return one to four groups of muscles that take up more than the rest."""
    names = [*_TRUNK, *_LIMB]
    parts: list[Part] = []
    suv = float(np.exp(rng.uniform(*np.log(_SUV))))
    for name in rng.choice(names, rng.integers(1, 5), replace=False):
        both, only, thick = rng.random() < _BOTH_SHARE, rng.integers(2), rng.uniform(0.7, 1.15)
        own = suv * rng.lognormal(0, 0.25)
        for k, (side, sign) in enumerate(SIDES):
            if both or k == only:
                way, radius = _way(patient, str(name), side, sign)
                parts += _spindle(rng, way, thick * radius, own)
    return parts


def _spindle(rng, way: np.ndarray, radius: float, suv: float) -> list[Part]:
    """Return a bent belly of muscle that tapers to both ends, uneven along its way."""
    fine = np.linspace(0, 2, _PIECES + 1)
    jittered = way + rng.normal(0, 3, way.shape)
    bent = np.column_stack([PchipInterpolator(range(3), p)(fine) for p in jittered.T])
    radii = radius * (0.35 + 0.65 * np.sin(np.pi * fine / 2)) * rng.uniform(0.8, 1.2, len(fine))
    heat = suv * rng.uniform(0.65, 1.15, _PIECES)
    return list(zip(tube(bent, radii), heat.tolist(), strict=True))


def _way(patient: Patient, name: str, side: str, sign: int) -> tuple[np.ndarray, float]:
    if name in _TRUNK:
        way, radius = _TRUNK[name]
        return patient.height_mm * np.array(way) * (1, 1, sign), radius
    start, end, shares, beside, radius = _LIMB[name]
    first, last = patient.joints[start, side], patient.joints[end, side]
    way = [first + share * (last - first) + np.array(beside) * (1, 1, sign) for share in shares]
    return np.array(way), radius
