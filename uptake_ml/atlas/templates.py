"""Where regions lie and how much a normal subject takes up, part by part, in the mean shape.

Templates live on the mean shape's canvas at twice its resolution (about 4 mm).  A normal image is
modelled pixel by pixel as a * bone + b * soft: b / a differs by a factor of four between real
scans, so the two are scaled apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from uptake_ml.atlas.canvas import bilinear
from uptake_ml.atlas.warp import PARTS, CoarseField, Spline, coarse_field, fit_spline
from uptake_ml.medians import median

ZOOM = 2
STIFFNESS = 2e-3
_FIELD_STEP_MM = 36.0
_MAX_FITTED = 3000
_SETTLED = 5e-4
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
    box = _body_box(body, stride)
    body, points = body[box], points - [axis.start for axis in box]
    pixels = np.cumsum(body).reshape(body.shape) - 1
    best = np.zeros(pixels[-1, -1] + 1, np.uint8)
    owner = np.full(len(best), len(templates), np.uint8)
    reached: list[_Reached] = []
    for k, template in enumerate(templates):
        spline = part_spline(k, points * spacing, mean)
        field = coarse_field(spline, body.shape, step=spacing, stride=stride)
        field = _in_template(field, template)
        window = _window(field, template, body.shape)
        inside = np.flatnonzero(body[window])
        row, col = (image.ravel().take(inside) for image in field.dense(body.shape, window))
        nearest, within = _nearest(row, col, template.presence.shape)
        place = pixels[window].ravel().take(inside.take(within))
        presence = template.presence.ravel().take(nearest)
        wins = np.flatnonzero(presence > best[place])
        place, within = place.take(wins), within.take(wins)
        best[place], owner[place] = presence.take(wins), k
        reached.append(_Reached(place, row.take(within), col.take(within), nearest.take(wins)))
    return _read_templates(templates, owner, reached)


class _Reached(NamedTuple):
    """Pixels (n,) that a part won, be it for a while, and their places in its template.

    ``nearest`` is the flat index of the template's pixel nearest to ``row`` and ``col``.
    """

    pixel: np.ndarray
    row: np.ndarray
    col: np.ndarray
    nearest: np.ndarray


def _body_box(body: np.ndarray, stride: int) -> tuple[slice, slice]:
    """Return the rows and columns of the body, from multiples of ``stride`` on."""
    ends = (np.flatnonzero(body.any(axis=axis))[[0, -1]] for axis in (1, 0))
    return tuple(slice(first // stride * stride, last + 1) for first, last in ends)


def _in_template(field: CoarseField, template: PartTemplate) -> CoarseField:
    """Return a field of canvas pixels in pixels of a template."""
    first = (template.corner + (0.5 - 0.5 * ZOOM)).astype(np.float32)
    return CoarseField(values=field.values * ZOOM - first[:, None, None], stride=field.stride)


def _nearest(
    row: np.ndarray, col: np.ndarray, shape: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the flat indices of the pixels nearest to those of places (n,) that lie in an image.

    The second array names these places.
    """
    row, col = (np.rint(axis).astype(np.int32) for axis in (row, col))
    # Seen without a sign, a place before the first is beyond the last.
    is_within = (row.view(np.uint32) < shape[0]) & (col.view(np.uint32) < shape[1])
    row *= shape[1]
    row += col
    within = np.flatnonzero(is_within)
    return row.take(within).astype(np.intp), within


def _read_templates(
    templates: tuple[PartTemplate, ...], owner: np.ndarray, reached: list[_Reached]
) -> Placement:
    """Return the maps of the part that owns each pixel, (n,)."""
    regions, maps = np.zeros(len(owner), np.uint8), np.zeros((3, len(owner)), np.float32)
    maps[2] = 1.0
    for k, (template, part) in enumerate(zip(templates, reached, strict=True)):
        kept = np.flatnonzero(owner.take(part.pixel) == k)
        own, row, col, nearest = (values.take(kept) for values in part)
        regions[own] = template.regions.ravel().take(nearest)
        for out, image in zip(maps, bilinear(template.maps, row, col), strict=True):
            out[own] = image
    return Placement(regions=regions, bone=maps[0], soft=maps[1], spread=maps[2])


def _window(
    field: CoarseField, template: PartTemplate, shape: tuple[int, int]
) -> tuple[slice, slice]:
    """Return the rows and columns where a field can meet a template, none where it does not."""
    low, high = -0.5, np.array(template.presence.shape)[:, None, None] - 0.5
    v = field.values
    # Linear within a cell, so a cell reaches no further than its four corners do.
    corners = np.stack([v[:, :-1, :-1], v[:, 1:, :-1], v[:, :-1, 1:], v[:, 1:, 1:]])
    hit = (corners.max(axis=0) > low) & (corners.min(axis=0) < high)
    hit = hit.all(axis=0)
    if not hit.any():
        return slice(0), slice(0)
    ends = (np.flatnonzero(hit.any(axis=axis))[[0, -1]] for axis in (1, 0))
    return tuple(
        slice(int(first) * field.stride, min((int(last) + 1) * field.stride, n))
        for (first, last), n in zip(ends, shape, strict=True)
    )


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
    terms = np.stack([bone, soft, values])
    a = b = median(values) / max(median(bone + soft), 1e-6)
    for _ in range(rounds):
        model = a * bone + b * soft
        sigma = relative * model + (0.05 * (a + b) + 1e-9)
        residual = (values - model) / sigma
        width = 4.0 * max(1.4826 * median(np.abs(residual)), 1e-3)
        weight = (np.maximum(1 - (residual / width) ** 2, 0) / sigma) ** 2
        before = a, b
        a, b = _nonnegative_pair(terms[:2] * weight @ terms.T)
        if max(abs(a - before[0]), abs(b - before[1])) < _SETTLED * (a + b):
            break
    return a, b


def _nonnegative_pair(sums: np.ndarray) -> tuple[float, float]:
    """Return (a, b) from the weighted sums of products, (bone, soft) by (bone, soft, values)."""
    (bb, bs, bv), (_, ss, sv) = sums.tolist()
    determinant = bb * ss - bs * bs
    if determinant > 1e-9 * bb * ss:
        a, b = (ss * bv - bs * sv) / determinant, (bb * sv - bs * bv) / determinant
        if a >= 0 and b >= 0:
            return a, b
    only_bone, only_soft = bv / max(bb, 1e-12), sv / max(ss, 1e-12)
    better = only_bone * bv >= only_soft * sv
    return (only_bone, 0.0) if better else (0.0, only_soft)


def clip_spread(spread: np.ndarray) -> np.ndarray:
    """Return the spread held within what few cases can support."""
    return np.clip(spread, *_SPREAD_LIMITS)
