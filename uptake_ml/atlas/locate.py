"""From a study to the layout of each of its views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from uptake_ml.atlas.canvas import (
    Frame,
    floor_row,
    make_canvas,
    pool,
    pooling,
    smooth_pixels,
    unpool,
    unpooled_points,
)
from uptake_ml.atlas.model import Atlas, Found, confidence_evidence, find_all_points
from uptake_ml.atlas.points import orient, orient_points
from uptake_ml.atlas.records import Landmark, Layout
from uptake_ml.atlas.templates import PartTemplate, fit_scales, lay_templates
from uptake_ml.regions import LANDMARKS
from uptake_ml.study import ANTERIOR, Study, View


def locate(study: Study, atlas: Atlas) -> dict[str, Layout]:
    """Return the layout of every view of a study, by the view's name.

    A view the atlas does not know is treated as the last one it does (posterior in bone scans).
    An empty image gets a layout without a body and with confidences near 0.
    """
    return dict(zip(study.views, _locate_all(tuple(study.views.values()), atlas), strict=True))


def locate_view(view: View, atlas: Atlas) -> Layout:
    """Return the layout of one view; fine pixels are pooled to about 4 mm, which maps keep."""
    return _locate_all((view,), atlas)[0]


def _locate_all(views: Sequence[View], atlas: Atlas) -> list[Layout]:
    pooled = [_pool(view) for view in views]
    found = find_all_points([p.log_canvas for p in pooled], atlas, [p.floor for p in pooled])
    return [_lay_out(*each, atlas) for each in zip(views, pooled, found, strict=True)]


class _Pooled(NamedTuple):
    """A view oriented, pooled and smoothed, its body, and its canvas with the lowest row."""

    factors: tuple[int, int]
    spacing_mm: tuple[float, float]
    smooth: np.ndarray
    body: np.ndarray
    frame: Frame
    log_canvas: np.ndarray
    floor: float


def _pool(view: View) -> _Pooled:
    factors = pooling(view.spacing_mm)
    spacing_mm = (view.spacing_mm[0] * factors[0], view.spacing_mm[1] * factors[1])
    pixels = pool(orient(view.pixels, view.name), factors)
    smooth = smooth_pixels(pixels, spacing_mm)
    log_canvas, body, frame = make_canvas(pixels, smooth, spacing_mm)
    floor = floor_row(pixels, body, spacing_mm, frame)
    return _Pooled(factors, spacing_mm, smooth, body, frame, log_canvas, floor)


def _lay_out(view: View, pooled: _Pooled, found: Found, atlas: Atlas) -> Layout:
    factors, spacing_mm, smooth, body, frame = pooled[:5]
    points = frame.to_image(found.points)
    beyond = outside_mm(points, body.shape, spacing_mm)
    evidence = confidence_evidence(found, frame.step[0] * spacing_mm[0], beyond)
    confidence = atlas.calibration.probability(evidence) * bool(body.any())
    templates = atlas.templates.get(view.name) or tuple(atlas.templates.values())[-1]
    maps = _paint(smooth, body, points, spacing_mm, templates, atlas.shape.mean)
    regions, expected, spread, body = (
        unpool(image, factors, view.pixels.shape, flips=view.name == ANTERIOR)
        for image in (*maps, body)
    )
    return Layout(
        landmarks=_name_landmarks(view, unpooled_points(points, factors), confidence),
        regions=regions,
        body=body,
        expected=expected,
        spread=spread,
    )


def outside_mm(points: np.ndarray, shape: tuple[int, int], spacing_mm) -> np.ndarray:
    """Return how far points (P, 2) lie outside an image of this shape, 0 within; shape (P,)."""
    beyond = np.maximum(np.maximum(-0.5 - points, points - np.array(shape) + 0.5), 0)
    return np.linalg.norm(beyond * spacing_mm, axis=1)


def _name_landmarks(view: View, points: np.ndarray, confidence: np.ndarray) -> tuple[Landmark, ...]:
    places = orient_points(points, view.name, view.pixels.shape[1])
    return tuple(
        Landmark(
            view=view.name,
            name=name,
            side=side,
            row=float(places[i, 0]),
            col=float(places[i, 1]),
            confidence=float(confidence[i]),
        )
        for i, (name, side) in enumerate(LANDMARKS)
    )


def _paint(
    smooth: np.ndarray,
    body: np.ndarray,
    points: np.ndarray,
    spacing_mm: tuple[float, float],
    templates: tuple[PartTemplate, ...],
    mean: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return region map, expected and spread of an oriented, pooled and smoothed image."""
    regions = np.zeros(body.shape, np.uint8)
    expected, spread = np.zeros(body.shape, np.float32), np.ones(body.shape, np.float32)
    if not body.any():
        return regions, expected, spread
    placement = lay_templates(body, spacing_mm, points, templates, mean)
    inside = np.flatnonzero(body)
    a, b = fit_scales(smooth.ravel()[inside], placement)
    regions.ravel()[inside] = placement.regions
    expected.ravel()[inside] = a * placement.bone + b * placement.soft
    spread.ravel()[inside] = placement.spread
    return regions, expected, spread
