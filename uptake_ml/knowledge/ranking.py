"""The differential: the documents' conditions for a pattern, those that fit the facts best first.

The score of a condition is the sum of the weights (data/knowledge/ranking.toml) of the lines that
list it for the label and of those whose facts hold, less the weight of what contradicts it:

    score(c) = sum over matching lines w[kind] - w[against] * (number of contradicting lines)

No prevalence enters: the documents give none.  Equal scores keep the documents' order, the label's
own conditions before those of a superimposed one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from uptake_ml.errors import KnowledgeError
from uptake_ml.knowledge.facts import derive_facts
from uptake_ml.knowledge.schema import (
    FREQUENCY,
    MODALITY_LABELS,
    NORMAL,
    RANKING_KINDS,
    Knowledge,
    Line,
)

if TYPE_CHECKING:
    from uptake_ml.knowledge.context import Context
    from uptake_ml.knowledge.facts import Fact


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A condition the documents list for a label, with the lines that speak for and against it."""

    condition: str
    score: float
    lines_for: tuple[Line, ...]
    lines_against: tuple[Line, ...]


def rank(knowledge: Knowledge, finding: Mapping, context: Context | None = None) -> list[dict]:
    """Return the differential of ``finding``, in the finding's form, the best fit first.

    Empty for a normal scan, and where nothing was labelled.  ``reasons`` and ``against`` hold
    objects of a ``text`` and its ``sources``.

    Raises
    ------
    KnowledgeError
        If the finding's modality or a label is not one the documents can be asked about.
    """
    labels = candidate_labels(finding)
    if not labels:
        return []
    facts = derive_facts(knowledge, finding, context)
    modality = finding["study"]["modality"]
    candidates = score_conditions(knowledge, modality, labels, frozenset(facts))
    return [
        _entry(knowledge, candidate, facts, number)
        for number, candidate in enumerate(candidates, start=1)
    ]


def candidate_labels(finding: Mapping) -> tuple[str, ...]:
    """Return the abnormal labels whose conditions count: label and superimposed ones, or the set.

    Raises
    ------
    KnowledgeError
        If the modality is unknown, or a label is not one of its labels.
    """
    return tuple(label for label in finding_labels(finding) if label != NORMAL)


def finding_labels(finding: Mapping) -> tuple[str, ...]:
    """Return all labels a finding speaks of, ``normal`` included; none if nothing was labelled."""
    if finding["decision"] not in ("labelled", "indeterminate"):
        return ()
    modality = finding["study"]["modality"]
    if modality not in MODALITY_LABELS:
        raise KnowledgeError(
            f"the documents are about {' and '.join(MODALITY_LABELS)}, found {modality!r}"
        )
    label = finding.get("label")
    named = [label] if label else list(finding.get("prediction_set") or ())
    labels = tuple(dict.fromkeys([*named, *(finding.get("superimposed") or ())]))
    for name in labels:
        if name not in MODALITY_LABELS[modality]:
            raise KnowledgeError(
                f"a {modality} is one of {', '.join(MODALITY_LABELS[modality])}, found {name!r}"
            )
    return labels


def score_conditions(
    knowledge: Knowledge, modality: str, labels: tuple[str, ...], facts: frozenset[str]
) -> list[Candidate]:
    """Return the conditions listed for ``labels``, scored by ``facts``, the best first.

    Among equals those of an earlier label come first, then those a document names earlier.
    """
    lines = knowledge.lines_for(modality, labels)
    listed = dict.fromkeys(
        name
        for label in labels
        for line in lines
        if line.kind == "listing" and label in line.labels and facts.issuperset(line.when)
        for name in line.conditions
    )
    candidates = [_score(knowledge, name, lines, facts) for name in listed]
    return sorted(candidates, key=lambda c: -c.score)


def _score(
    knowledge: Knowledge, name: str, lines: tuple[Line, ...], facts: frozenset[str]
) -> Candidate:
    about = [line for line in lines if name in line.conditions]
    speaks_for = [x for x in about if x.kind in RANKING_KINDS and facts.issuperset(x.when)]
    against = [x for x in about if x.kind == FREQUENCY or facts.intersection(x.against)]
    weights = knowledge.weights
    total = sum(getattr(weights, line.kind) for line in _once_a_fact(speaks_for))
    return Candidate(
        condition=name,
        score=total - weights.against * len(against),
        lines_for=tuple(speaks_for),
        lines_against=tuple(against),
    )


def _once_a_fact(lines: list[Line]) -> list[Line]:
    """Drop what counts twice where two labels are in question: a listing, or the same facts."""
    keys = {None if line.kind == "listing" else frozenset(line.when): line for line in lines}
    return list(keys.values())


def _entry(
    knowledge: Knowledge, candidate: Candidate, facts: Mapping[str, Fact], number: int
) -> dict:
    condition = knowledge.conditions[candidate.condition]
    return {
        "rank": number,
        "condition": condition.name,
        "category": knowledge.categories[condition.category].name,
        "reasons": [_reason(knowledge, x, facts, x.when) for x in candidate.lines_for],
        "against": [_reason(knowledge, x, facts, x.against) for x in candidate.lines_against],
        "sources": knowledge.citations((*candidate.lines_for, *candidate.lines_against)),
    }


def _reason(
    knowledge: Knowledge, line: Line, facts: Mapping[str, Fact], names: tuple[str, ...]
) -> dict:
    given = "; ".join(facts[name].text for name in names if name in facts)
    text = f"{given}. {line.full_text}" if given else line.full_text
    return {"text": text, "sources": knowledge.citations((line,))}
