"""Cases from the phantom: drawn, rendered, located and measured like any study.

The one module of the classifying side that imports ``phantom``: training and evaluation use it,
nothing that looks at a user's study does.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml import __version__
from uptake_ml.features.judge import JUDGE_FILE
from uptake_ml.pattern.cases import (
    ATLAS_STAGE,
    Case,
    case_label,
    case_seed,
)
from uptake_ml.pattern.drawn import DrawnCase, load_drawn, save_drawn
from uptake_ml.pattern.forms import FORMS_STAGE, vary
from uptake_ml.pattern.held_out import (
    ANY,
    MESHES,
    TRAINED,
    draw_kind,
    training_body,
)
from uptake_ml.pattern.lesions import JUDGE_FOLDS, fold_of, judge_folder
from uptake_ml.pattern.store import ATLAS_FILE
from uptake_ml.resources import data_path
from uptake_ml.study import (
    FDG_PET,
    FOCAL,
    JOINT_SYMMETRIC,
    NORMAL,
    Study,
)

if TYPE_CHECKING:
    from uptake_ml.atlas import Example
    from uptake_ml.pattern.lesions import LesionRows

# What a case depends on, and what is learnt from cases before a model is fitted.
_PATTERN_SOURCES = (
    "boosting",
    "cases",
    "drawn",
    "forms",
    "held_out",
    "learn",
    "lesions",
    "simulate",
)
_SOURCES = (
    *(f"{name}/**/*.py" for name in ("phantom", "readers", "atlas", "features")),
    *(f"pattern/{name}.py" for name in _PATTERN_SOURCES),
    *(f"{name}.py" for name in ("medians", "projections", "regions", "study", "trees")),
)
# What is kept of cases, and the learnt files that go into it: not what is learnt from it.
_LEARNT_BEFORE = {
    "examples": (),
    "drawn": (),
    "lesions": (ATLAS_FILE,),
    "cases": (ATLAS_FILE, JUDGE_FILE),
}


@dataclass(frozen=True, kw_only=True)
class PhantomSource:
    """Makes case k of ``stage``, in the forms of ``forms``.

    ``kind`` says which cameras and bodies (see ``held_out``).  Cases are kept in the folder
    ``drawn`` and looked for there, where it is given.  A case is measured with the judge of the
    atlas' folder, or with that of the folder ``judges`` that has not seen it (``learn``).
    """

    modality: str
    stage: int
    atlas_folder: Path
    kind: str = ANY
    drawn: Path | None = None
    judges: Path | None = None

    def __call__(self, seed: int, k: int) -> Case:
        """Return case ``k`` of the root ``seed`` with its features."""
        drawn = self._remember(seed, k)
        return Case(
            k=k,
            label=drawn.label,
            labels=drawn.labels,
            margins=drawn.margins,
            superimposed=drawn.superimposed,
            groups=drawn.groups,
            variants={name: self._measure(each, k) for name, each in drawn.studies.items()},
        )

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
        study, truth, groups = self._draw(seed, k)
        case = self._show(seed, k, study, truth, groups)
        if self.drawn:
            save_drawn(case, self._kept(k))
        atlas = self._load(load_atlas, self.atlas_folder / ATLAS_FILE)
        maps = {name: view.lesion_map for name, view in truth.views.items()}
        footprints = truth.footprints if study.volume else None
        return [
            lesion_rows(
                each, locate(each, atlas), maps, _visible_lesions(truth.as_seen(each)), footprints
            )
            for each in case.studies.values()
        ]

    def _remember(self, seed: int, k: int) -> DrawnCase:
        """Return a case as its file holds it, drawing it first where there is none."""
        if self.drawn and self._kept(k).is_file():
            return load_drawn(self._kept(k))
        case = self._show(seed, k, *self._draw(seed, k))
        if not self.drawn:
            return case
        save_drawn(case, self._kept(k))
        return load_drawn(self._kept(k))

    def _kept(self, k: int) -> Path:
        return self.drawn / f"{k:06d}.json"

    def _show(self, seed: int, k: int, study: Study, truth, groups: Mapping) -> DrawnCase:
        own_seed = case_seed(seed, self.stage + FORMS_STAGE, k)
        studies = vary(study, np.random.default_rng(own_seed), self.kind)
        seen = {name: truth.as_seen(each) for name, each in studies.items()}
        return DrawnCase(
            label=truth.label,
            labels={name: own.label for name, own in seen.items() if own.label != truth.label},
            margins={name: own.margin for name, own in seen.items()},
            superimposed=tuple(truth.superimposed),
            groups=groups,
            studies=studies,
        )

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
        return training_body(self.modality, k, teaches_atlas=self.stage == ATLAS_STAGE)

    def _measure(self, study: Study, k: int) -> dict[str, float | None]:
        from uptake_ml.atlas import load_atlas, locate
        from uptake_ml.features import find_suspects, keep_clear, measure, view_uptakes
        from uptake_ml.features.judge import load_judge

        atlas = self._load(load_atlas, self.atlas_folder / ATLAS_FILE)
        judge = self._load(load_judge, self._judge_folder(k) / JUDGE_FILE)
        layouts = locate(study, atlas)
        views = view_uptakes(study, layouts)
        suspects = find_suspects(study, layouts, judge, views=views)
        features = measure(study, layouts, keep_clear(suspects), suspects, views)
        return {name: _shorten(value) for name, value in features.items()}

    def _judge_folder(self, k: int) -> Path:
        return (
            judge_folder(self.judges, fold_of(self.modality, k))
            if self.judges
            else self.atlas_folder
        )

    def _load(self, load: Callable, path: Path):
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


def _origin_files() -> Iterator[Path]:
    package = Path(__file__).resolve().parent.parent
    for pattern in _SOURCES:
        yield from sorted(package.glob(pattern))
    yield from sorted(data_path().rglob("*.toml"))


@lru_cache(maxsize=2 + JUDGE_FOLDS)
def _load_once(load: Callable, folder: Path, written_ns: int):
    # The atlas and the judge once a process, and again when a file has been written anew.
    return load(folder)


def _shorten(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None
