"""Superscans: nearly all of the tracer is in bone."""

import numpy as np

from uptake_ml.phantom.inked.ink import stroke
from uptake_ml.phantom.inked.person import SIDES, Person
from uptake_ml.phantom.inked.scene import Scene, scale
from uptake_ml.phantom.inked.trunk import rib_lines
from uptake_ml.phantom.inked.turn import turn_trunk

AXIAL = ("spine-c", "spine-t", "spine-l", "sacrum", "rib", "sternum", "sternoclavicular", "scapula",
         "scapular-tip", "clavicle", "ilium", "sacroiliac", "acetabulum",
         "ischium", "pubis")  # fmt: skip
PROXIMAL = ("hip", "femoral-neck", "trochanter", "humerus-head", "acromioclavicular", "shoulder")
DISTAL = ("elbow", "forearm", "wrist", "metacarpal", "mcp", "finger", "pip", "dip", "ip", "tibia",
          "fibula", "knee", "patella", "ankle", "tarsus", "metatarsal", "mtp", "toe")  # fmt: skip


def metastatic_superscan(scene: Scene, rng: np.random.Generator) -> None:
    """Axial skeleton and the roots of the limbs intense; kidneys and flesh faint."""
    gain = 1 + rng.uniform(2.0, 4.0) * scene.strength
    scale(scene, {region: gain * rng.lognormal(0, 0.12) for region in AXIAL})
    scale(scene, {region: gain * rng.uniform(0.7, 1.1) for region in PROXIMAL})
    scale(scene, dict.fromkeys(("skull", "skull-base"), gain * rng.uniform(0.3, 0.8)))
    scale(scene, dict.fromkeys(DISTAL, rng.uniform(0.7, 1.1)))
    limbs = rng.uniform(0.35, 0.6)
    for k, mark in enumerate(scene.marks):
        if mark.region in ("femur", "humerus"):
            # Marrow of adults reaches the upper third of a long bone.
            fade = np.interp(
                np.linspace(0, 1, len(mark.points)), [0, limbs, limbs + 0.2], [1, 0.7, 0]
            )
            scene.marks[k] = stroke(
                mark.region, mark.side, mark.points, mark.radius_mm,
                mark.uptake * (1 + (gain - 1) * fade), mark.depth, mark.tissue_mm, 1.0,
            )  # fmt: skip
    scene.mottle = rng.uniform(0.1, 0.24)
    _starve(scene, rng)


def metabolic_superscan(scene: Scene, rng: np.random.Generator) -> None:
    """Every bone intense, skull, jaw and long bones most; beaded ribs, tie sternum, no kidneys."""
    gain = 1 + rng.uniform(1.6, 2.8) * scene.strength
    everywhere = {mark.region.split(":")[0]: gain for mark in scene.marks}
    scale(scene, everywhere)
    skull = 1 + rng.uniform(0.9, 1.8) * scene.strength
    scale(scene, {"skull": skull, "skull-base": skull, "mandible": skull, "face": 0.7 * skull})
    scale(
        scene,
        dict.fromkeys(("femur", "tibia", "humerus", "forearm", "fibula"), rng.uniform(1.3, 1.9)),
    )
    scale(scene, dict.fromkeys(DISTAL[:9] + DISTAL[11:], rng.uniform(1.0, 1.5)))
    scale(scene, {"sternum": rng.uniform(1.1, 1.5)})
    beads = _beads(scene.person, scene.levels["rib"] * gain * rng.uniform(1.2, 2.2), rng)
    scene.marks += turn_trunk(scene.person, beads)
    _starve(scene, rng)


def _starve(scene: Scene, rng: np.random.Generator) -> None:
    scene.flesh *= rng.uniform(0.3, 0.6)
    scene.urine["kidneys"] = rng.uniform(0.0, 0.06)
    scene.urine["bladder"] = min(scene.urine["bladder"], 1.0) * rng.uniform(0.2, 1.0)


def _beads(person: Person, uptake: float, rng: np.random.Generator) -> list:
    beads = []
    for side in SIDES:
        for number, (line, depth) in enumerate(rib_lines(person, side)[1:10], start=2):
            strength = uptake * rng.lognormal(0, 0.15)
            beads.append(
                stroke(
                    f"rib:{number}", side, line[-1], 7.5, strength, depth[-1], person.trunk_depth_mm
                )
            )
    return beads


DIFFUSE = {
    "metastatic superscan": metastatic_superscan,
    "metabolic superscan": metabolic_superscan,
}
