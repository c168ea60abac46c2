"""The atlas: everything that was learned, as plain arrays, and the landmarks it finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from uptake_ml.atlas.canvas import AXIS_COL, channels, resample
from uptake_ml.atlas.descent import Stage
from uptake_ml.atlas.points import indices, mirror_points
from uptake_ml.atlas.regression import KernelRidge, block_means
from uptake_ml.atlas.shape import ShapeModel, Similarity, align
from uptake_ml.atlas.templates import PartTemplate
from uptake_ml.regions import LEFT, RIGHT
from uptake_ml.study import ANTERIOR, POSTERIOR

VIEW_NAMES = (ANTERIOR, POSTERIOR)
# Starts of the descent: (shift in rows, shift in columns, scale) about the first guess.
STARTS = np.array([(0, 0, 1), (4, 0, 1), (-4, 0, 1)])

_HIPS, _FEET = (
    [place for side in (LEFT, RIGHT) for place in indices(name, side=side)]
    for name in ("hip", "foot")
)
_LEGS = {side: indices("knee", "ankle", "foot", side=side) for side in (LEFT, RIGHT)}
# Hip to floor over hip to the middle of the foot; what is below the first is beyond the body.
_LEAST_FLOOR, _USUAL_FLOOR = 0.98, 1.05
_MOST_RESTARTS = 2

# Uncertainty of a point, in canvas pixels, from the spread of the ends of its descent.
_LEAST_SIGMA, _SIGMA_PER_SPREAD = 0.1, 0.5


@dataclass(frozen=True, kw_only=True, eq=False)
class Calibration:
    """P(error < 20 mm) = logistic(weights . [1, log spread, log change, outside]), (P, 4)."""

    weights: np.ndarray

    def probability(self, evidence: np.ndarray) -> np.ndarray:
        """Return the probability of each point, shape (P,), from evidence (P, 4)."""
        score = (evidence * self.weights).sum(axis=1)
        return 1 / (1 + np.exp(-np.clip(score, -30, 30)))


@dataclass(frozen=True, kw_only=True, eq=False)
class Atlas:
    """What was learned from examples; no part of it is code.

    ``first`` finds all points on the canvas, ``second`` again on the aligned canvas, ``stages``
    refine them, ``shape`` completes them, ``templates`` hold regions and normal uptake by view.
    """

    first: KernelRidge
    second: KernelRidge
    stages: tuple[Stage, ...]
    shape: ShapeModel
    calibration: Calibration
    templates: dict[str, tuple[PartTemplate, ...]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """Points of one canvas: places (P, 2) in canvas pixels, spread (P,) and change (P,) in pixels.

    ``spread`` is that of the descent's ends from several starts, ``change`` how far the points
    moved from the global regression to the end.
    """

    points: np.ndarray
    spread: np.ndarray
    change: np.ndarray


def find_points(log_canvas: np.ndarray, atlas: Atlas, floor: float = np.inf) -> Found:
    """Return the points of a canvas: regression, alignment, regression, descent, completion.

    ``floor`` is the canvas row that the feet cannot lie below (``canvas.floor_row``).
    """
    return find_all_points([log_canvas], atlas, [floor])[0]


def find_all_points(
    log_canvases: Sequence[np.ndarray], atlas: Atlas, floors: Sequence[float]
) -> list[Found]:
    """Return the points of each canvas: the regressions take hardly longer for two than for one."""
    blocks = np.stack([block_means(channels(canvas)) for canvas in log_canvases])
    rough = atlas.first.predict_both(blocks).mean(axis=1)
    to_mean = [align(points, atlas.shape.mean) for points in rough]
    aligned = [align_canvas(*each) for each in zip(log_canvases, to_mean, strict=True)]
    guesses = atlas.second.predict_both(np.stack([block_means(canvas) for canvas in aligned]))
    return [
        search(*each, atlas.stages, atlas.shape, floor)
        for *each, floor in zip(aligned, guesses, to_mean, floors, strict=True)
    ]


def search(
    aligned: np.ndarray,
    guesses: np.ndarray,
    to_mean: Similarity,
    stages: tuple[Stage, ...],
    shape: ShapeModel,
    floor: float,
) -> Found:
    """Return the points descended to from the guesses (2, P, 2), with the feet above the floor.

    Where faint feet were taken for cut off the legs end too low: they are drawn up to the floor and
    the descent starts again from there.
    """
    guess = guesses.mean(axis=0)
    found = conclude(descend(aligned, start_points(guesses), stages), guess, to_mean, shape)
    for _ in range(_MOST_RESTARTS):
        hip = found.points[_HIPS, 0].mean()
        ratio = (floor - hip) / max(found.points[_FEET, 0].max() - hip, 1e-6)
        if not 0 < ratio < _LEAST_FLOOR:
            break
        raised = to_mean(_scale_legs(found.points, ratio / _USUAL_FLOOR))
        starts = start_points(np.stack([raised, raised]))
        found = conclude(descend(aligned, starts, stages), guess, to_mean, shape)
    return found


def _scale_legs(points: np.ndarray, factor: float) -> np.ndarray:
    """Return the points with both legs below the hips scaled about their hips."""
    scaled = points.copy()
    for hip, leg in zip(_HIPS, _LEGS.values(), strict=True):
        scaled[leg] = points[hip] + factor * (points[leg] - points[hip])
    return scaled


def align_canvas(log_canvas: np.ndarray, to_mean: Similarity) -> np.ndarray:
    """Return both channels of the canvas moved onto the mean shape, shape (2, 256, 128)."""
    back = to_mean.inverse()
    return channels(resample(log_canvas, back.matrix, back.offset))


def start_points(guesses: np.ndarray) -> np.ndarray:
    """Return the starts of the descent, (n, P, 2), from the guesses of canvas and mirror image."""
    middle = guesses.mean(axis=0)
    centre = middle.mean(axis=0)
    jittered = [(middle - centre) * s + centre + (r, c) for r, c, s in STARTS]
    return np.concatenate([jittered, guesses])


def descend(aligned: np.ndarray, starts: np.ndarray, stages: tuple[Stage, ...]) -> np.ndarray:
    """Return where the starts end, (n, P, 2): as seen and as seen in a mirror, averaged."""
    n = len(starts)
    # Both at once: a stage costs little more for twice the starts.
    points = np.concatenate([starts, mirror_points(starts, AXIS_COL)])
    for stage in stages:
        points = stage.move(aligned, points, mirrored=slice(n, None))
    return np.concatenate([points[:n], mirror_points(points[n:], AXIS_COL)])


def conclude(ends, guess, to_mean: Similarity, shape: ShapeModel) -> Found:
    """Return the points that the ends of the descent agree on, made plausible by the shape."""
    middle = np.median(ends, axis=0)
    spread = np.sqrt(((ends - middle) ** 2).sum(axis=2).mean(axis=0))
    plausible = shape.complete(middle, _LEAST_SIGMA + _SIGMA_PER_SPREAD * spread)
    back = to_mean.inverse()
    change = np.sqrt(((plausible - guess) ** 2).sum(axis=1))
    return Found(points=back(plausible), spread=spread * back.scale, change=change * back.scale)


def confidence_evidence(found: Found, mm_per_pixel: float, outside_mm: np.ndarray) -> np.ndarray:
    """Return what the confidence rests on, shape (P, 4); ``outside_mm`` (P,) is 0 in the view."""
    return np.stack(
        [
            np.ones(len(outside_mm)),
            np.log(0.5 + found.spread * mm_per_pixel),
            np.log(1.0 + found.change * mm_per_pixel),
            np.minimum(outside_mm, 200.0) / 20.0,
        ],
        axis=1,
    )
