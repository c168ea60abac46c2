"""A person and how they lie: build, proportions and pose, drawn once and then fixed."""

from dataclasses import dataclass, field

import numpy as np

from uptake_ml.phantom.pointwise.cloud import Cloud, limb_frame, unit
from uptake_ml.phantom.pointwise.head import build_head, build_larynx
from uptake_ml.phantom.pointwise.limbs import (
    FOREARM,
    SHANK,
    THIGH,
    UPPER_ARM,
    build_femur,
    build_foot,
    build_forearm,
    build_hand,
    build_humerus,
    build_shank,
)
from uptake_ml.phantom.pointwise.trunk import build_trunk

# Population (prior): adults sent for bone scans.
AGE_YEARS = (28.0, 86.0)
HEIGHT_MM = {"female": (1625.0, 62.0), "male": (1755.0, 68.0)}
BMI = (26.0, 4.2, 17.0, 41.0)  # mean, sd, least, most
SHOULDERS = {"female": 0.93, "male": 1.02}
HIPS = {"female": 1.04, "male": 0.98}
ARM_POSES = {"at side": 0.42, "on thighs": 0.24, "apart": 0.22, "under hips": 0.12}
SHOULDER_REF = np.array([[166.0, -12.0, 318.0]])
HIP_REF = np.array([[88.0, -4.0, 850.0]])


@dataclass(frozen=True, kw_only=True)
class Person:
    """Everything about the body and its position that does not depend on uptake."""

    sex: str
    age_years: float
    height_mm: float
    bmi: float
    shoulders: float
    hips: float
    chest_depth: float
    trunk: float
    limbs: float
    robust: float
    scoliosis_mm: float
    scoliosis_phase: float
    kyphosis_mm: float
    oblique_deg: float
    lean: float
    head_turn_deg: float
    head_tilt_deg: float
    head_nod_deg: float
    shrug_mm: tuple[float, float]
    arms: tuple[str, str]
    pose: dict[str, tuple[float, float]] = field(repr=False)

    @property
    def scale(self) -> float:
        """Size against the reference stature of 1750 mm."""
        return self.height_mm / 1750.0

    @property
    def fat(self) -> float:
        """Girth of soft tissue against a BMI of 24."""
        return float((self.bmi / 24.0) ** 0.55)

    def place_trunk(self, points: np.ndarray) -> np.ndarray:
        """World mm of trunk points (n, 3) given in the reference frame."""
        x, y, s = np.atleast_2d(points).T
        width = np.interp(s, [280, 330, 560, 720], [self.shoulders] * 2 + [1.0, self.hips])
        width = width * np.interp(np.abs(x), [20, 60], [0.35 + 0.65 * self.robust, 1.0])
        shrug = np.where(x > 0, *self.shrug_mm) * np.clip((np.abs(x) - 60) / 100, 0, 1)
        x2 = x * width
        y2 = y * self.chest_depth
        rise = np.exp(-(((s - 380) / 110) ** 2))
        y2 = y2 - self.kyphosis_mm * 0.5 * rise
        s2 = s * self.trunk + shrug * np.exp(-(((s - 320) / 90) ** 2))
        window = np.clip((s - 250) / 120, 0, 1) * np.clip((780 - s) / 120, 0, 1)
        x2 = x2 + self.scoliosis_mm * window * np.sin(
            2 * np.pi * (s - 250) / 480 + self.scoliosis_phase
        )
        turn = np.deg2rad(self.oblique_deg) * np.clip((1000 - s) / 500, 0.3, 1)
        x3 = x2 * np.cos(turn) - y2 * np.sin(turn) + self.lean * (s2 - 850)
        y3 = x2 * np.sin(turn) + y2 * np.cos(turn)
        return np.stack([x3, y3, s2], 1) * self.scale

    def place_head(self, points: np.ndarray) -> np.ndarray:
        """World mm of head points (n, 3): turned, nodded and tilted about the top of the neck."""
        a, n, z = np.deg2rad([self.head_turn_deg, self.head_nod_deg, self.head_tilt_deg])
        turn = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
        nod = np.array([[1, 0, 0], [0, np.cos(n), -np.sin(n)], [0, np.sin(n), np.cos(n)]])
        tilt = np.array([[np.cos(z), 0, -np.sin(z)], [0, 1, 0], [np.sin(z), 0, np.cos(z)]])
        pivot = np.array([0.0, -4.0, 150.0])
        forward = np.array([0.0, 0.35 * self.kyphosis_mm, 0.3 * self.kyphosis_mm])
        size = self.scale**0.5
        base = self.place_trunk(np.array([[0.0, -4.0, 168.0]]))[0] - np.array([0, 0, 18.0])
        return base + forward + (points - pivot) @ (tilt @ nod @ turn).T * size


def _arm_pose(rng: np.random.Generator, kind: str) -> dict[str, float]:
    """Angles in degrees: away from the trunk, forearm inwards, forearm forwards, pronation."""
    away, inward, forward, twist = {
        "at side": (9, 2, 0, 70),
        "on thighs": (13, 18, 12, 40),
        "apart": (19, -2, 0, 45),
        "under hips": (12, 19, -4, 150),
    }[kind]
    if kind == "at side" and rng.random() < 0.5:
        twist = 155  # palms flat on the table
    return {
        "away": rng.normal(away, 2.5),
        "inward": rng.normal(inward, 2.5),
        "forward": rng.normal(forward, 2.0),
        "twist": rng.normal(twist, 14),
    }


def _draw_pose(rng: np.random.Generator, arms_apart: bool) -> tuple[tuple[str, str], dict]:
    """Names of the arms' positions and every angle in degrees, (left, right)."""
    poses = {k: v for k, v in ARM_POSES.items() if arms_apart or k != "apart"}
    kinds, chances = list(poses), np.array(list(poses.values()))
    chances = chances / chances.sum()
    arm = str(rng.choice(kinds, p=chances))
    other = arm if rng.random() < 0.85 else str(rng.choice(kinds, p=chances))
    sides = [_arm_pose(rng, arm), _arm_pose(rng, other)]
    if arm == other:
        sides[1] = {k: 0.65 * sides[0][k] + 0.35 * v for k, v in sides[1].items()}
    knee = abs(rng.normal(0, 5)) if rng.random() < 0.8 else rng.uniform(12, 24)
    pose = {k: (sides[0][k], sides[1][k]) for k in sides[0]}
    apart, out = rng.normal(2.0, 1.6), rng.normal(12, 12)
    pose["hip_out"] = (apart + rng.normal(0, 0.8), apart + rng.normal(0, 0.8))
    pose["turn"] = (out + rng.normal(0, 6), out + rng.normal(0, 6))
    pose["knee_bend"] = (knee, max(0.0, knee + rng.normal(0, 2)))
    pose["plantar"] = (rng.normal(48, 10), rng.normal(48, 10))
    pose["curl"] = (rng.uniform(0, 0.3), rng.uniform(0, 0.3))
    pose["spread"] = (rng.uniform(0.9, 1.25), rng.uniform(0.9, 1.25))
    return (arm, other), pose


def draw_person(
    rng: np.random.Generator,
    age_range_years: tuple[float, float] = AGE_YEARS,
    arms_apart: bool = True,
) -> Person:
    """Draw a person and a position on the table, the arms never apart unless `arms_apart`."""
    sex = str(rng.choice(["female", "male"]))
    age = float(rng.uniform(*age_range_years))
    mean, sd, least, most = BMI
    arms, pose = _draw_pose(rng, arms_apart)
    old = max(0.0, age - 55) / 30
    return Person(
        sex=sex,
        age_years=age,
        height_mm=float(rng.normal(*HEIGHT_MM[sex])) - 25 * old,
        bmi=float(np.clip(rng.normal(mean, sd), least, most)),
        shoulders=SHOULDERS[sex] * rng.normal(1, 0.03),
        hips=HIPS[sex] * rng.normal(1, 0.025),
        chest_depth=rng.normal(1, 0.06),
        trunk=rng.normal(1, 0.02),
        limbs=rng.normal(1, 0.022),
        robust=rng.normal({"female": 0.93, "male": 1.0}[sex], 0.04),
        scoliosis_mm=abs(rng.normal(0, 4)) + 8 * old * rng.random() ** 2,
        scoliosis_phase=rng.uniform(0, 2 * np.pi),
        kyphosis_mm=max(0.0, rng.normal(4, 6)) + 30 * old * rng.random() ** 2,
        oblique_deg=rng.normal(0, 3.0)
        + (rng.random() < 0.08) * rng.choice([-1, 1]) * rng.uniform(8, 18),
        lean=rng.normal(0, 0.015),
        head_turn_deg=rng.normal(0, 5)
        if rng.random() < 0.85
        else rng.choice([-1, 1]) * rng.uniform(22, 50),
        head_tilt_deg=rng.normal(0, 3),
        head_nod_deg=rng.normal(2, 5),
        shrug_mm=(rng.normal(0, 6), rng.normal(0, 6)),
        arms=arms,
        pose=pose,
    )


def _direction(away_deg: float, forward_deg: float, x: int) -> np.ndarray:
    """Unit vector towards the feet, leaning away from the midline and to the front."""
    a, b = np.deg2rad([away_deg, forward_deg])
    return unit(np.array([x * np.tan(a), np.tan(b), 1.0]))


def _build_arm(cloud: Cloud, person: Person, i: int, x: int, side: str, joints: dict) -> None:
    pose = {k: v[i] for k, v in person.pose.items()}
    scale = person.scale * person.limbs
    shoulder = person.place_trunk(SHOULDER_REF * np.array([x, 1, 1]))[0]
    bulk = 4.0 * (person.fat - 1)  # a stout trunk pushes the arms out
    upper = _direction(pose["away"] + 6 * bulk, -3, x)
    elbow = shoulder + upper * UPPER_ARM * scale
    lower = _direction(pose["away"] - pose["inward"] * 1.6 + 3 * bulk, pose["forward"], x)
    wrist = elbow + lower * FOREARM * scale
    outward = np.array([x, 0.0, 0.0])
    build_humerus(cloud, side, limb_frame(shoulder, elbow, outward, -10, scale), UPPER_ARM)
    thumb = limb_frame(elbow, wrist, outward, -pose["twist"], scale)
    arm = limb_frame(elbow, wrist, outward, 0, scale)
    build_forearm(cloud, side, arm, FOREARM, thumb.lateral)
    fingers = _direction(pose["away"] - pose["inward"] * 1.3, 0.5 * pose["forward"], x)
    hand = limb_frame(wrist, wrist + fingers, outward, -pose["twist"], scale)
    build_hand(cloud, side, hand, pose["spread"], pose["curl"])
    tips = wrist + fingers * 175 * scale
    joints.update({("shoulder", side): shoulder, ("elbow", side): elbow})
    joints.update({("wrist", side): wrist, ("fingers", side): tips})


def _build_leg(cloud: Cloud, person: Person, i: int, x: int, side: str, joints: dict) -> None:
    pose = {k: v[i] for k, v in person.pose.items()}
    scale = person.scale * person.limbs
    hip = person.place_trunk(HIP_REF * np.array([x, 1, 1]))[0]
    knee = hip + _direction(pose["hip_out"] - 0.8, pose["knee_bend"], x) * THIGH * scale
    ankle = knee + _direction(pose["hip_out"] - 2.2, -pose["knee_bend"], x) * SHANK * scale
    outward = np.array([x, 0.0, 0.0])
    thigh = limb_frame(hip, knee, outward, 0.6 * pose["turn"] - 6, scale)
    shank = limb_frame(knee, ankle, outward, 0.8 * pose["turn"], scale)
    build_femur(cloud, side, thigh, THIGH)
    build_shank(cloud, side, shank, SHANK)
    turned = limb_frame(knee, ankle, outward, pose["turn"] + 4, scale)
    p = np.deg2rad(pose["plantar"])
    toes = turned.anterior * np.cos(p) + turned.along * np.sin(p)
    upper = turned.anterior * np.sin(p) - turned.along * np.cos(p)
    foot = type(turned)(ankle, turned.lateral, upper, toes, scale)
    build_foot(cloud, side, foot)
    joints.update({("hip", side): hip, ("knee", side): knee, ("ankle", side): ankle})
    joints[("toes", side)] = foot.at((0, -30, 150))[0]
    joints[("heel", side)] = foot.at((3, -32, -20))[0]


def build_person(rng: np.random.Generator, person: Person) -> tuple[Cloud, dict]:
    """The skeleton's cloud in world mm, and its joints {(name, side): (x, y, s)}."""
    trunk = Cloud(rng, person.place_trunk)
    build_trunk(trunk)
    build_larynx(trunk)
    head = Cloud(rng, person.place_head)
    build_head(head)
    limbs = Cloud(rng)
    joints: dict = {
        ("chin", None): person.place_head(np.array([[0.0, 86.0, 218.0]]))[0],
        ("vertex", None): person.place_head(np.array([[0.0, 0.0, 0.0]]))[0],
        ("sacrum", None): person.place_trunk(np.array([[0.0, -72.0, 795.0]]))[0],
    }
    for i, (x, side) in enumerate(((1, "left"), (-1, "right"))):
        _build_arm(limbs, person, i, x, side, joints)
        _build_leg(limbs, person, i, x, side, joints)
    parts = trunk.parts + head.parts + limbs.parts
    sites = trunk.sites | head.sites | limbs.sites
    return Cloud(rng, parts=parts, sites=sites), joints
