"""The organs: head, chest, belly and urinary tract, each a few smooth solids."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import make_interp_spline

from .pet_canvas import Canvas, Solid, make_capsule, make_column, make_ellipsoid, shift
from .pet_patient import SIDES, Patient, Uptake
from .pet_skeleton import cage_at, make_cage

# Way of the large bowel, from the caecum to the rectum, in fractions of the height.
COLON = np.array(
    [
        (-0.012, 0.445, -0.054),
        (0.000, 0.410, -0.059),
        (-0.002, 0.368, -0.057),
        (-0.030, 0.362, -0.040),
        (-0.040, 0.374, 0.000),
        (-0.030, 0.356, 0.040),
        (0.004, 0.338, 0.058),
        (0.006, 0.385, 0.060),
        (0.000, 0.428, 0.058),
        (-0.010, 0.450, 0.044),
        (-0.006, 0.458, 0.010),
        (0.020, 0.456, 0.004),
        (0.030, 0.480, 0.000),
        (0.026, 0.505, 0.000),
    ]
)


def paint_head(rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake) -> None:
    """Fill brain, salivary glands, throat, larynx and thyroid."""
    height = patient.height_mm
    brain = make_ellipsoid(patient.at(-0.004, 0.047, 0), patient.at(0.048, 0.039, 0.0365))
    canvas.paint(brain, 0.42 * uptake.cortex)
    canvas.paint(brain.shell(13.0), uptake.cortex)
    for _, sign in SIDES:
        for a, s, x, radius, suv in (
            (-0.008, 0.052, 0.013, 11, uptake.cortex),
            (0.017, 0.078, 0.013, 19, 0.75 * uptake.cortex),
            (-0.020, 0.078, 0.024, 16, 0.7 * uptake.cortex),
        ):
            canvas.paint(make_ellipsoid(patient.at(a, s, sign * x), [radius] * 3), suv)
    _paint_throat(rng, canvas, patient, uptake)
    thyroid = rng.uniform(1.0, 1.6)
    for _, sign in SIDES:
        lobe = make_ellipsoid(patient.at(-0.016, 0.157, sign * 0.011), (8, 0.012 * height, 7))
        canvas.paint(lobe, thyroid)


def _paint_throat(
    rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake
) -> None:
    parts = (
        (-0.003, 0.098, 0.033, (13, 20, 8), uptake.gland),
        (-0.014, 0.122, 0.020, (12, 9, 8), 1.15 * uptake.gland),
        (-0.004, 0.108, 0.012, (7, 11, 5), 1.25 * uptake.throat),
        (-0.038, 0.066, 0.019, (10, 5, 9), 1.3 * uptake.muscle + 0.8),
    )
    for _, sign in SIDES:
        for a, s, x, radii, suv in parts:
            place = patient.at(a, s, sign * x) + rng.normal(0, 1.5, 3)
            canvas.paint(make_ellipsoid(place, radii), suv * rng.uniform(0.88, 1.12))
    canvas.paint(make_ellipsoid(patient.at(-0.040, 0.085, 0), (12, 18, 15)), 1.3)
    canvas.paint(make_ellipsoid(patient.at(-0.026, 0.111, 0), (22, 10, 16)), 0.75 * uptake.throat)
    larynx = make_ellipsoid(patient.at(-0.018, 0.144, 0), (11, 13, 11))
    canvas.paint(larynx.shell(5.0), 0.75 * uptake.throat)
    airway = make_capsule(patient.at(-0.008, 0.12, 0), patient.at(0.004, 0.215, 0), 8.0, 8.0)
    canvas.paint(airway, 0.3)


def make_lung(patient: Patient, sign: int) -> Solid:
    """Return the lung of one side, above its half of the diaphragm."""
    middle = make_ellipsoid(patient.at(0.0, 0.225, 0.004), patient.at(0.075, 0.12, 0.021))
    cage = make_cage(patient, 9.0).without(middle)
    dome = dome_mm(patient, sign)

    def distance_mm(a, s, x):
        return np.maximum(cage.distance_mm(a, s, x), np.maximum(s - dome(a, x), 3 - sign * x))

    return Solid(low_mm=cage.low_mm, high_mm=cage.high_mm, distance_mm=distance_mm)


def dome_mm(patient: Patient, sign: int):
    """Return the level of the diaphragm as a function of a and x, all in mm."""
    height = patient.height_mm
    depth, width = cage_at(patient, 0.28 * height)
    top = height * (0.268 if sign < 0 else 0.277)

    def level_mm(a, x):
        aside = sign * x - 0.48 * width
        reach = np.where(aside > 0, 0.62 * width, 1.1 * width)
        off = (aside / reach) ** 2 + (a / depth) ** 2
        back = 0.35 * np.maximum(a, 0) / depth
        return top + 0.052 * height * (np.minimum(off, 1.6) ** 1.2 * 0.8 + back)

    return level_mm


def make_liver(patient: Patient, low: float) -> Solid:
    """Return the liver; ``low`` moves its lower edge, in fractions of the height."""
    height = patient.height_mm
    cage, dome = make_cage(patient, 10.0), dome_mm(patient, -1)

    def distance_mm(a, s, x):
        edge = height * (0.316 + low) - 0.55 * x + 0.18 * a
        left = 0.8 * (a - 0.028 * height) + 0.5 * np.maximum(x + 0.035 * height, 0)
        tip = 0.7 * (x - 0.046 * height)
        parts = (dome(a, x) + 3 - s, 0.85 * (s - edge), left + 0 * s, tip + 0 * s + 0 * a)
        total = cage.distance_mm(a, s, x)
        for part in parts:
            total = _round_max(total, part, 9.0)
        return total

    return Solid(low_mm=cage.low_mm, high_mm=cage.high_mm, distance_mm=distance_mm)


def _round_max(one: np.ndarray, other: np.ndarray, radius_mm: float) -> np.ndarray:
    """Return the larger distance, with the edge between both rounded off."""
    blend = np.maximum(radius_mm - np.abs(one - other), 0) / radius_mm
    return np.maximum(one, other) + 0.25 * radius_mm * blend**2


def paint_chest(rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake) -> None:
    """Fill lungs, great vessels and the heart."""
    height = patient.height_mm
    for _, sign in SIDES:
        canvas.paint(make_lung(patient, sign), uptake.lung)
    heart = patient.at(-0.020, 0.262, 0.016)
    canvas.paint(make_ellipsoid(heart, patient.at(0.028, 0.031, 0.033)), 0.95 * uptake.blood)
    axis = np.array([-0.5, 0.5, 0.7]) + rng.normal(0, 0.08, 3)
    axis /= np.linalg.norm(axis)
    side = np.cross(axis, (1.0, 0, 0))
    side /= np.linalg.norm(side)
    turn = np.array([axis, side, np.cross(axis, side)])
    middle = heart + height * np.array([-0.002, 0.004, 0.012])
    wall = make_ellipsoid(middle, (0.027 * height, 0.019 * height, 0.019 * height), turn)
    base = make_ellipsoid(middle - 0.025 * height * axis, [0.015 * height] * 3)
    canvas.paint(wall, uptake.blood)
    canvas.paint(wall.shell(11.0).without(base), uptake.heart)
    _paint_vessels(canvas, patient, uptake)


def _paint_vessels(canvas: Canvas, patient: Patient, uptake: Uptake) -> None:
    height = patient.height_mm
    aorta = height * np.array(
        [
            (-0.010, 0.245, -0.004),
            (-0.010, 0.215, -0.006),
            (0.002, 0.201, 0.002),
            (0.018, 0.206, 0.012),
            (0.020, 0.240, 0.014),
            (0.012, 0.300, 0.010),
            (0.000, 0.340, 0.004),
            (-0.006, 0.408, 0.004),
        ]
    )
    canvas.trace(aorta, [14, 14, 13, 12, 12, 11, 9, 8.5], uptake.blood)
    cava = height * np.array([(-0.006, 0.19, -0.014), (-0.004, 0.25, -0.014)])
    canvas.trace(cava, [9, 10], uptake.blood)
    lower = height * np.array([(0.002, 0.285, -0.012), (-0.004, 0.41, -0.010)])
    canvas.trace(lower, [11, 10], uptake.blood)
    for _, sign in SIDES:
        iliac = ((-0.005, 0.41, 0.004), (0.010, 0.45, 0.028), (-0.024, 0.49, 0.046))
        way = height * np.array([*iliac, (-0.016, 0.56, 0.046)]) * (1, 1, sign)
        canvas.trace(way, [7.5, 7, 6, 5.5], 0.95 * uptake.blood)


def paint_belly(
    rng: np.random.Generator,
    canvas: Canvas,
    patient: Patient,
    uptake: Uptake,
    spleen_size: float,
) -> None:
    """Fill liver, spleen, stomach, bowel and pelvic organs."""
    height = patient.height_mm
    _paint_cavity(canvas, patient, uptake)
    _paint_small_bowel(rng, canvas, patient, uptake)
    points = COLON * height + rng.normal(0, 0.006 * height, COLON.shape)
    way = _bend(points, 100)
    heat = uptake.bowel * np.repeat(rng.lognormal(-0.15, 0.35, 20), 5)
    radii = 12.5 + 2.5 * np.sin(np.arange(100) * 1.3) + rng.normal(0, 1, 100)
    for k in range(len(way) - 1):
        canvas.trace(way[k : k + 2], radii[k : k + 2], heat[k])
    stomach = make_ellipsoid(
        patient.at(-0.014, 0.310, 0.036), patient.at(0.022, 0.030, 0.024), exponent=2.2
    )
    canvas.paint(stomach, 0.6)
    canvas.paint(stomach.shell(7.0), rng.uniform(1.2, 2.2))
    canvas.paint(make_liver(patient, rng.normal(0, 0.008)), uptake.liver)
    lean = _turn_about_a(rng.normal(0.35, 0.1))
    spleen = make_ellipsoid(
        patient.at(0.026, 0.309, 0.060),
        spleen_size * patient.at(0.027, 0.033, 0.0165),
        lean,
    )
    canvas.paint(spleen.within(make_cage(patient, 8.0)), uptake.spleen)
    if not patient.is_woman:
        for _, sign in SIDES:
            testis = make_ellipsoid(patient.at(-0.046, 0.538, sign * 0.012), (12, 17, 11))
            canvas.paint(testis, rng.uniform(1.4, 2.6))
    canvas.paint(make_ellipsoid(patient.at(0.030, 0.522, 0), (10, 16, 8)), rng.uniform(1.2, 2.4))


def _paint_cavity(canvas: Canvas, patient: Patient, uptake: Uptake) -> None:
    inner = patient.trunk[(patient.trunk[:, 0] > 0.29 * patient.height_mm)]
    wall = patient.fat_mm + 14
    knots = inner[inner[:, 0] < 0.50 * patient.height_mm] + (0, -6, 0, -wall - 8, -wall)
    pelvis = np.interp(knots[:, 0] / patient.height_mm, (0.43, 0.50), (1.0, 0.62))
    knots[:, 3:] *= pelvis[:, None]
    canvas.paint(make_column(knots, 2.3), 0.5 * uptake.fat + 0.5 * uptake.muscle)


def _paint_small_bowel(
    rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake
) -> None:
    for _ in range(10):
        places = 0.6 * rng.normal(0, 1, 3) + np.cumsum(rng.normal(0, 0.3, (6, 3)), axis=0)
        places /= np.maximum(np.linalg.norm(places, axis=1, keepdims=True), 1)
        way = patient.height_mm * ((-0.014, 0.41, 0.0) + places * (0.020, 0.042, 0.046))
        suv = 0.75 * uptake.bowel * rng.lognormal(0, 0.3)
        canvas.trace(_bend(way, 20), rng.uniform(7, 11, 20), max(suv, 0.7))


def _bend(points: np.ndarray, count: int) -> np.ndarray:
    """Return a smooth way of so many points through the given ones."""
    spline = make_interp_spline(np.arange(len(points)), points, k=3)
    return spline(np.linspace(0, len(points) - 1, count))


def paint_urine(rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake) -> None:
    """Fill kidneys with their pelves, pieces of the ureters, and the bladder."""
    bladder = patient.at(-0.012, 0.482, rng.normal(0, 0.003))
    for _, sign in SIDES:
        kidney = patient.at(0.030, 0.353 if sign < 0 else 0.345, sign * 0.043)
        kidney += rng.normal(0, 5, 3)
        turn = _turn_about_a(-sign * rng.uniform(0.12, 0.35))
        size = patient.at(0.0155, 0.031, 0.0165) * rng.uniform(0.92, 1.08)
        hilum = shift(kidney, -3, 2, -sign * 13)
        _paint_kidney(rng, canvas, kidney, hilum, size, turn, uptake)
        stops = np.array(
            [
                shift(hilum, -4, 10, -sign * 3),
                patient.at(0.004, 0.40, sign * 0.027),
                patient.at(0.010, 0.45, sign * 0.032),
                shift(bladder, 14, -4, sign * 16),
            ]
        )
        _paint_ureter(rng, canvas, stops, uptake.urine)
    radii = rng.uniform((20, 16, 24), (34, 36, 44))
    canvas.paint(make_ellipsoid(bladder - (0, 0.3 * radii[1], 0), radii), uptake.bladder)


def _paint_kidney(
    rng: np.random.Generator,
    canvas: Canvas,
    kidney: np.ndarray,
    hilum: np.ndarray,
    size: np.ndarray,
    turn: np.ndarray,
    uptake: Uptake,
) -> None:
    """Fill an uneven parenchyma, the sinus, and calyces that run to the pelvis."""
    sinus = make_ellipsoid(hilum, (14, 0.5 * size[1], 14), turn)
    canvas.paint(make_ellipsoid(kidney, size, turn).without(sinus), 0.8 * uptake.kidney)
    for _ in range(12):
        way = rng.normal(0, 1, 3)
        place = kidney + (0.72 * size * way / np.linalg.norm(way)) @ turn
        lump = make_ellipsoid(place, rng.uniform(5, 11, 3)).without(sinus)
        canvas.paint(lump, uptake.kidney * rng.uniform(0.8, 1.35), only_raise=True)
    pelvis = shift(hilum, -4, 4, 0)
    for _ in range(rng.integers(0, 5)):
        calyx = kidney + rng.normal(0, 1, 3) * (3, 0.28 * size[1], 3)
        heat = uptake.urine * rng.uniform(0.2, 1.0)
        canvas.trace(np.array([calyx, pelvis]), rng.uniform(2.5, 5, 2), heat, only_raise=True)


def _paint_ureter(rng: np.random.Generator, canvas: Canvas, stops: np.ndarray, suv: float) -> None:
    fine = np.linspace(0, len(stops) - 1, 28)
    way = np.column_stack([np.interp(fine, np.arange(len(stops)), p) for p in stops.T])
    for _ in range(rng.integers(0, 3)):
        first, length = rng.integers(0, 22), rng.integers(2, 7)
        piece = way[first : first + length]
        canvas.trace(piece, [3.2] * len(piece), suv * rng.uniform(0.3, 0.9), only_raise=True)


def _turn_about_a(angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, c, s], [0, -s, c]])
