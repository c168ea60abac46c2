"""Urine and what stayed at the vein that was injected."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from uptake_ml.phantom.framed.armature import turned
from uptake_ml.phantom.framed.field import Solid
from uptake_ml.phantom.framed.subject import Body
from uptake_ml.phantom.framed.tracer import Tracer


def build_urine(body: Body, tracer: Tracer, rng: np.random.Generator) -> list[Solid]:
    """Return kidneys, ureters, bladder and what leaked."""
    solids, root, pelvis = [], body.frames["root"], body.frames["pelvis"]
    for s in (-1, 1):
        own = tracer.kidney * np.exp(rng.normal(0, 0.15))
        dx, dz = rng.normal(0, 5), rng.normal(0, 9) + (12 if s < 0 else 0)
        upper, lower = (s * (48 + dx), 74, 566 + dz), (s * (62 + dx), 64, 636 + dz)
        solids.append(
            _fluid(
                "kidney",
                s,
                [
                    root.egg((np.array(upper) + lower) / 2, (25, 23, 52), turned(y=-s * 11)),
                    root.egg((s * (62 + dx), 68, 612 + dz), (23, 22, 34)),
                ],
                own,
                own * 0.85,
                14,
            )
        )
        basin = [root.rod((s * (40 + dx), 66, 588 + dz), (s * (44 + dx), 62, 614 + dz), 8)]
        stasis = own * (1 + rng.gamma(0.8, 0.9))
        solids.append(_fluid("renal-pelvis", s, basin, stasis, stasis, 4))
        if tracer.ureter and rng.random() < 0.7:
            way = [
                (s * 42, 60, 640),
                (s * 36, 48, 700),
                (s * 42, 46, 760),
                (s * 30, 40, 810),
                (s * 14, -4, 838),
            ]
            k = int(rng.integers(0, 3))
            parts = [root.rod(p, q, 3.5) for p, q in zip(way[k:-1], way[k + 1 :], strict=True)]
            solids.append(_fluid("ureter", s, parts, tracer.ureter, tracer.ureter, 2))
    fill = tracer.bladder_fill
    half = np.array([20 + 26 * fill, 14 + 20 * fill, 10 + 26 * fill]) * rng.uniform(0.92, 1.08, 3)
    at = (rng.normal(0, 4), -18 + 2 * fill, 34 - half[2] * 0.9)
    solids.append(_fluid("bladder", 0, [pelvis.egg(at, half)], tracer.bladder, tracer.bladder, 4))
    if tracer.leak:
        low = rng.uniform(60, 110)
        parts = [
            pelvis.rod(
                (rng.normal(0, 6), -52, 60), (rng.normal(0, 14), -40, low), rng.uniform(5, 12)
            )
        ]
        solids.append(_fluid("leak", 0, parts, tracer.leak, tracer.leak, 3))
    if tracer.catheter:
        s = rng.choice([-1, 1])
        way = [pelvis.at(p) for p in ((0, -50, 60), (s * 60, -70, 160), (s * 170, -40, 260))]
        flat = body.frames["root"].child((0, 0, 0))
        local = [np.linalg.solve(flat.turn, p) / flat.scale for p in way]
        solids.append(
            _fluid(
                "catheter",
                0,
                [flat.rod(p, q, 3) for p, q in pairwise(local)],
                0.6,
                0.6,
                2,
            )
        )
        bag = [flat.rod(local[-1], local[-1] + [0, 0, 70], 42, 42, (0, 1, 0), 0.4)]
        solids.append(_fluid("bag", 0, bag, tracer.bladder * 0.2, tracer.bladder * 0.2, 5))
    return solids


def _fluid(name: str, side: int, parts, shell: float, core: float, shell_mm: float) -> Solid:
    return Solid(
        name=name,
        side=side,
        parts=parts,
        shell=float(shell),
        core=float(core),
        shell_mm=shell_mm,
        line=np.zeros((1, 3)),
        blend_mm=6,
    )


def build_injection(body: Body, rng: np.random.Generator) -> list[Solid]:
    """Return what stayed at the vein that was injected, often nothing."""
    if rng.random() > 0.22:
        return []
    s = int(rng.choice([-1, 1]))
    if rng.random() < 0.6:
        frame, at = (
            body.frames[f"forearm{s}"],
            np.array([rng.normal(0, 12), -30, rng.uniform(-20, 50)]),
        )
    else:
        frame, at = body.frames[f"hand{s}"], np.array([rng.normal(0, 10), 6, rng.uniform(-30, 50)])
    level = float(np.exp(rng.uniform(*np.log([1.0, 16]))))
    parts = [
        frame.rod(
            at,
            at + np.array([rng.normal(0, 4), 0, rng.uniform(4, 30)]),
            rng.uniform(3, 7),
            rng.uniform(2, 5),
        )
    ]
    return [_fluid("injection", s, parts, level, level, 2)]
