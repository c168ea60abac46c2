"""Cautions, next steps and missing context that the documents attach to a finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from uptake_ml.knowledge.facts import derive_facts
from uptake_ml.knowledge.ranking import finding_labels
from uptake_ml.knowledge.schema import ASK, LIMITATION, STEP_KINDS, ContextKey, Knowledge, Line

if TYPE_CHECKING:
    from uptake_ml.knowledge.context import Context


def cautions_for(
    knowledge: Knowledge, finding: Mapping, context: Context | None = None
) -> list[dict]:
    """Return the limits that apply to ``finding``, and what was not told about the patient."""
    lines = _applicable(knowledge, finding, context, (LIMITATION,))
    cautions = [_advice(knowledge, line, line.full_text) for line in lines]
    return [*cautions, *missing_context(knowledge, finding, context)]


def next_steps_for(
    knowledge: Knowledge, finding: Mapping, context: Context | None = None
) -> list[dict]:
    """Return the tests and the follow-up that the documents name for a finding like this."""
    lines = _applicable(knowledge, finding, context, STEP_KINDS)
    return [_advice(knowledge, line, line.full_text) for line in lines]


def missing_context(
    knowledge: Knowledge, finding: Mapping, context: Context | None = None
) -> list[dict]:
    """Return a sentence for each group of things that would matter and are not known."""
    found = []
    for line in _applicable(knowledge, finding, context, (ASK,)):
        unknown = [key for key in line.asks if context is None or context.get(key) is None]
        if unknown:
            names = ", ".join(_name_key(knowledge.context_keys[key]) for key in unknown)
            found.append(_advice(knowledge, line, f"Not known: {names}. {line.full_text}"))
    return found


def _applicable(
    knowledge: Knowledge, finding: Mapping, context: Context | None, kinds: tuple[str, ...]
) -> list[Line]:
    labels = finding_labels(finding)
    if not labels:
        return []
    facts = derive_facts(knowledge, finding, context)
    return [
        line
        for line in knowledge.lines_for(finding["study"]["modality"], labels)
        if line.kind in kinds
        and facts.keys() >= set(line.when)
        and not facts.keys() & set(line.unless)
    ]


def _name_key(key: ContextKey) -> str:
    return key.name if key.name.replace(" ", "_") == key.id else f"{key.name} ({key.id})"


def _advice(knowledge: Knowledge, line: Line, text: str) -> dict:
    return {"text": text, "sources": knowledge.citations((line,))}
