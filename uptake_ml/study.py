"""The record that flows through the program: a study, its views and its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

BONE_SCAN = "bone-scan"
FDG_PET = "fdg-pet"
MODALITIES = (BONE_SCAN, FDG_PET)

NORMAL = "normal"
FOCAL = "focal"
DIFFUSE = "diffuse"
JOINT_SYMMETRIC = "joint-symmetric"
MARROW_DIFFUSE = "marrow-diffuse"

LABELS: Mapping[str, tuple[str, ...]] = {
    BONE_SCAN: (NORMAL, FOCAL, DIFFUSE, JOINT_SYMMETRIC),
    FDG_PET: (NORMAL, FOCAL, JOINT_SYMMETRIC, MARROW_DIFFUSE),
}

ANTERIOR = "anterior"
POSTERIOR = "posterior"

COUNTS = "counts"
GREY_LEVEL = "grey-level"
SUV = "SUV"


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A file a study came from: its base name is kept only where the user asked for it."""

    name: str
    sha256: str


@dataclass(frozen=True, kw_only=True, eq=False)
class View:
    """One planar image of a study.

    ``pixels`` is float32 of shape (rows, columns), row 0 at the head, never negative.  In an
    anterior view the patient's right is at the image's left; in a posterior view the patient's
    left is.  ``spacing_mm`` is (row, column).  Rows and columns are those of the input, of its
    own panel where one picture holds two views.
    """

    name: str
    pixels: np.ndarray
    spacing_mm: tuple[float, float]
    unit: str
    is_spacing_estimated: bool = False

    def __post_init__(self) -> None:
        if self.pixels.ndim != 2 or self.pixels.dtype != np.float32:
            raise ValueError(
                f"a view needs a 2-D float32 array, found {self.pixels.ndim}-D {self.pixels.dtype}"
            )
        if min(self.spacing_mm) <= 0:
            raise ValueError(f"spacing_mm must be positive, found {self.spacing_mm}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Volume:
    """A PET volume in SUV.

    ``values`` is float32 of shape (planes, rows, columns), never negative: plane 0 is the most
    anterior, row 0 the nearest to the head, column 0 the patient's rightmost.  ``spacing_mm`` is
    (plane, row, column).
    """

    values: np.ndarray
    spacing_mm: tuple[float, float, float]

    def __post_init__(self) -> None:
        if self.values.ndim != 3 or self.values.dtype != np.float32:
            raise ValueError(
                f"a volume needs a 3-D float32 array, found {self.values.ndim}-D "
                f"{self.values.dtype}"
            )
        if min(self.spacing_mm) <= 0:
            raise ValueError(f"spacing_mm must be positive, found {self.spacing_mm}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Study:
    """All views of one examination, with what is known about where they came from.

    ``volume`` is what the views of a PET study were projected from (``uptake_ml.projections``);
    None where only pictures are known.  ``notes`` are sentences about what had to be assumed (for
    example a pixel size estimated from body height); they end up among the cautions of the finding.
    """

    id: str
    modality: str
    views: Mapping[str, View]
    files: tuple[SourceFile, ...] = ()
    volume: Volume | None = None
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if self.modality not in MODALITIES:
            raise ValueError(f"modality must be one of {MODALITIES}, found {self.modality!r}")
        if not self.views:
            raise ValueError("a study needs at least one view")
