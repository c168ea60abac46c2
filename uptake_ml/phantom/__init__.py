"""The phantom: simulated patients, tracer, disease and camera, with exact truth.

``draw`` uses up all randomness and returns a specification; ``render`` turns a specification into
the study and its truth, the same bytes every time.
"""

from uptake_ml.phantom.drawing import draw
from uptake_ml.phantom.rendering import render
from uptake_ml.phantom.spec import CaseSpec
from uptake_ml.phantom.truth import LesionTruth, Truth, ViewTruth

__all__ = ["CaseSpec", "LesionTruth", "Truth", "ViewTruth", "draw", "render"]
