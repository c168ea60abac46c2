"""Diseases of joints on both sides."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from uptake_ml.phantom.framed.disease import Disease
from uptake_ml.phantom.framed.field import Solid
from uptake_ml.phantom.framed.findings import SIDE_NAMES, Lesion, Piece, draw_level, take_down
from uptake_ml.phantom.framed.spots import joint_glow, stretch
from uptake_ml.phantom.framed.subject import Body
from uptake_ml.phantom.framed.tracer import Tracer

_RHEUMATOID, _WORN = "rheumatoid-arthritis", "osteoarthritis"
_PSORIATIC, _SPONDYLITIS = "psoriatic-arthritis", "ankylosing-spondylitis"
# Radius in mm of each joint's glow.
_RADII = {
    "shoulder": 36,
    "acromioclavicular": 16,
    "sternoclavicular": 16,
    "elbow": 28,
    "wrist": 23,
    "carpus": 20,
    "cmc1": 12,
    "hip": 38,
    "knee": 42,
    "knee-inner": 26,
    "knee-outer": 24,
    "patella": 24,
    "ankle": 28,
    "midfoot": 24,
    "mtp1": 13,
    "jaw": 12,
    "facet-C5": 10,
    "facet-L3": 14,
    "facet-L4": 14,
    "facet-L5": 15,
    "facet-T12": 12,
}
# Regions of the joints that are not called like one.
_REGIONS = {
    "carpus": "wrist",
    "knee-inner": "knee",
    "knee-outer": "knee",
    "patella": "knee",
    "midfoot": "foot",
    "jaw": "face",
    "manubriosternal": "sternum",
    "facet-C5": "cervical-spine",
    **dict.fromkeys((f"facet-L{k}" for k in (3, 4, 5)), "lumbar-spine"),
    "facet-T12": "thoracic-spine",
    **dict.fromkeys(("cmc1", *(f"{row}{k}" for row in ("mcp", "pip", "dip") for k in range(1, 6))),
                    "hand"),
    **dict.fromkeys((f"mtp{k}" for k in range(1, 6)), "foot"),
}  # fmt: skip
_MIDLINE = ("face", "sternum", "cervical-spine", "thoracic-spine", "lumbar-spine")


def joint_region(name: str, side: int) -> tuple[str, str | None]:
    """Return region and side of `uptake_ml.regions` of a joint; -1 is right, 1 left."""
    region = _REGIONS.get(name, name)
    return region, None if region in _MIDLINE else SIDE_NAMES[side]


def inflame(body: Body, name: str, side: int, plus: float, rng) -> Piece:
    """Return what makes a joint hot: its bone ends, and its lining a little."""
    radius_mm = _RADII.get(name, 8)
    glow = joint_glow(
        body, name, side, radius_mm, rng, times=0.35 * plus, plus=0.75 * plus, rough=0.25
    )
    frame, point, level = body.frames["root"], body.points[name, side], 0.16 * plus
    lining = Solid(
        name="lining",
        side=side,
        parts=[frame.egg(frame.local(point), radius_mm * rng.uniform(0.6, 0.8, 3))],
        line=point[None],
        shell=level,
        core=0.6 * level,
        shell_mm=5,
    )
    return Piece(glows=[glow], extra=[lining])


@dataclass(kw_only=True, eq=False)
class _Patient:
    """A body whose joints of both sides are made hot by a disease, and taken down in ``found``."""

    body: Body
    disease: str
    rng: np.random.Generator
    found: list[Lesion] = field(default_factory=list)

    def both(self, names, level: float, share: float = 1.0, uneven: float = 0.25) -> None:
        """Make joints of both sides hot, each pair with a probability and the sides unequal."""
        for name in names:
            if self.rng.random() > share:
                continue
            both = level * self.rng.uniform(0.7, 1.3)
            for side in (-1, 1):
                plus = both * self.rng.uniform(1 - uneven, 1 + uneven)
                self.take(name, side, inflame(self.body, name, side, plus, self.rng))

    def digits(self, row: str, level: float, share: float) -> None:
        """Make some joints of a row hot, such as the knuckles ("mcp")."""
        for ray in range(2 if row == "dip" else 1, 6):
            if self.rng.random() < share:
                self.both([f"{row}{ray}"], level, 1, 0.45)

    def take(self, name: str, side: int, piece: Piece) -> None:
        """Take down what makes a joint hot."""
        region, side_name = joint_region(name, side)
        new = Lesion(disease=self.disease, region=region, side=side_name, pieces=[piece],
                     is_joint=True)  # fmt: skip
        take_down(self.found, new)


def _add_rheumatoid(body: Body, tracer: Tracer, rng) -> list[Lesion]:
    patient, level = _Patient(body=body, disease=_RHEUMATOID, rng=rng), draw_level(rng, 1.3, 2.6)
    patient.both(("wrist", "carpus"), 1.2 * level)
    patient.digits("mcp", 1.4 * level, 0.75)
    patient.digits("pip", 1.3 * level, 0.6)
    patient.both(("shoulder", "elbow", "knee", "ankle", "midfoot"), 0.7 * level, 0.72)
    patient.digits("mtp", 1.2 * level, 0.6)
    patient.both(("sternoclavicular", "jaw", "hip", "acromioclavicular"), 0.6 * level, 0.3)
    return patient.found


def _add_hands(body: Body, tracer: Tracer, rng) -> list[Lesion]:
    disease, level = str(rng.choice([_RHEUMATOID, _PSORIATIC])), draw_level(rng, 1.8, 3.2)
    patient = _Patient(body=body, disease=disease, rng=rng)
    patient.both(("wrist", "carpus"), level)
    patient.digits("mcp", 1.3 * level, 0.8)
    patient.digits("pip", 1.3 * level, 0.6)
    return patient.found


def _add_osteoarthritis(body: Body, tracer: Tracer, rng) -> list[Lesion]:
    patient, level = _Patient(body=body, disease=_WORN, rng=rng), draw_level(rng, 1.2, 2.2)
    patient.both(("cmc1",), 1.6 * level, 0.85)
    patient.digits("dip", 1.8 * level, 0.6)
    patient.digits("pip", 1.5 * level, 0.35)
    patient.both(("knee-inner", "patella"), level, 0.85)
    patient.both(("hip", "shoulder", "knee-outer"), 0.6 * level, 0.35)
    patient.both(("acromioclavicular", "mtp1", "midfoot"), level, 0.5)
    patient.both(("facet-L4", "facet-L5", "facet-C5"), 0.7 * level, 0.5, 0.5)
    return patient.found


def _add_knees(body: Body, tracer: Tracer, rng) -> list[Lesion]:
    patient, level = _Patient(body=body, disease=_WORN, rng=rng), draw_level(rng, 1.2, 2.6)
    patient.both(("knee-inner",), level, 1, 0.3)
    patient.both(("knee-outer", "patella"), 0.8 * level, 0.7, 0.4)
    return patient.found


def _add_hips(body: Body, tracer: Tracer, rng) -> list[Lesion]:
    patient = _Patient(body=body, disease=_WORN, rng=rng)
    patient.both(("hip",), draw_level(rng, 1.5, 2.8))
    return patient.found


def _add_spondylitis(body: Body, tracer: Tracer, rng) -> list[Lesion]:
    patient, level = _Patient(body=body, disease=_SPONDYLITIS, rng=rng), draw_level(rng, 1.6, 3.0)
    for side in (-1, 1):
        bone, plus = body.get("sacroiliac", side), level * rng.uniform(0.8, 1.2)
        glow = stretch(body, bone, 0, 1, 18, plus, rng, times=0.3)
        patient.take("sacroiliac", side, Piece(glows=[glow]))
    patient.both(("facet-L3", "facet-L4", "facet-L5", "facet-T12"), 0.5 * level, 0.6)
    patient.both(("sternoclavicular", "hip", "shoulder"), 0.45 * level, 0.35)
    if rng.random() < 0.5:
        glow = joint_glow(body, "manubriosternal", 0, 15, rng, plus=0.7 * level)
        patient.take("manubriosternal", 0, Piece(glows=[glow]))
    return patient.found


def _add_gout(body: Body, tracer: Tracer, rng) -> list[Lesion]:
    # The table has no gout: of its arthritides this one is as patchy in the feet.
    patient, level = _Patient(body=body, disease=_PSORIATIC, rng=rng), draw_level(rng, 2.0, 4.0)
    patient.both(("mtp1",), 1.3 * level, 1, 0.4)
    patient.both(("midfoot", "ankle"), 0.6 * level, 0.75, 0.4)
    patient.digits("mtp", 0.8 * level, 0.3)
    patient.both(("knee",), 0.3 * level, 0.3)
    return patient.found


def _add_shoulders(body: Body, tracer: Tracer, rng) -> list[Lesion]:
    disease, level = str(rng.choice([_RHEUMATOID, _WORN])), draw_level(rng, 1.3, 2.4)
    patient = _Patient(body=body, disease=disease, rng=rng)
    patient.both(("shoulder",), level)
    patient.both(("acromioclavicular", "sternoclavicular"), level, 0.7)
    patient.both(("hip", "wrist", "knee"), 0.5 * level, 0.4)
    return patient.found


def _add_crystals(body: Body, tracer: Tracer, rng) -> list[Lesion]:
    """Calcium pyrophosphate: knees, wrists, shoulders, ankles."""
    # The table has no crystals: these sit in the joints of this one.
    patient, level = _Patient(body=body, disease=_RHEUMATOID, rng=rng), draw_level(rng, 1.3, 2.4)
    patient.both(("knee", "wrist"), level)
    patient.both(("patella", "carpus", "shoulder", "ankle", "elbow"), 0.8 * level, 0.6)
    patient.digits("mcp", level, 0.4)
    return patient.found


_OLD = (55, 88)
KINDS = {
    "rheumatoid-arthritis": Disease(add=_add_rheumatoid, ages=(28, 80)),
    "generalised-osteoarthritis": Disease(add=_add_osteoarthritis, ages=_OLD),
    "gonarthrosis": Disease(add=_add_knees, ages=_OLD, bmis=(22, 38)),
    "ankylosing-spondylitis": Disease(add=_add_spondylitis, ages=(20, 52), wear=0.5),
    "gout-of-feet": Disease(add=_add_gout, ages=(38, 80)),
    "arthritis-of-hands": Disease(add=_add_hands, ages=(26, 75)),
    "arthritis-of-shoulders": Disease(add=_add_shoulders, ages=(45, 85)),
    "crystal-arthropathy": Disease(add=_add_crystals, ages=(58, 88)),
    "coxarthrosis": Disease(add=_add_hips, ages=_OLD),
}
