"""Examples brought to canvases one by one, so that only small arrays are kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy.spatial import cKDTree

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
    """A normal view on its fine canvas: image (float16) and regions (uint8), both (512, 256).

    Where it does not tell its regions (``is_told``), they are 1 in the body.
    """

    view_name: str
    case: int
    image: np.ndarray
    regions: np.ndarray
    is_told: bool
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
        frame, body = _add(collection, pixels, points, spacing_mm, k)
        kept = sum(t.view_name == example.view.name for t in collection.templates)
        if example.is_normal and kept < max_templates:
            maps = (pixels, body.astype(np.uint8) if regions is None else regions)
            collection.templates.append(_template(example, maps, frame, case, spacing_mm[0]))
        if regions is None:
            regions = _nearest_points(body, points, spacing_mm)
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
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, tuple[float, float]]:
    """Return oriented image, points (P, 2), regions and spacing, pooled as ``locate`` pools.

    The regions are None where the example does not tell them.
    """
    view, regions = example.view, example.regions
    factors = pooling(view.spacing_mm)
    pixels = pool(np.ascontiguousarray(orient(view.pixels, view.name)), factors)
    told = np.zeros(view.pixels.shape, np.uint8) if regions is None else regions
    points = pooled_points(true_points(example.landmarks, told, view.name), factors)
    if regions is not None:
        regions = orient(regions, view.name)[:: factors[0], :: factors[1]]
        regions = np.ascontiguousarray(regions)
    spacing_mm = (view.spacing_mm[0] * factors[0], view.spacing_mm[1] * factors[1])
    return pixels, points, regions, spacing_mm


def _nearest_points(
    body: np.ndarray, points: np.ndarray, spacing_mm: tuple[float, float]
) -> np.ndarray:
    """Return 1 + the number of the point nearest to each pixel of a body, 0 outside, uint8.

    It stands in for regions where a distortion makes single parts brighter or darker.
    """
    patches = np.zeros(body.shape, np.uint8)
    known = np.flatnonzero(np.isfinite(points).all(axis=1))
    if len(known):
        places = cKDTree(points[known] * spacing_mm)
        _, nearest = places.query(np.argwhere(body) * spacing_mm)
        patches[body] = 1 + known[nearest]
    return patches


def _add(
    collection: Collection,
    pixels: np.ndarray,
    points: np.ndarray,
    spacing_mm: tuple[float, float],
    subject: int,
) -> tuple[Frame, np.ndarray]:
    """Append a canvas with its truth; return where it lies, and the body in the image."""
    canvas, body, frame = make_canvas(pixels, smooth_pixels(pixels, spacing_mm), spacing_mm)
    corners = np.array([(-0.5, -0.5), np.array(pixels.shape) - 0.5])
    collection.canvases.append(canvas.astype(np.float16))
    collection.points.append(frame.to_canvas(points))
    collection.extents.append(frame.to_canvas(corners))
    collection.floors.append(floor_row(pixels, body, spacing_mm, frame))
    collection.mm_per_pixel.append(frame.step[0] * spacing_mm[0])
    collection.subjects.append(subject)
    return frame, body


def _template(
    example: Example,
    maps: tuple[np.ndarray, np.ndarray],
    frame: Frame,
    case: int,
    row_mm: float,
) -> TemplateCase:
    """Return the image and the regions of ``maps`` on the fine canvas."""
    pixels, regions = maps
    image = sample(pixels, frame, zoom=ZOOM)
    # float16 ends at 65,504; only ratios are used.
    image = image / max(float(np.quantile(image, 0.999)), 1e-6) * 100
    return TemplateCase(
        view_name=example.view.name,
        case=case,
        image=image.astype(np.float16),
        regions=sample(regions, frame, zoom=ZOOM, order=0),
        is_told=example.regions is not None,
        mm_per_pixel=frame.step[0] * row_mm / ZOOM,
    )
