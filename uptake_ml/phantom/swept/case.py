"""One simulated planar whole-body bone scan of the swept body, anterior and posterior."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from uptake_ml.phantom.patches import count
from uptake_ml.phantom.swept.body import Body, build_body, extent, lay_down, place
from uptake_ml.phantom.swept.camera import Camera, draw_camera
from uptake_ml.phantom.swept.counting import expect
from uptake_ml.phantom.swept.diffuse import DIFFUSE as _DIFFUSE
from uptake_ml.phantom.swept.diffuse import Spared
from uptake_ml.phantom.swept.exposure import Exposure, see_pieces
from uptake_ml.phantom.swept.findings import Lesion, Piece
from uptake_ml.phantom.swept.focal import FOCAL as _FOCAL
from uptake_ml.phantom.swept.grid import open_grid, paint
from uptake_ml.phantom.swept.joint import JOINT as _JOINT
from uptake_ml.phantom.swept.joint import inflame_joints
from uptake_ml.phantom.swept.landmarks import landmark_points
from uptake_ml.phantom.swept.organs import add_organs
from uptake_ml.phantom.swept.person import Person, draw_person
from uptake_ml.phantom.swept.truth import Picture, make_truth
from uptake_ml.phantom.swept.uptake import vary_uptake
from uptake_ml.phantom.swept.wear import draw_wear
from uptake_ml.phantom.truth import Truth
from uptake_ml.study import BONE_SCAN, COUNTS, DIFFUSE, FOCAL, JOINT_SYMMETRIC, NORMAL, Study, View

KINDS: dict[str, tuple[str, ...]] = {
    NORMAL: ("normal",),
    FOCAL: tuple(_FOCAL),
    DIFFUSE: tuple(_DIFFUSE),
    JOINT_SYMMETRIC: _JOINT,
}
VOXEL_MM = 3.9
_MARGIN_MM = 22.0  # around the body, for what blurs beyond it
_OBLIQUE, _AWAY, _BENT = 0.1, 0.15, 0.12  # prior: shares of patients
_AGES, _BMIS = (20, 90), (17, 42)
_BELOW_KNEE_MM, _BELOW_ANKLE_MM = 30.0, 20.0  # where the legs are cut off


def render_swept(seed: int, *, label: str) -> tuple[Study, Truth]:
    """Return a simulated bone scan in counts and its truth, the same for the same seed."""
    rng = np.random.default_rng(seed)
    kind = str(rng.choice(KINDS[label]))
    body = build_body(draw_patient(rng))
    vary_uptake(body, rng)
    lesions, spared = _apply_disease(body, label, kind, rng)
    wear = draw_wear(body, rng)
    flesh = add_organs(body, rng, spared)
    body = place(body)
    low, high = extent([*body.outline, *body.bones], _MARGIN_MM)
    camera = draw_camera(rng, high[2] - _MARGIN_MM, _cuts_mm(body))
    exposure = expose(body, camera, flesh, low, high)
    pictures = picture(exposure, body.person, lesions, wear)
    expected, unit = expect(exposure, camera)
    views = {
        name: View(name=name, pixels=pixels, unit=COUNTS, spacing_mm=(camera.pixel_mm,) * 2)
        for name, pixels in count(expected, rng).items()
    }
    places = landmark_points(body)
    truth = make_truth(label, pictures, exposure.uptake, camera, expected, unit, places)
    return Study(id=f"swept-{seed}", modality=BONE_SCAN, views=views), truth


def draw_patient(rng: np.random.Generator) -> Person:
    """Return a person of any build, who may lie obliquely, be bent or keep the arms away."""
    bmi = float(np.clip(rng.normal(26, 5.5), *_BMIS))
    person = draw_person(rng, ages=_AGES, bmis=(bmi, bmi), is_oblique=rng.random() < _OBLIQUE)
    is_away, is_bent = rng.random() < _AWAY, rng.random() < _BENT
    if is_away and person.arms == "sides":
        out, bend = rng.uniform(12, 20), rng.uniform(0, 14)
        person = replace(person, abduction=(out, out + rng.normal(0, 2)), bend=(bend, bend + 2))
    if is_bent:
        person = replace(person, scoliosis_mm=rng.normal(0, 16),
                         kyphosis=person.kyphosis + rng.uniform(0, 1))  # fmt: skip
    return person


def _apply_disease(
    body: Body, label: str, kind: str, rng: np.random.Generator
) -> tuple[list[Lesion], Spared]:
    if label == FOCAL:
        return _FOCAL[kind](body, rng), Spared()
    if label == JOINT_SYMMETRIC:
        return inflame_joints(body, kind, rng), Spared()
    return [], _DIFFUSE[kind](body, rng) if label == DIFFUSE else Spared()


def _cuts_mm(body: Body) -> tuple[float, float]:
    knee, ankle = (
        max(body.points[name, side][2] for side in (-1, 1)) for name in ("knee", "ankle")
    )
    return knee + _BELOW_KNEE_MM, ankle + _BELOW_ANKLE_MM


def expose(body: Body, camera: Camera, flesh: float, low, high) -> Exposure:
    """Return both views of a body without what lights up in it."""
    density = open_grid(low, high, 2 * VOXEL_MM, multiple=2)
    paint(density, body.outline, covers=False, stride=3)
    paint(density, body.lungs, covers=True, scale=0.3, stride=3)
    uptake = open_grid(low, high, VOXEL_MM, multiple=4)
    paint(uptake, [*body.bones, *body.extra], covers=False)
    return Exposure(uptake, density, flesh, camera)


def picture(
    exposure: Exposure, person: Person, lesions: list[Lesion], wear: list[Piece]
) -> list[Picture]:
    """Lay wear and lesions of a body of 1.7 m over its views; return each lesion alone."""

    def see(pieces: list[Piece]):
        placed = [replace(piece, solids=lay_down(piece.solids, person)) for piece in pieces]
        return see_pieces(exposure, placed, haze)

    haze = exposure.haze()
    exposure.lay(see(wear))
    pictures = [Picture(lesion=lesion, pieces=see(lesion.pieces)) for lesion in lesions]
    for shown in pictures:
        exposure.lay(shown.pieces)
    return pictures
