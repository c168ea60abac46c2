"""Focal diseases as FDG-PET shows them."""

from __future__ import annotations

import numpy as np

from .body import Body
from .bone_focal import draw_site
from .lesions import blob, drop_lesion
from .person import spine_at
from .sweep import vec

_LIVER = ((-96, -100, 545), (-62, -106, 530), (-30, -120, 515), (-70, -80, 570), (-80, -120, 580))


def _mass(body: Body, at: np.ndarray, radius: float, suv: float, rng: np.random.Generator) -> None:
    """Add a tumour, cold in the middle where it is large."""
    core = rng.uniform(0.25, 0.8) if radius > 22 else 1.0
    body.extra.append(
        blob("tumour", np.asarray(at, float), radius, suv, rng, lobes=0.16, core=core)
    )


def _nodes(body: Body, middle, spread, n: int, sizes, suv: float, rng: np.random.Generator) -> None:
    for _ in range(n):
        at = np.asarray(middle, float) + rng.normal(0, 1, 3) * spread
        _mass(body, at, rng.uniform(*sizes), suv * np.exp(rng.normal(0, 0.2)), rng)


def _stations(body: Body) -> dict[str, tuple[np.ndarray, tuple[float, float, float]]]:
    """Return groups of nodes: their middles and how far they spread."""
    groups = {
        "mediastinum": (np.array([0, -105, 375]), (14, 12, 26)),
        "retroperitoneum": (spine_at(body.person, 650) + vec(0, -30, 0), (14, 7, 38)),
    }
    for name, side in (("right", -1), ("left", 1)):
        shoulder, hip = body.points["shoulder", side], body.points["hip", side]
        groups |= {
            f"neck {name}": (np.array([side * 42, -95, 220]), (6, 9, 20)),
            f"collarbone {name}": (np.array([side * 52, -100, 284]), (14, 7, 7)),
            f"armpit {name}": (shoulder + vec(-side * 34, -6, 62), (10, 12, 16)),
            f"pelvis {name}": (np.array([side * 58, -96, 785]), (9, 10, 22)),
            f"groin {name}": (hip + vec(-side * 14, -66, 28), (10, 7, 14)),
        }
    return groups


def add_lymphoma(body: Body, rng: np.random.Generator) -> None:
    """Add clusters of avid nodes in some groups."""
    groups, suv = _stations(body), rng.uniform(6, 16)
    for name in rng.choice(list(groups), rng.integers(2, 6), replace=False):
        middle, spread = groups[str(name)]
        n = int(rng.integers(3, 9))
        _nodes(body, middle, spread, n, (6, 15), suv, rng)
    if rng.random() < 0.4:
        _mass(body, (rng.normal(0, 12), -120, 360), rng.uniform(26, 44), suv, rng)


def add_lung_cancer(body: Body, rng: np.random.Generator) -> None:
    """Add a mass in a lung, mostly with nodes, at times with spread."""
    side, suv = int(rng.choice([-1, 1])), rng.uniform(7, 15)
    at = np.array([side * rng.uniform(48, 100), rng.uniform(-145, -50), rng.uniform(320, 450)])
    _mass(body, at, rng.uniform(13, 32), suv, rng)
    if rng.random() < 0.75:
        _nodes(
            body,
            (side * 28, -95, 390),
            (8, 9, 10),
            int(rng.integers(1, 4)),
            (7, 12),
            0.9 * suv,
            rng,
        )
        _nodes(
            body, (side * 8, -95, 365), (9, 8, 14), int(rng.integers(1, 3)), (6, 10), 0.8 * suv, rng
        )
    if rng.random() < 0.3:
        _mass(body, (side * 42, -62, 560), rng.uniform(9, 14), suv, rng)
    for _ in range(rng.integers(0, 4)):
        _bone_metastasis(body, rng)


def _bone_metastasis(body: Body, rng: np.random.Generator) -> None:
    names, length, patch = draw_site(rng)
    drop_lesion(body, names, rng, value=rng.uniform(7, 16), length_mm=1.1 * length, width_mm=patch,
                swell=rng.uniform(1.1, 1.4))  # fmt: skip


def add_bone_metastases(body: Body, rng: np.random.Generator) -> None:
    """Add four to twenty lesions of bones."""
    for _ in range(rng.integers(4, 21)):
        _bone_metastasis(body, rng)


def add_liver_metastases(body: Body, rng: np.random.Generator) -> None:
    """Add lesions of the liver and at times the tumour of the bowel that they come from."""
    for _ in range(rng.integers(3, 10)):
        at = np.array(_LIVER[rng.integers(len(_LIVER))]) + rng.normal(0, 14, 3)
        _mass(body, at, rng.uniform(8, 24), rng.uniform(6.5, 13), rng)
    if rng.random() < 0.5:
        add_colon_tumour(body, rng)


def add_colon_tumour(body: Body, rng: np.random.Generator) -> None:
    """Add one short, very avid tumour of the large bowel."""
    places = ((-90, -92, 700), (-86, -96, 735), (60, -92, 782), (30, -86, 792),
              (104, -78, 690), (-20, -148, 650))  # fmt: skip
    at = np.array(places[rng.integers(len(places))]) + rng.normal(0, 6, 3)
    _mass(body, at, rng.uniform(12, 21), rng.uniform(10, 19), rng)


def add_limb_sarcoma(body: Body, rng: np.random.Generator) -> None:
    """Add a large uneven mass of the soft tissue of a thigh, an arm or a buttock."""
    side = int(rng.choice([-1, 1]))
    hip, knee = body.points["hip", side], body.points["knee", side]
    shoulder, elbow = body.points["shoulder", side], body.points["elbow", side]
    places = [hip + 0.2 * (knee - hip), hip + 0.32 * (knee - hip), 0.55 * shoulder + 0.45 * elbow,
              hip + vec(0, 40, -10)]  # fmt: skip
    k = rng.integers(4)
    size = rng.uniform(20, 28) if k == 2 else rng.uniform(30, 52)
    gap = rng.normal(0, 0.4 * size, 3) * (1, 1, 0.3)
    suv = rng.uniform(6, 14)
    _mass(body, places[k] + gap, size, suv, rng)
    for _ in range(5):
        way = rng.normal(size=3)
        at = places[k] + gap + 0.6 * size * way / np.linalg.norm(way)
        _mass(body, at, 0.42 * size, suv * rng.uniform(0.8, 1.5), rng)


def add_melanoma(body: Body, rng: np.random.Generator) -> None:
    """Add scattered metastases of skin, nodes, lungs, liver, muscles and bones."""
    suv = rng.uniform(7, 15)
    groups = _stations(body)
    middle, spread = groups[str(rng.choice(list(groups)))]
    _nodes(body, middle, spread, int(rng.integers(2, 6)), (6, 14), suv, rng)
    for _ in range(rng.integers(5, 15)):
        side = int(rng.choice([-1, 1]))
        hip, knee = body.points["hip", side], body.points["knee", side]
        lung = np.array(
            [side * rng.uniform(45, 100), rng.uniform(-140, -50), rng.uniform(320, 460)]
        )
        thigh = hip + rng.uniform(0.1, 0.9) * (knee - hip) + rng.normal(0, 28, 3)
        skin = np.array(
            [side * rng.uniform(60, 130), rng.choice([-195, -8]), rng.uniform(320, 760)]
        )
        liver = np.array(_LIVER[rng.integers(len(_LIVER))]) + rng.normal(0, 14, 3)
        _mass(body, (lung, thigh, skin, liver)[rng.integers(4)], rng.uniform(6, 15), suv, rng)
    for _ in range(rng.integers(1, 6)):
        _bone_metastasis(body, rng)


def add_head_neck_tumour(body: Body, rng: np.random.Generator) -> None:
    """Add a tumour of the throat on one side and nodes of the neck, most on that side."""
    side, suv = int(rng.choice([-1, 1])), rng.uniform(9, 18)
    at = np.array([side * rng.uniform(8, 20), rng.uniform(-130, -108), rng.uniform(168, 205)])
    _mass(body, at, rng.uniform(12, 20), suv, rng)
    _nodes(
        body, (side * 42, -96, 212), (5, 8, 18), int(rng.integers(2, 5)), (7, 14), 0.8 * suv, rng
    )
    if rng.random() < 0.3:
        _nodes(body, (-side * 42, -96, 212), (5, 8, 14), 1, (6, 9), 0.7 * suv, rng)
