"""``uptake-ml compare``: what changed between two scans of one patient."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from uptake_ml.batch import classify_batch, load_models_once
from uptake_ml.commands import UsageError
from uptake_ml.commands.output import open_output
from uptake_ml.errors import ReadError

if TYPE_CHECKING:
    from uptake_ml.knowledge.context import Context
    from uptake_ml.pipeline import Analysis
    from uptake_ml.readers import StudySource

_FORMAT_OF_SUFFIX = {".json": "json", ".html": "html", ".htm": "html"}
_PROBLEMS = {"rejected": "was rejected", "failed": "could not be read"}


def run(args: Namespace) -> int:
    """Compare ``args.earlier`` with ``args.later``."""
    from uptake_ml.compare import compare

    sources = [_find_one(path, args.modality) for path in (args.earlier, args.later)]
    _require_one_modality([source.modality for source in sources])
    context = _load_context(args.context)
    earlier, later = (
        _analyse(when, source, context, args)
        for when, source in zip(("earlier", "later"), sources, strict=True)
    )
    modalities = [analysis.finding["study"]["modality"] for analysis in (earlier, later)]
    _require_one_modality(modalities)
    models = load_models_once(modalities[0])
    comparison = compare(earlier, later, models=models, context=context)
    form = args.format or _FORMAT_OF_SUFFIX.get(Path(args.out).suffix.lower(), "table")
    with open_output(args.out) as stream:
        stream.write(_render(form, comparison, earlier, later))
    return 0


def _find_one(path: str, modality: str | None) -> StudySource:
    from uptake_ml.readers import find_studies

    found = list(find_studies([Path(path)], modality))
    if len(found) != 1:
        raise UsageError(
            f"one study is needed for each date, found {len(found)} in {path}: "
            "give the file or folder of one study"
        )
    return found[0]


def _require_one_modality(modalities: list[str | None]) -> None:
    earlier, later = modalities
    if None not in modalities and earlier != later:
        raise UsageError(
            f"two scans of one modality can be compared, found {earlier} earlier and {later} later"
        )


def _load_context(path: str | None) -> Context | None:
    if path is None:
        return None
    from uptake_ml.knowledge.context import load_context

    return load_context(Path(path))


def _analyse(when: str, source: StudySource, context: Context | None, args: Namespace) -> Analysis:
    batch = classify_batch(
        [source],
        context=context,
        modality=args.modality,
        keep_ids=args.keep_ids,
        keep_images=True,
    )
    analysis = next(iter(batch))
    if problem := _PROBLEMS.get(analysis.finding["decision"]):
        raise ReadError(f"the {when} scan {problem}: {analysis.finding['reason']}")
    return analysis


def _render(form: str, comparison, earlier: Analysis, later: Analysis) -> str:
    if form == "json":
        return json.dumps(comparison.to_record(), ensure_ascii=False, allow_nan=False) + "\n"
    from uptake_ml.knowledge import load_knowledge

    titles = {document.id: document.title for document in load_knowledge().documents.values()}
    if form == "html":
        from uptake_ml.compare.page import render_comparison_page

        return render_comparison_page(comparison, earlier, later, titles)
    from uptake_ml.compare.table import render_comparison_table

    return render_comparison_table(comparison.to_record(), titles)
