"""The phantom: simulated patients, tracer, disease and camera, with exact truth.

``draw`` uses up all randomness and returns a specification; ``render`` turns a specification into
the study and its truth, the same bytes every time.
"""

from uptake_ml.phantom.drawing import draw
from uptake_ml.phantom.fdg_spec import FdgCaseSpec
from uptake_ml.phantom.fdg_truth import FdgTruth
from uptake_ml.phantom.rendering import render
from uptake_ml.phantom.spec import CaseSpec
from uptake_ml.phantom.truth import LesionTruth, Truth, ViewTruth

__all__ = [
    "CaseSpec",
    "FdgCaseSpec",
    "FdgTruth",
    "LesionTruth",
    "Truth",
    "ViewTruth",
    "draw",
    "render",
]
