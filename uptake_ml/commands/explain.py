"""``uptake-ml explain``: what the documents say of a pattern or condition, or what a feature is."""

from __future__ import annotations

import textwrap
from argparse import Namespace
from collections.abc import Iterator

from uptake_ml.commands import UsageError
from uptake_ml.commands.parser import LABELS
from uptake_ml.errors import KnowledgeError
from uptake_ml.features import FEATURES, Feature
from uptake_ml.knowledge import Knowledge, load_knowledge
from uptake_ml.knowledge.explain import WIDTH, explain


def run(args: Namespace) -> int:
    """Print what is known under ``args.name``, or all the names."""
    knowledge = load_knowledge()
    if args.name is None:
        print("\n".join(list_names(knowledge)))
    elif args.name in FEATURES:
        print("\n".join(describe_feature(FEATURES[args.name])))
    else:
        print(_explain(knowledge, args.name), end="")
    return 0


def list_names(knowledge: Knowledge) -> Iterator[str]:
    """Yield the names that can be explained: patterns, conditions by category, features."""
    yield f"Patterns: {', '.join(LABELS)}"
    for category in knowledge.categories.values():
        members = [c.name for c in knowledge.conditions.values() if c.category == category.id]
        if members:
            yield from _wrap(f"{category.name}: {'; '.join(members)}")
    yield from _wrap(f"Features: {', '.join(FEATURES)}")


def describe_feature(feature: Feature) -> Iterator[str]:
    """Yield what the registry says of a feature, a line a property."""
    low, high = feature.range
    yield feature.id
    yield from _wrap(f"  meaning: {feature.meaning}")
    yield f"  unit and range: {feature.unit}, {low:g} to {high:g}"
    yield from _wrap(f"  formula: {feature.formula}")
    yield from _wrap(f"  source: {feature.source}")
    yield f"  modalities: {', '.join(feature.modalities)}"


def _explain(knowledge: Knowledge, name: str) -> str:
    try:
        return explain(knowledge, name)
    except KnowledgeError as error:
        raise UsageError(f"{error}; uptake-ml explain lists all names") from error


def _wrap(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent="    ", break_on_hyphens=False)
