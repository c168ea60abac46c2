"""Arms with discrete hand bones and legs with discrete foot bones, as swept splines."""

import numpy as np

from uptake_ml.phantom.pointwise.cloud import Cloud, Frame

# Lengths in mm at 1750 mm stature (prior): joint centre to joint centre.
UPPER_ARM, FOREARM, THIGH, SHANK = 302.0, 248.0, 425.0, 385.0

# Finger rays, thumb first: lateral place of base and head of the metacarpal, then lengths (prior).
_RAYS = (
    ("1", (21, 27), (40, 68), (30, 23)),
    ("2", (11, 32), (20, 97), (40, 24, 18)),
    ("3", (1, 33), (3, 98), (44, 28, 19)),
    ("4", (-8, 32), (-12, 92), (40, 26, 19)),
    ("5", (-16, 30), (-26, 84), (32, 19, 17)),
)
_FOOT_RAYS = ((-15, 76, -30, 136, 10), (-5, 82, -11, 146, 6), (4, 80, 5, 140, 5.5))
_FOOT_RAYS += ((13, 76, 20, 130, 5.5), (21, 70, 34, 118, 6))


def build_humerus(cloud: Cloud, side: str, f: Frame, length: float) -> None:
    """Upper arm bone; `length` in local mm."""
    cloud.ball("humerus.head", side, f.at((-3, 0, 1))[0], 24 * f.scale)
    path = f.at((4, 0, 8), (9, 0, 60), (7, 0, 150), (2, 2, 240), (0, 0, length - 12))
    wide, thick = [21, 14, 11.5, 11, 11, 14, 21], [21, 14, 11.5, 11, 10.5, 10, 8]
    grow = [1.5, 1.15, 0.85, 0.8, 0.8, 0.95, 1.2]
    cloud.tube("humerus.shaft", side, path, wide, thick, core=0.5, across=f.lateral, profile=grow)
    cross = f.at((-29, -2, length - 8), (0, 2, length - 5), (25, 2, length - 6))
    cloud.tube("humerus.elbow", side, cross, [8, 9.5, 10])
    cloud.site("shoulder", side, f.at((-4, 0, 0))[0], 22)
    cloud.site("elbow_medial", side, f.at((-18, 0, length - 2))[0], 13)
    cloud.site("elbow_lateral", side, f.at((16, 0, length))[0], 13)


def build_forearm(cloud: Cloud, side: str, f: Frame, length: float, thumb: np.ndarray) -> None:
    """Radius and ulna; `thumb` is the unit vector towards the thumb at the wrist."""
    near = f.at((-9, -14, -14), (-9, -10, 8), (-9, -5, 90))
    far = f.at((0, 0, length - 70), (0, 0, length - 4)) - thumb * 17 * f.scale * np.array(
        [[0.6], [1.0]]
    )
    grow = [1.4, 1.1, 0.9, 0.85, 0.85, 0.9, 1.2]
    ulna = np.concatenate([near, far])
    cloud.tube("ulna", side, ulna, [11, 12, 8, 7, 6.5, 6, 7.5], core=0.35, profile=grow)
    near = f.at((13, 2, 8), (12, 2, 40), (14, 0, 120))
    far = f.at((0, 0, length - 60), (0, 0, length - 6)) + thumb * 10 * f.scale
    radius = np.concatenate([near, far])
    wide = [10, 8, 7, 7.5, 8, 10, 16]
    thick = [10, 8, 7, 7, 7, 8, 10]
    grow = [1.2, 1.0, 0.85, 0.85, 0.9, 1.1, 1.4]
    cloud.tube("radius", side, radius, wide, thick, core=0.35, across=thumb, profile=grow)
    cloud.site("wrist", side, f.at((0, 0, length))[0], 21)


def build_hand(cloud: Cloud, side: str, f: Frame, spread: float, curl: float) -> None:
    """Carpals, metacarpals and phalanges; lateral is the thumb's side, along the fingers."""
    for d, row in ((8, (15, 5, -6, -15)), (20, (17, 6, -4, -13))):
        for x in row:
            cloud.ball("carpal", side, f.at((x, 0, d))[0], 6.8 * f.scale)
    for ray, base, head, lengths in _RAYS:
        x0, d0 = base
        x1, d1 = head
        x1 = x0 + (x1 - x0) * spread
        lift = 8 if ray == "1" else 0
        here = np.array([x1, lift, d1])
        name = f"hand.metacarpal_{ray}"
        path = f.at((x0, lift / 2, d0), (0.5 * (x0 + x1), lift, 0.5 * (d0 + d1)), here)
        cloud.tube(name, side, path, [6.5, 4.5, 6.8], core=0.2, profile=[1.1, 0.85, 1.1])
        if ray == "1":
            cloud.site("thumb_base", side, f.at((x0, 4, d0 - 2))[0], 9)
        cloud.site(f"mcp_{ray}", side, f.at(here)[0], 8.5)
        way = np.array([x1 - x0, 0, d1 - d0]) / np.hypot(x1 - x0, d1 - d0)
        for j, length in enumerate(lengths):
            bend = curl * (j + 1)
            step = length * (way * np.cos(bend) + np.array([0, np.sin(bend), 0]))
            path = f.at(here + 0.12 * step, here + 0.55 * step, here + 0.95 * step)
            size = [5.2, 3.8, 4.5] if j == 0 else [4.2, 3.2, 3.0]
            cloud.tube(f"hand.phalanx_{ray}{j}", side, path, size, profile=[1.1, 0.85, 1.0])
            here = here + step
            if j < len(lengths) - 1:
                cloud.site(f"{'pip' if j == 0 else 'dip'}_{ray}", side, f.at(here)[0], 7.5)


def build_femur(cloud: Cloud, side: str, f: Frame, length: float) -> None:
    """Thigh bone with head, neck, trochanters and condyles, and the kneecap."""
    cloud.ball("femur.head", side, f.at((0, 0, 0))[0], 23 * f.scale)
    neck = f.at((5, 0, 4), (24, -2, 22), (44, -5, 42))
    cloud.tube("femur.neck", side, neck, [17, 14.5, 17])
    cloud.tube(
        "femur.trochanter", side, f.at((50, -12, 14), (53, -10, 34), (46, -4, 66)), [9, 14, 14]
    )
    cloud.ball("femur.trochanter", side, f.at((27, -14, 72))[0], 9 * f.scale)
    path = f.at((40, -3, 44), (36, 6, 120), (27, 12, 220), (14, 8, 320), (3, 0, length - 12))
    wide = [19, 15.5, 14, 13.5, 13.5, 14, 17, 24, 32]
    thick = [17, 15.5, 14, 13.5, 13.5, 14, 15, 18, 22]
    grow = [1.25, 1.0, 0.85, 0.8, 0.8, 0.85, 0.85, 0.85, 0.95]
    cloud.tube(
        "femur.shaft", side, path, wide, thick, core=0.5, across=f.lateral, profile=grow, power=2.3
    )
    for x in (-23, 23):
        cloud.tube(
            "femur.condyle",
            side,
            f.at((x, 24, length - 19), (x, -2, length - 15), (x, -27, length - 16)),
            [16, 20, 16],
        )
    cloud.ball(
        "femur.condyle", side, f.at((0, 2, length - 14))[0], np.array([22, 18, 17]) * f.scale
    )
    cap = f.at((2, 42, length - 36), (2, 45, length - 18), (2, 43, length - 2))
    cloud.tube("patella", side, cap, [17, 21, 10], [7, 10, 6], across=f.lateral)
    cloud.site("hip", side, f.at((4, 0, -14))[0], 21)
    cloud.site("trochanter", side, f.at((52, -10, 30))[0], 16)
    cloud.site("knee_medial", side, f.at((-23, 0, length + 1))[0], 18)
    cloud.site("knee_lateral", side, f.at((23, 0, length + 1))[0], 18)
    cloud.site("patella", side, f.at((2, 40, length - 18))[0], 17)


def build_shank(cloud: Cloud, side: str, f: Frame, length: float) -> None:
    """Tibia and fibula."""
    rim = f.at((-35, -2, 10), (0, 2, 7), (36, -2, 10))
    cloud.tube("tibia.plateau", side, rim, [11, 12, 11], [18, 22, 18], across=f.along)
    path = f.at((0, 0, 12), (-2, 6, 70), (-3, 8, 160), (-3, 4, 280), (-3, 0, length - 10))
    wide = [33, 22, 15, 13, 12, 11.5, 12, 14, 21]
    thick = [23, 20, 16, 15, 14, 12.5, 12, 13, 17]
    grow = [0.85, 0.75, 0.8, 0.85, 0.85, 0.85, 0.8, 0.85, 1.1]
    cloud.tube("tibia.shaft", side, path, wide, thick, core=0.45, across=f.lateral, profile=grow)
    cloud.ball("tibia.malleolus", side, f.at((-22, 0, length - 4))[0], (8, 9, 11))
    tubercle = f.at((3, 24, 32), (2, 23, 52))
    cloud.tube("tibia.tubercle", side, tubercle, 7)
    path = f.at((39, -20, 24), (35, -17, 120), (30, -12, 260), (24, -9, length + 10))
    cloud.tube("fibula", side, path, [10, 6.5, 6, 6, 7, 9], core=0.3, profile=[1.2, 0.8, 0.8, 1.2])
    cloud.site("ankle", side, f.at((-3, 0, length + 2))[0], 20)


def build_foot(cloud: Cloud, side: str, f: Frame) -> None:
    """Tarsals, metatarsals, toes: along is towards the toes, anterior towards the back of it."""
    cloud.tube(
        "foot.calcaneus", side, f.at((2, -34, -46), (3, -32, -12), (9, -26, 26)), [17, 16, 13]
    )
    cloud.tube("foot.talus", side, f.at((0, -12, -18), (0, -8, 6), (-8, -12, 34)), [16, 18, 14])
    cloud.tube("foot.navicular", side, f.at((-26, -16, 40), (-2, -12, 46)), [9, 9], [13, 13])
    cloud.tube("foot.cuboid", side, f.at((15, -26, 34), (18, -27, 62)), [12, 11])
    for x, d in ((-17, 62), (-6, 66), (5, 65)):
        cloud.tube("foot.cuneiform", side, f.at((x, -18, d - 11), (x, -18, d + 9)), 8)
    for i, (x0, d0, x1, d1, size) in enumerate(_FOOT_RAYS):
        path = f.at((x0, -20, d0), (0.5 * (x0 + x1), -22, 0.5 * (d0 + d1)), (x1, -34, d1))
        big = size > 9
        wide = np.array([8, 6, 9]) if big else np.array([5.5, 3.8, 5.8])
        cloud.tube(f"foot.metatarsal_{i + 1}", side, path, wide, core=0.2, profile=[1.1, 0.9, 1.1])
        way = np.array([x1 - x0, 0, d1 - d0]) / np.hypot(x1 - x0, d1 - d0)
        here = np.array([x1, -34, d1]) + way * 5
        for length, half in ((30, 7.5), (22, 6.5)) if big else ((21, 4), (13, 3.2)):
            path = f.at(here, here + way * length * 0.5, here + way * length * 0.9)
            cloud.tube(f"foot.toe_{i + 1}", side, path, [half, 0.75 * half, 0.9 * half])
            here = here + way * length
        cloud.site(f"mtp_{i + 1}", side, f.at((x1, -32, d1 + 3))[0], 12 if big else 8)
    cloud.site("midfoot", side, f.at((-4, -16, 52))[0], 18)
