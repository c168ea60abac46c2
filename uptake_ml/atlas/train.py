"""Learning an atlas from examples with exact truth."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from uptake_ml.atlas.augment import DistortionPlan
from uptake_ml.atlas.canvas import AXIS_COL, channels
from uptake_ml.atlas.collect import Collection, collect
from uptake_ml.atlas.descent import STEPS, Stage, StageFit
from uptake_ml.atlas.locate import outside_mm
from uptake_ml.atlas.model import (
    VIEW_NAMES,
    Atlas,
    Calibration,
    Found,
    align_canvas,
    confidence_evidence,
    find_points,
    search,
    start_points,
)
from uptake_ml.atlas.points import POINTS, mirror_points
from uptake_ml.atlas.records import Example
from uptake_ml.atlas.regression import KernelRidge, RidgePlan, block_means, fit_kernel_ridge
from uptake_ml.atlas.shape import ShapeModel, Similarity, align, fit_shape_model, mean_shape
from uptake_ml.atlas.train_templates import fit_templates
from uptake_ml.errors import ModelError

CONFIDENT_WITHIN_MM = 20.0
_STREAM = 11


@dataclass(frozen=True, kw_only=True)
class TrainingPlan:
    """Every choice of the training; the defaults were chosen on phantoms alone."""

    n_distorted: int = 2
    distortions: DistortionPlan = field(default_factory=DistortionPlan)
    ridge: RidgePlan = field(default_factory=RidgePlan)
    n_folds: int = 3
    n_modes: int = 20
    n_starts: int = 3
    stage_ridge: float = 0.3
    max_templates: int = 400


def train_atlas(
    examples: Iterable[Example],
    *,
    seed: int,
    plan: TrainingPlan | None = None,
    progress: Callable[[str], None] | None = None,
) -> Atlas:
    """Return the atlas learned from examples, which are read once.

    Raises ModelError where there are fewer than 20 examples, or no normal one of a view that tells
    its regions.
    """
    plan, progress = plan or TrainingPlan(), progress or (lambda message: None)
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_STREAM,)))
    cases = collect(
        examples,
        seed=seed,
        n_distorted=plan.n_distorted,
        distortions=plan.distortions,
        max_templates=plan.max_templates,
        progress=progress,
    )
    _check(cases)
    folds = _folds(np.array(cases.subjects), plan.n_folds, rng)
    shape, truth = _learn_shape(np.stack(cases.points), plan.n_modes)
    learnt = _learn_regressions(cases, truth, shape, folds, plan, rng)
    first, second, to_mean, guesses, canvases = learnt
    progress("regressions fitted")
    stages = _learn_descent(canvases, truth, to_mean, guesses, plan, rng, progress)
    calibration = _calibrate(
        cases,
        [
            search(canvas.astype(np.float32), guess, m, stages, shape, floor)
            for canvas, guess, m, floor in zip(
                canvases, guesses, to_mean, cases.floors, strict=True
            )
        ],
    )
    atlas = Atlas(
        first=first,
        second=second,
        stages=stages,
        shape=shape,
        calibration=calibration,
        templates={},
    )
    for name in _view_names(cases):
        chosen = [t for t in cases.templates if t.view_name == name]
        found = [_find(atlas, cases.canvases[t.case], cases.floors[t.case]) for t in chosen]
        atlas.templates[name] = fit_templates(chosen, found, shape.mean, progress)
    return atlas


def _check(cases: Collection) -> None:
    n = len(set(cases.subjects))
    if n < 20:
        raise ModelError(f"an atlas needs at least 20 examples, found {n}; simulate more")
    for name in _view_names(cases):
        if not any(t.view_name == name and t.is_told for t in cases.templates):
            raise ModelError(
                f"an atlas needs normal examples of the {name} view that tell their regions, found "
                "none; add some"
            )


def _view_names(cases: Collection) -> tuple[str, ...]:
    return tuple(name for name in VIEW_NAMES if name in cases.view_names)


def _folds(subjects: np.ndarray, n_folds: int, rng: np.random.Generator) -> np.ndarray:
    # Neighbouring examples are two views of one body: they stay in one fold.
    pairs = subjects // 2
    return (rng.permutation(pairs.max() + 1) % n_folds)[pairs]


def _find(atlas: Atlas, canvas: np.ndarray, floor: float) -> np.ndarray:
    return find_points(canvas.astype(np.float32), atlas, floor).points


def _learn_shape(points: np.ndarray, n_modes: int) -> tuple[ShapeModel, np.ndarray]:
    """Return the shape model and the points (n, P, 2) with unknown ones filled in."""
    mean = mean_shape(points)
    maps = [align(p, mean) for p in points]
    aligned = np.stack([m(p) for m, p in zip(maps, points, strict=True)])
    both = np.concatenate([aligned, mirror_points(aligned, AXIS_COL)])
    shape = fit_shape_model(both, n_modes=n_modes)
    filled = []
    for p, m, a in zip(points, maps, aligned, strict=True):
        known = np.isfinite(p).all(axis=1)
        guess = shape.complete(a, np.where(known, 0.5, np.inf)) if not known.all() else a
        filled.append(np.where(known[:, None], p, m.inverse()(guess)))
    return shape, np.stack(filled)


def _learn_regressions(
    cases: Collection,
    truth: np.ndarray,
    shape: ShapeModel,
    folds: np.ndarray,
    plan: TrainingPlan,
    rng: np.random.Generator,
) -> tuple[KernelRidge, KernelRidge, list[Similarity], np.ndarray, list[np.ndarray]]:
    """Return both regressions, the alignments, the aligned guesses, (n, 2, P, 2), and canvases.

    What a later step learns from is predicted out of fold, so that it sees the errors it will meet.
    The aligned canvases are float16, (2, 256, 128) each: thousands of them are kept.
    """
    blocks = np.stack([block_means(channels(c.astype(np.float32))) for c in cases.canvases])
    first, rough = _fit_out_of_fold(blocks, truth, folds, plan.ridge, rng)
    to_mean = [align(p, shape.mean) for p in rough.mean(axis=1)]
    canvases = []
    for i, (canvas, m) in enumerate(zip(cases.canvases, to_mean, strict=True)):
        moved = align_canvas(canvas.astype(np.float32), m)
        blocks[i] = block_means(moved)
        canvases.append(moved.astype(np.float16))
    aligned = np.stack([m(p) for m, p in zip(to_mean, truth, strict=True)])
    second, guesses = _fit_out_of_fold(blocks, aligned, folds, plan.ridge, rng)
    return first, second, to_mean, guesses, canvases


def _fit_out_of_fold(blocks, points, folds, plan, rng) -> tuple[KernelRidge, np.ndarray]:
    guesses = np.empty((len(blocks), 2, len(POINTS), 2))
    for fold in np.unique(folds):
        held = folds == fold
        model = fit_kernel_ridge(blocks[~held], points[~held], plan, rng)
        guesses[held] = model.predict_both(blocks[held])
    return fit_kernel_ridge(blocks, points, plan, rng), guesses


def _learn_descent(
    canvases: list[np.ndarray],
    truth: np.ndarray,
    to_mean: list[Similarity],
    guesses: np.ndarray,
    plan: TrainingPlan,
    rng: np.random.Generator,
    progress: Callable[[str], None],
) -> tuple[Stage, ...]:
    """Return the stages, from aligned canvases and the guesses on them."""
    aligned = [m(p) for m, p in zip(to_mean, truth, strict=True)]
    starts = []
    for guess in guesses:
        offered = start_points(guess)
        starts.append(offered[rng.choice(len(offered), plan.n_starts, replace=False)])
    stages: list[Stage] = []
    places = [np.stack([s, mirror_points(s, AXIS_COL)]) for s in starts]
    goals = [np.stack([a, mirror_points(a, AXIS_COL)]) for a in aligned]
    for step in STEPS:
        fit = StageFit(len(POINTS), step)
        for i, canvas in enumerate(canvases):
            for way, image in enumerate(_both_ways(canvas)):
                if stages:
                    places[i][way] = stages[-1].move(image, places[i][way])
                goal = np.broadcast_to(goals[i][way], places[i][way].shape)
                fit.add(image, places[i][way], goal)
        progress(f"stage {len(stages) + 1}: starts {_median_error(places, goals):.2f} pixels off")
        stages.append(fit.solve(plan.stage_ridge))
    return tuple(stages)


def _both_ways(canvas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    image = canvas.astype(np.float32)
    return image, np.ascontiguousarray(image[:, :, ::-1])


def _median_error(places: list[np.ndarray], goals: list[np.ndarray]) -> float:
    errors = [
        np.linalg.norm(p - g[:, None], axis=-1).ravel() for p, g in zip(places, goals, strict=True)
    ]
    return float(np.median(np.concatenate(errors)))


def _calibrate(cases: Collection, found_points: list[Found]) -> Calibration:
    """Return the map from evidence to the probability of an error below 20 mm, point by point."""
    evidence, is_right = [], []
    for i, (true, found) in enumerate(zip(cases.points, found_points, strict=True)):
        mm = cases.mm_per_pixel[i]
        low, high = cases.extents[i]
        beyond = outside_mm(found.points - low - 0.5, tuple(high - low), (mm, mm))
        evidence.append(confidence_evidence(found, mm, beyond))
        error = np.linalg.norm(found.points - true, axis=1) * mm
        is_right.append(np.where(np.isnan(error), -1, error < CONFIDENT_WITHIN_MM))
    evidence, is_right = np.stack(evidence), np.stack(is_right)
    weights = [_logistic(evidence[:, p], is_right[:, p]) for p in range(len(POINTS))]
    return Calibration(weights=np.stack(weights).astype(np.float32))


def _logistic(evidence: np.ndarray, is_right: np.ndarray) -> np.ndarray:
    from sklearn.linear_model import LogisticRegression

    known = is_right >= 0
    evidence, is_right = evidence[known], is_right[known]
    share = (is_right.sum() + 1) / (len(is_right) + 2)
    if min(is_right.sum(), (1 - is_right).sum()) < 5:
        return np.array([np.log(share / (1 - share)), -0.1, -0.1, -0.2])
    # The first column of the evidence is the constant.
    model = LogisticRegression(C=10.0, max_iter=500).fit(evidence[:, 1:], is_right)
    return np.concatenate([model.intercept_, model.coef_[0]])
