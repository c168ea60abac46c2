"""What is normal and misleads: each with its own chance, whatever the disease."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from uptake_ml.phantom.solid_pet.canvas import Part, tube
from uptake_ml.phantom.solid_pet.foci import lump_parts
from uptake_ml.phantom.solid_pet.joints import BAGS, joint_place, lining
from uptake_ml.phantom.solid_pet.muscle import draw_muscles
from uptake_ml.phantom.solid_pet.patient import SIDES, Patient
from uptake_ml.phantom.solid_pet.sites import STATIONS
from uptake_ml.phantom.solid_pet.skeleton import cage_at
from uptake_ml.phantom.solid_pet.solids import make_ellipsoid, shift
from uptake_ml.phantom.solid_pet.uptake import Uptake

# Joints of age stay below the liver, which tells them from inflamed ones.
MOST_WORN_TO_LIVER = 0.95


def draw_variants(rng: np.random.Generator, patient: Patient, uptake: Uptake) -> list[Part]:
    """Return the solids of every variant that this patient has, with their SUV."""
    parts: list[Part] = []
    for draw, chance in _VARIANTS.items():
        if rng.random() < chance:
            parts += draw(rng, patient, uptake)
    return parts


def _suv(rng, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _brown_fat(rng, patient: Patient, uptake: Uptake) -> list[Part]:
    """Both sides alike along neck and clavicle, by chance beside the spine and the kidneys."""
    suv, parts = _suv(rng, 1.8, 13), []
    bits, by_spine, by_kidney = rng.integers(8, 45), rng.random() < 0.6, rng.random() < 0.25
    for side, sign in SIDES:
        way = patient.height_mm * np.array(
            [(0.006, 0.142, 0.032), (0.0, 0.165, 0.036), (-0.006, 0.178, 0.058)]
        )
        armpit = shift(patient.joints["shoulder", side], -8, 22, -sign * 22)
        way = np.vstack([way * (1, 1, sign), armpit])
        for t in rng.uniform(0, 3, bits):
            k, part = int(t), t % 1
            place = way[k] + part * (way[k + 1] - way[k]) + rng.normal(0, 5, 3)
            lump = make_ellipsoid(place, rng.uniform(4, 10, 3))
            parts.append((lump, suv * rng.uniform(0.5, 1.1)))
        for rib in range(1, 11) if by_spine else ():
            top, bottom = patient.vertebra(f"T{rib}")
            place = shift(patient.spine_at(0.5 * (top + bottom)), 10, 0, sign * 24)
            parts.append((make_ellipsoid(place, (6, 6, 5)), 0.6 * suv * rng.uniform(0.5, 1.2)))
        if by_kidney:
            gland = patient.at(0.022, 0.326, sign * 0.036) + rng.normal(0, 4, 3)
            parts.append((make_ellipsoid(gland, (8, 10, 10)), 0.6 * suv))
    return parts


def _muscles(rng, patient: Patient, uptake: Uptake) -> list[Part]:
    return draw_muscles(rng, patient)


def _larynx(rng, patient: Patient, uptake: Uptake) -> list[Part]:
    suv, parts = _suv(rng, 2, 7), []
    one_sided = rng.random() < 0.25
    for _, sign in SIDES[: 1 if one_sided else 2]:
        cord = patient.at(-0.016, 0.145, sign * 0.004)
        parts.append((make_ellipsoid(cord, (9, 4, 4)), suv * rng.uniform(0.8, 1.1)))
    if rng.random() < 0.5:
        parts.append((make_ellipsoid(patient.at(-0.008, 0.147, 0), (5, 6, 10)), suv))
    return parts


def _tonsils(rng, patient: Patient, uptake: Uptake) -> list[Part]:
    suv, parts = _suv(rng, 3, 9), []
    for _, sign in SIDES:
        tonsil = patient.at(-0.004, 0.108, sign * 0.012)
        parts.append((make_ellipsoid(tonsil, (8, 12, 6)), suv * rng.uniform(0.7, 1.2)))
    if rng.random() < 0.4:
        parts.append((make_ellipsoid(patient.at(0.004, 0.088, 0), (6, 6, 14)), 0.8 * suv))
    return parts


def _thymus(rng, patient: Patient, uptake: Uptake) -> list[Part]:
    suv, parts = _suv(rng, 1.4, 4.5), []
    if patient.age_years > 45:
        return parts
    front = -cage_at(patient, 0.21 * patient.height_mm)[0] + 18
    for _, sign in SIDES:
        lobe = np.array([(front, 0.195, 0.002 * sign), (front + 4, 0.235, 0.014 * sign)])
        lobe[:, 1:] *= patient.height_mm
        parts += [(solid, suv * rng.uniform(0.8, 1.1)) for solid in tube(lobe, (6, 9))]
    return parts


def _ureters(rng, patient: Patient, uptake: Uptake) -> list[Part]:
    suv, parts = uptake.urine * rng.uniform(0.2, 0.9), []
    stops = np.array([(0.02, 0.372, 0.03), (0.004, 0.40, 0.027), (0.010, 0.45, 0.032),
                      (-0.004, 0.48, 0.012)])  # fmt: skip
    for _, sign in SIDES:
        way = patient.height_mm * stops * (1, 1, sign) + rng.normal(0, 3, stops.shape)
        fine = np.linspace(0, 3, 24)
        line = np.column_stack([np.interp(fine, np.arange(4), p) for p in way.T])
        for _ in range(rng.integers(0, 4)):
            first, length = rng.integers(0, 20), rng.integers(2, 9)
            piece = line[first : first + length]
            heat = suv * rng.uniform(0.3, 1.0)
            parts += [(solid, heat) for solid in tube(piece, [rng.uniform(2.4, 4)] * len(piece))]
    return parts


def _womb_or_testes(rng, patient: Patient, uptake: Uptake) -> list[Part]:
    if not patient.is_woman:
        return []
    suv, parts = _suv(rng, 1.5, 6), []
    if patient.age_years < 52 or rng.random() < 0.3:
        womb = patient.at(0.008, 0.468, 0) + rng.normal(0, 5, 3)
        parts.append((make_ellipsoid(womb, rng.uniform((8, 10, 8), (16, 22, 18))), suv))
    if patient.age_years < 50 and rng.random() < 0.4:
        sign = rng.choice([-1, 1])
        ovary = patient.at(0.008, 0.462, sign * 0.026) + rng.normal(0, 4, 3)
        parts.append((make_ellipsoid(ovary, rng.uniform(6, 12, 3)), suv * rng.uniform(0.7, 1.2)))
    return parts


def _worn_joints(rng, patient: Patient, uptake: Uptake) -> list[Part]:
    """Mild uptake of ageing joints, the more the older; both sides, not alike."""
    parts, old = [], np.clip((patient.age_years - 25) / 50, 0.1, 1.0)
    chances = {"shoulder": 0.7, "hip": 0.35, "knee": 0.6, "acromioclavicular": 0.4,
               "sternoclavicular": 0.35, "elbow": 0.2, "wrist": 0.3, "ankle": 0.3}  # fmt: skip
    for joint, chance in chances.items():
        if rng.random() > chance * old:
            continue
        share = rng.uniform(0.45, MOST_WORN_TO_LIVER)
        for side, _ in SIDES:
            own = uptake.liver * min(share * rng.lognormal(0, 0.2), MOST_WORN_TO_LIVER)
            # The lumps of the lining reach 1.3 of it.
            parts += lining(rng, joint_place(patient, joint, side), BAGS[joint], own / 1.3)
    return parts


def _worn_spine(rng, patient: Patient, uptake: Uptake) -> list[Part]:
    """End plates and small joints of the arch, the more the older."""
    parts, h = [], patient.height_mm
    old = np.clip((patient.age_years - 30) / 40, 0.05, 1.0)
    for name in ("C4", "C5", "C6", "T6", "T7", "T8", "T9", "T10", "T11", "L2", "L3", "L4", "L5"):
        place = patient.spine_at(patient.vertebra(name)[1])
        suv = uptake.liver * rng.uniform(0.5, 1.15)
        width = np.interp(place[1] / h, (0.13, 0.24, 0.42), (12, 15, 24))
        if rng.random() < 0.2 * old:
            plate = shift(place, rng.normal(0, 4), rng.normal(0, 2), rng.normal(0, 8))
            parts.append((make_ellipsoid(plate, (9, 4, 0.7 * width)), suv))
        if rng.random() < 0.15 * old:
            facet = shift(place, 24, 0, rng.choice([-1, 1]) * width)
            parts.append((make_ellipsoid(facet, (7, 8, 6)), suv * rng.uniform(0.8, 1.3)))
    return parts


def _injected_vein(rng, patient: Patient, uptake: Uptake) -> list[Part]:
    """Tracer beside the vein, and at times along it up to the armpit or in a node there."""
    side, sign = SIDES[rng.integers(2)]
    suv, parts = _suv(rng, 3, 60), []
    shoulder, elbow, wrist, hand = (
        patient.joints[k, side] for k in ("shoulder", "elbow", "wrist", "hand")
    )
    site = elbow if rng.random() < 0.7 else wrist + rng.uniform(0, 1) * (hand - wrist)
    site = shift(site, -14, 0, 0)
    parts.append((make_ellipsoid(site, rng.uniform(4, 10, 3)), suv))
    if rng.random() < 0.5:
        way = np.array([site, 0.5 * (elbow + shoulder) - (8, 0, sign * 8), shoulder - (6, 0, 0)])
        count = int(rng.integers(2, 4))
        heat = min(suv, 20) * rng.uniform(0.1, 0.8)
        parts += [(solid, heat) for solid in tube(way[:count], [3.0] * count)]
    if rng.random() < 0.3:
        parts += _nodes(rng, patient, "axillary", sign, 2, suv=_suv(rng, 1.5, 5))
    return parts


def _nodes(rng, patient: Patient, station: str, sign: int, count: int, suv: float) -> list[Part]:
    places, parts = np.array(STATIONS[station].places) * (1, 1, sign), []
    for _ in range(count):
        place = patient.height_mm * places[rng.integers(len(places))] + rng.normal(0, 6, 3)
        parts += lump_parts(rng, place, rng.uniform(3.5, 6), suv * rng.uniform(0.7, 1.2))
    return parts


def _mild_nodes(rng, patient: Patient, uptake: Uptake) -> list[Part]:
    parts = []
    stations = ["hilar", "hilar", "axillary", "inguinal", "cervical"]
    for station in dict.fromkeys(rng.choice(stations, 2).tolist()):
        suv = _suv(rng, 1.3, 3.0)
        for _, sign in SIDES:
            parts += _nodes(rng, patient, station, sign, int(rng.integers(1, 4)), suv)
    return parts


def _gullet(rng, patient: Patient, uptake: Uptake) -> list[Part]:
    way = patient.height_mm * np.array([(0.012, 0.20, 0.0), (0.016, 0.25, 0.002),
                                        (0.006, 0.288, 0.01)])  # fmt: skip
    suv = _suv(rng, 1.5, 4)
    first = int(rng.integers(0, 2))
    return [(solid, suv) for solid in tube(way[first:], [5.0, 6.0, 7.0][first:])]


def _caecum_or_anus(rng, patient: Patient, uptake: Uptake) -> list[Part]:
    suv = _suv(rng, 2.5, 9)
    places = {"caecum": (-0.012, 0.44, -0.055), "anus": (0.030, 0.522, 0),
              "sigmoid": (-0.004, 0.456, 0.02), "duodenum": (-0.006, 0.352, -0.016)}  # fmt: skip
    place = patient.at(*places[str(rng.choice(list(places)))]) + rng.normal(0, 4, 3)
    return [(make_ellipsoid(place, rng.uniform(8, 18, 3)), suv)]


_VARIANTS: dict[Callable, float] = {
    _brown_fat: 0.13,
    _muscles: 0.3,
    _larynx: 0.22,
    _tonsils: 0.3,
    _thymus: 0.3,
    _ureters: 0.5,
    _womb_or_testes: 0.5,
    _worn_joints: 0.8,
    _worn_spine: 0.8,
    _injected_vein: 0.12,
    _mild_nodes: 0.2,
    _gullet: 0.15,
    _caecum_or_anus: 0.25,
}
