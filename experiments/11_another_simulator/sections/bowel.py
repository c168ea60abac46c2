"""Bowel and the organs of the pelvis."""

import numpy as np

from .scene import Scene


def paint_bowel(scene: Scene) -> None:
    """Loops of small bowel, then the frame of the colon."""
    _small_bowel(scene)
    _colon(scene)


def _belly_front(scene: Scene) -> float:
    """How far the bowel lies forwards (mm): heavy people have deep bellies."""
    return -30 * scene.s * scene.person.girth**0.8


def _small_bowel(scene: Scene) -> None:
    rng, s, person = scene.rng, scene.s, scene.person
    front = _belly_front(scene)
    for _ in range(34):
        centre = np.array(
            [
                front + rng.uniform(-28, 28) * s,
                float(person.z(rng.uniform(0.355, 0.458))),
                rng.uniform(-0.62, 0.62) * person.chest_mm,
            ]
        )
        turn = rng.uniform(0, np.pi)
        step = rng.uniform(14, 26) * s * np.array([0.3 * rng.normal(), np.sin(turn), np.cos(turn)])
        bow = rng.normal(0, 7, 3) * s
        loop = person.put([centre - step, centre + bow, centre + step])
        suv = scene.uptake.small_bowel * np.exp(rng.normal(0, 0.3))
        scene.tube(loop, rng.uniform(8, 12) * s, suv)


def colon_path(scene: Scene) -> np.ndarray:
    """Points from caecum to rectum in posture, about 48 of them."""
    rng, s, person = scene.rng, scene.s, scene.person
    front, wide = _belly_front(scene), person.chest_mm * person.girth**0.2
    sag = rng.uniform(0.362, 0.405)
    table = [
        (-12, 0.437, -0.66),
        (0, 0.41, -0.76),
        (6, 0.38, -0.8),
        (2, 0.352, -0.74),
        (front / s - 20, 0.36, -0.42),
        (front / s - 30, sag, 0.0),
        (front / s - 20, 0.345, 0.45),
        (10, 0.322, 0.78),
        (18, 0.36, 0.86),
        (14, 0.40, 0.84),
        (0, 0.432, 0.7),
        (-22, 0.45, 0.42),
        (-8, rng.uniform(0.435, 0.455), 0.05),
        (14, 0.458, -0.12),
        (34, 0.463, 0.06),
        (50, 0.478, 0.0),
        (46, 0.497, 0.0),
        (36, 0.513, 0.0),
    ]
    way = np.array([(y * s, float(person.z(f)), x * wide) for y, f, x in table])
    steps = np.linspace(0, len(way) - 1, 48)
    path = np.column_stack([np.interp(steps, np.arange(len(way)), way[:, k]) for k in range(3)])
    path[:-4] += rng.normal(0, 3.5, (44, 3)) * s
    return person.put(path)


def _colon(scene: Scene) -> None:
    rng, uptake = scene.rng, scene.uptake
    path = colon_path(scene)
    parts = len(path) - 1
    noise = np.convolve(rng.standard_normal(parts + 6), np.hanning(9)[1:-1], "valid")[:parts]
    suv = uptake.colon * np.exp(uptake.colon_patchy * noise)
    suv[:10] *= 1.15  # the caecum often stands out
    radius = np.interp(np.arange(parts), [0, 8, 25, 34, 47], [22, 19, 15, 13, 14])
    radius = radius * scene.s * rng.uniform(0.85, 1.15, parts)
    scene.tube(path, radius, suv)
    scene.tube(path, 0.45 * radius, 0.6 * suv + 0.2)


def paint_pelvis(scene: Scene) -> None:
    """Bladder and the organs of either sex."""
    s, uptake, rng, z = scene.s, scene.uptake, scene.rng, scene.person.z
    if scene.person.is_female:
        lean = rng.normal(0, 10)
        scene.organ(
            (4 * s, float(z(0.472)), lean * s), (22 * s, 24 * s, 28 * s), uptake.uterus, rough=0.04
        )
        scene.organ(
            (14 * s, float(z(0.497)), 0), (10 * s, 20 * s, 12 * s), 0.9 * uptake.muscle + 0.3
        )
    else:
        scene.organ((0, float(z(0.5)), 0), (17 * s, 16 * s, 21 * s), rng.uniform(1.0, 1.8))
        scene.organ((-50 * s, float(z(0.545)), 0), (24 * s, 34 * s, 34 * s), 0.6)
        scene.organ((-62 * s, float(z(0.53)), 0), (16 * s, 30 * s, 14 * s), 0.8 * uptake.blood)
        for sign in (-1, 1):
            scene.organ(
                (-48 * s, float(z(0.548)), sign * 17 * s), (12 * s, 20 * s, 13 * s), uptake.testis
            )
    size = uptake.bladder_mm * s
    point = (-30 * s, float(z(0.4865)) - 0.45 * size, rng.normal(0, 4))
    scene.organ(point, (0.85 * size, 0.75 * size, 1.15 * size), uptake.bladder, rough=0.025)
    scene.organ((-16 * s, float(z(0.507)), 0), (5 * s, 14 * s, 5 * s), rng.uniform(0.5, 4))
