"""Loading the tables of data/ into one checked ``Knowledge``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from uptake_ml.errors import KnowledgeError
from uptake_ml.knowledge.check import check_knowledge
from uptake_ml.knowledge.schema import (
    Category,
    Condition,
    ContextKey,
    Document,
    FactRule,
    Knowledge,
    Line,
    Thresholds,
    Weights,
)
from uptake_ml.knowledge.toml_records import Record, build_all, build_record, read_tables
from uptake_ml.regions import BONE, REGIONS
from uptake_ml.resources import data_path

SOURCES = "sources.toml"
FOLDER = "knowledge"
# One file of lines for each document, in the order of data/sources.toml.
LINE_FILES = ("bone_scan.toml", "fdg_pet.toml")


def load_knowledge(folder: Path | None = None) -> Knowledge:
    """Return everything the two documents say, checked.

    Parameters
    ----------
    folder
        Holds ``sources.toml`` and ``knowledge/``; the project's ``data/`` if left out.

    Raises
    ------
    KnowledgeError
        If a table breaks its schema, or a line cites, names or uses something that is not there.
    """
    return _load(data_path() if folder is None else Path(folder))


def load_context_keys(folder: Path | None = None) -> Mapping[str, ContextKey]:
    """Return what may be told about the patient, by key."""
    return _load_context_keys(data_path() if folder is None else Path(folder))


@cache
def _load(folder: Path) -> Knowledge:
    tables = folder / FOLDER
    documents = read_tables(folder / SOURCES, ("document",))
    conditions = read_tables(tables / "conditions.toml", ("category", "condition"))
    ranking = read_tables(
        tables / "ranking.toml", ("weights", "thresholds", "bone_area_mm2", "fact")
    )
    knowledge = Knowledge(
        documents=_by_id(build_all(Document, documents["document"], SOURCES), SOURCES),
        categories=_by_id(build_all(Category, conditions["category"], "category"), "category"),
        conditions=_by_id(build_all(Condition, conditions["condition"], "condition"), "condition"),
        lines=tuple(line for name in LINE_FILES for line in _read_lines(tables / name)),
        facts=_by_id(build_all(FactRule, ranking["fact"], "fact"), "fact"),
        context_keys=_load_context_keys(folder),
        weights=build_record(Weights, ranking["weights"], "weights"),
        thresholds=build_record(Thresholds, ranking["thresholds"], "thresholds"),
        bone_area_mm2=_read_areas(ranking["bone_area_mm2"]),
    )
    check_knowledge(knowledge)
    return knowledge


@cache
def _load_context_keys(folder: Path) -> Mapping[str, ContextKey]:
    found = read_tables(folder / FOLDER / "context.toml", ("key",))
    return _by_id(build_all(ContextKey, found["key"], "context.toml key"), "context.toml key")


def _read_lines(path: Path) -> list[Line]:
    found = read_tables(path, ("document", "line"))
    where = f"{path.name} line"
    if not isinstance(found["line"], list):
        raise KnowledgeError(f"{where}: an array of tables is needed, found {found['line']!r}")
    return [
        build_record(Line, {**values, "document": found["document"]}, where)
        for values in found["line"]
    ]


def _read_areas(values: Mapping[str, object]) -> dict[str, float]:
    bones = {region.name for region in REGIONS if region.kind == BONE}
    for name, area in values.items():
        if name not in bones or type(area) not in (int, float) or not area > 0:
            raise KnowledgeError(
                f"bone_area_mm2: a bone of uptake_ml.regions with a positive area is needed, "
                f"found {name} = {area!r}"
            )
    return {name: float(area) for name, area in values.items()}


def _by_id(records: tuple[Record, ...], where: str) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for record in records:
        if record.id in found:
            raise KnowledgeError(f"{where}: two records have the id {record.id!r}: rename one")
        found[record.id] = record
    return found
