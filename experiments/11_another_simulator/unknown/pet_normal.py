"""Patients whose PET is normal, with all that takes up FDG in health."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.framed.field import Solid
from uptake_ml.phantom.framed.subject import Body

from .disease import Disease
from .masses import nodes, station
from .pet_tracer import Sugar
from .solids import organ, spindle, tube


def _add_nothing(body: Body, sugar: Sugar, rng) -> None:
    if rng.random() < 0.12:
        station(body, "axilla", int(rng.choice([-1, 1])), 1, (4, 5), rng.uniform(1.2, 1.8), rng)


def _add_brown_fat(body: Body, sugar: Sugar, rng) -> None:
    """Strands of both sides of the neck, above the collar bones and beside the spine."""
    level, root = rng.uniform(4, 11), body.frames["root"]
    for s in (-1, 1):
        own = level * rng.uniform(0.8, 1.2)
        strands = [
            [(s * 40, 18, 236), (s * 52, 14, 272)],
            [(s * 54, 10, 280), (s * 104, 12, 292)],
            [(s * 110, 26, 316), (s * 136, 28, 352)],
        ]
        for way in strands:
            lumps = np.linspace(*np.array(way, float), 4) + rng.normal(0, 4, (4, 3))
            body.extra.append(organ("brown-fat", tube(root, lumps, rng.uniform(5, 8)), own, own))
        for k in range(4, 11):
            if rng.random() < 0.7:
                at = body.frames[f"T{k}"].at((s * 24, 10, 0))
                own_spot = 0.6 * own * rng.uniform(0.5, 1.2)
                body.extra.append(
                    Solid(
                        name="brown-fat",
                        parts=[root.egg(np.linalg.solve(root.turn, at) / root.scale, (6, 6, 6))],
                        line=at[None],
                        shell=own_spot,
                        core=own_spot,
                    )
                )


def _add_muscle(body: Body, sugar: Sugar, rng) -> None:
    """Muscles that worked: of the neck, shoulders, trunk or thighs, both sides much alike."""
    level, root = rng.uniform(2.0, 3.8), body.frames["root"]
    groups = rng.choice(
        ["neck", "shoulder", "back", "thigh", "psoas", "forearm"],
        int(rng.integers(2, 5)),
        replace=False,
    )
    for s in (-1, 1):
        arm, fore, thigh = (
            body.frames[f"arm{s}"],
            body.frames[f"forearm{s}"],
            body.frames[f"thigh{s}"],
        )
        ways = {
            "neck": (root, [((s * 46, 14, 178), (s * 26, -14, 288))], 10),
            "psoas": (root, [((s * 30, 24, 610), (s * 68, 0, 810))], 19),
            "shoulder": (
                arm,
                [
                    ((s * 24, -14, -20), (s * 20, 0, 100)),
                    ((s * 18, 26, -14), (s * 20, 8, 100)),
                    ((-s * 70, 40, 40), (s * 4, 24, 10)),
                ],
                14,
            ),
            "back": (
                root,
                [((s * 28, 80, 380), (s * 32, 74, 560)), ((s * 30, 72, 540), (s * 36, 76, 740))],
                16,
            ),
            "forearm": (
                fore,
                [((s * 6, -18, -10), (0, -10, 190)), ((-s * 14, -8, 0), (-s * 10, 0, 180))],
                13,
            ),
            "thigh": (
                thigh,
                [
                    ((s * 14, -50, 20), (s * 6, -36, 350)),
                    ((s * 50, -20, 40), (s * 28, -22, 350)),
                    ((-s * 30, 0, 10), (-s * 24, 6, 260)),
                ],
                24,
            ),
        }
        for group in groups:
            frame, rods, radius = ways[str(group)]
            for a, b in rods:
                own = level * rng.uniform(0.6, 1.1)
                belly = spindle(frame, a, b, radius * rng.uniform(0.8, 1.1))
                body.extra.append(organ("muscle", belly, 0.85 * own, own, 6))


def _add_reactive(body: Body, sugar: Sugar, rng) -> None:
    """Small, faint nodes of both sides, as after an infection of the throat."""
    for name in ("neck", "axilla", "groin", "hilum"):
        if rng.random() < 0.6:
            for s in (-1, 1):
                station(body, name, s, int(rng.integers(1, 3)), (4, 6), rng.uniform(1.5, 2.5), rng)


def _add_urine(body: Body, sugar: Sugar, rng) -> None:
    nodes(body, (0, -52, 876), (4, 4, 6), 1, (5, 9), rng.uniform(3, 8), rng)


def _metformin(sugar: Sugar, rng) -> None:
    sugar.colon, sugar.bowel = rng.uniform(4, 8), rng.uniform(1.6, 3.5)


def _avid_heart(sugar: Sugar, rng) -> None:
    sugar.heart = rng.uniform(7, 14)


def _stasis(sugar: Sugar, rng) -> None:
    sugar.pelvis_urine, sugar.bladder, sugar.ureter = rng.uniform(12, 30), rng.uniform(25, 60), True
    sugar.bladder_fill = rng.uniform(0.5, 1)


def _young(sugar: Sugar, rng) -> None:
    sugar.thymus, sugar.throat = rng.uniform(1.6, 2.6), sugar.throat * 1.4


KINDS = {
    "unremarkable": Disease(add=_add_nothing),
    "young-with-thymus": Disease(add=_add_nothing, alter=_young, ages=(18, 28), bmis=(18, 27)),
    "brown-fat": Disease(add=_add_brown_fat, ages=(18, 42), bmis=(18, 25)),
    "muscle-work": Disease(add=_add_muscle, ages=(22, 60), long=0.35),
    "metformin-bowel": Disease(add=_add_nothing, alter=_metformin, ages=(48, 82), bmis=(25, 38)),
    "avid-heart": Disease(add=_add_nothing, alter=_avid_heart),
    "reactive-nodes": Disease(add=_add_reactive, ages=(20, 60)),
    "urinary-stasis": Disease(add=_add_urine, alter=_stasis, ages=(45, 84)),
}
