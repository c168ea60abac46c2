"""Named places of the straight body: node stations and the points of bones, in mm."""

import numpy as np

from .person import Person
from .scene import Scene
from .skeleton import sternum_y, vertebra, vertebra_mm

# name: y (mm), fraction of stature, lateral (mm; the side's sign is applied to paired stations)
STATIONS = {
    "upper neck": (0, 0.128, 38),
    "mid neck": (2, 0.148, 38),
    "lower neck": (-2, 0.165, 42),
    "supraclavicular": (-14, 0.178, 48),
    "axilla": (6, 0.217, 132),
    "upper mediastinum": (-14, 0.21, 18),
    "subcarinal": (8, 0.243, 6),
    "hilum": (4, 0.243, 44),
    "prevascular": (-42, 0.222, 12),
    "upper abdomen": (2, 0.335, 8),
    "mesentery": (-30, 0.38, 14),
    "para-aortic": (-2, 0.372, 22),
    "common iliac": (10, 0.425, 36),
    "external iliac": (-28, 0.465, 62),
    "internal iliac": (26, 0.46, 48),
    "groin": (-62, 0.508, 78),
    "internal mammary": (-66, 0.225, 26),
}
SINGLE = ("subcarinal", "mesentery", "upper abdomen")


def station(scene: Scene, name: str, sign: float) -> np.ndarray:
    """A node station in posture on one side, `sign` -1 right, 1 left."""
    y, fraction, x = STATIONS[name]
    s = scene.s
    lateral = x * s
    if name == "axilla":
        lateral = scene.person.chest_mm + 10 * s
    point = np.array([y * s, float(scene.person.z(fraction)), sign * lateral])
    return scene.person.put(point)


def nodes(
    scene: Scene, name: str, sign: float, *, count: int, radius_mm: tuple[float, float], suv: float
) -> None:
    """Paint a cluster of `count` nodes about a station; SUV varies by a fifth between them."""
    rng, centre = scene.rng, station(scene, name, sign)
    spread = 5 + 5.0 * count**0.5
    for _ in range(count):
        size = rng.uniform(*radius_mm)
        offset = rng.normal(0, 1, 3) * [0.6, 1.2, 0.6] * spread
        shape = size * np.clip(rng.normal([1, 1.25, 1], 0.12), 0.7, 1.7)
        scene.spot(centre + offset, shape, suv * np.exp(rng.normal(0, 0.2)), rough=0.05)


BONES = (
    "thoracic",
    "lumbar",
    "sacrum",
    "ilium",
    "socket",
    "ischium",
    "rib",
    "sternum",
    "scapula",
    "femur",
    "humerus",
    "clavicle",
    "skull",
    "cervical",
)
BONE_SHARE = np.array([20, 18, 8, 15, 5, 4, 16, 5, 5, 9, 4, 1.5, 2.5, 2.5])


def bone_point(scene: Scene, bone: str) -> np.ndarray:
    """A random point of marrow of a bone, in posture."""
    rng, person, s = scene.rng, scene.person, scene.s
    sign = float(rng.choice([-1.0, 1.0]))
    side = "left" if sign > 0 else "right"
    if bone in ("thoracic", "lumbar", "cervical"):
        first, last = {"thoracic": (1, 12), "lumbar": (1, 5), "cervical": (3, 7)}[bone]
        name = f"{bone[0].upper()}{rng.integers(first, last + 1)}"
        size = np.array(vertebra_mm(person, name))
        p = vertebra(person, name) + rng.uniform(-0.6, 0.6, 3) * size
        if rng.random() < 0.2:
            p[0] += 1.6 * size[0]
        return person.put(p)
    if bone in ("femur", "humerus"):
        ends = ("hip", "knee") if bone == "femur" else ("shoulder", "elbow")
        a, b = (person.joint(n, side) for n in ends)
        t = min(abs(rng.normal(0.05, 0.2)), 0.75)
        p = a + t * (b - a)
        p[2] += sign * (34 * s if bone == "femur" else 0) * (1 - t)
        return p
    if bone == "rib":
        return person.put(rib_point(person, rng.uniform(-0.2, 1.25), rng.uniform(0.2, 0.325), sign))
    if bone == "clavicle":
        notch = np.array([-50 * s, float(person.z(0.184)), sign * 20 * s])
        return person.put(notch) * 0.6 + 0.4 * person.joint("shoulder", side)
    y, fraction, x = {
        "sacrum": (56, 0.445, 26),
        "ilium": (26, 0.432, 82),
        "socket": (14, 0.482, 86),
        "ischium": (38, 0.508, 60),
        "scapula": (56, 0.225, 84),
        "sternum": (0, 0.225, 4),
        "skull": (20, 0.03, 66),
    }[bone]
    f = fraction + rng.normal(0, 0.006)
    depth = sternum_y(person, f) if bone == "sternum" else (y + rng.normal(0, 5)) * s
    return person.put((depth, float(person.z(f)), sign * (x * s + rng.normal(0, 5))))


def rib_point(person: Person, angle: float, fraction: float, sign: float) -> np.ndarray:
    """A point on the chest wall, `angle` (radians) from the side (0) towards the back."""
    wide = np.interp(
        fraction, [0.168, 0.185, 0.215, 0.25, 0.29, 0.325], [0.42, 0.68, 0.95, 1.07, 1.1, 1.06]
    )
    deep = np.interp(fraction, [0.168, 0.185, 0.215, 0.25, 0.325], [34, 58, 78, 88, 90])
    y = -3 * person.scale + (deep * person.scale * person.girth**0.25 - 5) * np.sin(angle)
    return np.array(
        [y, float(person.z(fraction)), sign * (wide * person.chest_mm - 5) * np.cos(angle)]
    )
