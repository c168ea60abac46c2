"""The trunk's skin, fat, muscle, lungs, mediastinum and vessels as axial contours."""

import numpy as np
from scipy.interpolate import PchipInterpolator

from .person import Person
from .scene import Scene

# fraction of stature, half-width (mm), its growth with girth, half-depth (mm), its growth
OUTLINE = np.array(
    [
        [0.120, 56, 0.35, 58, 0.30],
        [0.150, 58, 0.35, 60, 0.30],
        [0.165, 68, 0.35, 66, 0.30],
        [0.178, 98, 0.35, 78, 0.35],
        [0.188, 138, 0.30, 88, 0.35],
        [0.205, 160, 0.35, 100, 0.35],
        [0.235, 160, 0.35, 108, 0.40],
        [0.270, 157, 0.40, 110, 0.50],
        [0.310, 151, 0.45, 110, 0.65],
        [0.350, 146, 0.55, 108, 0.80],
        [0.390, 147, 0.60, 105, 0.85],
        [0.420, 155, 0.55, 106, 0.75],
        [0.455, 168, 0.50, 110, 0.60],
        [0.485, 175, 0.45, 112, 0.55],
        [0.508, 174, 0.45, 104, 0.50],
        [0.526, 150, 0.45, 80, 0.45],
        [0.540, 100, 0.45, 46, 0.45],
    ]
)
SKIN_MM = 2.5
FEMALE_WIDTH = PchipInterpolator(
    [0.1, 0.2, 0.3, 0.36, 0.42, 0.48, 0.56], [0.92] * 3 + [0.93, 1, 1.05, 1.05]
)


def outline(person: Person, fraction: np.ndarray) -> np.ndarray:
    """Rows (z, y, x, ry, rx) of the skin at the given fractions of stature."""
    rx0, px, ry0, py = PchipInterpolator(OUTLINE[:, 0], OUTLINE[:, 1:])(fraction).T
    build = person.scale
    rx = build * rx0 * person.girth**px
    ry = build * ry0 * person.girth**py
    if person.is_female:
        rx = rx * FEMALE_WIDTH(fraction)
        ry = ry * 0.97
    back = build * 100 + 16 * (person.girth - 1)
    y = np.where(fraction < 0.2, build * 15, back - ry)
    y = np.interp(fraction, [0.165, 0.215], [0, 1]) * (back - ry - y) + y
    return np.column_stack([person.z(fraction), y, np.zeros_like(y), ry, rx])


def fat_mm(person: Person, fraction: np.ndarray) -> np.ndarray:
    """Thickness of the fat under the skin at fractions of stature."""
    amount = max(3.0, (13 if person.is_female else 9) + 34 * (person.girth - 1))
    share = np.interp(
        fraction, [0.14, 0.19, 0.25, 0.36, 0.42, 0.50], [0.3, 0.45, 0.6, 1.0, 1.2, 1.3]
    )
    return 3 + amount * share


def paint_trunk(scene: Scene) -> None:
    """Skin to muscle, breasts, lungs, belly, vessels: all but the bones and the organs."""
    person, uptake = scene.person, scene.uptake
    fraction = np.linspace(0.125, 0.54, 36)
    skin = outline(person, fraction)
    scene.axial(skin, uptake.skin)
    under = skin.copy()
    under[:, 3:] -= SKIN_MM
    scene.axial(under, uptake.fat, rough=0.004)
    _breasts(scene)
    muscle = skin.copy()
    muscle[:, 3:] -= fat_mm(person, fraction)[:, None]
    scene.axial(muscle, uptake.muscle)
    _belly(scene, muscle, fraction)
    _chest(scene)
    _vessels(scene)


def _breasts(scene: Scene) -> None:
    person, uptake = scene.person, scene.uptake
    if not person.is_female:
        return
    size = scene.s * scene.rng.uniform(32, 46) * person.girth**0.5
    z = float(person.z(0.258))
    row = outline(person, np.array([0.258]))[0]
    for sign in (-1, 1):
        point = (row[1] - 0.86 * row[3], z, sign * 0.5 * row[4])
        scene.organ(point, (size * 0.75, size, size), uptake.fat)
        scene.organ(point, (size * 0.45, size * 0.6, size * 0.6), uptake.breast, rough=0.06)


def _belly(scene: Scene, muscle: np.ndarray, fraction: np.ndarray) -> None:
    """Fat about the bowel within the wall; muscle is left behind as the back muscles."""
    person, uptake = scene.person, scene.uptake
    inside = (fraction > 0.27) & (fraction < 0.5)
    rows = muscle[inside].copy()
    wall = scene.s * 13
    front = rows[:, 1] - rows[:, 3] + wall
    rear = person.spine_y(rows[:, 0]) + scene.s * 25
    rows[:, 1], rows[:, 3] = (front + rear) / 2, (rear - front) / 2
    rows[:, 4] -= wall * np.interp(fraction[inside], [0.4, 0.47], [1.0, 4.0])
    share = scene.rng.uniform(0.3, 0.85)  # of vessels and bowel wall among the fat
    scene.axial(rows, (1 - share) * uptake.fat + share * uptake.muscle)
    for sign in (-1, 1):
        psoas = []
        for f, x, r in (
            (0.325, 30, 8),
            (0.37, 40, 17),
            (0.42, 50, 20),
            (0.46, 70, 17),
            (0.49, 84, 12),
        ):
            z = float(person.z(f))
            y = (
                person.spine_y(min(z, float(person.z(0.42))))
                - (60 * scene.s if f > 0.44 else 0) * (f - 0.42) / 0.07
            )
            psoas.append((z, y, sign * x * scene.s, r * scene.s, 0.9 * r * scene.s))
        scene.axial(psoas, 1.1 * uptake.muscle)


def _chest(scene: Scene) -> None:
    """Two lungs, each a stack that widens from its apex and hollows over the diaphragm."""
    person, uptake = scene.person, scene.uptake
    wide = person.chest_mm
    deep = 80 * scene.s * person.girth**0.25
    table = (
        (0.180, 0.10, 0.22, 0.40, 8),
        (0.192, 0.26, 0.50, 0.46, 4),
        (0.215, 0.40, 0.78, 0.52, 0),
        (0.245, 0.45, 0.95, 0.56, 0),
        (0.268, 0.44, 0.98, 0.58, 0),
        (0.290, 0.40, 0.60, 0.60, 34),
        (0.312, 0.22, 0.26, 0.64, 52),
        (0.322, 0.08, 0.08, 0.66, 60),
    )
    for sign in (-1, 1):
        rows = [
            (float(person.z(f)), y * scene.s, sign * x * wide, ry * deep, rx * wide)
            for f, rx, ry, x, y in table
        ]
        scene.axial(rows, uptake.lung, rough=0.02)


def _vessels(scene: Scene) -> None:
    person, uptake, s = scene.person, scene.uptake, scene.s
    z = person.z
    middle = [
        (float(z(f)), y * s, x * s, ry * s, rx * s)
        for f, y, x, ry, rx in (
            (0.172, 4, 0, 18, 26),
            (0.200, 2, 0, 28, 30),
            (0.222, -4, 4, 36, 32),
            (0.245, -8, 8, 42, 42),
            (0.270, -10, 10, 40, 44),
        )
    ]
    scene.axial(middle, 0.25 * uptake.fat + 0.62 * uptake.blood, rough=0.05)
    aorta = [
        (float(z(f)), float(person.spine_y(float(z(f)))) - y * s, x * s, r * s, r * s)
        for f, y, x, r in (
            (0.212, 22, 20, 12),
            (0.25, 22, 26, 12),
            (0.30, 28, 14, 11),
            (0.36, 34, 5, 9),
            (0.405, 36, 3, 8.5),
        )
    ]
    scene.axial(aorta, uptake.blood)
    arch = [(-22, 0.236, -14), (-20, 0.214, -8), (0, 0.206, 8), (22, 0.216, 20)]
    path = [person.put((y * s, float(z(f)), x * s)) for y, f, x in arch]
    scene.tube(path, 13 * s, uptake.blood)
    cava = [
        (float(z(f)), y * s, -18 * s, 10 * s, 12 * s)
        for f, y in ((0.285, 5), (0.33, 5), (0.37, 0), (0.405, 0))
    ]
    scene.axial(cava, uptake.blood)
    fork = (float(person.spine_y(float(z(0.40)))) - 34 * s, float(z(0.405)), 2 * s)
    for sign in (-1, 1):
        groin = (-52 * s, float(z(0.482)), sign * 72 * s)
        way = [
            fork,
            (8 * s, float(z(0.445)), sign * 48 * s),
            groin,
            (-46 * s, float(z(0.53)), sign * 84 * s),
        ]
        scene.tube([person.put(p) for p in way], 8.5 * s, 0.9 * uptake.blood)
    food = [
        (float(z(f)), float(person.spine_y(float(z(f)))) - 26 * s, 4 * s, 7 * s, 8 * s)
        for f in (0.17, 0.2, 0.24, 0.285)
    ]
    scene.axial(food, 0.5 * (uptake.oesophagus + uptake.blood))
    scene.organ((-8 * s, float(z(0.29)), 16 * s), (11 * s, 14 * s, 12 * s), uptake.oesophagus)
