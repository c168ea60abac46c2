"""Many studies, in the order given: a study that cannot be read becomes a finding that says so.

With one job everything runs in this process; with more, joblib's processes take one study at a
time, each loads a model once and keeps its linear algebra to one thread.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uptake_ml.errors import ModelError, NotAStudyError, UptakeError

if TYPE_CHECKING:
    from uptake_ml.knowledge.context import Context
    from uptake_ml.pipeline import Analysis, Models
    from uptake_ml.readers import StudySource

_PACKAGE = Path(__file__).resolve().parent

CRASHED = (
    "the process that classified it was ended by the system, perhaps for want of memory; "
    "try it alone with --jobs 1"
)


def classify_batch(
    sources: Sequence[StudySource],
    *,
    jobs: int = 1,
    context: Context | None = None,
    modality: str | None = None,
    keep_ids: bool = False,
    keep_images: bool = False,
) -> Iterator[Analysis]:
    """Yield one analysis a source, in the order of ``sources``.

    Parameters
    ----------
    jobs
        How many processes; 1 stays in this one.
    keep_images
        Whether an analysis keeps its pixels and maps (some 5 MB a study), as a page needs them;
        without them a batch of any length takes the memory of the studies at work.

    Raises
    ------
    ModelError
        If the model itself cannot be loaded: no study's fault, so no finding.
    """
    classify = functools.partial(
        _classify, context=context, modality=modality, keep_ids=keep_ids, keep_images=keep_images
    )
    on_crash = functools.partial(_fail, reason=CRASHED, keep_ids=keep_ids)
    for analysis in run_in_order(classify, sources, jobs=jobs, on_crash=on_crash):
        analysis.finding["provenance"]["context_sha256"] = context_sha256(context)
        yield analysis


@functools.cache
def load_models_once(modality: str) -> Models:
    """Return the models for a modality, loaded the first time a process asks for them."""
    from uptake_ml.pipeline import load_models

    return load_models(modality)


def context_sha256(context: Context | None) -> str | None:
    """Return a hash that two findings share when the same clinical context was given."""
    if context is None:
        return None
    return hashlib.sha256(json.dumps(dict(context.values), sort_keys=True).encode()).hexdigest()


def _classify(source, *, context, modality, keep_ids, keep_images) -> Analysis:
    # What pydicom warns of quotes the header, so it could print a patient's name.
    with warnings.catch_warnings(action="ignore"):
        try:
            analysis = _analyse(source, context, modality, keep_ids)
        except ModelError:
            raise
        except NotAStudyError as error:
            analysis = _fail(source, str(error), keep_ids, decision="rejected")
        except UptakeError as error:
            analysis = _fail(source, str(error), keep_ids)
        except Exception as error:  # whatever one file provokes, the others are still wanted
            analysis = _fail(source, _describe_unexpected(error), keep_ids)
    if keep_images:
        return analysis
    return dataclasses.replace(analysis, study=None, layouts=None, hot_spots=None)


def _analyse(source, context, modality, keep_ids) -> Analysis:
    from uptake_ml.pipeline import analyse, available_modalities
    from uptake_ml.readers import open_study

    study = open_study(source, modality=modality, keep_ids=keep_ids)
    known = available_modalities()
    if known and study.modality not in known:
        raise NotAStudyError(
            f"this release has models for {', '.join(known)}, found a {study.modality}"
        )
    return analyse(study, models=load_models_once(study.modality), context=context)


def _fail(source, reason, keep_ids, decision="failed") -> Analysis:
    from uptake_ml.pipeline import Analysis
    from uptake_ml.report.finding import failed_finding

    finding = failed_finding(source, reason, decision=decision, keep_ids=keep_ids)
    return Analysis(finding=finding, study=None, layouts=None, hot_spots=None)


def _describe_unexpected(error: Exception) -> str:
    # The message itself may quote the file, which may name the patient: the place says enough.
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if _PACKAGE in Path(f.filename).parents]
    place = f"{Path(ours[-1].filename).relative_to(_PACKAGE)} line {ours[-1].lineno}"
    return f"it could not be classified: unexpected {type(error).__name__} in {place}"


def run_in_order(
    task: Callable[[Any], Any],
    items: Sequence[Any],
    *,
    jobs: int,
    on_crash: Callable[[Any], Any] | None = None,
) -> Iterator[Any]:
    """Yield ``task(item)`` of every item, in order, from ``jobs`` processes.

    ``on_crash(item)`` is yielded for an item whose process dies; without it the error is raised.
    """
    if jobs == 1 or len(items) < 2:
        return map(task, items)
    return _run_in_processes(task, list(items), jobs, on_crash)


def _run_in_processes(task, items, jobs, on_crash):
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    done = 0
    while done < len(items):
        try:
            for result in _parallel(task, items[done:], jobs):
                done += 1
                yield result
        except TerminatedWorkerError:
            if on_crash is None:
                raise
            # Any of those at work may have done it: the first goes alone, the rest start again.
            yield _run_alone(task, items[done], on_crash)
            done += 1


def _run_alone(task, item, on_crash):
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    try:
        return next(_parallel(task, [item], 2))
    except TerminatedWorkerError:
        return on_crash(item)


def _parallel(task, items, jobs):
    from joblib import Parallel, delayed, parallel_config

    with parallel_config("loky", inner_max_num_threads=1):
        run = Parallel(n_jobs=jobs, return_as="generator", batch_size=1)
    return run(delayed(task)(item) for item in items)
