"""Where regions lie and how much a normal subject takes up, part by part, in the mean shape.

Templates live on the mean shape's canvas at twice its resolution (about 4 mm).  A normal image is
modelled pixel by pixel as a * bone + b * soft: b / a differs by a factor of four between real
scans, so the two are scaled apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from uptake_ml.atlas.canvas import bilinear
from uptake_ml.atlas.warp import PARTS, CoarseField, Spline, coarse_field, fit_spline

ZOOM = 2
STIFFNESS = 2e-3
_FIELD_STEP_MM = 36.0
_MAX_FITTED = 6000
_SETTLED = 1e-4
_SPREAD_LIMITS = (0.08, 1.5)


@dataclass(frozen=True, kw_only=True, eq=False)
class PartTemplate:
    """Maps of one part in one view, all of one shape (rows, cols), ``corner`` in fine pixels.

    ``regions`` uint8; ``presence`` uint8, 255 where every subject has the part; ``maps`` (3, rows,
    cols): bone and soft, in units of the medians of bone and of soft tissue, and the s.d. of the
    log among normal subjects.
    """

    corner: np.ndarray
    regions: np.ndarray
    presence: np.ndarray
    maps: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class Placement:
    """Templates laid over the pixels of a body: one value for each of n pixels."""

    regions: np.ndarray
    bone: np.ndarray
    soft: np.ndarray
    spread: np.ndarray


def part_spline(part_index: int, points: np.ndarray, mean: np.ndarray) -> Spline:
    """Return the map from an image's points (P, 2) to the mean shape, for one part."""
    part = PARTS[part_index]
    return fit_spline(part.knots(points), part.knots(mean), stiffness=STIFFNESS)


def lay_templates(
    body: np.ndarray,
    spacing_mm: tuple[float, float],
    points: np.ndarray,
    templates: tuple[PartTemplate, ...],
    mean: np.ndarray,
) -> Placement:
    """Return the templates at every pixel of ``body``, in the order of its True pixels.

    ``points`` (P, 2) are pixels of the oriented image, ``mean`` the mean shape in canvas pixels.
    A pixel belongs to the part that is most often present there.
    """
    spacing = np.array(spacing_mm)
    stride = max(4, round(_FIELD_STEP_MM / spacing.max()))
    n = int(body.sum())
    pixels = np.cumsum(body, dtype=np.int32).reshape(body.shape) - 1
    best, regions = np.zeros(n, np.uint8), np.zeros(n, np.uint8)
    maps = np.zeros((3, n), np.float32)
    maps[2] = 1.0
    for k, template in enumerate(templates):
        field = coarse_field(
            part_spline(k, points * spacing, mean), body.shape, step=spacing, stride=stride
        )
        window = _reached(field, template, body.shape)
        if window is None:
            continue
        fine = (field.dense(body.shape, window) + 0.5) * ZOOM - 0.5
        fine -= template.corner[:, None, None]
        n_rows, n_cols = template.presence.shape
        row, col = np.rint(fine).astype(np.int32)
        # Seen without a sign, a place before the first is beyond the last.
        within = (row.view(np.uint32) < n_rows) & (col.view(np.uint32) < n_cols) & body[window]
        at = np.flatnonzero(within)
        nearest = (row * n_cols + col).ravel()[at]
        presence = template.presence.ravel()[nearest]
        place = pixels[window].ravel()[at]
        wins = np.flatnonzero(presence > best[place])
        place = place[wins]
        best[place] = presence[wins]
        regions[place] = template.regions.ravel()[nearest[wins]]
        maps[:, place] = bilinear(template.maps, *fine.reshape(2, -1)[:, at[wins]])
    return Placement(regions=regions, bone=maps[0], soft=maps[1], spread=maps[2])


def _reached(
    field: CoarseField, template: PartTemplate, shape: tuple[int, int]
) -> tuple[slice, slice] | None:
    """Return the rows and columns where a field can meet a template, None where it does not."""
    low = (template.corner + 0.5) / ZOOM - 0.5
    high = low + np.array(template.presence.shape) / ZOOM
    v = field.values
    # Linear within a cell, so a cell reaches no further than its four corners do.
    corners = np.stack([v[:, :-1, :-1], v[:, 1:, :-1], v[:, :-1, 1:], v[:, 1:, 1:]])
    hit = (corners.max(axis=0) > low[:, None, None]) & (corners.min(axis=0) < high[:, None, None])
    hit = hit.all(axis=0)
    if not hit.any():
        return None
    ends = (np.flatnonzero(hit.any(axis=axis))[[0, -1]] for axis in (1, 0))
    window = tuple(
        slice(int(first) * field.stride, min((int(last) + 1) * field.stride, n))
        for (first, last), n in zip(ends, shape, strict=True)
    )
    return window if all(w.start < w.stop for w in window) else None


def fit_scales(values: np.ndarray, placement: Placement, rounds: int = 10) -> tuple[float, float]:
    """Return (a, b), the levels of bone and soft tissue that best explain the values (n,).

    Weighted least squares of relative residuals, bisquare weights, so that hot lesions and cold
    gaps do not count; neither level below 0.
    """
    usable = np.flatnonzero(placement.bone + placement.soft > 0.05)
    usable = usable[:: max(1, usable.size // _MAX_FITTED)]
    values, bone, soft = values[usable], placement.bone[usable], placement.soft[usable]
    relative = placement.spread[usable]
    if values.size < 20 or not (values > 0).any():
        return 0.0, 0.0
    a = b = float(np.median(values) / max(np.median(bone + soft), 1e-6))
    for _ in range(rounds):
        model = a * bone + b * soft
        sigma = relative * model + 0.05 * (a + b) + 1e-9
        residual = (values - model) / sigma
        width = 4.0 * max(1.4826 * np.median(np.abs(residual)), 1e-3)
        weight = np.clip(1 - (residual / width) ** 2, 0, None) ** 2 / sigma**2
        before = a, b
        a, b = _nonnegative_pair(weight, bone, soft, values)
        if max(abs(a - before[0]), abs(b - before[1])) < _SETTLED * (a + b):
            break
    return a, b


def _nonnegative_pair(weight, bone, soft, values) -> tuple[float, float]:
    bb, bs, ss = (
        (weight * bone * bone).sum(),
        (weight * bone * soft).sum(),
        (weight * soft**2).sum(),
    )
    bv, sv = (weight * bone * values).sum(), (weight * soft * values).sum()
    determinant = bb * ss - bs * bs
    if determinant > 1e-9 * bb * ss:
        a, b = (ss * bv - bs * sv) / determinant, (bb * sv - bs * bv) / determinant
        if a >= 0 and b >= 0:
            return float(a), float(b)
    only_bone, only_soft = bv / max(bb, 1e-12), sv / max(ss, 1e-12)
    better = only_bone * bv >= only_soft * sv
    return (float(only_bone), 0.0) if better else (0.0, float(only_soft))


def clip_spread(spread: np.ndarray) -> np.ndarray:
    """Return the spread held within what few cases can support."""
    return np.clip(spread, *_SPREAD_LIMITS)
