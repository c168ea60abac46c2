"""Liver, spleen, heart, kidneys, urine and stomach."""

from itertools import pairwise

import numpy as np

from .contours import limb
from .scene import Scene

DOME = 0.262  # fraction of stature of the top of the right diaphragm


def paint_viscera(scene: Scene) -> None:
    """Organs of chest and upper belly with the urinary tract."""
    _liver(scene)
    _spleen(scene)
    _stomach(scene)
    _heart(scene)
    if scene.uptake.thymus:
        _thymus(scene)
    for sign in (-1, 1):
        _kidney(scene, sign)
    scene.organ(
        (-6 * scene.s, float(scene.person.z(0.327)), -4 * scene.s),
        (14 * scene.s, 14 * scene.s, 45 * scene.s),
        0.6 * scene.uptake.liver,
        rough=0.08,
    )


def dome_z(scene: Scene) -> float:
    """Height (mm) of the top of the right diaphragm."""
    return float(scene.person.z(DOME))


def _liver(scene: Scene) -> None:
    s, wide, top = scene.s, scene.person.chest_mm, dome_z(scene)
    size = scene.uptake.liver_size ** (1 / 2)
    length = 165 * s * size
    deep = s * scene.person.girth**0.3 * size
    right = [
        (0, -0.45, 0.10, 22, 4),
        (0.06, -0.46, 0.30, 50, 4),
        (0.15, -0.42, 0.46, 68, 2),
        (0.3, -0.36, 0.60, 76, 0),
        (0.45, -0.38, 0.60, 74, 0),
        (0.6, -0.48, 0.48, 68, 2),
        (0.75, -0.56, 0.38, 58, 4),
        (0.9, -0.62, 0.26, 44, 2),
        (1.0, -0.66, 0.10, 20, 0),
    ]
    rows = [(top + t * length, y * s, x * wide, ry * deep, rx * wide) for t, x, rx, ry, y in right]
    scene.axial(rows, scene.uptake.liver, rough=0.025)
    left = [
        (0.08, 0.10, 0.12, 14, -30),
        (0.2, 0.14, 0.38, 28, -38),
        (0.35, 0.10, 0.36, 32, -44),
        (0.5, 0.02, 0.26, 28, -50),
        (0.62, -0.05, 0.10, 14, -54),
    ]
    reach = scene.rng.uniform(0.75, 1.15)
    rows = [
        (top + t * length, y * deep, x * wide * reach, ry * deep, rx * wide * reach)
        for t, x, rx, ry, y in left
    ]
    scene.axial(rows, scene.uptake.liver, rough=0.03)
    gall = (-38 * s, top + 0.78 * length, -0.42 * wide)
    scene.organ(gall, (14 * s, 24 * s, 13 * s), 0.7)


def _spleen(scene: Scene) -> None:
    s, wide = scene.s, scene.person.chest_mm
    size = scene.uptake.spleen_size ** (1 / 3) * s * scene.rng.normal(1, 0.06)
    top = dome_z(scene) + 20 * s
    table = [(0, 8, 14), (0.12, 14, 34), (0.35, 19, 44), (0.65, 19, 40), (0.88, 14, 28), (1, 5, 10)]
    rows = [
        (
            top + t * 112 * size,
            34 * s - 8 * t * size,
            (0.74 + 0.06 * t) * wide,
            ry * size,
            rx * size,
            -28,
        )
        for t, rx, ry in table
    ]
    scene.axial(rows, scene.uptake.spleen, rough=0.03)


def _stomach(scene: Scene) -> None:
    s, wide, top = scene.s, scene.person.chest_mm, dome_z(scene)
    full = scene.rng.uniform(0.65, 1.25)
    path = [
        (0.12, 22, 0.44, 16),
        (0.3, 6, 0.5, 32),
        (0.5, -22, 0.5, 32),
        (0.7, -40, 0.38, 28),
        (0.85, -46, 0.16, 22),
        (0.9, -40, -0.04, 17),
    ]
    points = [
        scene.person.put((y * s, top + 28 * s + t * 150 * s, x * wide)) for t, y, x, _ in path
    ]
    radii = np.array([0.5 * (a[3] + b[3]) for a, b in pairwise(path)]) * s * full
    scene.tube(points, radii, scene.uptake.stomach)
    scene.tube(points, np.maximum(radii - 8 * s, 1), 0.6 + 0.25 * scene.uptake.stomach)


def _heart(scene: Scene) -> None:
    """Right heart and atria as blood, the left ventricle as a cup open to the base."""
    s, uptake, rng = scene.s, scene.uptake, scene.rng
    top = dome_z(scene)
    put = scene.person.put
    scene.organ((-26 * s, top - 22 * s, 2 * s), (44 * s, 50 * s, 54 * s), uptake.blood, rough=0.03)
    base = put((-6 * s, top - 48 * s, 18 * s))
    tip = put((-58 * s, top + rng.uniform(-8, 12) * s, 74 * s))
    cup = [
        (0, 32 * s, 33 * s),
        (0.35, 36 * s, 36 * s),
        (0.7, 30 * s, 30 * s),
        (0.9, 20 * s, 20 * s),
        (1, 8 * s, 8 * s),
    ]
    region = scene.grid.section(limb(base, tip, cup))
    if region is None:
        return
    y, _, x = scene.grid.coordinates(region)
    # the free wall, the septum and the base take up differently from heart to heart
    tone = 1 + rng.normal(0, 0.1) * (y - base[0]) / 40 + rng.normal(0, 0.1) * (x - tip[2]) / 40
    scene.grid.blend(region, (uptake.myocardium * np.clip(tone, 0.5, 1.4)).astype(np.float32))
    inner = [(0, 22 * s, 22 * s), (0.5, 23 * s, 23 * s), (0.8, 14 * s, 14 * s), (1, 3 * s, 3 * s)]
    scene.limb(base + (base - tip) * 0.05, base + (tip - base) * 0.84, inner, uptake.blood)


def _thymus(scene: Scene) -> None:
    s, z = scene.s, float(scene.person.z(0.222))
    for sign in (-1, 1):
        rows = [
            (
                z + t * 34 * s,
                (-48 - 3 * t) * s,
                sign * (8 + 6 * (t + 1)) * s,
                r * s,
                1.6 * r * s,
                sign * -25,
            )
            for t, r in ((-1, 3), (-0.5, 7), (0, 9), (0.6, 8), (1, 3))
        ]
        scene.axial(rows, scene.uptake.thymus, rough=0.05)


def _kidney(scene: Scene, sign: float) -> None:
    s, uptake, rng, person = scene.s, scene.uptake, scene.rng, scene.person
    drop = 0.334 + (0.006 if sign < 0 else 0.0) + rng.normal(0, 0.004)
    z, x, y = float(person.z(drop)), sign * (60 + 8 * (person.girth - 1)) * s, 40 * s
    length = 54 * s * rng.normal(1, 0.05)
    rows = [
        (z + t * length, y - 5 * t, x + sign * 9 * t * s, w * 24 * s, w * 27 * s, sign * 25)
        for t, w in ((-1, 0.3), (-0.8, 0.75), (-0.4, 1), (0, 1), (0.4, 1), (0.8, 0.75), (1, 0.3))
    ]
    scene.axial(rows, uptake.kidney, rough=0.02)
    inner = np.array(
        [
            (z + t * length, y - 4 * s, x - sign * 10 * s, 10 * s, 12 * s, sign * 25)
            for t in (-0.45, 0, 0.45)
        ]
    )
    scene.axial(inner, 0.75 * uptake.kidney)
    hot = uptake.renal_pelvis * np.exp(rng.normal(0, 0.35))
    scene.organ((y - 6 * s, z + rng.normal(0, 8), x - sign * 13 * s), (8 * s, 13 * s, 7 * s), hot)
    for t in (-0.5, 0.0, 0.5):
        if rng.random() < 0.6:
            scene.organ((y, z + t * length, x - sign * 4 * s), 5 * s, 0.7 * hot)
    _ureter(scene, sign, (y - 8 * s, z + 20 * s, x - sign * 16 * s))


def _ureter(scene: Scene, sign: float, start: tuple[float, float, float]) -> None:
    """A thin tube from kidney to bladder that holds urine only here and there."""
    s, uptake, rng, z = scene.s, scene.uptake, scene.rng, scene.person.z
    way = np.array(
        [
            start,
            (24 * s, float(z(0.375)), sign * 38 * s),
            (12 * s, float(z(0.415)), sign * 36 * s),
            (22 * s, float(z(0.445)), sign * 44 * s),
            (26 * s, float(z(0.470)), sign * 40 * s),
            (-8 * s, float(z(0.484)), sign * 16 * s),
        ]
    )
    steps = np.linspace(0, len(way) - 1, 19)
    path = np.column_stack([np.interp(steps, np.arange(len(way)), way[:, k]) for k in range(3)])
    path[1:-1] += rng.normal(0, 2.0, (17, 3)) * [1, 0, 1]
    path = scene.person.put(path)
    # boluses of urine are a few cm long, so what is filled comes in runs
    wave = np.convolve(rng.standard_normal(22), np.ones(5) / 5**0.5, "valid")
    filled = wave > np.quantile(rng.standard_normal(400), 1 - uptake.ureter_chance)
    for k in np.flatnonzero(filled):
        scene.tube(
            path[k : k + 2], rng.uniform(2.5, 4.2) * s, uptake.ureter * np.exp(rng.normal(0, 0.4))
        )
