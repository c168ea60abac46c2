"""The bones: vertebrae and discs along a curve, ribs as arcs, fans of struts for the pelvis."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.solid_pet.canvas import Canvas
from uptake_ml.phantom.solid_pet.patient import SECTIONS, SIDES, Patient
from uptake_ml.phantom.solid_pet.solids import CELL_MM, Solid, make_column, make_ellipsoid, shift
from uptake_ml.phantom.solid_pet.uptake import Uptake

# Level, half depth and half width of the rib cage, in fractions of the height.
CAGE = np.array(
    [
        (0.168, 0.022, 0.030),
        (0.185, 0.037, 0.055),
        (0.205, 0.046, 0.070),
        (0.240, 0.052, 0.076),
        (0.290, 0.055, 0.079),
        (0.340, 0.052, 0.075),
        (0.385, 0.046, 0.067),
    ]
)
# Share of the way round the chest that each rib covers, and how far its front end hangs down.
RIB_REACH = (0.80, 0.86, 0.90, 0.90, 0.88, 0.86, 0.82, 0.76, 0.70, 0.62, 0.46, 0.30)
RIB_DROP = (0.012, 0.026, 0.038, 0.046, 0.050, 0.054, 0.056, 0.056, 0.054, 0.050, 0.036, 0.020)
# Level of the front of the lower jaw.
MANDIBLE = 0.122
# Level, half depth and half width of the vertebral bodies and the sacrum.
BODIES = np.array(
    [
        (0.094, 0.0050, 0.0065),
        (0.165, 0.0062, 0.0085),
        (0.240, 0.0090, 0.0095),
        (0.322, 0.0105, 0.0128),
        (0.424, 0.0115, 0.0160),
        (0.428, 0.0130, 0.0330),
        (0.446, 0.0110, 0.0310),
        (0.468, 0.0075, 0.0180),
        (0.487, 0.0040, 0.0065),
    ]
)


def cage_at(patient: Patient, s_mm: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Return half depth and half width of the rib cage at a level, in mm."""
    height = patient.height_mm
    level = np.asarray(s_mm) / height
    depth, width = (height * np.interp(level, CAGE[:, 0], CAGE[:, k]) for k in (1, 2))
    return depth, width


def make_cage(patient: Patient, shrink_mm: float) -> Solid:
    """Return the space that the ribs enclose, from its top down to the twelfth pair."""
    rows = CAGE * patient.height_mm
    flat = np.zeros((len(rows), 1))
    return make_column(np.hstack([rows[:, :1], flat, flat, rows[:, 1:]]), 2.2, shrink_mm)


def rib_points(patient: Patient, rib: int, sign: int) -> np.ndarray:
    """Return (n, 3) points in mm along a rib, 1 to 12, from the spine to its front end."""
    top, bottom = patient.vertebra(f"T{rib}")
    angle = np.linspace(0.16, RIB_REACH[rib - 1], 13) * np.pi
    drop = RIB_DROP[rib - 1] * patient.height_mm
    s = 0.5 * (top + bottom) - 4 + drop * (1 - np.cos(angle)) / 2
    depth, width = cage_at(patient, s)
    return np.column_stack([depth * np.cos(angle), s, sign * width * np.sin(angle)])


def paint_skeleton(canvas: Canvas, patient: Patient, uptake: Uptake) -> None:
    """Fill all bones."""
    _paint_head(canvas, patient, uptake)
    for side, sign in SIDES:
        for rib in range(1, 13):
            points = rib_points(patient, rib, sign)
            canvas.trace(points, [5.6] * len(points), 0.8 * uptake.marrow)
        _paint_girdle(canvas, patient, uptake, side, sign)
        _paint_pelvis(canvas, patient, uptake, side, sign)
        _paint_limbs(canvas, patient, uptake, side)
    _paint_sternum(canvas, patient, uptake)
    _paint_spine(canvas, patient, uptake)


def _paint_spine(canvas: Canvas, patient: Patient, uptake: Uptake) -> None:
    height = patient.height_mm
    names = [f"{letter}{k + 1}" for letter, count, *_ in SECTIONS for k in range(count)]
    edges = np.array([patient.vertebra(name)[0] for name in names])
    levels = np.linspace(BODIES[0, 0], BODIES[-1, 0], 160)
    sizes = [height * np.interp(levels, BODIES[:, 0], BODIES[:, k]) for k in (1, 2)]
    knots = np.column_stack([height * levels, patient.spine_at(height * levels)[:, [0, 2]], *sizes])

    def suv(a, s, x):
        gap = np.abs(s[..., None] - edges).min(axis=-1)
        half_mm = np.interp(s / height, (0.1, 0.165, 0.32, 0.42), (1.5, 1.8, 3.2, 5.0))
        share = np.clip(0.5 - (gap - half_mm) / CELL_MM, 0, 1)
        disc = min(uptake.disc, uptake.marrow)
        return (uptake.marrow + share * (disc - uptake.marrow)).astype(np.float32)

    for name in names:
        _paint_arch(canvas, patient, uptake, name)
    canvas.paint(make_column(knots, 2.4), suv)
    canal = patient.spine_at(np.linspace(0.09, 0.345, 40) * height)
    canal[:, 0] += np.interp(canal[:, 1] / height, (0.09, 0.165, 0.345), (0.010, 0.012, 0.016)) * (
        height
    )
    canvas.trace(canal, [4.5] * len(canal), 0.85 * uptake.blood)


def _paint_arch(canvas: Canvas, patient: Patient, uptake: Uptake, name: str) -> None:
    top, bottom = patient.vertebra(name)
    middle = patient.spine_at(0.5 * (top + bottom))
    wide = np.interp(middle[1] / patient.height_mm, (0.1, 0.2, 0.42), (15, 24, 30))
    for sign in (-1, 1):
        pedicle = shift(middle, 14, 0, 0.5 * sign * wide)
        canvas.trace(
            np.array([pedicle, shift(middle, 26, 4, sign * wide)]), [5, 3.5], 0.8 * uptake.marrow
        )
        canvas.trace(np.array([pedicle, shift(middle, 30, 5, 0)]), [4, 4], 0.75 * uptake.marrow)
    tip = np.array([shift(middle, 30, 5, 0), shift(middle, 46, 13, 0)])
    canvas.trace(tip, [4.5, 4.0], 0.75 * uptake.marrow)


def _paint_sternum(canvas: Canvas, patient: Patient, uptake: Uptake) -> None:
    for top, bottom, width in ((0.184, 0.205, 0.014), (0.208, 0.262, 0.0095)):
        levels = np.linspace(top, bottom, 5) * patient.height_mm
        depth, _ = cage_at(patient, levels)
        for s, front in zip(levels, depth, strict=True):
            part = (6.0, 11.0, width * patient.height_mm)
            canvas.paint(make_ellipsoid((-front + 2, s, 0), part, exponent=2.8), uptake.marrow)


def _paint_girdle(canvas: Canvas, patient: Patient, uptake: Uptake, side: str, sign: int) -> None:
    height, shoulder = patient.height_mm, patient.joints["shoulder", side]
    acromion = shoulder + height * np.array([0.006, -0.014, sign * 0.006])
    inner = np.array(
        [-cage_at(patient, 0.184 * height)[0] + 4, 0.182 * height, sign * 0.013 * height]
    )
    bend = 0.5 * (inner + acromion) + (-8, -3, 0)
    canvas.trace(np.array([inner, bend, acromion]), [7, 5.5, 5.5], 0.65 * uptake.marrow)
    glenoid = shoulder + height * np.array([0.006, 0.002, -sign * 0.016])
    depth, width = cage_at(patient, 0.215 * height)
    root = np.array([0.80 * depth + 12, 0.205 * height, sign * 0.62 * width])
    tip = np.array([0.86 * depth + 14, 0.272 * height, sign * 0.70 * width])
    canvas.trace(np.array([glenoid, tip]), [8, 4.5], 0.7 * uptake.marrow)
    canvas.trace(np.array([root, acromion]), [4, 5.5], 0.65 * uptake.marrow)
    canvas.trace(np.array([root, tip]), [3.5, 4.5], 0.6 * uptake.marrow)


def crest_points(patient: Patient, sign: int) -> np.ndarray:
    """Return (19, 3) points in mm along the iliac crest, from the back to the front."""
    angles = np.linspace(0, np.pi, 19)
    return patient.height_mm * np.column_stack(
        [
            0.004 + 0.042 * np.cos(angles),
            0.430 - 0.022 * np.sin(angles),
            sign * (0.032 + 0.042 * np.sin(0.62 * angles) ** 0.8),
        ]
    )


def _paint_pelvis(canvas: Canvas, patient: Patient, uptake: Uptake, side: str, sign: int) -> None:
    hip, height = patient.joints["hip", side], patient.height_mm
    crest = crest_points(patient, sign)
    suv = 0.92 * uptake.marrow
    roof = hip + height * np.array([0.0, -0.012, sign * 0.004])
    for point in crest:
        canvas.trace(np.array([point, roof]), [5.0, 8.5], suv)
    canvas.trace(crest, [6.0] * len(crest), suv)
    seat = height * np.array([0.030, 0.518, sign * 0.034])
    pubis = height * np.array([-0.036, 0.494, sign * 0.007])
    canvas.trace(np.array([shift(hip, 12, 8, -sign * 6), seat]), [10, 9], 0.8 * suv)
    canvas.trace(np.array([shift(hip, -14, 4, -sign * 14), pubis]), [7, 7], 0.8 * suv)
    canvas.trace(np.array([pubis, seat]), [6, 6], 0.7 * suv)


def _paint_limbs(canvas: Canvas, patient: Patient, uptake: Uptake, side: str) -> None:
    joints = {name: point for (name, other), point in patient.joints.items() if other == side}
    height, sign = patient.height_mm, dict(SIDES)[side]
    near, shaft = uptake.limb_marrow * uptake.marrow, uptake.shaft_marrow
    end = 0.5 * near + 0.5 * shaft
    bulge = joints["hip"] + height * np.array([0.006, 0.012, sign * 0.026])
    start = joints["hip"] + height * np.array([0.0, 0.034, sign * 0.023])
    canvas.paint(make_ellipsoid(joints["hip"], [23.0] * 3), uptake.joint)
    canvas.paint(make_ellipsoid(joints["hip"], [0.0125 * height] * 3), near)
    canvas.trace(np.array([joints["hip"], bulge]), [12, 13], near)
    canvas.trace(np.array([bulge, start]), [13, 11], near)
    third = start + 0.3 * (joints["knee"] - start)
    canvas.trace(np.array([start, third]), [11, 10], 0.6 * near + 0.4 * shaft)
    canvas.trace(np.array([third, joints["knee"] - (0, 45, 0)]), [10, 11], shaft)
    _paint_knob(canvas, joints["knee"] - (0, 16, 0), (20, 22, 32), end)
    _paint_knob(canvas, shift(joints["knee"], 0, 20, 0), (18, 14, 30), end)
    canvas.trace(np.array([shift(joints["knee"], 0, 30, 0), joints["ankle"]]), [12, 9], shaft)
    canvas.paint(make_ellipsoid(shift(joints["ankle"], 8, 18, 0), (26, 14, 16)), end)
    canvas.paint(make_ellipsoid(joints["shoulder"], [27.0] * 3), uptake.joint)
    canvas.paint(make_ellipsoid(joints["shoulder"], [0.0122 * height] * 3), near)
    neck = joints["shoulder"] + 0.22 * (joints["elbow"] - joints["shoulder"])
    canvas.trace(np.array([joints["shoulder"], neck]), [17, 10], 0.8 * near + 0.2 * shaft)
    canvas.trace(np.array([neck, joints["elbow"]]), [9, 9], shaft)
    canvas.trace(np.array([joints["elbow"], joints["wrist"]]), [9, 8], shaft)


def _paint_knob(canvas: Canvas, centre: np.ndarray, radii: tuple[float, ...], suv: float) -> None:
    canvas.paint(make_ellipsoid(centre, radii, exponent=2.6), suv)


def _paint_head(canvas: Canvas, patient: Patient, uptake: Uptake) -> None:
    skull = make_ellipsoid(patient.at(-0.004, 0.050, 0), patient.at(0.053, 0.048, 0.0415))
    canvas.paint(skull.shell(7.0), 0.4 * uptake.marrow + 0.25)
    angle = np.linspace(-0.5, 0.5, 9) * np.pi
    arch = patient.height_mm * np.column_stack(
        [
            0.004 - 0.048 * np.cos(angle),
            MANDIBLE - 0.010 * np.abs(np.sin(angle)),
            0.029 * np.sin(angle),
        ]
    )
    canvas.trace(arch, [6.0] * len(arch), 0.55 * uptake.marrow)
    for _, sign in SIDES:
        ramus = np.array([(0.004, MANDIBLE - 0.01, 0.029 * sign), (0.006, 0.082, 0.032 * sign)])
        canvas.trace(patient.height_mm * ramus, [6.0, 5.0], 0.5 * uptake.marrow)
