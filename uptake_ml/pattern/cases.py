"""Simulated cases as rows of features, kept in a file that only grows (see ``kept``).

One line is one case with all its variants (``counts`` as a camera gives them, ``volume`` as a PET
scanner does, ``picture`` as an 8-bit image).  Case k depends on the root seed, the stage and k
alone, never on how many cases are made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from uptake_ml.errors import ModelError
from uptake_ml.pattern.kept import Form, Progress, keep, read_kept
from uptake_ml.study import LABELS

ATLAS_STAGE, TRAINING_STAGE, EVALUATION_STAGE, TRIAL_STAGE = 1, 2, 3, 4

COUNTS = "counts"
VOLUME = "volume"
PICTURE = "picture"
ONE_VIEW = "one view"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One simulated case: its truth, what it was made of, and the features of each variant.

    ``labels`` holds the label of the variants that show another pattern than the whole study: a
    lesion may be seen in one view only.  ``margins`` holds, by variant, how sure its label is (see
    ``phantom.truth.Truth.margin``).  ``groups`` says what the case was made of (camera, BMI,
    counts, conspicuity ...), for results by subgroup; values are words or numbers.
    """

    k: int
    label: str
    labels: Mapping[str, str] = field(default_factory=dict)
    margins: Mapping[str, float] = field(default_factory=dict)
    superimposed: tuple[str, ...] = ()
    groups: Mapping[str, str | float | None] = field(default_factory=dict)
    variants: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class CaseTable:
    """Cases as arrays, one row for each variant of each case.

    ``features`` has shape (rows, features) with NaN where undefined; ``truth`` holds indices into
    ``labels``; ``case`` numbers the case of each row: rows of one case belong together; ``margin``
    says how sure the label of a row is.
    """

    feature_ids: tuple[str, ...]
    labels: tuple[str, ...]
    features: np.ndarray
    truth: np.ndarray
    case: np.ndarray
    variant: np.ndarray
    has_superimposed: np.ndarray
    margin: np.ndarray
    groups: tuple[Mapping[str, str | float | None], ...]

    def __len__(self) -> int:
        return len(self.truth)

    def select(self, rows: np.ndarray) -> CaseTable:
        """Return the rows where the boolean array ``rows`` is true."""
        chosen = np.flatnonzero(rows)
        arrays = {
            name: getattr(self, name)[chosen]
            for name in ("features", "truth", "case", "variant", "has_superimposed", "margin")
        }
        groups = tuple(self.groups[i] for i in chosen)
        return CaseTable(feature_ids=self.feature_ids, labels=self.labels, groups=groups, **arrays)


CaseSource = Callable[[int, int], Case]


def case_seed(root: int, stage: int, k: int) -> int:
    """Return the seed of case ``k`` of ``stage``, the same however many cases are made."""
    sequence = np.random.SeedSequence(root, spawn_key=(stage, k))
    return int(sequence.generate_state(1, np.uint64)[0])


def case_label(modality: str, k: int) -> str:
    """Return the label of case ``k``: every label equally often."""
    labels = LABELS[modality]
    return labels[k % len(labels)]


def make_cases(
    source: CaseSource,
    path: Path,
    *,
    modality: str,
    n: int,
    seed: int,
    jobs: int = 1,
    progress: Progress | None = None,
) -> CaseTable:
    """Return cases 0 to n - 1, making and appending to ``path`` only those it does not hold yet.

    ``source(seed, k)`` makes case ``k`` from its own seed, in any of ``jobs`` processes.

    Raises
    ------
    ModelError
        When ``path`` holds something other than cases.
    """
    cases = keep(source, path, _FORM, n=n, seed=seed, jobs=jobs, progress=progress)
    return tabulate(cases, modality=modality, n=n)


def read_cases(path: Path) -> Iterator[Case]:
    """Yield the cases of a file in the order they were written.

    Raises
    ------
    ModelError
        When the file holds something other than cases.
    """
    return read_kept(path, _FORM)


def _restore(record: Mapping) -> Case:
    return Case(**record)


_FORM = Form(schema="uptake-ml/cases/3", encode=asdict, decode=_restore)


def tabulate(cases: Iterable[Case], *, modality: str, n: int) -> CaseTable:
    """Return the cases below ``n`` as arrays, sorted by number, then by variant."""
    rows = sorted(
        ((case.k, variant, case) for case in cases if case.k < n for variant in case.variants),
        key=lambda row: row[:2],
    )
    if not rows:
        raise ModelError("a table needs at least one case, found none: simulate some")
    labels = LABELS[modality]
    ids = tuple(sorted({i for _, variant, case in rows for i in case.variants[variant]}))
    features = [[case.variants[variant].get(i) for i in ids] for _, variant, case in rows]
    return CaseTable(
        feature_ids=ids,
        labels=labels,
        features=np.array(features, dtype=float),
        truth=np.array([labels.index(case.labels.get(v, case.label)) for _, v, case in rows]),
        case=np.array([k for k, *_ in rows]),
        variant=np.array([variant for _, variant, _ in rows]),
        has_superimposed=np.array([bool(case.superimposed) for *_, case in rows]),
        margin=np.array([case.margins[variant] for _, variant, case in rows]),
        groups=tuple(
            {**case.groups, "variant": variant, "margin of label": f"{case.margins[variant]:g}"}
            for _, variant, case in rows
        ),
    )
