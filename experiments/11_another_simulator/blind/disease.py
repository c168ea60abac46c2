"""Which diseases there are, and how one of them changes a scene."""

import numpy as np

from .disease_diffuse import DIFFUSE
from .disease_focal import FOCAL
from .disease_joint import JOINT
from .scene import Scene

KINDS: dict[str, tuple[str, ...]] = {
    "normal": ("normal",),
    "focal": tuple(FOCAL),
    "diffuse": tuple(DIFFUSE),
    "joint-symmetric": tuple(JOINT),
}


def apply_disease(scene: Scene, kind: str, rng: np.random.Generator) -> None:
    """Change a scene as the disease does; a normal scene stays as it is."""
    if kind != "normal":
        (FOCAL | DIFFUSE | JOINT)[kind](scene, rng)
