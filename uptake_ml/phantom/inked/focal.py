"""Diseases seen as one or several separate places."""

from dataclasses import replace

import numpy as np

from uptake_ml.phantom.inked.ink import Mark, Stroke, by
from uptake_ml.phantom.inked.lesion import Spot, bone_of, spot_on
from uptake_ml.phantom.inked.person import SIDES
from uptake_ml.phantom.inked.scene import Scene, marks_of, scale, strokes

# Where metastases settle: region, weight, share of the stroke's length that is used.
SEEDBEDS = (
    ("spine-t", 7, 1.0), ("spine-l", 6, 1.0), ("rib", 7, 1.0), ("ilium", 5, 1.0),
    ("sacroiliac", 2, 1.0), ("acetabulum", 1.5, 1.0), ("ischium", 1.5, 1.0),
    ("pubis", 1, 1.0), ("scapula", 2, 1.0), ("sternum", 1.5, 1.0), ("spine-c", 1, 1.0),
    ("femur", 2, 0.4), ("trochanter", 1, 1.0),
    ("humerus", 1.3, 0.35), ("clavicle", 0.7, 1.0), ("skull", 1.5, 1.0),
)  # fmt: skip


def _seed(scene: Scene, size, contrast: float, rng: np.random.Generator) -> None:
    weights = np.array([weight for _, weight, _ in SEEDBEDS])
    region, _, share = SEEDBEDS[rng.choice(len(SEEDBEDS), p=weights / weights.sum())]
    if region == "skull":
        spot = _on_vault(scene, size, contrast, rng)
        scene.add_lesion("metastases", ("skull", None), [spot])
        return
    found = strokes(scene, [region])
    mark = found[rng.integers(len(found))]
    if region.startswith("spine"):
        contrast = np.clip(contrast, 3.0, 4.8)
    first = spot_on(mark, share * rng.random(), size, contrast)
    scene.add_lesion("metastases", bone_of(mark.region, mark.side), _lumpy(first, rng))


def _on_vault(scene: Scene, size, contrast, rng) -> Spot:
    angle, out = rng.uniform(0, 2 * np.pi), 55 * np.sqrt(rng.random())
    at = scene.pose.at("chin") * [1, 0] + by(out * np.cos(angle), 75 + 0.9 * out * np.sin(angle))
    depth = rng.choice([0.08, 0.92])
    return Spot(at=at, long_mm=size[0], short_mm=size[1], angle=angle, contrast=contrast,
                depth=depth, tissue_mm=185)  # fmt: skip


def _lumpy(spot: Spot, rng: np.random.Generator) -> list[Spot]:
    # A lesion is rarely one smooth blob: a second, weaker one leans on it.
    if rng.random() < 0.5:
        return [spot]
    step = spot.long_mm * rng.uniform(0.8, 1.6) * np.array([np.cos(spot.angle), np.sin(spot.angle)])
    weak = 1 + (spot.contrast - 1) * rng.uniform(0.2, 0.5)
    return [spot, replace(spot, at=spot.at + step, contrast=weak)]


def metastases(scene: Scene, rng: np.random.Generator) -> None:
    """Three to 25 spots, most of them axial, of all sizes."""
    for _ in range(round(np.exp(rng.uniform(np.log(3), np.log(25))))):
        long = rng.uniform(5, 11.5)
        contrast = 1 + np.exp(rng.uniform(np.log(1.7), np.log(6.5)))
        _seed(scene, (long, long * rng.uniform(0.6, 1)), contrast, rng)


def few_metastases(scene: Scene, rng: np.random.Generator) -> None:
    """One or two spots."""
    for _ in range(rng.integers(1, 3)):
        long = rng.uniform(6, 14)
        _seed(scene, (long, long * rng.uniform(0.6, 1)), rng.uniform(3, 8), rng)


def rib_fractures(scene: Scene, rng: np.random.Generator) -> None:
    """Three to six ribs one below the other, each at nearly the same place."""
    side, first = SIDES[rng.integers(2)], int(rng.integers(3, 7))
    share, step = rng.uniform(0.2, 0.92), rng.normal(0, 0.015)
    for k in range(rng.integers(3, 7)):
        mark = strokes(scene, [f"rib:{first + k}"], side)[0]
        place = np.clip(share + step * k + rng.normal(0, 0.015), 0.05, 1)
        spot = spot_on(mark, place, (7, 5), rng.uniform(3, 6.5))
        scene.add_lesion("acute-fracture", ("ribs", side), [spot])


def vertebral_fracture(scene: Scene, rng: np.random.Generator) -> None:
    """One to three vertebrae, each a band from side to side."""
    names = [f"T{n}" for n in range(5, 13)] + [f"L{n}" for n in range(1, 6)]
    count = rng.choice([1, 2, 3], p=[0.6, 0.25, 0.15])
    for name in rng.choice(names, count, replace=False):
        plates = strokes(scene, [f"spine-{name[0].lower()}:{name}"])
        upper, half = plates[0], np.ptp(plates[0].points[:, 0]) / 2
        spot = spot_on(upper, 0.5, (0.62 * half, 5), rng.uniform(3, 5.5))
        band = [replace(spot, at=spot.at + by(s * 0.5 * half, 2)) for s in (-1, 1)]
        scene.add_lesion("acute-fracture", bone_of(upper.region, None), band)


def _either(scene: Scene, places, rng) -> tuple[Stroke, float]:
    region, low, high = places[rng.integers(len(places))]
    found = strokes(scene, [region])
    return found[rng.integers(len(found))], rng.uniform(low, high)


def bone_tumour(scene: Scene, rng: np.random.Generator) -> None:
    """A large, uneven mass by a knee, a shoulder or in the pelvis; that limb a little warmer."""
    places = (("femur", 0.75, 1), ("tibia", 0.0, 0.12), ("humerus", 0.0, 0.2), ("ilium", 0.3, 0.8))
    mark, share = _either(scene, places, rng)
    size = rng.uniform(12, 20)
    core = spot_on(mark, share, (size * 1.25, size), rng.uniform(3, 6))
    spots = [core]
    for _ in range(rng.integers(1, 4)):
        at = core.at + rng.normal(0, size * 0.9, 2)
        spots.append(replace(core, at=at, long_mm=size * 0.6, short_mm=size * 0.5,
                             contrast=rng.uniform(1.4, 2)))  # fmt: skip
    disease = "chondrosarcoma" if mark.region == "ilium" else "osteosarcoma"
    scene.add_lesion(disease, bone_of(mark.region, mark.side), spots)
    if mark.region != "ilium":
        limb = ("knee", "tibia", "ankle", "tarsus", "femur") if mark.region != "humerus" else (
            "humerus", "elbow", "forearm", "wrist")  # fmt: skip
        warmer = 1 + rng.uniform(0.05, 0.25) * scene.strength
        scale(scene, dict.fromkeys(limb, warmer), mark.side)


def osteomyelitis(scene: Scene, rng: np.random.Generator) -> None:
    """A hot bone in a wider, weaker halo: shin, thigh, heel, big toe, jaw or two vertebrae."""
    places = (("tibia", 0.1, 0.95), ("femur", 0.2, 0.9), ("tarsus", 0, 1), ("metatarsal", 0.6, 1),
              ("mandible", 0.2, 0.9), ("spine-l", 0.4, 0.6))  # fmt: skip
    mark, share = _either(scene, places, rng)
    small = mark.region in ("metatarsal", "mandible", "tarsus")
    size = rng.uniform(7, 10) if small else rng.uniform(10, 17)
    core = spot_on(mark, share, (size * 1.3, size * 0.8), rng.uniform(3.2, 6))
    halo = replace(core, long_mm=2.6 * size, short_mm=2.2 * size, contrast=rng.uniform(1.3, 1.7))
    scene.add_lesion("osteomyelitis", bone_of(mark.region, mark.side), [halo, core])


def stress_fracture(scene: Scene, rng: np.random.Generator) -> None:
    """A spindle along the inner border of one tibia."""
    side = SIDES[rng.integers(2)]
    shaft = max(strokes(scene, ["tibia"], side), key=lambda m: np.ptp(m.points[:, 1]))
    spot = spot_on(shaft, rng.uniform(0.3, 0.75), (rng.uniform(11, 20), 6), rng.uniform(3.2, 6))
    inner = np.array([-6.0 if side == "left" else 6.0, 0])
    spot = replace(spot, at=spot.at + inner)
    scene.add_lesion("stress-fracture", ("tibia", side), [spot])


WHOLE_BONES = {
    "hemipelvis": ("ilium", "acetabulum", "ischium", "pubis", "sacroiliac"),
    "femur": ("femur", "femoral-neck", "hip", "trochanter"),
    "tibia": ("tibia",),
    "humerus": ("humerus", "humerus-head"),
    "scapula": ("scapula", "scapular-tip"),
    "vault": ("skull",),
    "vertebra": (),
}


def paget(scene: Scene, rng: np.random.Generator) -> None:
    """One or two whole bones intense from end to end, a little wide."""
    for bone in rng.choice(list(WHOLE_BONES), rng.integers(1, 3), replace=False):
        regions, side = WHOLE_BONES[bone], SIDES[rng.integers(2)]
        if bone == "vertebra":
            name = rng.choice(["T9", "T11", "L1", "L2", "L3", "L4"])
            regions = (f"spine-{name[0].lower()}:{name}",)
        gain = rng.uniform(2.4, 3.5) if bone in ("vault", "vertebra") else rng.uniform(3, 6)
        own = marks_of(scene, regions, None if bone in ("vault", "vertebra") else side)
        added = [_wider(replace(mark, uptake=mark.uptake * (gain - 1))) for mark in own]
        place = bone_of(own[0].region, side)
        scene.add_lesion("paget-disease", place, marks=added, is_whole_bone=True)


def _wider(mark: Mark) -> Mark:
    if not isinstance(mark, Stroke):
        return mark
    return replace(mark, radius_mm=mark.radius_mm * 1.1, marrow=1.0)


STRETCHES = {
    "leg": ["femur", "tibia"],
    "arm": ["humerus", "forearm"],
    "face": ["face", "mandible"],
}


def fibrous_dysplasia(scene: Scene, rng: np.random.Generator) -> None:
    """Long, uneven stretches of bones of one side: thigh and shin, some ribs, or face and vault."""
    side = SIDES[rng.integers(2)]
    choice = rng.choice(["leg", "ribs", "arm", "face"], p=[0.4, 0.3, 0.15, 0.15])
    ribs = [f"rib:{n}" for n in rng.choice(np.arange(3, 10), 2, replace=False)]
    regions = {"ribs": ribs, **STRETCHES}[choice]
    for region in regions:
        mark = max(strokes(scene, [region], side), key=lambda m: np.ptp(m.points, axis=0).sum())
        start, contrast = rng.uniform(0.05, 0.45), rng.uniform(3.6, 6)
        wide = 4.5 if choice in ("ribs", "face") else 9.0
        shares = np.arange(start, min(start + rng.uniform(0.25, 0.5), 0.98), 0.045)
        own = 1 + (contrast - 1) * rng.uniform(0.3, 0.8, len(shares))
        spots = [spot_on(mark, s, (wide * 1.5, wide), c) for s, c in zip(shares, own, strict=True)]
        place = bone_of(mark.region, side)
        scene.add_lesion("fibrous-dysplasia", place, spots, is_by_piece=True)


def healing_fracture(scene: Scene, rng: np.random.Generator) -> None:
    """A broad band across one limb bone, clavicle or neck of femur."""
    places = (("forearm", 0.9, 1), ("humerus", 0.1, 0.7), ("tibia", 0.2, 0.9),
              ("femoral-neck", 0.5, 1), ("clavicle", 0.3, 0.7),
              ("metatarsal", 0.4, 0.9), ("femur", 0.15, 0.8))  # fmt: skip
    mark, share = _either(scene, places, rng)
    size = 6.0 if mark.region in ("metatarsal", "clavicle") else rng.uniform(8, 12)
    spot = spot_on(mark, share, (size, size * rng.uniform(0.7, 1)), rng.uniform(3.2, 7.5))
    scene.add_lesion("acute-fracture", bone_of(mark.region, mark.side), [spot])


def osteoid_osteoma(scene: Scene, rng: np.random.Generator) -> None:
    """A small intense nidus in a weaker halo."""
    places = (("femoral-neck", 0.4, 1), ("tibia", 0.2, 0.8), ("femur", 0.1, 0.8), ("spine-l", 0, 1))
    mark, share = _either(scene, places, rng)
    nidus = spot_on(mark, share, (6, 6), rng.uniform(4.5, 7.5))
    halo = replace(nidus, long_mm=17, short_mm=11, contrast=1.8)
    scene.add_lesion("osteoid-osteoma", bone_of(mark.region, mark.side), [halo, nidus])


FOCAL = {
    "metastases": metastases,
    "few metastases": few_metastases,
    "rib fractures": rib_fractures,
    "vertebral fracture": vertebral_fracture,
    "bone tumour": bone_tumour,
    "osteomyelitis": osteomyelitis,
    "stress fracture": stress_fracture,
    "Paget disease": paget,
    "fibrous dysplasia": fibrous_dysplasia,
    "healing fracture": healing_fracture,
    "osteoid osteoma": osteoid_osteoma,
}
