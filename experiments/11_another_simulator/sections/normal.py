"""Kinds of normal: what misleads a reader of a healthy person."""

import numpy as np

from .kind import Kind
from .person import SIDES
from .scene import Scene
from .sites import nodes, station
from .skeleton import vertebra, vertebra_mm
from .variants import worn_joints
from .viscera import dome_z


def _young(rng, person, uptake) -> None:
    uptake.thymus = rng.uniform(1.6, 3.6)
    uptake.tonsil = rng.uniform(3.5, 8)
    uptake.limb_near *= rng.uniform(1.0, 1.3)
    uptake.testis *= 1.15


def _brown_fat(scene: Scene) -> None:
    """Symmetric clouds of neck and shoulders, beside the spine, about the kidneys."""
    rng, s, person = scene.rng, scene.s, scene.person
    hot = np.exp(rng.normal(np.log(8), 0.45))
    spread = rng.uniform(0.5, 1.0)
    for sign in (-1, 1):
        own = hot * rng.normal(1, 0.1)
        for t in np.linspace(0, 1, 15):
            point = np.array([-6 + 18 * t, 0, sign * (32 + 52 * t)]) * s + rng.normal(0, 4, 3)
            point[1] = float(person.z(0.156 + 0.021 * t**0.6)) + rng.normal(0, 5)
            size = rng.uniform(5, 10, 3) * (1 - 0.3 * t) * s
            scene.organ(point, size, own * rng.uniform(0.5, 1.1), rough=0.08)
        if spread > 0.65:
            nodes(scene, "axilla", sign, count=3, radius_mm=(5, 8), suv=0.5 * own)
            for n in range(2, 12):
                p = vertebra(person, f"T{n}")
                p += np.array([14, 3, sign * 26]) * s
                if rng.random() < 0.8:
                    scene.organ(p, np.array([5, 5, 5]) * s, own * rng.uniform(0.25, 0.7))
        if spread > 0.85:
            for _ in range(4):
                p = np.array([48, 0, sign * 50]) * s + rng.normal(0, 8, 3)
                p[1] = float(person.z(0.308)) + rng.normal(0, 10)
                scene.organ(p, rng.uniform(4, 8, 3) * s, 0.5 * own)


def _strap(scene: Scene, start, end, radius: float, suv: float) -> None:
    """A spindle of muscle between two points in posture."""
    s = radius * scene.s * scene.rng.uniform(0.8, 1.15)
    belly = [(0, 0.35 * s, 0.35 * s), (0.3, s, s), (0.6, s, 0.9 * s), (1, 0.3 * s, 0.3 * s)]
    scene.limb(start, end, belly, suv, rough=0.05)


def _exercise(scene: Scene) -> None:
    """Muscles that worked: those of neck and shoulders, of arms, or of legs; near symmetric."""
    rng, s, person = scene.rng, scene.s, scene.person
    suv = rng.uniform(1.4, 3.5)
    group = rng.integers(0, 3)
    for side, sign in SIDES.items():
        own = suv * rng.normal(1, 0.18)
        out = np.array([0.0, 0.0, sign])
        shoulder, elbow, wrist = (person.joint(n, side) for n in ("shoulder", "elbow", "wrist"))
        if group != 2:
            neck = person.put((52 * s, float(person.z(0.125)), sign * 20 * s))
            slope = person.put((44 * s, float(person.z(0.172)), sign * 62 * s))
            _strap(scene, neck, slope + np.array([0, 16, 12 * sign]) * s, 12, 0.75 * own)
            _strap(scene, slope, shoulder + np.array([16, -8, 0]) * s, 11, 0.8 * own)
            mastoid = person.put((14 * s, float(person.z(0.112)), sign * 52 * s))
            breast = person.put((-44 * s, float(person.z(0.18)), sign * 16 * s))
            _strap(scene, mastoid, breast, 8, own)
        if group == 1:
            along = elbow - shoulder
            _strap(
                scene,
                shoulder + 0.25 * along + [-14, 0, 0],
                shoulder + 0.9 * along + [-12, 0, 0],
                19,
                own,
            )
            _strap(scene, shoulder + 24 * s * out, shoulder + 0.45 * along + 22 * s * out, 15, own)
            _strap(scene, elbow, elbow + 0.7 * (wrist - elbow), 19, 0.9 * own)
        if group == 2:
            hip, knee, ankle = (person.joint(n, side) for n in ("hip", "knee", "ankle"))
            leg = knee - hip
            _strap(
                scene,
                hip + 0.1 * leg + [-40, 0, 8 * sign],
                hip + 0.9 * leg + [-28, 0, 6 * sign],
                27,
                own,
            )
            _strap(
                scene,
                hip + 0.3 * leg + [34, 0, -8 * sign],
                hip + 0.92 * leg + [30, 0, 0],
                22,
                0.7 * own,
            )
            _strap(
                scene,
                knee + np.array([26, 20, 0]),
                knee + 0.65 * (ankle - knee) + [14, 0, 0],
                28,
                own,
            )
            _strap(
                scene,
                person.put((66 * s, float(person.z(0.44)), sign * 66 * s)),
                person.put((50 * s, float(person.z(0.505)), sign * 96 * s)),
                30,
                0.6 * own,
            )


def _metformin(rng, person, uptake) -> None:
    uptake.colon = rng.uniform(4, 11)
    uptake.colon_patchy = rng.uniform(0.25, 0.45)
    uptake.small_bowel = rng.uniform(1.4, 4.0)


def _fasting_heart(rng, person, uptake) -> None:
    uptake.myocardium = rng.uniform(8, 13)
    uptake.blood *= 0.95


def _reactive(scene: Scene) -> None:
    """A few small faint nodes, as a rule on both sides: neck, armpits, groins, hila."""
    rng = scene.rng
    for name in ("upper neck", "mid neck", "axilla", "groin", "hilum"):
        if rng.random() < 0.55:
            suv = rng.uniform(1.3, 2.6)
            for sign in (-1, 1):
                nodes(
                    scene, name, sign, count=int(rng.integers(1, 4)), radius_mm=(3.5, 5.5), suv=suv
                )


def _worn(scene: Scene) -> None:
    worn_joints(scene, chance=0.45, strength=1.0)


def _elderly(rng, person, uptake) -> None:
    uptake.marrow *= rng.uniform(0.85, 1.0)
    uptake.blood *= rng.uniform(1.0, 1.1)


def _cyclic(rng, person, uptake) -> None:
    uptake.uterus = rng.uniform(2.5, 6)
    if rng.random() < 0.45:
        uptake.breast = rng.uniform(2.0, 5.5)  # lactation


def _ovary(scene: Scene) -> None:
    rng, s = scene.rng, scene.s
    sign = rng.choice([-1.0, 1.0])
    z = float(scene.person.z(0.466))
    if scene.uptake.breast < 2:
        scene.organ((8 * s, z, sign * 42 * s), np.array([11, 11, 12]) * s, rng.uniform(2, 5))


def _stasis(rng, person, uptake) -> None:
    uptake.renal_pelvis = rng.uniform(12, 40)
    uptake.ureter_chance = rng.uniform(0.6, 0.95)
    uptake.ureter = rng.uniform(8, 20)
    uptake.bladder_mm = rng.uniform(34, 48)
    uptake.kidney *= 1.2


def _fed(rng, person, uptake) -> None:
    """After a meal or insulin: muscle and heart take up what the liver and brain lack."""
    uptake.muscle *= rng.uniform(1.5, 2.4)
    uptake.myocardium = rng.uniform(6, 13)
    uptake.liver *= 0.85
    uptake.grey *= 0.75


def _diaphragm(scene: Scene) -> None:
    """Laboured breathing: crura, rib muscles and scalenes."""
    rng, s, person = scene.rng, scene.s, scene.person
    suv = rng.uniform(1.3, 2.4)
    for sign in (-1, 1):
        for k in range(6):
            z = dome_z(scene) + (12 + 8 * k) * s
            x = sign * person.chest_mm * (0.86 + 0.04 * k)
            scene.organ((10 * s, z, x), np.array([26, 6, 4]) * s, suv * rng.uniform(0.5, 0.9))
        size = vertebra_mm(person, "L1")
        crus = vertebra(person, "L1") + np.array([-size[0] - 4, -10, sign * 12])
        scene.organ(crus, np.array([5, 28, 6]) * s, suv)
        scalene = station(scene, "lower neck", sign)
        _strap(
            scene, scalene + np.array([10, -30, 0]), scalene + np.array([4, 24, 8 * sign]), 7, suv
        )


KINDS = {
    "unremarkable": Kind(),
    "young-thymus": Kind(age=(17, 34), prepare=_young),
    "brown-fat": Kind(age=(20, 48), female=0.72, paint=_brown_fat),
    "muscle-activity": Kind(age=(20, 60), whole_body=0.4, paint=_exercise),
    "metformin-bowel": Kind(age=(45, 84), prepare=_metformin),
    "fasting-heart": Kind(prepare=_fasting_heart),
    "reactive-nodes": Kind(age=(20, 70), paint=_reactive),
    "worn-joints": Kind(age=(64, 88), whole_body=0.4, prepare=_elderly, paint=_worn),
    "cyclic-female": Kind(age=(20, 46), female=1.0, prepare=_cyclic, paint=_ovary),
    "urinary-stasis": Kind(age=(30, 86), female=0.35, prepare=_stasis),
    "fed-muscle": Kind(prepare=_fed),
    "laboured-breathing": Kind(age=(45, 84), paint=_diaphragm),
}
