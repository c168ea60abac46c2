"""One simulated planar whole-body bone scan of the sculpted body, anterior and posterior."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.sculpted.camera import Camera, Exposure, detect, draw_camera
from uptake_ml.phantom.sculpted.canvas import Canvas
from uptake_ml.phantom.sculpted.disease import KINDS, PAINTERS, SPARED
from uptake_ml.phantom.sculpted.extremities import build_extremities
from uptake_ml.phantom.sculpted.girdle import build_girdles
from uptake_ml.phantom.sculpted.head import build_head
from uptake_ml.phantom.sculpted.landmarks import landmark_points
from uptake_ml.phantom.sculpted.limbs import build_limbs
from uptake_ml.phantom.sculpted.person import Person, draw_person
from uptake_ml.phantom.sculpted.soft import build_soft
from uptake_ml.phantom.sculpted.trunk import build_trunk
from uptake_ml.phantom.sculpted.truth import make_truth
from uptake_ml.phantom.sculpted.wear import build_wear
from uptake_ml.phantom.truth import Truth
from uptake_ml.study import ANTERIOR, BONE_SCAN, COUNTS, POSTERIOR, Study, View

STRENGTH = (0.25, 1.1)  # of lesions, so that faint ones are learnt as well (prior)
_BELOW_ANKLE_MM, _BESIDE_HAND_MM = 60.0, 32.0


def render_sculpted(seed: int, *, label: str) -> tuple[Study, Truth]:
    """Return a simulated bone scan in counts and its truth, the same for the same seed."""
    rng = np.random.default_rng(seed)
    kind = str(rng.choice(KINDS[label]))
    person = draw_person(rng)
    canvas = build_skeleton(person, rng)
    canvas.strength = rng.uniform(*STRENGTH)
    PAINTERS[label][kind](canvas, person, rng)
    build_soft(canvas, person, rng, *SPARED.get(kind, (1.0, 1.0)))
    camera = _draw_camera(rng, canvas, person)
    exposure = Exposure(canvas, camera, rng)
    expected = {view: exposure.expect(view) for view in (ANTERIOR, POSTERIOR)}
    scale = camera.counts / np.mean([image.sum() for image in expected.values()])
    views = {
        name: View(name=name, pixels=pixels, unit=COUNTS, spacing_mm=(camera.pixel_mm,) * 2)
        for name, pixels in detect(rng, camera, expected, scale).items()
    }
    places = landmark_points(canvas, person)
    truth = make_truth(label, canvas.lesions, exposure, expected, scale, places)
    return Study(id=f"sculpted-{seed}", modality=BONE_SCAN, views=views), truth


def build_skeleton(person: Person, rng: np.random.Generator) -> Canvas:
    """Return a canvas with all bones and their normal wear."""
    canvas = Canvas(rng, person.z["ankle"] + _BELOW_ANKLE_MM)
    build_head(canvas, person, rng)
    build_trunk(canvas, person, rng)
    build_girdles(canvas, person)
    build_limbs(canvas, person)
    build_extremities(canvas, person, rng)
    build_wear(canvas, person, rng)
    return canvas


def _draw_camera(rng: np.random.Generator, canvas: Canvas, person: Person) -> Camera:
    reach = max(abs(canvas.points["pip3", side][0]) for side in ("left", "right"))
    return draw_camera(rng, person.z["ankle"] + _BELOW_ANKLE_MM, reach + _BESIDE_HAND_MM)
