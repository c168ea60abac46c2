"""How good a model is on simulated cases it has never seen."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from uptake_ml.pattern import metrics
from uptake_ml.pattern.cases import EVALUATION_STAGE, CaseTable, Progress, make_cases
from uptake_ml.pattern.held_out import ANY
from uptake_ml.pattern.model import DIFFUSE_LABELS, PatternModel
from uptake_ml.pattern.store import load_model
from uptake_ml.resources import models_path

_MARROW, _TRUE_MARROW = "distribution.marrow_to_liver", "true marrow to liver"
_MOST_WORDS = 12
_LEAST_ROWS = 20


@dataclass(frozen=True, kw_only=True)
class EvaluationReport:
    """The figures of one evaluation: ``figures`` of all rows, ``subgroups`` by group and value."""

    modality: str
    seed: int
    n_cases: int
    labels: tuple[str, ...]
    figures: Mapping[str, object]
    subgroups: Mapping[str, Mapping[str, Mapping[str, object]]]

    def to_json(self) -> str:
        """Return the report as one JSON object."""
        return json.dumps(
            {
                "schema": "uptake-ml/evaluation/1",
                "modality": self.modality,
                "seed": self.seed,
                "n_cases": self.n_cases,
                "labels": list(self.labels),
                "figures": self.figures,
                "subgroups": self.subgroups,
            },
            indent=2,
            allow_nan=False,
        )

    def to_text(self) -> str:
        """Return the report as lines of text for a terminal."""
        return "\n".join(_format_lines(self))


@threadpool_limits.wrap(limits=1)
def run_evaluation(
    *,
    modality: str,
    n: int,
    seed: int,
    jobs: int = 1,
    progress: Progress | None = None,
    folder: Path | None = None,
    kind: str = ANY,
) -> EvaluationReport:
    """Return how the model in ``folder`` does on ``n`` fresh cases.

    The cases are drawn from a stage of the seed sequence that training never uses, so that they
    are new whatever the seed; of the kind ``held out`` are those whose camera or body is of a sort
    that training never drew either.

    Raises
    ------
    ModelError
        When the model is missing or not whole.
    """
    from uptake_ml.pattern.simulate import PhantomSource, case_file

    folder = folder or models_path(modality)
    model = load_model(folder)
    source = PhantomSource(
        modality=modality, stage=EVALUATION_STAGE, atlas_folder=folder, kind=kind
    )
    table = make_cases(
        source, case_file(source, seed), modality=modality, n=n, seed=seed, jobs=jobs,
        progress=progress,
    )  # fmt: skip
    return evaluate_model(model, table, seed=seed)


def evaluate_model(model: PatternModel, table: CaseTable, *, seed: int) -> EvaluationReport:
    """Return how ``model`` does on the rows of ``table``."""
    features = _align(table, model.feature_ids)
    probabilities = model.predict_probabilities(features)
    outcome = {
        "probabilities": probabilities,
        "is_in_set": model.sets.contains(probabilities),
        "is_rejected": model.typicality.evaluate(features) < model.typicality.least,
        "is_superimposed": model.find_superimposed(features),
    }
    subgroups: dict[str, dict] = {}
    for group, value, rows in _subgroups(table):
        subgroups.setdefault(group, {})[value] = _measure(table, outcome, rows)
    everything = np.ones(len(table), dtype=bool)
    return EvaluationReport(
        modality=model.modality,
        seed=seed,
        n_cases=len(np.unique(table.case)),
        labels=model.labels,
        figures=_measure(table, outcome, everything)
        | _superimposed(table, outcome)
        | _marrow_error(table),
        subgroups=subgroups,
    )


def _align(table: CaseTable, feature_ids: tuple[str, ...]) -> np.ndarray:
    column = {name: i for i, name in enumerate(table.feature_ids)}
    blank = np.full(len(table), np.nan)
    columns = [table.features[:, column[f]] if f in column else blank for f in feature_ids]
    return np.stack(columns, axis=1)


def _measure(table: CaseTable, outcome: Mapping[str, np.ndarray], rows: np.ndarray) -> dict:
    truth = table.truth[rows]
    probabilities, is_in_set = outcome["probabilities"][rows], outcome["is_in_set"][rows]
    matrix = metrics.confusion_matrix(truth, probabilities.argmax(axis=1), len(table.labels))
    accuracy = metrics.class_accuracy(matrix).tolist()
    return {
        "n_rows": len(truth),
        "balanced_accuracy": metrics.balanced_accuracy(matrix),
        "class_accuracy": {
            label: None if np.isnan(a) else a
            for label, a in zip(table.labels, accuracy, strict=True)
        },
        "confusion_matrix": matrix.tolist(),
        "log_loss": metrics.log_loss(truth, probabilities),
        "brier_score": metrics.brier_score(truth, probabilities),
        "calibration_error": metrics.calibration_error(truth, probabilities),
        "set_coverage": metrics.set_coverage(truth, is_in_set),
        "single_share": metrics.single_share(is_in_set),
        "rejected_share": float(outcome["is_rejected"][rows].mean()),
    }


def _superimposed(table: CaseTable, outcome: Mapping[str, np.ndarray]) -> dict:
    found, truth = outcome["is_superimposed"], table.has_superimposed
    could_have = np.isin(np.array(table.labels)[table.truth], DIFFUSE_LABELS)
    with_it, without = could_have & truth, could_have & ~truth
    return {
        "superimposed_sensitivity": float(found[with_it].mean()) if with_it.any() else None,
        "superimposed_specificity": float((~found[without]).mean()) if without.any() else None,
    }


def _marrow_error(table: CaseTable) -> dict:
    """Return the median relative error of marrow over liver, where that is measured and known."""
    if _MARROW not in table.feature_ids:
        return {}
    found = table.features[:, table.feature_ids.index(_MARROW)]
    truth = np.array([groups.get(_TRUE_MARROW) or np.nan for groups in table.groups], dtype=float)
    errors = np.abs(found / truth - 1)
    errors = errors[np.isfinite(errors)]
    return {"marrow_to_liver_error": float(np.median(errors))} if len(errors) else {}


def _subgroups(table: CaseTable) -> Iterator[tuple[str, str, np.ndarray]]:
    for group in sorted({name for groups in table.groups for name in groups}):
        values = [groups.get(group) for groups in table.groups]
        is_number = all(v is None or isinstance(v, int | float) for v in values)
        split = _split_numbers(values) if is_number else _split_words(values)
        for value, rows in split:
            if rows.sum() >= _LEAST_ROWS:
                yield group, value, rows


def _split_numbers(values: list) -> Iterator[tuple[str, np.ndarray]]:
    numbers = np.array([np.nan if v is None else v for v in values], dtype=float)
    if np.isnan(numbers).all():
        return
    first, second = np.nanquantile(numbers, (1 / 3, 2 / 3))
    yield f"<= {first:.4g}", numbers <= first
    yield f"{first:.4g} to {second:.4g}", (numbers > first) & (numbers <= second)
    yield f"> {second:.4g}", numbers > second


def _split_words(values: list) -> Iterator[tuple[str, np.ndarray]]:
    words = np.array([str(v) for v in values])
    for word in np.unique(words)[:_MOST_WORDS]:
        yield str(word), words == word


def _format_lines(report: EvaluationReport) -> Iterator[str]:
    yield (
        f"{report.modality}: {report.n_cases} simulated cases, "
        f"{report.figures['n_rows']} images, seed {report.seed}"
    )
    for name, value in report.figures.items():
        if isinstance(value, float):
            yield f"  {name.replace('_', ' '):28} {value:.3f}"
    yield from _format_confusion(report)
    heads = (f"{head:>8}" for head in ("images", "bal.acc", "log-loss", "covered", "single"))
    yield f"  {'subgroup':34} {' '.join(heads)}"
    for group, values in report.subgroups.items():
        for value, row in values.items():
            yield (
                f"  {group + ': ' + value:34} {row['n_rows']:8d} {row['balanced_accuracy']:8.3f} "
                f"{row['log_loss']:8.3f} {row['set_coverage']:8.3f} {row['single_share']:8.3f}"
            )
    yield "Simulated cases only: these figures say nothing about patients."


def _format_confusion(report: EvaluationReport) -> Iterator[str]:
    yield f"  {'truth / found':16} " + " ".join(f"{label:>15}" for label in report.labels)
    for label, row in zip(report.labels, report.figures["confusion_matrix"], strict=True):
        accuracy = report.figures["class_accuracy"][label]
        share = "" if accuracy is None else f"   {accuracy:.3f} right"
        yield f"  {label:16} " + " ".join(f"{count:15d}" for count in row) + share
