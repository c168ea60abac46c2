"""What is hot beyond the organs, by kind of case; each kind is plain to a reader."""

from __future__ import annotations

import numpy as np

from .pet_canvas import Canvas, make_ellipsoid, paint_lump, paint_synovium, shift
from .pet_patient import SIDES, Patient, Uptake
from .pet_skeleton import bone_sites, cage_at

# Stations of lymph nodes, in fractions of the height; x is on either side.
STATIONS = {
    "cervical": ((0.004, 0.135, 0.030), (0.006, 0.152, 0.032)),
    "supraclavicular": ((-0.012, 0.172, 0.040), (-0.006, 0.176, 0.052)),
    "axillary": ((0.004, 0.212, 0.093), (-0.008, 0.224, 0.090)),
    "mediastinal": ((-0.010, 0.206, 0.006), (0.004, 0.226, 0.008), (-0.022, 0.215, 0.010)),
    "hilar": ((0.004, 0.236, 0.024), (0.006, 0.244, 0.027)),
    "para-aortic": ((0.000, 0.355, 0.010), (-0.006, 0.380, 0.010), (-0.006, 0.400, 0.012)),
    "iliac": ((0.004, 0.438, 0.026), (0.000, 0.458, 0.036)),
    "inguinal": ((-0.036, 0.502, 0.048), (-0.036, 0.514, 0.044)),
}
# Places of a tumour that is alone, in fractions of the height; x is on either side.
SOLITARY = (
    (0.010, 0.220, 0.055),
    (-0.012, 0.245, 0.055),
    (0.016, 0.255, 0.004),
    (-0.056, 0.258, 0.048),
    (-0.016, 0.342, 0.006),
    (-0.006, 0.118, 0.016),
    (-0.030, 0.405, 0.060),
)


def paint_disease(
    rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake, kind: str
) -> None:
    """Fill what is hot beyond the organs in a patient of this kind."""
    painter = {
        "brown-fat": _paint_brown_fat,
        "avid-muscle": _paint_avid_muscle,
        "mild-nodes": _paint_mild_nodes,
        "lymphoma": _paint_lymphoma,
        "lung-cancer": _paint_lung_cancer,
        "bone-metastases": _paint_bone_metastases,
        "liver-metastases": _paint_liver_metastases,
        "limb-sarcoma": _paint_sarcoma,
        "melanoma": _paint_melanoma,
        "solitary-tumour": _paint_solitary,
        "polymyalgia": _paint_polymyalgia,
        "rheumatoid-arthritis": _paint_rheumatoid,
        "sacroiliitis": _paint_sacroiliitis,
    }.get(kind)
    if painter:
        painter(rng, canvas, patient, uptake)


def _paint_brown_fat(
    rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake
) -> None:
    suv = rng.uniform(4, 10)
    for side, sign in SIDES:
        way = patient.height_mm * np.array(
            [(0.006, 0.142, 0.032), (0.0, 0.165, 0.036), (-0.006, 0.178, 0.058)]
        )
        way = np.vstack(
            [way * (1, 1, sign), shift(patient.joints["shoulder", side], -8, 22, -sign * 22)]
        )
        for t in rng.uniform(0, 3, 22):
            k, part = int(t), t % 1
            place = way[k] + part * (way[k + 1] - way[k]) + rng.normal(0, 5, 3)
            lump = make_ellipsoid(place, rng.uniform(4, 8, 3))
            canvas.paint(lump, suv * rng.uniform(0.6, 1.1), only_raise=True)
        for rib in range(1, 10):
            top, bottom = patient.vertebra(f"T{rib}")
            place = shift(patient.spine_at(0.5 * (top + bottom)), 10, 0, sign * 24)
            lump = make_ellipsoid(place, (6, 6, 5))
            canvas.paint(lump, 0.6 * suv * rng.uniform(0.5, 1.1), only_raise=True)


def _paint_avid_muscle(
    rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake
) -> None:
    groups = {
        "neck": ((0.010, 0.105, 0.030), (-0.006, 0.140, 0.024), (-0.026, 0.178, 0.010)),
        "trapezius": ((0.034, 0.130, 0.014), (0.036, 0.160, 0.034), (0.030, 0.172, 0.066)),
        "psoas": ((0.012, 0.350, 0.026), (0.010, 0.400, 0.034), (-0.012, 0.460, 0.048)),
        "gluteus": ((0.044, 0.435, 0.046), (0.050, 0.465, 0.056), (0.034, 0.505, 0.072)),
        "thigh": ((-0.030, 0.520, 0.066), (-0.036, 0.58, 0.060), (-0.028, 0.66, 0.050)),
    }
    for name in rng.choice(list(groups), rng.integers(1, 3), replace=False):
        suv, thick = rng.uniform(1.9, 3.4), rng.uniform(7, 11)
        for _, sign in SIDES:
            way = patient.height_mm * np.array(groups[name]) * (1, 1, sign)
            radii = thick * np.array([0.7, 1.0, 0.7])
            canvas.trace(way, radii, suv * rng.uniform(0.85, 1.15), only_raise=True)


def _paint_nodes(
    rng: np.random.Generator,
    canvas: Canvas,
    patient: Patient,
    station: str,
    sign: int,
    count: int,
    diameter_mm: tuple[float, float],
    suv: float,
) -> None:
    places = np.array(STATIONS[station]) * (1, 1, sign)
    for _ in range(count):
        place = patient.height_mm * places[rng.integers(len(places))] + rng.normal(0, 8, 3)
        paint_lump(rng, canvas, place, rng.uniform(*diameter_mm), suv * rng.uniform(0.7, 1.2))


def _paint_mild_nodes(
    rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake
) -> None:
    for station in rng.choice(["hilar", "axillary", "inguinal", "cervical"], 2, replace=False):
        suv = rng.uniform(1.7, 2.6)
        for _, sign in SIDES:
            _paint_nodes(rng, canvas, patient, station, sign, 2, (8, 12), suv)


def _paint_lymphoma(
    rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake
) -> None:
    suv = rng.uniform(6, 15)
    stations = rng.choice(list(STATIONS), rng.integers(2, 5), replace=False)
    for k, station in enumerate(stations):
        sign = rng.choice([-1, 1])
        _paint_nodes(rng, canvas, patient, station, sign, rng.integers(3, 7), (15, 34), suv)
        if k and rng.random() < 0.35:
            _paint_nodes(rng, canvas, patient, station, -sign, rng.integers(1, 4), (12, 22), suv)


def _paint_lung_cancer(
    rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake
) -> None:
    suv, sign = rng.uniform(7, 15), rng.choice([-1, 1])
    place = patient.height_mm * np.array(
        [rng.uniform(-0.02, 0.03), rng.uniform(0.20, 0.26), sign * rng.uniform(0.035, 0.055)]
    )
    paint_lump(rng, canvas, place, rng.uniform(24, 60), suv)
    _paint_nodes(rng, canvas, patient, "hilar", sign, rng.integers(1, 3), (14, 24), 0.8 * suv)
    count = rng.integers(2, 5)
    _paint_nodes(rng, canvas, patient, "mediastinal", sign, count, (12, 24), 0.8 * suv)
    if rng.random() < 0.4:
        gland = patient.at(0.020, 0.328, sign * 0.030)
        paint_lump(rng, canvas, gland, rng.uniform(18, 32), 0.9 * suv)


def _paint_bone_metastases(
    rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake
) -> None:
    suv, sites = rng.uniform(6, 14), bone_sites(patient)
    for k in rng.choice(len(sites), rng.integers(7, 19), replace=False):
        place = sites[k] + rng.normal(0, 4, 3)
        paint_lump(rng, canvas, place, rng.uniform(14, 32), suv * rng.uniform(0.6, 1.3))


def _paint_liver_metastases(
    rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake
) -> None:
    suv = uptake.liver * rng.uniform(3, 6.5)
    for _ in range(rng.integers(3, 10)):
        share = rng.uniform((-0.025, 0.285, -0.072), (0.025, 0.318, -0.025))
        place = patient.height_mm * share
        paint_lump(rng, canvas, place, rng.uniform(16, 45), suv * rng.uniform(0.75, 1.2))
    if rng.random() < 0.6:
        source = patient.at(-0.005, rng.uniform(0.36, 0.44), rng.choice([-0.062, 0.066]))
        paint_lump(rng, canvas, source, rng.uniform(26, 48), suv)


def _paint_sarcoma(
    rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake
) -> None:
    side, sign = SIDES[rng.integers(2)]
    leg = patient.legs[side]
    level = rng.uniform(0.52, 0.555) if rng.random() < 0.8 else rng.uniform(0.20, 0.215)
    if level < 0.5:
        shoulder, elbow = patient.joints["shoulder", side], patient.joints["elbow", side]
        centre, size = shoulder + 0.3 * (elbow - shoulder), rng.uniform(22, 32)
    else:
        x = np.interp(level * patient.height_mm, leg[:, 0], leg[:, 2])
        centre = np.array([rng.choice([-26.0, 26.0]), level * patient.height_mm, x + sign * 6])
        size = rng.uniform(28, 52)
    suv, radii = rng.uniform(5, 13), size * np.array([0.85, 1.25, 0.85])
    mass = make_ellipsoid(centre, radii * rng.uniform(0.85, 1.1, 3))
    canvas.paint(mass, suv * rng.uniform(0.35, 0.9), only_raise=True)
    canvas.paint(mass.shell(0.45 * size), suv, only_raise=True)
    for _ in range(8):
        place = centre + radii * rng.normal(0, 0.42, 3)
        lobe = make_ellipsoid(place, size * rng.uniform(0.15, 0.4, 3))
        canvas.paint(lobe, suv * rng.uniform(0.9, 1.35), only_raise=True)
    for _ in range(rng.integers(0, 4)):
        lung = patient.at(*rng.uniform((-0.02, 0.20, 0.035), (0.03, 0.26, 0.06)))
        paint_lump(rng, canvas, lung * (1, 1, rng.choice([-1, 1])), rng.uniform(12, 22), 0.8 * suv)


def _paint_melanoma(
    rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake
) -> None:
    suv, sites = rng.uniform(7, 16), bone_sites(patient)
    for _ in range(rng.integers(8, 22)):
        if rng.random() < 0.3:
            place = sites[rng.integers(len(sites))]
        elif rng.random() < 0.35:
            station = STATIONS[rng.choice(list(STATIONS))]
            place = patient.height_mm * np.array(station[0]) * (1, 1, rng.choice([-1, 1]))
        else:
            row = patient.trunk[rng.integers(20, len(patient.trunk))]
            angle, share = rng.uniform(0, 2 * np.pi), rng.uniform(0.45, 0.92)
            off = share * np.array([row[3] * np.cos(angle), 0, row[4] * np.sin(angle)])
            place = np.array([row[1], row[0], 0]) + off
        paint_lump(rng, canvas, place, rng.uniform(12, 28), suv * rng.uniform(0.5, 1.3))


def _paint_solitary(
    rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake
) -> None:
    place = patient.at(*SOLITARY[rng.integers(len(SOLITARY))]) * (1, 1, rng.choice([-1, 1]))
    paint_lump(rng, canvas, place, rng.uniform(26, 48), rng.uniform(8, 15))


def _sides_uneven(rng: np.random.Generator) -> list[tuple[str, int, float]]:
    """Return each side with the factor by which its joints differ from the mean."""
    tilt = rng.uniform(0.85, 1.15)
    return [("right", -1, tilt), ("left", 1, 2 - tilt)]


def _paint_shoulder(
    rng: np.random.Generator, canvas: Canvas, patient: Patient, side: str, suv: float
) -> None:
    centre, sign = patient.joints["shoulder", side], dict(SIDES)[side]
    paint_synovium(rng, canvas, centre, (27, 28, 26), suv)
    bursa = make_ellipsoid(shift(centre, -2, -20, sign * 14), (14, 6, 15))
    canvas.paint(bursa, suv * rng.uniform(0.7, 1.1), only_raise=True)


def _paint_hip(
    rng: np.random.Generator, canvas: Canvas, patient: Patient, side: str, suv: float
) -> None:
    centre, sign = patient.joints["hip", side], dict(SIDES)[side]
    paint_synovium(rng, canvas, shift(centre, 0, 3, sign * 4), (26, 27, 28), suv)


def _paint_polymyalgia(
    rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake
) -> None:
    suv = uptake.liver * rng.uniform(2.2, 3.8)
    height = patient.height_mm
    for side, sign, factor in _sides_uneven(rng):
        _paint_shoulder(rng, canvas, patient, side, factor * suv)
        _paint_hip(rng, canvas, patient, side, 0.85 * factor * suv)
        bursa = shift(patient.joints["hip", side], 10, 18, sign * 52)
        canvas.paint(make_ellipsoid(bursa, (12, 20, 6)), 0.9 * suv * factor, only_raise=True)
        seat = height * np.array([0.033, 0.521, sign * 0.035])
        canvas.paint(make_ellipsoid(seat, (8, 9, 14)), 0.85 * suv * factor, only_raise=True)
        front = -cage_at(patient, 0.184 * height)[0]
        joint = make_ellipsoid((front + 2, 0.183 * height, sign * 0.014 * height), (8, 9, 7))
        canvas.paint(joint, 0.75 * suv * factor, only_raise=True)
    for name in ("C6", "L3", "L4", "L5"):
        if rng.random() < 0.7:
            place = shift(patient.spine_at(patient.vertebra(name)[1]), 44, 4, 0)
            canvas.paint(make_ellipsoid(place, (9, 7, 5)), 0.8 * suv, only_raise=True)


def _paint_rheumatoid(
    rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake
) -> None:
    suv = uptake.liver * rng.uniform(2.4, 4.0)
    bags = {"elbow": (18, 20, 22), "wrist": (13, 16, 21), "knee": (30, 34, 38)}
    bags["ankle"] = (22, 15, 24)
    ankles, hips = rng.random() < 0.6, rng.random() < 0.4
    for side, sign, factor in _sides_uneven(rng):
        _paint_shoulder(rng, canvas, patient, side, factor * suv)
        for name, radii in bags.items():
            if name != "ankle" or ankles:
                place = patient.joints[name, side]
                paint_synovium(rng, canvas, place, radii, factor * suv)
        if hips:
            _paint_hip(rng, canvas, patient, side, 0.9 * factor * suv)
        _paint_knuckles(rng, canvas, patient, side, 0.8 * factor * suv)
        _paint_nodes(rng, canvas, patient, "axillary", sign, 2, (9, 13), 2.2)


def _paint_knuckles(
    rng: np.random.Generator, canvas: Canvas, patient: Patient, side: str, suv: float
) -> None:
    wrist, elbow = patient.joints["wrist", side], patient.joints["elbow", side]
    way = (wrist - elbow) / np.linalg.norm(wrist - elbow)
    across = np.cross(way, (1.0, 0, 0))
    for k in range(4):
        place = wrist + 78 * way + (k - 1.5) * 17 * across / np.linalg.norm(across)
        canvas.paint(make_ellipsoid(place, [7.0] * 3), suv * rng.uniform(0.6, 1.3), only_raise=True)


def _paint_sacroiliitis(
    rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake
) -> None:
    suv = uptake.liver * rng.uniform(2.2, 3.8)
    for side, sign, factor in _sides_uneven(rng):
        top = shift(patient.joints["si", side], 6, -22, sign * 9)
        bottom = shift(patient.joints["si", side], 4, 34, -sign * 8)
        for t in np.linspace(0, 1, 7):
            place = top + t * (bottom - top) + rng.normal(0, 1.5, 3)
            lump = make_ellipsoid(place, (15, 8, rng.uniform(6, 10)))
            canvas.paint(lump, factor * suv * rng.uniform(0.85, 1.2), only_raise=True)
        _paint_hip(rng, canvas, patient, side, 0.95 * factor * suv)
