"""Head and neck: skull, brain, salivary glands, tonsils, jaw, larynx, thyroid."""

import numpy as np

from .scene import Scene

VAULT = np.array(  # fraction of stature, y, half-depth, half-width
    [
        [0.000, 6, 12, 10],
        [0.006, 6, 50, 40],
        [0.016, 5, 76, 60],
        [0.032, 3, 92, 73],
        [0.055, 2, 98, 77],
        [0.075, 2, 97, 75],
        [0.092, 0, 92, 71],
        [0.106, -8, 84, 66],
        [0.122, -14, 78, 61],
        [0.134, -20, 68, 54],
        [0.141, -30, 44, 38],
    ]
)


def paint_head(scene: Scene) -> None:
    """The head in the order from skin to brain, then the glands of face and neck."""
    person, s = scene.person, scene.s
    rows = np.zeros((len(VAULT), 6))
    rows[:, 0] = person.z(VAULT[:, 0])
    rows[:, 1], rows[:, 3], rows[:, 4] = VAULT[:, 1] * s, VAULT[:, 2] * s, VAULT[:, 3] * s
    rows[:, 5] = person.head_turn_deg
    uptake = scene.uptake
    scene.axial(rows, 0.6 * uptake.muscle + 0.2)
    skull = rows[:7].copy()
    skull[:, 3:5] -= 6 * s
    scene.axial(skull, 0.55 * uptake.skull_marrow + 0.45 * uptake.bone_cortex)
    _brain(scene, rows)
    _face(scene)
    _neck(scene)


def _brain(scene: Scene, rows: np.ndarray) -> None:
    uptake, person, s = scene.uptake, scene.person, scene.s
    cortex = rows[:6].copy()
    cortex[:, 3:5] = np.maximum(cortex[:, 3:5] - 13 * s, 3)
    cortex[0, 0] += 12 * s
    cortex[-1, 3:5] *= 0.75
    scene.axial(cortex, 0.85 * uptake.grey, rough=0.012)
    white = cortex[1:].copy()
    white[:, 3:5] = np.maximum(white[:, 3:5] - 17 * s, 3)
    for sign in (-1, 1):
        half = white.copy()
        half[:, 2] = sign * 0.5 * white[:, 4]
        half[:, 4] *= 0.38
        scene.axial(half, 0.42 * uptake.grey, rough=0.08)
    z = float(person.z(0.055))
    for sign in (-1, 1):
        scene.organ((-10 * s, z, sign * 16 * s), (24 * s, 15 * s, 8 * s), 1.05 * uptake.grey)
        scene.organ(
            (46 * s, float(person.z(0.079)), sign * 25 * s),
            (28 * s, 21 * s, 27 * s),
            0.8 * uptake.grey,
        )
        scene.organ(
            (-22 * s, float(person.z(0.075)), sign * 46 * s),
            (28 * s, 12 * s, 14 * s),
            0.8 * uptake.grey,
        )
    scene.organ((18 * s, float(person.z(0.086)), 0), (12 * s, 20 * s, 13 * s), 0.55 * uptake.grey)


def _face(scene: Scene) -> None:
    uptake, person, s, rng = scene.uptake, scene.person, scene.s, scene.rng
    z = person.z
    for sign in (-1, 1):
        scene.organ((-62 * s, float(z(0.078)), sign * 31 * s), 12 * s, 0.5)
        scene.organ(
            (-50 * s, float(z(0.078)), sign * 28 * s), (12 * s, 4 * s, 4 * s), rng.uniform(1.5, 3.5)
        )
        jaw = [
            (6 * s, float(z(0.11)), sign * 50 * s),
            (-2 * s, float(z(0.127)), sign * 45 * s),
            (-66 * s, float(z(0.134)), sign * 10 * s),
        ]
        scene.tube([person.put(p) for p in jaw], 6 * s, 0.4 * uptake.skull_marrow + 0.4)
        scene.organ(
            (4 * s, float(z(0.112)), sign * 57 * s),
            (15 * s, 20 * s, 9 * s),
            uptake.parotid,
            rough=0.05,
        )
        scene.organ(
            (-22 * s, float(z(0.132)), sign * 31 * s), (13 * s, 11 * s, 9 * s), uptake.submandibular
        )
        tonsil = uptake.tonsil * rng.normal(1, 0.08)
        scene.organ((-8 * s, float(z(0.116)), sign * 15 * s), (8 * s, 12 * s, 6 * s), tonsil)
    scene.organ((-46 * s, float(z(0.094)), 0), (18 * s, 14 * s, 14 * s), 0.35)
    scene.organ((-36 * s, float(z(0.118)), 0), (26 * s, 14 * s, 19 * s), uptake.tongue)
    scene.organ((-50 * s, float(z(0.131)), 0), (10 * s, 6 * s, 14 * s), 0.8 * uptake.submandibular)
    scene.organ((10 * s, float(z(0.1)), 0), (6 * s, 8 * s, 13 * s), 0.6 * uptake.tonsil + 0.5)


def _neck(scene: Scene) -> None:
    uptake, person, s = scene.uptake, scene.person, scene.s
    z = person.z
    airway = [
        (float(z(f)), y * s, 0, 7 * s, 7 * s)
        for f, y in ((0.1, 0), (0.13, -12), (0.16, -14), (0.21, -2))
    ]
    scene.axial(airway, 0.25)
    cords = float(z(0.150))
    for sign in (-1, 1):
        scene.organ((-20 * s, cords, sign * 7 * s), (11 * s, 6 * s, 4 * s), uptake.larynx)
        scene.organ((8 * s, cords, sign * 12 * s), (5 * s, 5 * s, 6 * s), 0.8 * uptake.larynx)
        scene.organ(
            (-12 * s, float(z(0.168)), sign * 19 * s), (9 * s, 20 * s, 8 * s), uptake.thyroid
        )
        vessel = [
            (float(z(f)), y * s, sign * x * s, 7 * s, 8 * s)
            for f, y, x in ((0.115, 6, 30), (0.15, -4, 30), (0.178, -12, 26), (0.2, -16, 22))
        ]
        scene.axial(vessel, 0.85 * uptake.blood)
