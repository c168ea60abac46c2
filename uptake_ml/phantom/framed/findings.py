"""Lesions: what lights up in bones, by its disease and its place."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from uptake_ml.phantom.framed.armature import SIDES
from uptake_ml.phantom.framed.field import Solid
from uptake_ml.phantom.framed.subject import Glow

SIDE_NAMES = {number: name for name, number in SIDES.items()}
# Lesions are weakened more often than not, so that fainter ones are learnt as well (prior).
_STRENGTH = (0.6, 1.2)
_REGIONS = {
    "skull": ("vault", "base"),
    "face": ("face", "teeth", "jaw"),
    "ribs": ("rib", "cartilage"),
    "sternum": ("manubrium", "sternum", "xiphoid"),
    "clavicle": ("clavicle",),
    "scapula": ("scapula", "acromion", "coracoid", "glenoid"),
    "sacrum": ("sacrum", "coccyx"),
    "pelvis": ("ilium", "iliac-crest", "socket", "pubis", "ischium"),
    "humerus": ("humerus",),
    "forearm": ("ulna", "radius"),
    "hand": ("carpals", "metacarpal", "finger"),
    "femur": ("femur", "patella"),
    "tibia": ("tibia", "fibula"),
    "foot": ("talus", "calcaneus", "midfoot", "metatarsal", "toe"),
    "cervical-spine": ("C",),
    "thoracic-spine": ("T",),
    "lumbar-spine": ("L",),
}


@dataclass(kw_only=True, eq=False)
class Piece:
    """What lights up in one place: bones laid over the healthy ones, glows, and other solids."""

    bones: list[Solid] = field(default_factory=list)
    glows: list[Glow] = field(default_factory=list)
    extra: list[Solid] = field(default_factory=list)

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the lowest and the highest corner (x, y, z) in mm of what it reaches."""
        parts = [*self.bones, *self.glows, *self.extra]
        lows, highs = zip(*(part.bounds() for part in parts), strict=True)
        return np.min(lows, axis=0), np.max(highs, axis=0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Lesion:
    """Pieces of one lesion; ``disease`` is a row of ``data/diseases.toml``.

    One ``is_by_piece`` is several places of unlike strength, such as the joints of a hand.
    """

    disease: str
    region: str
    side: str | None
    pieces: list[Piece]
    is_joint: bool = False
    is_whole_bone: bool = False

    @property
    def is_by_piece(self) -> bool:
        """Whether its pieces may be seen one by one."""
        return self.is_joint


def region_of(bone: Solid) -> tuple[str, str | None]:
    """Return region and side of `uptake_ml.regions` that a bone belongs to."""
    region = next(r for r, starts in _REGIONS.items() if bone.name.startswith(starts))
    return region, SIDE_NAMES.get(bone.side)


def lesion_on(disease: str, bone: Solid, *glows: Glow) -> Lesion:
    """Return a lesion of a bone that consists of glows."""
    region, side = region_of(bone)
    return Lesion(disease=disease, region=region, side=side, pieces=[Piece(glows=list(glows))])


def take_down(lesions: list[Lesion], new: Lesion) -> None:
    """Add joints; those of one region and side are one lesion."""
    for known in lesions:
        if known.is_joint and (known.region, known.side) == (new.region, new.side):
            known.pieces.extend(new.pieces)
            return
    lesions.append(new)


def draw_level(rng: np.random.Generator, low: float, high: float) -> float:
    """Return how much a lesion takes up, in parts of a vertebra, at times less than ``low``."""
    return rng.uniform(low, high) * float(np.exp(rng.uniform(*np.log(_STRENGTH))))
