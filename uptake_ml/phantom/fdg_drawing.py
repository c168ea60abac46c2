"""Drawing an FDG-PET case: all randomness is used up here, and the result is a specification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from uptake_ml.phantom.bones import load_skeleton
from uptake_ml.phantom.fdg_disease import DISEASES_OF_WOMEN, FdgDisease, draw_fdg_disease
from uptake_ml.phantom.fdg_spec import FdgCaseSpec, ScannerSpec
from uptake_ml.phantom.fdg_tables import load_fdg_diseases, load_fdg_uptake
from uptake_ml.phantom.fdg_unusual import draw_more_variants, make_unusual, reshape
from uptake_ml.phantom.fdg_variants import draw_spots, draw_variants
from uptake_ml.phantom.person import FEMALE, Person, draw_person
from uptake_ml.phantom.pose import LyingWarp, size_scale
from uptake_ml.phantom.scanner import load_scanners
from uptake_ml.phantom.wishes import check_wishes, spread
from uptake_ml.regions import LEFT, RIGHT
from uptake_ml.study import FDG_PET, LABELS

FDG_VOXEL_MM = 4.0
_ARMS_UP_SHARE = 0.6
# Rest heights (mm) at which scans begin, and how often; then how often they end at mid-thigh.
_TOPS = {"vertex": (1772.0, 0.4), "eyes": (1668.0, 0.35), "skull-base": (1625.0, 0.25)}
_MID_THIGH_SHARE = 0.85


def draw_fdg(
    seed: int,
    *,
    label: str | None = None,
    disease: str | None = None,
    spawn_key: tuple[int, ...] = (),
) -> FdgCaseSpec:
    """Return an FDG-PET case; the same arguments give the same case.

    ``disease`` is a name of ``data/fdg_diseases.toml``, whose label must agree with ``label``.
    Raises SimulationError if either is unknown or they contradict each other.
    """
    check_wishes(FDG_PET, label, disease, load_fdg_diseases())
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=spawn_key))
    skeleton = load_skeleton()
    if disease is not None:
        label = load_fdg_diseases()[disease]["label"]
    label = label or str(rng.choice(LABELS[FDG_PET]))
    are_arms_up = bool(rng.random() < _ARMS_UP_SHARE)
    person = draw_person(rng)
    while disease in DISEASES_OF_WOMEN and person.sex != FEMALE:
        person = draw_person(rng)
    if are_arms_up:
        person = replace(person, angles={**person.angles, **_arms_up(rng)})
    unusual = rng.spawn(1)[0]
    is_unusual = unusual.random() < load_fdg_uptake()["unusual"]["share"]
    person = reshape(unusual, person) if is_unusual else person
    illness = draw_fdg_disease(rng, label, person, skeleton, disease)
    variants = draw_variants(rng, person)
    more = draw_more_variants(unusual, person, variants) if is_unusual else {}
    soft = draw_soft(rng, person, illness, {**variants, **more})
    spots = draw_spots(rng, person, variants, soft["liver"])
    marrow = draw_marrow(rng, person, soft["liver"], illness)
    spec = FdgCaseSpec(
        seed=seed,
        modality=FDG_PET,
        label=label,
        diseases=illness.names,
        variants=(*variants, *more),
        person=person,
        bladder_radius_mm=_bladder_radius(rng, soft),
        absent_organs=(("kidney", str(rng.choice([RIGHT, LEFT]))),) if rng.random() < 0.02 else (),
        organ_scale={"spleen": illness.spleen_size * spread(rng, 0.08)},
        grid_jitter=tuple(float(v) for v in rng.random(3)),
        voxel_mm=FDG_VOXEL_MM,
        soft=soft,
        marrow=marrow,
        marrow_reach=float(illness.marrow_reach or _normal_reach(rng, person)),
        bone_variation={
            b.name: spread(rng, float(np.hypot(0.03, illness.between_bones)))
            for b in skeleton.bones
        },
        texture=float(illness.texture or rng.uniform(0.03, 0.07)),
        texture_seed=int(rng.integers(2**31)),
        breathing_mm=float(rng.uniform(3, 9)),
        foci=(*spots, *illness.foci),
        scanner=_scanner(rng, person, are_arms_up, illness),
    )
    return make_unusual(unusual, spec, more) if is_unusual else spec


def _from_row(rng, row: Mapping) -> float:
    return float(np.clip(row["value"] * spread(rng, row["spread"]), *row["range"]))


def draw_soft(
    rng, person: Person, illness: FdgDisease, variants: Mapping[str, float]
) -> dict[str, float]:
    """Return the SUV of soft tissues; weight, uptake time and the variants move them together."""
    soft = {name: _from_row(rng, row) for name, row in load_fdg_uptake()["soft"].items()}
    # SUV by weight counts fat, which takes up little: it is higher everywhere in the heavy.
    heavy = float(np.clip((person.weight_kg / 72.0) ** 0.3, 0.82, 1.25))
    for name in soft:
        if name not in ("spleen", "bladder", "fat"):
            soft[name] *= heavy
    # Long uptake empties blood and liver alike.
    late = spread(rng, 0.06)
    soft["liver"] *= late
    soft["blood-pool"] = min(soft["blood-pool"] * late, 0.95 * soft["liver"])
    soft["spleen"] *= soft["liver"] * illness.spleen_factor
    if person.sex == FEMALE and person.age_years < 50:
        soft["breast"] *= 1.5
    _vary(soft, variants)
    return soft


def _vary(soft: dict[str, float], variants: Mapping[str, float]) -> None:
    """Change the tissues, in place, as the variants do that are not spots."""
    factor = {name: variants.get(name, 1.0) for name in ("high-glucose", "insulin", "voided")}
    fasted = soft.pop("myocardium-fasted")
    if "fasted-myocardium" in variants:
        soft["myocardium"] = fasted
    for name in ("brain-grey", "brain-white"):
        soft[name] *= factor["high-glucose"]
    soft["muscle"] *= factor["insulin"]
    if "insulin" in variants:
        soft["myocardium"] = max(soft["myocardium"], 6.0)
        soft["brain-grey"] *= 0.75
    if "metformin" in variants:
        soft["colon"] = variants["metformin"]
        soft["small-bowel"] *= 2.0
    if "thyroid-diffuse" in variants:
        soft["thyroid"] = variants["thyroid-diffuse"]
    # Even thin urine is brighter than what surrounds the bladder.
    soft["bladder"] = max(soft["bladder"] * factor["voided"], 2.5)
    for name in ("uterus", "ovary", "ureter"):
        if name in variants:
            soft[name] = variants[name]


def draw_marrow(rng, person: Person, liver: float, illness: FdgDisease) -> dict[str, float]:
    """Return the SUV of marrow by part: healthy by age, then what the disease makes of it.

    A part takes up between fatty and lumbar marrow, in proportion to its cellularity.
    """
    table = load_fdg_uptake()["marrow"]
    ratio = table["at_45_years"] + table["per_year"] * (person.age_years - 45)
    if person.sex == FEMALE:
        ratio *= 1.03
    ratio = float(np.clip(ratio * spread(rng, table["spread"]), *table["range"]))
    ratio = illness.marrow_ratio or ratio * illness.marrow_factor
    yellow = table["yellow_suv"] * spread(rng, 0.12)
    lumbar = max(ratio * liver, 1.15 * yellow)
    full = table["part"]["lumbar-spine"]["cellularity"]
    marrow = {"yellow": float(yellow)}
    for stem, row in table["part"].items():
        share = row["cellularity"] / full * spread(rng, row["spread"])
        share = max(share, illness.limb_share.get(stem, 0.0))
        marrow[stem] = float(yellow + (lumbar - yellow) * share)
    return marrow


def _normal_reach(rng, person: Person) -> float:
    young = float(np.clip((40 - person.age_years) / 20, 0, 1))
    return 0.16 + 0.14 * young + rng.normal(0, 0.02)


def _bladder_radius(rng, soft) -> float:
    # Patients void before the scan; just after it the bladder is small and its urine thin.
    middle = 20 if soft["bladder"] < 8 else 27
    return float(np.clip(rng.normal(middle, 7), 14, 50))


def _arms_up(rng) -> dict[str, float]:
    """Hands behind or above the head, the same on both sides but for small differences."""
    elevation, bend = rng.uniform(2.3, 2.85), rng.uniform(0.9, 1.7)
    turn = rng.uniform(-1.5, -1.0)
    angles = {}
    for side in "rl":
        angles[f"shoulder_elv_{side}"] = float(elevation + rng.normal(0, 0.06))
        angles[f"elv_angle_{side}"] = float(rng.normal(0.0, 0.1))
        angles[f"shoulder_rot_{side}"] = float(turn + rng.normal(0, 0.08))
        angles[f"elbow_flexion_{side}"] = float(bend + rng.normal(0, 0.12))
    return angles


def _scanner(rng, person: Person, are_arms_up: bool, illness: FdgDisease) -> ScannerSpec:
    name = str(rng.choice(list(load_scanners())))
    entry = load_scanners()[name]
    size = size_scale(person)
    start = str(rng.choice(list(_TOPS), p=[share for _, share in _TOPS.values()]))
    warp = LyingWarp(person, size)
    top = warp(np.array([[-25.0, 200.0, _TOPS[start][0]]]))[0][2] + rng.normal(0, 8)
    is_short = rng.random() < _MID_THIGH_SHARE and not illness.needs_legs
    thigh = 430.0 * size * person.thigh_scale
    bottom = -thigh * rng.uniform(0.3, 0.62) if is_short else -1080.0 * size
    end = "mid-thigh" if is_short else "toes"
    return ScannerSpec(
        scanner=name,
        fwhm_mm=float(entry["fwhm_mm"] * rng.uniform(0.95, 1.06)),
        spacing_mm=tuple(float(v) for v in entry["spacing_mm"]),
        liver_cov=float(rng.uniform(*entry["liver_cov"])),
        noise_fwhm_mm=float(entry["noise_fwhm_mm"] * rng.uniform(0.9, 1.1)),
        field_mm=float(entry["field_mm"]),
        field_of_view=f"{start} to {end}",
        are_arms_up=are_arms_up,
        top_mm=float(top),
        bottom_mm=float(bottom),
        shift_mm=float(rng.normal(0, 10)),
        noise_seed=int(rng.integers(2**31)),
    )
