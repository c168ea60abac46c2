"""How far the atlas is from the truth of examples it was not learned from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from uptake_ml.atlas.locate import locate_view
from uptake_ml.atlas.model import Atlas
from uptake_ml.atlas.records import Example
from uptake_ml.regions import BONE, JOINT, LANDMARKS, REGIONS

_IS_BONE = np.array([r.kind in (BONE, JOINT) for r in REGIONS])


@dataclass(frozen=True, kw_only=True, eq=False)
class Agreement:
    """Agreement of n views with their truth.

    ``error_mm`` and ``confidence`` (n, L) in the order of ``LANDMARKS``, NaN where the truth is
    unknown; ``region_accuracy``: share of the body's pixels with the right region; ``bone_dice``:
    overlap of all bone and joint regions; ``body_iou``: overlap of the body's mask, each (n,).
    """

    error_mm: np.ndarray
    confidence: np.ndarray
    region_accuracy: np.ndarray
    bone_dice: np.ndarray
    body_iou: np.ndarray


def compare(atlas: Atlas, examples: Iterable[Example]) -> Agreement:
    """Return how well the atlas agrees with the truth of examples."""
    rows = [_compare_one(atlas, example) for example in examples]
    error, confidence, *overlaps = (np.array(column) for column in zip(*rows, strict=True))
    return Agreement(
        error_mm=error,
        confidence=confidence,
        region_accuracy=overlaps[0],
        bone_dice=overlaps[1],
        body_iou=overlaps[2],
    )


def _compare_one(atlas: Atlas, example: Example):
    layout = locate_view(example.view, atlas)
    spacing = np.array(example.view.spacing_mm)
    errors = []
    for landmark in layout.landmarks:
        true = example.landmarks.get((landmark.name, landmark.side))
        true = (np.nan, np.nan) if true is None else true
        errors.append(np.linalg.norm((np.array([landmark.row, landmark.col]) - true) * spacing))
    inside = example.regions > 0
    found, true_bone = _IS_BONE[layout.regions], _IS_BONE[example.regions]
    return (
        errors,
        [landmark.confidence for landmark in layout.landmarks],
        (layout.regions == example.regions)[inside].mean() if inside.any() else np.nan,
        2 * (found & true_bone).sum() / max(found.sum() + true_bone.sum(), 1),
        (layout.body & inside).sum() / max((layout.body | inside).sum(), 1),
    )


def format_agreement(agreement: Agreement) -> str:
    """Return a table: median and 95th percentile of the error by landmark, then the overlaps."""
    lines = [f"{'landmark':<22}{'n':>6}{'median mm':>11}{'p95 mm':>9}{'confidence':>12}"]
    for i, (name, side) in enumerate(LANDMARKS):
        label = name if side is None else f"{name} {side}"
        lines.append(_line(label, agreement.error_mm[:, i], agreement.confidence[:, i]))
    lines.append(_line("all", agreement.error_mm.ravel(), agreement.confidence.ravel()))
    for name in ("region_accuracy", "bone_dice", "body_iou"):
        lines.append(f"{name:<22}{np.nanmedian(getattr(agreement, name)):>17.3f}")
    return "\n".join(lines)


def _line(label: str, error: np.ndarray, confidence: np.ndarray) -> str:
    known = np.isfinite(error)
    if not known.any():
        return f"{label:<22}{0:>6}"
    median, tail = np.quantile(error[known], (0.5, 0.95))
    mean = confidence[known].mean()
    return f"{label:<22}{known.sum():>6}{median:>11.1f}{tail:>9.1f}{mean:>12.2f}"
