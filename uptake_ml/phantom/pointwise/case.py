"""One simulated planar whole-body bone scan, anterior and posterior."""

import numpy as np

from uptake_ml.phantom.pointwise.camera import Camera, acquire, draw_camera, expected_view
from uptake_ml.phantom.pointwise.disease import (
    AGES,
    HANDS_NEEDED,
    KINDS,
    Surroundings,
    apply_disease,
)
from uptake_ml.phantom.pointwise.landmarks import landmark_points
from uptake_ml.phantom.pointwise.person import AGE_YEARS, build_person, draw_person
from uptake_ml.phantom.pointwise.soft import (
    SOFT_TISSUE,
    add_injection,
    add_organs,
    add_urine,
    build_body,
    soft_texture,
)
from uptake_ml.phantom.pointwise.truth import make_truth
from uptake_ml.phantom.pointwise.uptake import normal_uptake
from uptake_ml.phantom.truth import Truth
from uptake_ml.study import ANTERIOR, BONE_SCAN, COUNTS, POSTERIOR, Study, View

STRENGTH = (0.35, 1.1)  # of lesions, so that faint ones are learnt as well (prior)


def _organ_levels(cloud, level, around: Surroundings) -> list[np.ndarray]:
    times = {"kidney": around.kidney, "ureter": around.kidney, "bladder": around.bladder}
    pairs = zip(cloud.parts, level, strict=True)
    return [times.get(p.name, 1.0) * v for p, v in pairs]


def _extent(camera: Camera) -> tuple[float, float, float, float]:
    s1 = camera.s0 + camera.rows * camera.pixel_mm
    x1 = camera.x0 + camera.columns * camera.pixel_mm
    return camera.s0, s1, camera.x0 - 30, x1 + 30


def render_pointwise(seed: int, *, label: str) -> tuple[Study, Truth]:
    """Return a simulated bone scan in counts and its truth, the same for the same seed."""
    rng = np.random.default_rng(seed)
    kind = str(rng.choice(KINDS[label]))
    person = draw_person(rng, AGES.get(kind, AGE_YEARS), arms_apart=kind not in HANDS_NEEDED)
    skeleton, joints = build_person(rng, person)
    uptake = normal_uptake(rng, person, skeleton)
    uptake.strength = rng.uniform(*STRENGTH)
    around = apply_disease(rng, uptake, kind)
    organs, level = _fill_organs(rng, person, joints, around)
    camera = _draw_camera(rng, joints, kind)
    body = build_body(person, joints, _extent(camera))
    soft = np.exp(rng.uniform(*np.log(SOFT_TISSUE))) * around.soft
    haze = soft * soft_texture(rng, body.front.shape)
    parts = skeleton.parts + organs.parts
    xyz = np.concatenate([p.xyz for p in parts])
    activity = np.concatenate([p.volume for p in parts]) * np.concatenate(uptake.level + level)
    expected = {
        view: expected_view(camera, body, xyz, activity, haze, view == POSTERIOR)
        for view in (ANTERIOR, POSTERIOR)
    }
    views = {
        name: View(name=name, pixels=pixels, unit=COUNTS, spacing_mm=(camera.pixel_mm,) * 2)
        for name, pixels in acquire(rng, camera, expected).items()
    }
    places = landmark_points(skeleton, organs, joints)
    truth = make_truth(label, uptake, camera, body, expected, places)
    return Study(id=f"pointwise-{seed}", modality=BONE_SCAN, views=views), truth


def _fill_organs(rng, person, joints, around: Surroundings):
    organs, level = add_organs(rng, person)
    add_urine(rng, organs, level, joints)
    add_injection(rng, organs, level, joints)
    return organs, _organ_levels(organs, level, around)


def _draw_camera(rng, joints, kind: str) -> Camera:
    toes = max(joints["toes", s][2] for s in ("left", "right"))
    middle = float(joints["sacrum", None][0])
    reach = max(abs(joints["fingers", s][0] - middle) for s in ("left", "right"))
    return draw_camera(rng, toes + 30.0, middle, reach if kind in HANDS_NEEDED else 0.0)
