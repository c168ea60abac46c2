"""Brain, cord, glands and throat."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.framed.armature import Frame
from uptake_ml.phantom.framed.axial import LEVELS
from uptake_ml.phantom.framed.field import Solid
from uptake_ml.phantom.framed.subject import Body

from .pet_tracer import Sugar
from .solids import organ, tube


def build_head(body: Body, sugar: Sugar, rng) -> list[Solid]:
    """Return brain, glands, throat and thyroid."""
    head, root = body.frames["head"], body.frames["root"]
    brain = [head.egg((s * 27, 2, -50), (37, 79, 62)) for s in (-1, 1)]
    nuclei = [head.egg((s * 18, -4, -42), (11, 24, 14)) for s in (-1, 1)]
    made = [
        organ("brain", brain, 1.1 * sugar.brain, 0.45 * sugar.brain, 13, 6),
        organ("nuclei", nuclei, sugar.brain, sugar.brain),
        organ(
            "cerebellum",
            [head.egg((s * 26, 52, -4), (26, 26, 20)) for s in (-1, 1)],
            0.85 * sugar.brain,
            0.8 * sugar.brain,
        ),
        organ(
            "stem",
            tube(head, [(0, 22, -24), (0, 26, 16)], 10),
            0.5 * sugar.brain,
            0.5 * sugar.brain,
        ),
    ]
    for s in (-1, 1):
        for name, at, radii, gain in (
            ("parotid", (s * 60, -4, 28), (12, 15, 22), 1.0),
            ("submandibular", (s * 34, -30, 66), (11, 14, 11), 1.0),
            ("eye", (s * 31, -66, -16), (11, 10, 10), 0.9),
        ):
            level = gain * sugar.gland * np.exp(rng.normal(0, 0.1))
            made.append(organ(name, [head.egg(at, radii)], level, level))
        tonsil = sugar.throat * 1.2 * np.exp(rng.normal(0, 0.15))
        made.append(organ("tonsil", [head.egg((s * 15, -22, 46), (7, 8, 12))], tonsil, tonsil))
    made.append(
        organ(
            "tongue", [head.egg((0, -50, 50), (22, 24, 16))], 0.7 * sugar.throat, 0.6 * sugar.throat
        )
    )
    larynx = root.egg((0, -20, 246), (14, 13, 12))
    made.append(organ("larynx", [larynx], 0.7 * sugar.throat, 0.6 * sugar.throat))
    made.append(
        organ("thyroid", [root.egg((s * 17, -12, 268), (9, 10, 20)) for s in (-1, 1)], 1.3, 1.3)
    )
    return made


def build_cord(body: Body, sugar: Sugar) -> list[Solid]:
    """Return the spinal cord."""
    points = [
        body.frames[level].at((0, 21 + 8 * (k > 6), 0)) for k, level in enumerate(LEVELS[:20])
    ]
    way = Frame(np.zeros(3), np.eye(3))
    return [organ("cord", tube(way, points, 6.0), sugar.cord, sugar.cord)]
