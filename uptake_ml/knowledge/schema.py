"""The records of the knowledge: documents, conditions, lines, facts and keys of the context."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

RANKING_KINDS = ("listing", "pattern", "site", "intensity", "context", "inferred")
FREQUENCY = "frequency"
LIMITATION = "limitation"
STEP_KINDS = ("test", "follow-up")
ASK = "ask"
EXPLAINED_KINDS = ("meaning", "management")
KINDS = (*RANKING_KINDS, FREQUENCY, LIMITATION, *STEP_KINDS, ASK, *EXPLAINED_KINDS)

# The same names as in uptake_ml.study, which would bring numpy with it; a test compares them.
MODALITY_LABELS: Mapping[str, tuple[str, ...]] = {
    "bone-scan": ("normal", "focal", "diffuse", "joint-symmetric"),
    "fdg-pet": ("normal", "focal", "joint-symmetric", "marrow-diffuse"),
}
NORMAL = "normal"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A table row, bullet or question of a section; ``cell`` is the label the document gives it."""

    id: str
    text: str
    cell: str | None = None
    no_statement: str | None = None


@dataclass(frozen=True, kw_only=True)
class Section:
    """A section of a document; ``no_statement`` says why no line cites it."""

    title: str
    is_heading: bool = True
    no_statement: str | None = None
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document the knowledge is taken from."""

    id: str
    title: str
    publisher: str
    date: str
    modality: str
    section: tuple[Section, ...]
    title_note: str | None = None
    date_note: str | None = None

    @cached_property
    def section_order(self) -> dict[str, int]:
        """Position of each section by its title."""
        return {section.title: i for i, section in enumerate(self.section)}

    @cached_property
    def section_of_row(self) -> dict[str, str]:
        """Title of the section that holds each row, by the row's id."""
        return {row.id: section.title for section in self.section for row in section.rows}


@dataclass(frozen=True, kw_only=True, order=True)
class Citation:
    """A section of a document."""

    document: str
    section: str


@dataclass(frozen=True, kw_only=True)
class Code:
    """A SNOMED CT code with the meaning that pydicom ships for it."""

    code: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class Category:
    """A heading under which the documents put conditions."""

    id: str
    name: str
    sections: tuple[Citation, ...]


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A condition a document names; ``part_of`` are the headings it is named under."""

    id: str
    name: str
    category: str
    part_of: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    snomed_ct: Code | None = None
    category_as_stated: bool = False
    category_note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing a document says, in our words; data/knowledge/bone_scan.toml explains the keys."""

    id: str
    kind: str
    text: str
    document: str
    sections: tuple[str, ...]
    rows: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    as_stated: bool = False
    note: str | None = None

    @property
    def full_text(self) -> str:
        """The text with what has to be said about it: doubt, and what is not from the documents."""
        doubt = " (As the document states it.)" if self.as_stated else ""
        note = f" (Not from the documents: {self.note}.)" if self.note else ""
        return f"{self.text}{doubt}{note}"


@dataclass(frozen=True, kw_only=True)
class Bound:
    """A test on one feature or one key of the context.

    ``otherwise`` is the feature that is read where a finding has no value of ``feature``;
    ``named`` is what either is called in a reason, before its value.
    """

    feature: str | None = None
    otherwise: str | None = None
    named: str | None = None
    context: str | None = None
    equals: tuple[bool | str, ...] = ()
    above: float | None = None
    below: float | None = None

    def accepts(self, value: object) -> bool:
        """Return whether ``value`` (a number, flag, word or tuple of words) passes."""
        if self.equals:
            given = value if isinstance(value, tuple) else (value,)
            return any(v in self.equals for v in given)
        return (self.above is None or value > self.above) and (
            self.below is None or value < self.below
        )


@dataclass(frozen=True, kw_only=True)
class FactRule:
    """How a fact is found: by hot ``regions``, by any of ``tests``, or else by facts.py."""

    id: str
    phrase: str
    regions: tuple[str, ...] = ()
    tests: tuple[Bound, ...] = ()
    modality: str | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Weights:
    """What a matching line of each kind adds to a condition's score."""

    listing: float
    pattern: float
    site: float
    intensity: float
    context: float
    inferred: float
    against: float


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where a measured number becomes one of the documents' words; chosen by us."""

    scattered_lesions_min: int
    scattered_regions_min: int
    paired_share_min: float
    asymmetric_share_max: float
    whole_bone_share_min: float
    extended_share_min: float
    high_contrast_min: float
    moderate_contrast_min: float
    note: str


@dataclass(frozen=True, kw_only=True)
class ContextKey:
    """One thing that may be told about the patient."""

    id: str
    name: str
    kind: Literal["flag", "number", "choice", "choices", "texts"]
    meaning: str
    unit: str | None = None
    least: float | None = None
    greatest: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """All tables, checked against each other; lines stand in the documents' order."""

    documents: Mapping[str, Document]
    categories: Mapping[str, Category]
    conditions: Mapping[str, Condition]
    lines: tuple[Line, ...]
    facts: Mapping[str, FactRule]
    context_keys: Mapping[str, ContextKey]
    weights: Weights
    thresholds: Thresholds
    bone_area_mm2: Mapping[str, float] = field(repr=False)

    def document_for(self, modality: str) -> Document:
        """Return the document about ``modality``."""
        return next(d for d in self.documents.values() if d.modality == modality)

    def lines_for(self, modality: str, labels: tuple[str, ...]) -> tuple[Line, ...]:
        """Return the lines of the modality's document about any of ``labels``, or about all."""
        document = self.document_for(modality).id
        return tuple(
            line
            for line in self.lines
            if line.document == document and (not line.labels or set(line.labels) & set(labels))
        )

    def citations(self, lines: tuple[Line, ...]) -> list[dict[str, str]]:
        """Return the sections that ``lines`` cite, once each, in the documents' order."""
        found = {
            (line.document, section)
            for line in lines
            for section in (*line.sections, *map(self._section_of(line), line.rows))
        }
        order = list(self.documents)
        return [
            {"document": document, "section": section}
            for document, section in sorted(
                found,
                key=lambda c: (order.index(c[0]), self.documents[c[0]].section_order[c[1]]),
            )
        ]

    def _section_of(self, line: Line):
        return self.documents[line.document].section_of_row.__getitem__
