"""How a stream of analyses becomes a table, JSON lines, CSV or a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from uptake_ml.pipeline import Analysis


def write_table(analyses: Iterable[Analysis], stream: TextIO) -> None:
    """Write an aligned table once all studies are done."""
    from uptake_ml.report.table import render_table

    stream.write(render_table(analysis.finding for analysis in analyses))


def write_jsonl(analyses: Iterable[Analysis], stream: TextIO) -> None:
    """Write one finding a line, each as soon as it is known."""
    from uptake_ml.report.lines import json_lines

    for line in json_lines(analysis.finding for analysis in analyses):
        stream.write(line)
        stream.flush()


def write_csv(analyses: Iterable[Analysis], stream: TextIO) -> None:
    """Write one record a study, each as soon as it is known."""
    from uptake_ml.report.lines import csv_lines

    for line in csv_lines(analysis.finding for analysis in analyses):
        stream.write(line)
        stream.flush()


def write_html(analyses: Iterable[Analysis], stream: TextIO) -> None:
    """Write one page with all studies and their images."""
    from uptake_ml.knowledge import load_knowledge
    from uptake_ml.report.html import render_page

    # A generator, so that a study's pixels can go as soon as its picture is drawn.
    items = ((a.finding, a.study, a.layouts, a.hot_spots) for a in analyses)
    titles = {document.id: document.title for document in load_knowledge().documents.values()}
    stream.write(render_page(items, document_titles=titles))


WRITERS: Mapping[str, Callable[[Iterable[Analysis], TextIO], None]] = {
    "table": write_table,
    "jsonl": write_jsonl,
    "csv": write_csv,
    "html": write_html,
}
