"""Where things are in an image: landmarks, regions, and what a normal subject would show."""

from uptake_ml.atlas.locate import locate
from uptake_ml.atlas.model import Atlas
from uptake_ml.atlas.records import Example, Landmark, Layout
from uptake_ml.atlas.store import load_atlas, save_atlas

__all__ = ["Atlas", "Example", "Landmark", "Layout", "load_atlas", "locate", "save_atlas"]
