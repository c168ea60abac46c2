"""The vocabulary of places: every region of the body that an image can be divided into.

A region map is a uint8 array whose values index ``REGIONS``; 0 is outside the body.
"""

from __future__ import annotations

from dataclasses import dataclass

LEFT = "left"
RIGHT = "right"

BONE = "bone"
JOINT = "joint"
ORGAN = "organ"
SOFT_TISSUE = "soft-tissue"
OUTSIDE = "outside"

AXIAL = "axial"
APPENDICULAR = "appendicular"


@dataclass(frozen=True)
class Region:
    """A named place: ``side`` is the patient's, ``division`` axial or appendicular skeleton."""

    name: str
    side: str | None
    kind: str
    division: str | None = None

    @property
    def is_joint(self) -> bool:
        """Whether uptake here is uptake at a joint (hands and feet are mostly small joints)."""
        return self.kind == JOINT or self.name in ("hand", "foot")


_MIDLINE_BONES = (
    ("skull", AXIAL),
    ("face", AXIAL),
    ("cervical-spine", AXIAL),
    ("thoracic-spine", AXIAL),
    ("lumbar-spine", AXIAL),
    ("sacrum", AXIAL),
    ("sternum", AXIAL),
)
_PAIRED_BONES = (
    ("clavicle", AXIAL),
    ("scapula", AXIAL),
    ("ribs", AXIAL),
    ("pelvis", AXIAL),
    ("humerus", APPENDICULAR),
    ("forearm", APPENDICULAR),
    ("hand", APPENDICULAR),
    ("femur", APPENDICULAR),
    ("tibia", APPENDICULAR),
    ("foot", APPENDICULAR),
)
_PAIRED_JOINTS = (
    ("sternoclavicular", AXIAL),
    ("acromioclavicular", APPENDICULAR),
    ("shoulder", APPENDICULAR),
    ("elbow", APPENDICULAR),
    ("wrist", APPENDICULAR),
    ("sacroiliac", AXIAL),
    ("hip", APPENDICULAR),
    ("knee", APPENDICULAR),
    ("ankle", APPENDICULAR),
)
_MIDLINE_ORGANS = ("brain", "heart", "liver", "spleen", "stomach", "bowel", "bladder")
_PAIRED_ORGANS = ("kidney", "lung", "breast")
_SOFT_TISSUES = ("head-neck-soft-tissue", "trunk-soft-tissue", "arm-soft-tissue", "leg-soft-tissue")


def _paired(names, kind):
    return tuple(Region(n, s, kind, d) for n, d in names for s in (LEFT, RIGHT))


REGIONS: tuple[Region, ...] = (
    Region("outside", None, OUTSIDE),
    *(Region(n, None, BONE, d) for n, d in _MIDLINE_BONES),
    *_paired(_PAIRED_BONES, BONE),
    *_paired(_PAIRED_JOINTS, JOINT),
    *(Region(n, None, ORGAN) for n in _MIDLINE_ORGANS),
    *_paired(((n, None) for n in _PAIRED_ORGANS), ORGAN),
    *(Region(n, None, SOFT_TISSUE) for n in _SOFT_TISSUES),
)

INDEX: dict[tuple[str, str | None], int] = {(r.name, r.side): i for i, r in enumerate(REGIONS)}

# A landmark is (name, side); these names are part of the finding's contract.
LANDMARKS: tuple[tuple[str, str | None], ...] = (
    *(
        (n, None)
        for n in ("vertex", "chin", "C7", "T6", "T12", "L3", "sternum", "sacrum", "bladder")
    ),
    *(
        (n, s)
        for n in (
            "shoulder",
            "elbow",
            "wrist",
            "hand",
            "iliac-crest",
            "hip",
            "knee",
            "ankle",
            "foot",
        )
        for s in (LEFT, RIGHT)
    ),
)
LANDMARK_INDEX = {key: i for i, key in enumerate(LANDMARKS)}


def index_of(name: str, side: str | None) -> int:
    """Return the index of a region, of soft tissue that of both sides whichever is asked for."""
    return INDEX[name, side] if (name, side) in INDEX else INDEX[name, None]


def mirror(index: int) -> int:
    """Return the index of the same region on the other side; midline regions map to themselves."""
    region = REGIONS[index]
    other = {LEFT: RIGHT, RIGHT: LEFT, None: None}[region.side]
    return INDEX[region.name, other]
