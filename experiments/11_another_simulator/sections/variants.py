"""Incidental findings that any person may have, whatever the label."""

import numpy as np

from .person import SIDES
from .scene import Scene
from .sites import nodes, rib_point
from .skeleton import vertebra, vertebra_mm


def worn_joints(scene: Scene, *, chance: float, strength: float) -> None:
    """Wear: facets and end plates, shoulders, knees, hips, thumbs; faint, patchy, uneven."""
    rng, s, person = scene.rng, scene.s, scene.person
    for name in ("C5", "C6", "T8", "T10", "L2", "L3", "L4", "L5"):
        if rng.random() < 0.5 * chance:
            size = np.array(vertebra_mm(person, name))
            sign = rng.choice([-1.0, 1.0])
            facet = vertebra(person, name) + np.array([size[0] + 10 * s, size[1], sign * 15 * s])
            rim = vertebra(person, name) + np.array([-0.5 * size[0], size[1], sign * 0.8 * size[2]])
            point = facet if rng.random() < 0.6 else rim
            scene.organ(point, rng.uniform(4, 7, 3) * s, strength * rng.uniform(1.6, 3.2))
    for side in SIDES:
        for name in ("shoulder", "hip", "knee", "wrist"):
            if rng.random() > chance:
                continue
            joint, suv = person.joint(name, side), strength * rng.uniform(0.9, 1.9)
            for _ in range(int(rng.integers(2, 5))):
                way = rng.normal(0, 1, 3)
                offset = way / np.linalg.norm(way) * {"wrist": 12, "knee": 30}.get(name, 24) * s
                scene.spot(joint + offset, rng.uniform(4, 8, 3) * s, suv * rng.uniform(0.7, 1.2))


def incidental(scene: Scene) -> None:
    """Rare and mild: worn joints with age, one faint node, a scar, the injected vein."""
    rng, person, s = scene.rng, scene.person, scene.s
    if person.age > 50:
        worn_joints(scene, chance=0.05 + 0.004 * (person.age - 50), strength=0.85)
    if rng.random() < 0.25:
        name = str(rng.choice(["upper neck", "axilla", "groin", "hilum"]))
        nodes(
            scene, name, rng.choice([-1.0, 1.0]), count=1, radius_mm=(3, 5), suv=rng.uniform(1.2, 2)
        )
    if rng.random() < 0.06:
        side = str(rng.choice(["right", "left"]))
        elbow, wrist = person.joint("elbow", side), person.joint("wrist", side)
        point = elbow + rng.uniform(0, 0.8) * (wrist - elbow) + np.array([-22, 0, 0]) * s
        scene.spot(point, rng.uniform(4, 9, 3), np.exp(rng.normal(np.log(8), 0.7)))
    if rng.random() < 0.04:
        rib = rib_point(
            person, rng.uniform(-0.2, 1), rng.uniform(0.23, 0.31), rng.choice([-1.0, 1.0])
        )
        scene.organ(rib, np.array([6, 6, 6]) * s, rng.uniform(1.3, 2.2))
