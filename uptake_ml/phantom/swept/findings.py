"""What lights up above normal bone: places of uptake, and lesions made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from uptake_ml.phantom.swept.person import SIDES, log_uniform
from uptake_ml.phantom.swept.sweep import Sweep

SIDE_NAMES = {number: name for name, number in SIDES.items()}
LEAST_CONTRAST, MOST_CONTRAST = 0.4, 18.0

_REGIONS = {
    "skull": ("vault", "sphenoid", "occiput", "petrous"),
    "face": ("nose", "conchae", "maxilla", "brow", "orbit", "zygoma", "antrum", "mandible",
             "teeth"),
    "ribs": ("rib", "cartilage"),
    "sternum": ("sternum", "manubrium", "xiphoid"),
    "clavicle": ("clavicle",),
    "scapula": ("scapula",),
    "sacrum": ("sacrum", "coccyx"),
    "pelvis": ("ilium", "si-joint", "acetabulum", "pubis", "ischium"),
    "humerus": ("humerus",),
    "forearm": ("ulna", "radius"),
    "hand": ("carpus", "metacarpal", "finger"),
    "femur": ("femur", "trochanter", "patella"),
    "tibia": ("tibia", "fibula"),
    "foot": ("talus", "calcaneus", "tarsus", "metatarsal", "toe"),
    "cervical-spine": ("C",),
    "thoracic-spine": ("T",),
    "lumbar-spine": ("L",),
}  # fmt: skip
_MIDLINE = ("skull", "face", "sternum", "sacrum", "cervical-spine", "thoracic-spine",
            "lumbar-spine")  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    """Solids that light up together, their values relative to each other.

    ``contrast`` is what they add over what lies under them, in the view that shows them best.
    """

    solids: list[Sweep]
    contrast: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Lesion:
    """Pieces of one lesion; ``disease`` is a row of ``data/diseases.toml``.

    One ``is_by_piece`` is several places of unlike strength, such as the joints of a hand.
    """

    disease: str
    region: str
    side: str | None
    is_joint: bool = False
    is_whole_bone: bool = False
    is_by_piece: bool = False
    pieces: list[Piece] = field(default_factory=list)


def region_of(bone: Sweep) -> tuple[str, str | None]:
    """Return region and side of `uptake_ml.regions` that a bone belongs to."""
    region = next(r for r, starts in _REGIONS.items() if bone.name.startswith(starts))
    return region, None if region in _MIDLINE else SIDE_NAMES[bone.side]


def lesion_of(disease: str, bone: Sweep, pieces: Iterable[Piece], **settings) -> Lesion:
    """Return a lesion of a bone."""
    region, side = region_of(bone)
    return Lesion(disease=disease, region=region, side=side, pieces=list(pieces), **settings)


def take_down(lesions: list[Lesion], new: Lesion) -> None:
    """Add a lesion; the joints of one region and side are one lesion."""
    for known in lesions if new.is_joint else ():
        if known.is_joint and (known.region, known.side) == (new.region, new.side):
            known.pieces.extend(new.pieces)
            return
    lesions.append(new)


def light_up(bone: Sweep, shares: float | np.ndarray = 1.0, *, grow: float = 1.0) -> Sweep:
    """Return a bone that is all lesion, or at each station a share of it, ``grow`` times as thick.

    ``shares`` (n,) are those of its stations.
    """
    return replace(
        bone, value=bone.value * shares, half_u=bone.half_u * grow, half_v=bone.half_v * grow
    )


def draw_contrast(rng: np.random.Generator, low: float = 0.45, high: float = 15.0) -> float:
    """Return a contrast between hardly seen and glaring, log-uniform."""
    return log_uniform(rng, low, high)


def near_contrast(level: float, rng: np.random.Generator, spread: float) -> float:
    """Return the contrast of one of several places that are about as hot as ``level``."""
    return float(np.clip(level * rng.lognormal(0, spread), LEAST_CONTRAST, MOST_CONTRAST))
