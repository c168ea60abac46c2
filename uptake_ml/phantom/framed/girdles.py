"""Pelvis, sacrum, shoulder blades and collar bones."""

from __future__ import annotations

import itertools

import numpy as np

from uptake_ml.phantom.framed.armature import Frame, Person, turned
from uptake_ml.phantom.framed.field import Solid


def build_sacrum(frame: Frame, person: Person) -> list[Solid]:
    """Return sacrum (line from S1 to S5), coccyx, and both sacroiliac joint faces.

    ``frame`` lies at the top of S1 and is tilted, so that its z runs down along the sacrum.
    """
    w = person.breadth * (1.06 if person.is_woman else 0.98)
    wedge = frame.box((0, 10, 46), (46 * w, 14, 50), 11, turned(x=-6), bend=-0.006, taper=0.34)
    promontory = frame.box((0, 0, 10), (23, 16, 11), 5)
    crest = [frame.rod((0, 25, 12 + 22 * k), (0, 28, 22 + 22 * k), 4) for k in range(3)]
    facets = [frame.rod((s * 20, 20, 2), (s * 20, 24, 12), 5) for s in (-1, 1)]
    line = np.stack([frame.at((0, 8 + 6 * t * (1 - t), 8 + 86 * t)) for t in np.linspace(0, 1, 5)])
    solids = [
        Solid(
            name="sacrum",
            parts=[wedge, promontory, *crest, *facets],
            line=line,
            blend_mm=6,
            tags={"spine", "axial", "pelvis"},
        ),
        Solid(
            name="coccyx",
            parts=[frame.rod((0, 8, 102), (0, -8, 130), 6, 3)],
            line=np.stack([frame.at((0, 8, 102)), frame.at((0, -8, 130))]),
            tags={"axial"},
        ),
    ]
    for side in (-1, 1):
        a, b = (side * 47 * w, 6, 4), (side * 35 * w, 20, 56)
        face = frame.rod(a, b, 13, 10, (side * 1, -0.45, 0.2), 0.32)
        solids.append(
            Solid(
                name="sacroiliac",
                side=side,
                parts=[face],
                shell_mm=1.5,
                line=np.stack([frame.at(a), frame.at(b)]),
                tags={"axial", "pelvis"},
            )
        )
    return solids


def build_hip_bones(frame: Frame, person: Person) -> list[Solid]:
    """Return the hip bones of both sides; ``frame`` lies midway of the hips."""
    solids = []
    for side in (-1, 1):
        solids += _hip_bone(frame, side, person)
    a, b = (0, -47, 24), (0, -40, 52)
    solids.append(
        Solid(
            name="symphysis",
            parts=[frame.rod(a, b, 6)],
            shell_mm=1.5,
            line=np.stack([frame.at(a), frame.at(b)]),
            tags={"axial", "pelvis"},
        )
    )
    return solids


def _hip_bone(frame: Frame, s: int, person: Person) -> list[Solid]:
    w = person.breadth * (1.03 if person.is_woman else 0.97)
    flare = 0.95 if person.is_woman else 0.91

    def at(x: float, y: float, z: float) -> tuple[float, float, float]:
        return s * x * w, y, z

    roof = at(86, 2, -26)
    hub = at(68, 36, -48)
    rim = [
        at(46, 66, -82),
        at(60 * flare, 60, -112),
        at(84 * flare, 40, -130),
        at(112 * flare, 8, -126),
        at(131 * flare, -18, -102),
        at(131 * flare, -34, -76),
    ]
    normal = (s * 0.74, -0.64, 0.2)
    between = [tuple(np.add(p, q) / 2) for p, q in itertools.pairwise(rim[1:])]
    blade = [frame.rod(roof, p, 10, 15, normal, 0.2) for p in [*rim[1:], *between]]
    blade += [frame.rod(hub, p, 16, 14, normal, 0.4) for p in rim[:3]]
    blade += [
        frame.rod(roof, hub, 12, 13, normal, 0.75),
        frame.rod(roof, at(108, -28, -44), 12, 7, normal, 0.5),
    ]
    crest = [frame.rod(p, q, 5.4, 5.4) for p, q in itertools.pairwise(rim)]
    crest.append(frame.rod(rim[0], at(44, 74, -60), 6.5, 6))
    socket = [frame.egg(at(84, 3, -10), (17, 25, 25)), frame.rod(roof, at(74, 6, 14), 14, 12)]
    brim = [
        frame.rod(roof, at(62, -26, 8), 10, 8),
        frame.rod(at(62, -26, 8), at(12, -46, 30), 7.5, 8.5),
    ]
    tuber = at(60, 34, 72)
    ischium = [
        frame.rod(at(78, 14, 6), at(66, 34, 56), 12, 13),
        frame.rod(at(66, 34, 56), tuber, 14, 11),
    ]
    ramus = [
        frame.rod(tuber, at(34, 0, 68), 8.5, 6.5),
        frame.rod(at(34, 0, 68), at(9, -40, 46), 6.5, 6.5),
        frame.rod(at(9, -46, 28), at(9, -40, 48), 7.5),
    ]
    arcuate = frame.arc((0, 12, -34), s, 64 * w, 56, 64, -6, 30, 4.5, 5)

    def one(name: str, parts, line, blend_mm: float = 7) -> Solid:
        return Solid(
            name=name,
            side=s,
            parts=parts,
            blend_mm=blend_mm,
            line=np.stack([frame.at(p) for p in line]),
            tags={"axial", "pelvis"},
        )

    return [
        one("ilium", [*blade, arcuate], [hub, at(90, 20, -90), at(110, -10, -90), roof], 9),
        one("iliac-crest", crest, rim),
        one("socket", socket, [roof, at(78, 4, 0)]),
        one("pubis", brim + ramus, [at(62, -26, 8), at(12, -46, 30), at(34, 0, 68)]),
        one("ischium", ischium, [at(78, 14, 6), tuber]),
    ]


def build_shoulder_girdle(root: Frame, s: int, person: Person, lift: float) -> list[Solid]:
    """Return shoulder blade parts and collar bone of side ``s``; ``lift`` (mm) raises the joint."""
    w = person.breadth

    def at(x: float, y: float, z: float) -> tuple[float, float, float]:
        out = np.clip((x - 60) / 110, 0, 1)
        return s * x * w, y, z - lift * out

    socket = at(158, 30, 322)
    upper, lower, root_of_spine = at(74, 76, 294), at(96, 94, 446), at(76, 86, 326)
    normal = (s * 0.42, -0.9, -0.1)
    blade = [
        root.rod(socket, p, 12, r, normal, 0.16)
        for p, r in ((lower, 12), (at(84, 92, 396), 16), (at(78, 88, 350), 16))
    ]
    blade.append(root.rod(socket, upper, 10, 12, normal, 0.18))
    medial = [
        root.rod(upper, root_of_spine, 3.6),
        root.rod(root_of_spine, at(82, 92, 390), 3.6),
        root.rod(at(82, 92, 390), lower, 3.6, 5.5),
    ]
    lateral = [
        root.rod(lower, at(128, 62, 386), 6, 5.5),
        root.rod(at(128, 62, 386), socket, 5.5, 9),
    ]
    tip = at(184, 14, 288)
    spine = [
        root.rod(root_of_spine, at(132, 72, 300), 4.5, 6),
        root.rod(at(132, 72, 300), at(178, 42, 286), 6, 7),
    ]
    acromion = [root.rod(at(178, 42, 286), tip, 8.5, 8.5, (0, 0, 1), 0.6)]
    coracoid = [
        root.rod(at(150, 18, 306), at(152, -14, 306), 7, 5.5),
        root.rod(at(152, -14, 306), at(160, -18, 316), 5.5),
    ]
    glenoid = [root.rod(at(155, 29, 310), at(155, 32, 340), 9, 9, (s, 0.3, 0), 0.6)]
    collar = [
        at(18, -50, 310),
        at(60, -54, 300),
        at(110, -24, 288),
        at(150, 2, 284),
        at(176, 10, 284),
    ]
    radii = (10, 6.5, 6, 6.5, 8.5)
    clavicle = [
        root.rod(p, q, r1, r2)
        for p, q, r1, r2 in zip(collar, collar[1:], radii, radii[1:], strict=False)
    ]

    def one(name: str, parts, line, *tags: str) -> Solid:
        return Solid(
            name=name,
            side=s,
            parts=parts,
            blend_mm=5,
            line=np.stack([root.at(p) for p in line]),
            tags={"girdle", *tags},
        )

    return [
        one("scapula", blade, [socket, at(110, 80, 360), lower]),
        one("scapula-border", medial + lateral, [upper, root_of_spine, lower, at(128, 62, 386)]),
        one("scapula-spine", spine, [root_of_spine, at(132, 72, 300)]),
        one("acromion", acromion, [at(178, 42, 286), tip]),
        one("coracoid", coracoid, [at(150, 18, 306), at(160, -18, 316)]),
        one("glenoid", glenoid, [at(155, 29, 310), at(155, 32, 340)]),
        one("clavicle", clavicle, collar),
    ]
