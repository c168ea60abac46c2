"""Draw one planar bone scan of a person with a named disease, or with none."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .camera import Camera, count, draw_camera, expose, sigma_mm
from .disease import KINDS, apply_disease
from .ink import MU_PER_MM, VIEWS, Sheet, ink
from .person import SIDES
from .scene import Scene, Spot, draw_scene
from .soft_tissue import ink_flesh, ink_organs

__all__ = ["KINDS", "Planar", "draw_planar"]


@dataclass(frozen=True, kw_only=True)
class Planar:
    """Both views in counts, float32 [row, column], head first; landmarks in the anterior view.

    Anterior: the patient's right is at the image's left. Posterior: the left is at the left.
    """

    views: dict[str, np.ndarray]
    pixel_mm: float
    landmarks: dict[tuple[str, str | None], tuple[float, float]]
    label: str
    kind: str


def draw_planar(rng: np.random.Generator, label: str, kind: str) -> Planar:
    """Return one case; raises ValueError where the label has no such kind."""
    if kind not in KINDS.get(label, ()):
        raise ValueError(f"label and kind must be in KINDS, found {label!r} and {kind!r}")
    scene = draw_scene(rng)
    apply_disease(scene, kind, rng)
    camera = draw_camera(scene.person.height_mm, rng)
    sheet = Sheet(
        rows=camera.rows, columns=camera.columns, pixel_mm=camera.pixel_mm, top_mm=camera.top_mm
    )
    for mark in scene.marks:
        ink(sheet, mark)
    _mottle(sheet, scene.mottle, rng)
    ink_flesh(sheet, scene.person, scene.pose, scene.flesh)
    ink_organs(sheet, scene.person, scene.pose, scene.urine, rng)
    views = _with_spots(expose(sheet, camera), sheet, camera, scene.spots)
    return Planar(
        views=count(views, camera, rng),
        pixel_mm=camera.pixel_mm,
        landmarks=_landmarks(scene, sheet),
        label=label,
        kind=kind,
    )


def _mottle(sheet: Sheet, spread: float, rng: np.random.Generator) -> None:
    # Bone is uneven on a scale of a centimetre or two; both views see the same unevenness.
    rough = rng.standard_normal((sheet.rows, sheet.columns)).astype(np.float32)
    rough = ndimage.gaussian_filter(rough, 9 / sheet.pixel_mm)
    factor = np.exp(spread * rough / rough.std())
    for view in VIEWS:
        sheet.layers[view] *= factor


def _with_spots(views, sheet: Sheet, camera: Camera, spots: list[Spot]) -> dict[str, np.ndarray]:
    # Where spots overlap, the cube root of summed cubes keeps near to the strongest of them.
    cubes = {view: np.zeros_like(image) for view, image in views.items()}
    for spot in spots:
        _add_cubed(cubes, views, sheet, camera, spot)
    return {view: image + np.cbrt(cubes[view]) for view, image in views.items()}


def _add_cubed(cubes, views, sheet: Sheet, camera: Camera, spot: Spot) -> None:
    """Add a blurred spot, cubed; its peak in the better view is contrast times what was there."""
    reach = 3.2 * np.hypot(spot.long_mm, 9)
    found = sheet.box(spot.at - reach, spot.at + reach)
    if found is None:
        return
    where, (x, y) = found
    shape = {view: _shape(spot, camera, view, x, y) for view in VIEWS}
    best = "anterior" if spot.depth < 0.5 else "posterior"
    # Weighted by itself: the bone counts and not the gap beside it.
    near = np.exp(-0.5 * ((x - spot.at[0]) ** 2 + (y - spot.at[1]) ** 2) / 64)
    near = near * views[best][where]
    local = float((views[best][where] * near).sum() / max(near.sum(), 1e-6))
    strength = (spot.contrast - 1) * local / max(float(shape[best].max()), 1e-6)
    for view in VIEWS:
        cubes[view][where] += (strength * shape[view]) ** 3


def _shape(spot: Spot, camera: Camera, view: str, x, y) -> np.ndarray:
    path_mm = (spot.depth if view == "anterior" else 1 - spot.depth) * spot.tissue_mm
    blur = sigma_mm(camera, path_mm + camera.gap_mm[view])
    long, short = np.hypot(spot.long_mm, blur), np.hypot(spot.short_mm, blur)
    c, s = np.cos(spot.angle), np.sin(spot.angle)
    along = (x - spot.at[0]) * c + (y - spot.at[1]) * s
    across = (y - spot.at[1]) * c - (x - spot.at[0]) * s
    peak = np.exp(-MU_PER_MM * path_mm) * spot.long_mm * spot.short_mm / (long * short)
    return peak * np.exp(-0.5 * ((along / long) ** 2 + (across / short) ** 2))


def _landmarks(scene: Scene, sheet: Sheet) -> dict[tuple[str, str | None], tuple[float, float]]:
    names = [("chin", None), ("sacrum", None)]
    joints = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    names += [(name, side) for name in joints for side in SIDES]
    return {name: tuple(map(float, sheet.to_pixel(scene.pose.at(*name)))) for name in names}
