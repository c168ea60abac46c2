"""Fit the pattern model on other features and on labels more or less sure; judge on other bodies.

    python experiments/12_what_to_learn_from/run.py [--modality M] [--jobs N]

Reads ``config.toml``; writes ``results.csv`` and ``provenance.json`` beside it.  The cases are
those that the shipped models learnt from, as the judge of raised places measured them that had not
seen them; they come from the cache where training has made them already.  All cases of one body
are answered by a classifier that has seen the others.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from uptake_ml.pattern import metrics
from uptake_ml.pattern.calibrate import fit_temperature, scale_probabilities
from uptake_ml.pattern.cases import CaseTable, make_cases
from uptake_ml.pattern.conformal import fit_prediction_sets
from uptake_ml.pattern.fit import FitSettings, answer_left_out
from uptake_ml.pattern.held_out import training_body
from uptake_ml.pattern.learn import learn_lesions, training_source
from uptake_ml.pattern.simulate import case_file
from uptake_ml.pattern.store import ATLAS_FILE, read_provenance
from uptake_ml.pattern.told_by import keep_told
from uptake_ml.provenance import package_versions
from uptake_ml.resources import models_path
from uptake_ml.study import MODALITIES

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Answer every case by every choice, write the table."""
    config = tomllib.loads((HERE / "config.toml").read_text())
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--modality", choices=MODALITIES)
    options.add_argument("--jobs", type=int, default=1)
    asked = options.parse_args()
    config["modalities"] = [asked.modality] if asked.modality else config["modalities"]
    rows = []
    for modality in config["modalities"]:
        table, seed = training_cases(modality, asked.jobs)
        for choice in config["choice"]:
            for row in judge(table, modality, seed, **choice):
                rows.append(row)
                print(*row.values(), sep="  ", flush=True)
    with (HERE / "results.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    record = {"config": config, "versions": package_versions()}
    (HERE / "provenance.json").write_text(json.dumps(record, indent=2) + "\n")


def training_cases(modality: str, jobs: int) -> tuple[CaseTable, int]:
    """Return the cases that the shipped model learnt from, and their seed."""
    provenance = read_provenance(models_path(modality))
    n, seed = provenance["n_cases"], provenance["seed"]
    with TemporaryDirectory() as folder:
        shutil.copy(models_path(modality) / ATLAS_FILE, folder)
        source = training_source(modality, Path(folder), n=n, seed=seed)
        learn_lesions(source, n=n, seed=seed, jobs=jobs, progress=_report)
        path = case_file(source, seed)
        table = make_cases(
            source, path, modality=modality, n=n, seed=seed, jobs=jobs, progress=_report
        )
    return table, seed


def _report(done: int, total: int) -> None:
    print(f"\r{done}/{total} cases", end="", flush=True)


def judge(
    table: CaseTable, modality: str, seed: int, *, name: str, told_by: str, **chosen
) -> Iterator[dict]:
    """Yield the figures of one choice: of all rows, of those with a sure label, of each body."""
    settings = FitSettings(told_by=told_by, **chosen)
    table = keep_told(table, told_by)
    raw = answer_left_out(table, modality=modality, seed=seed, settings=settings)
    is_taught = settings.teaches(table)
    temperature = fit_temperature(raw[is_taught], table.truth[is_taught])
    answers = scale_probabilities(raw, temperature)
    sets = fit_prediction_sets(
        answers[is_taught],
        table.truth[is_taught],
        labels=table.labels,
        coverage=settings.coverage,
    )
    is_in_set = sets.contains(answers)
    body = np.array([training_body(modality, int(k)) for k in table.case])
    parts = {"all": np.ones(len(table), dtype=bool), "sure labels": table.margin >= 1.5}
    parts |= {name: body == name for name in np.unique(body)}
    for part, rows in parts.items():
        figures = _measure(table.truth[rows], answers[rows], is_in_set[rows], len(table.labels))
        yield {"modality": modality, "choice": name, "rows": part} | figures


def _measure(truth: np.ndarray, answers: np.ndarray, is_in_set: np.ndarray, n: int) -> dict:
    matrix = metrics.confusion_matrix(truth, answers.argmax(axis=1), n)
    figures = {
        "balanced_accuracy": metrics.balanced_accuracy(matrix),
        "log_loss": metrics.log_loss(truth, answers),
        "calibration_error": metrics.calibration_error(truth, answers),
        "set_coverage": metrics.set_coverage(truth, is_in_set),
        "single_share": (is_in_set.sum(axis=1) == 1).mean(),
    }
    return {"n_rows": len(truth)} | {name: f"{value:.3f}" for name, value in figures.items()}


if __name__ == "__main__":
    main()
