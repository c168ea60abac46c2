"""The armature: frames that hang on each other, and the person whose build and pose they have.

World: x grows to the patient's left, y to the back, z to the feet, in mm; supine. Lengths in a
frame are those of a body of 1.70 m, which ``scale`` turns into this body's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from uptake_ml.phantom.framed.field import Arc, BentBox, Capsule, Egg

# Roll of the hand: palms down on the table, thumbs up, or palms up; mean, spread, own spread.
_PALMS = ((165, 14, 10), (95, 14, 10), (15, 15, 10))
SIDES = {"right": -1, "left": 1}


def turned(x: float = 0, y: float = 0, z: float = 0) -> np.ndarray:
    """Return the rotation by degrees about x, then y, then z; columns are the turned axes."""
    (cx, cy, cz), (sx, sy, sz) = np.cos(np.radians([x, y, z])), np.sin(np.radians([x, y, z]))
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return about_z @ about_y @ about_x


@dataclass(frozen=True, eq=False)
class Frame:
    """A joint of the armature: where it lies, how it is turned, how large its mm are."""

    origin: np.ndarray
    turn: np.ndarray
    scale: float = 1.0

    def at(self, point) -> np.ndarray:
        """Return a point of this frame in the world."""
        return self.origin + self.turn @ (self.scale * np.asarray(point, float))

    def local(self, point: np.ndarray) -> np.ndarray:
        """Return a point of the world in this frame."""
        return self.turn.T @ (point - self.origin) / self.scale

    def child(self, point=(0, 0, 0), turn: np.ndarray | None = None, scale: float = 1.0) -> Frame:
        """Return a frame that hangs on this one."""
        turn = self.turn if turn is None else self.turn @ turn
        return Frame(self.at(point), turn, self.scale * scale)

    def rod(
        self, a, b, ra: float, rb: float | None = None, thin=None, flat: float = 1.0
    ) -> Capsule:
        """Return a capsule between two points of this frame."""
        axis = None
        if thin is not None:
            axis = self.turn @ np.asarray(thin, float)
            axis = axis / np.linalg.norm(axis)
        rb = ra if rb is None else rb
        return Capsule(
            a=self.at(a), b=self.at(b), ra=self.scale * ra, rb=self.scale * rb, thin=axis, flat=flat
        )

    def egg(self, centre, radii, turn: np.ndarray | None = None) -> Egg:
        """Return an ellipsoid."""
        turn = self.turn if turn is None else self.turn @ turn
        return Egg(centre=self.at(centre), turn=turn, radii=self.scale * np.asarray(radii, float))

    def box(
        self, centre, half, edge: float, turn=None, bend: float = 0, taper: float = 1
    ) -> BentBox:
        """Return a rounded box."""
        turn = self.turn if turn is None else self.turn @ turn
        half = self.scale * np.asarray(half, float)
        return BentBox(
            centre=self.at(centre),
            turn=turn,
            half=half,
            edge=self.scale * edge,
            bend=bend / self.scale,
            taper=taper,
        )

    def arc(self, centre, side: int, wide, deep, first, last, drop, thick, tall, turn=None) -> Arc:
        """Return a part of a torus on one side, angles in degrees from lateral, 90 behind."""
        turn = self.turn if turn is None else self.turn @ turn
        k = self.scale
        return Arc(
            centre=self.at(centre),
            turn=turn * [side, 1, 1],
            wide=k * wide,
            deep=k * deep,
            first=np.radians(first),
            last=np.radians(last),
            drop=k * drop,
            thick=k * thick,
            tall=k * tall,
        )


@dataclass(frozen=True, kw_only=True)
class Person:
    """Build and pose. Angles in degrees; for both sides (right, left)."""

    age: float
    is_woman: bool
    height_mm: float
    bmi: float
    breadth: float
    depth: float
    bone_girth: float
    scoliosis_mm: float
    kyphosis: float
    lordosis: float
    pelvis_tilt: float
    head_turn: float
    head_nod: float
    oblique: float
    slant: float
    arm_away: tuple[float, float]
    arm_forward: tuple[float, float]
    elbow_bend: tuple[float, float]
    elbow_in: tuple[float, float]
    palm_roll: tuple[float, float]
    finger_curl: tuple[float, float]
    leg_apart: tuple[float, float]
    leg_roll: tuple[float, float]
    knee_bend: tuple[float, float]
    foot_point: tuple[float, float]

    @property
    def scale(self) -> float:
        """Return height over 1.70 m."""
        return self.height_mm / 1700


def draw_person(
    rng: np.random.Generator,
    *,
    ages=(25, 86),
    bmis=(18.5, 34),
    arms: str = "down",
    woman_share: float = 0.5,
) -> Person:
    """Return a person; arms lie beside the body ("down") or above the head ("up")."""
    is_woman = bool(rng.random() < woman_share)
    age = rng.uniform(*ages)
    height = rng.normal(1640 if is_woman else 1755, 65) - max(age - 60, 0) * 1.2
    bmi = float(np.clip(rng.gamma(9, 1.0) + 17, *bmis))

    def pair(mean: float, common: float, own: float, low=-180.0, high=180.0):
        both = mean + rng.normal(0, common) + rng.normal(0, own, 2)
        return tuple(float(v) for v in np.clip(both, low, high))

    stoop = max(age - 55, 0) / 30
    wide = max(bmi - 30, 0)
    is_up = arms == "up"
    return Person(
        age=age,
        is_woman=is_woman,
        height_mm=float(np.clip(height, 1460, 1940)),
        bmi=bmi,
        breadth=float(rng.normal(0.97 if is_woman else 1.03, 0.035)),
        depth=float(rng.normal(1, 0.05)),
        bone_girth=float(rng.normal(0.94 if is_woman else 1.05, 0.05)),
        scoliosis_mm=float(np.clip(rng.normal(0, 3.5) * (1 + stoop), -13, 13)),
        kyphosis=float(np.clip(rng.normal(1 + 0.7 * stoop, 0.2), 0.5, 2.2)),
        lordosis=float(np.clip(rng.normal(1 - 0.3 * stoop, 0.2), 0.2, 1.5)),
        pelvis_tilt=float(rng.normal(0, 6)),
        head_turn=float(rng.normal(0, 9)),
        head_nod=float(rng.normal(2, 6)),
        oblique=float(rng.normal(0, 2.5) if rng.random() < 0.85 else rng.normal(0, 10)),
        slant=float(rng.normal(0, 1.0)),
        arm_away=pair(160, 8, 5) if is_up else pair(8 + 0.45 * wide, 3, 2, 2, 24),
        arm_forward=pair(10, 7, 4) if is_up else pair(-2, 4, 3),
        elbow_bend=pair(15, 10, 6, 0, 50) if is_up else pair(14, 7, 5, 0, 45),
        elbow_in=pair(50, 15, 8) if is_up else pair(13 + 0.2 * wide, 6, 4, -4, 34),
        palm_roll=pair(*_PALMS[int(rng.choice(3, p=[0.6, 0.22, 0.18]))]),
        finger_curl=pair(12, 8, 4, 0, 40),
        leg_apart=pair(4.5 + 0.12 * wide, 1.6, 1.0, 1, 12),
        leg_roll=pair(16, 8, 6, -10, 48),
        knee_bend=pair(6, 5, 2, 0, 25),
        foot_point=pair(34, 9, 5, 5, 60),
    )
