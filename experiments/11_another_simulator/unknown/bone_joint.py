"""Diseases of joints on both sides."""

from __future__ import annotations

from .bone_tracer import Tracer
from .disease import Disease
from .spots import inflame, joint_glow, stretch
from .subject import Body

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
    "hindfoot": 26,
    "midfoot": 24,
    "mtp1": 13,
    "sacroiliac": 24,
    "jaw": 12,
    "facet-C4": 10,
    "facet-C5": 10,
    "facet-L3": 14,
    "facet-L4": 14,
    "facet-L5": 15,
    "facet-T12": 12,
}


def _both(body: Body, rng, names, level: float, share: float = 1.0, uneven: float = 0.25) -> None:
    """Make joints of both sides hot, each pair with a probability and the sides unequal."""
    for name in names:
        if rng.random() > share:
            continue
        both = level * rng.uniform(0.7, 1.3)
        for side in (-1, 1):
            inflame(
                body,
                name,
                side,
                _RADII.get(name, 8),
                both * rng.uniform(1 - uneven, 1 + uneven),
                rng,
            )


def _fingers(body: Body, rng, row: str, level: float, share: float) -> None:
    rays = {"mcp": range(1, 6), "pip": range(1, 6), "dip": range(2, 6), "mtp": range(1, 6)}[row]
    for ray in rays:
        if rng.random() < share:
            _both(body, rng, [f"{row}{ray}"], level, 1, 0.45)


def _add_rheumatoid(body: Body, tracer: Tracer, rng) -> None:
    level = rng.uniform(1.3, 2.6)
    _both(body, rng, ("wrist", "carpus"), 1.2 * level)
    _fingers(body, rng, "mcp", 1.4 * level, 0.75)
    _fingers(body, rng, "pip", 1.3 * level, 0.6)
    _both(body, rng, ("shoulder", "elbow", "knee", "ankle", "midfoot"), 0.7 * level, 0.72)
    _fingers(body, rng, "mtp", 1.2 * level, 0.6)
    _both(body, rng, ("sternoclavicular", "jaw", "hip", "acromioclavicular"), 0.6 * level, 0.3)


def _add_hands(body: Body, tracer: Tracer, rng) -> None:
    level = rng.uniform(1.8, 3.2)
    _both(body, rng, ("wrist", "carpus"), level)
    _fingers(body, rng, "mcp", 1.3 * level, 0.8)
    _fingers(body, rng, "pip", 1.3 * level, 0.6)


def _add_osteoarthritis(body: Body, tracer: Tracer, rng) -> None:
    level = rng.uniform(1.2, 2.2)
    _both(body, rng, ("cmc1",), 1.6 * level, 0.85)
    _fingers(body, rng, "dip", 1.8 * level, 0.6)
    _fingers(body, rng, "pip", 1.5 * level, 0.35)
    _both(body, rng, ("knee-inner", "patella"), level, 0.85)
    _both(body, rng, ("hip", "shoulder", "knee-outer"), 0.6 * level, 0.35)
    _both(body, rng, ("acromioclavicular", "mtp1", "midfoot"), level, 0.5)
    _both(body, rng, ("facet-L4", "facet-L5", "facet-C5"), 0.7 * level, 0.5, 0.5)


def _add_knees(body: Body, tracer: Tracer, rng) -> None:
    level = rng.uniform(1.2, 2.6)
    _both(body, rng, ("knee-inner",), level, 1, 0.3)
    _both(body, rng, ("knee-outer", "patella"), 0.8 * level, 0.7, 0.4)


def _add_hips(body: Body, tracer: Tracer, rng) -> None:
    _both(body, rng, ("hip",), rng.uniform(1.5, 2.8), 1, 0.25)


def _add_spondylitis(body: Body, tracer: Tracer, rng) -> None:
    level = rng.uniform(1.6, 3.0)
    for side in (-1, 1):
        stretch(
            body,
            body.get("sacroiliac", side),
            0,
            1,
            18,
            level * rng.uniform(0.8, 1.2),
            rng,
            times=0.3,
        )
    _both(body, rng, ("facet-L3", "facet-L4", "facet-L5", "facet-T12"), 0.5 * level, 0.6)
    _both(body, rng, ("sternoclavicular", "hip", "shoulder"), 0.45 * level, 0.35)
    if rng.random() < 0.5:
        body.glows.append(joint_glow(body, "manubriosternal", 0, 15, rng, plus=0.7 * level))


def _add_gout(body: Body, tracer: Tracer, rng) -> None:
    level = rng.uniform(2.0, 4.0)
    _both(body, rng, ("mtp1",), 1.3 * level, 1, 0.4)
    _both(body, rng, ("midfoot", "ankle"), 0.6 * level, 0.75, 0.4)
    _fingers(body, rng, "mtp", 0.8 * level, 0.3)
    _both(body, rng, ("knee",), 0.3 * level, 0.3)


def _add_shoulders(body: Body, tracer: Tracer, rng) -> None:
    level = rng.uniform(1.3, 2.4)
    _both(body, rng, ("shoulder",), level)
    _both(body, rng, ("acromioclavicular", "sternoclavicular"), level, 0.7)
    _both(body, rng, ("hip", "wrist", "knee"), 0.5 * level, 0.4)


def _add_crystals(body: Body, tracer: Tracer, rng) -> None:
    """Calcium pyrophosphate: knees, wrists, shoulders, ankles."""
    level = rng.uniform(1.3, 2.4)
    _both(body, rng, ("knee", "wrist"), level)
    _both(body, rng, ("patella", "carpus", "shoulder", "ankle", "elbow"), 0.8 * level, 0.6)
    _fingers(body, rng, "mcp", level, 0.4)


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
