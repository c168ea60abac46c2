"""The whole description of an FDG-PET case: no randomness is left once it is drawn."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from uptake_ml.errors import SimulationError
from uptake_ml.phantom.person import Person

FDG_SPEC_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class ScannerSpec:
    """The acquisition of a PET: which scanner, its image, its noise and its field of view.

    ``fwhm_mm`` is the resolution of the finished image, ``spacing_mm`` (plane, row, column).
    ``liver_cov`` is the s.d. of the noise over the local mean, ``noise_fwhm_mm`` its correlation.
    ``field_of_view`` names the range; ``top_mm`` and ``bottom_mm`` are its heights above the hip
    joints.  ``shift_mm`` moves the body to the image's right.
    """

    scanner: str
    fwhm_mm: float
    spacing_mm: tuple[float, float, float]
    liver_cov: float
    noise_fwhm_mm: float
    field_mm: float
    field_of_view: str
    are_arms_up: bool
    top_mm: float
    bottom_mm: float
    shift_mm: float
    noise_seed: int


@dataclass(frozen=True, kw_only=True)
class FocusSpec:
    """A spot of FDG: a lesion where ``disease`` names one, else a normal variant of that ``kind``.

    ``anchor`` is ("trunk",) with ``at_mm`` (from the midline to the left, y, z) at the model's
    rest, ("bone", name) in the bone's own frame, or ("joint", region, side, part) and
    ("organ", tissue, side or "") with an offset in the world (x to the left, y back, z up).
    ``suv`` is the peak as painted; ``core`` the centre's share of it (1 is solid, 0 a rim).
    ``is_in_bone`` keeps it inside the bone that it is anchored to.  Foci of one ``group`` are one
    lesion, as the patches of a joint's lining are.
    """

    kind: str
    anchor: tuple[str, ...]
    at_mm: tuple[float, float, float]
    radii_mm: tuple[float, float, float]
    suv: float
    core: float = 1.0
    disease: str | None = None
    is_in_bone: bool = False
    group: str = ""


@dataclass(frozen=True, kw_only=True)
class FdgCaseSpec:
    """One case: a person, the FDG in this person's tissues, the diseases and the scanner.

    ``variants`` names what is normal but not usual (rows of [variant] in ``fdg_uptake.toml``).
    ``soft`` is the SUV by tissue, ``marrow`` the SUV of spongy bone by part of the skeleton with
    ``yellow`` for fatty marrow.  In long bones red marrow reaches ``marrow_reach`` (a share of the
    length) from the upper end.  ``bone_variation`` multiplies single bones by name, ``texture`` is
    the s.d. of the logarithm of the marrow's unevenness, ``texture_seed`` its pattern and that of
    bowel and urine.  ``breathing_mm`` is the s.d. of the diaphragm's motion.
    """

    version: int = FDG_SPEC_VERSION
    seed: int
    modality: str
    label: str
    diseases: tuple[str, ...]
    variants: tuple[str, ...]
    person: Person
    bladder_radius_mm: float
    absent_organs: tuple[tuple[str, str | None], ...]
    organ_scale: Mapping[str, float]
    grid_jitter: tuple[float, float, float]
    voxel_mm: float
    soft: Mapping[str, float]
    marrow: Mapping[str, float]
    marrow_reach: float
    bone_variation: Mapping[str, float]
    texture: float
    texture_seed: int
    breathing_mm: float
    foci: tuple[FocusSpec, ...]
    scanner: ScannerSpec

    def to_json(self) -> str:
        """Return the specification as one line of JSON that ``from_json`` turns back exactly."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> FdgCaseSpec:
        """Return the specification written by ``to_json``; raises SimulationError on any other."""
        data = json.loads(text)
        if data.get("version") != FDG_SPEC_VERSION:
            raise SimulationError(
                f"an FDG case specification of version {FDG_SPEC_VERSION} is needed, found "
                f"{data.get('version')!r}: draw the case again with this release"
            )
        if wrong := set(data) ^ {f.name for f in fields(cls)}:
            raise SimulationError(
                f"an FDG case specification lacks or has not {', '.join(sorted(wrong))}"
            )
        data["person"] = Person(**data["person"])
        data["scanner"] = ScannerSpec(**_tupled(data["scanner"]))
        data["foci"] = tuple(FocusSpec(**_tupled(f)) for f in data["foci"])
        data["absent_organs"] = tuple(tuple(o) for o in data["absent_organs"])
        return cls(**_tupled(data))


def _tupled(mapping: Mapping) -> dict:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in mapping.items()}
