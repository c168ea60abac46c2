"""The whole description of a case: no randomness is left once it is drawn."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from uptake_ml.errors import SimulationError
from uptake_ml.phantom.person import Person

SPEC_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class LesionSpec:
    """A lesion in one bone: ``at_mm`` in the bone's own frame, ``uptake`` in normal vertebrae.

    A lesion no larger than the bone is a ball with a soft edge; a radius beyond the bone's size
    takes the whole bone.
    """

    disease: str
    bone: str
    at_mm: tuple[float, float, float]
    radius_mm: float
    uptake: float


@dataclass(frozen=True, kw_only=True)
class JointSpec:
    """Uptake at one compartment of a joint, as a multiple of the bone beside it."""

    region: str
    side: str
    part: str
    factor: float
    disease: str | None = None


@dataclass(frozen=True, kw_only=True)
class SpotSpec:
    """Activity outside bone: an injection site or urine on the skin.

    ``anchor`` is a landmark-like place (region, side) and ``offset_mm`` (x to the left, y back,
    z up) from it; ``total`` is relative to a normal vertebra's concentration times 1 cm3.
    """

    kind: str
    anchor: tuple[str, str | None]
    offset_mm: tuple[float, float, float]
    radius_mm: float
    total: float


@dataclass(frozen=True, kw_only=True)
class CameraSpec:
    """The acquisition: which camera, how it stood, how long it counted."""

    camera: str
    pixel_mm: float
    total_counts: float
    anterior_distance_mm: float
    posterior_distance_mm: float
    is_contour_following: bool
    shift_mm: tuple[float, float]
    scatter_to_primary_per_100mm: float
    nonuniformity: tuple[float, ...]
    first_row: int
    last_row: int
    noise_seed: int


@dataclass(frozen=True, kw_only=True)
class CaseSpec:
    """One case: a person, what the tracer does in this person, the diseases and the camera.

    ``soft`` and ``bone`` are concentrations (a normal vertebra is 10); ``bone_variation``
    multiplies single bones by name; ``texture`` is the s.d. of the logarithm of the uptake's
    unevenness within bones and ``texture_seed`` its pattern.
    """

    version: int = SPEC_VERSION
    seed: int
    modality: str
    label: str
    diseases: tuple[str, ...]
    person: Person
    bladder_radius_mm: float
    absent_organs: tuple[tuple[str, str | None], ...]
    grid_jitter: tuple[float, float, float]
    voxel_mm: float
    soft: Mapping[str, float]
    bone: Mapping[str, float]
    bone_variation: Mapping[str, float]
    texture: float
    texture_seed: int
    joints: tuple[JointSpec, ...]
    lesions: tuple[LesionSpec, ...]
    spots: tuple[SpotSpec, ...]
    camera: CameraSpec

    def to_json(self) -> str:
        """Return the specification as one line of JSON that ``from_json`` turns back exactly."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> CaseSpec:
        """Return the specification written by ``to_json``; raises SimulationError on any other."""
        data = json.loads(text)
        if data.get("version") != SPEC_VERSION:
            raise SimulationError(
                f"a case specification of version {SPEC_VERSION} is needed, found "
                f"{data.get('version')!r}: draw the case again with this release"
            )
        parts = {
            "person": lambda v: Person(**v),
            "camera": lambda v: CameraSpec(**_tupled(v)),
            "joints": lambda v: tuple(JointSpec(**j) for j in v),
            "lesions": lambda v: tuple(LesionSpec(**_tupled(x)) for x in v),
            "spots": lambda v: tuple(SpotSpec(**_tupled(x)) for x in v),
            "absent_organs": lambda v: tuple(tuple(x) for x in v),
        }
        known = {f.name for f in fields(cls)}
        if unknown := set(data) - known:
            raise SimulationError(f"a case specification has no {', '.join(sorted(unknown))}")
        data = _tupled(data)
        return cls(**{k: parts[k](v) if k in parts else v for k, v in data.items()})


def _tupled(mapping: Mapping) -> dict:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in mapping.items()}
