"""How lesions are painted: masses, metastases of liver, lung and bone."""

import numpy as np

from .scene import Scene
from .sites import BONE_SHARE, BONES, bone_point, nodes
from .viscera import dome_z


def hot(rng: np.random.Generator, middle: float, spread: float = 0.4, least: float = 2.8) -> float:
    """A log-normal SUV about `middle`, at least `least` and at most 28."""
    return float(np.clip(np.exp(rng.normal(np.log(middle), spread)), least, 28))


def mass(scene: Scene, centre, radius_mm, suv: float, *, necrosis: float = 0.3) -> None:
    """A lobed tumour at a point in posture; a large one may be cold within.

    `necrosis` is the chance that a mass over 22 mm of radius has a cold middle.
    """
    rng = scene.rng
    centre = np.asarray(centre, float)
    radii = np.broadcast_to(np.asarray(radius_mm, float), (3,)) * rng.uniform(0.85, 1.15, 3)
    for _ in range(int(rng.integers(2, 5))):
        offset = rng.normal(0, 0.3, 3) * radii
        size = radii * rng.uniform(0.55, 0.85)
        scene.spot(centre + offset, size, suv * rng.uniform(0.8, 1.1), rough=0.08)
    scene.spot(centre, 0.85 * radii, suv, rough=0.08)
    if radii.mean() > 22 and rng.random() < necrosis:
        middle = centre + rng.normal(0, 0.12, 3) * radii
        scene.spot(middle, radii * rng.uniform(0.35, 0.6), suv * rng.uniform(0.12, 0.4), rough=0.1)


def bone_metastases(
    scene: Scene,
    count: int,
    suv: float,
    *,
    radius_mm: tuple[float, float] = (7, 16),
    round_: bool = False,
) -> None:
    """Foci in the marrow, where the red marrow is; ribs give elongated ones."""
    rng = scene.rng
    share = BONE_SHARE / BONE_SHARE.sum()
    for _ in range(count):
        bone = BONES[int(rng.choice(len(BONES), p=share))]
        size = rng.uniform(*radius_mm)
        shape = np.full(3, size)
        if bone == "rib":
            shape = np.array([1.3, 0.6, 0.7]) * size * 0.9
        elif bone in ("skull", "clavicle", "sternum", "scapula"):
            shape = np.array([0.6, 1.0, 0.8]) * size
        elif bone in ("femur", "humerus"):
            shape = np.array([0.9, 1.5, 0.9]) * min(size, 13)
        elif bone in ("thoracic", "cervical", "lumbar"):
            shape = np.array([1.0, 0.8, 1.0]) * size
        scene.spot(
            bone_point(scene, bone),
            shape,
            suv * np.exp(rng.normal(0, 0.3)),
            rough=0.02 if round_ else 0.09,
        )


def liver_metastases(scene: Scene, count: int, suv: float) -> None:
    """Foci in the liver, more on the right, hotter than the liver by at least a half."""
    rng, s, wide, top = scene.rng, scene.s, scene.person.chest_mm, dome_z(scene)
    suv = max(suv, 1.7 * scene.uptake.liver)
    for _ in range(count):
        t = rng.uniform(0.18, 0.72)
        x = rng.uniform(-0.8, -0.05) if t < 0.5 else rng.uniform(-0.85, -0.35)
        point = np.array([rng.uniform(-38, 42) * s, top + t * 165 * s, x * wide])
        size = rng.uniform(7, 20) * (1.6 if rng.random() < 0.12 else 1.0)
        mass(
            scene, scene.person.put(point), size * s, suv * np.exp(rng.normal(0, 0.2)), necrosis=0.5
        )


def lung_point(scene: Scene, sign: float | None = None) -> np.ndarray:
    """A random point of a lung, in posture."""
    rng, s, person = scene.rng, scene.s, scene.person
    side = float(rng.choice([-1.0, 1.0])) if sign is None else sign
    f = rng.uniform(0.198, 0.262)
    x = side * rng.uniform(0.42, 0.8) * person.chest_mm
    return person.put((rng.uniform(-45, 50) * s, float(person.z(f)), x))


def lung_metastases(scene: Scene, count: int, suv: float) -> None:
    """Round foci in both lungs."""
    for _ in range(count):
        size = scene.rng.uniform(5, 12)
        scene.spot(lung_point(scene), size, suv * np.exp(scene.rng.normal(0, 0.25)))


def chain(
    scene: Scene, names, sign: float, suv: float, *, chance: float = 1.0, big: float = 1.0
) -> None:
    """Node metastases along stations of one side, each with a chance."""
    rng = scene.rng
    for name in names:
        if rng.random() < chance:
            nodes(
                scene,
                name,
                sign,
                count=int(rng.integers(1, 5)),
                radius_mm=(5 * big, 10 * big),
                suv=suv * rng.uniform(0.7, 1.1),
            )
