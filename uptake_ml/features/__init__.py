"""Numbers that describe uptake: hot spots, symmetry, distribution over the body, intensity."""

from uptake_ml.features.hotspots import HotSpot, find_hot_spots, find_suspects, keep_clear
from uptake_ml.features.measure import measure
from uptake_ml.features.registry import FEATURES, Feature
from uptake_ml.features.uptake import view_uptakes

__all__ = [
    "FEATURES",
    "Feature",
    "HotSpot",
    "find_hot_spots",
    "find_suspects",
    "keep_clear",
    "measure",
    "view_uptakes",
]
