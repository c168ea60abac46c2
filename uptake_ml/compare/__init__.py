"""Two dates of one patient: which hot places stayed, changed, came and went."""

from uptake_ml.compare.comparison import Comparison, compare
from uptake_ml.compare.matching import MatchingLimits

__all__ = ["Comparison", "MatchingLimits", "compare"]
