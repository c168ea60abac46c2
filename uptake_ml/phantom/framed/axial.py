"""Skull, spine, ribs and breastbone."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.framed.armature import Frame, Person, turned
from uptake_ml.phantom.framed.field import Solid

N_CERVICAL, N_THORACIC, N_LUMBAR = 7, 12, 5
LEVELS = tuple(
    [f"C{i}" for i in range(1, 8)]
    + [f"T{i}" for i in range(1, 13)]
    + [f"L{i}" for i in range(1, 6)]
)
# Tops of C1, T1, L1 and S1 below the vertex in a body of 1.70 m.
_TOPS = (158.0, 279.0, 553.0, 733.0)
# Half width and half depth of rib pairs 1 to 12, sink, and the angle at which bone ends.
_RIB_WIDE = (52, 80, 101, 116, 126, 132, 136, 137, 134, 127, 116, 98)
_RIB_DEEP = (46, 62, 75, 85, 92, 97, 99, 99, 96, 90, 84, 78)
_RIB_DROP = (36, 60, 82, 100, 116, 130, 142, 146, 138, 116, 74, 40)
_RIB_LAST = (-58, -62, -62, -58, -52, -45, -36, -25, -14, -4, 26, 52)


def spine_frames(root: Frame, person: Person) -> dict[str, Frame]:
    """Return one frame a vertebra, at the middle of its body, and "S1"."""
    heights = np.concatenate(
        [
            np.linspace(0.9, 1.1, N_CERVICAL),
            np.linspace(0.78, 1.2, N_THORACIC),
            np.linspace(0.92, 1.06, N_LUMBAR),
        ]
    )
    spans = np.diff(_TOPS)
    shares = []
    for first, last, span in zip((0, 7, 19), (7, 19, 24), spans, strict=True):
        part = heights[first:last]
        shares.append(span * part / part.sum())
    edges = _TOPS[0] + np.concatenate([[0], np.cumsum(np.concatenate(shares))])
    frames = {}
    for i, level in enumerate(LEVELS):
        z = (edges[i] + edges[i + 1]) / 2
        slope = (_spine_y(z + 3, person) - _spine_y(z - 3, person)) / 6
        lean = (_spine_x(z + 3, person) - _spine_x(z - 3, person)) / 6
        turn = turned(x=-np.degrees(np.arctan(slope)), y=np.degrees(np.arctan(lean)))
        frames[level] = root.child((_spine_x(z, person), _spine_y(z, person), z), turn)
    frames["S1"] = root.child((0, _spine_y(_TOPS[3], person), _TOPS[3]), turned(x=-32))
    return frames


def _spine_y(z: float, person: Person) -> float:
    """Return how far behind the middle the bodies lie: kyphosis above, lordosis below."""
    hump = 22 * person.kyphosis * np.exp(-(((z - 410) / 95) ** 2))
    hollow = 20 * person.lordosis * np.exp(-(((z - 655) / 75) ** 2))
    neck = 16 * np.exp(-(((z - 215) / 48) ** 2))
    return 28 + hump - 0.8 * hollow - neck + 14 * np.exp(-(((z - 755) / 50) ** 2))


def _spine_x(z: float, person: Person) -> float:
    return person.scoliosis_mm * np.sin((z - 280) / 455 * 2 * np.pi) * (280 < z < 735)


def build_spine(frames: dict[str, Frame], person: Person) -> list[Solid]:
    """Return the vertebrae; ``line`` runs from body to spinous process."""
    return [_vertebra(level, frames[level], i, person) for i, level in enumerate(LEVELS)]


def _vertebra(level: str, frame: Frame, i: int, person: Person) -> Solid:
    tall = {"C": 17.3, "T": 22.8, "L": 36.0}[level[0]]
    if level[0] == "T":
        tall = 18 + 9.5 * (i - 7) / 11
    g = person.bone_girth
    part = max(i - 7, 0) / 16
    wide, deep = (11, 8) if i < 7 else (13 + 11 * part, 12 + 5.5 * part)
    wide, deep = wide * g, deep * g
    half = 0.385 * tall
    parts = [frame.box((0, 0, 0), (wide, deep, half), 3.5)]
    arm = 17 + 4 * part if i < 7 else 24 + 3 * part if i < 19 else 33
    long = 24 if i < 6 else 38 if i < 19 else 40
    dip = 6 if i < 6 else 20 * np.sin(np.pi * np.clip((i - 4) / 15, 0, 1)) + 4
    for side in (-1, 1):
        parts.append(frame.rod((0.55 * wide * side, deep, -2), (12 * side, deep + 14, 0), 4.2 * g))
        parts.append(
            frame.rod((12 * side, deep + 14, 0), (arm * side, deep + 16, -2), 4.5 * g, 3.6)
        )
        parts.append(
            frame.rod((12 * side, deep + 13, -half), (13 * side, deep + 15, half + 4), 4.6)
        )
        parts.append(frame.rod((12 * side, deep + 14, 1), (0, deep + 22, 5), 3.4))
    parts.append(frame.rod((0, deep + 20, 5), (0, deep + long, 5 + dip), 4.2, 3.4))
    line = np.stack(
        [frame.at((0, 0, 0)), frame.at((0, deep + 20, 5)), frame.at((0, deep + 30, 12))]
    )
    return Solid(
        name=level,
        parts=parts,
        line=line,
        blend_mm=4,
        shell_mm=2.2,
        tags={"spine", "axial", {"C": "cervical", "T": "thoracic", "L": "lumbar"}[level[0]]},
    )


def build_ribs(frames: dict[str, Frame], person: Person) -> list[Solid]:
    """Return ribs (``line`` from behind to the end of bone) and the cartilages."""
    solids = []
    for k in range(12):
        for side in (-1, 1):
            solids += _rib(frames[f"T{k + 1}"], k, side, person)
    return solids


def _rib(frame: Frame, k: int, side: int, person: Person) -> list[Solid]:
    wide, deep = _RIB_WIDE[k] * person.breadth - 10, _RIB_DEEP[k] * person.depth
    # A stooped spine must not carry the ribs' front ends along: they stay on the same ellipse.
    pitch = np.degrees(np.arcsin(np.clip(frame.turn[2, 1], -1, 1)))
    flat = turned(x=-pitch)
    arc = frame.arc(
        (side * 10, -deep + 30, -4),
        side,
        wide,
        deep,
        84,
        _RIB_LAST[k],
        _RIB_DROP[k],
        3.6 * person.bone_girth,
        (5.4 if k else 6.5) * person.bone_girth,
        flat,
    )
    neck = frame.rod((side * 10, 12, -5), (side * 30, 29, -2), 4.0, 4.2)
    line = np.stack([arc.at(part) for part in np.linspace(0.04, 1, 25)])
    rib = Solid(
        name=f"rib{k + 1}",
        side=side,
        parts=[arc, neck],
        line=line,
        blend_mm=4,
        shell_mm=1.6,
        tags={"rib", "axial"},
    )
    return [rib]


def build_breastbone(root: Frame, ribs: list[Solid], person: Person) -> list[Solid]:
    """Return manubrium, body and xiphoid, and the cartilages of ribs 1 to 10."""
    fronts = {(r.name, r.side): r.line[-1] for r in ribs}
    y = np.mean(
        [(fronts[f"rib{k}", s] - root.origin) @ root.turn[:, 1] for k in (2, 3) for s in (-1, 1)]
    )
    y = y / root.scale - 6
    slope = 22
    top, notch, low = 312.0, 358.0, 452.0 + (8 if not person.is_woman else -4)
    manubrium = [root.rod((0, y + 3, top), (0, y - 6, notch - 5), 25, 15, (0, 1, -0.2), 0.28)]
    body = [root.rod((0, y - 6, notch + 6), (0, y - slope, low), 13, 18, (0, 1, -0.2), 0.36)]
    tip = [root.rod((0, y - slope, low + 14), (0, y - slope + 4, low + 36), 6, 3)]

    def one(name: str, parts) -> Solid:
        line = np.stack([parts[0].a, parts[0].b])
        return Solid(name=name, parts=parts, line=line, tags={"sternum", "axial"}, shell_mm=1.8)

    solids = [one("manubrium", manubrium), one("sternum", body), one("xiphoid", tip)]
    for k in range(10):
        z = top + 8 if k == 0 else notch + (low - notch) * min((k - 1) / 5.2, 1.02)
        for side in (-1, 1):
            start = fronts[f"rib{k + 1}", side]
            end = root.at((side * (14 if k else 20), y - slope * max(z - notch, 0) / 95, z))
            if k > 6:
                end = fronts[f"rib{k}", side] * 0.55 + end * 0.45 + root.turn[:, 2] * 14
            middle = (start + end) / 2 + root.turn[:, 2] * (0 if k < 4 else 9 + 3 * (k < 7))
            way = Frame(np.zeros(3), np.eye(3))
            parts = [way.rod(start, middle, 4.2), way.rod(middle, end, 4.2)]
            solids.append(
                Solid(
                    name=f"cartilage{k + 1}",
                    side=side,
                    parts=parts,
                    shell_mm=1.2,
                    line=np.stack([start, middle, end]),
                    tags={"cartilage"},
                )
            )
    return solids


def build_skull(head: Frame) -> list[Solid]:
    """Return vault, base, face, teeth and jaw. ``head`` lies between the ear holes."""
    vault = Solid(
        name="vault",
        parts=[head.egg((0, 4, -44), (74, 93, 80)), head.egg((0, 38, -16), (64, 58, 62))],
        line=np.stack([head.at(p) for p in ((0, -80, -60), (0, 0, -124), (0, 92, -40))]),
        blend_mm=20,
        shell_mm=6.5 * head.scale,
        hollow=True,
        tags={"skull"},
        cut=(head.at((0, 0, 16)), head.turn @ np.array([0, -0.45, 0.89])),
    )
    base = [head.rod((0, 45, 22), (0, -35, -8), 30, 22, (0, 0.35, 1), 0.25)]
    for side in (-1, 1):
        base.append(head.rod((side * 64, 12, 2), (side * 18, -8, 4), 11, 7))
        base.append(head.rod((side * 56, 22, 8), (side * 50, 24, 26), 9, 6))
        base.append(head.rod((side * 22, 30, 18), (side * 14, 24, 34), 7, 7))
    face = [head.box((0, -76, -2), (10, 14, 26), 5), head.box((0, -68, 28), (25, 13, 11), 8)]
    for side in (-1, 1):
        face += [
            head.rod((side * 10, -84, -26), (side * 46, -72, -30), 5.5, 5.5),
            head.rod((side * 48, -66, -30), (side * 54, -64, 0), 5.5, 5.5),
            head.egg((side * 44, -64, 10), (12, 9, 9)),
            head.rod((side * 56, -60, 6), (side * 68, -12, 4), 4.2, 4.0),
        ]
    jaw = [head.arc((0, -22, 58), side, 43, 56, 4, -90, 23, 5, 9) for side in (-1, 1)]
    jaw += [head.rod((side * 44, -20, 54), (side * 52, -4, 8), 5, 4.5) for side in (-1, 1)]
    teeth = [head.arc((0, -42, 48), side, 26, 36, -5, -90, 0, 5, 6) for side in (-1, 1)]
    made = []
    for name, parts, at in (
        ("base", base, (0, 0, 4)),
        ("face", face, (0, -80, 14)),
        ("jaw", jaw, (30, -58, 68)),
        ("teeth", teeth, (12, -76, 42)),
    ):
        line = np.stack([head.at(at), head.at(at) + 1.0])
        made.append(Solid(name=name, parts=parts, line=line, blend_mm=6, tags={"skull"}))
    return [vault, *made]
