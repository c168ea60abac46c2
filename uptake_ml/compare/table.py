"""A comparison as plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from uptake_ml.compare.change import UNCHANGED
from uptake_ml.report.table import TABLE_WIDTH, printable
from uptake_ml.report.text import cite
from uptake_ml.report.words import format_value, name_place

_TITLES = ("no.", "place", "change", "earlier", "later", "ratio", "s.d.")
_NUMBERS = frozenset({"no.", "earlier", "later", "ratio", "s.d."})
_ABSENT = "-"


def render_comparison_table(
    record: Mapping, document_titles: Mapping[str, str] | None = None
) -> str:
    """Return a comparison's record as text of ``TABLE_WIDTH`` characters a line at most."""
    titles = document_titles or {}
    lines = [*_describe_studies(record), "", *_wrap(record["summary"])]
    if record["lesions"]:
        lines += ["", *_align([_TITLES, *map(_lesion_cells, record["lesions"])])]
        lines += _wrap(
            "earlier, later: contrast, uptake over the normal level, also where it is no hot spot; "
            "s.d.: the change in standard deviations, for a hot spot on one date only the lesser "
            "of that in contrast and that in uptake over the level of bone."
        )
    lines += ["", *_describe_burden(record["burden"])]
    for heading, key in (("What the documents say", "readings"), ("Cautions", "cautions")):
        lines += _advice(heading, record[key], titles)
    return "\n".join([*lines, "", *_wrap(record["intended_use"]), ""])


def _describe_studies(record: Mapping) -> Iterator[str]:
    for when in ("earlier", "later"):
        study = record[when]
        label = study["label"] or f"{study['decision']}: {', '.join(study['prediction_set'])}"
        views = ", ".join(study["views"])
        yield printable(f"{when:<8} study {study['id']}, {study['modality']}, {views}: {label}")


def _lesion_cells(lesion: Mapping) -> tuple[str, ...]:
    numbers = (lesion["contrast_earlier"], lesion["contrast_later"], lesion["ratio"])
    return (
        str(lesion["number"]),
        name_place(lesion["region"], lesion["side"]),
        _describe_change(lesion),
        *(_ABSENT if value is None else f"{value:.2f}" for value in numbers),
        _ABSENT if lesion["significance"] is None else f"{lesion['significance']:+.1f}",
    )


def _describe_change(lesion: Mapping) -> str:
    """Return the change, and where a place was only measured because the other scan shows it."""
    if lesion["change"] == UNCHANGED:
        for when in ("earlier", "later"):
            if not lesion[f"hotspots_{when}"]:
                return f"{lesion['change']}, no hot spot {when}"
    return lesion["change"]


def _align(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    aligned = [
        "  ".join(
            cell.rjust(w) if title in _NUMBERS else cell.ljust(w)
            for cell, w, title in zip(row, widths, _TITLES, strict=True)
        ).rstrip()
        for row in rows
    ]
    return [aligned[0], "  ".join("-" * w for w in widths), *aligned[1:]]


def _describe_burden(burden: Sequence[Mapping]) -> Iterator[str]:
    for entry in burden:
        values = (entry["earlier"], entry["later"])
        before, after = (_ABSENT if v is None else format_value(v) for v in values)
        yield from _wrap(f"{entry['meaning']} ({entry['feature']}): {before}, later {after}")


def _advice(heading: str, entries: Sequence[Mapping], titles: Mapping[str, str]) -> list[str]:
    if not entries:
        return []
    lines = ["", f"{heading}:"]
    for entry in entries:
        text = f"- {printable(entry['text'])} {cite(entry['sources'], titles)}".rstrip()
        lines += textwrap.wrap(text, TABLE_WIDTH, subsequent_indent="  ")
    return lines


def _wrap(text: str) -> list[str]:
    return textwrap.wrap(text, TABLE_WIDTH)
