"""One simulated case as files, with the record of its truth."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.commands import UsageError
from uptake_ml.commands.resume import hash_file
from uptake_ml.errors import MissingExtraError
from uptake_ml.pattern.cases import case_label, case_seed
from uptake_ml.study import BONE_SCAN, FDG_PET

if TYPE_CHECKING:
    from uptake_ml.phantom import Truth

# Apart from the stages that train and evaluate models, so that no case here was learnt from.
SIMULATION_STAGE = 5

_VIEW_SUFFIXES = {"anterior": "ANT", "posterior": "POST"}


def require_simulation() -> None:
    """Raise MissingExtraError unless the packages of the extra ``simulate`` are installed."""
    missing = [name for name in ("myo_sim", "mujoco") if importlib.util.find_spec(name) is None]
    if missing:
        raise MissingExtraError(
            f"simulating needs the packages myo-sim and mujoco, not found: {', '.join(missing)}; "
            "run: pip install 'uptake-ml[simulate]'"
        )


@dataclass(frozen=True, kw_only=True)
class CaseWriter:
    """Writes case k of the root ``seed``; the same files whoever else writes other cases.

    ``masks`` is a folder for pictures of the lesions' and the regions' numbers, None for none.
    """

    modality: str
    label: str | None
    seed: int
    folder: Path
    format: str
    masks: Path | None = None

    def __post_init__(self) -> None:
        if self.format not in _WRITERS[self.modality]:
            raise UsageError(
                f"--format of a {self.modality} must be one of "
                f"{', '.join(_WRITERS[self.modality])}, found {self.format}"
            )

    def __call__(self, k: int) -> dict:
        """Write the files of case ``k`` and return its truth."""
        from uptake_ml.phantom import draw, render

        seed = case_seed(self.seed, SIMULATION_STAGE, k)
        label = self.label or case_label(self.modality, k)
        spec = draw(seed, modality=self.modality, label=label)
        study, truth = render(spec)
        stem = self.folder / f"case-{k + 1:04d}"
        write = _WRITERS[self.modality][self.format]
        if self.masks is not None:
            _write_masks(truth, self.masks / stem.name)
        return {
            "case": k + 1,
            "modality": self.modality,
            "files": [_describe_file(path, self.folder) for path in write(study, stem)],
            **describe_truth(truth),
            "specification": json.loads(spec.to_json()),
        }


def describe_truth(truth: Truth) -> dict:
    """Return a truth as plain values; rows and columns are those of the view.

    An FDG-PET has ``true_suv`` besides: mean SUVs as painted, by tissue.
    """
    suv = {"true_suv": _plain(truth.true_suv)} if hasattr(truth, "true_suv") else {}
    return {
        **suv,
        "label": truth.label,
        "drawn_label": truth.drawn_label,
        "superimposed": list(truth.superimposed),
        "diseases": list(truth.diseases),
        "burden": float(truth.burden),
        "lesions": [
            {**_plain(lesion), "is_visible": bool(lesion.is_visible)} for lesion in truth.lesions
        ],
        "landmarks": [
            {"view": view, "name": name, "side": side, "row": round(row, 2), "col": round(col, 2)}
            for view, part in truth.views.items()
            for name, side, row, col in _places(part.landmarks)
        ],
    }


def _places(landmarks) -> Iterator[tuple[str, str | None, float, float]]:
    for (name, side), place in landmarks.items():
        if place is not None:
            yield name, side, float(place[0]), float(place[1])


def _describe_file(path: Path, folder: Path) -> dict:
    return {"name": path.relative_to(folder).as_posix(), "sha256": hash_file(path)}


def default_format(modality: str) -> str:
    """Return the format that the cases of a modality are written in unless one is asked for."""
    return next(iter(_WRITERS[modality]))


def _write_dicom(study, stem: Path) -> list[Path]:
    from uptake_ml.phantom.export import write_dicom_nm

    path = stem.with_suffix(".dcm")
    write_dicom_nm(study, path)
    return [path]


def _write_dicom_series(study, stem: Path) -> list[Path]:
    from uptake_ml.phantom.pet_export import write_dicom_pt

    return write_dicom_pt(study, stem)


def _write_nifti(study, stem: Path) -> list[Path]:
    from uptake_ml.phantom.pet_export import write_nifti

    path = stem.with_suffix(".nii.gz")
    write_nifti(study, path)
    return [path]


def _write_png(study, stem: Path) -> list[Path]:
    from PIL import Image

    from uptake_ml.phantom.picture_export import DisplayExport, to_picture

    paths = []
    for name, view in study.views.items():
        picture = to_picture(view, DisplayExport())
        path = stem.with_name(f"{stem.name}_{_VIEW_SUFFIXES[name]}.png")
        Image.fromarray(picture.pixels.astype(np.uint8)).save(path)
        paths.append(path)
    return paths


def _write_masks(truth, stem: Path) -> None:
    """Write for each view the number of the lesion and that of the region at each pixel."""
    from PIL import Image

    stem.parent.mkdir(parents=True, exist_ok=True)
    for name, view in truth.views.items():
        for kind, numbers in (("lesions", view.lesion_map), ("regions", view.regions)):
            path = stem.with_name(f"{stem.name}_{_VIEW_SUFFIXES[name]}_{kind}.png")
            Image.fromarray(numbers).save(path)


# The first of a modality's formats is its default.
_WRITERS = {
    BONE_SCAN: {"dicom": _write_dicom, "png": _write_png},
    FDG_PET: {"nifti": _write_nifti, "dicom": _write_dicom_series, "png": _write_png},
}


def _plain(value):
    """Return ``value`` with records as dicts, tuples as lists and numbers of JSON's kinds."""
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value.item() if isinstance(value, np.generic) else value
