"""Disease of joints on both sides."""

from __future__ import annotations

from functools import partial

import numpy as np

from .body import LUMBAR, THORACIC, Body
from .person import draw_person
from .variants import wear_spine

_SIDES = ("right", "left")
_KNEE = ("knee_medial", "knee_lateral", "patella")


def _pair(rng, body: Body, name: str, factor: float, uneven: float = 0.25, spread=1.0) -> None:
    """Heat a joint of both sides, not quite alike."""
    for side in _SIDES:
        one = 1 + (factor - 1) * rng.lognormal(0, uneven)
        body.heat_joint(name, side, one, spread)


def _pairs(rng, body: Body, chances: dict[str, float], low: float, high: float, uneven=0.25):
    """Heat several joints of both sides, each with its own chance and heat."""
    for name, chance in chances.items():
        if rng.random() < chance:
            _pair(rng, body, name, rng.uniform(low, high), uneven)


def _rheumatoid(rng, body: Body) -> None:
    level = rng.uniform(2, 5)
    low, high = 0.7 * level, 1.3 * level
    _pairs(rng, body, {"wrist": 1.0, "mcp2": 0.9, "mcp3": 0.9}, low, high)
    _pairs(rng, body, {f"mcp{i}": 0.5 for i in (1, 4, 5)}, low, high)
    _pairs(rng, body, {f"pip{i}": 0.55 for i in (2, 3, 4, 5)}, low, high)
    large = {"shoulder": 0.6, "elbow": 0.6, "ankle": 0.65, "midfoot": 0.4, "hip": 0.2,
             "sternoclavicular": 0.3, "acromioclavicular": 0.3, "jaw": 0.2}  # fmt: skip
    _pairs(rng, body, large, 0.6 * low, 0.9 * high)
    _pairs(rng, body, {f"mtp{i}": 0.6 for i in range(1, 6)}, low, high)
    if rng.random() < 0.7:
        knee = rng.uniform(0.6 * low, 0.9 * high)
        for name in _KNEE:
            _pair(rng, body, name, knee * rng.uniform(0.8, 1.1))


def _osteoarthritis(rng, body: Body) -> None:
    level = rng.uniform(1.9, 3.6)
    low, high = 0.75 * level, 1.25 * level
    hands = {"thumb_base": 0.95, **{f"dip{i}": 0.7 for i in (2, 3, 4, 5)}}
    _pairs(rng, body, hands | {f"pip{i}": 0.5 for i in (2, 3, 4, 5)}, low, high, 0.35)
    others = {"knee_medial": 0.95, "patella": 0.6, "knee_lateral": 0.4, "hip": 0.4, "mtp1": 0.8}
    _pairs(rng, body, others, low, high, 0.3)
    _pairs(rng, body, {"shoulder": 0.35, "acromioclavicular": 0.6, "midfoot": 0.3}, low, high, 0.3)
    wear_spine(rng, body, int(rng.integers(2, 6)), 1.3, 2.2)


def _gonarthrosis(rng, body: Body) -> None:
    level = rng.uniform(2.4, 6)
    main = "knee_medial" if rng.random() < 0.8 else "knee_lateral"
    for name in _KNEE:
        part = 1.0 if name == main else rng.uniform(0.35, 0.85)
        _pair(rng, body, name, 1 + (level - 1) * part, 0.3)
    for side in _SIDES:
        body.cloud.heat(body.points["knee", side], 40, rng.uniform(1.1, 1.6), side=side)


def _coxarthrosis(rng, body: Body) -> None:
    level = rng.uniform(2.5, 5.5)
    for side in _SIDES:
        s = -1 if side == "right" else 1
        one = 1 + (level - 1) * rng.lognormal(0, 0.25)
        body.heat_joint("hip", side, one)
        roof = body.points["hip", side] + np.array([s * 12, 0, -20]) * body.person.scale
        semi = np.array([20, 16, 9]) * body.person.scale
        body.cloud.blob("joint", side, roof, semi, 2.2 * (one - 1))


def _spondylitis(rng, body: Body) -> None:
    cloud, level = body.cloud, rng.uniform(1.8, 3.6)
    for side in _SIDES:
        cloud.scale(level * rng.lognormal(0, 0.1), "sacroiliac", side)
    stretch = (*THORACIC[5:], *LUMBAR)
    for name in stretch:
        if rng.random() < 0.6:
            for side in _SIDES:
                point = body.points[f"{name}_facet", side]
                cloud.heat(point, 9, rng.uniform(1.2, 2.2), bones=(name,))
    cloud.scale(rng.uniform(1.0, 1.4), stretch)
    if rng.random() < 0.5:
        body.heat_joint("manubriosternal", None, rng.uniform(1.5, 3.5))
    chances = {"sternoclavicular": 0.6, "hip": 0.4, "shoulder": 0.4, "heel": 0.4, "ankle": 0.15}
    _pairs(rng, body, chances, 1.5, 3.2)
    for side in _SIDES:  # entheses
        cloud.heat(body.points["tuberosity", side], 13, rng.uniform(1.0, 1.8))


def _psoriatic_or_gout(rng, body: Body) -> None:
    """Hands and feet of both sides: whole rays in psoriasis, first toes and midfeet in gout."""
    level = rng.uniform(2.4, 5.5)
    low, high = 0.7 * level, 1.2 * level
    if rng.random() < 0.5:
        for side in _SIDES:
            for ray in rng.choice(np.arange(2, 6), int(rng.integers(1, 4)), replace=False):
                for name in ("mcp", "pip", "dip"):
                    body.heat_joint(f"{name}{ray}", side, rng.uniform(low, high))
                body.cloud.scale(rng.uniform(1.5, 2.5), f"ray{ray}", side)
            for ray in rng.choice(np.arange(1, 6), int(rng.integers(1, 4)), replace=False):
                for name in ("mtp", "toe_joint"):
                    body.heat_joint(f"{name}{ray}", side, rng.uniform(low, high))
        _pairs(rng, body, {"wrist": 0.5, "ankle": 0.4, "heel": 0.4}, 0.6 * low, high, 0.4)
        if rng.random() < 0.35:
            body.cloud.scale(rng.uniform(1.2, 1.8), "sacroiliac", _SIDES[int(rng.integers(2))])
        return
    _pair(rng, body, "mtp1", rng.uniform(level, 1.4 * level), 0.3, 1.2)
    feet = {"toe_joint1": 0.5, "midfoot": 0.8, "ankle": 0.6, "subtalar": 0.4, "mtp2": 0.3}
    _pairs(rng, body, feet, low, high, 0.35)
    hands = {"wrist": 0.6, "mcp2": 0.5, "mcp3": 0.4, "pip2": 0.4, "pip3": 0.4, "thumb_base": 0.3}
    _pairs(rng, body, hands, low, high, 0.35)
    _pairs(rng, body, {"elbow": 0.3, "knee_medial": 0.3}, 0.6 * low, 0.8 * high, 0.35)


def _shoulders(rng, body: Body) -> None:
    level = rng.uniform(2.5, 5.5)
    _pair(rng, body, "shoulder", level, 0.2, rng.uniform(1.0, 1.25))
    _pairs(rng, body, {"acromioclavicular": 0.7, "sternoclavicular": 0.3}, 1.5, level, 0.3)
    for side in _SIDES:
        bones = ("humerus_head", "glenoid", "acromion", "coracoid")
        body.cloud.scale(rng.uniform(1.1, 1.7), bones, side)


def _crystals(rng, body: Body) -> None:
    """Pyrophosphate: knees, wrists, second and third knuckles, symphysis."""
    level = rng.uniform(2.2, 5)
    low, high = 0.75 * level, 1.2 * level
    for name in _KNEE:
        _pair(rng, body, name, rng.uniform(low, high), 0.25)
    small = {"wrist": 0.9, "mcp2": 0.75, "mcp3": 0.75, "thumb_base": 0.5}
    _pairs(rng, body, small, low, high)
    _pairs(rng, body, {"shoulder": 0.5, "hip": 0.3, "ankle": 0.4, "elbow": 0.3}, 0.7 * low, high)
    if rng.random() < 0.5:
        body.heat_joint("symphysis", None, rng.uniform(1.5, 3))


KINDS = {
    "rheumatoid arthritis": (partial(draw_person, age=(28, 78)), _rheumatoid),
    "generalised osteoarthritis": (partial(draw_person, age=(52, 86)), _osteoarthritis),
    "gonarthrosis": (partial(draw_person, age=(50, 86), bmi=(22, 38)), _gonarthrosis),
    "coxarthrosis": (partial(draw_person, age=(48, 84)), _coxarthrosis),
    "ankylosing spondylitis": (partial(draw_person, age=(20, 55)), _spondylitis),
    "psoriatic or gout": (partial(draw_person, age=(35, 75)), _psoriatic_or_gout),
    "shoulder arthritis": (partial(draw_person, age=(50, 86)), _shoulders),
    "crystal arthropathy": (partial(draw_person, age=(55, 88)), _crystals),
}
