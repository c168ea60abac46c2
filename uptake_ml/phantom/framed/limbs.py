"""Long bones of arms and legs, kneecaps. A limb's frame has z along it and y to its back."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.framed.armature import Frame, Person, turned
from uptake_ml.phantom.framed.field import Solid

UPPER_ARM_MM, FOREARM_MM, THIGH_MM, SHANK_MM = 305.0, 248.0, 408.0, 392.0


def pose_arm(shoulder: Frame, s: int, person: Person) -> dict[str, Frame]:
    """Return frames of upper arm, forearm and hand; ``shoulder`` is not turned."""
    i = (s + 1) // 2
    turn = turned(y=s * person.arm_away[i]) @ turned(x=person.arm_forward[i])
    upper = shoulder.child((0, 0, 0), turn)
    bend = turned(y=-s * person.elbow_in[i]) @ turned(x=person.elbow_bend[i])
    fore = upper.child((0, 0, UPPER_ARM_MM), bend)
    hand = fore.child((0, 0, FOREARM_MM), turned(z=-s * person.palm_roll[i]) @ turned(x=-4))
    return {"arm": upper, "forearm": fore, "hand": hand}


def pose_leg(hip: Frame, s: int, person: Person) -> dict[str, Frame]:
    """Return frames of thigh, shank and foot; a foot's z runs to the toes and its y to the sole."""
    i = (s + 1) // 2
    # Thigh bones converge to the knee although feet lie apart: the axis runs hip to knee.
    turn = turned(y=s * (person.leg_apart[i] - 3.5)) @ turned(z=s * person.leg_roll[i])
    turn = turn @ turned(x=person.knee_bend[i] / 2)
    thigh = hip.child((0, 0, 0), turn)
    shank = thigh.child((0, 0, THIGH_MM), turned(y=-s * 1.0) @ turned(x=-person.knee_bend[i]))
    foot = shank.child((0, 6, SHANK_MM), turned(x=90 - person.foot_point[i]))
    return {"thigh": thigh, "shank": shank, "foot": foot}


def _bone(
    frame: Frame,
    name: str,
    s: int,
    parts,
    line,
    *tags: str,
    shell_mm: float = 4.0,
    blend_mm: float = 8,
) -> Solid:
    return Solid(
        name=name,
        side=s,
        parts=parts,
        line=np.stack([frame.at(p) for p in line]),
        blend_mm=blend_mm,
        shell_mm=shell_mm,
        tags={*tags},
    )


def build_arm(frames: dict[str, Frame], s: int, person: Person) -> list[Solid]:
    """Return humerus, radius and ulna (``line`` from above to below)."""
    g, up, fore = person.bone_girth, frames["arm"], frames["forearm"]
    n, m = UPPER_ARM_MM, FOREARM_MM
    humerus = [
        up.egg((-s * 3, 0, 2), (22.5 * g, 22.5 * g, 23 * g)),
        up.rod((s * 13, -3, -2), (s * 11, -2, 18), 11 * g, 9),
        up.rod((s * 3, 0, 10), (s * 5, 0, 70), 18 * g, 11.5 * g),
        up.rod((s * 5, 0, 60), (s * 2, 0, n - 60), 11.2 * g, 10.2 * g),
        up.rod((s * 2, 0, n - 70), (0, -2, n - 18), 10.5 * g, 17 * g, (0, 1, 0), 0.62),
        up.rod((s * 18, -6, n - 8), (-s * 16, -4, n - 6), 9.5 * g, 10 * g),
        up.rod((-s * 26, 4, n - 16), (-s * 20, 0, n - 10), 6.5),
    ]
    ulna = [
        fore.rod((-s * 8, 15, -18), (-s * 8, 10, 8), 9 * g, 9.5 * g),
        fore.rod((-s * 8, 9, 8), (-s * 10, 4, m * 0.45), 8.5 * g, 6.2 * g),
        fore.rod((-s * 10, 4, m * 0.45), (-s * 15, 2, m - 10), 6.2 * g, 5.6 * g),
        fore.egg((-s * 15, 2, m - 9), (7.5, 7.5, 8)),
    ]
    radius = [
        fore.rod((s * 13, -2, 6), (s * 13, -2, 13), 10 * g, 9 * g),
        fore.rod((s * 12, -2, 15), (s * 13, -1, m * 0.5), 6.5 * g, 7 * g),
        fore.rod((s * 13, -1, m * 0.5), (s * 8, 0, m - 26), 7 * g, 8.5 * g),
        fore.rod((s * 6, 0, m - 24), (s * 4, 0, m - 5), 11 * g, 15.5 * g, (0, 1, 0), 0.68),
    ]
    return [
        _bone(up, "humerus", s, humerus, [(0, 0, z) for z in np.linspace(0, n, 9)], "long", "arm"),
        _bone(
            fore,
            "ulna",
            s,
            ulna,
            [(-s * 9, 6, z) for z in np.linspace(-8, m, 7)],
            "arm",
            shell_mm=3,
        ),
        _bone(
            fore,
            "radius",
            s,
            radius,
            [(s * 12, 0, z) for z in np.linspace(6, m, 7)],
            "arm",
            shell_mm=3,
        ),
    ]


def build_leg(frames: dict[str, Frame], s: int, person: Person) -> list[Solid]:
    """Return femur, kneecap, tibia and fibula (``line`` from above to below)."""
    g, up, low = person.bone_girth, frames["thigh"], frames["shank"]
    n, m = THIGH_MM, SHANK_MM
    lateral = 44
    femur = [
        up.egg((0, 0, 0), (23.5 * g, 23.5 * g, 23.5 * g)),
        up.rod((s * 8, 0, 6), (s * 40, 2, 34), 15.5 * g, 17 * g),
        up.rod((s * (lateral + 8), 6, 14), (s * (lateral + 6), 6, 44), 13 * g, 13 * g),
        up.rod((s * (lateral - 18), 12, 66), (s * (lateral - 8), 6, 84), 9, 8),
        up.rod((s * lateral, 2, 36), (s * (lateral - 6), -2, 110), 18 * g, 14.5 * g),
        up.rod((s * (lateral - 6), -2, 100), (s * 22, -10, n * 0.58), 14.2 * g, 13 * g),
        up.rod((s * 22, -10, n * 0.58), (s * 6, -2, n - 62), 13 * g, 16.5 * g),
        up.rod((s * 6, -2, n - 70), (s * 1, 0, n - 22), 17 * g, 31 * g, (0, 1, 0), 0.72),
        up.egg((-s * 22, 5, n - 18), (17 * g, 26 * g, 21 * g)),
        up.egg((s * 22, 5, n - 18), (17 * g, 26 * g, 20 * g)),
    ]
    knee = [(0, -4, n - 10)]
    patella = [up.egg((s * 1, -38, n - 22), (19 * g, 9 * g, 21 * g))]
    tibia = [
        low.rod((-s * 20, 3, 15), (s * 20, 3, 15), 19 * g, 18 * g, (0, 0, 1), 0.8),
        low.rod((0, -4, 22), (-s * 3, -8, 70), 26 * g, 14 * g, (0, 1, 0), 0.85),
        low.rod((0, -20, 34), (0, -16, 52), 8.5, 7),
        low.rod((-s * 3, -8, 66), (-s * 6, -4, m * 0.62), 14.5 * g, 11.8 * g),
        low.rod((-s * 6, -4, m * 0.62), (-s * 5, 2, m - 40), 11.8 * g, 12 * g),
        low.rod((-s * 5, 2, m - 44), (-s * 2, 3, m - 14), 12.5 * g, 19.5 * g),
        low.rod((-s * 22, 0, m - 18), (-s * 24, 1, m + 4), 8.5, 6.5),
    ]
    fibula = [
        low.egg((s * 36, 18, 26), (10, 10, 12)),
        low.rod((s * 36, 18, 30), (s * 32, 14, m * 0.5), 6 * g, 5.6 * g),
        low.rod((s * 32, 14, m * 0.5), (s * 25, 10, m - 30), 5.6 * g, 6.5 * g),
        low.rod((s * 25, 10, m - 30), (s * 26, 8, m + 12), 7.5, 7),
    ]
    shaft = [
        (0, 0, 0),
        (s * 40, 2, 34),
        *[(s * (38 - 36 * t), -4, 60 + (n - 70) * t) for t in np.linspace(0, 1, 8)],
    ]
    return [
        _bone(up, "femur", s, femur, shaft, "long", "leg", shell_mm=6),
        _bone(up, "patella", s, patella, knee, "leg", shell_mm=2.5),
        _bone(
            low,
            "tibia",
            s,
            tibia,
            [(-s * 3, -4, z) for z in np.linspace(10, m, 9)],
            "long",
            "leg",
            shell_mm=5,
        ),
        _bone(
            low,
            "fibula",
            s,
            fibula,
            [(s * 32, 14, z) for z in np.linspace(26, m + 8, 7)],
            "leg",
            shell_mm=3,
        ),
    ]
