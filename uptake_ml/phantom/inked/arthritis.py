"""Arthritis of both sides: the same joints hot left and right."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from uptake_ml.phantom.inked.lesion import Spot, spot_on
from uptake_ml.phantom.inked.person import SIDES
from uptake_ml.phantom.inked.scene import Scene, scale, strokes

KNEE = ("knee-medial", "knee-lateral")
FINGERS = range(2, 6)


# Rows of ``data/diseases.toml``.
RHEUMATOID, OSTEOARTHRITIS = "rheumatoid-arthritis", "osteoarthritis"
PSORIATIC, SPONDYLITIS = "psoriatic-arthritis", "ankylosing-spondylitis"


def inflame(
    scene: Scene, disease: str, names: Iterable[str], low: float, high: float, rng, miss=0.0
) -> None:
    """Add spots at joints of both sides; by chance `miss` a joint of one side is spared."""
    for name in names:
        contrast = rng.uniform(low, high)
        for side in SIDES:
            if rng.random() < miss:
                continue
            own = max(1 + (contrast - 1) * rng.lognormal(0, 0.15), 1.5)
            spots = [_swollen(s, own, rng) for s in scene.joints[side][name]]
            scene.add_joint(disease, name, side, spots)


def _swollen(spot: Spot, contrast: float, rng: np.random.Generator) -> Spot:
    grow = rng.uniform(0.95, 1.3)
    return replace(
        spot,
        at=spot.at + rng.normal(0, 1.5, 2),
        long_mm=spot.long_mm * grow,
        short_mm=spot.short_mm * grow,
        contrast=contrast,
    )


def _numbered(name: str, numbers: Iterable[int]) -> list[str]:
    return [f"{name}-{number}" for number in numbers]


def rheumatoid(scene: Scene, rng: np.random.Generator) -> None:
    """Wrists and finger joints, and of the large joints about half, in pairs."""
    names = ["wrist", *_numbered("mcp", FINGERS), *_numbered("pip", FINGERS)]
    inflame(scene, RHEUMATOID, names, 2.2, 4.5, rng, miss=0.08)
    large = [n for n in ("shoulder", "elbow", "ankle", "hip") if rng.random() < 0.5]
    inflame(scene, RHEUMATOID, [*large, *KNEE], 2.0, 4.0, rng)
    if rng.random() < 0.6:
        inflame(
            scene, RHEUMATOID, [*_numbered("mtp", range(1, 6)), "tarsus-1"], 2.0, 4.0, rng, miss=0.1
        )


def osteoarthritis(scene: Scene, rng: np.random.Generator) -> None:
    """Both knees, and by chance thumbs, distal finger joints, hips, shoulders and big toes."""
    inflame(scene, OSTEOARTHRITIS, [KNEE[0]], 2.5, 4.5, rng)
    inflame(scene, OSTEOARTHRITIS, [KNEE[1], "patella"], 1.6, 3.0, rng)
    if rng.random() < 0.6:
        inflame(
            scene, OSTEOARTHRITIS, ["cmc-1", *_numbered("dip", FINGERS)], 2.0, 4.0, rng, miss=0.15
        )
    for names in (("hip", "acetabular-roof"), ("acromioclavicular",), ("mtp-1",)):
        if rng.random() < 0.4:
            inflame(scene, OSTEOARTHRITIS, names, 1.8, 3.0, rng)


def knees(scene: Scene, rng: np.random.Generator) -> None:
    """Both knees alone, strongly."""
    inflame(scene, OSTEOARTHRITIS, KNEE, 2.6, 5.5, rng)
    inflame(scene, OSTEOARTHRITIS, ["patella"], 1.8, 4.0, rng)


def hands(scene: Scene, rng: np.random.Generator) -> None:
    """Both hands and wrists."""
    inflame(
        scene, RHEUMATOID, ["wrist", "cmc-1", *_numbered("mcp", FINGERS)], 2.6, 5.5, rng, miss=0.05
    )
    inflame(
        scene,
        RHEUMATOID,
        [*_numbered("pip", FINGERS), *_numbered("dip", FINGERS)],
        2.0,
        4.5,
        rng,
        miss=0.2,
    )


def feet(scene: Scene, rng: np.random.Generator) -> None:
    """Both feet and ankles."""
    inflame(scene, RHEUMATOID, ["ankle", "tarsus-1", "tarsus-2"], 2.4, 5.0, rng)
    inflame(scene, RHEUMATOID, _numbered("mtp", range(1, 6)), 2.4, 5.0, rng, miss=0.15)


def sacroiliitis(scene: Scene, rng: np.random.Generator, disease: str = SPONDYLITIS) -> None:
    """Both sacroiliac joints along their length; at times hips, and the sternum's joints."""
    gain = rng.uniform(4.5, 7.5)
    for side in SIDES:
        marks = strokes(scene, ["sacroiliac"], side)
        more = gain * rng.lognormal(0, 0.08) - 1
        spots = [spot_on(marks[0], s, (9, 6), rng.uniform(1.2, 1.6)) for s in (0.3, 0.75)]
        added = [replace(mark, uptake=mark.uptake * more) for mark in marks]
        scene.add_joint(disease, "sacroiliac", side, spots, added)
    scale(scene, {"spine-l": 1 + rng.uniform(0, 0.2) * scene.strength})
    if rng.random() < 0.4:
        inflame(scene, disease, ["sternoclavicular"], 1.6, 2.4, rng)
    if disease == SPONDYLITIS and rng.random() < 0.35:
        inflame(scene, disease, ["hip"], 1.8, 2.8, rng)


def psoriatic(scene: Scene, rng: np.random.Generator) -> None:
    """Distal finger joints, a whole ray, toes and large joints, patchier than rheumatoid."""
    inflame(
        scene,
        PSORIATIC,
        [*_numbered("dip", FINGERS), *_numbered("pip", FINGERS)],
        2.6,
        5.5,
        rng,
        miss=0.2,
    )
    inflame(
        scene,
        PSORIATIC,
        [*_numbered("mtp", range(1, 6)), *_numbered("toe", (1, 2, 4))],
        2.4,
        5.0,
        rng,
        miss=0.2,
    )
    ray = int(rng.integers(2, 5))
    inflame(scene, PSORIATIC, [f"mcp-{ray}", "wrist"], 2.5, 4.5, rng)
    inflame(
        scene, PSORIATIC, [*KNEE] if rng.random() < 0.5 else ["ankle", "tarsus-2"], 2.0, 3.5, rng
    )
    if rng.random() < 0.4:
        sacroiliitis(scene, rng, PSORIATIC)


JOINT = {
    "rheumatoid polyarthritis": rheumatoid,
    "osteoarthritis": osteoarthritis,
    "both knees": knees,
    "both hands": hands,
    "both feet": feet,
    "sacroiliitis": sacroiliitis,
    "psoriatic arthritis": psoriatic,
}
