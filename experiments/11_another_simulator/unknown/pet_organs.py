"""Organs as blended solids with an SUV for their wall and for their inside."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.framed.armature import turned
from uptake_ml.phantom.framed.field import Solid
from uptake_ml.phantom.framed.subject import Body

from .pet_head import build_cord, build_head
from .pet_tracer import Sugar
from .solids import organ, tube


def build_organs(body: Body, sugar: Sugar, rng: np.random.Generator) -> list[Solid]:
    """Return organs in the order in which each covers those before."""
    return [
        *_chest(body, sugar, rng),
        *_belly(body, sugar, rng),
        *_bowel(body, sugar, rng),
        *build_head(body, sugar, rng),
        *build_cord(body, sugar),
    ]


def _chest(body: Body, sugar: Sugar, rng) -> list[Solid]:
    root, w = body.frames["root"], body.person.breadth
    blood = sugar.blood
    tilt = turned(y=-38) @ turned(x=20)
    size = rng.uniform(0.92, 1.12)
    ventricle = root.egg((42 * w, -34, 470), np.array([37, 36, 46]) * size, tilt)
    made = [
        organ("mediastinum", [root.egg((2, 6, 400), (30, 34, 76))], 0.75 * blood, 0.85 * blood),
        organ(
            "vessels",
            tube(
                root, [(20, 38, 372), (22, 44, 440), (18, 40, 560), (6, 26, 640), (4, 20, 712)], 11
            ),
            blood,
            blood,
        ),
        organ("arch", tube(root, [(10, -20, 420), (4, -18, 380), (20, 36, 376)], 13), blood, blood),
        organ("cava", tube(root, [(-20, -8, 360), (-22, -4, 440)], 9), blood, blood),
        organ("right-heart", [root.egg((-4, -44, 458), (44, 34, 48))], blood, blood),
        organ("left-heart", [ventricle], sugar.heart, blood, 11 * size),
    ]
    if sugar.thymus:
        parts = [
            root.rod((s * 6, -58, 372), (s * 14, -62, 410), 9, 12, (0, 1, 0), 0.5) for s in (-1, 1)
        ]
        made.append(organ("thymus", parts, sugar.thymus, sugar.thymus))
    gullet = tube(root, [(2, 22, 300), (4, 26, 420), (14, 16, 520)], 6)
    made.append(organ("gullet", gullet, 1.3, 1.2))
    return made


def _belly(body: Body, sugar: Sugar, rng) -> list[Solid]:
    root, pelvis, w = body.frames["root"], body.frames["pelvis"], body.person.breadth
    big = rng.uniform(0.93, 1.1)
    up = rng.normal(0, 8)
    liver = [
        root.egg((-74 * w, 0, 536 + up), (58 * big, 80, 62 * big)),
        root.rod((-82 * w, 2, 560 + up), (-92 * w, 4, 628 + up), 42 * big, 17 * big),
        root.rod(
            (-58 * w, -40, 540 + up), (rng.uniform(10, 62), -50, 524 + up), 40, 17, (0.2, 0, 1), 0.8
        ),
        root.rod((-50 * w, -20, 560 + up), (-30, -46, 590 + up), 44, 24),
    ]
    spleen = [
        root.egg(
            (98 * w, 46, 536 + rng.normal(0, 6)),
            np.array([26, 38, 54]) * (sugar.spleen / sugar.liver) ** 0.3,
            turned(y=14),
        )
    ]
    made = [
        organ("liver", liver, sugar.liver, sugar.liver, blend_mm=30),
        organ("spleen", spleen, sugar.spleen, sugar.spleen),
    ]
    fundus = [(58, 4, 534), (76, -22, 566), (52, -52, 606), (8, -56, 622)]
    made.append(
        organ(
            "stomach",
            [*tube(root, fundus, rng.uniform(18, 27))],
            sugar.stomach,
            rng.uniform(0.6, 1.1),
            7,
        )
    )
    made.append(
        organ(
            "pancreas", tube(root, [(-30, -20, 610), (10, -14, 600), (60, 14, 572)], 10), 1.3, 1.3
        )
    )
    for s in (-1, 1):
        x, z = s * (56 + rng.normal(0, 4)), 594 + rng.normal(0, 8) + (10 if s < 0 else 0)
        kidney = [root.egg((x, 66, z), (26, 23, 52), turned(y=-s * 11))]
        made.append(organ("kidney", kidney, sugar.kidney, 0.9 * sugar.kidney, 12))
        urine = sugar.pelvis_urine * np.exp(rng.normal(0, 0.35))
        calyces = [root.egg((x - s * 5, 62, z + dz), (8, 8, 10)) for dz in (-22, 0, 20)]
        made.append(organ("calyces", calyces, urine, urine))
        if sugar.ureter and rng.random() < 0.6:
            way = [
                (x - s * 12, 58, z + 30),
                (s * 36, 46, 700),
                (s * 42, 44, 760),
                (s * 24, 30, 812),
            ]
            k = int(rng.integers(0, 3))
            made.append(organ("ureter", tube(root, way[k : k + 2], 3), urine, urine))
    fill = sugar.bladder_fill
    half = np.array([22 + 26 * fill, 17 + 20 * fill, 13 + 26 * fill])
    made.append(
        organ(
            "bladder",
            [pelvis.egg((rng.normal(0, 3), -18, 32 - half[2] * 0.9), half)],
            sugar.bladder,
            sugar.bladder,
        )
    )
    if body.person.is_woman:
        level = rng.uniform(1.0, 3.0) if body.person.age < 50 else 0.9
        made.append(
            organ("womb", [pelvis.egg((rng.normal(0, 6), 12, -22), (22, 18, 26))], 1.1, level, 8)
        )
    else:
        level = rng.uniform(1.6, 3.4)
        made.append(
            organ(
                "testes",
                [pelvis.egg((s * 16, -56, 92), (11, 12, 15)) for s in (-1, 1)],
                level,
                level,
            )
        )
    return made


def _bowel(body: Body, sugar: Sugar, rng) -> list[Solid]:
    root = body.frames["root"]
    sag = rng.normal(0, 16)
    way = [
        (-92, -22, 728),
        (-104, -8, 680),
        (-102, -8, 630),
        (-64, -62, 636 + sag),
        (0, -74, 652 + sag),
        (58, -64, 622 + sag),
        (100, -2, 590),
        (108, 6, 650),
        (106, -2, 710),
        (74, -14, 752),
        (28, 12, 786),
        (4, 48, 806),
        (0, 56, 846),
    ]
    way = np.array(way) + rng.normal(0, 5, (13, 3))
    bends = (way[:-1] + way[1:]) / 2 + rng.normal(0, 9, (12, 3))
    made = []
    for p, bend, q in zip(way[:-1], bends, way[1:], strict=True):
        level = sugar.colon * np.exp(rng.normal(0, 0.35))
        radii = rng.uniform(10, 19, 3)
        parts = [root.rod(p, bend, radii[0], radii[1]), root.rod(bend, q, radii[1], radii[2])]
        made.append(organ("colon", parts, level, 0.7 * level, 5))
    for _ in range(16):
        at = np.array([rng.uniform(-68, 68), rng.uniform(-62, -6), rng.uniform(650, 772)])
        to = at + rng.normal(0, [26, 12, 16])
        level = sugar.bowel * np.exp(rng.normal(0, 0.28))
        made.append(organ("small-bowel", tube(root, [at, to], rng.uniform(8, 12)), level, level))
    return made
