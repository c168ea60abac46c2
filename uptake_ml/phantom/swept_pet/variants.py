"""What is normal and misleads: each with its own chance, whatever the disease."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from uptake_ml.phantom.swept.body import Body
from uptake_ml.phantom.swept.lesions import blob, lesion_in
from uptake_ml.phantom.swept.person import SIDES, log_uniform, spine_at
from uptake_ml.phantom.swept.sweep import Sweep, sweep, vec
from uptake_ml.phantom.swept.trunk import CHEST, LOINS, NECK, vertebra_z
from uptake_ml.phantom.swept_pet.joint import RADIUS_MM, joint_place, line
from uptake_ml.phantom.swept_pet.muscle import draw_muscles
from uptake_ml.phantom.swept_pet.sites import pick_station
from uptake_ml.phantom.swept_pet.uptake import Uptake

# Joints of age stay below the liver, which tells them from inflamed ones.
MOST_WORN_TO_LIVER = 0.95
_URETER = ((44, -68, 620), (40, -92, 690), (40, -94, 740), (48, -72, 790), (24, -84, 830))


def draw_variants(rng: np.random.Generator, body: Body, uptake: Uptake) -> list[Sweep]:
    """Return the solids of every variant that this patient has; their values are SUV."""
    solids: list[Sweep] = []
    for draw, chance in _VARIANTS.items():
        if rng.random() < chance:
            solids += draw(rng, body, uptake)
    return solids


def _brown_fat(rng, body: Body, uptake: Uptake) -> list[Sweep]:
    """Strands above both collarbones, by chance beads along the spine and about the kidneys."""
    suv, solids = log_uniform(rng, 1.8, 13), []
    levels = int(rng.integers(0, 12))
    for side in SIDES.values():
        x = abs(body.points["shoulder", side][0])
        strand = [(side * 34, -72, 226), (side * 46, -82, 262), (side * 74, -90, 284),
                  (side * (x - 52), -84, 300)]  # fmt: skip
        points = np.array(strand) + rng.normal(0, 4, (4, 3))
        waves = suv * rng.lognormal(0, 0.35, 9)
        solids.append(sweep("brown-fat", points, rng.uniform(3, 10, 7), value=waves))
        for name in CHEST[:levels]:
            at = spine_at(body.person, vertebra_z(name)[0] + 4) + vec(side * 24, 16, 0)
            own = 0.6 * suv * rng.lognormal(0, 0.25)
            solids.append(blob("brown-fat", at, rng.uniform(4, 6.5), own, rng))
        if levels > 8:
            at = np.array([side * 62, -58, 552]) + rng.normal(0, 5, 3)
            solids.append(blob("brown-fat", at, rng.uniform(6, 12), 0.5 * suv, rng))
    return solids


def _nodes(rng, body: Body, uptake: Uptake) -> list[Sweep]:
    """Small, faint nodes of some stations."""
    solids = []
    for where in rng.choice(["cervical", "axillary", "inguinal", "hilar"], 2, replace=False):
        for _ in range(rng.integers(2, 8)):
            at = pick_station(rng, body, str(where)).place
            own = uptake.blood * rng.uniform(0.8, 1.6)
            solids.append(blob("node", at, rng.uniform(3, 5.5), own, rng))
    return solids


def _vocal_cords(rng, body: Body, uptake: Uptake) -> list[Sweep]:
    """The cords, those of one side alone in some."""
    suv = log_uniform(rng, 2, 7)
    sides = [int(rng.choice([-1, 1]))] if rng.random() < 0.25 else SIDES.values()
    return [
        sweep("cord", [(side * 3, -126, 240), (side * 7, -108, 240)], 5, 4,
              value=suv * rng.uniform(0.8, 1.1))
        for side in sides
    ]  # fmt: skip


def _thymus(rng, body: Body, uptake: Uptake) -> list[Sweep]:
    if body.person.age > 48:
        return []
    suv = uptake.blood * rng.uniform(0.9, 2.2)
    return [
        sweep("thymus", [(2 * side, -132, 330), (12 * side, -150, 372), (20 * side, -162, 408)],
              [5, 10, 6], [4, 6, 4], value=suv * rng.uniform(0.8, 1.1))
        for side in SIDES.values()
    ]  # fmt: skip


def _breasts(rng, body: Body, uptake: Uptake) -> list[Sweep]:
    """Glands on the front of the chest, even or with an avid core."""
    if not body.person.is_female:
        return []
    size, solids = rng.uniform(24, 48) * body.person.girth, []
    level = rng.uniform(425, 455)
    for side in SIDES.values():
        at = np.array([side * rng.uniform(78, 92), -198, level])
        solids.append(blob("breast", at, size, uptake.fat * rng.uniform(1, 2), rng, lobes=0.05))
        core = uptake.blood * rng.uniform(0.4, 1.3)
        solids.append(blob("breast", at + vec(0, -8, 0), 0.6 * size, core, rng))
    return solids


def _womb_and_ovaries(rng, body: Body, uptake: Uptake) -> list[Sweep]:
    if not body.person.is_female or body.person.age > 58:
        return []
    suv = log_uniform(rng, 1.5, 6)
    at = np.array([0, -92, 806]) + rng.normal(0, 6, 3)
    solids = [blob("womb", at, rng.uniform(8, 18), suv, rng)]
    if rng.random() < 0.4:
        ovary = np.array([rng.choice([-46, 46]), -84, 796]) + rng.normal(0, 6, 3)
        solids.append(blob("ovary", ovary, rng.uniform(6, 13), suv * rng.uniform(0.7, 1.2), rng))
    return solids


def _ureters(rng, body: Body, uptake: Uptake) -> list[Sweep]:
    """Crooked stretches and beads that hold urine."""
    solids = []
    for side in SIDES.values():
        way = np.array(_URETER) * (side, 1, 1) + rng.normal(0, (7, 4, 6), (5, 3))
        line_ = sweep("ureter", way, 3.0).centre
        for _ in range(rng.integers(0, 5)):
            first, n = rng.integers(0, len(line_) - 4), int(rng.choice([3, 4, 8, 20, 40]))
            heat = uptake.urine * rng.uniform(0.1, 0.7)
            piece = line_[first : first + n]
            solids.append(sweep("ureter", piece, rng.uniform(2.2, 4), value=heat))
    return solids


def _worn_joints(rng, body: Body, uptake: Uptake) -> list[Sweep]:
    """Mild uptake of ageing joints, the more the older; both sides, not alike."""
    solids, old = [], np.clip((body.person.age - 25) / 50, 0.1, 1.0)
    chances = {"shoulder": 0.6, "hip": 0.4, "knee": 0.55, "acromioclavicular": 0.4,
               "sternoclavicular": 0.4, "wrist": 0.2, "ankle": 0.25}  # fmt: skip
    for joint, chance in chances.items():
        if rng.random() > chance * old:
            continue
        share = rng.uniform(0.45, MOST_WORN_TO_LIVER)
        for side in SIDES.values():
            own = uptake.liver * min(share * rng.lognormal(0, 0.2), MOST_WORN_TO_LIVER)
            # The bright parts of the lining reach 1.2 of it.
            solids += line(rng, joint_place(body, joint, side), RADIUS_MM[joint], own / 1.2)
    return solids


def _worn_spine(rng, body: Body, uptake: Uptake) -> list[Sweep]:
    """End plates and small joints of the arch, the more the older."""
    solids, old = [], np.clip((body.person.age - 30) / 40, 0.05, 1.0)
    for name in (*NECK[3:6], *CHEST[5:11], *LOINS[1:]):
        place = spine_at(body.person, vertebra_z(name)[1])
        suv = uptake.liver * rng.uniform(0.5, 1.1)
        if rng.random() < 0.2 * old:
            at = place + rng.normal(0, (8, 4, 2))
            solids.append(sweep("plate", [at - vec(9, 0, 0), at + vec(9, 0, 0)], 8, 4, value=suv,
                                hint=(0, 1, 0)))  # fmt: skip
        if rng.random() < 0.15 * old:
            at = place + vec(rng.choice([-18, 18]), 22, 0)
            solids.append(blob("facet", at, rng.uniform(5, 8), suv, rng))
    return solids


def _healing_rib(rng, body: Body, uptake: Uptake) -> list[Sweep]:
    """One to three ribs in a row, below the liver."""
    side, first = int(rng.choice([-1, 1])), int(rng.integers(3, 9))
    part = rng.uniform(0.2, 0.9)
    return [
        lesion_in(body.named(f"rib{first + k}", side=side)[0], part, rng,
                  value=uptake.liver * rng.uniform(0.4, 0.8), length_mm=rng.uniform(8, 18))
        for k in range(rng.integers(1, 4))
    ]  # fmt: skip


def _injected_vein(rng, body: Body, uptake: Uptake) -> list[Sweep]:
    """Tracer beside the vein, and at times along it up to the armpit."""
    side, suv = int(rng.choice([-1, 1])), log_uniform(rng, 3, 50)
    shoulder, elbow, wrist = (body.points[k, side] for k in ("shoulder", "elbow", "wrist"))
    is_elbow = rng.random() < 0.7
    site = elbow if is_elbow else wrist + rng.uniform(-0.1, 0.3) * (wrist - elbow)
    site = site + vec(0, -14, 0)
    solids = [blob("injection", site, rng.uniform(4, 10), suv, rng)]
    if rng.random() < 0.5:
        middle = 0.5 * (elbow + shoulder) + vec(-side * 10, -8, 0)
        way = [site, middle, shoulder + vec(-side * 20, 0, 20)]
        heat = min(suv, 16) * rng.uniform(0.1, 0.8, 5)
        solids.append(sweep("vein", way[: rng.integers(2, 4)], 3.0, value=heat))
    return solids


def _bowel_spot(rng, body: Body, uptake: Uptake) -> list[Sweep]:
    """Caecum, sigmoid or anus, avid for no reason."""
    places = ((-88, -94, 735), (34, -92, 790), (0, -52, 876))
    at = np.array(places[rng.integers(3)]) + rng.normal(0, 5, 3)
    return [blob("bowel", at, rng.uniform(8, 17), log_uniform(rng, 2, 8), rng)]


_VARIANTS: dict[Callable, float] = {
    _brown_fat: 0.13,
    draw_muscles: 0.25,
    _nodes: 0.25,
    _vocal_cords: 0.22,
    _thymus: 0.35,
    _breasts: 0.85,
    _womb_and_ovaries: 0.4,
    _ureters: 0.5,
    _worn_joints: 0.8,
    _worn_spine: 0.75,
    _healing_rib: 0.1,
    _injected_vein: 0.12,
    _bowel_spot: 0.2,
}
