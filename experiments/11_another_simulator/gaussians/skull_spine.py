"""Skull, face, spine, sacrum."""

from __future__ import annotations

import numpy as np

from .person import SIDE_SIGN, VERTEBRAE, Person


def add_skull(cloud, person: Person, points: dict, rng) -> None:
    """Add vault, base, face, teeth and mandible; place the jaw joints."""
    h, k = person.height_mm, person.scale**0.5
    centre = np.array([0, -4, 0.057 * h])
    part, around = np.linspace(0.03, 1.0, 20), np.linspace(0, 2 * np.pi, 41)[:-1]
    t, a = np.meshgrid(part, around, indexing="ij")
    t = t * (1.95 - 0.25 * np.cos(a))  # the occiput reaches lower than the forehead
    semi = np.array([76 * k, 92 * k, 0.054 * h])
    shell = np.stack([np.sin(t) * np.sin(a), np.sin(t) * np.cos(a), -np.cos(t)], -1) * semi + centre
    # The frontal bone and the occiput are thicker than the temples.
    uptake = 1.9 * (1 + 0.25 * np.abs(np.cos(a)) * np.sin(t))
    cloud.sheet("vault", None, shell, 6.5, uptake)
    base = 0.088 * h
    for x, y, r in ((-45, -15, 20), (45, -15, 20), (-20, -10, 16), (20, -10, 16), (0, 25, 20)):
        cloud.blob("skull_base", None, (x * k, y * k, base), (r, r, 12), 1.3 * rng.normal(1, 0.1))
    _add_face(cloud, person, points, rng, k)


def _add_face(cloud, person, points, rng, k) -> None:
    h = person.height_mm
    brow, mouth, chin = 0.066 * h, 0.107 * h, points["chin", None][2]
    nasal = rng.lognormal(0, 0.25)
    cloud.blob("nose", None, (0, 82 * k, brow + 20), (13, 16, 22), 2.3 * nasal)
    cloud.blob("sinus", None, (0, 60 * k, brow + 20), (20, 24, 20), 2.0 * nasal)
    for side, s in SIDE_SIGN:
        angle = np.linspace(0, 2 * np.pi, 9)
        orbit = np.stack(
            [s * 33 * k + 20 * np.cos(angle), 74 * k + 0 * angle, brow + 2 + 18 * np.sin(angle)], 1
        )
        cloud.chain("orbit", side, orbit, 4.5, 2.6)
        cloud.blob("maxilla", side, (s * 27 * k, 62 * k, brow + 36), (22, 20, 20), 1.9)
        cheek = np.array([(34, 70, 24), (56, 48, 22), (66, 10, 16)]) * (s * k, k, 1)
        cloud.chain("zygoma", side, cheek + np.array([0, 0, brow]), 5, 2.6)
        joint = np.array([s * 54 * k, 8 * k, 0.090 * h])
        points["jaw", side] = joint
        ramus = np.array([joint, (s * 50 * k, 18 * k, mouth + 12), (s * 24 * k, 58 * k, chin - 8)])
        ramus = np.concatenate([ramus, [(s * 4, 76 * k, chin - 5)]])
        cloud.chain("mandible", side, ramus, (7, 7, 8, 9), (2.4, 1.8, 2.0, 2.0))
    for row, depth in ((mouth - 6, 2.2), (mouth + 7, 2.2)):
        angle = np.linspace(-1.25, 1.25, 9)
        arch = np.stack(
            [27 * k * np.sin(angle), 48 * k + 30 * k * np.cos(angle), row + 0 * angle], 1
        )
        # Teeth and sockets are irregular in nearly everybody.
        cloud.chain("teeth", None, arch, 9, 0.6 * depth * rng.lognormal(0, 0.3, 9), spacing_mm=7)


def add_spine(cloud, person: Person, points: dict, rng) -> None:
    """Add the vertebrae C1 to L5: body, arch, facets, processes; place the facet joints."""
    k = person.scale
    heights = np.gradient(np.array([points[v, None][2] for v in VERTEBRAE]))
    half_width = np.r_[np.full(7, 11.0), np.linspace(13, 19, 12), np.linspace(20, 24, 5)] * k
    for i, name in enumerate(VERTEBRAE):
        centre, step, half = points[name, None], heights[i], half_width[i]
        neck = name[0] == "C"
        uptake = (3.0 if neck else 4.7) * rng.normal(1, 0.05)
        body = (half * 0.62, half * 0.75, step * 0.5)
        for x in (-0.5, 0.5):
            cloud.blob(name, None, centre + np.array([x * half, 0, 0]), body, uptake)
        for dz in (-0.34, 0.34):  # end plates
            cloud.blob(
                name,
                None,
                centre + np.array([0, 0, dz * step]),
                (half, half * 0.75, 3.5),
                uptake * 1.3,
            )
        arch = centre + np.array([0, -half - 13 * k, 0.15 * step])
        cloud.blob(
            name, None, arch + np.array([0, -12 * k, 6 * k]), (5, 15 * k, 9 * k), uptake * 1.0
        )
        for side, s in SIDE_SIGN:
            facet = arch + np.array([s * (half * 0.75), 5 * k, 0.3 * step])
            points[f"{name}_facet", side] = facet
            cloud.blob(name, side, facet, (10 * k, 9 * k, 13 * k), uptake * 0.8)
            tip = facet + np.array([s * (10 if neck else 22) * k, 0, -0.35 * step])
            cloud.chain(
                name, side, [facet - np.array([0, 0, 0.35 * step]), tip], 5.5 * k, uptake * 0.75
            )


def add_sacrum(cloud, person: Person, points: dict, rng) -> None:
    """Add sacrum, coccyx and the sacroiliac joints."""
    k, top = person.scale, points["L5", None]
    wide = person.hip_half_mm / 86
    z0, z1 = top[2] + 14 * k, top[2] + 118 * k
    down, across = np.linspace(0, 1, 9), np.linspace(-1, 1, 9)
    d, a = np.meshgrid(down, across, indexing="ij")
    half = np.interp(d, [0, 0.35, 0.6, 1], [54, 48, 34, 16]) * wide
    back = np.interp(d, [0, 0.5, 1], [-45, -84, -72]) * k
    plate = np.stack([a * half, back - 8 * np.abs(a), z0 + d * (z1 - z0)], -1)
    cloud.sheet("sacrum", None, plate, 18, np.interp(d, [0, 0.5, 1], [3.6, 3.1, 1.8]))
    points["sacrum", None] = np.array([0, -75 * k, z0 + 0.45 * (z1 - z0)])
    tail = [(0, -72 * k, z1), (0, -62 * k, z1 + 16 * k), (0, -50 * k, z1 + 28 * k)]
    cloud.chain("coccyx", None, tail, 7, 1.8)
    for side, s in SIDE_SIGN:
        joint = np.array([(51, -52, 4), (48, -66, 24), (42, -74, 44), (35, -78, 60)])
        joint = joint * (s * wide, k, k) + np.array([0, 0, z0])
        points["sacroiliac", side] = joint.mean(0)
        cloud.chain("sacroiliac", side, joint, 11, 2.3 * rng.normal(1, 0.05))
