"""Soft tissue as front and back surfaces per view, and the organs that hold tracer."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

from uptake_ml.phantom.pointwise.cloud import Cloud
from uptake_ml.phantom.pointwise.person import Person

# Trunk outline at 1750 mm, BMI 24: s, half width, front y, back y, mm (prior).
_TRUNK = np.array(
    [
        [232, 58, 48, -62],
        [270, 62, 52, -72],
        [292, 104, 58, -92],
        [312, 168, 74, -106],
        [350, 176, 92, -116],
        [420, 168, 106, -118],
        [500, 158, 102, -112],
        [600, 148, 88, -106],
        [680, 156, 82, -106],
        [760, 172, 88, -114],
        [850, 182, 92, -122],
        [905, 172, 82, -116],
        [945, 150, 60, -100],
    ]
)
# Limb girths: radius in mm at the near and the far end (prior).
_LIMBS = {
    ("shoulder", "elbow"): (56, 43, 1.0),
    ("elbow", "wrist"): (43, 28, 1.0),
    ("wrist", "fingers"): (34, 22, 0.6),
    ("hip", "knee"): (94, 62, 1.0),
    ("knee", "ankle"): (60, 38, 1.0),
    ("heel", "toes"): (36, 32, 0.8),
}
# Soft tissue uptake against a vertebra, per volume: in-body median varies by four (measured).
SOFT_TISSUE = (0.006, 0.042)
STEP_MM = 6.0


@dataclass(frozen=True)
class Body:
    """Front and back surface y (rows, columns) in mm on a coarse grid, equal outside."""

    s0: float
    x0: float
    front: np.ndarray
    back: np.ndarray
    lung: np.ndarray

    def index(self, x: np.ndarray, s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Grid places of world x and s, clipped to the grid."""
        rows, columns = self.front.shape
        i = np.clip(np.rint((s - self.s0) / STEP_MM).astype(int), 0, rows - 1)
        j = np.clip(np.rint((x - self.x0) / STEP_MM).astype(int), 0, columns - 1)
        return i, j


def _unite(front, back, top, bottom, inside) -> None:
    front[inside] = np.maximum(front[inside], top[inside])
    back[inside] = np.minimum(back[inside], bottom[inside])


def _add_trunk(front, back, s, x, person: Person) -> None:
    middle = person.place_trunk(np.stack([0 * _TRUNK[:, 0], 0 * _TRUNK[:, 0], _TRUNK[:, 0]], 1))
    fat = person.fat
    belly = np.exp(-(((_TRUNK[:, 0] - 660) / 130) ** 2)) * max(0.0, fat - 0.95) * 150
    width = _TRUNK[:, 1] * person.scale * (0.35 + 0.65 * fat)
    width = width * np.where(_TRUNK[:, 0] < 450, person.shoulders, person.hips)
    bust = 16.0 * fat * np.exp(-(((_TRUNK[:, 0] - 455) / 55) ** 2)) * (person.sex == "female")
    deep = person.scale * person.chest_depth * (0.55 + 0.45 * fat)
    at = s[:, 0]
    cols = (middle[:, 0], width, _TRUNK[:, 2] * deep + belly + bust, _TRUNK[:, 3] * deep)
    x0, a, top, bottom = (np.interp(at, middle[:, 2], c)[:, None] for c in cols)
    ratio = np.abs(x - x0) / a
    inside = (ratio < 1) & (s > middle[0, 2]) & (s < middle[-1, 2])
    arch = (1 - np.clip(ratio, 0, 1) ** 2.6) ** (1 / 2.6)
    centre = 0.5 * (top + bottom)
    half = 0.5 * (top - bottom) * arch
    _unite(front, back, centre + half, centre - half, inside)


def _add_segment(front, back, s, x, a, b, radii, flat=1.0) -> None:
    """A limb segment between world points a and b, circular across with radii at its ends."""
    d = b - a
    length2 = d[0] ** 2 + d[2] ** 2
    t = np.clip(((x - a[0]) * d[0] + (s - a[2]) * d[2]) / length2, 0, 1)
    off2 = (x - a[0] - t * d[0]) ** 2 + (s - a[2] - t * d[2]) ** 2
    radius = radii[0] + (radii[1] - radii[0]) * t
    half = flat * np.sqrt(np.clip(radius**2 - off2, 0, None))
    centre = a[1] + t * d[1] - 4
    _unite(front, back, centre + half, centre - half, off2 < radius**2)


def build_body(person: Person, joints: dict, extent: tuple[float, float, float, float]) -> Body:
    """The body's surfaces over a world extent (s0, s1, x0, x1) in mm."""
    s0, s1, x0, x1 = extent
    s = np.arange(s0, s1, STEP_MM)[:, None]
    x = np.arange(x0, x1, STEP_MM)[None, :]
    front = np.full((s.shape[0], x.shape[1]), -1e3)
    back = -front
    _add_trunk(front, back, s, x, person)
    girth = person.scale * person.fat**0.8
    for side in ("left", "right"):
        for (near, far), (r0, r1, flat) in _LIMBS.items():
            a, b = joints[(near, side)], joints[(far, side)]
            _add_segment(front, back, s, x, a, b, (r0 * girth, r1 * girth), flat)
    for low, high, r0, r1 in ((85, 120, 88, 84), (150, 195, 76, 56), (180, 262, 62, 60)):
        a, b = person.place_head(np.array([[0.0, 0, low], [0.0, 4, high]]))
        k = person.scale**0.5
        _add_segment(front, back, s, x, a, b, (r0 * k, r1 * k), 1.12)
    gone = front < back
    front[gone] = back[gone] = 0.0
    return Body(s0, x0, front, back, _lungs(person, s, x))


def _lungs(person: Person, s: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Density against water (rows, columns): air in the lungs thins the path."""
    density = np.ones((s.shape[0], x.shape[1]))
    for side in (1, -1):
        cx, _, cs = person.place_trunk(np.array([[side * 72.0, 0, 425.0]]))[0]
        r = ((x - cx) / (52 * person.scale)) ** 2 + ((s - cs) / (100 * person.scale)) ** 2
        density -= 0.42 / (1 + np.exp(8 * (np.minimum(r, 4) - 1)))
    return gaussian_filter(density, 1.5)


def soft_texture(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Slow variation of soft tissue uptake (rows, columns), about one."""
    coarse = gaussian_filter(rng.normal(size=shape), (9, 7))
    return np.clip(1 + 0.16 * coarse / (coarse.std() + 1e-9), 0.5, 1.6)


# Organs: uptake against a vertebra, least and greatest (log-uniform; prior).
KIDNEY, BLADDER = (0.05, 0.55), (0.25, 4.0)


def add_organs(rng: np.random.Generator, person: Person) -> tuple[Cloud, list[np.ndarray]]:
    """Kidneys, bladder and in some a ureter, with the uptake of every point."""
    cloud, level = Cloud(rng, person.place_trunk), []
    hot = np.exp(rng.uniform(*np.log(KIDNEY)))
    for x, side in ((1, "left"), (-1, "right")):
        if rng.random() < 0.04:
            continue
        low = 604 + (10 if x < 0 else 0) + rng.normal(0, 10)
        path = [(x * 48, -44, low - 36), (x * 58, -50, low), (x * 66, -46, low + 36)]
        cloud.tube("kidney", side, path, [22, 27, 23], [17, 20, 18], core=0.35, profile=[1, 1.1, 1])
        level.append(np.full(len(cloud.parts[-1].t), hot * np.exp(rng.normal(0, 0.12))))
        if rng.random() < 0.1:
            way = [(x * 38, -30, low), (x * 32, -10, 700), (x * 30, -25, 790), (x * 22, 5, 858)]
            cloud.tube("ureter", side, way, 3.0)
            spots = np.clip(np.sin(9 * cloud.parts[-1].t + rng.uniform(0, 6)), 0, 1) ** 3
            level.append(2.5 * spots)
    size = rng.uniform(16, 48)
    middle = (rng.normal(0, 5), 24, 884 - 0.7 * size)
    cloud.ball("bladder", None, middle, (1.15 * size, 0.85 * size, 0.8 * size))
    full = np.exp(rng.uniform(*np.log(BLADDER))) * (1.0 if size < 36 else 0.6)
    level.append(np.full(len(cloud.parts[-1].t), full))
    return cloud, level


def add_urine(rng: np.random.Generator, cloud: Cloud, level: list, joints: dict) -> None:
    """Contamination below the bladder in some, a catheter bag beside a leg in a few."""
    if rng.random() < 0.16:
        x, s = rng.normal(0, 14), 925 + rng.uniform(0, 70)
        cloud.tube("urine", None, [(x, 30, s), (x + rng.normal(0, 12), 10, s + 25)], [8, 5])
        level.append(np.full(len(cloud.parts[-1].t), rng.uniform(0.6, 4.0)))
    if rng.random() < 0.03:
        side = 1 if rng.random() < 0.5 else -1
        knee = joints[("knee", "left" if side > 0 else "right")]
        bag = Cloud(rng)
        bag.ball("urine", None, knee + np.array([side * 95, -40, 60]), (38, 10, 60))
        cloud.parts += bag.parts
        level.append(np.full(len(bag.parts[0].t), rng.uniform(0.5, 2.0)))


def add_injection(rng: np.random.Generator, cloud: Cloud, level: list, joints: dict) -> None:
    """A trace of tracer left at the injection site, in some."""
    if rng.random() > 0.3:
        return
    side = "left" if rng.random() < 0.5 else "right"
    near, far = joints[("elbow", side)], joints[("wrist", side)]
    at = near + rng.normal(0, 0.06) * (far - near) if rng.random() < 0.6 else far
    spot = Cloud(rng)
    spot.ball("injection", side, at + np.array([0, 18, 12]), (5, 4, rng.uniform(5, 11)))
    cloud.parts += spot.parts
    level.append(np.full(len(spot.parts[0].t), np.exp(rng.uniform(np.log(0.8), np.log(9.0)))))
