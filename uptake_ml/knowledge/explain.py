"""What the documents say of one condition or one label, in plain text with sources."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from textwrap import fill

from uptake_ml.errors import KnowledgeError
from uptake_ml.knowledge.schema import (
    ASK,
    FREQUENCY,
    LIMITATION,
    MODALITY_LABELS,
    RANKING_KINDS,
    STEP_KINDS,
    Condition,
    Knowledge,
    Line,
)

WIDTH = 96

_HEADINGS = (
    ("What it is", ("meaning",)),
    ("Listed for", ("listing",)),
    ("Speaks for it", RANKING_KINDS[1:]),
    ("How frequent", (FREQUENCY,)),
    ("Cautions", (LIMITATION,)),
    ("Next steps", STEP_KINDS),
    ("Worth knowing about the patient", (ASK,)),
    ("Management", ("management",)),
)
_OF_A_LABEL = (
    "What it is",
    "Cautions",
    "Next steps",
    "Worth knowing about the patient",
    "Management",
)


def explain(knowledge: Knowledge, word: str) -> str:
    """Return what the documents say of a condition (id, name or synonym) or of a label.

    Raises
    ------
    KnowledgeError
        If the word is neither; the message lists near matches.
    """
    wanted = _normalised(word)
    if any(wanted == label for labels in MODALITY_LABELS.values() for label in labels):
        return _explain_label(knowledge, wanted)
    named = _names(knowledge)
    if wanted not in named:
        raise KnowledgeError(_unknown(wanted, word, named))
    return _explain_condition(knowledge, named[wanted])


def _explain_condition(knowledge: Knowledge, condition: Condition) -> str:
    parts = [condition.name, _describe_category(knowledge, condition)]
    parts += _relations(knowledge, condition)
    if condition.snomed_ct:
        parts.append(f"SNOMED CT {condition.snomed_ct.code} ({condition.snomed_ct.meaning})")
    for document in knowledge.documents.values():
        lines = [
            line
            for line in knowledge.lines
            if condition.id in line.conditions and line.document == document.id
        ]
        if lines:
            parts.append(f"\n{document.modality} (document {document.id})")
            parts += _sections(knowledge, lines, [name for name, _ in _HEADINGS])
    return "\n".join(parts) + "\n"


def _explain_label(knowledge: Knowledge, label: str) -> str:
    parts = [f"Pattern: {label}"]
    for document in knowledge.documents.values():
        if label not in MODALITY_LABELS[document.modality]:
            continue
        lines = knowledge.lines_for(document.modality, (label,))
        parts.append(f"\n{document.modality} (document {document.id})")
        parts += _conditions_listed(knowledge, lines)
        general = [line for line in lines if not line.conditions]
        parts += _sections(knowledge, general, _OF_A_LABEL)
    return "\n".join(parts) + "\n"


def _conditions_listed(knowledge: Knowledge, lines: Iterable[Line]) -> list[str]:
    listings = [line for line in lines if line.kind == "listing"]
    if not listings:
        return ["  Conditions: the document lists none."]
    return [
        "  Conditions, in the document's order",
        *(
            _bullet(knowledge, line, f"{knowledge.conditions[name].name}: {line.full_text}")
            for line in listings
            for name in line.conditions
        ),
    ]


def _sections(knowledge: Knowledge, lines: Iterable[Line], names: Iterable[str]) -> list[str]:
    found = []
    kinds = dict(_HEADINGS)
    for name in names:
        chosen = [line for line in lines if line.kind in kinds[name]]
        if chosen:
            found += [f"  {name}", *(_describe_line(knowledge, line) for line in chosen)]
    return found


def _describe_line(knowledge: Knowledge, line: Line) -> str:
    text = line.full_text
    if line.kind == "listing":
        text = f"{', '.join(line.labels)}: {text}"
    if line.when:
        text = f"{_phrases(knowledge, line.when)}: {text}"
    if line.unless:
        text += f" Not where: {_phrases(knowledge, line.unless)}."
    if line.against:
        text += f" Against it: {_phrases(knowledge, line.against)}."
    if line.asks:
        text = f"{', '.join(knowledge.context_keys[k].name for k in line.asks)}: {text}"
    return _bullet(knowledge, line, text)


def _phrases(knowledge: Knowledge, names: tuple[str, ...]) -> str:
    return "; ".join(knowledge.facts[name].phrase for name in names)


def _bullet(knowledge: Knowledge, line: Line, text: str) -> str:
    sources = "; ".join(source["section"] for source in knowledge.citations((line,)))
    return fill(
        f"{text} [{sources}]",
        WIDTH,
        initial_indent="  - ",
        subsequent_indent="    ",
        break_on_hyphens=False,
    )


def _describe_category(knowledge: Knowledge, condition: Condition) -> str:
    text = f"Category: {knowledge.categories[condition.category].name}"
    if condition.category_as_stated:
        text += " (as the document states it)"
    if condition.category_note:
        text += f" (Not from the documents: {condition.category_note}.)"
    return fill(text, WIDTH)


def _relations(knowledge: Knowledge, condition: Condition) -> list[str]:
    names = {c.id: c.name for c in knowledge.conditions.values()}
    kinds = [c.name for c in knowledge.conditions.values() if condition.id in c.part_of]
    found = []
    if condition.part_of:
        found.append(f"Named under: {'; '.join(names[i] for i in condition.part_of)}")
    if kinds:
        found.append(f"Kinds named: {'; '.join(kinds)}")
    if condition.synonyms:
        found.append(f"Also: {'; '.join(condition.synonyms)}")
    return found


def _names(knowledge: Knowledge) -> dict[str, Condition]:
    """Every condition by its normalised id, name and synonyms; an id or name goes first."""
    found: dict[str, Condition] = {}
    for condition in knowledge.conditions.values():
        found[_normalised(condition.id)] = condition
        found[_normalised(condition.name)] = condition
    for condition in knowledge.conditions.values():
        for synonym in condition.synonyms:
            found.setdefault(_normalised(synonym), condition)
    return found


def _normalised(word: str) -> str:
    return "-".join(word.casefold().replace("’", "'").split())


def _unknown(wanted: str, word: str, named: dict[str, Condition]) -> str:
    labels = dict.fromkeys(x for labels in MODALITY_LABELS.values() for x in labels)
    inside = [name for name in named if wanted and wanted in name]
    near = get_close_matches(wanted, [*named, *labels], n=4, cutoff=0.6)
    ids = dict.fromkeys(named[n].id if n in named else n for n in (*near, *inside))
    if ids:
        return f"the documents do not speak of {word!r}; near it: {', '.join(list(ids)[:6])}"
    conditions = dict.fromkeys(c.id for c in named.values())
    return (
        f"the documents do not speak of {word!r}; the labels are {', '.join(labels)}, "
        f"the conditions {', '.join(conditions)}"
    )
