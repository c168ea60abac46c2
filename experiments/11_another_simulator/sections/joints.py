"""Kinds of symmetric joint disease: which joints each inflames."""

import numpy as np

from .kind import Kind
from .scene import Scene
from .sites import nodes
from .skeleton import vertebra, vertebra_mm
from .synovitis import both, collar, hip_bursae, interspinous, knuckles, sacroiliac


def _hot(rng: np.random.Generator, middle: float = 4.8) -> float:
    return float(np.clip(np.exp(rng.normal(np.log(middle), 0.38)), 2.6, 12))


def _polymyalgia(scene: Scene) -> None:
    rng, suv = scene.rng, _hot(scene.rng)
    both(scene, "shoulder", suv)
    both(scene, "hip", 0.85 * suv)
    hip_bursae(scene, 0.9 * suv, ischial=0.9, trochanteric=0.75)
    if rng.random() < 0.8:
        interspinous(scene, 0.75 * suv)
    collar(scene, 0.7 * suv, chance=0.5)
    if rng.random() < 0.3:
        both(scene, "knee", 0.6 * suv)


def _rheumatoid(scene: Scene) -> None:
    rng, suv = scene.rng, _hot(scene.rng, 4.6)
    chances = {
        "wrist": 0.95,
        "knee": 0.75,
        "shoulder": 0.75,
        "elbow": 0.6,
        "hip": 0.3,
        "ankle": 0.55,
    }
    for name, chance in chances.items():
        if rng.random() < chance:
            both(scene, name, suv * rng.uniform(0.75, 1.2), spread=0.22)
    knuckles(scene, suv)
    if rng.random() < 0.5:
        knuckles(scene, 0.8 * suv, part="toes")
    collar(scene, 0.6 * suv, chance=0.3)
    _armpit(scene)


def _armpit(scene: Scene) -> None:
    """Reactive nodes that drain inflamed arms."""
    if scene.rng.random() < 0.4:
        for sign in (-1, 1):
            nodes(scene, "axilla", sign, count=2, radius_mm=(4, 6), suv=scene.rng.uniform(1.5, 3))


def _spondyloarthritis(scene: Scene) -> None:
    rng, s, suv, person = scene.rng, scene.s, _hot(scene.rng, 4.5), scene.person
    sacroiliac(scene, suv)
    for name in ("T6", "T8", "T10", "T11", "T12", "L1", "L2", "L3", "L4", "L5"):
        size = np.array(vertebra_mm(person, name))
        p = vertebra(person, name)
        if rng.random() < 0.3:  # a corner of the body
            corner = p + np.array([-0.75 * size[0], rng.choice([-1, 1]) * size[1], 0])
            scene.organ(corner, np.array([5, 5, 12]) * s, suv * rng.uniform(0.5, 0.9))
        if rng.random() < 0.4:  # facets or joints of the ribs
            for sign in (-1, 1):
                facet = p + np.array(
                    [size[0] + 10 * s, 0, sign * (22 if name[0] == "T" else 16) * s]
                )
                scene.organ(facet, np.array([6, 7, 6]) * s, suv * rng.uniform(0.45, 0.85))
    hip_bursae(scene, 0.8 * suv, ischial=0.6, trochanteric=0.6)
    collar(scene, 0.7 * suv, chance=0.35)
    for name, chance in (("hip", 0.55), ("shoulder", 0.4), ("knee", 0.4), ("ankle", 0.3)):
        if rng.random() < chance:
            both(scene, name, suv * rng.uniform(0.6, 0.95), spread=0.2)


def _girdles(scene: Scene) -> None:
    rng, suv = scene.rng, _hot(scene.rng, 4.6)
    both(scene, "shoulder", suv)
    has_knees = scene.in_field(scene.person.joint("knee", "left"))
    both(
        scene, "knee" if has_knees and rng.random() < 0.45 else "hip", suv * rng.uniform(0.7, 1.05)
    )
    if rng.random() < 0.5:
        both(scene, "knee", suv * rng.uniform(0.6, 0.95))
    collar(scene, 0.6 * suv, chance=0.25)


def _large_joints(scene: Scene) -> None:
    """Crystal or viral arthritis of the legs and arms: knees, ankles, wrists, elbows."""
    rng, suv = scene.rng, _hot(scene.rng, 4.6)
    both(scene, "knee", suv)
    for name, chance in (("ankle", 0.7), ("wrist", 0.7), ("elbow", 0.5), ("shoulder", 0.5)):
        if rng.random() < chance:
            both(scene, name, suv * rng.uniform(0.6, 1.0), spread=0.2)


def _inflamed(rng, person, uptake) -> None:
    """Marrow and spleen rise a little with the inflammation."""
    rise = rng.uniform(1.0, 1.18)
    uptake.marrow *= rise
    uptake.pelvis_marrow *= rise
    uptake.spleen *= rng.uniform(1.0, 1.12)


KINDS = {
    "polymyalgia": Kind(
        age=(54, 88), female=0.62, whole_body=0.4, prepare=_inflamed, paint=_polymyalgia
    ),
    "rheumatoid": Kind(
        age=(30, 82),
        female=0.72,
        arms_up=0.3,
        whole_body=0.65,
        hands=0.9,
        prepare=_inflamed,
        paint=_rheumatoid,
    ),
    "spondyloarthritis": Kind(
        age=(20, 60), female=0.35, whole_body=0.4, prepare=_inflamed, paint=_spondyloarthritis
    ),
    "girdle-synovitis": Kind(age=(40, 84), whole_body=0.6, prepare=_inflamed, paint=_girdles),
    "large-joint-arthritis": Kind(
        age=(35, 84),
        arms_up=0.4,
        whole_body=1.0,
        hands=0.6,
        prepare=_inflamed,
        paint=_large_joints,
    ),
}
