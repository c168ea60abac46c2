"""Patients whose bone scan is normal."""

from __future__ import annotations

from .bone_tracer import Tracer
from .disease import Disease
from .field import Solid
from .spots import bystanders, scale_bones, spot
from .subject import Body


def _add_nothing(body: Body, tracer: Tracer, rng) -> None:
    if rng.random() < 0.15:
        spot(body, body.get("jaw"), 0.5, 7, rng.uniform(0.6, 1.2), rng, jitter_mm=14)


def _add_years(body: Body, tracer: Tracer, rng) -> None:
    """Age: less in the long bones, a sternum or a rib that is a little brighter."""
    scale_bones(body.find(tag="long"), rng.uniform(0.75, 1.0))
    if rng.random() < 0.3:
        bystanders(body, rng, 1, (0.4, 1.2))


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
