"""Compare the candidate classifiers on new cases and on cases of a kind held out of training.

    python experiments/01_model_choice/run.py [--jobs N] [--atlas FOLDER]

Reads ``config.toml``, writes ``results.csv`` and ``provenance.json`` beside it.  The atlas is that
of the model folder; cases come from the cache where training has made them already.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from skops import io as skops_io

from uptake_ml.pattern import metrics
from uptake_ml.pattern.blend import Blend
from uptake_ml.pattern.calibrate import fit_temperature, scale_probabilities
from uptake_ml.pattern.cases import TRIAL_STAGE, CaseTable, make_cases
from uptake_ml.pattern.classifiers import build_classifier
from uptake_ml.pattern.held_out import TRAINED
from uptake_ml.pattern.simulate import PhantomSource, case_file
from uptake_ml.provenance import package_versions
from uptake_ml.resources import models_path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, kw_only=True)
class Result:
    """One classifier on one split; the loss is before and after the temperature."""

    shift: str
    fold: int
    classifier: str
    n_train: int
    n_test: int
    log_loss_raw: float
    log_loss: float
    brier_score: float
    calibration_error: float
    balanced_accuracy: float
    temperature: float
    fit_s: float
    predict_one_ms: float
    size_mb: float


def main() -> None:
    """Run every classifier on every split and write the results."""
    options = argparse.ArgumentParser()
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--atlas", type=Path)
    arguments = options.parse_args()
    config = tomllib.loads((HERE / "config.toml").read_text())
    source = PhantomSource(
        modality=config["modality"],
        stage=TRIAL_STAGE,
        atlas_folder=arguments.atlas or models_path(config["modality"]),
        kind=TRAINED,
    )
    table = make_cases(
        source,
        case_file(source, config["seed"]),
        modality=config["modality"],
        n=config["n"],
        seed=config["seed"],
        jobs=arguments.jobs,
        progress=lambda done, total: print(f"\r{done}/{total} cases", end="", flush=True),
    )
    results = list(compare(table, config))
    write_results(results, HERE / "results.csv")
    print("\n".join(summarise(results)))
    record = {"config": config, "versions": package_versions(), "n_rows": len(table)}
    (HERE / "provenance.json").write_text(json.dumps(record, indent=2) + "\n")


def compare(table: CaseTable, config: dict) -> Iterator[Result]:
    """Yield the result of each classifier on each split, the same splits for all."""
    for shift, fold, is_test in splits(table, config):
        for name in config["classifiers"]:
            yield assess(table, is_test, name, shift=shift, fold=fold, config=config)


def splits(table: CaseTable, config: dict) -> Iterator[tuple[str, int, np.ndarray]]:
    """Yield (shift, fold, rows to test on); all rows of a case are on one side."""
    fold_of = table.case // len(table.labels) % config["n_folds"]
    for fold in range(config["n_folds"]):
        yield "none", fold, fold_of == fold
    for shift in config["shift"]:
        yield shift["name"], 0, np.array([fits(groups, shift) for groups in table.groups])


def fits(groups: dict, shift: dict) -> bool:
    """Return whether a row with these groups is held out by ``shift``; one not known is not."""
    value = groups.get(shift["group"])
    if value is None:
        return False
    if "words" in shift:
        return value in shift["words"]
    return shift.get("at_least", -np.inf) <= value <= shift.get("at_most", np.inf)


def assess(
    table: CaseTable, is_test: np.ndarray, name: str, *, shift: str, fold: int, config: dict
) -> Result:
    """Return how the classifier ``name`` does on the test rows when it learns from the others.

    Rows of tested cases that are not tested themselves (a case's counts where its picture is) are
    left out.  A share of the learning cases sets the temperature and is not learnt from.
    """
    free = ~np.isin(table.case, np.unique(table.case[is_test]))
    draw = np.random.default_rng(config["seed"]).random(table.case.max() + 1)[table.case]
    is_calibration = free & (draw < config["calibration_share"])
    train, calibration, test = (
        table.select(rows) for rows in (free & ~is_calibration, is_calibration, is_test)
    )
    start = time.perf_counter()
    classifier = build_classifier(name, seed=config["seed"]).fit(train.features, train.truth)
    fit_s = time.perf_counter() - start
    temperature = fit_temperature(classifier.predict_proba(calibration.features), calibration.truth)
    raw = classifier.predict_proba(test.features)
    scaled = scale_probabilities(raw, temperature)
    matrix = metrics.confusion_matrix(test.truth, scaled.argmax(axis=1), len(table.labels))
    return Result(
        shift=shift,
        fold=fold,
        classifier=name,
        n_train=len(train),
        n_test=len(test),
        log_loss_raw=metrics.log_loss(test.truth, scale_probabilities(raw, 1.0)),
        log_loss=metrics.log_loss(test.truth, scaled),
        brier_score=metrics.brier_score(test.truth, scaled),
        calibration_error=metrics.calibration_error(test.truth, scaled),
        balanced_accuracy=metrics.balanced_accuracy(matrix),
        temperature=temperature,
        fit_s=fit_s,
        predict_one_ms=_time_one(classifier, test.features[:1]),
        size_mb=_size_mb(classifier),
    )


def summarise(results: list[Result]) -> Iterator[str]:
    """Yield the mean of each classifier on each shift as lines of text."""
    yield f"{'shift':12} {'classifier':16} {'log-loss':>8} {'ECE':>6} {'bal.acc':>7} {'ms':>6}"
    for shift, name in dict.fromkeys((r.shift, r.classifier) for r in results):
        own = [r for r in results if (r.shift, r.classifier) == (shift, name)]
        loss, error, accuracy, one_ms = (
            np.mean([getattr(r, field) for r in own])
            for field in ("log_loss", "calibration_error", "balanced_accuracy", "predict_one_ms")
        )
        yield f"{shift:12} {name:16} {loss:8.3f} {error:6.3f} {accuracy:7.3f} {one_ms:6.1f}"


def _time_one(classifier, row: np.ndarray) -> float:
    durations = []
    for _ in range(9):
        start = time.perf_counter()
        classifier.predict_proba(row)
        durations.append(time.perf_counter() - start)
    return 1e3 * float(np.median(durations))


def _size_mb(classifier) -> float:
    stored = classifier.to_record() if isinstance(classifier, Blend) else classifier
    return len(skops_io.dumps(stored, compression=zipfile.ZIP_DEFLATED)) / 1e6


def write_results(results: list[Result], path: Path) -> None:
    """Write one line a result, numbers to four significant digits."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(asdict(results[0])), lineterminator="\n")
        writer.writeheader()
        for result in results:
            writer.writerow(
                {k: f"{v:.4g}" if isinstance(v, float) else v for k, v in asdict(result).items()}
            )


if __name__ == "__main__":
    main()
