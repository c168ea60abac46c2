"""Kinds of focal disease: which lesions each has, where and how many."""

import numpy as np

from .bowel import colon_path
from .kind import Kind
from .lesions import (
    bone_metastases,
    chain,
    hot,
    liver_metastases,
    lung_metastases,
    lung_point,
    mass,
)
from .person import SIDES
from .scene import Scene
from .sites import nodes, station
from .skeleton import vertebra, vertebra_mm

HEAD_NODES = ("upper neck", "mid neck", "lower neck", "supraclavicular")
CHEST_NODES = ("upper mediastinum", "prevascular", "hilum", "subcarinal")
BELLY_NODES = ("upper abdomen", "para-aortic", "mesentery", "common iliac")
PELVIC_NODES = ("external iliac", "internal iliac", "groin")


def _side(rng: np.random.Generator) -> float:
    return float(rng.choice([-1.0, 1.0]))


def _lymphoma(scene: Scene) -> None:
    """Node groups of neighbouring regions, large and hot; sometimes the spleen, rarely bone."""
    rng, suv = scene.rng, hot(scene.rng, 9)
    regions = [HEAD_NODES, ("axilla",), CHEST_NODES, BELLY_NODES, PELVIC_NODES]
    first = int(rng.integers(0, len(regions)))
    last = min(len(regions), first + int(rng.integers(1, 4)))
    lead = _side(rng)
    for region in regions[first:last]:
        for sign in (lead, -lead):
            chance = 0.85 if sign == lead else 0.4
            chain(scene, region, sign, suv, chance=chance, big=rng.uniform(1.0, 1.9))
    if first <= 2 < last and rng.random() < 0.4:
        mass(scene, station(scene, "prevascular", lead), np.array([26, 38, 32]), suv)
    if rng.random() < 0.2:
        point = (30 * scene.s, float(scene.person.z(0.305)), 0.78 * scene.person.chest_mm)
        mass(scene, scene.person.put(point), 14, 0.8 * suv)
    if rng.random() < 0.15:
        bone_metastases(scene, int(rng.integers(1, 4)), 0.8 * suv)


def _lung_cancer(scene: Scene) -> None:
    rng, suv, sign = scene.rng, hot(scene.rng, 9), _side(scene.rng)
    mass(scene, lung_point(scene, sign), rng.uniform(9, 32), suv)
    chain(scene, ("hilum",), sign, 0.8 * suv, chance=0.85)
    chain(scene, ("upper mediastinum", "subcarinal"), sign, 0.75 * suv, chance=0.7)
    chain(scene, ("supraclavicular",), sign, 0.6 * suv, chance=0.2)
    if rng.random() < 0.25:
        bone_metastases(scene, int(rng.integers(1, 6)), 0.7 * suv)
    if rng.random() < 0.15:
        gland = (24 * scene.s, float(scene.person.z(0.312)), _side(rng) * 44 * scene.s)
        mass(scene, scene.person.put(gland), 11, 0.8 * suv)


def _bone_metastases(scene: Scene) -> None:
    rng = scene.rng
    count = int(np.clip(np.exp(rng.normal(np.log(12), 0.6)), 4, 45))
    bone_metastases(scene, count, hot(rng, 8, least=4.2))


def _liver_metastases(scene: Scene) -> None:
    rng = scene.rng
    liver_metastases(scene, int(rng.integers(2, 11)), hot(rng, 8, least=4.5))
    chain(scene, ("upper abdomen",), 1.0, hot(rng, 6), chance=0.35)


def _colorectal(scene: Scene) -> None:
    rng, suv = scene.rng, hot(scene.rng, 11, least=6.0)
    path = colon_path(scene)
    k = int(rng.choice([4, 9, 22, 30, 36, 41, 44, 45]))
    mass(scene, path[k], np.array([15, 20, 17]) * rng.uniform(0.8, 1.4), suv, necrosis=0.2)
    chain(scene, ("mesentery", "para-aortic"), _side(rng), 0.6 * suv, chance=0.4, big=0.8)
    if rng.random() < 0.45:
        liver_metastases(scene, int(rng.integers(1, 6)), 0.75 * suv)
    if rng.random() < 0.25:
        lung_metastases(scene, int(rng.integers(1, 5)), 0.4 * suv)


def _head_and_neck(scene: Scene) -> None:
    """A primary of throat, tongue or larynx on one side with nodes of the neck."""
    rng, s, suv, sign = scene.rng, scene.s, hot(scene.rng, 11, least=6.5), _side(scene.rng)
    table = [(-8, 0.117, 16), (-30, 0.121, 12), (-14, 0.147, 9), (12, 0.102, 10), (6, 0.138, 14)]
    y, f, x = table[int(rng.integers(0, len(table)))]
    primary = scene.person.put((y * s, float(scene.person.z(f)), sign * x * s))
    mass(scene, primary, rng.uniform(10, 18), suv, necrosis=0.1)
    chain(scene, ("upper neck", "mid neck"), sign, 0.85 * suv, chance=0.85, big=1.2)
    chain(scene, ("lower neck",), sign, 0.7 * suv, chance=0.3)
    chain(scene, ("upper neck",), -sign, 0.7 * suv, chance=0.3)
    if rng.random() < 0.12:
        lung_metastases(scene, int(rng.integers(1, 4)), 0.4 * suv)


def _breast(scene: Scene) -> None:
    rng, s, suv, sign = scene.rng, scene.s, hot(scene.rng, 7, least=3.5), _side(scene.rng)
    point = np.array([-100 * s, float(scene.person.z(0.258)), sign * 84 * s])
    skin = -0.86 * scene.person.girth**0.45
    point[0] = 112 * s * skin + rng.normal(0, 6)
    mass(scene, scene.person.put(point + rng.normal(0, [4, 14, 14])), rng.uniform(8, 20), suv)
    chain(scene, ("axilla", "axilla"), sign, 0.8 * suv, chance=0.9)
    chain(scene, ("internal mammary", "supraclavicular"), sign, 0.6 * suv, chance=0.3, big=0.8)
    if rng.random() < 0.3:
        bone_metastases(scene, int(rng.integers(1, 8)), 0.8 * suv)


def _oesophagus(scene: Scene) -> None:
    rng, s, person, suv = scene.rng, scene.s, scene.person, hot(scene.rng, 11, least=6)
    f = rng.choice([0.215, 0.25, 0.275, 0.288])
    z = float(person.z(f))
    half = rng.uniform(18, 42)
    rows = [
        (z + t * half, float(person.spine_y(z)) - 27 * s, 5 * s + rng.normal(0, 1.5), w, w * 1.1)
        for t, w in ((-1, 5), (-0.6, 11), (0, 14), (0.5, 12), (1, 6))
    ]
    scene.axial(rows, suv, rough=0.08)
    chain(
        scene,
        ("upper abdomen", "subcarinal", "upper mediastinum"),
        _side(rng),
        0.6 * suv,
        chance=0.4,
    )
    if rng.random() < 0.2:
        liver_metastases(scene, int(rng.integers(1, 4)), 0.6 * suv)


def _limb_part(
    scene: Scene, shares: tuple[float, float, float]
) -> tuple[str, str, np.ndarray, np.ndarray]:
    """Upper joint, side and both ends of a thigh, shin or upper arm that is in the field."""
    rng = scene.rng
    parts = (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"))
    while True:
        side = str(rng.choice(["right", "left"]))
        near, far = parts[int(rng.choice(3, p=shares))]
        a, b = scene.person.joint(near, side), scene.person.joint(far, side)
        if near == "hip" or scene.in_field(a + 0.45 * (b - a), 25):
            return near, side, a, b


def _sarcoma(scene: Scene) -> None:
    """A large, uneven mass in the muscle of one limb, mostly a thigh; lungs may follow."""
    rng, s, suv = scene.rng, scene.s, hot(scene.rng, 8, least=3.5)
    _, side, a, b = _limb_part(scene, (0.55, 0.25, 0.2))
    radius = rng.uniform(22, 42) if a[1] < scene.person.height_mm * 0.6 else rng.uniform(18, 30)
    centre = a + rng.uniform(0.12, 0.42) * (b - a)
    centre = (
        centre + np.array([rng.choice([-1, 1]) * 30, 0, SIDES[side] * rng.uniform(-20, 10)]) * s
    )
    mass(scene, centre, np.array([0.8, 1.4, 0.9]) * radius, suv, necrosis=0.7)
    if rng.random() < 0.3:
        lung_metastases(scene, int(rng.integers(1, 7)), 0.5 * suv)
    chain(scene, ("groin",), SIDES[side], 0.5 * suv, chance=0.1)


def _melanoma(scene: Scene) -> None:
    """Metastases anywhere: nodes of one basin, skin, lung, liver, bone, muscle, bowel."""
    rng, s, suv = scene.rng, scene.s, hot(scene.rng, 9)
    basin = ("groin", "external iliac") if rng.random() < 0.5 else ("axilla", "supraclavicular")
    chain(scene, basin, _side(rng), suv, chance=0.85, big=1.2)
    if rng.random() < 0.6:
        lung_metastases(scene, int(rng.integers(1, 7)), 0.6 * suv)
    if rng.random() < 0.45:
        liver_metastases(scene, int(rng.integers(1, 6)), 0.9 * suv)
    if rng.random() < 0.45:
        bone_metastases(scene, int(rng.integers(1, 7)), 0.8 * suv)
    for _ in range(int(rng.integers(1, 7))):  # under the skin or in muscle
        side = str(rng.choice(["right", "left"]))
        a = scene.person.joint(str(rng.choice(["hip", "shoulder"])), side)
        drop = np.array(
            [rng.normal(0, 30), rng.uniform(-60, 160), -SIDES[side] * rng.uniform(0, 40)]
        )
        scene.spot(a + drop * s, rng.uniform(5, 10), suv * rng.uniform(0.5, 1.1))


def _myeloma(scene: Scene) -> None:
    """Round foci in the marrow with one or two larger masses that burst a rib or a vertebra."""
    rng, suv = scene.rng, hot(scene.rng, 6.5, least=4.2)
    bone_metastases(scene, int(rng.integers(4, 22)), suv, radius_mm=(5, 11), round_=True)
    if rng.random() < 0.5:
        bone_metastases(scene, 1, 1.1 * suv, radius_mm=(17, 26))


def _infection(scene: Scene) -> None:
    """Discitis, osteomyelitis of a limb, or a septic joint of one side."""
    rng, s, person, suv = scene.rng, scene.s, scene.person, hot(scene.rng, 7, least=3.8)
    if rng.random() < 0.5:
        name = str(rng.choice(["T7", "T9", "T11", "L1", "L2", "L3", "L4"]))
        size = np.array(vertebra_mm(person, name))
        disc = person.put(vertebra(person, name) + np.array([0, size[1], 0]))
        mass(scene, disc, size * [1.1, 0.95, 1.15], suv, necrosis=0)
        if rng.random() < 0.5:
            sign = _side(rng)
            mass(
                scene,
                disc + np.array([-6, 18, sign * 36]) * s,
                np.array([12, 26, 11]) * s,
                0.8 * suv,
            )
        return
    near, side, a, b = _limb_part(scene, (0.35, 0.4, 0.25))
    if near == "hip":
        a = a + np.array([0, 30, SIDES[side] * 34]) * s
    first = rng.uniform(0.05, 0.35)
    length = rng.uniform(0.15, 0.35)
    start, end = a + first * (b - a), a + (first + length) * (b - a)
    width = rng.uniform(12, 20) * s
    belly = [
        (0, 0.5 * width, 0.5 * width),
        (0.3, width, width),
        (0.8, 0.9 * width, width),
        (1, 5, 5),
    ]
    scene.limb(start, end, belly, suv, rough=0.08)
    mass(
        scene,
        start + 0.4 * (end - start) + np.array([0, 0, SIDES[side] * 22]) * s,
        15 * s,
        0.75 * suv,
    )
    if near != "shoulder":
        nodes(scene, "groin", SIDES[side], count=2, radius_mm=(5, 7), suv=rng.uniform(2, 4))


KINDS = {
    "lymphoma": Kind(age=(18, 80), paint=_lymphoma),
    "lung-cancer": Kind(age=(45, 84), female=0.4, paint=_lung_cancer),
    "bone-metastases": Kind(age=(45, 86), whole_body=0.35, paint=_bone_metastases),
    "liver-metastases": Kind(age=(40, 84), paint=_liver_metastases),
    "colorectal": Kind(age=(40, 86), paint=_colorectal),
    "head-and-neck": Kind(age=(42, 80), female=0.3, paint=_head_and_neck),
    "breast": Kind(age=(32, 82), female=1.0, paint=_breast),
    "oesophageal": Kind(age=(48, 84), female=0.25, paint=_oesophagus),
    "limb-sarcoma": Kind(age=(18, 80), whole_body=0.6, paint=_sarcoma),
    "melanoma": Kind(age=(28, 84), whole_body=0.6, paint=_melanoma),
    "myeloma": Kind(age=(48, 84), whole_body=0.4, paint=_myeloma),
    "infection": Kind(age=(25, 84), whole_body=0.7, paint=_infection),
}
