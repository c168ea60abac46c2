"""What a scan shows besides bone: urine, breasts, the injected vein."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.swept.body import Body
from uptake_ml.phantom.swept.diffuse import Spared
from uptake_ml.phantom.swept.flesh import build_bladder, build_kidney, build_ureter
from uptake_ml.phantom.swept.lesions import blob
from uptake_ml.phantom.swept.person import log_uniform
from uptake_ml.phantom.swept.sweep import sweep, vec

FLESH = (0.015, 0.06)  # concentration of soft tissue, a vertebra has one (prior)
KIDNEY, URINE = (0.04, 1.0), (0.2, 8.0)
_URETER, _SPILT, _INJECTION, _TRACK, _NODE, _BREAST = 0.1, 0.1, 0.14, 0.04, 0.04, 0.45


def add_organs(body: Body, rng: np.random.Generator, spared: Spared) -> float:
    """Add organs and urine to a body; return the concentration of its soft tissue."""
    flesh = log_uniform(rng, *FLESH) * spared.flesh
    _add_urine(body, rng, spared)
    _add_tracer(body, rng)
    if body.person.is_female and rng.random() < _BREAST:
        _add_breasts(body, rng, flesh)
    if rng.random() < 0.3:
        _add_liver(body, rng, flesh)
    return flesh


def _add_urine(body: Body, rng: np.random.Generator, spared: Spared) -> None:
    level = log_uniform(rng, *KIDNEY) * spared.kidney
    uneven = rng.choice([0.12, 0.5], p=[0.8, 0.2])
    for side in (-1, 1):
        body.extra += build_kidney(side, rng, level * rng.lognormal(0, uneven))
        if rng.random() < _URETER:
            body.extra.append(build_ureter(side, rng, log_uniform(rng, 0.3, 2) * spared.bladder))
    fill = rng.uniform(0.9, 1.7) if rng.random() < 0.1 else rng.uniform(0, 1) ** 1.5
    body.extra += build_bladder(rng, log_uniform(rng, *URINE) * spared.bladder, fill)
    if rng.random() < _SPILT:
        for _ in range(rng.integers(1, 4)):
            at = vec(rng.normal(0, 22), -170 + rng.normal(0, 15), rng.uniform(860, 1000))
            value = rng.uniform(0.4, 3)
            body.extra.append(blob("urine", at, rng.uniform(5, 16), value, rng, lobes=0.25))


def _add_tracer(body: Body, rng: np.random.Generator) -> None:
    """Add what stayed at the injection, and at times vein and lymph node on its way."""
    side = int(rng.choice([-1, 1]))
    elbow, wrist, shoulder = (body.points[name, side] for name in ("elbow", "wrist", "shoulder"))
    if rng.random() < _INJECTION:
        at = elbow + vec(0, -30, 8) if rng.random() < 0.6 else wrist + vec(0, -14, 30)
        value = log_uniform(rng, 1, 20)
        body.extra.append(blob("injection", at, rng.uniform(3, 10), value, rng, lobes=0.2))
    if rng.random() < _TRACK:
        way = [wrist + vec(0, -14, 0), elbow + vec(0, -30, 0), 0.5 * (elbow + shoulder),
               shoulder + vec(-side * 20, -20, 40)]  # fmt: skip
        body.extra.append(sweep("vein", way, rng.uniform(2.5, 4), value=log_uniform(rng, 0.1, 0.8)))
    if rng.random() < _NODE:
        at = shoulder + vec(-side * 22, -10, 55)
        body.extra.append(blob("node", at, rng.uniform(4, 8), log_uniform(rng, 0.3, 3), rng))


def _add_breasts(body: Body, rng: np.random.Generator, flesh: float) -> None:
    value, size = flesh * log_uniform(rng, 0.4, 2.5), rng.uniform(32, 60)
    for side in (-1, 1):
        at = vec(side * rng.uniform(70, 95), -195, 430 + rng.normal(0, 12))
        own = value * rng.lognormal(0, 0.1)
        body.extra.append(blob("breast", at, size, own, rng, lobes=0.05))


def _add_liver(body: Body, rng: np.random.Generator, flesh: float) -> None:
    points = [(-95, -110, 545), (-60, -125, 540), (20, -150, 530)]
    value = flesh * rng.uniform(0.2, 1.2)
    body.extra.append(sweep("liver", points, [60, 55, 25], [65, 60, 30], value=value))
