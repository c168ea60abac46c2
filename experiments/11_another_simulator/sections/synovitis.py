"""Synovitis, bursitis and enthesitis as uneven shells and patches."""

import numpy as np

from .person import SIDES
from .scene import Scene
from .skeleton import vertebra, vertebra_mm

# joint: half-depth, half-height, half-width of the capsule (mm)
CAPSULE = {
    "shoulder": (29, 30, 27),
    "elbow": (21, 22, 26),
    "wrist": (13, 19, 24),
    "hip": (28, 30, 29),
    "knee": (34, 32, 37),
    "ankle": (24, 20, 27),
}
# where the lining is thickest: (back, feet, outwards)
LEAN = {"shoulder": (-0.1, 0.1, -0.3), "hip": (-0.2, 0.25, 0.3), "knee": (0.35, 0.0, 0.0)}
SYNOVIUM_MM = {"wrist": 8.5, "elbow": 7.5, "ankle": 7.5}


def synovitis(scene: Scene, name: str, side: str, suv: float) -> None:
    """Paint the lining of a joint: a patchy shell around the bone ends."""
    rng, s = scene.rng, scene.s
    centre = scene.person.joint(name, side)
    radii = np.array(CAPSULE[name]) * s * rng.normal(1, 0.05)
    thick = SYNOVIUM_MM.get(name, 9.0) * s
    sign = SIDES[side]
    y, z, x = LEAN.get(name, (0.0, 0.0, 0.0))
    _shell(scene, centre, radii, thick, suv, (y, z, sign * x))
    if name == "shoulder":  # the bursa below the acromion and the long biceps tendon
        lift = -20 if not scene.person.arms_up else -12
        scene.spot(
            centre + np.array([-4, lift, sign * 20]) * s,
            np.array([20, 8, 17]) * s,
            1.1 * suv,
            rough=0.06,
        )
        scene.spot(centre + np.array([-22, 12, sign * 6]) * s, np.array([6, 19, 6]) * s, 0.8 * suv)
    if name == "knee":  # the pouch above the kneecap and Baker's cyst
        scene.spot(centre + np.array([-36, -44, 0]) * s, np.array([9, 25, 27]) * s, suv, rough=0.08)
        if rng.random() < 0.35:
            scene.spot(
                centre + np.array([44, 10, -sign * 16]) * s, np.array([9, 18, 10]) * s, 0.8 * suv
            )


def _waves(rng: np.random.Generator, way: list[np.ndarray], count: int) -> np.ndarray:
    """A smooth random function over directions, s.d. about 1."""
    total = np.float32(0)
    for _ in range(count):
        axis, phase = rng.normal(0, 1.6, 3).astype(np.float32), np.float32(rng.uniform(0, 6.3))
        total = total + np.cos(sum(a * w for a, w in zip(axis, way, strict=True)) + phase)
    return total * np.float32((2 / count) ** 0.5)


def _shell(scene: Scene, centre, radii: np.ndarray, thick: float, suv: float, toward) -> None:
    """An uneven lining: thick and hot in places, bare in others, more on the `toward` side."""
    rng, grid = scene.rng, scene.grid
    cut = grid.box(centre - 1.3 * radii, centre + 1.3 * radii)
    if cut is None:
        return
    axes = np.ix_(*(a[k] for a, k in zip(grid.axes, cut, strict=True)))
    way = [((o - c) / r).astype(np.float32) for o, c, r in zip(axes, centre, radii, strict=True)]
    rho = np.sqrt(sum(w * w for w in way)) + np.float32(1e-3)
    way = [w / rho for w in way]
    outside = 1 + rng.uniform(0.06, 0.13) * _waves(rng, way, 4)
    depth = thick / radii.mean() * np.clip(1 + 0.35 * _waves(rng, way, 4), 0.4, 1.8)
    wide = grid.voxel_mm / radii.mean()
    shell = np.clip((outside - rho) / wide + 0.5, 0, 1)
    shell *= np.clip((rho - outside + depth) / wide + 0.5, 0, 1)
    lean = sum(t * w for t, w in zip(toward, way, strict=True))
    cover = np.clip(0.75 + 0.55 * _waves(rng, way, 5) + lean, 0, 1)
    tone = suv * np.clip(1 + 0.22 * _waves(rng, way, 5), 0.5, 1.5)
    grid.blend((cut, (shell * cover).astype(np.float32)), tone.astype(np.float32))


def both(scene: Scene, name: str, suv: float, *, spread: float = 0.15) -> None:
    """Synovitis of both sides, whose uptake differs by a relative s.d. of `spread`."""
    for side in SIDES:
        synovitis(scene, name, side, suv * np.exp(scene.rng.normal(0, spread)))


def patch(scene: Scene, centre, radii, suv: float) -> None:
    """A small uneven patch of three overlapping ellipsoids at a point in posture."""
    rng = scene.rng
    for _ in range(3):
        shift = rng.normal(0, 0.35, 3) * radii
        size = np.asarray(radii) * rng.uniform(0.6, 0.9)
        scene.spot(np.asarray(centre) + shift, size, suv * rng.uniform(0.75, 1.15), rough=0.06)


def hip_bursae(
    scene: Scene, suv: float, *, ischial: float = 1.0, trochanteric: float = 0.6
) -> None:
    """Bursitis at the ischial tuberosities and greater trochanters, each with its chance."""
    rng, s, person = scene.rng, scene.s, scene.person
    has_ischial, has_trochanteric = rng.random() < ischial, rng.random() < trochanteric
    for side, sign in SIDES.items():
        own = suv * np.exp(rng.normal(0, 0.15))
        if has_ischial:
            seat = person.put((54 * s, float(person.z(0.514)), sign * 54 * s))
            patch(scene, seat, np.array([9, 15, 13]) * s, own)
        if has_trochanteric:
            point = person.joint("hip", side) + np.array([18, 20, sign * 68]) * s
            patch(scene, point, np.array([15, 20, 7]) * s, 0.8 * own)


def interspinous(scene: Scene, suv: float) -> None:
    """Bursitis between spinous processes of the lumbar spine, often of the neck as well."""
    rng, s = scene.rng, scene.s
    names = ["L2", "L3", "L4", "L5"] + (["C5", "C6", "C7"] if rng.random() < 0.5 else [])
    for name in names:
        if rng.random() < 0.75:
            size = vertebra_mm(scene.person, name)
            point = vertebra(scene.person, name) + np.array([size[0] + 27 * s, 1.3 * size[1], 0])
            scene.organ(point, np.array([11, 6, 6]) * s, suv * rng.uniform(0.6, 1.1))


def collar(scene: Scene, suv: float, *, chance: float) -> None:
    """The joints of both collar bones with the breastbone."""
    if scene.rng.random() > chance:
        return
    s, person = scene.s, scene.person
    for sign in (-1, 1):
        point = person.put((-48 * s, float(person.z(0.186)), sign * 22 * s))
        scene.spot(point, np.array([7, 9, 8]) * s, suv * scene.rng.uniform(0.7, 1.1))


def knuckles(scene: Scene, suv: float, *, part: str = "hand") -> None:
    """Small joints of hands (beyond the wrist) or feet, a few of five rays on both sides."""
    rng, s, person = scene.rng, scene.s, scene.person
    rays = rng.random(5) < 0.75
    for side in SIDES:
        root = person.joint("wrist" if part == "hand" else "ankle", side)
        tip = person.joint(part, side)
        along = (tip - root) / np.linalg.norm(tip - root)
        across = np.cross(along, [1.0, 0.0, 0.0])
        for k in np.flatnonzero(rays):
            point = tip + across * (k - 2) * 15 * s - along * abs(k - 1.5) * 5 * s
            scene.spot(point, 6 * s * rng.uniform(0.8, 1.2), suv * rng.uniform(0.7, 1.4))
            if rng.random() < 0.4:
                scene.spot(point + along * 30 * s, 4.5 * s, 0.7 * suv)


def sacroiliac(scene: Scene, suv: float) -> None:
    """Both sacroiliac joints along their oblique length."""
    rng, s, person = scene.rng, scene.s, scene.person
    for sign in (-1, 1):
        own = 1.3 * suv * np.exp(rng.normal(0, 0.15))
        for f, y, x in ((0.428, 32, 47), (0.437, 40, 46), (0.446, 48, 42), (0.454, 54, 37)):
            point = person.put((y * s, float(person.z(f)), sign * x * s))
            size = np.array([16, 12, 7.5]) * s * rng.uniform(0.85, 1.15)
            scene.spot(point, size, own * rng.uniform(0.75, 1.15), turn=sign * -25)
