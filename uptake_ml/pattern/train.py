"""From nothing to a model folder: learn atlas and lesions, simulate cases, fit, evaluate, save."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from uptake_ml.errors import ModelError
from uptake_ml.pattern.card import write_card
from uptake_ml.pattern.cases import (
    EVALUATION_STAGE,
    CaseTable,
    Progress,
    make_cases,
)
from uptake_ml.pattern.evaluate import EvaluationReport, evaluate_model
from uptake_ml.pattern.fit import FitSettings, check_size, fit_model, part_of
from uptake_ml.pattern.learn import learn_atlas, learn_lesions, training_source
from uptake_ml.pattern.model import PatternModel
from uptake_ml.pattern.simulate import PhantomSource, case_file
from uptake_ml.pattern.store import ATLAS_FILE, load_model, save_model
from uptake_ml.provenance import describe_command, package_versions

_EVALUATED_SHARE = 0.2


@threadpool_limits.wrap(limits=1)
def run_training(
    *,
    modality: str,
    n: int,
    seed: int,
    jobs: int,
    out: Path,
    progress: Progress | None = None,
    keep_atlas: bool = False,
    settings: FitSettings | None = None,
) -> EvaluationReport:
    """Make the folder ``out`` (atlas, model, card, provenance) and return how good the model is.

    Parameters
    ----------
    n
        Number of simulated cases to learn from; a fifth as many fresh ones are made to evaluate.
    seed
        Root of all randomness.  The same seed gives the same files.
    jobs
        Processes that simulate.
    progress
        Called with (done, total) as cases are finished, stage after stage.
    keep_atlas
        Use the ``atlas.npz`` already in ``out`` instead of learning.

    Raises
    ------
    ModelError
        When there are too few cases, or an atlas is to be kept and there is none.

    Notes
    -----
    A run that was killed goes on where it stopped when the same command is given again: finished
    cases of every stage, the atlas and what it knows of lesions are kept in the user's cache.  So
    are the images of the cases until the model is there: 0.5 MB each, 15 to 25 MB of a PET.
    """
    settings = settings or FitSettings()
    check_size(modality, n)
    out.mkdir(parents=True, exist_ok=True)
    if not keep_atlas:
        learn_atlas(modality=modality, n=n, seed=seed, jobs=jobs, out=out, progress=progress)
    elif not (out / ATLAS_FILE).is_file():
        raise ModelError(
            f"--keep-atlas needs {ATLAS_FILE} in {out.name!r}, found none: leave it out"
        )
    source = training_source(modality, out, n=n, seed=seed)
    learn_lesions(source, n=n, seed=seed, jobs=jobs, progress=progress)
    fresh_source = PhantomSource(modality=modality, stage=EVALUATION_STAGE, atlas_folder=out)
    sizes = {source: n, fresh_source: max(int(n * _EVALUATED_SHARE), 20)}
    training, fresh = (
        make_cases(
            own, case_file(own, seed), modality=modality, n=size, seed=seed, jobs=jobs,
            progress=progress,
        )
        for own, size in sizes.items()
    )  # fmt: skip
    model = fit_model(training, modality=modality, seed=seed, settings=settings)
    report = evaluate_model(model, fresh, seed=seed)
    save_training(model, training, report, out, settings)
    shutil.rmtree(source.drawn, ignore_errors=True)
    return report


def save_training(
    model: PatternModel,
    training: CaseTable,
    report: EvaluationReport,
    out: Path,
    settings: FitSettings,
) -> None:
    """Write model, provenance and card to ``out``, and load the model back as a check."""
    record = describe_training(model, training, report, settings)
    save_model(model, out, record)
    load_model(out)
    write_card(out / "card.md", record, report)


def describe_training(
    model: PatternModel, training: CaseTable, report: EvaluationReport, settings: FitSettings
) -> dict:
    """Return the provenance record of a training: seed, command, versions, cases, features."""
    names, first = np.unique(training.case, return_index=True)
    per_label = np.bincount(training.truth[first], minlength=len(model.labels))
    parts, rows = np.unique(part_of(training), return_counts=True)
    variants, images = np.unique(training.variant, return_counts=True)
    return {
        "name": model.modality,
        "modality": model.modality,
        "labels": list(model.labels),
        "seed": report.seed,
        "n_cases": len(names),
        "cases_per_label": dict(zip(model.labels, per_label.tolist(), strict=True)),
        "images_per_part": dict(zip(parts.tolist(), rows.tolist(), strict=True)),
        "images_per_variant": dict(zip(variants.tolist(), images.tolist(), strict=True)),
        "settings": vars(settings) | {"most_rival_lead": model.most_rival_lead},
        "temperature": round(model.temperature, 4),
        "feature_ids": list(model.feature_ids),
        "evaluation": dict(report.figures),
        "command": describe_command(sys.argv),
        "versions": package_versions(),
    }
