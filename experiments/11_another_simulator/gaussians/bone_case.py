"""Planar whole-body bone scans of drawn patients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import acquisition, diffuse, focal, joint, normal, variants
from .body import build_body, pose

_MODULES = {"normal": normal, "focal": focal, "diffuse": diffuse, "joint-symmetric": joint}
KINDS: dict[str, tuple[str, ...]] = {label: tuple(m.KINDS) for label, m in _MODULES.items()}
_LANDMARKS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")


@dataclass(frozen=True, kw_only=True, eq=False)
class Planar:
    """Both views in counts, the pixel's side, landmarks in the anterior view, and the truth."""

    views: dict[str, np.ndarray]
    pixel_mm: float
    landmarks: dict[tuple[str, str | None], tuple[float, float]]
    label: str
    kind: str


def draw_planar(rng: np.random.Generator, label: str, kind: str) -> Planar:
    """Return a scan of a newly drawn patient of a label and kind.

    The views are float32 counts [row, column], head first; the anterior view has the patient's
    right at its left, the posterior view the patient's left.

    Raises
    ------
    ValueError
        If label or kind is unknown.
    """
    if kind not in KINDS.get(label, ()):
        known = {name: list(kinds) for name, kinds in KINDS.items()}
        raise ValueError(f"unknown label and kind {label!r}, {kind!r}; known are {known}")
    module = _MODULES[label]
    draw_person, change = module.KINDS[kind]
    body = build_body(rng, draw_person(rng))
    variants.add_variants(rng, body)
    change(rng, body)
    if label == "joint-symmetric":
        body.is_cut_allowed = False
    pose(body)
    views, camera = acquisition.acquire(rng, body)
    return Planar(
        views=views,
        pixel_mm=camera.pixel_mm,
        landmarks=_locate(body.points, camera),
        label=label,
        kind=kind,
    )


def _locate(points: dict, camera) -> dict:
    keys = [(name, None) for name in ("chin", "T12", "sacrum")]
    keys += [(name, side) for name in _LANDMARKS for side in ("left", "right")]
    return {
        key: (
            float((points[key][2] - camera.top_mm) / camera.pixel_mm - 0.5),
            float((points[key][0] - camera.left_mm) / camera.pixel_mm - 0.5),
        )
        for key in keys
    }
