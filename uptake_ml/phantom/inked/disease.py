"""Which diseases there are, how strong they are, and how one of them changes a scene."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.inked.arthritis import JOINT as _JOINT
from uptake_ml.phantom.inked.diffuse import DIFFUSE as _DIFFUSE
from uptake_ml.phantom.inked.focal import FOCAL as _FOCAL
from uptake_ml.phantom.inked.scene import Scene
from uptake_ml.study import DIFFUSE, FOCAL, JOINT_SYMMETRIC, NORMAL

_PAINTERS = {FOCAL: _FOCAL, DIFFUSE: _DIFFUSE, JOINT_SYMMETRIC: _JOINT}
KINDS: dict[str, tuple[str, ...]] = {
    NORMAL: ("normal",),
    **{label: tuple(painters) for label, painters in _PAINTERS.items()},
}
# Of what a disease adds, so that faint ones are learnt as well (prior).
STRENGTH = {
    NORMAL: (1.0, 1.0),
    FOCAL: (0.5, 1.3),
    DIFFUSE: (0.6, 1.1),
    JOINT_SYMMETRIC: (0.22, 1.1),
}


def apply_disease(scene: Scene, label: str, kind: str, rng: np.random.Generator) -> None:
    """Change a scene as the disease does, drawn strong or faint; a normal one stays as it is."""
    scene.strength = rng.uniform(*STRENGTH[label])
    if label != NORMAL:
        _PAINTERS[label][kind](scene, rng)
