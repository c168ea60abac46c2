"""Drawing a case: all randomness is used up here, and the result is a specification."""

from __future__ import annotations

import numpy as np

from uptake_ml.errors import SimulationError
from uptake_ml.phantom.bones import Skeleton, load_skeleton
from uptake_ml.phantom.disease import Disease, draw_disease, parts_of
from uptake_ml.phantom.person import Person, draw_person
from uptake_ml.phantom.spec import CameraSpec, CaseSpec, JointSpec, SpotSpec
from uptake_ml.phantom.tables import load_diseases, load_uptake
from uptake_ml.regions import LEFT, RIGHT
from uptake_ml.study import BONE_SCAN, LABELS

DEFAULT_VOXEL_MM = 3.0
_CAMERAS = (
    "siemens-symbia",
    "ge-millennium",
    "ge-millennium-legp",
    "ge-discovery-670",
    "philips-brightview",
)


def draw(
    seed: int,
    *,
    modality: str = BONE_SCAN,
    label: str | None = None,
    disease: str | None = None,
    spawn_key: tuple[int, ...] = (),
) -> CaseSpec:
    """Return a case; the same arguments give the same case.

    Parameters
    ----------
    seed, spawn_key
        Root of the randomness, and the number of the case under that root.
    label
        The pattern wanted; None draws one with equal chance.
    disease
        A name of ``data/diseases.toml``; its label must agree.

    Raises
    ------
    SimulationError
        If label, modality or disease are unknown or contradict one another.
    """
    if modality != BONE_SCAN:
        raise SimulationError(f"the phantom simulates {BONE_SCAN} only so far, found {modality!r}")
    _check_wishes(label, disease)
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=spawn_key))
    skeleton = load_skeleton()
    if disease is not None:
        label = load_diseases()[disease]["label"]
    label = label or str(rng.choice(LABELS[modality]))
    person = draw_person(rng)
    illness = draw_disease(rng, label, skeleton, disease)
    renal, background = rng.normal(), np.exp(rng.normal(-1.35, 0.5))
    return CaseSpec(
        seed=seed,
        modality=modality,
        label=label,
        diseases=illness.names,
        person=person,
        bladder_radius_mm=float(np.clip(rng.normal(32, 9), 15, 60)),
        absent_organs=_absent(rng),
        grid_jitter=tuple(float(v) for v in rng.random(3)),
        voxel_mm=DEFAULT_VOXEL_MM,
        soft=_soft(rng, illness, renal, background),
        bone=_bone(rng, person, illness),
        bone_variation=_bone_variation(rng, skeleton, illness),
        texture=float(illness.texture or rng.uniform(0.04, 0.1)),
        texture_seed=int(rng.integers(2**31)),
        joints=_joints(rng, person, illness),
        lesions=tuple(illness.lesions),
        spots=_spots(rng),
        camera=_camera(rng, person),
    )


def _check_wishes(label, disease) -> None:
    labels, diseases = LABELS[BONE_SCAN], load_diseases()
    if label is not None and label not in labels:
        raise SimulationError(f"label must be one of {', '.join(labels)}, found {label!r}")
    if disease is not None and disease not in diseases:
        raise SimulationError(f"disease must be one of {', '.join(diseases)}, found {disease!r}")
    if disease is not None and label not in (None, diseases[disease]["label"]):
        raise SimulationError(
            f"{disease} shows the pattern {diseases[disease]['label']}, not {label}: "
            "leave one of the two out"
        )


def _spread(rng, sd: float) -> float:
    return float(np.exp(np.clip(rng.normal(0, sd), -2.5 * sd, 2.5 * sd))) if sd > 0 else 1.0


def _soft(rng, illness: Disease, renal: float, background: float) -> dict[str, float]:
    """Soft tissue by tissue; poor kidneys leave more tracer in blood and muscle."""
    level = background * np.exp(0.15 * renal) * illness.soft_factor
    soft = {}
    for name, row in load_uptake()["soft"].items():
        excreted = name in ("kidney", "bladder")
        factor = illness.kidney_factor if excreted else level
        if name == "bladder":
            factor = max(illness.kidney_factor, 0.35)
        soft[name] = row.value * _spread(rng, row.spread) * float(factor)
    if rng.random() < 0.04:  # free pertechnetate
        soft["stomach"] *= float(rng.uniform(3, 8))
    return soft


def _bone(rng, person: Person, illness: Disease) -> dict[str, float]:
    limbs = _spread(rng, 0.18)
    # The vault takes up more in many women (hyperostosis) and with age.
    vault = _spread(rng, 0.15) * (1 + 0.003 * (person.age_years - 60))
    bone = {}
    for name, row in load_uptake()["bone"].items():
        value = row.value * _spread(rng, row.spread) * illness.bone_factor.get(name, 1.0)
        if name in ("humerus", "forearm", "hand", "femur", "tibia", "foot", "patella"):
            value *= limbs
        bone[name] = float(value * vault if name == "skull" else value)
    return bone


def _bone_variation(rng, skeleton: Skeleton, illness: Disease) -> dict[str, float]:
    sd = np.hypot(0.06, illness.between_bones)
    return {bone.name: _spread(rng, float(sd)) for bone in skeleton.bones}


def _joints(rng, person: Person, illness: Disease) -> tuple[JointSpec, ...]:
    """Normal joints with the wear of age, overruled where a disease says so."""
    wear = float(np.clip((person.age_years - 30) / 60, 0, 1))
    joints = {}
    for region, row in load_uptake()["joint"].items():
        pair = row.value * _spread(rng, row.spread)
        if rng.random() < 0.5 * wear and region in ("shoulder", "knee", "acromioclavicular", "hip"):
            pair *= 1 + 0.45 * rng.random()
        for side in (RIGHT, LEFT):
            own = _spread(rng, 0.08)
            for part in parts_of(region):
                factor = max((1.1 if part == "patella" else pair) * own * _spread(rng, 0.06), 0.8)
                joints[region, side, part] = JointSpec(
                    region=region, side=side, part=part, factor=factor
                )
    for joint in illness.joints:
        joints[joint.region, joint.side, joint.part] = joint
    return tuple(joints.values())


def _absent(rng) -> tuple[tuple[str, str | None], ...]:
    side = str(rng.choice([RIGHT, LEFT]))
    return (("kidney", side),) if rng.random() < 0.03 else ()


def _spots(rng) -> tuple[SpotSpec, ...]:
    spots = []
    if rng.random() < 0.18:
        side = str(rng.choice([RIGHT, LEFT]))
        place = "elbow" if rng.random() < 0.7 else "wrist" if rng.random() < 0.6 else "hand"
        spots.append(
            SpotSpec(
                kind="injection",
                anchor=(place, side),
                offset_mm=(float(rng.normal(0, 8)), -25.0, float(rng.normal(0, 20))),
                radius_mm=float(rng.uniform(3, 11)),
                total=float(np.exp(rng.normal(4.6, 1.1))),
            )
        )
    for _ in range(int(rng.poisson(0.25))):
        spots.append(
            SpotSpec(
                kind="urine",
                anchor=("bladder", None),
                offset_mm=(float(rng.normal(0, 30)), -60.0, float(rng.uniform(-150, -50))),
                radius_mm=float(rng.uniform(3, 11)),
                total=float(np.exp(rng.normal(3.9, 0.9))),
            )
        )
    return tuple(spots)


def _camera(rng, person: Person) -> CameraSpec:
    pixel_mm = float(np.round(rng.uniform(2.1, 2.6), 2))
    length = person.height_mm * 1.06 / pixel_mm
    room = max(1024 - length, 10.0)
    top = float(rng.uniform(0.05, min(0.35, 0.9)) * room)
    cut = rng.random()
    last = 1024
    if cut < 0.06:  # the scan ends before the feet do
        last = int(top + length * rng.uniform(0.72, 0.97))
    return CameraSpec(
        camera=str(rng.choice(_CAMERAS)),
        pixel_mm=pixel_mm,
        total_counts=float(np.exp(rng.uniform(np.log(0.35e6), np.log(4.2e6)))),
        anterior_distance_mm=float(rng.uniform(20, 110)),
        posterior_distance_mm=float(rng.uniform(25, 80)),
        is_contour_following=bool(rng.random() < 0.5),
        shift_mm=(top * pixel_mm, float(rng.normal(0, 12))),
        scatter_to_primary_per_100mm=float(rng.uniform(0.2, 0.55)),
        nonuniformity=tuple(float(v) for v in rng.normal(0, 0.006, 4)),
        first_row=0,
        last_row=min(last, 1024),
        noise_seed=int(rng.integers(2**31)),
    )
