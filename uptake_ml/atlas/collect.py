"""Examples brought to canvases one by one, so that only small arrays are kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from uptake_ml.atlas.augment import DistortionPlan, distort, draw_distortion
from uptake_ml.atlas.canvas import (
    Frame,
    floor_row,
    make_canvas,
    pool,
    pooled_points,
    pooling,
    sample,
    smooth_pixels,
)
from uptake_ml.atlas.points import orient, true_points
from uptake_ml.atlas.records import Example
from uptake_ml.atlas.templates import ZOOM


@dataclass(frozen=True, kw_only=True, eq=False)
class TemplateCase:
    """A normal view on its fine canvas: image (float16) and regions (uint8), both (512, 256)."""

    view_name: str
    case: int
    image: np.ndarray
    regions: np.ndarray
    mm_per_pixel: float


@dataclass(kw_only=True, eq=False)
class Collection:
    """Canvases of all cases with their truth: the input of every later step of training."""

    canvases: list[np.ndarray] = field(default_factory=list)
    points: list[np.ndarray] = field(default_factory=list)
    extents: list[np.ndarray] = field(default_factory=list)
    floors: list[float] = field(default_factory=list)
    mm_per_pixel: list[float] = field(default_factory=list)
    subjects: list[int] = field(default_factory=list)
    templates: list[TemplateCase] = field(default_factory=list)
    view_names: set[str] = field(default_factory=set)


def collect(
    examples: Iterable[Example],
    *,
    seed: int,
    n_distorted: int,
    distortions: DistortionPlan,
    max_templates: int,
    progress: Callable[[str], None],
) -> Collection:
    """Return every example on its canvas, as it is and ``n_distorted`` times distorted.

    Distortion j of example k draws from SeedSequence(seed, spawn_key=(k, j)).
    """
    collection = Collection()
    for k, example in enumerate(examples):
        pixels, points, regions, spacing_mm = coarsen(example)
        case = len(collection.canvases)
        collection.view_names.add(example.view.name)
        frame = _add(collection, pixels, points, spacing_mm, k)
        kept = sum(t.view_name == example.view.name for t in collection.templates)
        if example.is_normal and kept < max_templates:
            mm = frame.step[0] * spacing_mm[0]
            template = _template(example.view.name, pixels, regions, frame, case, mm)
            collection.templates.append(template)
        for j in range(n_distorted):
            rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(k, j)))
            drawn = draw_distortion(distortions, rng)
            distorted, moved = distort(pixels, points, regions, spacing_mm, drawn)
            if min(distorted.shape) >= 16:
                _add(collection, distorted, moved, spacing_mm, k)
        if k % 100 == 99:
            progress(f"{k + 1} examples, {len(collection.canvases)} canvases")
    return collection


def coarsen(
    example: Example,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[float, float]]:
    """Return oriented image, points (P, 2), regions and spacing, pooled as ``locate`` pools."""
    view = example.view
    factors = pooling(view.spacing_mm)
    pixels = pool(np.ascontiguousarray(orient(view.pixels, view.name)), factors)
    regions = np.ascontiguousarray(orient(example.regions, view.name)[:: factors[0], :: factors[1]])
    points = true_points(example.landmarks, example.regions, view.name)
    spacing_mm = (view.spacing_mm[0] * factors[0], view.spacing_mm[1] * factors[1])
    return pixels, pooled_points(points, factors), regions, spacing_mm


def _add(
    collection: Collection,
    pixels: np.ndarray,
    points: np.ndarray,
    spacing_mm: tuple[float, float],
    subject: int,
) -> Frame:
    canvas, body, frame = make_canvas(pixels, smooth_pixels(pixels, spacing_mm), spacing_mm)
    corners = np.array([(-0.5, -0.5), np.array(pixels.shape) - 0.5])
    collection.canvases.append(canvas.astype(np.float16))
    collection.points.append(frame.to_canvas(points))
    collection.extents.append(frame.to_canvas(corners))
    collection.floors.append(floor_row(pixels, body, spacing_mm, frame))
    collection.mm_per_pixel.append(frame.step[0] * spacing_mm[0])
    collection.subjects.append(subject)
    return frame


def _template(
    view_name: str,
    pixels: np.ndarray,
    regions: np.ndarray,
    frame: Frame,
    case: int,
    mm_per_pixel: float,
) -> TemplateCase:
    image = sample(pixels, frame, zoom=ZOOM)
    # float16 ends at 65,504; only ratios are used.
    image = image / max(float(np.quantile(image, 0.999)), 1e-6) * 100
    return TemplateCase(
        view_name=view_name,
        case=case,
        image=image.astype(np.float16),
        regions=sample(regions, frame, zoom=ZOOM, order=0),
        mm_per_pixel=mm_per_pixel / ZOOM,
    )
