"""Normal uptake: bone by bone, with the variation and the wear of people without disease.

Uptake is relative to a normal thoracic or lumbar vertebra (about 1).
"""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from uptake_ml.phantom.pointwise.cloud import Cloud, Part
from uptake_ml.phantom.pointwise.person import Person

# Uptake by part. Humerus : spine 0.28 overall (Nautiyal); parietal : pelvis about 0.2-0.4 (BMC Oral
# Health 2024); the others are priors from how bright each bone is on normal scans.
UPTAKE = {
    "vertebra": 1.12,
    "vertebra.C": 1.2,
    "sacrum": 0.95,
    "coccyx": 0.5,
    "rib": 0.82,
    "sternum": 1.0,
    "sternum.manubrium": 1.05,
    "sternum.xiphoid": 0.35,
    "clavicle": 0.62,
    "scapula": 0.85,
    "scapula.coracoid": 0.5,
    "ilium": 0.98,
    "acetabulum": 0.75,
    "pubis": 0.62,
    "ischium": 0.45,
    "vault": 0.38,
    "base": 0.11,
    "face": 0.62,
    "face.haze": 0.07,
    "face.orbit": 0.42,
    "face.nasal": 0.5,
    "face.maxilla": 0.5,
    "face.teeth": 0.75,
    "mandible": 0.5,
    "larynx": 0.3,
    "humerus.head": 0.48,
    "humerus.shaft": 0.36,
    "humerus.elbow": 0.4,
    "ulna": 0.36,
    "radius": 0.36,
    "carpal": 0.5,
    "hand": 0.42,
    "femur.head": 0.6,
    "femur.neck": 0.62,
    "femur.trochanter": 0.62,
    "femur.shaft": 0.33,
    "femur.condyle": 0.19,
    "patella": 0.36,
    "tibia": 0.33,
    "tibia.plateau": 0.38,
    "tibia.shaft": 0.33,
    "fibula": 0.24,
    "foot": 0.34,
    "foot.calcaneus": 0.2,
    "foot.talus": 0.2,
}
# Groups that vary together; between-subject CV 0.22-0.31 (pelvis SPECT/CT) less the common part.
GROUPS = {
    "spine": ("vertebra", "sacrum", "coccyx"),
    "cage": ("rib", "sternum", "clavicle", "scapula"),
    "pelvis": ("ilium", "acetabulum", "pubis", "ischium"),
    "skull": ("vault", "base"),
    "face": ("face", "mandible"),
    "arm": ("humerus", "ulna", "radius"),
    "hand": ("carpal", "hand"),
    "leg": ("femur", "patella", "tibia", "fibula"),
    "foot": ("foot",),
    "larynx": ("larynx",),
}
GROUP_SIGMA = (0.1, 0.3)
PART_SIGMA, SIDE_SIGMA = 0.055, 0.035
GRAIN_SIGMA, GRAIN_MM = 0.16, 13.0

# Wear of people read as normal: typical and greatest added multiple of the local uptake at the
# worst age (prior; silent in 34 % of healthy young adults, IJNM 2012).
WEAR = {
    "shoulder": (0.22, 0.6),
    "acromioclavicular": (0.35, 1.0),
    "sternoclavicular": (0.4, 1.1),
    "elbow": (0.15, 0.5),
    "wrist": (0.2, 0.6),
    "thumb_base": (0.4, 1.4),
    "mcp": (0.1, 0.3),
    "dip": (0.12, 0.5),
    "facet_L4": (0.25, 0.9),
    "facet_L5": (0.3, 1.0),
    "facet_C": (0.12, 0.5),
    "hip": (0.12, 0.4),
    "knee_medial": (0.3, 0.9),
    "knee_lateral": (0.2, 0.6),
    "patella": (0.3, 1.0),
    "ankle": (0.3, 0.75),
    "midfoot": (0.35, 0.8),
    "mtp_1": (0.4, 1.4),
    "manubriosternal": (0.15, 0.5),
    "jaw": (0.2, 0.7),
}
# Physiological: least and greatest added multiple, at any age (prior; SI : sacrum 0.9-1.14, EJRNM).
PHYSIOLOGICAL = {
    "iliac_spine": (0.0, 0.4),
    "sacroiliac": (0.1, 0.4),
    "scapula_tip": (0.0, 0.7),
    "costochondral": (0.0, 0.25),
    "trochanter": (0.0, 0.3),
}


@dataclass
class Lesion:
    """Uptake that a disease added: an array for each part that it changed.

    ``disease`` is a row of ``data/diseases.toml``.
    """

    disease: str
    region: str
    side: str | None
    is_joint: bool
    added: dict[int, np.ndarray]


@dataclass
class Uptake:
    """Uptake of every point, part by part, beside the skeleton it belongs to."""

    cloud: Cloud
    level: list[np.ndarray]
    strength: float = 1.0
    lesions: list[Lesion] = field(default_factory=list)

    @contextmanager
    def lesion(self, disease: str, region: str, side: str | None = None, *, is_joint: bool = False):
        """Take down what is added within as one lesion, `strength` times as strong.

        The joints of one region and side are one lesion, however many are added.
        """
        before = list(self.level)
        yield
        added = {}
        for i, (was, level) in enumerate(zip(before, self.level, strict=True)):
            if level is not was:
                added[i] = self.strength * (level - was)
                self.level[i] = was + added[i]
        for known in self.lesions if is_joint else ():
            if (known.region, known.side, known.is_joint) == (region, side, True):
                for i, more in added.items():
                    known.added[i] = known.added.get(i, 0.0) + more
                return
        if added:
            self.lesions.append(Lesion(disease, region, side, is_joint, added))

    def near(self, point: np.ndarray, reach_mm: float, name: str = "", side: str = "any"):
        """Yield (index, squared distance (n,)) of the parts that come within reach of a point."""
        low, high = self._boxes
        is_near = ((point >= low - reach_mm) & (point <= high + reach_mm)).all(axis=1)
        for i in map(int, np.flatnonzero(is_near)):
            part = self.cloud.parts[i]
            if part.name.startswith(name) and side in ("any", part.side):
                yield i, np.sum((part.xyz - point) ** 2, axis=1)

    @cached_property
    def _boxes(self) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest corners of all parts, each (n, 3): a skeleton is built before."""
        corners = np.array([part.box for part in self.cloud.parts])
        return corners[:, 0], corners[:, 1]

    def raise_site(self, key: tuple, times: float = 0.0, plus: float = 0.0) -> None:
        """Multiply and add to the uptake round a joint, falling off with its radius."""
        point, radius = self.cloud.sites[key]
        for i, d2 in self.near(point, 2.5 * radius):
            if self.cloud.parts[i].name.startswith(("rib", "vertebra")) != key[0].startswith(
                ("facet", "rib", "costo")
            ):
                continue
            fall = np.exp(-d2 / (2 * (0.75 * radius) ** 2))
            self.level[i] = self.level[i] * (1 + times * fall) + plus * fall

    def sites(self, name: str, side: str | None = None) -> list[tuple]:
        """Keys of the joint sites whose name begins so, on a side or on both."""
        keys = self.cloud.sites
        return [k for k in keys if k[0].startswith(name) and side in (None, k[1])]

    def where(self, *names: str, side: str = "any") -> list[int]:
        """Indices of the parts whose name begins with one of `names`."""
        parts = enumerate(self.cloud.parts)
        return [i for i, p in parts if p.name.startswith(names) and side in ("any", p.side)]


def _base_uptake(part: Part) -> float:
    fitting = [k for k in UPTAKE if part.name.startswith(k)]
    return UPTAKE[max(fitting, key=len)]


def _group_factors(rng: np.random.Generator) -> dict[str, float]:
    sigma = rng.uniform(*GROUP_SIGMA)
    drawn = {g: float(np.exp(rng.normal(0, sigma))) for g in GROUPS}
    drawn["larynx"] *= float(np.exp(rng.normal(0, 0.6)))
    drawn["face"] *= float(np.exp(rng.normal(0, 0.15)))
    for ends in ("hand", "foot"):  # cold, worn or busy ones differ more (prior)
        drawn[ends] *= float(np.exp(rng.normal(0, 0.3)))
    return {part: drawn[g] for g, parts in GROUPS.items() for part in parts}


def normal_uptake(rng: np.random.Generator, person: Person, cloud: Cloud) -> Uptake:
    """Uptake of a person without disease of bone, with mild wear for their age."""
    group = _group_factors(rng)
    bone: dict[str, float] = {}
    side = {"left": 0.0, "right": rng.normal(0, SIDE_SIGMA), None: 0.0}
    dwindle = 1 - 0.003 * (person.age_years - 55)  # shafts fade with age (Klemenz 1999)
    level = []
    for part in cloud.parts:
        root = part.name.split(".")[0]
        own = bone.setdefault(f"{part.name}{part.side}", rng.normal(0, PART_SIGMA))
        if root == "vertebra":
            own = bone.setdefault(part.name, own)
        if part.name.startswith("vertebra.C"):
            own += 0.07 * (int(part.name[-1]) - 7)  # fainter towards the skull
        if root in ("hand", "foot", "carpal"):
            own *= 2.0
        factor = _base_uptake(part) * group[root] * np.exp(own + side[part.side])
        if "shaft" in part.name:
            factor *= dwindle
        level.append(factor * part.profile)
    grain = _grain(rng)
    mottle = {True: 1.8, False: 1.0}  # the vault is the most uneven
    level = [
        v * grain(p.xyz) ** mottle[p.name == "vault"]
        for v, p in zip(level, cloud.parts, strict=True)
    ]
    uptake = Uptake(cloud, level)
    _wear(rng, uptake, person)
    return uptake


def _grain(rng: np.random.Generator) -> Callable[[np.ndarray], np.ndarray]:
    """A smooth random field over space: no bone takes up tracer quite evenly (prior)."""
    wave = rng.normal(0, 1 / GRAIN_MM, size=(3, 14)).astype(np.float32)
    phase = rng.uniform(0, 2 * np.pi, 14).astype(np.float32)
    size = GRAIN_SIGMA * np.sqrt(2 / 14)
    return lambda xyz: np.exp(size * np.cos(xyz.astype(np.float32) @ wave + phase).sum(axis=1))


def _wear(rng: np.random.Generator, uptake: Uptake, person: Person) -> None:
    aged = np.interp(person.age_years, [25, 50, 80], [0.25, 0.6, 1.0])
    for name, (typical, most) in WEAR.items():
        common = abs(rng.normal(0, 1))
        for key in uptake.sites(name):
            extra = typical * aged * common * np.exp(rng.normal(0, 0.3))
            if extra > 0.03:
                uptake.raise_site(key, times=min(extra, most))
    for name, (least, most) in PHYSIOLOGICAL.items():
        extra = rng.uniform(least, most)
        for key in uptake.sites(name):
            uptake.raise_site(key, times=extra * np.exp(rng.normal(0, 0.12)))
