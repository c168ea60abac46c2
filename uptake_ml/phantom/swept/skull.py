"""The skull: vault, base, face and jaw."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.swept.person import Person, spine_at
from uptake_ml.phantom.swept.sweep import Sweep, rotation, sweep, turned


def build_skull(person: Person) -> tuple[list[Sweep], np.ndarray]:
    """Return the bones of the head, and its rotation (3, 3)."""
    bones = [_vault(), *_base(), *_face(), *_jaw()]
    matrix = rotation(x_deg=person.head_nod, y_deg=person.head_tilt, z_deg=person.head_turn)
    pivot = spine_at(person, 150)
    moved = [turned(bone, matrix, pivot) for bone in bones]
    return moved, matrix


def _vault() -> Sweep:
    z = np.array([1, 4, 9, 17, 28, 45, 65, 85, 105, 120, 133])
    half_x = [16, 31, 43, 54, 63, 71, 75, 75, 71, 62, 46]
    half_y = [20, 38, 54, 67, 78, 88, 93, 92, 79, 63, 44]
    wall = [16, 15, 13, 11, 10, 9, 8, 8, 8, 9, 12]
    # Below the brow the vault lies behind the orbits.
    middle_y = np.interp(z, [0, 80, 105, 120, 133], [-92, -92, -79, -66, -60])
    points = np.stack([0 * z, middle_y, z], axis=1)
    return sweep(
        "vault",
        points,
        half_x,
        half_y,
        value=0.25,
        marrow=0.35,
        wall_mm=wall,
        core=0.02,
        power=2,
        is_rounded=False,
    )


def _base() -> list[Sweep]:
    bones = [
        sweep(
            "sphenoid",
            [(0, -150, 108), (0, -125, 118), (0, -98, 134)],
            [12, 14, 10],
            6,
            value=0.32,
            marrow=0.3,
        ),
        sweep(
            "occiput",
            [(-42, -40, 118), (0, -14, 112), (42, -40, 118)],
            10,
            4,
            hint=(0, 0, 1),
            value=0.38,
            marrow=0.3,
        ),
    ]
    for side in (-1, 1):
        petrous = [(side * 16, -102, 130), (side * 40, -90, 126), (side * 62, -80, 126)]
        bones.append(sweep("petrous", petrous, [6, 9, 8], side=side, value=0.34, marrow=0.2))
        mastoid = [(side * 60, -78, 124), (side * 57, -80, 150)]
        bones.append(sweep("petrous", mastoid, [11, 7], side=side, value=0.3, marrow=0.2))
    return bones


def _face() -> list[Sweep]:
    turns = np.linspace(0, 2 * np.pi, 13)
    bones = [
        sweep("nose", [(0, -172, 95), (0, -188, 112), (0, -188, 130)], [4, 5, 6], value=0.42),
        sweep(
            "conchae",
            [(0, -148, 104), (0, -150, 122), (0, -150, 140)],
            [9, 12, 12],
            [22, 26, 18],
            value=0.36,
            hint=(1, 0, 0),
        ),
        sweep("maxilla", _arch(31, -128, -184, 154), 8, 6, hint=(0, 0, 1), value=0.5, marrow=0.1),
        sweep(
            "brow",
            [(-48, -158, 78), (-22, -178, 76), (22, -178, 76), (48, -158, 78)],
            5,
            4,
            value=0.38,
        ),
    ]
    for side in (-1, 1):
        rim = np.stack(
            [side * 32 + 20 * np.cos(turns), -168 + 8 * np.cos(turns), 97 + 18 * np.sin(turns)],
            axis=1,
        )
        bones.append(sweep("orbit", rim, 4.0, side=side, value=0.72, is_rounded=False))
        cheek = [(side * 34, -170, 124), (side * 52, -152, 120), (side * 66, -118, 120)]
        bones.append(sweep("zygoma", cheek, [7, 7, 3.5], side=side, value=0.42, marrow=0.2))
        antrum = [(side * 27, -150, 118), (side * 25, -152, 146)]
        bones.append(
            sweep("antrum", antrum, [15, 13], [19, 17], side=side, value=0.42, wall_mm=4, core=0.1)
        )
    return bones


def _arch(half_x: float, back: float, front: float, z: float) -> np.ndarray:
    turns = np.linspace(0, np.pi, 9)
    y = back + (front - back) * np.sin(turns) ** 0.8
    return np.stack([half_x * np.cos(turns), y, z + 0 * turns], axis=1)


def _jaw() -> list[Sweep]:
    half = [(52, -100, 132), (52, -104, 158), (49, -116, 182), (38, -148, 194), (20, -170, 200)]
    whole = [(-x, y, z) for x, y, z in half] + [(0, -177, 201)] + half[::-1]
    teeth = _arch(27, -132, -180, 176)
    return [
        sweep(
            "mandible",
            whole,
            6,
            [7, 10, 12, 12, 12, 12, 12, 12, 12, 10, 7],
            hint=(1, 0.4, 0),
            value=0.8 * np.array([0.7, 0.55, 0.65, 0.7, 0.75, 0.75, 0.75, 0.7, 0.65, 0.55, 0.7]),
            marrow=0.25,
        ),
        sweep("teeth", teeth, 6, 8, hint=(1, 0.4, 0), value=0.38),
    ]
