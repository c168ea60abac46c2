"""Which line carries which section and row of the documents: ``python -m`` prints the table.

With the folder of the documents as argument, the list of sections and rows is also compared with
the documents themselves, so that nothing in them is left out of the list.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from uptake_ml.errors import KnowledgeError
from uptake_ml.knowledge.load import load_knowledge
from uptake_ml.knowledge.schema import Document, Knowledge, Section

# A line of text no longer than this without an end mark is taken for a heading.
_LONGEST_HEADING = 90


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """A section (``row`` empty) or row, the lines that cite it, or why none has to."""

    document: str
    section: str
    row: str
    lines: tuple[str, ...]
    no_statement: str | None

    @property
    def problem(self) -> str | None:
        """What is wrong: left out without a reason, or cited although said to hold nothing."""
        place = f"{self.document}, {self.section}{f' / {self.row}' if self.row else ''}"
        if not self.lines and not self.no_statement:
            return f"{place}: no line cites it, and no reason is given"
        if self.lines and self.no_statement:
            return f"{place}: said to hold no statement, but {self.lines[0]!r} cites it"
        return None


def cover(knowledge: Knowledge) -> list[Coverage]:
    """Return the coverage of every section and row, in the documents' order."""
    found = []
    for document in knowledge.documents.values():
        lines = [line for line in knowledge.lines if line.document == document.id]
        for section in document.section:
            rows = {row.id for row in section.rows}
            citing = [x.id for x in lines if section.title in x.sections or rows & set(x.rows)]
            found.append(_coverage(document, section, "", citing, section.no_statement))
            for row in section.rows:
                citing = [line.id for line in lines if row.id in line.rows]
                found.append(_coverage(document, section, row.text, citing, row.no_statement))
    return found


def compare_with_documents(knowledge: Knowledge, folder: Path) -> list[str]:
    """Return in words where data/sources.toml and the documents in ``folder`` differ.

    Raises
    ------
    KnowledgeError
        If a document is not there; each is ``<id>.txt``.
    """
    problems = []
    for document in knowledge.documents.values():
        path = Path(folder) / f"{document.id}.txt"
        if not path.is_file():
            raise KnowledgeError(f"the document {path.name} is not in the folder given")
        parts = _split(path.read_text(encoding="utf-8"), document)
        problems += _compare_sections(document, parts)
    return problems


def render_table(found: Iterable[Coverage]) -> str:
    """Return the coverage as a Markdown table for each document."""
    by_document: dict[str, list[Coverage]] = {}
    for coverage in found:
        by_document.setdefault(coverage.document, []).append(coverage)
    parts = []
    for document, rows in by_document.items():
        parts += [f"\n## {document}\n", "| section | row | carried by |", "|---|---|---|"]
        parts += [
            f"| {'' if c.row else c.section} | {c.row} | "
            f"{', '.join(c.lines) or f'nothing: {c.no_statement}'} |"
            for c in rows
        ]
    return "\n".join(parts)


def main(arguments: Sequence[str]) -> int:
    """Print the coverage; return 1 if anything is left out, 2 if the arguments do not fit."""
    if len(arguments) > 1:
        print("usage: python -m uptake_ml.knowledge.coverage [DOCUMENTS_DIR]", file=sys.stderr)
        return 2
    knowledge = load_knowledge()
    found = cover(knowledge)
    problems = [c.problem for c in found if c.problem]
    try:
        problems += compare_with_documents(knowledge, Path(arguments[0])) if arguments else []
    except KnowledgeError as error:
        problems.append(str(error))
    print(f"# What of the documents is carried by which line\n\n{_summary(found)}")
    print(render_table(found))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _coverage(
    document: Document, section: Section, row: str, lines: list[str], reason: str | None
) -> Coverage:
    return Coverage(
        document=document.id,
        section=section.title,
        row=row,
        lines=tuple(lines),
        no_statement=reason,
    )


def _summary(found: list[Coverage]) -> str:
    sections = [c for c in found if not c.row]
    rows = [c for c in found if c.row]
    return "\n".join(
        f"- {name}: {sum(bool(c.lines) for c in kind)} of {len(kind)} carried by lines, "
        f"{sum(c.no_statement is not None for c in kind)} without a statement, "
        f"{sum(c.problem is not None for c in kind)} left out"
        for name, kind in (("sections", sections), ("rows", rows))
    )


def _split(text: str, document: Document) -> dict[str | None, list[str]]:
    """Return the lines of text under each section's title; None holds the page's head."""
    first = document.section[0]
    current = None if first.is_heading else first.title
    parts: dict[str | None, list[str]] = {current: []}
    for line in filter(None, map(str.strip, text.splitlines())):
        title = line.rstrip(":")
        if title in document.section_order:
            current = title
            parts.setdefault(current, [])
        else:
            parts[current].append(line)
    return parts


def _compare_sections(document: Document, parts: dict[str | None, list[str]]) -> list[str]:
    problems = []
    for section in document.section:
        where = f"{document.id}, {section.title}"
        if section.title not in parts:
            problems.append(f"{where}: the document has no such heading")
            continue
        lines = parts[section.title]
        if section.rows or not section.no_statement:
            problems += [f"{where}: {p}" for p in _compare_rows(section, lines)]
            problems += [
                f"{where}: {line!r} looks like a heading that is not listed"
                for line in lines
                if section.is_heading and _looks_like_heading(line)
            ]
    return problems


def _compare_rows(section: Section, lines: list[str]) -> list[str]:
    labels = _row_labels(lines)
    if len(labels) != len(section.rows):
        return [f"the document has {len(labels)} rows, {len(section.rows)} are listed"]
    return [
        f"the row {row.id!r} is listed as {row.cell!r}, the document has {label!r}"
        for row, label in zip(section.rows, labels, strict=True)
        if row.cell is not None and row.cell != label
    ]


def _row_labels(lines: list[str]) -> list[str]:
    """Return the first cell of table rows, the lead word of bullets, and whole questions."""
    labels, is_in_table = [], False
    for line in lines:
        if line.startswith("|"):
            cell = line.split("|")[1].strip()
            if is_in_table and not cell.startswith("--"):
                labels.append(cell)
            is_in_table = True
            continue
        is_in_table = False
        if line.startswith("- "):
            labels.append(line[2:].partition(":")[0])
        elif line.endswith("?"):
            labels.append(line)
    return labels


def _looks_like_heading(line: str) -> bool:
    return len(line) <= _LONGEST_HEADING and line[-1] not in ".?!|:" and not line.startswith("- ")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
