"""Arms and legs: skin, fat, muscle, cortex and marrow as contours across each limb's axis."""

import numpy as np

from .person import SIDES
from .scene import Scene
from .trunk import SKIN_MM


def paint_limb_flesh(scene: Scene) -> None:
    """Skin, fat and muscle of both legs and both arms."""
    for side in SIDES:
        _leg_flesh(scene, side)
        _arm_flesh(scene, side)


def paint_limb_roots(scene: Scene) -> None:
    """Muscle that joins the limbs to the trunk across the fat between them."""
    person, uptake, s = scene.person, scene.uptake, scene.s
    for side, sign in SIDES.items():
        hip, knee = person.joint("hip", side), person.joint("knee", side)
        groin = hip + np.array([-8, 0.012 * person.height_mm, sign * 2 * s])
        end = groin + 0.32 * (knee - groin)
        thick = s * person.girth**0.3
        buttock = [(0, 46, 52), (0.3, 62, 66), (0.7, 64, 66), (1, 52, 56)]
        table = [(t, a * thick, b * thick) for t, a, b in buttock]
        scene.limb(groin, end, table, uptake.muscle, rough=0.02)
        root = person.put((8 * s, float(person.z(0.206)), sign * 108 * s))
        scene.limb(root, person.joint("shoulder", side), 33 * thick, uptake.muscle)


def paint_limb_bones(scene: Scene) -> None:
    """Cortex and marrow of both legs and both arms; to be painted after the trunk's flesh."""
    for side in SIDES:
        _leg_bones(scene, side)
        _arm_bones(scene, side)


def _flesh(scene: Scene, start, end, radii, fat: float) -> None:
    """Skin to muscle of one part; radii are rows of (t, ra, rb)."""
    uptake = scene.uptake
    outer = np.array(radii, float)
    scene.limb(start, end, outer, uptake.skin)
    under = outer.copy()
    under[:, 1:] -= SKIN_MM
    scene.limb(start, end, under, uptake.fat, rough=0.006)
    inner = outer.copy()
    inner[:, 1:] = np.maximum(inner[:, 1:] - fat, 5.0)
    scene.limb(start, end, inner, uptake.muscle)


def shaft_suv(scene: Scene, parts: int, near: float) -> np.ndarray:
    """Marrow SUV along a limb bone, which falls from `near` to that of fatty marrow."""
    far = scene.uptake.limb_far
    t = (np.arange(parts) + 0.5) / parts
    return far + (near - far) * np.exp(-t / 0.28)


def _bone(scene: Scene, start, end, width: float, near: float, parts: int = 6) -> None:
    """A long bone, wider at its ends, with marrow whose uptake changes along it."""
    flare = [
        (0, 1.5 * width, 1.5 * width),
        (0.15, width, width),
        (0.8, width, width),
        (1, 1.9 * width, 1.6 * width),
    ]
    scene.limb(start, end, flare, scene.uptake.bone_cortex)
    path = start + (end - start) * np.linspace(0.01, 0.99, parts + 1)[:, None]
    suv = shaft_suv(scene, parts, near)
    radius = 0.7 * np.interp((np.arange(parts) + 0.5) / parts, *np.array(flare)[:, :2].T)
    scene.tube(path, radius, suv)


def _leg_flesh(scene: Scene, side: str) -> None:
    person, uptake, s = scene.person, scene.uptake, scene.s
    sign = SIDES[side]
    hip, knee, ankle, toes = (person.joint(n, side) for n in ("hip", "knee", "ankle", "toes"))
    thick = s * person.girth**0.45 * (1.03 if person.is_female else 1.0)
    fat = max(4.0, (12 if person.is_female else 7) + 22 * (person.girth - 1))
    top = hip + np.array([-15, -0.02 * person.height_mm, 0])
    top[2] -= sign * 4 * s
    thigh = [
        (0, 66, 80),
        (0.1, 80, 96),
        (0.2, 85, 95),
        (0.3, 83, 88),
        (0.5, 74, 78),
        (0.8, 58, 60),
        (1, 53, 56),
    ]
    calf = [(0, 53, 56), (0.1, 52, 52), (0.3, 54, 57), (0.6, 42, 44), (0.9, 32, 36), (1.06, 33, 40)]
    _flesh(scene, top, knee, [(t, a * thick, b * thick) for t, a, b in thigh], fat)
    low = s * person.girth**0.35
    _flesh(
        scene,
        knee - 0.03 * (ankle - knee),
        ankle,
        [(t, a * low, b * low) for t, a, b in calf],
        0.5 * fat,
    )
    heel = ankle + np.array([18, 22, 0]) * s
    foot = [(0, 30 * s, 26 * s), (0.5, 36 * s, 26 * s), (1, 36 * s, 13 * s)]
    scene.limb(heel, toes, foot, 0.5 * (uptake.muscle + uptake.fat))


def _leg_bones(scene: Scene, side: str) -> None:
    person, uptake, s = scene.person, scene.uptake, scene.s
    sign = SIDES[side]
    hip, knee, ankle = (person.joint(n, side) for n in ("hip", "knee", "ankle"))
    trochanter = hip + np.array([14, 22, sign * 52]) * s
    scene.spot(hip, 23 * s, 0.8 * uptake.limb_near + 0.1)
    scene.limb(hip, trochanter, 14 * s, uptake.limb_near)
    scene.spot(trochanter, (17 * s, 22 * s, 15 * s), uptake.limb_near)
    _bone(
        scene,
        trochanter + np.array([-6, 14, -sign * 8]) * s,
        knee + np.array([-4, -18, 0]),
        14 * s,
        uptake.limb_near,
    )
    scene.spot(knee + np.array([-38, -16, 0]) * s, (9 * s, 19 * s, 20 * s), uptake.limb_far)
    shin = knee + np.array([4, 16, -sign * 4]) * s
    _bone(scene, shin, ankle + np.array([0, -6, -sign * 4]) * s, 12 * s, uptake.limb_far * 1.1)
    outer = np.array([12, 0, sign * 27]) * s
    scene.tube([shin + outer, ankle + outer], 5 * s, uptake.limb_far)


def _arm_flesh(scene: Scene, side: str) -> None:
    person, uptake, s = scene.person, scene.uptake, scene.s
    sign = SIDES[side]
    shoulder, elbow, wrist, hand = (
        person.joint(n, side) for n in ("shoulder", "elbow", "wrist", "hand")
    )
    thick = s * person.girth**0.5 * (0.9 if person.is_female else 1.0)
    fat = max(3.0, (8 if person.is_female else 5) + 14 * (person.girth - 1))
    root = person.put((10 * s, float(person.z(0.215)), sign * 118 * s))
    _flesh(scene, root, shoulder, [(0, 52 * thick, 60 * thick), (1, 55 * thick, 60 * thick)], fat)
    scene.spot(shoulder, 58 * thick, uptake.fat)
    scene.spot(shoulder, 58 * thick - fat, uptake.muscle)
    upper = [(0, 55, 56), (0.3, 47, 50), (0.7, 42, 44), (1, 39, 37)]
    fore = [(0, 39, 37), (0.25, 41, 38), (0.7, 31, 27), (1, 28, 22)]
    _flesh(scene, shoulder, elbow, [(t, a * thick, b * thick) for t, a, b in upper], fat)
    _flesh(
        scene,
        elbow - 0.03 * (wrist - elbow),
        wrist,
        [(t, a * thick, b * thick) for t, a, b in fore],
        0.6 * fat,
    )
    palm = [(0, 28 * s, 19 * s), (0.5, 40 * s, 15 * s), (0.85, 34 * s, 9 * s), (1, 20 * s, 6 * s)]
    scene.limb(wrist, hand + 0.3 * (hand - wrist), palm, 0.5 * (uptake.muscle + uptake.fat))


def _arm_bones(scene: Scene, side: str) -> None:
    person, uptake, s = scene.person, scene.uptake, scene.s
    shoulder, elbow, wrist = (person.joint(n, side) for n in ("shoulder", "elbow", "wrist"))
    scene.spot(shoulder, 22 * s, 0.85 * uptake.limb_near)
    _bone(scene, shoulder, elbow, 10.5 * s, 0.9 * uptake.limb_near)
    for offset in (-9, 9):
        shift = np.array([0, 0, offset]) * s
        _bone(scene, elbow + shift, wrist + shift, 6 * s, uptake.limb_far, 2)
