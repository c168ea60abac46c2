"""Learning ``atlas.npz`` and ``hotspots.npz`` from simulated cases, each in a stage of its own.

Both stages survive being killed: what the cases teach is kept in the user's cache as they are
drawn, and so is what was learnt from it, under a name that changes with all it depends on.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from uptake_ml.atlas import Atlas, Example, save_atlas
from uptake_ml.atlas.train import train_atlas
from uptake_ml.features.judge import JUDGE_FILE, save_judge
from uptake_ml.pattern.cases import ATLAS_STAGE, TRAINING_STAGE
from uptake_ml.pattern.held_out import TRAINED
from uptake_ml.pattern.kept import Form, Progress, keep, run_jobs
from uptake_ml.pattern.lesions import (
    JUDGE_FOLDS,
    LesionRows,
    fold_of,
    judge_folder,
    learn_judge,
)
from uptake_ml.pattern.packed import pack, pack_view, unpack, unpack_view
from uptake_ml.pattern.simulate import PhantomSource, case_file
from uptake_ml.pattern.store import ATLAS_FILE
from uptake_ml.study import BONE_SCAN, FDG_PET

_LEAST_CASES = 40
# An atlas gains nothing from more; that of bone scans sees five bodies, that of PETs three.
_MOST_ATLAS_CASES = {BONE_SCAN: 1600, FDG_PET: 1200}


def learn_atlas(
    *, modality: str, n: int, seed: int, jobs: int, out: Path, progress: Progress | None = None
) -> None:
    """Write ``atlas.npz`` to ``out``, learnt from cases of a stage that nothing else uses.

    It needs at least 20 examples, so more than ``n`` cases where ``n`` is small.  Examples take 0.3
    to 0.4 MB each in the user's cache until the atlas is written.
    """
    size = int(np.clip(n, _LEAST_CASES, _MOST_ATLAS_CASES[modality]))
    source = PhantomSource(modality=modality, stage=ATLAS_STAGE, atlas_folder=out, kind=TRAINED)
    cases = case_file(source, seed, holds="examples")

    def learn() -> Atlas:
        made = keep(
            source.examples, cases, _EXAMPLES, n=size, seed=seed, jobs=jobs, progress=progress
        )
        return train_atlas((example for own in made for example in own), seed=seed)

    kept = _learnt_file(cases, size, ATLAS_FILE)
    if not kept.is_file():
        _save_whole(learn(), save_atlas, kept, ATLAS_FILE)
    _publish(kept, out / ATLAS_FILE)
    cases.unlink(missing_ok=True)


def training_source(modality: str, out: Path, *, n: int, seed: int) -> PhantomSource:
    """Return what the model in ``out`` learns lesions and labels from.

    Each case is drawn once, and measured by a judge that has not seen it.
    """
    source = PhantomSource(modality=modality, stage=TRAINING_STAGE, atlas_folder=out, kind=TRAINED)
    drawn = case_file(source, seed, holds="drawn").with_suffix("")
    drawn.mkdir(parents=True, exist_ok=True)
    judges = _learnt_file(case_file(source, seed, holds="lesions"), _lesion_cases(n), "judges")
    return replace(source, drawn=drawn, judges=judges)


def learn_lesions(
    source: PhantomSource, *, n: int, seed: int, jobs: int, progress: Progress | None = None
) -> None:
    """Write ``hotspots.npz`` beside the atlas of ``source``, learnt from its cases.

    Judges that have not seen the cases of a fold go to the folder ``source.judges``: the source
    (see ``training_source``) measures its cases with them.
    """
    size = _lesion_cases(n)
    cases = case_file(source, seed, holds="lesions")
    kept = {None: _learnt_file(cases, size, JUDGE_FILE)}
    kept |= {f: judge_folder(source.judges, f) / JUDGE_FILE for f in range(JUDGE_FOLDS)}
    missing = [fold for fold, path in kept.items() if not path.is_file()]
    if missing:
        rows = keep(
            source.lesion_rows, cases, _LESIONS, n=size, seed=seed, jobs=jobs, progress=progress
        )
        _learn_judges(list(rows), {fold: kept[fold] for fold in missing}, source, seed, jobs)
    _publish(kept[None], source.atlas_folder / JUDGE_FILE)


def _lesion_cases(n: int) -> int:
    return max(n, _LEAST_CASES)


def _learn_judges(
    rows: list[list[LesionRows]],
    missing: Mapping[int | None, Path],
    source: PhantomSource,
    seed: int,
    jobs: int,
) -> None:
    """Write the judge of each fold's other cases, of all for None; ``rows`` are by case."""
    folds = [fold_of(source.modality, k) for k in range(len(rows))]
    taught = (
        ([r for f, own in zip(folds, rows, strict=True) if f != fold for r in own], seed)
        for fold in missing
    )
    judges = run_jobs(learn_judge, taught, jobs=jobs)
    for path, judge in zip(missing.values(), judges, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        _save_whole(judge, save_judge, path, JUDGE_FILE)


def _learnt_file(cases: Path, size: int, name: str) -> Path:
    """Return where the cache keeps what was learnt from the first ``size`` cases of a file."""
    return cases.with_name(f"{cases.stem}-{size}-{name}")


def _save_whole(
    learnt: object, save: Callable[[object, Path], None], kept: Path, name: str
) -> None:
    """Save to ``kept``, which gets its name when it is whole; ``save`` writes ``name``."""
    with TemporaryDirectory(dir=kept.parent) as folder:
        save(learnt, Path(folder))
        (Path(folder) / name).replace(kept)


def _publish(kept: Path, target: Path) -> None:
    partial = target.with_name(f"{target.name}.partial")
    shutil.copyfile(kept, partial)
    partial.replace(target)


def _describe_examples(examples: list[Example]) -> dict:
    return {
        "examples": [
            {
                "view": pack_view(e.view),
                "landmarks": [[*name, point] for name, point in e.landmarks.items()],
                "regions": None if e.regions is None else pack(e.regions),
                "is_normal": e.is_normal,
            }
            for e in examples
        ]
    }


def _restore_examples(record: Mapping) -> list[Example]:
    return [_restore_example(**example) for example in record["examples"]]


def _restore_example(view: dict, landmarks: list, regions: dict | None, is_normal: bool) -> Example:
    return Example(
        view=unpack_view(view),
        landmarks={(name, side): point and tuple(point) for name, side, point in landmarks},
        regions=None if regions is None else unpack(regions),
        is_normal=is_normal,
    )


def _describe_rows(rows: list[LesionRows]) -> dict:
    return {
        "rows": [
            {
                "modality": r.modality,
                "descriptors": pack(r.descriptors),
                "is_lesion": pack(r.is_lesion),
            }
            for r in rows
        ]
    }


def _restore_rows(record: Mapping) -> list[LesionRows]:
    return [
        LesionRows(
            modality=r["modality"],
            descriptors=unpack(r["descriptors"]),
            is_lesion=unpack(r["is_lesion"]),
        )
        for r in record["rows"]
    ]


_EXAMPLES = Form(schema="uptake-ml/examples/1", encode=_describe_examples, decode=_restore_examples)
_LESIONS = Form(schema="uptake-ml/lesions/1", encode=_describe_rows, decode=_restore_rows)
