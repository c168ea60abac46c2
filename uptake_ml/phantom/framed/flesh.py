"""The outline of soft tissue, and the lungs."""

from __future__ import annotations

import itertools

import numpy as np

from uptake_ml.phantom.framed.armature import Frame, Person
from uptake_ml.phantom.framed.field import Solid
from uptake_ml.phantom.framed.limbs import FOREARM_MM, SHANK_MM, THIGH_MM, UPPER_ARM_MM


def _solid(name: str, parts, blend_mm: float, side: int = 0) -> Solid:
    return Solid(name=name, side=side, parts=parts, blend_mm=blend_mm, line=np.zeros((1, 3)))


def build_outline(frames: dict[str, Frame], person: Person) -> list[Solid]:
    """Return the solids whose union is the body."""
    fat = (person.bmi / 24) ** 0.75
    solids = [_trunk(frames, person, fat), _head(frames)]
    for side in (-1, 1):
        solids += [
            _arm(frames, side, fat),
            _hand(frames, side),
            _leg(frames, side, person, fat),
            _foot(frames, side),
        ]
    return solids


def _trunk(frames: dict[str, Frame], person: Person, fat: float) -> Solid:
    """Return the trunk: flat rods across it, one above the other.

    Each station: height, half width, half depth and depth of its middle.
    """
    root, w, d = frames["root"], person.breadth, person.depth
    belly = fat ** (1.35 if person.is_woman else 1.6)
    hips = 1.06 if person.is_woman else 0.98
    stations = [
        (300, 120, 62, 24),
        (340, 178, 88, 8),
        (410, 170 * fat**0.6, 108, 2),
        (490, 160 * fat**0.7, 112 * fat**0.5, -2),
        (570, 148 * fat, 98 * belly**0.7, 2),
        (650, 142 * fat**1.15, 90 * belly, 4 - 6 * belly),
        (715, 158 * fat, 94 * belly, 2),
        (775, 176 * fat**0.8 * hips, 100 * fat**0.9, 8),
        (840, 178 * fat**0.8 * hips, 106 * fat**0.8, 12),
    ]
    parts = []
    for (za, wa, da, ya), (zb, wb, db, yb) in itertools.pairwise(stations):
        for side in (-1, 1):
            xa, xb = max(wa - da, 8) * w, max(wb - db, 8) * w
            parts.append(root.rod((side * xa, ya, za), (side * xb, yb, zb), da * d, db * d))
        parts.append(root.rod((0, ya, za), (0, yb, zb), da * d, db * d))
    if person.is_woman:
        r = 48 * fat**0.8
        parts += [root.egg((s * 84, -88 * d, 440), (r * 1.2, r * 0.75, r)) for s in (-1, 1)]
    return _solid("trunk", parts, 45)


def _head(frames: dict[str, Frame]) -> Solid:
    head, root = frames["head"], frames["root"]
    parts = [
        head.egg((0, 2, -40), (80, 101, 90)),
        head.rod((0, -44, 20), (0, -52, 64), 56, 38),
        root.rod(np.array([0, 12, 175]), np.array([0, 28, 300]), 54, 62),
    ]
    return _solid("head", parts, 25)


def _arm(frames: dict[str, Frame], s: int, fat: float) -> Solid:
    up, low = frames[f"arm{s}"], frames[f"forearm{s}"]
    f = fat**0.75
    parts = [
        up.rod((-s * 6, 2, -2), (0, 2, 90), 50 * f, 46 * f),
        up.rod((0, 2, 90), (0, 0, UPPER_ARM_MM), 45 * f, 38 * f),
        low.rod((0, 3, 0), (0, 2, 70), 38 * f, 39 * f),
        low.rod((0, 2, 70), (-s * 4, 0, FOREARM_MM), 38 * f, 25, (0, 1, 0), 0.88),
    ]
    return _solid("arm", parts, 20, s)


def _hand(frames: dict[str, Frame], s: int) -> Solid:
    hand = frames[f"hand{s}"]
    parts = [
        hand.rod((0, -2, 0), (-s * 2, -8, 95), 31, 42, (0, 1, 0), 0.36),
        hand.rod((-s * 2, -8, 95), (-s * 4, -22, 170), 40, 26, (0, 1, 0), 0.28),
        hand.rod((s * 20, -6, 22), (s * 58, -16, 95), 16, 10),
    ]
    return _solid("hand", parts, 12, s)


def _leg(frames: dict[str, Frame], s: int, person: Person, fat: float) -> Solid:
    up, low = frames[f"thigh{s}"], frames[f"shank{s}"]
    f = fat ** (0.9 if person.is_woman else 0.75)
    n, m = THIGH_MM, SHANK_MM
    parts = [
        up.rod((s * 6, 16, 0), (-s * 2, 6, 110), 92 * f, 86 * f),
        up.rod((-s * 2, 6, 110), (s * 2, 2, n - 60), 85 * f, 61 * f),
        up.rod((s * 2, 2, n - 60), (0, 0, n), 60 * f, 56 * f**0.6),
        low.rod((0, 4, 0), (0, 18, 95), 55 * f**0.6, 56 * f),
        low.rod((0, 18, 95), (0, 10, 230), 56 * f, 44 * f),
        low.rod((0, 10, 230), (0, 4, m), 44 * f, 35),
    ]
    return _solid("leg", parts, 25, s)


def _foot(frames: dict[str, Frame], s: int) -> Solid:
    foot = frames[f"foot{s}"]
    parts = [
        foot.rod((0, 6, 0), (0, 30, -36), 36, 33),
        foot.rod((0, 8, 6), (s * 2, 28, 120), 36, 40, (0, 1, 0), 0.6),
        foot.rod((s * 2, 28, 120), (s * 4, 36, 178), 42, 36, (0, 1, 0), 0.34),
    ]
    return _solid("foot", parts, 15, s)


def build_lungs(root: Frame, person: Person) -> list[Solid]:
    """Return both lungs; the heart takes from the left one."""
    w, d = person.breadth, person.depth
    solids = []
    for s in (-1, 1):
        low = 520 if s < 0 else 528
        parts = [
            root.rod((s * 52 * w, 22, 318), (s * 74 * w, 4, 400), 32, 56, (0, 1, 0), 0.95),
            root.rod((s * 74 * w, 4, 400), (s * 82 * w, 14, low - 62), 56, 62 * d),
            root.rod((s * 80 * w, 40, low - 60), (s * 78 * w, 48, low), 50, 34),
        ]
        solids.append(_solid("lung", parts, 25, s))
    return solids
