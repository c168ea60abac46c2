"""A bone scan of the stylized body: two views and what is true of them."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.stylized.body import build_organs, draw_grid, fill_body
from uptake_ml.phantom.stylized.camera import Extra, Field, Side, detect, draw_camera
from uptake_ml.phantom.stylized.disease import draw_disease
from uptake_ml.phantom.stylized.landmarks import landmark_points
from uptake_ml.phantom.stylized.person import ARMS, SIDES, Person, draw_person
from uptake_ml.phantom.stylized.raster import VOXEL_MM, Grid, Shape, ellipsoid
from uptake_ml.phantom.stylized.skeleton import VERTEBRAE, build_skeleton
from uptake_ml.phantom.stylized.table import draw_even, load_stylized
from uptake_ml.phantom.stylized.truth import LesionImages, make_truth
from uptake_ml.phantom.truth import Truth
from uptake_ml.study import ANTERIOR, BONE_SCAN, COUNTS, JOINT_SYMMETRIC, POSTERIOR, Study, View

_MATRICES = ((1024, 256), (1024, 256), (1024, 512), (512, 128), (900, 260))
_CUT_SHARE, _INJECTION_SHARE = 0.25, 0.2


def render_stylized(seed: int, *, label: str) -> tuple[Study, Truth]:
    """Return a simulated bone scan in counts and its truth, the same for the same seed."""
    rng = np.random.default_rng(seed)
    # Hands that are ill are mostly laid where the camera sees them.
    is_shown = label == JOINT_SYMMETRIC and rng.random() < 0.7
    person = draw_person(rng, str(rng.choice(("sides", "thighs") if is_shown else ARMS[:3])))
    bones = build_skeleton(person)
    uptake, soft = _draw_uptake(rng, bones), _draw_soft(rng)
    lesions = draw_disease(rng, person, bones, uptake, soft, label)
    grid = draw_grid(person)
    body = fill_body(person, grid)
    organs = build_organs(person, rng)
    activity = _paint_soft(grid, body, organs, soft)
    _paint_bones(rng, person, grid, activity, bones, uptake)
    extra = [_paint_lesion(grid, activity, lesion.solids) for lesion in lesions]
    camera = draw_camera(rng)
    sides = {
        name: Side(body, camera, is_posterior=name == POSTERIOR) for name in (ANTERIOR, POSTERIOR)
    }
    images = {name: side.expect(activity) for name, side in sides.items()}
    field = _draw_field(rng, person)
    scale = draw_even(rng, "camera", "counts") / _seen(images[ANTERIOR], field, grid)
    views = {name: _take(rng, name, image * scale, field, grid) for name, image in images.items()}
    shown = LesionImages(lesions=lesions, extra=extra, sides=sides, scale=scale)
    places = landmark_points(person, bones, organs)
    truth = make_truth(shown, images, field, grid, places, label=label)
    return Study(id=f"stylized-{seed}", modality=BONE_SCAN, views=views), truth


def _draw_uptake(rng, bones: list[Shape]) -> dict[str, float]:
    """Return the uptake of each bone by its full name."""
    table, spread = load_stylized()["uptake"], load_stylized()["spread"]
    overall = rng.lognormal(0, spread["overall"])
    of_kind, of_bone = draw_even(rng, "spread", "kind"), draw_even(rng, "spread", "bone")
    kinds = {kind: rng.lognormal(0, of_kind) for kind in table}
    for ends in (("hand", "mcp"), ("foot", "mtp")):
        both = rng.lognormal(0, spread["ends"])
        kinds |= {kind: kinds[kind] * both for kind in ends}
    uptake = {}
    for name in sorted({shape.name for shape in bones}):
        kind = name.split(":")[0]
        uptake[name] = table[kind] * overall * kinds[kind] * rng.lognormal(0, of_bone)
    for name in VERTEBRAE[:7]:
        uptake[f"vertebra:{name}"] *= 0.75
    return uptake


def _draw_soft(rng) -> dict[str, float]:
    soft, spread = load_stylized()["soft"], load_stylized()["spread"]
    return {
        "soft": soft["muscle"] * rng.lognormal(0, spread["soft"]),
        "kidney": draw_even(rng, "soft", "kidney"),
        "bladder": soft["bladder"] * rng.lognormal(0, spread["bladder"]),
    }


def _paint_soft(grid: Grid, body: np.ndarray, organs: list[Shape], soft) -> np.ndarray:
    activity = soft["soft"] * body
    for shape in organs:
        name = "kidney" if "kidney" in shape.name else shape.name
        if name in ("kidney", "bladder"):
            grid.paint(activity, shape, max(soft[name] * shape.weight, soft["soft"]))
        elif name == "lung":
            grid.paint(activity, shape, 0.5 * soft["soft"], over=True)
    return activity


def _paint_bones(rng, person: Person, grid: Grid, activity, bones: list[Shape], uptake) -> None:
    """Add to an activity the bones and joints, and in some what was left where it was injected."""
    for shape in bones:
        is_hole = shape.name == "orbit"
        grid.paint(activity, shape, uptake[shape.name] * shape.weight, over=is_hole)
    for shape, value in [*_normal_joints(rng, person), *_injection(rng, person)]:
        grid.paint(activity, shape, value)


def _paint_lesion(grid: Grid, activity: np.ndarray, solids) -> Extra:
    """Paint the solids of a lesion and return what they add."""
    box = grid.box([shape for shape, _ in solids])
    before = activity[box].copy()
    for shape, value in solids:
        grid.paint(activity, shape, value)
    return Extra(box=box, activity=activity[box] - before)


def _normal_joints(rng, person: Person):
    """Return the mild uptake of healthy and slightly worn joints."""
    table, spread = dict(load_stylized()["joint"]), load_stylized()["spread"]
    chance, _ = table.pop("worn_chance"), table.pop("worn")
    found = []
    for joint, (radius, value) in table.items():
        both = rng.lognormal(0, spread["joint_pair"])
        both *= draw_even(rng, "joint", "worn") if rng.random() < chance else 1.0
        for side, sign in SIDES.items():
            level = value * both * rng.lognormal(0, spread["joint_side"])
            at = person.points.get((joint, side), (sign * 20, 0.177 * person.height_mm, -60))
            found.append((ellipsoid("joint", at, radius), level))
    return found


def _injection(rng, person: Person):
    if rng.random() > _INJECTION_SHARE:
        return []
    side = str(rng.choice(list(SIDES)))
    if rng.random() < 0.5:
        at = person.points["elbow", side] + [0, -15, -18]
    else:
        at = person.points["knuckles", side] + [0, -25, -8]
    return [(ellipsoid("injection", at, (6, 13, 6)), rng.uniform(40, 200))]


def _draw_field(rng, person: Person) -> Field:
    rows, columns = _MATRICES[rng.integers(len(_MATRICES))]
    tall = max(person.points["toes", side][1] for side in SIDES) + 60
    pixel_mm = rng.uniform(1.8, 2.8) if rows > 600 else rng.uniform(4.0, 4.8)
    pixel_mm = max(pixel_mm, (tall + 40) / rows, rng.uniform(540, 600) / columns)
    room = rows * pixel_mm - tall
    top = -rng.uniform(0.15, 0.6) * room
    if rng.random() < _CUT_SHARE:  # rows are often cut off at the end of the table's travel
        rows = int((tall - top + rng.uniform(-20, 60)) / pixel_mm)
    return Field(rows=rows, columns=columns, pixel_mm=float(pixel_mm), top_mm=float(top))


def _seen(image: np.ndarray, field: Field, grid: Grid) -> float:
    """Return the sum of an image over the field; scaled so, counts are those of a 4 mm pixel."""
    return float(image[field.holds(grid)].sum())


def _take(rng, name: str, expected: np.ndarray, field: Field, grid: Grid) -> View:
    sampled = field.sample(expected, grid, is_posterior=name == POSTERIOR)
    per_pixel = sampled * (field.pixel_mm / VOXEL_MM) ** 2
    return View(
        name=name, pixels=detect(per_pixel, rng), unit=COUNTS,
        spacing_mm=(field.pixel_mm, field.pixel_mm),
    )  # fmt: skip
