"""Patients whose bone scan is normal."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.framed.disease import Disease
from uptake_ml.phantom.framed.field import Solid
from uptake_ml.phantom.framed.spots import rib_spot, scale_bones, spot
from uptake_ml.phantom.framed.subject import Body
from uptake_ml.phantom.framed.tracer import Tracer


def _add_nothing(body: Body, tracer: Tracer, rng) -> None:
    if rng.random() < 0.15:
        tooth = spot(body, body.get("jaw"), 0.5, 7, rng.uniform(0.6, 1.2), rng, jitter_mm=14)
        body.glows.append(tooth)


def _add_years(body: Body, tracer: Tracer, rng) -> None:
    """Age: less in the long bones, a sternum or a rib that is a little brighter."""
    scale_bones(body.find(tag="long"), rng.uniform(0.75, 1.0))
    if rng.random() < 0.3:
        _, glow = rib_spot(body, rng.uniform(0.4, 1.2), rng)
        body.glows.append(glow)


def _add_youth(body: Body, tracer: Tracer, rng) -> None:
    """The last growth of the young: brighter bone ends and crests."""
    scale_bones(body.find(tag="long"), rng.uniform(1.0, 1.25))
    scale_bones(body.find("iliac-crest"), rng.uniform(1.0, 1.3))


def _add_stasis(body: Body, tracer: Tracer, rng) -> None:
    tracer.kidney *= rng.uniform(1.6, 2.8)
    tracer.ureter = rng.uniform(0.4, 1.4)
    tracer.bladder = max(tracer.bladder, rng.uniform(2, 5))
    tracer.bladder_fill = rng.uniform(0.5, 1.0)


def _add_spill(body: Body, tracer: Tracer, rng) -> None:
    tracer.leak = rng.uniform(0.6, 3)
    tracer.bladder_fill = rng.uniform(0.0, 0.5)


def _add_breast(body: Body, tracer: Tracer, rng) -> None:
    """Diffuse uptake of both breasts, or of the chest wall."""
    root, level = body.frames["root"], tracer.soft * rng.uniform(1.6, 3.2)
    for s in (-1, 1):
        own = level * rng.uniform(0.8, 1.2)
        egg = root.egg((s * rng.uniform(76, 88), -92, rng.uniform(425, 450)), (46, 24, 42))
        body.extra.append(
            Solid(
                name="breast",
                side=s,
                parts=[egg],
                line=body.points["shoulder", s][None],
                shell=own,
                core=own,
            )
        )
    tracer.soft *= 1.2


KINDS = {
    "young-adult": Disease(add=_add_youth, ages=(18, 34), bmis=(18, 27), wear=0.5),
    "middle-aged": Disease(add=_add_nothing, ages=(35, 62)),
    "elderly-with-wear": Disease(add=_add_years, ages=(65, 90), wear=1.3),
    "obese": Disease(add=_add_nothing, ages=(32, 75), bmis=(34, 44)),
    "renal-stasis": Disease(add=_add_stasis, ages=(30, 80)),
    "urine-contamination": Disease(add=_add_spill, ages=(40, 85)),
    "breast-uptake": Disease(add=_add_breast, ages=(25, 70), bmis=(19, 32)),
}
_YOUNG, _OLD = 34, 65
# What else is found in patients with a disease, and how often (prior).
_BESIDE = ((_add_nothing, 0.55), (_add_stasis, 0.16), (_add_spill, 0.12), (_add_breast, 0.17))


def vary_patient(body: Body, tracer: Tracer, rng: np.random.Generator) -> None:
    """Add what makes normal scans differ to one with a disease, so that it tells no label."""
    if body.person.age < _YOUNG:
        _add_youth(body, tracer, rng)
    elif body.person.age > _OLD:
        _add_years(body, tracer, rng)
    add = _BESIDE[rng.choice(len(_BESIDE), p=[share for _, share in _BESIDE])][0]
    if add is not _add_breast or body.person.is_woman:
        add(body, tracer, rng)
