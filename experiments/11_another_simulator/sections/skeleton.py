"""Bones of the trunk: cortex as contours, marrow as contours within."""

import numpy as np

from .person import SIDES, Person
from .scene import Scene
from .trunk import fat_mm, outline

CERVICAL = np.linspace(0.098, 0.150, 6)  # middles of C2 to C7
THORACIC = np.linspace(0.158, 0.309, 12)
LUMBAR = np.linspace(0.324, 0.411, 5)
VERTEBRAE = (
    [f"C{k}" for k in range(2, 8)]
    + [f"T{k}" for k in range(1, 13)]
    + [f"L{k}" for k in range(1, 6)]
)
FRACTIONS = dict(zip(VERTEBRAE, np.concatenate([CERVICAL, THORACIC, LUMBAR]), strict=True))


def vertebra(person: Person, name: str) -> np.ndarray:
    """Centre (y, z, x) of a vertebral body of the straight body."""
    z = float(person.z(FRACTIONS[name]))
    return np.array([float(person.spine_y(z)), z, 0.0])


def vertebra_mm(person: Person, name: str) -> tuple[float, float, float]:
    """Half-depth, half-height, half-width of a vertebral body."""
    k = VERTEBRAE.index(name)
    width = np.interp(k, [0, 5, 6, 17, 22], [8, 9, 11, 19, 24]) * person.scale
    step = 0.0104 if k < 6 else 0.0137 if k < 18 else 0.0217
    return 0.75 * width + 2, 0.5 * step * person.height_mm, width


def sternum_y(person: Person, fraction: float) -> float:
    """Depth (mm) of the breastbone at a fraction of stature, behind skin, fat and muscle."""
    f = np.array([fraction])
    _, y, _, ry, _ = outline(person, f)[0]
    return float(y - ry + fat_mm(person, f)[0] + 8 * person.scale)


def paint_skeleton(scene: Scene) -> None:
    """Ribs, sternum, spine, sacrum, hip bones, shoulder blades and collar bones."""
    _ribs(scene)
    _spine(scene)
    for sign in (-1, 1):
        _hip_bone(scene, sign)
    _sacrum(scene)
    _shoulder_girdle(scene)


def _ribs(scene: Scene) -> None:
    """The ribs as bright bands of the chest wall that run down from the back to the front."""
    person, grid, s = scene.person, scene.grid, scene.s
    wide = person.chest_mm
    shape = np.array(
        [
            (f, w, d, y)
            for f, w, d, y in (
                (0.168, 0.42, 34, 6),
                (0.185, 0.68, 58, 2),
                (0.215, 0.95, 78, -2),
                (0.25, 1.07, 88, -4),
                (0.29, 1.10, 92, -4),
                (0.325, 1.06, 90, -2),
                (0.352, 1.0, 84, 0),
            )
        ]
    )
    rows = np.column_stack(
        [
            person.z(shape[:, 0]),
            shape[:, 3] * s,
            0 * shape[:, 0],
            shape[:, 2] * s * person.girth**0.25,
            shape[:, 1] * wide,
        ]
    )
    outer = scene.region(rows)
    if outer is None:
        return
    inner_rows = rows.copy()
    inner_rows[:, 3:] -= 9 * s
    ring = outer[1].copy()
    inner = scene.region(inner_rows)
    if inner is not None:
        target = tuple(
            slice(i.start - o.start, i.stop - o.start)
            for i, o in zip(inner[0], outer[0], strict=True)
        )
        ring[target] *= 1 - inner[1]
    y, z, _ = grid.coordinates(outer)
    reach = person.height_mm * (0.151 / 11)
    height = z - float(person.z(0.158)) + np.float32(0.42) * (y - np.float32(45 * s))
    band = np.cos(2 * np.pi * height / reach)
    front = np.clip((y + 35 * s) / 30, 0, 1)  # cartilage in front takes up little
    fraction = ring * np.clip(band * 1.4 + 0.25, 0, 1) * front * (z < person.z(0.345))
    grid.blend((outer[0], fraction.astype(np.float32)), scene.uptake.rib_marrow)
    plate = []
    for f, half in ((0.188, 22), (0.2, 24), (0.22, 15), (0.245, 17), (0.268, 13)):
        plate.append((float(person.z(f)), sternum_y(person, f), 0, 5 * s, half * s))
    scene.axial(plate, 0.85 * scene.uptake.marrow)


def _spine(scene: Scene) -> None:
    """Body after body with discs between, arches and spinous processes behind."""
    person, uptake, s = scene.person, scene.uptake, scene.s
    names = VERTEBRAE
    levels = np.array([vertebra(person, n) for n in names])
    size = np.array([vertebra_mm(person, n) for n in names])
    column = [(levels[0, 1] - 12 * s, levels[0, 0], 0, 8 * s, 8 * s)]
    column += [(p[1], p[0], 0, r[0], r[2]) for p, r in zip(levels, size, strict=True)]
    column += [(levels[-1, 1] + size[-1, 1], levels[-1, 0] + 4, 0, size[-1, 0], size[-1, 2])]
    scene.axial(column, 0.6 * uptake.muscle + 0.2 * uptake.marrow)
    for name, p, r in zip(names, levels, size, strict=True):
        value = uptake.marrow * scene.rng.normal(1, 0.035) * (0.85 if name[0] == "C" else 1)
        half = 0.82 * r[1]
        rows = [
            (p[1] + t * half, p[0], 0, r[0] * w, r[2] * w)
            for t, w in ((-1, 0.95), (-0.6, 0.9), (0, 0.86), (0.6, 0.9), (1, 0.95))
        ]
        scene.axial(rows, value)
        _arch(scene, p, r, 0.7 * value)


def _arch(scene: Scene, p: np.ndarray, r: np.ndarray, suv: float) -> None:
    s = scene.s
    canal = p[0] + r[0] + 8 * s
    for sign in (-1, 1):
        lamina = (canal + 2 * s, p[1] + 0.2 * r[1], sign * 13 * s)
        scene.organ(lamina, (8 * s, 0.6 * r[1], 5 * s), suv, turn=-35 * sign)
    scene.organ((canal + 18 * s, p[1] + 0.5 * r[1], 0), (11 * s, 0.45 * r[1], 3.5 * s), suv)
    scene.organ((canal, p[1], 0), (6 * s, r[1], 7 * s), 0.9 * scene.uptake.muscle + 0.3)


def _sacrum(scene: Scene) -> None:
    person, uptake, s = scene.person, scene.uptake, scene.s
    rows = []
    for f, y, ry, rx in (
        (0.422, 32, 20, 30),
        (0.432, 42, 19, 46),
        (0.445, 54, 16, 44),
        (0.46, 66, 12, 32),
        (0.475, 74, 8, 20),
        (0.49, 72, 6, 8),
    ):
        rows.append((float(person.z(f)), y * s, 0, ry * s, rx * s))
    scene.axial(rows, uptake.bone_cortex)
    inner = np.array(rows)
    inner[:, 3:] *= 0.9
    scene.axial(inner, 0.95 * uptake.pelvis_marrow)


def _hip_bone(scene: Scene, sign: float) -> None:
    """Wing, socket, ischium and pubis as turned axial contours."""
    person, uptake, s = scene.person, scene.uptake, scene.s
    wide = 1.05 if person.is_female else 1.0
    wing = (
        (0.402, 10, 108, 8, 20, 62),
        (0.412, 16, 100, 8, 38, 58),
        (0.425, 22, 88, 9, 52, 56),
        (0.440, 26, 78, 10, 52, 58),
        (0.455, 22, 78, 12, 40, 62),
        (0.468, 14, 84, 17, 26, 60),
        (0.485, 16, 84, 22, 24, 0),
        (0.497, 26, 72, 18, 16, 0),
        (0.510, 38, 58, 14, 12, 0),
        (0.520, 42, 52, 8, 8, 0),
    )
    rows = [
        (float(person.z(f)), y * s, sign * x * s * wide, a * s, b * s, sign * -turn)
        for f, y, x, a, b, turn in wing
    ]
    scene.axial(rows, uptake.bone_cortex)
    inner = np.array(rows)
    inner[:, 3:5] = inner[:, 3:5] * 0.92 - 1.0
    scene.axial(inner, uptake.pelvis_marrow)
    pubis = [(-4, 0.488, 62), (-42, 0.489, 30), (-44, 0.5, 8)]
    path = [person.put((y * s, float(person.z(f)), sign * x * s * wide)) for y, f, x in pubis]
    scene.tube(path, 7 * s, 0.75 * uptake.pelvis_marrow)
    ramus = [
        person.put((-38 * s, float(person.z(0.503)), sign * 14 * s)),
        person.put((30 * s, float(person.z(0.517)), sign * 48 * s)),
    ]
    scene.tube(ramus, 5 * s, 0.6 * uptake.pelvis_marrow)


def _shoulder_girdle(scene: Scene) -> None:
    person, uptake, s = scene.person, scene.uptake, scene.s
    notch = person.put((-46 * s, float(person.z(0.184)), 0))
    for side, sign in SIDES.items():
        joint = person.joint("shoulder", side)
        socket = joint + np.array([6, 2, -sign * 26]) * s
        tip = person.put((62 * s, float(person.z(0.262)), sign * 92 * s))
        inner = person.put((64 * s, float(person.z(0.205)), sign * 66 * s))
        blade = [(0, 9 * s, 5 * s), (0.4, 26 * s, 4.5 * s), (1, 9 * s, 4 * s)]
        scene.limb((socket + inner) / 2, tip, blade, 0.6 * uptake.rib_marrow)
        scene.tube([inner, socket], 6 * s, 0.75 * uptake.rib_marrow)
        bend = notch + (joint - notch) * 0.55 + np.array([-6, -6, 0]) * s
        start = notch + np.array([0, 0, sign * 22 * s])
        scene.tube(
            [start, bend, joint + np.array([-6, -24, -sign * 12]) * s],
            6 * s,
            0.7 * uptake.rib_marrow,
        )
