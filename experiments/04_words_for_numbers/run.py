"""How often simulated scans of each kind pass the bounds that turn features into words.

    python experiments/04_words_for_numbers/run.py [--modality M] [--jobs N]
    python experiments/04_words_for_numbers/run.py --cases set=FILE --cases checked=FILE

Reads ``config.toml`` and the bounds in ``data/knowledge/ranking.toml`` and ``data/evidence.toml``,
writes ``results-M.csv`` and ``provenance-M.json`` beside it.  Cases come from the cache where
training has made them already, or from the files named.
"""

from __future__ import annotations

import argparse
import csv
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from uptake_ml.knowledge import load_knowledge
from uptake_ml.pattern.cases import COUNTS, VOLUME, Case, make_cases, read_cases
from uptake_ml.pattern.simulate import PhantomSource, case_file
from uptake_ml.provenance import record_provenance
from uptake_ml.report.words import load_phrases
from uptake_ml.resources import data_path, models_path
from uptake_ml.study import BONE_SCAN, DIFFUSE, MODALITIES

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, kw_only=True)
class Word:
    """One word and when it is said; ``bound`` is the bound in words of mathematics."""

    table: str
    word: str
    feature: str
    bound: str
    holds: Callable[[float], bool]


@dataclass(frozen=True, kw_only=True)
class Row:
    """The share of the scans of one kind of which a word is said."""

    cases: str
    table: str
    word: str
    feature: str
    bound: str
    kind: str
    n: int
    share: float


def main() -> None:
    """Read the cases, count and write."""
    options = argparse.ArgumentParser()
    options.add_argument("--modality", choices=MODALITIES, default=BONE_SCAN)
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--cases", action="append", default=[], metavar="NAME=FILE")
    arguments = options.parse_args()
    config = tomllib.loads((HERE / "config.toml").read_text(encoding="utf-8"))
    files = dict(pair.split("=", 1) for pair in arguments.cases)
    modality = arguments.modality
    words = [*fact_words(modality), *phrase_words(modality)]
    rows = []
    for part in config["cases"]:
        path = files.get(part["name"])
        path = Path(path) if path else _simulated(part, modality, arguments.jobs)
        cases = [case for case in read_cases(path) if case.k < part["n"][modality]]
        rows += count(part["name"], words, cases)
    write_results(rows, HERE / f"results-{modality}.csv")
    record = record_provenance() | {"config": config}
    (HERE / f"provenance-{modality}.json").write_text(
        json.dumps(record, indent=2) + "\n", encoding="utf-8"
    )


def _simulated(part: Mapping, modality: str, jobs: int) -> Path:
    source = PhantomSource(
        modality=modality,
        stage=part["stage"],
        atlas_folder=models_path(modality),
        kind=part["kind"],
    )
    path = case_file(source, part["seed"])
    n = part["n"][modality]
    make_cases(source, path, modality=modality, n=n, seed=part["seed"], jobs=jobs)
    return path


def fact_words(modality: str) -> Iterator[Word]:
    """Yield the facts of the differential that rest on a feature."""
    for rule in load_knowledge().facts.values():
        for test in rule.tests:
            if test.feature and rule.modality in (None, modality):
                limits = {"above": test.above, "below": test.below}
                bound = ", ".join(f"{k} {v:g}" for k, v in limits.items() if v is not None)
                yield Word(
                    table="ranking",
                    word=rule.id,
                    feature=test.feature,
                    bound=bound,
                    holds=test.accepts,
                )


def phrase_words(modality: str) -> Iterator[Word]:
    """Yield the sentences about high and low values."""
    for feature, phrase in load_phrases(data_path("evidence.toml")).items():
        if phrase.modality not in (None, modality):
            continue
        table = {"table": "evidence", "feature": feature}
        if (high := phrase.high_from) is not None:
            yield Word(**table, word="high", bound=f"from {high:g}", holds=lambda v, b=high: v >= b)
        if (low := phrase.low_to) is not None:
            yield Word(**table, word="low", bound=f"up to {low:g}", holds=lambda v, b=low: v <= b)


def count(name: str, words: Sequence[Word], cases: Sequence[Case]) -> Iterator[Row]:
    """Yield a row for every word and kind of scan."""
    kinds = sorted({_kind(case) for case in cases})
    for word in words:
        for kind in kinds:
            found = [_value(case, word.feature) for case in cases if _kind(case) == kind]
            values = [value for value in found if value is not None]
            if values:
                yield Row(
                    cases=name,
                    table=word.table,
                    word=word.word,
                    feature=word.feature,
                    bound=word.bound,
                    kind=kind,
                    n=len(values),
                    share=sum(map(word.holds, values)) / len(values),
                )


def _kind(case: Case) -> str:
    # Only diffuse patterns are told apart by what made them.
    return f"{case.label}, {case.groups['disease']}" if case.label == DIFFUSE else case.label


def _value(case: Case, feature: str) -> float | None:
    whole = case.variants.get(COUNTS) or case.variants[VOLUME]
    return whole.get(feature)


def write_results(rows: Sequence[Row], path: Path) -> None:
    """Write one line a row, shares to three digits."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(asdict(rows[0])), lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow(asdict(row) | {"share": f"{row.share:.3f}"})


if __name__ == "__main__":
    main()
