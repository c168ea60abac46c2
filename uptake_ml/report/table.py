"""Findings as an aligned table in plain text."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest

from uptake_ml.report.finding import INTENDED_USE

TABLE_WIDTH = 120

# Title and greatest width of each column; the last one takes the rest of the line.
_COLUMNS = (
    ("study", 16),
    ("modality", 9),
    ("decision", 13),
    ("label", 15),
    ("prob", 4),
    ("set", 15),
    ("typ", 4),
    ("hot spots", 9),
    ("condition or reason", None),
)
_NUMBERS = {"prob", "typ", "hot spots"}
_GAP = "  "
_ABSENT = "-"


def render_table(findings: Iterable[Mapping]) -> str:
    """Return the findings as a table of ``TABLE_WIDTH`` characters a line, one row a study.

    A cell that does not fit goes on in the next line.  The intended use stands below the table.
    """
    rows = [_cells(finding) for finding in findings]
    widths = _column_widths(rows)
    lines = [
        *_wrap_row([title for title, _ in _COLUMNS], widths),
        _GAP.join("-" * w for w in widths),
    ]
    for row in rows:
        lines += _wrap_row(row, widths)
    note = (
        "prob: of the most probable label; set: the labels that fit; typ: typicality, 0 is unlike "
        f"all the model knows. {INTENDED_USE}"
    )
    return "\n".join([*lines, "", *textwrap.wrap(note, TABLE_WIDTH), ""])


def printable(text: str) -> str:
    """Return ``text`` on one line without the control characters that would steer a terminal."""
    spaced = " ".join(text.split())
    return "".join(c if unicodedata.category(c)[0] != "C" else "?" for c in spaced)


def _cells(finding: Mapping) -> list[str]:
    study = finding["study"]
    leading = finding["differential"][0]["condition"] if finding["differential"] else None
    # What was not assessed has probabilities of nothing; they are in the record for the curious.
    is_assessed = finding["decision"] in ("labelled", "indeterminate")
    likeliest = max(finding["probabilities"].values(), default=None) if is_assessed else None
    label = finding["label"] and " + ".join([finding["label"], *finding["superimposed"]])
    cells = (
        study["id"],
        study["modality"],
        finding["decision"],
        label,
        None if likeliest is None else f"{likeliest:.2f}",
        ", ".join(finding["prediction_set"]) if is_assessed else None,
        None if finding["typicality"] is None else f"{finding['typicality']:.2f}",
        str(len(finding["hotspots"])) if is_assessed else None,
        leading if is_assessed else finding["reason"],
    )
    return [printable(cell) if cell else _ABSENT for cell in cells]


def _column_widths(rows: Sequence[Sequence[str]]) -> list[int]:
    widths = [
        min(most, max(map(len, [title, *(row[i] for row in rows)])))
        for i, (title, most) in enumerate(_COLUMNS[:-1])
    ]
    used = sum(widths) + len(_GAP) * len(widths)
    return [*widths, TABLE_WIDTH - used]


def _wrap_row(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    columns = [textwrap.wrap(cell, w) or [""] for cell, w in zip(cells, widths, strict=True)]
    titles = [title for title, _ in _COLUMNS]
    return [
        _GAP.join(
            text.rjust(w) if title in _NUMBERS else text.ljust(w)
            for text, w, title in zip(line, widths, titles, strict=True)
        ).rstrip()
        for line in zip_longest(*columns, fillvalue="")
    ]
