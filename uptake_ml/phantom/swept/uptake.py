"""How a normal person's bones and joints differ in uptake from those of others."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.swept.body import Body, vary
from uptake_ml.phantom.swept.lesions import hold
from uptake_ml.phantom.swept.sweep import warm
from uptake_ml.phantom.swept.trunk import VERTEBRAE

# Bones that have more or less in common, and the standard deviation of its log (as in
# ``data/uptake.toml`` and more).
BONE_KINDS = (
    (("vault",), 0.3), (("sphenoid", "occiput", "petrous"), 0.25),
    (("nose", "conchae", "brow", "orbit", "zygoma"), 0.25), (("maxilla",), 0.3), (("antrum",), 0.4),
    (("mandible",), 0.3), (("teeth",), 0.5), (("rib",), 0.2), (("cartilage",), 0.6),
    (("sternum", "manubrium", "xiphoid"), 0.25), (("clavicle",), 0.22), (("scapula",), 0.22),
    (("sacrum", "coccyx"), 0.2), (("ilium",), 0.18), (("si-joint",), 0.25),
    (("acetabulum", "pubis", "ischium"), 0.2), (("humerus",), 0.25), (("ulna", "radius"), 0.25),
    (("carpus", "metacarpal", "finger"), 0.35), (("femur", "trochanter"), 0.22),
    (("patella",), 0.25), (("tibia", "fibula"), 0.25),
    (("talus", "calcaneus", "tarsus", "metatarsal", "toe"), 0.35),
)  # fmt: skip
_HEAD = ("vault", "sphenoid", "occiput", "petrous", "nose", "conchae", "brow", "orbit", "zygoma",
         "maxilla", "antrum", "mandible", "teeth")  # fmt: skip
_LIMBS = ("humerus", "ulna", "radius", "carpus", "metacarpal", "finger", "femur", "trochanter",
          "patella", "tibia", "fibula", "talus", "calcaneus", "tarsus", "metatarsal",
          "toe")  # fmt: skip
# How far in mm a joint reaches into its bones.
JOINTS_MM = {"shoulder": 30, "elbow": 26, "wrist": 24, "hip": 34, "knee": 34, "ankle": 30}
_JOINT_SPREAD, _JOINT_GAIN, _SIDE_SPREAD, _SPINE_SPREAD = 0.25, (0.6, 1.5), 0.08, 0.2  # prior
_PATELLA = 0.75  # it lies before the knee, whose gains it shares
_LOCAL = (0.05, 0.13)  # unevenness along each bone


def vary_uptake(body: Body, rng: np.random.Generator) -> None:
    """Change every bone, region and joint of a normal body by gains of its own."""
    vary(body.bones, rng, rng.uniform(*_LOCAL))
    hold(body.named(*_HEAD), rng.lognormal(0, 0.2))
    hold(body.named(*_LIMBS), np.clip(rng.lognormal(0.05, 0.27), 0.5, 1.8))
    hold(body.named("patella"), _PATELLA)
    for names, spread in BONE_KINDS:
        gain = rng.lognormal(0, spread)
        for side in (-1, 1):
            hold(body.named(*names, side=side), gain * rng.lognormal(0, _SIDE_SPREAD))
        hold(body.named(*names, side=0), gain)
    _vary_spine(body, rng)
    for name, reach_mm in JOINTS_MM.items():
        both = rng.lognormal(0, _JOINT_SPREAD)
        for side in (-1, 1):
            gain = np.clip(both * rng.lognormal(0, _SIDE_SPREAD), *_JOINT_GAIN)
            warm(body.bones, body.points[name, side], reach_mm, gain, side=side)
    _vary_ends(body, rng)


def _vary_spine(body: Body, rng: np.random.Generator) -> None:
    # One value in the middle of each section, and a straight line from one to the next.
    logs = np.interp(np.arange(24), [3, 12, 21], rng.normal(0, _SPINE_SPREAD, 3))
    gains = dict(zip(VERTEBRAE, np.exp(logs), strict=True))
    for bone in body.bones:
        if bone.name in gains:
            bone.value *= gains[bone.name]


def _vary_ends(body: Body, rng: np.random.Generator) -> None:
    """Change the ends of bones: shoulder blades' tips, collarbones, ribs' ends, sacroiliac."""
    handed, dominance = rng.choice([-1, 1], p=[0.85, 0.15]), rng.uniform(1.0, 1.35)
    warm(body.bones, body.points["shoulder", int(handed)], 30, dominance, side=int(handed))
    ends, notch, tips = rng.lognormal(0, 0.3, 3)
    beading, uneven = rng.uniform(0.8, 1.6), rng.uniform(0.05, 0.25)
    for side in (-1, 1):
        clavicle = body.named("clavicle", side=side)[0]
        warm([clavicle], clavicle.at(1), 20, ends * rng.lognormal(0, 0.12), side=side)
        warm(body.bones, clavicle.at(0), 18, notch * rng.lognormal(0, 0.12), side=side)
        blade = body.named("scapula", side=side)[1]
        warm([blade], blade.at(1), 16, tips * rng.lognormal(0, 0.12), side=side)
        hold(body.named("si-joint", side=side), rng.lognormal(0, 0.12))
        for rib in body.named("rib", side=side):
            if rib.name not in ("rib11", "rib12"):
                warm([rib], rib.at(1), 13, beading * rng.lognormal(0, uneven))
