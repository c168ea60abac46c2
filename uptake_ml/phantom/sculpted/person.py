# ruff: noqa: RUF005 -- a list added to an array shifts a point, it is no concatenation.
"""Draws a person: build, pose and tracer level, and the positions the bones are built on (mm)."""

from dataclasses import dataclass, field

import numpy as np

# Lengths in mm of a person of 1700 mm (prior: proportions read off real scans and anatomy).
NECK, CHEST, LUMBAR, SACRUM, THIGH, SHANK = 109.0, 272.0, 180.0, 118.0, 417.0, 348.0
ARM, FOREARM, FOOT = 292.0, 245.0, 226.0
# Uptake relative to a vertebral body (thoracic SUV 3.0, humerus 0.85; rest prior).
UPTAKE = {
    "calvaria": 0.36, "face": 0.58, "mandible": 0.50, "cervical": 0.66, "thoracic": 1.0,
    "lumbar": 1.12, "rib": 0.88, "sternum": 0.78, "clavicle": 0.66, "scapula": 0.68, "pelvis": 1.0,
    "sacrum": 0.85, "sij": 1.32, "humerus": 0.41, "forearm": 0.42, "hand": 0.42, "femur": 0.40,
    "patella": 0.34, "tibia": 0.38, "foot": 0.31,
}  # fmt: skip
BONE_CV, SIDE_CV = 0.17, 0.035  # .22-.31 between subjects, part of it common to all
END_CV = 0.3  # of hands and feet: cold, worn or busy ones differ more (prior)
ARM_POSES = ("side", "thigh", "abducted")


@dataclass
class Person:
    """A drawn person; `z` holds levels, `joint` the (x, y, z) of joints by (name, side)."""

    male: bool
    age: float
    height: float
    fat: float
    k: float
    wide: float
    hip_wide: float
    deep: float
    head: float
    pose: str
    z: dict
    spine_knots: tuple
    scoliosis: tuple
    uptake: dict
    joint: dict = field(default_factory=dict)
    soft: float = 0.1
    turn: float = 0.0

    def spine(self, z):
        """(x, y) of the vertebral body's centre at level z (mm)."""
        y = float(np.interp(z, *self.spine_knots))
        amount, waves, phase, z0, z1 = self.scoliosis
        t = np.clip((z - z0) / (z1 - z0), 0.0, 1.0)
        return amount * np.sin(np.pi * t) * np.sin(2 * np.pi * waves * t + phase), y

    def tone(self, bone, side=None):
        """Uptake of a bone in this person."""
        return self.uptake[bone] * self.uptake.get((bone, side), 1.0)


def _levels(rng, k, head, age):
    """Levels (mm from the vertex) along the trunk and legs."""
    trunk, leg = rng.normal(1, 0.025, 2)
    shrink = 1 - max(0.0, age - 60) * rng.uniform(0, 0.002)
    z = {"c1": 160 * head}
    z["t1"] = z["c1"] + NECK * k * rng.normal(1, 0.04)
    z["l1"] = z["t1"] + CHEST * k * trunk * shrink
    z["s1"] = z["l1"] + LUMBAR * k * trunk * shrink
    z["hip"] = z["s1"] + SACRUM * k
    z["coccyx"] = z["hip"] + 4 * k
    z["knee"] = z["hip"] + THIGH * k * leg
    z["ankle"] = z["knee"] + SHANK * k * leg * rng.normal(1, 0.02)
    z["shoulder"] = z["t1"] + rng.normal(33, 6) * k
    return z


def _spine_knots(rng, z, deep, age):
    """Depth of the spine by level: neck and loins forward, chest backward."""
    kyphosis = max(0.0, rng.normal(0, 8) + max(0.0, age - 60) * 0.35)
    levels = [z["c1"], z["t1"] - 30, z["t1"] + 20, (z["t1"] + z["l1"]) / 2, z["l1"]]
    levels += [(z["l1"] + z["s1"]) / 2, z["s1"], z["hip"]]
    depth = [-8 + kyphosis, -8 + kyphosis / 2, -32, -58 - kyphosis / 2, -45, -22, -34, -70]
    return levels, [d * deep for d in depth]


def _uptake(rng):
    """Uptake of each bone with its spread, and the ratio of each side."""
    table = {b: v * np.exp(rng.normal(0, BONE_CV)) for b, v in UPTAKE.items()}
    table["thoracic"] = 1.0
    table["lumbar"] = 1.12 * np.exp(rng.normal(0, 0.1))
    table["sacrum"] = table["pelvis"] * rng.uniform(0.62, 0.8)
    table["sij"] = table["sacrum"] * rng.uniform(1.15, 1.4)
    for bone in ("hand", "foot"):
        table[bone] *= np.exp(rng.normal(0, END_CV))
    for bone in UPTAKE:
        for side in ("left", "right"):
            table[bone, side] = np.exp(rng.normal(0, SIDE_CV))
    return table


def _arms(rng, p, side, s, together):
    """Shoulder, elbow, wrist and the hand's frame for the pose."""
    k, deep = p.k, p.deep
    shoulder = np.array([s * (153 * p.wide + rng.normal(0, 3)), -48 * deep, p.z["shoulder"]])
    flank = (150 + 30 * (p.fat - 1) * 3) * p.wide
    out, front, bend = {
        "side": (max(flank + 48, 205), -45, flank + 60),
        "thigh": (max(flank + 55, 215), -25, flank - 5),
        "abducted": (flank + 80, -50, flank + 100),
    }[p.pose]
    out, bend = out * together + rng.normal(0, 6), bend * together + rng.normal(0, 12)
    length = ARM * k * p.joint["arm_scale"]
    x = np.clip(s * out - shoulder[0], -0.6 * length, 0.6 * length)
    y = front - shoulder[1]
    elbow = shoulder + [x, y, np.sqrt(max(length**2 - x**2 - y**2, 1e3))]
    length = FOREARM * k * p.joint["arm_scale"]
    x = np.clip(s * min(bend, 262) - elbow[0], -0.7 * length, 0.7 * length)
    y = (62 * deep - elbow[1]) if p.pose == "thigh" else rng.normal(0, 10)
    wrist = elbow + [x, y, np.sqrt(max(length**2 - x**2 - y**2, 1e3))]
    for name, where in (("shoulder", shoulder), ("elbow", elbow), ("wrist", wrist)):
        p.joint[name, side] = where
    roll = rng.normal(15, 15) if p.pose == "thigh" else rng.choice([80.0, 20.0]) + rng.normal(0, 10)
    p.joint["hand_roll", side] = np.deg2rad(roll)


def _legs(rng, p, side, s, apart, outward):
    """Hip, knee, ankle and the foot's direction."""
    z, k = p.z, p.k
    hip = np.array([s * 87 * p.hip_wide, -12 * p.deep, z["hip"]])
    knee = np.array([s * (apart + rng.normal(0, 4)), -20.0, z["knee"] + rng.normal(0, 3)])
    ankle = np.array([s * (0.92 * apart + rng.normal(0, 7)), -42.0, z["ankle"] + rng.normal(0, 4)])
    for name, where in (("hip", hip), ("knee", knee), ("ankle", ankle)):
        p.joint[name, side] = where
    turn = np.deg2rad(outward + rng.normal(0, 7))
    down = np.deg2rad(np.clip(rng.normal(42, 10), 15, 68))
    toes = [s * np.sin(turn) * 0.75, np.cos(down) * np.cos(turn), np.sin(down)]
    p.joint["toes", side] = np.array(toes) / np.linalg.norm(toes)
    p.joint["leg_turn", side] = turn * 0.7
    p.joint["foot_length", side] = FOOT * k


def draw_person(rng):
    """Draw one adult."""
    male = bool(rng.random() < 0.5)
    age = float(np.clip(rng.normal(60, 15), 20, 90))
    height = float(np.clip(rng.normal(1745 if male else 1615, 68), 1450, 1960))
    k = height / 1700
    fat = float(np.clip(rng.normal(1.02, 0.17), 0.72, 1.42))  # 1 = BMI of about 25
    head = rng.normal(1.02 if male else 0.97, 0.025)
    z = _levels(rng, k, head, age)
    deep = np.sqrt(k) * rng.normal(1.0, 0.04)
    wide = np.sqrt(k) * rng.normal(1.03 if male else 0.94, 0.035)
    hip_wide = np.sqrt(k) * rng.normal(0.99 if male else 1.02, 0.035)
    curve = abs(rng.normal(0, 4)) if rng.random() < 0.85 else rng.uniform(10, 24)
    scoliosis = (curve, rng.uniform(0.4, 1.0), rng.uniform(0, 6.28), z["t1"] - 20, z["s1"])
    pose = str(rng.choice(ARM_POSES, p=(0.66, 0.22, 0.12)))
    p = Person(male, age, height, fat, k, wide, hip_wide, deep, head, pose, z,
               _spine_knots(rng, z, deep, age), scoliosis, _uptake(rng))  # fmt: skip
    p.soft = float(np.clip(0.03 * np.exp(rng.normal(0, 0.42)), 0.013, 0.09))
    p.turn = float(
        np.deg2rad(rng.normal(0, 7) if rng.random() < 0.85 else np.clip(rng.normal(0, 18), -35, 35))
    )
    p.joint["arm_scale"] = rng.normal(1, 0.025)
    together, apart = rng.normal(1, 0.03), rng.normal(95, 10) * hip_wide
    outward = rng.choice([22.0, -8.0, 40.0], p=(0.7, 0.12, 0.18))
    for side, s in (("left", 1), ("right", -1)):
        _arms(rng, p, side, s, together)
        _legs(rng, p, side, s, apart, outward)
    return p
