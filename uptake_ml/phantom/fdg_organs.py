"""The organs that FDG shows, as shapes at their places in one person.

Places are (x from the midline to the left, y to the back, z to the head), mm at the model's rest:
read off its own vertebrae and ribs (T4 z 1436, T12 z 1240, L3 z 1155, hip joints z 921).
"""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.body import Body
from uptake_ml.phantom.fdg_spec import FdgCaseSpec
from uptake_ml.phantom.fdg_tables import load_fdg_uptake
from uptake_ml.phantom.fdg_ureters import draw_sides, ureter_shapes
from uptake_ml.phantom.person import FEMALE
from uptake_ml.phantom.pose import MIDLINE_MM, LyingWarp
from uptake_ml.phantom.soft_shapes import Ellipsoid, Shape, chain, smooth_line
from uptake_ml.regions import LEFT, RIGHT

_STOMACH, _BOWEL = ("stomach", None), ("bowel", None)
_STOMACH_RADII = np.interp(np.arange(9), [0, 2, 4, 6, 8], [31, 32, 26, 20, 13])
RIGHT_LOBE = (-84.0, 185.0, 1228.0)
LEFT_ATRIUM = (8.0, 188.0, 1350.0)
_SIDES = ((RIGHT, -1), (LEFT, 1))


class Places:
    """Maps the model's rest places to one person's."""

    def __init__(self, person, size: float) -> None:
        self._warp, self.size = LyingWarp(person, size), size

    def __call__(self, points) -> np.ndarray:
        """Return world points (n, 3), mm."""
        points = np.atleast_2d(np.asarray(points, float))
        return self._warp(points + np.array([MIDLINE_MM, 0.0, 0.0]))

    def ball(self, place, radii, suv: float, **more) -> Ellipsoid:
        """Return an ellipsoid at a rest place with radii at the model's size."""
        radii = np.broadcast_to(np.asarray(radii, float), 3) * self.size
        return Ellipsoid(centre_mm=self(place)[0], radii_mm=radii, suv=suv, **more)

    def tube(self, points, radii, suvs, region=None) -> list[Shape]:
        """Return tubes along rest places, filled."""
        return chain(self(points), np.asarray(radii, float) * self.size, suvs, region)

    def gut(self, points, radii, suvs, lumen_suv: float, wall_mm: float, region) -> list[Shape]:
        """Return tubes along rest places with a wall around what they hold."""
        lumen = self.tube(points, np.maximum(np.asarray(radii) - wall_mm, 1.0), lumen_suv)
        return [*self.tube(points, radii, suvs, region), *lumen]


def organ_shapes(spec: FdgCaseSpec, body: Body) -> list[Shape]:
    """Return the shapes of all organs, in the order in which they are painted."""
    at = Places(spec.person, body.pose.size_scale)
    rng = np.random.default_rng(spec.texture_seed)
    return [
        *_vessels(at, spec),
        *_abdomen(at, spec),
        *_bowel(at, spec, rng),
        *_urinary(at, spec, rng),
        *_heart(at, spec),
        *_brain(at, spec, body),
        *_head_and_neck(at, spec),
        *_pelvis(at, spec),
    ]


def _vessels(at: Places, spec) -> list[Shape]:
    blood = spec.soft["blood-pool"]
    aorta = [(-8, 165, 1380), (-12, 165, 1410), (4, 190, 1436), (20, 222, 1425), (22, 228, 1370)]
    aorta += [(16, 226, 1300), (8, 205, 1250), (6, 183, 1200), (6, 166, 1150), (4, 164, 1110)]
    cava = [(-24, 185, 1330), (-16, 205, 1260), (-18, 185, 1200), (-18, 168, 1110)]
    shapes = at.tube(aorta, [14, 14, 13, 12, 12, 12, 11, 10, 9, 8], blood)
    shapes += at.tube(cava, [13, 12, 11, 9], blood)
    shapes += at.tube([(-24, 185, 1350), (-26, 178, 1420), (-20, 172, 1465)], [10, 9, 8], blood)
    for _, sign in _SIDES:
        iliac = [(4, 164, 1110), (38 * sign, 185, 1050), (62 * sign, 140, 980)]
        iliac += [(82 * sign, 112, 915), (84 * sign, 122, 800), (74 * sign, 150, 640)]
        # Beating and bending vessels of this size do not keep the blood's full SUV.
        share = np.array([1, 0.9, 0.8, 0.7, 0.6, 0.45])
        shapes += at.tube(iliac, [7, 6, 5, 4.5, 4, 3], share * blood)
        shapes += at.tube([(10 * sign, 178, 1455), (20 * sign, 192, 1530)], [6, 5], blood)
        shapes.append(at.ball((28 * sign, 205, 1395), (14, 16, 20), 0.8 * blood))
    return shapes


def _abdomen(at: Places, spec) -> list[Shape]:
    liver, wall = spec.soft["liver"], spec.soft["stomach-wall"]
    lobes = {"region": ("liver", None)}
    stomach = [(62, 205, 1290), (66, 180, 1262), (58, 148, 1225), (30, 128, 1195), (-8, 138, 1195)]
    return [
        at.ball(RIGHT_LOBE, (40, 56, 72), liver, **lobes),
        at.ball((-30, 160, 1265), (52, 46, 42), liver, **lobes),
        at.ball((18, 138, 1272), (46, 32, 28), liver, **lobes),
        *at.gut(smooth_line(np.array(stomach), 2), _STOMACH_RADII, wall, 0.55, 7.0, _STOMACH),
        *at.tube([(2, 214, 1420), (6, 222, 1350), (22, 205, 1298)], 6.0, spec.soft["oesophagus"]),
        *at.tube([(-30, 170, 1185), (20, 165, 1200), (75, 205, 1240)], [11, 9, 8], 0.65 * liver),
    ]


def _bowel(at: Places, spec, rng) -> list[Shape]:
    colon = [(-85, 150, 1040), (-92, 165, 1100), (-92, 180, 1165), (-45, 118, 1150)]
    colon += [(10, 108, 1125), (60, 125, 1165), (98, 200, 1215), (102, 200, 1130)]
    colon += [(98, 180, 1065), (62, 150, 1020), (15, 185, 1000), (0, 222, 985), (0, 232, 935)]
    colon = np.array(colon) + rng.normal(0, 6, (len(colon), 3))
    colon[:, 2] += np.interp(np.arange(len(colon)), [2, 4, 6], [0, rng.normal(0, 18), 0])
    uneven = np.exp(rng.normal(0, 0.4, (len(colon), 1)))
    uneven[-3:] *= spec.soft["rectum"] / spec.soft["colon"] * (uneven[-3:] ** -0.6)
    line = smooth_line(colon, 3)
    # Along the colon the uptake wanders, and the haustra make it uneven in small steps.
    level = np.exp(smooth_line(np.log(uneven), 3)[:, 0] + rng.normal(0, 0.12, len(line)))
    suvs = np.clip(spec.soft["colon"] * level, 0.4, 14.0)
    radii = 16.0 + rng.normal(0, 2.0, len(line)) - np.linspace(-2.5, 3.0, len(line))
    shapes = []
    for loop in _loops(rng):
        shapes += at.tube(
            loop, 9.0, spec.soft["small-bowel"] * np.exp(rng.normal(0, 0.3, len(loop)))
        )
    return shapes + at.gut(line, np.maximum(radii, 9.0), suvs, 0.5, 6.0, _BOWEL)


def _loops(rng) -> list[np.ndarray]:
    """Return smooth random lines in the middle of the belly."""
    centre, radii = np.array([0.0, 132.0, 1095.0]), np.array([70.0, 34.0, 62.0])
    loops = []
    for _ in range(4):
        steps = rng.normal(0, 0.45, (9, 3))
        line = np.cumsum(steps, axis=0) + rng.uniform(-0.6, 0.6, 3)
        length = np.linalg.norm(line, axis=1, keepdims=True)
        loops.append(smooth_line(centre + radii * line / np.maximum(length, 1.0), 2))
    return loops


def _urinary(at: Places, spec, rng) -> list[Shape]:
    shapes: list[Shape] = []
    pelvis, ureter = spec.soft["renal-pelvis"], spec.soft.get("ureter", 0.0)
    stasis, urine = load_fdg_uptake()["stasis"], rng.spawn(1)[0]
    seen = draw_sides(urine) if ureter else ()
    for side, sign in _SIDES:
        if ("kidney", side) in spec.absent_organs:
            continue
        lift = 12.0 if side == LEFT else 0.0
        # Sinus and pelvis hold urine, the calyces as separate spots.
        own = pelvis * np.exp(rng.normal(0, 0.35))
        shapes.append(at.ball((52 * sign, 228, 1195 + lift), (9, 9, 20), 1.2))
        is_full = urine.random() < stasis["chance"]
        wide, hot = (urine.uniform(*stasis[k]) if is_full else 1.0 for k in ("size", "factor"))
        own = float(min(own * hot, 40.0))
        radii = np.array([7, 7, 11]) * wide
        shapes.append(at.ball((42 * sign, 225, 1190 + lift), radii, own))
        for _ in range(int(rng.integers(2, 5))):
            z = 1195 + lift + rng.uniform(-30, 30)
            place = (rng.uniform(52, 64) * sign, rng.uniform(222, 238), z)
            calyx = own * rng.uniform(0.35, 0.9)
            shapes.append(at.ball(place, rng.uniform(3.5, 6.0), calyx))
        if side in seen:
            shapes += ureter_shapes(at, urine, sign, ureter)
    return shapes


def _heart(at: Places, spec) -> list[Shape]:
    blood = spec.soft["blood-pool"]
    muscle = spec.soft["myocardium"]
    long = np.array([0.62, -0.62, -0.48])
    short = np.cross(long, [0, 0, 1.0])
    axes = np.stack([a / np.linalg.norm(a) for a in (long, short, np.cross(long, short))])
    named = {"axes": axes, "region": ("heart", None)}
    # Avid muscle of the right ventricle shows faintly, that of the left as a ring.
    right = blood + 0.12 * max(muscle - blood, 0.0)
    return [
        at.ball((-6, 140, 1328), (28, 24, 34), right),
        at.ball((36, 152, 1325), (46, 34, 34), muscle, **named),
        # The basal end of the ring is open: lumen and left atrium are painted over it.
        at.ball((33, 155, 1327), (37, 22, 22), blood, **named),
        at.ball(LEFT_ATRIUM, (24, 20, 20), blood, region=("heart", None)),
    ]


def _brain(at: Places, spec, body: Body) -> list[Shape]:
    whole = next(o for o in body.organs if o.tissue == "brain")
    grey, white = spec.soft["brain-grey"], spec.soft["brain-white"]
    centre, radii = whole.centre_mm, whole.radii_mm
    named = {"region": ("brain", None)}

    def part(offset, size, suv):
        return Ellipsoid(
            centre_mm=centre + np.array(offset) * radii,
            radii_mm=radii * np.array(size),
            suv=suv,
            **named,
        )

    shapes: list[Shape] = [
        part((0, 0.52, -0.85), (0.68, 0.36, 0.42), 0.8 * grey),
        Ellipsoid(centre_mm=centre, radii_mm=radii, suv=0.85 * grey, **named),
    ]
    for sign in (-1, 1):
        shapes.append(part((0.42 * sign, 0, 0.05), (0.26, 0.62, 0.5), white))
        shapes.append(part((0.2 * sign, -0.1, -0.1), (0.13, 0.24, 0.17), grey))
    return shapes


def _head_and_neck(at: Places, spec) -> list[Shape]:
    s = spec.soft
    shapes = [
        at.ball((0, 188, 1620), (12, 7, 8), s["nasopharynx"]),
        at.ball((0, 168, 1574), (13, 10, 7), s["tongue-base"]),
        at.ball((0, 150, 1585), (22, 26, 14), 0.9),
    ]
    for _, sign in _SIDES:
        shapes += [
            at.ball((15 * sign, 178, 1596), (6, 8, 10), s["tonsil"]),
            at.ball((50 * sign, 192, 1606), (9, 14, 20), s["parotid"]),
            at.ball((27 * sign, 166, 1566), (9, 12, 9), s["submandibular"]),
            at.ball((5 * sign, 176, 1532), (4, 8, 4), s["vocal-cord"]),
            at.ball((17 * sign, 184, 1508), (9, 9, 19), s["thyroid"]),
            at.ball((18 * sign, 160, 1652), (3.5, 14, 8), s["eye-muscle"]),
            at.ball((34 * sign, 160, 1652), (3.5, 14, 8), s["eye-muscle"]),
        ]
    return shapes


def _pelvis(at: Places, spec) -> list[Shape]:
    shapes = [at.ball((0, 238, 925), (9, 10, 14), spec.soft["rectum"])]
    if spec.person.sex == FEMALE:
        shapes.append(at.ball((0, 175, 965), (24, 20, 24), 0.9))
        if "uterus" in spec.soft:
            shapes.append(at.ball((2, 172, 972), (10, 8, 16), spec.soft["uterus"]))
        if "ovary" in spec.soft:
            shapes.append(at.ball((42, 178, 985), (10, 9, 10), spec.soft["ovary"]))
        return shapes
    for _, sign in _SIDES:
        shapes.append(at.ball((17 * sign, 92, 868), (12, 14, 20), spec.soft["testis"]))
    return shapes
