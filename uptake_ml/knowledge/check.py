"""What the tables of the knowledge must hold between them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches

from uptake_ml.errors import KnowledgeError
from uptake_ml.knowledge.facts import COMPUTED_FACTS
from uptake_ml.knowledge.schema import (
    ASK,
    FREQUENCY,
    KINDS,
    MODALITY_LABELS,
    NORMAL,
    RANKING_KINDS,
    Citation,
    ContextKey,
    Document,
    FactRule,
    Knowledge,
    Line,
)
from uptake_ml.regions import REGIONS

_REGION_NAMES = frozenset(region.name for region in REGIONS)


def check_knowledge(knowledge: Knowledge) -> None:
    """Check every reference between the tables.

    Raises
    ------
    KnowledgeError
        If a line is uncited, cites a section that does not exist, names an unknown condition,
        label, fact or key of the context, or would let a fact speak both for and against.
    """
    for document in knowledge.documents.values():
        _check_document(document)
    _check_conditions(knowledge)
    for rule in knowledge.facts.values():
        _check_fact(rule, knowledge.context_keys)
    for line in knowledge.lines:
        _check_citations(line, knowledge)
        _check_references(line, knowledge)
        _check_kind(line)
    _check_no_repeats(knowledge)
    _check_one_direction(knowledge)


def _check_document(document: Document) -> None:
    where = f"document {document.id!r}"
    _require_known((document.modality,), MODALITY_LABELS, where, "modality")
    if len(document.section_order) < len(document.section):
        raise KnowledgeError(f"{where}: two sections have the same title")
    if len(document.section_of_row) < sum(len(s.rows) for s in document.section):
        raise KnowledgeError(f"{where}: two rows have the same id")


def _check_conditions(knowledge: Knowledge) -> None:
    for category in knowledge.categories.values():
        if not category.sections:
            raise KnowledgeError(f"category {category.id!r} cites no section: add one")
        for citation in category.sections:
            _check_citation(citation, knowledge, f"category {category.id!r}")
    spoken_of = {name for line in knowledge.lines for name in line.conditions}
    for condition in knowledge.conditions.values():
        where = f"condition {condition.id!r}"
        _require_known((condition.category,), knowledge.categories, where, "category")
        _require_known(condition.part_of, knowledge.conditions, where, "condition")
        if condition.id not in spoken_of:
            raise KnowledgeError(f"{where}: no cited line is about it: add one or remove it")


def _check_fact(rule: FactRule, keys: Mapping[str, ContextKey]) -> None:
    where = f"fact {rule.id!r}"
    ways = [bool(rule.regions), bool(rule.tests), rule.id in COMPUTED_FACTS]
    if sum(ways) != 1:
        raise KnowledgeError(
            f"{where}: exactly one of regions, tests and a function in facts.py is needed, "
            f"found {sum(ways)}"
        )
    _require_known(rule.regions, _REGION_NAMES, where, "region")
    for bound in rule.tests:
        if (bound.feature is None) == (bound.context is None):
            raise KnowledgeError(f"{where}: a test needs either a feature or a key of the context")
        if bound.otherwise is not None and bound.feature is None:
            raise KnowledgeError(f"{where}: `otherwise` needs a feature that it stands in for")
        if (bound.named is None) != (bound.feature is None):
            raise KnowledgeError(f"{where}: `named` says what a feature is called, and only that")
        if bool(bound.equals) == (bound.above is not None or bound.below is not None):
            raise KnowledgeError(f"{where}: a test needs either equals, or above or below")
        if bound.context is not None:
            _require_known((bound.context,), keys, where, "key of the context")
            _check_values(bound.equals, keys[bound.context], where)


def _check_values(values: tuple, key: ContextKey, where: str) -> None:
    allowed = (True, False) if key.kind == "flag" else key.choices
    for value in values:
        if value not in allowed:
            raise KnowledgeError(f"{where}: {key.id} is never {value!r}; it is one of {allowed}")


def _check_citations(line: Line, knowledge: Knowledge) -> None:
    where = f"line {line.id!r}"
    _require_known((line.document,), knowledge.documents, where, "document")
    document = knowledge.documents[line.document]
    if not line.sections:
        raise KnowledgeError(f"{where} cites no section: every line needs one in `sections`")
    for section in line.sections:
        _check_citation(Citation(document=line.document, section=section), knowledge, where)
    _require_known(line.rows, document.section_of_row, where, f"row of {line.document}")


def _check_citation(citation: Citation, knowledge: Knowledge, where: str) -> None:
    _require_known((citation.document,), knowledge.documents, where, "document")
    titles = knowledge.documents[citation.document].section_order
    _require_known((citation.section,), titles, where, f"section of {citation.document}")


def _check_references(line: Line, knowledge: Knowledge) -> None:
    where = f"line {line.id!r}"
    modality = knowledge.documents[line.document].modality
    _require_known(line.conditions, knowledge.conditions, where, "condition")
    _require_known(line.labels, MODALITY_LABELS[modality], where, f"label of {modality}")
    _require_known((*line.when, *line.unless, *line.against), knowledge.facts, where, "fact")
    _require_known(line.asks, knowledge.context_keys, where, "key of the context")


def _check_kind(line: Line) -> None:
    _require_known((line.kind,), KINDS, f"line {line.id!r}", "kind")
    where = f"line {line.id!r} of kind {line.kind!r}"
    ranks = line.kind in RANKING_KINDS
    if (ranks or line.kind == FREQUENCY) and not line.conditions:
        raise KnowledgeError(f"{where}: it has to name the conditions it is about")
    if ranks and (not line.labels or NORMAL in line.labels):
        raise KnowledgeError(f"{where}: it has to name labels, and never {NORMAL!r}")
    if ranks and line.unless:
        raise KnowledgeError(f"{where}: `unless` would let a fact lower a condition: use `against`")
    if ranks and line.kind != "listing" and not line.when:
        raise KnowledgeError(f"{where}: `when` is needed, or else it is a listing")
    if line.against and (not ranks or line.kind == "listing"):
        raise KnowledgeError(f"{where}: `against` only fits a line that ranks by a fact")
    if line.kind == FREQUENCY and line.when:
        raise KnowledgeError(f"{where}: how frequent a condition is does not hang on facts")
    if line.kind == "inferred" and not line.note:
        raise KnowledgeError(f"{where}: a `note` has to say what the document does not")
    if (line.kind == ASK) != bool(line.asks):
        raise KnowledgeError(f"{where}: `asks` belongs to the kind {ASK!r}, and to it only")


def _check_no_repeats(knowledge: Knowledge) -> None:
    """One fact counts once for a condition, however often a document repeats it."""
    seen: dict[tuple, str] = {}
    ids: set[str] = set()
    for line in knowledge.lines:
        if line.id in ids:
            raise KnowledgeError(f"two lines have the id {line.id!r}: rename one")
        ids.add(line.id)
        if line.kind not in RANKING_KINDS:
            continue
        facts = "listing" if line.kind == "listing" else frozenset(line.when)
        for key in (
            (line.document, c, label, facts) for c in line.conditions for label in line.labels
        ):
            if key in seen:
                raise KnowledgeError(
                    f"lines {seen[key]!r} and {line.id!r} count the same for {key[1]!r}: "
                    "make them one line that cites both sections"
                )
            seen[key] = line.id


def _check_one_direction(knowledge: Knowledge) -> None:
    for name in knowledge.conditions:
        lines = [line for line in knowledge.lines if name in line.conditions]
        ranking = [line for line in lines if line.kind in RANKING_KINDS]
        both = {f for x in ranking for f in x.when} & {f for x in ranking for f in x.against}
        if both:
            raise KnowledgeError(
                f"condition {name!r}: {', '.join(sorted(both))} would speak both for and against it"
            )


def _require_known(names: Iterable[str], known: Collection[str], where: str, what: str) -> None:
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise KnowledgeError(f"{where}: there is no {what} {name!r}{hint}")
