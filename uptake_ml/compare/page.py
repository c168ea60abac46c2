"""A comparison as one page that needs no network: both scans side by side, places numbered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from uptake_ml.report.finding import INTENDED_USE
from uptake_ml.report.html import page_environment as pagepage_environment
from uptake_ml.report.overlay import Picture, draw_view
from uptake_ml.report.words import MODALITY_NAMES

if TYPE_CHECKING:
    from uptake_ml.compare.comparison import Comparison
    from uptake_ml.pipeline import Analysis

HEADINGS = {
    "increased": "Uptake has increased",
    "decreased": "Uptake has decreased",
    "mixed": "Uptake has increased in places and decreased in others",
    "unchanged": "No change beyond chance",
}
# How a change is set off; the classes are those of a finding's decision.
CHANGE_STYLES = {
    "new": "rejected",
    "hotter": "rejected",
    "cooler": "labelled",
    "gone": "labelled",
    "not covered": "indeterminate",
}


def render_comparison_page(
    comparison: Comparison,
    earlier: Analysis,
    later: Analysis,
    document_titles: Mapping[str, str] | None = None,
) -> str:
    """Return an HTML page; a place bears the same number on both scans and in the table."""
    record = comparison.to_record()
    spots = {key: _number_spots(record["lesions"], f"hotspots_{key}") for key in _DATES}
    pictures = {
        key: _draw(analysis, spots[key])
        for key, analysis in zip(_DATES, (earlier, later), strict=True)
    }
    return (
        pagepage_environment()
        .get_template("comparison.html.jinja")
        .render(
            c=record,
            heading=HEADINGS[record["trend"]],
            modality=MODALITY_NAMES[record["modality"]],
            pictures=pictures,
            styles=CHANGE_STYLES,
            intended_use=INTENDED_USE,
            titles=document_titles or {},
        )
    )


_DATES = ("earlier", "later")


def _number_spots(lesions: Sequence[Mapping], key: str) -> dict[int, int]:
    return {index: lesion["number"] for lesion in lesions for index in lesion[key]}


def _draw(analysis: Analysis, numbers: Mapping[int, int]) -> list[Picture]:
    return [
        draw_view(
            view,
            analysis.layouts[name],
            [
                (numbers[i], spot)
                for i, spot in enumerate(analysis.hot_spots)
                if spot.view == name and i in numbers
            ],
        )
        for name, view in analysis.study.views.items()
    ]
