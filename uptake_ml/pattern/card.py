"""The model card: what a model is for, how it was made, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from uptake_ml.pattern.evaluate import EvaluationReport

TEMPLATE = "card.md.j2"


def write_card(path: Path, provenance: Mapping, report: EvaluationReport) -> None:
    """Write the card of a model from its provenance and its evaluation on fresh cases."""
    path.write_text(render_card(provenance, report), encoding="utf-8")


def render_card(provenance: Mapping, report: EvaluationReport) -> str:
    """Return the card as Markdown."""
    from jinja2 import Environment, StrictUndefined

    source = Path(__file__).with_name(TEMPLATE).read_text(encoding="utf-8")
    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    return environment.from_string(source).render(model=provenance, report=report)
