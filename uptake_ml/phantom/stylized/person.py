"""A person lying supine: size, pose and the places of the joints.

Lengths of segments as parts of stature follow Drillis and Contini (1966); what is not theirs is
common knowledge of anatomy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from uptake_ml.phantom.stylized.raster import Shape

SIDES = {"left": 1.0, "right": -1.0}
# C7, top of the iliac crest, hip, knee and ankle of the mean person, as parts of stature.
_MEAN = np.array([0.153, 0.407, 0.478, 0.720, 0.952])
ARMS = ("sides", "abducted", "thighs", "up")


@dataclass(frozen=True, eq=False)
class Person:
    """``points`` maps a name, or (name, side), to (x, y, z) in mm from the vertex."""

    sex: str
    height_mm: float
    bmi: float
    arms: str
    points: dict
    chest: float
    hips: float
    build: np.ndarray

    def place(self, y_mm):
        """Return where heights of the mean person lie in this one: trunk and legs differ."""
        return _stretch(np.asarray(y_mm), self.build * self.height_mm, _MEAN * self.height_mm)

    def unplace(self, y_mm):
        """Return the inverse of ``place``."""
        return _stretch(np.asarray(y_mm), _MEAN * self.height_mm, self.build * self.height_mm)

    def fit(self, shape: Shape) -> Shape:
        """Return a shape of the mean person where this one has it."""
        a = np.array([shape.a[0], self.place(shape.a[1]), shape.a[2]])
        if shape.b is None:
            return replace(shape, a=a)
        return replace(shape, a=a, b=np.array([shape.b[0], self.place(shape.b[1]), shape.b[2]]))

    @property
    def weight_kg(self) -> float:
        """Return the weight."""
        return self.bmi * (self.height_mm / 1000) ** 2

    @property
    def girth(self) -> float:
        """Return the half-widths of trunk and limbs over those at a BMI of 23."""
        return (self.bmi / 23) ** 0.5


def draw_person(rng: np.random.Generator, arms: str) -> Person:
    """Return a person with arms in one of ``ARMS``."""
    sex = rng.choice(["female", "male"])
    height = float(np.clip(rng.normal(1620 if sex == "female" else 1750, 65), 1450, 1930))
    bmi = float(np.clip(rng.gamma(30, 0.87), 18, 38))
    chest = rng.normal(1.0 if sex == "male" else 0.94, 0.035)
    hips = rng.normal(1.0 if sex == "male" else 1.03, 0.03)
    points = _trunk_points(height)
    stance = rng.uniform(0.050, 0.075)
    for side, s in SIDES.items():
        points |= _arm(rng, height, chest, side, s, arms)
        points |= _leg(rng, height, hips, side, s, stance)
    build = _draw_build(rng)
    person = Person(sex, height, bmi, arms, points, chest, hips, build)
    for place in points.values():
        place[1] = person.place(place[1])
    return person


def _draw_build(rng: np.random.Generator) -> np.ndarray:
    """Return ``_MEAN`` of one person.  Means and spreads are those of five real bone scans."""
    hip = rng.normal(0.494, 0.012)
    crest = hip - rng.normal(0.088, 0.005)
    return np.array([0.153, crest, hip, rng.normal(0.5 * hip + 0.494, 0.006), 0.952])


def _stretch(y: np.ndarray, to: np.ndarray, of: np.ndarray) -> np.ndarray:
    ends = np.r_[of[0] - 2000, of, of[-1] + 2000], np.r_[to[0] - 2000, to, to[-1] + 2000]
    return np.interp(y, *ends)


def spine_z(part: float) -> float:
    """Return how far back (mm) vertebral bodies lie at ``part`` of stature: the spine's curves."""
    return float(np.interp(part, [0.09, 0.14, 0.17, 0.24, 0.31, 0.39, 0.43, 0.47, 0.49],
                           [15, 18, 32, 55, 45, 22, 35, 75, 85]))  # fmt: skip


def _trunk_points(height: float) -> dict:
    def at(part, z, x=0.0):
        return np.array([x, part * height, z])

    return {
        "vertex": at(0.0, -5),
        "chin": at(0.128, -70),
        "C7": at(0.153, spine_z(0.153)),
        "T6": at(0.234, spine_z(0.234)),
        "T12": at(0.318, spine_z(0.318)),
        "L3": at(0.3775, spine_z(0.3775)),
        "sacrum": at(0.455, 70),
        "bladder": at(0.483, -30),
    }


def _arm(rng, height, chest, side, s, arms) -> dict:
    shoulder = np.array([s * 0.098 * height * chest, 0.181 * height, 30.0])
    if arms == "up":
        upper, lower = rng.uniform(145, 165), rng.uniform(170, 215)
    elif arms == "thighs":
        upper, lower = rng.uniform(18, 26), rng.uniform(-22, -10)
    elif arms == "abducted":
        upper, lower = rng.uniform(15, 23), rng.uniform(0, 12)
    else:
        upper, lower = rng.uniform(9, 16), rng.uniform(-4, 8)
    elbow = shoulder + 0.186 * height * _way(s, upper, 0 if arms != "up" else -0.15)
    lift = -0.3 if arms == "thighs" else -0.05
    wrist = elbow + 0.146 * height * _way(s, lower, lift)
    hand = wrist + 0.062 * height * _way(s, lower + rng.uniform(-12, 12), lift / 2)
    names = ("shoulder", "elbow", "wrist", "knuckles")
    return {(n, side): p for n, p in zip(names, (shoulder, elbow, wrist, hand), strict=True)}


def _leg(rng, height, hips, side, s, stance) -> dict:
    hip = np.array([s * 0.051 * height * hips, 0.478 * height, 12.0])
    knee = np.array([s * (stance + rng.uniform(0, 0.006)) * height, 0.72 * height, 8.0])
    ankle = np.array([s * (stance + rng.uniform(-0.008, 0.014)) * height, 0.952 * height, 18.0])
    out, flexed = np.radians(rng.uniform(5, 45)), np.radians(rng.uniform(20, 60))
    way = np.array([s * np.sin(out) * np.cos(flexed), np.sin(flexed),
                    -np.cos(out) * np.cos(flexed)])  # fmt: skip
    return {
        ("hip", side): hip,
        ("knee", side): knee,
        ("ankle", side): ankle,
        ("heel", side): ankle - 0.018 * height * way + np.array([0, 0.018 * height, 8]),
        ("ball", side): ankle + 0.095 * height * way + np.array([0, 0.012 * height, 0]),
        ("toes", side): ankle + 0.125 * height * way + np.array([0, 0.012 * height, 0]),
    }


def _way(s: float, degrees: float, z: float) -> np.ndarray:
    """Return a unit vector: 0 degrees points to the feet, 90 away from the trunk."""
    way = np.array([s * np.sin(np.radians(degrees)), np.cos(np.radians(degrees)), z])
    return way / np.linalg.norm(way)
