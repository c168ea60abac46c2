"""Learning ``atlas.npz`` and ``hotspots.npz`` from simulated cases, each in a stage of its own.

Both stages survive being killed: what the cases teach is kept in the user's cache as they are
drawn, and so is what was learnt from it, under a name that changes with all it depends on.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from uptake_ml.atlas import Atlas, Example, save_atlas
from uptake_ml.atlas.train import train_atlas
from uptake_ml.features.judge import JUDGE_FILE, LesionJudge, save_judge
from uptake_ml.pattern.cases import ATLAS_STAGE, LESION_STAGE
from uptake_ml.pattern.held_out import TRAINED
from uptake_ml.pattern.kept import Form, Progress, keep
from uptake_ml.pattern.lesions import LesionRows, learn_judge
from uptake_ml.pattern.packed import pack, unpack
from uptake_ml.pattern.simulate import PhantomSource, case_file
from uptake_ml.pattern.store import ATLAS_FILE
from uptake_ml.study import BONE_SCAN, FDG_PET, View

# How many cases a case that labels are learnt from, and at most.  The judge and the atlas, which
# sees five bodies of bone scans, still gain from more where the classifier does not.
_LEAST_CASES = 40
_ATLAS_CASES = {BONE_SCAN: (1.2, 1200), FDG_PET: (1.0, 1000)}
_LESION_CASES = {BONE_SCAN: (2.5, 4500), FDG_PET: (1.2, 2400)}


def learn_atlas(
    *, modality: str, n: int, seed: int, jobs: int, out: Path, progress: Progress | None = None
) -> None:
    """Write ``atlas.npz`` to ``out``, learnt from cases of a stage that nothing else uses.

    It needs at least 20 examples, so more than ``n`` cases where ``n`` is small.  Examples take 0.3
    to 0.4 MB each in the user's cache until the atlas is written.
    """
    size = _count_cases(n, *_ATLAS_CASES[modality])
    source = PhantomSource(modality=modality, stage=ATLAS_STAGE, atlas_folder=out, kind=TRAINED)
    cases = case_file(source, seed, holds="examples")

    def learn() -> Atlas:
        made = keep(
            source.examples, cases, _EXAMPLES, n=size, seed=seed, jobs=jobs, progress=progress
        )
        return train_atlas((example for own in made for example in own), seed=seed)

    _learn_once(learn, save_atlas, out / ATLAS_FILE, _learnt_file(cases, size, ATLAS_FILE))
    cases.unlink(missing_ok=True)


def learn_lesions(
    *, modality: str, n: int, seed: int, jobs: int, out: Path, progress: Progress | None = None
) -> None:
    """Write ``hotspots.npz`` to ``out``, learnt with the atlas there from a stage of its own."""
    size = _count_cases(n, *_LESION_CASES[modality])
    source = PhantomSource(modality=modality, stage=LESION_STAGE, atlas_folder=out, kind=TRAINED)
    cases = case_file(source, seed, holds="lesions")

    def learn() -> LesionJudge:
        made = keep(
            source.lesion_rows, cases, _LESIONS, n=size, seed=seed, jobs=jobs, progress=progress
        )
        return learn_judge((rows for own in made for rows in own), seed=seed)

    _learn_once(learn, save_judge, out / JUDGE_FILE, _learnt_file(cases, size, JUDGE_FILE))


def _count_cases(n: int, a_case: float, most: int) -> int:
    return int(np.clip(a_case * n, _LEAST_CASES, most))


def _learnt_file(cases: Path, size: int, name: str) -> Path:
    """Return where the cache keeps what was learnt from the first ``size`` cases of a file."""
    return cases.with_name(f"{cases.stem}-{size}-{name}")


def _learn_once(
    learn: Callable[[], object],
    save: Callable[[object, Path], None],
    target: Path,
    kept: Path,
) -> None:
    """Write ``target``, from ``kept`` in the cache where that has been learnt before.

    Both files get their names when they are whole.
    """
    if not kept.is_file():
        learnt = learn()
        with TemporaryDirectory(dir=kept.parent) as folder:
            save(learnt, Path(folder))
            (Path(folder) / target.name).replace(kept)
    partial = target.with_name(f"{target.name}.partial")
    shutil.copyfile(kept, partial)
    partial.replace(target)


def _describe_examples(examples: list[Example]) -> dict:
    return {
        "examples": [
            {
                "view": {**vars(e.view), "pixels": pack(e.view.pixels)},
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
    place = {"pixels": unpack(view["pixels"]), "spacing_mm": tuple(view["spacing_mm"])}
    return Example(
        view=View(**{**view, **place}),
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
