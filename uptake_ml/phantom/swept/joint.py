"""Diseases of joints on both sides as a bone scan shows them; each returns its lesions."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from uptake_ml.phantom.swept.body import Body
from uptake_ml.phantom.swept.findings import (
    SIDE_NAMES,
    Lesion,
    Piece,
    draw_contrast,
    near_contrast,
    take_down,
)
from uptake_ml.phantom.swept.joints import joint_region, joint_solids

KNEE = ("knee-medial", "knee-lateral")
FINGERS = range(2, 6)
RHEUMATOID, OSTEOARTHRITIS = "rheumatoid-arthritis", "osteoarthritis"
PSORIATIC, SPONDYLITIS = "psoriatic-arthritis", "ankylosing-spondylitis"
LEVEL = (0.85, 8.0)  # contrast that the joints of a case have about (prior)
_SPREAD, _SIDE_SPREAD = 0.3, 0.15  # between joints and between sides, in the log (prior)


def inflame(
    body: Body, lesions: list[Lesion], disease: str, names: Iterable[str], level: float,
    rng: np.random.Generator, *, miss: float = 0.05,
) -> None:  # fmt: skip
    """Take down joints of both sides; by chance ``miss`` a joint of one side is spared."""
    for name in names:
        both, grow = near_contrast(level, rng, _SPREAD), rng.uniform(0.9, 1.3)
        for side in (-1, 1):
            contrast = near_contrast(both, rng, _SIDE_SPREAD)
            solids = joint_solids(body, name, side, rng, grow=grow)
            if rng.random() < miss:
                continue
            new = Lesion(
                disease=disease, region=joint_region(name), side=SIDE_NAMES[side], is_joint=True,
                is_by_piece=True, pieces=[Piece(solids=solids, contrast=contrast)],
            )  # fmt: skip
            take_down(lesions, new)


def numbered(name: str, numbers: Iterable[int]) -> list[str]:
    """Return the names of the joints of these rays."""
    return [f"{name}-{number}" for number in numbers]


def _some(rng: np.random.Generator, names: Iterable[str], chance: float) -> list[str]:
    return [name for name in names if rng.random() < chance]


def rheumatoid(body: Body, rng: np.random.Generator, level: float) -> list[Lesion]:
    """Wrists and finger joints, and of the large joints and the feet about half, in pairs."""
    found: list[Lesion] = []
    names = ["wrist", *numbered("mcp", FINGERS), *_some(rng, numbered("pip", FINGERS), 0.7)]
    inflame(body, found, RHEUMATOID, names, level, rng, miss=0.08)
    large = _some(rng, ("shoulder", "elbow", "ankle", "hip"), 0.5)
    large += KNEE if rng.random() < 0.6 else ()
    inflame(body, found, RHEUMATOID, large, level * rng.uniform(0.6, 1), rng)
    if rng.random() < 0.6:
        feet = [*_some(rng, numbered("mtp", range(1, 6)), 0.8), "tarsus-1"]
        inflame(body, found, RHEUMATOID, feet, level * rng.uniform(0.6, 1), rng, miss=0.1)
    return found


def osteoarthritis(body: Body, rng: np.random.Generator, level: float) -> list[Lesion]:
    """Several of knees, thumbs, finger ends, hips, shoulders, ankles and great toes."""
    found: list[Lesion] = []
    groups = (("knee-medial", "patella"), ("cmc-1", *numbered("dip", FINGERS)),
              ("hip", "acetabular-roof"), ("acromioclavicular",), ("shoulder",),
              ("mtp-1", "tarsus-2"), ("ankle",))  # fmt: skip
    chosen = rng.choice(len(groups), rng.integers(2, 6), replace=False)
    for k in chosen:
        inflame(body, found, OSTEOARTHRITIS, groups[k], level * rng.uniform(0.6, 1), rng)
    return found


def knees(body: Body, rng: np.random.Generator, level: float) -> list[Lesion]:
    """Both knees, in one, two or three compartments."""
    found: list[Lesion] = []
    names = [KNEE[rng.integers(2)]] if rng.random() < 0.4 else list(KNEE)
    names += ["patella"] if rng.random() < 0.6 else []
    inflame(body, found, str(rng.choice([OSTEOARTHRITIS, RHEUMATOID])), names, level, rng, miss=0.0)
    return found


def hands(body: Body, rng: np.random.Generator, level: float) -> list[Lesion]:
    """Finger joints of both hands, with or without wrists."""
    found: list[Lesion] = []
    names = ["wrist", "cmc-1"] if rng.random() < 0.7 else []
    rows = [numbered(row, FINGERS) for row in ("mcp", "pip", "dip") if rng.random() < 0.75]
    names += [joint for row in rows or [numbered("mcp", FINGERS)] for joint in row]
    inflame(body, found, str(rng.choice([RHEUMATOID, PSORIATIC])), names, level, rng, miss=0.12)
    return found


def wrists(body: Body, rng: np.random.Generator, level: float) -> list[Lesion]:
    """Both wrists alone."""
    found: list[Lesion] = []
    inflame(body, found, RHEUMATOID, ["wrist"], level, rng, miss=0.0)
    return found


def feet(body: Body, rng: np.random.Generator, level: float) -> list[Lesion]:
    """Both feet: ankles, tarsus, the toes' roots, or some of them."""
    found: list[Lesion] = []
    groups = (["ankle"], ["tarsus-1", "tarsus-2"], numbered("mtp", range(1, 6)), ["mtp-1", "ip-1"])
    disease = str(rng.choice([RHEUMATOID, PSORIATIC]))
    for k in rng.choice(len(groups), rng.integers(1, 4), replace=False):
        inflame(body, found, disease, groups[k], level, rng, miss=0.08)
    return found


def shoulders_and_hips(body: Body, rng: np.random.Generator, level: float) -> list[Lesion]:
    """Both shoulders and both hips, or one of these pairs."""
    found: list[Lesion] = []
    names = [("shoulder", "hip"), ("shoulder",), ("hip",)][rng.choice(3, p=[0.6, 0.2, 0.2])]
    inflame(body, found, str(rng.choice([OSTEOARTHRITIS, RHEUMATOID])), names, level, rng)
    return found


def sacroiliitis(
    body: Body, rng: np.random.Generator, level: float, disease: str = SPONDYLITIS
) -> list[Lesion]:
    """Both sacroiliac joints, at times hips, shoulders and the joints of the breastbone."""
    found: list[Lesion] = []
    inflame(body, found, disease, ["sacroiliac"], level, rng, miss=0.06)
    others = _some(rng, ("sternoclavicular", "shoulder", *KNEE[:1]), 0.25)
    inflame(body, found, disease, others, level * rng.uniform(0.5, 0.9), rng)
    return found


def psoriatic(body: Body, rng: np.random.Generator, level: float) -> list[Lesion]:
    """Finger ends, a whole ray, toes and large joints, patchier than rheumatoid."""
    found: list[Lesion] = []
    small = _some(rng, (*numbered("dip", FINGERS), *numbered("pip", FINGERS)), 0.5)
    toes = _some(rng, (*numbered("mtp", range(1, 6)), *numbered("ip", (1, 2, 4))), 0.5)
    ray = int(rng.integers(2, 6))
    large = _some(rng, ("wrist", "elbow", "shoulder", "ankle", *KNEE), 0.4)
    names = list(dict.fromkeys([*small, *toes, *numbered("mcp", [ray]), *large]))
    inflame(body, found, PSORIATIC, names, level, rng, miss=0.2)
    if rng.random() < 0.3:
        for lesion in sacroiliitis(body, rng, level, PSORIATIC):
            take_down(found, lesion)
    return found


_PAINTERS: dict[str, Callable[..., list[Lesion]]] = {
    "rheumatoid polyarthritis": rheumatoid,
    "osteoarthritis": osteoarthritis,
    "both knees": knees,
    "both hands": hands,
    "both wrists": wrists,
    "both feet": feet,
    "shoulders and hips": shoulders_and_hips,
    "sacroiliitis": sacroiliitis,
    "psoriatic arthritis": psoriatic,
}
JOINT = tuple(_PAINTERS)


def inflame_joints(body: Body, kind: str, rng: np.random.Generator) -> list[Lesion]:
    """Return the lesions of one of the kinds in ``JOINT``, strong or faint."""
    return _PAINTERS[kind](body, rng, draw_contrast(rng, *LEVEL))
