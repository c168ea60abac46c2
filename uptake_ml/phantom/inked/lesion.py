"""Spots of uptake, and what a disease added to the body, taken down as lesions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from uptake_ml.phantom.inked.ink import Mark, Stroke

# Regions of `uptake_ml.regions` by the first part of a mark's name.
_BONES = {
    "skull-base": "skull", "sinus": "face", "teeth": "face", "mandible": "face",
    "spine-c": "cervical-spine", "spine-t": "thoracic-spine", "spine-l": "lumbar-spine",
    "rib": "ribs", "scapular-tip": "scapula", "humerus-head": "humerus",
    "metacarpal": "hand", "finger": "hand",
    "ilium": "pelvis", "sacroiliac": "pelvis", "acetabulum": "pelvis", "ischium": "pelvis",
    "pubis": "pelvis", "trochanter": "femur", "femoral-neck": "femur", "fibula": "tibia",
    "tarsus": "foot", "metatarsal": "foot", "toe": "foot",
}  # fmt: skip
_JOINTS = {
    "acetabular-roof": "hip", "patella": "knee", "knee-medial": "knee", "knee-lateral": "knee",
    "cmc": "hand", "mcp": "hand", "pip": "hand", "dip": "hand", "ip": "hand",
    "tarsus": "foot", "mtp": "foot", "toe": "foot",
}  # fmt: skip
_MIDLINE = ("skull", "face", "cervical-spine", "thoracic-spine", "lumbar-spine", "sacrum",
            "sternum")  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Spot:
    """A place whose peak is `contrast` times what was seen there before; sizes are sigmas, mm."""

    at: np.ndarray
    long_mm: float
    short_mm: float
    angle: float
    contrast: float
    depth: float
    tissue_mm: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Lesion:
    """Spots, and marks that hold the uptake added to bones.

    ``disease`` is a row of ``data/diseases.toml``; one ``is_by_piece`` is several places of
    unlike strength, such as the joints of a hand.
    """

    disease: str
    region: str
    side: str | None
    is_joint: bool = False
    is_whole_bone: bool = False
    is_by_piece: bool = False
    spots: list[Spot] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)


def bone_of(region: str, side: str | None) -> tuple[str, str | None]:
    """Return region and side of `uptake_ml.regions` of a mark of this name."""
    name = region.split(":")[0]
    name = _BONES.get(name, name)
    return name, None if name in _MIDLINE else side


def joint_region(joint: str) -> str:
    """Return the region of `uptake_ml.regions` of a joint such as ``mcp-2``."""
    known = _JOINTS.get(joint)
    return known or _JOINTS.get(joint.rpartition("-")[0], joint)


def take_down(lesions: list[Lesion], new: Lesion, strength: float) -> None:
    """Add a lesion, `strength` times as strong; joints of one region and side are one lesion."""
    spots = [replace(s, contrast=1 + (s.contrast - 1) * strength) for s in new.spots]
    marks = [replace(m, uptake=m.uptake * strength) for m in new.marks]
    for known in lesions if new.is_joint else ():
        if known.is_joint and (known.region, known.side) == (new.region, new.side):
            known.spots.extend(spots)
            known.marks.extend(marks)
            return
    lesions.append(replace(new, spots=spots, marks=marks))


def spot_on(mark: Stroke, share: float, size_mm, contrast: float) -> Spot:
    """Return a spot at a share of a stroke's length, long side along the stroke."""
    index = share * (len(mark.points) - 1)
    whole = np.arange(len(mark.points))
    at = np.array([np.interp(index, whole, mark.points[:, k]) for k in (0, 1)])
    step = mark.points[min(int(index) + 1, len(whole) - 1)] - mark.points[max(int(index) - 1, 0)]
    return Spot(
        at=at,
        long_mm=size_mm[0],
        short_mm=size_mm[1],
        angle=float(np.arctan2(step[1], step[0])),
        contrast=contrast,
        depth=float(np.interp(index, whole, mark.depth)),
        tissue_mm=mark.tissue_mm,
    )
