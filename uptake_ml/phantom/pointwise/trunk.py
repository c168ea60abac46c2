"""Spine, thoracic cage, shoulder girdle and pelvis in the reference frame (1750 mm stature)."""

import numpy as np

from uptake_ml.phantom.pointwise.cloud import Cloud

SIDES = ((1, "left"), (-1, "right"))

# Vertebra: (s of its centre, y of its centre, half width, half depth, half height), mm (prior).
_SPINE_S = np.concatenate(
    [np.linspace(170, 281, 7), np.linspace(299, 548, 12), np.linspace(577, 719, 5)]
)
_SPINE_NAMES = [f"{k}{i + 1}" for k, n in (("C", 7), ("T", 12), ("L", 5)) for i in range(n)]
_SPINE_Y_AT = ((170, -8), (240, -12), (290, -34), (400, -56), (500, -48), (600, -22), (720, -16))

# Rib: half width of the cage, mm; x of the costochondral junction; drop from head to end (prior).
_RIB_WIDTH = (56, 80, 97, 109, 117, 123, 127, 129, 129, 125, 117, 92)
_RIB_JUNCTION = (34, 46, 54, 62, 70, 80, 92, 105, 115, 120, 0, 0)
_RIB_DROP = (32, 52, 68, 80, 90, 98, 104, 106, 104, 98, 70, 42)
_RIB_LAST = (1, 1, 1, 1, 1, 1, 1, 1, 0.97, 0.9, 0.62, 0.36)


def spine_points() -> dict[str, np.ndarray]:
    """Centre of every vertebral body, by name, in the reference frame."""
    at, depth = zip(*_SPINE_Y_AT, strict=True)
    y = np.interp(_SPINE_S, at, depth)
    return {n: np.array([0.0, b, s]) for n, s, b in zip(_SPINE_NAMES, _SPINE_S, y, strict=True)}


def _vertebra(cloud: Cloud, name: str, centre: np.ndarray, size: float, pitch: float) -> None:
    """Body with a waist, pedicles, laminae, facets, transverse and spinous processes."""
    part = f"vertebra.{name}"
    half = 0.5 * pitch - (2.6 if name[0] == "L" else 1.8)
    wide = {"C": 13.5, "T": 15 + 5 * size, "L": 21.5 + 3 * size}[name[0]]
    deep = wide * {"C": 0.75, "T": 0.88, "L": 0.76}[name[0]]
    ends = centre + np.array([[0, 0, -half], [0, 0, 0], [0, 0, half]])
    waist = np.array([1, 0.93, 0.88, 0.93, 1])
    cloud.tube(part, None, ends, wide * waist, deep * waist, core=0.12, power=2.6)
    back = deep + {"C": 12, "T": 15, "L": 19}[name[0]]
    for x, side in SIDES:
        neck = [(x * wide * 0.7, -deep * 0.8, -3), (x * wide * 0.62, -back, 2)]
        cloud.tube(part, side, centre + np.array(neck), 4.5 + 2 * size)
        facet = centre + np.array([x * wide * 0.62, -back, 0.42 * pitch])
        cloud.ball(part, side, facet, (5 + 2 * size, 5, 7))
        lamina = [(x * wide * 0.62, -back, 2), (0, -back - 9, 5)]
        cloud.tube(part, side, centre + np.array(lamina), 3.5, 7)
        reach = {"C": 20, "T": 29, "L": 36}[name[0]]
        process = [(x * wide * 0.7, -back, 0), (x * reach, -back - 1, -2)]
        cloud.tube(part, side, centre + np.array(process), 4.5, 4)
        cloud.site(f"facet_{name}", side, facet, 8)
    drop = {"C": 6, "T": 22, "L": 8}[name[0]]
    spinous = [(0, -back - 8, 4), (0, -back - 28, 4 + drop)]
    tall = {"C": 4, "T": 6, "L": 10}[name[0]]
    cloud.tube(part, None, centre + np.array(spinous), 4.2, tall, profile=[0.7, 0.4])


def _spine(cloud: Cloud) -> None:
    points = spine_points()
    pitch = np.gradient(_SPINE_S)
    for i, (name, centre) in enumerate(points.items()):
        size = (int(name[1:]) - 1) / {"C": 6, "T": 11, "L": 4}[name[0]]
        _vertebra(cloud, name, centre, size, pitch[i])


def _rib(cloud: Cloud, i: int, x: int, side: str, head: np.ndarray) -> None:
    wide, drop, last = _RIB_WIDTH[i], _RIB_DROP[i], _RIB_LAST[i]
    depth = np.interp(i, [0, 3, 7, 11], [0.66, 0.86, 1.0, 0.96])
    end = _RIB_JUNCTION[i] or wide * 0.9
    shape = [
        (18, head[1] - 6, 0.0),
        (38, head[1] - 22, 0.02),
        (0.60 * wide + 6, -88 * depth, 0.16),
        (0.90 * wide, -58 * depth, 0.38),
        (wide, -8, 0.60),
        (0.5 * (0.97 * wide + max(end, 0.85 * wide)), 40 * depth, 0.80),
        (0.35 * wide + 0.65 * end, 73 * depth, 0.94),
        (end, 86 * depth, 1.0),
    ]
    path = np.array([(x * px, py, head[2] - 8 + drop * f) for px, py, f in shape])
    keep = max(3, round(last * len(path)))
    cloud.tube(
        f"rib.{i + 1}",
        side,
        path[:keep],
        [5.0, 6.0, 6.8, 6.5, 6.3, 6.3, 6.8],
        [3.6, 3.8, 3.8, 3.6, 3.4, 3.4, 4.0],
        across=(0, 0, 1),
        profile=[1.25, 1.1, 1.05, 1.0, 0.9, 0.85, 0.85, 1.0 if i < 6 else 0.7],
    )
    if i < 10:
        cloud.site(f"costochondral_{i + 1}", side, path[-1], 8)
    cloud.site(f"rib_head_{i + 1}", side, path[0], 8)


def _sternum_and_clavicle(cloud: Cloud) -> None:
    top = [(0, 66, 326), (0, 75, 350), (0, 82, 380)]
    cloud.tube("sternum.manubrium", None, top, [24, 26, 20, 15], [6, 6, 5.5, 5])
    body = [(0, 82, 374), (0, 90, 420), (0, 94, 460), (0, 94, 492)]
    cloud.tube("sternum.body", None, body, [14, 14.5, 17, 19, 14, 6], [5.5, 5, 5, 5, 4, 3])
    cloud.tube("sternum.xiphoid", None, [(0, 94, 484), (0, 92, 508)], [6, 3], [3, 2])
    cloud.site("manubriosternal", None, (0, 83, 377), 9)
    for x, side in SIDES:
        path = [(18, 68, 326), (52, 72, 318), (92, 48, 306), (130, 10, 297), (158, -4, 296)]
        path = np.array(path) * np.array([x, 1, 1])
        grow = [1.5, 1.05, 0.9, 0.95, 1.2]
        cloud.tube("clavicle", side, path, [10, 7, 6.5, 8, 9], [8, 6.5, 6, 5.5, 5.5], profile=grow)
        cloud.site("sternoclavicular", side, (x * 19, 68, 327), 11)
        cloud.site("acromioclavicular", side, (x * 161, -6, 296), 11)


def _scapula(cloud: Cloud, x: int, side: str) -> None:
    grid = np.array(
        [
            [(76, -60, 310), (96, -66, 317), (116, -58, 320), (137, -34, 322)],
            [(70, -86, 345), (95, -85, 348), (120, -72, 344), (143, -42, 336)],
            [(74, -94, 400), (94, -94, 398), (111, -86, 392), (127, -68, 380)],
            [(84, -97, 446), (95, -97, 445), (105, -94, 440), (114, -86, 432)],
            [(95, -96, 474), (99, -96, 475), (102, -95, 474), (106, -93, 470)],
        ]
    )
    thick = [[4, 3, 4, 11], [4, 2.4, 4, 10], [4, 2.4, 4, 8], [5, 3, 4.5, 7], [7, 7, 7, 7]]
    cloud.plate("scapula.blade", side, grid * np.array([x, 1, 1]), thick)
    ridge = np.array([(70, -90, 348), (105, -98, 334), (140, -80, 310), (166, -38, 294)])
    ridge = ridge * np.array([x, 1, 1])
    cloud.tube(
        "scapula.spine", side, ridge, [4, 4, 6, 12], [5, 5, 5, 5], profile=[0.6, 0.7, 0.8, 0.9]
    )
    hook = np.array([(134, -26, 318), (130, 0, 312), (136, 24, 322)]) * np.array([x, 1, 1])
    cloud.tube("scapula.coracoid", side, hook, [8, 6.5, 6.5])
    tip = (x * 100, -96, 470)
    cloud.site("scapula_tip", side, tip, 12)


def _ilium(cloud: Cloud, x: int, side: str) -> None:
    crest = [(42, -86, 752), (62, -78, 716), (98, -42, 697), (124, 8, 702), (130, 46, 732)]
    crest += [(121, 63, 768)]
    middle = [(45, -76, 778), (60, -64, 756), (88, -30, 748), (108, 6, 756), (114, 34, 770)]
    middle += [(110, 50, 786)]
    brim = [(50, -62, 806), (62, -50, 804), (76, -28, 806), (90, -2, 812), (99, 20, 812)]
    brim += [(101, 32, 812)]
    floor = [(62, -56, 826), (70, -46, 826), (80, -30, 832), (90, -12, 836), (96, 8, 834)]
    floor += [(94, 20, 832)]
    grid = np.stack([crest, middle, brim, floor], axis=1) * np.array([x, 1, 1])
    thick = [[19, 17, 18, 14], [13, 10, 12, 12], [9, 5, 8, 9], [9, 5.5, 8, 8]]
    thick += [[9.5, 6, 6.5, 7], [9, 7, 6, 6]]
    cloud.plate("ilium", side, grid, thick)
    cloud.site("iliac_spine", side, (x * 122, 58, 760), 14)
    for d in (750, 772, 794):
        cloud.site(f"sacroiliac_{d}", side, (x * (48 - (d - 750) * 0.1), -66, d), 11)


def _socket_and_rami(cloud: Cloud, x: int, side: str) -> None:
    hip = np.array([88.0, -4.0, 850.0])
    turn = np.linspace(0, 2 * np.pi, 9)
    ring = hip + np.stack([-9 + 8 * np.sin(turn), 27 * np.cos(turn), 28 * np.sin(-turn)], 1)
    cloud.tube("acetabulum", side, ring * np.array([x, 1, 1]), 9.5, 8.5)
    mirror = np.array([x, 1, 1])
    upper = np.array([(76, 18, 836), (50, 42, 862), (26, 52, 880), (9, 54, 892)]) * mirror
    cloud.tube("pubis", side, upper, [12, 8, 8, 11], [11, 7.5, 7.5, 9])
    body = np.array([(9, 53, 886), (10, 46, 908)]) * mirror
    cloud.tube("pubis", side, body, [8, 7], [9, 8])
    lower = np.array([(12, 44, 906), (33, 20, 928), (54, -18, 940)]) * mirror
    cloud.tube("pubis", side, lower, [7, 6, 9], [6, 5.5, 8])
    post = np.array([(78, -30, 846), (70, -42, 885), (60, -40, 922), (55, -26, 942)]) * mirror
    cloud.tube("ischium", side, post, [14, 12, 14, 12], [13, 12, 13, 10])


def _sacrum(cloud: Cloud) -> None:
    wing = [(0, -36, 738), (0, -58, 768), (0, -80, 806), (0, -86, 840), (0, -78, 862)]
    cloud.tube("sacrum", None, wing, [50, 46, 36, 24, 15], [14, 12, 9.5, 7.5, 6], power=2.4)
    coccyx = [(0, -77, 866), (0, -66, 890)]
    cloud.tube("coccyx", None, coccyx, [8, 4], [5, 3])
    ridge = [(0, -62, 745), (0, -84, 780), (0, -95, 815)]
    cloud.tube("sacrum", None, ridge, [6, 6, 4], [6, 5, 4])


def build_trunk(cloud: Cloud) -> None:
    """Add everything between the neck and the hips."""
    points = spine_points()
    _spine(cloud)
    for x, side in SIDES:
        for i in range(12):
            _rib(cloud, i, x, side, points[f"T{i + 1}"])
        _scapula(cloud, x, side)
        _ilium(cloud, x, side)
        _socket_and_rami(cloud, x, side)
    _sternum_and_clavicle(cloud)
    _sacrum(cloud)
