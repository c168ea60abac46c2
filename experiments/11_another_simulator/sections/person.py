"""Who is drawn: build, posture and the places of joints and levels, in mm.

Heights down the body are given as a fraction of stature from the vertex (0) to the soles (1).
"""

from dataclasses import dataclass

import numpy as np

SIDES = {"right": -1.0, "left": 1.0}


@dataclass(frozen=True, kw_only=True, eq=False)
class Person:
    """Build and posture; lateral is positive to the patient's left."""

    is_female: bool
    age: float
    height_mm: float
    bmi: float
    girth: float  # BMI over 24
    warp: np.ndarray  # fractions of stature of the chin, hip and knee
    tilt: np.ndarray  # (y, x) shift in mm per mm of z
    bend_mm: np.ndarray  # (2,) sideways curve of the trunk: one and two arcs
    roll_deg: float
    head_turn_deg: float
    arms_up: bool
    arm_spread_deg: np.ndarray  # right, left
    elbow_bend_deg: np.ndarray
    leg_spread_mm: float
    kyphosis_mm: float

    @property
    def scale(self) -> float:
        """Linear size of the organs against a 1750 mm person."""
        return (self.height_mm / 1750) ** 0.85

    @property
    def chest_mm(self) -> float:
        """Half-width of the inside of the chest."""
        return 129 * self.scale * self.girth**0.17 * (0.93 if self.is_female else 1.0)

    def z(self, fraction: float | np.ndarray) -> np.ndarray | float:
        """Distance from the vertex (mm) of a fraction of stature."""
        return self.height_mm * np.interp(
            fraction, [-1, 0, 0.135, 0.485, 0.72, 1, 2], [-1, 0, *self.warp, 1, 2]
        )

    def sway(self, z: float | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Shift (y, x) of the body's axis at height z, from obliquity and sideways bend."""
        t = z / self.height_mm
        bend = self.bend_mm[0] * np.sin(np.pi * t / 0.6) * (t < 0.6)
        bend = bend + self.bend_mm[1] * np.sin(2 * np.pi * t / 0.6) * (t < 0.6)
        y_shift = self.tilt[0] * (z - 0.3 * self.height_mm)
        return y_shift, self.tilt[1] * (z - 0.3 * self.height_mm) + bend

    def put(self, point: object) -> np.ndarray:
        """A point (or rows of points) of the straight body, moved with obliquity and roll."""
        p = np.array(point, float)
        y_shift, x_shift = self.sway(p[..., 1])
        angle = np.deg2rad(self.roll_deg)
        y, x = p[..., 0].copy(), p[..., 2].copy()
        p[..., 0] = np.cos(angle) * y + np.sin(angle) * x + y_shift
        p[..., 2] = np.cos(angle) * x - np.sin(angle) * y + x_shift
        return p

    def spine_y(self, z: float | np.ndarray) -> np.ndarray:
        """Depth (mm) of the middle of the vertebral bodies at height z."""
        t = np.asarray(z) / self.height_mm
        knots = [0.07, 0.11, 0.15, 0.19, 0.25, 0.31, 0.37, 0.42, 0.455, 0.49]
        depth = np.array([12, 10, 24, 38, 48, 42, 28, 30, 52, 62], float)
        depth[3:6] += 0.5 * self.kyphosis_mm
        depth[:3] -= 0.4 * self.kyphosis_mm
        return np.interp(t, np.array(knots), depth) * self.scale

    def joint(self, name: str, side: str) -> np.ndarray:
        """Centre (y, z, x) in posture of a joint from shoulder to hand or from hip to toes."""
        if name in ("shoulder", "elbow", "wrist", "hand"):
            return self._arm(side)[name]
        return self._leg(side)[name]

    def _arm(self, side: str) -> dict[str, np.ndarray]:
        sign, index = SIDES[side], int(side == "left")
        h = self.height_mm
        broad = 0.093 if self.is_female else 0.1
        lift = 0.014 if self.arms_up else 0.0
        shoulder = np.array([16.0, self.z(0.192 - lift), sign * h * (broad - 0.5 * lift)])
        shoulder = self.put(shoulder)
        spread = np.deg2rad(self.arm_spread_deg[index])
        bend = np.deg2rad(self.elbow_bend_deg[index])
        if self.arms_up:
            upper = np.array([-0.12, -np.cos(spread), sign * np.sin(spread)])
            lower = np.array([0.05, -np.cos(spread - bend), sign * np.sin(spread - bend)])
        else:
            spread = spread + np.deg2rad(6 * max(self.girth - 1, 0))
            upper = np.array([0.1, np.cos(spread), sign * np.sin(spread)])
            lower = np.array([-0.22, np.cos(spread - bend), sign * np.sin(spread - bend)])
        upper, lower = upper / np.linalg.norm(upper), lower / np.linalg.norm(lower)
        elbow = shoulder + 0.178 * h * upper
        wrist = elbow + 0.145 * h * lower
        return {
            "shoulder": shoulder,
            "elbow": elbow,
            "wrist": wrist,
            "hand": wrist + 0.095 * h * lower,
        }

    def _leg(self, side: str) -> dict[str, np.ndarray]:
        sign, h = SIDES[side], self.height_mm
        spread = self.leg_spread_mm
        hip_x = h * (0.053 if self.is_female else 0.051)
        points = {
            "hip": [18, self.z(0.485), sign * hip_x],
            "knee": [28, self.z(0.72), sign * (0.046 * h + 0.6 * spread + 18 * (self.girth - 1))],
            "ankle": [42, self.z(0.957), sign * (0.04 * h + spread + 12 * (self.girth - 1))],
            "toes": [-62, self.z(0.995), sign * (0.055 * h + 1.25 * spread + 12 * self.girth)],
        }
        return {name: self.put(p) for name, p in points.items()}


def draw_person(
    rng: np.random.Generator,
    *,
    age: tuple[float, float] = (22, 84),
    female: float = 0.5,
    arms_up: float = 0.6,
) -> Person:
    """A random person: `age` range in years, chances of being female and of arms up."""
    is_female = bool(rng.random() < female)
    years = float(rng.uniform(*age))
    stature = rng.normal(1640 if is_female else 1765, 68) - max(years - 60, 0) * 0.8
    bmi = float(np.clip(rng.lognormal(np.log(25.5), 0.19), 17, 42))
    up = bool(rng.random() < arms_up)
    kyphosis = abs(rng.normal(0, 5)) + max(years - 60, 0) * rng.uniform(0, 0.8)
    both = rng.normal(22 if up else 7, 9 if up else 3)
    bend = rng.normal(22 if up else 12, 24 if up else 7)
    return Person(
        is_female=is_female,
        age=years,
        height_mm=float(np.clip(stature, 1450, 1950)),
        bmi=bmi,
        girth=bmi / 24,
        warp=np.array([0.135, 0.485, 0.72]) * (1 + rng.normal(0, [0.025, 0.013, 0.008])),
        tilt=rng.normal(0, 0.012, 2),
        bend_mm=rng.normal(0, [5, 3]),
        roll_deg=float(rng.normal(0, 2.5)),
        head_turn_deg=float(rng.normal(0, 7)),
        arms_up=up,
        arm_spread_deg=np.clip(both + rng.normal(0, 3, 2), 3 if not up else 5, 48),
        elbow_bend_deg=np.clip(bend + rng.normal(0, 6, 2), 0, 75),
        leg_spread_mm=float(rng.normal(14, 12)),
        kyphosis_mm=float(min(kyphosis, 25)),
    )
