"""Fit the pattern model on ever more cases and judge each on the same fresh ones.

    python experiments/10_learning_curve/run.py [--jobs N]

Reads ``config.toml``; writes ``results.csv`` and ``provenance.json`` beside it.  Landmarks and the
judge of raised places are those of the shipped model throughout; only the cases grow that the
classifier learns from, is calibrated on and takes its sets from.  Cases come from the cache where
training has made them already.
"""

from __future__ import annotations

import argparse
import csv
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

from uptake_ml.pattern.cases import EVALUATION_STAGE, TRIAL_STAGE, CaseTable, make_cases
from uptake_ml.pattern.evaluate import evaluate_model
from uptake_ml.pattern.fit import fit_model
from uptake_ml.pattern.held_out import ANY, TRAINED
from uptake_ml.pattern.simulate import PhantomSource, case_file
from uptake_ml.provenance import package_versions
from uptake_ml.resources import models_path

HERE = Path(__file__).resolve().parent
FIGURES = (
    "balanced_accuracy",
    "log_loss",
    "calibration_error",
    "set_coverage",
    "single_share",
)


def main() -> None:
    """Fit, judge, write the table."""
    options = argparse.ArgumentParser()
    options.add_argument("--jobs", type=int, default=1)
    jobs = options.parse_args().jobs
    config = tomllib.loads((HERE / "config.toml").read_text())
    rows = [row for modality in config["modalities"] for row in curve(modality, config, jobs)]
    with (HERE / "results.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    record = {"config": config, "versions": package_versions()}
    (HERE / "provenance.json").write_text(json.dumps(record, indent=2) + "\n")


def curve(modality: str, config: dict, jobs: int) -> Iterator[dict]:
    """Yield the figures of one modality for each number of cases."""
    n, n_fresh = config["n"][modality], config["n_fresh"][modality]
    training = cases(modality, TRIAL_STAGE, TRAINED, n, config["seed"], jobs)
    fresh = cases(modality, EVALUATION_STAGE, ANY, n_fresh, config["seed"], jobs)
    for share in config["shares"]:
        chosen = training.select(training.case < share * n)
        model = fit_model(chosen, modality=modality, seed=config["seed"])
        figures = evaluate_model(model, fresh, seed=config["seed"]).figures
        row = {"modality": modality, "n_cases": int(share * n), "n_fresh": n_fresh}
        row |= {name: f"{figures[name]:.4g}" for name in FIGURES}
        print(*row.values(), sep="  ", flush=True)
        yield row


def cases(modality: str, stage: int, kind: str, n: int, seed: int, jobs: int) -> CaseTable:
    """Return cases 0 to n - 1 of a stage, as training draws them."""
    source = PhantomSource(
        modality=modality, stage=stage, atlas_folder=models_path(modality), kind=kind
    )
    return make_cases(
        source,
        case_file(source, seed),
        modality=modality,
        n=n,
        seed=seed,
        jobs=jobs,
        progress=lambda done, total: print(f"\r{done}/{total} cases", end="", flush=True),
    )


if __name__ == "__main__":
    main()
