"""One simulated planar whole-body bone scan of the inked body, anterior and posterior."""

from __future__ import annotations

from itertools import chain

import numpy as np
from scipy import ndimage

from uptake_ml.phantom.inked.camera import Camera, draw_camera, expect, expose
from uptake_ml.phantom.inked.disease import KINDS, apply_disease
from uptake_ml.phantom.inked.ink import ink
from uptake_ml.phantom.inked.landmarks import landmark_points
from uptake_ml.phantom.inked.scene import Scene, draw_scene
from uptake_ml.phantom.inked.sheet import Patch, Sheet
from uptake_ml.phantom.inked.soft_tissue import ink_flesh, ink_organs
from uptake_ml.phantom.inked.spots import add_up, overlay, see_marks, see_spot
from uptake_ml.phantom.inked.truth import Picture, make_truth
from uptake_ml.phantom.patches import count
from uptake_ml.phantom.truth import Truth
from uptake_ml.study import BONE_SCAN, COUNTS, Study, View

_ROUGH_MM = 9.0  # prior: bone is uneven on a scale of a centimetre or two
_BELOW_ANKLE_MM, _MID_SHIN = 20.0, 0.5  # where the feet are cut off


def render_inked(seed: int, *, label: str) -> tuple[Study, Truth]:
    """Return a simulated bone scan in counts and its truth, the same for the same seed."""
    rng = np.random.default_rng(seed)
    kind = str(rng.choice(KINDS[label]))
    scene = draw_scene(rng)
    apply_disease(scene, label, kind, rng)
    camera = draw_camera(scene.person.height_mm, _cuts_mm(scene), rng)
    sheet = camera.frame.part(camera.body)
    rough, bladder = ink_scene(sheet, scene, rng)
    views, pictures = picture(scene, sheet, camera, rough)
    expected, unit = expect(views, camera)
    spacing_mm = (camera.frame.pixel_mm,) * 2
    shown = {
        name: View(name=name, pixels=pixels, unit=COUNTS, spacing_mm=spacing_mm)
        for name, pixels in count(expected, rng).items()
    }
    places = landmark_points(scene, bladder)
    truth = make_truth(label, pictures, camera, expected, unit, places)
    return Study(id=f"inked-{seed}", modality=BONE_SCAN, views=shown), truth


def _cuts_mm(scene: Scene) -> tuple[float, float]:
    knee, ankle = (
        max(scene.pose.at(name, side)[1] for side in ("left", "right"))
        for name in ("knee", "ankle")
    )
    return knee + _MID_SHIN * (ankle - knee), ankle + _BELOW_ANKLE_MM


def ink_scene(sheet: Sheet, scene: Scene, rng: np.random.Generator):
    """Ink a scene without its spots and lesions.

    Returns the unevenness of bone [row, column] and where the bladder is (x, y) in mm.
    """
    for mark in scene.marks:
        ink(sheet, mark)
    rough = _roughness(sheet, scene.mottle, rng)
    for layers in sheet.layers.values():
        layers *= rough
    ink_flesh(sheet, scene.person, scene.pose, scene.flesh)
    return rough, ink_organs(sheet, scene.person, scene.pose, scene.urine, rng)


def _roughness(sheet: Sheet, spread: float, rng: np.random.Generator) -> np.ndarray:
    # Both views see the same unevenness.
    rough = rng.standard_normal((sheet.rows, sheet.columns), np.float32)
    rough = ndimage.gaussian_filter(rough, _ROUGH_MM / sheet.pixel_mm, truncate=3)
    return np.exp(spread * rough / rough.std())


def picture(
    scene: Scene, sheet: Sheet, camera: Camera, rough: np.ndarray
) -> tuple[dict[str, np.ndarray], list[Picture]]:
    """Return the blurred views of the sheet with spots and lesions, and each lesion alone."""
    views = expose(sheet, camera)
    bones = [see_marks(n.marks, sheet, camera, rough) if n.marks else None for n in scene.lesions]
    for patch in filter(None, bones):
        _lay(views, patch)
    lit = [_see_all(lesion.spots, views, sheet, camera) for lesion in scene.lesions]
    wear = _see_all(scene.spots, views, sheet, camera)
    every = overlay([*wear, *chain.from_iterable(lit)])
    if every is not None:
        _lay(views, every)
    pictures = []
    for lesion, bone, spots in zip(scene.lesions, bones, lit, strict=True):
        whole = add_up([p for p in (bone, overlay(spots)) if p is not None])
        pieces = spots if bone is None else [bone, *spots]
        pictures.append(Picture(lesion=lesion, whole=whole, pieces=pieces))
    return views, pictures


def _see_all(spots, views, sheet: Sheet, camera: Camera) -> list[Patch]:
    seen = (see_spot(spot, views, sheet, camera) for spot in spots)
    return [patch for patch in seen if patch is not None]


def _lay(views: dict[str, np.ndarray], patch: Patch) -> None:
    for view, image in patch.views.items():
        views[view][patch.place] += image
