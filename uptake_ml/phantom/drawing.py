"""Drawing a case: all randomness is used up here, and the result is a specification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from uptake_ml.errors import SimulationError
from uptake_ml.phantom.acquisition import draw_camera
from uptake_ml.phantom.bones import Skeleton, load_skeleton
from uptake_ml.phantom.disease import Disease, choose_disease, draw_disease, parts_of
from uptake_ml.phantom.fdg_drawing import draw_fdg
from uptake_ml.phantom.fdg_spec import FdgCaseSpec
from uptake_ml.phantom.person import Person, draw_person
from uptake_ml.phantom.spec import CaseSpec, JointSpec
from uptake_ml.phantom.tables import load_diseases, load_uptake
from uptake_ml.phantom.variants import Variants, draw_variants
from uptake_ml.phantom.wishes import check_wishes, spread
from uptake_ml.regions import LEFT, RIGHT
from uptake_ml.study import BONE_SCAN, FDG_PET, LABELS, MODALITIES

DEFAULT_VOXEL_MM = 3.0
# Some subjects differ from the tables by more than those say: s.d. of the logarithm of each kind of
# bone (the second for those whose level matters least to a reader), of joints and soft tissues, the
# most that of single bones and of patches of bone can be, the share of the narrow-beam attenuation
# that is left (a window that takes in scatter, a correction), and the change of the outline in mm.
# No source: it is what keeps a model from taking one skeleton, one table and one camera for all
# there are.
_UNUSUAL_SHARE = 0.55
_UNUSUAL_BONE, _UNUSUAL_SMALL, _UNUSUAL_JOINT, _UNUSUAL_SOFT = 0.3, 0.34, 0.2, 0.35
_SMALL_BONES = ("face", "mandible", "hand", "foot", "patella")
_MOST_BETWEEN_BONES, _MOST_PATCHINESS = 0.18, 0.24
_UNUSUAL_ATTENUATION = (0.7, 1.1)
# Wear and variation of a healthy joint, all together, over its row of the table: more than that is
# what a reader calls arthritis.
_MOST_WEAR = 1.7
# How likely the oldest have a joint worn on both sides.
_WORN_PAIRS = {
    "shoulder": 0.5, "acromioclavicular": 0.5, "hip": 0.5, "knee": 0.5, "ankle": 0.4, "foot": 0.5,
    "wrist": 0.3, "hand": 0.4, "sternoclavicular": 0.3, "elbow": 0.2,
}  # fmt: skip
_DISTORTED_SHARE, _DISTORTION_MM = 0.6, (2.0, 7.5)


def draw(
    seed: int,
    *,
    modality: str = BONE_SCAN,
    label: str | None = None,
    disease: str | None = None,
    spawn_key: tuple[int, ...] = (),
) -> CaseSpec | FdgCaseSpec:
    """Return a case; the same arguments give the same case.

    Parameters
    ----------
    seed, spawn_key
        Root of the randomness, and the number of the case under that root.
    label
        The pattern wanted; None draws one with equal chance.
    disease
        A name of ``data/diseases.toml``, for FDG-PET of ``data/fdg_diseases.toml``; its label
        must agree.

    Raises
    ------
    SimulationError
        If label, modality or disease are unknown or contradict one another.
    """
    if modality == FDG_PET:
        return draw_fdg(seed, label=label, disease=disease, spawn_key=spawn_key)
    if modality != BONE_SCAN:
        raise SimulationError(
            f"modality must be one of {', '.join(MODALITIES)}, found {modality!r}"
        )
    check_wishes(BONE_SCAN, label, disease, load_diseases())
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=spawn_key))
    skeleton = load_skeleton()
    if disease is not None:
        label = load_diseases()[disease]["label"]
    label = label or str(rng.choice(LABELS[modality]))
    name = disease or choose_disease(rng, label)
    person = _draw_patient(rng, load_diseases().get(name, {}))
    illness = draw_disease(rng, name, skeleton)
    renal, background = rng.normal(), np.exp(rng.normal(-1.43, 0.55))
    soft = _soft(rng, illness, renal, background)
    unusual = rng.spawn(1)[0]
    found = draw_variants(rng, person, skeleton, soft)
    bladder = float(np.clip(rng.normal(29, 8), 14, 55))
    spec = CaseSpec(
        seed=seed,
        modality=modality,
        label=label,
        diseases=illness.names,
        person=person,
        bladder_radius_mm=found.bladder_radius_mm or bladder,
        absent_organs=tuple(found.absent_organs),
        grid_jitter=tuple(float(v) for v in rng.random(3)),
        voxel_mm=DEFAULT_VOXEL_MM,
        soft={n: v * found.soft_factor.get(n, 1.0) for n, v in soft.items()},
        bone=_bone(rng, person, illness),
        bone_variation=_bone_variation(rng, skeleton, illness, found),
        texture=float(illness.texture or rng.uniform(0.04, 0.1)),
        texture_seed=int(rng.integers(2**31)),
        joints=_joints(rng, person, illness, found),
        lesions=tuple(illness.lesions),
        spots=tuple(found.spots),
        camera=draw_camera(rng, person),
        marks=tuple(found.marks),
        solids=tuple(found.solids),
        swellings=tuple(illness.swellings),
        organ_moves=tuple(found.organ_moves),
        variants=tuple(found.names),
    )
    return _make_unusual(unusual, spec)


def _make_unusual(rng, spec: CaseSpec) -> CaseSpec:
    """Return the case in a subject who differs more from the tables and the skeleton, or not."""
    sd = rng.uniform(*_DISTORTION_MM) if rng.random() < _DISTORTED_SHARE else 0.0
    spec = replace(spec, distortion_mm=float(sd), distortion_seed=int(rng.integers(2**31)))
    if rng.random() >= _UNUSUAL_SHARE:
        return spec
    joint = {region: spread(rng, _UNUSUAL_JOINT) for region in load_uptake()["joint"]}
    level = spread(rng, _UNUSUAL_SOFT)
    single = rng.uniform(0, _MOST_BETWEEN_BONES)
    return replace(
        spec,
        bone={
            name: value * spread(rng, _UNUSUAL_SMALL if name in _SMALL_BONES else _UNUSUAL_BONE)
            for name, value in spec.bone.items()
        },
        bone_variation={n: v * spread(rng, single) for n, v in spec.bone_variation.items()},
        patchiness=float(rng.uniform(0, _MOST_PATCHINESS)),
        attenuation_factor=float(rng.uniform(*_UNUSUAL_ATTENUATION)),
        soft={
            name: value if name in ("kidney", "bladder") else value * level
            for name, value in spec.soft.items()
        },
        joints=tuple(
            j if j.disease else replace(j, factor=_healthy(j.region, j.factor * joint[j.region]))
            for j in spec.joints
        ),
    )


def _draw_patient(rng, entry: Mapping) -> Person:
    """Draw a person of the sex and age that the disease has, if it has any."""
    low, high = entry.get("age", (18, 92))
    for _ in range(40):
        person = draw_person(rng, sex=entry.get("sex"))
        if low <= person.age_years <= high:
            return person
    return draw_person(rng, sex=entry.get("sex"), age_years=float(rng.uniform(low, high)))


def _soft(rng, illness: Disease, renal: float, background: float) -> dict[str, float]:
    """Soft tissue by tissue; poor kidneys leave more tracer in blood and muscle."""
    level = background * np.exp(0.15 * renal) * illness.soft_factor
    soft = {}
    for name, row in load_uptake()["soft"].items():
        excreted = name in ("kidney", "bladder")
        factor = illness.kidney_factor if excreted else level
        if name == "bladder":
            factor = max(illness.kidney_factor, 0.35)
        soft[name] = row.value * spread(rng, row.spread) * float(factor)
    return soft


def _bone(rng, person: Person, illness: Disease) -> dict[str, float]:
    limbs, axial = spread(rng, 0.25), spread(rng, 0.12)
    # The vault takes up more in many women (hyperostosis) and with age.
    vault = spread(rng, 0.22) * (1 + 0.003 * (person.age_years - 60))
    far = _far_from_heart(rng)
    bone = {}
    for name, row in load_uptake()["bone"].items():
        value = row.value * spread(rng, row.spread) * illness.bone_factor.get(name, 1.0)
        if name in ("humerus", "forearm", "hand", "femur", "tibia", "foot", "patella"):
            value *= limbs
        if name in ("cervical-spine", "thoracic-spine", "lumbar-spine", "sacrum", "pelvis"):
            value *= axial
        value *= far.get(name, 1.0)
        bone[name] = float(value * vault if name == "skull" else value)
    return bone


def _far_from_heart(rng) -> dict[str, float]:
    """Return factors of shank, foot and hand.

    Where blood flow is poor shanks and feet fade, feet first; feet that bear much and hands that
    work much take up more.
    """
    shank = rng.uniform(0.35, 0.7) if rng.random() < 0.12 else 1.0
    is_poor, is_busy = rng.random(2) < (0.25, 0.3)
    foot = rng.uniform(0.35, 0.75) if is_poor else rng.uniform(1.1, 1.7) if is_busy else 1.0
    hand = rng.uniform(1.1, 1.6) if rng.random() < 0.2 else 1.0
    return {"tibia": shank, "foot": shank * foot, "hand": hand}


def _bone_variation(rng, skeleton: Skeleton, illness: Disease, found: Variants) -> dict:
    sd = np.hypot(0.06, illness.between_bones)
    return {
        bone.name: spread(rng, float(sd))
        * illness.single_bones.get(bone.name, 1.0)
        * found.bone_factor.get(bone.name, 1.0)
        for bone in skeleton.bones
    }


def _healthy(region: str, factor: float) -> float:
    return min(factor, _MOST_WEAR * load_uptake()["joint"][region].value)


def _joints(rng, person: Person, illness: Disease, found: Variants) -> tuple[JointSpec, ...]:
    """Normal joints with the wear of age, overruled where a disease says so."""
    wear = float(np.clip((person.age_years - 30) / 60, 0, 1))
    joints = {}
    for region, row in load_uptake()["joint"].items():
        pair = row.value * spread(rng, row.spread)
        if rng.random() < _WORN_PAIRS.get(region, 0.0) * wear:
            pair *= 1 + 0.55 * rng.random()
        for side in (RIGHT, LEFT):
            own = spread(rng, 0.08)
            for part in parts_of(region):
                factor = max((1.1 if part == "patella" else pair) * own * spread(rng, 0.06), 0.8)
                factor *= found.joint_factor.get((region, side, part), 1.0)
                joints[region, side, part] = JointSpec(
                    region=region, side=side, part=part, factor=_healthy(region, factor)
                )
    for joint in illness.joints:
        joints[joint.region, joint.side, joint.part] = joint
    return tuple(joints.values())
