"""The whole description of a case: no randomness is left once it is drawn."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from uptake_ml.errors import SimulationError
from uptake_ml.phantom.fdg_spec import FdgCaseSpec
from uptake_ml.phantom.person import Person
from uptake_ml.study import FDG_PET

SPEC_VERSION = 2


@dataclass(frozen=True, kw_only=True)
class LesionSpec:
    """A lesion in one bone: ``at_mm`` in the bone's own frame, ``uptake`` in normal vertebrae.

    A lesion no larger than the bone is a ball with a soft edge; a radius beyond the bone's size
    takes the whole bone.  ``along_factor`` stretches the ball along the bone (below 1: a band
    across it), ``halo`` is the share of the excess that a fringe of three radii has, and
    ``stripe_mm`` the period of bands along the bone (0: even).
    """

    disease: str
    bone: str
    at_mm: tuple[float, float, float]
    radius_mm: float
    uptake: float
    along_factor: float = 1.0
    halo: float = 0.0
    stripe_mm: float = 0.0


@dataclass(frozen=True, kw_only=True)
class MarkSpec:
    """A place of one bone whose uptake is ``factor`` times the rest, without being ill."""

    kind: str
    bone: str
    at_mm: tuple[float, float, float]
    radius_mm: float
    factor: float


@dataclass(frozen=True, kw_only=True)
class SolidSpec:
    """A body of its own in or on the patient: a prosthesis, a coin, a urine bag, a ureter.

    ``path`` holds places (anchor, side, x, y, z): a landmark-like name and the offset in mm from
    it.  An ellipsoid of ``radii_mm`` is swept along the path.  ``on_skin`` puts it on the front of
    the body.  ``mu_per_cm`` and ``concentration`` replace what is there; None leaves it.
    """

    kind: str
    path: tuple[tuple[str, str | None, float, float, float], ...]
    radii_mm: tuple[float, float, float]
    on_skin: bool = False
    mu_per_cm: float | None = None
    concentration: float | None = None


@dataclass(frozen=True, kw_only=True)
class SwellingSpec:
    """Inflamed soft tissue of a limb between two joints; ``factor`` multiplies its uptake."""

    disease: str
    start: tuple[str, str]
    end: tuple[str, str]
    radius_mm: float
    factor: float


@dataclass(frozen=True, kw_only=True)
class OrganMove:
    """An organ that lies (x to the left, y back, z up) or measures other than usual."""

    tissue: str
    side: str | None
    shift_mm: tuple[float, float, float]
    scale: float = 1.0


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
    """Activity outside bone: an injection site, urine on the skin, a salivary gland.

    ``anchor`` is a joint, an organ or a bone's middle (name, side) and ``offset_mm`` (x to the
    left, y back, z up) from it; ``total`` is relative to a normal vertebra's concentration times
    1 cm3.
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
    rows: int = 1024
    columns: int = 256
    intrinsic_fwhm_mm: float = 3.8
    hole_length_factor: float = 1.0
    scatter_decay_mm: tuple[float, float] = (20.0, 45.0)
    background_share: float = 0.003


@dataclass(frozen=True, kw_only=True)
class CaseSpec:
    """One case: a person, what the tracer does in this person, the diseases and the camera.

    ``soft`` and ``bone`` are concentrations (a normal vertebra is 10); ``bone_variation``
    multiplies single bones by name; ``texture`` is the s.d. of the logarithm of the uptake's
    unevenness within bones, ``patchiness`` that of wider patches, and ``texture_seed`` the pattern
    of both.  ``variants`` names the rows of ``data/variants.toml`` whose marks, spots, solids,
    moved or absent organs and joints it holds.  ``attenuation_factor`` multiplies the
    attenuation of all tissues.
    ``distortion_mm`` is the s.d. of a smooth change of shape and ``distortion_seed`` its pattern.
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
    marks: tuple[MarkSpec, ...] = ()
    solids: tuple[SolidSpec, ...] = ()
    swellings: tuple[SwellingSpec, ...] = ()
    organ_moves: tuple[OrganMove, ...] = ()
    variants: tuple[str, ...] = ()
    distortion_mm: float = 0.0
    distortion_seed: int = 0
    patchiness: float = 0.0
    attenuation_factor: float = 1.0

    def to_json(self) -> str:
        """Return the specification as one line of JSON that ``from_json`` turns back exactly."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> CaseSpec | FdgCaseSpec:
        """Return the specification written by ``to_json``; raises SimulationError on any other.

        A line that describes an FDG-PET becomes an ``FdgCaseSpec``.
        """
        data = json.loads(text)
        if data.get("modality") == FDG_PET:
            return FdgCaseSpec.from_json(text)
        if data.get("version") != SPEC_VERSION:
            raise SimulationError(
                f"a case specification of version {SPEC_VERSION} is needed, found "
                f"{data.get('version')!r}: draw the case again with this release"
            )
        parts = {"person": lambda v: Person(**v), "camera": lambda v: CameraSpec(**v)}
        for name, kind in _PARTS.items():
            parts[name] = lambda v, kind=kind: tuple(kind(**x) for x in v)
        known = {f.name for f in fields(cls)}
        if unknown := set(data) - known:
            raise SimulationError(f"a case specification has no {', '.join(sorted(unknown))}")
        data = _tupled(data)
        return cls(**{k: parts[k](v) if k in parts else v for k, v in data.items()})


_PARTS = {
    "joints": JointSpec,
    "lesions": LesionSpec,
    "spots": SpotSpec,
    "marks": MarkSpec,
    "solids": SolidSpec,
    "swellings": SwellingSpec,
    "organ_moves": OrganMove,
}


def _tupled(value):
    """Return the value with every list in it, at any depth, as the tuple it was."""
    if isinstance(value, list):
        return tuple(_tupled(v) for v in value)
    return {k: _tupled(v) for k, v in value.items()} if isinstance(value, dict) else value
