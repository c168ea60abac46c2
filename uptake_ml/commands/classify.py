"""``uptake-ml classify``: which pattern of uptake each study shows."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from uptake_ml.batch import classify_batch, context_sha256, load_models_once
from uptake_ml.commands import UsageError
from uptake_ml.commands.output import STDOUT, is_special, open_output, say
from uptake_ml.commands.progress import Progress
from uptake_ml.commands.resume import DoneStudies, FindingsFile, hash_file
from uptake_ml.commands.writers import WRITERS
from uptake_ml.report.lines import json_line

if TYPE_CHECKING:
    from uptake_ml.pipeline import Analysis

_FORMAT_OF_SUFFIX = {".jsonl": "jsonl", ".csv": "csv", ".html": "html", ".htm": "html"}


def run(args: Namespace) -> int:
    """Classify the studies under ``args.paths``; 1 where one was rejected or failed."""
    from uptake_ml.readers import find_studies

    sources = list(find_studies([Path(path) for path in args.paths], args.modality))
    if not sources:
        raise UsageError(f"no study found in {', '.join(args.paths)}")
    context = _load_context(args.context)
    form = args.format or _FORMAT_OF_SUFFIX.get(Path(args.out).suffix.lower(), "table")
    if form == "jsonl" and args.out != STDOUT and not is_special(Path(args.out)):
        decisions = _continue_file(sources, context, args)
    else:
        decisions = _write_anew(sources, context, form, args)
    return 1 if decisions["rejected"] or decisions["failed"] else 0


def _load_context(path: str | None):
    if path is None:
        return None
    from uptake_ml.knowledge.context import load_context

    return load_context(Path(path))


def _write_anew(sources, context, form, args) -> Counter:
    decisions = Counter()
    with open_output(args.out) as stream:
        WRITERS[form](_classify(sources, context, args, decisions, form == "html"), stream)
    return decisions


def _continue_file(sources, context, args) -> Counter:
    path = Path(args.out)
    if args.overwrite:
        path.unlink(missing_ok=True)
    with FindingsFile(path) as file:
        sources, decisions = _skip_done(sources, file.findings, context, args)
        for analysis in _classify(sources, context, args, decisions):
            file.add(json_line(analysis.finding))
    return decisions


def _skip_done(sources, findings, context, args) -> tuple[list, Counter]:
    if not findings:
        return sources, Counter()
    done = DoneStudies(
        findings,
        context_sha256=context_sha256(context),
        model_sha256=lambda modality: load_models_once(modality).sha256,
    )
    to_do, decisions = [], Counter()
    for source in sources:
        decision = done.take(map(hash_file, source.files), source.modality or args.modality)
        if decision is None:
            to_do.append(source)
        else:
            decisions[decision] += 1
    say(f"{args.out}: {decisions.total()} of {len(sources)} studies are in it, doing the others")
    if done.n_outdated:
        say(f"{args.out}: {done.n_outdated} findings of another model or context stay in it")
    return to_do, decisions


def _classify(sources, context, args, decisions: Counter, keep_images=False) -> Iterator[Analysis]:
    analyses = classify_batch(
        sources,
        jobs=args.jobs,
        context=context,
        modality=args.modality,
        keep_ids=args.keep_ids,
        keep_images=keep_images,
    )
    with Progress(len(sources), "studies") as progress:
        for source, analysis in zip(sources, analyses, strict=True):
            finding = analysis.finding
            decisions[finding["decision"]] += 1
            if finding["decision"] in ("rejected", "failed"):
                progress.say(f"{source.files[0]}: {finding['decision']}: {finding['reason']}")
            yield analysis
            progress()
