"""Learning the templates: regions by vote, normal uptake by regression, spread by residuals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import ndimage

from uptake_ml.atlas.canvas import CANVAS_SHAPE, bilinear, smooth_pixels
from uptake_ml.atlas.collect import TemplateCase
from uptake_ml.atlas.templates import (
    STIFFNESS,
    ZOOM,
    PartTemplate,
    clip_spread,
    fit_scales,
    lay_templates,
)
from uptake_ml.atlas.warp import PARTS, Part, coarse_field, fit_spline
from uptake_ml.regions import BONE, JOINT, REGIONS, SOFT_TISSUE

FINE_SHAPE = (CANVAS_SHAPE[0] * ZOOM, CANVAS_SHAPE[1] * ZOOM)
_MARGIN = 12
_REACH = 30
_IS_BONE = np.array([r.kind in (BONE, JOINT) for r in REGIONS])
_IS_SOFT = np.array([r.kind == SOFT_TISSUE for r in REGIONS])
_FIRST_SPREAD = 0.3
_LOG_FLOOR = 0.02
_OUTLYING = 3.0
_MAX_LOG_RESIDUAL = 1.5
# Pseudo-cases that hold the soft-tissue term of a pixel at one layer of soft tissue.
_PRIOR_CASES = 5.0


def fit_templates(
    cases: list[TemplateCase],
    found: list[np.ndarray],
    mean: np.ndarray,
    progress: Callable[[str], None],
) -> tuple[PartTemplate, ...]:
    """Return one template for each part, from normal cases of one view.

    ``found`` holds the points (P, 2) that the atlas itself finds on each case's canvas, so that
    the spread contains what wrong points add to it.  Cases that do not tell their regions are given
    those of the others, one of which has to tell them: uptake and spread are those of all.
    """
    told = [i for i, case in enumerate(cases) if case.is_told]
    templates = _fit_parts([cases[i] for i in told], [found[i] for i in told], mean, progress)
    if len(told) < len(cases):
        cases = [
            case if case.is_told else _with_regions(case, points, tuple(templates), mean)
            for case, points in zip(cases, found, strict=True)
        ]
        templates = _fit_parts(cases, found, mean, progress)
    residuals = [
        _residual(case, points, tuple(templates), mean)
        for case, points in zip(cases, found, strict=True)
    ]
    return tuple(
        _with_spread(template, part, cases, found, mean, residuals)
        for template, part in zip(templates, PARTS, strict=True)
    )


def _fit_parts(cases, found, mean, progress) -> list[PartTemplate]:
    levels = [_levels(case) for case in cases]
    templates = []
    for part in PARTS:
        templates.append(_fit_part(part, cases, found, mean, levels))
        progress(f"template of {part.name} from {len(cases)} cases")
    return templates


def _with_regions(
    case: TemplateCase, points: np.ndarray, templates: tuple[PartTemplate, ...], mean: np.ndarray
) -> TemplateCase:
    """Return a case whose body has the regions of templates laid over it."""
    body, regions = case.regions > 0, case.regions.copy()
    spacing = (case.mm_per_pixel,) * 2
    if body.any():
        regions[body] = lay_templates(body, spacing, _fine(points), templates, mean).regions
    return replace(case, regions=regions)


def _fine(canvas_points: np.ndarray) -> np.ndarray:
    return (canvas_points + 0.5) * ZOOM - 0.5


def _box(part: Part, mean: np.ndarray) -> tuple[slice, slice]:
    """Return the rows and columns of the fine canvas that a part can fill."""
    knots = _fine(part.knots(mean))
    low = np.maximum(knots.min(axis=0) - _REACH, 0).astype(int)
    high = np.minimum(knots.max(axis=0) + _REACH, FINE_SHAPE).astype(int)
    return slice(low[0], high[0]), slice(low[1], high[1])


def _to_case(part: Part, points: np.ndarray, mean: np.ndarray, box: tuple[slice, slice]):
    """Return where each fine pixel of a box of the mean shape lies on a case's fine canvas."""
    spline = fit_spline(_fine(part.knots(mean)), _fine(part.knots(points)), stiffness=STIFFNESS)
    shape = tuple(s.stop - s.start for s in box)
    origin = tuple(s.start for s in box)
    return coarse_field(spline, shape, step=np.ones(2), stride=8, origin=origin).dense(shape)


def _levels(case: TemplateCase) -> tuple[float, float]:
    """Return the median of bone, and of soft tissue in units of it."""
    image = case.image.astype(np.float32)
    bone = image[_IS_BONE[case.regions]]
    soft = image[_IS_SOFT[case.regions]]
    level = max(float(np.median(bone)), 1e-3) if bone.size else 1.0
    return level, float(np.median(soft)) / level if soft.size else 0.0


def _fit_part(part, cases, found, mean, levels) -> PartTemplate:
    own = _own_regions(part)
    place = {region: i for i, region in enumerate(part.regions)}
    lookup = np.array([place.get(i, 0) for i in range(len(REGIONS))])
    box = _box(part, mean)
    shape = tuple(b.stop - b.start for b in box)
    votes = np.zeros((len(part.regions), *shape), np.uint16)
    logs, count = np.zeros((2, *shape))
    grid = tuple(np.indices(shape))
    warped = []
    for case, points, (level, _) in zip(cases, found, levels, strict=True):
        field = _to_case(part, points, mean, box)
        labels = ndimage.map_coordinates(case.regions, field, order=0, mode="constant")
        values = bilinear(case.image.astype(np.float32)[None] / level, *field)[0]
        mine = own[labels]
        if case.is_told:
            np.add.at(votes, (lookup[labels[mine]], grid[0][mine], grid[1][mine]), 1)
        count += mine
        logs += np.where(mine, np.log(values + _LOG_FLOOR), 0)
        warped.append(np.where(mine, values, np.nan).astype(np.float16))
    typical = np.exp(logs / np.maximum(count, 1)) - _LOG_FLOOR
    bone, soft = _two_components(warped, typical, np.array([s for _, s in levels]))
    presence = votes.sum(axis=0, dtype=float) / sum(case.is_told for case in cases)
    return _crop(part, box, votes, presence, bone, soft)


def _own_regions(part: Part) -> np.ndarray:
    own = np.zeros(len(REGIONS), bool)
    own[list(part.regions)] = True
    return own


def _two_components(
    warped: list[np.ndarray], typical: np.ndarray, soft_levels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return intercept and slope, pixel by pixel, of value = bone + soft_level * soft.

    Values further than a factor of three from the typical one (an injection site, urine on the
    skin, a catheter) are left out: they are not what a normal subject shows there.
    """
    n, s, ss, v, vs = np.zeros((5, *typical.shape))
    for image, level in zip(warped, soft_levels, strict=True):
        image = image.astype(np.float32)
        ratio = (image + _LOG_FLOOR) / (typical + _LOG_FLOOR)
        usable = (ratio < _OUTLYING) & (ratio > 1 / _OUTLYING)
        value = np.where(usable, image, 0)
        for total, term in zip(
            (n, s, ss, v, vs), (1, level, level**2, value, value * level), strict=True
        ):
            total += usable * term
    count = np.maximum(n, 1)
    prior = _PRIOR_CASES * max(float(np.var(soft_levels)), 1e-6)
    variance = np.maximum(ss - s * s / count, 0)
    slope = np.maximum((vs - v * s / count + prior) / (variance + prior), 0)
    bone = (v - slope * s) / count
    # Where there is no bone all of the value is soft tissue.
    slope = np.where(bone < 0, v / np.maximum(s, 1e-6), slope)
    return np.maximum(bone, 0), slope


def _crop(part: Part, origin, votes, presence, bone, soft) -> PartTemplate:
    known = presence > 0.02
    if not known.any():
        known[:] = True
    rows, cols = (np.flatnonzero(known.any(axis=axis)) for axis in (1, 0))
    box = tuple(slice(max(at[0] - _MARGIN, 0), at[-1] + _MARGIN + 1) for at in (rows, cols))
    smooth = np.stack([ndimage.gaussian_filter(v[box].astype(np.float32), 0.7) for v in votes])
    labels = np.array(part.regions, np.uint8)[smooth.argmax(axis=0)]
    distance, nearest = ndimage.distance_transform_edt(~known[box], return_indices=True)
    # A tail beyond where the part was ever seen gives every pixel of a stranger body an owner.
    tail = np.where(distance > 0, 5 * np.exp(-distance / 6), 0)
    strength = np.clip(np.maximum(250 * presence[box], tail), 1, 255)
    filled = [np.minimum(image[box][tuple(nearest)], 1e3) for image in (bone, soft)]
    filled.append(np.full(labels.shape, _FIRST_SPREAD))
    return PartTemplate(
        corner=np.array([o.start + s.start for o, s in zip(origin, box, strict=True)], np.float32),
        regions=labels[tuple(nearest)],
        presence=strength.astype(np.uint8),
        maps=np.stack(filled).astype(np.float32),
    )


def _residual(case, points, templates, mean) -> np.ndarray:
    """Return log(image / expected) on the case's fine canvas, NaN outside the body."""
    body = case.regions > 0
    spacing = (case.mm_per_pixel,) * 2
    fine_points = _fine(points)
    placement = lay_templates(body, spacing, fine_points, templates, mean)
    values = smooth_pixels(case.image.astype(np.float32), spacing)[body]
    a, b = fit_scales(values, placement)
    floor = 0.02 * (a + b) + 1e-9
    model = a * placement.bone + b * placement.soft
    residual = np.full(body.shape, np.nan, np.float32)
    residual[body] = np.clip(
        np.log((values + floor) / (model + floor)), -_MAX_LOG_RESIDUAL, _MAX_LOG_RESIDUAL
    )
    return residual


def _with_spread(template, part, cases, found, mean, residuals) -> PartTemplate:
    own = _own_regions(part)
    box = tuple(
        slice(int(c), int(c) + n)
        for c, n in zip(template.corner, template.regions.shape, strict=True)
    )
    count, squares = np.zeros(template.regions.shape), np.zeros(template.regions.shape)
    for case, points, residual in zip(cases, found, residuals, strict=True):
        field = _to_case(part, points, mean, box)
        labels = ndimage.map_coordinates(case.regions, field, order=0, mode="constant")
        values = ndimage.map_coordinates(residual, field, order=0, mode="constant", cval=np.nan)
        usable = own[labels] & np.isfinite(values)
        count += usable
        squares += np.where(usable, values, 0) ** 2
    # Neighbours share their evidence: few cases reach the rim of a part.
    share = ndimage.gaussian_filter(count, 1.5)
    variance = ndimage.gaussian_filter(squares, 1.5) / np.maximum(share, 1e-6)
    spread = np.where(share > 0.5, np.sqrt(variance), 2 * _FIRST_SPREAD)
    return PartTemplate(
        corner=template.corner,
        regions=template.regions,
        presence=template.presence,
        maps=np.stack([*template.maps[:2], clip_spread(spread)]).astype(np.float32),
    )
