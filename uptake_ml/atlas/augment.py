"""Distortions of an example, drawn and applied apart: posture, brightness, noise, display, cuts.

``draw_distortion`` uses up the randomness; ``distort`` of what was drawn is a pure function.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from uptake_ml.atlas.points import POINT_INDEX
from uptake_ml.atlas.warp import coarse_field, fit_spline
from uptake_ml.regions import LEFT, REGIONS, RIGHT


@dataclass(frozen=True, kw_only=True)
class DistortionPlan:
    """How strong distortions are: standard deviations, ranges and the chance of each kind."""

    limb_turn_degrees: tuple[float, float, float, float] = (9.0, 11.0, 3.0, 2.5)
    leg_length_sd: tuple[float, float, float] = (0.03, 0.05, 0.08)
    stretch_sd: float = 0.05
    shear_sd: float = 0.03
    turn_degrees: float = 2.0
    region_gain_sd: float = 0.35
    fade_feet: float = 0.2
    faded: tuple[float, float] = (0.25, 1.0)
    fading_from: tuple[float, float] = (0.3, 1.2)
    background: tuple[float, float] = (0.0, 1.2)
    gamma: tuple[float, float] = (0.5, 1.6)
    counts_per_mm2: tuple[float, float] = (0.15, 5.0)
    clip_quantile: tuple[float, float] = (0.97, 1.0)
    coarse_spacing_mm: tuple[float, float] = (5.0, 7.0)
    cut_feet: float = 0.15
    cut_legs: float = 0.06
    cut_head: float = 0.03
    cut_arms: float = 0.25
    chance: float = 0.5


@dataclass(frozen=True, kw_only=True, eq=False)
class Distortion:
    """One drawn distortion; None or 0 where a kind does not take place."""

    turns: dict[tuple[str, str], float]
    leg_lengths: tuple[float, float, float]
    matrix: np.ndarray
    gains: np.ndarray | None
    fading: tuple[float, float] | None
    background: float
    gamma: float
    counts_per_mm2: float | None
    clip_quantile: float | None
    coarse_spacing_mm: float | None
    is_8_bit: bool
    kept: tuple[float, float, float, float]
    noise_seed: int


_LIMBS = ("shoulder", "elbow", "hip", "knee")
_FADING_MM = 15.0
_BEYOND = {
    "shoulder": ("elbow", "wrist", "hand"),
    "elbow": ("wrist", "hand"),
    "hip": ("knee", "ankle", "foot"),
    "knee": ("ankle", "foot"),
}


def draw_distortion(plan: DistortionPlan, rng: np.random.Generator) -> Distortion:
    """Return a random distortion."""

    def sometimes(value, chance=plan.chance):
        return value if rng.random() < chance else None

    turn = np.radians(rng.normal(0, plan.turn_degrees))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    stretch = np.diag(np.exp(rng.normal(0, plan.stretch_sd, 2)))
    shear = np.array([[1, rng.normal(0, plan.shear_sd)], [rng.normal(0, plan.shear_sd), 1]])
    gamma = sometimes(float(np.exp(rng.uniform(*np.log(plan.gamma)))))
    return Distortion(
        turns={
            (joint, side): float(np.radians(rng.normal(0, sd)))
            for joint, sd in zip(_LIMBS, plan.limb_turn_degrees, strict=True)
            for side in (LEFT, RIGHT)
        },
        leg_lengths=tuple(np.exp(rng.normal(0, plan.leg_length_sd)).tolist()),
        matrix=rotation @ shear @ stretch,
        gains=sometimes(np.exp(rng.normal(0, plan.region_gain_sd, len(REGIONS)))),
        fading=sometimes(
            (float(rng.uniform(*plan.fading_from)), float(rng.uniform(*plan.faded))),
            plan.fade_feet,
        ),
        background=float(rng.uniform(*plan.background)) * (rng.random() < plan.chance),
        gamma=gamma if gamma is not None else 1.0,
        counts_per_mm2=sometimes(float(np.exp(rng.uniform(*np.log(plan.counts_per_mm2))))),
        clip_quantile=sometimes(float(rng.uniform(*plan.clip_quantile))),
        coarse_spacing_mm=sometimes(float(rng.uniform(*plan.coarse_spacing_mm))),
        is_8_bit=bool(rng.random() < plan.chance),
        kept=_draw_cuts(plan, rng),
        noise_seed=int(rng.integers(2**31)),
    )


def _draw_cuts(plan: DistortionPlan, rng: np.random.Generator) -> tuple[float, float, float, float]:
    """Return the kept part of the body's box: top, bottom, left, right as fractions."""
    bottom = 1.3
    if rng.random() < plan.cut_feet:
        bottom = rng.uniform(0.85, 1.0)
    if rng.random() < plan.cut_legs:
        bottom = rng.uniform(0.5, 0.85)
    top = rng.uniform(0.0, 0.12) if rng.random() < plan.cut_head else -0.3
    left, right = -0.5, 1.5
    if rng.random() < plan.cut_arms:
        left = rng.uniform(-0.02, 0.14) if rng.random() < 0.7 else left
        right = 1 - rng.uniform(-0.02, 0.14) if rng.random() < 0.7 else right
    return top, bottom, left, right


def distort(
    pixels: np.ndarray,
    points: np.ndarray,
    regions: np.ndarray,
    spacing_mm: tuple[float, float],
    distortion: Distortion,
) -> tuple[np.ndarray, np.ndarray]:
    """Return distorted pixels and points (P, 2) of an oriented image; cut pixels are left out."""
    pixels, points, regions = _move(pixels, points, regions, spacing_mm, distortion)
    body = regions > 0
    level = np.median(pixels[body]) if body.any() else 1.0
    if distortion.gains is not None:
        gains = ndimage.gaussian_filter(distortion.gains[regions], 4.0 / np.array(spacing_mm))
        pixels = pixels * gains
    if distortion.fading is not None:
        pixels = pixels * _fading_of_rows(points, len(pixels), spacing_mm, *distortion.fading)
    if distortion.background:
        veil = ndimage.gaussian_filter(body.astype(np.float32), 12.0 / np.array(spacing_mm))
        pixels = pixels + distortion.background * level * veil
    pixels = _expose(pixels, body, spacing_mm, distortion)
    pixels, points = _cut(pixels, points, body, distortion.kept)
    return _display(pixels, spacing_mm, distortion).astype(np.float32), points


def _move(pixels, points, regions, spacing_mm, distortion):
    spacing = np.array(spacing_mm)
    source_mm = points * spacing
    known = np.isfinite(source_mm).all(axis=1)
    if known.sum() < 4:
        return pixels, points, regions
    middle = (np.array(pixels.shape) - 1) / 2 * spacing
    for damping in (1.0, 0.5, 0.25, 0.0):
        target_mm = _lengthen_legs(source_mm, distortion.leg_lengths, damping)
        target_mm = _turn_limbs(target_mm, distortion.turns, damping)
        target_mm = (target_mm - middle) @ distortion.matrix.T + middle
        spline = fit_spline(target_mm[known], source_mm[known], stiffness=1e-3)
        field = coarse_field(spline, pixels.shape, step=spacing, stride=8).dense(pixels.shape)
        field /= spacing[:, None, None].astype(np.float32)
        if not _is_folded(field):
            break
    moved = ndimage.map_coordinates(pixels, field, order=1, mode="grid-constant")
    labels = ndimage.map_coordinates(regions, field, order=0, mode="constant")
    # A stiff spline misses its points by a little: put them where the image now shows them.
    target_mm = target_mm - (spline(target_mm) - source_mm)
    return moved, target_mm / spacing, labels


def _fading_of_rows(points, n_rows, spacing_mm, start, faded) -> np.ndarray:
    """Return the factor of each row, shape (n_rows, 1), that lets both legs fade downwards.

    From ``start`` on (0 at the knees, 1 at the ankles) it falls to ``faded``.
    """
    knees, ankles = (
        points[[POINT_INDEX[name, side] for side in (LEFT, RIGHT)], 0].mean()
        for name in ("knee", "ankle")
    )
    if not np.isfinite(ankles - knees):
        return np.ones((n_rows, 1))
    below_mm = (np.arange(n_rows)[:, None] - knees - start * (ankles - knees)) * spacing_mm[0]
    return 1 - (1 - faded) / (1 + np.exp(-np.clip(below_mm / _FADING_MM, -30, 30)))


def _lengthen_legs(points_mm, lengths, damping):
    """Return the points with thighs, shanks and feet of other lengths; what hangs on them moves."""
    lengthened, more = points_mm.copy(), damping * (np.array(lengths) - 1)
    for side in (LEFT, RIGHT):
        leg = [POINT_INDEX[name, side] for name in ("hip", *_BEYOND["hip"])]
        segments = np.diff(points_mm[leg], axis=0) * more[:, None]
        # A segment with an unknown end keeps its length.
        lengthened[leg[1:]] += np.cumsum(np.nan_to_num(segments), axis=0)
    return lengthened


def _turn_limbs(points_mm, turns, damping):
    turned = points_mm.copy()
    for (joint, side), angle in turns.items():
        pivot = turned[POINT_INDEX[joint, side]]
        if np.isnan(pivot).any():
            continue
        beyond = [POINT_INDEX[name, side] for name in _BEYOND[joint]]
        cos, sin = np.cos(damping * angle), np.sin(damping * angle)
        rotation = np.array([[cos, -sin], [sin, cos]])
        turned[beyond] = (turned[beyond] - pivot) @ rotation.T + pivot
    return turned


def _is_folded(field: np.ndarray) -> bool:
    """Return whether more than 1 % of a field turns the image inside out."""
    coarse = field[:, ::4, ::4]
    by_row, by_col = (np.diff(coarse, axis=axis) for axis in (1, 2))
    a, b = by_row[..., :-1], by_col[:, :-1]
    return bool(((a[0] * b[1] - a[1] * b[0]) <= 0).mean() > 0.01)


def _expose(pixels, body, spacing_mm, distortion):
    if distortion.counts_per_mm2 is None or not body.any():
        return pixels
    scale = distortion.counts_per_mm2 * np.prod(spacing_mm) / max(pixels[body].mean(), 1e-9)
    return np.random.default_rng(distortion.noise_seed).poisson(pixels * scale).astype(np.float32)


def _cut(pixels, points, body, kept):
    rows, cols = (np.flatnonzero(body.any(axis=axis)) for axis in (1, 0))
    if rows.size == 0:
        return pixels, points
    top, bottom = (round(rows[0] + f * np.ptp(rows)) for f in kept[:2])
    left, right = (round(cols[0] + f * np.ptp(cols)) for f in kept[2:])
    top, left = max(top, 0), max(left, 0)
    return pixels[top : bottom + 1, left : right + 1], points - (top, left)


def _display(pixels, spacing_mm, distortion):
    if distortion.coarse_spacing_mm is not None:
        ratio = np.array(spacing_mm) / distortion.coarse_spacing_mm
        if (ratio < 1).all():
            small = ndimage.zoom(ndimage.gaussian_filter(pixels, 0.4 / ratio), ratio, order=1)
            back = np.array(pixels.shape) / small.shape
            pixels = ndimage.zoom(small, back, order=1)
    if distortion.clip_quantile is not None:
        pixels = np.minimum(pixels, max(np.quantile(pixels, distortion.clip_quantile), 1e-6))
    top = max(float(pixels.max()), 1e-6)
    pixels = top * (np.maximum(pixels, 0) / top) ** distortion.gamma
    return np.round(255 * pixels / top) if distortion.is_8_bit else pixels
