"""What two documents say a pattern of uptake can mean: loaded, checked, ranked, explained."""

from uptake_ml.knowledge.advice import cautions_for, missing_context, next_steps_for
from uptake_ml.knowledge.load import load_knowledge
from uptake_ml.knowledge.ranking import rank
from uptake_ml.knowledge.schema import Knowledge

__all__ = [
    "Knowledge",
    "cautions_for",
    "load_knowledge",
    "missing_context",
    "next_steps_for",
    "rank",
]
