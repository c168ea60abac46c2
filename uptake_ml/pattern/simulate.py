"""Cases from the phantom: drawn, rendered, located and measured like any study.

The one module of the classifying side that imports ``phantom``: training and evaluation use it,
nothing that looks at a user's study does.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from uptake_ml import __version__
from uptake_ml.pattern.cases import COUNTS, ONE_VIEW, PICTURE, Case, case_label, case_seed
from uptake_ml.pattern.store import ATLAS_FILE
from uptake_ml.resources import data_path
from uptake_ml.study import ANTERIOR, BONE_SCAN, POSTERIOR, Study, View

_PICTURE_SHARE = 0.5
_ONE_VIEW_SHARE = 0.2
_ANTERIOR_SHARE = 0.7
_PICTURE_STAGE = 100
_PICTURE_PIXEL_MM = (2.4, 4.0, 6.0)
_SPACING_ERROR = 0.05
_WHOLE_ROWS = 1024
_SOURCES = ("phantom", "readers", "atlas", "features")


@dataclass(frozen=True, kw_only=True)
class PhantomSource:
    """Makes case k of ``stage``; half of the bone scans also as a picture, some as one view."""

    modality: str
    stage: int
    atlas_folder: Path

    def __call__(self, seed: int, k: int) -> Case:
        """Return case ``k`` of the root ``seed`` with its features."""
        study, truth, groups = draw_study(self.modality, case_seed(seed, self.stage, k), k)
        studies = {COUNTS: study}
        rng = np.random.default_rng(case_seed(seed, self.stage + _PICTURE_STAGE, k))
        if self.modality == BONE_SCAN and rng.random() < _PICTURE_SHARE:
            studies[PICTURE] = take_picture(study, rng)
        if self.modality == BONE_SCAN and rng.random() < _ONE_VIEW_SHARE:
            studies[ONE_VIEW] = keep_one_view(studies.get(PICTURE, study), rng)
        variants = {name: self._measure(each) for name, each in studies.items()}
        return Case(
            k=k,
            label=truth.label,
            superimposed=tuple(truth.superimposed),
            groups=groups,
            variants=variants,
        )

    def _measure(self, study: Study) -> dict[str, float | None]:
        from uptake_ml.atlas import locate
        from uptake_ml.features import find_hot_spots, measure

        atlas = _load_atlas(self.atlas_folder, (self.atlas_folder / ATLAS_FILE).stat().st_mtime_ns)
        layouts = locate(study, atlas)
        features = measure(study, layouts, find_hot_spots(study, layouts))
        return {name: _shorten(value) for name, value in features.items()}


def draw_study(modality: str, seed: int, k: int):
    """Return (study, truth, groups) of one phantom case."""
    from uptake_ml.phantom import draw, render

    spec = draw(seed, modality=modality, label=case_label(modality, k))
    study, truth = render(spec)
    return study, truth, describe_groups(spec, truth)


def describe_groups(spec, truth) -> dict[str, str | float | None]:
    """Return what a case was made of, for results by subgroup."""
    is_whole = spec.camera.last_row - spec.camera.first_row == _WHOLE_ROWS
    return {
        "age years": round(spec.person.age_years),
        "BMI": round(spec.person.bmi, 1),
        "camera": spec.camera.camera,
        "counts": float(f"{spec.camera.total_counts:.3g}"),
        "disease": " and ".join(truth.diseases) or "none",
        "field of view": "whole" if is_whole else "cut",
        "lesions": len(truth.lesions) or None,
        "conspicuity": None if truth.conspicuity is None else round(truth.conspicuity, 1),
        "drawn as": truth.drawn_label,
        "sex": spec.person.sex,
    }


def case_file(source: PhantomSource, seed: int) -> Path:
    """Return the file in the user's cache that keeps these cases.

    Its name changes with everything a case depends on: seed, stage, atlas, and the code and tables
    that draw and measure.  Cases of different origin never end up in one file.
    """
    from uptake_ml.phantom.bones import cache_folder

    atlas = (source.atlas_folder / ATLAS_FILE).read_bytes()
    origin = hashlib.sha256(repr((__version__, seed, source.stage)).encode())
    origin.update(hashlib.sha256(atlas).digest())
    for path in _origin_files():
        origin.update(path.read_bytes())
    return cache_folder() / f"cases-{source.modality}-{origin.hexdigest()[:16]}.jsonl"


def take_picture(study: Study, rng: np.random.Generator) -> Study:
    """Return ``study`` as somebody would have saved it: 8-bit, windowed, pixel size estimated."""
    from uptake_ml.phantom.picture_export import to_picture

    export, pixel_mm = _draw_export(rng), float(rng.choice(_PICTURE_PIXEL_MM))
    # A reader has to guess the pixel size of a picture from the height of the body.
    error = float(rng.lognormal(0.0, _SPACING_ERROR))
    views = {}
    for name, view in study.views.items():
        rows, columns = (
            round(size * mm / pixel_mm)
            for size, mm in zip(view.pixels.shape, view.spacing_mm, strict=True)
        )
        picture = to_picture(view, replace(export, rows=rows, columns=columns))
        views[name] = _misjudge(picture, error)
    return replace(study, views=views)


def keep_one_view(study: Study, rng: np.random.Generator) -> Study:
    """Return ``study`` with one of its views, as it often comes: more often the anterior one."""
    name = ANTERIOR if rng.random() < _ANTERIOR_SHARE else POSTERIOR
    return replace(study, views={name: study.views[name]})


def _draw_export(rng: np.random.Generator):
    from uptake_ml.phantom.picture_export import DisplayExport

    return DisplayExport(
        upper_percentile=float(rng.uniform(97.5, 99.98)),
        gamma=float(np.clip(rng.lognormal(0.0, 0.22), 0.6, 1.7)) if rng.random() < 0.6 else 1.0,
        has_wrap_around=bool(rng.random() < 0.05),
        jpeg_quality=int(rng.integers(60, 96)) if rng.random() < 0.4 else None,
    )


def _misjudge(view: View, error: float) -> View:
    row_mm, column_mm = view.spacing_mm
    return replace(view, spacing_mm=(row_mm * error, column_mm * error), is_spacing_estimated=True)


def _origin_files() -> Iterator[Path]:
    package = Path(__file__).resolve().parent.parent
    for name in _SOURCES:
        yield from sorted((package / name).rglob("*.py"))
    yield from sorted(data_path().rglob("*.toml"))


@lru_cache(maxsize=1)
def _load_atlas(folder: Path, written_ns: int):
    # Once a process, and again when the file has been written anew.
    from uptake_ml.atlas import load_atlas

    return load_atlas(folder)


def _shorten(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None
