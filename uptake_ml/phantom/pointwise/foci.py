"""Local changes of uptake: a focus in a bone, a band across a vertebra, a whole bone."""

import numpy as np

from uptake_ml.phantom.pointwise.uptake import Uptake

# Where metastases settle, by bone (prior: red marrow).
SITES = {
    "vertebra.T": 0.22,
    "vertebra.L": 0.2,
    "rib": 0.2,
    "ilium": 0.12,
    "sacrum": 0.05,
    "ischium": 0.03,
    "sternum": 0.05,
    "scapula": 0.05,
    "femur.": 0.05,
    "humerus.": 0.03,
}

# Sources give contrast after blur; the part of it that a focus in a thin bone keeps (prior).
RECOVERY = {"rib": 0.4, "scapula": 0.45, "sternum": 0.55, "clavicle": 0.6, "vault": 0.5}
RECOVERY.update(ilium=0.6, ischium=0.7, vertebra=0.6)
RECOVERY_ELSEWHERE = 0.85
BAND_RECOVERY = 0.65  # a crushed body lies deep and its arch stays ordinary


def recovery(bone: str) -> float:
    """Fraction of a focus's contrast that the camera keeps in this bone."""
    return RECOVERY.get(bone.split(".")[0], RECOVERY_ELSEWHERE)


def bone_name(uptake: Uptake, i: int) -> str:
    """The whole bone a part belongs to: `rib.5`, `vertebra.L3`, otherwise `femur`."""
    name = uptake.cloud.parts[i].name
    return name if name.startswith(("rib", "vertebra")) else name.split(".")[0]


def choose_bone(rng: np.random.Generator, uptake: Uptake) -> tuple[str, int]:
    """A bone in which a metastasis settles: its name and the part that holds the focus."""
    names, weights = list(SITES), np.array(list(SITES.values()))
    found = uptake.where(str(rng.choice(names, p=weights / weights.sum())))
    volume = np.array([uptake.cloud.parts[i].volume.sum() for i in found])
    i = int(rng.choice(found, p=volume / volume.sum()))
    return bone_name(uptake, i), i


def choose_point(rng: np.random.Generator, uptake: Uptake, bone: tuple[str, int]) -> np.ndarray:
    """A point (3,) of that part, near the trunk if the bone is long."""
    part = uptake.cloud.parts[bone[1]]
    keep = part.t < 0.4 if part.name.endswith("shaft") else part.t <= 1
    at = np.flatnonzero(keep)
    return part.xyz[int(rng.choice(at))]


def add_focus(
    uptake: Uptake,
    bone: str,
    point: np.ndarray,
    radius_mm: float,
    contrast: float,
    side: str = "any",
    long: float = 1.0,
) -> None:
    """Add uptake that falls off from a point, within one bone only, `long` times along s."""
    added = contrast / recovery(bone)
    for i, d2 in uptake.near(point, 3 * radius_mm * long, bone, side):
        if bone_name(uptake, i) != bone:
            continue
        ds2 = (uptake.cloud.parts[i].xyz[:, 2] - point[2]) ** 2
        d2 = d2 - ds2 * (1 - 1 / long**2)
        uptake.level[i] = uptake.level[i] + added * np.exp(-d2 / (2 * radius_mm**2))


def add_band(rng: np.random.Generator, uptake: Uptake, vertebra: str, contrast: float) -> None:
    """Raise a vertebra's body in a band across it, its arch less."""
    lean = rng.uniform(0.6, 1.4)
    for i in uptake.where(vertebra):
        part = uptake.cloud.parts[i]
        if part.name != vertebra:
            continue
        body = part.side is None and part.t.size > 400
        share = (0.5 + 0.5 * part.t**lean) if body else 0.35
        uptake.level[i] = uptake.level[i] + contrast / BAND_RECOVERY * share


def add_whole_bone(
    rng: np.random.Generator, uptake: Uptake, bones: tuple[str, ...], side: str, contrast: float
) -> None:
    """Raise whole bones evenly, as Paget's disease does."""
    for i in uptake.where(*bones, side=side):
        part = uptake.cloud.parts[i]
        grain = np.exp(rng.normal(0, 0.05))
        share = 0.7 if part.name.startswith(("ilium", "vertebra")) else 1.0
        uptake.level[i] = uptake.level[i] + contrast * grain * share
