"""One simulated case: both views of a planar whole-body bone scan."""

from dataclasses import dataclass

import numpy as np

from simulator.bone_disease import PAINTERS, SPARED
from simulator.camera import draw_camera, photograph
from simulator.canvas import Canvas
from simulator.extremities import build_extremities
from simulator.girdle import build_girdles
from simulator.head import build_head
from simulator.limbs import build_limbs
from simulator.person import draw_person
from simulator.soft import build_soft
from simulator.trunk import build_trunk
from simulator.wear import build_wear

JOINTS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")


@dataclass(frozen=True)
class Planar:
    """Counts of both views [row, column], row 0 at the head.

    Anterior: the patient's right on the image's left; posterior: the patient's left on the
    image's left. `landmarks` are (row, column) of the anterior view by (name, side or None).
    """

    views: dict
    pixel_mm: float
    landmarks: dict
    label: str
    kind: str


def build_skeleton(person, rng):
    """Canvas with all bones and their normal wear."""
    canvas = Canvas(rng, person.z["ankle"] + 60)
    build_head(canvas, person, rng)
    build_trunk(canvas, person, rng)
    build_girdles(canvas, person)
    build_limbs(canvas, person)
    build_extremities(canvas, person, rng)
    build_wear(canvas, person, rng)
    return canvas


def _landmarks(canvas, person, to_image):
    """Landmarks in pixels of the anterior view."""
    points = {(j, s): person.joint[j, s] for j in JOINTS for s in ("left", "right")}
    for name in ("chin", "sacrum"):
        points[name, None] = canvas.points[name, None]
    return {key: tuple(float(v) for v in to_image(p)) for key, p in points.items()}


def draw_planar(rng: np.random.Generator, label: str, kind: str) -> Planar:
    """Draw one case of a label and kind; the same `rng` state gives the same case."""
    paint = PAINTERS[label][kind]
    person = draw_person(rng)
    canvas = build_skeleton(person, rng)
    paint(canvas, person, rng)
    soft, faint = SPARED.get(kind, (1.0, 1.0))
    build_soft(canvas, person, rng, soft, faint)
    reach = [canvas.points["pip3", s][0] for s in ("left", "right")]
    half_width = max(abs(x) for x in reach) + 32
    camera = draw_camera(rng, person.z["ankle"] + 60, half_width)
    views, to_image = photograph(canvas, camera, rng)
    return Planar(views, camera.pixel_mm, _landmarks(canvas, person, to_image), label, kind)
