"""Cases from the phantom: drawn, rendered, located and measured like any study.

The one module of the classifying side that imports ``phantom``: training and evaluation use it,
nothing that looks at a user's study does.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml import __version__
from uptake_ml.features.judge import JUDGE_FILE
from uptake_ml.pattern.cases import (
    COUNTS,
    ONE_VIEW,
    PICTURE,
    VOLUME,
    Case,
    case_label,
    case_seed,
)
from uptake_ml.pattern.held_out import ANY, MESHES, TRAINED, draw_kind, training_body
from uptake_ml.pattern.store import ATLAS_FILE
from uptake_ml.resources import data_path
from uptake_ml.study import (
    ANTERIOR,
    FDG_PET,
    FOCAL,
    JOINT_SYMMETRIC,
    NORMAL,
    POSTERIOR,
    Study,
    View,
)

if TYPE_CHECKING:
    from uptake_ml.atlas import Example
    from uptake_ml.pattern.lesions import LesionRows

_PICTURE_SHARE = 0.5
_ONE_VIEW_SHARE = 0.2
_ANTERIOR_SHARE = 0.7
_PICTURE_STAGE = 100
_PICTURE_PIXEL_MM = (2.4, 4.0, 6.0)
_SPACING_ERROR = 0.05
# What a case depends on, and what is learnt from cases before a model is fitted.
_PATTERN_SOURCES = ("boosting", "cases", "held_out", "learn", "lesions", "simulate")
_SOURCES = (
    *(f"{name}/**/*.py" for name in ("phantom", "readers", "atlas", "features")),
    *(f"pattern/{name}.py" for name in _PATTERN_SOURCES),
    *(f"{name}.py" for name in ("medians", "projections", "regions", "study", "trees")),
)
# What is kept of cases, and the learnt files that go into it: not what is learnt from it.
_LEARNT_BEFORE = {"examples": (), "lesions": (ATLAS_FILE,), "cases": (ATLAS_FILE, JUDGE_FILE)}


@dataclass(frozen=True, kw_only=True)
class PhantomSource:
    """Makes case k of ``stage``; half of them also as a picture, some bone scans as one view.

    ``kind`` says which cameras and bodies (see ``held_out``).
    """

    modality: str
    stage: int
    atlas_folder: Path
    kind: str = ANY

    def __call__(self, seed: int, k: int) -> Case:
        """Return case ``k`` of the root ``seed`` with its features."""
        study, truth, groups = self._draw(seed, k)
        studies = self.vary(study, seed, k)
        variants = {name: self._measure(each) for name, each in studies.items()}
        seen = {name: truth.as_seen(each).label for name, each in studies.items()}
        return Case(
            k=k,
            label=truth.label,
            labels={name: label for name, label in seen.items() if label != truth.label},
            superimposed=tuple(truth.superimposed),
            groups=groups,
            variants=variants,
        )

    def vary(self, study: Study, seed: int, k: int) -> dict[str, Study]:
        """Return the forms in which case ``k`` may reach a reader, by the name of the variant."""
        studies = {COUNTS if study.volume is None else VOLUME: study}
        rng = np.random.default_rng(case_seed(seed, self.stage + _PICTURE_STAGE, k))
        if rng.random() < _PICTURE_SHARE:
            studies[PICTURE] = take_picture(study, rng)
        if len(study.views) > 1 and rng.random() < _ONE_VIEW_SHARE:
            studies[ONE_VIEW] = keep_one_view(studies.get(PICTURE, study), rng)
        return studies

    def examples(self, seed: int, k: int) -> list[Example]:
        """Return what case ``k`` teaches an atlas: an example for each of its views.

        Bodies that are not made of meshes tell no regions.
        """
        from uptake_ml.atlas import Example

        study, truth, _ = self._draw(seed, k)
        tells_regions = self.body(k) == MESHES
        return [
            Example(
                view=view,
                landmarks=truth.views[name].landmarks,
                regions=truth.views[name].regions if tells_regions else None,
                is_normal=truth.label == NORMAL,
            )
            for name, view in study.views.items()
        ]

    def lesion_rows(self, seed: int, k: int) -> list[LesionRows]:
        """Return what case ``k`` teaches about lesions, in each of its variants.

        A diffuse case teaches nothing: its places are neither lesions nor normal.
        """
        from uptake_ml.atlas import load_atlas, locate
        from uptake_ml.pattern.lesions import lesion_rows

        if case_label(self.modality, k) not in (NORMAL, FOCAL, JOINT_SYMMETRIC):
            return []
        study, truth, _ = self._draw(seed, k)
        atlas = self._load(load_atlas, ATLAS_FILE)
        maps = {name: view.lesion_map for name, view in truth.views.items()}
        footprints = truth.footprints if study.volume else None
        return [
            lesion_rows(
                each, locate(each, atlas), maps, _visible_lesions(truth.as_seen(each)), footprints
            )
            for each in self.vary(study, seed, k).values()
        ]

    def _draw(self, seed: int, k: int):
        own_seed = case_seed(seed, self.stage, k)
        body = self.body(k)
        if body == MESHES:
            return draw_study(self.modality, own_seed, k, kind=self.kind)
        return draw_other_body(body, self.modality, own_seed, k)

    def body(self, k: int) -> str:
        """Return which body case ``k`` shows: what judges a model shows meshes alone."""
        if self.kind != TRAINED:
            return MESHES
        return training_body(self.modality, k)

    def _measure(self, study: Study) -> dict[str, float | None]:
        from uptake_ml.atlas import load_atlas, locate
        from uptake_ml.features import find_suspects, keep_clear, measure, view_uptakes
        from uptake_ml.features.judge import load_judge

        atlas, judge = self._load(load_atlas, ATLAS_FILE), self._load(load_judge, JUDGE_FILE)
        layouts = locate(study, atlas)
        views = view_uptakes(study, layouts)
        suspects = find_suspects(study, layouts, judge, views=views)
        features = measure(study, layouts, keep_clear(suspects), suspects, views)
        return {name: _shorten(value) for name, value in features.items()}

    def _load(self, load: Callable, name: str):
        path = self.atlas_folder / name
        return _load_once(load, path.parent, path.stat().st_mtime_ns if path.is_file() else 0)


def draw_study(modality: str, seed: int, k: int, *, kind: str = ANY):
    """Return (study, truth, groups) of one phantom case."""
    from uptake_ml.phantom import render

    spec = draw_kind(seed, modality=modality, label=case_label(modality, k), kind=kind)
    study, truth = render(spec)
    return study, truth, describe_groups(spec, truth)


def draw_other_body(body: str, modality: str, seed: int, k: int):
    """Return (study, truth, groups) of one case of a body that is not made of meshes."""
    package = import_module(f"uptake_ml.phantom.{body}.case")
    render = getattr(package, f"render_{body}")
    study, truth = render(seed, label=case_label(modality, k))
    groups = {**_describe_truth(truth), "camera": body}
    if modality == FDG_PET:
        groups["true marrow to liver"] = round(truth.marrow_to_liver, 4)
    return study, truth, groups


def _visible_lesions(truth) -> dict[str, frozenset[int]]:
    return {
        view: frozenset(n.number for n in truth.lesions if n.is_visible_in(view))
        for view in truth.views
    }


def describe_groups(spec, truth) -> dict[str, str | float | None]:
    """Return what a case was made of, for results by subgroup."""
    acquired = _describe_scanner if spec.modality == FDG_PET else _describe_camera
    return {
        "age years": round(spec.person.age_years),
        "BMI": round(spec.person.bmi, 1),
        "sex": spec.person.sex,
        **_describe_truth(truth),
        **acquired(spec, truth),
    }


def _describe_truth(truth) -> dict[str, str | float | None]:
    return {
        "disease": " and ".join(truth.diseases) or "none",
        "lesions": len(truth.lesions) or None,
        "conspicuity": None if truth.conspicuity is None else round(truth.conspicuity, 1),
        "contrast": _greatest_contrast(truth),
        "drawn as": truth.drawn_label,
    }


def _describe_camera(spec, truth) -> dict[str, str | float | None]:
    camera = spec.camera
    is_whole = camera.last_row - camera.first_row == camera.rows
    return {
        "camera": camera.camera,
        "counts": float(f"{camera.total_counts:.3g}"),
        "pixel mm": camera.pixel_mm,
        "field of view": "whole" if is_whole else "cut",
    }


def _describe_scanner(spec, truth) -> dict[str, str | float | None]:
    scanner = spec.scanner
    return {
        "camera": scanner.scanner,
        "noise in liver": round(scanner.liver_cov, 3),
        "field of view": scanner.field_of_view,
        "arms": "up" if scanner.are_arms_up else "down",
        "true marrow to liver": round(truth.marrow_to_liver, 4),
    }


def _greatest_contrast(truth) -> float | None:
    contrasts = [c for lesion in truth.lesions for c in lesion.contrast.values()]
    return round(max(contrasts), 3) if contrasts else None


def case_file(source: PhantomSource, seed: int, *, holds: str = "cases") -> Path:
    """Return the file in the user's cache that keeps ``holds`` of these cases.

    Its name changes with everything a case depends on: seed, stage, kind, atlas, and the code and
    tables that draw and measure.  Cases of different origin never end up in one file.
    """
    from uptake_ml.phantom.bones import cache_folder

    origin = hashlib.sha256(repr((__version__, seed, source.stage, source.kind)).encode())
    for path in (source.atlas_folder / name for name in _LEARNT_BEFORE[holds]):
        if path.is_file():
            origin.update(hashlib.sha256(path.read_bytes()).digest())
    for path in _origin_files():
        origin.update(path.read_bytes())
    return cache_folder() / f"{holds}-{source.modality}-{origin.hexdigest()[:16]}.jsonl"


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
    return replace(study, views=views, volume=None)


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
    for pattern in _SOURCES:
        yield from sorted(package.glob(pattern))
    yield from sorted(data_path().rglob("*.toml"))


@lru_cache(maxsize=2)
def _load_once(load: Callable, folder: Path, written_ns: int):
    # The atlas and the judge once a process, and again when a file has been written anew.
    return load(folder)


def _shorten(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None
