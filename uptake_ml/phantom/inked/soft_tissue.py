"""Everything that is seen and is no bone: flesh, kidneys, bladder, urine, injection."""

import numpy as np

from uptake_ml.phantom.inked.ink import by, ink, rounded, stroke
from uptake_ml.phantom.inked.leg import thigh_mm
from uptake_ml.phantom.inked.person import SIDES, SIGN, Person, Pose, spine_x
from uptake_ml.phantom.inked.sheet import MU_PER_MM, Sheet
from uptake_ml.phantom.inked.turn import turned


def ink_flesh(sheet: Sheet, person: Person, pose: Pose, level: float) -> None:
    """Ink the outline of the body; where parts overlap, the thicker one counts."""
    thick = np.zeros((sheet.rows, sheet.columns), np.float32)
    for points, radius, depth_mm in _limbs(person, pose):
        _raise_to_chord(thick, sheet, points, radius, depth_mm)
    thick = np.maximum(thick, _trunk(sheet, person))
    # Flesh lies at every depth: what reaches a camera is the mean over its thickness.
    mean = (1 - np.exp(-MU_PER_MM * thick)) / MU_PER_MM
    for view in sheet.layers:
        sheet.layers[view][2] += level * mean


def _raise_to_chord(thick: np.ndarray, sheet: Sheet, points, radius, depth_mm) -> None:
    points, radius = np.asarray(points, float), np.asarray(radius, float)
    found = sheet.box(points.min(0) - radius.max(), points.max(0) + radius.max())
    if found is None:
        return
    where, (x, y) = found
    best = np.full((y.shape[0], x.shape[1]), 9.0, np.float32)
    for k in range(len(points) - 1):
        d = points[k + 1] - points[k]
        t = np.clip(((x - points[k, 0]) * d[0] + (y - points[k, 1]) * d[1]) / (d @ d), 0, 1)
        r = radius[k] * (1 - t) + radius[k + 1] * t
        gap = (x - points[k, 0] - t * d[0]) ** 2 + (y - points[k, 1] - t * d[1]) ** 2
        best = np.minimum(best, gap / r**2)
    chord = (depth_mm * np.sqrt(np.clip(1 - best, 0, None))).astype(np.float32)
    thick[where] = np.maximum(thick[where], chord)


def _limbs(person: Person, pose: Pose):
    g, size = person.girth, person.height_mm / 1700
    neck = pose.at("notch")
    yield [[neck[0], 70 * person.head], [neck[0], 190 * person.head]], [80, 62], 150
    yield [[neck[0], 180 * person.head], neck], [57 * g, 66 * g], 118 * g
    for side in SIDES:
        sign = SIGN[side]
        shoulder, elbow, wrist = (pose.at(n, side) for n in ("shoulder", "elbow", "wrist"))
        tip = wrist + (wrist - elbow) / np.hypot(*(wrist - elbow)) * 150 * size
        yield [shoulder, elbow], [56 * g, 44 * g], 98 * g
        yield [elbow, wrist], [45 * g, 29 * g], 75 * g
        flat = 18 + 24 * abs(np.cos(pose.hand_turn[side]))
        yield [wrist, (wrist + tip) / 2, tip], [28, flat, 14], 34
        hip, knee, ankle = (pose.at(n, side) for n in ("hip", "knee", "ankle"))
        top = hip + by(sign * 2, 0)
        yield [top, 0.6 * hip + 0.4 * knee, knee], [88 * g, 80 * g, 57 * g], thigh_mm(person)
        yield [knee, 0.7 * knee + 0.3 * ankle, ankle], [57 * g, 57 * g, 36], 104 * g
        out, long = pose.foot_out[side], pose.foot_length[side] * 170 * size
        toes = ankle + by(sign * np.sin(out) * long, np.cos(out) * long)
        yield [ankle, toes], [38, 42], 50


def _trunk(sheet: Sheet, person: Person) -> np.ndarray:
    y, x = sheet.axes_mm
    chest, hips, g = person.chest_half_mm + 16 * person.girth, person.hip_half_mm + 78, person.girth
    waist = chest * (0.86 if person.is_woman else 0.92) * g**0.45
    at = np.array([262, 285, 330, 420, 520, 610, 690, 770, 830, 880, 905]) * person.trunk
    shoulders = person.shoulder_half_mm
    half = [45, 70, shoulders, chest + 8, chest + 2, waist, waist + 8, hips * g**0.6,
            hips * g**0.7, hips * g**0.6, 25]  # fmt: skip
    width = np.maximum(np.interp(y, at, half, left=0, right=0), 1e-3)
    deep = np.interp(y, at, np.array([0.5, 0.6, 0.75, 0.95, 1, 1, 1, 1, 0.95, 0.85, 0.6]))
    across = (x[None] - np.asarray(spine_x(person, y))[:, None] * 0.4) / width[:, None]
    round_ = np.clip(1 - np.abs(across) ** 2.4, 0, None) ** 0.5
    # Lungs hold little.
    lungs = 1 - 0.3 * np.exp(-(((y - 450 * person.trunk) / 95) ** 2))
    return (person.trunk_depth_mm * (deep * lungs)[:, None] * round_).astype(np.float32)


def ink_organs(sheet: Sheet, person: Person, pose: Pose, urine: dict[str, float], rng):
    """Ink kidneys, bladder and, at times, spilt urine or an injection.

    Returns where the bladder is, (x, y) in mm.
    """
    tissue, size = person.trunk_depth_mm, person.trunk
    for side in SIDES:
        _kidney(sheet, person, side, urine["kidneys"] * rng.lognormal(0, 0.18), rng)
    middle = pose.at("hips") + by(rng.normal(0, 5), 12 + rng.normal(0, 5))
    middle = turned(person, middle, 0.35, tissue)
    wide, tall = rng.uniform(14, 42), rng.uniform(10, 26)
    bladder = [middle - [wide * 0.6, 0], middle, middle + by(wide * 0.6, 0)]
    level = urine["bladder"]
    ink(
        sheet, stroke("bladder", None, bladder, [tall * 0.8, tall, tall * 0.8], level, 0.35, tissue)
    )
    if rng.random() < 0.12:
        drip = middle + by(rng.normal(0, 8), 55 * size + rng.normal(0, 8))
        line = [drip, drip + by(rng.normal(0, 6), 22)]
        ink(sheet, stroke("urine", None, line, [7, 5], level * rng.uniform(0.2, 0.8), 0.2, 80))
    if rng.random() < urine["injection"]:
        _injection(sheet, pose, rng)
    return middle


def _kidney(sheet, person, side, level, rng) -> None:
    sign, size = SIGN[side], person.trunk
    y = (575 + (8 if side == "right" else -6)) * size + rng.normal(0, 8)
    centre = np.array([float(spine_x(person, y)) + sign * (58 + rng.normal(0, 4)) * size, y])
    centre = turned(person, centre, 0.72, person.trunk_depth_mm)
    lean = np.array([sign * 0.26, 1.0])
    line = rounded([centre - 44 * lean, centre + by(sign * 8, 0), centre + 44 * lean])
    kidney = stroke("kidney", side, line, [9, 17, 19, 17, 9], level, 0.72, person.trunk_depth_mm)
    ink(sheet, kidney)
    pelvis = stroke(
        "kidney", side, centre - [sign * 8, 0], 9, level * 0.9, 0.7, person.trunk_depth_mm
    )
    ink(sheet, pelvis)


def _injection(sheet: Sheet, pose: Pose, rng) -> None:
    side = SIDES[rng.integers(2)]
    elbow, wrist = pose.at("elbow", side), pose.at("wrist", side)
    share = rng.choice([0.05, 0.6, 1.15], p=[0.5, 0.2, 0.3])
    spot = elbow + (wrist - elbow) * share + rng.normal(0, 5, 2)
    size = rng.uniform(3, 6)
    ink(sheet, stroke("injection", side, spot, size, rng.uniform(1.5, 5), 0.25, 60))
